/* SPDX-License-Identifier: MIT */
/*
 * visit_limits.c - against somebody who would empty the calendar; and a form that
 * comes again.
 */
#include "book/calendar.h"
#include "book/slot.h"
#include "book/visiting.h"

TestSuite(visit_limits, .init = visit_setup, .fini = visit_teardown);

static int
post_as(const char *name, const char *phone, const char *slot, const char *role)
{
	struct booking_form *f = visit_form(name, "main", slot);

	f->phone = phone;
	if (role != NULL) {
		f->channel = "phone";
		f->basis = "verbal";
	}
	return visit_post(f, role, NULL);
}

/* The newest request. */
static const char *
newest(void)
{
	const char *text = sql_text(w.db, w.arena, "SELECT reference FROM booking ORDER BY n DESC LIMIT 1");

	return arena_strndup(w.arena, text, strlen(text) - 1);
}

Test(visit_limits, one_person_holds_two_times_to_come_and_one_phone_four)
{
	static const struct {
		const char *name, *slot;
		int rc;
	} table[] = {
		{ "Tan Mei Ling", "26T10:00", 0 },
		{ "Tan Mei Ling", "27T10:00", 0 },
		{ "tan mei LING", "28T10:00", E_TOO_MANY_OPEN },
		{ "Tan Mei Ling", NULL, 0 }, /* asking is always possible */
		{ "Tan Boon Huat", "26T11:00", 0 },
		{ "Tan Wei", "26T12:00", 0 },
		{ "Tan Wei", "26T13:00", E_TOO_MANY_OPEN },
		{ "Tan Hui", "26T13:00", E_TOO_MANY_OPEN },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const char *before = visit_everything();
		int rc = post_as(table[i].name, "9123 4567", table[i].slot, NULL);

		cr_expect_eq(rc, table[i].rc, "%zu: %d", i, rc);
		if (rc < 0)
			cr_expect_str_eq(visit_everything(), before, "%zu", i);
	}
	cr_expect_eq(post_as("Tan Mei Ling", "+65 91234568", "26T13:00", NULL), 0, "another phone");
	cr_expect_eq(post_as("Tan Hui", "9123 4567", "26T14:00", "frontdesk"), 0, "staff may");
}

Test(visit_limits, what_is_over_or_given_back_does_not_count)
{
	struct booking_answer a;

	cr_assert_eq(visit_post(visit_form("Ang", "main", "26T10:00"), NULL, &a), 0);
	visit_book("Ang", "main", "27T10:00");
	cr_expect_eq(visit_post(visit_form("Ang", "main", "28T10:00"), NULL, NULL), E_TOO_MANY_OPEN);
	cr_expect_eq(visit_own(&op_booking_withdraw, a.token, NULL), 0);
	cr_expect_eq(visit_post(visit_form("Ang", "main", "28T10:00"), NULL, NULL), 0);
	clock_set_ms(visit_ms(visit_time("27T10:01")));
	cr_expect_eq(visit_post(visit_form("Ang", "main", "30T10:00"), NULL, NULL), 0);
}

Test(visit_limits, above_so_many_an_hour_a_post_wishes_for_its_time)
{
	static const char *const names[] = { "Ang", "Goh", "Lim", "Yeo" };
	struct booking_form *f;

	for (int i = 0; i < 4; i++) {
		struct booking_answer a = { 0 };

		f = visit_form(names[i], "main", i % 2 == 0 ? "26T10:00" : "26T11:00");
		f->claims_per_hour = 3;
		cr_expect_eq(visit_post(f, NULL, &a), 0);
		cr_expect_eq(visit_status(a.reference), i < 3 ? STATUS_BOOKED : STATUS_NEW);
		cr_expect_eq(visit_claims(a.reference), i < 3 ? 2 : 0);
		if (i < 3)
			continue;
		cr_expect_str_eq(visit_words(a.reference), "26T11:00 - wish");
		cr_expect_not_null(strstr(a.json, "\"slot\":null"), "%s", a.json);
		cr_expect_not_null(strstr(a.json, "\"wish\":\"2026-11-26T11:00"), "%s", a.json);
	}
	cr_expect_eq(post_as("Chua", "9123 4567", "26T12:00", "frontdesk"), 0);
	cr_expect_eq(visit_status(newest()), STATUS_BOOKED, "staff are not counted");
	clock_set_ms(WORLD_NOW + HOUR_MS + 1);
	f = visit_form("Chong", "main", "26T13:00");
	f->claims_per_hour = 3;
	cr_expect_eq(visit_post(f, NULL, NULL), 0);
	cr_expect_eq(visit_status(newest()), STATUS_BOOKED, "an hour later");
}

