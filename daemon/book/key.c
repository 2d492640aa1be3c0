/* SPDX-License-Identifier: MIT */
/*
 * key.c - API keys: shown once, kept as a hash, revoked but never deleted, so
 * that a name in the history always has its row.
 */
#include <string.h>

#include "base/obuf.h"
#include "book/admin.h"
#include "queries.h"

#define KEYS_MAX 1000

static const struct field rows[] = {
	FIELD(key_cmd, role, NULL, WORD, 0, 0, role_names, 0),
	FIELD(key_cmd, name, NULL, WORD, 0, 0, NULL, 0),
	FIELD(key_cmd, branch, NULL, WORD, 0, 0, NULL, 0),
	FIELD(key_cmd, expires, NULL, LINE, 0, 40, NULL, 0),
};

const struct fields key_fields = FIELDS(rows);

/* Nobody makes a key that may do more than they may themselves; an
 * administrator, who sees no patient data, may make any. */
static bool
may_make(const struct actor *a, const struct role *r)
{
	return (a->caps & r->caps) == r->caps || (a->caps & CAP_HEALTH && !(a->caps & CAP_LIST));
}

static int64_t
expiry_of(const struct key_cmd *cmd, const struct clinic *c, struct problems *p)
{
	int64_t ms = 0;
	int32_t day;

	if (cmd->expires == NULL)
		return 0;
	if (date_parse(cmd->expires, &day) && c != NULL)
		return day_start_ms(c->zone, day + 1);
	if (!rfc3339_parse(cmd->expires, &ms))
		problem_add(p, "expires", "invalid", "Use a date like 2026-11-26.");
	return ms;
}

static void
check(const struct key_cmd *cmd, const struct clinic *c, struct problems *p)
{
	if (cmd->role == NULL && problem_of(p, "role") == NULL)
		problem_add(p, "role", "required", "Say which role the key has.");
	if (cmd->name == NULL && problem_of(p, "name") == NULL)
		problem_add(p, "name", "required", "Give the key a name.");
	if (cmd->branch != NULL && (c == NULL || clinic_branch(c, cmd->branch) == NULL))
		problem_add(p, "branch", "invalid", "There is no branch of that name.");
}

int
key_create(struct tx *tx, struct call *c)
{
	const struct key_cmd *cmd = c->cmd;
	struct key_res *res = c->res;
	struct q_key_by_name_out known;
	int64_t branch, expires;
	uint8_t hash[SECRET_HASH_LEN];
	char key[SECRET_TOKEN_LEN];
	int rc;

	check(cmd, c->clinic, &c->problems);
	expires = expiry_of(cmd, c->clinic, &c->problems);
	if ((rc = call_check(c)) < 0)
		return rc;
	if (!may_make(&c->actor, role_find(cmd->role)))
		return E_FORBIDDEN;
	if ((rc = q_key_by_name(tx->db, &known, .name = cmd->name)) < 0)
		return rc;
	if (rc == 1) {
		c->conflict = "There is a key of that name; names are not used twice.";
		return E_CONFLICT;
	}
	branch = cmd->branch == NULL ? 0 : clinic_branch(c->clinic, cmd->branch)->id;
	secret_token(key);
	secret_token_hash(key, hash);
	res->key = arena_strdup(tx->arena, key);
	return q_key_insert(tx->db, .name = cmd->name, .hash = { hash, sizeof(hash) },
	    .role = cmd->role, .branch = branch, .branch_null = branch == 0, .now = tx->now,
	    .created_by = c->actor.name, .expires_at = expires, .expires_at_null = expires == 0);
}

int
key_list(struct tx *tx, struct call *c)
{
	struct key_list_res *res = c->res;
	struct q_key_list_out row;
	int rc = q_key_list(tx->db);

	res->rows = ARENA_ARRAY(tx->arena, struct key_row, KEYS_MAX);
	while (rc >= 0 && (rc = q_key_list_next(tx->db, &row)) == 1) {
		res->rows[res->count++] = (struct key_row){ row.name, row.role, row.branch,
			row.created_by, row.created_at, row.expires_at_null ? 0 : row.expires_at,
			row.revoked_at_null ? 0 : row.revoked_at };
		if (res->count == KEYS_MAX) {
			q_key_list_close(tx->db);
			break;
		}
	}
	return rc < 0 ? rc : 0;
}

int
key_revoke(struct tx *tx, struct call *c)
{
	const struct key_name_cmd *cmd = c->cmd;
	struct q_key_by_name_out known;
	int rc = q_key_by_name(tx->db, &known, .name = cmd->name);

	if (rc == 0)
		return E_NOT_FOUND;
	if (rc > 0)
		rc = q_key_revoke(tx->db, .name = cmd->name, .now = tx->now);
	return rc < 0 ? rc : key_list(tx, c);
}
