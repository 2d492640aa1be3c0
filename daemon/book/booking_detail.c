/* SPDX-License-Identifier: MIT */
/*
 * booking_detail.c - one request, whole: its fields, tags, consent, attempts and
 * history, and the other requests of the same phone. Built as JSON inside the
 * reading transaction, so that all of it is of one moment.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "book/booking.h"
#include "book/propose.h"
#include "book/search.h"
#include "queries.h"

#define OTHERS_MAX 50

/* What the pieces write to and need to know. */
struct detail {
	struct tx *tx;
	const struct call *call;
	const struct q_booking_row_out *row;
	struct obuf *o;
	bool clear;       /* contact details and free text may be shown */
	const char *note; /* as it may be shown; NULL: none */
};

static const char *
shown(const struct detail *d, const char *text)
{
	return d->clear ? text : booking_mask(d->tx->arena, text);
}

/* Words that raise doctor-should-know are for doctors and managers. A tag keeps
 * the place of the first ones only, so the text is read again until none is left. */
static const char *
without_clinical_words(const struct detail *d, const char *text)
{
	struct tag_match matches[TAG_MATCHES_MAX];
	char *shown = arena_strdup(d->tx->arena, text);
	bool found = lexicon_get() != NULL;

	for (int round = 0; found && round < TAG_MATCHES_MAX; round++) {
		size_t n = tag_text(lexicon_get(), d->tx->arena, shown, matches);

		found = false;
		for (size_t i = 0; i < n; i++)
			if (matches[i].term->kind == TERM_FLAG &&
			    strcmp(matches[i].term->slug, "doctor-should-know") == 0) {
				memset(shown + matches[i].offset, '*', matches[i].length);
				found = true;
			}
	}
	return shown;
}

/* Free text of the patient, as this actor may read it. */
static const char *
text_shown(const struct detail *d, const char *text)
{
	if (text == NULL)
		return NULL;
	if (!d->clear)
		return "****";
	return d->call->actor.caps & CAP_CLINICAL ? text
						  : without_clinical_words(d, text);
}

static void
fields_json(const struct detail *d)
{
	const struct q_booking_row_out *r = d->row;
	struct strlist days = booking_day_list(d->tx->arena, r->preferred_days);
	struct strlist parts = booking_part_list(d->tx->arena, r->preferred_parts);
	char id[UUID_TEXT_LEN];

	obuf_json_kstr(d->o, "id", uuid_text(&r->id, id));
	obuf_json_kstr(d->o, "phone_typed",
	    r->phone_typed[0] == '\0' ? NULL : shown(d, r->phone_typed)); /* erased */
	obuf_json_kbool(d->o, "age_18_or_over", r->adult);
	obuf_json_kbool(d->o, "for_minor", !r->adult);
	obuf_json_kstr(d->o, "guardian_name", r->guardian_name);
	obuf_json_kstr(d->o, "guardian_phone", shown(d, r->guardian_phone));
	obuf_json_kstr(d->o, "guardian_relation", r->guardian_relation);
	obuf_json_kwords(d->o, "preferred_days", &days);
	obuf_json_kwords(d->o, "preferred_parts", &parts);
	obuf_json_kstr(d->o, "best_time_to_call", r->call_time);
	obuf_json_kstr(d->o, "note", d->note);
	obuf_json_ktime(d->o, "clock_at", r->clock_at);
	obuf_json_ktime(d->o, "contacted_at", r->contacted_at_null ? 0 : r->contacted_at);
}

static int
source_json(const struct detail *d)
{
	struct q_source_row_out s = { 0 };
	int rc = q_source_row(d->tx->db, &s, .n = d->row->n);

	if (rc < 0)
		return rc;
	obuf_json_key(d->o, "source");
	obuf_json_open(d->o, '{');
	obuf_json_kstr(d->o, "article", s.article);
	obuf_json_kstr(d->o, "page", s.page);
	obuf_json_kstr(d->o, "referrer_host", s.referrer_host);
	obuf_json_kstr(d->o, "utm_source", s.utm_source);
	obuf_json_kstr(d->o, "utm_medium", s.utm_medium);
	obuf_json_kstr(d->o, "utm_campaign", s.utm_campaign);
	obuf_json_kstr(d->o, "utm_term", s.utm_term);
	obuf_json_kstr(d->o, "utm_content", s.utm_content);
	obuf_json_close(d->o, '}');
	return 0;
}