Test(visit_limits, a_wish_that_was_withdrawn_does_not_become_a_visit)
{
	struct booking_form *f = visit_form("Ang", "main", "26T12:00");
	struct booking_answer a = { 0 };

	visit_book("Goh", "main", "26T10:00");
	f->claims_per_hour = 1;
	f->doctor = "dr-a";
	cr_assert_eq(visit_post(f, NULL, &a), 0);
	cr_expect_str_eq(visit_words(a.reference), "26T12:00 dr-a wish");
	cr_expect_eq(visit_own(&op_booking_withdraw, a.token, NULL), 0);
	cr_expect_eq(visit_own(&op_booking_undo, a.token, NULL), 0);
	cr_expect_eq(visit_status(a.reference), STATUS_NEW);
	cr_expect_str_eq(visit_words(a.reference), "26T12:00 dr-a wish");
}

/* ---- quarantine ---- */

Test(visit_limits, what_is_quarantined_holds_no_time_and_is_answered_like_a_request)
{
	struct booking_form *f = visit_form("Ang", "main", "26T10:00");
	struct booking_answer a = { 0 };

	f->suspicious = true;
	f->spam_reason = "spam:words";
	cr_expect_eq(visit_post(f, NULL, &a), 0);
	cr_expect_eq(visit_status(a.reference), STATUS_SPAM);
	cr_expect_eq(visit_claims(a.reference), 0);
	cr_expect_not_null(strstr(a.json, "\"status\":\"new\""), "%s", a.json);
	cr_expect_not_null(strstr(a.json, "\"slot\":null"), "%s", a.json);
	visit_book("Goh", "main", "26T10:00");
	visit_book("Lim", "main", "26T10:00");
	cr_expect_eq(visit_post(f, NULL, &a), 0, "nor is it told that the time is taken");
}

Test(visit_limits, who_withdraws_out_of_quarantine_stays_there_and_is_told_what_others_are)
{
	struct booking_form *f = visit_form("Ang", "main", NULL);
	struct booking_answer a = { 0 };
	struct own_cmd cmd = { 0 };
	struct call *c;

	f->suspicious = true;
	f->spam_reason = "spam:words";
	cr_assert_eq(visit_post(f, NULL, &a), 0);
	for (int twice = 0; twice < 2; twice++)
		cr_expect_eq(visit_own(&op_booking_withdraw, a.token, NULL), 0);
	cr_expect_eq(visit_status(a.reference), STATUS_SPAM);
	cr_expect_eq(sql_number(w.db, "SELECT count(*) FROM event WHERE kind = 'withdrawn'"), 1);
	cmd.token = a.token;
	c = world_call(&w, &op_booking_view, &cmd, NULL);
	cr_assert_eq(world_run(&w, c), 0);
	cr_expect_eq(((const struct booking_view *)c->res)->item.status, STATUS_CANCELLED);
	world_call_free(c);
}

Test(visit_limits, what_was_no_spam_gets_its_time_or_keeps_the_wish)
{
	static const char *const names[] = { "Ang", "Goh", "Lim" };
	struct booking_answer a[3];

	for (int i = 0; i < 3; i++) {
		struct booking_form *f = visit_form(names[i], "main", "26T10:00");

		f->suspicious = true;
		cr_assert_eq(visit_post(f, NULL, &a[i]), 0);
	}
	for (int i = 0; i < 3; i++) {
		cr_expect_eq(visit_run(visit_act(a[i].reference, "not-spam"), "frontdesk"), 0);
		cr_expect_eq(visit_status(a[i].reference), STATUS_NEW);
		cr_expect_eq(visit_claims(a[i].reference), i < 2 ? 2 : 0, "two doctors, three of them");
	}
	cr_expect_str_eq(visit_words(a[2].reference), "26T10:00 - wish");
}

/* ---- the form again ---- */

static struct booking_form *
form(const char *token, const char *slot)
{
	struct booking_form *f = visit_form("Ang", "quiet", slot);

	f->from_form = true;
	f->form_token = token;
	return f;
}

Test(visit_limits, a_form_that_comes_again_with_another_time_moves)
{
	const char *token = booking_form_token(w.arena, WORLD_NOW), *before;
	struct booking_answer a = { 0 };

	cr_assert_eq(visit_post(form(token, "26T10:00"), NULL, &a), 0);
	cr_expect_eq(visit_post(form(token, "26T10:00"), NULL, NULL), 0, "the same is the same");
	cr_expect_eq(visit_post(form(token, "26T10:15"), NULL, NULL), 0, "over its own time");
	cr_expect_eq(world_last(&w), 1);
	cr_expect_str_eq(visit_words(a.reference), "26T10:15 dr-q held");
	visit_book("Goh", "quiet", "26T12:00");
	before = visit_everything();
	cr_expect_eq(visit_post(form(token, "26T12:15"), NULL, NULL), E_SLOT_TAKEN);
	cr_expect_str_eq(visit_everything(), before);
	cr_expect_eq(visit_post(form(token, NULL), NULL, NULL), 0, "and no time any more");
	cr_expect_eq(visit_claims(a.reference), 0);
}

