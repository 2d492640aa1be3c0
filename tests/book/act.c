/* SPDX-License-Identifier: MIT */
/* act.c - what staff do with a request: which act in which status, and its traces. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "support/world.h"

static struct world w;
static const char *reference; /* of request 1, new */

static void
setup(void)
{
	struct booking_form *f;

	world_open(&w, ":memory:", NULL);
	f = world_form(w.arena);
	f->note = "as written";
	reference = world_book(&w, f).reference;
	clock_set_ms(WORLD_NOW + HOUR_MS);
}

static void
teardown(void)
{
	world_close(&w);
}

TestSuite(act, .init = setup, .fini = teardown);

static struct act_cmd
command(const char *action)
{
	return (struct act_cmd){ .reference = reference,
		.action = action,
		.if_match = sql_number(w.db, "SELECT version FROM booking WHERE n = 1") };
}

/* What the act's body must say, and no more. */
static struct act_cmd
good_command(const char *action)
{
	struct act_cmd cmd = command(action);

	cmd.text = "a word about it";
	if (strcmp(action, "contact") == 0) {
		cmd.channel = "phone";
		cmd.outcome = "no-answer";
	} else if (strcmp(action, "tag") == 0)
		cmd.add = strlist_split(w.arena, "laser-treatments");
	else if (strcmp(action, "close") == 0)
		cmd.reason = "unreachable";
	else if (strcmp(action, "cancel") == 0)
		cmd.reason = "patient-asked";
	else if (strcmp(action, "amend") == 0)
		cmd.full_name = "Tan Mei Lin";
	return cmd;
}

static int
run_as(const char *role, struct act_cmd *cmd, const char **ret_conflict)
{
	struct call *c = world_call(&w, &op_booking_act, cmd, role);
	int rc = world_run(&w, c);

	if (ret_conflict != NULL)
		*ret_conflict = arena_strdup(w.arena, c->conflict);
	world_call_free(c);
	return rc < 0 ? rc : 0;
}

static int
run(struct act_cmd cmd)
{
	return run_as("frontdesk", &cmd, NULL);
}

static void
put_status(enum status s)
{
	sql_run(w.db, "UPDATE booking SET status = %d WHERE n = 1", (int)s);
	sql_run(w.db, "UPDATE booking_tag SET status = %d WHERE n = 1", (int)s);
}

static int64_t
number(const char *column)
{
	return sql_number(w.db, "SELECT %s FROM booking WHERE n = 1", column);
}

static int64_t
events(void)
{
	return sql_number(w.db, "SELECT count(*) FROM event WHERE n = 1");
}

/* The sealed detail of the newest event, opened. */
static const char *
last_detail(void)
{
	struct uuid id;

	memcpy(id.b, sql_blob(w.db, w.arena, "SELECT id FROM booking WHERE n = 1").p, 16);
	return note_open(w.arena, &id,
	    sql_blob(
		w.db, w.arena, "SELECT detail FROM event ORDER BY seq DESC LIMIT 1"));
}

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

/* ---- each act ---- */

Test(act, a_call_is_an_attempt_and_moves_only_a_new_request)
{
	struct act_cmd cmd = good_command("contact");

	cmd.next_due = "2026-11-26";
	cr_assert_eq(run(cmd), 0);
	cr_expect_eq(number("status"), STATUS_CONTACTED);
	cr_expect_eq(number("version"), 1);
	cr_expect_eq(number("contacted_at"), WORLD_NOW + HOUR_MS);
	cr_expect_str_eq(
	    sql_text(w.db, w.arena,
		"SELECT actor || ' ' || channel || ' ' || outcome || ' ' || next_due"
		" FROM attempt"),
	    "frontdesk phone no-answer 1795622400000\n"); /* midnight in Singapore */
	cr_expect_str_eq(last_detail(), "{\"text\":\"a word about it\"}");
	clock_set_ms(WORLD_NOW + 2 * HOUR_MS);
	cmd.next_due = "2026-11-26T15:00:00+08:00";
	cr_assert_eq(run(cmd), 0);
	cr_expect_eq(number("contacted_at"), WORLD_NOW + HOUR_MS); /* the first is kept */
	cr_expect_eq(
	    sql_number(w.db, "SELECT next_due FROM attempt WHERE id = 2"), 1795676400000);
	cr_expect_eq(sql_number(w.db, "SELECT count(*) FROM attempt"), 2);
}

