/* SPDX-License-Identifier: MIT */
/* api_booking.c - the public API: a post becomes a request; a link shows it. */
#include <string.h>

#include "base/err.h"
#include "book/booking.h"
#include "web/handlers.h"

/* 8 to 128 visible ASCII characters. */
static bool
is_key(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (s[i] < 0x21 || s[i] > 0x7e)
			return false;
	return n >= 8 && n <= 128;
}

const char *
idempotency_key(struct exchange *x)
{
	const char *key = req_field(x->req, "idempotency-key");

	if (key != NULL && !is_key(key))
		problem_add(&x->call->problems, "Idempotency-Key", "invalid",
		    "Use 8 to 128 visible ASCII characters.");
	return key;
}

static void
render_booked(struct exchange *x)
{
	const struct booking_answer *ans = x->call->res;

	cors_allow(x);
	if (ans->replayed)
		req_add_field(x->req, "Idempotency-Replayed", "true");
	req_add_field(x->req, "Location",
	    arena_printf(x->req->arena, "/api/v1/bookings/%s", ans->token));
	obuf_puts(reply_json(x, 201), ans->json);
	exchange_send(x);
}

static void
refuse_booked(struct exchange *x, int rc)
{
	cors_allow(x);
	exchange_refuse(x, rc);
}

void
api_book(struct exchange *x)
{
	struct booking_form *f = ARENA_NEW(x->req->arena, struct booking_form);
	struct call *c = exchange_call(x, &op_booking_create, f);
	int rc = x->clinic == NULL ? E_UNAVAILABLE
				   : decode_json(x->req, &booking_fields, f, &c->problems, false);

	if (rc == 0 && x->req->body_len == 0)
		rc = is_json_body(x->req) ? E_MALFORMED : E_MEDIA_TYPE;
	if (rc < 0) {
		cors_allow(x);
		exchange_error(x, rc);
		return;
	}
	f->idempotency_key = idempotency_key(x);
	f->public_url = x->req->conf->server_public_url;
	booking_check(f, x->clinic, &c->problems, false);
	if (c->problems.n > 0 && c->key == NULL) { /* a key is looked at first */
		cors_allow(x);
		exchange_error(x, E_INVALID);
		return;
	}
	if (c->problems.n == 0)
		spam_judge(x, f);
	x->refuse = refuse_booked;
	exchange_submit(x, render_booked);
}

static void
when(struct obuf *o, const char *key, const struct booking_item *b, int64_t ms)
{
	char text[40];

	obuf_json_kstr(o, key, ms == 0 || b->zone == NULL ? NULL : rfc3339_local(b->zone, ms, text));
}

static void
render_view(struct exchange *x)
{
	const struct booking_view *v = x->call->res;
	struct obuf *o;
	char due[40];

	cors_allow(x);
	if (v->disowned) {
		exchange_error(x, E_NOT_FOUND);
		return;
	}
	o = reply_json(x, 200);
	obuf_json_open(o, '{');
	obuf_json_kstr(o, "reference", v->item.reference);
	/* nobody is told that they were quarantined */
	obuf_json_kstr(o, "status",
	    status_name(v->item.status == STATUS_SPAM ? STATUS_NEW : v->item.status));
	obuf_json_ktime(o, "received_at", v->item.received_at);
	obuf_json_kstr(o, "respond_by",
	    v->item.zone == NULL ? NULL : rfc3339_local(v->item.zone, v->item.respond_by, due));
	when(o, "slot", &v->item, v->item.starts_at);
	when(o, "end", &v->item, v->item.ends_at);
	when(o, "wish", &v->item, v->item.wish);
	obuf_json_kstr(o, "doctor", v->item.doctor);
	obuf_json_kstr(o, "service", v->item.service);
	obuf_json_kstr(o, "branch", v->item.branch);
	obuf_json_kstr(o, "contact_method", v->item.contact_method);
	obuf_json_kbool(o, "may_confirm", v->may_confirm);
	obuf_json_kbool(o, "may_move", v->may_move);
	obuf_json_kbool(o, "may_cancel", v->may_cancel);
	obuf_json_kbool(o, "may_undo", v->may_undo);
	obuf_json_kbool(o, "too_late", v->too_late);
	obuf_json_kbool(o, "erasure_requested", v->erasure_asked);
	obuf_json_close(o, '}');
	exchange_send(x);
}

void
api_booking(struct exchange *x)
{
	struct booking_view_cmd *cmd = ARENA_NEW(x->req->arena, struct booking_view_cmd);

	cmd->token = x->param[0];
	exchange_call(x, &op_booking_view, cmd);
	x->call->key = NULL; /* the link is what opens it */
	exchange_submit(x, render_view);
}

/* ---- what the holder of a link does ---- */

static const struct fields none = { NULL, 0 };

static void
act(struct exchange *x, const struct op *op, const struct fields *fields)
{
	struct own_cmd *cmd = ARENA_NEW(x->req->arena, struct own_cmd);
	struct call *c = exchange_call(x, op, cmd);
	int rc = x->clinic == NULL ? E_UNAVAILABLE
				   : decode_json(x->req, fields, cmd, &c->problems, false);

	if (rc < 0) {
		cors_allow(x);
		exchange_error(x, rc);
		return;
	}
	cmd->token = x->param[0];
	c->key = NULL;
	x->refuse = refuse_booked;
	exchange_submit(x, render_view);
}

void
api_booking_confirm(struct exchange *x)
{
	act(x, &op_booking_confirm, &none);
}

void
api_booking_move(struct exchange *x)
{
	act(x, &op_booking_move, &own_move_fields);
}

void
api_booking_cancel(struct exchange *x)
{
	act(x, &op_booking_withdraw, &own_cancel_fields);
}

void
api_booking_undo(struct exchange *x)
{
	act(x, &op_booking_undo, &none);
}

/* An erasure is asked for; the body, if there is one, is an empty object. */
void
api_booking_delete(struct exchange *x)
{
	act(x, &op_booking_ask_erasure, &none);
}
