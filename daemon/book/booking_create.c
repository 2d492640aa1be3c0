/* SPDX-License-Identifier: MIT */
/*
 * booking_create.c - a post becomes a request, once, however often it is sent.
 *
 * One transaction writes the request, its tags, its search tokens, the patient's
 * link, the consent, the first event, the messages and, where the post can come
 * again, the answer sealed with a key made of its own key. Abusers to think of:
 * a form page cached and shared (the phone must match), somebody who knows a
 * phone and a name (gets no link of others, only a request of their own).
 */
#include <string.h>

#include "base/metric.h"
#include "base/rand.h"
#include "book/booking.h"
#include "book/booking_amend.h"
#include "queries.h"

/* How this post relates to one before it. */
struct repeat {
	bool keyed;			 /* it can be recognised again */
	uint8_t hash[SECRET_HASH_LEN];	 /* under which its answer is kept */
	struct secret_key key;		 /* which seals that answer */
	int64_t linked;			 /* an earlier request; 0: none */
	const char *linked_as;
};

/* Kept as TOKEN, line feed, JSON: the page needs the one, the API the other. */
static struct blob
answer_seal(struct arena *a, const struct repeat *r, const struct booking_answer *ans)
{
	char *text = arena_printf(a, "%s\n%s", ans->token, ans->json);

	return secret_seal(a, &r->key, r->hash, sizeof(r->hash), text, strlen(text));
}

static int
answer_open(struct arena *a, const struct repeat *r, struct blob sealed,
    struct booking_answer *ans)
{
	char *text = secret_open(a, &r->key, r->hash, sizeof(r->hash), sealed), *end;

	if (text == NULL || (end = strchr(text, '\n')) == NULL)
		return E_DB;
	*end = '\0';
	ans->token = text;
	ans->json = end + 1;
	ans->replayed = true;
	return 1;
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
	return hash.len == sizeof(f->body_hash) && memcmp(hash.p, f->body_hash, hash.len) == 0;
}

/* 1: answered from before; 0: new. */
static int
lookup_key(struct tx *tx, const struct booking_form *f, struct repeat *r,
    struct booking_answer *ans)
{
	struct q_idempotency_get_out row;
	int rc;

	repeat_key(r, tx->arena, "key", f->idempotency_key);
	rc = q_idempotency_get(tx->db, &row, .hash = { r->hash, sizeof(r->hash) }, .now = tx->now);
	if (rc <= 0)
		return rc;
	return same_body(f, row.body_hash) ? answer_open(tx->arena, r, row.answer, ans)
					   : E_IDEMPOTENCY;
}

/* ---- the answer ---- */

static void
answer_make(struct arena *a, const struct booking_form *f, enum status status,
    int64_t received_at, int64_t respond_by, struct booking_answer *ans)
{
	struct obuf o;
	char due[40];

	obuf_init(&o, a, 65536);
	obuf_json_open(&o, '{');
	obuf_json_kstr(&o, "reference", ans->reference);
	obuf_json_kstr(&o, "status", status_name(status));
	obuf_json_ktime(&o, "received_at", received_at);
	obuf_json_kstr(&o, "respond_by", rfc3339_local(f->at->hours.zone, respond_by, due));
	obuf_json_kstr(&o, "manage_url", arena_printf(a, "%s/b/%s", f->public_url, ans->token));
	obuf_json_key(&o, "concerns");
	obuf_json_open(&o, '[');
	for (size_t i = 0; i < f->concerns.n; i++)
		obuf_json_str(&o, f->concerns.v[i]);
	obuf_json_close(&o, ']');
	obuf_json_kstr(&o, "slot", NULL);
	obuf_json_kstr(&o, "doctor", NULL);
	obuf_json_kstr(&o, "service", f->service);
	obuf_json_kstr(&o, "branch", f->at->slug);
	obuf_json_close(&o, '}');
	ans->json = o.data;
}

/* ---- a form sent again ---- */