Test(act, a_call_says_how_and_with_what_result)
{
	struct act_cmd cmd = good_command("contact");

	cmd.channel = NULL;
	cr_expect_eq(run(cmd), E_INVALID);
	cmd = good_command("contact");
	cmd.outcome = NULL;
	cr_expect_eq(run(cmd), E_INVALID);
	cmd = good_command("contact");
	cmd.next_due = "soon";
	cr_expect_eq(run(cmd), E_INVALID);
	cr_expect_eq(sql_number(w.db, "SELECT count(*) FROM attempt"), 0);
}

Test(act, a_note_is_kept_sealed_and_changes_nothing_else)
{
	struct blob detail;

	cr_assert_eq(run(good_command("note")), 0);
	cr_expect_eq(number("status"), STATUS_NEW);
	cr_expect_str_eq(last_detail(), "{\"text\":\"a word about it\"}");
	detail = sql_blob(w.db, w.arena, "SELECT detail FROM event WHERE seq = 2");
	cr_expect_null(memmem(detail.p, detail.len, "word", 4));
	cr_expect_eq(run(command("note")), E_INVALID); /* without a text */
}

#define TAGS                                                                            \
	sql_text(w.db, w.arena,                                                         \
	    "SELECT slug || ' ' || source FROM booking_tag JOIN term ON term.id = term" \
	    " WHERE n = 1 ORDER BY 1")

Test(act, staff_add_and_remove_tags_of_their_own_beside_the_patients)
{
	struct act_cmd cmd = command("tag");

	cmd.add = strlist_split(w.arena, "excess-oil laser-treatments date-bound");
	cr_assert_eq(run(cmd), 0);
	cr_expect_str_eq(
	    TAGS, "date-bound 2\nexcess-oil 0\nexcess-oil 2\nlaser-treatments 2\n");
	cr_assert_eq(run(cmd), 0); /* twice is as once */
	cr_expect_str_eq(
	    TAGS, "date-bound 2\nexcess-oil 0\nexcess-oil 2\nlaser-treatments 2\n");
	cmd.add = (struct strlist){ 0 };
	cmd.remove = strlist_split(w.arena, "excess-oil date-bound");
	cr_assert_eq(run(cmd), 0);
	cr_expect_str_eq(
	    TAGS, "excess-oil 0\nlaser-treatments 2\n"); /* the patient's stays */
}

Test(act, tags_are_those_of_the_catalogue)
{
	struct act_cmd cmd = command("tag");

	cr_expect_eq(run(cmd), E_INVALID); /* none named */
	cmd.add = strlist_split(w.arena, "excess-oil dragons");
	cr_expect_eq(run(cmd), E_INVALID);
	cmd.add = (struct strlist){ 0 };
	cmd.remove = strlist_split(w.arena, "dragons");
	cr_expect_eq(run(cmd), E_INVALID);
	cr_expect_str_eq(TAGS, "excess-oil 0\n");
}

Test(act, amended_details_replace_the_old_which_stay_in_the_history)
{
	struct act_cmd cmd = command("amend");

	cmd.full_name = "Tan Mei Lin";
	cmd.phone = "+60 12 345 6789";
	cmd.email = "mei@Example.SG";
	cmd.contact_method = "email";
	cmd.language = "ms";
	cmd.preferred_days = strlist_split(w.arena, "mon tue");
	cmd.best_time_to_call = "noon";
	cr_assert_eq(run(cmd), 0);
	cr_expect_str_eq(
	    sql_text(w.db, w.arena,
		"SELECT full_name || ' ' || phone || ' ' || phone_typed || ' ' || email "
		"||"
		" ' ' || contact_method || ' ' || language || ' ' || preferred_days ||"
		" ' ' || preferred_parts || ' ' || call_time FROM booking"),
	    "Tan Mei Lin +60123456789 +60 12 345 6789 mei@example.sg email ms 3 0 "
	    "noon\n");
	cr_expect_str_eq(last_detail(),
	    "{\"old\":{\"full_name\":\"Tan Mei "
	    "Ling\",\"phone\":\"+6591234567\",\"email\":null,"
	    "\"contact_method\":\"whatsapp\",\"language\":\"en\",\"best_time_to_call\":"
	    "null,"
	    "\"preferred_days\":[]}}",
	    "%s", last_detail());
	cr_expect_str_eq(
	    sql_text(w.db, w.arena,
		"SELECT token FROM search_token WHERE token GLOB '[ep]*' ORDER BY 1"),
	    "emei@example.sg\np98765432106\n");
	cr_expect_eq(number("version"), 2);
}

