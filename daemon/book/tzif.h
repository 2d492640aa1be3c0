/* SPDX-License-Identifier: MIT */
/*
 * tzif.h - the inside of a zone, for caltime.c and hours.c alone.
 *
 * A zone is a table of changes and, for the instants after it, a rule that
 * repeats every year (the footer). Seconds since 1970 here, not milliseconds.
 */
#ifndef BOOK_TZIF_H
#define BOOK_TZIF_H

#include "book/caltime.h"

#define ZONE_NAME_MAX 64
#define TZIF_BYTES_MAX 65536 /* the largest file of the database has 5 KB */

/* Day and time of a yearly change, as in POSIX TZ. */
struct tz_day {
	char form; /* 'J': 1..365 without leap days; 'n': 0..365; 'M': month, week, day */
	int month, week, day;
	int32_t time_s; /* of the wall clock before the change; -167 h .. 167 h */
};

struct tz_rule {
	bool there;    /* else the table's last offset goes on for ever */
	bool changing; /* daylight saving: start and end hold */
	int32_t std_s, dst_s;
	struct tz_day start, end;
};

struct tz_change {
	int64_t at_s;
	int32_t offset_s; /* east of UTC, from then on */
};

struct zone {
	struct zone *next; /* in zone_get's list */
	char name[ZONE_NAME_MAX + 1];
	int32_t first_s; /* before the first change */
	struct tz_rule rule;
	size_t count;
	struct tz_change changes[]; /* ascending */
};

/* The text of a footer, all of it; false when malformed. */
bool tz_rule_parse(const char *s, struct tz_rule *ret_rule);
int32_t tz_rule_offset(const struct tz_rule *, int64_t at_s);
/* The first change after at_s; INT64_MAX when there is none. */
int64_t tz_rule_next(const struct tz_rule *, int64_t at_s);

/* The first instant at which the wall clock shows local_s (seconds since 1970 on
 * that clock) or more: the earlier of two, the end of a gap. Grows with local_s. */
int64_t zone_first_s(const struct zone *, int64_t local_s);

#endif
