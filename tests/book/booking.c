/* SPDX-License-Identifier: MIT */
/* booking.c - a post becomes a request: everything that is written beside it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "support/disk_vfs.h"
#include "support/world.h"

static struct world w;

static void
setup(void)
{
	world_open(&w, ":memory:", NULL);
}

static void
teardown(void)
{
	world_close(&w);
}

TestSuite(booking, .init = setup, .fini = teardown);

static struct booking_form *
whole_form(void)
{
	struct booking_form *f = world_form(w.arena);

	strlist_add(&f->concerns, w.arena, "elasticity-loss");
	strlist_add(&f->reasons, w.arena, "otc-not-effective");
	f->full_name = "陈 Mei-Líng";
	f->email = "Mei.Ling@Example.SG";
	f->preferred_days = strlist_split(w.arena, "thu sat");
	f->preferred_parts = strlist_split(w.arena, "evening");
	f->service = "review";
	f->doctor = "dr-b";
	f->best_time_to_call = "after six";
	f->language = "zh-Hans";
	f->visited_before = "not-sure";
	f->note = "see you soon";
	f->article = w.taxonomy->article_slug;
	f->page = "/articles/pores?utm=1#top";
	f->referrer_host = "www.example.sg";
	f->utm_source = "instagram";
	f->consent_version = w.clinic->text_version[0][TEXT_CONSENT];
	return f;
}

/* One column of the newest request, as text. */
#define COLUMN(name) \
	sql_text(w.db, w.arena, "SELECT " name " FROM booking ORDER BY n DESC LIMIT 1")
#define EXPECT(name, value) cr_expect_str_eq(COLUMN(name), value "\n", "%s", COLUMN(name))

Test(booking, a_post_is_stored_as_it_was_meant)
{
	struct booking_answer ans = world_book(&w, whole_form());

	EXPECT("n", "1");
	EXPECT("status", "0");
	EXPECT("version", "1");
	EXPECT("channel", "web");
	EXPECT("full_name", "陈 Mei-Líng");
	EXPECT("phone", "+6591234567");
	EXPECT("phone_typed", "9123 4567");
	EXPECT("email", "Mei.Ling@example.sg");
	EXPECT("contact_method", "whatsapp");
	EXPECT("language", "zh-Hans");
	EXPECT("adult", "1");
	EXPECT("service", "review");
	EXPECT("doctor", "dr-b");
	EXPECT("visited_before", "not-sure");
	EXPECT("preferred_days", "40"); /* Thursday 8, Saturday 32 */
	EXPECT("preferred_parts", "4");
	EXPECT("call_time", "after six");
	EXPECT("linked", "NULL");
	cr_expect_eq(sql_number(w.db, "SELECT received_at FROM booking"), WORLD_NOW);
	cr_expect_eq(sql_number(w.db, "SELECT clock_at FROM booking"), WORLD_NOW);
	cr_expect_eq(
	    sql_number(w.db, "SELECT branch FROM booking"), w.clinic->branches[0].id);
	cr_expect_eq(strlen(ans.reference), 10);
	cr_expect(str_starts(ans.reference, "NG-"));
	cr_expect_str_eq(
	    COLUMN("reference"), arena_printf(w.arena, "%s\n", ans.reference));
}

Test(booking, the_answer_tells_what_the_patient_needs_and_no_more)
{
	struct booking_answer ans = world_book(&w, whole_form());

	cr_expect_str_eq(ans.json,
	    arena_printf(w.arena,
		"{\"reference\":\"%s\",\"status\":\"new\",\"received_at\":"
		"\"2026-11-24T13:12:00Z\",\"respond_by\":\"2026-11-25T14:00:00+08:00\","
		"\"manage_url\":\"https://localhost:8443/b/"
		"%s\",\"concerns\":[\"excess-oil\","
		"\"elasticity-loss\"],\"slot\":null,\"doctor\":null,\"service\":"
		"\"review\","
		"\"branch\":\"main\"}",
		ans.reference, ans.token),
	    "%s", ans.json);
	cr_expect_eq(strlen(ans.token), SECRET_TOKEN_LEN - 1);
	cr_expect_not(ans.replayed);
}

Test(booking, its_tags_say_who_said_so)
{
	world_book(&w, whole_form());
	cr_expect_str_eq(
	    sql_text(w.db, w.arena,
		"SELECT t.kind || ' ' || t.slug || ' ' || g.source || ' ' || g.status"
		" FROM booking_tag g JOIN term t ON t.id = g.term ORDER BY 1"),
	    "concern elasticity-loss 0 0\n"
	    "concern enlarged-pores 3 0\n" /* what the article is about */
	    "concern excess-oil 0 0\n"
	    "reason otc-not-effective 0 0\n");
	cr_expect_eq(
	    sql_number(w.db, "SELECT count(DISTINCT taxonomy) FROM booking_tag"), 1);
}

