/* SPDX-License-Identifier: MIT */
/*
 * op.c - runs an operation for whoever asks: settles the key, the capability,
 * and hands over to the function of the table.
 */
#include <string.h>

#include "book/absence.h"
#include "book/admin.h"
#include "book/booking.h"
#include "book/change.h"
#include "book/find.h"
#include "book/slot_find.h"
#include "book/privacy.h"
#include "book/propose.h"
#include "book/retag.h"
#include "book/staff.h"
#include "queries.h"

#define OP(name_, flags, needs, audit, cmd, res)                                         \
	const struct op op_##name_ = { #name_, flags, needs, audit, sizeof(struct res), name_ };
#include "book/op.def"
#undef OP

const struct op *const op_all[] = {
#define OP(name, flags, needs, audit, cmd, res) &op_##name,
#include "book/op.def"
#undef OP
	NULL,
};

static struct op_keys keys;

void
op_keys_set(const struct op_keys *k)
{
	keys = *k;
}

const struct op_keys *
op_keys(void)
{
	return &keys;
}

static const struct lexicon *the_lexicon;

void
lexicon_set(const struct lexicon *l)
{
	the_lexicon = l;
}

const struct lexicon *
lexicon_get(void)
{
	return the_lexicon;
}

/* Fills the actor from the key presented; E_UNAUTHORIZED when it opens nothing. */
static int
settle_key(struct tx *tx, struct call *c)
{
	struct q_key_by_hash_out row;
	uint8_t hash[SECRET_HASH_LEN];
	const struct role *role;
	int rc;

	secret_token_hash(c->key, hash);
	rc = q_key_by_hash(tx->db, &row, .hash = { hash, sizeof(hash) });
	if (rc < 0)
		return rc;
	if (rc == 0 || !row.revoked_at_null || (!row.expires_at_null && row.expires_at <= tx->now)
	    || (role = role_find(row.role)) == NULL)
		return E_UNAUTHORIZED;
	/* A website's server: what it posts is an act of the patient. */
	c->actor.kind = role->caps == CAP_BOOK ? ACTOR_PATIENT : ACTOR_STAFF;
	c->actor.name = row.name;
	c->actor.caps = role->caps;
	c->actor.branch = row.branch_null ? 0 : row.branch;
	return 0;
}

/* The public asks, without a key, what is open to it. */
static bool
is_open(const struct call *c)
{
	return (c->op->flags & OP_OPEN) != 0 && c->key == NULL && c->actor.kind == ACTOR_PATIENT;
}

static int
op_run(struct tx *tx, struct job *job)
{
	struct call *c = CONTAINER_OF(job, struct call, job);
	int rc = 0;

	memset(c->res, 0, c->op->res_size); /* it may be the second run */
	job->erased = job->scrub = job->scrubbed = false;
	c->problems = c->decoded;
	c->conflict = c->slot_why = NULL;
	c->offers = NULL;
	clinic_free(c->loaded);
	c->loaded = NULL;
	if (c->session != NULL)
		rc = session_settle(tx, c);
	else if (c->key != NULL)
		rc = settle_key(tx, c);
	if (rc == 0 && !is_open(c) && (c->actor.caps & c->op->needs) != c->op->needs)
		rc = c->key == NULL && c->session == NULL && c->actor.caps == 0 ? E_UNAUTHORIZED
										: E_FORBIDDEN;
	if (rc == 0)
		rc = c->op->run(tx, c);
	return rc;
}

struct call *
call_new(struct arena *a, const struct op *op, void *cmd)
{
	struct call *c = ARENA_NEW(a, struct call);

	c->job = (struct job){ .magic = JOB_MAGIC,
		.arena = a,
		.write = (op->flags & OP_WRITE) != 0,
		.run = op_run };
	c->op = op;
	c->arena = a;
	c->problems.arena = a;
	c->cmd = cmd;
	c->res = arena_alloc(a, op->res_size);
	return c;
}

int
call_submit(struct pool *pool, struct call *c)
{
	c->decoded = c->problems;
	return pool_submit(pool, &c->job);
}

int
call_check(const struct call *c)
{
	return c->problems.n > 0 ? E_INVALID : 0;
}
