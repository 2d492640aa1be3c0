/* SPDX-License-Identifier: MIT */
/*
 * booking_item.c - one request as a list shows it, and the patient's own view.
 *
 * What the actor may not see never leaves this file: contact details are masked
 * here, not where they are written out.
 */
#include <string.h>

#include "book/booking.h"
#include "queries.h"

#define TAGS_MAX 64
#define DETAILS_MS (24 * HOUR_MS) /* concerns and note stay on the patient's page so long */

const char *
booking_mask(struct arena *a, const char *text)
{
	size_t n = text == NULL ? 0 : strlen(text);

	if (text == NULL)
		return NULL;
	if (n == 0)
		return text; /* erased */
	return n <= 4 ? "****" : arena_printf(a, "****%s", text + n - 2);
}

static bool
has_tag(const struct booking_item *item, const struct term *term)
{
	for (size_t i = 0; i < item->tag_count; i++)
		if (item->tags[i].term == term && item->tags[i].source != TAG_TEXT)
			return true;
	return false;
}

/* What follows from the concerns and nobody said. What the text suggests is
 * unchecked: nothing follows from it. */
static void
add_derived(struct booking_item *item)
{
	size_t stored = item->tag_count;

	for (size_t i = 0; i < stored; i++) {
		const struct term *const *reason = item->tags[i].term->derives;

		if (item->tags[i].source == TAG_TEXT)
			continue;
		for (; *reason != NULL && item->tag_count < TAGS_MAX; reason++)
			if (!has_tag(item, *reason))
				item->tags[item->tag_count++]
				    = (struct booking_tag){ *reason, TAG_DERIVED };
	}
}

static int
load_tags(struct tx *tx, int64_t n, struct booking_item *item)
{
	const struct taxonomy *t = taxonomy_get();
	struct q_tag_list_out row;
	int rc = q_tag_list(tx->db, .n = n);

	item->tags = ARENA_ARRAY(tx->arena, struct booking_tag, TAGS_MAX);
	while (rc >= 0 && (rc = q_tag_list_next(tx->db, &row)) == 1) {
		const struct term *term = taxonomy_by_id(t, row.term);

		if (term != NULL && item->tag_count < TAGS_MAX)
			item->tags[item->tag_count++]
			    = (struct booking_tag){ term, (enum tag_source)row.source };
	}
	add_derived(item);
	return rc;
}

static void
fill(struct booking_item *item, const struct q_booking_row_out *r, const struct branch *b)
{
	item->n = r->n;
	item->version = r->version;
	item->status = (enum status)r->status;
	item->received_at = r->received_at;
	item->respond_by = r->respond_by;
	item->clock_at = r->clock_at;
	item->contacted_at = r->contacted_at_null ? 0 : r->contacted_at;
	item->reference = r->reference;
	item->full_name = r->full_name;
	item->phone = r->phone;
	item->email = r->email;
	item->contact_method = r->contact_method;
	item->language = r->language;
	item->branch = b == NULL ? "" : b->slug;
	item->zone = b == NULL ? NULL : b->hours.zone;
	item->service = r->service;
	item->doctor = r->doctor;
	item->visited_before = r->visited_before;
	item->channel = r->channel;
	item->minor = !r->adult && r->status != STATUS_ERASED;
	item->again = r->linked_as != NULL;
}

int
booking_item_load(struct tx *tx, const struct call *c, int64_t n, struct booking_item *item)
{
	struct q_booking_row_out row;
	int rc = q_booking_row(tx->db, &row, .n = n);

	if (rc <= 0)
		return rc;
	*item = (struct booking_item){ 0 };
	fill(item, &row, clinic_branch_by_id(c->clinic, row.branch));
	if (!(c->actor.caps & CAP_CONTACT)) {
		item->phone = booking_mask(tx->arena, item->phone);
		item->email = booking_mask(tx->arena, item->email);
	}
	rc = load_tags(tx, n, item);
	return rc < 0 ? rc : 1;
}

/* Of those who say the same: the text suggests what the patient ticked. */
static bool
is_first(const struct booking_item *item, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (item->tags[k].term == item->tags[i].term)
			return false;
	return true;
}

static void
terms_json(struct obuf *o, const char *key, const struct booking_item *item,
    enum term_kind kind)
{
	obuf_json_key(o, key);
	obuf_json_open(o, '[');
	for (size_t i = 0; i < item->tag_count; i++)
		if (item->tags[i].term->kind == kind && is_first(item, i))
			obuf_json_str(o, item->tags[i].term->slug);
	obuf_json_close(o, ']');
}

