/* SPDX-License-Identifier: MIT */
/*
 * search.c - tokens of a person, and what a query asks of them.
 *
 * Names and queries are cut by one reader, so that they are cut alike: folded,
 * apostrophes dropped, words between anything that is no letter, mark or digit.
 * Chinese, Japanese and Korean characters are words of one. In a name their
 * neighbours pair even over a blank, in a query only within one run: "陈 大文"
 * finds 陈大文 and 大文 陈.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "book/email.h"
#include "book/phone.h"
#include "book/reference.h"
#include "book/search.h"

#define WORD_MAX 24  /* characters of a token */
#define WANTS_MAX 16 /* of one query; more narrow nothing down */
#define DIGITS_MIN 4 /* of a telephone number */
#define REFERENCE_BODY 7

/* One word of a folded text. */
struct word {
	char text[WORD_MAX * 4 + 1]; /* UTF-8 */
	size_t len, chars;
	bool cjk;    /* one character of a script without blanks */
	bool gap;    /* something stood between it and the word before */
	bool hyphen; /* and that was a hyphen alone */
};

struct reader {
	const utf8proc_uint8_t *s;
};

static bool
is_cjk(utf8proc_int32_t c)
{
	return (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) /* Han */
	       || (c >= 0x20000 && c <= 0x3ffff) || c == 0x3005 || c == 0x3007 ||
	       (c >= 0x3041 && c <= 0x3096) || (c >= 0x309d && c <= 0x30fa) /* kana */
	       || (c >= 0x30fc && c <= 0x312f) || (c >= 0x31f0 && c <= 0x31ff) ||
	       (c >= 0xac00 && c <= 0xd7a3); /* Hangul syllables */
}

static bool
is_apostrophe(utf8proc_int32_t c)
{
	return c == '\'' || c == 0x2018 || c == 0x2019 || c == 0x201b || c == 0x2bb ||
	       c == 0x2bc || c == 0x2032 || c == '`' || c == 0xb4;
}

/* Letters that Unicode does not take apart, as their owners' friends type them. */
static utf8proc_int32_t
plain(utf8proc_int32_t c)
{
	switch (c) {
	case 0x111: /* d with stroke, Vietnamese */
	case 0xf0:
		return 'd';
	case 0xf8:
		return 'o';
	case 0x131:
		return 'i';
	case 0x142:
		return 'l';
	default:
		return c;
	}
}

/* The hyphens and dashes of U+2010 to U+2015, and the minus. */
static bool
is_dash(const char *s)
{
	return str_starts(s, "\xe2\x88\x92") ||
	       (str_starts(s, "\xe2\x80") && (uint8_t)s[2] >= 0x90 &&
		   (uint8_t)s[2] <= 0x95);
}

/* Folded, any dash a hyphen, with Hangul put together again; NULL when it is not UTF-8.
 */
static const char *
fold(struct arena *a, const char *s)
{
	const utf8proc_uint8_t *folded;
	utf8proc_uint8_t *composed;
	char *p;

	/* The acute accent alone would fold to a blank and cut the word. */
	p = arena_strdup(a, s);
	for (char *q = p; (q = strstr(q, "\xc2\xb4")) != NULL;)
		memcpy(q, "''", 2);
	folded = (const utf8proc_uint8_t *)str_fold(a, p);
	composed = folded == NULL ? NULL : utf8proc_NFC(folded);
	p = composed == NULL ? NULL : arena_strdup(a, (char *)composed);
	free(composed);
	for (char *q = p; q != NULL && *q != '\0'; q++)
		if (is_dash(q)) {
			*q = '-';
			memmove(q + 1, q + 3, strlen(q + 3) + 1);
		}
	return p;
}

static bool
is_word_character(utf8proc_int32_t c)
{
	utf8proc_category_t k = utf8proc_category(c);

	return k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_NO;
}

static void
word_add(struct word *w, utf8proc_int32_t c)
{
	utf8proc_uint8_t *at = (utf8proc_uint8_t *)w->text + w->len;

	if (w->chars == WORD_MAX)
		return;
	w->len += (size_t)utf8proc_encode_char(c, at);
	w->text[w->len] = '\0';
	w->chars++;
}

