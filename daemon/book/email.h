/* SPDX-License-Identifier: MIT */
/* email.h - an e-mail address: ASCII local part, domain to A-labels (UTS 46). Pure. */
#ifndef BOOK_EMAIL_H
#define BOOK_EMAIL_H

#include "base/arena.h"

#define EMAIL_LEN_MAX 254 /* RFC 5321 4.5.3.1.3, less the angle brackets */

/* The address with its domain as lower-case A-labels, in the arena; NULL when
 * it is none. Blanks around it are dropped. Quoted local parts and address
 * literals are refused: no patient has them, and mail servers disagree on them. */
const char *email_normalise(struct arena *, const char *typed);

#endif
