/* SPDX-License-Identifier: MIT */
/* pool.c - group commit: who shares a transaction, and what each is told of it. */
#include <criterion/criterion.h>
#include <signal.h>

#include "base/metric.h"
#include "store/jobs.h"

static struct world w;
static struct keep_cmd cmds[4];
static struct call *calls[4];

static void
setup(void)
{
	static const char *const names[] = { "a", "b", "c", "d" };

	world_open(&w, ":memory:", NULL);
	for (int i = 0; i < 4; i++) {
		cmds[i] = (struct keep_cmd){ .name = names[i] };
		calls[i] = keep_call(&w, &cmds[i]);
	}
}

static void
teardown(void)
{
	for (int i = 0; i < 4; i++)
		world_call_free(calls[i]);
	world_close(&w);
}

TestSuite(pool, .init = setup, .fini = teardown);

Test(pool, a_batch_is_one_transaction_and_everybody_is_answered)
{
	int64_t before = metric_get(M_transactions_total);

	keep_batch(&w, calls, 4);
	for (int i = 0; i < 4; i++) {
		cr_expect_eq(calls[i]->job.rc, 0);
		cr_expect_eq(cmds[i].runs, 1);
		cr_expect(is_kept(&w, cmds[i].name));
	}
	cr_expect_eq(metric_get(M_transactions_total), before + 1);
	cr_expect_eq(metric_get(M_jobs_written_total), 5); /* the clinic file too */
}

Test(pool, a_refusal_in_mid_batch_writes_nothing_and_leaves_the_others_alone)
{
	cmds[2].name = "a"; /* the second to want that name */
	keep_batch(&w, calls, 4);
	cr_expect_eq(calls[0]->job.rc, 0);
	cr_expect_eq(calls[1]->job.rc, 0);
	cr_expect_eq(calls[2]->job.rc, E_CONFLICT);
	cr_expect_eq(calls[3]->job.rc, 0);
	for (int i = 0; i < 4; i++)
		cr_expect_eq(
		    cmds[i].runs, 1, "%s ran %d times", cmds[i].name, cmds[i].runs);
	cr_expect(is_kept(&w, "a") && is_kept(&w, "b") && is_kept(&w, "d"));
	cr_expect_eq(metric_get(M_batches_replayed_total), 0);
}

Test(pool, a_job_that_fails_after_a_change_is_undone_alone_and_the_others_run_again)
{
	cmds[2].fails_after_change = true;
	keep_batch(&w, calls, 4);
	cr_expect_eq(metric_get(M_batches_replayed_total), 1);
	for (int i = 0; i < 4; i++) {
		cr_expect_eq(calls[i]->job.rc, i == 2 ? E_CONFLICT : 0);
		cr_expect_eq(is_kept(&w, cmds[i].name), i != 2);
		/* Those after it had no first run: the batch was broken by then. */
		cr_expect_eq(cmds[i].runs, i < 3 ? 2 : 1);
	}
}

Test(pool, a_job_that_runs_again_finds_its_result_and_its_problems_as_at_first)
{
	cmds[3].fails_after_change = true;
	problem_add(&calls[0]->problems, "name", "decoded", "This was there before.");
	keep_batch(&w, calls, 4);
	for (int i = 0; i < 4; i++) {
		const struct keep_res *res = calls[i]->res;

		cr_expect_eq(cmds[i].runs, 2);
		cr_expect_not(cmds[i].saw_an_old_result);
		cr_expect_str_eq(
		    res->text, arena_printf(w.arena, "%s kept", cmds[i].name));
		cr_expect_eq(calls[i]->problems.n, i == 0 ? 2u : 1u);
	}
	cr_expect_str_eq(calls[0]->problems.v[0].code, "decoded");
	cr_expect_str_eq(calls[0]->problems.v[1].message, "a was seen.");
}

Test(pool, a_second_run_takes_no_more_memory_than_the_first)
{
	size_t once;

	cmds[0].size = cmds[1].size = 50000;
	keep_batch(&w, calls, 1);
	once = arena_size(calls[0]->arena);
	cmds[2].fails_after_change = true;
	keep_batch(&w, calls + 1, 2);
	cr_expect_eq(cmds[1].runs, 2);
	cr_expect_eq(arena_size(calls[1]->arena), once);
}

Test(pool, a_batch_of_one_that_fails_leaves_nothing)
{
	cmds[0].fails_after_change = true;
	keep_batch(&w, calls, 1);
	cr_expect_eq(calls[0]->job.rc, E_CONFLICT);
	cr_expect_not(is_kept(&w, "a"));
	keep_batch(&w, calls + 1, 1);
	cr_expect_eq(calls[1]->job.rc, 0);
}

/* ---- the writer's clock ---- */

Test(pool, all_of_a_batch_see_one_time)
{
	clock_set_ms(WORLD_NOW + 5000);
	keep_batch(&w, calls, 4);
	for (int i = 0; i < 4; i++)
		cr_expect_eq(cmds[i].now, WORLD_NOW + 5000);
}

Test(pool, the_writers_clock_stands_still_while_the_machines_goes_back)
{
	static const int64_t machine[] = { 5000, 1000, -3600000, 5001 };
	static const int64_t writer[] = { 5000, 5000, 5000, 5001 };

	for (int i = 0; i < 4; i++) {
		clock_set_ms(WORLD_NOW + machine[i]);
		keep_batch(&w, calls + i, 1);
		cr_expect_eq(cmds[i].now, WORLD_NOW + writer[i], "%d", i);
	}
}

Test(pool, after_a_restart_the_clock_goes_on_from_the_newest_request)
{
	struct pool_options options = { .batch_max = 4, .floor_ms = WORLD_NOW + DAY_MS };
	struct pool *later;
	char error[DB_ERROR_LEN];
	struct db *db;
	struct keep_cmd cmd = { .name = "e" };
	struct call *c = keep_call(&w, &cmd);

	cr_assert_eq(db_connect(":memory:", NULL, DB_WRITER, &db, error), 0);
	cr_assert_eq(db_migrate(db, false, error), 0);
	later = pool_new_inline(db, &options);
	c->decoded = c->problems;
	pool_run_batch(later, &c->job);
	cr_expect_eq(c->job.rc, 0);
	cr_expect_eq(cmd.now, WORLD_NOW + DAY_MS);
	world_call_free(c);
	pool_free(later);
}

/* ---- doors ---- */

Test(pool, something_that_is_no_job_is_stopped_at_the_door, .signal = SIGABRT)
{
	calls[0]->job.magic = 0;
	pool_submit(w.pool, &calls[0]->job);
}

Test(pool, a_number_that_was_forgotten_is_refused_when_it_is_bound)
{
	db_use_arena(w.db, w.arena);
	cr_assert_eq(db_begin(w.db, DB_WRITER), 0);
	cr_expect_eq(q_outbox_insert(w.db, .kind = "request-new", .recipient = "clinic",
			 .language = "en", .now = WORLD_NOW),
	    E_INTERNAL);
	cr_expect_eq(q_outbox_insert(w.db, .n = 1, .recipient = "clinic",
			 .language = "en", .now = WORLD_NOW),
	    E_INTERNAL);
	db_rollback(w.db);
	cr_expect_eq(sql_number(w.db, "SELECT count(*) FROM outbox"), 0);
}
