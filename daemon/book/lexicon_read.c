/* SPDX-License-Identifier: MIT */
/*
 * lexicon_read.c - the lexicon from the catalogue's file.
 *
 * Phrases stand at three places: the synonyms of terms, the lists of flags, and
 * "tagging" with the rules and with what is to be taken without a tag. Marks in a
 * phrase: "@mole" any phrase of that class; "bleed*" any word that begins so; ".."
 * up to a few words between; "#" a number, "<18" and ">17" a number that may be an
 * age; at the end "!": a harm that a fear takes away ("scared of"), "?": a question
 * as well ("will it", "ke"). The first thing wrong ends the reading.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "book/lexicon.h"

#define PHRASES_MAX 50000
#define CLASSES_MAX 64

struct reader {
	struct lexicon *lx;
	struct arena *scratch;
	char *error; /* TAXONOMY_ERROR_LEN */
	size_t phrases, class_count;
	struct {
		const char *name;
		uint32_t symbol;
	} classes[CLASSES_MAX];
};

static bool wrong(struct reader *, const char *format, ...) PRINTF_LIKE(2, 3);

static bool
wrong(struct reader *r, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(r->error, TAXONOMY_ERROR_LEN, format, ap);
	va_end(ap);
	return false;
}

static uint32_t
mark_symbol(const struct reader *r, const char *part)
{
	static const struct {
		const char *mark;
		uint32_t symbol;
	} marks[] = {
		{ "..", SYMBOL_GAP },
		{ "#", SYMBOL_NUMBER },
		{ "<18", SYMBOL_UNDER_AGE },
		{ ">17", SYMBOL_OF_AGE },
	};

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (strcmp(marks[i].mark, part) == 0)
			return marks[i].symbol;
	for (size_t i = 0; i < r->class_count && *part == '@'; i++)
		if (strcmp(r->classes[i].name, part + 1) == 0)
			return r->classes[i].symbol;
	return SYMBOL_NONE;
}

static uint32_t
word_symbol(struct reader *r, const struct tag_word *w, bool stem)
{
	if (w->kind == WORD_HAN)
		return lexicon_han_symbol(r->lx, w->value);
	if (stem)
		return w->len < STEM_LEN_MIN || w->kind != WORD_LETTERS
			   ? SYMBOL_NONE
			   : lexicon_stem_symbol(r->lx, w->s, w->len);
	return lexicon_word_symbol(r->lx, w->s, w->len);
}

static bool
plain_letters(const char *s)
{
	while (*s >= 'a' && *s <= 'z')
		s++;
	return *s == '\0';
}

/* One blank-separated part of a phrase, appended to the symbols. */
static bool
read_part(struct reader *r, const char *part, uint32_t *symbols, size_t *n)
{
	size_t len = strlen(part), count;
	bool stem = len > 1 && part[len - 1] == '*';
	struct tag_word *words;

	if (*n == PHRASE_LEN_MAX)
		return false;
	if (len <= TAG_WORD_LEN_MAX && plain_letters(part)) { /* most are */
		symbols[(*n)++] = lexicon_word_symbol(r->lx, part, len);
		return true;
	}
	if ((symbols[*n] = mark_symbol(r, part)) != SYMBOL_NONE) {
		(*n)++;
		return true;
	}
	count = *part == '@' ? 0 : tag_words(r->scratch, part, &words);
	for (size_t i = 0; i < count; i++) {
		if (*n == PHRASE_LEN_MAX)
			return false;
		symbols[*n] = word_symbol(r, &words[i], stem && i + 1 == count);
		if (symbols[(*n)++] == SYMBOL_NONE)
			return false;
	}
	return count > 0;
}

static bool
add_phrase(struct reader *r, char *phrase, uint32_t root, struct lexicon_entry entry)
{
	size_t len = strlen(phrase), n = 0;
	char *at = phrase, *part;
	uint32_t symbols[PHRASE_LEN_MAX], node = root;
	bool plain = strchr(phrase, '@') == NULL && strstr(phrase, "..") == NULL;
	bool good = plain || root != NODE_CLASSES; /* their members are looked up whole */

	if (len > 1 && (at[len - 1] == '!' || at[len - 1] == '?')) {
		entry.harm = at[len - 1] == '!' ? HARM_FEARED : HARM_ASKED;
		at[len - 1] = '\0';
	}
	while (good && (part = strsep(&at, " ")) != NULL)
		good = *part == '\0' || read_part(r, part, symbols, &n);
	if (!good || n == 0 || symbols[0] == SYMBOL_GAP || symbols[n - 1] == SYMBOL_GAP)
		return false;
	for (size_t i = 0; i < n; i++)
		node = lexicon_grow(r->lx, node, symbols[i]);
	lexicon_add_entry(r->lx, node, entry);
	return ++r->phrases <= PHRASES_MAX;
}

