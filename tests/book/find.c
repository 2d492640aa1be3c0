/* SPDX-License-Identifier: MIT */
/* find.c - lists: what is hidden, what is masked, where a page ends. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "book/find.h"
#include "support/world.h"

static struct world w;
static struct find_cmd cmd;
static struct call *asked;

static void
setup(void)
{
	world_open(&w, ":memory:", NULL);
	fields_clear(&find_fields, &cmd);
}

static void
teardown(void)
{
	if (asked != NULL)
		world_call_free(asked);
	world_close(&w);
}

TestSuite(find, .init = setup, .fini = teardown);

static void
book(const char *name, const char *phone, bool suspicious)
{
	struct booking_form *f = world_form(w.arena);

	f->full_name = name;
	f->phone = phone;
	f->email = "somebody@example.sg";
	f->note = "see you soon";
	f->suspicious = suspicious;
	world_book(&w, f);
}

/* Runs cmd as it stands; its answer until the next one. */
static const struct find_res *
find_as(const struct op *op, const char *role, int expect)
{
	static struct find_cmd checked;

	if (asked != NULL)
		world_call_free(asked);
	checked = cmd;
	asked = world_call(&w, op, &checked, role);
	find_check(&checked, w.clinic, &asked->problems);
	cr_assert_eq(world_run(&w, asked), expect, "%s", err_row(asked->job.rc)->name);
	return asked->res;
}

static const struct find_res *
find(void)
{
	return find_as(&op_booking_find, "frontdesk", 0);
}

/* ---- what is shown ---- */

Test(find, quarantine_is_listed_only_when_asked_for)
{
	const struct find_res *res;

	book("Tan", "9123 4567", false);
	book("Spam Bot", "9123 4568", true);
	res = find();
	cr_assert_eq(res->count, 1);
	cr_expect_str_eq(res->items[0].full_name, "Tan");
	cmd.q = "Spam Bot";
	cr_expect_eq(find()->count, 0);
	cmd.status = strlist_split(w.arena, "spam");
	cr_expect_eq(find()->count, 1);
	cmd.q = NULL;
	cmd.status = strlist_split(w.arena, "spam,new");
	cr_expect_eq(find()->count, 2);
}

Test(find, the_newest_comes_first_unless_asked_otherwise)
{
	const char *const orders[] = { NULL, "-received", "received", "-starts",
		"starts" };

	book("First", "9123 4567", false);
	book("Second", "9123 4568", false);
	for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
		cmd.sort = orders[i];
		cr_expect_str_eq(find()->items[0].full_name,
		    i % 2 == 0 && i > 0 ? "First" : "Second", "%s", orders[i]);
	}
}

Test(find, a_viewer_sees_no_phone_and_no_address)
{
	const struct booking_item *item;
	struct obuf o;

	book("Tan", "9123 4567", false);
	item = find_as(&op_booking_find, "viewer", 0)->items;
	cr_expect_str_eq(item->phone, "****67");
	cr_expect_str_eq(item->email, "****sg");
	obuf_init(&o, w.arena, 65536);
	booking_item_json(&o, item);
	cr_expect_null(strstr(o.data, "91234567"));
	cr_expect_null(strstr(o.data, "somebody"));
	item = find()->items;
	cr_expect_str_eq(item->phone, "+6591234567");
	cr_expect_str_eq(item->email, "somebody@example.sg");
}

Test(find, an_item_is_as_the_contract_says)
{
	struct obuf o;

	book("Tan \"Mei\"", "9123 4567", false);
	obuf_init(&o, w.arena, 65536);
	booking_item_json(&o, find()->items);
	cr_expect_not_null(
	    strstr(o.data,
		",\"status\":\"new\",\"version\":1,\"received_at\":\"2026-11-24T13:12:"
		"00Z\","
		"\"respond_by\":\"2026-11-25T14:00:00+08:00\",\"full_name\":\"Tan "
		"\\\"Mei\\\"\","
		"\"phone\":\"+6591234567\",\"email\":\"somebody@example.sg\","
		"\"contact_method\":\"whatsapp\",\"language\":\"en\",\"branch\":\"main\","
		"\"service\":\"consultation\",\"doctor\":null,\"room\":null,"
		"\"starts_at\":null,\"ends_at\":null,\"concerns\":[{\"slug\":\"excess-"
		"oil\","
		"\"source\":\"patient\"}],\"reasons\":[],\"options\":[],\"flags\":[],"
		"\"visited_before\":null,\"channel\":\"web\"}"),
	    "%s", o.data);
}

Test(find, who_may_list_and_who_may_export)
{
	static const struct {
		const char *role;
		int list, export;
	} table[] = { { "site", E_FORBIDDEN, E_FORBIDDEN }, { "viewer", 0, E_FORBIDDEN },
		{ "frontdesk", 0, E_FORBIDDEN }, { "doctor", 0, E_FORBIDDEN },
		{ "manager", 0, 0 }, { "admin", E_FORBIDDEN, E_FORBIDDEN } };

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		find_as(&op_booking_find, table[i].role, table[i].list);
		find_as(&op_booking_export, table[i].role, table[i].export);
	}
}

