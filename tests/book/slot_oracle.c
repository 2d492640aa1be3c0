/* SPDX-License-Identifier: MIT */
/*
 * slot_oracle.c - whether a start is free, of whom, why not and what is near it,
 * for random clinics, against the oracle of slot_truth.c.
 *
 * What fails is made smaller: everything is left out that can be, and what is
 * left is printed as a clinic document with its visits. CASES=N looks at more.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "book/slot_model.h"

#ifdef __SANITIZE_ADDRESS__ /* a tenth as fast */
#define CASES 20000
#else
#define CASES 100000 /* a start, of one doctor or of whoever is free */
#endif
#define STARTS 60    /* of one question */

struct trial {
	struct arena *arena;
	const struct model *m;
	struct made made;
	struct oracle *o;
	int64_t from, to; /* the stretch that the map is asked for */
};

static int told[SLOT_FREE + 1]; /* how often each verdict was */

#define WRONG(t, ...) arena_printf((t)->arena, __VA_ARGS__)

static bool
anybody_free(const struct oracle *o, const struct question *q)
{
	for (int d = 0; d < DOCTORS; d++)
		if (oracle_free(o, q, d))
			return true;
	return false;
}

static int
number_of(const struct doctor *d)
{
	return d == NULL ? -1 : (int)(d->id - 100);
}

/* ---- the map ---- */

static const char *
check_map(struct trial *t, const struct slot_map *m, const struct question *q)
{
	int64_t bit = schedule_cell(t->made.calendar.schedule, q->start) - m->first;
	bool inside = q->start >= t->from && q->start < t->to, listed[DOCTORS] = { false };
	bool any = inside && anybody_free(t->o, q);

	if (cells_at(m->any, bit) != any)
		return WRONG(t, "the map says %s", any ? "taken" : "free");
	for (size_t i = 0; i < m->count; i++) {
		int d = number_of(m->doctors[i]);

		listed[d] = true;
		if (cells_at(m->free[i], bit) != (inside && oracle_free(t->o, q, d)))
			return WRONG(t, "the map is wrong about d%d", d);
	}
	for (int d = 0; d < DOCTORS; d++)
		if (inside && !listed[d] && oracle_free(t->o, q, d))
			return WRONG(t, "the map does not have d%d", d);
	return NULL;
}

/* ---- the verdict ---- */

/* The doctor who is free, has the least to do that day, and comes first. */
static const char *
check_pick(struct trial *t, const struct question *q, const struct slot_pick *p)
{
	const struct m_service *s = &t->m->services[q->service];
	int64_t end = q->start + s->minutes * MINUTE_MS;
	int d = number_of(p->doctor);

	if (d < 0 || !oracle_free(t->o, q, d))
		return WRONG(t, "d%d is picked, who is not free", d);
	for (int i = 0; i < DOCTORS; i++) {
		int less = oracle_day_minutes(t->o, i, q->start)
		    - oracle_day_minutes(t->o, d, q->start);

		if (oracle_free(t->o, q, i) && (less < 0 || (less == 0 && i < d)))
			return WRONG(t, "d%d is picked, d%d has less to do", d, i);
	}
	if (p->begins != q->start || p->finishes != end
	    || p->starts != q->start - s->before * MINUTE_MS
	    || p->ends != end + s->after * MINUTE_MS)
		return "the pick has other times than the visit";
	if (p->claims[0].resource != 100 + d || p->claims[0].unit != 0
	    || p->count != 1 + (size_t)__builtin_popcount(s->kinds))
		return "the pick does not take a doctor and a place of each kind";
	for (size_t i = 1; i < p->count; i++) {
		int r = (int)(p->claims[i].resource - 200), u = (int)p->claims[i].unit;

		if (r < 0 || t->m->rooms[r].branch != q->branch
		    || (s->kinds & 1u << t->m->rooms[r].kind) == 0
		    || u >= t->m->rooms[r].capacity || !oracle_unit_free(t->o, q, r, u))
			return WRONG(t, "r%d, place %d is picked", r, u);
		if (i > 1 && t->m->rooms[r].kind
			== t->m->rooms[p->claims[i - 1].resource - 200].kind)
			return "two places of one kind are picked";
	}
	return NULL;
}

/* 409 when nothing is in the way but what is taken; else 422. */
static const char *
check_reason(struct trial *t, const struct question *q, const struct slot_reason *r)
{
	int d = number_of(r->doctor);
	bool offered = false;

	if (!oracle_true(t->o, q, r->why, d))
		return WRONG(t, "\"%s\" of d%d is not true", slot_why_word(r->why), d);
	for (int i = 0; i < DOCTORS; i++)
		offered |= oracle_offers(t->o, q, i);
	if (slot_why_taken(r->why) != offered)
		return WRONG(t, "\"%s\" is told, but it is %s", slot_why_word(r->why),
		    offered ? "taken only" : "not offered to anybody");
	return NULL;
}

