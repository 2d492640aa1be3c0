/* SPDX-License-Identifier: MIT */
/*
 * erase.c - a request becomes a tombstone.
 *
 * To add a table that says something of a person: its query, and a row in
 * "steps"; the canary in tests/book/privacy.c finds what was forgotten.
 */
#include <string.h>

#include "book/appointment.h"
#include "book/privacy.h"
#include "queries.h"

/* ---- what must not come back with a backup, nor be written to again ---- */

static int
suppress(struct tx *tx, const char *kind, const void *what, size_t len)
{
	uint8_t hash[SECRET_HASH_LEN];
	struct obuf o;

	obuf_init(&o, tx->arena, 65536);
	obuf_printf(&o, "%s:", kind);
	obuf_put(&o, what, len);
	secret_mac(&op_keys()->suppression, o.data, o.len, hash);
	return q_suppression_add(
	    tx->db, .hash = { hash, sizeof(hash) }, .kind = kind, .now = tx->now);
}

static int
suppress_person(struct tx *tx, const struct q_booking_row_out *row)
{
	int rc = suppress(tx, "booking", row->id.b, sizeof(row->id.b));

	if (rc >= 0)
		rc = suppress(tx, "phone", row->phone, strlen(row->phone));
	if (rc >= 0 && row->guardian_phone != NULL)
		rc = suppress(tx, "phone", row->guardian_phone, strlen(row->guardian_phone));
	if (rc >= 0 && row->email != NULL)
		rc = suppress(tx, "email", row->email, strlen(row->email));
	return rc;
}

/* ---- a row a table; each answers how many of its rows it emptied ---- */

static int
of_booking(struct tx *tx, int64_t n)
{
	int rc = q_booking_erase(tx->db, .n = n, .status = STATUS_ERASED);

	return rc < 0 ? rc : q_booking_unlink(tx->db, .n = n);
}

static int
of_source(struct tx *tx, int64_t n)
{
	return q_source_erase(tx->db, .n = n);
}

/* What the patient ticked and staff said is counted on; what was read out of the
 * patient's words goes with them. */
static int
of_tags(struct tx *tx, int64_t n)
{
	int gone = q_tag_delete_source(tx->db, .n = n, .source = TAG_TEXT);
	int rc = gone < 0 ? gone : q_tag_erase(tx->db, .n = n, .status = STATUS_ERASED);

	return rc < 0 ? rc : gone;
}

static int
of_search(struct tx *tx, int64_t n)
{
	return q_search_token_delete(tx->db, .n = n);
}

static int
of_links(struct tx *tx, int64_t n)
{
	return q_token_delete(tx->db, .n = n);
}

static int
of_answers(struct tx *tx, int64_t n)
{
	return q_idempotency_forget(tx->db, .n = n);
}

static int
of_attempts(struct tx *tx, int64_t n)
{
	return q_attempt_erase(tx->db, .n = n);
}

static int
of_history(struct tx *tx, int64_t n)
{
	return q_event_erase(tx->db, .n = n);
}

/* What is to come is given back; that there was a visit, and when, is counted on. */
static int
of_appointment(struct tx *tx, int64_t n)
{
	return appointment_let_go(tx, n);
}

static int
of_messages(struct tx *tx, int64_t n)
{
	return q_outbox_cancel(tx->db, .n = n, .recipient = NULL);
}

#define NOT_COUNTED SIZE_MAX

static const struct {
	int (*erase)(struct tx *, int64_t n);
	size_t count; /* in struct erase_res */
} steps[] = {
	{ of_booking, NOT_COUNTED },
	{ of_source, NOT_COUNTED },
	{ of_tags, offsetof(struct erase_res, tags) },
	{ of_search, offsetof(struct erase_res, search_tokens) },
	{ of_links, offsetof(struct erase_res, links) },
	{ of_answers, offsetof(struct erase_res, answers) },
	{ of_attempts, offsetof(struct erase_res, attempts) },
	{ of_history, offsetof(struct erase_res, details) },
	{ of_appointment, NOT_COUNTED },
	{ of_messages, offsetof(struct erase_res, messages) },
};

int
erase_request(struct tx *tx, struct call *c, const struct q_booking_row_out *row, const char *why,
    struct erase_res *res)
{
	struct history e = { row->n, "erased", (int)row->status, STATUS_ERASED, why, NULL };
	int rc = suppress_person(tx, row);

	for (size_t i = 0; rc >= 0 && i < ARRAY_LEN(steps); i++) {
		rc = steps[i].erase(tx, row->n);
		if (rc >= 0 && steps[i].count != NOT_COUNTED)
			*(int64_t *)(void *)((char *)res + steps[i].count) = rc;
	}
	if (rc >= 0)
		rc = history_add(tx, c, &row->id, &e);
	return rc;
}

int
booking_erase(struct tx *tx, struct call *c)
{
	const struct erase_cmd *cmd = c->cmd;
	struct erase_res *res = c->res;
	struct q_booking_row_out row;
	struct q_event_first_of_out erased;
	int rc = booking_by_reference(tx, c, cmd->reference, &res->n);

	if (rc >= 0)
		rc = call_check(c);
	if (rc >= 0)
		rc = q_booking_row(tx->db, &row, .n = res->n);
	if (rc < 0)
		return rc;
	res->reference = row.reference;
	res->erased_at = tx->now;
	res->already = row.status == STATUS_ERASED;
	c->job.scrub = true; /* of one erased before, too: a reader may have been in the way */
	if (!res->already)
		return erase_request(tx, c, &row, "requested", res);
	rc = q_event_first_of(tx->db, &erased, .n = res->n, .kind = "erased");
	if (rc == 1)
		res->erased_at = erased.at;
	return rc < 0 ? rc : 0;
}