static void
concerns_json(struct obuf *o, const struct booking_item *item)
{
	obuf_json_key(o, "concerns");
	obuf_json_open(o, '[');
	for (size_t i = 0; i < item->tag_count; i++) {
		if (item->tags[i].term->kind != TERM_CONCERN)
			continue;
		obuf_json_open(o, '{');
		obuf_json_kstr(o, "slug", item->tags[i].term->slug);
		obuf_json_kstr(o, "source", tag_source_names[item->tags[i].source]);
		obuf_json_close(o, '}');
	}
	obuf_json_close(o, ']');
}

/* What was erased is absent. */
static void
said(struct obuf *o, const char *key, const char *text)
{
	obuf_json_kstr(o, key, text != NULL && *text == '\0' ? NULL : text);
}

void
booking_item_members(struct obuf *o, const struct booking_item *item)
{
	char due[40];

	obuf_json_kstr(o, "reference", item->reference);
	obuf_json_kstr(o, "status", status_name(item->status));
	obuf_json_kint(o, "version", item->version);
	obuf_json_ktime(o, "received_at", item->received_at);
	obuf_json_kstr(o, "respond_by",
	    item->zone == NULL ? NULL : rfc3339_local(item->zone, item->respond_by, due));
	said(o, "full_name", item->full_name);
	said(o, "phone", item->phone);
	obuf_json_kstr(o, "email", item->email);
	said(o, "contact_method", item->contact_method);
	said(o, "language", item->language);
	obuf_json_kstr(o, "branch", item->branch);
	obuf_json_kstr(o, "service", item->service);
	obuf_json_kstr(o, "doctor", item->doctor);
	obuf_json_kstr(o, "room", NULL);
	obuf_json_kstr(o, "starts_at", NULL);
	obuf_json_kstr(o, "ends_at", NULL);
	concerns_json(o, item);
	terms_json(o, "reasons", item, TERM_REASON);
	terms_json(o, "options", item, TERM_OPTION);
	terms_json(o, "flags", item, TERM_FLAG);
	obuf_json_kstr(o, "visited_before", item->visited_before);
	obuf_json_kstr(o, "channel", item->channel);
}

void
booking_item_json(struct obuf *o, const struct booking_item *item)
{
	obuf_json_open(o, '{');
	booking_item_members(o, item);
	obuf_json_close(o, '}');
}

/* ---- the patient's own view ---- */

/* What the link opens. 1, or 0 when it was given back: somebody else has it. */
static int
open_link(struct tx *tx, const char *token, struct q_booking_row_out *ret_row)
{
	struct q_token_state_out link;
	struct q_event_first_of_out disowned;
	uint8_t hash[SECRET_HASH_LEN];
	int rc;

	secret_token_hash(token, hash);
	rc = q_token_state(tx->db, &link, .hash = { hash, sizeof(hash) }, .now = tx->now);
	if (rc == 1)
		rc = q_booking_row(tx->db, ret_row, .n = link.n);
	if (rc == 0 || (rc == 1 && ret_row->status == STATUS_ERASED))
		return E_NOT_FOUND;
	if (rc < 0 || link.revoked_at_null)
		return rc;
	rc = q_event_first_of(tx->db, &disowned, .n = link.n, .kind = "not_me");
	return rc < 0 ? rc : rc == 1 ? 0 : E_NOT_FOUND;
}

int
booking_view(struct tx *tx, struct call *c)
{
	const struct booking_view_cmd *cmd = c->cmd;
	struct booking_view *v = c->res;
	struct q_event_first_of_out asked;
	struct q_booking_row_out row;
	int rc = open_link(tx, cmd->token, &row);

	v->disowned = rc == 0;
	if (rc < 0)
		return rc;
	if (rc == 0) {
		v->item.language = row.language; /* to be thanked in */
		return 0;
	}
	rc = q_event_first_of(tx->db, &asked, .n = row.n, .kind = "erasure_requested");
	if (rc < 0)
		return rc;
	v->erasure_asked = rc == 1;
	fill(&v->item, &row, clinic_branch_by_id(c->clinic, row.branch));
	v->details = tx->now < row.received_at + DETAILS_MS;
	v->preferred_days = booking_day_list(tx->arena, row.preferred_days);
	v->preferred_parts = booking_part_list(tx->arena, row.preferred_parts);
	if (!v->details)
		return 0;
	v->note = note_open(tx->arena, &row.id, row.note);
	return load_tags(tx, row.n, &v->item);
}
