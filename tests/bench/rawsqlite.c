/* SPDX-License-Identifier: MIT */
/*
 * rawsqlite.c - the yardstick: the statements of one booking, without a server.
 *
 *   rawsqlite --database FILE [--bookings N] [--batch 64] [--first N] [--keyed]
 *   rawsqlite --database FILE --fill N
 *
 * Runs what booking_create.c runs, with the same rows, so many bookings a COMMIT,
 * on the daemon's own connection (WAL, synchronous=FULL, the same checkpoints).
 * Random bytes and texts are made before the clock starts: nothing but SQLite is
 * measured. --fill is for a large database soon: it is not durable, and not timed.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "bench/sample.h"
#include "book/booking.h"
#include "book/search.h"
#include "queries.h"
#include "store/sqlite.h"

#define BATCH_MAX 1024
#define TERMS_MAX 64
#define CHECKPOINT_PAGES 1000 /* conf.def's */
#define FILL_BATCH 1000
#define ANSWER_LEN 420 /* token, JSON and what sealing adds */
#define SEAL_LEN 28

/* One booking's rows, ready. */
struct row {
	struct sample s;
	struct strlist tokens;
	uint8_t random[10], token[32], key[32], body[32];
	uint8_t note[128], answer[ANSWER_LEN];
	size_t note_len;
};

struct raw {
	struct db *db;
	struct arena *arena;
	int64_t branch, taxonomy, terms[TERMS_MAX]; /* by place in slugs */
	const char *slugs[TERMS_MAX];
	int term_count;
	bool keyed, fill;
	uint64_t random;
	int64_t now;
	struct row rows[BATCH_MAX];
};

static void
must(const struct raw *r, bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "rawsqlite: %s: %s\n", what, sqlite3_errmsg(r->db->handle));
	exit(1);
}

/* ---- rows, before the clock starts ---- */

static void
scatter(struct raw *r, uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (i % 8 == 0) {
			r->random += UINT64_C(0x9e3779b97f4a7c15);
			r->random ^= r->random << 13;
			r->random ^= r->random >> 7;
			r->random ^= r->random << 17;
		}
		p[i] = (uint8_t)(r->random >> 8 * (i % 8));
	}
}

static void
row_make(struct raw *r, struct row *row, uint64_t number)
{
	sample_make(number, &row->s);
	row->tokens = search_tokens(r->arena, row->s.name, row->s.e164,
	    row->s.email[0] == '\0' ? NULL : row->s.email);
	scatter(r, row->random, sizeof(row->random));
	scatter(r, row->token, sizeof(row->token));
	scatter(r, row->key, sizeof(row->key));
	scatter(r, row->body, sizeof(row->body));
	scatter(r, row->answer, sizeof(row->answer));
	row->note_len = row->s.note == NULL ? 0 : strlen(row->s.note) + SEAL_LEN;
	scatter(r, row->note, row->note_len);
}

static int64_t
term_of(const struct raw *r, const char *slug)
{
	for (int i = 0; i < r->term_count; i++)
		if (strcmp(r->slugs[i], slug) == 0)
			return r->terms[i];
	return 0;
}

/* ---- the statements of booking_create.c ---- */

static int
look_up(struct raw *r, const struct row *row)
{
	struct q_idempotency_get_out known;
	struct q_find_token_down_out found;
	int rc;

	if (r->keyed)
		return q_idempotency_get(r->db, &known, .hash = { row->key, 32 },
		    .now = r->now);
	for (size_t i = 0; i < row->tokens.n; i++) {
		if (row->tokens.v[i][0] != 'p')
			continue;
		rc = q_find_token_down(r->db, .token = row->tokens.v[i],
		    .bound = INT64_MAX, .max = 5);
		return rc < 0 ? rc : q_find_token_down_next(r->db, &found);
	}
	return E_INTERNAL;
}

static int
insert_booking(struct raw *r, const struct row *row, int64_t n)
{
	struct uuid id = uuid_v7(r->now, row->random);
	const struct sample *s = &row->s;

	return q_booking_insert(r->db, .n = n, .id = id, .reference = "EX-7K3M9XQ",
	    .status = STATUS_NEW, .channel = "web", .now = r->now,
	    .respond_by = r->now + 4 * HOUR_MS, .branch = r->branch,
	    .service = "consultation", .full_name = s->name, .phone = s->e164,
	    .phone_typed = s->phone, .email = s->email[0] == '\0' ? NULL : s->email,
	    .contact_method = s->method, .language = "en", .adult = true,
	    .preferred_days = 32, .preferred_parts = 4,
	    .note = { row->note_len == 0 ? NULL : row->note, row->note_len },
	    .linked_null = true);
}

