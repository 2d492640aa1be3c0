/* SPDX-License-Identifier: MIT */
/*
 * world.h - a clinic with its records, as the daemon has it after its start: the
 * database migrated, its keys, catalogue and clinic file read, and the writer at
 * hand without a thread. Nothing happens but what the test asks for.
 */
#ifndef TESTS_SUPPORT_WORLD_H
#define TESTS_SUPPORT_WORLD_H

#include <criterion/criterion.h>

#include "base/clock.h"
#include "book/admin.h"
#include "book/booking.h"
#include "queries.h"
#include "support/sql.h"

/* Tuesday 24 November 2026, 21:12 in Singapore: after hours. */
#define WORLD_NOW ((int64_t)1795525920000)

/* Branches in two zones, one without hours; answers are due within four open hours. */
static const char world_document[] =
    "{\"clinic\":{\"name\":\"Perfect Skin\",\"prefix\":\"NG\",\"country\":\"SG\","
    "\"time_zone\":\"Asia/Singapore\",\"dpo_email\":\"dpo@clinic.example\"},"
    "\"branches\":[{\"slug\":\"main\",\"hours\":[{\"days\":[\"mon\",\"tue\",\"wed\","
    "\"thu\","
    "\"fri\"],\"from\":\"10:00\",\"to\":\"19:00\"},"
    "{\"days\":[\"sat\"],\"from\":\"10:00\",\"to\":\"16:00\"}]},"
    "{\"slug\":\"east\",\"name\":\"East\",\"time_zone\":\"Europe/London\",\"hours\":["
    "{\"days\":[\"mon\",\"tue\",\"wed\",\"thu\",\"fri\"],\"from\":\"08:00\","
    "\"to\":\"12:00\"}]},{\"slug\":\"spare\"}],"
    "\"services\":[{\"slug\":\"consultation\",\"name\":{\"en\":\"Consultation\"},"
    "\"minutes\":30},{\"slug\":\"review\",\"name\":{\"en\":\"Review\"},\"minutes\":15}],"
    "\"doctors\":[{\"slug\":\"dr-a\",\"name\":\"Dr A\",\"services\":[\"consultation\"]},"
    "{\"slug\":\"dr-b\",\"name\":\"Dr B\",\"services\":[\"consultation\"]}],"
    "\"closures\":[{\"branch\":\"*\",\"date\":\"2026-12-25\","
    "\"name\":{\"en\":\"Christmas Day\"}}]}";

struct world {
	struct arena *arena; /* for what lives as long as the test */
	struct db *db;
	struct pool *pool; /* owns db */
	struct clinic *clinic;
	struct taxonomy *taxonomy;
};

static inline struct actor
world_actor(const char *role)
{
	return (struct actor){ ACTOR_STAFF, role, role_find(role)->caps, 0 };
}

/* ---- calls ---- */

/* A call of op by that role (NULL: the public), not yet run; its arena is its own. */
static inline struct call *
world_call(const struct world *w, const struct op *op, void *cmd, const char *role)
{
	struct call *c = call_new(arena_new((size_t)1 << 22), op, cmd);

	c->clinic = w->clinic;
	c->actor = role == NULL ? (struct actor){ ACTOR_PATIENT, "web", 0, 0 }
				: world_actor(role);
	return c;
}

/* Runs it alone in a batch; its code. Read operations see the same connection. */
static inline int
world_run(const struct world *w, struct call *c)
{
	c->decoded = c->problems;
	c->job.next = NULL;
	pool_run_batch(w->pool, &c->job);
	return c->job.rc;
}

static inline void
world_call_free(struct call *c)
{
	arena_free(c->arena);
}

/* ---- posts ---- */

/* A post with what is required and no more. */
static inline struct booking_form *
world_form(struct arena *a)
{
	struct booking_form *f = ARENA_NEW(a, struct booking_form);

	fields_clear(&booking_fields, f);
	strlist_add(&f->concerns, a, "excess-oil");
	f->full_name = "Tan Mei Ling";
	f->phone = "9123 4567";
	f->contact_method = "whatsapp";
	f->age_18_or_over = 1;
	f->consent = 1;
	f->branch = "main";
	f->public_url = "https://localhost:8443";
	return f;
}

/* Checked and ready to run, by the public or, with a role, by staff. */
static inline struct call *
world_post(const struct world *w, struct booking_form *f, const char *role)
{
	struct call *c =
	    world_call(w, role == NULL ? &op_booking_create : &op_booking_enter, f, role);

	booking_check(f, w->clinic, &c->problems, role != NULL);
	return c;
}

