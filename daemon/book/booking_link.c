/* SPDX-License-Identifier: MIT */
/*
 * booking_link.c - what the holder of a link does with it.
 *
 * Mail scanners post too: nothing here destroys a record. Erasure is asked for
 * and staff erase; a link that was given back by mistake is replaced by staff.
 */
#include "book/appointment.h"
#include "book/booking.h"
#include "queries.h"

static int
tell(struct tx *tx, struct call *c, int64_t n, const char *kind)
{
	static const struct uuid unused; /* there is no detail to seal */
	struct history e = { .n = n, .kind = kind, .from = -1, .to = -1 };

	return history_add(tx, c, &unused, &e);
}

int
booking_link_make(struct tx *tx, int64_t n, const char **ret_token)
{
	char token[SECRET_TOKEN_LEN];
	uint8_t hash[SECRET_HASH_LEN];

	secret_token(token);
	secret_token_hash(token, hash);
	*ret_token = arena_strdup(tx->arena, token);
	return q_token_insert(tx->db, .hash = { hash, sizeof(hash) }, .n = n, .now = tx->now,
	    .expires_at = tx->now + TOKEN_MS);
}

/* An appointment to come is cancelled first: nobody waits for who wants to be
 * forgotten. */
static int
withdraw(struct tx *tx, struct call *c, struct booking_item *b)
{
	static const struct uuid unused;
	struct history e = { b->n, "cancelled", (int)b->status, STATUS_CANCELLED, NULL, NULL };
	int rc;

	if (!status_may_become(b->status, STATUS_CANCELLED))
		return 0;
	rc = appointment_let_go(tx, b->n);
	if (rc >= 0)
		rc = q_booking_set_status(tx->db, .n = b->n, .status = STATUS_CANCELLED, .raise = 1,
		    .contacted_at_null = true);
	if (rc >= 0)
		rc = q_tag_set_status(tx->db, .n = b->n, .status = STATUS_CANCELLED);
	if (rc >= 0)
		rc = history_add(tx, c, &unused, &e);
	b->status = STATUS_CANCELLED;
	return rc;
}

int
booking_ask_erasure(struct tx *tx, struct call *c)
{
	struct booking_view *v = c->res;
	int rc = booking_view(tx, c);

	if (rc >= 0)
		rc = call_check(c);
	if (rc < 0)
		return rc;
	if (v->disowned)
		return E_NOT_FOUND; /* it is somebody else's to ask for */
	if (v->erasure_asked)
		return 0;
	if (v->item.starts_at > tx->now && (rc = withdraw(tx, c, &v->item)) < 0)
		return rc;
	v->erasure_asked = true;
	return tell(tx, c, v->item.n, "erasure_requested");
}

int
booking_disown(struct tx *tx, struct call *c)
{
	const struct booking_view_cmd *cmd = c->cmd;
	struct booking_view *v = c->res;
	uint8_t hash[SECRET_HASH_LEN];
	int64_t n;
	int rc = booking_view(tx, c);

	if (rc < 0 || v->disowned)
		return rc;
	n = v->item.n;
	*v = (struct booking_view){ .disowned = true };
	secret_token_hash(cmd->token, hash);
	rc = q_token_revoke(tx->db, .hash = { hash, sizeof(hash) }, .now = tx->now);
	if (rc >= 0) /* nor is the wrong person written to */
		rc = q_outbox_cancel(tx->db, .n = n, .recipient = "patient");
	return rc < 0 ? rc : tell(tx, c, n, "not_me");
}
