/* SPDX-License-Identifier: MIT */
/*
 * caltime.h - instants and wall-clock times, in any IANA zone.
 *
 * Instants are int64 ms UTC. A zone is read once from the system's TZif file
 * (RFC 8536, version 2+, with its POSIX TZ footer for the years after the
 * table) and lives until the process ends. All but zone_get is pure.
 * Wall times obey one rule: a time skipped by a clock change does not exist
 * and is refused; of a time that happens twice the earlier is taken; both said.
 */
#ifndef BOOK_CALTIME_H
#define BOOK_CALTIME_H

#include "base/arena.h"

struct zone;

/* Parses TZif bytes; NULL when malformed. Free with zone_free (zone_get's are kept). */
struct zone *zone_parse(const char *name, const void *tzif, size_t len);
void zone_free(struct zone *);
/* The zone of that IANA name, from the system's database, kept for ever; NULL
 * when there is none or the name is no zone name. Thread safe. */
const struct zone *zone_get(const char *name);
const char *zone_name(const struct zone *);
/* Seconds east of UTC at that instant. */
int zone_offset_s(const struct zone *, int64_t ms);
/* The first instant after that one at which the offset may change; INT64_MAX: never. */
int64_t zone_next_change_ms(const struct zone *, int64_t ms);

struct civil {
	int year, month, day;	  /* proleptic Gregorian; month and day from 1 */
	int hour, minute, second; /* hour may be 24 on input: the next midnight */
};

enum wall {
	WALL_ONCE,
	WALL_TWICE, /* the earlier was taken */
	WALL_NEVER, /* skipped by a clock change */
};

struct civil civil_from_ms(const struct zone *, int64_t ms);
enum wall civil_to_ms(const struct zone *, const struct civil *, int64_t *ret_ms);

/* Days since 1970-01-01 of a date, and back. Any int32 day. */
int32_t day_from_date(int year, int month, int day);
void day_to_date(int32_t day, int *ret_year, int *ret_month, int *ret_day);
int day_weekday(int32_t day); /* 1 Monday .. 7 Sunday */
/* The local date of an instant, as a day number. */
int32_t day_of_ms(const struct zone *, int64_t ms);
/* The first instant of a local day (00:00, or the first time that exists). */
int64_t day_start_ms(const struct zone *, int32_t day);

/* "2026-11-26" strictly; false for anything else or a date that does not exist. */
bool date_parse(const char *s, int32_t *ret_day);
const char *date_text(int32_t day, char text[16]);
/* RFC 3339 with Z or an offset, whole seconds or fractions; false otherwise. */
bool rfc3339_parse(const char *s, int64_t *ret_ms);
/* "2026-11-25T14:00:00+08:00" in the zone. */
const char *rfc3339_local(const struct zone *, int64_t ms, char text[40]);

#endif
