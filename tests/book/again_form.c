/* SPDX-License-Identifier: MIT */
/*
 * again_form.c - the same form sent twice, corrected, shared by a cached page; and
 * the same person without any token. Never an error, never somebody else's link.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "support/world.h"

static struct world w;
static const char *token;

static void
setup(void)
{
	world_open(&w, ":memory:", NULL);
	token = booking_form_token(w.arena, WORLD_NOW);
}

static void
teardown(void)
{
	world_close(&w);
}

TestSuite(again_form, .init = setup, .fini = teardown);

static struct booking_form *
form_with(const char *form_token)
{
	struct booking_form *f = world_form(w.arena);

	f->from_form = true;
	f->form_token = form_token;
	return f;
}

static const char *
text(const char *sql)
{
	return sql_text(w.db, w.arena, "%s", sql);
}

static void
act(const char *reference, const char *action)
{
	struct act_cmd cmd = { .reference = reference,
		.action = action,
		.if_match = FIELD_ABSENT,
		.text = "looked at",
		.channel = "phone",
		.outcome = "no-answer" };
	struct call *c = world_call(&w, &op_booking_act, &cmd, "frontdesk");

	cr_assert_geq(world_run(&w, c), 0);
	world_call_free(c);
}

/* ---- the token ---- */

Test(again_form, a_form_token_is_ours_and_tells_its_age)
{
	int64_t made = 0;

	cr_assert(booking_form_token_valid(token, &made));
	cr_expect_eq(made, WORLD_NOW);
	cr_expect_str_neq(token, booking_form_token(w.arena, WORLD_NOW));
	for (size_t i = 0; token[i] != '\0'; i++) {
		char *forged = arena_strdup(w.arena, token);

		forged[i] = forged[i] == 'A' ? 'B' : 'A';
		cr_expect_not(booking_form_token_valid(forged, &made), "%zu", i);
	}
	cr_expect_not(booking_form_token_valid("", &made));
	cr_expect_not(
	    booking_form_token_valid(arena_printf(w.arena, "%sA", token), &made));
}

/* ---- the same answers ---- */

Test(again_form, the_same_answers_lead_to_the_same_page)
{
	struct booking_answer first = world_book(&w, form_with(token));
	struct booking_answer again = world_book(&w, form_with(token));

	cr_expect_str_eq(again.token, first.token);
	cr_expect_eq(world_last(&w), 1);
	cr_expect_eq(sql_number(w.db, "SELECT count(*) FROM event"), 1);
	cr_expect_eq(sql_number(w.db, "SELECT version FROM booking"), 1);
}

/* ---- corrected ---- */

static struct booking_form *
corrected_form(void)
{
	struct booking_form *f = form_with(token);

	f->concerns = strlist_split(w.arena, "acne-scarring");
	f->full_name = "Tan Mei Lin";
	f->note = "the first name was wrong";
	f->preferred_days = strlist_split(w.arena, "mon");
	f->visited_before = "yes";
	f->service = "review";
	return f;
}

Test(again_form, corrected_answers_amend_the_first_request)
{
	struct booking_answer first = world_book(&w, form_with(token)), again;

	clock_set_ms(WORLD_NOW + HOUR_MS);
	again = world_book(&w, corrected_form());
	cr_expect_str_eq(again.token, first.token);
	cr_expect_str_eq(again.reference, first.reference);
	cr_expect_eq(world_last(&w), 1);
	cr_expect_str_eq(
	    text("SELECT full_name || ' ' || service || ' ' || visited_before || ' '"
		 " || preferred_days || ' ' || version FROM booking"),
	    "Tan Mei Lin review yes 1 2\n");
	cr_expect_str_eq(text("SELECT slug FROM term JOIN booking_tag ON id = term"),
	    "acne-scarring\n");
	cr_expect_str_eq(
	    text("SELECT token FROM search_token WHERE token LIKE 'nlin%'"), "nlin\n");
	cr_expect_str_eq(text("SELECT kind || ' ' || actor_kind FROM event"),
	    "received patient\namended patient\n");
	cr_expect_eq(sql_number(w.db, "SELECT received_at FROM booking"), WORLD_NOW);
	cr_expect_not_null(strstr(again.json, "\"acne-scarring\""));
	cr_expect_not_null(
	    strstr(again.json, "2026-11-25T14:00:00+08:00")); /* as promised */
}

Test(again_form, the_answers_before_are_in_the_history_sealed)
{
	struct uuid id;
	struct blob detail;

	world_book(&w, form_with(token));
	world_book(&w, corrected_form());
	memcpy(id.b, sql_blob(w.db, w.arena, "SELECT id FROM booking").p, sizeof(id.b));
	detail =
	    sql_blob(w.db, w.arena, "SELECT detail FROM event WHERE kind = 'amended'");
	cr_expect_str_eq(note_open(w.arena, &id, detail),
	    "{\"old\":{\"full_name\":\"Tan Mei "
	    "Ling\",\"note\":null,\"preferred_days\":[],\"concerns\":[\"excess-oil\"]}}",
	    "%s", note_open(w.arena, &id, detail));
	cr_expect_null(memmem(detail.p, detail.len, "Tan", 3));
}

