/* SPDX-License-Identifier: MIT */
/*
 * slot_truth.c - the oracle: what is free, told minute by minute from arrays of
 * bools. Of the code under test it uses only the wall clock of an instant, and
 * back (caltime.h); a stretch of hours begins when the clock first shows its
 * time or a later one.
 */
#include <criterion/criterion.h>

#include "book/slot_model.h"

struct oracle {
	const struct model *m;
	const struct m_branch *b;
	int branch;
	int64_t first, last; /* ms: what the arrays cover */
	bool *open, *closed; /* by minute */
	bool *work[DOCTORS], *away[DOCTORS];
};

/* Minutes since 1970 on the wall. */
static int64_t
wall_of(const struct zone *z, int64_t ms)
{
	struct civil c = civil_from_ms(z, ms);

	return ((int64_t)day_from_date(c.year, c.month, c.day) * 24 + c.hour) * 60 + c.minute;
}

/* When the clock first shows that time, or a later one: looked for from three
 * hours before on. All clocks step in minutes of five. */
static int64_t
first_ms(const struct zone *z, int64_t wall)
{
	int64_t ms = wall * MINUTE_MS - zone_offset_s(z, wall * MINUTE_MS) * (int64_t)1000
	    - 3 * HOUR_MS;

	cr_assert_lt(wall_of(z, ms), wall);
	while (wall_of(z, ms) < wall)
		ms += 5 * MINUTE_MS;
	return ms;
}

static void
paint(const struct oracle *o, bool *map, int64_t from, int64_t to)
{
	if (from < o->first)
		from = o->first;
	for (; from < to && from < o->last; from += MINUTE_MS)
		map[(from - o->first) / MINUTE_MS] = true;
}

static void
paint_wall(const struct oracle *o, bool *map, int64_t from, int64_t to)
{
	if (first_ms(o->b->z, from) < o->last && first_ms(o->b->z, to) > o->first)
		paint(o, map, first_ms(o->b->z, from), first_ms(o->b->z, to));
}

static void
paint_day(const struct oracle *o, bool *map, int32_t day, const struct m_row *r)
{
	int64_t midnight = (int64_t)day * 1440;

	paint_wall(o, map, midnight + r->from,
	    midnight + r->to + (r->to <= r->from ? 1440 : 0));
}

/* weekly: on each of its weekdays; else on its day. */
static void
paint_rows(const struct oracle *o, bool *map, const struct m_row *rows, int n, bool weekly,
    int branch)
{
	int32_t from = oracle_day(o, o->first) - 2, to = oracle_day(o, o->last) + 2;

	for (int i = 0; i < n; i++) {
		if (rows[i].gone || (branch >= 0 && rows[i].branch != branch))
			continue;
		for (int32_t day = from; weekly && day < to; day++)
			if ((day + 3) % 7 + 1 == rows[i].weekday) /* 1970 began on a Thursday */
				paint_day(o, map, day, &rows[i]);
		if (!weekly)
			paint_day(o, map, rows[i].day, &rows[i]);
	}
}

struct oracle *
oracle_new(const struct model *m, int branch, struct arena *a)
{
	struct oracle *o = ARENA_NEW(a, struct oracle);
	size_t minutes;

	o->m = m;
	o->branch = branch;
	o->b = &m->branches[branch];
	o->first = (m->now / DAY_MS - 3) * DAY_MS;
	o->last = o->first + (o->b->horizon + 8) * DAY_MS;
	minutes = (size_t)((o->last - o->first) / MINUTE_MS);
	o->open = ARENA_ARRAY(a, bool, minutes);
	o->closed = ARENA_ARRAY(a, bool, minutes);
	paint_rows(o, o->open, o->b->rows, ROWS, true, -1);
	for (int i = 0; i < DATED; i++) {
		const struct m_row *r = &m->closures[i];

		if (!r->gone && (r->branch < 0 || r->branch == branch))
			paint_wall(o, o->closed, r->day * 1440, (r->day + 1) * 1440);
	}
	for (int d = 0; d < DOCTORS; d++) {
		o->work[d] = ARENA_ARRAY(a, bool, minutes);
		o->away[d] = ARENA_ARRAY(a, bool, minutes);
		paint_rows(o, o->work[d], m->doctors[d].rows, ROWS, true, branch);
		paint_rows(o, o->work[d], m->doctors[d].extra, DATED, false, branch);
		for (int i = 0; i < DATED; i++)
			if (!m->doctors[d].away[i].gone)
				paint_wall(o, o->away[d], m->doctors[d].away[i].from,
				    m->doctors[d].away[i].to);
	}
	return o;
}

