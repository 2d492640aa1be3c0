/* SPDX-License-Identifier: MIT */
/* visit.c - what staff do with an appointment: the whole table, with what it holds. */
#include "book/visiting.h"

TestSuite(visit, .init = visit_setup, .fini = visit_teardown);

#define NO (-1)
#define HOLDING                                                                            \
	(STATUS_BIT(STATUS_NEW) | STATUS_BIT(STATUS_CONTACTED) | STATUS_BIT(STATUS_BOOKED) \
	    | STATUS_BIT(STATUS_CONFIRMED) | STATUS_BIT(STATUS_ARRIVED)                    \
	    | STATUS_BIT(STATUS_ATTENDED))

/* The status after the act, by a manager, once the visit has begun. */
static const struct {
	const char *action;
	int after[STATUS_COUNT];
} expected[] = {
	/* new contacted booked confirmed arrived attended no_show cancelled closed spam erased */
	{ "book", { 2, 2, NO, NO, NO, NO, 2, 2, 2, NO, NO } },
	{ "move", { 0, 1, 2, 2, NO, NO, NO, NO, NO, NO, NO } },
	{ "assign", { 0, 1, 2, 3, NO, NO, NO, NO, NO, NO, NO } },
	{ "confirm", { NO, NO, 3, NO, NO, NO, NO, NO, NO, NO, NO } },
	{ "arrive", { NO, NO, 4, 4, NO, NO, NO, NO, NO, NO, NO } },
	{ "attend", { NO, NO, 5, 5, 5, NO, NO, NO, NO, NO, NO } },
	{ "no-show", { NO, NO, 6, 6, 6, 6, NO, NO, NO, NO, NO } },
	{ "cancel", { 7, 7, 7, 7, 7, NO, NO, NO, NO, NO, NO } },
	{ "close", { 8, 8, NO, NO, NO, NO, 8, 8, NO, NO, NO } },
	{ "reopen", { NO, NO, NO, NO, NO, NO, NO, NO, 1, NO, NO } },
	{ "spam", { 9, 9, NO, NO, NO, NO, NO, NO, NO, NO, NO } },
	{ "not-spam", { NO, NO, NO, NO, NO, NO, NO, NO, NO, 0, NO } },
	{ "contact", { 1, 1, 2, 3, 4, 5, 6, 7, 8, NO, NO } },
};

static struct act_cmd
good(const char *reference, const char *action)
{
	struct act_cmd cmd = visit_act(reference, action);

	if (strcmp(action, "book") == 0 || strcmp(action, "move") == 0)
		cmd.slot = visit_time("27T15:00");
	else if (strcmp(action, "assign") == 0) {
		cmd.doctor = "dr-b";
		cmd.override = 1; /* it has begun */
		cmd.reason = "Dr A is with somebody";
	} else if (strcmp(action, "cancel") == 0)
		cmd.reason = "clinic";
	else if (strcmp(action, "close") == 0)
		cmd.reason = "unreachable";
	else if (strcmp(action, "no-show") == 0)
		cmd.reason = "not seen after all";
	else if (strcmp(action, "contact") == 0) {
		cmd.channel = "phone";
		cmd.outcome = "reached";
	}
	return cmd;
}

/* The request stands so, as far as the records go. */
static void
put(const char *reference, int status)
{
	long long n = visit_n(reference);

	if ((STATUS_BIT(status) & HOLDING) == 0) {
		sql_run(w.db, "DELETE FROM claim WHERE n = %lld", n);
		sql_run(w.db, "UPDATE appointment SET held = 0 WHERE n = %lld", n);
	}
	sql_run(w.db, "UPDATE booking SET status = %d WHERE n = %lld", status, n);
}

