/* SPDX-License-Identifier: MIT */
/* change.c - the feed of what happened, and the chain of who looked. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "book/change.h"
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

TestSuite(change, .init = setup, .fini = teardown);

/* ---- the feed ---- */

static struct call *
changes(int64_t since, int64_t limit, int64_t branch)
{
	struct change_cmd *cmd = ARENA_NEW(w.arena, struct change_cmd);
	struct call *c = world_call(&w, &op_change_list, cmd, "viewer");

	*cmd = (struct change_cmd){ since, limit, FIELD_ABSENT };
	c->actor.branch = branch;
	world_run(&w, c);
	return c;
}

static void
book_at(const char *branch)
{
	struct booking_form *f = world_form(w.arena);

	f->branch = branch;
	world_book(&w, f);
}

Test(change, the_feed_goes_on_from_where_it_was_left)
{
	struct call *c;
	struct change_res *res;
	int64_t since = 0, seen = 0;

	for (int i = 0; i < 7; i++)
		book_at("main");
	do {
		c = changes(since, 3, 0);
		res = c->res;
		cr_assert_eq(c->job.rc, 0);
		cr_assert_leq(res->count, 3);
		for (size_t i = 0; i < res->count; i++)
			cr_expect_eq(res->items[i].seq, ++seen);
		cr_expect_eq(res->next, seen);
		since = res->next;
		if (res->count == 0)
			break;
		world_call_free(c);
	} while (true);
	world_call_free(c);
	cr_expect_eq(seen, 7);
}

Test(change, an_item_says_what_happened_and_nothing_of_the_person)
{
	struct call *c;
	const struct change *x;

	book_at("main");
	c = changes(FIELD_ABSENT, FIELD_ABSENT, 0);
	x = ((struct change_res *)c->res)->items;
	cr_expect_eq(x->seq, 1);
	cr_expect_eq(x->at, WORLD_NOW);
	cr_expect(str_starts(x->reference, "NG-"));
	cr_expect_str_eq(x->kind, "received");
	cr_expect_str_eq(x->actor_kind, "patient");
	cr_expect_str_eq(x->actor, "web");
	cr_expect_eq(x->from, -1);
	cr_expect_eq(x->to, STATUS_NEW);
	world_call_free(c);
}

/* What others' branches did moves the number on, or the feed would stand still. */
Test(change, a_branch_sees_its_own_and_the_numbers_go_on)
{
	struct call *c;
	struct change_res *res;

	for (int i = 0; i < 6; i++)
		book_at(i % 3 == 0 ? "east" : "main");
	c = changes(0, 100, clinic_branch(w.clinic, "east")->id);
	res = c->res;
	cr_assert_eq(res->count, 2);
	cr_expect_eq(res->items[0].seq, 1);
	cr_expect_eq(res->items[1].seq, 4);
	cr_expect_eq(res->next, 6);
	world_call_free(c);
}

Test(change, a_feed_that_lags_behind_what_is_kept_starts_over)
{
	struct call *c;

	for (int i = 0; i < 5; i++)
		book_at("main");
	sqlite3_set_authorizer(w.db->handle, NULL, NULL);
	sql_run(w.db, "DROP TRIGGER event_is_kept"); /* as a later retention might */
	sql_run(w.db, "DELETE FROM event WHERE seq <= 3");
	c = changes(2, 100, 0);
	cr_expect_eq(c->job.rc, E_START_OVER);
	world_call_free(c);
	c = changes(3, 100, 0);
	cr_expect_eq(c->job.rc, 0);
	cr_expect_eq(((struct change_res *)c->res)->count, 2);
	world_call_free(c);
	c = changes(5, 100, 0); /* all of it is known */
	cr_expect_eq(c->job.rc, 0);
	world_call_free(c);
}

/* ---- the audit ---- */

static void
look_at(int64_t n, const char *action)
{
	struct audit_cmd cmd = { action, n, world_actor("frontdesk") };
	struct call *c = world_call(&w, &op_audit_add, &cmd, NULL);

	cr_assert_geq(world_run(&w, c), 0);
	world_call_free(c);
}

