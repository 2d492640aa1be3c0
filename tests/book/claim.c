/* SPDX-License-Identifier: MIT */
/*
 * claim.c - the schema's own guard: whoever writes, by whatever path, nobody and
 * nothing is in two places.
 */
#include "book/visiting.h"
#include "support/chance.h"

#define FIVE (5 * MINUTE_MS)

static int64_t ten; /* 10:00 on Thursday */

static void
setup(void)
{
	visit_setup();
	ten = visit_ms("2026-11-26T10:00:00+08:00");
	for (int i = 0; i < 3; i++) /* somebody to hold them */
		visit_book(i == 0 ? "Tan" : i == 1 ? "Goh" : "Lim", "main", NULL);
}

TestSuite(claim, .init = setup, .fini = visit_teardown);

/* By hand, past every check of the daemon: minutes from ten. NULL, or the refusal. */
static const char *
insert(int64_t resource, int unit, int64_t from, int64_t to, int n, int override)
{
	int rc = sql_try(w.db, "INSERT INTO claim VALUES (%lld, %d, %lld, %lld, %d, %lld, %d)",
	    (long long)resource, unit, (long long)(ten + from * MINUTE_MS),
	    (long long)(ten + to * MINUTE_MS), n, (long long)(ten + from * MINUTE_MS), override);

	return rc == SQLITE_OK ? NULL : arena_strdup(w.arena, sqlite3_errmsg(w.db->handle));
}

/* want NULL: it is taken; else a word of the refusal. */
static void
expect(const char *sentence, const char *said, const char *want)
{
	if (want == NULL)
		cr_expect_null(said, "%s: %s", sentence, said);
	else
		cr_expect(said != NULL && strstr(said, want) != NULL, "%s: %s", sentence,
		    said == NULL ? "it was taken" : said);
}

Test(claim, what_is_taken_cannot_be_taken_again)
{
	static const struct {
		const char *sentence;
		const char *resource;
		int unit, from, to, override;
		const char *want;
	} table[] = {
		{ "the same time", "dr-a", 0, 0, 40, 0, "the time is taken" },
		{ "over its beginning", "dr-a", 0, -10, 5, 0, "the time is taken" },
		{ "over its end", "dr-a", 0, 35, 60, 0, "the time is taken" },
		{ "within it", "dr-a", 0, 10, 15, 0, "the time is taken" },
		{ "around it", "dr-a", 0, -60, 120, 0, "the time is taken" },
		{ "twelve hours around its end", "dr-a", 0, 35, 755, 0, "the time is taken" },
		{ "twelve hours around its beginning", "dr-a", 0, -715, 5, 0, "the time is taken" },
		{ "until it begins", "dr-a", 0, -30, 0, 0, NULL },
		{ "from when it ends", "dr-a", 0, 40, 60, 0, NULL },
		{ "another doctor", "dr-b", 0, 0, 40, 0, NULL },
		{ "a room", "room-2", 0, 0, 40, 0, NULL },
		{ "the same place in it", "room-2", 0, 20, 60, 0, "the time is taken" },
		{ "another place in it", "room-2", 1, 0, 40, 0, NULL },
		{ "a third place of two", "room-2", 2, 0, 40, 0, "not as many" },
		{ "not even when a person says so", "room-2", 2, 0, 40, 1, "not as many" },
		{ "a second doctor of that name", "dr-b", 1, 100, 140, 0, "not as many" },
		{ "over it, when a person says so", "dr-a", 0, 10, 50, 1, NULL },
	};

	expect("the first", insert(resource("dr-a"), 0, 0, 40, 1, 0), NULL);
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		expect(table[i].sentence,
		    insert(resource(table[i].resource), table[i].unit, table[i].from, table[i].to,
			2 + table[i].override, table[i].override),
		    table[i].want);
}

Test(claim, what_is_no_time_at_all_is_refused)
{
	static const struct {
		const char *sentence;
		int from, to;
		const char *want;
	} table[] = {
		{ "it ends before it begins", 40, 30, "CHECK" },
		{ "it has no length", 40, 40, "CHECK" },
		{ "it is longer than twelve hours", 0, 725, "CHECK" },
		{ "twelve hours are not", 0, 720, NULL },
		{ "it begins beside the cells", 1001, 1010, "CHECK" },
		{ "it ends beside the cells", 1000, 1009, "CHECK" },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		expect(table[i].sentence,
		    insert(resource("dr-a"), 0, table[i].from, table[i].to, 1, 0), table[i].want);
	expect("a place below the first", insert(resource("dr-a"), -1, 2000, 2005, 1, 0), "CHECK");
	expect("of nothing there is", insert(99999, 0, 2000, 2005, 1, 0), "FOREIGN KEY");
	expect("of a request there is not", insert(resource("dr-a"), 0, 2000, 2005, 77, 0),
	    "FOREIGN KEY");
}

Test(claim, a_claim_never_changes)
{
	static const char *const table[] = { "starts = starts - 300000", "ends = ends + 300000",
		"unit = 1", "n = 2", "override = 1", "starts = starts" };

	expect("the first", insert(resource("room-2"), 0, 0, 40, 1, 0), NULL);
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		cr_expect_neq(sql_try(w.db, "UPDATE claim SET %s", table[i]), SQLITE_OK, "%s",
		    table[i]);
		expect(table[i], sqlite3_errmsg(w.db->handle), "never changed");
	}
	cr_expect_eq(sql_try(w.db, "DELETE FROM claim"), SQLITE_OK);
}

