/* SPDX-License-Identifier: MIT */
/* desk_when.c - times, doctors and reasons as the desk writes them. */
#include <string.h>

#include "web/desk.h"

static const char *const weekdays[]
    = { "", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" };
static const char *const months[] = { "", "January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December" };

/* "Thu 26 Nov, 14:05" in the branch's zone. */
const char *
desk_time(struct arena *a, const struct zone *zone, int64_t ms)
{
	struct civil c;

	if (zone == NULL || ms == 0)
		return "";
	c = civil_from_ms(zone, ms);
	return arena_printf(a, "%.3s %d %.3s, %02d:%02d", weekdays[day_weekday(day_of_ms(zone, ms))],
	    c.day, months[c.month], c.hour, c.minute);
}

const char *
desk_clock(struct arena *a, const struct zone *zone, int64_t ms)
{
	struct civil c = civil_from_ms(zone, ms);

	return arena_printf(a, "%02d:%02d", c.hour, c.minute);
}

const char *
desk_day(struct arena *a, int32_t day)
{
	int y, m, d;

	day_to_date(day, &y, &m, &d);
	return arena_printf(a, "%s %d %s %d", weekdays[day_weekday(day)], d, months[m], y);
}

const char *
desk_short_day(struct arena *a, int32_t day)
{
	int y, m, d;

	day_to_date(day, &y, &m, &d);
	return arena_printf(a, "%.3s %d %.3s", weekdays[day_weekday(day)], d, months[m]);
}

const char *
desk_span(struct arena *a, const struct zone *zone, int64_t from_ms, int64_t to_ms)
{
	const char *day = desk_day(a, day_of_ms(zone, from_ms)), *from = desk_clock(a, zone, from_ms);

	return to_ms == 0 ? arena_printf(a, "%s, %s", day, from)
			  : arena_printf(a, "%s, %s to %s", day, from, desk_clock(a, zone, to_ms));
}

const char *
desk_doctor(const struct clinic *c, const char *slug)
{
	const struct doctor *d = slug == NULL ? NULL : clinic_doctor(c, slug);

	return d == NULL ? slug : d->name;
}

/* To add one: a row for a word of book/slot.def that a visit may be lost by. */
const char *
desk_why(const char *word)
{
	static const char *const rows[][2] = {
		{ "no_doctor", "the doctor no longer gives this service here" },
		{ "no_room", "there is no room for it any more" },
		{ "closed", "the branch is closed that day" },
		{ "hours", "the branch is not open at that time" },
		{ "off_duty", "the doctor does not work at that time" },
		{ "break", "the doctor has a break at that time" },
		{ "away", "the doctor is away" },
		{ "cap", "the doctor’s day is full" },
		{ "doctor_taken", "somebody else has the doctor at that time" },
		{ "room_taken", "the room is taken at that time" },
		{ "notice", "it is at short notice" },
		{ "horizon", "it is further ahead than times are offered" },
		{ "grid", "visits do not usually begin at that time" },
		{ "past", "that time has passed" },
	};

	for (size_t i = 0; word != NULL && i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i][0], word) == 0)
			return rows[i][1];
	return "the clinic’s hours have changed";
}

struct view_offer
desk_offer(struct arena *a, const struct zone *zone, int64_t start_ms, const struct doctor *d)
{
	char text[40];

	return (struct view_offer){ arena_printf(a, "%s %s", rfc3339_local(zone, start_ms, text), d->slug),
		arena_printf(a, "%s, %s", desk_time(a, zone, start_ms), d->name) };
}

const struct view_offer *
desk_offers(struct arena *a, const struct slot_offers *o)
{
	struct view_offer *v = ARENA_ARRAY(a, struct view_offer, SLOT_OFFERS);

	for (size_t i = 0; o != NULL && i < o->count; i++)
		v[i] = desk_offer(a, o->zone, o->v[i].start_ms, o->v[i].doctor);
	return v;
}

bool
desk_fits(const struct strlist *days, const struct strlist *parts, const struct zone *zone, int64_t ms)
{
	static const char *const names[] = { "", "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
	int hour = civil_from_ms(zone, ms).hour;
	const char *part = hour < 12 ? "morning" : hour < 17 ? "afternoon" : "evening";
	bool day_fits = days->n == 0 || strlist_has(days, "any")
	    || strlist_has(days, names[day_weekday(day_of_ms(zone, ms))]);

	return day_fits && (parts->n == 0 || strlist_has(parts, "any") || strlist_has(parts, part));
}
