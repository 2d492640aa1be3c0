/* SPDX-License-Identifier: MIT */
/*
 * booking_repeat.c - however often a post is sent, it becomes one request.
 *
 * Abusers to think of: a form page cached and shared (the phone must match), and
 * somebody who knows a phone and a name (is given no link of others, only a
 * request of their own).
 */
#include <string.h>

#include "book/booking_amend.h"
#include "book/booking_repeat.h"
#include "queries.h"

/* Kept as TOKEN, REFERENCE, JSON, a line feed between: pages need the one or the
 * other, the API the third. */
static struct blob
answer_seal(struct arena *a, const struct repeat *r, const struct booking_answer *ans)
{
	char *text = arena_printf(a, "%s\n%s\n%s", ans->token, ans->reference, ans->json);

	return secret_seal(a, &r->key, r->hash, sizeof(r->hash), text, strlen(text));
}

static int
answer_open(struct arena *a, const struct repeat *r, struct blob sealed,
    struct booking_answer *ans)
{
	char *text = secret_open(a, &r->key, r->hash, sizeof(r->hash), sealed);
	char *reference = text == NULL ? NULL : strchr(text, '\n');
	char *json = reference == NULL ? NULL : strchr(reference + 1, '\n');

	if (json == NULL)
		return E_DB;
	*reference = *json = '\0';
	ans->token = text;
	ans->reference = reference + 1;
	ans->json = json + 1;
	ans->replayed = true;
	return 1;
}

int
repeat_keep(struct tx *tx, const struct booking_form *f, const struct repeat *r,
    int64_t n, const struct booking_answer *ans)
{
	return q_idempotency_put(tx->db, .hash = { r->hash, sizeof(r->hash) }, .n = n,
	    .body_hash = { f->body_hash, sizeof(f->body_hash) },
	    .answer = answer_seal(tx->arena, r, ans),
	    .expires_at = tx->now + IDEMPOTENCY_MS);
}

static void
repeat_key(struct repeat *r, struct arena *a, const char *kind, const char *secret)
{
	char *text = arena_printf(a, "%s:%s", kind, secret);

	r->keyed = true;
	r->key = secret_from_text(text, "answer");
	secret_hash(text, strlen(text), r->hash);
}

static bool
same_body(const struct booking_form *f, struct blob hash)
{
	return hash.len == sizeof(f->body_hash) &&
	       memcmp(hash.p, f->body_hash, hash.len) == 0;
}

/* 1: answered from before; 0: new. */
static int
lookup_key(struct tx *tx, const struct booking_form *f, struct repeat *r,
    struct booking_answer *ans)
{
	struct q_idempotency_get_out row;
	int rc;

	repeat_key(r, tx->arena, "key", f->idempotency_key);
	rc = q_idempotency_get(
	    tx->db, &row, .hash = { r->hash, sizeof(r->hash) }, .now = tx->now);
	if (rc <= 0)
		return rc;
	return same_body(f, row.body_hash) ? answer_open(tx->arena, r, row.answer, ans)
					   : E_IDEMPOTENCY;
}

/* ---- the answer ---- */

void
answer_make(struct arena *a, const struct booking_form *f, enum status status,
    int64_t received_at, int64_t respond_by, const struct slot_deal *d,
    struct booking_answer *ans)
{
	const char *slot = NULL;
	struct obuf o;
	char due[40], when[40];

	if (d->start_ms != 0)
		slot = rfc3339_local(f->at->hours.zone, d->start_ms, when);

	obuf_init(&o, a, 65536);
	obuf_json_open(&o, '{');
	obuf_json_kstr(&o, "reference", ans->reference);
	obuf_json_kstr(&o, "status", status_name(status));
	obuf_json_ktime(&o, "received_at", received_at);
	obuf_json_kstr(
	    &o, "respond_by", rfc3339_local(f->at->hours.zone, respond_by, due));
	obuf_json_kstr(
	    &o, "manage_url", arena_printf(a, "%s/b/%s", f->public_url, ans->token));
	obuf_json_key(&o, "concerns");
	obuf_json_open(&o, '[');
	for (size_t i = 0; i < f->concerns.n; i++)
		obuf_json_str(&o, f->concerns.v[i]);
	obuf_json_close(&o, ']');
	obuf_json_kstr(&o, "slot", d->held ? slot : NULL);
	obuf_json_kstr(&o, "doctor", d->held ? d->pick.doctor->slug : NULL);
	if (slot != NULL && !d->held)
		obuf_json_kstr(&o, "wish", slot);
	obuf_json_kstr(&o, "service", f->service);
	obuf_json_kstr(&o, "branch", f->at->slug);
	obuf_json_close(&o, '}');
	ans->json = o.data;
}

/* ---- a form sent again ---- */

/* Another time for an appointment that may not be changed here any more. */
static bool
is_too_late(const struct tx *tx, const struct booking_form *f, const struct appointment *has)
{
	return has->held && f->slot_ms != has->starts_at &&
	       tx->now > has->starts_at - f->at->settings.change_cutoff_hours * HOUR_MS;
}

