/* SPDX-License-Identifier: MIT */
/* again_key.c - the same post sent twice by a program, with an Idempotency-Key. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "support/place.h"
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

TestSuite(again_key, .init = setup, .fini = teardown);

static struct booking_form *
keyed_form(const char *key)
{
	struct booking_form *f = world_form(w.arena);

	f->idempotency_key = key;
	return f;
}

static int
post(struct booking_form *f)
{
	struct call *c = world_post(&w, f, NULL);
	int rc = world_run(&w, c);

	world_call_free(c);
	return rc;
}

/* How many rows there are of everything a post writes. */
static int64_t
rows(void)
{
	return sql_number(w.db,
	    "SELECT (SELECT count(*) FROM booking) + (SELECT count(*) FROM event)"
	    " + (SELECT count(*) FROM outbox) + (SELECT count(*) FROM token)"
	    " + (SELECT count(*) FROM consent) + (SELECT count(*) FROM booking_tag)"
	    " + (SELECT count(*) FROM idempotency)");
}

Test(again_key, the_same_post_gets_the_same_answer_and_writes_nothing)
{
	struct booking_answer first = world_book(&w, keyed_form("key-one-1")), again;
	int64_t before = rows();

	clock_set_ms(WORLD_NOW + 47 * HOUR_MS);
	again = world_book(&w, keyed_form("key-one-1"));
	cr_expect(again.replayed && !first.replayed);
	cr_expect_str_eq(again.json, first.json);
	cr_expect_str_eq(again.token, first.token);
	cr_expect_eq(rows(), before);
}

Test(again_key, another_body_under_the_same_key_is_refused_and_writes_nothing)
{
	struct booking_form *f = keyed_form("key-one-1");
	int64_t before;

	world_book(&w, keyed_form("key-one-1"));
	before = rows();
	f->full_name = "Somebody Else";
	cr_expect_eq(post(f), E_IDEMPOTENCY);
	cr_expect_eq(rows(), before);
}

Test(again_key, where_somebody_came_from_is_no_part_of_the_answers)
{
	struct booking_form *f = keyed_form("key-one-1");

	world_book(&w, keyed_form("key-one-1"));
	f->utm_source = "newsletter";
	f->consent_version = w.clinic->text_version[0][TEXT_CONSENT];
	cr_expect(world_book(&w, f).replayed);
}

