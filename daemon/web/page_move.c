/* SPDX-License-Identifier: MIT */
/*
 * page_move.c - "choose another time": the free times for an appointment by its
 * link, and the post that takes one. What is refused comes back as the same page
 * with the nearest times first; the old time is kept until the new one is had.
 */
#include <string.h>

#include "book/booking.h"
#include "pages.h"
#include "web/handlers.h"
#include "web/page.h"
#include "web/page_form.h"

/* What a refused post left behind, for the page that is read anew. */
struct refused {
	int status;
	const struct problems *problems;
	const struct slot_offers *offers;
};

static void
add_pair(struct form_pairs *p, const char *name, const char *value)
{
	p->v[p->n++] = (struct form_pair){ name, value, strlen(name), strlen(value) };
}

/* The page's times are those of the appointment's branch and service. */
static void
fill_times(struct exchange *x, const struct move_res *res, const struct refused *r,
    struct view_move *v, int lang)
{
	struct arena *a = x->req->arena;
	struct form_pairs *pairs = ARENA_NEW(a, struct form_pairs);
	const struct own_cmd *cmd = x->call->cmd;
	struct shown s = { .a = { a, pairs, r == NULL ? NULL : r->problems, lang },
		.times = &res->times,
		.offers = r == NULL ? NULL : r->offers };

	add_pair(pairs, "branch", res->view.item.branch);
	add_pair(pairs, "service", res->view.item.service);
	if (cmd->from != NULL)
		add_pair(pairs, "times_from", cmd->from);
	times_fill(&v->times, x->clinic, &s);
	v->problems = answer_problems(&s.a, &v->problem_count);
}

static void
render_times(struct exchange *x)
{
	const struct move_res *res = x->call->res;
	const struct refused *r = x->state;
	const struct booking_item *b = &res->view.item;
	int lang = clinic_language(b->language);
	const struct texts *t = &texts[lang];
	struct view_move v = { .t = t,
		.clinic = x->clinic->name,
		.phone = page_or_null(x->clinic->phone),
		.token = x->param[0] };

	if (!res->view.may_move) { /* its page says why, or what else there is */
		reply_see_other(x, arena_printf(x->req->arena, "/b/%s", x->param[0]));
		exchange_send(x);
		return;
	}
	v.now = page_time(x->req->arena, b->zone, b->starts_at, lang);
	fill_times(x, res, r, &v, lang);
	v.title = v.problem_count == 0
	    ? t->move_title
	    : arena_printf(x->req->arena, "%s%s", t->error_prefix, t->move_title);
	page_begin(x->req, r == NULL ? 200 : r->status);
	page_move(&x->req->reply.body, &v);
	exchange_send(x);
}

static void
show(struct exchange *x, struct own_cmd *cmd)
{
	cmd->token = x->param[0];
	exchange_call(x, &op_booking_move_times, cmd)->key = NULL;
	x->refuse = NULL;
	exchange_submit(x, render_times);
}

void
booking_move_page(struct exchange *x)
{
	struct own_cmd *cmd = ARENA_NEW(x->req->arena, struct own_cmd);
	struct problems ignored = { .arena = x->req->arena };

	if (x->clinic == NULL) {
		exchange_error(x, E_UNAVAILABLE);
		return;
	}
	decode_query(x->req, &own_times_fields, cmd, &ignored, false);
	show(x, cmd);
}

static void
render_moved(struct exchange *x)
{
	reply_see_other(x, arena_printf(x->req->arena, "/b/%s", x->param[0]));
	exchange_send(x);
}

static void
refuse_move(struct exchange *x, int rc)
{
	struct refused *r = ARENA_NEW(x->req->arena, struct refused);
	struct call *c = x->call;

	if (rc != E_INVALID && rc != E_NOT_OFFERED && rc != E_SLOT_TAKEN) {
		exchange_refuse(x, rc);
		return;
	}
	if (rc == E_SLOT_TAKEN)
		problem_say(&c->problems, "slot", "slot_taken", M_SLOT_TAKEN);
	*r = (struct refused){ err_row(rc)->status, &c->problems, c->offers };
	x->state = r;
	show(x, ARENA_NEW(x->req->arena, struct own_cmd));
}

void
booking_move_post(struct exchange *x)
{
	struct own_cmd *cmd = ARENA_NEW(x->req->arena, struct own_cmd);
	const char *from = req_field(x->req, "sec-fetch-site");
	struct form_pairs *pairs = ARENA_NEW(x->req->arena, struct form_pairs);
	struct answers a = { x->req->arena, pairs, NULL, 0 };
	struct call *c = exchange_call(x, &op_booking_move, cmd);
	int rc = from != NULL && strcmp(from, "same-origin") != 0 ? E_FORBIDDEN
	    : x->clinic == NULL					  ? E_UNAVAILABLE
								  : 0;

	if (rc == 0)
		rc = decode_form(x->req, &own_move_fields, cmd, &c->problems);
	if (rc == 0)
		rc = form_pairs_of(x->req, pairs);
	if (rc < 0) {
		exchange_error(x, rc);
		return;
	}
	c->problems.language = answer(&a, "lang") == NULL ? 0 : clinic_language(answer(&a, "lang"));
	cmd->token = x->param[0];
	c->key = NULL;
	x->refuse = refuse_move;
	exchange_submit(x, render_moved);
}
