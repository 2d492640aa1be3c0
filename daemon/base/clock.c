/* SPDX-License-Identifier: MIT */
/* clock.c - wall and monotonic time, settable. */
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"

static _Atomic int64_t fixed_ms;

static int64_t
read_ms(clockid_t which)
{
	struct timespec ts;

	BUG_UNLESS(clock_gettime(which, &ts) == 0);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
clock_now_ms(void)
{
	int64_t fixed = atomic_load_explicit(&fixed_ms, memory_order_relaxed);

	return fixed != 0 ? fixed : read_ms(CLOCK_REALTIME);
}

int64_t
clock_mono_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}

void
clock_set_ms(int64_t ms)
{
	atomic_store(&fixed_ms, ms);
}

const char *
clock_rfc3339(int64_t ms, char *text)
{
	time_t s = (time_t)(ms / 1000 - (ms % 1000 < 0));
	struct tm tm;
	int n;

	if (gmtime_r(&s, &tm) == NULL) {
		snprintf(text, CLOCK_TEXT_LEN, "1970-01-01T00:00:00Z");
		return text;
	}
	n = snprintf(text, CLOCK_TEXT_LEN, "%04d", tm.tm_year + 1900); /* %Y: as few as it needs */
	strftime(text + n, (size_t)(CLOCK_TEXT_LEN - n), "-%m-%dT%H:%M:%SZ", &tm);
	return text;
}
