/* SPDX-License-Identifier: MIT */
/*
 * pool_threads.c - the pool as the daemon runs it: a writer's thread, readers'
 * threads, answers that come home in mailboxes. No waiting without an end.
 */
#include <criterion/criterion.h>
#include <poll.h>
#include <semaphore.h>
#include <time.h>

#include "store/jobs.h"
#include "support/disk_vfs.h"
#include "support/place.h"

#define WAIT_MS 20000 /* for what must happen; a failure, not a pace */
#define JOBS 1000

static struct place place;
static struct world w; /* of w, only the arena, the clinic and the catalogue are used */
static struct pool *pool;
static struct mailbox *home;
static const char *path;
static int answered;

/* A clinic in a file, its records closed again, and then the pool on it. */
static void
open_pool(int readers, int queue_max, int batch_max)
{
	struct pool_options options = { .readers = readers,
		.queue_max = queue_max,
		.batch_max = batch_max,
		.checkpoint_pages = 50 };
	char error[DB_ERROR_LEN];
	struct db *db;

	place_make(&place);
	path = NULL;
	home = mailbox_new();
	world_open(&w, ":memory:", NULL);
	options.path = path = place_path(w.arena, &place, "clinic.db");
	cr_assert_eq(db_connect(path, NULL, DB_WRITER, &db, error), 0, "%s", error);
	cr_assert_eq(db_migrate(db, false, error), 0, "%s", error);
	pool = pool_new(db, &options, error);
	cr_assert_not_null(pool, "%s", error);
}

static void
close_pool(void)
{
	pool_free(pool);
	mailbox_free(home);
	world_close(&w);
	place_remove(&place);
}

static void
count_answer(struct letter *l)
{
	(void)l;
	answered++;
}

static struct call *
call_home(const struct op *op, void *cmd)
{
	struct call *c = world_call(&w, op, cmd, NULL);

	c->job.reply_to = home;
	c->job.letter.read = count_answer;
	return c;
}

static void
wait_for_answers(int n)
{
	int64_t end = clock_mono_ms() + WAIT_MS;
	struct pollfd p = { .fd = mailbox_fd(home), .events = POLLIN };

	while (answered < n) {
		cr_assert_gt(poll(&p, 1, (int)(end - clock_mono_ms())), 0,
		    "%d of %d came", answered, n);
		mailbox_read(home);
	}
}

/* ---- a thousand jobs ---- */

struct look_cmd {
	const char *name;
	bool found;
};

static int
look_run(struct tx *tx, struct call *c)
{
	struct look_cmd *cmd = c->cmd;
	struct q_setting_get_out row;
	int rc = q_setting_get(tx->db, &row, .name = cmd->name);

	cmd->found = rc == 1;
	return rc;
}

static const struct op op_look = { "look", OP_READ, 0, NULL, sizeof(int), look_run };

Test(pool_threads, a_thousand_mixed_jobs_are_all_answered)
{
	static struct keep_cmd keeps[JOBS];
	static struct look_cmd looks[JOBS];
	static struct call *calls[JOBS];
	int stored = 0;

	open_pool(2, JOBS, 64);
	for (int i = 0; i < JOBS; i++) {
		/* Every tenth name is wanted twice: the second is refused. */
		const char *name =
		    arena_printf(w.arena, "name-%d", i % 10 == 9 ? i - 1 : i);

		keeps[i] = (struct keep_cmd){ .name = name };
		looks[i] = (struct look_cmd){ .name = name };
		calls[i] = i % 2 == 0 || i % 10 == 9 ? call_home(&op_keep, &keeps[i])
						     : call_home(&op_look, &looks[i]);
		cr_assert_eq(call_submit(pool, calls[i]), 0);
	}
	wait_for_answers(JOBS);
	for (int i = 0; i < JOBS; i++) {
		cr_expect(calls[i]->job.rc >= 0 || calls[i]->job.rc == E_CONFLICT);
		stored += calls[i]->op == &op_keep && calls[i]->job.rc == 0;
		world_call_free(calls[i]);
	}
	cr_expect_eq(stored, JOBS / 2);
	cr_expect_eq(answered, JOBS);
	close_pool();
}

/* ---- what is answered can be read by anybody ---- */

static struct db *onlooker;
static int seen;

static void
look_at_once(struct letter *l)
{
	struct call *c =
	    CONTAINER_OF(CONTAINER_OF(l, struct job, letter), struct call, job);
	struct keep_cmd *cmd = c->cmd;
	struct q_setting_get_out row;

	db_use_arena(onlooker, c->arena);
	seen += q_setting_get(onlooker, &row, .name = cmd->name) == 1;
	answered++;
}

Test(pool_threads, when_the_answer_comes_the_row_is_there_for_others)
{
	struct keep_cmd cmds[200];
	struct call *calls[200];
	char error[DB_ERROR_LEN];

	open_pool(1, 1000, 16);
	cr_assert_eq(db_connect(path, NULL, DB_READER, &onlooker, error), 0);
	for (int i = 0; i < 200; i++) {
		cmds[i] =
		    (struct keep_cmd){ .name = arena_printf(w.arena, "name-%d", i) };
		calls[i] = call_home(&op_keep, &cmds[i]);
		calls[i]->job.letter.read = look_at_once;
		cr_assert_eq(call_submit(pool, calls[i]), 0);
	}
	wait_for_answers(200);
	cr_expect_eq(seen, 200);
	for (int i = 0; i < 200; i++)
		world_call_free(calls[i]);
	db_disconnect(onlooker);
	close_pool();
}

