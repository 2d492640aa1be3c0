/* SPDX-License-Identifier: MIT */
/*
 * visiting.h - a clinic that gives appointments: two doctors, rooms, a branch that
 * books at once ("main") and one that is asked ("quiet"), on Tuesday evening.
 */
#ifndef TESTS_BOOK_VISITING_H
#define TESTS_BOOK_VISITING_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "support/world.h"

static struct world w;

#define VISIT_WEEK "[\"mon\",\"tue\",\"wed\",\"thu\",\"fri\",\"sat\"]"
#define VISIT_HOURS(branch)                                                                \
	"{" branch "\"days\":" VISIT_WEEK ",\"from\":\"10:00\",\"to\":\"19:00\"}"

static const char visit_document[] =
    "{\"clinic\":{\"name\":\"Perfect Skin\",\"prefix\":\"NG\",\"country\":\"SG\","
    "\"time_zone\":\"Asia/Singapore\",\"min_notice_minutes\":60,\"horizon_days\":30,"
    "\"slot_step_minutes\":15,\"change_cutoff_hours\":24,\"hold_open_hours\":8},"
    "\"branches\":[{\"slug\":\"main\",\"booking_mode\":\"instant\",\"hours\":["
    VISIT_HOURS("") "]},{\"slug\":\"quiet\",\"booking_mode\":\"request\",\"hours\":["
    VISIT_HOURS("") "]}],"
    "\"services\":[{\"slug\":\"consultation\",\"name\":{\"en\":\"Consultation\"},"
    "\"minutes\":30,\"buffer_after\":10,\"rooms\":[\"room\"]},"
    "{\"slug\":\"review\",\"name\":{\"en\":\"Review\"},\"minutes\":15}],"
    "\"doctors\":[{\"slug\":\"dr-a\",\"name\":\"Dr A\",\"services\":[\"consultation\","
    "\"review\"],\"hours\":[" VISIT_HOURS("\"branch\":\"main\",") "]},"
    "{\"slug\":\"dr-b\",\"name\":\"Dr B\",\"services\":[\"consultation\"],"
    "\"hours\":[" VISIT_HOURS("\"branch\":\"main\",") "]},"
    "{\"slug\":\"dr-q\",\"name\":\"Dr Q\",\"services\":[\"consultation\",\"review\"],"
    "\"hours\":[" VISIT_HOURS("\"branch\":\"quiet\",") "]}],"
    "\"rooms\":[{\"slug\":\"room-1\",\"kind\":\"room\",\"branch\":\"main\"},"
    "{\"slug\":\"room-2\",\"kind\":\"room\",\"branch\":\"main\",\"capacity\":2},"
    "{\"slug\":\"room-q\",\"kind\":\"room\",\"branch\":\"quiet\"}]}";

static inline void
visit_setup(void)
{
	world_open(&w, ":memory:", NULL);
	world_load_clinic(&w, visit_document);
}

static inline void
visit_teardown(void)
{
	world_close(&w);
}

/* The same evening once more: the writer's clock never goes back. */
static inline void
visit_again(void)
{
	visit_teardown();
	visit_setup();
}

static inline int64_t
visit_ms(const char *text)
{
	int64_t ms = 0;

	cr_assert(rfc3339_parse(text, &ms), "%s", text);
	return ms;
}

/* "26T10:00", of November 2026 in Singapore, as RFC 3339. */
static inline const char *
visit_time(const char *day_and_time)
{
	return arena_printf(w.arena, "2026-11-%s:00+08:00", day_and_time);
}

static inline int64_t
resource(const char *slug)
{
	const struct doctor *d = clinic_doctor(w.clinic, slug);

	for (size_t i = 0; i < w.clinic->room_count; i++)
		if (strcmp(w.clinic->rooms[i].slug, slug) == 0)
			return w.clinic->rooms[i].id;
	cr_assert_not_null(d, "%s", slug);
	return d->id;
}

/* ---- posts ---- */

/* Somebody of that name, with a phone of their own, who chooses that time. */
static inline struct booking_form *
visit_form(const char *name, const char *branch, const char *day_and_time)
{
	struct booking_form *f = world_form(w.arena);
	unsigned digits = 0;

	for (const char *s = name; *s != '\0'; s++)
		digits = digits * 31 + (unsigned char)*s;
	f->full_name = name;
	f->phone = arena_printf(w.arena, "9%07u", digits % 10000000);
	f->branch = branch;
	f->service = "consultation";
	f->slot = day_and_time == NULL ? NULL : visit_time(day_and_time);
	f->claims_per_hour = 0;
	return f;
}

