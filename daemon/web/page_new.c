/* SPDX-License-Identifier: MIT */
/*
 * page_new.c - the desk enters somebody who called, wrote or walked in, with a time
 * if they like one. The page is shown with the free times there are, which are looked
 * for each time it is shown.
 */
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "book/booking.h"
#include "book/slot_find.h"
#include "pages.h"
#include "web/answers.h"
#include "web/desk.h"
#include "web/handlers.h"
#include "web/page.h"

static const struct view_choice *
choices(const struct answers *a, const char *name, const char *const *values, size_t *ret_n)
{
	struct view_choice *v = ARENA_ARRAY(a->arena, struct view_choice, 16);
	size_t n = 0;

	for (; values[n] != NULL; n++)
		v[n] = answer_choice(a, name, values[n], desk_word(a->arena, values[n]), n);
	*ret_n = n;
	return v;
}

static const struct view_choice *
concerns(const struct answers *a, size_t *ret_n)
{
	const struct taxonomy *t = taxonomy_get();
	struct view_choice *v = ARENA_ARRAY(a->arena, struct view_choice, t->term_count);
	size_t n = 0;

	for (size_t i = 0; i < t->term_count; i++)
		if (t->terms[i].kind == TERM_CONCERN) {
			v[n] = answer_choice(
			    a, "concerns", t->terms[i].slug, t->terms[i].label[0], n);
			n++;
		}
	*ret_n = n;
	return v;
}

static void
fill_branches(struct view_new *v, const struct clinic *c, const struct answers *a)
{
	struct view_choice *b;

	if (c == NULL || c->branch_count < 2)
		return;
	b = ARENA_ARRAY(a->arena, struct view_choice, c->branch_count);
	for (size_t i = 0; i < c->branch_count; i++)
		b[i] = answer_choice(a, "branch", c->branches[i].slug, c->branches[i].name, i);
	v->branches = b;
	v->branch_count = c->branch_count;
}

static void
fill_choices(struct view_new *v, const struct answers *a)
{
	static const char *const ages[] = { "yes", "no", NULL };

	v->concerns = concerns(a, &v->concern_count);
	v->channels = choices(a, "channel", channels, &v->channel_count);
	v->methods = choices(a, "contact_method", contact_methods, &v->method_count);
	v->languages = choices(a, "language", languages, &v->language_count);
	v->ages = choices(a, "age_18_or_over", ages, &v->age_count);
	v->concerns_error = answer_error(a, "concerns");
	v->channel_error = answer_error(a, "channel");
	v->method_error = answer_error(a, "contact_method");
	v->language_error = answer_error(a, "language");
	v->age_error = answer_error(a, "age_18_or_over");
	v->branch_error = answer_error(a, "branch");
	v->consent_error = answer_error(a, "consent");
	v->consent = has_answer(a, "consent", "yes");
}

static void
fill_texts(struct view_new *v, const struct answers *a)
{
	v->full_name = answer_text(a, "full_name", false);
	v->tel = answer_text(a, "phone", false);
	v->email = answer_text(a, "email", false);
	v->note = answer_text(a, "note", false);
	v->guardian_name = answer_text(a, "guardian_name", false);
	v->guardian_phone = answer_text(a, "guardian_phone", false);
	v->guardian_relation = answer_text(a, "guardian_relation", false);
	v->guardian_open = has_answer(a, "age_18_or_over", "no") || v->guardian_name.error != NULL ||
			   v->guardian_phone.error != NULL || v->guardian_relation.error != NULL;
}

/* In the order of the page, a field once. */
static void
fill_problems(struct view_new *v, const struct answers *a)
{
	static const char *const order[] = { "channel", "branch", "concerns", "full_name",
		"phone", "contact_method", "email", "language", "age_18_or_over",
		"guardian_name", "guardian_phone", "guardian_relation", "doctor", "slot", "note",
		"consent" };
	struct view_problem *p =
	    ARENA_ARRAY(a->arena, struct view_problem, ARRAY_LEN(order));

	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		const char *message = answer_error(a, order[i]);

		if (message != NULL)
			p[v->problem_count++] = (struct view_problem){ order[i], message };
	}
	v->problems = p;
}

/* The page to be shown: what was answered so far. */
struct page {
	struct answers a;
	int status;
	const struct slot_offers *offers; /* instead of a time that was taken; NULL */
};

static void
send_form(struct exchange *x, const struct slot_cmd *cmd, const struct slot_res *times)
{
	const struct page *p = x->state;
	const struct answers *a = &p->a;
	char key[SECRET_TOKEN_LEN];
	bool wrong = a->problems != NULL && a->problems->n > 0;
	struct view_new v = { .desk = desk_frame(x,
				  wrong ? "Error: New request" : "New request", "New request") };

	secret_token(key);
	v.key = answer(a, "key") != NULL ? answer(a, "key") : arena_strdup(a->arena, key);
	fill_choices(&v, a);
	fill_texts(&v, a);
	fill_branches(&v, x->clinic, a);
	fill_problems(&v, a);
	if (times != NULL)
		desk_fill_new_times(&v, a, x->clinic, cmd, times, p->offers);
	page_begin(x->req, p->status);
	page_new_request(&x->req->reply.body, &v);
	exchange_send(x);
}

static void
render_form(struct exchange *x)
{
	send_form(x, x->call->cmd, x->call->res);
}

/* Without its times it is still a form. */
static void
render_without_times(struct exchange *x, int rc)
{
	if (err_row(rc)->status >= 500)
		exchange_error(x, rc);
	else
		send_form(x, NULL, NULL);
}

