/* SPDX-License-Identifier: MIT */
/*
 * reference.h - the name of a request for the telephone: NG-7K3M9XQ.
 *
 * Six characters of an alphabet without 0 O 1 I L, then a check character that
 * catches every single wrong character and every swap of neighbours. They are
 * the booking's number behind a keyed permutation (a Feistel network over
 * 31^6 values, cycle-walked): they look random, never collide, need no index,
 * and open nothing by themselves. Pure; the key is 32 bytes of the database's own.
 */
#ifndef BOOK_REFERENCE_H
#define BOOK_REFERENCE_H

#include "base/arena.h"

#define REFERENCE_PREFIX_MAX 6
#define REFERENCE_LEN (REFERENCE_PREFIX_MAX + 1 + 7 + 1)
#define REFERENCE_NUMBERS 887503681 /* 31^6: numbers 1 .. this - 1 */

/* PREFIX-XXXXXXX of a number; false when the numbers are used up. */
bool reference_make(const uint8_t key[32], const char *prefix, int64_t number,
    char ret_text[REFERENCE_LEN]);
/* The number of a reference with any prefix; lower case and missing hyphens or
 * blanks are forgiven; false when it is no reference (wrong check character). */
bool reference_parse(const uint8_t key[32], const char *text, int64_t *ret_number);

#endif
