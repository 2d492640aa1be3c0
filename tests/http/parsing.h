/* SPDX-License-Identifier: MIT */
/* parsing.h - a head parsed the way a connection does it, whole and cut. */
#ifndef TESTS_HTTP_PARSING_H
#define TESTS_HTTP_PARSING_H

#include "http/parse.h"

#define MORE 1 /* the head is not complete yet */

struct parsed {
	struct req req; /* its arena is the caller's */
	struct framing framing;
	size_t len;
};

/* 0, MORE or an E_ code, looking first at the bytes up to cut. */
int parse_cut(const char *bytes, size_t len, size_t cut, struct parsed *);
/* Whole, after making sure that every cut gives the same. */
int parse(const char *bytes, size_t len, struct parsed *);

#endif
