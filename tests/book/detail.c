/* SPDX-License-Identifier: MIT */
/* detail.c - one request whole, for staff; and the patient's own page. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "support/world.h"

static struct world w;
static struct booking_answer booked;
static json_t *read_json;

static void
setup(void)
{
	struct booking_form *f;

	world_open(&w, ":memory:", NULL);
	f = world_form(w.arena);
	f->email = "mei@example.sg";
	f->note = "for <my> \"wedding\"";
	f->utm_source = "instagram";
	f->preferred_days = strlist_split(w.arena, "mon");
	booked = world_book(&w, f);
}

static void
teardown(void)
{
	json_decref(read_json);
	world_close(&w);
}

TestSuite(detail, .init = setup, .fini = teardown);

static void
act(const char *action, const char *text)
{
	struct act_cmd cmd = { .reference = booked.reference,
		.action = action,
		.if_match = sql_number(w.db, "SELECT version FROM booking WHERE n = 1"),
		.text = text,
		.channel = "phone",
		.outcome = "reached",
		.reason = "price",
		.full_name = strcmp(action, "amend") == 0 ? "Tan Mei Lin" : NULL };
	struct call *c = world_call(&w, &op_booking_act, &cmd, "frontdesk");

	cr_assert_geq(world_run(&w, c), 0);
	world_call_free(c);
}

/* The detail as that role reads it, parsed: it must be JSON. */
static json_t *
read_as(const char *role)
{
	struct booking_read_cmd cmd = { booked.reference };
	struct call *c = world_call(&w, &op_booking_read, &cmd, role);
	struct booking_detail *res = c->res;
	json_error_t e;

	cr_assert_eq(world_run(&w, c), 0);
	json_decref(read_json);
	read_json = json_loads(res->json, JSON_REJECT_DUPLICATES, &e);
	cr_assert_not_null(read_json, "%s at %d: %s", e.text, e.position, res->json);
	cr_expect_eq(res->n, 1);
	cr_expect_eq(
	    res->version, sql_number(w.db, "SELECT version FROM booking WHERE n = 1"));
	world_call_free(c);
	return read_json;
}

static const char *
text(json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? "(null)" : s;
}

Test(detail, staff_read_all_of_it)
{
	json_t *o = read_as("frontdesk"), *list;

	cr_expect_str_eq(text(o, "full_name"), "Tan Mei Ling");
	cr_expect_str_eq(text(o, "phone_typed"), "9123 4567");
	cr_expect_str_eq(text(o, "note"), "for <my> \"wedding\"");
	cr_expect_str_eq(text(json_object_get(o, "source"), "utm_source"), "instagram");
	cr_expect_str_eq(
	    json_string_value(json_array_get(json_object_get(o, "preferred_days"), 0)),
	    "mon");
	list = json_object_get(o, "consent");
	cr_expect_str_eq(text(json_array_get(list, 0), "basis"), "host-page");
	list = json_object_get(o, "tags");
	cr_expect_str_eq(text(json_array_get(list, 0), "slug"), "excess-oil");
	cr_expect_str_eq(text(json_array_get(list, 0), "source"), "patient");
}

Test(detail, the_history_tells_it_in_order_with_what_was_said)
{
	json_t *history;

	act("contact", "will call back");
	act("amend", NULL);
	act("close", "too dear");
	history = json_object_get(read_as("frontdesk"), "history");
	cr_assert_eq(json_array_size(history), 4);
	cr_expect_str_eq(text(json_array_get(history, 1), "kind"), "contacted");
	cr_expect_str_eq(text(json_array_get(history, 1), "from"), "new");
	cr_expect_str_eq(text(json_array_get(history, 1), "to"), "contacted");
	cr_expect_str_eq(
	    text(json_object_get(json_array_get(history, 1), "detail"), "text"),
	    "will call back");
	cr_expect_str_eq(
	    text(json_object_get(
		     json_object_get(json_array_get(history, 2), "detail"), "old"),
		"full_name"),
	    "Tan Mei Ling");
	cr_expect_str_eq(text(json_array_get(history, 3), "reason"), "price");
	cr_expect_eq(json_array_size(json_object_get(read_json, "attempts")), 1);
}

