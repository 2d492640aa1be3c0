/* SPDX-License-Identifier: MIT */
/* find.c - the filters of a list: read, checked, and held against a request. */
#include <string.h>

#include "book/find.h"
#include "book/find_stream.h"
#include "queries.h"

static const char *const matches[] = { "any", "all", NULL };
static const char *const dues[] = { "overdue", "today", NULL };
static const char *const sorts[] = { "received", "-received", "starts", "-starts", NULL };
static const char *const yes[] = { "yes", "no", NULL };

#define F(f, type, min, max, choices) FIELD(find_cmd, f, NULL, type, min, max, choices, 0)

/* To add one: 1. a member of struct find_cmd; 2. a row; 3. find_check or matches(). */
static const struct field rows[] = {
	F(status, WORDS, 0, STATUS_COUNT, status_names),
	F(concern, WORDS, 0, 20, NULL),
	F(reason, WORDS, 0, 20, NULL),
	F(option, WORDS, 0, 20, NULL),
	F(flag, WORDS, 0, 20, NULL),
	F(doctor, WORDS, 0, 50, NULL),
	F(branch, WORDS, 0, 50, NULL),
	F(service, WORDS, 0, 50, NULL),
	F(language, WORDS, 0, 5, languages),
	F(match, WORD, 0, 0, matches),
	F(tag_source, WORD, 0, 0, tag_source_names),
	F(received_from, LINE, 0, 40, NULL),
	F(received_to, LINE, 0, 40, NULL),
	F(starts_from, LINE, 0, 40, NULL),
	F(starts_to, LINE, 0, 40, NULL),
	F(stranded, WORD, 0, 0, yes),
	F(unanswered_hours, INT, 0, 1000, NULL),
	F(due, WORD, 0, 0, dues),
	F(q, LINE, 0, 200, NULL),
	F(sort, WORD, 0, 0, sorts),
	F(limit, INT, 1, FIND_LIMIT_MAX, NULL),
	F(cursor, LINE, 0, 80, NULL),
	F(notes, WORD, 0, 0, yes),
};

const struct fields find_fields = FIELDS(rows);

/* ---- checks ---- */

/* A date is the start of its day in the clinic's zone, or, at the end of a
 * range, the start of the next; an instant is itself. */
static int64_t
when(const char *text, const char *field, const struct clinic *c, bool end, struct problems *p)
{
	int64_t ms = 0;
	int32_t day;

	if (date_parse(text, &day))
		return day_start_ms(c->zone, day + end);
	if (!rfc3339_parse(text, &ms))
		problem_add(p, field, "invalid", "Use a date like 2026-11-26, or RFC 3339.");
	return ms;
}

static void
check_slugs(const struct strlist *l, const char *name, enum term_kind kind, struct problems *p)
{
	for (size_t i = 0; i < l->n; i++)
		if (taxonomy_find(taxonomy_get(), kind, l->v[i]) == NULL)
			problem_add(p, name, "invalid", "There is no %s named \"%s\".",
			    term_kind_name(kind), l->v[i]);
}

static void
check_places(const struct find_cmd *f, const struct clinic *c, struct problems *p)
{
	for (size_t i = 0; i < f->branch.n; i++)
		if (clinic_branch(c, f->branch.v[i]) == NULL)
			problem_add(p, "branch", "invalid", "There is no branch named \"%s\".",
			    f->branch.v[i]);
	for (size_t i = 0; i < f->service.n; i++)
		if (clinic_service(c, f->service.v[i]) == NULL)
			problem_add(p, "service", "invalid", "There is no service named \"%s\".",
			    f->service.v[i]);
	for (size_t i = 0; i < f->doctor.n; i++)
		if (clinic_doctor(c, f->doctor.v[i]) == NULL)
			problem_add(p, "doctor", "invalid", "There is no doctor named \"%s\".",
			    f->doctor.v[i]);
}

/* A cursor says in which order it was made: another order cannot go on from it. */
struct cursor {
	uint8_t order;
	uint8_t after[8], start[8];
};

static uint8_t
order_of(const struct find_cmd *f)
{
	uint8_t i = 0;

	while (f->sort != NULL && strcmp(sorts[i], f->sort) != 0)
		i++;
	return f->sort == NULL ? 1 : i;
}

static void
check_cursor(struct find_cmd *f, struct problems *p)
{
	struct cursor cursor;

	if (f->cursor == NULL)
		return;
	if (!str_base64url_decode(f->cursor, &cursor, sizeof(cursor))
	    || cursor.order != order_of(f) || ((cursor.after[0] | cursor.start[0]) & 0x80) != 0) {
		problem_add(p, "cursor", "invalid", "Use the cursor of the page before, unchanged.");
		return;
	}
	for (int i = 0; i < 8; i++) {
		f->after = f->after << 8 | cursor.after[i];
		f->after_start = f->after_start << 8 | cursor.start[i];
	}
}

