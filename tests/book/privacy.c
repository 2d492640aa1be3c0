/* SPDX-License-Identifier: MIT */
/* privacy.c - what is erased is gone, from the rows and from the files. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "book/privacy.h"
#include "support/world.h"

#define OTHERS 200

/* Each of them is in the database before, and in no byte of it after. */
static const char *const canaries[] = { "Qwyneth", "qwyneth", "Zyxwara", "zyxwara", "91237788",
	"88773219", "canary.address", "Guardxian", "canary-relation", "81239966", "canary-path",
	"canary-campaign", "canary.host", "canary-after-five", "canary in the note",
	"canary of the desk", "Oldname" };

static char path[64];
static struct world w;

static void
open_world(void)
{
	snprintf(path, sizeof(path), "/tmp/bookingd-privacy-%ld.db", (long)getpid());
	world_open(&w, path, NULL);
}

static void
remove_files(void)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	char name[80];

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
		unlink(name);
	}
}

static void
close_world(void)
{
	world_close(&w);
	remove_files();
}

TestSuite(privacy, .init = open_world, .fini = close_world);

/* ---- a person like no other, among many ---- */

static struct booking_form *
canary(void)
{
	struct booking_form *f = world_form(w.arena);

	f->full_name = "Qwyneth Zyxwara";
	f->phone = "9123 7788";
	f->email = "canary.address@example.com";
	f->age_18_or_over = 0;
	f->guardian_name = "Guardxian Zyxwara";
	f->guardian_phone = "81239966";
	f->guardian_relation = "canary-relation";
	f->page = "/canary-path";
	f->referrer_host = "canary.host";
	f->utm_campaign = "canary-campaign";
	f->best_time_to_call = "canary-after-five";
	f->note = "canary in the note";
	f->idempotency_key = "canary-key-0001";
	return f;
}

static void
others(int from, int count)
{
	for (int i = from; i < from + count; i++) {
		struct booking_form *f = world_form(w.arena);

		/* Names that begin before and after the canary's, so that pages split around it. */
		f->full_name = arena_printf(w.arena, "%c%cw%dneth %cyx Person%d", 'A' + i * 7 % 26,
		    'a' + i * 5 % 26, i, 'A' + i * 11 % 26, i);
		f->phone = arena_printf(w.arena, "9%03d77%02d", i * 37 % 1000, i % 100);
		world_book(&w, f);
	}
}

static int
act(const char *reference, const char *action, struct act_cmd *cmd)
{
	struct call *c = world_call(&w, &op_booking_act, cmd, "manager");
	int rc;

	cmd->reference = reference;
	cmd->action = action;
	rc = world_run(&w, c);
	world_call_free(c);
	return rc;
}

static void
desk_writes(const char *reference)
{
	struct act_cmd note = { .if_match = FIELD_ABSENT, .text = "canary of the desk" };
	struct act_cmd contact = { .if_match = FIELD_ABSENT, .channel = "phone",
		.outcome = "reached", .text = "canary of the desk" };
	struct act_cmd amend = { .if_match = 1, .full_name = "Qwyneth Oldname Zyxwara" };
	struct act_cmd again = { .if_match = 2, .full_name = "Qwyneth Zyxwara" };

	cr_assert_geq(act(reference, "note", &note), 0);
	cr_assert_geq(act(reference, "contact", &contact), 0);
	cr_assert_geq(act(reference, "amend", &amend), 0);
	cr_assert_geq(act(reference, "amend", &again), 0);
}

/* ---- looking at bytes ---- */

static bool
file_has(const char *suffix, const char *text)
{
	char name[80];
	char *bytes;
	long size;
	bool found;
	FILE *f;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	if ((f = fopen(name, "rb")) == NULL)
		return false;
	fseek(f, 0, SEEK_END);
	size = ftell(f);
	rewind(f);
	bytes = malloc((size_t)size + 1);
	cr_assert_eq(fread(bytes, 1, (size_t)size, f), (size_t)size);
	fclose(f);
	found = memmem(bytes, (size_t)size, text, strlen(text)) != NULL;
	free(bytes);
	return found;
}

static bool
anywhere(const char *text)
{
	return file_has("", text) || file_has("-wal", text) || file_has("-shm", text);
}

/* ---- operations ---- */

static int
erase(const char *reference, const char *role, struct erase_res *ret)
{
	struct erase_cmd *cmd = ARENA_NEW(w.arena, struct erase_cmd);
	struct call *c = world_call(&w, &op_booking_erase, cmd, role);
	int rc;

	cmd->reference = reference;
	rc = world_run(&w, c);
	if (rc == 0) {
		*ret = *(struct erase_res *)c->res;
		cr_expect(c->job.scrubbed);
	}
	world_call_free(c);
	return rc;
}

