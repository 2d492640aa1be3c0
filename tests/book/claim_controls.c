/* SPDX-License-Identifier: MIT */
/*
 * claim_controls.c - what keeps two from one time, taken away piece by piece. There
 * are two guards: the check inside the writer's transaction, and the trigger of the
 * schema. Without both a time is given twice, and this must show it; with either one
 * it is not.
 */
#include "book/appointment.h"
#include "support/world.h"

#define CROWD 8
#define WANTED \
	((int64_t)1795660200000) /* Thursday 26 November 2026, 10:30 in Singapore */

static const char document[] =
    "{\"clinic\":{\"name\":\"Perfect Skin\",\"prefix\":\"NG\",\"country\":\"SG\","
    "\"time_zone\":\"Asia/Singapore\"},\"branches\":[{\"slug\":\"main\",\"hours\":["
    "{\"days\":[\"thu\"],\"from\":\"10:00\",\"to\":\"19:00\"}]}],"
    "\"services\":[{\"slug\":\"consultation\",\"name\":{\"en\":\"Consultation\"},"
    "\"minutes\":30,\"buffer_after\":10}],"
    "\"doctors\":[{\"slug\":\"dr-a\",\"name\":\"Dr A\",\"services\":[\"consultation\"],"
    "\"hours\":[{\"branch\":\"main\",\"days\":[\"thu\"],\"from\":\"10:00\","
    "\"to\":\"19:00\"}]}]}";

static struct world w;
static struct slot_ask ask;

static void
setup(void)
{
	world_open(&w, ":memory:", NULL);
	world_load_clinic(&w, document);
	ask = (struct slot_ask){ clinic_branch(w.clinic, "main"),
		clinic_service(w.clinic, "consultation"), NULL, WORLD_NOW };
	for (int i = 0; i < CROWD; i++) {
		struct booking_form *f = world_form(w.arena);

		f->phone = arena_printf(w.arena, "9123 45%02d", i);
		world_book(&w, f);
	}
}

static void
teardown(void)
{
	world_close(&w);
}

TestSuite(claim_controls, .init = setup, .fini = teardown);

/* ---- an operation that takes a time for a request ---- */

struct take {
	int64_t n, start_ms;
	bool early;            /* it was checked before it was queued */
	struct slot_pick pick; /* what that check said */
};

/* The check as the booking makes it, of the transaction it is in. */
static int
check(struct tx *tx, void *arg)
{
	struct take *t = arg;
	struct slot_reason why;
	struct calendar *cal;
	int rc = appointment_calendar(tx, w.clinic, 0, &cal);

	if (rc < 0)
		return rc;
	return slot_check(tx->arena, cal, &ask, t->start_ms, &t->pick, &why) == SLOT_FREE
		   ? 0
		   : E_SLOT_TAKEN;
}

static int
run_take(struct tx *tx, struct call *c)
{
	struct take *t = c->cmd;
	int rc = t->early ? 0 : check(tx, t);

	return rc < 0 ? rc
		      : appointment_take(tx, t->n, &t->pick, w.clinic->zone,
			    &(struct appointment_terms){ 0 });
}

static const struct op op_take = { "take", OP_WRITE, 0, NULL, 0, run_take };

/* Everybody at once, in one batch; how many were told that it is theirs. */
static int
all_take(bool early, int64_t apart_ms)
{
	struct take takes[CROWD];
	struct call *calls[CROWD];
	int granted = 0;

	for (int i = 0; i < CROWD; i++) {
		takes[i] = (struct take){ i + 1, WANTED + i * apart_ms, early, { 0 } };
		if (early)
			cr_assert_eq(
			    world_in_transaction(w.db, w.arena, check, &takes[i]), 0);
	}
	for (int i = CROWD - 1; i >= 0; i--) {
		calls[i] = world_call(&w, &op_take, &takes[i], NULL);
		calls[i]->job.next = i + 1 < CROWD ? &calls[i + 1]->job : NULL;
	}
	pool_run_batch(w.pool, &calls[0]->job);
	for (int i = 0; i < CROWD; i++) {
		granted += calls[i]->job.rc >= 0;
		world_call_free(calls[i]);
	}
	return granted;
}

static int64_t
overlaps(void)
{
	return sql_number(w.db,
	    "SELECT count(*) FROM claim a JOIN claim b ON b.resource = a.resource"
	    " AND b.unit = a.unit AND b.n > a.n AND b.starts < a.ends AND b.ends > "
	    "a.starts");
}

/* The connection refuses that to everybody, the daemon itself included. */
static void
drop_trigger(void)
{
	sqlite3_set_authorizer(w.db->handle, NULL, NULL);
	sql_run(w.db, "DROP TRIGGER claim_overlaps_none");
}

/* ---- with both, with either, with neither ---- */

Test(claim_controls, with_both_guards_one_gets_it)
{
	cr_expect_eq(all_take(false, 0), 1);
	cr_expect_eq(overlaps(), 0);
}

Test(claim_controls, a_check_that_came_too_early_is_caught_by_the_schema)
{
	cr_expect_eq(all_take(true, 0), 1);
	cr_expect_eq(overlaps(), 0);
	cr_expect_eq(sql_number(w.db, "SELECT count(*) FROM claim"), 1);
	cr_expect_eq(sql_number(w.db, "SELECT count(*) FROM appointment"), 1);
}

Test(claim_controls, the_check_alone_suffices_where_all_go_through_it)
{
	drop_trigger();
	cr_expect_eq(all_take(false, 0), 1);
	cr_expect_eq(overlaps(), 0);
}

Test(claim_controls, without_both_a_time_is_given_many_times)
{
	drop_trigger();
	cr_expect_eq(all_take(true, 0), CROWD);
	cr_expect_eq(overlaps(), CROWD * (CROWD - 1) / 2);
}

/* 40 minutes with the buffer; starts a quarter of an hour apart. */
Test(claim_controls, overlapping_times_are_no_better_than_the_same)
{
	cr_expect_eq(all_take(true, 15 * MINUTE_MS), 3); /* the 1st, 4th, 7th */
	cr_expect_eq(overlaps(), 0);
}

Test(claim_controls, without_both_overlapping_times_are_given_too)
{
	drop_trigger();
	cr_expect_eq(all_take(true, 15 * MINUTE_MS), CROWD);
	cr_expect_gt(overlaps(), 0);
}
