/* SPDX-License-Identifier: MIT */
/*
 * page_book.c - the booking page and its post.
 *
 * GET changes nothing. A post that is stored leads away by 303, so that reload
 * and back never send it twice; one that is refused comes back as the same page
 * with every answer in its place. The free times are read on a database thread
 * before the page is written; without them it still asks for days.
 */
#include <string.h>

#include "base/clock.h"
#include "book/booking.h"
#include "pages.h"
#include "web/handlers.h"
#include "web/page.h"
#include "web/page_form.h"

/* ---- showing it ---- */

static int
language_of(const struct answers *a, const char *name)
{
	const char *tag = answer(a, name);

	return tag == NULL ? 0 : clinic_language(tag);
}

static struct shown *
shown_new(struct exchange *x, int status, const struct form_pairs *pairs, struct problems *p)
{
	struct shown *s = ARENA_NEW(x->req->arena, struct shown);

	if (p == NULL) {
		p = ARENA_NEW(x->req->arena, struct problems);
		p->arena = x->req->arena;
	}
	s->status = status;
	s->problems = p;
	s->a = (struct answers){ x->req->arena, pairs, p, p->language };
	return s;
}

static void
show_with_times(struct exchange *x)
{
	struct shown *s = x->state;

	s->times = x->call->res;
	form_send(x, s);
}

/* A page that asks for days is better than none. */
static void
show_without_times(struct exchange *x, int rc)
{
	(void)rc;
	form_send(x, x->state);
}

static void
show(struct exchange *x, struct shown *s)
{
	struct slot_cmd *cmd = ARENA_NEW(x->req->arena, struct slot_cmd);
	struct call *c;

	if (!times_cmd(x->clinic, &s->a, cmd)) {
		form_send(x, s);
		return;
	}
	x->state = s;
	c = exchange_call(x, &op_slot_find, cmd);
	c->key = NULL; /* what is free is for everybody */
	x->refuse = show_without_times;
	x->committed = NULL; /* was of the post that was refused */
	exchange_submit(x, show_with_times);
}

