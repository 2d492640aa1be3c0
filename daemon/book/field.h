/* SPDX-License-Identifier: MIT */
/*
 * field.h - what a body or a query may hold: one table a command, which a form,
 * a multipart body, JSON and a query string are all read by.
 *
 * A descriptor says where a value goes in the command's struct and what it may
 * be. Whether fields agree with each other is the operation's business.
 */
#ifndef BOOK_FIELD_H
#define BOOK_FIELD_H

#include "base/str.h"
#include "book/problem.h"

enum field_type {
	FIELD_LINE,  /* const char *: one line of text, trimmed; "" is absent (NULL) */
	FIELD_LINES, /* const char *: text with line breaks */
	FIELD_WORD,  /* const char *: a slug, or one of choices */
	FIELD_WORDS, /* struct strlist: slugs, or some of choices; no doubles kept */
	FIELD_BOOL,  /* int: -1 absent, 0 no, 1 yes */
	FIELD_INT,   /* int64_t: min..max; FIELD_ABSENT when absent */
};

#define FIELD_ABSENT INT64_MIN

enum {
	FIELD_FORM_ONLY = 1, /* unknown to JSON */
	FIELD_JSON_ONLY = 2, /* ignored in forms */
	FIELD_UNHASHED = 4,  /* no part of "the same answers" */
	FIELD_STAFF = 8,     /* unknown to the public routes */
};

struct field {
	const char *name;
	const char *group; /* JSON: inside this object; NULL at the top */
	enum field_type type;
	size_t offset;
	int64_t min, max; /* characters of text, items of a list, or the range */
	const char *const *choices; /* NULL-terminated; NULL: any slug */
	unsigned flags;
};

/* FIELD(struct x, name, group, TYPE, min, max, choices, flags) */
#define FIELD(st, f, group, type, min, max, choices, flags)                              \
	{ #f, group, FIELD_##type, offsetof(struct st, f), min, max, choices, flags }

struct fields {
	const struct field *v;
	size_t n;
};
#define FIELDS(array) { array, ARRAY_LEN(array) }

/* Every field absent. */
void fields_clear(const struct fields *, void *cmd);
/* SHA-256 over all values but the unhashed: equal for equal answers. */
void fields_hash(const struct fields *, const void *cmd, uint8_t ret_hash[32]);
/* A slug: 1-64 of a-z 0-9 and hyphens. */
bool field_is_slug(const char *s);

/* One value of a command by its descriptor: for the decoders. text is UTF-8. */
void field_set_text(const struct field *, void *cmd, struct problems *, const char *where,
    const char *text);
void field_set_bool(const struct field *, void *cmd, bool);
void field_set_int(const struct field *, void *cmd, struct problems *, const char *where,
    int64_t);
/* Too few or too many: asked once after the last value. */
void fields_check_counts(const struct fields *, const void *cmd, struct problems *);

#endif
