/* SPDX-License-Identifier: MIT */
/*
 * retention.c - what is erased when its time is up, as the clinic file says:
 * so many days after the last event of a request.
 *
 * A request whose number is past the first one of that many days ago is younger
 * than that: the range ends there. Those before it are looked at one by one.
 */
#include <stdio.h>
#include <stdlib.h>

#include "book/privacy.h"
#include "queries.h"

#define LOOK_MAX 500 /* requests a step */
#define ERASE_MAX 20 /* of them: some 10 ms of the writer */
#define RUN_AT_HOUR 3
#define LAST_RUN "retention_ran" /* in setting: ms UTC, in digits */

static const struct field rows[] = {
	FIELD(retention_cmd, dry_run, NULL, BOOL, 0, 0, NULL, 0),
	FIELD(retention_cmd, after, NULL, INT, 0, INT64_MAX, NULL, 0),
	FIELD(retention_cmd, gone, NULL, INT, 0, INT64_MAX, NULL, 0),
};

const struct fields retention_fields = FIELDS(rows);

/* One step in the making. */
struct step {
	struct tx *tx;
	struct call *call;
	const struct retention_cmd *cmd;
	struct retention_res *res;
	size_t looked;
};

/* ---- how far a run has come: a status and a number, as one ---- */

static int64_t
place(int status, int64_t n)
{
	return (int64_t)status << 32 | n;
}

static int
place_status(int64_t at)
{
	return (int)(at >> 32);
}

static int64_t
place_n(int64_t at)
{
	return at & UINT32_MAX;
}

/* ---- looking, and erasing ---- */

static const char *
kept_as(const struct clinic_retention *days, enum status s, int *ret_days)
{
	if (s == STATUS_SPAM) {
		*ret_days = days->spam;
		return "spam";
	}
	if (s == STATUS_ATTENDED) {
		*ret_days = days->attended;
		return "attended";
	}
	*ret_days = days->unattended;
	return "unattended";
}

/* The number of the first request received at or after that instant. */
static int
first_since(struct tx *tx, int64_t ms, int64_t *ret_n)
{
	static const uint8_t least[10];
	struct q_booking_n_since_out row;
	int rc = q_booking_n_since(tx->db, &row, .id = uuid_v7(ms, least));

	*ret_n = rc == 1 && !row.n_null ? row.n : INT64_MAX;
	return rc;
}

static int
erase_one(struct step *s, int64_t n)
{
	struct q_booking_row_out row;
	struct erase_res counts = { 0 };
	int rc = q_booking_row(s->tx->db, &row, .n = n);

	return rc < 0 ? rc : erase_request(s->tx, s->call, &row, "retention", &counts);
}

/* Those of one status from that number on. 1: this step has done enough. */
static int
of_status(struct step *s, int status, int64_t after)
{
	struct q_retention_look_out found[LOOK_MAX];
	size_t max = LOOK_MAX - s->looked, count = 0;
	int64_t before, cutoff;
	int days, rc;
	const char *kind = kept_as(&s->call->clinic->retention, (enum status)status, &days);

	cutoff = s->tx->now - days * DAY_MS;
	rc = first_since(s->tx, cutoff + 1, &before);
	if (rc >= 0)
		rc = q_retention_look(s->tx->db, .status = status, .after = after,
		    .before = before, .max = (int64_t)max, .now = s->tx->now);
	while (rc >= 0 && count < max
	    && (rc = q_retention_look_next(s->tx->db, &found[count])) == 1)
		count++;
	if (rc == 1)
		q_retention_look_close(s->tx->db);
	for (size_t i = 0; rc >= 0 && i < count; i++) {
		s->looked++;
		s->res->next = place(status, found[i].n);
		if (found[i].last_at > cutoff)
			continue;
		if (s->cmd->dry_run != 1)
			rc = erase_one(s, found[i].n);
		s->res->items[s->res->count++] = (struct retention_item){ found[i].reference,
			kind, (enum status)status, found[i].last_at };
		if (rc >= 0 && s->cmd->dry_run != 1 && s->res->count == ERASE_MAX)
			return 1;
	}
	return rc < 0 ? rc : s->looked == LOOK_MAX;
}

static int
run_is_over(struct step *s)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%lld", (long long)s->tx->now);

	s->res->next = 0;
	if (s->cmd->dry_run == 1)
		return 0;
	s->call->job.scrub = s->res->count > 0
	    || (s->cmd->gone != FIELD_ABSENT && s->cmd->gone > 0);
	return q_setting_set(s->tx->db, .name = LAST_RUN, .value = { digits, (size_t)n });
}

int
retention(struct tx *tx, struct call *c)
{
	const struct retention_cmd *cmd = c->cmd;
	struct step s = { tx, c, cmd, c->res, 0 };
	int64_t from = cmd->after == FIELD_ABSENT ? 0 : cmd->after;
	int rc = call_check(c);

	if (rc >= 0 && c->clinic == NULL)
		rc = E_UNAVAILABLE; /* nobody has said how long anything is kept */
	if (rc < 0)
		return rc;
	s.res->items = ARENA_ARRAY(tx->arena, struct retention_item, LOOK_MAX);
	for (int status = place_status(from); rc == 0 && status < STATUS_ERASED; status++)
		rc = of_status(&s, status, status == place_status(from) ? place_n(from) : 0);
	if (rc == 0)
		rc = run_is_over(&s);
	return rc < 0 ? rc : 0;
}

/* ---- when ---- */

int
retention_last_run(struct tx *tx, int64_t *ret_ms)
{
	struct q_setting_get_out row;
	int rc = q_setting_get(tx->db, &row, .name = LAST_RUN);

	*ret_ms = rc == 1 ? strtoll(row.value.p, NULL, 10) : 0;
	return rc;
}

/* A night whose clocks skip that hour has it three hours after its start. */
static int64_t
run_of_day(const struct zone *z, int32_t day)
{
	struct civil at = { .hour = RUN_AT_HOUR };
	int64_t ms;

	day_to_date(day, &at.year, &at.month, &at.day);
	return civil_to_ms(z, &at, &ms) == WALL_NEVER
	    ? day_start_ms(z, day) + RUN_AT_HOUR * HOUR_MS
	    : ms;
}

int64_t
retention_due_ms(const struct zone *z, int64_t last_ms)
{
	int32_t day = day_of_ms(z, last_ms);
	int64_t at = run_of_day(z, day);

	return at > last_ms ? at : run_of_day(z, day + 1);
}
