/* SPDX-License-Identifier: MIT */
/*
 * calendar.h - a clinic's schedule and everything taken of it, in memory: one a
 * database thread, true to the snapshot that its transaction reads.
 *
 * What was taken is kept as maps of cells. calendar_sync brings them up to date
 * by the rows of claim_change that came since; the writer's see its own batch,
 * and after a batch was rolled back they are read anew. Showing, booking and
 * explaining all read the same maps.
 */
#ifndef BOOK_CALENDAR_H
#define BOOK_CALENDAR_H

#include "book/schedule.h"
#include "store/pool.h"

/* A doctor, or one unit of a room. bits NULL: nothing was ever taken. */
struct taken {
	int64_t resource;
	int64_t unit;
	struct cells busy;   /* with buffers */
	struct cells begins; /* where visits begin (doctors only): the daily cap counts them */
};

struct calendar {
	struct schedule *schedule;
	struct taken *doctors; /* by doctor of the clinic */
	struct taken **rooms;  /* by room; capacity units each */
	int64_t serial, seen, generation, until_ms;
	int64_t without;       /* the booking whose own claims are left out; 0: none */
	struct stretch {
		struct taken *taken;
		int64_t starts, ends;
	} lifted[20];
	size_t lifted_count;
};

/* The calendar of this thread for that clinic, as of the transaction. without: a
 * booking that wants to move does not stand in its own way; 0: nobody is left out. */
int calendar_sync(struct tx *, const struct clinic *, int64_t without,
    struct calendar **ret_calendar);

#endif
