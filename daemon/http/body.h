/* SPDX-License-Identifier: MIT */
/*
 * body.h - collects a request's body, by its length or by its chunks.
 *
 * Pure: bytes in, verdict out. The chunked coding is read strictly: sizes of 1
 * to 16 hex digits, CRLF only, short extensions, trailers checked and dropped,
 * and all that is no data bounded.
 */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include "http/parse.h"

struct body {
	struct arena *arena; /* where data grows; NULL: on the heap */
	enum body_kind kind;
	unsigned state;
	uint64_t left; /* data bytes of the length or of this chunk still to come */
	unsigned digits, extension;
	size_t overhead; /* bytes of chunk lines so far */
	size_t trailer_bytes;
	struct head_scan trailers;
	size_t max; /* data bytes allowed */
	char *data; /* len bytes, NUL after them; NULL when none came yet */
	size_t len, cap;
};

/* E_TOO_LARGE when the framing announces more than max. */
int body_begin(struct body *, const struct framing *, size_t max, struct arena *);
/* Takes from p what belongs to the body, *ret_used bytes of it. 1 when the body
 * is complete, 0 when more is to come, or an E_ code. */
int body_feed(struct body *, const char *p, size_t len, size_t *ret_used);
void body_done(struct body *); /* frees what is on the heap */

#endif
