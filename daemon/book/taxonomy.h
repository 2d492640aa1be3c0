/* SPDX-License-Identifier: MIT */
/*
 * taxonomy.h - the catalogue of concerns, reasons, options and flags: data of
 * etc/taxonomy.json, read once at start, immutable afterwards.
 */
#ifndef BOOK_TAXONOMY_H
#define BOOK_TAXONOMY_H

#include "base/str.h"

enum term_kind { TERM_CONCERN, TERM_REASON, TERM_OPTION, TERM_FLAG, TERM_KINDS };

struct term {
	int64_t id; /* database; 0 until known */
	enum term_kind kind;
	const char *slug;
	const char *label[3];	   /* en, ms, zh-Hans */
	const char *form_label[3]; /* NULL: not asked on the form */
	bool on_form;
	const struct term *const *derives; /* reasons that follow from this concern; NULL-terminated */
};

struct taxonomy {
	struct arena *arena;
	int64_t version; /* of the taxonomy row */
	uint8_t sha256[32];
	const char *article_slug;
	struct term *terms; /* concerns first, in the order of the form; not-sure last of them */
	size_t term_count;
};

/* NULL and a sentence in ret_error when the file is not a catalogue. */
#define TAXONOMY_ERROR_LEN 512
struct taxonomy *taxonomy_load(const char *path, char ret_error[TAXONOMY_ERROR_LEN]);
void taxonomy_free(struct taxonomy *);

const struct term *taxonomy_find(const struct taxonomy *, enum term_kind, const char *slug);
const struct term *taxonomy_by_id(const struct taxonomy *, int64_t id);
const char *term_kind_name(enum term_kind); /* "concern", ... */

/* The one of this process: set once at start, before any thread. */
void taxonomy_set(struct taxonomy *);
const struct taxonomy *taxonomy_get(void);

#endif
