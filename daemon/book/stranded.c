/* SPDX-License-Identifier: MIT */
/* stranded.c - the appointments to come, held against a schedule that is to be. */
#include <string.h>

#include "book/booking.h"
#include "book/stranded.h"
#include "queries.h"

#define NAMED_MAX 10 /* references in a sentence */

/* Is every room of it still one of the branch's? in_spite: staff gave it against a reason. */
static int
keeps_rooms(struct tx *tx, const struct clinic *c, int64_t n, bool *ret_in_spite)
{
	struct q_claim_of_out row;
	bool all = true;
	int rc = q_claim_of(tx->db, .n = n);

	*ret_in_spite = false;
	while (rc >= 0 && (rc = q_claim_of_next(tx->db, &row)) == 1) {
		*ret_in_spite |= row.override;
		bool known = clinic_doctor_by_id(c, row.resource) != NULL;

		for (size_t i = 0; i < c->room_count; i++)
			known |= c->rooms[i].id == row.resource;
		all &= known;
	}
	return rc < 0 ? rc : all;
}

static unsigned
against(const struct schedule *s, const struct q_appointment_held_from_out *row)
{
	const struct branch *b = clinic_branch_by_id(s->clinic, row->branch);

	return b == NULL ? SLOT_BIT(SLOT_HOURS)
			 : slot_against(s, b, clinic_doctor_by_id(s->clinic, row->doctor),
			       row->starts_at, row->ends_at);
}

/* All of them: the rows, in the arena. */
static int
held(struct tx *tx, struct q_appointment_held_from_out **ret_rows, size_t *ret_count)
{
	struct q_appointment_held_from_out row;
	size_t room = 0;
	int rc = q_appointment_held_from(tx->db, .now = tx->now);

	*ret_rows = NULL;
	*ret_count = 0;
	while (rc >= 0 && (rc = q_appointment_held_from_next(tx->db, &row)) == 1) {
		if (*ret_count == room) {
			struct q_appointment_held_from_out *more;

			room = room == 0 ? 256 : 2 * room;
			more = ARENA_ARRAY(tx->arena, struct q_appointment_held_from_out, room);
			if (*ret_count > 0)
				memcpy(more, *ret_rows, *ret_count * sizeof(row));
			*ret_rows = more;
		}
		(*ret_rows)[(*ret_count)++] = row;
	}
	return rc;
}

static void
add(struct stranded *s, const struct clinic *c, const struct q_appointment_held_from_out *row,
    enum slot_why why)
{
	const struct branch *b = clinic_branch_by_id(c, row->branch);
	const struct doctor *d = clinic_doctor_by_id(c, row->doctor);

	s->rows[s->count++] = (struct stranded_row){ row->n, row->starts_at, row->branch, row->reference,
		d == NULL ? NULL : d->slug, b == NULL ? c->zone : b->hours.zone, why,
		row->stranded_at_null };
}

int
stranded_find(
    struct tx *tx, const struct clinic *present, const struct clinic *next, struct stranded *ret)
{
	struct q_appointment_held_from_out *rows;
	struct schedule *s, *before;
	size_t count;
	bool in_spite;
	int rc = held(tx, &rows, &count);

	*ret = (struct stranded){ 0 };
	if (rc < 0 || count == 0)
		return rc;
	ret->rows = ARENA_ARRAY(tx->arena, struct stranded_row, count);
	ret->relieved = ARENA_ARRAY(tx->arena, int64_t, count);
	s = schedule_new(next, tx->now, rows[count - 1].ends_at + DAY_MS);
	before = present == NULL
	    ? NULL
	    : schedule_new(present, tx->now, rows[count - 1].ends_at + DAY_MS);
	for (size_t i = 0; rc >= 0 && i < count; i++) {
		unsigned bits = against(s, &rows[i]);
		enum slot_why why;

		if ((rc = keeps_rooms(tx, next, rows[i].n, &in_spite)) < 0)
			break;
		if (in_spite && before != NULL && rows[i].stranded_at_null)
			bits &= ~against(before, &rows[i]);
		why = slot_against_first(rc == 1 ? bits : bits | SLOT_BIT(SLOT_NO_ROOM));
		if (why != SLOT_FREE)
			add(ret, next, &rows[i], why);
		else if (!rows[i].stranded_at_null)
			ret->relieved[ret->relieved_count++] = rows[i].n;
	}
	schedule_free(s);
	schedule_free(before);
	for (size_t i = 0; i < ret->count; i++) /* it outlives the clinic looked at */
		if (ret->rows[i].doctor != NULL)
			ret->rows[i].doctor = arena_strdup(tx->arena, ret->rows[i].doctor);
	return rc;
}

size_t
stranded_fresh(const struct stranded *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++)
		n += s->rows[i].fresh;
	return n;
}

void
stranded_keep(struct stranded *s, int64_t branch)
{
	size_t count = 0;

	for (size_t i = 0; i < s->count; i++)
		if (s->rows[i].branch == branch)
			s->rows[count++] = s->rows[i];
	s->count = count;
}

const char *
stranded_sentence(struct arena *a, const struct stranded *s)
{
	size_t fresh = stranded_fresh(s), named = 0;
	const char *list = "";

	for (size_t i = 0; i < s->count && named < NAMED_MAX; i++)
		if (s->rows[i].fresh)
			list = arena_printf(a, "%s%s%s", list, named++ == 0 ? "" : ", ",
			    s->rows[i].reference);
	return arena_printf(a, "This would strand %zu appointment%s: %s%s. Nothing was changed.", fresh,
	    fresh == 1 ? "" : "s", list, fresh > named ? ", ..." : "");
}

static int
tell(struct tx *tx, const struct call *c, int64_t n, const char *kind, const char *why)
{
	struct q_booking_row_out row;
	struct history e = { n, kind, -1, -1, why, NULL };
	int rc = q_booking_row(tx->db, &row, .n = n);

	return rc <= 0 ? rc : history_add(tx, c, &row.id, &e);
}

int
stranded_mark(struct tx *tx, const struct call *c, const struct stranded *s)
{
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < s->count; i++) {
		if (!s->rows[i].fresh)
			continue;
		rc = q_appointment_strand(tx->db, .n = s->rows[i].n, .stranded_at = tx->now);
		if (rc >= 0)
			rc = tell(tx, c, s->rows[i].n, "stranded", slot_why_word(s->rows[i].why));
	}
	for (size_t i = 0; rc >= 0 && i < s->relieved_count; i++) {
		rc = q_appointment_strand(tx->db, .n = s->relieved[i], .stranded_at_null = true);
		if (rc >= 0)
			rc = tell(tx, c, s->relieved[i], "relieved", NULL);
	}
	return rc;
}

void
stranded_json(struct obuf *o, const struct stranded *s)
{
	char text[40];

	obuf_json_key(o, "stranded");
	obuf_json_open(o, '[');
	for (size_t i = 0; i < s->count; i++) {
		const struct stranded_row *r = &s->rows[i];

		obuf_json_open(o, '{');
		obuf_json_kstr(o, "reference", r->reference);
		obuf_json_kstr(o, "starts_at", rfc3339_local(r->zone, r->starts_at, text));
		obuf_json_kstr(o, "doctor", r->doctor);
		obuf_json_kstr(o, "why", slot_why_word(r->why));
		obuf_json_kbool(o, "already", !r->fresh);
		obuf_json_close(o, '}');
	}
	obuf_json_close(o, ']');
}