static int
verify(struct tx *tx, void *arg)
{
	return audit_verify(tx, arg);
}

/* The number of the first bad row; 0 when the chain holds. */
static int64_t
first_bad(void)
{
	int64_t bad = 0;
	int rc = world_in_transaction(w.db, w.arena, verify, &bad);

	cr_assert(rc == (bad == 0 ? 0 : E_DB));
	return bad;
}

static void
look_five_times(void)
{
	for (int i = 0; i < 5; i++) {
		clock_set_ms(WORLD_NOW + i);
		look_at(i % 2 == 0 ? i + 1 : 0, i % 2 == 0 ? "read" : "export");
	}
	cr_assert_eq(first_bad(), 0);
	sqlite3_set_authorizer(w.db->handle, NULL, NULL);
	sql_run(
	    w.db, "DROP TRIGGER audit_is_append_only"); /* somebody with the file can */
	sql_run(w.db, "DROP TRIGGER audit_is_kept");
}

Test(change, the_audit_says_who_looked_at_what_and_when)
{
	look_at(7, "read");
	look_at(0, "export");
	cr_expect_str_eq(
	    sql_text(w.db, w.arena,
		"SELECT seq || ' ' || at || ' ' || actor_kind || ' ' || actor || ' ' ||"
		" action || ' ' || coalesce(n, '-') FROM audit"),
	    "1 1795525920000 staff frontdesk read 7\n2 1795525920000 staff frontdesk "
	    "export -\n");
	cr_expect_eq(first_bad(), 0);
}

Test(change, an_empty_audit_holds)
{
	cr_expect_eq(first_bad(), 0);
}

Test(change, a_row_of_the_audit_that_was_changed_is_found)
{
	static const char *const changes_of_it[] = {
		"UPDATE audit SET actor = 'manager' WHERE seq = 3",
		"UPDATE audit SET actor_kind = 'admin' WHERE seq = 3",
		"UPDATE audit SET action = 'reed' WHERE seq = 3",
		"UPDATE audit SET at = at + 1 WHERE seq = 3",
		"UPDATE audit SET n = 4 WHERE seq = 3",
		"UPDATE audit SET n = NULL WHERE seq = 3",
		"UPDATE audit SET chain = zeroblob(32) WHERE seq = 3",
	};

	look_five_times();
	for (size_t i = 0; i < ARRAY_LEN(changes_of_it); i++) {
		sql_run(w.db, "SAVEPOINT s");
		sql_run(w.db, "%s", changes_of_it[i]);
		cr_expect_eq(sql_number(w.db, "SELECT changes()"), 1);
		sql_run(w.db, "RELEASE s");
		cr_expect_eq(first_bad(), 3, "%s", changes_of_it[i]);
		sql_run(w.db, "DELETE FROM audit");
		for (int k = 0; k < 5; k++)
			look_at(k % 2 == 0 ? k + 1 : 0, k % 2 == 0 ? "read" : "export");
		cr_assert_eq(first_bad(), 0);
	}
}

Test(change, a_row_of_the_audit_that_was_taken_out_or_put_in_is_found)
{
	look_five_times();
	sql_run(w.db, "CREATE TEMP TABLE kept AS SELECT * FROM audit");
	sql_run(w.db, "DELETE FROM audit WHERE seq = 2");
	cr_expect_eq(first_bad(), 3);
	sql_run(w.db, "DELETE FROM audit");
	sql_run(w.db, "INSERT INTO audit SELECT * FROM kept WHERE seq > 1");
	cr_expect_eq(first_bad(), 2); /* the first one too */
	sql_run(w.db, "DELETE FROM audit");
	sql_run(w.db, "INSERT INTO audit SELECT * FROM kept");
	cr_expect_eq(first_bad(), 0);
	sql_run(w.db,
	    "INSERT INTO audit SELECT 6, at, actor_kind, actor, action, n, chain"
	    " FROM kept WHERE seq = 5");
	cr_expect_eq(first_bad(), 6);
}
