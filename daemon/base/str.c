/* SPDX-License-Identifier: MIT */
/* str.c - UTF-8 by utf8proc; base64url and hex by hand, strictly. */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/str.h"

void
strlist_add(struct strlist *l, struct arena *a, const char *s)
{
	if (l->n == l->cap) {
		size_t cap = l->cap == 0 ? 8 : l->cap * 2;
		const char **v = ARENA_ARRAY(a, const char *, cap);

		if (l->n > 0)
			memcpy(v, l->v, l->n * sizeof(*v));
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = s;
}

bool
strlist_has(const struct strlist *l, const char *s)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i], s) == 0)
			return true;
	return false;
}

struct strlist
strlist_split(struct arena *a, const char *s)
{
	struct strlist l = { 0 };

	while (*(s += strspn(s, " \t,")) != '\0') {
		size_t n = strcspn(s, " \t,");

		strlist_add(&l, a, arena_strndup(a, s, n));
		s += n;
	}
	return l;
}

/* Step over one code point; false on anything ill-formed. */
static bool
utf8_step(const char *s, size_t len, size_t *at, utf8proc_int32_t *ret_cp)
{
	utf8proc_ssize_t n;

	if ((unsigned char)s[*at] < 0x80) {
		*ret_cp = s[(*at)++];
		return true;
	}
	n = utf8proc_iterate((const utf8proc_uint8_t *)s + *at, (utf8proc_ssize_t)(len - *at),
	    ret_cp);
	if (n <= 0)
		return false;
	*at += (size_t)n;
	return true;
}

bool
str_utf8_valid(const char *s, size_t len)
{
	size_t at = 0;
	utf8proc_int32_t cp;

	while (at < len) {
		if (s[at] > 0) { /* plain ASCII, not NUL */
			at++;
			continue;
		}
		if (!utf8_step(s, len, &at, &cp) || cp == 0 || (cp & 0xfffe) == 0xfffe)
			return false;
	}
	return true;
}

bool
str_has_control(const char *s, bool lines)
{
	size_t at = 0, len = strlen(s);
	utf8proc_int32_t cp;

	while (at < len && utf8_step(s, len, &at, &cp)) {
		if (lines && (cp == '\n' || cp == '\r' || cp == '\t'))
			continue;
		if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x2028 || cp == 0x2029)
			return true;
	}
	return false;
}

size_t
str_graphemes(const char *s)
{
	size_t at = 0, len = strlen(s), n = 0;
	utf8proc_int32_t cp, before = 0, state = 0;

	while (at < len && utf8_step(s, len, &at, &cp)) {
		if ((before | cp) < 0x80 && cp != '\n') {
			n++;
			state = 0; /* what comes next is judged by this one alone */
		} else if (n == 0 || utf8proc_grapheme_break_stateful(before, cp, &state))
			n++;
		before = cp;
	}
	return n;
}

static bool
is_blank(utf8proc_int32_t cp)
{
	if (cp < 0x80)
		return cp == ' ' || (cp >= '\t' && cp <= '\r');
	return cp == 0x200b || cp == 0xfeff || utf8proc_category(cp) == UTF8PROC_CATEGORY_ZS;
}

char *
str_trim(struct arena *a, const char *s)
{
	size_t at = 0, len = strlen(s), from = len, to = 0;
	utf8proc_int32_t cp;

	while (at < len) {
		size_t here = at;

		if (!utf8_step(s, len, &at, &cp))
			return arena_strndup(a, s, len);
		if (is_blank(cp))
			continue;
		if (here < from)
			from = here;
		to = at;
	}
	return from >= to ? arena_strdup(a, "") : arena_strndup(a, s + from, to - from);
}

/* ASCII has its case to fold and nothing else; NULL when there is more. */
static char *
fold_ascii(struct arena *a, const char *s)
{
	char *p = arena_strdup(a, s);

	for (size_t i = 0; p[i] != '\0'; i++) {
		if ((unsigned char)p[i] >= 0x80)
			return NULL;
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] |= 0x20;
	}
	return p;
}

char *
str_fold(struct arena *a, const char *s)
{
	utf8proc_uint8_t *out = NULL;
	utf8proc_ssize_t n;
	char *p = fold_ascii(a, s);

	if (p != NULL)
		return p;
	n = utf8proc_map((const utf8proc_uint8_t *)s, 0, &out,
	    UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE
		| UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE);
	p = n < 0 ? NULL : arena_strndup(a, (char *)out, (size_t)n);
	free(out);
	return p;
}

bool
str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool
str_same_secret(const char *a, const char *b)
{
	size_t n = strlen(a);

	return n == strlen(b) && CRYPTO_memcmp(a, b, n) == 0;
}

static const char alphabet[]
    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
str_base64url(const void *p, size_t len, char *out)
{
	const uint8_t *b = p;
	uint32_t acc = 0;
	unsigned bits = 0;

	for (size_t i = 0; i < len; i++) {
		acc = acc << 8 | b[i];
		for (bits += 8; bits >= 6; bits -= 6)
			*out++ = alphabet[acc >> (bits - 6) & 63];
	}
	if (bits > 0)
		*out++ = alphabet[acc << (6 - bits) & 63];
	*out = '\0';
}

bool
str_base64url_decode(const char *s, void *out, size_t len)
{
	uint8_t *b = out;
	uint32_t acc = 0;
	unsigned bits = 0;

	if (strlen(s) != (len * 8 + 5) / 6)
		return false;
	for (; *s != '\0'; s++) {
		const char *at = strchr(alphabet, *s);

		if (at == NULL)
			return false;
		acc = acc << 6 | (uint32_t)(at - alphabet);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			*b++ = (uint8_t)(acc >> bits);
		}
	}
	return (acc & ((1u << bits) - 1)) == 0;
}

void
str_hex(const void *p, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *b = p;

	for (size_t i = 0; i < len; i++) {
		*out++ = digits[b[i] >> 4];
		*out++ = digits[b[i] & 15];
	}
	*out = '\0';
}
