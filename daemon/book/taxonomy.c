/* SPDX-License-Identifier: MIT */
/*
 * taxonomy.c - the catalogue, from its file.
 *
 * The file is the clinic's data, written with care: the first thing wrong with
 * it ends the reading, with a sentence that names the term. Groups that are no
 * kind of tag (expectations, questions, ...) are left to whoever needs them.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/secret.h"
#include "book/taxonomy.h"

#define FILE_MAX ((size_t)4 << 20)
#define ARENA_MAX ((size_t)16 << 20)
#define TERMS_MAX 1000

static const char *const languages[3] = { "en", "ms", "zh_Hans" };

/* Flags have no labels in the file; staff alone see them. */
static const struct {
	const char *slug, *label[3];
} flag_labels[] = {
	{ "possible-urgent", { "Possibly urgent", "Mungkin mendesak", "可能紧急" } },
	{ "doctor-should-know",
	    { "Doctor should know", "Doktor perlu tahu", "医生须知" } },
	{ "date-bound", { "Tied to a date", "Terikat pada tarikh", "有日期要求" } },
	{ "minor", { "Under 18", "Bawah 18 tahun", "未满18岁" } },
};

struct loader {
	struct taxonomy *t;
	char *error; /* TAXONOMY_ERROR_LEN */
};

static struct taxonomy *the_taxonomy;

static bool wrong(struct loader *, const char *format, ...) PRINTF_LIKE(2, 3);

static bool
wrong(struct loader *l, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(l->error, TAXONOMY_ERROR_LEN, format, ap);
	va_end(ap);
	return false;
}

const char *
term_kind_name(enum term_kind kind)
{
	static const char *const names[TERM_KINDS] = { "concern", "reason", "option",
		"flag" };

	return names[kind];
}

static bool
slug_good(const char *s)
{
	size_t n = s == NULL ? 0 : strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n >= 1 && n <= 40 && s[n] == '\0';
}

/* A label in each of the three languages, at v[key]. */
static bool
read_labels(
    struct loader *l, json_t *v, const char *key, const char *slug, const char *labels[3])
{
	json_t *of = json_object_get(v, key);

	for (int i = 0; i < 3; i++) {
		const char *s = json_string_value(json_object_get(of, languages[i]));

		if (s == NULL || *s == '\0' || !str_utf8_valid(s, strlen(s)) ||
		    str_has_control(s, false))
			return wrong(l, "term \"%s\": %s needs a text in %s", slug, key,
			    languages[i]);
		labels[i] = arena_strdup(l->t->arena, s);
	}
	return true;
}

static struct term *
add_term(struct loader *l, enum term_kind kind, const char *slug)
{
	struct term *term = &l->t->terms[l->t->term_count];

	if (!slug_good(slug)) {
		wrong(l, "a %s has no good slug: 1 to 40 characters of a-z, 0-9 and -",
		    term_kind_name(kind));
		return NULL;
	}
	if (taxonomy_find(l->t, kind, slug) != NULL) {
		wrong(l, "term \"%s\": there are two of the kind %s", slug,
		    term_kind_name(kind));
		return NULL;
	}
	if (l->t->term_count == TERMS_MAX) {
		wrong(l, "more than %d terms", TERMS_MAX);
		return NULL;
	}
	l->t->term_count++;
	term->kind = kind;
	term->slug = arena_strdup(l->t->arena, slug);
	return term;
}

static bool
read_term(struct loader *l, json_t *v, enum term_kind kind)
{
	struct term *term =
	    add_term(l, kind, json_string_value(json_object_get(v, "slug")));
	json_t *form = json_object_get(v, "form_label");

	if (term == NULL || !read_labels(l, v, "label", term->slug, term->label))
		return false;
	if (form == NULL || json_is_null(form))
		return true;
	term->on_form = true;
	return read_labels(l, v, "form_label", term->slug, term->form_label);
}

/* The terms of one group, in the order of the file; last is kept for the end. */
static bool
read_group(struct loader *l, json_t *terms, const char *group, const char *last,
    enum term_kind kind)
{
	json_t *v, *at_end = NULL;
	size_t i;

	json_array_foreach(terms, i, v)
	{
		const char *of = json_string_value(json_object_get(v, "group"));
		const char *slug = json_string_value(json_object_get(v, "slug"));

		if (of == NULL)
			return wrong(l, "terms[%zu] has no group", i);
		if (strcmp(of, group) != 0)
			continue;
		if (last != NULL && slug != NULL && strcmp(slug, last) == 0 &&
		    at_end == NULL)
			at_end = v;
		else if (!read_term(l, v, kind))
			return false;
	}
	return at_end == NULL || read_term(l, at_end, kind);
}

static bool
read_flags(struct loader *l, json_t *flags)
{
	const char *slug;
	json_t *words;

	if (!json_is_object(flags))
		return wrong(l, "attention_flags is missing");
	json_object_foreach(flags, slug, words)
	{
		struct term *term = add_term(l, TERM_FLAG, slug);

		if (term == NULL)
			return false;
		if (!json_is_array(words))
			return wrong(l, "flag \"%s\" needs a list of words", slug);
		for (int i = 0; i < 3; i++)
			term->label[i] = term->slug;
		for (size_t i = 0; i < ARRAY_LEN(flag_labels); i++)
			if (strcmp(flag_labels[i].slug, slug) == 0)
				memcpy(term->label, flag_labels[i].label,
				    sizeof(term->label));
	}
	return true;
}

