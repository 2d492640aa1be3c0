/* SPDX-License-Identifier: MIT */
/*
 * clinic_values.c - the kinds of value the clinic file is made of: lists of
 * slugs, weekdays, times of day, dates, names in three languages.
 *
 * Times are multiples of five minutes, as all starts and claims are.
 */
#include <ctype.h>
#include <string.h>

#include "book/clinic_reader.h"

#define LIST_MAX 100
#define NAME_MAX_CHARS 200

static const char *const weekdays[8] = { NULL, "mon", "tue", "wed", "thu", "fri", "sat",
	"sun" };

bool
clinic_slug_good(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return s[n] == '\0' && n >= 1 && n <= 40;
}

struct strlist
node_list(struct reader *r, const struct node *n, bool (*good)(const char *),
    const char *expected)
{
	struct strlist l = { 0 };
	size_t count = node_array(r, n, LIST_MAX);

	for (size_t i = 0; i < count; i++) {
		struct node at = node_at(n, i);
		const char *s = json_string_value(at.v);

		if (s == NULL || !good(s))
			node_wrong(r, &at, "invalid", "%s is expected here", expected);
		else if (strlist_has(&l, s))
			node_wrong(
			    r, &at, "duplicate", "\"%s\" is in the list already", s);
		else
			strlist_add(&l, r->arena, arena_strdup(r->arena, s));
	}
	return l;
}

const char *
node_known(struct reader *r, const struct node *n, const struct strlist *known,
    const char *which)
{
	const char *s = json_string_value(n->v);

	if (n->v == NULL) {
		node_wrong(r, n, "missing", "the slug of a %s is needed here", which);
		return NULL;
	}
	if (s == NULL || !clinic_slug_good(s)) {
		node_wrong(r, n, "invalid", "the slug of a %s is expected here", which);
		return NULL;
	}
	for (size_t i = 0; i < known->n; i++)
		if (strcmp(known->v[i], s) == 0)
			return known->v[i];
	node_wrong(r, n, "unknown_slug", "there is no %s \"%s\" in this file", which, s);
	return NULL;
}

/* "HH:MM" at the start of s, and nothing after it. */
static bool
time_parse(const char *s, int *ret_min)
{
	int h, m;

	for (int i = 0; i < 5; i++)
		if (i == 2 ? s[i] != ':' : !isdigit((unsigned char)s[i]))
			return false;
	h = (s[0] - '0') * 10 + s[1] - '0';
	m = (s[3] - '0') * 10 + s[4] - '0';
	*ret_min = h * 60 + m;
	return s[5] == '\0' && m < 60 && m % 5 == 0 && *ret_min <= 1440;
}

static bool
node_time(struct reader *r, const struct node *n, bool end, int *ret_min)
{
	const char *s = json_string_value(n->v);

	if (n->v == NULL) {
		node_wrong(r, n, "missing", "a time is needed here, such as \"10:00\"");
		return false;
	}
	if (s == NULL || !time_parse(s, ret_min) || (*ret_min == 1440 && !end)) {
		node_wrong(r, n, "invalid",
		    "a time such as \"10:00\", 00:00 to %s in steps of five minutes, is "
		    "expected here",
		    end ? "24:00" : "23:55");
		return false;
	}
	return true;
}

bool
node_date(struct reader *r, const struct node *n, int32_t *ret_day)
{
	const char *s = json_string_value(n->v);

	if (n->v == NULL) {
		node_wrong(
		    r, n, "missing", "a date is needed here, such as \"2026-12-25\"");
		return false;
	}
	if (s == NULL || !date_parse(s, ret_day)) {
		node_wrong(r, n, "invalid",
		    "a date that exists, such as \"2026-12-25\", is expected here");
		return false;
	}
	return true;
}

bool
node_wall(struct reader *r, const struct node *n, int64_t *ret_minutes)
{
	const char *s = json_string_value(n->v);
	char date[11] = "";
	int32_t day;
	int min;

	if (n->v == NULL) {
		node_wrong(r, n, "missing",
		    "a date and time are needed here, such as \"2026-12-24T00:00\"");
		return false;
	}
	if (s != NULL && strlen(s) == 16 && s[10] == 'T')
		memcpy(date, s, 10);
	if (date[0] == '\0' || !date_parse(date, &day) || !time_parse(s + 11, &min)) {
		node_wrong(r, n, "invalid",
		    "a date and time such as \"2026-12-24T00:00\", in steps of five "
		    "minutes, is expected here");
		return false;
	}
	*ret_minutes = (int64_t)day * 1440 + min;
	return true;
}

static unsigned
node_days(struct reader *r, const struct node *n)
{
	unsigned days = 0;
	size_t count = node_array(r, n, 7);

	if (n->v == NULL)
		node_wrong(r, n, "missing", "a list of days is needed here: mon ... sun");
	else if (json_is_array(n->v) && json_array_size(n->v) == 0)
		node_wrong(
		    r, n, "invalid", "at least one of mon ... sun is expected here");
	for (size_t i = 0; i < count; i++) {
		struct node at = node_at(n, i);
		const char *s = json_string_value(at.v);
		int day = 7;

		while (day > 0 && (s == NULL || strcmp(s, weekdays[day]) != 0))
			day--;
		if (day == 0)
			node_wrong(r, &at, "invalid",
			    "one of mon tue wed thu fri sat sun is expected here");
		else if ((days & 1u << day) != 0)
			node_wrong(
			    r, &at, "duplicate", "\"%s\" is in the list already", s);
		else
			days |= 1u << day;
	}
	return days;
}

bool
node_from_to(struct reader *r, const struct node *n, int *ret_from, int *ret_to)
{
	struct node from = node_key(n, "from"), to = node_key(n, "to");
	bool good = node_time(r, &from, false, ret_from);

	good &= node_time(r, &to, true, ret_to);
	if (good && *ret_from == *ret_to) {
		node_wrong(r, &to, "invalid", "another time than from is expected here");
		return false;
	}
	return good;
}

bool
node_week_row(struct reader *r, const struct node *n, struct week_row *ret)
{
	struct node days = node_key(n, "days");

	ret->days = node_days(r, &days);
	return node_from_to(r, n, &ret->from_min, &ret->to_min) && ret->days != 0;
}

void
node_names(struct reader *r, const struct node *n, const char *names[3])
{
	static const char *const keys[] = { "en", "ms", "zh-Hans", NULL };

	if (!node_object(r, n, keys))
		return;
	for (int i = 0; i < 3; i++) {
		struct node at = node_key(n, keys[i]);
		const char *s = node_text(r, &at, NAME_MAX_CHARS, i == 0 ? NEEDED : 0);

		if (s != NULL)
			names[i] = s;
	}
}