static const char *
check_verdict(struct trial *t, const struct question *q)
{
	struct slot_ask ask = model_ask(t->m, &t->made, q);
	bool free = anybody_free(t->o, q);
	struct slot_reason reason;
	struct slot_pick pick;
	enum slot_why why = slot_check(
	    t->arena, &t->made.calendar, &ask, q->start, &pick, &reason);

	told[why]++;
	if ((why == SLOT_FREE) != free)
		return WRONG(t, "\"%s\" is told, but it is %s", slot_why_word(why),
		    free ? "free" : "not free");
	if (reason.why != why)
		return "the reason is another than the verdict";
	return free ? check_pick(t, q, &pick) : check_reason(t, q, &reason);
}

/* ---- what is near it ---- */

/* The free start nearest to that one, of one doctor or of anybody (-1), within two
 * weeks, on that local day (0: any); of two as near the later. 0: none. */
static int64_t
nearest(struct trial *t, const struct question *q, int64_t to, int doctor, int32_t day)
{
	struct question at = *q;
	int64_t best = 0, step = 5 * MINUTE_MS;
	int64_t first = q->start - 14 * DAY_MS, last = q->start + 14 * DAY_MS;

	to = to / step * step;
	if (first < t->m->now)
		first = (t->m->now + step - 1) / step * step;
	if (last > t->m->now + (t->m->branches[q->branch].horizon + 2) * DAY_MS)
		last = t->m->now + (t->m->branches[q->branch].horizon + 2) * DAY_MS;
	for (at.start = first / step * step; at.start < last; at.start += step) {
		int64_t apart = at.start > to ? at.start - to : to - at.start;

		if (best != 0 && apart > (best > to ? best - to : to - best))
			continue;
		if ((day == 0 || oracle_day(t->o, at.start) == day)
		    && (doctor < 0 ? anybody_free(t->o, &at) : oracle_free(t->o, &at, doctor)))
			best = at.start;
	}
	return best;
}

static bool
has(const struct slot_offer *v, size_t n, int64_t start)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].start_ms == start)
			return true;
	return false;
}

static const char *
check_offers(struct trial *t, const struct question *q)
{
	struct slot_ask ask = model_ask(t->m, &t->made, q);
	struct question any = *q;
	struct slot_offer v[SLOT_OFFERS];
	size_t n = slot_alternatives(t->arena, &t->made.calendar, &ask, q->start, v);
	int64_t own, next, near;

	any.doctor = -1;
	for (size_t i = 0; i < n; i++) {
		struct question at = any;

		at.start = v[i].start_ms;
		if (!oracle_free(t->o, &at, number_of(v[i].doctor)))
			return WRONG(t, "offer %zu is not free", i);
		if (i > 0 && v[i].start_ms <= v[i - 1].start_ms)
			return "the offers are not in order";
		if (v[i].end_ms - v[i].start_ms
		    != t->m->services[q->service].minutes * MINUTE_MS)
			return "an offer is longer or shorter than the visit";
	}
	own = q->doctor < 0 ? 0 : nearest(t, &any, q->start, q->doctor, 0);
	if (own != 0 && !has(v, n, own))
		return "the nearest time of the doctor asked for is not offered";
	if (q->start % CELL_MS == 0 && anybody_free(t->o, &any) && !has(v, n, q->start))
		return "another doctor at that time is not offered";
	next = nearest(t, &any, q->start + DAY_MS, -1, oracle_day(t->o, q->start) + 1);
	if (next != 0 && !has(v, n, next))
		return "the next day is not offered";
	near = nearest(t, &any, q->start, -1, 0);
	if ((near != 0) != (n > 0))
		return near != 0 ? "there is something near, and nothing is offered"
				 : "there is nothing near, and something is offered";
	if (near != 0 && n < SLOT_OFFERS && !has(v, n, near))
		return "the nearest is not offered";
	return NULL;
}

/* ---- cases ---- */

static bool
trial_open(struct trial *t, const struct model *m, int branch)
{
	*t = (struct trial){ .arena = arena_new((size_t)1 << 26), .m = m };
	if (!model_make(m, t->arena, &t->made)) {
		arena_free(t->arena);
		return false;
	}
	t->o = oracle_new(m, branch, t->arena);
	return true;
}

static void
trial_close(struct trial *t)
{
	model_free(&t->made);
	arena_free(t->arena);
}

