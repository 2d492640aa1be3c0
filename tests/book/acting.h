/* SPDX-License-Identifier: MIT */
/* acting.h - one request, an hour old, and what staff do with it. */
#ifndef TESTS_BOOK_ACTING_H
#define TESTS_BOOK_ACTING_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "support/world.h"

static struct world w;
static const char *reference; /* of request 1, new */

static inline void
setup(void)
{
	struct booking_form *f;

	world_open(&w, ":memory:", NULL);
	f = world_form(w.arena);
	f->note = "as written";
	reference = world_book(&w, f).reference;
	clock_set_ms(WORLD_NOW + HOUR_MS);
}

static inline void
teardown(void)
{
	world_close(&w);
}

static inline struct act_cmd
command(const char *action)
{
	return (struct act_cmd){ .reference = reference,
		.action = action,
		.if_match = sql_number(w.db, "SELECT version FROM booking WHERE n = 1") };
}

/* What the act's body must say, and no more. */
static inline struct act_cmd
good_command(const char *action)
{
	struct act_cmd cmd = command(action);

	cmd.text = "a word about it";
	if (strcmp(action, "contact") == 0) {
		cmd.channel = "phone";
		cmd.outcome = "no-answer";
	} else if (strcmp(action, "tag") == 0)
		cmd.add = strlist_split(w.arena, "laser-treatments");
	else if (strcmp(action, "close") == 0)
		cmd.reason = "unreachable";
	else if (strcmp(action, "cancel") == 0)
		cmd.reason = "patient-asked";
	else if (strcmp(action, "amend") == 0)
		cmd.full_name = "Tan Mei Lin";
	return cmd;
}

static inline int
run_as(const char *role, struct act_cmd *cmd, const char **ret_conflict)
{
	struct call *c = world_call(&w, &op_booking_act, cmd, role);
	int rc = world_run(&w, c);

	if (ret_conflict != NULL)
		*ret_conflict = arena_strdup(w.arena, c->conflict);
	world_call_free(c);
	return rc < 0 ? rc : 0;
}

static inline int
run(struct act_cmd cmd)
{
	return run_as("frontdesk", &cmd, NULL);
}

static inline void
put_status(enum status s)
{
	sql_run(w.db, "UPDATE booking SET status = %d WHERE n = 1", (int)s);
	sql_run(w.db, "UPDATE booking_tag SET status = %d WHERE n = 1", (int)s);
}

static inline int64_t
number(const char *column)
{
	return sql_number(w.db, "SELECT %s FROM booking WHERE n = 1", column);
}

static inline int64_t
events(void)
{
	return sql_number(w.db, "SELECT count(*) FROM event WHERE n = 1");
}

/* The sealed detail of the newest event, opened. */
static inline const char *
last_detail(void)
{
	struct uuid id;

	memcpy(id.b, sql_blob(w.db, w.arena, "SELECT id FROM booking WHERE n = 1").p, 16);
	return note_open(w.arena, &id,
	    sql_blob(
		w.db, w.arena, "SELECT detail FROM event ORDER BY seq DESC LIMIT 1"));
}

#endif
