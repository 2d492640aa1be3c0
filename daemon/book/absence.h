/* SPDX-License-Identifier: MIT */
/*
 * absence.h - one doctor away, or one branch closed: what staff change of the hours
 * on the day it happens. Files of this noun: absence.c.
 *
 * A change answers with the appointments it strands; dry_run only asks. What is
 * saved is in force from its commit on, by the clinic that the call made.
 */
#ifndef BOOK_ABSENCE_H
#define BOOK_ABSENCE_H

#include "book/stranded.h"

struct absence_cmd {
	const char *doctor, *from, *to, *reason; /* wall-clock times, or dates */
	int64_t id;				 /* to be deleted; 0: to be added */
	bool dry_run;
	int64_t from_min, to_min;		 /* made by absence_check */
};

struct closure_cmd {
	const char *branch, *date, *name; /* branch NULL or "*": all */
	int64_t id;
	bool dry_run;
	int32_t day; /* made by closure_check */
};

struct absence_res {
	struct stranded stranded;
	int64_t id;
};

extern const struct fields absence_fields, closure_fields;
void absence_check(struct absence_cmd *, const struct clinic *, struct problems *);
void closure_check(struct closure_cmd *, const struct clinic *, struct problems *);
int absence_add(struct tx *, struct call *);
int absence_delete(struct tx *, struct call *);
int closure_add(struct tx *, struct call *);
int closure_delete(struct tx *, struct call *);

struct absence_list_cmd {
	int64_t nothing;
};

/* To those who may: what is away and closed is in the clinic itself. */
int absence_list(struct tx *, struct call *);
/* branch: of those who are ever there; 0: of all. */
void absence_list_json(struct obuf *, const struct clinic *, int64_t branch);
void closure_list_json(struct obuf *, const struct clinic *);

#endif
