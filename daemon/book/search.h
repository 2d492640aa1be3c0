/* SPDX-License-Identifier: MIT */
/*
 * search.h - how a person is found again: tokens written beside a booking, and
 * the tokens a staff member's words ask for. Pure.
 *
 * A token is one letter for its kind and a folded text:
 *   n  a word of the name, folded (accents, case, width); at most 24 characters.
 *      Each Chinese, Japanese or Korean character is a token, and each pair of
 *      neighbours, so that two characters of a name find it.
 *   p  the digits of the E.164 phone, reversed, so that last digits are a prefix
 *   e  the e-mail address, folded
 */
#ifndef BOOK_SEARCH_H
#define BOOK_SEARCH_H

#include "base/str.h"

#define SEARCH_TOKENS_MAX 64 /* of one booking: a name of 200 characters has fewer words */

/* name and e164 are needed, email may be NULL. Without duplicates. */
struct strlist search_tokens(struct arena *, const char *name, const char *e164,
    const char *email);

enum search_kind {
	SEARCH_NOTHING,	  /* nothing can match: too short, or only punctuation */
	SEARCH_REFERENCE, /* it looks like one: text holds it, upper case */
	SEARCH_TOKENS,	  /* every token must match a booking */
};

struct search_want {
	const char *token; /* kind letter and text */
	bool prefix;	   /* any token that begins so; else exactly it */
};

struct search {
	enum search_kind kind;
	const char *text;
	struct search_want *wants; /* the most selective (longest) first */
	size_t want_count;
};

/* What a staff member typed: digits (4 or more, or a whole number, as nationally
 * or internationally written), an address with '@', a reference of the form
 * PREFIX-XXXXXXX, or words of a name in any script. */
struct search search_parse(struct arena *, const char *q, const char *prefix);
/* Do the tokens of this booking satisfy the want? (for the second and later wants) */
bool search_matches(const struct strlist *tokens, const struct search_want *);

#endif
