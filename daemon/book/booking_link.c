/* SPDX-License-Identifier: MIT */
/*
 * booking_link.c - what the holder of a link does with it.
 *
 * Mail scanners post too: nothing here destroys a record. Erasure is asked for
 * and staff erase; a link that was given back by mistake is replaced by staff.
 */
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
booking_ask_erasure(struct tx *tx, struct call *c)
{
	struct booking_view *v = c->res;
	int rc = booking_view(tx, c);

	if (rc < 0)
		return rc;
	if (v->disowned)
		return E_NOT_FOUND; /* it is somebody else's to ask for */
	if (v->erasure_asked)
		return 0;
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