/* The same person corrected the form before anybody of the clinic looked. */
static int
may_amend(struct tx *tx, const struct booking_form *f, const struct q_booking_row_out *row)
{
	struct q_event_by_staff_out acted;
	int rc;

	if (strcmp(row->phone, f->e164) != 0 || row->status != STATUS_NEW)
		return 0;
	rc = q_event_by_staff(tx->db, &acted, .n = row->n);
	return rc < 0 ? rc : rc == 0;
}

static int
amend_tags(struct tx *tx, const struct booking_form *f, int64_t n)
{
	int rc = q_tag_delete_source(tx->db, .n = n, .source = TAG_PATIENT);

	if (rc >= 0)
		rc = tags_put(tx, n, STATUS_NEW, &f->concerns, TERM_CONCERN, TAG_PATIENT);
	if (rc >= 0)
		rc = tags_put(tx, n, STATUS_NEW, &f->reasons, TERM_REASON, TAG_PATIENT);
	return rc;
}

static int
amend_from_form(struct tx *tx, struct call *c, struct repeat *r,
    const struct q_booking_row_out *row, struct booking_answer *ans)
{
	const struct booking_form *f = c->cmd;
	struct amend next = { f->full_name, f->e164, f->phone, f->mail, f->contact_method,
		f->language, f->guardian_name,
		f->age_18_or_over == 0 ? f->guardian_e164 : NULL, f->guardian_relation, f->days,
		f->parts, f->best_time_to_call, f->note };
	int rc = booking_amend(tx, c, row, &next);

	if (rc >= 0)
		rc = q_booking_answers(tx->db, .n = row->n, .adult = f->age_18_or_over != 0,
		    .visited_before = f->visited_before, .service = f->service,
		    .doctor = f->doctor, .branch = f->at->id);
	if (rc >= 0)
		rc = amend_tags(tx, f, row->n);
	if (rc < 0)
		return rc;
	ans->reference = row->reference;
	answer_make(tx->arena, f, (enum status)row->status, row->received_at, row->respond_by,
	    ans);
	rc = q_idempotency_put(tx->db, .hash = { r->hash, sizeof(r->hash) }, .n = row->n,
	    .body_hash = { f->body_hash, sizeof(f->body_hash) },
	    .answer = answer_seal(tx->arena, r, ans), .expires_at = tx->now + IDEMPOTENCY_MS);
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
	repeat_key(r, tx->arena, "form", arena_printf(tx->arena, "%s:%s", f->form_token, hex));
	rc = q_idempotency_get(tx->db, &again, .hash = { r->hash, sizeof(r->hash) }, .now = tx->now);
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
	rc = q_idempotency_get(tx->db, &row, .hash = { r->hash, sizeof(r->hash) }, .now = tx->now);
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
	rc = q_find_token_down(tx->db, .token = phone, .bound = INT64_MAX, .max = ARRAY_LEN(found));
	while (rc >= 0 && count < ARRAY_LEN(found)
	    && (rc = q_find_token_down_next(tx->db, &found[count])) == 1)
		count++;
	if (count == ARRAY_LEN(found))
		q_find_token_down_close(tx->db);
	for (size_t i = 0; rc >= 0 && i < count; i++) {
		rc = q_booking_row(tx->db, &row, .n = found[i].n);
		if (rc != 1 || row.received_at < tx->now - DUPLICATE_MS)
			break;
		if (row.status != STATUS_SPAM && strcmp(str_fold(tx->arena, row.full_name), name) == 0) {
			r->linked = row.n;
			r->linked_as = "duplicate";
			break;
		}
	}
	return rc < 0 ? rc : 0;
}

/* 1: answered; 0: store a new one, linked as r says. */
static int
lookup_repeat(struct tx *tx, struct call *c, struct repeat *r, struct booking_answer *ans)
{
	const struct booking_form *f = c->cmd;
	int64_t made;

	if (f->idempotency_key != NULL)
		return lookup_key(tx, f, r, ans);
	if (f->form_token != NULL && booking_form_token_valid(f->form_token, &made))
		return lookup_form(tx, c, r, ans);
	return lookup_person(tx, f, r);
}

/* ---- storing ---- */

struct stored {
	int64_t n, respond_by;
	enum status status;
	struct uuid id;
	char reference[REFERENCE_LEN];
};