Test(act, what_is_not_amended_stays)
{
	struct act_cmd cmd = command("amend");
	struct uuid id;

	cmd.best_time_to_call = "noon";
	cr_assert_eq(run(cmd), 0);
	cr_expect_str_eq(
	    sql_text(w.db, w.arena, "SELECT full_name || phone FROM booking"),
	    "Tan Mei Ling+6591234567\n");
	memcpy(id.b, sql_blob(w.db, w.arena, "SELECT id FROM booking").p, sizeof(id.b));
	cr_expect_str_eq(
	    note_open(w.arena, &id, sql_blob(w.db, w.arena, "SELECT note FROM booking")),
	    "as written");
}

Test(act, details_that_cannot_be_are_refused)
{
	struct act_cmd cmd = command("amend");

	cmd.phone = "12";
	cmd.guardian_phone = "13";
	cmd.email = "nobody@";
	cr_expect_eq(run(cmd), E_INVALID);
	cr_expect_eq(number("version"), 1);
}

Test(act, ending_a_request_needs_a_reason)
{
	cr_expect_eq(run(command("close")), E_INVALID);
	cr_expect_eq(run(command("cancel")), E_INVALID);
	cr_assert_eq(run(good_command("close")), 0);
	cr_expect_str_eq(sql_text(w.db, w.arena,
			     "SELECT kind || ' ' || reason FROM event WHERE seq = 2"),
	    "closed unreachable\n");
}

Test(act, not_spam_starts_the_clock_anew_and_keeps_when_it_came)
{
	int64_t due = number("respond_by");

	cr_assert_eq(run(good_command("spam")), 0);
	clock_set_ms(WORLD_NOW + 2 * DAY_MS); /* Thursday evening */
	cr_assert_eq(run(good_command("not-spam")), 0);
	cr_expect_eq(number("status"), STATUS_NEW);
	cr_expect_eq(number("received_at"), WORLD_NOW);
	cr_expect_eq(number("clock_at"), WORLD_NOW + 2 * DAY_MS);
	cr_expect_eq(number("respond_by"), due + 2 * DAY_MS); /* Friday at two */
	cr_expect_eq(number("contacted_at IS NULL"), 1);
}

/* What quarantine withheld is sent then; what was sent before is not sent again. */
Test(act, not_spam_sends_what_was_never_sent)
{
	struct booking_form *f = world_form(w.arena);

	f->email = "mei@example.sg";
	f->language = "ms";
	f->suspicious = true;
	reference = world_book(&w, f).reference;
	cr_expect_eq(sql_number(w.db, "SELECT count(*) FROM outbox WHERE n = 2"), 0);
	cr_assert_eq(run((struct act_cmd){ reference, "not-spam", .if_match = 1 }), 0);
	cr_expect_str_eq(
	    sql_text(w.db, w.arena,
		"SELECT kind || ' ' || language FROM outbox WHERE n = 2 ORDER BY id"),
	    "request-new en\nrequest-received ms\n");
	cr_assert_eq(run((struct act_cmd){ reference, "spam", .if_match = 2 }), 0);
	cr_assert_eq(run((struct act_cmd){ reference, "not-spam", .if_match = 3 }), 0);
	cr_expect_eq(sql_number(w.db, "SELECT count(*) FROM outbox WHERE n = 2"), 2);
}

Test(act, who_acts_stands_in_the_history)
{
	struct act_cmd cmd = good_command("note");

	cr_assert_eq(run_as("doctor", &cmd, NULL), 0);
	cr_expect_str_eq(
	    sql_text(w.db, w.arena,
		"SELECT actor_kind || ' ' || actor FROM event WHERE seq = 2"),
	    "staff doctor\n");
}
