/* SPDX-License-Identifier: MIT */
/*
 * schedule.c - weekly hours, days off and extra days laid on cells of UTC.
 *
 * A branch's days are walked once: where the clock does not change during a day
 * its times are that day's start and so many minutes; else each is asked for.
 */
#include "book/schedule.h"
#include "book/tzif.h"

#define DAY_MIN 1440
#define ARENA_MAX ((size_t)1 << 31)

/* A branch's local days, in order, from "first" on. */
struct days {
	const struct zone *zone;
	int32_t first;
	int count;
	int64_t *starts; /* count + 1, ms */
	bool *plain;	 /* the clock does not change during it */
};

static int64_t
day_wall_ms(const struct days *d, int32_t day, int minute)
{
	int i = day - d->first;

	if (minute == DAY_MIN) {
		i++;
		day++;
		minute = 0;
	}
	if (i < 0 || i > d->count || (i == d->count && minute > 0) || (i < d->count && !d->plain[i]))
		return zone_first_s(d->zone, (int64_t)day * 86400 + minute * 60) * 1000;
	return d->starts[i] + minute * MINUTE_MS;
}

static struct days
days_new(struct arena *a, const struct zone *z, int32_t first, int count)
{
	struct days d = { z, first, count, ARENA_ARRAY(a, int64_t, (size_t)count + 1),
		ARENA_ARRAY(a, bool, (size_t)count + 1) };

	for (int i = 0; i <= count; i++)
		d.starts[i] = day_start_ms(z, first + i);
	for (int i = 0; i < count; i++)
		d.plain[i] = zone_next_change_ms(z, d.starts[i]) >= d.starts[i + 1]
		    && d.starts[i] + zone_offset_s(z, d.starts[i]) * (int64_t)1000
			== (first + i) * DAY_MS;
	return d;
}

/* ---- maps ---- */

int64_t
schedule_cell(const struct schedule *s, int64_t ms)
{
	return cell_of_ms(ms) - s->first;
}

int64_t
schedule_ms(const struct schedule *s, int64_t cell)
{
	return (s->first + cell) * CELL_MS;
}

static struct cells
map_new(struct schedule *s)
{
	return (struct cells){ ARENA_ARRAY(s->arena, uint64_t, s->words), s->words };
}

static void
set_ms(const struct schedule *s, struct cells map, int64_t from_ms, int64_t to_ms)
{
	if (from_ms < to_ms) /* else all of it was skipped */
		cells_set(map, schedule_cell(s, from_ms), schedule_cell(s, to_ms));
}

/* from_min to to_min of a local day; to_min <= from_min is on the day after. */
static void
set_wall(const struct schedule *s, struct cells map, const struct days *d, int32_t day,
    int from_min, int to_min)
{
	set_ms(s, map, day_wall_ms(d, day, from_min),
	    day_wall_ms(d, to_min <= from_min ? day + 1 : day, to_min));
}

static void
set_weekly(const struct schedule *s, struct cells map, const struct days *d, int weekday,
    int from_min, int to_min)
{
	int first = (weekday - day_weekday(d->first) + 7) % 7;

	for (int i = first; i < d->count; i += 7)
		set_wall(s, map, d, d->first + i, from_min, to_min);
}

/* The instant at which the clock of a day shows that minute; false: it never does. */
static bool
shows(const struct days *d, int i, int minute, int64_t *ret_ms)
{
	struct civil c = { .hour = minute / 60, .minute = minute % 60 };

	*ret_ms = d->starts[i] + minute * MINUTE_MS;
	if (d->plain[i])
		return true;
	day_to_date(d->first + i, &c.year, &c.month, &c.day);
	return civil_to_ms(d->zone, &c, ret_ms) != WALL_NEVER;
}

static void
set_grid(const struct schedule *s, struct cells grid, const struct days *d, int step_min)
{
	int64_t ms;

	for (int i = 0; i < d->count; i++)
		for (int m = 0; m < DAY_MIN; m += step_min)
			if (shows(d, i, m, &ms))
				cells_set(grid, schedule_cell(s, ms), schedule_cell(s, ms) + 1);
}