static struct booking_answer
canary_among_others(void)
{
	struct booking_answer a;

	others(0, OTHERS / 2);
	a = world_book(&w, canary());
	desk_writes(a.reference);
	others(OTHERS / 2, OTHERS / 2);
	return a;
}

Test(privacy, a_canary_is_in_no_byte_of_database_log_and_free_pages_after_erasure)
{
	struct booking_answer a = canary_among_others();
	struct erase_res res;
	size_t seen = 0;

	for (size_t i = 0; i < ARRAY_LEN(canaries); i++)
		seen += anywhere(canaries[i]);
	cr_expect_geq(seen, 13, "the canary must be there to be found: %zu", seen);
	cr_assert_eq(erase(a.reference, "manager", &res), 0);
	for (size_t i = 0; i < ARRAY_LEN(canaries); i++)
		cr_expect_not(anywhere(canaries[i]), "%s is still there", canaries[i]);
	cr_expect_eq(db_check_integrity(w.db), 0);
}

Test(privacy, what_was_erased_does_not_come_back_with_later_writes)
{
	struct booking_answer a = canary_among_others();
	struct erase_res res;

	cr_assert_eq(erase(a.reference, "manager", &res), 0);
	others(OTHERS, OTHERS);
	for (size_t i = 0; i < ARRAY_LEN(canaries); i++)
		cr_expect_not(anywhere(canaries[i]), "%s is back", canaries[i]);
	cr_expect_eq(db_check_integrity(w.db), 0);
}

Test(privacy, of_a_hundred_erased_people_no_name_is_left_in_the_gaps_of_split_pages)
{
	const char *names[OTHERS];
	const char *references[OTHERS];
	struct erase_res res;
	size_t left = 0;

	for (int i = 0; i < OTHERS; i++) {
		struct booking_form *f = world_form(w.arena);

		names[i] = arena_printf(w.arena, "%c%cnamed%dx", 'a' + i * 7 % 26,
		    'a' + i * 11 % 26, i);
		f->full_name = names[i];
		f->phone = arena_printf(w.arena, "9%03d77%02d", i * 37 % 1000, i % 100);
		references[i] = world_book(&w, f).reference;
	}
	for (int i = 0; i < OTHERS; i += 2)
		cr_assert_eq(erase(references[i], "manager", &res), 0);
	for (int i = 0; i < OTHERS; i += 2)
		left += anywhere(names[i]);
	cr_expect_eq(left, 0, "%zu names are still there", left);
	for (int i = 1; i < OTHERS; i += 2)
		cr_expect(anywhere(names[i]), "%s is gone", names[i]);
	cr_expect_eq(db_check_integrity(w.db), 0);
}

/* ---- a crash between the commit and the overwriting ---- */

/* The erasure's transaction alone, as far as a crashed process came. */
static void
erase_and_crash(const char *reference)
{
	struct erase_cmd *cmd = ARENA_NEW(w.arena, struct erase_cmd);
	struct call *c = world_call(&w, &op_booking_erase, cmd, "manager");
	struct tx tx = { w.db, w.arena, clock_now_ms(), NULL };

	cmd->reference = reference;
	db_use_arena(w.db, w.arena);
	cr_assert_eq(db_begin(w.db, DB_WRITER), 0);
	cr_assert_eq(c->job.run(&tx, &c->job), 0);
	cr_assert(c->job.erased && c->job.scrub);
	cr_assert_geq(q_scrub_set(w.db), 0);
	cr_assert_eq(db_commit(w.db), 0);
	world_call_free(c);
}

Test(privacy, what_a_crash_left_in_the_files_is_overwritten_at_the_next_start)
{
	struct booking_answer a = canary_among_others();
	struct pool_options options = { .batch_max = 1 };
	struct call *c = world_call(&w, &op_ready_check, NULL, NULL);
	struct pool *next;

	erase_and_crash(a.reference);
	cr_assert(anywhere("Zyxwara"), "it must be there to be overwritten");
	next = pool_new_inline(w.db, &options);
	pool_run_batch(next, &c->job);
	free(next); /* the connection is the other pool's */
	world_call_free(c);
	for (size_t i = 0; i < ARRAY_LEN(canaries); i++)
		cr_expect_not(anywhere(canaries[i]), "%s is still there", canaries[i]);
	cr_expect_eq(sql_number(w.db, "SELECT count(*) FROM setting WHERE name = 'scrub_due'"), 0);
	cr_expect_eq(db_check_integrity(w.db), 0);
}

