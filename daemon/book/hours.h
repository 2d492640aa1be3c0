/* SPDX-License-Identifier: MIT */
/*
 * hours.h - the business clock: it runs only while a branch is open.
 *
 * The same clock makes the promise to the patient ("by 2 pm on Wednesday"),
 * the alarm of the desk and the figures, so that they agree. Pure.
 */
#ifndef BOOK_HOURS_H
#define BOOK_HOURS_H

#include "book/caltime.h"

/* Open from from_min to to_min (minutes from midnight, 0..1440) on a weekday;
 * to_min <= from_min means the interval ends on the next day. */
struct hours_row {
	int weekday; /* 1 Monday .. 7 Sunday */
	int from_min, to_min;
};

struct hours {
	const struct zone *zone;
	const struct hours_row *rows;
	size_t row_count;
	const int32_t *closed_days; /* local days closed as a whole, ascending */
	size_t closed_count;
};

#define HOURS_NEVER INT64_MAX /* not within HOURS_HORIZON_DAYS */
#define HOURS_HORIZON_DAYS 400

/* The instant at which open_ms of open time have passed since from_ms. */
int64_t hours_add(const struct hours *, int64_t from_ms, int64_t open_ms);
/* The latest instant from which open_ms of open time had passed at to_ms;
 * INT64_MIN when not within the horizon. */
int64_t hours_before(const struct hours *, int64_t to_ms, int64_t open_ms);
/* Open time in [from_ms, to_ms), ms. At most the horizon is looked at. */
int64_t hours_between(const struct hours *, int64_t from_ms, int64_t to_ms);
bool hours_open_at(const struct hours *, int64_t ms);

#endif