/* A text of phrases with ";" between. */
static bool
read_text(struct reader *r, const char *text, uint32_t root, struct lexicon_entry entry)
{
	struct arena_mark mark = arena_mark(r->scratch);
	char *at = arena_strdup(r->scratch, text), *phrase;
	bool good = true;

	while (good && (phrase = strsep(&at, ";")) != NULL) {
		phrase += strspn(phrase, " ");
		if (*phrase == '\0' || add_phrase(r, phrase, root, entry))
			continue;
		good = wrong(r,
		    "one of \"%s\" is no phrase: up to %d words, with letters, "
		    "each beginning marked * of %d letters or more, known classes, "
		    "gaps between words; %d phrases in all",
		    text, PHRASE_LEN_MAX, STEM_LEN_MIN, PHRASES_MAX);
	}
	arena_rewind(r->scratch, mark);
	return good;
}

/* A list of phrases; or lists by language, in an object, or objects in a list. */
static bool
read_phrases(struct reader *r, json_t *of, struct lexicon_entry entry, const char *where)
{
	uint32_t root = entry.symbol != SYMBOL_NONE  ? NODE_CLASSES
			: entry.layer == LAYER_RULES ? NODE_RULES
						     : NODE_PHRASES;
	const char *key;
	json_t *v;
	size_t i;

	json_object_foreach(of, key, v)
	{
		if (!json_is_array(v))
			return wrong(r, "%s: %s needs a list of phrases", where, key);
		if (!read_phrases(r, v, entry, where))
			return false;
	}
	json_array_foreach(of, i, v)
	{
		const char *s = json_string_value(v);

		if (s == NULL && !json_is_object(v))
			return wrong(r, "%s: a phrase is a text", where);
		if (s != NULL ? !read_text(r, s, root, entry)
			      : !read_phrases(r, v, entry, where))
			return false;
	}
	return true;
}

static bool
read_terms(struct reader *r, const struct taxonomy *t, json_t *terms)
{
	json_t *v;
	size_t i;

	json_array_foreach(terms, i, v)
	{
		const char *slug = json_string_value(json_object_get(v, "slug"));
		json_t *synonyms = json_object_get(v, "synonyms");
		struct lexicon_entry entry = { .layer = LAYER_TAGS };

		for (int kind = 0; slug != NULL && kind < TERM_FLAG; kind++)
			if (entry.term == NULL)
				entry.term = taxonomy_find(t, (enum term_kind)kind, slug);
		if (entry.term != NULL && entry.term->kind == TERM_REASON)
			entry.layer = LAYER_REASONS;
		if (entry.term != NULL && !read_phrases(r, synonyms, entry, slug))
			return false;
	}
	return true;
}

static bool
read_flags(struct reader *r, const struct taxonomy *t, json_t *flags)
{
	const char *slug;
	json_t *v;

	json_object_foreach(flags, slug, v)
	{
		struct lexicon_entry entry = { .layer = LAYER_FLAGS,
			.term = taxonomy_find(t, TERM_FLAG, slug) };

		if (entry.term == NULL)
			return wrong(r, "there is no flag \"%s\"", slug);
		if (!read_phrases(r, v, entry, slug))
			return false;
	}
	return true;
}

static bool
read_rules(struct reader *r, json_t *rules)
{
	static const char *const names[RULES] = { NULL, "negation", "no_negation",
		"denial", "worry", "fear", "question", "asked", "link", "filler",
		"break" };

	for (int rule = RULE_NONE + 1; rule < RULES; rule++) {
		struct lexicon_entry entry = { .layer = LAYER_RULES,
			.rule = (uint8_t)rule };

		if (!read_phrases(
			r, json_object_get(rules, names[rule]), entry, names[rule]))
			return false;
	}
	return true;
}

/* Before all phrases: their symbols are looked up by name. */
static bool
read_classes(struct reader *r, json_t *classes)
{
	const char *name;
	json_t *v;

	json_object_foreach(classes, name, v)
	{
		struct lexicon_entry entry = { .symbol = lexicon_class_symbol(r->lx) };

		if (r->class_count == CLASSES_MAX)
			return wrong(r, "more than %d classes", CLASSES_MAX);
		if (!read_phrases(r, v, entry, name))
			return false;
		r->classes[r->class_count].name = name;
		r->classes[r->class_count++].symbol = entry.symbol;
	}
	return true;
}