/* The same person corrected the form before anybody of the clinic looked. */
static int
may_amend(
    struct tx *tx, const struct booking_form *f, const struct q_booking_row_out *row)
{
	struct q_event_by_staff_out acted;
	struct appointment has;
	int rc = appointment_load(tx, row->n, &has);

	if (rc < 0 || is_too_late(tx, f, &has))
		return rc < 0 ? rc : 0;

	if (f->suspicious || strcmp(row->phone, f->e164) != 0 ||
	    (row->status != STATUS_NEW && row->status != STATUS_BOOKED))
		return 0;
	rc = q_event_by_staff(tx->db, &acted, .n = row->n);
	return rc < 0 ? rc : rc == 0;
}

static int
amend_tags(struct tx *tx, const struct booking_form *f, enum status status, int64_t n)
{
	int rc = q_tag_delete_source(tx->db, .n = n, .source = TAG_PATIENT);

	if (rc >= 0)
		rc = tags_put(tx, n, status, &f->concerns, TERM_CONCERN, TAG_PATIENT);
	if (rc >= 0)
		rc = tags_put(tx, n, status, &f->reasons, TERM_REASON, TAG_PATIENT);
	if (rc >= 0)
		rc = q_tag_delete_source(tx->db, .n = n, .source = TAG_TEXT);
	if (rc >= 0)
		rc = tags_suggest(tx, n, status, f->matches, f->match_count);
	return rc;
}

/* The time the changed form chose: the one it has, another, or none any more. */
static int
amended_slot(struct tx *tx, struct call *c, int64_t n, struct slot_deal *deal)
{
	const struct booking_form *f = c->cmd;
	struct appointment has;
	int rc = appointment_load(tx, n, &has);

	return rc < 0 ? rc : booking_slot_settle(tx, c, f, n, rc == 1 && !has.held, deal);
}

/* Until when the corrected request keeps its time: no longer than it did. */
static int64_t
hold_of(const struct slot_deal *deal, const struct appointment *has, int64_t now)
{
	if (!deal->held || deal->ask.branch->settings.instant)
		return 0;
	return has->hold_ends_at != 0 ? has->hold_ends_at : booking_hold_ends(deal->ask.branch, now);
}

static int
amend_slot(struct tx *tx, struct call *c, struct q_booking_row_out *row,
    const struct slot_deal *deal)
{
	struct appointment has;
	enum status to = STATUS_NEW;
	struct history e = { .n = row->n, .kind = "moved", .from = -1, .to = -1,
		.detail = booking_slot_detail(tx->arena, deal) };
	int rc = appointment_load(tx, row->n, &has);

	if (rc < 0 || (rc == 0 && deal->start_ms == 0))
		return rc;
	if (deal->held && has.held && has.starts_at == deal->start_ms
	    && has.doctor == deal->pick.doctor->id)
		return 0;
	if (deal->start_ms == 0 && !has.held)
		return 0;
	if (deal->start_ms == 0)
		rc = appointment_let_go(tx, row->n);
	else
		rc = booking_slot_store(tx, deal, row->n, true, hold_of(deal, &has, tx->now));
	if (deal->held && deal->ask.branch->settings.instant)
		to = STATUS_BOOKED;
	if (rc >= 0 && to != (enum status)row->status) {
		e.from = (int)row->status;
		e.to = (int)to;
		row->status = to;
		rc = q_booking_set_status(tx->db, .n = row->n, .status = to, .raise = 1,
		    .contacted_at_null = true);
		if (rc >= 0)
			rc = q_tag_set_status(tx->db, .n = row->n, .status = to);
	}
	return rc < 0 ? rc : history_add(tx, c, &row->id, &e);
}

/* What the patient ticked of one kind. */
static int
ticked(struct tx *tx, int64_t n, enum term_kind kind, struct strlist *ret_slugs)
{
	struct q_tag_list_out row;
	int rc = q_tag_list(tx->db, .n = n);

	*ret_slugs = (struct strlist){ 0 };
	while (rc >= 0 && (rc = q_tag_list_next(tx->db, &row)) == 1) {
		const struct term *t = taxonomy_by_id(taxonomy_get(), row.term);

		if (t != NULL && t->kind == kind && row.source == TAG_PATIENT)
			strlist_add(ret_slugs, tx->arena, t->slug);
	}
	return rc;
}

static bool
same_words(const struct strlist *a, const struct strlist *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (!strlist_has(b, a->v[i]))
			return false;
	return a->n == b->n;
}

static int
amend_from_form(struct tx *tx, struct call *c, struct repeat *r,
    struct q_booking_row_out *row, struct booking_answer *ans)
{
	const struct booking_form *f = c->cmd;
	struct amend next = { f->full_name, f->e164, f->phone, f->mail, f->contact_method,
		f->language, f->guardian_name,
		f->age_18_or_over == 0 ? f->guardian_e164 : NULL, f->guardian_relation,
		f->days, f->parts, f->best_time_to_call, f->note, NULL, NULL };
	struct strlist concerns, reasons;
	struct slot_deal deal;
	int rc = amended_slot(tx, c, row->n, &deal);

