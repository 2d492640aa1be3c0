/* SPDX-License-Identifier: MIT */
/*
 * find_any.c - any filter finds what it means: thousands of random lists of a
 * crowd of requests against the oracle, whatever the size of the pages.
 */
#include <criterion/criterion.h>

#include "book/oracle.h"

#if defined(__SANITIZE_ADDRESS__)
#define SLOWER 6
#else
#define SLOWER 1
#endif

#define CROWD 300
#define QUESTIONS (2000 / SLOWER)

static struct world w;
static struct crowd crowd;
static int64_t now_ms;

static void
open_crowd(const char *name, int64_t from_ms)
{
	world_open(&w, ":memory:", NULL);
	clock_set_ms(from_ms);
	crowd.w = &w;
	crowd.chance.state = chance_seed(name);
	crowd_arrive(&crowd, CROWD);
	crowd_stir(&crowd);
	crowd_read(&crowd);
	now_ms = clock_now_ms() + 2 * HOUR_MS;
	clock_set_ms(now_ms);
}

static void
close_crowd(void)
{
	world_close(&w);
}

/* One page from cursor on (NULL: the first); adds it to found. The next cursor. */
static const char *
read_page(
    const struct question *q, const char *cursor, int64_t limit, struct found *found)
{
	struct find_cmd cmd = q->cmd;
	struct call *c = world_call(&w, &op_booking_find, &cmd, "manager");
	struct find_res *res = c->res;
	const char *next;

	c->actor.branch = q->branch;
	cmd.cursor = cursor;
	cmd.limit = limit;
	find_check(&cmd, w.clinic, &c->problems);
	cr_assert_eq(
	    c->problems.n, 0, "%s: %s", c->problems.v[0].field, c->problems.v[0].message);
	cr_assert_eq(world_run(&w, c), 0);
	cr_assert_leq(res->count, (size_t)limit);
	for (size_t i = 0; i < res->count; i++) {
		cr_assert_lt(found->count, CROWD_MAX);
		found->n[found->count++] = res->items[i].n;
	}
	next = res->next == 0 ? NULL : find_cursor(w.arena, &cmd, res);
	world_call_free(c);
	return next;
}

static void
read_all(const struct question *q, int64_t limit, struct found *found)
{
	const char *cursor = NULL;

	found->count = 0;
	do
		cursor = read_page(q, cursor, limit, found);
	while (cursor != NULL);
}

static bool
same(const struct found *a, const struct found *b)
{
	return a->count == b->count &&
	       memcmp(a->n, b->n, (size_t)a->count * sizeof(a->n[0])) == 0;
}

static void
ask_many(int questions)
{
	static struct found found, meant;
	int hits = 0, empty = 0;

	for (int i = 0; i < questions; i++) {
		struct arena_mark mark = arena_mark(w.arena);
		struct question q;

		question_make(&crowd, &q);
		oracle_find(&crowd, &q, now_ms, &meant);
		read_all(
		    &q, 1 + chance_below(&crowd.chance, i % 2 == 0 ? 200 : 20), &found);
		cr_assert(same(&found, &meant), "question %d finds %d of %d: %s", i,
		    found.count, meant.count, question_text(w.arena, &q));
		hits += meant.count;
		empty += meant.count == 0;
		arena_rewind(w.arena, mark);
	}
	fprintf(stderr, "%d questions, %d items, %d empty\n", questions, hits, empty);
	cr_expect_gt(hits, questions); /* else they were too narrow to prove much */
}

Test(find_any, every_list_is_what_its_filters_mean, .timeout = 300)
{
	open_crowd("lists", WORLD_NOW);
	ask_many(QUESTIONS);
	close_crowd();
}

/* Set back by a day, the writer's clock stands still: many share a millisecond. */
Test(find_any, a_day_on_which_the_clock_stood_still_is_listed_whole, .timeout = 300)
{
	open_crowd("still", WORLD_NOW - 5 * DAY_MS);
	cr_expect_gt(
	    sql_number(w.db, "SELECT count(*) FROM booking WHERE received_at = %lld",
		(long long)WORLD_NOW),
	    20);
	ask_many(QUESTIONS / 5);
	close_crowd();
}

/* Down: what comes meanwhile is before the first page. Up: it is at the end. */
static void
expect_no_double_and_no_gap(const struct question *q, int64_t limit)
{
	static struct found found, meant, later;
	bool up = q->cmd.sort != NULL && q->cmd.sort[0] != '-';
	int64_t last = crowd.ones[crowd.count - 1].n;
	const char *cursor = NULL;
	int old = 0;

	oracle_find(&crowd, q, now_ms, &meant);
	found.count = 0;
	do {
		cursor = read_page(q, cursor, limit, &found);
		if (crowd.count < CROWD_MAX - 8)
			crowd_arrive(&crowd, 1);
		clock_set_ms(now_ms);
	} while (cursor != NULL);
	for (int i = 0; i < found.count; i++) {
		cr_assert(i == 0 || (up ? found.n[i] > found.n[i - 1]
					: found.n[i] < found.n[i - 1]),
		    "%s", question_text(w.arena, q));
		old += found.n[i] <= last;
		cr_assert(up || found.n[i] <= last);
	}
	cr_assert_eq(old, meant.count, "%d of %d: %s", old, meant.count,
	    question_text(w.arena, q));
	crowd_read(&crowd);
	oracle_find(&crowd, q, now_ms, &later); /* nothing else came in between */
	for (int i = 0, k = 0; i < found.count; i++, k++) {
		while (k < later.count && later.n[k] != found.n[i])
			k++;
		cr_assert_lt(k, later.count, "%s", question_text(w.arena, q));
	}
}

Test(find_any, pages_have_no_double_and_no_gap_while_requests_come_in, .timeout = 300)
{
	open_crowd("pages", WORLD_NOW);
	for (int i = 0; i < 40 && crowd.count < CROWD_MAX - 60; i++) {
		struct question q;

		question_make(&crowd, &q);
		q.cmd.due = NULL; /* time goes on with what comes in */
		q.cmd.unanswered_hours = FIELD_ABSENT;
		if (i % 2 == 0) { /* wide ones, so that there are pages */
			fields_clear(&find_fields, &q.cmd);
			q = (struct question){ .cmd = q.cmd };
			q.cmd.sort = i % 4 == 0 ? "received" : NULL;
		}
		expect_no_double_and_no_gap(&q, 10 + chance_below(&crowd.chance, 30));
	}
	close_crowd();
}
