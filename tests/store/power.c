/* SPDX-License-Identifier: MIT */
/*
 * power.c - the power fails, thousands of times, under the real store: what was
 * answered is there once, what was not is there once or not at all.
 *
 * Each test has its own seed and is a process of its own. POWER_TRIALS=N makes the
 * first two as long as one likes. The controls weaken one thing each, and must then
 * be seen to lose: a proof that cannot fail proves nothing.
 */
#include <criterion/criterion.h>
#include <malloc.h>
#include <time.h>

#include "store/trial.h"

#if defined(__SANITIZE_ADDRESS__)
#define SLOWER 8
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLOWER 8
#endif
#endif
#ifndef SLOWER
#define SLOWER 1
#endif

#define LIVES 6
#define TRIALS (560 / SLOWER)
#define CONTROL_TRIALS (SLOWER > 1 ? 40 : 120)

struct outcome {
	int trials, cuts, by_verdict[VERDICTS];
	int64_t acknowledged;
	uint64_t first_bad; /* its seed */
};

static struct outcome
run_trials(uint64_t seed, int trials, const char *synchronous, bool lying)
{
	struct outcome o = { .trials = trials };
	struct disk_image image;

	mallopt(M_MMAP_THRESHOLD, 1 << 26); /* whole files are copied, over and over */
	mallopt(M_TRIM_THRESHOLD, 1 << 28);
	trial_prepare(&image);
	for (int i = 0; i < trials; i++) {
		struct trial t = { .synchronous = synchronous, .lying = lying };
		enum verdict v;

		t.chance.state = seed + (uint64_t)i;
		v = trial_run(&t, &image, LIVES);
		if (v != WHOLE && o.by_verdict[WHOLE] == i)
			o.first_bad = seed + (uint64_t)i;
		o.by_verdict[v]++;
		o.cuts += t.cuts;
		for (int k = 0; k < t.post_count; k++)
			o.acknowledged += t.posts[k].acknowledged;
	}
	disk_clear();
	disk_image_free(&image);
	return o;
}

static void
report(const char *name, const struct outcome *o, int64_t since_ms)
{
	int64_t ms = clock_mono_ms() - since_ms;

	fprintf(stderr,
	    "%s: %d power cuts in %lld ms (%lld a second), %lld posts acknowledged:",
	    name, o->cuts, (long long)ms, (long long)o->cuts * 1000 / (ms + 1),
	    (long long)o->acknowledged);
	for (int v = 0; v < VERDICTS; v++)
		if (o->by_verdict[v] > 0)
			fprintf(stderr, " %s %d", verdict_names[v], o->by_verdict[v]);
	fputc('\n', stderr);
}

static int
trials_wanted(void)
{
	const char *given = getenv("POWER_TRIALS");

	return given == NULL ? TRIALS : (int)strtol(given, NULL, 10);
}

static void
expect_nothing_lost(const char *name)
{
	int64_t since_ms = clock_mono_ms();
	int trials = trials_wanted();
	struct outcome o = run_trials(chance_seed(name), trials, NULL, false);

	report(name, &o, since_ms);
	cr_assert_eq(o.by_verdict[WHOLE], trials, "SEED=%llu POWER_TRIALS=1",
	    (unsigned long long)o.first_bad);
	cr_assert_geq(
	    o.cuts, trials * 2, "%d cuts are too few to prove anything", o.cuts);
}

Test(power, what_was_answered_survives_a_power_failure, .timeout = 3600)
{
	expect_nothing_lost("power (first half)");
}

Test(power, and_again_with_other_luck, .timeout = 3600)
{
	expect_nothing_lost("power (second half)");
}

/* ---- controls ---- */

static struct outcome
control(const char *name, const char *synchronous, bool lying)
{
	int64_t since_ms = clock_mono_ms();
	struct outcome o =
	    run_trials(chance_seed(name), CONTROL_TRIALS, synchronous, lying);

	report(name, &o, since_ms);
	return o;
}

Test(power, control_with_synchronous_normal_answers_are_lost)
{
	struct outcome o = control("control: synchronous=NORMAL", "NORMAL", false);

	cr_assert_gt(o.by_verdict[LOST], 0);
	cr_expect_eq(o.by_verdict[CORRUPT], 0);
}

Test(power, control_with_synchronous_off_the_database_is_spoilt)
{
	struct outcome o = control("control: synchronous=OFF", "OFF", false);

	cr_assert_gt(o.trials - o.by_verdict[WHOLE], 0);
	cr_assert_gt(o.by_verdict[CORRUPT] + o.by_verdict[SHUT], 0);
}

Test(power, control_with_a_disk_that_lies_answers_are_lost)
{
	struct outcome o = control("control: lying fsync", NULL, true);

	cr_assert_gt(o.trials - o.by_verdict[WHOLE], 0);
	cr_assert_gt(o.by_verdict[LOST], 0);
}
