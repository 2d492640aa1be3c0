/* SPDX-License-Identifier: MIT */
/* calendar.c - the taken times of a snapshot, kept from one transaction to the next. */
#include <stdlib.h>
#include <string.h>

#include "book/calendar.h"
#include "queries.h"

#define AHEAD_DAYS 3 /* a calendar serves so long before it is made anew */
#define CATCH_UP_MAX 2000 /* changes; who is further behind reads everything */

static void
calendar_free(void *p)
{
	struct calendar *c = p;

	schedule_free(c->schedule);
	free(c);
}

static int
horizon_days(const struct clinic *c)
{
	int most = 1;

	for (size_t i = 0; i < c->branch_count; i++)
		if (c->branches[i].settings.horizon_days > most)
			most = c->branches[i].settings.horizon_days;
	return most;
}

static struct cells
map_new(const struct schedule *s)
{
	return (struct cells){ ARENA_ARRAY(s->arena, uint64_t, s->words), s->words };
}

static struct taken *
taken_of(struct calendar *c, int64_t resource, int64_t unit)
{
	const struct clinic *clinic = c->schedule->clinic;

	for (size_t i = 0; i < clinic->doctor_count; i++)
		if (clinic->doctors[i].id == resource)
			return unit == 0 ? &c->doctors[i] : NULL;
	for (size_t i = 0; i < clinic->room_count; i++)
		if (clinic->rooms[i].id == resource)
			return unit < clinic->rooms[i].capacity ? &c->rooms[i][unit] : NULL;
	return NULL;
}

/* Reads a stretch of one resource anew, leaving out one booking's claims. */
static int
reread(struct tx *tx, struct calendar *c, struct taken *t, int64_t from_ms, int64_t to_ms,
    int64_t without)
{
	const struct schedule *s = c->schedule;
	int64_t from = schedule_cell(s, from_ms), to = schedule_cell(s, to_ms);
	struct q_claim_in_out row;
	int rc = q_claim_in(
	    tx->db, .resource = t->resource, .unit = t->unit, .from_ms = from_ms, .to_ms = to_ms);

	if (t->busy.words > 0) {
		cells_clear(t->busy, from, to);
		cells_clear(t->begins, from, to);
	}
	while (rc >= 0 && (rc = q_claim_in_next(tx->db, &row)) == 1) {
		int64_t begins = schedule_cell(s, row.begins);

		if (row.n == without)
			continue;
		if (t->busy.words == 0) {
			t->busy = map_new(s);
			t->begins = map_new(s);
		}
		cells_set(t->busy, schedule_cell(s, row.starts), schedule_cell(s, row.ends));
		cells_set(t->begins, begins, begins + 1);
	}
	return rc;
}

static int
read_all(struct tx *tx, struct calendar *c)
{
	const struct clinic *clinic = c->schedule->clinic;
	int64_t from = schedule_ms(c->schedule, 0);
	int64_t to = schedule_ms(c->schedule, (int64_t)c->schedule->words * 64);
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < clinic->doctor_count; i++)
		rc = reread(tx, c, &c->doctors[i], from, to, 0);
	for (size_t i = 0; rc >= 0 && i < clinic->room_count; i++)
		for (int u = 0; rc >= 0 && u < clinic->rooms[i].capacity; u++)
			rc = reread(tx, c, &c->rooms[i][u], from, to, 0);
	return rc;
}

static struct calendar *
calendar_new(const struct clinic *clinic, int64_t now)
{
	struct calendar *c = calloc(1, sizeof(*c));
	struct schedule *s;

	BUG_UNLESS(c != NULL);
	c->serial = clinic->serial;
	c->until_ms = now + AHEAD_DAYS * DAY_MS;
	s = c->schedule = schedule_new(
	    clinic, now - DAY_MS, c->until_ms + (horizon_days(clinic) + 1) * DAY_MS);
	c->doctors = ARENA_ARRAY(s->arena, struct taken, clinic->doctor_count + 1);
	c->rooms = ARENA_ARRAY(s->arena, struct taken *, clinic->room_count + 1);
	for (size_t i = 0; i < clinic->doctor_count; i++)
		c->doctors[i].resource = clinic->doctors[i].id;
	for (size_t i = 0; i < clinic->room_count; i++) {
		int units = clinic->rooms[i].capacity;

		c->rooms[i] = ARENA_ARRAY(s->arena, struct taken, (size_t)units);
		for (int u = 0; u < units; u++)
			c->rooms[i][u] = (struct taken){ .resource = clinic->rooms[i].id, .unit = u };
	}
	return c;
}

