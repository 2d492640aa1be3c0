/* SPDX-License-Identifier: MIT */
/*
 * pool_faults.c - the disk refuses one call and goes on: nobody is told that
 * something is stored which is not, and the same posts sent again are there once.
 */
#include <criterion/criterion.h>

#include "store/jobs.h"
#include "support/disk_vfs.h"

#define FILE_NAME "clinic.db"
#define POSTS 3

static struct disk_image image;
static struct world w;

/* A clinic on a disk, with two requests in its records; saved as image. */
static void
setup(void)
{
	disk_register();
	world_open(&w, FILE_NAME, "disk");
	for (int i = 0; i < 2; i++)
		world_book(&w, world_form(w.arena));
	world_close(&w);
	disk_save(&image);
}

static void
teardown(void)
{
	disk_clear();
	disk_image_free(&image);
}

TestSuite(pool_faults, .init = setup, .fini = teardown);

static void
post_all(int rc[POSTS])
{
	struct call *calls[POSTS];

	for (int i = 0; i < POSTS; i++) {
		struct booking_form *f = world_form(w.arena);

		f->full_name = arena_printf(w.arena, "Patient %d", i);
		f->idempotency_key = arena_printf(w.arena, "post-number-%d", i);
		calls[i] = world_post(&w, f, NULL);
	}
	keep_batch(&w, calls, POSTS);
	for (int i = 0; i < POSTS; i++) {
		rc[i] = calls[i]->job.rc;
		world_call_free(calls[i]);
	}
}

static int64_t
stored(int i)
{
	return sql_number(w.db,
	    "SELECT count(*) FROM booking WHERE full_name = 'Patient %lld'",
	    (long long)i);
}

/* The fault strikes after so many calls of its kind: false when it never came. */
static bool
strike(enum disk_fault kind, int code, int after, int expect)
{
	int rc[POSTS];
	bool struck;

	disk_restore(&image);
	world_open(&w, FILE_NAME, "disk");
	the_disk.fault = kind;
	the_disk.fault_code = code;
	the_disk.fault_after = after;
	the_disk.fault_times = 1;
	post_all(rc);
	struck = the_disk.fault_times < 1;
	for (int i = 0; i < POSTS; i++) {
		cr_assert(rc[i] == 0 || (struck && rc[i] == expect),
		    "code %d after %d: %d", code, after, rc[i]);
		cr_assert_eq(
		    stored(i), rc[i] == 0, "code %d after %d: post %d", code, after, i);
	}
	the_disk.fault = FAULT_NONE;
	post_all(rc);
	for (int i = 0; i < POSTS; i++) {
		cr_assert_eq(rc[i], 0);
		cr_assert_eq(stored(i), 1);
	}
	cr_assert_eq(db_check_integrity(w.db), 0);
	world_close(&w);
	return struck;
}

static int
strike_everywhere(enum disk_fault kind, int code, int expect)
{
	int places = 0;

	while (strike(kind, code, places, expect))
		places++;
	return places;
}

Test(pool_faults, a_full_disk_at_the_commit_leaves_the_outcome_unknown_to_all)
{
	cr_expect_gt(strike_everywhere(FAULT_WRITE, SQLITE_FULL, E_UNKNOWN), 10);
}

Test(pool_faults, a_write_that_fails_leaves_the_outcome_unknown_to_all)
{
	cr_expect_gt(strike_everywhere(FAULT_WRITE, SQLITE_IOERR_WRITE, E_UNKNOWN), 10);
}

Test(pool_faults, a_read_that_fails_breaks_the_batch_and_the_others_run_again)
{
	cr_expect_gt(strike_everywhere(FAULT_READ, SQLITE_IOERR_READ, E_DB), 5);
}

/* What became durable by a sync that failed, nobody knows: not even the same
 * connection, which the daemon never asks again. */
Test(pool_faults, a_sync_that_fails_leaves_the_outcome_unknown_and_is_remembered)
{
	int rc[POSTS];

	disk_restore(&image);
	world_open(&w, FILE_NAME, "disk");
	cr_expect_not(db_sync_failed(w.db));
	the_disk.fault = FAULT_SYNC;
	the_disk.fault_code = SQLITE_IOERR_FSYNC;
	the_disk.fault_times = 1;
	post_all(rc);
	for (int i = 0; i < POSTS; i++)
		cr_expect_eq(rc[i], E_UNKNOWN);
	cr_expect(db_sync_failed(w.db));
	world_close(&w);

	world_open(&w, FILE_NAME, "disk"); /* the next start reads what is there */
	post_all(rc);
	for (int i = 0; i < POSTS; i++) {
		cr_expect_eq(rc[i], 0);
		cr_expect_eq(stored(i), 1);
	}
	world_close(&w);
}

Test(pool_faults, a_sync_that_fails_in_a_checkpoint_is_remembered_too)
{
	int rc[POSTS];

	disk_restore(&image);
	world_open(&w, FILE_NAME, "disk");
	post_all(rc);
	the_disk.fault = FAULT_SYNC;
	the_disk.fault_code = SQLITE_IOERR_FSYNC;
	the_disk.fault_times = 1;
	cr_expect_lt(db_checkpoint(w.db), 0);
	cr_expect(db_sync_failed(w.db));
	world_close(&w);
}

/* FULL inside a statement: SQLite rolls the whole transaction back by itself. */
Test(pool_faults, a_job_for_which_there_is_no_room_does_not_take_the_others_with_it)
{
	struct keep_cmd cmds[3] = { { .name = "a" }, { .name = "big", .size = 1 << 20 },
		{ .name = "c" } };
	struct call *calls[3];
	int64_t pages;

	disk_restore(&image);
	world_open(&w, FILE_NAME, "disk");
	sqlite3_set_authorizer(w.db->handle, NULL, NULL);
	pages = sql_number(w.db, "PRAGMA page_count");
	sql_number(w.db, "PRAGMA max_page_count = %lld", (long long)pages + 4);
	for (int i = 0; i < 3; i++)
		calls[i] = keep_call(&w, &cmds[i]);
	keep_batch(&w, calls, 3);
	cr_expect_eq(calls[0]->job.rc, 0);
	cr_expect_eq(calls[1]->job.rc, E_FULL);
	cr_expect_eq(calls[2]->job.rc, 0);
	cr_expect(is_kept(&w, "a") && !is_kept(&w, "big") && is_kept(&w, "c"));
	cr_expect_eq(cmds[0].runs, 2); /* rolled back with it, and run again */
	cr_expect_eq(cmds[2].runs, 1);
	cr_expect_not(db_in_transaction(w.db));
	for (int i = 0; i < 3; i++)
		world_call_free(calls[i]);
	world_close(&w);
}
