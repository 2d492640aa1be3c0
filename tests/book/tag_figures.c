/* SPDX-License-Identifier: MIT */
/*
 * tag_figures.c - how often the tagger is right, on labelled sentences: the half
 * it was tuned on, and the half that was frozen before (data/README.md).
 *
 * Precision: of the tags given, how many a careful reader ticks; recall: of those
 * ticked, how many were given. Both counted over the tags of a language's sentences.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "book/tag.h"

#define FILE_LEN_MAX ((size_t)1 << 20)

enum scored { SCORED_TAGS, SCORED_URGENT, SCORED_FLAGS };

struct tester {
	struct arena *arena;
	struct taxonomy *taxonomy;
	struct lexicon *lexicon;
};

struct figures {
	int right, extra, missed, sentences;
};

static struct tester
tester_new(void)
{
	char error[TAXONOMY_ERROR_LEN];
	struct tester t = { .arena = arena_new((size_t)64 << 20) };

	t.taxonomy = taxonomy_load("etc/taxonomy.json", error);
	cr_assert_not_null(t.taxonomy, "%s", error);
	t.lexicon = lexicon_load("etc/taxonomy.json", t.taxonomy, error);
	cr_assert_not_null(t.lexicon, "%s", error);
	return t;
}

static void
tester_free(struct tester *t)
{
	lexicon_free(t->lexicon);
	taxonomy_free(t->taxonomy);
	arena_free(t->arena);
}

/* A file of data/, which is beside this one. */
static char *
read_data(struct arena *a, const char *name, size_t *ret_len)
{
	const char *here = strrchr(__FILE__, '/');
	const char *path =
	    arena_printf(a, "%.*s/data/%s", here == NULL ? 1 : (int)(here - __FILE__),
		here == NULL ? "." : __FILE__, name);
	FILE *f = fopen(path, "re");
	char *text = arena_alloc(a, FILE_LEN_MAX);

	cr_assert_not_null(f, "%s", path);
	*ret_len = fread(text, 1, FILE_LEN_MAX - 1, f);
	fclose(f);
	return text;
}

static bool
counts(enum scored scored, const struct term *term)
{
	bool urgent = strcmp(term->slug, "possible-urgent") == 0;

	switch (scored) {
	case SCORED_TAGS:
		return term->kind != TERM_FLAG;
	case SCORED_URGENT:
		return urgent;
	case SCORED_FLAGS:
		return term->kind == TERM_FLAG && !urgent;
	}
	return false;
}

/* One line: sentence, TAB, slugs. */
static void
score(const struct tester *t, enum scored scored, char *line, struct figures *f)
{
	char *tab = strchr(line, '\t');
	struct tag_match m[TAG_MATCHES_MAX];
	struct strlist want, got = { 0 };
	size_t n;

	cr_assert_not_null(tab, "no TAB: %s", line);
	*tab = '\0';
	want = strlist_split(t->arena, tab + 1);
	n = tag_text(t->lexicon, t->arena, line, m);
	for (size_t i = 0; i < n; i++)
		if (counts(scored, m[i].term))
			strlist_add(&got, t->arena, m[i].term->slug);
	for (size_t i = 0; i < want.n; i++)
		f->missed += !strlist_has(&got, want.v[i]);
	for (size_t i = 0; i < got.n; i++) {
		f->right += strlist_has(&want, got.v[i]);
		f->extra += !strlist_has(&want, got.v[i]);
	}
	f->sentences++;
}

static double
share(int part, int other)
{
	return part + other == 0 ? 1 : (double)part / (part + other);
}

static void
judge(const char *name, const char *lang, const struct figures *f, double precision_min,
    double recall_min)
{
	double precision = share(f->right, f->extra), recall = share(f->right, f->missed);

	if (f->sentences == 0)
		return;
	fprintf(stderr,
	    "%-18s %s: %3d sentences, %3d tags, precision %.3f, recall %.3f\n", name,
	    lang, f->sentences, f->right + f->missed, precision, recall);
	cr_expect_geq(precision, precision_min, "%s %s", name, lang);
	cr_expect_geq(recall, recall_min, "%s %s", name, lang);
}

