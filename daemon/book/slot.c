/* SPDX-License-Identifier: MIT */
/* slot.c - free starts: maps folded to the length of a visit and laid over each other. */
#include <string.h>

#include "book/slot_inside.h"

static const struct {
	const char *word;
	bool taken;
	enum message message;
} whys[] = {
#define WHY(name, word, taken, message) [name] = { word, taken, message },
#include "book/slot.def"
#undef WHY
};

const char *
slot_why_word(enum slot_why w)
{
	return w == SLOT_FREE ? "free" : whys[w].word;
}

bool
slot_why_taken(enum slot_why w)
{
	return w != SLOT_FREE && whys[w].taken;
}

enum message
slot_why_message(enum slot_why w)
{
	BUG_UNLESS(w != SLOT_FREE);
	return whys[w].message;
}

/* ---- the pieces of a map ---- */

/* A stretch of the schedule's maps, with room at its ends for visits and buffers. */
struct view {
	struct arena *arena;
	const struct calendar *calendar;
	const struct slot_ask *ask;
	size_t skip, words; /* of the schedule's */
	int len, before, all; /* of a visit, in cells */
};

static struct cells
part_of(const struct view *v, struct cells whole)
{
	struct cells c = { ARENA_ARRAY(v->arena, uint64_t, v->words), v->words };

	memcpy(c.bits, whole.bits + v->skip, v->words * sizeof(*c.bits));
	return c;
}

/* Starts for which nothing of it is taken, buffers included. */
static struct cells
free_starts(const struct view *v, const struct taken *t)
{
	struct cells c = { ARENA_ARRAY(v->arena, uint64_t, v->words), v->words };

	for (size_t w = 0; w < v->words; w++)
		c.bits[w] = t->busy.words == 0 ? ~(uint64_t)0 : ~t->busy.bits[v->skip + w];
	if (t->busy.words > 0) {
		cells_fold(c, v->all);
		cells_shift(c, v->before);
	}
	return c;
}

static const struct clinic *
clinic_of(const struct view *v)
{
	return v->calendar->schedule->clinic;
}

/* Starts for which a room of each kind is free. */
static struct cells
room_starts(const struct view *v)
{
	const struct clinic *c = clinic_of(v);
	const struct strlist *kinds = &v->ask->service->kinds;
	size_t branch = (size_t)(v->ask->branch - c->branches);
	struct cells all = { ARENA_ARRAY(v->arena, uint64_t, v->words), v->words };

	memset(all.bits, 0xff, v->words * sizeof(*all.bits));
	for (size_t k = 0; k < kinds->n; k++) {
		struct cells any = { ARENA_ARRAY(v->arena, uint64_t, v->words), v->words };

		for (size_t i = 0; i < c->room_count; i++)
			for (int u = 0; u < c->rooms[i].capacity; u++)
				if (c->rooms[i].branch == branch
				    && strcmp(c->rooms[i].kind, kinds->v[k]) == 0)
					cells_or(any, free_starts(v, &v->calendar->rooms[i][u]));
		cells_and(all, any);
	}
	return all;
}

const struct taken *
slot_taken_of(const struct calendar *c, const struct doctor *d)
{
	return &c->doctors[d - c->schedule->clinic->doctors];
}

/* The cells, of the schedule, of a local day. */
void
slot_day_cells(const struct schedule *s, const struct branch *b, int32_t day, int64_t *ret_from,
    int64_t *ret_to)
{
	*ret_from = schedule_cell(s, day_start_ms(b->hours.zone, day));
	*ret_to = schedule_cell(s, day_start_ms(b->hours.zone, day + 1));
}

bool
slot_day_is_full(const struct calendar *c, const struct doctor *d, int64_t from, int64_t to)
{
	const struct taken *t = slot_taken_of(c, d);

	return d->daily_max > 0 && t->busy.words > 0
	    && cells_count(t->begins, from, to) >= d->daily_max;
}

/* Whoever has seen enough patients on a day is not offered for it. */
static void
clear_full_days(const struct view *v, const struct doctor *d, struct cells starts, int64_t from_ms,
    int64_t to_ms)
{
	const struct zone *z = v->ask->branch->hours.zone;
	int64_t from, to;

	if (d->daily_max == 0 || slot_taken_of(v->calendar, d)->busy.words == 0)
		return;
	for (int32_t day = day_of_ms(z, from_ms); day <= day_of_ms(z, to_ms); day++) {
		slot_day_cells(v->calendar->schedule, v->ask->branch, day, &from, &to);
		if (slot_day_is_full(v->calendar, d, from, to))
			cells_clear(starts, from - (int64_t)v->skip * 64, to - (int64_t)v->skip * 64);
	}
}

bool
slot_gives(const struct doctor *d, const struct slot_ask *ask)
{
	return d->active && (ask->doctor == NULL || ask->doctor == d)
	    && strlist_has(&d->services, ask->service->slug);
}

