/* SPDX-License-Identifier: MIT */
/* hours.c - the business clock, by hand-made cases and minute by minute. */
#include <criterion/criterion.h>

#include "book/hours.h"

static int64_t
at(const char *text)
{
	int64_t ms = 0;

	cr_assert(rfc3339_parse(text, &ms), "%s", text);
	return ms;
}

static int32_t
day(const char *text)
{
	int32_t d = 0;

	cr_assert(date_parse(text, &d), "%s", text);
	return d;
}

/* Monday to Friday with a lunch break, Saturday to one o'clock. */
static const struct hours_row clinic_rows[] = {
	{ 1, 600, 780 },
	{ 1, 840, 1140 },
	{ 2, 600, 780 },
	{ 2, 840, 1140 },
	{ 3, 600, 780 },
	{ 3, 840, 1140 },
	{ 4, 600, 780 },
	{ 4, 840, 1140 },
	{ 5, 600, 780 },
	{ 5, 840, 1140 },
	{ 6, 600, 780 },
};

static struct hours
hours_of(const char *zone, const struct hours_row *rows, size_t n)
{
	return (struct hours){ .zone = zone_get(zone), .rows = rows, .row_count = n };
}

Test(hours, the_promise_is_counted_in_open_hours)
{
	static const struct {
		const char *from;
		int hours;
		const char *until;
	} table[] = {
		/* Wednesday 25 November 2026 */
		{ "2026-11-25T10:00:00+08:00", 2, "2026-11-25T12:00:00+08:00" },
		/* at the end of the morning it is over, not only after lunch */
		{ "2026-11-25T10:00:00+08:00", 3, "2026-11-25T13:00:00+08:00" },
		{ "2026-11-25T10:00:00+08:00", 4, "2026-11-25T15:00:00+08:00" },
		{ "2026-11-25T13:30:00+08:00", 1, "2026-11-25T15:00:00+08:00" },
		{ "2026-11-25T18:30:00+08:00", 1, "2026-11-26T10:30:00+08:00" },
		{ "2026-11-25T03:00:00+08:00", 3, "2026-11-25T13:00:00+08:00" },
		/* Saturday noon: one hour left, then Monday */
		{ "2026-11-28T12:00:00+08:00", 2, "2026-11-30T11:00:00+08:00" },
		{ "2026-11-29T12:00:00+08:00", 3, "2026-11-30T13:00:00+08:00" },
		{ "2026-11-25T10:00:00+08:00", 0, "2026-11-25T10:00:00+08:00" },
	};
	struct hours h = hours_of("Asia/Singapore", clinic_rows, ARRAY_LEN(clinic_rows));

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		int64_t from = at(table[i].from), open = table[i].hours * HOUR_MS;

		cr_expect_eq(hours_add(&h, from, open), at(table[i].until), "%zu", i);
		cr_expect_eq(hours_between(&h, from, at(table[i].until)), open, "%zu", i);
	}
	cr_expect_eq(hours_before(&h, at("2026-11-30T11:00:00+08:00"), 2 * HOUR_MS),
	    at("2026-11-28T12:00:00+08:00"));
	cr_expect_eq(hours_before(&h, at("2026-11-30T10:00:00+08:00"), HOUR_MS),
	    at("2026-11-28T12:00:00+08:00"));
	cr_expect_eq(hours_before(&h, at("2026-11-25T15:00:00+08:00"), HOUR_MS),
	    at("2026-11-25T14:00:00+08:00"));
}

Test(hours, a_closed_day_does_not_count)
{
	struct hours h = hours_of("Asia/Singapore", clinic_rows, ARRAY_LEN(clinic_rows));
	const int32_t closed[] = { day("2026-11-26"), day("2026-11-27"),
		day("2026-12-25") };

	h.closed_days = closed;
	h.closed_count = ARRAY_LEN(closed);
	cr_expect_eq(hours_add(&h, at("2026-11-25T18:30:00+08:00"), HOUR_MS),
	    at("2026-11-28T10:30:00+08:00"));
	cr_expect_not(hours_open_at(&h, at("2026-12-25T11:00:00+08:00")));
	cr_expect(hours_open_at(&h, at("2026-12-24T11:00:00+08:00")));
	cr_expect_eq(hours_between(&h, at("2026-11-26T00:00:00+08:00"),
			 at("2026-11-28T00:00:00+08:00")),
	    0);
}

