/* SPDX-License-Identifier: MIT */
/*
 * form.h - bodies of forms as a list of names and values.
 *
 * application/x-www-form-urlencoded by the WHATWG URL standard (5.1) and
 * multipart/form-data by RFC 7578, strictly: a body that is not one is refused,
 * never repaired. Values are bytes: whether they are text is asked by whoever
 * uses them. Files are refused: no form of ours has one.
 */
#ifndef WEB_FORM_H
#define WEB_FORM_H

#include "base/arena.h"

#define FORM_PAIRS_MAX 200
#define FORM_BOUNDARY_MAX 70 /* RFC 2046 5.1.1 */

struct form_pair {
	const char *name, *value; /* NUL-terminated; lengths tell of NULs inside */
	size_t name_len, value_len;
};

struct form_pairs {
	struct form_pair v[FORM_PAIRS_MAX];
	size_t n;
};

/* 0, or E_TOO_LARGE for more pairs than a form of ours could have. */
int form_urlencoded(struct arena *, const char *body, size_t len, struct form_pairs *);
/* content_type: the whole field value, for its boundary. 0, E_MALFORMED, E_MEDIA_TYPE. */
int form_multipart(struct arena *, const char *content_type, const char *body, size_t len,
    struct form_pairs *);

#endif