static int
insert_row(struct tx *tx, const struct call *c, const struct repeat *r, struct stored *s)
{
	const struct booking_form *f = c->cmd;
	struct q_booking_last_out last = { 0 };
	uint8_t random[10];
	int rc = q_booking_last(tx->db, &last);

	if (rc < 0)
		return rc;
	s->n = last.n + 1;
	rand_bytes(random, sizeof(random));
	s->id = uuid_v7(tx->now, random);
	s->respond_by = hours_add(&f->at->hours, tx->now, f->hours_limit_ms);
	if (s->respond_by == HOURS_NEVER) /* a branch without hours: a day, plainly */
		s->respond_by = tx->now + DAY_MS;
	if (!reference_make(op_keys()->reference.b, c->clinic->prefix, s->n, s->reference))
		return E_FULL;
	return q_booking_insert(tx->db, .n = s->n, .id = s->id, .reference = s->reference,
	    .status = s->status, .channel = f->channel != NULL ? f->channel : "web",
	    .now = tx->now, .respond_by = s->respond_by, .branch = f->at->id,
	    .service = f->service, .doctor = f->doctor, .full_name = f->full_name,
	    .phone = f->e164, .phone_typed = f->phone, .email = f->mail,
	    .contact_method = f->contact_method, .language = f->language,
	    .adult = f->age_18_or_over != 0, .guardian_name = f->guardian_name,
	    .guardian_phone = f->age_18_or_over == 0 ? f->guardian_e164 : NULL,
	    .guardian_relation = f->guardian_relation, .visited_before = f->visited_before,
	    .preferred_days = f->days, .preferred_parts = f->parts,
	    .call_time = f->best_time_to_call, .note = note_seal(tx->arena, &s->id, f->note),
	    .linked = r->linked, .linked_null = r->linked == 0, .linked_as = r->linked_as);
}

static int
insert_tags(struct tx *tx, const struct booking_form *f, const struct stored *s)
{
	struct strlist article = { 0 };
	int rc = tags_put(tx, s->n, s->status, &f->concerns, TERM_CONCERN, TAG_PATIENT);

	if (rc >= 0)
		rc = tags_put(tx, s->n, s->status, &f->reasons, TERM_REASON, TAG_PATIENT);
	if (rc >= 0 && f->article != NULL && strcmp(f->article, taxonomy_get()->article_slug) == 0) {
		strlist_add(&article, tx->arena, "enlarged-pores");
		rc = tags_put(tx, s->n, s->status, &article, TERM_CONCERN, TAG_ARTICLE);
	}
	return rc;
}

static int
insert_source(struct tx *tx, const struct booking_form *f, int64_t n)
{
	if (f->article == NULL && f->page == NULL && f->referrer_host == NULL
	    && f->utm_source == NULL && f->utm_medium == NULL && f->utm_campaign == NULL
	    && f->utm_term == NULL && f->utm_content == NULL)
		return 0;
	return q_source_insert(tx->db, .n = n, .article = f->article, .page = f->page,
	    .referrer_host = f->referrer_host, .utm_source = f->utm_source,
	    .utm_medium = f->utm_medium, .utm_campaign = f->utm_campaign,
	    .utm_term = f->utm_term, .utm_content = f->utm_content);
}

/* A version that was never ours: the words of a page of somebody else's, or, from
 * a program, a mistake to be told of. */
static int
find_consent_text(struct tx *tx, struct call *c, struct q_text_by_version_out *ret_text)
{
	const struct booking_form *f = c->cmd;
	int rc;

	*ret_text = (struct q_text_by_version_out){ 0, f->lang != NULL ? f->lang : f->language };
	if (f->consent_version == NULL)
		return 0;
	rc = q_text_by_version(tx->db, ret_text, .kind = "consent", .version = f->consent_version);
	if (rc != 0 || f->from_form)
		return rc;
	problem_add(&c->problems, "consent_version", "invalid",
	    "There was never a consent text of that version.");
	return E_INVALID;
}

