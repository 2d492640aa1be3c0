/* SPDX-License-Identifier: MIT */
/* field.c - values set by their descriptors, and the hash over all of them. */
#include <criterion/criterion.h>
#include <string.h>

#include "book/field.h"

struct order {
	const char *line, *lines, *word, *choice;
	struct strlist words;
	int yes;
	int64_t number;
	const char *aside;
};

static const char *const colours[] = { "red", "green", NULL };

static const struct field rows[] = {
	FIELD(order, line, NULL, LINE, 0, 5, NULL, 0),
	FIELD(order, lines, NULL, LINES, 0, 20, NULL, 0),
	FIELD(order, word, NULL, WORD, 0, 0, NULL, 0),
	FIELD(order, choice, NULL, WORD, 0, 0, colours, 0),
	FIELD(order, words, NULL, WORDS, 0, 2, NULL, 0),
	FIELD(order, yes, NULL, BOOL, 0, 0, NULL, 0),
	FIELD(order, number, NULL, INT, -5, 100, NULL, 0),
	FIELD(order, aside, NULL, LINE, 0, 50, NULL, FIELD_UNHASHED),
};
static const struct fields fields = FIELDS(rows);

enum { LINE_, LINES_, WORD_, CHOICE_, WORDS_, YES_, NUMBER_, ASIDE_ };

static struct arena *arena;
static struct problems problems;
static struct order order;

static void
setup(void)
{
	arena = arena_new((size_t)1 << 20);
	problems = (struct problems){ .arena = arena };
	fields_clear(&fields, &order);
}

static void
teardown(void)
{
	arena_free(arena);
}

TestSuite(field, .init = setup, .fini = teardown);

static void
set(int i, const char *text)
{
	field_set_text(&rows[i], &order, &problems, rows[i].name, text);
}

static void
expect_wrong(int i, const char *text, const char *code)
{
	problems.n = 0;
	set(i, text);
	cr_assert_eq(problems.n, 1, "\"%s\" is taken", text);
	cr_expect_str_eq(problems.v[0].code, code, "%s", text);
	cr_expect_str_eq(problems.v[0].field, rows[i].name);
	problems.n = 0;
}

Test(field, what_was_not_said_is_absent)
{
	cr_expect(order.line == NULL && order.word == NULL && order.words.n == 0);
	cr_expect_eq(order.yes, -1);
	cr_expect_eq(order.number, FIELD_ABSENT);
	set(LINE_, "   ");
	set(WORD_, "");
	set(NUMBER_, " ");
	set(YES_, "\t");
	cr_expect(order.line == NULL && order.word == NULL && order.yes == -1);
	cr_expect_eq(problems.n, 0);
}