Test(booking, the_person_can_be_found_by_tokens)
{
	world_book(&w, whole_form());
	cr_expect_str_eq(
	    sql_text(w.db, w.arena, "SELECT token FROM search_token ORDER BY token"),
	    "emei.ling@example.sg\nnling\nnmei\nnmeiling\nn陈\np7654321956\n");
}

Test(booking, where_it_came_from_is_kept_without_what_the_address_carried)
{
	struct booking_form *f;

	world_book(&w, whole_form());
	cr_expect_str_eq(
	    sql_text(w.db, w.arena,
		"SELECT page || ' ' || referrer_host || ' ' || utm_source FROM source"),
	    "/articles/pores www.example.sg instagram\n");
	f = world_form(w.arena);
	f->article = "somebody-elses-article";
	world_book(&w, f);
	cr_expect_str_eq(
	    sql_text(w.db, w.arena, "SELECT article FROM source WHERE n = 2"),
	    "unknown\n");
	world_book(&w, world_form(w.arena));
	cr_expect_eq(sql_number(w.db, "SELECT count(*) FROM source WHERE n = 3"), 0);
}

Test(booking, the_first_event_is_the_patients)
{
	world_book(&w, whole_form());
	cr_expect_str_eq(
	    sql_text(w.db, w.arena,
		"SELECT seq || ' ' || at || ' ' || kind || ' ' || actor_kind || ' ' ||"
		" actor || ' ' || coalesce(from_status, '-') || ' ' || to_status"
		" FROM event"),
	    "1 1795525920000 received patient web - 0\n");
}

Test(booking, the_clinic_and_the_patient_are_written_to)
{
	world_book(&w, whole_form());
	cr_expect_str_eq(
	    sql_text(w.db, w.arena,
		"SELECT kind || ' ' || recipient || ' ' || language || ' ' || state"
		" FROM outbox ORDER BY id"),
	    "request-new clinic en waiting\nrequest-received patient zh-Hans waiting\n");
	world_book(&w, world_form(w.arena)); /* no address, no letter */
	cr_expect_str_eq(sql_text(w.db, w.arena, "SELECT kind FROM outbox WHERE n = 2"),
	    "request-new\n");
}

Test(booking, the_link_is_kept_as_a_hash_with_an_end)
{
	struct booking_answer ans = world_book(&w, whole_form());
	uint8_t hash[SECRET_HASH_LEN];
	struct blob kept = sql_blob(w.db, w.arena, "SELECT hash FROM token");

	secret_token_hash(ans.token, hash);
	cr_assert_eq(kept.len, sizeof(hash));
	cr_expect_arr_eq(kept.p, hash, sizeof(hash));
	cr_expect_eq(
	    sql_number(w.db, "SELECT expires_at FROM token"), WORLD_NOW + TOKEN_MS);
}

/* ---- consent ---- */

#define CONSENT                                                                          \
	sql_text(w.db, w.arena,                                                          \
	    "SELECT c.basis || ' ' || coalesce(t.version, '-') || ' ' || c.language || " \
	    "' '"                                                                        \
	    " || c.channel FROM consent c LEFT JOIN text t ON t.id = c.text ORDER BY "   \
	    "c.id "                                                                      \
	    "DESC LIMIT 1")

Test(booking, consent_points_at_the_words_it_was_given_to)
{
	const char *version = w.clinic->text_version[0][TEXT_CONSENT];

	world_book(&w, whole_form());
	cr_expect_str_eq(
	    CONSENT, arena_printf(w.arena, "form %s en whatsapp\n", version));
	cr_expect_str_eq(sql_text(w.db, w.arena,
			     "SELECT body FROM text WHERE version = (SELECT version"
			     " FROM text JOIN consent ON text.id = consent.text)"
			     " AND language = 'en'"),
	    arena_printf(w.arena, "%s\n", w.clinic->text[0][TEXT_CONSENT]));
}

Test(booking, without_a_version_the_words_were_the_host_pages)
{
	world_book(&w, world_form(w.arena));
	cr_expect_str_eq(CONSENT, "host-page - en whatsapp\n");
}

Test(booking, a_version_that_never_was_is_the_host_pages_too_in_a_form)
{
	struct booking_form *f = world_form(w.arena);

	f->from_form = true;
	f->consent_version = "0123456789ab";
	world_book(&w, f);
	cr_expect_str_eq(CONSENT, "host-page - en whatsapp\n");
}

Test(booking, and_a_mistake_to_be_told_of_in_a_program)
{
	struct booking_form *f = world_form(w.arena);
	struct call *c;

	f->consent_version = "0123456789ab";
	c = world_post(&w, f, NULL);
	cr_expect_eq(world_run(&w, c), E_INVALID);
	cr_expect_not_null(problem_of(&c->problems, "consent_version"));
	cr_expect_eq(world_last(&w), 0);
	world_call_free(c);
}