Test(hours, an_evening_goes_on_past_midnight)
{
	static const struct hours_row rows[] = { { 5, 1200, 120 }, { 7, 1320, 60 } };
	struct hours h = hours_of("Asia/Singapore", rows, ARRAY_LEN(rows));
	const int32_t saturday[] = { day("2026-11-28") },
		      friday[] = { day("2026-11-27") };
	int64_t from = at("2026-11-27T00:00:00+08:00"),
		to = at("2026-11-29T00:00:00+08:00");

	cr_expect_eq(hours_between(&h, from, to), 6 * HOUR_MS);
	cr_expect(hours_open_at(&h, at("2026-11-28T00:00:00+08:00")));
	cr_expect(hours_open_at(&h, at("2026-11-28T01:59:59+08:00")));
	cr_expect_not(hours_open_at(&h, at("2026-11-28T02:00:00+08:00")));
	cr_expect(
	    hours_open_at(&h, at("2026-11-30T00:30:00+08:00")), "Sunday into Monday");
	h.closed_count = 1;
	h.closed_days = saturday;
	cr_expect_eq(hours_between(&h, from, to), 4 * HOUR_MS, "ends at midnight");
	h.closed_days = friday;
	cr_expect_eq(
	    hours_between(&h, from, to), 2 * HOUR_MS, "Friday's minutes alone go");
}

Test(hours, overlapping_rows_count_once)
{
	static const struct hours_row rows[] = { { 1, 540, 720 }, { 1, 600, 780 },
		{ 1, 780, 840 }, { 1, 540, 720 } };
	struct hours h = hours_of("Asia/Singapore", rows, ARRAY_LEN(rows));

	cr_expect_eq(hours_between(&h, at("2026-11-30T00:00:00+08:00"),
			 at("2026-12-01T00:00:00+08:00")),
	    5 * HOUR_MS);
}