Test(again_key, each_answer_is_part_of_the_answers)
{
#define DIFFERS(change)                                           \
	do {                                                      \
		struct booking_form *f = keyed_form("key-one-1"); \
		change;                                           \
		cr_expect_eq(post(f), E_IDEMPOTENCY, #change);    \
	} while (0)
	world_book(&w, keyed_form("key-one-1"));
	DIFFERS(f->concerns.v[0] = "acne-scarring");
	DIFFERS(strlist_add(&f->concerns, w.arena, "acne-scarring"));
	DIFFERS(strlist_add(&f->reasons, w.arena, "otc-not-effective"));
	DIFFERS(f->full_name = "Tan");
	DIFFERS(f->phone = "8123 4567");
	DIFFERS(f->contact_method = "phone");
	DIFFERS(f->email = "a@example.sg");
	DIFFERS(f->branch = "east");
	DIFFERS(f->service = "review");
	DIFFERS(f->doctor = "dr-a");
	DIFFERS(f->preferred_days = strlist_split(w.arena, "mon"));
	DIFFERS(f->preferred_parts = strlist_split(w.arena, "any"));
	DIFFERS(f->best_time_to_call = "noon");
	DIFFERS(f->language = "ms");
	DIFFERS(f->visited_before = "yes");
	DIFFERS(f->note = "a note");
	cr_expect_eq(world_last(&w), 1);
}

Test(again_key, a_refusal_leaves_the_key_free)
{
	struct booking_form *f = keyed_form("key-one-1");

	f->consent_version = "0123456789ab";
	cr_expect_eq(post(f), E_INVALID);
	f = keyed_form("key-one-1");
	f->phone = "12";
	cr_expect_eq(post(f), E_INVALID);
	cr_expect_not(world_book(&w, keyed_form("key-one-1")).replayed);
}

Test(again_key, after_48_hours_the_key_is_anybodys)
{
	world_book(&w, keyed_form("key-one-1"));
	clock_set_ms(WORLD_NOW + IDEMPOTENCY_MS - 1);
	cr_expect(world_book(&w, keyed_form("key-one-1")).replayed);
	clock_set_ms(WORLD_NOW + IDEMPOTENCY_MS);
	cr_expect_not(world_book(&w, keyed_form("key-one-1")).replayed);
	cr_expect_eq(world_last(&w), 2);
	cr_expect(
	    world_book(&w, keyed_form("key-one-1")).replayed); /* the second one's */
}

Test(again_key, upkeep_forgets_what_has_ended_and_nothing_else)
{
	struct health_cmd cmd = { 0 };
	struct call *c = world_call(&w, &op_housekeep, &cmd, NULL);
	struct housekeep_res *res = c->res;

	world_book(&w, keyed_form("key-one-1"));
	clock_set_ms(WORLD_NOW + DAY_MS);
	world_book(&w, keyed_form("key-two-2"));
	clock_set_ms(WORLD_NOW + IDEMPOTENCY_MS);
	cr_assert_eq(world_run(&w, c), 0);
	cr_expect_eq(res->purged, 1);
	cr_expect(world_book(&w, keyed_form("key-two-2")).replayed);
	world_call_free(c);
}

Test(again_key, different_keys_are_different_posts_even_with_one_body)
{
	struct booking_answer one = world_book(&w, keyed_form("key-one-1"));
	struct booking_answer two = world_book(&w, keyed_form("key-two-2"));

	cr_expect_str_neq(one.reference, two.reference);
	cr_expect_eq(world_last(&w), 2);
}

Test(again_key, the_stored_answer_opens_with_its_key_alone)
{
	struct blob hash, answer;

	world_book(&w, keyed_form("key-one-1"));
	world_book(&w, keyed_form("key-two-2"));
	/* Somebody with the database puts the first one's answer under the second. */
	sql_run(w.db,
	    "UPDATE idempotency SET answer = (SELECT answer FROM idempotency WHERE n = "
	    "1),"
	    " body_hash = (SELECT body_hash FROM idempotency WHERE n = 1) WHERE n = 2");
	cr_expect_eq(post(keyed_form("key-two-2")), E_DB);
	hash = sql_blob(w.db, w.arena, "SELECT hash FROM idempotency WHERE n = 1");
	answer = sql_blob(w.db, w.arena, "SELECT answer FROM idempotency WHERE n = 1");
	cr_expect_null(memmem(answer.p, answer.len, "reference", 9));
	cr_expect_null(memmem(hash.p, hash.len, "key-one", 7));
}

Test(again_key, a_restart_does_not_forget)
{
	struct place place;
	struct world later;
	struct booking_answer first, again;
	struct booking_form *f;
	const char *path;

	place_make(&place);
	path = place_path(w.arena, &place, "clinic.db");
	world_open(&later, path, NULL);
	f = world_form(later.arena);
	f->idempotency_key = "key-one-1";
	first = world_book(&later, f);
	first.json = arena_strdup(w.arena, first.json);
	world_close(&later);

	world_open(&later, path, NULL);
	f = world_form(later.arena);
	f->idempotency_key = "key-one-1";
	again = world_book(&later, f);
	cr_expect(again.replayed);
	cr_expect_str_eq(again.json, first.json);
	world_close(&later);
	place_remove(&place);
}

Test(again_key, in_one_batch_the_second_of_two_equals_is_answered_like_the_first)
{
	struct call *one = world_post(&w, keyed_form("key-one-1"), NULL);
	struct call *two = world_post(&w, keyed_form("key-one-1"), NULL);
	struct booking_answer *a = one->res, *b = two->res;

	one->decoded = one->problems;
	two->decoded = two->problems;
	one->job.next = &two->job;
	pool_run_batch(w.pool, &one->job);
	cr_expect(one->job.rc == 0 && two->job.rc == 0);
	cr_expect(!a->replayed && b->replayed);
	cr_expect_str_eq(a->json, b->json);
	cr_expect_eq(world_last(&w), 1);
	world_call_free(one);
	world_call_free(two);
}