int32_t
oracle_day(const struct oracle *o, int64_t ms)
{
	return (int32_t)(wall_of(o->b->z, ms) / 1440);
}

/* ---- one start ---- */

/* How many minutes of [from, to) a map has. */
static int64_t
minutes_in(const struct oracle *o, const bool *map, int64_t from, int64_t to)
{
	int64_t n = 0;

	for (int64_t t = from; t < to; t += MINUTE_MS)
		if (t >= o->first && t < o->last)
			n += map[(t - o->first) / MINUTE_MS];
	return n;
}

static int64_t
end_of(const struct oracle *o, const struct question *q)
{
	return q->start + o->m->services[q->service].minutes * MINUTE_MS;
}

static bool
on_grid(const struct oracle *o, int64_t start)
{
	struct civil c = civil_from_ms(o->b->z, start);
	int64_t back = 0;

	return start % MINUTE_MS == 0 && (c.hour * 60 + c.minute) % o->b->step == 0
	    && civil_to_ms(o->b->z, &c, &back) != WALL_NEVER && back == start;
}

static bool
too_soon(const struct oracle *o, int64_t start)
{
	return start < o->m->now + o->b->notice * MINUTE_MS;
}

static bool
too_far(const struct oracle *o, int64_t start)
{
	return oracle_day(o, start) > oracle_day(o, o->m->now) + o->b->horizon;
}

static bool
gives(const struct oracle *o, const struct question *q, int doctor)
{
	const struct m_doctor *d = &o->m->doctors[doctor];

	return !d->gone && !d->inactive && (d->services & 1u << q->service) != 0
	    && (q->doctor < 0 || q->doctor == doctor);
}

static bool
is_over(const struct oracle *o, const struct question *q, const struct m_visit *v)
{
	const struct m_service *s = &o->m->services[q->service];

	return !v->gone && v->starts < end_of(o, q) + s->after * MINUTE_MS
	    && v->ends > q->start - s->before * MINUTE_MS;
}

static bool
doctor_taken(const struct oracle *o, const struct question *q, int doctor)
{
	for (int i = 0; i < VISITS; i++)
		if (o->m->visits[i].doctor == doctor && is_over(o, q, &o->m->visits[i]))
			return true;
	return false;
}

bool
oracle_unit_free(const struct oracle *o, const struct question *q, int room, int unit)
{
	for (int i = 0; i < VISITS; i++)
		if (o->m->visits[i].room == room && o->m->visits[i].unit == unit
		    && is_over(o, q, &o->m->visits[i]))
			return false;
	return true;
}

/* Places of that kind at the branch; free ones alone, or all. */
static int
places(const struct oracle *o, const struct question *q, int kind, bool free_only)
{
	int n = 0;

	for (int r = 0; r < ROOMS; r++) {
		const struct m_room *room = &o->m->rooms[r];

		for (int u = 0; u < room->capacity; u++)
			n += !room->gone && room->kind == kind && room->branch == o->branch
			    && (!free_only || oracle_unit_free(o, q, r, u));
	}
	return n;
}

/* A place of each kind it needs. */
static bool
has_rooms(const struct oracle *o, const struct question *q, bool free_only)
{
	for (int k = 0; k < KINDS; k++)
		if ((o->m->services[q->service].kinds & 1u << k) != 0
		    && places(o, q, k, free_only) == 0)
			return false;
	return true;
}

/* Visits that begin on its local day, wherever. */
static bool
day_is_full(const struct oracle *o, const struct question *q, int doctor)
{
	int most = o->m->doctors[doctor].daily_max, n = 0;

	for (int i = 0; i < VISITS; i++) {
		const struct m_visit *v = &o->m->visits[i];
		bool again = false; /* two at once are one, for the cap */

		for (int k = 0; k < i; k++)
			again |= !o->m->visits[k].gone && o->m->visits[k].doctor == doctor
			    && o->m->visits[k].begins == v->begins;
		n += !v->gone && !again && v->doctor == doctor
		    && oracle_day(o, v->begins) == oracle_day(o, q->start);
	}
	return most > 0 && n >= most;
}

