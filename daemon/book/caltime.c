/* SPDX-License-Identifier: MIT */
/*
 * caltime.c - the calendar, and wall clocks of any zone.
 *
 * A wall time is looked for in each stretch of constant offset near it: found
 * in none it was skipped, in two it happens twice. No wall time is ever made
 * by adding an offset that was not in force at the instant it gives.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "book/tzif.h"

#define OFFSET_MAX_S 93600 /* no offset is as large, east or west */
#define YEAR_MAX 5000000   /* int32 days reach a little further */

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

/* 1 January of a year. */
static int64_t
year_start(int64_t year)
{
	int64_t y = year - 1;

	return y * 365 + floor_div(y, 4) - floor_div(y, 100) + floor_div(y, 400) - 719162;
}

/* Days of a year before a month (from 1; 13 is the end of the year). */
static int
month_start(int64_t year, int month)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304,
		334, 365 };
	bool leap = year_start(year + 1) - year_start(year) == 366;

	return before[month - 1] + (leap && month > 2 ? 1 : 0);
}

static int32_t
clamp_day(int64_t day)
{
	return day > INT32_MAX ? INT32_MAX : day < INT32_MIN ? INT32_MIN : (int32_t)day;
}

int32_t
day_from_date(int year, int month, int day)
{
	int64_t y = year + floor_div((int64_t)month - 1, 12);
	int m = (int)((((int64_t)month - 1) % 12 + 12) % 12) + 1;

	return clamp_day(year_start(y) + month_start(y, m) + day - 1);
}

static void
date_of(int64_t day, int *ret_year, int *ret_month, int *ret_day)
{
	int64_t year = 1970 + floor_div(day * 400, 146097);
	int month = 1, left;

	while (year_start(year) > day)
		year--;
	while (year_start(year + 1) <= day)
		year++;
	left = (int)(day - year_start(year));
	while (month_start(year, month + 1) <= left)
		month++;
	*ret_year = (int)year;
	*ret_month = month;
	*ret_day = left - month_start(year, month) + 1;
}

void
day_to_date(int32_t day, int *ret_year, int *ret_month, int *ret_day)
{
	date_of(day, ret_year, ret_month, ret_day);
}

int
day_weekday(int32_t day)
{
	return (int)(((int64_t)day % 7 + 10) % 7) + 1;
}