/* The words of the note that made a tag, as far as the note is shown. */
static const char *
words_at(const struct detail *d, const struct q_tag_list_out *tag)
{
	size_t len = d->note == NULL ? 0 : strlen(d->note);
	size_t at = (size_t)tag->word_offset, n = (size_t)tag->word_length;

	if (!d->clear || at > len || n > len - at) /* amended meanwhile */
		return NULL;
	return arena_strndup(d->tx->arena, d->note + at, n);
}

static void
tag_json(const struct detail *d, const struct term *t, enum tag_source source, const char *words)
{
	obuf_json_open(d->o, '{');
	obuf_json_kstr(d->o, "kind", term_kind_name(t->kind));
	obuf_json_kstr(d->o, "slug", t->slug);
	obuf_json_kstr(d->o, "source", tag_source_names[source]);
	obuf_json_kstr(d->o, "words", words);
	obuf_json_close(d->o, '}');
}

static int
tags_json(const struct detail *d, const struct booking_item *item)
{
	struct q_tag_list_out row;
	int rc = q_tag_list(d->tx->db, .n = d->row->n);

	obuf_json_key(d->o, "tags");
	obuf_json_open(d->o, '[');
	while (rc >= 0 && (rc = q_tag_list_next(d->tx->db, &row)) == 1) {
		const struct term *t = taxonomy_by_id(taxonomy_get(), row.term);

		if (t != NULL)
			tag_json(d, t, (enum tag_source)row.source,
			    row.word_offset_null ? NULL : words_at(d, &row));
	}
	for (size_t i = 0; i < item->tag_count; i++)
		if (item->tags[i].source == TAG_DERIVED)
			tag_json(d, item->tags[i].term, TAG_DERIVED, NULL);
	obuf_json_close(d->o, ']');
	return rc;
}

static int
consent_json(const struct detail *d)
{
	struct q_consent_list_out row;
	int rc = q_consent_list(d->tx->db, .n = d->row->n);

	obuf_json_key(d->o, "consent");
	obuf_json_open(d->o, '[');
	while (rc >= 0 && (rc = q_consent_list_next(d->tx->db, &row)) == 1) {
		obuf_json_open(d->o, '{');
		obuf_json_ktime(d->o, "at", row.at);
		obuf_json_kstr(d->o, "basis", row.basis);
		obuf_json_kstr(d->o, "version", row.version);
		obuf_json_kstr(d->o, "language", row.language);
		obuf_json_kstr(d->o, "channel", row.channel);
		obuf_json_ktime(
		    d->o, "withdrawn_at", row.withdrawn_at_null ? 0 : row.withdrawn_at);
		obuf_json_close(d->o, '}');
	}
	obuf_json_close(d->o, ']');
	return rc;
}

static int
attempts_json(const struct detail *d)
{
	struct q_attempt_list_out row;
	int rc = q_attempt_list(d->tx->db, .n = d->row->n);

	obuf_json_key(d->o, "attempts");
	obuf_json_open(d->o, '[');
	while (rc >= 0 && (rc = q_attempt_list_next(d->tx->db, &row)) == 1) {
		const char *text = note_open(d->tx->arena, &d->row->id, row.text);

		obuf_json_open(d->o, '{');
		obuf_json_ktime(d->o, "at", row.at);
		obuf_json_kstr(d->o, "actor", row.actor);
		obuf_json_kstr(d->o, "channel", row.channel);
		obuf_json_kstr(d->o, "outcome", row.outcome);
		obuf_json_ktime(d->o, "next_due", row.next_due_null ? 0 : row.next_due);
		obuf_json_kstr(d->o, "text", text == NULL || d->clear ? text : "****");
		obuf_json_close(d->o, '}');
	}
	obuf_json_close(d->o, ']');
	return rc;
}