const char *
find_cursor(struct arena *a, const struct find_cmd *f, const struct find_res *res)
{
	struct cursor cursor = { .order = order_of(f) };
	char *text = arena_alloc(a, 32);

	for (int i = 0; i < 8; i++) {
		cursor.after[i] = (uint8_t)(res->next >> (56 - 8 * i));
		cursor.start[i] = (uint8_t)(res->next_start >> (56 - 8 * i));
	}
	str_base64url(&cursor, sizeof(cursor), text);
	return text;
}

static void
settle_statuses(struct find_cmd *f)
{
	for (size_t i = 0; i < f->status.n; i++)
		f->statuses |= STATUS_BIT(status_from_name(f->status.v[i]));
	if (f->status.n == 0)
		f->statuses = STATUS_ALL & ~STATUS_BIT(STATUS_SPAM);
	if (f->unanswered_hours != FIELD_ABSENT || f->due != NULL)
		f->statuses &= STATUS_BIT(STATUS_NEW);
}

void
find_check(struct find_cmd *f, const struct clinic *c, struct problems *p)
{
	f->term_sets[TERM_CONCERN] = f->concern;
	f->term_sets[TERM_REASON] = f->reason;
	f->term_sets[TERM_OPTION] = f->option;
	f->term_sets[TERM_FLAG] = f->flag;
	for (int k = 0; k < TERM_KINDS; k++)
		check_slugs(&f->term_sets[k], term_kind_name((enum term_kind)k), (enum term_kind)k, p);
	check_places(f, c, p);
	check_cursor(f, p);
	settle_statuses(f);
	f->from_ms = f->received_from == NULL ? 0 : when(f->received_from, "received_from", c, false, p);
	f->to_ms = f->received_to == NULL ? INT64_MAX
					  : when(f->received_to, "received_to", c, true, p);
	f->starts_from_ms = f->starts_from == NULL ? 0 : when(f->starts_from, "starts_from", c, false, p);
	f->starts_to_ms = f->starts_to == NULL ? INT64_MAX
					       : when(f->starts_to, "starts_to", c, true, p);
	if (f->limit == FIELD_ABSENT)
		f->limit = 50;
	f->up = f->sort != NULL && f->sort[0] != '-';
	f->by_start = f->sort != NULL && strcmp(f->sort + (f->sort[0] == '-'), "starts") == 0;
	if (f->q != NULL) {
		f->search = search_parse(p->arena, f->q, c->prefix);
		f->nothing |= f->search.kind == SEARCH_NOTHING;
	}
}

/* ---- a request held against the filters ---- */

static bool
has_term(const struct booking_item *item, const struct find_cmd *f, enum term_kind kind,
    const char *slug)
{
	for (size_t i = 0; i < item->tag_count; i++) {
		const struct booking_tag *t = &item->tags[i];

		if (t->term->kind == kind && strcmp(t->term->slug, slug) == 0
		    && (f->tag_source == NULL
			|| strcmp(tag_source_names[t->source], f->tag_source) == 0))
			return true;
	}
	return false;
}

static bool
has_terms(const struct booking_item *item, const struct find_cmd *f, enum term_kind kind)
{
	const struct strlist *want = &f->term_sets[kind];
	bool all = kind == TERM_CONCERN && f->match != NULL && strcmp(f->match, "all") == 0;
	size_t found = 0;

	for (size_t i = 0; i < want->n; i++)
		found += has_term(item, f, kind, want->v[i]);
	return want->n == 0 || (all ? found == want->n : found > 0);
}

/* tag_source alone: whoever has any tag of that source. */
static bool
has_source(const struct booking_item *item, const struct find_cmd *f)
{
	if (f->tag_source == NULL)
		return true;
	for (size_t i = 0; i < item->tag_count; i++)
		if (strcmp(tag_source_names[item->tags[i].source], f->tag_source) == 0)
			return true;
	return false;
}

static bool
is_due(const struct booking_item *item, const struct find_cmd *f, int64_t now)
{
	if (f->due == NULL)
		return true;
	if (strcmp(f->due, "overdue") == 0)
		return item->respond_by < now;
	return item->zone != NULL && day_of_ms(item->zone, item->respond_by) == day_of_ms(item->zone, now);
}

static bool
is_unanswered(const struct booking_item *item, const struct find_cmd *f,
    const struct clinic *c, int64_t now)
{
	const struct branch *b;

	if (f->unanswered_hours == FIELD_ABSENT)
		return true;
	b = clinic_branch(c, item->branch);
	return b != NULL && item->clock_at <= hours_before(&b->hours, now, f->unanswered_hours * HOUR_MS);
}

