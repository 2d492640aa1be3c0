/* SPDX-License-Identifier: MIT */
/* api_service.c - what probes, browsers and machines ask of the daemon itself. */
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/metric.h"
#include "book/admin.h"
#include "web/handlers.h"
#include "web/page.h"

static void
send_text(struct exchange *x, int status, const char *type, const char *text)
{
	struct reply *r = &x->req->reply;

	r->status = status;
	r->content_type = type;
	r->cache_control = x->route->cache;
	obuf_puts(&r->body, text);
	exchange_send(x);
}

void
healthz(struct exchange *x)
{
	send_text(x, 200, "text/plain; charset=utf-8", "ok\n");
}

static void
render_ready(struct exchange *x)
{
	bool ready = x->clinic != NULL;

	send_text(x, ready ? 200 : 503, "text/plain; charset=utf-8", ready ? "ready\n" : "not ready\n");
}

static void
refuse_ready(struct exchange *x, int rc)
{
	(void)rc;
	send_text(x, 503, "text/plain; charset=utf-8", "not ready\n");
}

/* Ready is: a clinic is loaded and the database answers. */
void
readyz(struct exchange *x)
{
	exchange_call(x, &op_ready_check, ARENA_NEW(x->req->arena, struct health_cmd));
	x->call->key = NULL;
	x->refuse = refuse_ready;
	exchange_submit(x, render_ready);
}

void
openapi(struct exchange *x)
{
	cors_allow(x);
	send_text(x, 200, "application/json; charset=utf-8", web()->openapi);
}

/* RFC 9116; it expires with the year, so that nobody trusts an old one. */
void
security_txt(struct exchange *x)
{
	char until[CLOCK_TEXT_LEN];
	const char *contact = x->clinic == NULL ? NULL : x->clinic->dpo_email;

	if (contact == NULL || *contact == '\0') {
		exchange_error(x, E_NOT_FOUND);
		return;
	}
	clock_rfc3339(clock_now_ms() + 180 * DAY_MS, until);
	send_text(x, 200, "text/plain; charset=utf-8",
	    arena_printf(x->req->arena,
		"Contact: mailto:%s\nExpires: %s\nPreferred-Languages: en\n"
		"Canonical: %s/.well-known/security.txt\n",
		contact, until, x->req->conf->server_public_url));
}

void
static_file(struct exchange *x)
{
	for (const struct page_static *f = page_statics; f->name != NULL; f++)
		if (strcmp(f->name, x->param[0]) == 0) {
			send_text(x, 200, f->content_type, f->text);
			return;
		}
	exchange_error(x, E_NOT_FOUND);
}

void
metrics(struct exchange *x)
{
	x->req->reply.status = 200;
	x->req->reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
	metric_write(&x->req->reply.body);
	exchange_send(x);
}

/* ---- pages of other sites that call the API ---- */

static const char *
allowed_origin(const struct exchange *x)
{
	const char *origin = req_field(x->req, "origin");

	return origin != NULL && strlist_has(&x->req->conf->public_allowed_origins, origin) ? origin
											    : NULL;
}

void
cors_allow(struct exchange *x)
{
	const char *origin = allowed_origin(x);

	if (x->req->conf->public_allowed_origins.n == 0)
		return;
	req_add_field(x->req, "Vary", "Origin");
	if (origin == NULL)
		return;
	req_add_field(x->req, "Access-Control-Allow-Origin", origin);
	req_add_field(x->req, "Access-Control-Expose-Headers", "Location, Idempotency-Replayed");
	req_add_field(x->req, "Cross-Origin-Resource-Policy", "cross-origin");
}

void
cors_preflight(struct exchange *x)
{
	x->req->reply.status = 204;
	cors_allow(x);
	if (allowed_origin(x) != NULL) {
		req_add_field(x->req, "Access-Control-Allow-Methods", "GET, POST");
		req_add_field(x->req, "Access-Control-Allow-Headers", "Content-Type, Idempotency-Key");
		req_add_field(x->req, "Access-Control-Max-Age", "600");
	}
	exchange_send(x);
}