static void
expect_act(size_t i, int from)
{
	const char *action = expected[i].action, *before;
	int after = expected[i].after[from], rc;
	struct booking_answer a;
	int64_t claims;

	visit_again();
	a = visit_book("Ang", "main", "26T10:00");
	put(a.reference, from);
	clock_set_ms(visit_ms("2026-11-26T10:05:00+08:00"));
	before = visit_everything();
	rc = visit_run(good(a.reference, action), "manager");
	if (after == NO) {
		cr_expect_eq(rc, E_CONFLICT, "%s from %s: %d", action, status_name((enum status)from), rc);
		cr_expect_str_eq(visit_everything(), before, "%s from %s", action,
		    status_name((enum status)from));
	} else {
		claims = (STATUS_BIT(after) & HOLDING) == 0 ? 0
		    : (STATUS_BIT(from) & HOLDING) != 0 || strcmp(action, "book") == 0 ? 2
											: 0;
		cr_expect_eq(rc, 0, "%s from %s: %d", action, status_name((enum status)from), rc);
		cr_expect_eq((int)visit_status(a.reference), after, "%s from %s: %s", action,
		    status_name((enum status)from), status_name(visit_status(a.reference)));
		cr_expect_eq(visit_claims(a.reference), claims, "%s from %s holds %lld", action,
		    status_name((enum status)from), (long long)visit_claims(a.reference));
	}
}

Test(visit, every_act_in_every_status_keeps_the_time_or_gives_it_back)
{
	for (size_t i = 0; i < ARRAY_LEN(expected); i++)
		for (int s = 0; s < STATUS_COUNT; s++)
			expect_act(i, s);
}

/* ---- acts one after the other ---- */

struct step {
	const char *action, *role, *when; /* "26T10:00"; NULL: a moment later */
	int rc;
	enum status after;
	const char *words;
};

static void
expect_steps(const char *sentence, const struct step *s, size_t n, const char *branch)
{
	struct booking_answer a;

	visit_again();
	a = visit_book("Ang", branch, "26T10:00");
	for (size_t i = 0; i < n; i++) {
		const char *before = visit_everything();
		int rc;

		clock_set_ms(s[i].when == NULL ? clock_now_ms() + 1000 : visit_ms(visit_time(s[i].when)));
		rc = visit_run(good(a.reference, s[i].action), s[i].role);
		cr_expect_eq(rc, s[i].rc, "%s, step %zu: %s gave %d", sentence, i, s[i].action, rc);
		if (rc < 0)
			cr_expect_str_eq(visit_everything(), before, "%s, step %zu", sentence, i);
		cr_expect_eq(visit_status(a.reference), s[i].after, "%s, step %zu: %s", sentence, i,
		    status_name(visit_status(a.reference)));
		cr_expect_str_eq(visit_words(a.reference), s[i].words, "%s, step %zu: %s", sentence, i,
		    visit_words(a.reference));
	}
}

#define STEPS(sentence, branch, ...)                                                       \
	do {                                                                               \
		static const struct step steps_[] = { __VA_ARGS__ };                       \
		expect_steps(sentence, steps_, ARRAY_LEN(steps_), branch);                 \
	} while (0)
#define DESK "frontdesk"
#define HELD "26T10:00 dr-a held"
#define WISH "26T10:00 dr-a wish"

Test(visit, nobody_was_seen_or_stayed_away_before_the_visit_begins)
{
	STEPS("too early", "main", { "attend", DESK, "26T09:59", E_CONFLICT, STATUS_BOOKED, HELD },
	    { "no-show", DESK, NULL, E_CONFLICT, STATUS_BOOKED, HELD },
	    { "attend", DESK, "26T10:00", 0, STATUS_ATTENDED, HELD });
	STEPS("on time, and gone", "main", { "arrive", DESK, "26T09:30", 0, STATUS_ARRIVED, HELD },
	    { "no-show", DESK, NULL, E_CONFLICT, STATUS_ARRIVED, HELD },
	    { "no-show", DESK, "26T10:00", 0, STATUS_NO_SHOW, WISH });
}

