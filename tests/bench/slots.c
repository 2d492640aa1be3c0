/* SPDX-License-Identifier: MIT */
/*
 * slots.c - what a list of free times costs: twenty doctors, a full two months,
 * some two thousand posts of patients before it. The thread's own CPU time, the
 * best and the median of many; printed, never judged.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "book/slot_find.h"
#include "support/world.h"

#define DOCTORS 20
#define POSTS 2000
#define ROUNDS 301

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static char *
document(void)
{
	static const char week[] = "[\"mon\",\"tue\",\"wed\",\"thu\",\"fri\",\"sat\"]";
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	fprintf(f,
	    "{\"clinic\":{\"name\":\"Bench\",\"prefix\":\"NG\",\"time_zone\":\"Asia/Singapore\","
	    "\"booking_mode\":\"instant\"},\"branches\":[{\"slug\":\"main\",\"hours\":[{\"days\":%s,"
	    "\"from\":\"10:00\",\"to\":\"19:00\"}]}],\"services\":[{\"slug\":\"consultation\","
	    "\"name\":{\"en\":\"Consultation\"},\"minutes\":30,\"buffer_after\":10,"
	    "\"rooms\":[\"room\"]}],\"rooms\":[{\"slug\":\"room\",\"branch\":\"main\","
	    "\"capacity\":%d}],\"doctors\":[",
	    week, DOCTORS);
	for (int i = 0; i < DOCTORS; i++)
		fprintf(f,
		    "%s{\"slug\":\"dr-%02d\",\"services\":[\"consultation\"],\"daily_max\":20,"
		    "\"hours\":[{\"branch\":\"main\",\"days\":%s,\"from\":\"10:00\",\"to\":\"13:00\"},"
		    "{\"branch\":\"main\",\"days\":%s,\"from\":\"14:00\",\"to\":\"19:00\"}]}",
		    i == 0 ? "" : ",", i, week, week);
	fprintf(f, "]}");
	fclose(f);
	return text;
}

/* Somebody takes a time of the coming weeks, or finds it taken. */
static void
post(struct world *w, int i)
{
	struct booking_form *f = world_form(w->arena);
	int64_t ms = WORLD_NOW - WORLD_NOW % DAY_MS + 2 * DAY_MS + (i * 7919) % (55 * 96) * 15 * MINUTE_MS;
	char text[40];
	struct call *c;

	f->phone = arena_printf(w->arena, "9%07d", 1000000 + i * 37);
	f->slot = arena_strdup(w->arena, rfc3339_local(w->clinic->zone, ms, text));
	c = world_post(w, f, NULL);
	(void)world_run(w, c);
	world_call_free(c);
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
tell(const char *what, double *ms)
{
	qsort(ms, ROUNDS, sizeof(*ms), by_value);
	fprintf(stderr, "%-44s%7.3f best %7.3f median   ms of CPU\n", what, ms[0], ms[ROUNDS / 2]);
}

Test(slots, what_a_list_of_free_times_costs)
{
	static double find[ROUNDS], json[ROUNDS], both[ROUNDS];
	char *text = document();
	size_t len = 0;
	struct world w;

	world_open(&w, ":memory:", NULL);
	world_load_clinic(&w, text);
	for (int i = 0; i < POSTS; i++)
		post(&w, i);
	for (int i = 0; i < ROUNDS; i++) {
		struct slot_cmd cmd = { .from = "2026-11-25", .to = "2027-01-23" };
		struct call *c = world_call(&w, &op_slot_find, &cmd, NULL);
		struct obuf o;
		double at[3];

		slot_cmd_check(&cmd, w.clinic, WORLD_NOW, &c->problems);
		at[0] = cpu_ms();
		cr_assert_eq(world_run(&w, c), 0);
		at[1] = cpu_ms();
		obuf_init(&o, c->arena, (size_t)16 << 20);
		slot_json(&o, &cmd, c->res, 0);
		at[2] = cpu_ms();
		find[i] = at[1] - at[0];
		json[i] = at[2] - at[1];
		both[i] = at[2] - at[0];
		len = o.len;
		world_call_free(c);
	}
	fprintf(stderr, "20 doctors, 60 days, %lld times taken: %zu bytes of JSON\n",
	    (long long)sql_number(w.db, "SELECT count(*) FROM appointment WHERE held = 1"), len);
	tell("free times found", find);
	tell("written as JSON", json);
	tell("both", both);
	world_close(&w);
	free(text);
}
