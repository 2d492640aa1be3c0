/* SPDX-License-Identifier: MIT */
/*
 * staff.c - accounts and sessions. Signing in is two operations with argon2id
 * between them, off the database threads; an unknown login takes the same way.
 */
#include <string.h>

#include "book/staff.h"
#include "queries.h"

#define STAFF_MAX 1000
#define SEEN_STEP_MS MINUTE_MS /* a session's use is noted this often at most */

#define F(f, type, max, choices) FIELD(staff_cmd, f, NULL, type, 0, max, choices, 0)

static const struct field rows[] = {
	F(login, WORD, 0, NULL),
	F(role, WORD, 0, role_names),
	F(name, LINE, 100, NULL),
	F(branch, WORD, 0, NULL),
};

const struct fields staff_fields = FIELDS(rows);

static void
check(const struct staff_cmd *cmd, const struct clinic *c, struct problems *p)
{
	if (cmd->login == NULL && problem_of(p, "login") == NULL)
		problem_add(p, "login", "required", "Give a login.");
	if (cmd->role == NULL && problem_of(p, "role") == NULL)
		problem_add(p, "role", "required", "Say which role the person has.");
	else if (cmd->role != NULL && strcmp(cmd->role, "site") == 0)
		problem_add(p, "role", "invalid", "That role is for websites, by a key.");
	if (cmd->name == NULL && problem_of(p, "name") == NULL)
		problem_add(p, "name", "required", "Give the person's name.");
	if (cmd->branch != NULL && (c == NULL || clinic_branch(c, cmd->branch) == NULL))
		problem_add(p, "branch", "invalid", "There is no branch of that name.");
}

int
staff_add(struct tx *tx, struct call *c)
{
	const struct staff_cmd *cmd = c->cmd;
	struct q_staff_by_login_out known;
	int64_t branch;
	int rc;

	check(cmd, c->clinic, &c->problems);
	if ((rc = call_check(c)) < 0)
		return rc;
	if ((rc = q_staff_by_login(tx->db, &known, .login = cmd->login)) < 0)
		return rc;
	if (rc == 1) {
		c->conflict =
		    "There is somebody of that login; logins are not used twice.";
		return E_CONFLICT;
	}
	branch = cmd->branch == NULL ? 0 : clinic_branch(c->clinic, cmd->branch)->id;
	return q_staff_insert(tx->db, .login = cmd->login, .name = cmd->name,
	    .role = cmd->role, .branch = branch, .branch_null = branch == 0,
	    .password = cmd->password_hash, .now = tx->now, .created_by = c->actor.name);
}

int
staff_all(struct tx *tx, struct call *c)
{
	struct staff_res *res = c->res;
	struct q_staff_list_out row;
	int rc = q_staff_list(tx->db);

	res->rows = ARENA_ARRAY(tx->arena, struct staff_row, STAFF_MAX);
	while (rc >= 0 && (rc = q_staff_list_next(tx->db, &row)) == 1)
		res->rows[res->count++] = (struct staff_row){ row.login, row.name,
			row.role, row.branch, row.created_by, row.created_at,
			row.disabled_at_null ? 0 : row.disabled_at };
	return rc < 0 ? rc : 0;
}

int
staff_disable(struct tx *tx, struct call *c)
{
	const struct staff_cmd *cmd = c->cmd;
	struct q_staff_by_login_out who;
	int rc = q_staff_by_login(tx->db, &who, .login = cmd->login);

	if (rc == 0)
		return E_NOT_FOUND;
	if (rc > 0)
		rc = q_staff_disable(tx->db, .login = cmd->login, .now = tx->now);
	if (rc >= 0)
		rc = q_session_delete_of(tx->db, .staff = who.id);
	return rc;
}

int
staff_reset(struct tx *tx, struct call *c)
{
	const struct staff_cmd *cmd = c->cmd;
	struct q_staff_by_login_out who;
	int rc = q_staff_by_login(tx->db, &who, .login = cmd->login);

	if (rc == 0)
		return E_NOT_FOUND;
	if (rc > 0)
		rc = q_staff_set_password(tx->db, .id = who.id,
		    .password = cmd->password_hash, .must_change = true);
	if (rc >= 0)
		rc = q_staff_enable(tx->db, .id = who.id);
	if (rc >= 0)
		rc = q_session_delete_of(tx->db, .staff = who.id);
	return rc;
}

