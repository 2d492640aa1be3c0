/* SPDX-License-Identifier: MIT */
/*
 * role.h - who may see and do what: a role is a set of capabilities, an
 * operation names the ones it needs (op.def).
 */
#ifndef BOOK_ROLE_H
#define BOOK_ROLE_H

#include "base/base.h"

enum {
	CAP_BOOK = 1 << 0,     /* post requests for patients, as a website's server */
	CAP_LIST = 1 << 1,     /* lists and details, contact details masked */
	CAP_CONTACT = 1 << 2,  /* phone, e-mail and notes unmasked */
	CAP_CLINICAL = 1 << 3, /* the words that raised doctor-should-know */
	CAP_CREATE = 1 << 4,   /* enter a caller or a walk-in */
	CAP_ACT = 1 << 5,      /* contact, note, tag, amend, close, ... */
	CAP_EXPORT = 1 << 6,
	CAP_CLINIC = 1 << 7,   /* load and show the clinic file */
	CAP_KEYS = 1 << 8,     /* make and revoke keys */
	CAP_HEALTH = 1 << 9,   /* counts and health, no patient data */
	CAP_PRIVACY = 1 << 10, /* all that is held of a person; erase it */
	CAP_OVERRIDE = 1 << 11, /* book against hours and claims; correct attended to no_show */
};
#define CAP_ALL ((1u << 12) - 1)

struct role {
	const char *name;
	unsigned caps;
};

/* NULL when there is none of that name. */
const struct role *role_find(const char *name);
extern const char *const role_names[]; /* NULL-terminated */

#endif
