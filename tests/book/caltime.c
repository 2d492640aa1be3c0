/* SPDX-License-Identifier: MIT */
/*
 * caltime.c - wall times and dates; every change of the clock against zdump,
 * which reads the same database with its own code. A tester without zdump
 * (package libc-bin) fails, it skips nothing.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "book/caltime.h"

static const char *const months = "JanFebMarAprMayJunJulAugSepOctNovDec";

static int64_t
utc_ms(int year, int month, int day, int hour, int minute, int second)
{
	return (((day_from_date(year, month, day) * (int64_t)24 + hour) * 60 + minute) *
		       60 +
		   second) *
	       1000;
}

static bool
same(const struct civil *a, const struct civil *b)
{
	return a->year == b->year && a->month == b->month && a->day == b->day &&
	       a->hour == b->hour && a->minute == b->minute && a->second == b->second;
}

/* The wall time of an instant leads back to it, or to an earlier one like it. */
static void
expect_round_trip(const struct zone *z, int64_t ms)
{
	struct civil c = civil_from_ms(z, ms), again;
	int64_t back = INT64_MIN;
	enum wall wall = civil_to_ms(z, &c, &back);

	cr_assert_neq(wall, WALL_NEVER, "%s %lld", zone_name(z), (long long)ms);
	again = civil_from_ms(z, back);
	cr_assert(same(&c, &again));
	cr_assert(back == ms || (wall == WALL_TWICE && back < ms), "%s %lld",
	    zone_name(z), (long long)ms);
}

/* The clock goes from offset before to after at ms: the hour between them. */
static void
expect_change(const struct zone *z, int64_t ms, int before, int after)
{
	bool gap = after > before;
	int64_t ret = -1, middle = (int64_t)abs(after - before) * 500;
	struct civil c;
	int64_t local = ms + before * (int64_t)1000 + (gap ? middle : -middle);
	int year, month, day;

	day_to_date((int32_t)(local / DAY_MS), &year, &month, &day);
	c = (struct civil){ year, month, day, (int)(local % DAY_MS / HOUR_MS),
		(int)(local % HOUR_MS / MINUTE_MS), (int)(local % MINUTE_MS / 1000) };
	if (gap) {
		cr_assert_eq(civil_to_ms(z, &c, &ret), WALL_NEVER);
		cr_assert_eq(ret, -1);
	} else if (after < before) {
		cr_assert_eq(civil_to_ms(z, &c, &ret), WALL_TWICE);
		cr_assert_eq(ret, ms - middle, "the earlier is taken");
	}
	for (int64_t t = ms - 2 * DAY_MS; t < ms + 2 * DAY_MS; t += 15 * MINUTE_MS)
		expect_round_trip(z, t);
	expect_round_trip(z, ms - 1000);
	expect_round_trip(z, ms);
}

static int
month_of(const char *name)
{
	return (int)(strstr(months, name) - months) / 3 + 1;
}

/* A line of zdump -v: an instant, its wall time and offset. False: another line. */
static bool
zdump_line(const char *line, char name[100], int64_t *ret_ms, struct civil *wall, int *ret_offset)
{
	int y, d, h, m, s;
	char mon[4], local_mon[4];

	*wall = (struct civil){ 0 };
	if (sscanf(line,
		"%99s %*s %3s %d %d:%d:%d %d UT = %*s %3s %d %d:%d:%d %d %*s "
		"isdst=%*d gmtoff=%d",
		name, mon, &d, &h, &m, &s, &y, local_mon, &wall->day, &wall->hour,
		&wall->minute, &wall->second, &wall->year, ret_offset) != 14 ||
	    y < 1900 || y > 2100)
		return false;
	wall->month = month_of(local_mon);
	*ret_ms = utc_ms(y, month_of(mon), d, h, m, s);
	return true;
}

