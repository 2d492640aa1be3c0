/* SPDX-License-Identifier: MIT */
/*
 * tzrule.c - the yearly rule of a zone: a POSIX TZ string with the extensions
 * of RFC 8536 3.3.1 (hours beyond a day, before and after it).
 *
 * Changes are found from the year before to the year after, since a rule with
 * such hours may change the clock in a neighbouring year.
 */
#include <ctype.h>
#include <string.h>

#include "book/tzif.h"

#define CHANGES 6 /* two in each of three years */

/* A number of at most digits digits, not above max. */
static bool
number(const char **s, int digits, int max, int *ret_n)
{
	const char *p = *s;
	int n = 0;

	for (; isdigit((unsigned char)*p); p++) {
		if (digits-- == 0)
			return false;
		n = n * 10 + (*p - '0');
	}
	if (p == *s || n > max)
		return false;
	*s = p;
	*ret_n = n;
	return true;
}

/* [+-]hh[:mm[:ss]] */
static bool
hours(const char **s, int max, int32_t *ret_s)
{
	bool negative = **s == '-';
	int h, m = 0, sec = 0;

	if (**s == '+' || **s == '-')
		(*s)++;
	if (!number(s, 3, max, &h))
		return false;
	if (**s == ':') {
		(*s)++;
		if (!number(s, 2, 59, &m))
			return false;
		if (**s == ':') {
			(*s)++;
			if (!number(s, 2, 59, &sec))
				return false;
		}
	}
	*ret_s = (int32_t)(h * 3600 + m * 60 + sec) * (negative ? -1 : 1);
	return true;
}

/* An abbreviation: three letters or more, or anything like <+08>. */
static bool
abbreviation(const char **s)
{
	bool quoted = **s == '<';
	const char *p = quoted ? *s + 1 : *s, *from = p;

	while (isalpha((unsigned char)*p) ||
	       (quoted && (isdigit((unsigned char)*p) || *p == '+' || *p == '-')))
		p++;
	if (p - from < 3 || (quoted && *p != '>'))
		return false;
	*s = quoted ? p + 1 : p;
	return true;
}

/* ,Jn[/time] ,n[/time] ,Mm.w.d[/time] */
static bool
change_day(const char **s, struct tz_day *d)
{
	if (*(*s)++ != ',')
		return false;
	*d = (struct tz_day){ .form = 'n', .time_s = 2 * 3600 };
	if (**s == 'J' || **s == 'M')
		d->form = *(*s)++;
	if (d->form == 'M') {
		if (!number(s, 2, 12, &d->month) || d->month < 1 || *(*s)++ != '.' ||
		    !number(s, 1, 5, &d->week) || d->week < 1 || *(*s)++ != '.' ||
		    !number(s, 1, 6, &d->day))
			return false;
	} else if (!number(s, 3, 365, &d->day) || (d->form == 'J' && d->day < 1)) {
		return false;
	}
	if (**s != '/')
		return true;
	(*s)++;
	return hours(s, 167, &d->time_s);
}

bool
tz_rule_parse(const char *s, struct tz_rule *ret_rule)
{
	struct tz_rule r = { .there = true };

	if (!abbreviation(&s) || !hours(&s, 24, &r.std_s))
		return false;
	r.std_s = -r.std_s; /* POSIX counts west of Greenwich */
	if (*s != '\0') {
		r.changing = true;
		r.dst_s = r.std_s + 3600;
		if (!abbreviation(&s))
			return false;
		if (*s != ',') {
			if (!hours(&s, 24, &r.dst_s))
				return false;
			r.dst_s = -r.dst_s;
		}
		if (!change_day(&s, &r.start) || !change_day(&s, &r.end) || *s != '\0')
			return false;
	}
	*ret_rule = r;
	return true;
}

static bool
is_leap(int year)
{
	return day_from_date(year, 3, 1) - day_from_date(year, 2, 1) == 29;
}

/* Seconds since 1970, on the wall clock before the change. */
static int64_t
change_wall(const struct tz_day *d, int year)
{
	int32_t day = day_from_date(year, 1, 1);

	if (d->form == 'M') {
		int32_t end = day_from_date(year, d->month + 1, 1);

		day = day_from_date(year, d->month, 1);
		day += (d->day + 7 - day_weekday(day) % 7) % 7 + 7 * (d->week - 1);
		if (day >= end) /* week 5 is the last one */
			day -= 7;
	} else if (d->form == 'J') {
		day += d->day - 1 + (is_leap(year) && d->day >= 60 ? 1 : 0);
	} else {
		day += d->day;
	}
	return (int64_t)day * 86400 + d->time_s;
}

/* The changes around an instant, ascending; an end and a start at one instant
 * (daylight saving all year) leave daylight saving in force. */
static void
changes_around(const struct tz_rule *r, int64_t at_s, struct tz_change c[CHANGES])
{
	int year, month, date, n = 0;
	int64_t day = (at_s + r->std_s) / 86400;

	/* Beyond the calendar of int32 days the last year's offset goes on. */
	if (day > INT32_MAX - 1000)
		day = INT32_MAX - 1000;
	if (day < INT32_MIN + 1000)
		day = INT32_MIN + 1000;
	day_to_date((int32_t)day, &year, &month, &date);
	for (int y = year - 1; y <= year + 1; y++) {
		c[n++] =
		    (struct tz_change){ change_wall(&r->end, y) - r->dst_s, r->std_s };
		c[n++] =
		    (struct tz_change){ change_wall(&r->start, y) - r->std_s, r->dst_s };
	}
	for (int i = 1; i < CHANGES; i++)
		for (int k = i; k > 0 && c[k].at_s < c[k - 1].at_s; k--) {
			struct tz_change swap = c[k];

			c[k] = c[k - 1];
			c[k - 1] = swap;
		}
}

int32_t
tz_rule_offset(const struct tz_rule *r, int64_t at_s)
{
	struct tz_change c[CHANGES];
	int i = CHANGES - 1;

	if (!r->changing)
		return r->std_s;
	changes_around(r, at_s, c);
	while (i > 0 && c[i].at_s > at_s)
		i--;
	return c[i].offset_s;
}

int64_t
tz_rule_next(const struct tz_rule *r, int64_t at_s)
{
	struct tz_change c[CHANGES];

	if (!r->changing)
		return INT64_MAX;
	changes_around(r, at_s, c);
	for (int i = 0; i < CHANGES; i++)
		if (c[i].at_s > at_s)
			return c[i].at_s;
	return INT64_MAX;
}
