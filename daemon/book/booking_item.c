/* SPDX-License-Identifier: MIT */
/*
 * booking_item.c - one request as a list shows it, and the patient's own view.
 *
 * What the actor may not see never leaves this file: contact details are masked
 * here, not where they are written out.
 */
#include <string.h>

#include "book/appointment.h"
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

static int
load_stranded(struct tx *tx, struct booking_item *item)
{
	struct q_appointment_stranded_why_out row = { 0 };
	int rc = item->stranded_at == 0 ? 0 : q_appointment_stranded_why(tx->db, &row, .n = item->n);

	item->stranded_why = row.reason;
	return rc;
}

/* What was held and is no more is still told of who cancelled or did not come. */
static int
was_held(struct tx *tx, const struct booking_item *item, const struct appointment *has, bool *ret_was)
{
	struct q_event_into_status_out last;
	int rc;

	*ret_was = item->status == STATUS_NO_SHOW;
	if (item->status != STATUS_CANCELLED || has->held)
		return 0;
	rc = q_event_into_status(tx->db, &last, .n = item->n, .status = STATUS_CANCELLED);
	if (rc == 1 && !last.from_status_null)
		rc = appointment_was_held(tx, item->n, has, (enum status)last.from_status);
	*ret_was = rc == 1;
	return rc;
}

static int
load_appointment(struct tx *tx, struct booking_item *item)
{
	struct appointment has;
	bool was;
	int rc = appointment_load(tx, item->n, &has);

	if (rc <= 0 || (rc = was_held(tx, item, &has, &was)) < 0)
		return rc;
	if (!has.held && !was) {
		item->wish = has.starts_at;
		return 1;
	}
	item->starts_at = has.starts_at;
	item->ends_at = has.ends_at;
	item->hold_ends_at = has.hold_ends_at;
	item->stranded_at = has.stranded_at;
	item->sequence = has.sequence;
	item->room = has.room_slug;
	if (has.doctor_slug != NULL)
		item->doctor = has.doctor_slug;
	rc = load_stranded(tx, item);
	return rc < 0 ? rc : 1;
}

static void
fill(struct arena *a, struct booking_item *item, const struct q_booking_row_out *r,
    const struct branch *b)
{
	char *uid = arena_alloc(a, UUID_TEXT_LEN);

	uuid_text(&r->id, uid);
	item->n = r->n;
	item->uid = uid;
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
	fill(tx->arena, item, &row, clinic_branch_by_id(c->clinic, row.branch));
	if (!(c->actor.caps & CAP_CONTACT)) {
		item->phone = booking_mask(tx->arena, item->phone);
		item->email = booking_mask(tx->arena, item->email);
	}
	rc = load_tags(tx, n, item);
	if (rc >= 0)
		rc = load_appointment(tx, item);
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
local_time(struct obuf *o, const char *key, const struct zone *z, int64_t ms)
{
	char text[40];

	obuf_json_kstr(o, key, ms == 0 || z == NULL ? NULL : rfc3339_local(z, ms, text));
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
	obuf_json_kstr(o, "room", item->room);
	local_time(o, "starts_at", item->zone, item->starts_at);
	local_time(o, "ends_at", item->zone, item->ends_at);
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

/* A link ends some days after the visit it was for. */
static int
has_ended(struct tx *tx, const struct q_booking_row_out *row)
{
	struct appointment has;
	int rc = appointment_load(tx, row->n, &has);
	bool was = has.held || row->status == STATUS_CANCELLED || row->status == STATUS_NO_SHOW;

	return rc <= 0 ? rc : was && tx->now > has.ends_at + TOKEN_AFTER_MS;
}

int
booking_link_open(struct tx *tx, const char *token, struct q_booking_row_out *ret_row)
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
	if (rc < 0)
		return rc;
	rc = has_ended(tx, ret_row);
	if (rc != 0)
		return rc < 0 ? rc : E_NOT_FOUND;
	if (link.revoked_at_null)
		return 1;
	rc = q_event_first_of(tx->db, &disowned, .n = link.n, .kind = "not_me");
	return rc < 0 ? rc : rc == 1 ? 0 : E_NOT_FOUND;
}

/* A withdrawal of the patient's own, not long ago. */
static int
may_undo(struct tx *tx, const struct booking_item *b)
{
	struct q_event_last_status_out last;
	int rc = q_event_last_status(tx->db, &last, .n = b->n);

	return rc <= 0 ? rc
		       : b->status == STATUS_CANCELLED && strcmp(last.actor_kind, "patient") == 0
		&& tx->now < last.at + OWN_UNDO_MS && (b->starts_at == 0 || b->starts_at > tx->now);
}

static int
what_may_be(struct tx *tx, const struct call *c, struct booking_view *v)
{
	const struct booking_item *b = &v->item;
	const struct branch *at = clinic_branch(c->clinic, b->branch);
	bool booked = b->status == STATUS_BOOKED || b->status == STATUS_CONFIRMED;
	/* Who was quarantined is told nothing of it, and may do what others may. */
	bool waits = b->status == STATUS_NEW || b->status == STATUS_CONTACTED || b->status == STATUS_SPAM;
	int rc;

	v->too_late = at != NULL && b->starts_at != 0 && (booked || waits)
	    && tx->now > b->starts_at - at->settings.change_cutoff_hours * HOUR_MS;
	v->may_confirm = b->status == STATUS_BOOKED && b->starts_at > tx->now;
	v->may_cancel = (booked || waits) && !v->too_late;
	v->may_move = b->starts_at != 0 && (booked || waits) && !v->too_late;
	if (b->status != STATUS_CANCELLED)
		return 0;
	rc = may_undo(tx, b);
	v->may_undo = rc == 1;
	return rc;
}

int
booking_view(struct tx *tx, struct call *c)
{
	const struct booking_view_cmd *cmd = c->cmd;
	struct booking_view *v = c->res;
	struct q_event_first_of_out asked;
	struct q_event_last_at_out last;
	struct q_booking_row_out row;
	int rc = booking_link_open(tx, cmd->token, &row);

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
	rc = q_event_last_at(tx->db, &last, .n = row.n);
	if (rc < 0)
		return rc;
	v->changed_at = rc == 1 ? last.at : row.received_at;
	fill(tx->arena, &v->item, &row, clinic_branch_by_id(c->clinic, row.branch));
	if (row.status == STATUS_SPAM) {
		rc = q_event_first_of(tx->db, &asked, .n = row.n, .kind = "withdrawn");
		if (rc == 1) /* nobody is told that they were quarantined */
			v->item.status = STATUS_CANCELLED;
	}
	if (rc < 0)
		return rc;
	v->details = tx->now < row.received_at + DETAILS_MS;
	v->preferred_days = booking_day_list(tx->arena, row.preferred_days);
	v->preferred_parts = booking_part_list(tx->arena, row.preferred_parts);
	rc = load_appointment(tx, &v->item);
	if (rc >= 0)
		rc = what_may_be(tx, c, v);
	if (rc < 0 || !v->details)
		return rc < 0 ? rc : 0;
	v->note = note_open(tx->arena, &row.id, row.note);
	return load_tags(tx, row.n, &v->item);
}
