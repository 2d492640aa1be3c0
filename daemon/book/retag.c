/* SPDX-License-Identifier: MIT */
/* retag.c - a step of the reading: a hundred requests by their numbers. */
#include "base/err.h"
#include "book/booking.h"
#include "book/retag.h"
#include "queries.h"

static const struct field rows[] = { FIELD(retag_cmd, after, NULL, INT, 0, INT64_MAX, NULL, 0) };
const struct fields retag_fields = FIELDS(rows);

static int
retag_one(struct tx *tx, int64_t n, struct retag_res *res)
{
	struct tag_match *matches = ARENA_ARRAY(tx->arena, struct tag_match, TAG_MATCHES_MAX);
	struct q_booking_row_out row;
	const char *note;
	size_t count;
	int64_t before = db_total_changes(tx->db);
	int rc = q_booking_row(tx->db, &row, .n = n);

	if (rc <= 0 || (note = note_open(tx->arena, &row.id, row.note)) == NULL)
		return rc;
	count = tag_text(lexicon_get(), tx->arena, note, matches);
	rc = tags_suggest(tx, n, (enum status)row.status, matches, count);
	res->added += db_total_changes(tx->db) - before;
	return rc;
}

int
retag(struct tx *tx, struct call *c)
{
	const struct retag_cmd *cmd = c->cmd;
	struct retag_res *res = c->res;
	struct q_find_all_up_out found[RETAG_STEP];
	int64_t after = cmd->after == FIELD_ABSENT ? 0 : cmd->after;
	size_t count = 0;
	int rc = call_check(c);

	if (rc >= 0)
		rc = q_find_all_up(tx->db, .bound = after, .max = RETAG_STEP);
	while (rc >= 0 && (rc = q_find_all_up_next(tx->db, &found[count])) == 1)
		if (++count == RETAG_STEP) {
			q_find_all_up_close(tx->db);
			break;
		}
	for (size_t i = 0; rc >= 0 && i < count; i++) {
		struct arena_mark mark = arena_mark(tx->arena);

		rc = retag_one(tx, found[i].n, res);
		arena_rewind(tx->arena, mark);
	}
	res->looked = (int64_t)count;
	res->next = count == RETAG_STEP ? found[count - 1].n : 0;
	return rc < 0 ? rc : 0;
}