/* What became of a post: its code; the answer lives as long as the world. */
static inline int
visit_post(struct booking_form *f, const char *role, struct booking_answer *ret)
{
	struct call *c = world_post(&w, f, role);
	int rc = world_run(&w, c);
	const struct booking_answer *ans = c->res;

	if (rc >= 0 && ret != NULL) {
		ret->json = arena_strdup(w.arena, ans->json);
		ret->token = arena_strdup(w.arena, ans->token);
		ret->reference = arena_strdup(w.arena, ans->reference);
	}
	world_call_free(c);
	return rc < 0 ? rc : 0;
}

static inline struct booking_answer
visit_book(const char *name, const char *branch, const char *day_and_time)
{
	struct booking_answer ans = { 0 };

	cr_assert_eq(visit_post(visit_form(name, branch, day_and_time), NULL, &ans), 0, "%s", name);
	return ans;
}

/* ---- acts ---- */

static inline struct act_cmd
visit_act(const char *reference, const char *action)
{
	return (struct act_cmd){ .reference = reference, .action = action, .any_version = true };
}

static inline int
visit_run(struct act_cmd cmd, const char *role)
{
	struct call *c = world_call(&w, &op_booking_act, &cmd, role);
	int rc = world_run(&w, c);

	world_call_free(c);
	return rc < 0 ? rc : 0;
}

/* By the patient, with the link. */
static inline int
visit_own(const struct op *op, const char *token, const char *slot)
{
	struct own_cmd cmd = { .token = token, .slot = slot };
	struct call *c = world_call(&w, op, &cmd, NULL);
	int rc = world_run(&w, c);

	world_call_free(c);
	return rc < 0 ? rc : 0;
}

static inline void
visit_housekeep(void)
{
	struct health_cmd cmd = { 0 };
	struct call *c = world_call(&w, &op_housekeep, &cmd, "admin");

	c->actor = (struct actor){ ACTOR_SYSTEM, "bookingd", CAP_PRIVACY, 0 };
	cr_assert_eq(world_run(&w, c), 0);
	world_call_free(c);
}

/* ---- what stands ---- */

static inline int64_t
visit_n(const char *reference)
{
	sqlite3_stmt *st;
	int64_t n = 0;

	cr_assert_eq(sqlite3_prepare_v2(w.db->handle, "SELECT n FROM booking WHERE reference = ?",
			 -1, &st, NULL),
	    SQLITE_OK);
	sqlite3_bind_text(st, 1, reference, -1, SQLITE_STATIC);
	if (sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	cr_assert_gt(n, 0, "%s", reference);
	return n;
}

static inline enum status
visit_status(const char *reference)
{
	return (enum status)sql_number(
	    w.db, "SELECT status FROM booking WHERE n = %lld", (long long)visit_n(reference));
}

static inline int64_t
visit_claims(const char *reference)
{
	return sql_number(
	    w.db, "SELECT count(*) FROM claim WHERE n = %lld", (long long)visit_n(reference));
}

/* "10:00 dr-a held", "10:00 - wish", or "none": the appointment in words. */
static inline const char *
visit_words(const char *reference)
{
	const char *text = sql_text(w.db, w.arena,
	    "SELECT substr(promised, 9, 8) || ' ' || coalesce((SELECT slug FROM resource"
	    " WHERE id = doctor), '-') || CASE held WHEN 1 THEN ' held' ELSE ' wish' END"
	    " FROM appointment WHERE n = %lld",
	    (long long)visit_n(reference));
	size_t len = strlen(text);

	return len == 0 ? "none" : arena_strndup(w.arena, text, len - 1);
}

/* Everything that is written about times, to see that nothing changed. */
static inline const char *
visit_everything(void)
{
	return arena_printf(w.arena, "%s%s%s",
	    sql_text(w.db, w.arena,
		"SELECT resource || ' ' || unit || ' ' || starts || ' ' || ends || ' ' || n FROM"
		" claim ORDER BY n, resource, unit"),
	    sql_text(w.db, w.arena,
		"SELECT n || ' ' || starts_at || ' ' || held || ' ' || sequence FROM appointment"
		" ORDER BY n"),
	    sql_text(w.db, w.arena,
		"SELECT n || ' ' || status || ' ' || version || ' ' || (SELECT count(*) FROM event)"
		" FROM booking ORDER BY n"));
}

#endif