static int
insert_about(struct raw *r, const struct row *row, int64_t n)
{
	int rc = 0;

	for (int i = 0; rc >= 0 && i < SAMPLE_CONCERNS; i++)
		rc = q_tag_insert(r->db, .n = n, .term = term_of(r, row->s.concerns[i]),
		    .source = TAG_PATIENT, .taxonomy = r->taxonomy, .status = STATUS_NEW);
	for (size_t i = 0; rc >= 0 && i < row->tokens.n; i++)
		rc = q_search_token_insert(r->db, .token = row->tokens.v[i], .n = n);
	if (rc >= 0)
		rc = q_consent_insert(r->db, .n = n, .now = r->now, .basis = "host-page",
		    .text_null = true, .language = "en", .channel = row->s.method);
	return rc < 0 ? rc
		      : q_event_insert(r->db, .now = r->now, .n = n,
			  .kind = "received", .actor_kind = "patient", .actor = "web",
			  .from_status_null = true, .to_status = STATUS_NEW);
}

static int
insert_rest(struct raw *r, const struct row *row, int64_t n)
{
	int rc = q_outbox_insert(r->db, .n = n, .kind = "request-new",
	    .recipient = "clinic", .language = "en", .now = r->now);

	if (rc >= 0 && row->s.email[0] != '\0')
		rc = q_outbox_insert(r->db, .n = n, .kind = "request-received",
		    .recipient = "patient", .language = "en", .now = r->now);
	if (rc >= 0)
		rc = q_token_insert(r->db, .hash = { row->token, 32 }, .n = n,
		    .now = r->now, .expires_at = r->now + 400 * DAY_MS);
	if (rc >= 0 && r->keyed)
		rc = q_idempotency_put(r->db, .hash = { row->key, 32 }, .n = n,
		    .body_hash = { row->body, 32 }, .answer = { row->answer, ANSWER_LEN },
		    .expires_at = r->now + 2 * DAY_MS);
	return rc;
}

static int
booking(struct raw *r, const struct row *row)
{
	struct q_booking_last_out last = { 0 };
	int rc = look_up(r, row);

	if (rc >= 0)
		rc = q_booking_last(r->db, &last);
	if (rc >= 0)
		rc = insert_booking(r, row, last.n + 1);
	if (rc >= 0)
		rc = insert_about(r, row, last.n + 1);
	return rc < 0 ? rc : insert_rest(r, row, last.n + 1);
}

static void
batch(struct raw *r, int count)
{
	must(r, db_begin(r->db, DB_WRITER) == 0, "BEGIN");
	for (int i = 0; i < count; i++)
		must(r, booking(r, &r->rows[i]) >= 0, "a booking");
	must(r, db_commit(r->db) == 0, "COMMIT");
	if (!r->fill && db_wal_pages(r->db) >= CHECKPOINT_PAGES)
		must(r, db_checkpoint(r->db) == 0, "checkpoint");
}

/* ---- measuring ---- */

