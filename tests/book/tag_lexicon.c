/* SPDX-License-Identifier: MIT */
/* tag_lexicon.c - lists of one's own, and files whose lists are none. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "book/tag.h"

#define LABEL "\"label\":{\"en\":\"a\",\"ms\":\"b\",\"zh_Hans\":\"c\"}"
#define FILE_OF(words, flags, tagging)                                                  \
	"{\"article\":{\"slug\":\"x\"},\"terms\":[{\"group\":\"form-only\","            \
	"\"slug\":\"not-sure\"," LABEL "},{\"group\":\"concern\",\"slug\":\"a\"," LABEL \
	",\"synonyms\":" words "},{\"group\":\"reason\",\"slug\":\"r\"," LABEL          \
	",\"synonyms\":{\"en\":[\"better than before\"]}}],"                            \
	"\"attention_flags\":" flags ",\"tagging\":" tagging "}"

struct loaded {
	struct taxonomy *taxonomy;
	struct lexicon *lexicon;
	char error[TAXONOMY_ERROR_LEN];
};

static void
load(struct loaded *l, const char *text)
{
	char path[] = "/tmp/lexicon-XXXXXX";
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	l->taxonomy = taxonomy_load(path, l->error);
	cr_assert_not_null(l->taxonomy, "%s: %s", l->error, text);
	l->lexicon = lexicon_load(path, l->taxonomy, l->error);
	unlink(path);
}

static void
unload(struct loaded *l)
{
	lexicon_free(l->lexicon);
	taxonomy_free(l->taxonomy);
}

static const struct {
	const char *words, *tagging, *text;
	bool tagged;
} marks[] = {
	{ "{\"en\":[\"big pore\"]}", "{}", "a Big Pore.", true },
	{ "{\"en\":[\"x; big pore ;\"]}", "{}", "big pore", true },
	{ "{\"en\":[\"big pore\"]}", "{}", "big pores", false },
	{ "{\"en\":[\"big por*\"]}", "{}", "big pores", true },
	{ "{\"en\":[\"big por*\"]}", "{}", "big po", false },
	{ "{\"en\":[\"big .. pore\"]}", "{}", "big pore", true },
	{ "{\"en\":[\"big .. pore\"]}", "{}", "big a b c d pore", true },
	{ "{\"en\":[\"big .. pore\"]}", "{}", "big a b c d e pore", false },
	{ "{\"en\":[\"big .. pore\"]}", "{}", "big, pore", false },
	{ "{\"zh\":[\"孔 .. 大\"]}", "{}", "孔一二三四大", true },
	{ "{\"en\":[\"<18 yo\"]}", "{}", "17yo", true },
	{ "{\"en\":[\"<18 yo\"]}", "{}", "18yo", false },
	{ "{\"en\":[\"<18 yo\"]}", "{}", "117yo", false },
	{ "{\"en\":[\">17 yo\"]}", "{}", "18 yo", true },
	{ "{\"en\":[\"sec #\"]}", "{}", "Sec 2", true },
	{ "{\"en\":[\"co2\"]}", "{}", "CO2", true },
	{ "{\"en\":[\"co2\"]}", "{}", "CO3", false },
	{ "{\"en\":[\"@big pore\"]}",
	    "{\"classes\":{\"big\":{\"en\":[\"huge; very large\"]}}}", "very large pore",
	    true },
	{ "{\"en\":[\"pore\"]}", "{\"spelling\":{\"poer\":\"pore\"}}", "poer", true },
	{ "{\"en\":[\"pores\"]}", "{\"often_wrong\":[\"pores\"]}", "porez", false },
	{ "{\"en\":[\"texture\"]}", "{\"often_wrong\":[\"texture\"]}", "texure", true },
	{ "{\"en\":[\"texture\"]}", "{}", "texure", false },
	{ "{\"en\":[\"texture\"]}",
	    "{\"often_wrong\":[\"texture\"],\"no_typos\":[\"texure\"]}", "texure",
	    false },
	{ "{\"zh\":[\"脸\"]}", "{\"variants\":\"臉脸\"}", "臉", true },
	{ "{\"en\":[\"scar!\"]}", "{\"rules\":{\"fear\":[\"scared\"]}}", "scared scar",
	    false },
	{ "{\"en\":[\"scar\"]}", "{\"rules\":{\"fear\":[\"scared\"]}}", "scared scar",
	    true },
	{ "{\"en\":[\"scar!\"]}", "{\"rules\":{\"question\":[\"will\"]}}", "will scar",
	    true },
	{ "{\"en\":[\"scar?\"]}", "{\"rules\":{\"question\":[\"will\"]}}", "will scar",
	    false },
	{ "{\"en\":[\"pore\"]}", "{\"no_tag\":{\"en\":[\"pore strip\"]}}", "pore strip",
	    false },
	{ "{\"en\":[\"better\"]}", "{}", "better than before", true },
};

Test(tag_lexicon, phrases_are_read_with_their_marks)
{
	struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		struct tag_match m[TAG_MATCHES_MAX];
		struct loaded l;
		bool tagged = false;
		size_t n;

		load(&l, arena_printf(a, FILE_OF("%s", "{}", "%s"), marks[i].words,
			     marks[i].tagging));
		cr_assert_not_null(l.lexicon, "%s: %s", marks[i].words, l.error);
		n = tag_text(l.lexicon, a, marks[i].text, m);
		while (n-- > 0)
			tagged = tagged || strcmp(m[n].term->slug, "a") == 0;
		cr_expect_eq(tagged, marks[i].tagged, "%s %s: %s", marks[i].words,
		    marks[i].tagging, marks[i].text);
		unload(&l);
	}
	arena_free(a);
}

Test(tag_lexicon, flags_are_lists_by_language_or_plain_ones)
{
	static const char *const flags[] = {
		"{\"minor\":[\"my son\",\"儿子\"]}",
		"{\"minor\":[{\"en\":[\"my son\"],\"zh\":[\"儿子\"]}]}",
	};
	struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		struct tag_match m[TAG_MATCHES_MAX];
		struct loaded l;

		load(&l, arena_printf(a, FILE_OF("{}", "%s", "{}"), flags[i]));
		cr_assert_not_null(l.lexicon, "%s", l.error);
		cr_expect_eq(tag_text(l.lexicon, a, "My son", m), 1);
		cr_expect_eq(tag_text(l.lexicon, a, "我儿子", m), 1);
		unload(&l);
	}
	arena_free(a);
}

Test(tag_lexicon, lists_that_cannot_be_meant_are_refused_with_a_sentence)
{
	static const struct {
		const char *words, *tagging, *says;
	} table[] = {
		{ "{\"en\":[\".. pore\"]}", "{}", "\".. pore\" is no phrase" },
		{ "{\"en\":[\"pore ..\"]}", "{}", "is no phrase" },
		{ "{\"en\":[\"po*\"]}", "{}", "is no phrase" },
		{ "{\"en\":[\"...\"]}", "{}", "is no phrase" },
		{ "{\"en\":[\"@nothing pore\"]}", "{}", "is no phrase" },
		{ "{\"en\":[\"a b c d e f g h i j k l m n o p q\"]}", "{}", "16 words" },
		{ "{\"en\":\"pore\"}", "{}", "a: en needs a list" },
		{ "{\"en\":[1]}", "{}", "a: a phrase is a text" },
		{ "{}", "{\"classes\":{\"c\":{\"en\":[\"a .. b\"]}}}", "is no phrase" },
		{ "{}", "{\"classes\":{\"c\":{\"en\":[\"a\"]},\"d\":{\"en\":[\"@c\"]}}}",
		    "is no phrase" },
		{ "{}", "{\"rules\":{\"worry\":[1]}}", "worry: a phrase is a text" },
		{ "{}", "{\"spelling\":{\"x\":1}}", "spelling: \"x\"" },
		{ "{}", "{\"variants\":\"臉\"}", "variants" },
		{ "{}", "{\"variants\":\"ab\"}", "variants" },
		{ "{}", "{\"no_typos\":[1]}", "no_typos" },
	};
	struct arena *a = arena_new(1 << 20);
	struct loaded l;

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		load(&l, arena_printf(a, FILE_OF("%s", "{}", "%s"), table[i].words,
			     table[i].tagging));
		cr_expect_null(l.lexicon, "%s %s", table[i].words, table[i].tagging);
		cr_expect_not_null(
		    strstr(l.error, table[i].says), "%s, not %s", l.error, table[i].says);
		unload(&l);
	}
	cr_expect_null(lexicon_load("/nowhere/taxonomy.json", NULL, l.error));
	cr_expect_not_null(strstr(l.error, "/nowhere/taxonomy.json"));
	arena_free(a);
}