static bool
add_not_asked(struct loader *l)
{
	static const char *const labels[3] = { "Not asked", "Tidak ditanya", "未询问" };
	struct term *term = add_term(l, TERM_CONCERN, "not-asked");

	if (term == NULL)
		return false;
	memcpy(term->label, labels, sizeof(labels));
	return true;
}

static bool
read_derived(struct loader *l, json_t *v, struct term *term)
{
	json_t *list = json_object_get(v, "derives"), *slug;
	const struct term **reasons =
	    ARENA_ARRAY(l->t->arena, const struct term *, json_array_size(list) + 1);
	size_t i;

	if (list != NULL && !json_is_array(list))
		return wrong(l, "term \"%s\": derives needs a list of reasons", term->slug);
	json_array_foreach(list, i, slug)
	{
		const char *s = json_string_value(slug);

		reasons[i] = s == NULL ? NULL : taxonomy_find(l->t, TERM_REASON, s);
		if (reasons[i] == NULL)
			return wrong(l, "term \"%s\": it derives \"%s\", which is no reason",
			    term->slug, s == NULL ? "?" : s);
	}
	term->derives = reasons;
	return true;
}

/* What follows from what; once all terms are known. */
static bool
read_links(struct loader *l, json_t *terms)
{
	for (size_t t = 0; t < l->t->term_count; t++) {
		struct term *term = &l->t->terms[t];
		json_t *v, *of = NULL;
		size_t i;

		if (term->kind == TERM_CONCERN)
			json_array_foreach(terms, i, v)
			{
				const char *slug = json_string_value(json_object_get(v, "slug"));

				if (slug != NULL && strcmp(slug, term->slug) == 0)
					of = v;
			}
		if (!read_derived(l, of, term))
			return false;
	}
	return true;
}

static bool
read_document(struct loader *l, json_t *doc)
{
	json_t *terms = json_object_get(doc, "terms");
	const char *article =
	    json_string_value(json_object_get(json_object_get(doc, "article"), "slug"));

	if (!json_is_array(terms))
		return wrong(l, "terms is missing: a list");
	if (article == NULL)
		return wrong(l, "article.slug is missing");
	l->t->article_slug = arena_strdup(l->t->arena, article);
	l->t->terms = ARENA_ARRAY(l->t->arena, struct term, TERMS_MAX + 1);
	if (!read_group(l, terms, "concern", NULL, TERM_CONCERN) ||
	    !read_group(l, terms, "form-only", "not-sure", TERM_CONCERN) ||
	    !add_not_asked(l) || !read_group(l, terms, "reason", NULL, TERM_REASON) ||
	    !read_group(l, terms, "option", NULL, TERM_OPTION))
		return false;
	if (taxonomy_find(l->t, TERM_CONCERN, "not-sure") == NULL)
		return wrong(l, "term \"not-sure\" is missing");
	return read_flags(l, json_object_get(doc, "attention_flags")) && read_links(l, terms);
}

/* The whole file; NULL with a sentence. */
static const char *
read_file(struct loader *l, struct arena *a, const char *path, size_t *ret_len)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	size_t max = FILE_MAX;
	char *text;
	bool failed;

	if (f == NULL) {
		wrong(l, "%s: %s", path, strerror(errno));
		return NULL;
	}
	/* Room for what is there: zeroing 4 MiB was a third of the start's time. */
	if (fstat(fileno(f), &st) == 0 && st.st_size >= 0 && st.st_size < (off_t)FILE_MAX)
		max = (size_t)st.st_size;
	text = arena_alloc(a, max + 1);
	*ret_len = fread(text, 1, max + 1, f);
	failed = ferror(f) != 0;
	fclose(f);
	if (failed || *ret_len > max) {
		wrong(l, "%s: %s", path,
		    failed	      ? "cannot be read"
		    : max < FILE_MAX ? "it grew while it was read"
				      : "larger than 4 MiB");
		return NULL;
	}
	return text;
}

struct taxonomy *
taxonomy_load(const char *path, char ret_error[TAXONOMY_ERROR_LEN])
{
	struct arena *a = arena_new(ARENA_MAX), *scratch = arena_new(ARENA_MAX);
	struct loader l = { .t = ARENA_NEW(a, struct taxonomy), .error = ret_error };
	const char *text;
	json_error_t e;
	json_t *doc = NULL;
	size_t len;
	bool good = false;

	l.t->arena = a;
	ret_error[0] = '\0';
	if ((text = read_file(&l, scratch, path, &len)) != NULL) {
		secret_hash(text, len, l.t->sha256);
		doc = json_loadb(text, len, JSON_REJECT_DUPLICATES, &e);
		good = doc == NULL
			   ? wrong(&l, "%s:%d:%d: %s", path, e.line, e.column, e.text)
			   : read_document(&l, doc);
	}
	json_decref(doc);
	arena_free(scratch);
	if (good)
		return l.t;
	arena_free(a);
	return NULL;
}

void
taxonomy_free(struct taxonomy *t)
{
	if (t != NULL)
		arena_free(t->arena);
}

const struct term *
taxonomy_find(const struct taxonomy *t, enum term_kind kind, const char *slug)
{
	for (size_t i = 0; i < t->term_count; i++)
		if (t->terms[i].kind == kind && strcmp(t->terms[i].slug, slug) == 0)
			return &t->terms[i];
	return NULL;
}

const struct term *
taxonomy_by_id(const struct taxonomy *t, int64_t id)
{
	for (size_t i = 0; i < t->term_count; i++)
		if (t->terms[i].id == id)
			return &t->terms[i];
	return NULL;
}

void
taxonomy_set(struct taxonomy *t)
{
	the_taxonomy = t;
}

const struct taxonomy *
taxonomy_get(void)
{
	return the_taxonomy;
}
