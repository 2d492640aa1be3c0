/* SPDX-License-Identifier: MIT */
/* staff.c - people of the clinic: who is let in, for how long, and who no longer is. */
#include <criterion/criterion.h>
#include <poll.h>
#include <string.h>

#include "book/change.h"
#include "book/staff.h"
#include "support/world.h"

#define IDLE (30 * MINUTE_MS)
#define LIFETIME (12 * HOUR_MS)

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

TestSuite(staff, .init = setup, .fini = teardown);

/* Argon2id is slow on purpose: the tests of sessions need no real hash. */
static void
add(const char *login, const char *role)
{
	struct staff_cmd cmd = { .login = login, .role = role, .name = "A Person" };
	struct call *c = world_call(&w, &op_staff_add, &cmd, "manager");

	strcpy(cmd.password_hash, "$argon2id$none"); /* allowed: a literal into its own array */
	cr_assert_geq(world_run(&w, c), 0);
	world_call_free(c);
}

static int64_t
number_of(const char *login)
{
	struct sign_cmd cmd = { .login = login };
	struct call *c = world_call(&w, &op_sign_lookup, &cmd, NULL);
	int64_t n;

	cr_assert_geq(world_run(&w, c), 0);
	n = ((struct sign_res *)c->res)->staff;
	world_call_free(c);
	return n;
}

static const char *
sign_in_as(const char *login)
{
	struct sign_cmd cmd = { .staff = number_of(login), .lifetime_ms = LIFETIME };
	struct call *c = world_call(&w, &op_sign_in, &cmd, NULL);
	const char *session;

	cr_assert_geq(world_run(&w, c), 0);
	session = arena_strdup(w.arena, ((struct sign_res *)c->res)->session);
	world_call_free(c);
	return session;
}

/* Asks for the change feed with a session; the code. */
static int
use(const char *session, bool *ret_touch)
{
	struct change_cmd cmd = { 0, 10, 0 };
	struct call *c = world_call(&w, &op_change_list, &cmd, NULL);
	int rc;

	c->session = session;
	c->idle_ms = IDLE;
	rc = world_run(&w, c);
	if (ret_touch != NULL)
		*ret_touch = c->touch;
	world_call_free(c);
	return rc;
}

static void
choose_password(const char **session)
{
	struct sign_cmd cmd = { .lifetime_ms = LIFETIME, .password_hash = "$argon2id$own" };
	struct call *c = world_call(&w, &op_sign_password, &cmd, NULL);

	c->session = *session;
	c->idle_ms = IDLE;
	cr_assert_geq(world_run(&w, c), 0);
	*session = arena_strdup(w.arena, ((struct sign_res *)c->res)->session);
	world_call_free(c);
}

Test(staff, a_one_time_password_opens_nothing_but_its_own_change)
{
	const char *session, *first;

	add("mei", "frontdesk");
	first = session = sign_in_as("mei");
	cr_assert_eq(use(session, NULL), E_MUST_CHANGE);
	choose_password(&session);
	cr_assert_geq(use(session, NULL), 0);
	cr_assert_eq(use(first, NULL), E_UNAUTHORIZED);
}

Test(staff, a_session_ends_when_nobody_uses_it)
{
	const char *session;

	add("mei", "frontdesk");
	session = sign_in_as("mei");
	choose_password(&session);
	clock_set_ms(WORLD_NOW + IDLE - 1);
	cr_assert_geq(use(session, NULL), 0);
	clock_set_ms(WORLD_NOW + IDLE);
	cr_assert_eq(use(session, NULL), E_UNAUTHORIZED);
}

Test(staff, a_session_in_use_goes_on_and_ends_all_the_same_after_its_lifetime)
{
	struct sign_cmd cmd = { 0 };
	const char *session;
	bool touch;

	add("mei", "frontdesk");
	session = sign_in_as("mei");
	choose_password(&session);
	for (int64_t at = 0; at < LIFETIME; at += 20 * MINUTE_MS) {
		struct call *c;

		clock_set_ms(WORLD_NOW + at);
		cr_assert_geq(use(session, &touch), 0);
		cr_assert_eq(touch, at > 0);
		cmd.login = session;
		c = world_call(&w, &op_session_touch, &cmd, NULL);
		cr_assert_eq(world_run(&w, c), 1);
		world_call_free(c);
	}
	clock_set_ms(WORLD_NOW + LIFETIME);
	cr_assert_eq(use(session, NULL), E_UNAUTHORIZED);
}