Test(detail, a_viewer_reads_no_number_no_address_and_no_words)
{
	char *all;

	act("contact", "said she is in pain");
	act("amend", NULL);
	all = json_dumps(read_as("viewer"), 0);
	cr_expect_null(strstr(all, "4567"));
	cr_expect_null(strstr(all, "mei@"));
	cr_expect_null(strstr(all, "wedding"));
	cr_expect_null(strstr(all, "pain"));
	cr_expect_null(strstr(all, "Tan Mei Ling")); /* the old name is in the history */
	cr_expect_not_null(strstr(all, "Tan Mei Lin"));
	free(all);
	all = json_dumps(read_as("frontdesk"), 0);
	cr_expect_not_null(strstr(all, "4567"));
	cr_expect_not_null(strstr(all, "pain"));
	free(all);
}

Test(detail, the_same_telephones_other_requests_stand_beside_it)
{
	struct booking_form *f = world_form(w.arena);
	json_t *others;

	world_book(&w, f); /* a duplicate */
	f = world_form(w.arena);
	f->full_name = "Tan Senior";
	f->branch = "east";
	world_book(&w, f);
	f = world_form(w.arena);
	f->phone = "8123 4567";
	world_book(&w, f);
	others = json_object_get(read_as("frontdesk"), "others");
	cr_assert_eq(json_array_size(others), 2); /* newest first */
	cr_expect(json_is_false(json_object_get(json_array_get(others, 0), "linked")));
	cr_expect(json_is_true(json_object_get(json_array_get(others, 1), "linked")));
	cr_expect_str_eq(text(json_array_get(others, 1), "linked_as"), "duplicate");
}

Test(detail, a_branch_reads_neither_the_others_requests_nor_of_them)
{
	struct booking_read_cmd cmd = { booked.reference };
	struct call *c = world_call(&w, &op_booking_read, &cmd, "manager");

	c->actor.branch = clinic_branch(w.clinic, "east")->id;
	cr_expect_eq(world_run(&w, c), E_NOT_FOUND);
	cmd.reference = "NG-2222222";
	c->actor.branch = 0;
	cr_expect_eq(world_run(&w, c), E_NOT_FOUND);
	cmd.reference = "";
	cr_expect_eq(world_run(&w, c), E_NOT_FOUND);
	world_call_free(c);
}

/* ---- the patient's page ---- */

static int
view(const char *token, struct booking_view *ret_view)
{
	struct booking_view_cmd cmd = { token };
	struct call *c = world_call(&w, &op_booking_view, &cmd, NULL);
	int rc = world_run(&w, c);

	*ret_view = *(struct booking_view *)c->res;
	ret_view->note = arena_strdup(w.arena, ret_view->note);
	world_call_free(c);
	return rc < 0 ? rc : 0;
}

Test(detail, the_patients_page_shows_concerns_and_note_for_a_day)
{
	struct booking_view v;

	cr_assert_eq(view(booked.token, &v), 0);
	cr_expect(v.details);
	cr_expect_eq(v.item.tag_count, 1);
	cr_expect_str_eq(v.note, "for <my> \"wedding\"");
	clock_set_ms(WORLD_NOW + DAY_MS - 1);
	cr_assert_eq(view(booked.token, &v), 0);
	cr_expect(v.details);
	clock_set_ms(WORLD_NOW + DAY_MS);
	cr_assert_eq(view(booked.token, &v), 0);
	cr_expect(!v.details && v.item.tag_count == 0);
	cr_expect_null(v.note);
}

Test(detail, a_link_ends_is_revoked_and_cannot_be_guessed)
{
	struct booking_view v;
	char *other = arena_strdup(w.arena, booked.token);

	other[10] = other[10] == 'A' ? 'B' : 'A';
	cr_expect_eq(view(other, &v), E_NOT_FOUND);
	cr_expect_eq(view("", &v), E_NOT_FOUND);
	cr_expect_eq(view(booked.reference, &v), E_NOT_FOUND);
	clock_set_ms(WORLD_NOW + TOKEN_MS - 1);
	cr_expect_eq(view(booked.token, &v), 0);
	clock_set_ms(WORLD_NOW + TOKEN_MS);
	cr_expect_eq(view(booked.token, &v), E_NOT_FOUND);
}

Test(detail, a_revoked_link_and_an_erased_request_open_nothing)
{
	struct booking_view v;

	sql_run(w.db, "UPDATE booking SET status = %d", (int)STATUS_ERASED);
	cr_expect_eq(view(booked.token, &v), E_NOT_FOUND);
	sql_run(w.db, "UPDATE booking SET status = 0");
	cr_expect_eq(view(booked.token, &v), 0);
	sql_run(w.db, "UPDATE token SET revoked_at = 1");
	cr_expect_eq(view(booked.token, &v), E_NOT_FOUND);
}