/* "x": "tak" */
static bool
read_spelling(struct reader *r, json_t *spelling)
{
	const char *from;
	json_t *v;

	json_object_foreach(spelling, from, v)
	{
		const char *to = json_string_value(v);
		size_t len = strlen(from), to_len = to == NULL ? 0 : strlen(to);

		if (to_len == 0 || len > TAG_WORD_LEN_MAX || to_len > TAG_WORD_LEN_MAX)
			return wrong(
			    r, "spelling: \"%s\" needs the word it stands for", from);
		lexicon_word(r->lx, from, len)->as = arena_strdup(r->lx->arena, to);
		lexicon_word(r->lx, from, len)->as_len = (uint8_t)to_len;
	}
	return true;
}

/* Words that mean nothing here: that no slip is seen in, or that slips lead to. */
static bool
read_words(struct reader *r, json_t *texts, bool often_wrong)
{
	json_t *v;
	size_t i;

	json_array_foreach(texts, i, v)
	{
		struct tag_word *words;
		const char *s = json_string_value(v);
		size_t n = s == NULL ? 0 : tag_words(r->scratch, s, &words);

		for (size_t k = 0; k < n; k++) {
			struct lexicon_word *w =
			    lexicon_word(r->lx, words[k].s, words[k].len);

			w->often_wrong = w->often_wrong || often_wrong;
		}
		if (n == 0)
			return wrong(r, "often_wrong, no_typos: lists of words");
	}
	return true;
}

/* Pairs of Chinese characters, the second the one of the lists: "臉脸 鬆松". */
static bool
read_variants(struct reader *r, const char *pairs)
{
	struct tag_word *words;
	size_t n = pairs == NULL ? 0 : tag_words(r->scratch, pairs, &words);

	for (size_t i = 0; i < n; i += 2) {
		if (i + 1 == n || words[i].kind != WORD_HAN ||
		    words[i + 1].kind != WORD_HAN || !words[i + 1].glued)
			return wrong(r, "variants: pairs of Chinese characters");
		lexicon_add_variant(r->lx, words[i].value, words[i + 1].value);
	}
	return true;
}

static bool
read_lexicon(struct reader *r, const struct taxonomy *t, json_t *doc)
{
	struct lexicon_entry no_tag = { .layer = LAYER_TAGS };
	struct lexicon_entry no_reason = { .layer = LAYER_REASONS };
	struct lexicon_entry no_flag = { .layer = LAYER_FLAGS };
	json_t *tagging = json_object_get(doc, "tagging"), *group;
	const char *key;

	if (!read_variants(r, json_string_value(json_object_get(tagging, "variants"))) ||
	    !read_classes(r, json_object_get(tagging, "classes")) ||
	    !read_terms(r, t, json_object_get(doc, "terms")) ||
	    !read_flags(r, t, json_object_get(doc, "attention_flags")) ||
	    !read_rules(r, json_object_get(tagging, "rules")) ||
	    !read_phrases(r, json_object_get(tagging, "no_tag"), no_tag, "no_tag") ||
	    !read_phrases(r, json_object_get(tagging, "no_tag"), no_reason, "no_tag") ||
	    !read_phrases(r, json_object_get(tagging, "no_flag"), no_flag, "no_flag"))
		return false;
	json_object_foreach(json_object_get(doc, "out_of_scope"), key,
	    group) if (!read_phrases(r, group, no_tag, key)) return false;
	return read_spelling(r, json_object_get(tagging, "spelling")) &&
	       read_words(r, json_object_get(tagging, "often_wrong"), true) &&
	       read_words(r, json_object_get(tagging, "no_typos"), false);
}

struct lexicon *
lexicon_load(
    const char *path, const struct taxonomy *t, char ret_error[TAXONOMY_ERROR_LEN])
{
	struct reader r = { .lx = lexicon_new(),
		.scratch = arena_new((size_t)16 << 20),
		.error = ret_error };
	json_error_t e;
	json_t *doc = json_load_file(path, JSON_REJECT_DUPLICATES, &e);
	bool good;

	ret_error[0] = '\0';
	good = doc == NULL ? wrong(&r, "%s:%d:%d: %s", path, e.line, e.column, e.text)
			   : read_lexicon(&r, t, doc);
	json_decref(doc);
	arena_free(r.scratch);
	if (good) {
		lexicon_finish(r.lx);
		return r.lx;
	}
	lexicon_free(r.lx);
	return NULL;
}