Test(again_form, the_corrected_answers_sent_again_change_nothing_more)
{
	struct booking_answer first, again;

	world_book(&w, form_with(token));
	first = world_book(&w, corrected_form());
	again = world_book(&w, corrected_form());
	cr_expect_str_eq(first.json, again.json);
	cr_expect_eq(sql_number(w.db, "SELECT version FROM booking"), 2);
	world_book(&w, form_with(token)); /* and back to the first ones */
	cr_expect_eq(sql_number(w.db, "SELECT version FROM booking"), 3);
	cr_expect_str_eq(text("SELECT full_name FROM booking"), "Tan Mei Ling\n");
	cr_expect_eq(world_last(&w), 1);
}

/* ---- not to be amended ---- */

static void
expect_linked(struct booking_form *(*form)(void), const char *how)
{
	struct booking_answer first = world_book(&w, form_with(token)), second, again;

	if (how != NULL)
		act(first.reference, how);
	second = world_book(&w, form());
	cr_expect_str_neq(second.token, first.token);
	cr_expect_str_neq(second.reference, first.reference);
	cr_expect_str_eq(
	    text("SELECT linked || ' ' || linked_as FROM booking WHERE n = 2"),
	    "1 form\n");
	cr_expect_str_eq(
	    text("SELECT full_name FROM booking WHERE n = 1"), "Tan Mei Ling\n");
	again = world_book(&w, form());
	cr_expect_str_eq(again.token, second.token);
	cr_expect_eq(world_last(&w), 2);
	again =
	    world_book(&w, form_with(token)); /* the first one's answers still stand */
	cr_expect_str_eq(again.token, first.token);
	cr_expect_eq(world_last(&w), 2);
}

static struct booking_form *
strangers_form(void)
{
	struct booking_form *f = form_with(token);

	f->full_name = "Lim Boon Huat";
	f->phone = "8765 4321";
	return f;
}

Test(again_form, a_page_that_is_shared_gives_everybody_a_request_of_their_own)
{
	expect_linked(strangers_form, NULL);
}

Test(again_form, once_staff_have_noted_something_a_correction_is_a_new_request)
{
	expect_linked(corrected_form, "note");
}

Test(again_form, once_staff_have_called_a_correction_is_a_new_request)
{
	expect_linked(corrected_form, "contact");
}

Test(again_form, after_48_hours_the_page_is_as_new)
{
	struct booking_answer first = world_book(&w, form_with(token));

	clock_set_ms(WORLD_NOW + IDEMPOTENCY_MS);
	cr_expect_str_neq(world_book(&w, form_with(token)).token, first.token);
	cr_expect_eq(
	    sql_number(w.db, "SELECT count(*) FROM booking WHERE linked IS NULL"), 2);
}

/* ---- the same person, without a token ---- */

static int64_t
linked_after(int64_t ms, const char *name, const char *phone)
{
	struct booking_form *f = form_with("forged or none");

	clock_set_ms(WORLD_NOW + ms);
	f->full_name = name;
	f->phone = phone;
	world_book(&w, f);
	return sql_number(
	    w.db, "SELECT coalesce(linked, 0) FROM booking ORDER BY n DESC LIMIT 1");
}

Test(again_form, the_same_person_within_half_an_hour_is_a_linked_duplicate)
{
	struct booking_answer first = world_book(&w, form_with(NULL)), second;

	clock_set_ms(WORLD_NOW + 29 * MINUTE_MS);
	second = world_book(&w, form_with(NULL));
	cr_expect_str_neq(second.token, first.token);
	cr_expect_str_neq(second.reference, first.reference);
	cr_expect_not(second.replayed);
	cr_expect_str_eq(
	    text("SELECT linked || ' ' || linked_as FROM booking WHERE n = 2"),
	    "1 duplicate\n");
}

Test(again_form, the_same_person_is_known_however_they_write_themselves)
{
	world_book(&w, form_with(NULL));
	cr_expect_eq(linked_after(1, "TAN MEI LING", "+65 9123-4567"), 1);
	cr_expect_eq(linked_after(2, "Ｔａｎ Méi Ling", "(65) 91234567"), 2);
}

Test(again_form, another_name_or_number_or_a_later_hour_is_another_request)
{
	world_book(&w, form_with(NULL));
	cr_expect_eq(linked_after(1, "Tan Mei Li", "9123 4567"), 0);
	cr_expect_eq(linked_after(2, "Tan Mei Ling", "9123 4568"), 0);
	cr_expect_eq(linked_after(DUPLICATE_MS + 1, "Tan Mei Ling", "9123 4567"), 0);
}

Test(again_form, half_an_hour_counts_to_its_end)
{
	world_book(&w, form_with(NULL));
	cr_expect_eq(linked_after(DUPLICATE_MS, "Tan Mei Ling", "9123 4567"), 1);
}

Test(again_form, what_was_quarantined_is_nobodys_first_request)
{
	struct booking_form *f = form_with(NULL);

	f->suspicious = true;
	world_book(&w, f);
	cr_expect_eq(linked_after(1, "Tan Mei Ling", "9123 4567"), 0);
}
