/* SPDX-License-Identifier: MIT */
/* slot_near.c - other times, near to one that is not to be had. */
#include <stdlib.h>
#include <string.h>

#include "book/slot_inside.h"

#define NEAR_DAYS 14 /* they are looked for so far on either side */

/* The set bit nearest to one; of two as near the later. -1: none. */
static int64_t
nearest(struct cells c, int64_t bit)
{
	int64_t later = cells_next(c, bit), end = (int64_t)(c.words * 64);
	int64_t earlier = (bit < end ? bit : end) - 1; /* a year 9999 is far behind the map */

	while (earlier >= 0 && !cells_at(c, earlier)
	    && (later < 0 || bit - earlier < later - bit))
		earlier--;
	if (earlier >= 0 && cells_at(c, earlier) && (later < 0 || bit - earlier < later - bit))
		return earlier;
	return later;
}

struct offers {
	const struct calendar *calendar;
	const struct slot_ask *ask;
	const struct slot_map *map;
	struct slot_offer *v;
	size_t n;
};

/* That bit with a doctor who is free then: the one asked for before others. */
static void
offer(struct offers *o, int64_t bit, const struct doctor *wanted)
{
	int64_t ms = slot_map_ms(o->calendar, o->map, bit);
	const struct doctor *d = NULL;

	for (size_t i = 0; i < o->map->count; i++)
		if (cells_at(o->map->free[i], bit) && (d == NULL || o->map->doctors[i] == wanted))
			d = o->map->doctors[i];
	for (size_t i = 0; i < o->n; i++)
		if (o->v[i].start_ms == ms)
			d = NULL;
	if (d != NULL && o->n < SLOT_OFFERS)
		o->v[o->n++] = (struct slot_offer){ ms, ms + o->ask->service->minutes * MINUTE_MS, d };
}

static struct cells
copy_between(struct arena *a, struct cells c, int64_t from, int64_t to)
{
	struct cells copy = { ARENA_ARRAY(a, uint64_t, c.words), c.words };

	memcpy(copy.bits, c.bits, c.words * sizeof(*c.bits));
	cells_clear(copy, 0, from);
	cells_clear(copy, to, (int64_t)c.words * 64);
	return copy;
}

static void
offer_nearest(struct offers *o, struct cells c, int64_t bit, const struct doctor *wanted)
{
	int64_t found = nearest(c, bit);

	if (found >= 0)
		offer(o, found, wanted);
}

static int
by_start(const void *a, const void *b)
{
	const struct slot_offer *x = a, *y = b;

	return x->start_ms < y->start_ms ? -1 : x->start_ms > y->start_ms;
}

size_t
slot_alternatives(struct arena *a, const struct calendar *c, const struct slot_ask *ask,
    int64_t start_ms, struct slot_offer offers[SLOT_OFFERS])
{
	const struct zone *z = ask->branch->hours.zone;
	struct slot_ask anybody = *ask;
	struct slot_map m;
	struct offers o = { c, ask, &m, offers, 0 };
	int64_t bit, from, to;

	anybody.doctor = NULL;
	slot_map(a, c, &anybody, start_ms - NEAR_DAYS * DAY_MS, start_ms + NEAR_DAYS * DAY_MS, &m);
	bit = schedule_cell(c->schedule, start_ms) - m.first;
	for (size_t i = 0; i < m.count; i++)
		if (m.doctors[i] == ask->doctor)
			offer_nearest(&o, m.free[i], bit, ask->doctor);
	if (cells_at(m.any, bit))
		offer(&o, bit, NULL);
	slot_day_cells(c->schedule, ask->branch, day_of_ms(z, start_ms) + 1, &from, &to);
	offer_nearest(&o, copy_between(a, m.any, from - m.first, to - m.first), bit + CELLS_PER_DAY,
	    ask->doctor);
	/* What is left, nearest first: each one offered is taken out and looked past. */
	for (struct cells rest = copy_between(a, m.any, 0, (int64_t)m.any.words * 64);
	     o.n < SLOT_OFFERS;) {
		int64_t found = nearest(rest, bit);

		if (found < 0)
			break;
		cells_clear(rest, found, found + 1);
		offer(&o, found, ask->doctor);
	}
	qsort(offers, o.n, sizeof(*offers), by_start);
	return o.n;
}
