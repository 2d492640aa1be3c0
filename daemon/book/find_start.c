/* SPDX-License-Identifier: MIT */
/*
 * find_start.c - a list in the order of appointments: those that begin in the
 * range, one range of one index; then, where no range is asked for, those that
 * have none, in the order of arrival.
 */
#include "book/find_stream.h"
#include "queries.h"

#define BUFFER 64

struct starts {
	bool up;
	int64_t start, n;    /* the last one taken */
	int64_t from, to;    /* [from, to) */
	struct q_find_start_up_out buffer[BUFFER];
	size_t at, filled;
	bool ended;
};

static void
open_starts(struct starts *s, const struct find_cmd *f)
{
	*s = (struct starts){ .up = f->up, .from = f->starts_from_ms, .to = f->starts_to_ms };
	s->start = f->up ? s->from : s->to;
	s->n = 0; /* numbers begin at 1: what begins at the bound comes after it */
	if (f->after != 0) {
		s->start = f->after_start;
		s->n = f->after;
	}
}

static int
fill(struct tx *tx, struct starts *s)
{
	struct q_find_start_down_out down;
	struct q_find_start_up_out up;
	int rc;

	s->at = s->filled = 0;
	if (s->up) {
		rc = q_find_start_up(
		    tx->db, .start = s->start, .n = s->n, .until = s->to, .max = BUFFER);
		while (rc >= 0 && (rc = q_find_start_up_next(tx->db, &up)) == 1)
			s->buffer[s->filled++] = up;
	} else {
		rc = q_find_start_down(
		    tx->db, .start = s->start, .n = s->n, .until = s->from, .max = BUFFER);
		while (rc >= 0 && (rc = q_find_start_down_next(tx->db, &down)) == 1)
			s->buffer[s->filled++] = (struct q_find_start_up_out){ down.starts_at, down.n };
	}
	s->ended = s->filled < BUFFER;
	return rc;
}

static int
next_start(struct tx *tx, struct starts *s)
{
	int rc;

	if (s->at == s->filled) {
		if (s->ended)
			return 0;
		if ((rc = fill(tx, s)) < 0)
			return rc;
		if (s->filled == 0)
			return 0;
	}
	s->start = s->buffer[s->at].starts_at;
	s->n = s->buffer[s->at++].n;
	return 1;
}

/* Adds n when it is asked for. 1: the page is full. */
static int
take(struct tx *tx, struct call *c, struct find_res *res, int64_t n, bool with_start)
{
	const struct find_cmd *f = c->cmd;
	struct arena_mark mark = arena_mark(tx->arena);
	struct booking_item *item = &res->items[res->count];
	int rc = find_consider(tx, c, n, item);

	if (rc == 1 && (item->starts_at != 0) != with_start)
		rc = 0;
	if (rc == 0)
		arena_rewind(tx->arena, mark);
	if (rc == 1)
		rc = ++res->count == (size_t)f->limit;
	return rc;
}

static int
those_with(struct tx *tx, struct call *c, struct find_res *res, int *looked)
{
	struct starts s;
	int rc = 0;

	open_starts(&s, c->cmd);
	for (; *looked < FIND_LOOK_MAX; ++*looked) {
		if ((rc = next_start(tx, &s)) != 1)
			return rc;
		res->next = s.n;
		res->next_start = s.start;
		if ((rc = take(tx, c, res, s.n, true)) != 0)
			break;
	}
	return rc < 0 ? rc : 1;
}

static int
those_without(struct tx *tx, struct call *c, struct find_res *res, int looked)
{
	struct find_cmd f = *(const struct find_cmd *)c->cmd;
	struct find_stream stream;
	int64_t n;
	int rc;

	if (f.after_start != FIND_NO_START)
		f.after = 0;
	rc = find_stream_open(tx, &f, &stream);
	for (; rc >= 0 && looked < FIND_LOOK_MAX; looked++) {
		if ((rc = find_stream_next(tx, &stream, &n)) != 1)
			return rc;
		res->next = n;
		res->next_start = FIND_NO_START;
		if ((rc = take(tx, c, res, n, false)) != 0)
			break;
	}
	return rc < 0 ? rc : 1;
}

int
find_by_start(struct tx *tx, struct call *c, struct find_res *res)
{
	const struct find_cmd *f = c->cmd;
	bool ranged = f->starts_from != NULL || f->starts_to != NULL;
	int looked = 0, rc = 0;

	if (f->after == 0 || f->after_start != FIND_NO_START)
		rc = those_with(tx, c, res, &looked);
	if (rc == 0 && !ranged)
		rc = those_without(tx, c, res, looked);
	if (rc == 0) /* all was seen */
		res->next = 0;
	return rc;
}