Test(visit, that_somebody_was_not_seen_after_all_is_a_managers_correction)
{
	struct act_cmd cmd;

	STEPS("a correction", "main", { "attend", DESK, "26T10:10", 0, STATUS_ATTENDED, HELD },
	    { "no-show", DESK, NULL, E_FORBIDDEN, STATUS_ATTENDED, HELD },
	    { "no-show", "doctor", NULL, E_FORBIDDEN, STATUS_ATTENDED, HELD },
	    { "no-show", "manager", "28T10:00", 0, STATUS_NO_SHOW, WISH });
	STEPS("a correction without a reason", "main",
	    { "attend", DESK, "26T10:10", 0, STATUS_ATTENDED, HELD });
	cmd = visit_act("", "no-show");
	cmd.reference = arena_strndup(w.arena,
	    sql_text(w.db, w.arena, "SELECT reference FROM booking ORDER BY n DESC LIMIT 1"), 10);
	cr_expect_eq(visit_run(cmd, "manager"), E_INVALID);
}

Test(visit, what_staff_said_is_taken_back_the_same_day)
{
	STEPS("arrived by mistake", "main", { "arrive", DESK, "26T09:50", 0, STATUS_ARRIVED, HELD },
	    { "undo", DESK, NULL, 0, STATUS_BOOKED, HELD },
	    { "undo", DESK, NULL, E_CONFLICT, STATUS_BOOKED, HELD });
	STEPS("back to what was confirmed", "main",
	    { "confirm", DESK, "26T09:00", 0, STATUS_CONFIRMED, HELD },
	    { "arrive", DESK, "26T09:50", 0, STATUS_ARRIVED, HELD },
	    { "undo", DESK, NULL, 0, STATUS_CONFIRMED, HELD });
	STEPS("two steps back", "main", { "arrive", DESK, "26T09:50", 0, STATUS_ARRIVED, HELD },
	    { "attend", DESK, "26T10:10", 0, STATUS_ATTENDED, HELD },
	    { "undo", DESK, NULL, 0, STATUS_ARRIVED, HELD },
	    { "undo", DESK, NULL, 0, STATUS_BOOKED, HELD });
	STEPS("she came after all", "main", { "no-show", DESK, "26T10:20", 0, STATUS_NO_SHOW, WISH },
	    { "undo", DESK, NULL, 0, STATUS_BOOKED, HELD });
	STEPS("not cancelled", "main", { "cancel", DESK, "26T08:00", 0, STATUS_CANCELLED, WISH },
	    { "undo", DESK, "26T23:59", 0, STATUS_BOOKED, HELD });
	STEPS("the day after", "main", { "cancel", DESK, "25T23:59", 0, STATUS_CANCELLED, WISH },
	    { "undo", DESK, "26T00:00", E_CONFLICT, STATUS_CANCELLED, WISH });
	STEPS("an unanswered one", "quiet",
	    { "cancel", DESK, "25T09:00", 0, STATUS_CANCELLED, "26T10:00 dr-q wish" },
	    { "undo", DESK, NULL, 0, STATUS_NEW, "26T10:00 dr-q held" });
}

Test(visit, what_somebody_else_has_taken_is_not_taken_back)
{
	struct booking_answer a = visit_book("Ang", "quiet", "26T10:00");
	const char *before;

	cr_assert_eq(visit_run(visit_act(a.reference, "book"), DESK), 0);
	cr_assert_eq(visit_run(good(a.reference, "cancel"), DESK), 0);
	visit_book("Goh", "quiet", "26T10:15");
	before = visit_everything();
	cr_expect_eq(visit_run(visit_act(a.reference, "undo"), DESK), E_SLOT_TAKEN);
	cr_expect_str_eq(visit_everything(), before);
}

