/* SPDX-License-Identifier: MIT */
/* booking_clock.c - by when a request is answered, and in which order they come. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/world.h"

static struct world w;

static void
setup(void)
{
	world_open(&w, ":memory:", NULL);
}

static void
teardown(void)
{
	world_close(&w);
}

TestSuite(booking_clock, .init = setup, .fini = teardown);

static int64_t
at(const char *text)
{
	int64_t ms = 0;

	cr_assert(rfc3339_parse(text, &ms), "%s", text);
	return ms;
}

/* The promise is four open hours; main is open 10-19, Saturdays to 16. */
Test(booking_clock, the_promise_counts_open_hours_only)
{
	static const struct {
		const char *branch, *received, *due;
	} table[] = {
		{ "main", "2026-11-24T11:00:00+08:00", "2026-11-24T15:00:00+08:00" },
		{ "main", "2026-11-24T17:30:00+08:00", "2026-11-25T12:30:00+08:00" },
		{ "main", "2026-11-24T21:12:00+08:00", "2026-11-25T14:00:00+08:00" },
		{ "main", "2026-11-25T03:00:00+08:00", "2026-11-25T14:00:00+08:00" },
		{ "main", "2026-11-27T18:00:00+08:00", "2026-11-28T13:00:00+08:00" },
		{ "main", "2026-11-28T15:00:00+08:00", "2026-11-30T13:00:00+08:00" },
		{ "main", "2026-11-29T12:00:00+08:00", "2026-11-30T14:00:00+08:00" },
		/* Christmas Day is a Friday */
		{ "main", "2026-12-24T18:00:00+08:00", "2026-12-26T13:00:00+08:00" },
		{ "east", "2026-11-24T09:00:00+00:00", "2026-11-25T09:00:00+00:00" },
		/* London's clocks went back on 25 October 2026 */
		{ "east", "2026-10-23T11:00:00+01:00", "2026-10-26T11:00:00+00:00" },
		/* a branch that told nobody its hours: a day */
		{ "spare", "2026-11-24T09:00:00+08:00", "2026-11-25T09:00:00+08:00" },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct booking_form *f = world_form(w.arena);
		struct pool_options options = { .batch_max = 1 };
		struct call *c;
		struct pool *fresh = pool_new_inline(w.db, &options);

		f->branch = table[i].branch;
		clock_set_ms(at(table[i].received));
		c = world_post(&w, f, NULL);
		c->decoded = c->problems;
		pool_run_batch(fresh, &c->job); /* without the floor of the one before */
		cr_assert_eq(c->job.rc, 0);
		cr_expect_eq(
		    sql_number(
			w.db, "SELECT respond_by FROM booking ORDER BY n DESC LIMIT 1"),
		    at(table[i].due), "%s at %s: %s", table[i].received, table[i].branch,
		    ((struct booking_answer *)c->res)->json);
		world_call_free(c);
		free(fresh); /* the connection is w's */
	}
}

Test(booking_clock, the_promise_is_said_in_the_branchs_own_time)
{
	struct booking_form *f = world_form(w.arena);

	f->branch = "east";
	cr_expect_not_null(strstr(
	    world_book(&w, f).json, "\"respond_by\":\"2026-11-25T12:00:00+00:00\""));
}

/* ---- references and order ---- */

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

Test(booking_clock, references_differ_and_lead_back_to_their_request)
{
	enum { MANY = 300 };
	const char *all[MANY];

	for (int i = 0; i < MANY; i++) {
		int64_t n = 0;

		all[i] = world_book(&w, world_form(w.arena)).reference;
		cr_expect(
		    reference_parse(op_keys()->reference.b, all[i], &n) && n == i + 1,
		    "%s", all[i]);
	}
	qsort(all, MANY, sizeof(all[0]), compare);
	for (int i = 1; i < MANY; i++)
		cr_expect_str_neq(all[i - 1], all[i]);
}

Test(booking_clock, a_clock_that_goes_back_does_not_change_the_order)
{
	static const int64_t machine[] = { 0, 1000, -HOUR_MS, 500, 2000, -DAY_MS, 3000 };

	for (size_t i = 0; i < ARRAY_LEN(machine); i++) {
		clock_set_ms(WORLD_NOW + machine[i]);
		world_book(&w, world_form(w.arena));
	}
	cr_expect_eq(
	    sql_number(w.db, "SELECT count(*) FROM booking a JOIN booking b ON"
			     " b.n = a.n + 1 WHERE b.received_at < a.received_at"),
	    0);
	cr_expect_eq(
	    sql_number(w.db, "SELECT max(received_at) FROM booking"), WORLD_NOW + 3000);
	cr_expect_eq(sql_number(w.db,
			 "SELECT max(at) = 1795525923000 AND count(*) = 7 FROM event"),
	    1);
}

Test(booking_clock, an_id_tells_when_the_request_was_received)
{
	struct uuid id;

	world_book(&w, world_form(w.arena));
	memcpy(id.b, sql_blob(w.db, w.arena, "SELECT id FROM booking").p, 16);
	cr_expect_eq(uuid_v7_ms(&id), WORLD_NOW);
}