static void
make_plan(struct schedule *s, const struct branch *b, const struct days *d, struct plan *p)
{
	const struct hours *h = &b->hours;

	p->hours = map_new(s);
	p->closed = map_new(s);
	p->grid = map_new(s);
	for (size_t i = 0; i < h->row_count; i++)
		set_weekly(s, p->hours, d, h->rows[i].weekday, h->rows[i].from_min, h->rows[i].to_min);
	for (size_t i = 0; i < h->closed_count; i++)
		if (h->closed_days[i] >= d->first && h->closed_days[i] < d->first + d->count)
			set_wall(s, p->closed, d, h->closed_days[i], 0, DAY_MIN);
	set_grid(s, p->grid, d, b->settings.slot_step_minutes);
}

static bool
ever_works(const struct doctor *doc, size_t branch)
{
	for (size_t i = 0; i < doc->work_count; i++)
		if (doc->work[i].branch == branch)
			return true;
	for (size_t i = 0; i < doc->extra_count; i++)
		if (doc->extra[i].branch == branch)
			return true;
	return false;
}

/* Minutes since 1970 of a wall clock. */
static int64_t
wall_ms(const struct days *d, int64_t minutes)
{
	return day_wall_ms(d, (int32_t)(minutes / DAY_MIN), (int)(minutes % DAY_MIN));
}

static struct duty *
make_duty(struct schedule *s, const struct doctor *doc, size_t branch, const struct days *d)
{
	struct duty *p = ARENA_NEW(s->arena, struct duty);

	p->work = map_new(s);
	p->away = map_new(s);
	p->open = map_new(s);
	for (size_t i = 0; i < doc->work_count; i++)
		if (doc->work[i].branch == branch)
			set_weekly(s, p->work, d, doc->work[i].weekday, doc->work[i].from_min,
			    doc->work[i].to_min);
	for (size_t i = 0; i < doc->extra_count; i++)
		if (doc->extra[i].branch == branch)
			set_wall(s, p->work, d, doc->extra[i].day, doc->extra[i].from_min,
			    doc->extra[i].to_min);
	for (size_t i = 0; i < doc->away_count; i++)
		set_ms(s, p->away, wall_ms(d, doc->away[i].from_min),
		    wall_ms(d, doc->away[i].to_min));
	cells_or(p->open, p->work);
	cells_and_not(p->open, p->away);
	cells_and(p->open, s->plans[branch].hours);
	cells_and_not(p->open, s->plans[branch].closed);
	return p;
}

struct schedule *
schedule_new(const struct clinic *c, int64_t from_ms, int64_t to_ms)
{
	struct arena *a = arena_new(ARENA_MAX);
	struct schedule *s = ARENA_NEW(a, struct schedule);
	int64_t from = (cell_of_ms(from_ms) - CELLS_PER_DAY) / 64 * 64;
	int64_t to = cell_of_ms(to_ms) + CELLS_PER_DAY;

	BUG_UNLESS(from_ms > DAY_MS && from_ms < to_ms);
	*s = (struct schedule){ .arena = a, .clinic = c, .first = from };
	s->words = (size_t)((to - from) / 64) + 1;
	s->plans = ARENA_ARRAY(a, struct plan, c->branch_count);
	s->duties = ARENA_ARRAY(a, struct duty *, c->doctor_count * c->branch_count + 1);
	for (size_t b = 0; b < c->branch_count; b++) {
		const struct zone *z = c->branches[b].hours.zone;
		int32_t first = day_of_ms(z, from * CELL_MS) - 1; /* its shift may reach over midnight */
		struct days d = days_new(a, z, first, day_of_ms(z, to * CELL_MS) + 2 - first);

		make_plan(s, &c->branches[b], &d, &s->plans[b]);
		for (size_t i = 0; i < c->doctor_count; i++)
			if (ever_works(&c->doctors[i], b))
				s->duties[i * c->branch_count + b] = make_duty(s, &c->doctors[i], b, &d);
	}
	return s;
}

void
schedule_free(struct schedule *s)
{
	if (s != NULL)
		arena_free(s->arena);
}

const struct plan *
schedule_plan(const struct schedule *s, const struct branch *b)
{
	return &s->plans[b - s->clinic->branches];
}

const struct duty *
schedule_duty(const struct schedule *s, const struct doctor *d, const struct branch *b)
{
	const struct clinic *c = s->clinic;

	return s->duties[(size_t)(d - c->doctors) * c->branch_count + (size_t)(b - c->branches)];
}
