/* SPDX-License-Identifier: MIT */
/*
 * err.h - error codes, read off err.def.
 *
 * A function that can fail returns int: < 0 is one of these, >= 0 its answer.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err {
	E_FIRST_ = -1000,
#define ERR(code, status, name, title, sentence) code,
#include "base/err.def"
#undef ERR
	E_LAST_
};

struct err_row {
	int status;          /* HTTP status */
	const char *name;    /* machine name, stable */
	const char *title;   /* short, for headings */
	const char *sentence; /* for people */
};

/* The row of a code; an unknown code gets E_INTERNAL's. Static, never NULL. */
const struct err_row *err_row(int code);

#endif
