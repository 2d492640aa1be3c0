/* SPDX-License-Identifier: MIT */
/* phone.h - telephone numbers as people type them, to E.164. Pure. */
#ifndef BOOK_PHONE_H
#define BOOK_PHONE_H

#include "base/arena.h"

#define PHONE_LEN 17 /* '+', 15 digits, NUL */

enum phone {
	PHONE_OK,
	PHONE_EMPTY,
	PHONE_BAD,
	PHONE_TWO, /* two numbers in one field */
};

/* typed: valid UTF-8, any spacing, hyphens, brackets, full-width digits, words
 * before it ("WhatsApp: 9123 4567"). country: "SG" or "MY", the clinic's. */
enum phone phone_normalise(const char *typed, const char *country, char ret_e164[PHONE_LEN]);
/* "+6591234567" to "+65 9123 4567": grouped as its country groups, else by fours. */
const char *phone_grouped(struct arena *, const char *e164);
/* True for a number that is known not to take WhatsApp (a landline). */
bool phone_is_landline(const char *e164);

#endif