/* What zdump says of those zones; how many of them have a change in those years. */
static int
expect_as_zdump(const char *names, const char *years)
{
	static char command[40000];
	char line[400], last[100] = "", name[100];
	int changing = 0, lines = 0, before = 0, offset;
	struct civil c, want;
	int64_t ms;
	FILE *p;

	cr_assert_lt(snprintf(command, sizeof(command), "zdump -v -c %s %s", years, names),
	    (int)sizeof(command));
	p = popen(command, "r");
	cr_assert_not_null(p);
	while (fgets(line, sizeof(line), p) != NULL) {
		const struct zone *z;

		if (!zdump_line(line, name, &ms, &want, &offset))
			continue;
		if (strcmp(name, last) != 0) {
			memcpy(last, name, sizeof(last));
			lines = 0;
			changing++;
		}
		z = zone_get(name);
		cr_assert_not_null(z, "%s", name);
		c = civil_from_ms(z, ms);
		cr_assert(same(&c, &want), "%s", line);
		cr_assert_eq(zone_offset_s(z, ms), offset, "%s", line);
		if (lines++ % 2 == 1)
			expect_change(z, ms, before, offset);
		before = offset;
	}
	cr_assert_eq(pclose(p), 0, "zdump is needed: package libc-bin");
	return changing;
}

Test(caltime, every_change_of_the_tricky_zones_is_as_zdump_says)
{
	cr_expect_eq(expect_as_zdump(
			 "Europe/London America/New_York Australia/Lord_Howe "
			 "America/Sao_Paulo Africa/Casablanca Pacific/Apia America/Santiago "
			 "Asia/Beirut Africa/Cairo Europe/Dublin America/Nuuk America/Havana "
			 "Asia/Gaza America/St_Johns",
			 "2005,2060"),
	    14);
	/* These have no change in those years, or one at most. */
	cr_expect_leq(
	    expect_as_zdump("Asia/Kathmandu Asia/Singapore Asia/Kuala_Lumpur", "2005,2060"), 1);
}

/* "Z NAME ..." is a zone there, "L ZONE NAME" another name of one. */
Test(caltime, every_change_of_every_zone_is_as_zdump_says_from_2026_to_2037)
{
	static char names[30000], line[1000], name[100];
	FILE *f = fopen("/usr/share/zoneinfo/tzdata.zi", "r");
	size_t len = 0;
	int zones = 0;

	cr_assert_not_null(f, "package tzdata");
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "Z %99s", name) != 1 && sscanf(line, "L %*s %99s", name) != 1)
			continue;
		if (zone_get(name) == NULL)
			continue; /* old names are in a package of their own */
		zones++;
		len += (size_t)snprintf(names + len, sizeof(names) - len, "%s ", name);
		cr_assert_lt(len, sizeof(names));
	}
	(void)fclose(f);
	cr_expect_gt(zones, 400);
	cr_expect_gt(expect_as_zdump(names, "2026,2038"), 100);
}

