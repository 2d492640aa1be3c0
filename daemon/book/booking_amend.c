/* SPDX-License-Identifier: MIT */
/* booking_amend.c - one way to change what a request says of a person. */
#include <string.h>

#include "book/booking_amend.h"
#include "book/search.h"

/* The texts of struct amend by name: for comparing, and for the history. */
static const struct {
	const char *name;
	size_t offset;
} texts[] = {
	{ "full_name", offsetof(struct amend, full_name) },
	{ "phone", offsetof(struct amend, phone) },
	{ "email", offsetof(struct amend, email) },
	{ "contact_method", offsetof(struct amend, contact_method) },
	{ "language", offsetof(struct amend, language) },
	{ "guardian_name", offsetof(struct amend, guardian_name) },
	{ "guardian_phone", offsetof(struct amend, guardian_phone) },
	{ "guardian_relation", offsetof(struct amend, guardian_relation) },
	{ "best_time_to_call", offsetof(struct amend, call_time) },
	{ "note", offsetof(struct amend, note) },
};

struct amend
amend_of_row(struct arena *a, const struct q_booking_row_out *r)
{
	return (struct amend){ r->full_name, r->phone, r->phone_typed, r->email,
		r->contact_method, r->language, r->guardian_name, r->guardian_phone,
		r->guardian_relation, r->preferred_days, r->preferred_parts, r->call_time,
		note_open(a, &r->id, r->note), NULL, NULL };
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* {"old":{...}}: only what changes. */
static const char *
old_values(struct arena *a, const struct amend *was, const struct amend *next)
{
	struct strlist days = booking_day_list(a, was->days);
	struct strlist parts = booking_part_list(a, was->parts);
	struct obuf o;

	obuf_init(&o, a, 65536);
	obuf_json_open(&o, '{');
	obuf_json_key(&o, "old");
	obuf_json_open(&o, '{');
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const char *const *w = (const void *)((const char *)was + texts[i].offset);
		const char *const *x = (const void *)((const char *)next + texts[i].offset);

		if (!same(*w, *x))
			obuf_json_kstr(&o, texts[i].name, *w);
	}
	if (was->days != next->days)
		obuf_json_kwords(&o, "preferred_days", &days);
	if (was->parts != next->parts)
		obuf_json_kwords(&o, "preferred_parts", &parts);
	if (next->old_concerns != NULL)
		obuf_json_kwords(&o, "concerns", next->old_concerns);
	if (next->old_reasons != NULL)
		obuf_json_kwords(&o, "reasons", next->old_reasons);
	obuf_json_close(&o, '}');
	obuf_json_close(&o, '}');
	return o.data;
}

static int
renew_tokens(struct tx *tx, int64_t n, const struct amend *next)
{
	struct strlist tokens
	    = search_tokens(tx->arena, next->full_name, next->phone, next->email);
	int rc = q_search_token_delete(tx->db, .n = n);

	return rc < 0 ? rc : search_tokens_put(tx, n, &tokens);
}

int
booking_amend(struct tx *tx, const struct call *c, const struct q_booking_row_out *row,
    const struct amend *next)
{
	struct amend was = amend_of_row(tx->arena, row);
	struct history e = { .n = row->n,
		.kind = "amended",
		.from = -1,
		.to = -1,
		.detail = old_values(tx->arena, &was, next) };
	int rc = q_booking_amend(tx->db, .n = row->n, .full_name = next->full_name,
	    .phone = next->phone, .phone_typed = next->phone_typed, .email = next->email,
	    .contact_method = next->contact_method, .language = next->language,
	    .guardian_name = next->guardian_name, .guardian_phone = next->guardian_phone,
	    .guardian_relation = next->guardian_relation, .preferred_days = next->days,
	    .preferred_parts = next->parts, .call_time = next->call_time,
	    .note = note_seal(tx->arena, &row->id, next->note));

	if (rc >= 0)
		rc = renew_tokens(tx, row->n, next);
	if (rc >= 0)
		rc = history_add(tx, c, &row->id, &e);
	return rc;
}
