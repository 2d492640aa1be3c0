/* SPDX-License-Identifier: MIT */
/* role.c - who may do what: the contract's table against the table of operations. */
#include <criterion/criterion.h>
#include <string.h>

#include "book/privacy.h"
#include "support/world.h"

/* Who may see and do what, row by row. */
static const struct {
	const char *name;
	unsigned caps;
} contract[] = {
	{ "site", CAP_BOOK },
	{ "viewer", CAP_LIST },
	{ "frontdesk", CAP_LIST | CAP_CONTACT | CAP_CREATE | CAP_ACT },
	{ "doctor", CAP_LIST | CAP_CONTACT | CAP_CLINICAL | CAP_ACT },
	{ "manager", CAP_BOOK | CAP_LIST | CAP_CONTACT | CAP_CLINICAL | CAP_CREATE |
			 CAP_ACT | CAP_EXPORT | CAP_CLINIC | CAP_KEYS | CAP_HEALTH | CAP_PRIVACY |
			 CAP_OVERRIDE },
	{ "admin", CAP_CLINIC | CAP_KEYS | CAP_HEALTH },
};

Test(role, each_role_may_what_the_contract_says)
{
	size_t n = 0;

	for (; role_names[n] != NULL; n++)
		;
	cr_assert_eq(n, ARRAY_LEN(contract));
	for (size_t i = 0; i < n; i++) {
		cr_expect_str_eq(role_names[i], contract[i].name);
		cr_assert_not_null(role_find(role_names[i]));
		cr_expect_eq(role_find(role_names[i])->caps, contract[i].caps, "%s",
		    contract[i].name);
	}
	cr_expect_null(role_find("Manager"));
	cr_expect_null(role_find(""));
}

Test(role, an_administrator_sees_no_patient)
{
	cr_expect_eq(role_find("admin")->caps &
			 (CAP_LIST | CAP_CONTACT | CAP_CLINICAL | CAP_EXPORT | CAP_ACT |
			     CAP_CREATE | CAP_PRIVACY),
	    0);
}

/* Every operation that is not the public's, by every role, with nothing in hand. */
Test(role, every_operation_refuses_who_lacks_its_capability_before_anything_else)
{
	static const char nothing[4096];
	struct world w;

	world_open(&w, ":memory:", NULL);
	for (const struct op *const *op = op_all; *op != NULL; op++)
		for (size_t i = 0; (*op)->needs != 0 && i < ARRAY_LEN(contract); i++) {
			struct call *c;

			if (((*op)->needs & ~contract[i].caps) == 0)
				continue;
			c = world_call(
			    &w, *op, (void *)(uintptr_t)nothing, contract[i].name);
			cr_expect_eq(world_run(&w, c), E_FORBIDDEN, "%s by %s",
			    (*op)->name, contract[i].name);
			c->actor = (struct actor){ ACTOR_PATIENT, "web", 0, 0 };
			if (!((*op)->flags & OP_OPEN))
				cr_expect_eq(world_run(&w, c), E_UNAUTHORIZED,
				    "%s by nobody", (*op)->name);
			world_call_free(c);
		}
	world_close(&w);
}

/* An operation that is new here must be thought about: is it the public's? */
Test(role, what_needs_no_capability_is_listed_here)
{
	static const char *const open[] = { "booking_create", "booking_view",
		"booking_ask_erasure", "booking_disown", "audit_add", "ready_check",
		"housekeep", "sign_lookup", "sign_in", "sign_out", "sign_password",
		"session_touch", "booking_confirm", "booking_move", "booking_move_times", "booking_withdraw",
		"booking_undo", "slot_find" };

	for (const struct op *const *op = op_all; *op != NULL; op++) {
		bool listed = false;

		for (size_t i = 0; i < ARRAY_LEN(open); i++)
			listed |= strcmp((*op)->name, open[i]) == 0;
		cr_expect_eq((*op)->needs == 0 || ((*op)->flags & OP_OPEN) != 0, listed,
		    "%s", (*op)->name);
	}
}

/* A key that is presented is looked at, even where none is needed. */
Test(role, a_key_that_may_not_book_does_not_book_as_the_public)
{
	struct world w;

	world_open(&w, ":memory:", NULL);
	for (size_t i = 0; i < ARRAY_LEN(contract); i++) {
		struct call *c = world_post(&w, world_form(w.arena), NULL);
		bool may = (contract[i].caps & CAP_BOOK) != 0;

		c->actor = world_actor(contract[i].name);
		cr_expect_eq(
		    world_run(&w, c), may ? 0 : E_FORBIDDEN, "%s", contract[i].name);
		world_call_free(c);
	}
	world_close(&w);
}

Test(role, reading_and_exporting_leave_a_trace_in_the_audit)
{
	cr_expect_str_eq(op_booking_read.audit, "read");
	cr_expect_str_eq(op_booking_export.audit, "export");
	cr_expect_str_eq(op_subject_read.audit, "subject");
	cr_expect_str_eq(op_booking_erase.audit, "erase");
	cr_expect_str_eq(op_retention.audit, "retention");
}
