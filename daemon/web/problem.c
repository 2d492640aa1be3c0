/* SPDX-License-Identifier: MIT */
/* problem.c - refusals and failures: problem+json (RFC 9457) for programs, a page for people. */
#include <string.h>

#include "base/err.h"
#include "book/slot_find.h"
#include "web/page.h"
#include "web/web.h"

bool
wants_json(const struct req *q)
{
	const char *accept = req_field(q, "accept");

	return accept != NULL && strstr(accept, "application/json") != NULL
	    && strstr(accept, "text/html") == NULL;
}

struct obuf *
reply_json(struct exchange *x, int status)
{
	struct reply *r = &x->req->reply;

	r->status = status;
	r->content_type = "application/json; charset=utf-8";
	r->cache_control = x->route->cache;
	return &r->body;
}

void
reply_see_other(struct exchange *x, const char *location)
{
	x->req->reply.status = 303;
	req_add_field(x->req, "Location", location);
}

static void
problems_json(struct obuf *o, const struct problems *p)
{
	obuf_json_key(o, "errors");
	obuf_json_open(o, '[');
	for (size_t i = 0; p != NULL && i < p->n; i++) {
		obuf_json_open(o, '{');
		obuf_json_kstr(o, "field", p->v[i].field);
		obuf_json_kstr(o, "code", p->v[i].code);
		obuf_json_kstr(o, "message", p->v[i].message);
		obuf_json_close(o, '}');
	}
	obuf_json_close(o, ']');
}

/* One kind of wrong field alone gives the whole answer its code. */
static const char *
code_of(const struct err_row *row, const struct problems *p)
{
	if (p == NULL || p->n == 0 || row->status != 422)
		return row->name;
	for (size_t i = 1; i < p->n; i++)
		if (strcmp(p->v[i].code, p->v[0].code) != 0)
			return row->name;
	if (strcmp(p->v[0].code, "unknown_field") == 0 || strcmp(p->v[0].code, "slot_not_offered") == 0)
		return p->v[0].code;
	return row->name;
}

/* What a refusal says beside its row of err.def. */
struct said {
	const struct problems *problems; /* each may be NULL */
	const char *detail, *why;
	const struct slot_offers *offers;
};

static void
problem_json(struct req *q, const struct err_row *row, const struct said *s)
{
	const struct problems *p = s->problems;
	struct obuf *o = &q->reply.body;
	const char *code = code_of(row, p);

	q->reply.content_type = "application/problem+json";
	obuf_json_open(o, '{');
	obuf_json_kstr(o, "type", arena_printf(q->arena, "urn:bookingd:problem:%s", code));
	obuf_json_kstr(o, "title", row->title);
	obuf_json_kint(o, "status", row->status);
	obuf_json_kstr(o, "code", code);
	obuf_json_kstr(o, "detail", s->detail != NULL ? s->detail : row->sentence);
	problems_json(o, p);
	if (s->why != NULL)
		obuf_json_kstr(o, "why", s->why);
	if (s->offers != NULL) {
		obuf_json_key(o, "alternatives");
		slot_offers_json(o, s->offers);
	}
	obuf_json_close(o, '}');
}

/* Fields that belong to a status, whoever caused it. */
static void
add_fields(struct req *q, const struct err_row *row)
{
	if (row->status == 401)
		req_add_field(q, "WWW-Authenticate", "Bearer realm=\"bookingd\"");
	if (row->status == 429)
		req_add_field(q, "Retry-After", "60");
	if (row->status == 503)
		req_add_field(q, "Retry-After", "5");
}

static void
reply_with(struct req *q, const struct route *r, int err, const struct said *s)
{
	const struct err_row *row = err_row(err);

	q->reply.status = row->status;
	q->reply.cache_control = NULL;
	obuf_reset(&q->reply.body);
	add_fields(q, row);
	if (r != NULL && (r->flags & ROUTE_PAGE) && !wants_json(q))
		page_error(q, row, s->detail);
	else
		problem_json(q, row, s);
}

void
problem_reply(struct req *q, const struct route *r, int err, const struct problems *p,
    const char *detail)
{
	reply_with(q, r, err, &(struct said){ p, detail, NULL, NULL });
}

void
exchange_refuse(struct exchange *x, int err)
{
	const struct call *c = x->call;

	reply_with(x->req, x->route, err,
	    &(struct said){ &c->problems, c->conflict, c->slot_why, c->offers });
	exchange_send(x);
}

void
exchange_error(struct exchange *x, int err)
{
	problem_reply(x->req, x->route, err, x->call == NULL ? NULL : &x->call->problems, NULL);
	exchange_send(x);
}
