/* SPDX-License-Identifier: MIT */
/*
 * parse.h - the strict reader of a request's head (RFC 9112).
 *
 * Two pure steps, without socket or clock. head_scan looks at each byte once as
 * it comes and finds the end of the head, or the first byte that is wrong: its
 * verdict never depends on how the bytes were split. head_parse then reads the
 * complete head into a request. Nothing is repaired; what two parsers could
 * read in two ways is refused.
 */
#ifndef HTTP_PARSE_H
#define HTTP_PARSE_H

#include "http/http.h"

struct head_limits {
	size_t head_bytes, target_bytes, fields;
};

struct head_scan {
	unsigned state;
	size_t pos; /* bytes looked at */
	size_t method_len, target_len;
	bool http10;
	size_t fields_at; /* where the first field line begins */
	size_t field_count;
};

/* The head's length with its empty line when it is complete, 0 when more bytes
 * are wanted, or an E_ code. buf begins with the head's first byte each time. */
int
head_scan(struct head_scan *, const struct head_limits *, const char *buf, size_t len);
/* The same for the trailer section of a chunked body: starts at a field line. */
void head_scan_trailers(struct head_scan *);

enum body_kind { BODY_NONE, BODY_LENGTH, BODY_CHUNKED };

/* What the head says about the bytes after it. */
struct framing {
	enum body_kind kind;
	uint64_t length; /* BODY_LENGTH; UINT64_MAX for more than fits */
	bool expect_continue;
	bool keep_alive;
};

/* Fills method, path, query, host and fields of req from the complete head that
 * scan has seen; strings live in req->arena. 0 or an E_ code; what was read
 * before an error stays filled in. */
int
head_parse(struct req *, struct framing *, const struct head_scan *, const char *head);

/* Parts of it, with tests of their own. */

/* Splits target at its '?' and decodes the path once, in place. */
int target_parse(char *target, const char **ret_path, const char **ret_query);
/* Lower case and without port, in place; NULL when it is no host. */
char *host_parse(char *value);
/* The method of that name; HTTP_OTHER for those without one here. */
enum http_method method_of(const char *name);

bool is_token_char(char);
bool is_field_char(char); /* of a value: TAB, and everything that is no control */

#endif