/* ---- signing in ---- */

int
sign_lookup(struct tx *tx, struct call *c)
{
	const struct sign_cmd *cmd = c->cmd;
	struct sign_res *res = c->res;
	struct q_staff_by_login_out who;
	int rc = q_staff_by_login(tx->db, &who, .login = cmd->login);

	if (rc < 0)
		return rc;
	res->hash = password_of_nobody();
	if (rc == 1 && who.disabled_at_null) {
		res->hash = who.password;
		res->staff = who.id;
		res->must_change = who.must_change;
	}
	return 0;
}

static int
begin_session(struct tx *tx, int64_t staff, int64_t lifetime_ms, struct sign_res *res)
{
	uint8_t hash[SECRET_HASH_LEN];
	char token[SECRET_TOKEN_LEN];

	secret_token(token);
	secret_token_hash(token, hash);
	res->session = arena_strdup(tx->arena, token);
	return q_session_insert(tx->db, .hash = { hash, sizeof(hash) }, .staff = staff,
	    .now = tx->now, .expires_at = tx->now + lifetime_ms);
}

int
sign_in(struct tx *tx, struct call *c)
{
	const struct sign_cmd *cmd = c->cmd;

	return begin_session(tx, cmd->staff, cmd->lifetime_ms, c->res);
}

int
sign_out(struct tx *tx, struct call *c)
{
	uint8_t hash[SECRET_HASH_LEN];

	if (c->session == NULL)
		return 0;
	secret_token_hash(c->session, hash);
	return q_session_delete(tx->db, .hash = { hash, sizeof(hash) });
}

int
sign_password(struct tx *tx, struct call *c)
{
	const struct sign_cmd *cmd = c->cmd;
	int rc;

	if (c->staff == 0)
		return E_UNAUTHORIZED;
	rc = q_staff_set_password(
	    tx->db, .id = c->staff, .password = cmd->password_hash, .must_change = false);

	if (rc >= 0)
		rc = q_session_delete_of(tx->db, .staff = c->staff);
	return rc < 0 ? rc : begin_session(tx, c->staff, cmd->lifetime_ms, c->res);
}

int
session_touch(struct tx *tx, struct call *c)
{
	uint8_t hash[SECRET_HASH_LEN];

	secret_token_hash(((const struct sign_cmd *)c->cmd)->login, hash);
	return q_session_seen(tx->db, .hash = { hash, sizeof(hash) }, .now = tx->now);
}

/* What waits for whoever may see it: the menu of every page tells. */
static int
count_stranded(struct tx *tx, struct call *c)
{
	struct q_appointment_stranded_count_out row = { 0 };
	int rc = 0;

	if (c->actor.caps & CAP_LIST)
		rc = q_appointment_stranded_count(
		    tx->db, &row, .now = tx->now, .branch = c->actor.branch);
	c->stranded = row.count;
	return rc < 0 ? rc : 0;
}

int
session_settle(struct tx *tx, struct call *c)
{
	struct q_session_get_out row;
	uint8_t hash[SECRET_HASH_LEN];
	const struct role *role;
	int rc;

	secret_token_hash(c->session, hash);
	rc = q_session_get(tx->db, &row, .hash = { hash, sizeof(hash) });
	if (rc < 0)
		return rc;
	if (rc == 0 || row.expires_at <= tx->now || row.seen_at + c->idle_ms <= tx->now ||
	    !row.disabled_at_null || (role = role_find(row.role)) == NULL)
		return E_UNAUTHORIZED;
	c->staff = row.staff;
	c->person = row.name;
	c->touch = row.seen_at + SEEN_STEP_MS <= tx->now;
	c->actor = (struct actor){ ACTOR_STAFF, row.login, role->caps,
		row.branch_null ? 0 : row.branch };
	return row.must_change && c->op->needs != 0 ? E_MUST_CHANGE : count_stranded(tx, c);
}
