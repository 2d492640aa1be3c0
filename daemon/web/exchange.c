/* SPDX-License-Identifier: MIT */
/*
 * exchange.c - the life of a request in this room: routed, decoded, sent to a
 * database thread, audited where the operation asks for it, answered.
 */
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/metric.h"
#include "book/change.h"
#include "web/desk.h"
#include "web/web.h"

static struct web the_web;

void
web_init(const struct web *w)
{
	the_web = *w;
}

const struct web *
web(void)
{
	return &the_web;
}

/* ---- routing ---- */

static bool
host_is_ours(const struct req *q)
{
	const struct strlist *hosts = q->door == DOOR_STAFF && q->conf->staff_hosts.n > 0
	    ? &q->conf->staff_hosts
	    : &q->conf->server_hosts;

	if (q->door == DOOR_CONTROL || q->door == DOOR_METRICS)
		return true;
	return q->host == NULL ? q->http10 : strlist_has(hosts, q->host);
}

static int64_t
body_limit(const struct req *q, const struct route *r)
{
	switch (r->body) {
	case BODY_NONE:
		return 0;
	case BODY_FORM:
		return q->conf->limits_body_bytes;
	case BODY_FILE:
		return 1 << 20;
	}
	return 0;
}

static int64_t
on_head(struct req *q)
{
	struct exchange *x = ARENA_NEW(q->arena, struct exchange);
	int err = 0;

	x->req = q;
	q->app = x;
	x->route = route_find(q->arena, q->method, q->path, q->door, q->conf, x->param, &err, &x->allow);
	if (x->route != NULL)
		q->route_name = x->route->path;
	if (!host_is_ours(q) && (x->route == NULL || !(x->route->flags & ROUTE_ANY_HOST)))
		return E_MISDIRECTED;
	if (x->route != NULL)
		return body_limit(q, x->route);
	return err;
}

static void
on_request(struct req *q)
{
	struct exchange *x = q->app;

	exchange_resume(x);
	if ((x->route->flags & ROUTE_LIMITED) && !read_limit_take(q))
		exchange_error(x, E_RATE_LIMITED);
	else if ((x->route->flags & ROUTE_DESK) && q->method == HTTP_POST && !desk_post_is_ours(x))
		exchange_error(x, E_FORBIDDEN);
	else
		x->route->handle(x);
}

static void
on_error(struct req *q, int err)
{
	struct exchange *x = q->app;

	problem_reply(q, x == NULL ? NULL : x->route, err, NULL, NULL);
	if (err == E_METHOD && x != NULL && x->allow != NULL)
		req_add_field(q, "Allow", x->allow);
}

static void
on_bound(struct server *s)
{
	the_web.server = s;
}

const struct http_app web_app = { on_head, on_request, on_error, on_bound };

/* ---- calling ---- */

void
exchange_resume(struct exchange *x)
{
	if (x->clinic == NULL)
		x->clinic = clinic_get();
}

static void
release(struct exchange *x)
{
	clinic_put(x->clinic);
	x->clinic = NULL;
}

void
exchange_send(struct exchange *x)
{
	release(x);
	req_send(x->req);
}

/* "Bearer KEY"; the key, or an empty one that opens nothing. page: what a browser
 * sends to a proxy on the way (Basic) is no key. */
static const char *
bearer(const struct req *q, bool page)
{
	const char *v = req_field(q, "authorization");

	if (v == NULL || (page && strncasecmp(v, "Basic ", 6) == 0))
		return NULL;
	if (strncasecmp(v, "Bearer ", 7) != 0 || strlen(v) > 200)
		return "";
	return v + 7 + strspn(v + 7, " ");
}

static void
settle_actor(struct exchange *x, struct call *c)
{
	const struct req *q = x->req;

	if (q->door == DOOR_CONTROL) {
		c->actor = (struct actor){ ACTOR_ADMIN, q->peer_is_root ? "root" : "local", CAP_ALL, 0 };
		return;
	}
	if (x->route->flags & ROUTE_DESK) {
		c->actor = (struct actor){ ACTOR_STAFF, "desk", 0, 0 };
		c->session = desk_cookie(q);
		c->idle_ms = q->conf->staff_session_idle;
		return;
	}
	c->actor = (struct actor){ ACTOR_PATIENT, x->route->flags & ROUTE_PAGE ? "web" : "api", 0, 0 };
	c->key = bearer(q, (x->route->flags & ROUTE_PAGE) != 0);
	if (x->route->flags & ROUTE_STAFF && c->key == NULL)
		c->key = "";
}