static int
make(struct tx *tx, const struct clinic *clinic, int64_t last, struct calendar **ret_calendar)
{
	struct calendar *c = calendar_new(clinic, tx->now);
	int rc;

	c->seen = last;
	c->generation = db_generation(tx->db);
	rc = read_all(tx, c);
	if (rc < 0) {
		calendar_free(c);
		c = NULL;
	}
	db_keep(tx->db, c, calendar_free);
	*ret_calendar = c;
	return rc;
}

/* The rows that came since, each with the stretch to be read anew. */
static int
catch_up(struct tx *tx, struct calendar *c)
{
	struct q_claim_change_since_out *rows = NULL, row;
	size_t count = 0, room = 0;
	int rc = q_claim_change_since(tx->db, .seq = c->seen);

	while (rc >= 0 && (rc = q_claim_change_since_next(tx->db, &row)) == 1) {
		if (count == room) {
			room = room == 0 ? 64 : 2 * room;
			rows = realloc(rows, room * sizeof(*rows));
			BUG_UNLESS(rows != NULL);
		}
		rows[count++] = row;
	}
	for (size_t i = 0; rc >= 0 && i < count; i++) {
		struct taken *t = taken_of(c, rows[i].resource, rows[i].unit);

		if (t != NULL)
			rc = reread(tx, c, t, rows[i].starts, rows[i].ends, 0);
		c->seen = rows[i].seq;
	}
	free(rows);
	return rc;
}

/* Puts back what was left out for one booking, and leaves out another's. */
static int
leave_out(struct tx *tx, struct calendar *c, int64_t without)
{
	struct q_claim_of_out row;
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < c->lifted_count; i++)
		rc = reread(tx, c, c->lifted[i].taken, c->lifted[i].starts, c->lifted[i].ends, 0);
	c->lifted_count = 0;
	c->without = without;
	if (rc < 0 || without == 0)
		return rc;
	rc = q_claim_of(tx->db, .n = without);
	while (rc >= 0 && (rc = q_claim_of_next(tx->db, &row)) == 1) {
		struct taken *t = taken_of(c, row.resource, row.unit);

		if (t != NULL && c->lifted_count < ARRAY_LEN(c->lifted))
			c->lifted[c->lifted_count++] = (struct stretch){ t, row.starts, row.ends };
	}
	for (size_t i = 0; rc >= 0 && i < c->lifted_count; i++)
		rc = reread(tx, c, c->lifted[i].taken, c->lifted[i].starts, c->lifted[i].ends, without);
	return rc;
}

/* A change that was purged before it was seen, a clinic of other hours, a batch
 * that was rolled back, a day further on than the maps reach. */
static bool
is_stale(const struct calendar *c, const struct tx *tx, const struct clinic *clinic,
    const struct q_claim_change_bounds_out *b)
{
	return c == NULL || c->serial != clinic->serial || c->generation != db_generation(tx->db)
	    || tx->now >= c->until_ms || tx->now < schedule_ms(c->schedule, CELLS_PER_DAY)
	    || (!b->first_null && b->first > c->seen + 1)
	    || (!b->last_null && b->last > c->seen + CATCH_UP_MAX);
}

int
calendar_sync(struct tx *tx, const struct clinic *clinic, int64_t without,
    struct calendar **ret_calendar)
{
	struct calendar *c = db_kept(tx->db);
	struct q_claim_change_bounds_out bounds = { 0 };
	int rc = q_claim_change_bounds(tx->db, &bounds);

	*ret_calendar = c;
	if (rc < 0)
		return rc;
	if (is_stale(c, tx, clinic, &bounds))
		rc = make(tx, clinic, bounds.last_null ? 0 : bounds.last, &c);
	else if (!bounds.last_null && bounds.last > c->seen)
		rc = catch_up(tx, c);
	if (rc >= 0 && (without != 0 || c->without != 0))
		rc = leave_out(tx, c, without);
	if (rc < 0 && c != NULL)
		db_keep(tx->db, NULL, NULL); /* half read: of no use to the next */
	*ret_calendar = c;
	return rc < 0 ? rc : 0;
}
