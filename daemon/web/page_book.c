/* SPDX-License-Identifier: MIT */
/*
 * page_book.c - the booking page and its post.
 *
 * GET changes nothing. A post that is stored leads away by 303, so that reload
 * and back never send it twice; one that is refused comes back as the same page
 * with every answer in its place.
 */
#include <string.h>

#include "base/clock.h"
#include "book/booking.h"
#include "pages.h"
#include "web/form.h"
#include "web/handlers.h"
#include "web/page.h"

/* ---- the form ---- */

/* The answers given so far and what was wrong with them. */
struct answers {
	struct arena *arena;
	const struct form_pairs *pairs; /* may be empty */
	const struct problems *problems; /* may be NULL */
};

static const char *
answer(const struct answers *a, const char *name)
{
	for (size_t i = 0; i < a->pairs->n; i++)
		if (strcmp(a->pairs->v[i].name, name) == 0
		    && str_utf8_valid(a->pairs->v[i].value, a->pairs->v[i].value_len))
			return a->pairs->v[i].value;
	return NULL;
}

static bool
has_answer(const struct answers *a, const char *name, const char *value)
{
	for (size_t i = 0; i < a->pairs->n; i++)
		if (strcmp(a->pairs->v[i].name, name) == 0 && strcmp(a->pairs->v[i].value, value) == 0)
			return true;
	return false;
}

/* The words beside a field; those of a list's elements too. */
static const char *
error_of(const struct answers *a, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; a->problems != NULL && i < a->problems->n; i++) {
		const char *field = a->problems->v[i].field;

		if (strncmp(field, name, len) == 0 && (field[len] == '\0' || field[len] == '['))
			return a->problems->v[i].message;
	}
	return NULL;
}

static struct view_text
text_of(const struct answers *a, const char *name)
{
	return (struct view_text){ answer(a, name), error_of(a, name) };
}

static struct view_choice
choice(const struct answers *a, const char *name, const char *value, const char *label, size_t i)
{
	return (struct view_choice){ value, label,
		i == 0 ? name : arena_printf(a->arena, "%s-%zu", name, i),
		has_answer(a, name, value) };
}

static struct view_choice *
choices_of(const struct answers *a, const char *name, const char *const (*rows)[2], size_t n)
{
	struct view_choice *v = ARENA_ARRAY(a->arena, struct view_choice, n);

	for (size_t i = 0; i < n; i++)
		v[i] = choice(a, name, rows[i][0], rows[i][1], i);
	return v;
}

static struct view_choice *
terms_of(const struct answers *a, const char *name, enum term_kind kind, size_t *ret_n)
{
	const struct taxonomy *t = taxonomy_get();
	struct view_choice *v = ARENA_ARRAY(a->arena, struct view_choice, t->term_count);

	*ret_n = 0;
	for (size_t i = 0; i < t->term_count; i++)
		if (t->terms[i].kind == kind && t->terms[i].on_form) {
			v[*ret_n] = choice(a, name, t->terms[i].slug, t->terms[i].form_label[0], *ret_n);
			++*ret_n;
		}
	return v;
}

static const char *const methods[][2] = { { "whatsapp", "WhatsApp" }, { "phone", "Phone call" },
	{ "email", "Email" } };
static const char *const ages[][2] = { { "yes", "Yes" }, { "no", "No" } };
const char *const page_days[PAGE_DAYS][2] = { { "mon", "Monday" }, { "tue", "Tuesday" },
	{ "wed", "Wednesday" }, { "thu", "Thursday" }, { "fri", "Friday" }, { "sat", "Saturday" },
	{ "sun", "Sunday" }, { "any", "Any day" } };
const char *const page_parts[PAGE_PARTS][2] = { { "morning", "Morning" }, { "afternoon", "Afternoon" },
	{ "evening", "Evening" }, { "any", "Any time" } };

static void
fill_choices(struct view_book *v, const struct answers *a)
{
	v->concerns = terms_of(a, "concerns", TERM_CONCERN, &v->concern_count);
	v->reasons = terms_of(a, "reasons", TERM_REASON, &v->reason_count);
	v->methods = choices_of(a, "contact_method", methods, v->method_count = ARRAY_LEN(methods));
	v->ages = choices_of(a, "age_18_or_over", ages, v->age_count = ARRAY_LEN(ages));
	v->days = choices_of(a, "preferred_days", page_days, v->day_count = PAGE_DAYS);
	v->parts = choices_of(a, "preferred_parts", page_parts, v->part_count = PAGE_PARTS);
	v->concerns_error = error_of(a, "concerns");
	v->method_error = error_of(a, "contact_method");
	v->age_error = error_of(a, "age_18_or_over");
	v->consent_error = error_of(a, "consent");
	v->branch_error = error_of(a, "branch");
	v->consent = has_answer(a, "consent", "yes");
}

