/* SPDX-License-Identifier: MIT */
/* clinic_document.c - documents that are no clinic file at all, or all wrong. */
#include <criterion/criterion.h>
#include <string.h>

#include "book/clinic.h"

static struct arena *arena;
static struct problems problems;

static void
setup(void)
{
	arena = arena_new((size_t)1 << 20);
	problems = (struct problems){ .arena = arena };
}

static void
teardown(void)
{
	arena_free(arena);
}

TestSuite(clinic_document, .init = setup, .fini = teardown);

static struct clinic *
parse(const char *json)
{
	problems.n = 0;
	return clinic_parse(json, strlen(json), &problems);
}

Test(clinic_document, every_problem_is_listed_at_once)
{
	struct clinic *c = parse("{\"clinic\":{\"prefix\":7,\"x\":1},\"branches\":[],"
				 "\"rooms\":{},\"doctors\":[1]}");

	cr_expect_null(c);
	cr_expect_not_null(problem_of(&problems, "$.clinic.name"));
	cr_expect_not_null(problem_of(&problems, "$.clinic.prefix"));
	cr_expect_not_null(problem_of(&problems, "$.clinic.time_zone"));
	cr_expect_not_null(problem_of(&problems, "$.clinic.x"));
	cr_expect_not_null(problem_of(&problems, "$.branches"));
	cr_expect_not_null(problem_of(&problems, "$.rooms"));
	cr_expect_not_null(problem_of(&problems, "$.doctors[0]"));
	cr_expect_eq(problems.n, 7);
}

Test(clinic_document, what_is_no_json_is_malformed_and_says_where)
{
	static const struct {
		const char *json, *says;
	} table[] = {
		{ "", "line 1" },
		{ "{\n\"clinic\": }", "line 2" },
		{ "{\"clinic\":{},\n\"clinic\":{}}", "line 2" },
		{ "{\"clinic\":\"\\u0000\"}", "line 1" },
		{ "{\"clinic\":\"\xff\"}", "line 1" },
		{ "{} x", "line 1" },
		{ "[[[[[[[[\n[[[[[[[[[[", "line 2, column 9: nested deeper" },
		{ "7", "line 1" },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		cr_expect_null(parse(table[i].json));
		cr_assert_eq(problems.n, 1, "%s", table[i].json);
		cr_expect_str_eq(problems.v[0].code, "malformed");
		cr_expect_str_eq(problems.v[0].field, "$");
		cr_expect_not_null(strstr(problems.v[0].message, table[i].says), "%s",
		    problems.v[0].message);
	}
	cr_expect_null(parse("[]"));
	cr_expect_str_eq(problems.v[0].code, "invalid");
}

Test(clinic_document, a_document_larger_than_a_mebibyte_is_refused)
{
	size_t len = ((size_t)1 << 20) + 1;
	char *s = arena_alloc(arena, len + 1);

	memset(s, ' ', len);
	cr_expect_null(clinic_parse(s, len, &problems));
	cr_expect_str_eq(problems.v[0].code, "malformed");
}

Test(clinic_document, a_long_list_of_problems_ends_and_is_still_wrong)
{
	char *s = arena_strdup(arena, "{\"a\":1");
	struct clinic *c;

	for (int i = 0; i < 300; i++)
		s = arena_printf(arena, "%s,\"k%d\":1", s, i);
	cr_expect_null(parse(arena_printf(arena, "%s}", s)));
	cr_expect_eq(problems.n, PROBLEMS_MAX);
	c = clinic_parse("{}", 2, &problems); /* the list is full already */
	cr_expect_null(c);
}
