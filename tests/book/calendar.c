/* SPDX-License-Identifier: MIT */
/*
 * calendar.c - the taken times that a thread keeps, from one transaction to the
 * next, are what the claims say: after whatever happened in between. There are a
 * writer and a reader, as in the daemon.
 */
#include "book/calendar.h"
#include "book/visiting.h"
#include "support/chance.h"
#include "support/place.h"

#define STEPS 400

static struct place place;
static struct db *reader;
static struct chance chance;
static int made; /* names of patients */

static void
setup(void)
{
	char error[DB_ERROR_LEN], path[80];

	chance.state = chance_seed("calendar");
	place_make(&place);
	snprintf(path, sizeof(path), "%s/db", place.dir);
	world_open(&w, path, NULL);
	world_load_clinic(&w, visit_document);
	cr_assert_eq(db_connect(path, NULL, DB_READER, &reader, error), 0,
	    "%s", error);
}

static void
teardown(void)
{
	db_disconnect(reader);
	world_close(&w);
	place_remove(&place);
}

TestSuite(calendar, .init = setup, .fini = teardown);

/* ---- the claims themselves ---- */

struct look {
	struct db *db;
	int64_t without;
};

/* A map of one resource and unit as its claims have it. */
static void
paint(const struct look *l, const struct schedule *s, const struct taken *t, bool *busy,
    bool *begins)
{
	int64_t end = (int64_t)s->words * 64;
	sqlite3_stmt *st;

	cr_assert_eq(sqlite3_prepare_v2(l->db->handle,
			 "SELECT starts, ends, begins FROM claim WHERE resource = ? AND unit = ?"
			 " AND n <> ?",
			 -1, &st, NULL),
	    SQLITE_OK);
	sqlite3_bind_int64(st, 1, t->resource);
	sqlite3_bind_int64(st, 2, t->unit);
	sqlite3_bind_int64(st, 3, l->without);
	while (sqlite3_step(st) == SQLITE_ROW) {
		int64_t at = sqlite3_column_int64(st, 2) / CELL_MS - s->first;

		for (int64_t cell = sqlite3_column_int64(st, 0) / CELL_MS - s->first;
		     cell < sqlite3_column_int64(st, 1) / CELL_MS - s->first; cell++)
			if (cell >= 0 && cell < end)
				busy[cell] = true;
		if (at >= 0 && at < end)
			begins[at] = true;
	}
	sqlite3_finalize(st);
}

static void
expect_as_claimed(const struct look *l, const struct schedule *s, const struct taken *t,
    const char *when)
{
	size_t n = s->words * 64;
	bool *busy = calloc(n, 1), *begins = calloc(n, 1);

	paint(l, s, t, busy, begins);
	for (size_t i = 0; i < n; i++) {
		bool has = t->busy.words > 0 && cells_at(t->busy, (int64_t)i);
		bool has_begin = t->begins.words > 0 && cells_at(t->begins, (int64_t)i);

		if (has != busy[i] || has_begin != begins[i])
			cr_assert_fail("%s: resource %lld, place %lld, cell %zu is %d %d", when,
			    (long long)t->resource, (long long)t->unit, i, has, has_begin);
	}
	free(busy);
	free(begins);
}

/* In a transaction of that connection: the calendar it keeps, brought up to date. */
static void
look(struct db *db, int64_t without, const char *when)
{
	struct arena *a = arena_new((size_t)1 << 22);
	struct tx tx = { db, a, clock_now_ms(), NULL };
	struct look l = { db, without };
	enum db_mode mode = db == reader ? DB_READER : DB_WRITER;
	struct calendar *c;

	cr_assert_eq(db_begin(db, mode), 0);
	db_use_arena(db, a);
	cr_assert_eq(calendar_sync(&tx, w.clinic, without, &c), 0);
	cr_assert_gt(schedule_ms(c->schedule, (int64_t)c->schedule->words * 64),
	    tx.now + (w.clinic->branches[0].settings.horizon_days + 2) * DAY_MS,
	    "%s: it reaches over the horizon", when);
	for (size_t i = 0; i < w.clinic->doctor_count; i++)
		expect_as_claimed(&l, c->schedule, &c->doctors[i], when);
	for (size_t i = 0; i < w.clinic->room_count; i++)
		for (int u = 0; u < w.clinic->rooms[i].capacity; u++)
			expect_as_claimed(&l, c->schedule, &c->rooms[i][u], when);
	cr_assert_eq(db_commit(db), 0);
	arena_free(a);
}