/* ---- a writer that is held up ---- */

struct hold_cmd {
	sem_t held, go;
};

static int
hold_run(struct tx *tx, struct call *c)
{
	struct hold_cmd *cmd = c->cmd;

	(void)tx;
	sem_post(&cmd->held);
	sem_wait(&cmd->go);
	return 0;
}

static const struct op op_hold = { "hold", OP_WRITE, 0, NULL, sizeof(int), hold_run };

/* The writer is inside a batch when this returns; sem_post(&cmd->go) lets it on. */
static struct call *
hold_writer(struct hold_cmd *cmd)
{
	struct call *c = call_home(&op_hold, cmd);
	struct timespec end;

	sem_init(&cmd->held, 0, 0);
	sem_init(&cmd->go, 0, 0);
	cr_assert_eq(call_submit(pool, c), 0);
	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += WAIT_MS / 1000;
	cr_assert_eq(sem_timedwait(&cmd->held, &end), 0);
	return c;
}

Test(pool_threads, a_full_queue_says_so_and_keeps_what_it_took)
{
	struct hold_cmd hold;
	struct keep_cmd cmds[6];
	struct call *calls[6], *first;

	open_pool(1, 4, 4);
	first = hold_writer(&hold);
	for (int i = 0; i < 6; i++) {
		cmds[i] =
		    (struct keep_cmd){ .name = arena_printf(w.arena, "name-%d", i) };
		calls[i] = call_home(&op_keep, &cmds[i]);
		cr_expect_eq(call_submit(pool, calls[i]), i < 4 ? 0 : E_BUSY);
	}
	sem_post(&hold.go);
	wait_for_answers(5);
	for (int i = 0; i < 6; i++)
		cr_expect_eq(cmds[i].runs, i < 4);
	cr_expect_eq(call_submit(pool, calls[4]), 0); /* there is room again */
	wait_for_answers(6);
	for (int i = 0; i < 6; i++)
		world_call_free(calls[i]);
	world_call_free(first);
	close_pool();
}

static int order[64], order_len;

static void
note_order(struct letter *l)
{
	struct call *c =
	    CONTAINER_OF(CONTAINER_OF(l, struct job, letter), struct call, job);

	order[order_len++] = (int)(intptr_t)c->owner;
	answered++;
}

Test(pool_threads, everybody_gets_answers_in_the_order_of_asking)
{
	struct mailbox *other = mailbox_new();
	struct hold_cmd hold;
	struct keep_cmd cmds[30];
	struct call *calls[30], *first;

	open_pool(1, 100, 7);
	first = hold_writer(&hold);
	for (int i = 0; i < 30; i++) {
		cmds[i] =
		    (struct keep_cmd){ .name = arena_printf(w.arena, "name-%d", i) };
		calls[i] = call_home(&op_keep, &cmds[i]);
		calls[i]->job.letter.read = note_order;
		calls[i]->owner = (void *)(intptr_t)i;
		if (i % 3 == 1)
			calls[i]->job.reply_to = other;
		cr_assert_eq(call_submit(pool, calls[i]), 0);
	}
	sem_post(&hold.go);
	wait_for_answers(21);
	for (int i = 1; i < order_len; i++)
		cr_expect_lt(order[i - 1], order[i]);
	pool_free(pool); /* so that the other box has all of its own */
	pool = NULL;
	order_len = 0;
	mailbox_read(other);
	cr_expect_eq(order_len, 10);
	for (int i = 0; i < order_len; i++)
		cr_expect_eq(order[i], 3 * i + 1);
	for (int i = 0; i < 30; i++)
		world_call_free(calls[i]);
	world_call_free(first);
	mailbox_free(other);
	close_pool();
}

Test(pool_threads, what_waits_when_the_daemon_stops_is_still_done)
{
	struct hold_cmd hold;
	struct keep_cmd cmds[20];
	struct call *calls[20], *first;

	open_pool(2, 100, 8);
	first = hold_writer(&hold);
	for (int i = 0; i < 20; i++) {
		cmds[i] =
		    (struct keep_cmd){ .name = arena_printf(w.arena, "name-%d", i) };
		calls[i] = call_home(&op_keep, &cmds[i]);
		cr_assert_eq(call_submit(pool, calls[i]), 0);
	}
	sem_post(&hold.go);
	pool_free(pool);
	pool = NULL;
	mailbox_read(home);
	cr_expect_eq(answered, 21);
	for (int i = 0; i < 20; i++) {
		cr_expect_eq(calls[i]->job.rc, 0);
		world_call_free(calls[i]);
	}
	world_call_free(first);
	close_pool();
}

/* ---- a disk that failed ---- */

Test(pool_threads, after_a_failed_sync_the_daemon_leaves_at_once, .exit_code = 1)
{
	struct pool_options options = { .queue_max = 10, .batch_max = 10 };
	struct keep_cmd cmd = { .name = "a" };
	char error[DB_ERROR_LEN];
	struct db *db;

	home = mailbox_new();
	world_open(&w, ":memory:", NULL);
	disk_register();
	cr_assert_eq(db_connect("clinic.db", "disk", DB_WRITER, &db, error), 0);
	cr_assert_eq(db_migrate(db, false, error), 0);
	the_disk.fault = FAULT_SYNC;
	the_disk.fault_code = SQLITE_IOERR_FSYNC;
	the_disk.fault_times = 1;
	pool = pool_new(db, &options, error);
	call_submit(pool, call_home(&op_keep, &cmd));
	wait_for_answers(1); /* none comes: nobody is told anything */
	cr_assert_fail("an answer came");
}