Test(staff, a_person_who_was_disabled_or_reset_is_signed_out_everywhere)
{
	const struct op *const ops[] = { &op_staff_disable, &op_staff_reset };

	for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
		const char *login = i == 0 ? "mei" : "ali", *session;
		struct staff_cmd cmd = { .login = login };
		struct call *c;

		add(login, "frontdesk");
		session = sign_in_as(login);
		choose_password(&session);
		c = world_call(&w, ops[i], &cmd, "admin");
		cr_assert_geq(world_run(&w, c), 0);
		world_call_free(c);
		cr_assert_eq(use(session, NULL), E_UNAUTHORIZED);
	}
	cr_assert_eq(number_of("mei"), 0); /* disabled: as if there were nobody */
	cr_assert_gt(number_of("ali"), 0);
}

Test(staff, an_unknown_login_is_looked_up_like_a_known_one)
{
	cr_assert_eq(number_of("nobody"), 0);
}

Test(staff, signing_out_ends_this_session_and_no_other)
{
	struct sign_cmd cmd = { 0 };
	const char *here, *there;
	struct call *c;

	add("mei", "frontdesk");
	here = sign_in_as("mei");
	choose_password(&here);
	there = sign_in_as("mei");
	c = world_call(&w, &op_sign_out, &cmd, NULL);
	c->session = here;
	c->idle_ms = IDLE;
	cr_assert_geq(world_run(&w, c), 0);
	world_call_free(c);
	cr_assert_eq(use(here, NULL), E_UNAUTHORIZED);
	cr_assert_geq(use(there, NULL), 0);
}

Test(staff, what_a_session_may_do_is_its_person_s_role)
{
	const char *session;
	struct key_list_cmd cmd = { 0 };
	struct call *c;

	add("mei", "frontdesk");
	session = sign_in_as("mei");
	choose_password(&session);
	c = world_call(&w, &op_key_list, &cmd, NULL);
	c->session = session;
	c->idle_ms = IDLE;
	cr_assert_eq(world_run(&w, c), E_FORBIDDEN);
	cr_assert_str_eq(c->actor.name, "mei");
	world_call_free(c);
}

Test(staff, wrong_people_are_refused_with_every_problem)
{
	struct staff_cmd cmd = { .role = "site", .branch = "nowhere" };
	struct call *c = world_call(&w, &op_staff_add, &cmd, "manager");

	cr_assert_eq(world_run(&w, c), E_INVALID);
	cr_assert_eq(c->problems.n, 4);
	world_call_free(c);
	add("mei", "frontdesk");
	cmd = (struct staff_cmd){ .login = "mei", .role = "doctor", .name = "Another" };
	c = world_call(&w, &op_staff_add, &cmd, "manager");
	cr_assert_eq(world_run(&w, c), E_CONFLICT);
	world_call_free(c);
}

/* ---- argon2id ---- */

static int letters;

static void
count_letter(struct letter *l)
{
	(void)l;
	letters++;
}

Test(password, is_verified_on_threads_of_its_own)
{
	struct mailbox *box = mailbox_new();
	struct password_job right = { .reply_to = box, .password = "correct horse battery" };
	struct password_job wrong = { .reply_to = box, .password = "correct horse" }, nobody = right;
	char hash[PASSWORD_HASH_LEN];

	password_start();
	password_hash_now("correct horse battery", hash);
	cr_assert_eq(strncmp(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31), 0, "%s", hash);
	right.hash = wrong.hash = hash;
	nobody.hash = password_of_nobody();
	right.letter.read = wrong.letter.read = nobody.letter.read = count_letter;
	cr_assert_eq(password_submit(&right), 0);
	cr_assert_eq(password_submit(&wrong), 0);
	cr_assert_eq(password_submit(&nobody), 0);
	while (letters < 3) {
		struct pollfd p = { mailbox_fd(box), POLLIN, 0 };

		cr_assert_eq(poll(&p, 1, 20000), 1);
		mailbox_read(box);
	}
	cr_assert(right.ok);
	cr_assert_not(wrong.ok);
	cr_assert_not(nobody.ok);
	password_stop();
	mailbox_free(box);
}

Test(password, for_once_is_readable_and_never_the_same)
{
	char a[PASSWORD_ONE_TIME_LEN], b[PASSWORD_ONE_TIME_LEN];

	password_one_time(a);
	password_one_time(b);
	cr_assert_eq(strlen(a), 19);
	cr_assert_str_neq(a, b);
	cr_assert_null(strpbrk(a, "01ilo"));
}