struct call *
exchange_call(struct exchange *x, const struct op *op, void *cmd)
{
	struct call *c = call_new(x->req->arena, op, cmd);

	settle_actor(x, c);
	c->clinic = x->clinic;
	c->owner = x;
	x->call = c;
	return c;
}

/* A row for the audit before the answer; its failure does not hide the page. */
static bool
submit_audit(struct exchange *x, void (*read)(struct letter *))
{
	struct audit_cmd *cmd = ARENA_NEW(x->req->arena, struct audit_cmd);

	cmd->action = x->call->op->audit;
	cmd->n = x->audit_n == NULL ? 0 : x->audit_n(x);
	cmd->actor = x->call->actor;
	x->audit = call_new(x->req->arena, &op_audit_add, cmd);
	x->audit->actor = (struct actor){ ACTOR_SYSTEM, "audit", 0, 0 };
	x->audit->owner = x;
	x->audit->job.letter.read = read;
	x->audit->job.reply_to = worker_mailbox(x->req->worker);
	req_detach(x->req);
	if (call_submit(the_web.pool, x->audit) == 0)
		return true;
	req_attach(x->req); /* it was this thread's all the while */
	return false;
}

static void
audit_failed(int rc)
{
	metric_add(M_audit_failures_total, 1);
	log_event(LOG_ERROR, "audit_failed", "error", err_row(rc)->name, NULL);
}

static struct exchange *
exchange_of(struct letter *l)
{
	struct job *j = CONTAINER_OF(l, struct job, letter);
	struct call *c = CONTAINER_OF(j, struct call, job);

	BUG_UNLESS(j->magic == JOB_MAGIC);
	return c->owner;
}

static void
on_audited(struct letter *l)
{
	struct exchange *x = exchange_of(l);
	const struct clinic *held = x->clinic;

	if (x->audit->job.rc < 0)
		audit_failed(x->audit->job.rc);
	if (!req_attach(x->req))
		clinic_put(held);
	else
		x->render(x);
}

static void
answer_refusal(struct exchange *x, int rc)
{
	if ((x->route->flags & ROUTE_DESK) && desk_refused(x, rc))
		return;
	if (x->refuse != NULL) {
		x->refuse(x, rc);
		return;
	}
	exchange_refuse(x, rc);
}

/* A clinic that the call made is in force from its commit on, whether or not whoever
 * asked still listens. */
static void
settle_clinic(struct call *c)
{
	if (c->loaded != NULL && c->job.rc >= 0)
		clinic_set(c->loaded);
	else
		clinic_free(c->loaded);
	c->loaded = NULL;
}

static void
on_answer(struct letter *l)
{
	struct exchange *x = exchange_of(l);
	const struct clinic *held = x->clinic;
	int rc = x->call->job.rc;

	settle_clinic(x->call);
	if (rc >= 0 && x->committed != NULL)
		x->committed(x);
	if (x->call->touch)
		desk_touch(x->call->session);
	if (!req_attach(x->req)) {
		clinic_put(held);
		return;
	}
	if (rc < 0) {
		answer_refusal(x, rc);
		return;
	}
	if (x->call->op->audit != NULL && x->audit == NULL) {
		if (submit_audit(x, on_audited))
			return;
		audit_failed(E_BUSY);
	}
	x->render(x);
}

void
exchange_submit(struct exchange *x, void (*render)(struct exchange *))
{
	struct call *c = x->call;

	x->render = render;
	c->job.letter.read = on_answer;
	c->job.reply_to = worker_mailbox(x->req->worker);
	req_detach(x->req);
	if (call_submit(the_web.pool, c) == 0)
		return;
	req_attach(x->req);
	answer_refusal(x, E_BUSY);
}
