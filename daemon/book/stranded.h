/* SPDX-License-Identifier: MIT */
/*
 * stranded.h - appointments that the clinic can no longer keep: a doctor is away,
 * a branch closed, a room gone. They are listed before a change is made and
 * marked when it is; nobody is moved or cancelled without somebody deciding it.
 */
#ifndef BOOK_STRANDED_H
#define BOOK_STRANDED_H

#include "base/obuf.h"
#include "book/op.h"
#include "book/slot.h"

struct stranded_row {
	int64_t n, starts_at, branch;
	const char *reference, *doctor; /* slug */
	const struct zone *zone;
	enum slot_why why;
	bool fresh; /* it was not before */
};

struct stranded {
	struct stranded_row *rows;
	size_t count;
	int64_t *relieved; /* were stranded, and would not be any more */
	size_t relieved_count;
};

/* Every appointment to come, held against a clinic. What staff gave in spite of the
 * hours is stranded by what present (NULL: none) did not already say against it. */
int stranded_find(struct tx *, const struct clinic *present, const struct clinic *next,
    struct stranded *ret);
size_t stranded_fresh(const struct stranded *);
/* Leaves those of a branch in the list: a key of one is told of no other. */
void stranded_keep(struct stranded *, int64_t branch);
/* "This would strand 2 appointments: NG-..., NG-...". */
const char *stranded_sentence(struct arena *, const struct stranded *);
/* The member "stranded" of an answer. */
void stranded_json(struct obuf *, const struct stranded *);
/* Marks the fresh ones, and unmarks those that are relieved; an event each. */
int stranded_mark(struct tx *, const struct call *, const struct stranded *);

#endif
