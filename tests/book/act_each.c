/* SPDX-License-Identifier: MIT */
/* act_each.c - the acts of staff one by one, and the traces they leave. */
#include "book/acting.h"

TestSuite(act_each, .init = setup, .fini = teardown);

Test(act_each, a_call_is_an_attempt_and_moves_only_a_new_request)
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

Test(act_each, a_call_says_how_and_with_what_result)
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

Test(act_each, a_note_is_kept_sealed_and_changes_nothing_else)
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

Test(act_each, staff_add_and_remove_tags_of_their_own_beside_the_patients)
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

Test(act_each, tags_are_those_of_the_catalogue)
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

Test(act_each, amended_details_replace_the_old_which_stay_in_the_history)
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

Test(act_each, what_is_not_amended_stays)
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

Test(act_each, details_that_cannot_be_are_refused)
{
	struct act_cmd cmd = command("amend");

	cmd.phone = "12";
	cmd.guardian_phone = "13";
	cmd.email = "nobody@";
	cr_expect_eq(run(cmd), E_INVALID);
	cr_expect_eq(number("version"), 1);
}

Test(act_each, ending_a_request_needs_a_reason)
{
	cr_expect_eq(run(command("close")), E_INVALID);
	cr_expect_eq(run(command("cancel")), E_INVALID);
	cr_assert_eq(run(good_command("close")), 0);
	cr_expect_str_eq(sql_text(w.db, w.arena,
			     "SELECT kind || ' ' || reason FROM event WHERE seq = 2"),
	    "closed unreachable\n");
}

Test(act_each, not_spam_starts_the_clock_anew_and_keeps_when_it_came)
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
Test(act_each, not_spam_sends_what_was_never_sent)
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

Test(act_each, who_acts_stands_in_the_history)
{
	struct act_cmd cmd = good_command("note");

	cr_assert_eq(run_as("doctor", &cmd, NULL), 0);
	cr_expect_str_eq(
	    sql_text(w.db, w.arena,
		"SELECT actor_kind || ' ' || actor FROM event WHERE seq = 2"),
	    "staff doctor\n");
}