Test(caltime, an_hour_that_is_skipped_or_happens_twice_is_said)
{
	static const struct {
		const char *zone;
		struct civil c;
		enum wall wall;
		int64_t ms;
	} table[] = {
		{ "Asia/Singapore", { 2026, 11, 25, 14, 0, 0 }, WALL_ONCE,
		    1795586400000 },
		{ "Europe/London", { 2026, 3, 29, 0, 59, 59 }, WALL_ONCE, 1774745999000 },
		{ "Europe/London", { 2026, 3, 29, 1, 30, 0 }, WALL_NEVER, 0 },
		{ "Europe/London", { 2026, 3, 29, 2, 0, 0 }, WALL_ONCE, 1774746000000 },
		{ "Europe/London", { 2026, 10, 25, 1, 30, 0 }, WALL_TWICE,
		    1792888200000 },
		{ "Australia/Lord_Howe", { 2026, 10, 4, 2, 15, 0 }, WALL_NEVER, 0 },
		{ "Asia/Beirut", { 2021, 3, 28, 0, 0, 0 }, WALL_NEVER, 0 },
		{ "Asia/Beirut", { 2021, 3, 27, 24, 0, 0 }, WALL_NEVER, 0 },
		{ "Pacific/Apia", { 2011, 12, 30, 12, 0, 0 }, WALL_NEVER, 0 },
		{ "Asia/Singapore", { 2026, 12, 31, 24, 0, 0 }, WALL_ONCE,
		    1798732800000 },
		{ "Asia/Singapore", { 2026, 12, 31, 24, 0, 1 }, WALL_NEVER, 0 },
		{ "Asia/Singapore", { 2026, 2, 29, 12, 0, 0 }, WALL_NEVER, 0 },
		{ "Asia/Singapore", { 2026, 13, 1, 12, 0, 0 }, WALL_NEVER, 0 },
		{ "Asia/Singapore", { 2026, 0, 1, 12, 0, 0 }, WALL_NEVER, 0 },
		{ "Asia/Singapore", { 2026, 1, 0, 12, 0, 0 }, WALL_NEVER, 0 },
		{ "Asia/Singapore", { 2026, 1, 1, 25, 0, 0 }, WALL_NEVER, 0 },
		{ "Asia/Singapore", { 2026, 1, 1, 12, 60, 0 }, WALL_NEVER, 0 },
		{ "Asia/Singapore", { 2026, 1, 1, 12, 0, -1 }, WALL_NEVER, 0 },
		{ "Asia/Singapore", { INT32_MAX, 1, 1, 12, 0, 0 }, WALL_NEVER, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		int64_t ms = 0;

		cr_expect_eq(civil_to_ms(zone_get(table[i].zone), &table[i].c, &ms),
		    table[i].wall, "%zu", i);
		cr_expect_eq(ms, table[i].ms, "%zu: %lld", i, (long long)ms);
	}
}

Test(caltime, a_local_day_begins_with_the_first_time_that_exists)
{
	static const struct {
		const char *zone, *date, *start;
	} table[] = {
		{ "Asia/Singapore", "2026-11-25", "2026-11-25T00:00:00+08:00" },
		{ "Asia/Beirut", "2021-03-28", "2021-03-28T01:00:00+03:00" },
		{ "America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00" },
		{ "America/Sao_Paulo", "2018-02-18", "2018-02-18T00:00:00-03:00" },
		{ "America/Havana", "2024-11-03", "2024-11-03T00:00:00-04:00" },
		{ "Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00" },
		{ "Pacific/Apia", "2011-12-31", "2011-12-31T00:00:00+14:00" },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const struct zone *z = zone_get(table[i].zone);
		char text[40];
		int32_t day;

		cr_assert(date_parse(table[i].date, &day));
		cr_expect_str_eq(
		    rfc3339_local(z, day_start_ms(z, day), text), table[i].start);
		cr_expect(day_of_ms(z, day_start_ms(z, day) - 1) < day);
	}
}

Test(caltime, dates_count_through_all_years)
{
	int32_t day = day_from_date(1583, 1, 1);
	int y = 1583, m = 1, d = 1;

	cr_expect_eq(day_from_date(1970, 1, 1), 0);
	cr_expect_eq(day_from_date(2000, 3, 1), 11017);
	cr_expect_eq(day_weekday(0), 4);
	cr_expect_eq(day_weekday(day_from_date(2026, 11, 25)), 3);
	cr_expect_eq(day_weekday(-1), 3);
	cr_expect_eq(day_weekday(-8), 3);
	for (; y < 2500; day++) {
		static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
			31 };
		bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
		int yy, mm, dd;

		day_to_date(day, &yy, &mm, &dd);
		cr_assert(yy == y && mm == m && dd == d, "%d", day);
		cr_assert_eq(day_from_date(y, m, d), day);
		if (++d > length[m - 1] + (m == 2 && leap ? 1 : 0)) {
			d = 1;
			if (++m > 12) {
				m = 1;
				y++;
			}
		}
	}
	for (int64_t i = INT32_MIN; i <= INT32_MAX; i += 1234567) {
		day_to_date((int32_t)i, &y, &m, &d);
		cr_assert_eq(day_from_date(y, m, d), i);
	}
	cr_expect_eq(day_from_date(2026, 14, 1), day_from_date(2027, 2, 1));
	cr_expect_eq(day_from_date(2026, 0, 31), day_from_date(2025, 12, 31));
}

