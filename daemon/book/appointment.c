/* SPDX-License-Identifier: MIT */
/* appointment.c - taking time and giving it back. */
#include "book/appointment.h"
#include "queries.h"

int
appointment_load(struct tx *tx, int64_t n, struct appointment *ret)
{
	struct q_appointment_row_out row;
	int rc = q_appointment_row(tx->db, &row, .n = n);

	*ret = (struct appointment){ 0 };
	if (rc <= 0)
		return rc;
	*ret = (struct appointment){ row.starts_at, row.ends_at, row.taken_at_null ? 0 : row.taken_at,
		row.hold_ends_at_null ? 0 : row.hold_ends_at, row.stranded_at_null ? 0 : row.stranded_at,
		row.doctor_null ? 0 : row.doctor, row.doctor_slug, row.room_slug, row.promised,
		row.sequence, row.held };
	return 1;
}

/* "2026-11-26T18:30 Asia/Singapore": what was promised, whatever the zone's rules
 * become. */
static const char *
promise(struct arena *a, const struct zone *z, int64_t ms)
{
	char text[40];

	return arena_printf(a, "%.16s %s", rfc3339_local(z, ms, text), zone_name(z));
}

int
appointment_take(struct tx *tx, int64_t n, const struct slot_pick *p, const struct zone *z,
    const struct appointment_terms *t)
{
	int rc = q_claim_delete(tx->db, .n = n);

	for (size_t i = 0; rc >= 0 && i < p->count; i++)
		rc = q_claim_insert(tx->db, .resource = p->claims[i].resource,
		    .unit = p->claims[i].unit, .starts = p->starts, .ends = p->ends, .n = n,
		    .begins = p->begins, .override = t->override);
	if (rc >= 0)
		rc = q_appointment_put(tx->db, .n = n, .starts_at = p->begins,
		    .ends_at = p->finishes, .promised = promise(tx->arena, z, p->begins),
		    .doctor = p->doctor->id, .held = true, .taken_at = t->taken_at,
		    .taken_at_null = t->taken_at == 0, .hold_ends_at = t->hold_ends_at,
		    .hold_ends_at_null = t->hold_ends_at == 0);
	return rc;
}

int
appointment_wish(struct tx *tx, int64_t n, const struct slot_ask *ask, int64_t start_ms)
{
	return q_appointment_put(tx->db, .n = n, .starts_at = start_ms,
	    .ends_at = start_ms + ask->service->minutes * MINUTE_MS,
	    .promised = promise(tx->arena, ask->branch->hours.zone, start_ms),
	    .doctor = ask->doctor == NULL ? 0 : ask->doctor->id, .doctor_null = ask->doctor == NULL,
	    .held = false, .taken_at_null = true, .hold_ends_at_null = true);
}

int
appointment_let_go(struct tx *tx, int64_t n)
{
	int rc = q_claim_delete(tx->db, .n = n);

	return rc < 0 ? rc : q_appointment_let_go(tx->db, .n = n);
}

/* An agreed visit is held; what an unanswered request wished for was when its patient
 * took it, unless the hold ended by itself. */
int
appointment_was_held(struct tx *tx, int64_t n, const struct appointment *has, enum status s)
{
	struct q_event_first_of_out ended;
	int rc;

	if (has->starts_at == 0 || has->doctor == 0)
		return 0;
	if (s == STATUS_BOOKED || s == STATUS_CONFIRMED || s == STATUS_ARRIVED
	    || s == STATUS_ATTENDED)
		return 1;
	if ((s != STATUS_NEW && s != STATUS_CONTACTED) || has->taken_at == 0)
		return 0;
	rc = q_event_first_of(tx->db, &ended, .n = n, .kind = "hold_ended");
	return rc < 0 ? rc : rc == 0;
}

/* Who decides by hours that have just changed is told to ask again. */
int
appointment_calendar(struct tx *tx, const struct clinic *c, int64_t without,
    struct calendar **ret_calendar)
{
	struct q_schedule_version_out v = { 0 };
	int rc = q_schedule_version(tx->db, &v);

	if (rc >= 0 && v.version != c->schedule)
		rc = E_UNAVAILABLE;
	return rc < 0 ? rc : calendar_sync(tx, c, without, ret_calendar);
}
