/* SPDX-License-Identifier: MIT */
/*
 * visit_own.c - a request that waits with its time, and what patients do with
 * their appointments by the link.
 */
#include "book/visiting.h"

TestSuite(visit_own, .init = visit_setup, .fini = visit_teardown);

static void
at(const char *day_and_time)
{
	clock_set_ms(visit_ms(visit_time(day_and_time)));
}

static int64_t
events(const char *reference, const char *kind)
{
	sqlite3_stmt *st;
	int64_t n;

	cr_assert_eq(sqlite3_prepare_v2(w.db->handle,
			 "SELECT count(*) FROM event WHERE n = ? AND kind = ?", -1, &st, NULL),
	    SQLITE_OK);
	sqlite3_bind_int64(st, 1, visit_n(reference));
	sqlite3_bind_text(st, 2, kind, -1, SQLITE_STATIC);
	cr_assert_eq(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

static int
view(const char *token, struct booking_view *ret)
{
	struct booking_view_cmd cmd = { token };
	struct call *c = world_call(&w, &op_booking_view, &cmd, NULL);
	int rc = world_run(&w, c);

	if (ret != NULL)
		*ret = *(struct booking_view *)c->res;
	world_call_free(c);
	return rc < 0 ? rc : 0;
}

static int
contact(const char *reference)
{
	struct act_cmd cmd = visit_act(reference, "contact");

	cmd.channel = "phone";
	cmd.outcome = "no-answer";
	return visit_run(cmd, "frontdesk");
}

/* ---- a branch that is asked ---- */

Test(visit_own, a_request_keeps_its_time_for_eight_open_hours)
{
	struct booking_answer a = visit_book("Ang", "quiet", "27T10:00");

	cr_expect_eq(visit_status(a.reference), STATUS_NEW);
	cr_expect_not_null(strstr(a.json, "\"slot\":\"2026-11-27T10:00:00+08:00\""), "%s", a.json);
	cr_expect_str_eq(visit_words(a.reference), "27T10:00 dr-q held");
	at("25T17:59"); /* it opened at ten */
	visit_housekeep();
	cr_expect_eq(visit_claims(a.reference), 2);
	cr_expect_eq(visit_post(visit_form("Goh", "quiet", "27T10:00"), NULL, NULL), E_SLOT_TAKEN);
	at("25T18:00");
	visit_housekeep();
	cr_expect_eq(visit_claims(a.reference), 0);
	cr_expect_eq(visit_status(a.reference), STATUS_NEW, "it waits for its answer as before");
	cr_expect_str_eq(visit_words(a.reference), "27T10:00 dr-q wish", "the wish stays");
	cr_expect_eq(events(a.reference, "hold_ended"), 1);
	visit_housekeep();
	cr_expect_eq(events(a.reference, "hold_ended"), 1, "once");
	cr_expect_eq(visit_post(visit_form("Goh", "quiet", "27T10:00"), NULL, NULL), 0);
}

Test(visit_own, once_staff_have_called_the_time_is_kept)
{
	struct booking_answer a = visit_book("Ang", "quiet", "27T10:00");

	at("25T11:00");
	cr_expect_eq(contact(a.reference), 0);
	at("26T19:00");
	visit_housekeep();
	cr_expect_eq(visit_status(a.reference), STATUS_CONTACTED);
	cr_expect_str_eq(visit_words(a.reference), "27T10:00 dr-q held");
	cr_expect_eq(visit_run(visit_act(a.reference, "book"), "frontdesk"), 0, "accepted as it is");
	cr_expect_eq(visit_status(a.reference), STATUS_BOOKED);
	cr_expect_str_eq(visit_words(a.reference), "27T10:00 dr-q held");
}

Test(visit_own, a_wish_is_booked_while_it_is_free)
{
	struct booking_answer a = visit_book("Ang", "quiet", "27T10:00");

	at("25T18:00");
	visit_housekeep();
	cr_expect_eq(visit_run(visit_act(a.reference, "book"), "frontdesk"), 0);
	cr_expect_str_eq(visit_words(a.reference), "27T10:00 dr-q held");
}

Test(visit_own, a_patient_who_moves_a_request_goes_on_waiting)
{
	struct booking_answer a = visit_book("Ang", "quiet", "27T10:00");

	cr_expect_eq(visit_own(&op_booking_move, a.token, visit_time("28T11:00")), 0);
	cr_expect_eq(visit_status(a.reference), STATUS_NEW);
	cr_expect_str_eq(visit_words(a.reference), "28T11:00 dr-q held");
	at("25T18:00");
	visit_housekeep();
	cr_expect_str_eq(visit_words(a.reference), "28T11:00 dr-q wish");
}

/* ---- by the link ---- */

Test(visit_own, a_patient_confirms_once_and_confirms_anew_after_a_move)
{
	struct booking_answer a = visit_book("Ang", "main", "27T10:00");

	cr_expect_eq(visit_status(a.reference), STATUS_BOOKED);
	cr_expect_eq(visit_own(&op_booking_confirm, a.token, NULL), 0);
	cr_expect_eq(visit_own(&op_booking_confirm, a.token, NULL), 0);
	cr_expect_eq(events(a.reference, "confirmed"), 1);
	cr_expect_eq(visit_own(&op_booking_move, a.token, visit_time("27T10:15")), 0);
	cr_expect_str_eq(visit_words(a.reference), "27T10:15 dr-a held", "the same doctor");
	cr_expect_eq(visit_status(a.reference), STATUS_BOOKED);
	cr_expect_eq(visit_own(&op_booking_confirm, a.token, NULL), 0);
	cr_expect_eq(visit_status(a.reference), STATUS_CONFIRMED);
	cr_expect_eq(visit_own(&op_booking_move, a.token, visit_time("27T10:15")), 0, "where it is");
	cr_expect_eq(visit_status(a.reference), STATUS_CONFIRMED);
}

Test(visit_own, a_move_that_is_refused_leaves_the_patient_the_old_time)
{
	static const struct {
		const char *sentence, *slot;
		int rc;
	} table[] = {
		{ "somebody has it", "2026-11-27T11:00:00+08:00", E_SLOT_TAKEN },
		{ "a Sunday", "2026-11-29T11:00:00+08:00", E_NOT_OFFERED },
		{ "too soon", "2026-11-24T22:00:00+08:00", E_NOT_OFFERED },
		{ "after the horizon", "2026-12-28T11:00:00+08:00", E_NOT_OFFERED },
		{ "no time at all", "tomorrow", E_INVALID },
		{ "nothing", NULL, E_INVALID },
	};
	struct booking_answer a = visit_book("Ang", "quiet", "27T10:00");
	const char *before;

	visit_book("Goh", "quiet", "27T11:00");
	before = visit_everything();
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		int rc = visit_own(&op_booking_move, a.token, table[i].slot);

		cr_expect_eq(rc, table[i].rc, "%s: %d", table[i].sentence, rc);
		cr_expect_str_eq(visit_everything(), before, "%s", table[i].sentence);
	}
}

Test(visit_own, until_a_day_before_a_patient_moves_and_withdraws_and_then_calls)
{
	struct booking_answer a = visit_book("Ang", "main", "27T10:00");
	struct booking_answer b = visit_book("Goh", "main", "27T11:00");
	struct booking_view v;

	at("26T10:00");
	cr_expect_eq(view(a.token, &v), 0);
	cr_expect(v.may_move && v.may_cancel && !v.too_late);
	cr_expect_eq(visit_own(&op_booking_move, a.token, visit_time("27T12:00")), 0);
	at("26T11:00");
	cr_expect_eq(visit_own(&op_booking_withdraw, b.token, NULL), 0, "exactly a day before");
	clock_set_ms(visit_ms(visit_time("26T12:00")) + 1);
	cr_expect_eq(view(a.token, &v), 0);
	cr_expect(!v.may_move && !v.may_cancel && v.too_late && v.may_confirm);
	cr_expect_eq(visit_own(&op_booking_move, a.token, visit_time("28T12:00")), E_TOO_LATE);
	cr_expect_eq(visit_own(&op_booking_withdraw, a.token, NULL), E_TOO_LATE);
	cr_expect_str_eq(visit_words(a.reference), "27T12:00 dr-a held");
	cr_expect_eq(visit_own(&op_booking_confirm, a.token, NULL), 0, "that she comes may be said");
}

Test(visit_own, a_withdrawal_is_taken_back_within_half_an_hour)
{
	struct booking_answer a = visit_book("Ang", "main", "27T10:00");

	cr_expect_eq(visit_own(&op_booking_confirm, a.token, NULL), 0);
	at("25T09:00");
	cr_expect_eq(visit_own(&op_booking_withdraw, a.token, NULL), 0);
	cr_expect_eq(visit_own(&op_booking_withdraw, a.token, NULL), 0, "twice is once");
	cr_expect_eq(visit_status(a.reference), STATUS_CANCELLED);
	cr_expect_eq(visit_claims(a.reference), 0);
	clock_set_ms(visit_ms(visit_time("25T09:30")) - 1);
	cr_expect_eq(visit_own(&op_booking_undo, a.token, NULL), 0);
	cr_expect_eq(visit_status(a.reference), STATUS_CONFIRMED);
	cr_expect_eq(visit_claims(a.reference), 2);
	at("25T10:00");
	cr_expect_eq(visit_own(&op_booking_withdraw, a.token, NULL), 0);
	at("25T10:30");
	cr_expect_eq(visit_own(&op_booking_undo, a.token, NULL), E_CONFLICT);
	cr_expect_eq(visit_status(a.reference), STATUS_CANCELLED);
}

Test(visit_own, a_withdrawn_time_that_somebody_has_by_now_is_not_taken_back)
{
	struct booking_answer a = visit_book("Ang", "quiet", "27T10:00");
	const char *before;

	cr_expect_eq(visit_own(&op_booking_withdraw, a.token, NULL), 0);
	visit_book("Goh", "quiet", "27T10:15");
	before = visit_everything();
	cr_expect_eq(visit_own(&op_booking_undo, a.token, NULL), E_SLOT_TAKEN);
	cr_expect_str_eq(visit_everything(), before);
}

Test(visit_own, who_waited_waits_on_when_a_withdrawal_is_taken_back)
{
	struct booking_answer a = visit_book("Ang", "quiet", "27T10:00");

	cr_expect_eq(visit_own(&op_booking_withdraw, a.token, NULL), 0);
	cr_expect_eq(visit_own(&op_booking_undo, a.token, NULL), 0);
	cr_expect_eq(visit_status(a.reference), STATUS_NEW);
	cr_expect_str_eq(visit_words(a.reference), "27T10:00 dr-q held");
	at("25T18:00");
	visit_housekeep();
	cr_expect_str_eq(visit_words(a.reference), "27T10:00 dr-q wish", "no longer than before");
}

Test(visit_own, a_link_ends_seven_days_after_the_visit)
{
	struct booking_answer a = visit_book("Ang", "main", "27T10:00");
	struct booking_answer b = visit_book("Goh", "main", NULL);

	clock_set_ms(visit_ms("2026-12-04T10:30:00+08:00"));
	cr_expect_eq(view(a.token, NULL), 0);
	clock_set_ms(visit_ms("2026-12-04T10:30:00+08:00") + 1);
	cr_expect_eq(view(a.token, NULL), E_NOT_FOUND);
	cr_expect_eq(visit_own(&op_booking_confirm, a.token, NULL), E_NOT_FOUND);
	cr_expect_eq(view(b.token, NULL), 0, "without a visit it is as long as the request is kept");
}

Test(visit_own, who_asks_to_be_forgotten_is_not_waited_for)
{
	struct booking_answer a = visit_book("Ang", "main", "27T10:00");
	struct booking_view_cmd cmd = { a.token };
	struct call *c = world_call(&w, &op_booking_ask_erasure, &cmd, NULL);

	cr_expect_geq(world_run(&w, c), 0);
	world_call_free(c);
	cr_expect_eq(visit_status(a.reference), STATUS_CANCELLED);
	cr_expect_eq(visit_claims(a.reference), 0);
}