/* A link may say where it came from; nothing else is taken from a URL. */
static bool
says_where_from(const char *name)
{
	static const char *const names[] = { "article", "page", "referrer_host", "utm_source",
		"utm_medium", "utm_campaign", "utm_term", "utm_content" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

void
book_page(struct exchange *x)
{
	struct form_pairs *pairs = ARENA_NEW(x->req->arena, struct form_pairs);
	struct shown *s = shown_new(x, 200, pairs, NULL);

	if (x->clinic == NULL) {
		exchange_error(x, E_UNAVAILABLE);
		return;
	}
	form_urlencoded(x->req->arena, x->req->query, strlen(x->req->query), pairs);
	s->a.lang = s->problems->language = language_of(&s->a, "lang");
	for (size_t i = 0; i < pairs->n; i++)
		if (!says_where_from(pairs->v[i].name))
			pairs->v[i].name = "";
	show(x, s);
}

/* ---- its post ---- */

/* A tick is ours however the form it came from spells it. */
static void
settle_ticks(struct form_pairs *pairs)
{
	static const char *const ticks[] = { "consent", "age_18_or_over" };
	static const char *const words[][2] = { { "on", "yes" }, { "true", "yes" }, { "1", "yes" },
		{ "off", "no" }, { "false", "no" }, { "0", "no" } };

	for (size_t i = 0; i < pairs->n; i++) {
		struct form_pair *p = &pairs->v[i];

		if (strcmp(p->name, ticks[0]) != 0 && strcmp(p->name, ticks[1]) != 0)
			continue;
		for (size_t w = 0; w < ARRAY_LEN(words); w++)
			if (strcmp(p->value, words[w][0]) == 0)
				p->value = words[w][1];
	}
}

/* Who chose a time that was offered with another doctor chose that doctor. */
static const char *
settle_offer(struct arena *a, struct form_pairs *pairs)
{
	const struct answers all = { a, pairs, NULL, 0 };
	const char *slot = answer(&all, "slot"), *doctor = NULL;
	size_t len = slot == NULL ? 0 : strlen(slot);

	for (size_t i = 0; i < pairs->n && len > 0; i++)
		if (strcmp(pairs->v[i].name, OFFER) == 0 && strncmp(pairs->v[i].value, slot, len) == 0
		    && pairs->v[i].value[len] == ' ')
			doctor = pairs->v[i].value + len + 1;
	for (size_t i = 0; i < pairs->n && doctor != NULL; i++)
		if (strcmp(pairs->v[i].name, "doctor") == 0)
			pairs->v[i].value = doctor;
	return doctor;
}

/* The pairs of the post. ret_doctor: of the offer that was chosen; NULL: none was. */
static int
pairs_of(struct req *q, struct form_pairs *pairs, const char **ret_doctor)
{
	int rc = form_pairs_of(q, pairs);

	settle_ticks(pairs);
	*ret_doctor = settle_offer(q->arena, pairs);
	return rc;
}

/* Where a form of another page asked to be sent: only where the configuration says. */
static const char *
return_url(const struct exchange *x)
{
	const struct booking_form *f = x->call->cmd;

	if (f->return_url != NULL && strlist_has(&x->req->conf->public_return_urls, f->return_url))
		return f->return_url;
	return NULL;
}

static void
render_posted(struct exchange *x)
{
	const struct booking_answer *ans = x->call->res;
	const char *elsewhere = return_url(x);

	if (wants_json(x->req)) {
		obuf_puts(reply_json(x, 201), ans->json);
		exchange_send(x);
		return;
	}
	reply_see_other(x,
	    elsewhere != NULL ? elsewhere : arena_printf(x->req->arena, "/b/%s", ans->token));
	exchange_send(x);
}

/* Too many appointments: what helps is a person. */
static void
send_too_many(struct exchange *x)
{
	int lang = x->call->problems.language;

	page_begin(x->req, 409);
	page_too_many(&x->req->reply.body, &texts[lang], message_text(lang, M_TOO_MANY_OPEN),
	    x->clinic->name, page_or_null(x->clinic->phone));
	exchange_send(x);
}

/* The reason a time was not to be had, beside the times. */
static void
say_slot(struct call *c, int rc)
{
	if (rc == E_SLOT_TAKEN)
		problem_say(&c->problems, "slot", "slot_taken", M_SLOT_TAKEN);
	for (size_t i = 0; rc == E_NOT_OFFERED && c->conflict != NULL && i < c->problems.n; i++)
		if (strcmp(c->problems.v[i].field, "slot") == 0)
			c->problems.v[i].message = c->conflict;
}

static void
refuse_posted(struct exchange *x, int rc)
{
	struct form_pairs *pairs = ARENA_NEW(x->req->arena, struct form_pairs);
	struct call *c = x->call;
	const char *doctor;
	struct shown *s;

	if (wants_json(x->req) || pairs_of(x->req, pairs, &doctor) < 0
	    || (rc != E_INVALID && rc != E_SLOT_TAKEN && rc != E_NOT_OFFERED && rc != E_TOO_MANY_OPEN)) {
		exchange_refuse(x, rc);
		return;
	}
	if (rc == E_TOO_MANY_OPEN) {
		send_too_many(x);
		return;
	}
	say_slot(c, rc);
	s = shown_new(x, err_row(rc)->status, pairs, &c->problems);
	s->offers = c->offers;
	show(x, s);
}

/* The form again, answers kept, nothing judged or stored: in another language, or
 * with the times of another branch, doctor or stretch of days. */
static bool
only_shown(struct exchange *x, const struct form_pairs *pairs, struct problems *p)
{
	const struct answers a = { x->req->arena, pairs, NULL, 0 };
	bool switched = answer(&a, "switch_lang") != NULL;
	struct shown *s;

	p->language = language_of(&a, "lang"); /* of what is said of a post, too */
	if (!switched && answer(&a, "show_times") == NULL)
		return false;
	s = shown_new(x, 200, pairs, NULL);
	s->a.lang = s->problems->language = switched ? language_of(&a, "switch_lang") : p->language;
	show(x, s);
	return true;
}

void
book_post(struct exchange *x)
{
	struct booking_form *f = ARENA_NEW(x->req->arena, struct booking_form);
	struct form_pairs *pairs = ARENA_NEW(x->req->arena, struct form_pairs);
	struct call *c = exchange_call(x, &op_booking_create, f);
	const char *doctor;
	int rc = x->clinic == NULL ? E_UNAVAILABLE : pairs_of(x->req, pairs, &doctor);

	if (rc == 0 && only_shown(x, pairs, &c->problems))
		return;
	if (rc == 0)
		rc = decode_form(x->req, &booking_fields, f, &c->problems);
	if (rc < 0) {
		exchange_error(x, rc);
		return;
	}
	if (doctor != NULL)
		f->doctor = doctor;
	f->from_form = true;
	f->public_url = x->req->conf->server_public_url;
	x->refuse = refuse_posted;
	booking_check(f, x->clinic, &c->problems, false);
	if (c->problems.n > 0 && c->key == NULL) {
		refuse_posted(x, E_INVALID);
		return;
	}
	if (c->problems.n == 0)
		spam_judge(x, f);
	exchange_submit(x, render_posted);
}
