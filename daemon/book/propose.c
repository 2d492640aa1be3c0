/* SPDX-License-Identifier: MIT */
/* propose.c - where an appointment could go instead. */
#include <stdlib.h>

#include "book/appointment.h"
#include "book/propose.h"
#include "queries.h"

#define LOOK_DAYS 60

const char *const proposal_names[PROPOSALS] = { "same-time", "same-day", "preferred" };

struct making {
	struct tx *tx;
	const struct calendar *calendar;
	struct slot_ask ask; /* anybody */
	const struct doctor *has;
	int64_t starts_at;
	int64_t days, parts; /* preferred, as bits; 0: any */
	struct proposal_set *set;
};

static void
add(struct making *m, enum proposal_kind kind, int64_t start_ms, const struct doctor *d)
{
	struct proposal_set *s = m->set;

	for (size_t i = 0; i < s->count; i++)
		if (s->v[i].offer.start_ms == start_ms && s->v[i].offer.doctor == d)
			return;
	s->v[s->count++] = (struct proposal){ kind,
		{ start_ms, start_ms + m->ask.service->minutes * MINUTE_MS, d } };
}

/* Of those free at a bit: the doctor the patient has, else the first. */
static const struct doctor *
who(const struct making *m, const struct slot_map *map, int64_t bit)
{
	const struct doctor *d = NULL;

	for (size_t i = 0; i < map->count; i++)
		if (cells_at(map->free[i], bit) && (d == NULL || map->doctors[i] == m->has))
			d = map->doctors[i];
	return d;
}

static void
propose_same_day(struct making *m)
{
	const struct zone *z = m->ask.branch->hours.zone;
	int32_t day = day_of_ms(z, m->starts_at);
	int64_t from = day_start_ms(z, day), best = -1, bit;
	struct slot_map map;

	slot_map(m->tx->arena, m->calendar, &m->ask, from, day_start_ms(z, day + 1), &map);
	bit = schedule_cell(m->calendar->schedule, m->starts_at) - map.first;
	if (cells_at(map.any, bit))
		add(m, PROPOSE_SAME_TIME, m->starts_at, who(m, &map, bit));
	for (int64_t b = cells_next(map.any, 0); b >= 0; b = cells_next(map.any, b + 1))
		if (b != bit && (best < 0 || llabs(b - bit) < llabs(best - bit)))
			best = b;
	if (best >= 0)
		add(m, PROPOSE_SAME_DAY, slot_map_ms(m->calendar, &map, best), who(m, &map, best));
}

/* Does a time lie in the days and parts of the day that were wished for? */
static bool
suits(const struct making *m, int64_t ms)
{
	const struct zone *z = m->ask.branch->hours.zone;
	struct civil c = civil_from_ms(z, ms);
	int part = c.hour < 12 ? 0 : c.hour < 17 ? 1 : 2;
	bool day = m->days == 0 || (m->days >> 7 & 1) != 0
	    || (m->days >> (day_weekday(day_of_ms(z, ms)) - 1) & 1) != 0;

	return day && (m->parts == 0 || (m->parts >> 3 & 1) != 0 || (m->parts >> part & 1) != 0);
}

/* The doctor's own next time within the wishes; anybody's when there is none. */
static void
propose_preferred(struct making *m)
{
	const struct doctor *const asked[] = { m->has, NULL };
	struct slot_map map;

	for (size_t i = m->has == NULL ? 1 : 0; i < ARRAY_LEN(asked); i++) {
		struct slot_ask ask = m->ask;

		ask.doctor = asked[i];
		slot_map(m->tx->arena, m->calendar, &ask, m->tx->now,
		    m->starts_at + LOOK_DAYS * DAY_MS, &map);
		for (int64_t b = cells_next(map.any, 0); b >= 0; b = cells_next(map.any, b + 1)) {
			int64_t ms = slot_map_ms(m->calendar, &map, b);

			if (ms <= m->starts_at || !suits(m, ms))
				continue;
			add(m, PROPOSE_PREFERRED, ms, who(m, &map, b));
			return;
		}
	}
}

int
propose_for(struct tx *tx, const struct call *c, int64_t n, struct proposal_set *set)
{
	struct making m = { .tx = tx, .set = set };
	struct q_booking_row_out row;
	struct appointment has;
	struct calendar *cal;
	int rc = q_booking_row(tx->db, &row, .n = n);

	*set = (struct proposal_set){ 0 };
	if (rc == 1)
		rc = appointment_load(tx, n, &has);
	if (rc <= 0 || !has.held)
		return rc;
	m.ask = (struct slot_ask){ clinic_branch_by_id(c->clinic, row.branch),
		clinic_service(c->clinic, row.service), NULL, tx->now };
	if (m.ask.branch == NULL || m.ask.service == NULL)
		return 0;
	rc = appointment_calendar(tx, c->clinic, n, &cal);
	if (rc < 0)
		return rc;
	set->zone = m.ask.branch->hours.zone;
	m.calendar = cal;
	m.has = clinic_doctor_by_id(c->clinic, has.doctor);
	m.starts_at = has.starts_at;
	m.days = row.preferred_days;
	m.parts = row.preferred_parts;
	propose_same_day(&m);
	propose_preferred(&m);
	return 0;
}

int
booking_propose(struct tx *tx, struct call *c)
{
	const struct propose_cmd *cmd = c->cmd;
	struct propose_res *res = c->res;
	int64_t n;
	int rc = call_check(c);

	res->sets = ARENA_ARRAY(tx->arena, struct proposal_set, cmd->references.n + 1);
	res->count = cmd->references.n < PROPOSE_MAX ? cmd->references.n : PROPOSE_MAX;
	for (size_t i = 0; rc >= 0 && i < res->count; i++) {
		rc = booking_by_reference(tx, c, cmd->references.v[i], &n);
		if (rc == E_NOT_FOUND)
			rc = 0;
		else if (rc >= 0)
			rc = propose_for(tx, c, n, &res->sets[i]);
	}
	return rc < 0 ? rc : 0;
}

void
proposals_json(struct obuf *o, const struct proposal_set *s)
{
	char text[40];

	obuf_json_open(o, '[');
	for (size_t i = 0; i < s->count; i++) {
		const struct slot_offer *x = &s->v[i].offer;

		obuf_json_open(o, '{');
		obuf_json_kstr(o, "kind", proposal_names[s->v[i].kind]);
		obuf_json_kstr(o, "start", rfc3339_local(s->zone, x->start_ms, text));
		obuf_json_kstr(o, "end", rfc3339_local(s->zone, x->end_ms, text));
		obuf_json_kstr(o, "doctor", x->doctor->slug);
		obuf_json_close(o, '}');
	}
	obuf_json_close(o, ']');
}