/* The whole file; the language is that of "#lang" lines, or else of its name. */
static void
judge_file(const struct tester *t, const char *name, const char *lang, enum scored scored,
    double precision_min, double recall_min)
{
	const char *file =
	    arena_printf(t->arena, "%s%s%s.tsv", name, *lang == '\0' ? "" : "-", lang);
	struct figures f = { 0 };
	size_t len;
	char *at = read_data(t->arena, file, &len), *line;

	while ((line = strsep(&at, "\n")) != NULL) {
		if (str_starts(line, "#lang ")) {
			judge(name, lang, &f, precision_min, recall_min);
			f = (struct figures){ 0 };
			lang = line + strlen("#lang ");
		} else if (*line != '#' && *line != '\0') {
			score(t, scored, line, &f);
		}
	}
	judge(name, lang, &f, precision_min, recall_min);
}

Test(tag_figures, the_frozen_half_is_as_it_was_before_the_lists)
{
	static const struct {
		const char *name, *sha256;
	} table[] = {
		{ "held-out-en.tsv",
		    "d1a08872637f3a75dedf99f67b6d9d17a732e64d3d94300c748c0be6e564fcd5" },
		{ "held-out-ms.tsv",
		    "be891bdf9ef1adfdcc8afcd56bb7e6265868e0200c4a488b264d590653f47fa9" },
		{ "held-out-zh.tsv",
		    "487dee12fb888d8aa7f4496befc85c649a574acbcf7c821d2eab63cd5032a0e1" },
		{ "held-out-urgent.tsv",
		    "8f4f225a1e544956affd23bf661ec80875dcb55ae816b6f807f2c0eef1067450" },
		{ "held-out-flags.tsv",
		    "73679cbc6bb2172cff75d1d3d7a372bfa9b1eadea9217cac8598c7fcb618318f" },
	};
	struct arena *a = arena_new((size_t)16 << 20);
	uint8_t hash[SECRET_HASH_LEN];
	char hex[2 * SECRET_HASH_LEN + 1];

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		size_t len;
		const char *text = read_data(a, table[i].name, &len);

		secret_hash(text, len, hash);
		str_hex(hash, sizeof(hash), hex);
		cr_expect_str_eq(hex, table[i].sha256, "%s", table[i].name);
	}
	arena_free(a);
}

Test(tag_figures, sentences_never_tuned_on_are_tagged_as_a_careful_reader_would)
{
	struct tester t = tester_new();

	judge_file(&t, "held-out", "en", SCORED_TAGS, 0.90, 0.90);
	judge_file(&t, "held-out", "ms", SCORED_TAGS, 0.90, 0.90);
	judge_file(&t, "held-out", "zh", SCORED_TAGS, 0.90, 0.90);
	judge_file(&t, "held-out-urgent", "", SCORED_URGENT, 0.90, 0.98);
	judge_file(&t, "held-out-flags", "", SCORED_FLAGS, 0.90, 0.90);
	tester_free(&t);
}

Test(tag_figures, what_was_learnt_from_the_tuning_half_stays_learnt)
{
	struct tester t = tester_new();

	judge_file(&t, "tuning", "en", SCORED_TAGS, 0.97, 0.97);
	judge_file(&t, "tuning", "ms", SCORED_TAGS, 0.97, 0.97);
	judge_file(&t, "tuning", "zh", SCORED_TAGS, 0.97, 0.97);
	judge_file(&t, "tuning-urgent", "", SCORED_URGENT, 0.95, 0.98);
	judge_file(&t, "tuning-flags", "", SCORED_FLAGS, 0.97, 0.97);
	tester_free(&t);
}