/* NULL when all is as it should be; else what is wrong, in the trial's arena. */
static const char *
check_start(struct trial *t, const struct slot_map *m, const struct question *q, bool near)
{
	const char *wrong = q->start % CELL_MS != 0 ? NULL : check_map(t, m, q);

	if (wrong == NULL)
		wrong = check_verdict(t, q);
	return wrong == NULL && near ? check_offers(t, q) : wrong;
}

static bool
still_fails(const struct model *m, const struct question *q, const struct trial *as, bool near)
{
	struct slot_map map;
	struct slot_ask ask;
	struct trial t;
	bool fails;

	if (m->branches[q->branch].gone || m->services[q->service].gone
	    || (q->doctor >= 0 && m->doctors[q->doctor].gone) || !trial_open(&t, m, q->branch))
		return false;
	t.from = as->from;
	t.to = as->to;
	ask = model_ask(m, &t.made, q);
	slot_map(t.arena, &t.made.calendar, &ask, t.from, t.to, &map);
	fails = check_start(&t, &map, q, near) != NULL;
	trial_close(&t);
	return fails;
}

static void
fail(const struct trial *t, const struct question *q, bool near, const char *wrong)
{
	struct model small = *t->m;
	bool *flags[400], smaller = true;

	while (smaller) {
		size_t n = model_flags(&small, flags);

		smaller = false;
		for (size_t i = 0; i < n; i++) {
			*flags[i] = true;
			if (still_fails(&small, q, t, near))
				smaller = true;
			else
				*flags[i] = false;
		}
	}
	fprintf(stderr, "%s\n%s\n%s\n", wrong, model_document(&small, t->arena),
	    model_sentences(&small, q, t->arena));
	cr_assert_fail("%s", wrong);
}

/* Mostly on the grid, sometimes beside it, seldom beside the cells. */
static int64_t
some_start(struct chance *c, const struct trial *t, int branch)
{
	const struct m_branch *b = &t->m->branches[branch];
	int64_t step = (chance_one_in(c, 4) ? 5 : b->step) * MINUTE_MS;
	int64_t ms = t->from - HOUR_MS + (int64_t)chance_below(c, 28 * 60) * MINUTE_MS;

	ms = (ms + zone_offset_s(b->z, ms) * (int64_t)1000) / step * step
	    - zone_offset_s(b->z, ms) * (int64_t)1000;
	return chance_one_in(c, 50) ? ms + 1 + chance_below(c, 299999) : ms;
}

/* Around one day of the horizon, or just beside it. */
static int
ask_of_one_day(struct trial *t, struct chance *c, struct question q)
{
	struct slot_map map;
	struct slot_ask ask = model_ask(t->m, &t->made, &q);
	int cases = 0;

	t->from = t->m->now - 30 * HOUR_MS
	    + chance_below(c, (2 + chance_below(c, t->m->branches[q.branch].horizon + 2)) * 24)
		* HOUR_MS;
	t->to = t->from + 26 * HOUR_MS;
	slot_map(t->arena, &t->made.calendar, &ask, t->from, t->to, &map);
	for (int i = 0; i < STARTS; i++) {
		bool near = i == STARTS - 1;
		const char *wrong;

		q.start = some_start(c, t, q.branch);
		wrong = check_start(t, &map, &q, near);
		if (wrong != NULL)
			fail(t, &q, near, wrong);
		cases++;
	}
	return cases;
}

Test(slot, what_is_free_is_free_minute_by_minute_and_what_is_not_has_a_true_reason)
{
	struct chance c = { chance_seed("slot") };
	const char *more = getenv("CASES");
	int64_t wanted = more == NULL ? CASES : strtoll(more, NULL, 10), cases = 0;
	int64_t began = clock_mono_ms();
	int clinics = 0;

	for (; cases < wanted; clinics++) {
		struct model m;
		struct question q;
		struct trial t;

		model_random(&m, &c);
		q = model_question(&m, &c);
		if (!trial_open(&t, &m, q.branch))
			continue; /* it names a kind of room that it has not */
		for (int i = 0; i < 3; i++) {
			cases += ask_of_one_day(&t, &c, q);
			q.service = chance_below(&c, SERVICES);
		}
		trial_close(&t);
	}
	fprintf(stderr, "slot: %lld starts of %d clinics, %lld a second:", (long long)cases,
	    clinics, (long long)(cases * 1000 / (clock_mono_ms() - began + 1)));
	for (int w = 0; w <= SLOT_FREE; w++) {
		fprintf(stderr, " %s %d", slot_why_word((enum slot_why)w), told[w]);
		if (wanted >= CASES && w != SLOT_NEVER) /* that has no instant */
			cr_expect_gt(told[w], 0, "%s", slot_why_word((enum slot_why)w));
	}
	fprintf(stderr, "\n");
	if (wanted >= CASES)
		cr_expect_gt(told[SLOT_FREE], cases / 50, "free ones are among them");
}
