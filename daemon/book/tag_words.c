/* SPDX-License-Identifier: MIT */
/*
 * tag_words.c - folding and cutting, one code point at a time, with utf8proc for
 * all but ASCII and the common Chinese characters.
 *
 * A code point may become several (a ligature, a squared word): all of them have
 * its place. People stretch words ("oilyyy") and double them with a digit, as
 * Malay does ("pori2"): both are undone here.
 */
#include <string.h>
#include <utf8proc.h>

#include "book/tag_words.h"

#define DECOMPOSED_MAX 32

struct cutter {
	struct tag_word *words;
	size_t n, cap;
	char *folded;         /* the letters of all words */
	size_t at, room;      /* in folded */
	bool open;            /* words[n] is being written */
	bool linked, stopped; /* since the last word */
	uint32_t last, run;   /* the last letter, and how often in a row */
	uint32_t clause;
	utf8proc_int32_t before, after; /* the neighbours in the text */
};

static bool
is_digit(utf8proc_int32_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_apostrophe(utf8proc_int32_t c)
{
	return c == '\'' || c == 0x2019 || c == 0x2018 || c == 0x02bc || c == '`' ||
	       c == 0xb4 || c == 0xff07;
}

static bool
is_han(utf8proc_int32_t c)
{
	return (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) ||
	       (c >= 0x20000 && c <= 0x3ffff);
}

static bool
is_letter(utf8proc_int32_t c)
{
	static const unsigned letters =
	    1u << UTF8PROC_CATEGORY_LU | 1u << UTF8PROC_CATEGORY_LL |
	    1u << UTF8PROC_CATEGORY_LT | 1u << UTF8PROC_CATEGORY_LM |
	    1u << UTF8PROC_CATEGORY_LO | 1u << UTF8PROC_CATEGORY_MN |
	    1u << UTF8PROC_CATEGORY_MC | 1u << UTF8PROC_CATEGORY_ND;

	if (c < 0x80)
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
	return (letters >> utf8proc_category(c) & 1) != 0;
}

static void
close_word(struct cutter *c)
{
	const struct tag_word *w = &c->words[c->n];

	if (!c->open)
		return;
	c->open = false;
	/* "pori2": said twice. "sec2" is a class. */
	if (w->kind == WORD_NUMBER && w->value == 2 && w->len == 1 && w->glued &&
	    w[-1].kind == WORD_LETTERS && w[-1].len >= 4)
		return;
	c->n++;
}

static bool
open_word(struct cutter *c, enum tag_word_kind kind, uint32_t from)
{
	struct tag_word *w = &c->words[c->n];

	if (c->n == c->cap)
		return false;
	*w = (struct tag_word){ .s = c->folded + c->at,
		.from = from,
		.kind = (uint8_t)kind,
		.clause = c->clause,
		.linked = c->linked && !c->stopped && c->n > 0,
		.glued = c->n > 0 && w[-1].to == from };
	c->open = true;
	c->linked = c->stopped = false;
	c->run = 0;
	return true;
}

static void
add_letter(struct cutter *c, utf8proc_int32_t cp, uint32_t from, uint32_t to)
{
	struct tag_word *w = &c->words[c->n];
	bool digit = is_digit(cp);
	utf8proc_uint8_t bytes[4];
	size_t len = (size_t)utf8proc_encode_char(cp, bytes);

	if (c->open && digit != (w->kind == WORD_NUMBER)) {
		close_word(c);
		w = &c->words[c->n];
	}
	if (!c->open && !open_word(c, digit ? WORD_NUMBER : WORD_LETTERS, from))
		return;
	w->to = to;
	if (digit && w->value < 100000)
		w->value = w->value * 10 + (uint32_t)(cp - '0');
	c->run = (uint32_t)cp == c->last && w->len > 0 ? c->run + 1 : 1;
	c->last = (uint32_t)cp;
	if (c->run == 3 && len == 1 && !digit) { /* "soooo": once is enough */
		w->len--;
		c->at--;
	}
	if ((c->run >= 3 && len == 1 && !digit) || w->len + len > TAG_WORD_LEN_MAX ||
	    c->at + len > c->room)
		return;
	memcpy(c->folded + c->at, bytes, len);
	c->at += len;
	w->len = (uint8_t)(w->len + len);
}

static void
add_han(struct cutter *c, utf8proc_int32_t cp, uint32_t from, uint32_t to)
{
	close_word(c);
	if (!open_word(c, WORD_HAN, from))
		return;
	c->words[c->n].value = (uint32_t)cp;
	c->words[c->n].to = to;
	close_word(c);
}

/* What ends a clause. A point inside a number and a hyphen inside a word do not. */
static bool
is_stop(const struct cutter *c, utf8proc_int32_t cp)
{
	switch (cp) {
	case '.':
	case ',':
		return !is_digit(c->before) || !is_digit(c->after);
	case '-':
		return c->before == ' ' && c->after == ' ';
	case ';':
	case ':':
	case '!':
	case '?':
	case '\n':
	case '\r':
	case 0x2013: /* dashes */
	case 0x2014:
	case 0x2026: /* ellipsis */
	case 0x3002: /* ideographic full stop */
	case 0x2028:
	case 0x2029:
		return true;
	default:
		return cp >= 0x80 && utf8proc_category(cp) == UTF8PROC_CATEGORY_SO;
	}
}

static void
add_other(struct cutter *c, utf8proc_int32_t cp)
{
	close_word(c);
	if (cp == '/' || cp == '&' || cp == '+' || cp == 0x3001)
		c->linked = true;
	if (is_stop(c, cp) && !c->stopped) {
		c->stopped = true;
		c->clause++;
	}
}

static void
add_folded(struct cutter *c, utf8proc_int32_t cp, uint32_t from, uint32_t to)
{
	if (is_han(cp))
		add_han(c, cp, from, to);
	else if (is_letter(cp))
		add_letter(c, cp, from, to);
	else
		add_other(c, cp);
}

static void
add_code_point(struct cutter *c, utf8proc_int32_t cp, uint32_t from, uint32_t to)
{
	utf8proc_int32_t out[DECOMPOSED_MAX];
	utf8proc_ssize_t n;
	int bound = 0;

	if (is_apostrophe(cp)) { /* "don't" is dont, and "'oily'" oily */
		if (!c->open || !is_letter(c->after))
			close_word(c);
		return;
	}
	if (cp < 0x80) {
		add_folded(c, cp >= 'A' && cp <= 'Z' ? cp + 32 : cp, from, to);
		return;
	}
	if (cp >= 0x4e00 && cp <= 0x9fff) {
		add_han(c, cp, from, to);
		return;
	}
	n = utf8proc_decompose_char(cp, out, DECOMPOSED_MAX,
	    UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD |
		UTF8PROC_STRIPMARK | UTF8PROC_IGNORE,
	    &bound);
	for (utf8proc_ssize_t i = 0; n <= DECOMPOSED_MAX && i < n; i++)
		add_folded(c, out[i], from, to);
}

size_t
tag_words(struct arena *a, const char *text, struct tag_word **ret_words)
{
	struct cutter c = { .before = '\n' };
	size_t len = strlen(text), at = 0;
	utf8proc_int32_t cp = 0, next = 0;
	utf8proc_ssize_t step, next_step;

	for (size_t i = 0; i < len; i++)
		c.cap += ((unsigned char)text[i] & 0xc0) != 0x80;
	c.room = len + DECOMPOSED_MAX;
	c.folded = arena_alloc(a, c.room);
	c.words = ARENA_ARRAY(a, struct tag_word, c.cap + 1);
	step =
	    utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len, &cp);
	while (at < len && step > 0) {
		size_t to = at + (size_t)step;

		next = '\n';
		next_step = utf8proc_iterate((const utf8proc_uint8_t *)text + to,
		    (utf8proc_ssize_t)(len - to), &next);
		c.after = next;
		add_code_point(&c, cp, (uint32_t)at, (uint32_t)to);
		c.before = cp;
		at = to;
		cp = next;
		step = next_step;
	}
	close_word(&c);
	*ret_words = c.words;
	return c.n;
}
