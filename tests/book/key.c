/* SPDX-License-Identifier: MIT */
/* key.c - keys of staff and sites: made, used, ended, revoked. */
#include <criterion/criterion.h>
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

TestSuite(key, .init = setup, .fini = teardown);

/* A key made by that role; NULL and the code when it is refused. */
static const char *
make(const char *by, struct key_cmd cmd, int *ret_rc)
{
	struct call *c = world_call(&w, &op_key_create, &cmd, by);
	struct key_res *res = c->res;
	const char *key;
	int rc = world_run(&w, c);

	key = rc < 0 ? NULL : arena_strdup(w.arena, res->key);
	if (ret_rc != NULL)
		*ret_rc = rc < 0 ? rc : 0;
	world_call_free(c);
	return key;
}

/* A list of everything, with that key; the call's code, and who it was. */
static int
use(const char *key, struct actor *ret_actor)
{
	struct health_cmd cmd = { 0 };
	struct call *c = world_call(&w, &op_ready_check, &cmd, NULL);
	int rc;

	c->key = key;
	rc = world_run(&w, c);
	if (ret_actor != NULL) {
		*ret_actor = c->actor;
		ret_actor->name = arena_strdup(w.arena, c->actor.name);
	}
	world_call_free(c);
	return rc;
}

static int
revoke(const char *name, struct key_row *ret_first)
{
	struct key_name_cmd cmd = { name };
	struct call *c = world_call(&w, &op_key_revoke, &cmd, "admin");
	struct key_list_res *res = c->res;
	int rc = world_run(&w, c);

	if (rc >= 0 && ret_first != NULL)
		*ret_first = res->rows[0];
	world_call_free(c);
	return rc;
}

Test(key, a_key_opens_what_its_role_may_and_says_whose_it_is)
{
	struct actor who;
	const char *key = make(
	    "admin", (struct key_cmd){ .role = "frontdesk", .name = "desk-1" }, NULL);

	cr_assert_not_null(key);
	cr_assert_eq(use(key, &who), 0);
	cr_expect_eq(who.kind, ACTOR_STAFF);
	cr_expect_str_eq(who.name, "desk-1");
	cr_expect_eq(who.caps, role_find("frontdesk")->caps);
	cr_expect_eq(who.branch, 0);
}

Test(key, a_key_for_a_branch_is_for_that_branch)
{
	struct actor who;
	const char *key = make("admin",
	    (struct key_cmd){ .role = "viewer", .name = "east-1", .branch = "east" },
	    NULL);

	cr_assert_eq(use(key, &who), 0);
	cr_expect_eq(who.branch, clinic_branch(w.clinic, "east")->id);
}

Test(key, only_the_hash_of_a_key_is_kept)
{
	const char *key =
	    make("admin", (struct key_cmd){ .role = "viewer", .name = "a" }, NULL);
	uint8_t hash[SECRET_HASH_LEN];
	struct blob kept = sql_blob(w.db, w.arena, "SELECT hash FROM api_key");

	cr_expect_eq(strlen(key), SECRET_TOKEN_LEN - 1);
	secret_token_hash(key, hash);
	cr_assert_eq(kept.len, sizeof(hash));
	cr_expect_arr_eq(kept.p, hash, sizeof(hash));
}

Test(key, what_is_no_key_opens_nothing)
{
	cr_expect_eq(use("", NULL), E_UNAUTHORIZED);
	cr_expect_eq(
	    use("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NULL), E_UNAUTHORIZED);
}

Test(key, a_revoked_key_opens_nothing_and_its_name_stays_taken)
{
	struct key_row row = { 0 };
	struct key_cmd cmd = { .role = "viewer", .name = "a" };
	const char *key = make("admin", cmd, NULL);
	int rc;

	cr_assert_eq(use(key, NULL), 0);
	clock_set_ms(WORLD_NOW + 1000);
	cr_assert_eq(revoke("a", &row), 0);
	cr_expect_eq(row.revoked_at, WORLD_NOW + 1000);
	cr_expect_eq(use(key, NULL), E_UNAUTHORIZED);
	make("admin", cmd, &rc);
	cr_expect_eq(rc, E_CONFLICT);
	clock_set_ms(WORLD_NOW + 2000);
	cr_expect_eq(revoke("a", &row), 0); /* again: as it was */
	cr_expect_eq(row.revoked_at, WORLD_NOW + 1000);
	cr_expect_eq(revoke("nobody", NULL), E_NOT_FOUND);
}

Test(key, a_key_ends_with_its_last_day_in_the_clinics_zone)
{
	const char *key = make("admin",
	    (struct key_cmd){ .role = "viewer", .name = "a", .expires = "2026-11-25" },
	    NULL);
	int64_t end =
	    WORLD_NOW + 26 * HOUR_MS + 48 * MINUTE_MS; /* Thursday 0:00, Singapore */

	clock_set_ms(end - 1);
	cr_expect_eq(use(key, NULL), 0);
	clock_set_ms(end);
	cr_expect_eq(use(key, NULL), E_UNAUTHORIZED);
}

Test(key, what_a_key_needs_is_asked_for)
{
	static const struct key_cmd wrong[] = {
		{ .name = "a" },
		{ .role = "viewer" },
		{ .role = "viewer", .name = "a", .branch = "west" },
		{ .role = "viewer", .name = "a", .expires = "tomorrow" },
	};
	int rc;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		cr_expect_null(make("admin", wrong[i], &rc));
		cr_expect_eq(rc, E_INVALID, "%zu", i);
	}
	cr_expect_eq(sql_number(w.db, "SELECT count(*) FROM api_key"), 0);
}

/* A manager, who may do all that they may, and an administrator make any; nobody else one. */
Test(key, nobody_makes_a_key_that_may_more_than_they_may)
{
	static const char *const makers[] = { "site", "viewer", "frontdesk", "doctor",
		"manager", "admin" };

	for (size_t m = 0; m < ARRAY_LEN(makers); m++)
		for (const char *const *role = role_names; *role != NULL; role++) {
			bool may = strcmp(makers[m], "admin") == 0 ||
				   strcmp(makers[m], "manager") == 0;
			const char *name =
			    arena_printf(w.arena, "%s-%s", makers[m], *role);
			int rc;

			make(makers[m], (struct key_cmd){ .role = *role, .name = name },
			    &rc);
			cr_expect_eq(rc, may ? 0 : E_FORBIDDEN, "%s makes %s: %d",
			    makers[m], *role, rc);
		}
}

Test(key, the_list_tells_of_every_key_but_the_key)
{
	struct key_list_cmd cmd = { 0 };
	struct call *c = world_call(&w, &op_key_list, &cmd, "admin");
	struct key_list_res *res = c->res;

	make("admin", (struct key_cmd){ .role = "viewer", .name = "a", .branch = "east" },
	    NULL);
	make("manager", (struct key_cmd){ .role = "doctor", .name = "b" }, NULL);
	cr_assert_eq(world_run(&w, c), 0);
	cr_assert_eq(res->count, 2);
	cr_expect_str_eq(res->rows[0].branch, "east");
	cr_expect_null(res->rows[1].branch);
	cr_expect_str_eq(res->rows[1].role, "doctor");
	cr_expect_str_eq(res->rows[1].created_by, "manager");
	cr_expect_eq(res->rows[1].created_at, WORLD_NOW);
	cr_expect_eq(res->rows[1].expires_at, 0);
	world_call_free(c);
}
