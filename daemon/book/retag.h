/* SPDX-License-Identifier: MIT */
/* retag.h - notes read again under the present catalogue: tags are added, none is rewritten. */
#ifndef BOOK_RETAG_H
#define BOOK_RETAG_H

#include "book/op.h"

#define RETAG_STEP 100 /* requests a transaction: patients wait for the same writer */

struct retag_cmd {
	int64_t after; /* the last request of the step before; FIELD_ABSENT at first */
};

struct retag_res {
	int64_t next; /* 0: that was all */
	int64_t looked, added;
};

extern const struct fields retag_fields;
int retag(struct tx *, struct call *);

#endif