static int64_t
ns(clockid_t which)
{
	struct timespec ts;

	clock_gettime(which, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void
measure(struct raw *r, uint64_t first, uint64_t bookings, int per_commit)
{
	struct arena_mark mark = arena_mark(r->arena);
	int64_t cpu = 0, wall = 0, began_cpu, began_wall;
	int count;

	for (uint64_t done = 0; done < bookings; done += (uint64_t)count) {
		count = bookings - done < (uint64_t)per_commit ? (int)(bookings - done)
							       : per_commit;
		r->now = clock_now_ms();
		for (int i = 0; i < count; i++)
			row_make(r, &r->rows[i], first + done + (uint64_t)i);
		began_cpu = ns(CLOCK_THREAD_CPUTIME_ID);
		began_wall = ns(CLOCK_MONOTONIC);
		batch(r, count);
		wall += ns(CLOCK_MONOTONIC) - began_wall;
		cpu += ns(CLOCK_THREAD_CPUTIME_ID) - began_cpu;
		arena_rewind(r->arena, mark);
	}
	printf("bookings=%llu batch=%d wall_us=%lld cpu_us=%lld\n",
	    (unsigned long long)bookings, per_commit, (long long)(wall / 1000),
	    (long long)(cpu / 1000));
}

/* ---- the database ---- */

static void
pragma(const struct raw *r, const char *sql)
{
	must(r, db_script(r->db, sql) == 0, sql);
}

/* The number of a concern, made when the daemon has not. */
static int64_t
term_make(const struct raw *r, const char *slug)
{
	struct q_term_id_out known;
	struct q_term_insert_out made;
	int rc = q_term_id(r->db, &known, .kind = "concern", .slug = slug);

	must(r, rc >= 0, "a term");
	if (rc == 1)
		return known.id;
	rc = q_term_insert(r->db, &made, .kind = "concern", .slug = slug);
	must(r, rc == 1, "a term");
	return made.id;
}

static void
prepare_terms(struct raw *r)
{
	struct sample s;

	for (uint64_t i = 0; i < 1000; i++) {
		sample_make(i, &s);
		for (int c = 0; c < SAMPLE_CONCERNS; c++) {
			if (term_of(r, s.concerns[c]) != 0)
				continue;
			must(r, r->term_count < TERMS_MAX, "a term");
			r->slugs[r->term_count] = s.concerns[c];
			r->terms[r->term_count++] = term_make(r, s.concerns[c]);
		}
	}
}

/* What bookings point at: of the daemon that made the database, or our own. */
static void
prepare(struct raw *r)
{
	static const uint8_t nothing[32];
	struct q_branch_list_out branch;
	struct q_taxonomy_by_hash_out known;
	struct q_taxonomy_insert_out made;
	int rc;

	must(r, db_begin(r->db, DB_WRITER) == 0, "BEGIN");
	must(r, q_branch_upsert(r->db, .slug = "main", .name = "Main") >= 0, "branch");
	must(r, q_branch_list(r->db) == 0, "branch");
	must(r, q_branch_list_next(r->db, &branch) == 1, "branch");
	q_branch_list_close(r->db);
	r->branch = branch.id;
	rc = q_taxonomy_by_hash(r->db, &known, .sha256 = { nothing, 32 });
	if (rc == 0) {
		rc = q_taxonomy_insert(r->db, &made, .sha256 = { nothing, 32 },
		    .now = clock_now_ms());
		known.version = made.version;
	}
	must(r, rc == 1, "taxonomy");
	r->taxonomy = known.version;
	prepare_terms(r);
	must(r, db_commit(r->db) == 0, "COMMIT");
}

static void
open_database(struct raw *r, const char *path)
{
	char error[DB_ERROR_LEN];

	if (db_connect(path, NULL, DB_WRITER, &r->db, error) < 0) {
		fprintf(stderr, "rawsqlite: %s\n", error);
		exit(1);
	}
	if (r->fill)
		pragma(r, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
			  "PRAGMA foreign_keys=OFF; PRAGMA cache_size=-1000000;");
	must(r, db_migrate(r->db, false, error) == 0, error);
	db_use_arena(r->db, r->arena);
	prepare(r);
}

static void
close_database(struct raw *r)
{
	sqlite3_set_authorizer(r->db->handle, NULL, NULL);
	if (r->fill)
		pragma(r, "PRAGMA synchronous=FULL; PRAGMA journal_mode=WAL;");
	db_disconnect(r->db);
}

static const struct option options[] = { { "database", 1, NULL, 'd' },
	{ "bookings", 1, NULL, 'n' }, { "batch", 1, NULL, 'b' },
	{ "first", 1, NULL, 'f' }, { "keyed", 0, NULL, 'k' }, { "fill", 1, NULL, 'F' },
	{ NULL, 0, NULL, 0 } };

int
main(int argc, char **argv)
{
	static struct raw r;
	const char *path = NULL;
	uint64_t bookings = 0, first = 0;
	int per_commit = 64, opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		uint64_t n = optarg == NULL ? 0 : strtoull(optarg, NULL, 10);

		if (opt == 'd')
			path = optarg;
		else if (opt == 'k')
			r.keyed = true;
		else if (opt == 'b')
			per_commit = (int)n;
		else if (opt == 'f')
			first = n;
		else if (opt == 'n' || opt == 'F')
			bookings = n;
		if (opt == 'F')
			r.fill = true;
	}
	if (path == NULL || per_commit < 1 || per_commit > BATCH_MAX) {
		fprintf(stderr, "rawsqlite: see the head of tests/bench/rawsqlite.c\n");
		return 2;
	}
	r.arena = arena_new(SIZE_MAX / 8);
	r.random = (uint64_t)clock_now_ms();
	open_database(&r, path);
	measure(&r, first, bookings, r.fill ? FILL_BATCH : per_commit);
	close_database(&r);
	arena_free(r.arena);
	return 0;
}
