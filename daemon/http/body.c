/* SPDX-License-Identifier: MIT */
/*
 * body.c - see body.h. The buffer grows with what has come, never with what was
 * announced: a client cannot take memory by a header field alone.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "http/body.h"

enum {
	B_SIZE, /* digits of a chunk size */
	B_EXT,  /* after its ';' */
	B_SIZE_LF,
	B_DATA,
	B_DATA_CR,
	B_DATA_LF,
	B_TRAILERS,
	B_DONE,
};

#define DIGITS_MAX 16
#define EXTENSION_MAX 64
#define OVERHEAD_MAX 65536 /* as much framing as a form has data */
#define FIRST_CAP 4096
#define TRAILERS_MAX 4096
#define TRAILER_FIELDS_MAX 16

static void
reserve(struct body *b, size_t len)
{
	size_t cap = b->cap == 0 ? FIRST_CAP : b->cap;
	char *p;

	if (b->len + len + 1 <= b->cap)
		return;
	while (cap < b->len + len + 1)
		cap *= 2;
	if (b->kind == BODY_LENGTH && cap > b->len + b->left + 1)
		cap = b->len + (size_t)b->left + 1;
	if (b->arena != NULL) {
		p = arena_alloc(b->arena, cap);
		if (b->len > 0)
			memcpy(p, b->data, b->len);
	} else {
		p = realloc(b->data, cap);
		BUG_UNLESS(
		    p != NULL); /* out of memory: the service manager restarts us */
	}
	b->data = p;
	b->cap = cap;
}

int
body_begin(struct body *b, const struct framing *fr, size_t max, struct arena *a)
{
	*b = (struct body){ .arena = a, .kind = fr->kind, .max = max };
	if (fr->kind == BODY_LENGTH) {
		if (fr->length > max)
			return E_TOO_LARGE;
		b->left = fr->length;
	}
	b->state = fr->kind == BODY_CHUNKED ? B_SIZE : b->left > 0 ? B_DATA : B_DONE;
	return 0;
}

static size_t
take_data(struct body *b, const char *p, size_t len)
{
	size_t n = b->left < len ? (size_t)b->left : len;

	reserve(b, n);
	memcpy(b->data + b->len, p, n);
	b->len += n;
	b->data[b->len] = '\0';
	b->left -= n;
	if (b->left == 0)
		b->state = b->kind == BODY_LENGTH ? B_DONE : B_DATA_CR;
	return n;
}

static int
take_size(struct body *b, char c)
{
	static const char digits[] = "0123456789abcdef";
	char l = (char)(c >= 'A' && c <= 'F' ? c | 0x20 : c);
	const char *d = c == '\0' ? NULL : strchr(digits, l);

	if (d != NULL) {
		if (++b->digits > DIGITS_MAX)
			return E_MALFORMED;
		b->left = b->left << 4 | (uint64_t)(d - digits);
		return 0;
	}
	if (b->digits == 0 || (c != ';' && c != '\r'))
		return E_MALFORMED;
	b->extension = 0;
	b->state = c == ';' ? B_EXT : B_SIZE_LF;
	return 0;
}

static int
take_line_end(struct body *b, char c)
{
	if (c != (b->state == B_DATA_CR ? '\r' : '\n'))
		return E_MALFORMED;
	if (b->state == B_DATA_CR) {
		b->state = B_DATA_LF;
	} else if (b->state == B_DATA_LF) {
		b->digits = 0;
		b->state = B_SIZE;
	} else if (b->left == 0) {
		head_scan_trailers(&b->trailers);
		b->state = B_TRAILERS;
	} else {
		b->state = B_DATA;
	}
	return b->state == B_DATA && b->left > b->max - b->len ? E_TOO_LARGE : 0;
}

static int
take_framing(struct body *b, char c)
{
	if (++b->overhead > OVERHEAD_MAX)
		return E_TOO_LARGE;
	if (b->state == B_SIZE)
		return take_size(b, c);
	if (b->state != B_EXT)
		return take_line_end(b, c);
	if (c == '\r')
		b->state = B_SIZE_LF;
	else if (!is_field_char(c) || ++b->extension > EXTENSION_MAX)
		return E_MALFORMED;
	return 0;
}

/* A trailer line keeps nothing, so each call may start its text anew. */
static int
take_trailers(struct body *b, const char *p, size_t len, size_t *ret_used)
{
	const struct head_limits l = { .head_bytes = TRAILERS_MAX - b->trailer_bytes,
		.fields = TRAILER_FIELDS_MAX };
	int n;

	b->trailers.pos = 0;
	n = head_scan(&b->trailers, &l, p, len);
	*ret_used = b->trailers.pos;
	b->trailer_bytes += b->trailers.pos;
	if (n > 0)
		b->state = B_DONE;
	return n < 0 ? n : 0;
}

int
body_feed(struct body *b, const char *p, size_t len, size_t *ret_used)
{
	size_t used = 0, n;
	int e = 0;

	while (e == 0 && used < len && b->state != B_DONE) {
		if (b->state == B_DATA)
			used += take_data(b, p + used, len - used);
		else if (b->state == B_TRAILERS) {
			e = take_trailers(b, p + used, len - used, &n);
			used += n;
		} else
			e = take_framing(b, p[used++]);
	}
	*ret_used = used;
	if (e != 0)
		return e;
	return b->state == B_DONE ? 1 : 0;
}

void
body_done(struct body *b)
{
	if (b->arena == NULL)
		free(b->data);
	b->data = NULL;
}
