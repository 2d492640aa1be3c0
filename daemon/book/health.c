/* SPDX-License-Identifier: MIT */
/* health.c - counts for the administrator, and the writer's small upkeep. */
#include "base/metric.h"
#include "book/admin.h"
#include "book/appointment.h"
#include "book/booking.h"
#include "book/status.h"
#include "queries.h"

#define PURGE_MAX 1000 /* rows a run: the writer has patients waiting */
#define HOLDS_MAX 100  /* likewise */
#define CHANGES_KEPT 10000 /* rows of claim_change: who is further behind reads all anew */

int
health_read(struct tx *tx, struct call *c)
{
	struct health_res *res = c->res;
	struct q_booking_count_by_status_out row;
	struct q_event_bounds_out bounds = { 0 };
	struct q_outbox_waiting_count_out outbox = { 0 };
	int rc = q_booking_count_by_status(tx->db);

	while (rc >= 0 && (rc = q_booking_count_by_status_next(tx->db, &row)) == 1) {
		res->by_status[row.status] = row.count;
		res->total += row.count;
	}
	if (rc >= 0)
		rc = q_event_bounds(tx->db, &bounds);
	if (rc >= 0)
		rc = q_outbox_waiting_count(tx->db, &outbox);
	res->events = bounds.last_null ? 0 : bounds.last;
	res->outbox_waiting = outbox.count;
	for (const struct migration *m = migrations; m->version != 0; m++)
		res->schema_version = m->version;
	return rc < 0 ? rc : 0;
}

int
ready_check(struct tx *tx, struct call *c)
{
	struct q_booking_last_out row;
	int rc = q_booking_last(tx->db, &row);

	(void)c;
	return rc < 0 ? rc : 0;
}

/* An unanswered request gives its time back; the wish stays. */
static int
end_hold(struct tx *tx, const struct call *c, int64_t n)
{
	struct q_booking_row_out row;
	struct history e = { n, "hold_ended", -1, -1, NULL, NULL };
	int rc = q_booking_row(tx->db, &row, .n = n);

	if (rc == 1)
		rc = appointment_let_go(tx, n);
	if (rc >= 0)
		rc = history_add(tx, c, &row.id, &e);
	metric_add(M_holds_ended_total, 1);
	return rc;
}

static int
end_holds(struct tx *tx, const struct call *c)
{
	struct q_appointment_hold_due_out due[HOLDS_MAX];
	size_t count = 0;
	int rc = q_appointment_hold_due(tx->db, .now = tx->now, .max = HOLDS_MAX);

	while (rc >= 0 && count < HOLDS_MAX
	    && (rc = q_appointment_hold_due_next(tx->db, &due[count])) == 1)
		count++;
	if (count == HOLDS_MAX)
		q_appointment_hold_due_close(tx->db);
	for (size_t i = 0; rc >= 0 && i < count; i++)
		rc = end_hold(tx, c, due[i].n);
	return rc;
}

int
housekeep(struct tx *tx, struct call *c)
{
	struct housekeep_res *res = c->res;
	int rc = q_idempotency_purge(tx->db, .now = tx->now, .max = PURGE_MAX);

	if (rc > 0)
		res->purged = rc;
	if (rc >= 0)
		rc = q_session_purge(tx->db, .now = tx->now);
	if (rc >= 0)
		rc = q_claim_change_purge(tx->db, .keep = CHANGES_KEPT);
	if (rc >= 0)
		rc = end_holds(tx, c);
	return rc < 0 ? rc : 0;
}
