/* SPDX-License-Identifier: MIT */
/* find_stream.c - ranges of indexes, buffered and merged. */
#include <string.h>

#include "book/find_stream.h"
#include "queries.h"

#define BUFFER 64 /* numbers read at once from each range */

enum range_kind { RANGE_ALL, RANGE_STATUS, RANGE_TERM, RANGE_TOKEN, RANGE_PREFIX };

struct find_range {
	enum range_kind kind;
	int64_t term, status;
	const char *token, *after; /* of a prefix: tokens in [token, after) */
	int64_t buffer[BUFFER];
	size_t at, filled;
	bool ended;
};

/* Reads the numbers past bound by one query of the pair NAME_down, NAME_up. */
#define READ_WITH(name, ...)                                                             \
	do {                                                                             \
		struct q_##name##_out row;                                               \
		rc = q_##name(tx->db, __VA_ARGS__.bound = bound, .max = BUFFER);         \
		while (rc >= 0 && (rc = q_##name##_next(tx->db, &row)) == 1)             \
			r->buffer[r->filled++] = row.n;                                  \
	} while (0)
#define READ(name, ...)                                                                  \
	do {                                                                             \
		if (up)                                                                  \
			READ_WITH(name##_up, __VA_ARGS__);                               \
		else                                                                     \
			READ_WITH(name##_down, __VA_ARGS__);                             \
	} while (0)
#define COMMA ,

static int
range_fill(struct tx *tx, struct find_range *r, bool up, int64_t bound)
{
	int rc = 0;

	r->at = r->filled = 0;
	switch (r->kind) {
	case RANGE_ALL:
		READ(find_all, );
		break;
	case RANGE_STATUS:
		READ(find_status, .status = r->status COMMA);
		break;
	case RANGE_TERM:
		READ(find_term, .term = r->term COMMA.status = r->status COMMA);
		break;
	case RANGE_TOKEN:
		READ(find_token, .token = r->token COMMA);
		break;
	case RANGE_PREFIX:
		READ(find_prefix, .first = r->token COMMA.after = r->after COMMA);
		break;
	}
	r->ended = r->filled < BUFFER;
	return rc;
}

static void
add_range(struct find_stream *s, struct find_range range)
{
	s->ranges[s->count++] = range;
}

static size_t
status_count(unsigned statuses)
{
	size_t n = 0;

	for (int i = 0; i < STATUS_COUNT; i++)
		n += statuses >> i & 1;
	return n;
}

/* The kind of tag that leads: concerns, then the rarer ones. -1: none is asked for. */
static int
leading_terms(const struct find_cmd *f)
{
	static const enum term_kind order[] = { TERM_FLAG, TERM_OPTION, TERM_CONCERN, TERM_REASON };

	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		if (f->term_sets[order[i]].n > 0)
			return (int)order[i];
	return -1;
}

static void
open_search(struct tx *tx, const struct find_cmd *f, struct find_stream *s)
{
	const struct search_want *w = &f->search.wants[0];
	char *after = arena_strdup(tx->arena, w->token);

	s->ranges = ARENA_ARRAY(tx->arena, struct find_range, 1);
	if (!w->prefix) {
		add_range(s, (struct find_range){ .kind = RANGE_TOKEN, .token = w->token });
		return;
	}
	/* Tokens are UTF-8: no byte is 0xff, so this is past all of the prefix. */
	after = arena_printf(tx->arena, "%s\xff", after);
	add_range(s, (struct find_range){ .kind = RANGE_PREFIX, .token = w->token, .after = after });
}

static void
add_term(struct find_stream *s, const struct find_cmd *f, const struct term *term)
{
	for (int st = 0; st < STATUS_COUNT; st++)
		if (f->statuses & STATUS_BIT(st))
			add_range(s, (struct find_range){
					 .kind = RANGE_TERM, .status = st, .term = term->id });
}

/* A reason that follows from a concern is found by that concern's range. */
static bool
derives_any(const struct term *concern, const struct strlist *reasons)
{
	for (const struct term *const *r = concern->derives; *r != NULL; r++)
		if (strlist_has(reasons, (*r)->slug))
			return true;
	return false;
}

static void
open_terms(struct tx *tx, const struct find_cmd *f, struct find_stream *s, enum term_kind kind)
{
	const struct strlist *slugs = &f->term_sets[kind];
	bool all = kind == TERM_CONCERN && f->match != NULL && strcmp(f->match, "all") == 0;
	const struct taxonomy *t = taxonomy_get();
	size_t n = all ? 1 : slugs->n; /* all of them: any one leads */

	s->ranges = ARENA_ARRAY(tx->arena, struct find_range,
	    (n + (kind == TERM_REASON ? t->term_count : 0)) * status_count(f->statuses));
	for (size_t i = 0; i < n; i++)
		add_term(s, f, taxonomy_find(t, kind, slugs->v[i]));
	for (size_t i = 0; kind == TERM_REASON && i < t->term_count; i++)
		if (derives_any(&t->terms[i], slugs))
			add_term(s, f, &t->terms[i]);
}

static void
open_statuses(struct tx *tx, const struct find_cmd *f, struct find_stream *s)
{
	s->ranges = ARENA_ARRAY(tx->arena, struct find_range, STATUS_COUNT);
	if (f->status.n == 0 && f->unanswered_hours == FIELD_ABSENT && f->due == NULL) {
		add_range(s, (struct find_range){ .kind = RANGE_ALL });
		return;
	}
	for (int st = 0; st < STATUS_COUNT; st++)
		if (f->statuses & STATUS_BIT(st))
			add_range(s, (struct find_range){ .kind = RANGE_STATUS, .status = st });
}

/* The first n received at or after ms: ids are UUIDv7, so their index tells. */
static int
n_since(struct tx *tx, int64_t ms, int64_t *ret_n)
{
	struct q_booking_n_since_out row;
	struct uuid id = { { 0 } };
	int rc;

	for (int i = 0; i < 6; i++)
		id.b[i] = (uint8_t)(ms >> (40 - 8 * i));
	rc = q_booking_n_since(tx->db, &row, .id = id);
	*ret_n = rc == 1 && !row.n_null ? row.n : INT64_MAX;
	return rc < 0 ? rc : 0;
}

/* From where to where: the cursor and the dates, as numbers. */
static int
set_bounds(struct tx *tx, const struct find_cmd *f, struct find_stream *s)
{
	int64_t first = 0, end = INT64_MAX; /* n in [first, end) */
	int rc = 0;

	if (f->from_ms > 0)
		rc = n_since(tx, f->from_ms, &first);
	if (rc >= 0 && f->to_ms < ((int64_t)1 << 47))
		rc = n_since(tx, f->to_ms > 0 ? f->to_ms : 0, &end);
	s->up = f->up;
	s->last = f->up ? first - 1 : end;
	s->stop = f->up ? end : first - 1;
	if (f->after != 0 && (f->up ? f->after > s->last : f->after < s->last))
		s->last = f->after;
	return rc;
}

int
find_stream_open(struct tx *tx, const struct find_cmd *f, struct find_stream *s)
{
	int terms = leading_terms(f);

	*s = (struct find_stream){ 0 };
	if (f->q != NULL)
		open_search(tx, f, s);
	else if (terms >= 0)
		open_terms(tx, f, s, (enum term_kind)terms);
	else
		open_statuses(tx, f, s);
	return set_bounds(tx, f, s);
}

/* The head of a range past s->last, filling its buffer where it ran dry. */
static int
range_head(struct tx *tx, struct find_stream *s, struct find_range *r, int64_t *ret_n)
{
	int rc = 0;

	for (;;) {
		while (r->at < r->filled
		    && (s->up ? r->buffer[r->at] <= s->last : r->buffer[r->at] >= s->last))
			r->at++;
		if (r->at < r->filled) {
			*ret_n = r->buffer[r->at];
			return 1;
		}
		if (r->ended)
			return 0;
		if ((rc = range_fill(tx, r, s->up, s->last)) < 0)
			return rc;
	}
}

int
find_stream_next(struct tx *tx, struct find_stream *s, int64_t *ret_n)
{
	int64_t best = 0, n;
	bool found = false;
	int rc;

	for (size_t i = 0; i < s->count; i++) {
		rc = range_head(tx, s, &s->ranges[i], &n);
		if (rc < 0)
			return rc;
		if (rc == 1 && (!found || (s->up ? n < best : n > best))) {
			best = n;
			found = true;
		}
	}
	if (!found || (s->up ? best >= s->stop : best <= s->stop))
		return 0;
	*ret_n = s->last = best;
	return 1;
}