/* The next word of a folded text; false at its end. */
static bool
next_word(struct reader *r, struct word *w)
{
	utf8proc_int32_t c;
	utf8proc_ssize_t n;
	size_t between = 0;
	bool hyphen = false;

	memset(w, 0, sizeof(*w));
	for (; *r->s != '\0' && (n = utf8proc_iterate(r->s, -1, &c)) > 0; r->s += n) {
		if (is_apostrophe(c))
			continue;
		if (!is_word_character(c)) {
			if (w->chars > 0)
				return true;
			between++;
			hyphen = utf8proc_category(c) == UTF8PROC_CATEGORY_PD;
			continue;
		}
		if (w->chars > 0 && is_cjk(c))
			return true;
		w->gap = between > 0;
		w->hyphen = between == 1 && hyphen;
		word_add(w, plain(c));
		w->cjk = is_cjk(c);
		if (w->cjk) {
			r->s += n;
			return true;
		}
	}
	return w->chars > 0;
}

static void
token_add(struct strlist *l, struct arena *a, char kind, const char *one, const char *two)
{
	const char *token;

	if (l->n >= SEARCH_TOKENS_MAX)
		return;
	token = arena_printf(a, "%c%s%s", kind, one, two);
	if (!strlist_has(l, token))
		strlist_add(l, a, token);
}

/* The digits of a text, last first. */
static const char *
reversed_digits(struct arena *a, const char *s)
{
	size_t n = strlen(s), k = 0;
	char *out = arena_alloc(a, n + 1);

	while (n-- > 0)
		if (isdigit((unsigned char)s[n]))
			out[k++] = s[n];
	return out;
}

static void
name_tokens(struct strlist *l, struct arena *a, const char *name)
{
	const char *folded = fold(a, name);
	struct reader r = { (const utf8proc_uint8_t *)folded };
	struct word w, before = { 0 }, joined = { 0 };

	while (folded != NULL && next_word(&r, &w)) {
		token_add(l, a, 'n', w.text, "");
		if (w.cjk && before.cjk)
			token_add(l, a, 'n', before.text, w.text);
		/* "Mei-Ling" is found as "meiling" too. */
		if (!w.hyphen || w.cjk) {
			joined = w;
		} else {
			for (size_t i = 0; i < w.len && joined.chars < WORD_MAX;) {
				utf8proc_int32_t c;

				i += (size_t)utf8proc_iterate(
				    (utf8proc_uint8_t *)w.text + i, -1, &c);
				word_add(&joined, c);
			}
			token_add(l, a, 'n', joined.text, "");
		}
		before = w;
	}
}

struct strlist
search_tokens(struct arena *a, const char *name, const char *e164, const char *email)
{
	struct strlist l = { 0 };
	const char *folded = email == NULL ? NULL : str_fold(a, email);

	/* Those of which there is one come first: a long name fills the list. */
	token_add(&l, a, 'p', reversed_digits(a, e164), "");
	if (folded != NULL)
		token_add(&l, a, 'e', folded, "");
	name_tokens(&l, a, name);
	return l;
}

static void
want_add(struct search *q, struct arena *a, char kind, const char *one, const char *two,
    bool prefix)
{
	const char *token = arena_printf(a, "%c%s%s", kind, one, two);
	size_t at = q->want_count, len = strlen(token);

	for (size_t i = 0; i < q->want_count; i++)
		if (strcmp(q->wants[i].token, token) == 0)
			return;
	if (q->want_count == WANTS_MAX)
		return;
	for (; at > 0 && strlen(q->wants[at - 1].token) < len; at--)
		q->wants[at] = q->wants[at - 1];
	q->wants[at] = (struct search_want){ token, prefix };
	q->want_count++;
}

static bool
only(const char *s, const char *set)
{
	return s[strspn(s, set)] == '\0';
}

/* A number as written nationally or internationally, or its last digits. */
static void
want_phone(struct search *q, struct arena *a, const char *s)
{
	const char *digits = reversed_digits(a, s);
	size_t n = strlen(digits), first = strcspn(s, "+0123456789");
	char e164[PHONE_LEN];

	if (n < DIGITS_MIN)
		return;
	if ((s[first] == '+' || str_starts(s + first, "00") ||
		str_starts(s + first, "600")) &&
	    phone_normalise(s, "MY", e164) == PHONE_OK) {
		want_add(q, a, 'p', reversed_digits(a, e164), "", false);
		return;
	}
	/* A trunk 0 or 00 is no part of the number; shorter ends may begin with 0. */
	while (n >= 9 && digits[n - 1] == '0')
		n--;
	want_add(q, a, 'p', arena_strndup(a, digits, n), "", true);
}

