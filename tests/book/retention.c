/* SPDX-License-Identifier: MIT */
/* retention.c - what has been kept long enough goes; what is held of a person is told whole. */
#include "book/privacy.h"
#include "support/world.h"

static struct world w;

static void
open_world(void)
{
	world_open(&w, ":memory:", NULL);
}

static void
close_world(void)
{
	world_close(&w);
}

TestSuite(retention, .init = open_world, .fini = close_world);
TestSuite(subject, .init = open_world, .fini = close_world);

static const char *
book(const char *phone, bool spam)
{
	struct booking_form *f = world_form(w.arena);

	f->phone = phone;
	f->suspicious = spam;
	return world_book(&w, f).reference;
}

/* A whole run; how many it took, and the references, a blank after each. */
static int
run(bool dry, const char **ret_references)
{
	struct retention_cmd cmd = { dry, 0, 0 };
	struct call *c;
	int steps = 0;

	*ret_references = "";
	do {
		const struct retention_res *res;

		c = world_call(&w, &op_retention, &cmd, "manager");
		cr_assert_eq(world_run(&w, c), 0);
		res = c->res;
		for (size_t i = 0; i < res->count; i++)
			*ret_references = arena_printf(
			    w.arena, "%s%s ", *ret_references, res->items[i].reference);
		cmd.gone += (int64_t)res->count;
		cmd.after = res->next;
		world_call_free(c);
		cr_assert_lt(++steps, 100);
	} while (cmd.after != 0);
	return steps;
}

static void
after_days(int days)
{
	clock_set_ms(WORLD_NOW + days * DAY_MS);
}

static int64_t
erased(void)
{
	return sql_number(w.db, "SELECT count(*) FROM booking WHERE status = 10");
}

Test(retention, a_request_without_a_visit_goes_after_a_year_and_not_a_day_before)
{
	const char *reference = book("91234567", false), *gone;

	after_days(364);
	run(false, &gone);
	cr_expect_str_empty(gone);
	after_days(365);
	run(false, &gone);
	cr_expect_str_eq(gone, arena_printf(w.arena, "%s ", reference));
	cr_expect_eq(erased(), 1);
	cr_expect_str_eq(sql_text(w.db, w.arena,
			     "SELECT actor || ' ' || reason FROM event WHERE kind = 'erased'"),
	    "manager retention\n");
}

Test(retention, spam_goes_after_thirty_days)
{
	const char *spam = book("91234567", true), *gone;

	book("91234568", false);
	after_days(30);
	run(false, &gone);
	cr_expect_str_eq(gone, arena_printf(w.arena, "%s ", spam));
}

Test(retention, the_days_count_from_the_last_event)
{
	const char *reference = book("91234567", false), *gone;
	struct act_cmd cmd = { .reference = reference, .action = "note",
		.if_match = FIELD_ABSENT, .text = "calls back in spring" };
	struct call *c = world_call(&w, &op_booking_act, &cmd, "manager");

	after_days(100);
	cr_assert_geq(world_run(&w, c), 0);
	world_call_free(c);
	after_days(365);
	run(false, &gone);
	cr_expect_str_empty(gone);
	after_days(465);
	run(false, &gone);
	cr_expect_str_eq(gone, arena_printf(w.arena, "%s ", reference));
}

Test(retention, a_dry_run_says_the_same_and_changes_nothing)
{
	const char *would, *gone;
	int64_t ms;

	for (int i = 0; i < 30; i++)
		book(arena_printf(w.arena, "912345%02d", i), false);
	after_days(400);
	cr_expect_eq(run(true, &would), 1);
	cr_expect_eq(erased(), 0);
	cr_expect_eq(sql_number(w.db, "SELECT count(*) FROM setting WHERE name = 'retention_ran'"), 0);
	cr_expect_gt(run(false, &gone), 1, "the writer is not held for all of them at once");
	cr_expect_str_eq(gone, would);
	cr_expect_eq(erased(), 30);
	ms = sql_number(w.db, "SELECT CAST(CAST(value AS TEXT) AS INTEGER) FROM setting WHERE name = 'retention_ran'");
	cr_expect_eq(ms, WORLD_NOW + 400 * DAY_MS);
}

/* ---- when ---- */

static int64_t
ms(const char *text)
{
	int64_t v = 0;

	cr_assert(rfc3339_parse(text, &v), "%s", text);
	return v;
}

Test(retention, a_run_is_due_at_three_of_the_clinics_clock)
{
	const struct zone *sg = zone_get("Asia/Singapore"), *ny = zone_get("America/New_York");

	cr_expect_eq(retention_due_ms(sg, ms("2026-11-26T03:00:00+08:00")), ms("2026-11-27T03:00:00+08:00"));
	cr_expect_eq(retention_due_ms(sg, ms("2026-11-26T02:59:59+08:00")), ms("2026-11-26T03:00:00+08:00"));
	cr_expect_eq(retention_due_ms(sg, ms("2026-11-26T23:10:00+08:00")), ms("2026-11-27T03:00:00+08:00"));
	cr_expect_eq(retention_due_ms(ny, ms("2026-03-07T12:00:00-05:00")), ms("2026-03-08T03:00:00-04:00"));
	cr_expect_leq(retention_due_ms(sg, 0), 2 * DAY_MS);
}

/* ---- what is held of a person ---- */

static char *
subject_of(const char *reference, int expected)
{
	struct subject_cmd cmd = { reference };
	struct call *c = world_call(&w, &op_subject_read, &cmd, "manager");
	const struct subject_res *res = c->res;
	char *json;

	cr_assert_eq(world_run(&w, c), expected);
	json = arena_strdup(w.arena, expected < 0 ? "" : res->json);
	world_call_free(c);
	return json;
}

Test(subject, every_request_of_the_same_phone_is_told_whole_and_no_link)
{
	struct booking_form *f = world_form(w.arena);
	struct booking_answer first;
	const char *second, *other, *json;

	f->note = "my own words";
	first = world_book(&w, f);
	second = book("+65 9123-4567", false);
	other = book("81234567", false);
	json = subject_of(second, 0);
	cr_expect_not_null(strstr(json, first.reference));
	cr_expect_not_null(strstr(json, "my own words"));
	cr_expect_not_null(strstr(json, "\"messages\":[{\"kind\":\"request-new\""));
	cr_expect_not_null(strstr(json, "\"links\":[{\"scope\":\"manage\""));
	cr_expect_null(strstr(json, first.token));
	cr_expect_null(strstr(json, other));
}

Test(subject, of_a_reference_nobody_has_nothing_is_told)
{
	subject_of("NG-AAAAAAA", E_NOT_FOUND);
}