/* ---- what happens in between ---- */

static const char *
some_time(void)
{
	static char text[40];
	int64_t day = day_of_ms(w.clinic->zone, clock_now_ms()) + 1 + chance_below(&chance, 6);
	char local[40];

	rfc3339_local(w.clinic->zone,
	    day_start_ms(w.clinic->zone, (int32_t)day) + 10 * HOUR_MS
		+ chance_below(&chance, 34) * 15 * MINUTE_MS,
	    local);
	memcpy(text, local, sizeof(text));
	return text;
}

static struct booking_form *
some_form(void)
{
	static const char *const branches[] = { "main", "main", "quiet" };
	struct booking_form *f = visit_form(arena_printf(w.arena, "Patient %d", made++),
	    branches[chance_below(&chance, 3)], NULL);

	f->slot = arena_strdup(w.arena, some_time());
	return f;
}

static const char *
some_reference(void)
{
	const char *text = sql_text(w.db, w.arena,
	    "SELECT reference FROM booking WHERE n = %lld",
	    (long long)(1 + chance_below(&chance, (int)world_last(&w))));

	return arena_strndup(w.arena, text, strlen(text) - 1);
}

static void
post(void)
{
	visit_post(some_form(), NULL, NULL);
}

static void
act(const char *action)
{
	struct act_cmd cmd = visit_act(some_reference(), action);

	cmd.slot = arena_strdup(w.arena, some_time());
	cmd.reason = strcmp(action, "cancel") == 0 ? "clinic" : "a person said so";
	if (strcmp(action, "cancel") != 0)
		cmd.override = chance_one_in(&chance, 2);
	visit_run(cmd, "manager");
}

/* Takes somebody's time away, looks what is free by now, and thinks better of it: the
 * batch is broken. */
static int
change_and_fail(struct tx *tx, struct job *job)
{
	struct calendar *c;

	(void)job;
	cr_assert_geq(q_claim_delete(tx->db, .n = 1 + chance_below(&chance, 20)), 0);
	cr_assert_eq(calendar_sync(tx, w.clinic, 0, &c), 0);
	return E_CONFLICT;
}

/* Two posts, and between them a job that fails after a change. */
static void
broken_batch(void)
{
	struct call *first = world_post(&w, some_form(), NULL);
	struct call *second = world_post(&w, some_form(), NULL);
	struct job bad = { .magic = JOB_MAGIC,
		.arena = arena_new((size_t)1 << 20),
		.write = true,
		.run = change_and_fail };

	first->decoded = first->problems;
	second->decoded = second->problems;
	first->job.next = &bad;
	bad.next = &second->job;
	second->job.next = NULL;
	pool_run_batch(w.pool, &first->job);
	cr_assert_eq(bad.rc, E_CONFLICT);
	world_call_free(first);
	world_call_free(second);
	arena_free(bad.arena);
}

/* By hand, so that nobody's calendar sees it come: somebody's claims go, and one comes. */
static void
by_hand(void)
{
	int64_t at = clock_now_ms() / CELL_MS * CELL_MS + chance_below(&chance, 2000) * CELL_MS;
	long long n = 1 + chance_below(&chance, (int)world_last(&w));

	sql_run(w.db, "DELETE FROM claim WHERE n = %lld", n);
	(void)sql_try(w.db, "INSERT INTO claim VALUES (%lld, %d, %lld, %lld, %lld, %lld, 0)",
	    (long long)resource("room-2"), chance_below(&chance, 2), (long long)at,
	    (long long)(at + (1 + chance_below(&chance, 20)) * CELL_MS), n, (long long)at);
}

static void
purge(void)
{
	sql_run(w.db, "DELETE FROM claim_change WHERE seq <= (SELECT max(seq) FROM claim_change) - %d",
	    1 + chance_below(&chance, 3)); /* the newest is never purged */
}