static void
fill_texts(struct view_book *v, const struct answers *a)
{
	v->full_name = text_of(a, "full_name");
	v->tel = text_of(a, "phone");
	v->email = text_of(a, "email");
	v->guardian_name = text_of(a, "guardian_name");
	v->guardian_phone = text_of(a, "guardian_phone");
	v->guardian_relation = text_of(a, "guardian_relation");
	v->note = text_of(a, "note");
	v->article = answer(a, "article");
	v->page = answer(a, "page");
	v->return_url = answer(a, "return_url");
}

static void
fill_branches(struct view_book *v, const struct clinic *c, const struct answers *a)
{
	struct view_choice *b = ARENA_ARRAY(a->arena, struct view_choice, c->branch_count);

	if (c->branch_count < 2)
		return;
	for (size_t i = 0; i < c->branch_count; i++)
		b[i] = choice(a, "branch", c->branches[i].slug, c->branches[i].name, i);
	v->branches = b;
	v->branch_count = c->branch_count;
}

static void
fill_problems(struct view_book *v, const struct answers *a)
{
	struct view_problem *p;

	v->title = "Book a consultation";
	if (a->problems == NULL || a->problems->n == 0)
		return;
	p = ARENA_ARRAY(a->arena, struct view_problem, a->problems->n);
	for (size_t i = 0; i < a->problems->n; i++) {
		const char *field = a->problems->v[i].field;

		p[i].anchor = arena_strndup(a->arena, field, strcspn(field, "["));
		p[i].message = a->problems->v[i].message;
	}
	v->title = "Error: Book a consultation";
	v->problems = p;
	v->problem_count = a->problems->n;
}

const char *
page_emergency(const struct clinic *c)
{
	return strcmp(c->country, "MY") == 0 ? "999" : "995";
}

const char *
page_or_null(const char *s)
{
	return s == NULL || *s == '\0' ? NULL : s;
}

/* "{channel}" in the consent is named after all three: the choice is beside it. */
static const char *
consent_label(struct arena *a, const char *text)
{
	const char *at = strstr(text, "{channel}");

	if (at == NULL)
		return text;
	return arena_printf(a, "%.*s%s%s", (int)(at - text), text,
	    "WhatsApp, phone or email, as I chose above,", at + strlen("{channel}"));
}

static void
send_form(struct exchange *x, int status, const struct answers *a)
{
	const struct clinic *c = x->clinic;
	struct view_book v = { .clinic = c->name,
		.phone = page_or_null(c->phone),
		.intro = c->text[0][TEXT_INTRO],
		.notice = c->text[0][TEXT_NOTICE],
		.consent_label = consent_label(a->arena, c->text[0][TEXT_CONSENT]),
		.consent_version = c->text_version[0][TEXT_CONSENT],
		.emergency = page_emergency(c),
		.form_token = answer(a, "form_token") };

	if (v.form_token == NULL)
		v.form_token = booking_form_token(a->arena, clock_now_ms());
	fill_problems(&v, a);
	fill_choices(&v, a);
	fill_texts(&v, a);
	fill_branches(&v, c, a);
	page_begin(x->req, status);
	page_book(&x->req->reply.body, &v);
	exchange_send(x);
}

void
book_page(struct exchange *x)
{
	struct form_pairs *pairs = ARENA_NEW(x->req->arena, struct form_pairs);
	struct answers a = { x->req->arena, pairs, NULL };

	if (x->clinic == NULL) {
		exchange_error(x, E_UNAVAILABLE);
		return;
	}
	/* An article's link may say where it came from; nothing else is taken from a URL. */
	form_urlencoded(x->req->arena, x->req->query, strlen(x->req->query), pairs);
	for (size_t i = 0; i < pairs->n; i++)
		if (strcmp(pairs->v[i].name, "article") != 0)
			pairs->v[i].name = "";
	send_form(x, 200, &a);
}

/* ---- its post ---- */

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

static void
refuse_posted(struct exchange *x, int rc)
{
	struct form_pairs *pairs = ARENA_NEW(x->req->arena, struct form_pairs);
	struct answers a = { x->req->arena, pairs, &x->call->problems };

	if (rc == E_INVALID && !wants_json(x->req) && form_pairs_of(x->req, pairs) == 0) {
		send_form(x, 422, &a);
		return;
	}
	problem_reply(x->req, x->route, rc, &x->call->problems, x->call->conflict);
	exchange_send(x);
}

void
book_post(struct exchange *x)
{
	struct booking_form *f = ARENA_NEW(x->req->arena, struct booking_form);
	struct call *c = exchange_call(x, &op_booking_create, f);
	int64_t made;
	int rc = x->clinic == NULL ? E_UNAVAILABLE
				   : decode_form(x->req, &booking_fields, f, &c->problems);

	c->key = NULL; /* a browser has none */
	if (rc < 0) {
		exchange_error(x, rc);
		return;
	}
	f->from_form = true;
	f->public_url = x->req->conf->server_public_url;
	f->suspicious = f->hp_website != NULL && f->form_token != NULL
	    && booking_form_token_valid(f->form_token, &made);
	booking_check(f, x->clinic, &c->problems, false);
	if (c->problems.n > 0)
		refuse_posted(x, E_INVALID);
	else {
		x->refuse = refuse_posted;
		exchange_submit(x, render_posted);
	}
}
