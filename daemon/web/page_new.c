/* SPDX-License-Identifier: MIT */
/* page_new.c - the desk enters somebody who called, wrote or walked in. */
#include <string.h>

#include "base/err.h"
#include "book/booking.h"
#include "pages.h"
#include "web/desk.h"
#include "web/form.h"
#include "web/handlers.h"
#include "web/page.h"

struct entering {
	struct form_pairs pairs; /* as posted; none at first */
	struct arena *a;
	const struct problems *problems;
};

static const char *
answer(const struct entering *e, const char *name)
{
	for (size_t i = 0; i < e->pairs.n; i++)
		if (strcmp(e->pairs.v[i].name, name) == 0 &&
		    str_utf8_valid(e->pairs.v[i].value, e->pairs.v[i].value_len))
			return e->pairs.v[i].value;
	return NULL;
}

static bool
chosen(const struct entering *e, const char *name, const char *value)
{
	for (size_t i = 0; i < e->pairs.n; i++)
		if (strcmp(e->pairs.v[i].name, name) == 0 &&
		    strcmp(e->pairs.v[i].value, value) == 0)
			return true;
	return false;
}

static struct view_text
text(const struct entering *e, const char *name)
{
	const struct problem *p =
	    e->problems == NULL ? NULL : problem_of(e->problems, name);

	return (struct view_text){ answer(e, name), p == NULL ? NULL : p->message,
		p == NULL ? NULL : arena_printf(e->a, "%s-error", name) };
}

static const struct view_choice *
choices(const struct entering *e, const char *name, const char *const *values,
    const char *const *labels, size_t *ret_n)
{
	struct view_choice *v = ARENA_ARRAY(e->a, struct view_choice, 16);
	size_t n = 0;

	for (; values[n] != NULL; n++)
		v[n] = (struct view_choice){ values[n],
			labels == NULL ? values[n] : labels[n],
			n == 0 ? name : arena_printf(e->a, "%s-%zu", name, n),
			chosen(e, name, values[n]) };
	*ret_n = n;
	return v;
}

static const struct view_choice *
concerns(const struct entering *e, size_t *ret_n)
{
	const struct taxonomy *t = taxonomy_get();
	struct view_choice *v = ARENA_ARRAY(e->a, struct view_choice, t->term_count);
	size_t n = 0;

	for (size_t i = 0; i < t->term_count; i++)
		if (t->terms[i].kind == TERM_CONCERN) {
			v[n] =
			    (struct view_choice){ t->terms[i].slug, t->terms[i].label[0],
				    n == 0 ? "concerns"
					   : arena_printf(e->a, "concerns-%zu", n),
				    chosen(e, "concerns", t->terms[i].slug) };
			n++;
		}
	*ret_n = n;
	return v;
}

static void
fill_problems(struct view_new *v, const struct entering *e)
{
	struct view_problem *p;

	if (e->problems == NULL || e->problems->n == 0)
		return;
	p = ARENA_ARRAY(e->a, struct view_problem, e->problems->n);
	for (size_t i = 0; i < e->problems->n; i++) {
		p[i].anchor = arena_strndup(
		    e->a, e->problems->v[i].field, strcspn(e->problems->v[i].field, "["));
		p[i].message = e->problems->v[i].message;
	}
	v->problems = p;
	v->problem_count = e->problems->n;
}

static void
send_form(struct exchange *x, const struct entering *e, int status)
{
	static const char *const language_names[] = { "English", "Malay", "Chinese",
		"Tamil", "another", NULL };
	static const char *const method_names[] = { "WhatsApp", "Phone call", "Email",
		NULL };
	static const char *const ages[] = { "yes", "no", NULL };
	static const char *const age_names[] = { "Yes", "No", NULL };
	char key[SECRET_TOKEN_LEN];
	struct view_new v = { .desk = desk_frame(x, "New request", "New request") };

	secret_token(key);
	v.key = answer(e, "key") != NULL ? answer(e, "key") : arena_strdup(e->a, key);
	v.concerns = concerns(e, &v.concern_count);
	v.channels = choices(e, "channel", channels, NULL, &v.channel_count);
	v.methods =
	    choices(e, "contact_method", contact_methods, method_names, &v.method_count);
	v.languages =
	    choices(e, "language", languages, language_names, &v.language_count);
	v.ages = choices(e, "age_18_or_over", ages, age_names, &v.age_count);
	v.full_name = text(e, "full_name");
	v.tel = text(e, "phone");
	v.email = text(e, "email");
	v.note = text(e, "note");
	v.guardian_name = text(e, "guardian_name");
	v.guardian_phone = text(e, "guardian_phone");
	v.guardian_relation = text(e, "guardian_relation");
	fill_problems(&v, e);
	page_begin(x->req, status);
	page_new_request(&x->req->reply.body, &v);
	exchange_send(x);
}

/* The page says who is signed in: it is asked with a list of nothing. */
static void
render_new(struct exchange *x)
{
	struct entering *e = ARENA_NEW(x->req->arena, struct entering);

	e->a = x->req->arena;
	send_form(x, e, 200);
}

void
desk_new(struct exchange *x)
{
	exchange_call(
	    x, &op_booking_may_enter, ARENA_NEW(x->req->arena, struct booking_view_cmd));
	exchange_submit(x, render_new);
}

static void
render_entered(struct exchange *x)
{
	const struct booking_answer *ans = x->call->res;

	reply_see_other(
	    x, arena_printf(x->req->arena, "/staff/bookings/%s", ans->reference));
	exchange_send(x);
}

static void
refuse_entered(struct exchange *x, int rc)
{
	struct entering *e = ARENA_NEW(x->req->arena, struct entering);

	e->a = x->req->arena;
	e->problems = &x->call->problems;
	if (rc == E_INVALID && form_pairs_of(x->req, &e->pairs) == 0) {
		send_form(x, e, 422);
		return;
	}
	problem_reply(x->req, x->route, rc, NULL, x->call->conflict);
	exchange_send(x);
}

struct key_form {
	const char *key;
};

static const struct field key_rows[] = { FIELD(
    key_form, key, NULL, LINE, 0, 64, NULL, 0) };
static const struct fields key_form_fields = FIELDS(key_rows);

void
desk_enter(struct exchange *x)
{
	struct booking_form *f = ARENA_NEW(x->req->arena, struct booking_form);
	struct problems ignored = { .arena = x->req->arena };
	struct key_form key;
	struct call *c;
	int rc;

	if (x->clinic == NULL) {
		exchange_error(x, E_UNAVAILABLE);
		return;
	}
	c = exchange_call(x, &op_booking_enter, f);
	rc = decode_staff_form(x->req, &booking_fields, f, &c->problems);
	if (rc == 0)
		rc = decode_form(x->req, &key_form_fields, &key, &ignored);
	if (rc < 0) {
		exchange_error(x, rc);
		return;
	}
	f->idempotency_key = key.key;
	f->public_url = x->req->conf->server_public_url;
	if (f->consent == 1)
		f->basis = "verbal";
	booking_check(f, x->clinic, &c->problems, true);
	x->refuse = refuse_entered;
	exchange_submit(x, render_entered);
}