Test(visit, what_a_patient_withdrew_staff_do_not_take_back)
{
	struct booking_answer a = visit_book("Ang", "main", "27T10:00");

	cr_assert_eq(visit_own(&op_booking_withdraw, a.token, NULL), 0);
	cr_expect_eq(visit_run(visit_act(a.reference, "undo"), DESK), E_CONFLICT);
	cr_expect_eq(visit_status(a.reference), STATUS_CANCELLED);
}

/* ---- moves ---- */

Test(visit, a_move_that_is_refused_leaves_everything_as_it_was)
{
	static const struct {
		const char *sentence, *slot, *doctor;
		int rc;
	} table[] = {
		{ "somebody has that time", "26T11:00", NULL, E_SLOT_TAKEN },
		{ "Dr A has somebody then", "26T10:30", "dr-b", E_SLOT_TAKEN },
		{ "a Sunday", "29T10:00", NULL, E_NOT_OFFERED },
		{ "at night", "26T22:00", NULL, E_NOT_OFFERED },
		{ "beside the grid", "26T12:07", NULL, E_NOT_OFFERED },
		{ "over", "24T12:00", NULL, E_NOT_OFFERED },
		{ "with a doctor of another branch", "26T12:00", "dr-q", E_NOT_OFFERED },
		{ "with nobody", "26T12:00", "dr-nobody", E_INVALID },
	};
	struct booking_answer a = visit_book("Ang", "main", "26T10:00");
	struct act_cmd cmd = visit_act(a.reference, "move");
	const char *before;

	visit_book("Goh", "main", "26T11:00");
	visit_book("Lim", "main", "26T11:00");
	before = visit_everything();
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		int rc;

		cmd.slot = visit_time(table[i].slot);
		cmd.doctor = table[i].doctor;
		rc = visit_run(cmd, DESK);
		cr_expect_eq(rc, table[i].rc, "%s: %d", table[i].sentence, rc);
		cr_expect_str_eq(visit_everything(), before, "%s", table[i].sentence);
	}
}

Test(visit, a_visit_does_not_stand_in_its_own_way)
{
	struct booking_answer a = visit_book("Ang", "quiet", "26T10:00");
	struct act_cmd cmd = visit_act(a.reference, "move");

	cmd.slot = visit_time("26T10:15");
	cr_expect_eq(visit_run(cmd, DESK), 0);
	cr_expect_str_eq(visit_words(a.reference), "26T10:15 dr-q held");
	cr_expect_eq(visit_claims(a.reference), 2);
}

/* ---- against the rules, by somebody who may ---- */

Test(visit, against_the_rules_goes_who_may_and_says_why)
{
	static const struct {
		const char *sentence, *role, *slot, *reason;
		int rc;
	} table[] = {
		{ "the desk may not", "frontdesk", "29T10:00", "she flies on Monday", E_FORBIDDEN },
		{ "nor a manager without a reason", "manager", "29T10:00", NULL, E_INVALID },
		{ "on a Sunday", "manager", "29T10:00", "she flies on Monday", 0 },
		{ "over somebody else", "manager", "26T11:00", "they are sisters", 0 },
		{ "beside the grid", "manager", "26T12:07", "after the laser", 0 },
	};
	struct act_cmd cmd = visit_act(visit_book("Ang", "main", "26T10:00").reference, "move");

	visit_book("Goh", "main", "26T11:00");
	visit_book("Lim", "main", "26T11:00");
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const char *before = visit_everything();
		int rc;

		cmd.slot = visit_time(table[i].slot);
		cmd.override = 1;
		cmd.reason = table[i].reason;
		rc = visit_run(cmd, table[i].role);
		cr_expect_eq(rc, table[i].rc, "%s: %d", table[i].sentence, rc);
		if (rc < 0)
			cr_expect_str_eq(visit_everything(), before, "%s", table[i].sentence);
		else
			cr_expect_eq(sql_number(w.db, "SELECT min(override) FROM claim WHERE n = %lld",
					 (long long)visit_n(cmd.reference)),
			    1, "%s is marked", table[i].sentence);
	}
}
