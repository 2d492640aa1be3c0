/* SPDX-License-Identifier: MIT */
/*
 * power_steps.c - the power fails at every single operation of a first start, of
 * a checkpoint and of a scrub; each place several times, since what arrives is chance.
 */
#include <criterion/criterion.h>

#include "store/trial.h"

#if defined(__SANITIZE_ADDRESS__)
#define STRIDE 7 /* one place of so many, under the sanitizers */
#define ROUNDS 2
#else
#define STRIDE 1
#define ROUNDS 3
#endif

/* The first start of a new clinic; 0, or an E_ code when the power failed. */
static int
first_start(struct trial *t, bool *ret_loaded)
{
	struct arena *a = arena_new((size_t)1 << 20);
	struct clinic_cmd cmd = { world_document, strlen(world_document), false, false };
	struct call *c;
	int rc = trial_start(t);

	if (rc < 0 || t->w.clinic != NULL) {
		arena_free(a);
		return rc;
	}
	c = world_call(&t->w, &op_clinic_load, &cmd, "manager");
	rc = world_run(&t->w, c);
	t->w.clinic = c->loaded;
	*ret_loaded = rc == 0;
	world_call_free(c);
	arena_free(a);
	return rc;
}

/* Cut at operation k of a first start: true when there was such an operation. */
static bool
cut_first_start(struct trial *t, int64_t k)
{
	bool loaded = false, again = false, was_cut;
	int rc;

	disk_clear();
	the_disk.cut_at = k;
	rc = first_start(t, &loaded);
	if (t->w.pool != NULL)
		trial_stop(t);
	was_cut = the_disk.dark;
	cr_assert(was_cut || rc == 0);
	disk_power_returns();

	cr_assert_eq(first_start(t, &again), 0, "cut at %lld", (long long)k);
	cr_assert(
	    !loaded || !again, "the clinic file is gone: cut at %lld", (long long)k);
	for (int v = 0; migrations[v].version != 0; v++)
		cr_assert_eq(sql_number(t->w.db,
				 "SELECT count(*) FROM migration"
				 " WHERE version = %d",
				 v + 1),
		    1);
	cr_assert_eq(db_check_integrity(t->w.db), 0, "cut at %lld", (long long)k);
	cr_assert_not_null(world_book(&t->w, world_form(t->w.arena)).json);
	trial_stop(t);
	return was_cut;
}

Test(power_steps, a_first_start_that_is_cut_anywhere_begins_again, .timeout = 300)
{
	struct trial t = { .w = { .arena = arena_new((size_t)1 << 30) } };
	int places = 0;

	disk_register();
	clock_set_ms(WORLD_NOW);
	disk_seed(chance_seed("first start"));
	for (int round = 0; round < ROUNDS; round++)
		for (int64_t k = 1 + round; cut_first_start(&t, k); k += STRIDE)
			places++;
	fprintf(stderr, "first start: cut at %d places\n", places);
	cr_expect_gt(places, 100 / STRIDE);
	disk_clear();
	taxonomy_free(t.w.taxonomy);
	arena_free(t.w.arena);
}

/* A few batches, then a checkpoint, or a scrub, that is cut at its operation k. */
static bool
cut_upkeep(struct trial *t, const struct disk_image *image, int64_t k,
    int (*upkeep)(struct db *))
{
	bool was_cut;

	disk_restore(image);
	t->post_count = 1;
	cr_assert_eq(trial_start(t), 0);
	trial_work(t, 3);
	the_disk.cut_at = the_disk.operations + k;
	upkeep(t->w.db);
	was_cut = the_disk.dark;
	trial_work(t, 2); /* after a whole checkpoint the log begins anew */
	trial_stop(t);
	disk_power_returns();

	cr_assert_eq(trial_start(t), 0, "cut at %lld", (long long)k);
	cr_assert_str_eq(
	    verdict_names[trial_check(t)], "whole", "cut at %lld", (long long)k);
	trial_stop(t);
	for (int i = 0; i < t->post_count; i++) {
		free(t->posts[i].json);
		t->posts[i] = (struct post){ 0 };
	}
	t->notes_sent = t->notes_acknowledged = 0;
	return was_cut;
}

static void
cut_everywhere(const char *name, int (*upkeep)(struct db *))
{
	struct trial t = { .w = { .arena = arena_new((size_t)1 << 30) },
		.no_checkpoints = true };
	struct disk_image image;
	int places = 0;

	trial_prepare(&image);
	t.chance.state = chance_seed(name);
	disk_seed(chance_next(&t.chance));
	for (int round = 0; round < 4 * ROUNDS; round++)
		for (int64_t k = 1 + round % STRIDE; cut_upkeep(&t, &image, k, upkeep);
		     k += STRIDE)
			places++;
	fprintf(stderr, "%s: cut at %d places\n", name, places);
	cr_expect_gt(places, 100 / STRIDE);
	disk_clear();
	disk_image_free(&image);
	taxonomy_free(t.w.taxonomy);
	arena_free(t.w.arena);
}

Test(power_steps, a_checkpoint_that_is_cut_anywhere_loses_nothing, .timeout = 300)
{
	cut_everywhere("checkpoint", db_checkpoint);
}

Test(power_steps, an_overwriting_of_deleted_bytes_that_is_cut_anywhere_loses_nothing,
    .timeout = 300)
{
	cut_everywhere("scrub", db_scrub);
}

/* Rows that split pages and go: copies of them lie in the gaps. */
Test(power_steps, what_was_overwritten_does_not_come_back_with_the_power)
{
	struct world w;

	disk_register();
	disk_seed(chance_seed("overwritten"));
	for (int round = 0; round < 40; round++) {
		world_open(&w, TRIAL_FILE, "disk");
		for (int i = 0; i < 40; i++)
			sql_run(w.db,
			    "INSERT INTO setting (name, value) VALUES ('gone' || %d,"
			    " CAST('a canary' || hex(randomblob(300)) AS BLOB))",
			    i * 7919 % 1000);
		cr_assert(disk_holds("a canary", 8));
		sql_run(w.db, "DELETE FROM setting WHERE name LIKE 'gone%%'");
		cr_assert_eq(db_scrub(w.db), 0);
		the_disk.dark =
		    true; /* nothing after this is written, not even at the close */
		world_close(&w);
		disk_power_returns();
		cr_assert(!disk_holds("a canary", 8), "round %d", round);
		disk_clear();
	}
}