	if (rc < 0)
		return rc;
	rc = ticked(tx, row->n, TERM_CONCERN, &concerns);
	if (rc >= 0)
		rc = ticked(tx, row->n, TERM_REASON, &reasons);
	if (rc >= 0) {
		next.old_concerns =
		    same_words(&concerns, &f->concerns) ? NULL : &concerns;
		next.old_reasons = same_words(&reasons, &f->reasons) ? NULL : &reasons;
		rc = booking_amend(tx, c, row, &next);
	}
	if (rc >= 0)
		rc = q_booking_answers(tx->db, .n = row->n,
		    .adult = f->age_18_or_over != 0, .visited_before = f->visited_before,
		    .service = f->service, .doctor = f->doctor, .branch = f->at->id);
	if (rc >= 0)
		rc = amend_tags(tx, f, (enum status)row->status, row->n);
	if (rc >= 0)
		rc = amend_slot(tx, c, row, &deal);
	if (rc < 0)
		return rc;
	ans->reference = row->reference;
	answer_make(tx->arena, f, (enum status)row->status, row->received_at,
	    row->respond_by, &deal, ans);
	rc = repeat_keep(tx, f, r, row->n, ans);
	return rc < 0 ? rc : 1;
}

/* The token's first post is another one than this: amend it, or link a new one.
 * The new one is kept under token and answers together, for when it comes again. */
static int
lookup_form_changed(struct tx *tx, struct call *c, struct repeat *r, int64_t n,
    struct booking_answer *ans)
{
	const struct booking_form *f = c->cmd;
	struct q_idempotency_get_out again;
	struct q_booking_row_out row;
	char hex[2 * SECRET_HASH_LEN + 1];
	int rc = q_booking_row(tx->db, &row, .n = n);

	if (rc <= 0)
		return rc < 0 ? rc : E_DB;
	if ((rc = may_amend(tx, f, &row)) < 0)
		return rc;
	if (rc == 1)
		return amend_from_form(tx, c, r, &row, ans);
	str_hex(f->body_hash, sizeof(f->body_hash), hex);
	repeat_key(
	    r, tx->arena, "form", arena_printf(tx->arena, "%s:%s", f->form_token, hex));
	rc = q_idempotency_get(
	    tx->db, &again, .hash = { r->hash, sizeof(r->hash) }, .now = tx->now);
	if (rc == 1)
		return answer_open(tx->arena, r, again.answer, ans);
	r->linked = n;
	r->linked_as = "form";
	return rc;
}

static int
lookup_form(struct tx *tx, struct call *c, struct repeat *r, struct booking_answer *ans)
{
	const struct booking_form *f = c->cmd;
	struct q_idempotency_get_out row;
	int rc;

	repeat_key(r, tx->arena, "form", f->form_token);
	rc = q_idempotency_get(
	    tx->db, &row, .hash = { r->hash, sizeof(r->hash) }, .now = tx->now);
	if (rc <= 0)
		return rc;
	rc = answer_open(tx->arena, r, row.answer, ans);
	if (rc < 0 || same_body(f, row.body_hash))
		return rc;
	ans->replayed = false;
	return lookup_form_changed(tx, c, r, row.n, ans);
}

/* ---- the same person, without a key ---- */

static int
lookup_person(struct tx *tx, const struct booking_form *f, struct repeat *r)
{
	struct q_find_token_down_out found[5];
	struct q_booking_row_out row;
	const char *phone = NULL, *name = str_fold(tx->arena, f->full_name);
	size_t count = 0;
	int rc;

	for (size_t i = 0; i < f->tokens.n; i++)
		if (f->tokens.v[i][0] == 'p')
			phone = f->tokens.v[i];
	BUG_UNLESS(phone != NULL && name != NULL);
	rc = q_find_token_down(
	    tx->db, .token = phone, .bound = INT64_MAX, .max = ARRAY_LEN(found));
	while (rc >= 0 && count < ARRAY_LEN(found) &&
	       (rc = q_find_token_down_next(tx->db, &found[count])) == 1)
		count++;
	if (count == ARRAY_LEN(found))
		q_find_token_down_close(tx->db);
	for (size_t i = 0; rc >= 0 && i < count; i++) {
		rc = q_booking_row(tx->db, &row, .n = found[i].n);
		if (rc != 1 || row.received_at < tx->now - DUPLICATE_MS)
			break;
		if (row.status != STATUS_SPAM &&
		    strcmp(str_fold(tx->arena, row.full_name), name) == 0) {
			r->linked = row.n;
			r->linked_as = "duplicate";
			break;
		}
	}
	return rc < 0 ? rc : 0;
}

int
repeat_lookup(struct tx *tx, struct call *c, struct repeat *r, struct booking_answer *ans)
{
	const struct booking_form *f = c->cmd;
	int64_t made;

	if (f->idempotency_key != NULL)
		return lookup_key(tx, f, r, ans);
	if (f->form_token != NULL && booking_form_token_valid(f->form_token, &made))
		return lookup_form(tx, c, r, ans);
	return lookup_person(tx, f, r);
}
