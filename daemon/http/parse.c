/* SPDX-License-Identifier: MIT */
/*
 * parse.c - finds the end of a head, one byte at a time, or what is wrong in it.
 *
 * Each state names what may come next; anything else ends the parse. Limits are
 * judged at the byte that breaks them, so that a head cut anywhere gets the
 * verdict it gets whole.
 */
#include <string.h>

#include "base/err.h"
#include "http/parse.h"

enum {
	S_METHOD,
	S_TARGET_START,
	S_TARGET,
	S_VERSION,
	S_REQUEST_LF,
	S_LINE_START,
	S_NAME,
	S_VALUE,
	S_FIELD_LF,
	S_END_LF,
	S_DONE,
};

#define C_TOKEN 1  /* RFC 9110 5.6.2 */
#define C_TARGET 2 /* visible ASCII but '#': a fragment is never sent */
#define C_VALUE 4

#define METHOD_LEN_MAX 32
#define VERSION_LEN 8 /* "HTTP/1.1" */

#define V C_VALUE
#define G (C_VALUE | C_TARGET)
#define T (C_VALUE | C_TARGET | C_TOKEN)
#define EIGHT(c) c, c, c, c, c, c, c, c
/* clang-format off */
static const unsigned char class_of[256] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, V, 0, 0, 0, 0, 0, 0, /* TAB */
	EIGHT(0), EIGHT(0),
	V, T, G, C_VALUE | C_TOKEN, T, T, T, T, G, G, T, T, G, T, T, G, /*  !"#$%&'()*+,-./ */
	T, T, T, T, T, T, T, T, T, T, G, G, G, G, G, G, /* 0-9:;<=>? */
	G, T, T, T, T, T, T, T, EIGHT(T),               /* @A-O */
	EIGHT(T), T, T, T, G, G, G, T, T,               /* P-Z[\]^_ */
	EIGHT(T), EIGHT(T),                             /* `a-o */
	EIGHT(T), T, T, T, G, T, G, T, 0,               /* p-z{|}~ DEL */
	EIGHT(V), EIGHT(V), EIGHT(V), EIGHT(V), EIGHT(V), EIGHT(V), EIGHT(V), EIGHT(V),
	EIGHT(V), EIGHT(V), EIGHT(V), EIGHT(V), EIGHT(V), EIGHT(V), EIGHT(V), EIGHT(V),
};
/* clang-format on */
#undef V
#undef G
#undef T

bool
is_token_char(char c)
{
	return (class_of[(unsigned char)c] & C_TOKEN) != 0;
}

bool
is_field_char(char c)
{
	return (class_of[(unsigned char)c] & C_VALUE) != 0;
}

static const char *
skip(const char *p, const char *end, unsigned char class)
{
	while (p < end && (class_of[(unsigned char)*p] & class) != 0)
		p++;
	return p;
}

/* The eight bytes before the CR: 1.1, 1.0, another version, or no version. */
static int
judge_version(struct head_scan *s, const char *v, size_t len)
{
	if (len != VERSION_LEN || memcmp(v, "HTTP/", 5) != 0 || v[5] < '0' ||
	    v[5] > '9' || v[6] != '.' || v[7] < '0' || v[7] > '9')
		return E_MALFORMED;
	if (v[5] != '1' || v[7] > '1')
		return E_HTTP_VERSION;
	s->http10 = v[7] == '0';
	return 0;
}

/* METHOD SP TARGET SP VERSION CR; p stands on the first byte not looked at. */
static int
scan_request_line(
    struct head_scan *s, const struct head_limits *l, const char *buf, const char *end)
{
	const char *p = buf + s->pos, *start;
	int e;

	if (s->state == S_METHOD) {
		p = skip(p, end, C_TOKEN);
		s->pos = (size_t)(p - buf);
		if (p == end)
			return 0;
		if (*p != ' ' || s->pos == 0 || s->pos > METHOD_LEN_MAX)
			return E_MALFORMED;
		s->method_len = s->pos++;
		s->state = S_TARGET_START;
		return 0;
	}
	if (s->state == S_TARGET_START) {
		s->state = S_TARGET;
		return *p == '/' ? 0 : E_MALFORMED;
	}
	start = buf + s->method_len + 1;
	if (s->state == S_TARGET) {
		p = skip(p, end, C_TARGET);
		s->pos = (size_t)(p - buf);
		if ((size_t)(p - start) > l->target_bytes)
			return E_URI_TOO_LONG;
		if (p == end)
			return 0;
		s->target_len = (size_t)(p - start);
		s->pos++;
		s->state = S_VERSION;
		return *p == ' ' ? 0 : E_MALFORMED;
	}
	start += s->target_len + 1;
	p = skip(p, end, C_TARGET);
	s->pos = (size_t)(p - buf);
	if (p - start > VERSION_LEN)
		return E_MALFORMED;
	if (p == end)
		return 0;
	e = *p == '\r' ? judge_version(s, start, (size_t)(p - start)) : E_MALFORMED;
	s->pos++;
	s->state = S_REQUEST_LF;
	return e;
}

/* The name, or the value, or the first byte of a line. */
static int
scan_field(
    struct head_scan *s, const struct head_limits *l, const char *buf, const char *end)
{
	const char *p = buf + s->pos;

	if (s->state == S_LINE_START) {
		if (*p == '\r') {
			s->pos++;
			s->state = S_END_LF;
			return 0;
		}
		/* A blank here would be a folded line, a colon a field without name. */
		if (!is_token_char(*p))
			return E_MALFORMED;
		s->state = S_NAME;
		return ++s->field_count > l->fields ? E_HEAD_TOO_LARGE : 0;
	}
	p = skip(p, end, s->state == S_NAME ? C_TOKEN : C_VALUE);
	s->pos = (size_t)(p - buf);
	if (p == end)
		return 0;
	if (*p != (s->state == S_NAME ? ':' : '\r'))
		return E_MALFORMED;
	s->pos++;
	s->state = s->state == S_NAME ? S_VALUE : S_FIELD_LF;
	return 0;
}

static int
scan_lf(struct head_scan *s, const char *buf)
{
	if (buf[s->pos++] != '\n')
		return E_MALFORMED;
	if (s->state == S_REQUEST_LF)
		s->fields_at = s->pos;
	s->state = s->state == S_END_LF ? S_DONE : S_LINE_START;
	return 0;
}

int
head_scan(struct head_scan *s, const struct head_limits *l, const char *buf, size_t len)
{
	const char *end = buf + (len < l->head_bytes ? len : l->head_bytes);
	int e = 0;

	while (e == 0 && s->state != S_DONE && buf + s->pos < end) {
		if (s->state < S_REQUEST_LF)
			e = scan_request_line(s, l, buf, end);
		else if (s->state == S_LINE_START || s->state == S_NAME ||
			 s->state == S_VALUE)
			e = scan_field(s, l, buf, end);
		else
			e = scan_lf(s, buf);
	}
	if (e != 0)
		return e;
	if (s->state == S_DONE)
		return (int)s->pos;
	return s->pos >= l->head_bytes ? E_HEAD_TOO_LARGE : 0;
}

void
head_scan_trailers(struct head_scan *s)
{
	*s = (struct head_scan){ .state = S_LINE_START };
}