Test(visit_limits, a_form_that_is_corrected_until_it_has_a_time_counts_like_any)
{
	const char *token = booking_form_token(w.arena, WORLD_NOW);
	struct booking_form *f = form(token, NULL);

	visit_book("Goh", "main", "26T10:00");
	cr_assert_eq(visit_post(f, NULL, NULL), 0);
	f = form(token, "26T12:00");
	f->claims_per_hour = 1;
	cr_expect_eq(visit_post(f, NULL, NULL), 0);
	cr_expect_eq(visit_claims(newest()), 0, "the hour is full");
	token = booking_form_token(w.arena, WORLD_NOW);
	cr_assert_eq(visit_post(form(token, NULL), NULL, NULL), 0);
	visit_book("Ang", "main", "27T10:00");
	visit_book("Ang", "main", "28T10:00");
	cr_expect_eq(visit_post(form(token, "26T13:00"), NULL, NULL), E_TOO_MANY_OPEN);
}

/* ---- a bot ---- */

/* Starts of the next five days that somebody may still choose. */
static int
bookable(int64_t starts[500])
{
	struct arena *a = arena_new((size_t)1 << 22);
	struct tx tx = { w.db, a, clock_now_ms(), NULL };
	const struct branch *b = clinic_branch(w.clinic, "main");
	struct slot_ask ask = { b, clinic_service(w.clinic, "consultation"), NULL, tx.now };
	struct calendar *c;
	struct slot_map m;
	int n = 0;

	cr_assert_eq(db_begin(w.db, DB_WRITER), 0);
	db_use_arena(w.db, a);
	cr_assert_eq(calendar_sync(&tx, w.clinic, 0, &c), 0);
	slot_map(a, c, &ask, tx.now, tx.now + 5 * DAY_MS, &m);
	for (int64_t bit = 0; n < 500 && (bit = cells_next(m.any, bit)) >= 0; bit++)
		starts[n++] = slot_map_ms(c, &m, bit);
	cr_assert_eq(db_commit(w.db), 0);
	arena_free(a);
	return n;
}

/* How many in a hundred of them are left after an hour of it. */
static int
after_the_bot(void)
{
	int64_t starts[500];
	int before = bookable(starts), left = before;

	cr_assert_gt(before, 100);
	for (int i = 0; i < 500; i++) {
		struct booking_form *f
		    = visit_form(arena_printf(w.arena, "Bot %d Of Many", i * 7919), "main", NULL);
		char text[40];

		f->phone = arena_printf(w.arena, "9%07d", 1000000 + i * 1571);
		f->slot = arena_strdup(
		    w.arena, rfc3339_local(w.clinic->zone, starts[i * 13 % left], text));
		f->claims_per_hour = 20; /* as conf.def has it */
		cr_expect_eq(visit_post(f, NULL, NULL), 0, "each is answered");
		clock_set_ms(clock_now_ms() + 5000);
		left = bookable(starts);
	}
	cr_expect_eq(world_last(&w), 500, "and kept as a request");
	cr_expect_eq(sql_number(w.db, "SELECT count(*) FROM appointment WHERE held = 1"), 20);
	fprintf(stderr, "visit_limits: of %d times %d are left, with %zu doctors\n", before, left,
	    w.clinic->doctor_count - 1);
	return left * 100 / before;
}

Test(visit_limits, a_bot_with_five_hundred_names_leaves_most_of_five_days)
{
	const char *doctors = strstr(visit_document, "\"doctors\":[") + 11;
	const char *places = strstr(visit_document, "\"capacity\":2") + 11;

	cr_expect_geq(after_the_bot(), 80, "two doctors");
	visit_again();
	world_load_clinic(&w,
	    arena_printf(w.arena,
		"%.*s{\"slug\":\"dr-c\",\"services\":[\"consultation\"],\"hours\":[%s]},%.*s9%s",
		(int)(doctors - visit_document), visit_document,
		VISIT_HOURS("\"branch\":\"main\","), (int)(places - doctors), doctors, places + 1));
	cr_expect_geq(after_the_bot(), 80, "three doctors");
}
