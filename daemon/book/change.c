/* SPDX-License-Identifier: MIT */
/* change.c - the change feed, read by sequence; the audit's hash chain. */
#include <string.h>

#include "base/obuf.h"
#include "book/booking.h"
#include "book/change.h"
#include "queries.h"

#define LIMIT_MAX 1000

static const struct field rows[] = {
	FIELD(change_cmd, since, NULL, INT, 0, INT64_MAX, NULL, 0),
	FIELD(change_cmd, limit, NULL, INT, 1, LIMIT_MAX, NULL, 0),
	FIELD(change_cmd, wait, NULL, INT, 0, 60, NULL, 0),
};

const struct fields change_fields = FIELDS(rows);

static void
fill(struct change *x, const struct q_event_since_out *row)
{
	*x = (struct change){ .seq = row->seq,
		.at = row->at,
		.reference = row->reference,
		.kind = row->kind,
		.actor_kind = row->actor_kind,
		.actor = row->actor,
		.from = row->from_status_null ? -1 : (int)row->from_status,
		.to = row->to_status_null ? -1 : (int)row->to_status };
}

int
change_list(struct tx *tx, struct call *c)
{
	const struct change_cmd *cmd = c->cmd;
	struct change_res *res = c->res;
	int64_t since = cmd->since == FIELD_ABSENT ? 0 : cmd->since;
	int64_t limit = cmd->limit == FIELD_ABSENT ? 500 : cmd->limit;
	struct q_event_bounds_out bounds = { 0 };
	struct q_event_since_out row;
	int rc = call_check(c);

	if (rc >= 0)
		rc = q_event_bounds(tx->db, &bounds);
	if (rc < 0)
		return rc;
	res->next = since;
	if (!bounds.first_null && since + 1 < bounds.first)
		return E_START_OVER;
	res->items = ARENA_ARRAY(tx->arena, struct change, (size_t)limit);
	rc = q_event_since(tx->db, .seq = since, .max = limit);
	while (rc >= 0 && (rc = q_event_since_next(tx->db, &row)) == 1) {
		res->next = row.seq;
		if (c->actor.branch == 0 || c->actor.branch == row.branch)
			fill(&res->items[res->count++], &row);
	}
	return rc;
}

/* ---- audit ---- */

static void
chain_next(struct arena *a, const void *before, int64_t seq, int64_t at, const char *kind,
    const char *actor, const char *action, int64_t n, uint8_t chain[SECRET_HASH_LEN])
{
	struct obuf o;

	obuf_init(&o, a, 65536);
	obuf_put(&o, before, SECRET_HASH_LEN);
	obuf_printf(&o, "%lld|%lld|%lld|%zu:%s|%zu:%s|%zu:%s", (long long)seq, (long long)at,
	    (long long)n, strlen(kind), kind, strlen(actor), actor, strlen(action), action);
	secret_hash(o.data, o.len, chain);
}

int
audit_add(struct tx *tx, struct call *c)
{
	static const uint8_t none[SECRET_HASH_LEN];
	const struct audit_cmd *cmd = c->cmd;
	struct audit_res *res = c->res;
	struct q_audit_last_out last = { 0 };
	uint8_t chain[SECRET_HASH_LEN];
	int rc = q_audit_last(tx->db, &last);

	if (rc < 0)
		return rc;
	res->seq = last.seq + 1;
	chain_next(tx->arena, rc == 1 ? last.chain.p : none, res->seq, tx->now,
	    actor_kind_name(cmd->actor.kind), cmd->actor.name, cmd->action, cmd->n, chain);
	return q_audit_insert(tx->db, .seq = res->seq, .now = tx->now,
	    .actor_kind = actor_kind_name(cmd->actor.kind), .actor = cmd->actor.name,
	    .action = cmd->action, .n = cmd->n, .n_null = cmd->n == 0,
	    .chain = { chain, sizeof(chain) });
}

int
audit_verify(struct tx *tx, int64_t *ret_bad_seq)
{
	struct q_audit_list_out row;
	uint8_t before[SECRET_HASH_LEN] = { 0 }, chain[SECRET_HASH_LEN];
	int64_t expected = 1;
	int rc = q_audit_list(tx->db, .after = 0, .max = INT64_MAX);

	while (rc >= 0 && (rc = q_audit_list_next(tx->db, &row)) == 1) {
		chain_next(tx->arena, before, row.seq, row.at, row.actor_kind, row.actor,
		    row.action, row.n_null ? 0 : row.n, chain);
		if (row.seq != expected++ || memcmp(chain, row.chain.p, sizeof(chain)) != 0) {
			q_audit_list_close(tx->db);
			*ret_bad_seq = row.seq;
			return E_DB;
		}
		memcpy(before, chain, sizeof(before));
	}
	return rc;
}