Test(find, an_export_has_notes_only_when_asked_for)
{
	book("Tan", "9123 4567", false);
	book("Lim", "9123 4568", false);
	cr_expect_null(find_as(&op_booking_export, "manager", 0)->notes);
	cmd.notes = "no";
	cr_expect_null(find_as(&op_booking_export, "manager", 0)->notes);
	cmd.notes = "yes";
	cr_expect_str_eq(
	    find_as(&op_booking_export, "manager", 0)->notes[1], "see you soon");
}

/* ---- what is refused ---- */

static void
expect_problem(const char *field)
{
	find_as(&op_booking_find, "frontdesk", E_INVALID);
	cr_expect_not_null(
	    problem_of(&asked->problems, field), "nothing about %s", field);
	fields_clear(&find_fields, &cmd);
}

Test(find, a_value_nobody_knows_is_said_to_be_wrong)
{
	struct strlist unknown = strlist_split(w.arena, "dragon");

	cmd.concern = unknown;
	expect_problem("concern");
	cmd.reason = unknown;
	expect_problem("reason");
	cmd.option = unknown;
	expect_problem("option");
	cmd.flag = unknown;
	expect_problem("flag");
	cmd.branch = unknown;
	expect_problem("branch");
	cmd.service = unknown;
	expect_problem("service");
	cmd.doctor = unknown;
	expect_problem("doctor");
	cmd.received_from = "yesterday";
	expect_problem("received_from");
	cmd.received_to = "2026-02-30";
	expect_problem("received_to");
	cmd.starts_from = "2026-11-24T10:00:00";
	expect_problem("starts_from");
	cmd.starts_to = "";
	expect_problem("starts_to");
	cmd.concern = strlist_split(w.arena, "otc-not-effective"); /* a reason */
	expect_problem("concern");
}

Test(find, a_cursor_is_taken_as_it_was_given_or_not_at_all)
{
	static const char *const wrong[] = { "1", "AAAAAAAAAAAA", "AQAAAAAAAAAAAAAA",
		"AgAAAAAAAAABAAAAAAAAAAA", "AYAAAAAAAAABAAAAAAAAAAA", "AQAAAAAAAAAB",
		"AQAAAAAAAAABAAAAAAAAAAA=", "AQ AAAAAAAABAAAAAAAAAAA" };

	cmd.cursor = "AQAAAAAAAAABAAAAAAAAAAA"; /* after 1, newest first */
	cr_expect_eq(find()->count, 0);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		cmd.cursor = wrong[i];
		expect_problem("cursor");
	}
	cmd.cursor = "AQAAAAAAAAABAAAAAAAAAAA";
	cmd.sort = "received"; /* made in another order */
	expect_problem("cursor");
}

/* ---- searching ---- */

Test(find, a_reference_is_read_however_it_is_written)
{
	const char *reference, *lower;

	book("Tan", "9123 4567", false);
	reference = arena_strdup(w.arena, find()->items[0].reference);
	book("Lim", "9123 4568", false);
	cmd.q = reference;
	cr_expect_eq(find()->count, 1);
	lower = arena_printf(w.arena, "ng-%s", reference + 3);
	for (char *s = (char *)(uintptr_t)lower; *s != '\0'; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s + 32);
	cmd.q = lower;
	cr_expect_str_eq(find()->items[0].full_name, "Tan");
	cr_expect_eq(find()->next, 0);
	cmd.branch = strlist_split(w.arena, "east"); /* the filters hold for it too */
	cr_expect_eq(find()->count, 0);
}

Test(find, what_cannot_be_found_finds_nothing_rather_than_everything)
{
	static const char *const words[] = { "x", "...", "12", "%", "*",
		"'; DROP TABLE booking" };

	book("Tan", "9123 4567", false);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		cmd.q = words[i];
		cr_expect_eq(find()->count, 0, "%s", words[i]);
	}
}

/* ---- the work of a page is bounded ---- */

/* Many requests, by one statement; none is in Tamil but those of before. */
static void
add_many(int64_t count)
{
	sql_run(w.db,
	    "WITH RECURSIVE k(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM k WHERE i <= "
	    "%lld)"
	    " INSERT INTO booking (n, id, reference, status, version, channel, "
	    "received_at,"
	    " clock_at, respond_by, branch, service, full_name, phone, phone_typed,"
	    " contact_method, language, adult, preferred_days, preferred_parts)"
	    " SELECT i, CAST(printf('%%016d', i) AS BLOB), 'NG-' || i, 0, 1, 'web', "
	    "b.received_at,"
	    " b.clock_at, b.respond_by, branch, service, 'Tan', phone, phone, "
	    "contact_method, 'en',"
	    " 1, 0, 0 FROM k JOIN booking b ON b.n = 1",
	    (long long)count);
}

Test(find, a_page_that_looked_far_enough_ends_with_a_cursor, .timeout = 120)
{
	struct booking_form *f = world_form(w.arena);
	const struct find_res *res;

	f->language = "ta";
	world_book(&w, f);
	add_many(FIND_LOOK_MAX + 500);
	cmd.language = strlist_split(w.arena, "ta");
	res = find();
	cr_expect_eq(res->count, 0);
	cr_assert_eq(res->next, 502); /* 20,501 down to 502 were looked at */
	cmd.cursor = find_cursor(w.arena, &cmd, res);
	res = find();
	cr_assert_eq(res->count, 1);
	cr_expect_eq(res->items[0].n, 1);
	cr_expect_eq(res->next, 0);
	cr_expect_lt(
	    arena_size(asked->arena), 1u << 20); /* what was looked at is not kept */
}