Test(booking, staff_say_that_consent_was_given_on_the_telephone)
{
	struct booking_form *f = world_form(w.arena);
	struct call *c;

	f->concerns = strlist_split(w.arena, "not-asked");
	f->consent = -1;
	f->basis = "verbal";
	f->channel = "phone";
	c = world_post(&w, f, "frontdesk");
	cr_assert_eq(world_run(&w, c), 0);
	cr_expect_str_eq(CONSENT, "verbal - en whatsapp\n");
	EXPECT("channel", "phone");
	cr_expect_str_eq(
	    sql_text(w.db, w.arena, "SELECT actor_kind || ' ' || actor FROM event"),
	    "staff frontdesk\n");
	world_call_free(c);
}

/* ---- quarantine ---- */

Test(booking, a_post_that_filled_the_trap_is_answered_like_any_other_and_held_back)
{
	struct booking_form *f = whole_form();
	struct booking_answer plain = world_book(&w, whole_form()), ans;
	const char *rest;

	f->suspicious = true;
	f->spam_reason = "spam:honeypot";
	f->phone = "8123 4567";
	ans = world_book(&w, f);
	EXPECT("status", "9");
	cr_expect_str_eq(sql_text(w.db, w.arena, "SELECT reason FROM event WHERE n = 2"),
	    "spam:honeypot\n");
	rest = strstr(ans.json, "\",\"concerns\"");
	cr_assert_not_null(rest);
	cr_expect_str_eq(rest, strstr(plain.json, "\",\"concerns\""));
	cr_expect_not_null(strstr(ans.json, "\"status\":\"new\""), "%s", ans.json);
	cr_expect_eq(sql_number(w.db, "SELECT count(*) FROM outbox WHERE n = 2"), 0);
	cr_expect_eq(
	    sql_number(w.db, "SELECT max(status) FROM booking_tag WHERE n = 2"), 9);
	cr_expect_eq(sql_number(w.db, "SELECT to_status FROM event WHERE n = 2"), 9);
}

Test(booking, nobody_reads_in_their_own_page_that_they_were_quarantined)
{
	struct booking_form *f = whole_form();
	struct booking_view_cmd cmd;
	struct call *c = world_call(&w, &op_booking_view, &cmd, NULL);
	struct booking_view *v = c->res;

	f->suspicious = true;
	cmd.token = world_book(&w, f).token;
	cr_assert_eq(world_run(&w, c), 0);
	cr_expect_str_eq(v->item.full_name, f->full_name);
	world_call_free(c);
}

/* ---- what is sealed ---- */

Test(booking, notes_links_and_keys_are_nowhere_on_the_disk)
{
	struct world d;
	struct booking_form *f;
	struct booking_answer ans;

	disk_register();
	world_open(&d, "clinic.db", "disk");
	f = world_form(d.arena);
	f->note = "a very particular note";
	f->idempotency_key = "a-very-particular-key";
	f->full_name = "A Particular Name";
	ans = world_book(&d, f);
	db_checkpoint(d.db);
	cr_expect(disk_holds(f->full_name, strlen(f->full_name))); /* the look works */
	cr_expect_not(disk_holds(f->note, strlen(f->note)));
	cr_expect_not(disk_holds("particular note", 15));
	cr_expect_not(disk_holds(f->idempotency_key, strlen(f->idempotency_key)));
	cr_expect_not(disk_holds(ans.token, strlen(ans.token)));
	world_close(&d);
	disk_clear();
}

Test(booking, a_sealed_note_opens_under_its_own_request_alone)
{
	struct uuid ids[2];
	struct blob sealed[2];

	for (int i = 0; i < 2; i++) {
		struct booking_form *f = world_form(w.arena);

		f->full_name = i == 0 ? "Tan" : "Lim";
		f->note = i == 0 ? "first" : "second";
		world_book(&w, f);
		memcpy(ids[i].b,
		    sql_blob(w.db, w.arena, "SELECT id FROM booking WHERE n = %d", i + 1)
			.p,
		    16);
		sealed[i] = sql_blob(
		    w.db, w.arena, "SELECT note FROM booking WHERE n = %d", i + 1);
	}
	cr_expect_str_eq(note_open(w.arena, &ids[0], sealed[0]), "first");
	cr_expect_str_eq(note_open(w.arena, &ids[1], sealed[1]), "second");
	cr_expect_null(note_open(w.arena, &ids[0], sealed[1]));
	cr_expect_null(note_open(w.arena, &ids[1], sealed[0]));
	cr_expect_null(note_open(w.arena, &ids[0], (struct blob){ NULL, 0 }));
}
