/* SPDX-License-Identifier: MIT */
/*
 * reply.h - writes the head of an answer.
 *
 * Pure. Every header the daemon sends is written here, the security headers of
 * every answer among them; a field of the answer's own with the name of one of
 * those takes its place. A control byte in a value ends the process: whoever
 * puts text from outside into a header checks it first.
 */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "http/http.h"

#define REPLY_HEAD_MAX 16384 /* 16 fields, with room for a long Location or policy */
#define HTTP_DATE_LEN 32

enum reply_framing {
	REPLY_NO_BODY, /* 204 and 304: neither body nor length */
	REPLY_LENGTH,
	REPLY_CHUNKED,
	REPLY_UNTIL_CLOSE, /* streamed to HTTP/1.0 */
};

struct reply_context {
	bool tls;
	bool http10;
	bool keep_alive;
	enum reply_framing framing;
	uint64_t length;  /* REPLY_LENGTH */
	const char *date; /* as http_date wrote it */
};

/* Writes the head with its empty line into out (REPLY_HEAD_MAX bytes); its length. */
size_t reply_head(char *out, const struct reply *, const struct reply_context *);

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7) into text (HTTP_DATE_LEN). */
void http_date(int64_t now_ms, char *text);
/* v in decimal digits into text, which is not terminated; how many. */
size_t decimal(char text[20], uint64_t v);
/* v in lower-case hex digits, the same way. */
size_t hexadecimal(char text[16], uint64_t v);

#endif
