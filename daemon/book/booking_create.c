/* SPDX-License-Identifier: MIT */
/*
 * booking_create.c - a post becomes a request.
 *
 * One transaction writes the request, its tags, its search tokens, the patient's
 * link, the consent, the first event, the messages and, where the post can come
 * again, its answer.
 */
#include <string.h>

#include "base/metric.h"
#include "base/rand.h"
#include "book/booking_repeat.h"
#include "queries.h"

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
	if (rc >= 0)
		rc = tags_suggest(tx, s->n, s->status, f->matches, f->match_count);
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

int
booking_messages_put(struct tx *tx, int64_t n, const char *mail, const char *language)
{
	int rc = q_outbox_insert(tx->db, .n = n, .kind = "request-new", .recipient = "clinic",
	    .language = "en", .now = tx->now);

	if (rc >= 0 && mail != NULL)
		rc = q_outbox_insert(tx->db, .n = n, .kind = "request-received",
		    .recipient = "patient", .language = language, .now = tx->now);
	return rc;
}

static int
insert_around(struct tx *tx, struct call *c, const struct stored *s,
    const struct slot_deal *deal, const struct q_text_by_version_out *text)
{
	const struct booking_form *f = c->cmd;
	struct history e = { .n = s->n, .kind = "received", .from = -1, .to = (int)s->status,
		.reason = f->spam_reason, .detail = booking_slot_detail(tx->arena, deal) };
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
		rc = booking_messages_put(tx, s->n, f->mail, f->language);
	return rc;
}

/* A time that is held is an appointment where the branch books at once, and
 * where staff gave it. */
static enum status
first_status(const struct call *c, const struct slot_deal *deal)
{
	const struct booking_form *f = c->cmd;

	if (f->suspicious)
		return STATUS_SPAM;
	return deal->held && (deal->ask.branch->settings.instant || c->actor.kind != ACTOR_PATIENT)
	    ? STATUS_BOOKED
	    : STATUS_NEW;
}

static int
store(struct tx *tx, struct call *c, const struct repeat *r, const struct slot_deal *deal,
    const struct q_text_by_version_out *text, struct booking_answer *ans)
{
	const struct booking_form *f = c->cmd;
	struct stored s = { .status = first_status(c, deal) };
	bool staff = c->actor.kind != ACTOR_PATIENT;
	int rc = insert_row(tx, c, r, &s);

	if (rc >= 0)
		rc = booking_slot_store(tx, deal, s.n, !staff,
		    deal->held && s.status == STATUS_NEW ? booking_hold_ends(deal->ask.branch, tx->now)
							 : 0);
	if (rc >= 0)
		rc = insert_around(tx, c, &s, deal, text);
	if (rc >= 0)
		rc = booking_link_make(tx, s.n, &ans->token);
	if (rc < 0)
		return rc;
	ans->reference = arena_strdup(tx->arena, s.reference);
	/* Nobody is told that they were quarantined. */
	answer_make(tx->arena, f, s.status == STATUS_SPAM ? STATUS_NEW : s.status, tx->now,
	    s.respond_by, deal, ans);
	if (r->keyed)
		rc = repeat_keep(tx, f, r, s.n, ans);
	return rc < 0 ? rc : 0;
}

int
booking_create(struct tx *tx, struct call *c)
{
	const struct booking_form *f = c->cmd;
	struct booking_answer *ans = c->res;
	struct repeat r = { 0 };
	struct q_text_by_version_out text;
	struct slot_deal deal;
	int rc = call_check(c);

	if (rc >= 0 && c->actor.branch != 0 && f->at->id != c->actor.branch)
		rc = E_FORBIDDEN;
	if (rc >= 0)
		rc = find_consent_text(tx, c, &text);
	if (rc >= 0)
		rc = repeat_lookup(tx, c, &r, ans);
	if (rc < 0)
		return rc;
	if (rc == 1) {
		metric_add(M_bookings_replayed_total, 1);
		return 0;
	}
	/* Beside a request that staff work on, another one takes no time. */
	rc = booking_slot_settle(
	    tx, c, f, 0, r.linked != 0 && strcmp(r.linked_as, "form") == 0, &deal);
	if (rc < 0)
		return rc;
	metric_add(M_bookings_total, 1);
	if (f->suspicious)
		metric_add(M_bookings_quarantined_total, 1);
	return store(tx, c, &r, &deal, &text, ans);
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

int
booking_may_enter(struct tx *tx, struct call *c)
{
	(void)tx;
	(void)c;
	return 0;
}