Test(field, a_line_is_trimmed_and_counted_as_people_count)
{
	set(LINE_, "  Tan \xe3\x80\x80");
	cr_expect_str_eq(order.line, "Tan");
	set(LINE_, "陈大文先生");
	cr_expect_str_eq(order.line, "陈大文先生");
	set(LINE_,
	    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 abc"); /* a family is one */
	cr_expect_eq(problems.n, 0);
	expect_wrong(LINE_, "abcdef", "too_long");
	expect_wrong(LINE_, "a\nb", "invalid");
	expect_wrong(LINE_, "a\x1b[", "invalid");
	expect_wrong(LINE_, "a\xe2\x80\xa8z", "invalid");
	set(LINES_, "a\r\nb\tc");
	cr_expect_str_eq(order.lines, "a\r\nb\tc");
	expect_wrong(LINES_, "a\x07z", "invalid");
}

Test(field, a_word_is_a_slug_or_one_of_the_choices)
{
	set(WORD_, "dr-a1");
	cr_expect_str_eq(order.word, "dr-a1");
	expect_wrong(WORD_, "Dr-A", "invalid");
	expect_wrong(WORD_, "a b", "invalid");
	expect_wrong(WORD_, "a_b", "invalid");
	expect_wrong(WORD_, "a/../b", "invalid");
	set(CHOICE_, "green");
	cr_expect_str_eq(order.choice, "green");
	expect_wrong(CHOICE_, "blue", "invalid");
	expect_wrong(CHOICE_, "Green", "invalid");
	cr_expect(field_is_slug("a") && !field_is_slug(""));
	cr_expect_not(field_is_slug(
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

Test(field, a_list_has_no_doubles_and_an_end)
{
	set(WORDS_, "a");
	set(WORDS_, "b");
	set(WORDS_, "a");
	fields_check_counts(&fields, &order, &problems);
	cr_expect_eq(order.words.n, 2);
	cr_expect_eq(problems.n, 0);
	set(WORDS_, "c");
	set(WORDS_, "d");
	cr_expect_leq(order.words.n, 3); /* one past the end is enough to know */
	fields_check_counts(&fields, &order, &problems);
	cr_expect_eq(problems.n, 1);
}

Test(field, yes_and_no_are_said_in_four_ways)
{
	static const char *const yes[] = { "yes", "on", "true", "1" };
	static const char *const no[] = { "no", "off", "false", "0" };

	for (int i = 0; i < 4; i++) {
		set(YES_, yes[i]);
		cr_expect_eq(order.yes, 1);
		set(YES_, no[i]);
		cr_expect_eq(order.yes, 0);
	}
	expect_wrong(YES_, "maybe", "invalid");
	expect_wrong(YES_, "YES", "invalid");
	expect_wrong(YES_, "2", "invalid");
}

Test(field, a_number_is_whole_and_within_its_bounds)
{
	static const char *const wrong[] = { "101", "-6", "1.5", "1e2", "0x10", "+1",
		"1 2", "--1", "9223372036854775808", "NaN", "١" };

	set(NUMBER_, " 42 ");
	cr_expect_eq(order.number, 42);
	set(NUMBER_, "-5");
	cr_expect_eq(order.number, -5);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		expect_wrong(NUMBER_, wrong[i], "invalid");
	cr_expect_eq(order.number, -5);
}

/* ---- the same answers ---- */

static void
hash_of(const struct order *o, uint8_t hash[32])
{
	fields_hash(&fields, o, hash);
}

Test(field, every_value_but_the_asides_is_in_the_hash)
{
	uint8_t first[32], other[32];
	struct order o;

#define DIFFERS(change)                                              \
	do {                                                         \
		o = order;                                           \
		change;                                              \
		hash_of(&o, other);                                  \
		cr_expect_neq(memcmp(first, other, 32), 0, #change); \
	} while (0)
	hash_of(&order, first);
	DIFFERS(o.line = "a");
	DIFFERS(o.line = "");
	DIFFERS(o.lines = "a");
	DIFFERS(o.word = "a");
	DIFFERS(o.choice = "red");
	DIFFERS(strlist_add(&o.words, arena, "a"));
	DIFFERS(o.yes = 0);
	DIFFERS(o.number = 0);
	o = order;
	o.aside = "by the way";
	hash_of(&o, other);
	cr_expect_arr_eq(first, other, 32);
}

Test(field, values_do_not_run_together_in_the_hash)
{
	struct order a = order, b = order;
	uint8_t one[32], two[32];

	a.line = "ab";
	a.lines = "c";
	b.line = "a";
	b.lines = "bc";
	hash_of(&a, one);
	hash_of(&b, two);
	cr_expect_neq(memcmp(one, two, 32), 0);
	a = b = order;
	strlist_add(&a.words, arena, "a");
	strlist_add(&a.words, arena, "b");
	strlist_add(&b.words, arena, "b");
	strlist_add(&b.words, arena, "a");
	hash_of(&a, one);
	hash_of(&b, two);
	cr_expect_neq(memcmp(one, two, 32), 0); /* the order is what was sent */
}

Test(field, the_list_of_problems_has_an_end)
{
	for (int i = 0; i < 200; i++)
		problem_add(&problems, "a", "invalid", "number %d", i);
	cr_expect_eq(problems.n, PROBLEMS_MAX);
	cr_expect_str_eq(problem_of(&problems, "a")->message, "number 0");
	cr_expect_null(problem_of(&problems, "b"));
}
