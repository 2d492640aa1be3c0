/* SPDX-License-Identifier: MIT */
/* trial.c - the lives of a clinic on a disk whose power fails. */
#include "store/trial.h"

#define BATCH_MAX 6
#define OPERATIONS_MAX 150 /* of the disk in one life, about */

const char *const verdict_names[VERDICTS] = { "whole", "lost", "doubled", "altered",
	"gap in the events", "corrupt", "does not open" };

/* ---- jobs ---- */

static struct booking_form *
form_of(struct arena *a, int number)
{
	struct booking_form *f = world_form(a);
	int words = number * 7 % 60;
	char *note = arena_alloc(a, (size_t)words * 8 + 16);

	memset(note, 'a' + number % 26, (size_t)words * 8 + 1);
	f->full_name = arena_printf(a, "Patient %d of %d", number, number % 5);
	f->phone = arena_printf(a, "9%07d", number);
	f->note = note;
	f->idempotency_key = arena_printf(a, "post-number-%d", number);
	return f;
}

static struct call *
post_call(struct trial *t, int number)
{
	struct arena *a = arena_new((size_t)1 << 22);
	struct booking_form *f = form_of(a, number);
	struct call *c = call_new(a, &op_booking_create, f);

	c->clinic = t->w.clinic;
	c->actor = (struct actor){ ACTOR_PATIENT, "web", 0, 0 };
	booking_check(f, t->w.clinic, &c->problems, false);
	return c;
}

/* The same key with another answer: must be refused, and change nothing. */
static struct call *
wrong_call(struct trial *t, int number)
{
	struct call *c = post_call(t, number);
	struct booking_form *f = c->cmd;

	f->body_hash[0] ^= 1;
	return c;
}

static struct call *
note_call(struct trial *t, const char *reference)
{
	struct arena *a = arena_new((size_t)1 << 22);
	struct act_cmd *cmd = ARENA_NEW(a, struct act_cmd);
	struct call *c = call_new(a, &op_booking_act, cmd);

	c->clinic = t->w.clinic;
	c->actor = world_actor("frontdesk");
	*cmd = (struct act_cmd){ .reference = arena_strdup(a, reference),
		.action = "note",
		.text = "called back" };
	return c;
}

static void
link_calls(struct call **calls, int n)
{
	for (int i = 0; i < n; i++) {
		calls[i]->decoded = calls[i]->problems;
		calls[i]->job.next = i + 1 < n ? &calls[i + 1]->job : NULL;
	}
}

static void
free_calls(struct call **calls, int n)
{
	for (int i = 0; i < n; i++)
		world_call_free(calls[i]);
}

/* ---- work ---- */

static void
acknowledge(struct post *p, const struct call *c)
{
	const struct booking_answer *ans = c->res;

	if (c->job.rc < 0)
		return;
	if (!p->acknowledged)
		p->json = strdup(ans->json);
	p->acknowledged = true;
}

/* The reference in {"reference":"NG-1234567",...}. */
static const char *
reference_of(const struct post *p, char reference[REFERENCE_LEN])
{
	snprintf(
	    reference, REFERENCE_LEN, "%.10s", p->json + strlen("{\"reference\":\""));
	return reference;
}

/* One batch: some posts, perhaps one that is refused, perhaps a note of staff. */
static void
work_batch(struct trial *t, const int *numbers, int n)
{
	struct call *calls[BATCH_MAX + 2];
	const struct post *known = &t->posts[chance_below(&t->chance, t->post_count)];
	char reference[REFERENCE_LEN];
	int total = 0, note = -1;

	for (int i = 0; i < n; i++)
		calls[total++] = post_call(t, numbers[i]);
	if (known->acknowledged && chance_one_in(&t->chance, 3))
		calls[total++] = wrong_call(t, (int)(known - t->posts));
	if (known->acknowledged && chance_one_in(&t->chance, 2)) {
		calls[note = total++] = note_call(t, reference_of(known, reference));
		t->notes_sent++;
	}
	link_calls(calls, total);
	pool_run_batch(t->w.pool, &calls[0]->job);
	for (int i = 0; i < n; i++)
		acknowledge(&t->posts[numbers[i]], calls[i]);
	t->notes_acknowledged += note >= 0 && calls[note]->job.rc >= 0;
	free_calls(calls, total);
}

void
trial_work(struct trial *t, int batches)
{
	int numbers[BATCH_MAX], again = 0;

	while (!the_disk.dark) {
		int want = 1 + chance_below(&t->chance, BATCH_MAX), n = 0;

		for (; again < t->post_count && n < want; again++)
			if (!t->posts[again].acknowledged)
				numbers[n++] = again;
		if (n == 0 && batches-- <= 0)
			break;
		while (n < want && t->post_count < TRIAL_POSTS && batches > 0)
			numbers[n++] = t->post_count++;
		again = n > 0 && numbers[n - 1] >= again ? numbers[n - 1] + 1 : again;
		if (n > 0)
			work_batch(t, numbers, n);
		clock_set_ms(clock_now_ms() + chance_below(&t->chance, 2000));
		if (!the_disk.dark && !t->no_checkpoints && chance_one_in(&t->chance, 3))
			chance_one_in(&t->chance, 4) ? db_scrub(t->w.db)
						     : db_checkpoint(t->w.db);
	}
}

/* ---- start and stop ---- */

