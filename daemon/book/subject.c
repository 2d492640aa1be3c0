/* SPDX-License-Identifier: MIT */
/*
 * subject.c - all that is held of a person: every request of the same phone as
 * one of them, whole, with the messages and the links that were given.
 *
 * A shared phone is a family's: whoever hands this out looks at the names first.
 */
#include <string.h>

#include "book/privacy.h"
#include "book/search.h"
#include "queries.h"

#define REQUESTS_MAX 200
#define JSON_MAX (16 << 20)

struct subject {
	struct tx *tx;
	const struct call *call;
	struct obuf *o;
};

static int
messages_json(const struct subject *s, int64_t n)
{
	struct q_outbox_list_out row;
	int rc = q_outbox_list(s->tx->db, .n = n);

	obuf_json_key(s->o, "messages");
	obuf_json_open(s->o, '[');
	while (rc >= 0 && (rc = q_outbox_list_next(s->tx->db, &row)) == 1) {
		obuf_json_open(s->o, '{');
		obuf_json_kstr(s->o, "kind", row.kind);
		obuf_json_kstr(s->o, "recipient", row.recipient);
		obuf_json_kstr(s->o, "language", row.language);
		obuf_json_ktime(s->o, "created_at", row.created_at);
		obuf_json_ktime(s->o, "due_at", row.due_at);
		obuf_json_kstr(s->o, "state", row.state);
		obuf_json_kint(s->o, "attempts", row.attempts);
		obuf_json_ktime(s->o, "sent_at", row.sent_at_null ? 0 : row.sent_at);
		obuf_json_close(s->o, '}');
	}
	obuf_json_close(s->o, ']');
	return rc;
}

/* That there are links, and until when; what opens them is kept nowhere. */
static int
links_json(const struct subject *s, int64_t n)
{
	struct q_token_list_out row;
	int rc = q_token_list(s->tx->db, .n = n);

	obuf_json_key(s->o, "links");
	obuf_json_open(s->o, '[');
	while (rc >= 0 && (rc = q_token_list_next(s->tx->db, &row)) == 1) {
		obuf_json_open(s->o, '{');
		obuf_json_kstr(s->o, "scope", row.scope);
		obuf_json_ktime(s->o, "created_at", row.created_at);
		obuf_json_ktime(s->o, "expires_at", row.expires_at);
		obuf_json_ktime(s->o, "revoked_at", row.revoked_at_null ? 0 : row.revoked_at);
		obuf_json_close(s->o, '}');
	}
	obuf_json_close(s->o, ']');
	return rc;
}

static int
request_json(const struct subject *s, int64_t n)
{
	int64_t version;
	int rc;

	obuf_json_open(s->o, '{');
	rc = booking_detail_members(s->o, s->tx, s->call, n, &version);
	if (rc >= 0)
		rc = messages_json(s, n);
	if (rc >= 0)
		rc = links_json(s, n);
	obuf_json_close(s->o, '}');
	return rc;
}

/* The requests of that phone, the newest first; of an erased one, itself. */
static int
find_requests(struct tx *tx, const struct q_booking_row_out *row, int64_t found[REQUESTS_MAX],
    size_t *ret_count)
{
	struct strlist tokens = search_tokens(tx->arena, "", row->phone, NULL);
	struct q_find_token_down_out at;
	size_t count = 0;
	int rc;

	found[0] = row->n;
	*ret_count = 1;
	if (row->phone[0] == '\0' || tokens.n == 0)
		return 0;
	rc = q_find_token_down(
	    tx->db, .token = tokens.v[0], .bound = INT64_MAX, .max = REQUESTS_MAX);
	while (rc >= 0 && count < REQUESTS_MAX && (rc = q_find_token_down_next(tx->db, &at)) == 1)
		found[count++] = at.n;
	if (count == REQUESTS_MAX)
		q_find_token_down_close(tx->db);
	if (count > 0)
		*ret_count = count;
	return rc;
}

/* Nothing of another branch for somebody of one. */
static int
is_visible(struct tx *tx, const struct call *c, int64_t n)
{
	struct q_booking_row_out row;
	int rc = c->actor.branch == 0 ? 1 : q_booking_row(tx->db, &row, .n = n);

	return rc <= 0 || c->actor.branch == 0 ? rc : row.branch == c->actor.branch;
}

int
subject_read(struct tx *tx, struct call *c)
{
	const struct subject_cmd *cmd = c->cmd;
	struct subject_res *res = c->res;
	struct q_booking_row_out row;
	struct obuf o;
	struct subject s = { tx, c, &o };
	int64_t found[REQUESTS_MAX];
	size_t count = 0;
	int rc = booking_by_reference(tx, c, cmd->reference, &res->n);

	if (rc >= 0)
		rc = call_check(c);
	if (rc >= 0)
		rc = q_booking_row(tx->db, &row, .n = res->n);
	if (rc >= 0)
		rc = find_requests(tx, &row, found, &count);
	obuf_init(&o, tx->arena, JSON_MAX);
	obuf_json_open(&o, '{');
	obuf_json_kstr(&o, "reference", rc < 0 ? NULL : row.reference);
	obuf_json_ktime(&o, "made_at", tx->now);
	obuf_json_key(&o, "requests");
	obuf_json_open(&o, '[');
	for (size_t i = 0; rc >= 0 && i < count; i++)
		if ((rc = is_visible(tx, c, found[i])) == 1)
			rc = request_json(&s, found[i]);
	obuf_json_close(&o, ']');
	obuf_json_close(&o, '}');
	res->json = o.data;
	return rc < 0 ? rc : obuf_overflowed(&o) ? E_FULL : 0;
}
