/* SPDX-License-Identifier: MIT */
/* api_control.c - the control socket's own routes: what bookingctl asks. */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/metric.h"
#include "book/admin.h"
#include "book/retag.h"
#include "book/status.h"
#include "web/handlers.h"

/* ---- status ---- */

static void
counts_json(struct obuf *o, const struct health_res *h)
{
	obuf_json_key(o, "counts");
	obuf_json_open(o, '{');
	obuf_json_kint(o, "bookings", h->total);
	for (int s = 0; s < STATUS_COUNT; s++)
		obuf_json_kint(o, status_name((enum status)s), h->by_status[s]);
	obuf_json_kint(o, "events", h->events);
	obuf_json_kint(o, "outbox_pending", h->outbox_waiting);
	obuf_json_close(o, '}');
}

static void
render_status(struct exchange *x)
{
	const struct health_res *h = x->call->res;
	const struct strlist *addresses = server_addresses(web()->server);
	struct obuf *o = reply_json(x, 200);

	obuf_json_open(o, '{');
	obuf_json_kstr(o, "version", BOOKINGD_VERSION);
	obuf_json_kint(o, "pid", getpid());
	obuf_json_kint(o, "uptime_s", (clock_mono_ms() - web()->started_ms) / 1000);
	obuf_json_key(o, "listen");
	obuf_json_open(o, '[');
	for (size_t i = 0; i < addresses->n; i++)
		obuf_json_str(o, addresses->v[i]);
	obuf_json_close(o, ']');
	obuf_json_kint(o, "schema_version", h->schema_version);
	obuf_json_kint(o, "clinic_version", x->clinic == NULL ? 0 : x->clinic->version);
	counts_json(o, h);
	obuf_json_key(o, "queue");
	obuf_json_open(o, '{');
	obuf_json_kint(o, "waiting", metric_get(M_jobs_waiting));
	obuf_json_close(o, '}');
	obuf_json_ktime(o, "certificate_expires_at", server_certificate_expiry(web()->server));
	obuf_json_close(o, '}');
	exchange_send(x);
}

void
control_status(struct exchange *x)
{
	exchange_call(x, &op_health_read, ARENA_NEW(x->req->arena, struct health_cmd));
	exchange_submit(x, render_status);
}

/* ---- the clinic file ---- */

void
control_clinic(struct exchange *x)
{
	if (x->clinic == NULL) {
		exchange_error(x, E_NOT_FOUND);
		return;
	}
	obuf_puts(reply_json(x, 200), x->clinic->document);
	exchange_send(x);
}

struct load_cmd {
	int dry_run, accept_stranded;
};

static const struct field load_rows[] = {
	FIELD(load_cmd, dry_run, NULL, BOOL, 0, 0, NULL, 0),
	FIELD(load_cmd, accept_stranded, NULL, BOOL, 0, 0, NULL, 0),
};
static const struct fields load_fields = FIELDS(load_rows);

static void
render_loaded(struct exchange *x)
{
	const struct clinic_res *res = x->call->res;
	struct obuf *o = reply_json(x, 200);

	obuf_json_open(o, '{');
	obuf_json_key(o, "changes");
	obuf_json_open(o, '[');
	for (size_t i = 0; i < res->changes.n; i++)
		obuf_json_str(o, res->changes.v[i]);
	obuf_json_close(o, ']');
	stranded_json(o, &res->stranded);
	obuf_json_close(o, '}');
	exchange_send(x);
}

void
control_clinic_load(struct exchange *x)
{
	struct clinic_cmd *cmd = ARENA_NEW(x->req->arena, struct clinic_cmd);
	struct call *c = exchange_call(x, &op_clinic_load, cmd);
	struct load_cmd query;

	decode_query(x->req, &load_fields, &query, &c->problems, true);
	cmd->document = x->req->body == NULL ? "" : x->req->body;
	cmd->document_len = x->req->body_len;
	cmd->dry_run = query.dry_run == 1;
	cmd->accept_stranded = query.accept_stranded == 1;
	if (c->problems.n > 0)
		exchange_error(x, E_INVALID);
	else
		exchange_submit(x, render_loaded);
}

/* ---- notes read again ---- */

static void
render_retagged(struct exchange *x)
{
	const struct retag_res *res = x->call->res;
	struct obuf *o = reply_json(x, 200);

	obuf_json_open(o, '{');
	obuf_json_kint(o, "looked", res->looked);
	obuf_json_kint(o, "added", res->added);
	obuf_json_kint(o, "next", res->next);
	obuf_json_close(o, '}');
	exchange_send(x);
}

void
control_retag(struct exchange *x)
{
	struct retag_cmd *cmd = ARENA_NEW(x->req->arena, struct retag_cmd);
	struct call *c = exchange_call(x, &op_retag, cmd);

	decode_query(x->req, &retag_fields, cmd, &c->problems, true);
	exchange_submit(x, render_retagged);
}

/* ---- keys ---- */

static void
render_keys(struct exchange *x)
{
	const struct key_list_res *res = x->call->res;
	struct obuf *o = reply_json(x, 200);

	obuf_json_open(o, '{');
	obuf_json_key(o, "items");
	obuf_json_open(o, '[');
	for (size_t i = 0; i < res->count; i++) {
		const struct key_row *r = &res->rows[i];

		obuf_json_open(o, '{');
		obuf_json_kstr(o, "name", r->name);
		obuf_json_kstr(o, "role", r->role);
		obuf_json_kstr(o, "branch", r->branch);
		obuf_json_kstr(o, "created_by", r->created_by);
		obuf_json_ktime(o, "created_at", r->created_at);
		obuf_json_ktime(o, "expires_at", r->expires_at);
		obuf_json_ktime(o, "revoked_at", r->revoked_at);
		obuf_json_close(o, '}');
	}
	obuf_json_close(o, ']');
	obuf_json_close(o, '}');
	exchange_send(x);
}

void
control_keys(struct exchange *x)
{
	exchange_call(x, &op_key_list, ARENA_NEW(x->req->arena, struct key_list_cmd));
	exchange_submit(x, render_keys);
}

static void
render_key(struct exchange *x)
{
	const struct key_res *res = x->call->res;
	struct obuf *o = reply_json(x, 201);

	obuf_json_open(o, '{');
	obuf_json_kstr(o, "key", res->key);
	obuf_json_close(o, '}');
	exchange_send(x);
}

void
control_key_create(struct exchange *x)
{
	struct key_cmd *cmd = ARENA_NEW(x->req->arena, struct key_cmd);
	struct call *c = exchange_call(x, &op_key_create, cmd);
	int rc = decode_json(x->req, &key_fields, cmd, &c->problems, true);

	if (rc < 0)
		exchange_error(x, rc);
	else
		exchange_submit(x, render_key);
}

void
control_key_revoke(struct exchange *x)
{
	struct key_name_cmd *cmd = ARENA_NEW(x->req->arena, struct key_name_cmd);

	cmd->name = x->param[0];
	exchange_call(x, &op_key_revoke, cmd);
	exchange_submit(x, render_keys);
}
