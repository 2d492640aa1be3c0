/* SPDX-License-Identifier: MIT */
/* health.c - counts for the administrator, and the writer's small upkeep. */
#include "book/admin.h"
#include "book/status.h"
#include "queries.h"

#define PURGE_MAX 1000 /* rows a run: the writer has patients waiting */

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

int
housekeep(struct tx *tx, struct call *c)
{
	struct housekeep_res *res = c->res;
	int rc = q_idempotency_purge(tx->db, .now = tx->now, .max = PURGE_MAX);

	if (rc > 0)
		res->purged = rc;
	if (rc >= 0)
		rc = q_session_purge(tx->db, .now = tx->now);
	return rc < 0 ? rc : 0;
}
