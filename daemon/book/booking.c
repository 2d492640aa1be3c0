/* SPDX-License-Identifier: MIT */
/* booking.c - pieces that every file of this noun leans on. */
#include <string.h>

#include "book/booking.h"
#include "queries.h"

const char *const tag_source_names[TAG_SOURCES + 1]
    = { "patient", "text", "staff", "article", NULL };

const char *
actor_kind_name(enum actor_kind k)
{
	static const char *const names[] = {
		[ACTOR_PATIENT] = "patient",
		[ACTOR_STAFF] = "staff",
		[ACTOR_ADMIN] = "admin",
		[ACTOR_SYSTEM] = "system",
	};

	return names[k];
}

struct blob
note_seal(struct arena *a, const struct uuid *booking, const char *text)
{
	if (text == NULL)
		return (struct blob){ NULL, 0 };
	return secret_seal(a, &op_keys()->note, booking->b, sizeof(booking->b), text, strlen(text));
}

const char *
note_open(struct arena *a, const struct uuid *booking, struct blob sealed)
{
	return sealed.p == NULL ? NULL
				: secret_open(a, &op_keys()->note, booking->b, sizeof(booking->b), sealed);
}

int
history_add(struct tx *tx, const struct call *c, const struct uuid *booking, const struct history *e)
{
	int rc = q_event_insert(tx->db, .now = tx->now, .n = e->n, .kind = e->kind,
	    .actor_kind = actor_kind_name(c->actor.kind), .actor = c->actor.name,
	    .from_status = e->from, .from_status_null = e->from < 0, .to_status = e->to,
	    .to_status_null = e->to < 0, .reason = e->reason,
	    .detail = note_seal(tx->arena, booking, e->detail));

	return rc < 0 ? rc : 0;
}

int
consent_add(struct tx *tx, int64_t n, const char *basis, int64_t text, const char *language,
    const char *channel)
{
	return q_consent_insert(tx->db, .n = n, .now = tx->now, .basis = basis, .text = text,
	    .text_null = text == 0, .language = language, .channel = channel);
}

int
search_tokens_put(struct tx *tx, int64_t n, const struct strlist *tokens)
{
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < tokens->n; i++)
		rc = q_search_token_insert(tx->db, .token = tokens->v[i], .n = n);
	return rc;
}

int
tags_put(struct tx *tx, int64_t n, enum status status, const struct strlist *slugs,
    enum term_kind kind, enum tag_source source)
{
	const struct taxonomy *t = taxonomy_get();
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < slugs->n; i++) {
		const struct term *term = taxonomy_find(t, kind, slugs->v[i]);

		if (term != NULL)
			rc = q_tag_insert(tx->db, .n = n, .term = term->id, .source = source,
			    .taxonomy = t->version, .status = status);
	}
	return rc;
}

int
tags_suggest(struct tx *tx, int64_t n, enum status status, const struct tag_match *m,
    size_t count)
{
	int64_t version = taxonomy_get()->version;
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < count; i++)
		rc = q_tag_suggest(tx->db, .n = n, .term = m[i].term->id, .taxonomy = version,
		    .status = status, .word_offset = (int64_t)m[i].offset,
		    .word_length = (int64_t)m[i].length);
	return rc;
}

int
booking_by_reference(struct tx *tx, const struct call *c, const char *reference, int64_t *ret_n)
{
	struct q_booking_row_out row;
	int64_t n;
	int rc;

	if (!reference_parse(op_keys()->reference.b, reference, &n))
		return E_NOT_FOUND;
	rc = q_booking_row(tx->db, &row, .n = n);
	if (rc < 0)
		return rc;
	if (rc == 0 || (c->actor.branch != 0 && row.branch != c->actor.branch))
		return E_NOT_FOUND;
	*ret_n = n;
	return 0;
}