int
oracle_day_minutes(const struct oracle *o, int doctor, int64_t start)
{
	int n = 0;

	for (int64_t t = first_ms(o->b->z, oracle_day(o, start) * (int64_t)1440);
	     oracle_day(o, t) == oracle_day(o, start); t += 5 * MINUTE_MS) {
		bool taken = false;

		for (int i = 0; i < VISITS; i++)
			taken |= !o->m->visits[i].gone && o->m->visits[i].doctor == doctor
			    && o->m->visits[i].starts <= t && o->m->visits[i].ends > t;
		n += taken ? 5 : 0;
	}
	return n;
}

bool
oracle_offers(const struct oracle *o, const struct question *q, int doctor)
{
	int64_t to = end_of(o, q), all = (to - q->start) / MINUTE_MS;

	return on_grid(o, q->start) && !too_soon(o, q->start) && !too_far(o, q->start)
	    && gives(o, q, doctor) && minutes_in(o, o->closed, q->start, to) == 0
	    && minutes_in(o, o->open, q->start, to) == all
	    && minutes_in(o, o->work[doctor], q->start, to) == all
	    && minutes_in(o, o->away[doctor], q->start, to) == 0 && has_rooms(o, q, false);
}

bool
oracle_free(const struct oracle *o, const struct question *q, int doctor)
{
	return oracle_offers(o, q, doctor) && !doctor_taken(o, q, doctor)
	    && !day_is_full(o, q, doctor) && has_rooms(o, q, true);
}

/* ---- reasons ---- */

/* Off duty for part of it, with work before and after on that day. */
static bool
in_a_break(const struct oracle *o, const struct question *q, int doctor)
{
	int32_t day = oracle_day(o, q->start);

	return minutes_in(o, o->work[doctor], first_ms(o->b->z, day * (int64_t)1440), q->start) > 0
	    && minutes_in(o, o->work[doctor], end_of(o, q),
		   first_ms(o->b->z, (day + 1) * (int64_t)1440)) > 0;
}

static bool
true_of_doctor(const struct oracle *o, const struct question *q, enum slot_why why, int d)
{
	int64_t to = end_of(o, q), all = (to - q->start) / MINUTE_MS;

	if (d < 0 || !gives(o, q, d))
		return false;
	switch ((int)why) {
	case SLOT_OFF_DUTY:
		return minutes_in(o, o->work[d], q->start, to) < all && !in_a_break(o, q, d);
	case SLOT_BREAK:
		return minutes_in(o, o->work[d], q->start, to) < all && in_a_break(o, q, d);
	case SLOT_AWAY:
		return minutes_in(o, o->away[d], q->start, to) > 0;
	case SLOT_FULL:
		return day_is_full(o, q, d);
	case SLOT_DOCTOR_TAKEN:
		return doctor_taken(o, q, d);
	case SLOT_ROOM_TAKEN:
		return has_rooms(o, q, false) && !has_rooms(o, q, true);
	default:
		return false;
	}
}

bool
oracle_true(const struct oracle *o, const struct question *q, enum slot_why why, int doctor)
{
	int64_t to = end_of(o, q);
	bool given = false;

	switch ((int)why) {
	case SLOT_PAST:
		return q->start < o->m->now;
	case SLOT_OFF_GRID:
		return !on_grid(o, q->start);
	case SLOT_NOTICE:
		return too_soon(o, q->start);
	case SLOT_HORIZON:
		return too_far(o, q->start);
	case SLOT_NO_DOCTOR:
		for (int d = 0; d < DOCTORS; d++)
			given |= gives(o, q, d);
		return !given;
	case SLOT_NO_ROOM:
		return !has_rooms(o, q, false);
	case SLOT_CLOSED:
		return minutes_in(o, o->closed, q->start, to) > 0;
	case SLOT_HOURS:
		return minutes_in(o, o->open, q->start, to) < (to - q->start) / MINUTE_MS;
	default:
		return true_of_doctor(o, q, why, doctor);
	}
}