/* An event's detail; a note that was replaced is the patient's text like the present one.
 */
static const char *
detail_shown(const struct detail *d, const char *detail)
{
	json_t *root, *old, *note;
	char *text;

	if (d->call->actor.caps & CAP_CLINICAL)
		return detail;
	root = json_loads(detail, 0, NULL);
	old = json_object_get(root, "old");
	note = json_object_get(old, "note");
	if (json_is_string(note)) {
		json_object_set_new(
		    old, "note", json_string(text_shown(d, json_string_value(note))));
		text = json_dumps(root, JSON_COMPACT);
		detail = text == NULL ? "{}" : arena_strdup(d->tx->arena, text);
		free(text);
	}
	json_decref(root);
	return detail;
}

static void
event_json(const struct detail *d, const struct q_event_list_out *e)
{
	const char *detail = note_open(d->tx->arena, &d->row->id, e->detail);

	obuf_json_open(d->o, '{');
	obuf_json_kint(d->o, "seq", e->seq);
	obuf_json_ktime(d->o, "at", e->at);
	obuf_json_kstr(d->o, "kind", e->kind);
	obuf_json_kstr(d->o, "actor_kind", e->actor_kind);
	obuf_json_kstr(d->o, "actor", e->actor);
	obuf_json_kstr(d->o, "from",
	    e->from_status_null ? NULL : status_name((enum status)e->from_status));
	obuf_json_kstr(d->o, "to",
	    e->to_status_null ? NULL : status_name((enum status)e->to_status));
	obuf_json_kstr(d->o, "reason", e->reason);
	obuf_json_key(d->o, "detail");
	if (detail == NULL)
		obuf_json_raw(d->o, "null");
	else
		obuf_json_raw(d->o, d->clear ? detail_shown(d, detail) : "{}");
	obuf_json_close(d->o, '}');
}

static int
history_json(const struct detail *d)
{
	struct q_event_list_out row;
	int rc = q_event_list(d->tx->db, .n = d->row->n);

	obuf_json_key(d->o, "history");
	obuf_json_open(d->o, '[');
	while (rc >= 0 && (rc = q_event_list_next(d->tx->db, &row)) == 1)
		event_json(d, &row);
	obuf_json_close(d->o, ']');
	return rc;
}

/* What a list does not tell of the time. */
static void
appointment_json(const struct detail *d, const struct booking_item *item)
{
	char text[40];

	obuf_json_kstr(d->o, "wish",
	    item->wish == 0 || item->zone == NULL ? NULL
						  : rfc3339_local(item->zone, item->wish, text));
	obuf_json_ktime(d->o, "hold_ends_at", item->hold_ends_at);
	obuf_json_ktime(d->o, "stranded_at", item->stranded_at);
}

/* Where an appointment that cannot be kept could go. */
static int
proposals(const struct detail *d)
{
	struct proposal_set set;
	int rc = propose_for(d->tx, d->call, d->row->n, &set);

	if (rc < 0)
		return rc;
	obuf_json_key(d->o, "proposals");
	proposals_json(d->o, &set);
	return 0;
}

/* What it takes up, buffers included. */
static int
claims_json(const struct detail *d)
{
	const struct branch *b = clinic_branch_by_id(d->call->clinic, d->row->branch);
	const struct zone *z = b == NULL ? d->call->clinic->zone : b->hours.zone;
	struct q_claim_names_out row;
	int rc = q_claim_names(d->tx->db, .n = d->row->n);
	char text[40];

	obuf_json_key(d->o, "claims");
	obuf_json_open(d->o, '[');
	while (rc >= 0 && (rc = q_claim_names_next(d->tx->db, &row)) == 1) {
		obuf_json_open(d->o, '{');
		obuf_json_kstr(d->o, "kind", row.class);
		obuf_json_kstr(d->o, "slug", row.slug);
		obuf_json_kint(d->o, "unit", row.unit);
		obuf_json_kstr(d->o, "starts", rfc3339_local(z, row.starts, text));
		obuf_json_kstr(d->o, "ends", rfc3339_local(z, row.ends, text));
		obuf_json_kbool(d->o, "override", row.override);
		obuf_json_close(d->o, '}');
	}
	obuf_json_close(d->o, ']');
	return rc;
}

