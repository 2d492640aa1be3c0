/* SPDX-License-Identifier: MIT */
/*
 * jobs.h - the simplest operation there is: it keeps a name, once. What it saw of
 * each run stands in its command, which no replay clears.
 */
#ifndef TESTS_STORE_JOBS_H
#define TESTS_STORE_JOBS_H

#include "support/world.h"

struct keep_cmd {
	const char *name;
	size_t size;             /* bytes kept under the name */
	bool fails_after_change; /* then it says E_CONFLICT */
	int runs;
	bool saw_an_old_result;
	int64_t now; /* of the last run */
};

struct keep_res {
	int64_t mark;
	const char *text; /* in the call's arena */
};

static inline int
keep_run(struct tx *tx, struct call *c)
{
	struct keep_cmd *cmd = c->cmd;
	struct keep_res *res = c->res;
	struct q_setting_get_out row;
	int rc;

	cmd->runs++;
	cmd->now = tx->now;
	cmd->saw_an_old_result |= res->mark != 0;
	res->mark = 1;
	res->text = arena_printf(tx->arena, "%s kept", cmd->name);
	problem_add(&c->problems, "name", "seen", "%s was seen.", cmd->name);
	rc = q_setting_get(tx->db, &row, .name = cmd->name);
	if (rc != 0)
		return rc < 0 ? rc : E_CONFLICT;
	rc = q_setting_put(tx->db, .name = cmd->name,
	    .value = { arena_alloc(tx->arena, cmd->size + 1), cmd->size + 1 });
	return rc < 0 ? rc : cmd->fails_after_change ? E_CONFLICT : 0;
}

static const struct op op_keep = { "keep", OP_WRITE, 0, NULL, sizeof(struct keep_res),
	keep_run };

static inline struct call *
keep_call(const struct world *w, struct keep_cmd *cmd)
{
	return world_call(w, &op_keep, cmd, NULL);
}

/* Runs them as one batch. */
static inline void
keep_batch(const struct world *w, struct call **calls, int n)
{
	for (int i = 0; i < n; i++) {
		calls[i]->decoded = calls[i]->problems;
		calls[i]->job.next = i + 1 < n ? &calls[i + 1]->job : NULL;
	}
	pool_run_batch(w->pool, &calls[0]->job);
}

static inline bool
is_kept(const struct world *w, const char *name)
{
	struct q_setting_get_out row;

	db_use_arena(w->db, w->arena);
	return q_setting_get(w->db, &row, .name = name) == 1;
}

#endif
