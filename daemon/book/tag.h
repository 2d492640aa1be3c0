/* SPDX-License-Identifier: MIT */
/*
 * tag.h - what a note is about, in the patient's own words. Pure.
 *
 * A text tag is a suggestion with the words that made it: it never outranks what
 * a patient ticked, never triggers a message, and no option is ever inferred from
 * a concern. The lexicon is data of etc/taxonomy.json; its version is kept with
 * every tag.
 */
#ifndef BOOK_TAG_H
#define BOOK_TAG_H

#include "book/taxonomy.h"

#define TAG_MATCHES_MAX 64 /* of one note; longer lists are cut */

struct tag_match {
	const struct term *term;
	size_t offset, length; /* of the matched words in the text, bytes */
};

struct lexicon;

/* Made of the taxonomy's synonyms, flags and rules; immutable, for any thread.
 * path is the same file; NULL and a sentence in ret_error when it is none. */
struct lexicon *lexicon_load(const char *path, const struct taxonomy *,
    char ret_error[TAXONOMY_ERROR_LEN]);
void lexicon_free(struct lexicon *);

/* The terms a careful reader would tick, each once (its first words), in the
 * order of the text. text is valid UTF-8 of at most a few thousand bytes; the
 * arena is for scratch. Returns how many of matches were filled. */
size_t tag_text(const struct lexicon *, struct arena *, const char *text,
    struct tag_match matches[TAG_MATCHES_MAX]);

/* The one of this process: set once at start, before any thread. NULL tags nothing. */
void lexicon_set(const struct lexicon *);
const struct lexicon *lexicon_get(void);

#endif