static bool
matches_item(const struct booking_item *item, const struct find_cmd *f,
    const struct call *c, int64_t now)
{
	const struct branch *b = clinic_branch(c->clinic, item->branch);

	if (!(f->statuses & STATUS_BIT(item->status)))
		return false;
	if (c->actor.branch != 0 && (b == NULL || b->id != c->actor.branch))
		return false;
	if (item->received_at < f->from_ms || item->received_at >= f->to_ms)
		return false;
	if ((f->starts_from != NULL || f->starts_to != NULL)
	    && (item->starts_at == 0 || item->starts_at < f->starts_from_ms
		|| item->starts_at >= f->starts_to_ms))
		return false;
	if (f->stranded != NULL
	    && (item->stranded_at != 0) != (strcmp(f->stranded, "yes") == 0))
		return false;
	if ((f->branch.n > 0 && !strlist_has(&f->branch, item->branch))
	    || (f->service.n > 0 && !strlist_has(&f->service, item->service))
	    || (f->language.n > 0 && !strlist_has(&f->language, item->language))
	    || (f->doctor.n > 0
		&& (item->doctor == NULL || !strlist_has(&f->doctor, item->doctor))))
		return false;
	for (int k = 0; k < TERM_KINDS; k++)
		if (!has_terms(item, f, (enum term_kind)k))
			return false;
	return has_source(item, f) && is_due(item, f, now) && is_unanswered(item, f, c->clinic, now);
}

/* The second and later words of a search, against the request's own tokens. */
static int
matches_search(struct tx *tx, const struct find_cmd *f, int64_t n)
{
	struct strlist tokens = { 0 };
	struct q_search_token_list_out row;
	int rc;

	if (f->q == NULL || f->search.want_count < 2)
		return 1;
	rc = q_search_token_list(tx->db, .n = n);
	while (rc >= 0 && (rc = q_search_token_list_next(tx->db, &row)) == 1)
		strlist_add(&tokens, tx->arena, row.token);
	for (size_t i = 1; rc >= 0 && i < f->search.want_count; i++)
		if (!search_matches(&tokens, &f->search.wants[i]))
			return 0;
	return rc < 0 ? rc : 1;
}

int
find_consider(struct tx *tx, struct call *c, int64_t n, struct booking_item *item)
{
	const struct find_cmd *f = c->cmd;
	int rc = booking_item_load(tx, c, n, item);

	if (rc <= 0)
		return rc;
	return matches_item(item, f, c, tx->now) ? matches_search(tx, f, n) : 0;
}

/* ---- pages ---- */

static int
find_by_reference(struct tx *tx, struct call *c, struct find_res *res)
{
	const struct find_cmd *f = c->cmd;
	int64_t n;
	int rc = booking_by_reference(tx, c, f->search.text, &n);

	if (rc == E_NOT_FOUND || (rc == 0 && f->after != 0))
		return 0;
	if (rc == 0 && (rc = find_consider(tx, c, n, &res->items[0])) == 1)
		res->count = 1;
	return rc < 0 ? rc : 0;
}

static int
find_page(struct tx *tx, struct call *c, struct find_res *res)
{
	const struct find_cmd *f = c->cmd;
	struct find_stream stream;
	int64_t n = 0;
	int rc = find_stream_open(tx, f, &stream);

	for (int looked = 0; rc >= 0 && looked < FIND_LOOK_MAX; looked++) {
		struct arena_mark mark = arena_mark(tx->arena);

		if ((rc = find_stream_next(tx, &stream, &n)) != 1)
			return rc;
		rc = find_consider(tx, c, n, &res->items[res->count]);
		if (rc == 0) /* not one of them: its memory serves the next */
			arena_rewind(tx->arena, mark);
		if (rc == 1 && ++res->count == (size_t)f->limit)
			break;
	}
	res->next = n; /* the page is full, or looked far enough: go on from here */
	return rc;
}

int
booking_find(struct tx *tx, struct call *c)
{
	const struct find_cmd *f = c->cmd;
	struct find_res *res = c->res;
	int rc = call_check(c);

	if (rc < 0)
		return rc;
	res->items = ARENA_ARRAY(tx->arena, struct booking_item, (size_t)f->limit);
	if (f->nothing || f->statuses == 0)
		return 0;
	if (f->q != NULL && f->search.kind == SEARCH_REFERENCE)
		rc = find_by_reference(tx, c, res);
	else
		rc = f->by_start ? find_by_start(tx, c, res) : find_page(tx, c, res);
	return rc < 0 ? rc : 0;
}

/* The same page, with notes where they are asked for and may be seen. */
int
booking_export(struct tx *tx, struct call *c)
{
	const struct find_cmd *f = c->cmd;
	struct find_res *res = c->res;
	struct q_booking_row_out row;
	int rc = booking_find(tx, c);

	if (rc < 0 || f->notes == NULL || strcmp(f->notes, "yes") != 0)
		return rc;
	res->notes = ARENA_ARRAY(tx->arena, const char *, res->count + 1);
	for (size_t i = 0; rc >= 0 && i < res->count; i++)
		if ((rc = q_booking_row(tx->db, &row, .n = res->items[i].n)) == 1)
			res->notes[i] = note_open(tx->arena, &row.id, row.note);
	return rc < 0 ? rc : 0;
}
