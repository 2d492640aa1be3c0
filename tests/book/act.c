/* SPDX-License-Identifier: MIT */
/* act.c - what staff may do with a request: the whole table; who is refused first. */
#include "book/acting.h"

TestSuite(act, .init = setup, .fini = teardown);

/* ---- the whole table ---- */

#define NO (-1)

/* The status after the act, or NO where it is refused (409). */
static const struct {
	const char *action;
	bool versioned;
	int after[STATUS_COUNT];
} expected[] = {
	/*                     new contacted booked confirmed arrived attended no_show
			       cancelled closed spam erased */
	{ "contact", false, { 1, 1, 2, 3, 4, 5, 6, 7, 8, NO, NO } },
	{ "note", false, { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, NO } },
	{ "tag", false, { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, NO } },
	{ "amend", true, { 0, 1, 2, 3, 4, 5, 6, 7, 8, NO, NO } },
	{ "close", true, { 8, 8, NO, NO, NO, NO, 8, 8, NO, NO, NO } },
	{ "reopen", true, { NO, NO, NO, NO, NO, NO, NO, NO, 1, NO, NO } },
	{ "spam", true, { 9, 9, NO, NO, NO, NO, NO, NO, NO, NO, NO } },
	{ "not-spam", true, { NO, NO, NO, NO, NO, NO, NO, NO, NO, 0, NO } },
	{ "cancel", true, { 7, 7, 7, 7, 7, NO, NO, NO, NO, NO, NO } },
};

static void
expect_refused(size_t i, enum status from, int64_t version, int64_t history)
{
	struct act_cmd cmd = good_command(expected[i].action);
	const char *conflict;

	cr_expect_eq(run_as("frontdesk", &cmd, &conflict), E_CONFLICT, "%s from %s",
	    expected[i].action, status_name(from));
	cr_expect_not_null(conflict);
	if (conflict != NULL)
		cr_expect_not_null(strstr(conflict, status_name(from)), "%s", conflict);
	cr_expect_eq(number("status"), from);
	cr_expect_eq(number("version"), version);
	cr_expect_eq(events(), history);
}

static void
expect_done(size_t i, enum status from, int64_t version, int64_t history)
{
	int after = expected[i].after[from];

	cr_expect_eq(run(good_command(expected[i].action)), 0, "%s from %s",
	    expected[i].action, status_name(from));
	cr_expect_eq(
	    number("status"), after, "%s from %s", expected[i].action, status_name(from));
	cr_expect_eq(number("version"), version + expected[i].versioned);
	cr_expect_eq(events(), history + 1);
	cr_expect_eq(sql_number(w.db,
			 "SELECT count(*) FROM booking_tag WHERE n = 1"
			 " AND status <> %d",
			 after),
	    0);
	cr_expect_eq(sql_number(w.db, "SELECT coalesce(from_status, -1) FROM event"
				      " ORDER BY seq DESC LIMIT 1"),
	    after == (int)from ? -1 : (int)from);
	cr_expect_eq(sql_number(w.db, "SELECT coalesce(to_status, -1) FROM event"
				      " ORDER BY seq DESC LIMIT 1"),
	    after == (int)from ? -1 : after);
}

Test(act, every_act_in_every_status_does_what_the_contract_says)
{
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		cr_assert_not_null(
		    act_fields(expected[i].action), "%s", expected[i].action);
		for (int s = 0; s < STATUS_COUNT; s++) {
			put_status((enum status)s);
			if (expected[i].after[s] == NO)
				expect_refused(
				    i, (enum status)s, number("version"), events());
			else
				expect_done(
				    i, (enum status)s, number("version"), events());
		}
	}
}

Test(act, what_is_no_act_is_not_found)
{
	cr_expect_eq(run(command("dance")), E_NOT_FOUND);
	cr_expect_null(act_fields("dance"));
	cr_expect_null(act_fields(""));
}

/* ---- versions ---- */

Test(act, an_act_that_changes_needs_the_version_that_was_read)
{
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		struct act_cmd cmd = good_command(expected[i].action);
		int ok = 0;

		for (int s = 0; s < STATUS_COUNT; s++)
			if (expected[i].after[s] != NO)
				ok = s;
		put_status((enum status)ok);
		cmd.if_match = FIELD_ABSENT;
		cr_expect_eq(run(cmd), expected[i].versioned ? E_VERSION_REQUIRED : 0,
		    "%s", cmd.action);
		put_status((enum status)ok);
		cmd.if_match = number("version") - 1;
		cr_expect_eq(run(cmd), expected[i].versioned ? E_VERSION_MISMATCH : 0,
		    "%s", cmd.action);
	}
}

Test(act, two_who_read_the_same_version_cannot_both_change_it)
{
	struct act_cmd one = good_command("close"), two = good_command("spam");

	cr_expect_eq(run(one), 0);
	cr_expect_eq(run(two), E_VERSION_MISMATCH);
	cr_expect_eq(number("status"), STATUS_CLOSED);
}

/* 401 and 403 come before; then 404, 422, 428, 412, 409. */
Test(act, what_is_wrong_is_said_in_the_contracts_order)
{
	struct act_cmd cmd = command("close");

	put_status(STATUS_ATTENDED);
	cmd.if_match = FIELD_ABSENT;
	cmd.reference = "NG-2222222";
	cr_expect_eq(run_as("viewer", &cmd, NULL), E_FORBIDDEN);
	cr_expect_eq(run(cmd), E_NOT_FOUND);
	cmd.reference = reference;
	cr_expect_eq(run(cmd), E_INVALID);
	cmd.reason = "price";
	cr_expect_eq(run(cmd), E_VERSION_REQUIRED);
	cmd.if_match = 77;
	cr_expect_eq(run(cmd), E_VERSION_MISMATCH);
	cmd.if_match = number("version");
	cr_expect_eq(run(cmd), E_CONFLICT);
	cr_expect_eq(events(), 1);
}

Test(act, a_request_of_another_branch_is_not_there)
{
	struct act_cmd cmd = good_command("note");
	struct call *c = world_call(&w, &op_booking_act, &cmd, "frontdesk");

	c->actor.branch = clinic_branch(w.clinic, "east")->id;
	cr_expect_eq(world_run(&w, c), E_NOT_FOUND);
	world_call_free(c);
	cr_expect_eq(events(), 1);
}