static int
resize(const char *room, int capacity)
{
	return sql_try(w.db, "UPDATE resource SET capacity = %d WHERE id = %lld", capacity,
	    (long long)resource(room));
}

Test(claim, a_room_does_not_become_smaller_than_what_stands_in_it)
{
	expect("the first", insert(resource("room-2"), 0, 0, 40, 1, 0), NULL);
	cr_expect_eq(resize("room-2", 1), SQLITE_OK, "its second place is free");
	cr_expect_eq(resize("room-2", 3), SQLITE_OK, "larger it may always be");
	expect("the third place", insert(resource("room-2"), 2, 0, 40, 2, 0), NULL);
	cr_expect_neq(resize("room-2", 2), SQLITE_OK);
	expect("smaller", sqlite3_errmsg(w.db->handle), "the capacity is taken");
	clock_set_ms(ten + 40 * MINUTE_MS);
	visit_book("Chua", "main", NULL); /* the newest event is its clock */
	cr_expect_eq(resize("room-2", 2), SQLITE_OK, "what is over stands in nobody's way");
}

/* Whatever is tried in whatever order. */
Test(claim, of_a_thousand_claims_by_chance_no_two_overlap_and_none_is_refused_in_vain)
{
	struct chance c = { chance_seed("claim") };
	struct {
		int unit, from, to;
	} kept[1000];
	int count = 0;

	for (int i = 0; i < 1000; i++) {
		int unit = chance_below(&c, 2), from = chance_below(&c, 5000) * 5 - 12500;
		int to = from + 5 * (1 + chance_below(&c, chance_one_in(&c, 5) ? 144 : 12));
		bool over = false;

		for (int k = 0; k < count; k++)
			over |= kept[k].unit == unit && kept[k].from < to && kept[k].to > from;
		expect("by chance", insert(resource("room-2"), unit, from, to, 1 + i % 3, 0),
		    over ? "the time is taken" : NULL);
		if (!over) {
			kept[count].unit = unit;
			kept[count].from = from;
			kept[count++].to = to;
		} else if (chance_one_in(&c, 4)) { /* somebody goes */
			int k = chance_below(&c, count);

			sql_run(w.db, "DELETE FROM claim WHERE unit = %d AND starts = %lld",
			    kept[k].unit, (long long)(ten + kept[k].from * MINUTE_MS));
			kept[k] = kept[--count];
		}
	}
	cr_expect_gt(count, 100);
}

/* ---- by the daemon ---- */

Test(claim, the_second_of_two_who_want_one_time_is_refused_and_nothing_is_written)
{
	struct booking_form *f;
	const char *before;

	visit_book("Ang", "quiet", "26T10:00");
	before = visit_everything();
	f = visit_form("Yeo", "quiet", "26T10:15");
	cr_expect_eq(visit_post(f, NULL, NULL), E_SLOT_TAKEN);
	cr_expect_str_eq(visit_everything(), before);
	f = visit_form("Yeo", "quiet", "26T10:45");
	cr_expect_eq(visit_post(f, NULL, NULL), 0, "after the buffer");
}

Test(claim, each_change_of_a_claim_is_told_to_whoever_keeps_the_calendar)
{
	int64_t rows = sql_number(w.db, "SELECT count(*) FROM claim_change");
	struct booking_answer a = visit_book("Ang", "main", "26T10:00");

	cr_expect_eq(sql_number(w.db, "SELECT count(*) FROM claim_change"), rows + 2,
	    "a doctor and a room");
	cr_expect_eq(visit_run((struct act_cmd){ .reference = a.reference, .action = "cancel",
				   .reason = "clinic", .any_version = true },
			 "frontdesk"),
	    0);
	cr_expect_eq(sql_number(w.db, "SELECT count(*) FROM claim_change"), rows + 4);
	cr_expect_eq(visit_claims(a.reference), 0);
}