/* How many changes of the table have come by then. */
static size_t
changes_until(const struct zone *z, int64_t at_s)
{
	size_t low = 0, high = z->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (z->changes[middle].at_s <= at_s)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The offset at an instant, and when it ends (INT64_MAX: never). */
static int32_t
offset_at(const struct zone *z, int64_t at_s, int64_t *ret_end)
{
	size_t n = changes_until(z, at_s);

	if (n == z->count && z->rule.there) {
		if (ret_end != NULL)
			*ret_end = tz_rule_next(&z->rule, at_s);
		return tz_rule_offset(&z->rule, at_s);
	}
	if (ret_end != NULL)
		*ret_end = n < z->count ? z->changes[n].at_s : INT64_MAX;
	return n == 0 ? z->first_s : z->changes[n - 1].offset_s;
}

int64_t
zone_first_s(const struct zone *z, int64_t local_s)
{
	int64_t from = local_s - OFFSET_MAX_S, end;

	for (;; from = end) {
		int64_t at = local_s - offset_at(z, from, &end);

		if (at < from)
			at = from;
		if (at < end)
			return at;
	}
}

int
zone_offset_s(const struct zone *z, int64_t ms)
{
	return offset_at(z, floor_div(ms, 1000), NULL);
}

int64_t
zone_next_change_ms(const struct zone *z, int64_t ms)
{
	int64_t end;

	(void)offset_at(z, floor_div(ms, 1000), &end);
	return end > INT64_MAX / 1000 ? INT64_MAX : end * 1000;
}

struct civil
civil_from_ms(const struct zone *z, int64_t ms)
{
	int64_t at_s = floor_div(ms, 1000), local = at_s + offset_at(z, at_s, NULL);
	int left = (int)(local - floor_div(local, 86400) * 86400);
	struct civil c = {
		.hour = left / 3600, .minute = left / 60 % 60, .second = left % 60
	};

	date_of(floor_div(local, 86400), &c.year, &c.month, &c.day);
	return c;
}

static bool
date_good(int year, int month, int day)
{
	return year >= -YEAR_MAX && year <= YEAR_MAX && month >= 1 && month <= 12 &&
	       day >= 1 && day <= month_start(year, month + 1) - month_start(year, month);
}

enum wall
civil_to_ms(const struct zone *z, const struct civil *c, int64_t *ret_ms)
{
	int64_t local, from, end, found = 0;
	int n = 0;

	if (!date_good(c->year, c->month, c->day) || c->hour < 0 || c->hour > 24 ||
	    c->minute < 0 || c->minute > 59 || c->second < 0 || c->second > 59 ||
	    (c->hour == 24 && (c->minute != 0 || c->second != 0)))
		return WALL_NEVER;
	local = (int64_t)day_from_date(c->year, c->month, c->day) * 86400 +
		c->hour * 3600 + c->minute * 60 + c->second;
	for (from = local - OFFSET_MAX_S; from <= local + OFFSET_MAX_S; from = end) {
		int64_t at = local - offset_at(z, from, &end);

		if (at >= from && at < end && n++ == 0)
			found = at;
	}
	if (n == 0)
		return WALL_NEVER;
	*ret_ms = found * 1000;
	return n == 1 ? WALL_ONCE : WALL_TWICE;
}

int32_t
day_of_ms(const struct zone *z, int64_t ms)
{
	int64_t at_s = floor_div(ms, 1000);

	return clamp_day(floor_div(at_s + offset_at(z, at_s, NULL), 86400));
}

int64_t
day_start_ms(const struct zone *z, int32_t day)
{
	return zone_first_s(z, (int64_t)day * 86400) * 1000;
}

/* Exactly n digits and then the character after them ('\0': any). */
static bool
digits(const char **s, int n, char after, int *ret_value)
{
	int value = 0;

	for (; n > 0; n--, (*s)++) {
		if (!isdigit((unsigned char)**s))
			return false;
		value = value * 10 + (**s - '0');
	}
	if (after != '\0' && *(*s)++ != after)
		return false;
	*ret_value = value;
	return true;
}

bool
date_parse(const char *s, int32_t *ret_day)
{
	int year, month, day;

	if (!digits(&s, 4, '-', &year) || !digits(&s, 2, '-', &month) ||
	    !digits(&s, 2, '\0', &day) || *s != '\0' || !date_good(year, month, day))
		return false;
	*ret_day = day_from_date(year, month, day);
	return true;
}

const char *
date_text(int32_t day, char text[16])
{
	int year, month, date;

	day_to_date(day, &year, &month, &date);
	(void)snprintf(text, 16, "%04d-%02d-%02d", year, month, date);
	return text;
}

/* "Z", "+08:00", "-03:30" to the end of the text. */
static bool
offset_text(const char *s, int *ret_s)
{
	int sign = *s == '-' ? -1 : 1, hour, minute;

	if ((*s == 'Z' || *s == 'z') && s[1] == '\0') {
		*ret_s = 0;
		return true;
	}
	if (*s != '+' && *s != '-')
		return false;
	s++;
	if (!digits(&s, 2, ':', &hour) || !digits(&s, 2, '\0', &minute) || *s != '\0' ||
	    hour > 23 || minute > 59)
		return false;
	*ret_s = sign * (hour * 3600 + minute * 60);
	return true;
}

bool
rfc3339_parse(const char *s, int64_t *ret_ms)
{
	int year, month, day, hour, minute, second, offset, ms = 0;

	if (!digits(&s, 4, '-', &year) || !digits(&s, 2, '-', &month) ||
	    !digits(&s, 2, '\0', &day) || (*s != 'T' && *s != 't'))
		return false;
	s++;
	if (!digits(&s, 2, ':', &hour) || !digits(&s, 2, ':', &minute) ||
	    !digits(&s, 2, '\0', &second))
		return false;
	if (*s == '.') {
		int scale = 100;

		if (!isdigit((unsigned char)*++s))
			return false;
		for (; isdigit((unsigned char)*s); s++, scale /= 10)
			ms += (*s - '0') * scale;
	}
	if (!offset_text(s, &offset) || !date_good(year, month, day) || hour > 23 ||
	    minute > 59 || second > 59)
		return false;
	*ret_ms = day_from_date(year, month, day) * DAY_MS + hour * HOUR_MS +
		  minute * MINUTE_MS + (second - offset) * (int64_t)1000 + ms;
	return true;
}

const char *
rfc3339_local(const struct zone *z, int64_t ms, char text[40])
{
	/* RFC 3339 has no seconds in an offset: whole minutes name the same instant. */
	int minutes = zone_offset_s(z, ms) / 60, shown = abs(minutes), left, year, month,
	    day;
	int64_t local = floor_div(ms, 1000) + minutes * 60;

	left = (int)(local - floor_div(local, 86400) * 86400);
	date_of(floor_div(local, 86400), &year, &month, &day);
	(void)snprintf(text, 40, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", year, month,
	    day, left / 3600, left / 60 % 60, left % 60, minutes < 0 ? '-' : '+',
	    shown / 60, shown % 60);
	return text;
}