/* Posts it, which must be taken; the answer lives as long as the world. */
static inline struct booking_answer
world_book(const struct world *w, struct booking_form *f)
{
	struct call *c = world_post(w, f, NULL);
	int rc = world_run(w, c);
	struct booking_answer *ans = c->res, copy = { 0 };

	cr_assert_eq(rc, 0, "refused: %d %s", rc,
	    c->problems.n > 0 ? c->problems.v[0].message : err_row(rc)->name);
	copy.json = arena_strdup(w->arena, ans->json);
	copy.token = arena_strdup(w->arena, ans->token);
	copy.reference = arena_strdup(w->arena, ans->reference);
	copy.replayed = ans->replayed;
	world_call_free(c);
	return copy;
}

/* The number of the newest request. */
static inline int64_t
world_last(const struct world *w)
{
	return sql_number(w->db, "SELECT coalesce(max(n), 0) FROM booking");
}

/* ---- life ---- */

/* Runs fn in a transaction of its own, as the start does. */
static inline int
world_in_transaction(
    struct db *db, struct arena *a, int (*fn)(struct tx *, void *), void *arg)
{
	struct tx tx = { db, a, clock_now_ms(), NULL };
	int rc = db_begin(db, DB_WRITER);

	db_use_arena(db, a);
	if (rc == 0)
		rc = fn(&tx, arg);
	if (rc >= 0)
		rc = db_commit(db);
	if (rc < 0)
		db_rollback(db);
	return rc;
}

static inline int
world_read_records(struct tx *tx, void *arg)
{
	static const struct secret_key master = { "the master key of all the tests." };
	struct world *w = arg;
	struct op_keys keys;
	int rc = database_keys(tx, &master, &keys);

	op_keys_set(&keys);
	if (rc >= 0)
		rc = taxonomy_register(tx, w->taxonomy);
	return rc < 0 ? rc : clinic_read(tx, &w->clinic);
}

static inline void
world_load_clinic(struct world *w, const char *document)
{
	struct arena *a = arena_new((size_t)1 << 20);
	struct clinic_cmd cmd = { document, strlen(document), false, false };
	struct call *c = world_call(w, &op_clinic_load, &cmd, "manager");

	cr_assert_eq(world_run(w, c), 0, "%s: %s",
	    c->problems.n > 0 ? c->problems.v[0].field : "?",
	    c->problems.n > 0 ? c->problems.v[0].message : "?");
	clinic_free(w->clinic);
	w->clinic = c->loaded;
	world_call_free(c);
	arena_free(a);
}

/* The rest of the start, once the schema is there. 0 or an E_ code. */
static inline int
world_start(struct world *w, struct db *db, int64_t floor_ms)
{
	struct pool_options options = { .queue_max = 64,
		.batch_max = 256,
		.checkpoint_pages = 1000,
		.floor_ms = floor_ms };
	char error[TAXONOMY_ERROR_LEN];
	int rc;

	w->db = db;
	w->pool = pool_new_inline(db, &options);
	if (w->taxonomy == NULL)
		w->taxonomy = taxonomy_load("etc/taxonomy.json", error);
	cr_assert_not_null(w->taxonomy, "%s", error);
	rc = world_in_transaction(db, w->arena, world_read_records, w);
	taxonomy_set(w->taxonomy);
	return rc < 0 ? rc : 0;
}

/* A clinic with nothing booked yet, at WORLD_NOW. */
static inline void
world_open(struct world *w, const char *path, const char *vfs)
{
	char error[DB_ERROR_LEN];
	struct db *db;

	clock_set_ms(WORLD_NOW);
	*w = (struct world){ .arena = arena_new((size_t)1 << 30) };
	cr_assert_eq(db_connect(path, vfs, DB_WRITER, &db, error), 0, "%s", error);
	cr_assert_eq(db_migrate(db, false, error), 0, "%s", error);
	cr_assert_eq(world_start(w, db, 0), 0);
	if (w->clinic == NULL)
		world_load_clinic(w, world_document);
}

static inline void
world_close(struct world *w)
{
	pool_free(w->pool);
	clinic_free(w->clinic);
	taxonomy_free(w->taxonomy);
	taxonomy_set(NULL);
	arena_free(w->arena);
	clock_set_ms(0);
}

#endif