static void
show_form(struct exchange *x, const struct page *p)
{
	struct slot_cmd *cmd = ARENA_NEW(x->req->arena, struct slot_cmd);
	const char *branch = answer(&p->a, "branch"), *doctor = answer(&p->a, "doctor");
	const char *from = answer(&p->a, "times_from");
	const struct clinic *c = x->clinic;
	struct call *call;
	int32_t day;

	cmd->branch = branch != NULL && clinic_branch(c, branch) != NULL ? branch : c->branches[0].slug;
	cmd->doctor = doctor != NULL && clinic_doctor(c, doctor) != NULL ? doctor : NULL;
	cmd->from = from != NULL && date_parse(from, &day) ? from : NULL;
	x->state = (void *)(uintptr_t)p;
	call = exchange_call(x, &op_slot_find, cmd);
	slot_cmd_check(cmd, c, clock_now_ms(), &call->problems);
	cmd->to_day = cmd->from_day + NEW_TIMES_DAYS - 1;
	x->refuse = render_without_times;
	exchange_submit(x, render_form);
}

/* The page says who is signed in, and is for those who may enter somebody: that is
 * asked first, with what was answered so far. */
static void
render_new(struct exchange *x)
{
	show_form(x, x->state);
}

static struct page *
page_of(struct exchange *x, int status)
{
	struct page *p = ARENA_NEW(x->req->arena, struct page);

	p->a = (struct answers){ x->req->arena, ARENA_NEW(x->req->arena, struct form_pairs), NULL, 0 };
	p->status = status;
	return p;
}

static void
ask_new(struct exchange *x, struct page *p)
{
	x->state = p;
	exchange_call(
	    x, &op_booking_may_enter, ARENA_NEW(x->req->arena, struct booking_view_cmd));
	exchange_submit(x, render_new);
}

void
desk_new(struct exchange *x)
{
	if (x->clinic == NULL)
		exchange_error(x, E_UNAVAILABLE);
	else
		ask_new(x, page_of(x, 200));
}

static void
render_entered(struct exchange *x)
{
	const struct booking_answer *ans = x->call->res;

	reply_see_other(
	    x, arena_printf(x->req->arena, "/staff/bookings/%s", ans->reference));
	exchange_send(x);
}

/* The same problems in words for staff: what is missing is the patient's, not theirs. */
static const struct problems *
for_staff(struct arena *a, const struct problems *p)
{
	static const char *const missing[][2] = {
		{ "concerns", "Select what they asked about, or select “Not asked”." },
		{ "full_name", "Enter their full name." },
		{ "phone", "Enter their phone number." },
		{ "contact_method", "Select how we should contact them." },
		{ "email", "Enter their email address." },
		{ "age_18_or_over", "Select whether they are 18 or over." },
	};
	struct problems *mine = ARENA_NEW(a, struct problems);

	*mine = *p;
	mine->v = ARENA_ARRAY(a, struct problem, p->n + 1);
	for (size_t i = 0; i < p->n; i++) {
		mine->v[i] = p->v[i];
		for (size_t k = 0; k < ARRAY_LEN(missing); k++)
			if (strcmp(p->v[i].code, "required") == 0 &&
			    strcmp(p->v[i].field, missing[k][0]) == 0)
				mine->v[i].message = missing[k][1];
	}
	return mine;
}

/* A time that was taken meanwhile is a problem of its field. */
static void
add_taken(struct problems *p, int rc)
{
	if (rc == E_SLOT_TAKEN)
		problem_add(p, "slot", "slot_taken", "That time has just been taken. Choose another one.");
}

static void
refuse_entered(struct exchange *x, int rc)
{
	bool about_time = rc == E_SLOT_TAKEN || rc == E_NOT_OFFERED;
	struct page *p = page_of(x, about_time ? 409 : 422);
	struct form_pairs *pairs = ARENA_NEW(x->req->arena, struct form_pairs);

	if ((rc == E_INVALID || about_time) && form_pairs_of(x->req, pairs) == 0) {
		add_taken(&x->call->problems, rc);
		p->a.pairs = pairs;
		p->a.problems = for_staff(x->req->arena, &x->call->problems);
		p->offers = x->call->offers;
		show_form(x, p);
		return;
	}
	problem_reply(x->req, x->route, rc, NULL, x->call->conflict);
	exchange_send(x);
}

/* What the form has besides the request's own fields. */
struct key_form {
	const char *key;
	int show_times; /* only that: nothing is entered yet */
};

static const struct field key_rows[] = {
	FIELD(key_form, key, NULL, LINE, 0, 64, NULL, 0),
	FIELD(key_form, show_times, NULL, BOOL, 0, 0, NULL, 0),
};
static const struct fields key_form_fields = FIELDS(key_rows);

/* Other times were asked for: the page again, every answer kept. */
static void
show_times(struct exchange *x)
{
	struct form_pairs *pairs = ARENA_NEW(x->req->arena, struct form_pairs);
	struct page *p = page_of(x, 200);

	if (form_pairs_of(x->req, pairs) == 0)
		p->a.pairs = pairs;
	ask_new(x, p);
}

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
	if (key.show_times == 1) {
		show_times(x);
		return;
	}
	f->from_form = true;
	f->idempotency_key = key.key;
	f->public_url = x->req->conf->server_public_url;
	if (f->consent == 1)
		f->basis = "verbal";
	booking_check(f, x->clinic, &c->problems, true);
	x->refuse = refuse_entered;
	exchange_submit(x, render_entered);
}