/* The file again: another horizon, or a doctor who is new. */
static void
load(void)
{
	const char *at = strstr(visit_document, "30,\"slot_step");
	const char *doctors = strstr(visit_document, "{\"slug\":\"dr-a\"");
	const char *document = arena_printf(w.arena, "%.*s%d%.*s%s%s", (int)(at - visit_document),
	    visit_document, 20 + chance_below(&chance, 10), (int)(doctors - at) - 2, at + 2,
	    chance_one_in(&chance, 2) ? "{\"slug\":\"dr-0\"}," : "", doctors);
	struct clinic_cmd cmd = { document, strlen(document), false, .accept_stranded = true };
	struct call *c = world_call(&w, &op_clinic_load, &cmd, "manager");

	cr_assert_eq(world_run(&w, c), 0);
	clinic_free(w.clinic);
	w.clinic = c->loaded;
	world_call_free(c);
}

static const char *
something(void)
{
	switch (chance_below(&chance, 16)) {
	case 0:
	case 1:
		act("move");
		return "a move";
	case 2:
		act("cancel");
		return "a cancellation";
	case 3:
		act("book");
		return "a booking by staff";
	case 4:
	case 5:
		broken_batch();
		return "a broken batch";
	case 6:
	case 7:
		by_hand();
		return "a claim by hand";
	case 8:
		by_hand();
		purge();
		return "a purge";
	case 9:
		if (chance_one_in(&chance, 3))
			load();
		return "a clinic file";
	case 10:
		clock_set_ms(clock_now_ms() + chance_below(&chance, 30) * HOUR_MS);
		return "hours that passed";
	default:
		post();
		return "a post";
	}
}

Test(calendar, what_a_thread_keeps_is_what_the_claims_say_whatever_happened)
{
	visit_book("Ang", "main", "26T10:00");
	for (int i = 0; i < STEPS; i++) {
		const char *what = something();

		if (!chance_one_in(&chance, 4))
			look(w.db, 0, arena_printf(w.arena, "the writer, step %d, after %s", i, what));
		if (chance_one_in(&chance, 3))
			look(reader, 0, arena_printf(w.arena, "the reader, step %d, after %s", i, what));
		if (chance_one_in(&chance, 4)) {
			struct db *db = chance_one_in(&chance, 2) ? w.db : reader;

			look(db, 1 + chance_below(&chance, (int)world_last(&w)),
			    arena_printf(w.arena, "without one, step %d, after %s", i, what));
		}
	}
	cr_expect_gt(sql_number(w.db, "SELECT count(*) FROM claim"), 40);
}

/* ---- sentences ---- */

Test(calendar, a_booking_is_left_out_alone_and_put_back)
{
	struct booking_answer a = visit_book("Ang", "main", "26T10:00");
	struct act_cmd cmd = visit_act(visit_book("Goh", "main", NULL).reference, "book");

	cmd.slot = visit_time("26T10:15"); /* over the other's */
	cmd.doctor = "dr-a";
	cmd.override = 1;
	cmd.reason = "they come together";
	cr_assert_eq(visit_run(cmd, "manager"), 0);
	look(w.db, 0, "both");
	look(w.db, visit_n(a.reference), "the second alone");
	look(w.db, visit_n(cmd.reference), "the first alone");
	look(w.db, 0, "both again");
	look(w.db, visit_n(a.reference), "the second alone, and somebody comes");
	visit_book("Lim", "main", "26T11:00");
	look(w.db, visit_n(cmd.reference), "with a third");
	look(w.db, 0, "all");
}

Test(calendar, of_a_batch_that_was_rolled_back_nothing_is_remembered)
{
	visit_book("Ang", "main", "26T10:00");
	look(w.db, 0, "before");
	for (int i = 0; i < 20; i++) {
		broken_batch();
		look(w.db, 0, "after a batch was rolled back");
	}
}

Test(calendar, who_decides_by_hours_that_have_changed_is_told_to_ask_again)
{
	const char *before;

	visit_book("Ang", "main", "26T10:00");
	sql_run(w.db, "UPDATE schedule_version SET version = version + 1");
	before = visit_everything();
	cr_expect_eq(visit_post(visit_form("Goh", "main", "26T11:00"), NULL, NULL), E_UNAVAILABLE);
	cr_expect_str_eq(visit_everything(), before);
}

Test(calendar, it_reaches_over_the_horizon_however_many_days_pass)
{
	for (int i = 0; i < 40; i++) {
		clock_set_ms(clock_now_ms() + 20 * HOUR_MS);
		look(w.db, 0, "the writer, days later");
		look(reader, 0, "the reader, days later");
	}
}