static void
want_name(struct search *q, struct arena *a, const char *folded)
{
	struct reader r = { (const utf8proc_uint8_t *)folded };
	struct word w, before = { 0 };
	char digits[4 * WORD_MAX] = "";
	size_t n = 0;
	bool more = next_word(&r, &w);

	while (more) {
		struct word next = { 0 };

		more = next_word(&r, &next);
		if (!w.cjk) {
			if (only(w.text, "0123456789") && n + w.len < sizeof(digits)) {
				memcpy(digits + n, w.text, w.len + 1);
				n += w.len;
			} else {
				want_add(q, a, 'n', w.text, "", true);
			}
		} else if (before.cjk && !w.gap) {
			want_add(q, a, 'n', before.text, w.text, false);
		} else if (!more || !next.cjk || next.gap) {
			want_add(q, a, 'n', w.text, "", false);
		}
		before = w;
		w = next;
	}
	/* "Tan 4567", "Tan 9123 4567": the digits are those of the telephone. */
	if (n >= DIGITS_MIN)
		want_phone(q, a, digits);
	else if (n > 0)
		want_add(q, a, 'n', digits, "", true);
	/* One letter of an alphabet alone would be half the clinic. */
	if (q->want_count > 0 && strlen(q->wants[0].token) < 3)
		q->want_count = 0;
}

/* Body characters as reference.h has them; ret_digit: one is a digit. */
static bool
is_body(const char *s, bool *ret_digit)
{
	if (strlen(s) != REFERENCE_BODY || !only(s, "23456789abcdefghjkmnpqrstuvwxyz"))
		return false;
	*ret_digit = strpbrk(s, "23456789") != NULL;
	return true;
}

/*
 * PREFIX-XXXXXXX of a folded text, upper case; NULL when it looks like none.
 * Without a digit in it, it may as well be a name ("Ng Rebecca"): then prefix
 * and hyphen must be there. Other clinics' prefixes need the hyphen as well.
 */
static const char *
as_reference(struct arena *a, const char *folded, const char *prefix)
{
	size_t n = 0, head, len = strlen(folded);
	char *text = arena_alloc(a, len + 2);
	const char *lower = fold(a, prefix);
	bool digit, own,
	    hyphen = len > REFERENCE_BODY && folded[len - REFERENCE_BODY - 1] == '-';

	for (const char *s = folded; *s != '\0'; s++)
		if (*s != '-' && *s != ' ')
			text[n++] = *s;
	if (n <= REFERENCE_BODY || n > REFERENCE_BODY + REFERENCE_PREFIX_MAX)
		return NULL;
	head = n - REFERENCE_BODY;
	own = lower != NULL && strlen(lower) == head && strncmp(text, lower, head) == 0;
	if (!is_body(text + head, &digit) || (own && !digit && !hyphen) ||
	    (!own && !(digit && hyphen)))
		return NULL;
	for (size_t i = 0; i < head; i++)
		if (!isalnum((unsigned char)text[i]))
			return NULL;
	memmove(text + head + 1, text + head, REFERENCE_BODY + 1);
	text[head] = '-';
	for (char *p = text; *p != '\0'; p++)
		*p = (char)toupper((unsigned char)*p);
	return text;
}

struct search
search_parse(struct arena *a, const char *query, const char *prefix)
{
	struct search q = { .kind = SEARCH_NOTHING };
	const char *folded = fold(a, query), *email;

	if (folded == NULL)
		return q;
	folded = str_trim(a, folded);
	q.text = as_reference(a, folded, prefix);
	if (q.text != NULL) {
		q.kind = SEARCH_REFERENCE;
		return q;
	}
	q.wants = ARENA_ARRAY(a, struct search_want, WANTS_MAX);
	if (strchr(folded, '@') != NULL) {
		email = email_normalise(a, query);
		email = email == NULL ? folded : str_fold(a, email);
		if (email != NULL && email[0] != '@')
			want_add(&q, a, 'e', email, "", true);
	} else if (only(folded, "0123456789+-(). ")) {
		want_phone(&q, a, folded);
	} else {
		want_name(&q, a, folded);
	}
	if (q.want_count > 0)
		q.kind = SEARCH_TOKENS;
	return q;
}

bool
search_matches(const struct strlist *tokens, const struct search_want *want)
{
	for (size_t i = 0; i < tokens->n; i++)
		if (want->prefix ? str_starts(tokens->v[i], want->token)
				 : strcmp(tokens->v[i], want->token) == 0)
			return true;
	return false;
}
