/* SPDX-License-Identifier: MIT */
/* booking_form.c - what a post must say, and what is wrong with one that does not. */
#include <criterion/criterion.h>
#include <stdio.h>
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

TestSuite(booking_form, .init = setup, .fini = teardown);

static void
expect_problem(
    struct booking_form *f, const char *role, const char *field, const char *code)
{
	struct call *c = world_post(&w, f, role);
	const struct problem *p = problem_of(&c->problems, field);

	cr_expect_not_null(p, "nothing about %s", field);
	if (p != NULL)
		cr_expect_str_eq(p->code, code, "%s: %s", field, p->code);
	cr_expect_eq(c->problems.n, 1, "%s: %zu problems", field, c->problems.n);
	cr_expect_eq(world_run(&w, c), E_INVALID);
	cr_expect_eq(world_last(&w), 0);
	world_call_free(c);
}

/* A good form with one place changed. */
#define WRONG(field, code, change)                            \
	do {                                                  \
		struct booking_form *f = world_form(w.arena); \
		change;                                       \
		expect_problem(f, NULL, field, code);         \
	} while (0)

Test(booking_form, what_is_missing_is_asked_for)
{
	WRONG("concerns", "required", f->concerns.n = 0);
	WRONG("full_name", "required", f->full_name = NULL);
	WRONG("phone", "required", f->phone = NULL);
	WRONG("contact_method", "required", f->contact_method = NULL);
	WRONG("email", "required", f->contact_method = "email");
	WRONG("age_18_or_over", "required", f->age_18_or_over = -1);
	WRONG("consent", "required", f->consent = -1);
	WRONG("consent", "required", f->consent = 0);
	WRONG("branch", "required", f->branch = NULL); /* there are several */
}

Test(booking_form, what_is_wrong_is_named)
{
	WRONG("concerns[0]", "invalid", f->concerns.v[0] = "no-such-concern");
	WRONG("concerns[0]", "invalid", f->concerns.v[0] = "otc-not-effective");
	WRONG("concerns[0]", "invalid", f->concerns.v[0] = "not-asked");
	WRONG("reasons[0]", "invalid", strlist_add(&f->reasons, w.arena, "excess-oil"));
	WRONG("phone", "invalid", f->phone = "12");
	WRONG("phone", "invalid", f->phone = "9123 4567 / 8123 4567");
	WRONG("email", "invalid", f->email = "nobody@");
	WRONG("branch", "invalid", f->branch = "west");
	WRONG("service", "invalid", f->service = "surgery");
	WRONG("doctor", "invalid", f->doctor = "dr-z");
	WRONG("slot", "invalid", f->slot = "2026-11-26T18:30:00");
	WRONG("preferred_days", "invalid",
	    f->preferred_days = strlist_split(w.arena, "mon any"));
	WRONG("preferred_parts", "invalid",
	    f->preferred_parts = strlist_split(w.arena, "any evening"));
}

Test(booking_form, not_sure_stands_alone)
{
	struct booking_form *f = world_form(w.arena);

	f->concerns = strlist_split(w.arena, "excess-oil not-sure");
	expect_problem(f, NULL, "concerns", "invalid");
	f = world_form(w.arena);
	f->concerns = strlist_split(w.arena, "not-sure");
	world_book(&w, f);
}

Test(booking_form, everything_that_is_wrong_is_said_at_once)
{
	struct booking_form *f = ARENA_NEW(w.arena, struct booking_form);
	struct call *c;

	fields_clear(&booking_fields, f);
	c = world_post(&w, f, NULL);
	cr_expect_eq(c->problems.n, 7, "%zu", c->problems.n);
	world_call_free(c);
}

Test(booking_form, the_first_service_is_meant_when_none_is_named)
{
	struct booking_form *f = world_form(w.arena);

	world_book(&w, f);
	cr_expect_str_eq(f->service, "consultation");
	cr_expect_str_eq(f->language, "en");
}

/* ---- minors ---- */

Test(booking_form, somebody_under_18_comes_with_a_guardian)
{
	struct booking_form *f = world_form(w.arena);
	struct call *c;

	f->age_18_or_over = 0;
	c = world_post(&w, f, NULL);
	cr_expect_not_null(problem_of(&c->problems, "guardian_name"));
	cr_expect_not_null(problem_of(&c->problems, "guardian_phone"));
	cr_expect_not_null(problem_of(&c->problems, "guardian_relation"));
	cr_expect_eq(c->problems.n, 3);
	cr_expect_eq(world_run(&w, c), E_INVALID);
	world_call_free(c);

	f = world_form(w.arena);
	f->age_18_or_over = 0;
	f->guardian_name = "Tan Ah Kow";
	f->guardian_phone = "+60 12 345 6789";
	f->guardian_relation = "father";
	world_book(&w, f);
	cr_expect_str_eq(
	    sql_text(w.db, w.arena,
		"SELECT adult || ' ' || guardian_name || ' ' || guardian_phone"
		" || ' ' || guardian_relation FROM booking"),
	    "0 Tan Ah Kow +60123456789 father\n");
}

Test(booking_form, a_guardians_wrong_number_is_theirs)
{
	struct booking_form *f = world_form(w.arena);

	f->age_18_or_over = 0;
	f->guardian_name = "Tan Ah Kow";
	f->guardian_phone = "12";
	f->guardian_relation = "father";
	expect_problem(f, NULL, "guardian_phone", "invalid");
}

/* ---- staff enter somebody ---- */

Test(booking_form, staff_say_how_the_request_reached_them_and_how_consent_was_given)
{
	struct booking_form *f = world_form(w.arena);

	expect_problem(f, "frontdesk", "channel", "required");
	f = world_form(w.arena);
	f->channel = "whatsapp";
	f->consent = -1;
	expect_problem(f, "frontdesk", "consent", "required");
}

Test(booking_form, who_may_not_enter_anybody_does_not)
{
	static const struct {
		const char *role;
		int rc;
	} table[] = { { "site", E_FORBIDDEN }, { "viewer", E_FORBIDDEN },
		{ "frontdesk", 0 }, { "doctor", E_FORBIDDEN }, { "manager", 0 },
		{ "admin", E_FORBIDDEN } };

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct booking_form *f = world_form(w.arena);
		struct call *c;

		f->channel = "walk-in";
		f->basis = "verbal";
		c = world_post(&w, f, table[i].role);
		cr_expect_eq(world_run(&w, c), table[i].rc, "%s", table[i].role);
		world_call_free(c);
	}
}

Test(booking_form, staff_of_one_branch_enter_nobody_at_another)
{
	struct booking_form *f = world_form(w.arena);
	struct call *c;

	f->channel = "walk-in";
	f->basis = "verbal";
	c = world_post(&w, f, "frontdesk");
	c->actor.branch = clinic_branch(w.clinic, "east")->id;
	cr_expect_eq(world_run(&w, c), E_NOT_FOUND);
	cr_expect_eq(world_last(&w), 0);
	world_call_free(c);
}