int
trial_start(struct trial *t)
{
	struct q_booking_last_out last = { 0 };
	char error[DB_ERROR_LEN];
	struct db *db;
	int rc = db_connect(TRIAL_FILE, "disk", DB_WRITER, &db, error);

	if (rc < 0)
		return rc;
	if (t->synchronous != NULL)
		rc = db_set_synchronous(db, t->synchronous);
	if (rc == 0)
		rc = db_migrate(db, false, error);
	db_use_arena(db, t->w.arena);
	if (rc == 0)
		rc = q_booking_last(db, &last);
	if (rc < 0) {
		db_disconnect(db);
		return rc;
	}
	rc = world_start(&t->w, db, last.received_at);
	if (rc < 0)
		trial_stop(t);
	return rc;
}

void
trial_stop(struct trial *t)
{
	pool_free(t->w.pool);
	clinic_free(t->w.clinic);
	t->w.pool = NULL;
	t->w.clinic = NULL;
}

/* ---- the look afterwards ---- */

/* What is written of each request, once: the number of all of them, or -1. */
static int64_t
count_requests(struct db *db)
{
	return sql_number(db,
	    "WITH c(n) AS (SELECT count(*) FROM booking) SELECT CASE WHEN"
	    " n = (SELECT coalesce(max(n), 0) FROM booking)"
	    " AND n = (SELECT count(*) FROM event WHERE kind = 'received')"
	    " AND n = (SELECT count(DISTINCT n) FROM event)"
	    " AND n = (SELECT count(DISTINCT n) FROM search_token)"
	    " AND n = (SELECT count(*) FROM outbox) AND n = (SELECT count(*) FROM token)"
	    " AND n = (SELECT count(*) FROM idempotency) AND n = (SELECT count(*) FROM "
	    "consent)"
	    " AND n = (SELECT count(*) FROM booking_tag) THEN n ELSE -1 END FROM c");
}

static enum verdict
check_counts(struct trial *t)
{
	struct db *db = t->w.db;
	int64_t bookings = count_requests(db);
	int64_t notes = sql_number(db, "SELECT count(*) FROM event WHERE kind = 'note'");

	if (sql_number(db, "SELECT coalesce(max(seq), 0) = count(*) FROM event") != 1)
		return GAP;
	if (bookings < 0)
		return ALTERED;
	if (notes < t->notes_acknowledged || notes > t->notes_sent)
		return LOST;
	return bookings > t->post_count ? DOUBLED : WHOLE;
}

/* Every acknowledged post, sent again, is answered as it was. */
static enum verdict
check_answers(struct trial *t)
{
	struct call *calls[TRIAL_POSTS];
	const struct post *posts[TRIAL_POSTS];
	enum verdict v = WHOLE;
	int n = 0;

	for (int i = 0; i < t->post_count; i++)
		if (t->posts[i].acknowledged) {
			posts[n] = &t->posts[i];
			calls[n++] = post_call(t, i);
		}
	link_calls(calls, n);
	if (n > 0)
		pool_run_batch(t->w.pool, &calls[0]->job);
	for (int i = 0; i < n; i++) {
		const struct booking_answer *ans = calls[i]->res;

		if (calls[i]->job.rc < 0 || !ans->replayed)
			v = LOST;
		else if (strcmp(ans->json, posts[i]->json) != 0)
			v = ALTERED;
	}
	free_calls(calls, n);
	return v;
}

enum verdict
trial_check(struct trial *t)
{
	enum verdict v;

	if (db_check_integrity(t->w.db) < 0)
		return CORRUPT;
	if ((v = check_answers(t)) != WHOLE)
		return v;
	return check_counts(t);
}

/* ---- lives ---- */

static enum verdict
live_once(struct trial *t)
{
	enum verdict v = WHOLE;

	the_disk.cut_at = 1 + chance_below(&t->chance, OPERATIONS_MAX);
	the_disk.lying = t->lying;
	if (trial_start(t) == 0) {
		v = trial_check(t);
		if (v == WHOLE)
			trial_work(t, 1 + chance_below(&t->chance, 4));
		trial_stop(t);
	} else
		v = SHUT;
	if (the_disk.dark) {
		t->cuts++;
		v = WHOLE; /* nobody could look */
	}
	disk_power_returns();
	return v;
}

/* Everything is answered in the end, and there once. */
static enum verdict
live_last(struct trial *t)
{
	enum verdict v;

	if (trial_start(t) < 0)
		return SHUT;
	v = trial_check(t);
	trial_work(t, 0);
	if (v == WHOLE)
		v = trial_check(t);
	if (v == WHOLE &&
	    sql_number(t->w.db, "SELECT count(*) FROM booking") != t->post_count)
		v = DOUBLED;
	trial_stop(t);
	return v;
}

enum verdict
trial_run(struct trial *t, const struct disk_image *image, int lives)
{
	static struct taxonomy *catalogue; /* the same for all */
	char error[TAXONOMY_ERROR_LEN];
	enum verdict v = WHOLE;

	disk_restore(image);
	disk_seed(chance_next(&t->chance));
	clock_set_ms(WORLD_NOW);
	if (catalogue == NULL)
		catalogue = taxonomy_load("etc/taxonomy.json", error);
	t->w =
	    (struct world){ .arena = arena_new((size_t)1 << 30), .taxonomy = catalogue };
	t->post_count = 1; /* there is always one to ask for */
	for (int i = 0; v == WHOLE && i < lives; i++)
		v = live_once(t);
	if (v == WHOLE)
		v = live_last(t);
	for (int i = 0; i < t->post_count; i++)
		free(t->posts[i].json);
	arena_free(t->w.arena);
	return v;
}

void
trial_prepare(struct disk_image *image)
{
	struct world w;

	disk_register();
	world_open(&w, TRIAL_FILE, "disk");
	world_close(&w);
	cr_assert(!the_disk.dark);
	disk_save(image);
	disk_clear();
}