/* Notice and horizon: the stretch in which anything may begin. */
int64_t
slot_earliest_ms(const struct slot_ask *ask)
{
	return ask->now + ask->branch->settings.min_notice_minutes * MINUTE_MS;
}

int64_t
slot_latest_ms(const struct slot_ask *ask)
{
	const struct zone *z = ask->branch->hours.zone;

	return day_start_ms(z, day_of_ms(z, ask->now) + ask->branch->settings.horizon_days + 1);
}

/* The first cell that begins at an instant or later. */
static int64_t
cell_from(const struct schedule *s, int64_t ms)
{
	return schedule_cell(s, ms + CELL_MS - 1);
}

static struct view
view_of(struct arena *a, const struct calendar *c, const struct slot_ask *ask, int64_t from_ms,
    int64_t to_ms)
{
	const struct schedule *s = c->schedule;
	int64_t limit = (int64_t)s->words * 64;
	int64_t from = schedule_cell(s, from_ms) - CLAIM_CELLS_MAX;
	int64_t to = schedule_cell(s, to_ms) + 2 * CLAIM_CELLS_MAX;
	struct view v = { .arena = a, .calendar = c, .ask = ask };

	from = from < 0 ? 0 : from > limit ? limit : from;
	to = to < from ? from : to > limit ? limit : to;
	v.skip = (size_t)from / 64;
	v.words = ((size_t)to + 63) / 64 - v.skip;
	v.len = ask->service->minutes / CELL_MIN;
	v.before = ask->service->buffer_before / CELL_MIN;
	v.all = v.len + v.before + ask->service->buffer_after / CELL_MIN;
	return v;
}

void
slot_map(struct arena *a, const struct calendar *c, const struct slot_ask *ask, int64_t from_ms,
    int64_t to_ms, struct slot_map *m)
{
	const struct schedule *s = c->schedule;
	int64_t low = slot_earliest_ms(ask) > from_ms ? slot_earliest_ms(ask) : from_ms;
	int64_t high = slot_latest_ms(ask) < to_ms ? slot_latest_ms(ask) : to_ms;
	struct view v = view_of(a, c, ask, from_ms, to_ms);
	int64_t skip = (int64_t)v.skip * 64;
	struct cells frame = room_starts(&v);

	cells_and(frame, part_of(&v, schedule_plan(s, ask->branch)->grid));
	cells_clear(frame, 0, cell_from(s, low) - skip);
	cells_clear(frame, cell_from(s, high) - skip, (int64_t)v.words * 64);
	*m = (struct slot_map){ .first = skip,
		.any = { ARENA_ARRAY(a, uint64_t, v.words), v.words },
		.doctors = ARENA_ARRAY(a, const struct doctor *, s->clinic->doctor_count + 1),
		.free = ARENA_ARRAY(a, struct cells, s->clinic->doctor_count + 1) };
	for (size_t i = 0; i < s->clinic->doctor_count; i++) {
		const struct doctor *d = &s->clinic->doctors[i];
		const struct duty *duty = schedule_duty(s, d, ask->branch);
		struct cells starts;

		if (!slot_gives(d, ask) || duty == NULL)
			continue;
		starts = part_of(&v, duty->open);
		cells_fold(starts, v.len);
		cells_and(starts, frame);
		cells_and(starts, free_starts(&v, slot_taken_of(c, d)));
		clear_full_days(&v, d, starts, low, high);
		cells_or(m->any, starts);
		m->doctors[m->count] = d;
		m->free[m->count++] = starts;
	}
}

int64_t
slot_map_ms(const struct calendar *c, const struct slot_map *m, int64_t bit)
{
	return schedule_ms(c->schedule, m->first + bit);
}

unsigned
slot_against(const struct schedule *s, const struct branch *b, const struct doctor *d,
    int64_t begins, int64_t finishes)
{
	const struct plan *plan = schedule_plan(s, b);
	const struct duty *duty = d == NULL || !d->active ? NULL : schedule_duty(s, d, b);
	int64_t from = schedule_cell(s, begins), to = schedule_cell(s, finishes);
	unsigned bits = 0;

	if (cells_count(plan->closed, from, to) > 0)
		bits |= SLOT_BIT(SLOT_CLOSED);
	if (!cells_all(plan->hours, from, to))
		bits |= SLOT_BIT(SLOT_HOURS);
	if (duty == NULL)
		return bits | SLOT_BIT(SLOT_NO_DOCTOR);
	if (cells_count(duty->away, from, to) > 0)
		bits |= SLOT_BIT(SLOT_AWAY);
	if (!cells_all(duty->work, from, to))
		bits |= SLOT_BIT(SLOT_OFF_DUTY);
	return bits;
}

enum slot_why
slot_against_first(unsigned bits)
{
	static const enum slot_why order[]
	    = { SLOT_NO_ROOM, SLOT_CLOSED, SLOT_HOURS, SLOT_NO_DOCTOR, SLOT_AWAY, SLOT_OFF_DUTY };

	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		if (bits & SLOT_BIT(order[i]))
			return order[i];
	return SLOT_FREE;
}
