/* SPDX-License-Identifier: MIT */
/*
 * str.h - text from outside: is it UTF-8, how long is it as people count, what
 * is it called folded, and its base64url and hex forms (RFC 4648).
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/arena.h"

/* A list of strings in an arena. */
struct strlist {
	const char **v;
	size_t n, cap;
};

void strlist_add(struct strlist *, struct arena *, const char *s);
bool strlist_has(const struct strlist *, const char *s);
/* Words between blanks and commas. */
struct strlist strlist_split(struct arena *, const char *s);

/* Well-formed UTF-8 without NUL, surrogates or non-characters U+FFFE/U+FFFF. */
bool str_utf8_valid(const char *s, size_t len);
/* C0 and C1 controls, DEL, line and paragraph separators; a line break and TAB
 * count only when lines is false. s must be valid UTF-8. */
bool str_has_control(const char *s, bool lines);
/* Characters as people count them (grapheme clusters, UAX 29). Valid UTF-8. */
size_t str_graphemes(const char *s);
/* Without blanks (any Unicode space) at both ends, in the arena. */
char *str_trim(struct arena *, const char *s);
/* Compatibility-composed, case-folded, accents and width removed: the same for
 * what people take for the same when they search. NULL when it is not UTF-8. */
char *str_fold(struct arena *, const char *s);

bool str_starts(const char *s, const char *prefix);
/* Equal, in a time that does not tell where they differ. */
bool str_same_secret(const char *a, const char *b);

/* out: 4 * ((len + 2) / 3) + 1 bytes suffice; unpadded, NUL-terminated. */
void str_base64url(const void *p, size_t len, char *out);
/* Exactly len bytes, or false. Strict: no padding, no stray bits. */
bool str_base64url_decode(const char *s, void *out, size_t len);
/* 2 * len + 1 bytes of lower-case hex. */
void str_hex(const void *p, size_t len, char *out);

#endif