/* ---- the tombstone ---- */

static int64_t
rows(const char *what, int64_t n)
{
	return sql_number(w.db, "SELECT count(*) FROM %s%lld", what, (long long)n);
}

Test(privacy, what_is_counted_stays_and_what_says_something_of_the_person_goes)
{
	struct booking_answer a = world_book(&w, canary());
	int64_t n = world_last(&w);
	struct erase_res res;

	desk_writes(a.reference);
	cr_assert_eq(erase(a.reference, "manager", &res), 0);
	cr_expect_str_eq(sql_text(w.db, w.arena,
			     "SELECT status || ' ' || branch || ' ' || service || ' ' || channel FROM "
			     "booking WHERE n = %lld", (long long)n),
	    "10 1 consultation web\n");
	cr_expect_eq(rows("booking_tag WHERE status = 10 AND n = ", n), 1);
	cr_expect_eq(rows("consent WHERE n = ", n), 1);
	cr_expect_eq(rows("attempt WHERE text IS NULL AND n = ", n), 1);
	cr_expect_eq(rows("event WHERE detail IS NOT NULL AND n = ", n), 0);
	cr_expect_eq(rows("event WHERE kind = 'erased' AND reason = 'requested' AND n = ", n), 1);
	cr_expect_eq(rows("search_token WHERE n = ", n), 0);
	cr_expect_eq(rows("token WHERE n = ", n), 0);
	cr_expect_eq(rows("idempotency WHERE n = ", n), 0);
	cr_expect_eq(rows("outbox WHERE state = 'waiting' AND n = ", n), 0);
	cr_expect_eq(res.links, 1);
	cr_expect_eq(res.answers, 1);
	cr_expect_geq(res.search_tokens, 4);
}

Test(privacy, a_booking_its_phones_and_its_address_are_suppressed_by_a_keyed_hash)
{
	struct booking_answer a = world_book(&w, canary());
	struct erase_res res;

	cr_assert_eq(erase(a.reference, "manager", &res), 0);
	cr_expect_str_eq(
	    sql_text(w.db, w.arena, "SELECT kind FROM suppression ORDER BY kind"),
	    "booking\nemail\nphone\nphone\n");
}

Test(privacy, erasing_twice_changes_nothing_and_tells_when_it_was)
{
	struct booking_answer a = world_book(&w, canary());
	struct erase_res first, second;
	int64_t events;

	cr_assert_eq(erase(a.reference, "manager", &first), 0);
	events = sql_number(w.db, "SELECT count(*) FROM event");
	clock_set_ms(WORLD_NOW + HOUR_MS);
	cr_assert_eq(erase(a.reference, "manager", &second), 0);
	cr_expect(second.already && !first.already);
	cr_expect_eq(second.erased_at, first.erased_at);
	cr_expect_eq(sql_number(w.db, "SELECT count(*) FROM event"), events);
}

Test(privacy, a_later_request_no_longer_says_whose_earlier_one_was_erased)
{
	struct booking_answer a = world_book(&w, world_form(w.arena));
	struct erase_res res;

	world_book(&w, world_form(w.arena));
	cr_assert_eq(rows("booking WHERE linked = 1 AND n = ", 2), 1);
	cr_assert_eq(erase(a.reference, "manager", &res), 0);
	cr_expect_eq(rows("booking WHERE linked IS NULL AND n = ", 2), 1);
}

Test(privacy, a_link_of_an_erased_request_opens_nothing)
{
	struct booking_answer a = world_book(&w, canary());
	struct booking_view_cmd cmd = { a.token };
	struct call *c = world_call(&w, &op_booking_view, &cmd, NULL);
	struct erase_res res;

	cr_assert_eq(erase(a.reference, "manager", &res), 0);
	cr_expect_eq(world_run(&w, c), E_NOT_FOUND);
	world_call_free(c);
}

Test(privacy, only_a_manager_erases)
{
	static const char *const roles[] = { "site", "viewer", "frontdesk", "doctor", "admin" };
	struct booking_answer a = world_book(&w, canary());
	struct erase_res res;

	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		cr_expect_eq(erase(a.reference, roles[i], &res), E_FORBIDDEN, "%s", roles[i]);
	cr_expect_eq(erase("NG-AAAAAAA", "manager", &res), E_NOT_FOUND);
}