static int
insert_consent(struct tx *tx, const struct call *c, int64_t n,
    const struct q_text_by_version_out *text)
{
	const struct booking_form *f = c->cmd;
	const char *basis = f->basis != NULL ? f->basis : text->id != 0 ? "form" : "host-page";

	return consent_add(tx, n, basis, text->id, text->language, f->contact_method);
}

static int
insert_messages(struct tx *tx, const struct booking_form *f, int64_t n)
{
	int rc = q_outbox_insert(tx->db, .n = n, .kind = "request-new", .recipient = "clinic",
	    .language = "en", .now = tx->now);

	if (rc >= 0 && f->mail != NULL)
		rc = q_outbox_insert(tx->db, .n = n, .kind = "request-received",
		    .recipient = "patient", .language = f->language, .now = tx->now);
	return rc;
}

static int
insert_link(struct tx *tx, int64_t n, struct booking_answer *ans)
{
	char token[SECRET_TOKEN_LEN];
	uint8_t hash[SECRET_HASH_LEN];

	secret_token(token);
	secret_token_hash(token, hash);
	ans->token = arena_strdup(tx->arena, token);
	return q_token_insert(tx->db, .hash = { hash, sizeof(hash) }, .n = n, .now = tx->now,
	    .expires_at = tx->now + TOKEN_MS);
}

static int
insert_around(struct tx *tx, struct call *c, const struct stored *s,
    const struct q_text_by_version_out *text)
{
	const struct booking_form *f = c->cmd;
	struct history e = { .n = s->n, .kind = "received", .from = -1, .to = (int)s->status };
	int rc = insert_tags(tx, f, s);

	if (rc >= 0)
		rc = insert_source(tx, f, s->n);
	if (rc >= 0)
		rc = search_tokens_put(tx, s->n, &f->tokens);
	if (rc >= 0)
		rc = insert_consent(tx, c, s->n, text);
	if (rc >= 0)
		rc = history_add(tx, c, &s->id, &e);
	if (rc >= 0 && s->status != STATUS_SPAM)
		rc = insert_messages(tx, f, s->n);
	return rc;
}

static int
store(struct tx *tx, struct call *c, const struct repeat *r,
    const struct q_text_by_version_out *text, struct booking_answer *ans)
{
	const struct booking_form *f = c->cmd;
	struct stored s = { .status = f->suspicious ? STATUS_SPAM : STATUS_NEW };
	int rc = insert_row(tx, c, r, &s);

	if (rc >= 0)
		rc = insert_around(tx, c, &s, text);
	if (rc >= 0)
		rc = insert_link(tx, s.n, ans);
	if (rc < 0)
		return rc;
	ans->reference = arena_strdup(tx->arena, s.reference);
	answer_make(tx->arena, f, STATUS_NEW, tx->now, s.respond_by, ans);
	if (r->keyed)
		rc = q_idempotency_put(tx->db, .hash = { r->hash, sizeof(r->hash) }, .n = s.n,
		    .body_hash = { f->body_hash, sizeof(f->body_hash) },
		    .answer = answer_seal(tx->arena, r, ans),
		    .expires_at = tx->now + IDEMPOTENCY_MS);
	return rc < 0 ? rc : 0;
}

int
booking_create(struct tx *tx, struct call *c)
{
	struct booking_answer *ans = c->res;
	struct repeat r = { 0 };
	struct q_text_by_version_out text;
	int rc = call_check(c);

	if (rc >= 0)
		rc = find_consent_text(tx, c, &text);
	if (rc >= 0)
		rc = lookup_repeat(tx, c, &r, ans);
	if (rc < 0)
		return rc;
	if (rc == 1) {
		metric_add(M_bookings_replayed_total, 1);
		return 0;
	}
	metric_add(M_bookings_total, 1);
	return store(tx, c, &r, &text, ans);
}

/* Staff enter somebody who called or walked in: the same rules, their own door. */
int
booking_enter(struct tx *tx, struct call *c)
{
	const struct booking_form *f = c->cmd;

	if (c->actor.branch != 0 && f->at != NULL && f->at->id != c->actor.branch)
		return E_NOT_FOUND;
	return booking_create(tx, c);
}
