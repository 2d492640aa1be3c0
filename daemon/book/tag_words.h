/* SPDX-License-Identifier: MIT */
/*
 * tag_words.h - a note cut into words, each with its place in the note.
 *
 * Letters are folded (compatibility forms, case, accents and apostrophes away);
 * every Chinese character is a word of its own; letters and digits are apart, so
 * that "sec2" is "sec 2". Both the lexicon's phrases and the notes come through
 * here, so they agree. Pure.
 */
#ifndef BOOK_TAG_WORDS_H
#define BOOK_TAG_WORDS_H

#include "base/arena.h"

#define TAG_WORD_LEN_MAX 40 /* the rest of a longer one is not looked at */

enum tag_word_kind { WORD_LETTERS, WORD_NUMBER, WORD_HAN };

struct tag_word {
	const char *s;     /* folded, not terminated; not of a WORD_HAN */
	uint32_t from, to; /* bytes of the note, on character boundaries */
	uint32_t value;    /* of a number; the code point of a WORD_HAN */
	uint32_t clause;   /* grows at every stop */
	uint8_t kind, len;
	bool glued;  /* to the word before, as 5 in "top5" */
	bool linked; /* to the word before by "/", "&", "+" or an enumeration comma */
};

/* text is valid UTF-8; *ret_words is in the arena. Returns how many. */
size_t tag_words(struct arena *, const char *text, struct tag_word **ret_words);

#endif
