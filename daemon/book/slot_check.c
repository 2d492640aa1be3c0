/* SPDX-License-Identifier: MIT */
/* slot_check.c - one start: what a visit then would take up, or why it is not offered. */
#include <string.h>

#include "book/slot_inside.h"

static void
fill_times(const struct slot_ask *ask, int64_t start_ms, struct slot_pick *p)
{
	p->begins = start_ms;
	p->finishes = start_ms + ask->service->minutes * MINUTE_MS;
	p->starts = start_ms - ask->service->buffer_before * MINUTE_MS;
	p->ends = p->finishes + ask->service->buffer_after * MINUTE_MS;
}

static bool
is_free(const struct schedule *s, const struct taken *t, const struct slot_pick *p)
{
	return t->busy.words == 0
	    || cells_count(t->busy, schedule_cell(s, p->starts), schedule_cell(s, p->ends)) == 0;
}

/* The first free unit of the rooms of that kind; or, anyway, any. */
static bool
pick_room(const struct calendar *c, const struct slot_ask *ask, const char *kind, bool anyway,
    struct slot_pick *p, struct slot_claim *ret_taken)
{
	const struct clinic *clinic = c->schedule->clinic;
	size_t branch = (size_t)(ask->branch - clinic->branches);

	for (size_t i = 0; i < clinic->room_count; i++) {
		const struct room *r = &clinic->rooms[i];

		if (r->branch != branch || strcmp(r->kind, kind) != 0)
			continue;
		for (int u = 0; u < r->capacity; u++) {
			*ret_taken = (struct slot_claim){ r->id, u };
			if (is_free(c->schedule, &c->rooms[i][u], p)) {
				p->claims[p->count++] = *ret_taken;
				return true;
			}
		}
	}
	if (anyway && ret_taken->resource != 0)
		p->claims[p->count++] = *ret_taken;
	return anyway && ret_taken->resource != 0;
}

static bool
pick_rooms(const struct calendar *c, const struct slot_ask *ask, bool anyway, struct slot_pick *p,
    struct slot_claim *ret_taken)
{
	for (size_t k = 0; k < ask->service->kinds.n; k++) {
		*ret_taken = (struct slot_claim){ 0, 0 };
		if (!pick_room(c, ask, ask->service->kinds.v[k], anyway, p, ret_taken))
			return false;
	}
	return true;
}

static void
pick_doctor(const struct doctor *d, struct slot_pick *p)
{
	p->doctor = d;
	p->claims[0] = (struct slot_claim){ d->id, 0 };
	p->count = 1;
}

/* Of those who are free at that bit: the fewest cells taken that day. */
static const struct doctor *
fairest(const struct calendar *c, const struct slot_ask *ask, const struct slot_map *m, int64_t bit,
    int64_t start_ms)
{
	const struct doctor *best = NULL;
	int64_t least = INT64_MAX, from, to;

	slot_day_cells(c->schedule, ask->branch, day_of_ms(ask->branch->hours.zone, start_ms), &from, &to);
	for (size_t i = 0; i < m->count; i++) {
		const struct taken *t = &c->doctors[m->doctors[i] - c->schedule->clinic->doctors];
		int64_t n = t->busy.words == 0 ? 0 : cells_count(t->busy, from, to);

		if (cells_at(m->free[i], bit) && n < least) {
			least = n;
			best = m->doctors[i];
		}
	}
	return best;
}

/* ---- why not ---- */

/* Is there a room of each kind at all? */
static bool
has_rooms(const struct calendar *c, const struct slot_ask *ask)
{
	struct slot_pick p = { 0 };
	struct slot_claim taken;

	return pick_rooms(c, ask, true, &p, &taken);
}

/* What is the same for every doctor. */
static enum slot_why
why_of_time(const struct calendar *c, const struct slot_ask *ask, const struct slot_pick *p)
{
	const struct schedule *s = c->schedule;
	const struct plan *plan = schedule_plan(s, ask->branch);
	int64_t from = schedule_cell(s, p->begins), to = schedule_cell(s, p->finishes);

	if (p->begins < ask->now)
		return SLOT_PAST;
	if (p->begins >= slot_latest_ms(ask))
		return SLOT_HORIZON;
	if (p->begins % CELL_MS != 0 || !cells_at(plan->grid, from))
		return SLOT_OFF_GRID;
	if (p->begins < slot_earliest_ms(ask))
		return SLOT_NOTICE;
	if (cells_count(plan->closed, from, to) > 0)
		return SLOT_CLOSED;
	return cells_all(plan->hours, from, to) ? SLOT_FREE : SLOT_HOURS;
}

/* Off duty with work before and after on the same day is a break. */
static enum slot_why
why_off_duty(const struct calendar *c, const struct slot_ask *ask, const struct duty *duty,
    const struct slot_pick *p)
{
	const struct schedule *s = c->schedule;
	int64_t from, to;

	slot_day_cells(s, ask->branch, day_of_ms(ask->branch->hours.zone, p->begins), &from, &to);
	return cells_count(duty->work, from, schedule_cell(s, p->begins)) > 0
		&& cells_count(duty->work, schedule_cell(s, p->finishes), to) > 0
	    ? SLOT_BREAK
	    : SLOT_OFF_DUTY;
}

static enum slot_why
why_of_doctor(const struct calendar *c, const struct slot_ask *ask, const struct doctor *d,
    struct slot_pick *p,
    struct slot_claim *ret_taken)
{
	const struct schedule *s = c->schedule;
	const struct duty *duty = schedule_duty(s, d, ask->branch);
	int64_t from = schedule_cell(s, p->begins), to = schedule_cell(s, p->finishes), first, last;