static int
other_json(const struct detail *d, int64_t n)
{
	struct q_booking_row_out row;
	int rc = q_booking_row(d->tx->db, &row, .n = n);

	if (rc <= 0 ||
	    (d->call->actor.branch != 0 && row.branch != d->call->actor.branch))
		return rc;
	obuf_json_open(d->o, '{');
	obuf_json_kstr(d->o, "reference", row.reference);
	obuf_json_kstr(d->o, "status", status_name((enum status)row.status));
	obuf_json_ktime(d->o, "received_at", row.received_at);
	obuf_json_kbool(d->o, "linked", n == d->row->linked || row.linked == d->row->n);
	obuf_json_kstr(d->o, "linked_as",
	    n == d->row->linked       ? d->row->linked_as
	    : row.linked == d->row->n ? row.linked_as
				      : NULL);
	obuf_json_close(d->o, '}');
	return rc;
}

/* The same phone, newest first. */
static int
others_json(const struct detail *d)
{
	struct strlist tokens =
	    search_tokens(d->tx->arena, d->row->full_name, d->row->phone, NULL);
	struct q_find_token_down_out found[OTHERS_MAX];
	const char *phone = "p";
	size_t count = 0;
	int rc;

	for (size_t i = 0; i < tokens.n; i++)
		if (tokens.v[i][0] == 'p')
			phone = tokens.v[i];
	rc = q_find_token_down(
	    d->tx->db, .token = phone, .bound = INT64_MAX, .max = OTHERS_MAX);
	while (rc >= 0 && (rc = q_find_token_down_next(d->tx->db, &found[count])) == 1)
		if (++count == OTHERS_MAX) {
			q_find_token_down_close(d->tx->db);
			break;
		}
	obuf_json_key(d->o, "others");
	obuf_json_open(d->o, '[');
	for (size_t i = 0; rc >= 0 && i < count; i++)
		if (found[i].n != d->row->n)
			rc = other_json(d, found[i].n);
	obuf_json_close(d->o, ']');
	return rc;
}

int
booking_detail_members(
    struct obuf *o, struct tx *tx, const struct call *c, int64_t n, int64_t *ret_version)
{
	struct booking_item item;
	struct q_booking_row_out row;
	struct detail d = { tx, c, &row, o, (c->actor.caps & CAP_CONTACT) != 0, NULL };
	int rc = booking_item_load(tx, c, n, &item);

	if (rc >= 0)
		rc = q_booking_row(tx->db, &row, .n = n);
	if (rc < 0)
		return rc;
	d.note = text_shown(&d, note_open(tx->arena, &row.id, row.note));
	booking_item_members(o, &item);
	fields_json(&d);
	if ((rc = source_json(&d)) >= 0 && (rc = tags_json(&d, &item)) >= 0 &&
	    (rc = consent_json(&d)) >= 0 && (rc = attempts_json(&d)) >= 0 &&
	    (rc = history_json(&d)) >= 0)
		rc = others_json(&d);
	appointment_json(&d, &item);
	if (rc >= 0 && item.stranded_at != 0)
		rc = proposals(&d);
	if (rc >= 0)
		rc = claims_json(&d);
	*ret_version = item.version;
	return rc;
}

int
booking_read(struct tx *tx, struct call *c)
{
	const struct booking_read_cmd *cmd = c->cmd;
	struct booking_detail *res = c->res;
	struct obuf o;
	int rc = booking_by_reference(tx, c, cmd->reference, &res->n);

	if (rc >= 0)
		rc = call_check(c);
	if (rc < 0)
		return rc;
	obuf_init(&o, tx->arena, 4 << 20);
	obuf_json_open(&o, '{');
	rc = booking_detail_members(&o, tx, c, res->n, &res->version);
	obuf_json_close(&o, '}');
	res->json = o.data;
	return rc < 0 ? rc : 0;
}
