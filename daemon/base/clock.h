/* SPDX-License-Identifier: MIT */
/*
 * clock.h - the one place that asks what time it is.
 *
 * Wall time is int64 milliseconds since 1970-01-01 UTC and goes into records;
 * deadlines, limits and idle times use the monotonic clock, which no
 * administrator can set back. Tests set both. Thread safe.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/base.h"

#define CLOCK_TEXT_LEN 32

int64_t clock_now_ms(void);  /* wall */
int64_t clock_mono_ms(void); /* monotonic */

/* Stop the wall clock at ms (tests); 0 lets it run again. */
void clock_set_ms(int64_t ms);

/* "2026-11-24T13:12:00Z" into text (CLOCK_TEXT_LEN bytes); returns text. */
const char *clock_rfc3339(int64_t ms, char *text);

#endif
