/* SPDX-License-Identifier: MIT */
/*
 * hours.c - the business clock.
 *
 * The week is seven bitmaps of wall-clock minutes, so that rows that overlap
 * or touch are one stretch. A day's stretches become instants by one rule: a
 * minute begins when the wall clock first shows it or a later one. Instants
 * made so grow with the wall time, hence days do not overlap, whatever the
 * clock changes, and what is open until 24:00 joins what opens at 00:00.
 */
#include <string.h>

#include "book/hours.h"
#include "book/tzif.h"

#define DAY_MIN 1440
#define WORDS ((DAY_MIN + 63) / 64)
#define SPANS_MAX (DAY_MIN / 2)

struct week {
	const struct hours *hours;
	uint64_t open[8][WORDS]; /* by weekday from 1 */
};

struct span {
	int64_t from_ms, to_ms;
};

static void
open_minutes(struct week *w, int weekday, int from_min, int to_min)
{
	int end; /* of the part in one word */

	for (int m = from_min; m < to_min; m = end) {
		end = (m / 64 + 1) * 64 < to_min ? (m / 64 + 1) * 64 : to_min;
		w->open[weekday][m / 64] |= UINT64_MAX >> (64 - (end - m)) << m % 64;
	}
}

static void
week_init(struct week *w, const struct hours *h)
{
	memset(w, 0, sizeof(*w));
	w->hours = h;
	for (size_t i = 0; i < h->row_count; i++) {
		const struct hours_row *r = &h->rows[i];

		BUG_UNLESS(r->weekday >= 1 && r->weekday <= 7);
		BUG_UNLESS(r->from_min >= 0 && r->from_min <= DAY_MIN);
		BUG_UNLESS(r->to_min >= 0 && r->to_min <= DAY_MIN);
		if (r->to_min > r->from_min) {
			open_minutes(w, r->weekday, r->from_min, r->to_min);
		} else {
			open_minutes(w, r->weekday, r->from_min, DAY_MIN);
			open_minutes(w, r->weekday % 7 + 1, 0, r->to_min);
		}
	}
}

static bool
is_closed(const struct hours *h, int32_t day)
{
	size_t low = 0, high = h->closed_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (h->closed_days[middle] == day)
			return true;
		if (h->closed_days[middle] < day)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* The first minute from m on that is open, or is not; DAY_MIN: none. */
static int
find_minute(const uint64_t *open, int m, bool is_open)
{
	while (m < DAY_MIN) {
		uint64_t word = (is_open ? open[m / 64] : ~open[m / 64]) >> m % 64;

		if (word != 0) {
			m += __builtin_ctzll(word);
			break;
		}
		m = (m / 64 + 1) * 64;
	}
	return m < DAY_MIN ? m : DAY_MIN;
}

static int64_t
minute_ms(const struct week *w, int32_t day, int minute)
{
	return zone_first_s(w->hours->zone, (int64_t)day * 86400 + minute * 60) * 1000;
}

/* The stretches of a local day, ascending. */
static size_t
day_spans(const struct week *w, int32_t day, struct span spans[SPANS_MAX])
{
	const uint64_t *open = w->open[day_weekday(day)];
	size_t n = 0;
	int from, to = 0;

	if (is_closed(w->hours, day))
		return 0;
	while ((from = find_minute(open, to, true)) < DAY_MIN) {
		to = find_minute(open, from, false);
		spans[n].from_ms = minute_ms(w, day, from);
		spans[n].to_ms = minute_ms(w, day, to);
		if (spans[n].from_ms < spans[n].to_ms) /* else all of it was skipped */
			n++;
	}
	return n;
}

/* What of a span lies in [from_ms, to_ms). */
static int64_t
part_ms(const struct span *s, int64_t from_ms, int64_t to_ms)
{
	int64_t from = s->from_ms > from_ms ? s->from_ms : from_ms;
	int64_t to = s->to_ms < to_ms ? s->to_ms : to_ms;

	return to > from ? to - from : 0;
}

/* Instants so far out that no clinic means them would leave the day numbers. */
static bool
is_sane(int64_t ms)
{
	return ms > -INT32_MAX * DAY_MS / 2 && ms < INT32_MAX * DAY_MS / 2;
}

int64_t
hours_add(const struct hours *h, int64_t from_ms, int64_t open_ms)
{
	struct week w;
	struct span spans[SPANS_MAX];
	int32_t first;

	if (open_ms <= 0)
		return from_ms;
	if (!is_sane(from_ms))
		return HOURS_NEVER;
	week_init(&w, h);
	first = day_of_ms(h->zone, from_ms);
	for (int32_t day = first; day <= first + HOURS_HORIZON_DAYS; day++) {
		size_t n = day_spans(&w, day, spans);

		for (size_t i = 0; i < n; i++) {
			int64_t ms = part_ms(&spans[i], from_ms, INT64_MAX);

			if (ms >= open_ms)
				return spans[i].to_ms - ms + open_ms;
			open_ms -= ms;
		}
	}
	return HOURS_NEVER;
}

int64_t
hours_before(const struct hours *h, int64_t to_ms, int64_t open_ms)
{
	struct week w;
	struct span spans[SPANS_MAX];
	int32_t last;

	if (open_ms <= 0)
		return to_ms;
	if (!is_sane(to_ms))
		return INT64_MIN;
	week_init(&w, h);
	/* After a change back over midnight the date is that of the day before. */
	last = day_of_ms(h->zone, to_ms) + 1;
	for (int32_t day = last; day >= last - 1 - HOURS_HORIZON_DAYS; day--) {
		size_t n = day_spans(&w, day, spans);

		while (n-- > 0) {
			int64_t ms = part_ms(&spans[n], INT64_MIN, to_ms);

			if (ms >= open_ms)
				return spans[n].from_ms + ms - open_ms;
			open_ms -= ms;
		}
	}
	return INT64_MIN;
}

int64_t
hours_between(const struct hours *h, int64_t from_ms, int64_t to_ms)
{
	struct week w;
	struct span spans[SPANS_MAX];
	int32_t first, last;
	int64_t sum = 0;

	if (from_ms >= to_ms || !is_sane(from_ms))
		return 0;
	if (to_ms - from_ms > HOURS_HORIZON_DAYS * DAY_MS)
		to_ms = from_ms + HOURS_HORIZON_DAYS * DAY_MS;
	week_init(&w, h);
	first = day_of_ms(h->zone, from_ms);
	last = day_of_ms(h->zone, to_ms) + 1;
	for (int32_t day = first; day <= last; day++) {
		size_t n = day_spans(&w, day, spans);

		for (size_t i = 0; i < n; i++)
			sum += part_ms(&spans[i], from_ms, to_ms);
	}
	return sum;
}

bool
hours_open_at(const struct hours *h, int64_t ms)
{
	return hours_between(h, ms, ms + 1) > 0;
}