Test(caltime, dates_are_read_strictly)
{
	static const char *const bad[] = { "", "2026-2-01", "2026-02-29", "2026-13-01",
		"2026-00-10", "2026-01-00", "2026-01-32", "2026-01-01 ", " 2026-01-01",
		"26-01-01", "2026/01/01", "2026-01-1x", "+2026-01-01", "20260101" };
	int32_t day = 7;
	char text[16];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_expect_not(date_parse(bad[i], &day), "%s", bad[i]);
	cr_expect_eq(day, 7);
	cr_expect(date_parse("2028-02-29", &day));
	cr_expect_str_eq(date_text(day, text), "2028-02-29");
	cr_expect_str_eq(date_text(INT32_MIN, text), "-5877641-06-23");
}

Test(caltime, instants_are_read_and_written_as_rfc3339)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-11-25T14:00:00+08:00", 1795586400000 },
		{ "2026-11-25t06:00:00z", 1795586400000 },
		{ "2026-11-25T06:00:00.5Z", 1795586400500 },
		{ "2026-11-25T06:00:00.123456Z", 1795586400123 },
		{ "2026-11-25T02:30:00-03:30", 1795586400000 },
		{ "2026-11-25T06:00:00-00:00", 1795586400000 },
		{ "0000-01-01T00:00:00Z", -62167219200000 },
	};
	static const char *const bad[] = { "", "2026-11-25", "2026-11-25T14:00Z",
		"2026-11-25T14:00:00", "2026-11-25T14:00:00.Z", "2026-11-25T24:00:00Z",
		"2026-11-25T14:60:00Z", "2026-11-25T14:00:60Z", "2026-02-30T14:00:00Z",
		"2026-11-25 14:00:00Z", "2026-11-25T14:00:00+0800",
		"2026-11-25T14:00:00+08", "2026-11-25T14:00:00+24:00",
		"2026-11-25T14:00:00+08:60", "2026-11-25T14:00:00Zx",
		"2026-11-25T14:00:00+08:00x", "2026-11-25T14:00:00 08:00" };
	char text[40];
	int64_t ms;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		ms = -1;
		cr_expect(rfc3339_parse(good[i].text, &ms), "%s", good[i].text);
		cr_expect_eq(ms, good[i].ms, "%s: %lld", good[i].text, (long long)ms);
	}
	ms = 7;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_expect_not(rfc3339_parse(bad[i], &ms), "%s", bad[i]);
	cr_expect_eq(ms, 7);
	cr_expect_str_eq(rfc3339_local(zone_get("Asia/Singapore"), 1795586400999, text),
	    "2026-11-25T14:00:00+08:00");
	cr_expect_str_eq(rfc3339_local(zone_get("America/St_Johns"), -1, text),
	    "1969-12-31T20:29:59-03:30");
	/* Singapore's local mean time, +06:55:25, has no form: the same instant has. */
	rfc3339_local(zone_get("Asia/Singapore"), utc_ms(1890, 1, 1, 0, 0, 0), text);
	cr_expect(
	    rfc3339_parse(text, &ms) && ms == utc_ms(1890, 1, 1, 0, 0, 0), "%s", text);
}

Test(caltime, instants_far_out_do_no_harm)
{
	static const int64_t far[] = { INT64_MIN, INT64_MAX, INT64_MIN / 2, INT64_MAX / 3,
		-1 };
	static const char *const names[] = { "Europe/London", "Asia/Singapore", "UTC" };
	char text[40];

	for (size_t i = 0; i < ARRAY_LEN(far); i++)
		for (size_t k = 0; k < ARRAY_LEN(names); k++) {
			const struct zone *z = zone_get(names[k]);

			civil_from_ms(z, far[i]);
			day_start_ms(z, day_of_ms(z, far[i]));
			cr_expect(strlen(rfc3339_local(z, far[i], text)) < 40);
		}
}