	*ret_taken = (struct slot_claim){ 0, 0 };
	if (duty == NULL)
		return SLOT_OFF_DUTY;
	if (cells_count(duty->away, from, to) > 0)
		return SLOT_AWAY;
	if (!cells_all(duty->work, from, to))
		return why_off_duty(c, ask, duty, p);
	slot_day_cells(s, ask->branch, day_of_ms(ask->branch->hours.zone, p->begins), &first, &last);
	if (slot_day_is_full(c, d, first, last))
		return SLOT_FULL;
	if (!is_free(s, slot_taken_of(c, d), p)) {
		*ret_taken = (struct slot_claim){ d->id, 0 };
		return SLOT_DOCTOR_TAKEN;
	}
	pick_doctor(d, p);
	return pick_rooms(c, ask, false, p, ret_taken) ? SLOT_FREE : SLOT_ROOM_TAKEN;
}

static const struct closure *
closure_of(const struct clinic *c, const struct branch *b, int64_t ms)
{
	for (size_t i = 0; i < c->closure_count; i++)
		if (c->closures[i].day == day_of_ms(b->hours.zone, ms)
		    && (strcmp(c->closures[i].branch, "*") == 0
			|| strcmp(c->closures[i].branch, b->slug) == 0))
			return &c->closures[i];
	return NULL;
}

static void
explain(const struct calendar *cal, const struct slot_ask *ask, struct slot_pick *p,
    struct slot_reason *r)
{
	const struct clinic *c = cal->schedule->clinic;
	struct slot_claim taken;

	*r = (struct slot_reason){ .why = why_of_time(cal, ask, p) };
	if (r->why == SLOT_CLOSED)
		r->closure = closure_of(c, ask->branch, p->begins);
	if (r->why == SLOT_FREE && !has_rooms(cal, ask))
		r->why = SLOT_NO_ROOM;
	if (r->why != SLOT_FREE)
		return;
	r->why = SLOT_NO_DOCTOR;
	for (size_t i = 0; i < c->doctor_count; i++) {
		enum slot_why why;

		if (!slot_gives(&c->doctors[i], ask))
			continue;
		why = why_of_doctor(cal, ask, &c->doctors[i], p, &taken);
		if (r->doctor == NULL || why > r->why)
			*r = (struct slot_reason){ why, &c->doctors[i], NULL, taken.resource,
				taken.unit };
	}
}

enum slot_why
slot_check(struct arena *a, const struct calendar *c, const struct slot_ask *ask, int64_t start_ms,
    struct slot_pick *p, struct slot_reason *r)
{
	struct slot_claim taken;
	struct slot_map m;
	int64_t bit;

	*p = (struct slot_pick){ 0 };
	fill_times(ask, start_ms, p);
	slot_map(a, c, ask, start_ms, start_ms + 1, &m);
	bit = schedule_cell(c->schedule, start_ms) - m.first;
	if (start_ms % CELL_MS != 0 || !cells_at(m.any, bit)) {
		explain(c, ask, p, r);
		return r->why;
	}
	*r = (struct slot_reason){ .why = SLOT_FREE };
	pick_doctor(fairest(c, ask, &m, bit, start_ms), p);
	BUG_UNLESS(pick_rooms(c, ask, false, p, &taken));
	return SLOT_FREE;
}

/* Do the maps reach so far? */
static bool
is_known(const struct schedule *s, const struct slot_pick *p)
{
	return schedule_cell(s, p->starts) >= 0
	    && schedule_cell(s, p->ends) <= (int64_t)s->words * 64;
}

bool
slot_pick_anyway(const struct calendar *c, const struct slot_ask *ask, int64_t start_ms,
    bool overlap, struct slot_pick *p)
{
	const struct clinic *clinic = c->schedule->clinic;
	struct slot_claim taken;

	*p = (struct slot_pick){ 0 };
	fill_times(ask, start_ms, p);
	p->starts = cell_of_ms(p->starts) * CELL_MS;
	p->ends = cell_of_ms(p->ends + CELL_MS - 1) * CELL_MS;
	if (!overlap && !is_known(c->schedule, p)) /* nothing is known of it: not free */
		return false;
	/* Who is free and works here, then who is free, then whoever gives the service. */
	for (int effort = 0; effort < (overlap ? 3 : 2) && p->count == 0; effort++)
		for (size_t i = 0; i < clinic->doctor_count && p->count == 0; i++) {
			const struct doctor *d = &clinic->doctors[i];

			if (slot_gives(d, ask)
			    && (effort > 1 || is_free(c->schedule, &c->doctors[i], p))
			    && (effort > 0 || schedule_duty(c->schedule, d, ask->branch) != NULL))
				pick_doctor(d, p);
		}
	return p->count > 0 && pick_rooms(c, ask, overlap, p, &taken);
}

bool
slot_choose_room(const struct calendar *c, const struct room *room, struct slot_pick *p)
{
	const struct clinic *clinic = c->schedule->clinic;

	for (size_t k = 1; k < p->count; k++)
		for (size_t i = 0; i < clinic->room_count; i++) {
			if (clinic->rooms[i].id != p->claims[k].resource
			    || strcmp(clinic->rooms[i].kind, room->kind) != 0)
				continue;
			for (int u = 0; u < room->capacity; u++)
				if (is_free(c->schedule, &c->rooms[room - clinic->rooms][u], p)) {
					p->claims[k] = (struct slot_claim){ room->id, u };
					return true;
				}
		}
	return false;
}
