/* SPDX-License-Identifier: MIT */
/*
 * schedule.h - when a clinic is open and who works there, as maps of cells: made
 * of the clinic file for a stretch of days, whatever is booked. Pure.
 *
 * Wall times become instants by one rule: of a time that happens twice the
 * earlier, and a stretch begins when the clock first shows its time or a later
 * one. A start is on the grid when the wall clock shows exactly it.
 */
#ifndef BOOK_SCHEDULE_H
#define BOOK_SCHEDULE_H

#include "book/cells.h"
#include "book/clinic.h"

/* Of one branch. */
struct plan {
	struct cells hours;  /* its own opening hours */
	struct cells closed; /* days closed as a whole */
	struct cells grid;   /* wall-clock starts, of slot_step_minutes from midnight */
};

/* Of one doctor at one branch. */
struct duty {
	struct cells work; /* weekly and extra hours */
	struct cells away;
	struct cells open; /* work, not away, while the branch is open */
};

struct schedule {
	struct arena *arena;
	const struct clinic *clinic; /* the maker's: not held */
	int64_t first;		     /* the first cell, since 1970; a multiple of 64 */
	size_t words;		     /* of every map */
	struct plan *plans;	     /* by branch */
	struct duty **duties;	     /* doctor * branch_count + branch; NULL: never there */
};

/* For the days that [from_ms, to_ms) touches, and a day on either side. */
struct schedule *schedule_new(const struct clinic *, int64_t from_ms, int64_t to_ms);
void schedule_free(struct schedule *);

const struct plan *schedule_plan(const struct schedule *, const struct branch *);
/* NULL: the doctor never works there. */
const struct duty *schedule_duty(
    const struct schedule *, const struct doctor *, const struct branch *);
/* An instant as a cell of the maps; may lie outside them. */
int64_t schedule_cell(const struct schedule *, int64_t ms);
int64_t schedule_ms(const struct schedule *, int64_t cell);

#endif