Test(hours, days_of_a_clock_change_have_the_hours_they_have)
{
	static const struct hours_row always[] = { { 1, 0, 1440 }, { 2, 0, 1440 },
		{ 3, 0, 1440 }, { 4, 0, 1440 }, { 5, 0, 1440 }, { 6, 0, 1440 },
		{ 7, 0, 1440 } };
	static const struct hours_row night[] = { { 6, 1320, 360 } };
	static const struct hours_row gap[] = { { 7, 60, 120 } };
	struct hours h = hours_of("Europe/London", always, ARRAY_LEN(always));

	cr_expect_eq(hours_between(
			 &h, at("2026-03-29T00:00:00Z"), at("2026-03-30T00:00:00+01:00")),
	    23 * HOUR_MS);
	cr_expect_eq(hours_between(
			 &h, at("2026-10-25T00:00:00+01:00"), at("2026-10-26T00:00:00Z")),
	    25 * HOUR_MS);
	cr_expect_eq(
	    hours_between(&h, at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")),
	    365 * DAY_MS);
	h = hours_of("Europe/London", night, ARRAY_LEN(night));
	cr_expect_eq(
	    hours_between(&h, at("2026-03-28T12:00:00Z"), at("2026-03-29T12:00:00Z")),
	    7 * HOUR_MS);
	cr_expect_eq(
	    hours_between(&h, at("2026-10-24T12:00:00Z"), at("2026-10-25T12:00:00Z")),
	    9 * HOUR_MS);
	h = hours_of("Europe/London", gap, ARRAY_LEN(gap));
	cr_expect_eq(
	    hours_between(&h, at("2026-03-29T00:00:00Z"), at("2026-03-30T00:00:00Z")), 0,
	    "from one to two there was nothing");
	h = hours_of("Asia/Beirut", always, ARRAY_LEN(always));
	cr_expect_eq(
	    hours_between(&h, at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")),
	    365 * DAY_MS, "where midnight is skipped");
	h = hours_of("America/Sao_Paulo", always, ARRAY_LEN(always));
	cr_expect_eq(
	    hours_between(&h, at("2018-01-01T00:00:00Z"), at("2019-01-01T00:00:00Z")),
	    365 * DAY_MS, "where the last hour of a day comes twice");
}

Test(hours, a_clinic_that_never_opens_promises_nothing)
{
	static const struct hours_row monday[] = { { 1, 600, 601 } };
	struct hours h = hours_of("Asia/Singapore", NULL, 0);
	int64_t now = at("2026-11-25T10:00:00+08:00");
	int32_t closed[HOURS_HORIZON_DAYS + 10];

	cr_expect_eq(hours_add(&h, now, 1), HOURS_NEVER);
	cr_expect_eq(hours_before(&h, now, 1), INT64_MIN);
	cr_expect_eq(hours_between(&h, now, now + 30 * DAY_MS), 0);
	cr_expect_not(hours_open_at(&h, now));
	cr_expect_eq(hours_add(&h, now, 0), now);
	cr_expect_eq(hours_before(&h, now, 0), now);
	h = hours_of("Asia/Singapore", monday, 1);
	cr_expect_eq(
	    hours_add(&h, now, 100 * MINUTE_MS), HOURS_NEVER, "58 Mondays at most");
	cr_expect_neq(hours_add(&h, now, 50 * MINUTE_MS), HOURS_NEVER);
	h = hours_of("Asia/Singapore", clinic_rows, ARRAY_LEN(clinic_rows));
	for (size_t i = 0; i < ARRAY_LEN(closed); i++)
		closed[i] = day("2026-11-24") + (int32_t)i;
	h.closed_days = closed;
	h.closed_count = ARRAY_LEN(closed);
	cr_expect_eq(hours_add(&h, now, 1), HOURS_NEVER);
	cr_expect_eq(hours_add(&h, INT64_MAX, 1), HOURS_NEVER);
	cr_expect_eq(hours_before(&h, INT64_MIN, 1), INT64_MIN);
	cr_expect_eq(hours_between(&h, INT64_MIN, INT64_MAX), 0);
}

/* Is a minute open, told from the wall clock alone? */
static bool
open_by_wall(const struct hours *h, int64_t ms)
{
	int32_t today = day_of_ms(h->zone, ms);
	struct civil c = civil_from_ms(h->zone, ms);
	int minute = c.hour * 60 + c.minute, weekday = day_weekday(today);

	for (size_t i = 0; i < h->closed_count; i++)
		if (h->closed_days[i] == today)
			return false;
	for (size_t i = 0; i < h->row_count; i++) {
		const struct hours_row *r = &h->rows[i];
		bool over = r->to_min <= r->from_min;

		if (r->weekday == weekday && minute >= r->from_min &&
		    (over || minute < r->to_min))
			return true;
		if (over && r->weekday % 7 + 1 == weekday && minute < r->to_min)
			return true;
	}
	return false;
}

static uint32_t
next_number(uint32_t *state, uint32_t below)
{
	*state = *state * 1664525 + 1013904223;
	return (*state >> 8) % below;
}

Test(hours, minute_by_minute_the_clock_agrees_with_the_wall)
{
	uint32_t state = 1;

	for (int round = 0; round < 60; round++) {
		struct hours_row rows[6];
		int32_t closed[2] = { day("2026-11-26"), day("2026-11-29") };
		struct hours h =
		    hours_of("Asia/Kathmandu", rows, 1 + next_number(&state, 6));
		int64_t start = at("2026-11-24T00:00:00Z"), sum = 0, from;
		int64_t until = start + 9 * DAY_MS;

		for (size_t i = 0; i < h.row_count; i++)
			rows[i] = (struct hours_row){ (int)next_number(&state, 7) + 1,
				(int)next_number(&state, 1441),
				(int)next_number(&state, 1441) };
		h.closed_days = closed;
		h.closed_count = next_number(&state, 3);
		from = start + next_number(&state, 3000) * MINUTE_MS;
		for (int64_t t = from; t < until; t += MINUTE_MS)
			sum += open_by_wall(&h, t) ? MINUTE_MS : 0;
		cr_assert_eq(hours_between(&h, from, until), sum);
		for (int64_t open = 1; open <= sum; open += 7 * HOUR_MS + 1) {
			int64_t end = hours_add(&h, from, open);
			int64_t begin = hours_before(&h, until, open);

			cr_assert_eq(hours_between(&h, from, end), open);
			cr_assert(
			    hours_open_at(&h, end - 1), "not later than it must be");
			cr_assert_eq(hours_between(&h, begin, until), open);
			cr_assert(
			    hours_open_at(&h, begin), "not earlier than it must be");
			cr_assert_eq(hours_open_at(&h, from + open),
			    open_by_wall(&h, from + open));
		}
	}
}
