/* SPDX-License-Identifier: MIT */
/* names.h - the names of the crowd, as typed, and their words folded by hand. */
#ifndef TESTS_BOOK_NAMES_H
#define TESTS_BOOK_NAMES_H

#include "book/oracle.h"

struct known_name {
	const char *typed, *words;
};

extern const struct known_name known_names[];
extern const int known_name_count;

#endif
