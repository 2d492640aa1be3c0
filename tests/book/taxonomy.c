/* SPDX-License-Identifier: MIT */
/* taxonomy.c - the catalogue as it is shipped, and files that are none. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "book/taxonomy.h"

static struct taxonomy *
load_text(const char *text, char error[TAXONOMY_ERROR_LEN])
{
	char path[] = "/tmp/taxonomy-XXXXXX";
	int fd = mkstemp(path);
	struct taxonomy *t;

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	t = taxonomy_load(path, error);
	unlink(path);
	return t;
}

Test(taxonomy, the_shipped_catalogue_has_its_terms_in_the_order_of_the_form)
{
	static const struct {
		enum term_kind kind;
		const char *slug;
	} order[] = {
		{ TERM_CONCERN, "enlarged-pores" },
		{ TERM_CONCERN, "excess-oil" },
		{ TERM_CONCERN, "elasticity-loss" },
		{ TERM_CONCERN, "sun-damage" },
		{ TERM_CONCERN, "uneven-texture" },
		{ TERM_CONCERN, "genetic-skin-type" },
		{ TERM_CONCERN, "skin-laxity" },
		{ TERM_CONCERN, "congestion-buildup" },
		{ TERM_CONCERN, "acne-scarring" },
		{ TERM_CONCERN, "other-concern" },
		{ TERM_CONCERN, "not-sure" },
		{ TERM_CONCERN, "not-asked" },
		{ TERM_REASON, "noticeable-with-age" },
		{ TERM_REASON, "otc-not-effective" },
		{ TERM_REASON, "scarring-or-texture" },
		{ TERM_REASON, "wants-safe-options" },
		{ TERM_OPTION, "laser-treatments" },
		{ TERM_OPTION, "rf-microneedling" },
		{ TERM_OPTION, "chemical-peels" },
		{ TERM_OPTION, "medical-grade-skincare" },
		{ TERM_OPTION, "skincare-optimisation" },
		{ TERM_FLAG, "possible-urgent" },
		{ TERM_FLAG, "doctor-should-know" },
		{ TERM_FLAG, "date-bound" },
		{ TERM_FLAG, "minor" },
	};
	char error[TAXONOMY_ERROR_LEN];
	struct taxonomy *t = taxonomy_load("etc/taxonomy.json", error);

	cr_assert_not_null(t, "%s", error);
	cr_assert_eq(t->term_count, ARRAY_LEN(order));
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		const struct term *term = &t->terms[i];
		bool asked = (term->kind == TERM_CONCERN || term->kind == TERM_REASON) &&
			     strcmp(term->slug, "not-asked") != 0;

		cr_expect_str_eq(term->slug, order[i].slug);
		cr_expect_eq(term->kind, order[i].kind, "%s", term->slug);
		cr_expect_eq(term->on_form, asked, "%s", term->slug);
		for (int k = 0; k < 3; k++) {
			cr_expect_not_null(term->label[k], "%s", term->slug);
			cr_expect_eq(
			    term->form_label[k] != NULL, asked, "%s", term->slug);
		}
	}
	cr_expect(str_starts(t->article_slug, "are-large-pores"));
	taxonomy_free(t);
}

Test(taxonomy, terms_are_found_by_kind_and_slug)
{
	char error[TAXONOMY_ERROR_LEN];
	struct taxonomy *t = taxonomy_load("etc/taxonomy.json", error);
	const struct term *minor;

	cr_assert_not_null(t);
	minor = taxonomy_find(t, TERM_FLAG, "minor");
	cr_assert_not_null(minor);
	cr_expect_null(taxonomy_find(t, TERM_CONCERN, "minor"));
	t->terms[minor - t->terms].id = 7;
	cr_expect_eq(taxonomy_by_id(t, 7), minor);
	cr_expect_null(taxonomy_by_id(t, 8));
	cr_expect_str_eq(term_kind_name(minor->kind), "flag");
	cr_expect_null(taxonomy_get());
	taxonomy_set(t);
	cr_expect_eq(taxonomy_get(), t);
	taxonomy_set(NULL);
	taxonomy_free(t);
}

#define LABEL "\"label\":{\"en\":\"a\",\"ms\":\"b\",\"zh_Hans\":\"c\"}"
#define TERM(group, slug, label) \
	"{\"group\":\"" group "\",\"slug\":\"" slug "\"," label "}"
#define FILE_OF(terms) \
	"{\"article\":{\"slug\":\"x\"},\"terms\":[" terms "],\"attention_flags\":{}}"
#define DERIVES(slug) "\"derives\":[\"" slug "\"]," LABEL
#define NOT_SURE TERM("form-only", "not-sure", LABEL)

Test(taxonomy, a_reason_follows_from_the_concerns_that_name_it)
{
	static const char *const follows[][2] = { { "elasticity-loss", "noticeable-with-age" },
		{ "uneven-texture", "scarring-or-texture" },
		{ "acne-scarring", "scarring-or-texture" } };
	char error[TAXONOMY_ERROR_LEN];
	struct taxonomy *t = taxonomy_load("etc/taxonomy.json", error);
	size_t n = 0;

	cr_assert_not_null(t, "%s", error);
	for (size_t i = 0; i < ARRAY_LEN(follows); i++) {
		const struct term *c = taxonomy_find(t, TERM_CONCERN, follows[i][0]);

		cr_assert_not_null(c);
		cr_assert_not_null(c->derives[0], "%s", c->slug);
		cr_expect_str_eq(c->derives[0]->slug, follows[i][1]);
		cr_expect_null(c->derives[1]);
	}
	for (size_t i = 0; i < t->term_count; i++)
		n += t->terms[i].derives[0] != NULL;
	cr_expect_eq(n, ARRAY_LEN(follows));
	taxonomy_free(t);
}

Test(taxonomy, not_sure_comes_last_wherever_the_file_has_it)
{
	char error[TAXONOMY_ERROR_LEN];
	struct taxonomy *t =
	    load_text(FILE_OF(NOT_SURE "," TERM("form-only", "other-concern",
			  LABEL) "," TERM("concern", "a", LABEL)),
		error);

	cr_assert_not_null(t, "%s", error);
	cr_expect_str_eq(t->terms[0].slug, "a");
	cr_expect_str_eq(t->terms[1].slug, "other-concern");
	cr_expect_str_eq(t->terms[2].slug, "not-sure");
	taxonomy_free(t);
}

Test(taxonomy, a_file_that_is_no_catalogue_is_refused_with_a_sentence)
{
	static const struct {
		const char *text, *says;
	} table[] = {
		{ "", ":1:" },
		{ "[]", "terms" },
		{ "{\"terms\":[]}", "article" },
		{ FILE_OF(""), "not-sure" },
		{ FILE_OF(NOT_SURE ",{}"), "terms[1] has no group" },
		{ FILE_OF(NOT_SURE "," NOT_SURE), "\"not-sure\": there are two" },
		{ FILE_OF(NOT_SURE "," TERM("option", "A b", LABEL)),
		    "option has no good slug" },
		{ FILE_OF(NOT_SURE
		      "," TERM("reason", "r", "\"label\":{\"en\":\"a\",\"ms\":\"b\"}")),
		    "term \"r\": label needs a text in zh_Hans" },
		{ FILE_OF(NOT_SURE "," TERM("reason", "r", LABEL ",\"form_label\":{}")),
		    "term \"r\": form_label needs a text in en" },
		{ FILE_OF(NOT_SURE "," TERM("concern", "c", DERIVES("c"))),
		    "term \"c\": it derives \"c\", which is no reason" },
		{ FILE_OF(NOT_SURE "," TERM("concern", "c", "\"derives\":{}," LABEL)),
		    "term \"c\": derives needs a list" },
		{ "{\"article\":{\"slug\":\"x\"},\"terms\":[" NOT_SURE "]}",
		    "attention_flags" },
		{ "{\"article\":{\"slug\":\"x\"},\"terms\":[" NOT_SURE
		  "],\"attention_flags\":{\"f\":1}}",
		    "flag \"f\"" },
	};
	char error[TAXONOMY_ERROR_LEN];

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		cr_expect_null(load_text(table[i].text, error), "%s", table[i].text);
		cr_expect_not_null(
		    strstr(error, table[i].says), "%s, not %s", error, table[i].says);
	}
	cr_expect_null(taxonomy_load("/nowhere/taxonomy.json", error));
	cr_expect_not_null(strstr(error, "/nowhere/taxonomy.json"));
}
