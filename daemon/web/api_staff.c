/* SPDX-License-Identifier: MIT */
/* api_staff.c - the staff's API: lists, one request, acts, entering a caller. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "book/find.h"
#include "web/handlers.h"

/* Staff need a clinic to be there: dates and hours are its. */
static bool
has_clinic(struct exchange *x)
{
	if (x->clinic != NULL)
		return true;
	exchange_error(x, E_UNAVAILABLE);
	return false;
}

/* ---- the list ---- */

/* The same query with another cursor, for Link: rel=next (RFC 8288). */
static const char *
next_link(struct exchange *x, const char *cursor)
{
	struct arena *a = x->req->arena;
	const char *link = arena_printf(a, "<%s?cursor=%s", x->route->path, cursor);

	for (const char *s = x->req->query; *s != '\0';) {
		size_t n = strcspn(s, "&");

		if (n > 0 && strncmp(s, "cursor=", 7) != 0)
			link = arena_printf(a, "%s&%.*s", link, (int)n, s);
		s += n;
		s += *s == '&';
	}
	return arena_printf(a, "%s>; rel=\"next\"", link);
}

static void
render_list(struct exchange *x)
{
	const struct find_res *res = x->call->res;
	const char *cursor
	    = res->next == 0 ? NULL : find_cursor(x->req->arena, x->call->cmd, res);
	struct obuf *o = reply_json(x, 200);

	obuf_json_open(o, '{');
	obuf_json_key(o, "items");
	obuf_json_open(o, '[');
	for (size_t i = 0; i < res->count; i++)
		booking_item_json(o, &res->items[i]);
	obuf_json_close(o, ']');
	obuf_json_kstr(o, "next", cursor);
	obuf_json_close(o, '}');
	if (cursor != NULL && strpbrk(x->req->query, "<>\"") == NULL)
		req_add_field(x->req, "Link", next_link(x, cursor));
	exchange_send(x);
}

void
staff_list(struct exchange *x)
{
	struct find_cmd *cmd = ARENA_NEW(x->req->arena, struct find_cmd);
	struct call *c;

	if (!has_clinic(x))
		return;
	c = exchange_call(x, &op_booking_find, cmd);
	decode_query(x->req, &find_fields, cmd, &c->problems, true);
	find_check(cmd, x->clinic, &c->problems);
	exchange_submit(x, render_list);
}

/* ---- one request ---- */

static int64_t
number_of_read(const struct exchange *x)
{
	const struct booking_detail *d = x->call->res;

	return d->n;
}

static void
render_detail(struct exchange *x)
{
	const struct booking_detail *d = x->call->res;

	req_add_field(x->req, "ETag", arena_printf(x->req->arena, "\"%lld\"", (long long)d->version));
	obuf_puts(reply_json(x, 200), d->json);
	exchange_send(x);
}

void
staff_read(struct exchange *x)
{
	struct booking_read_cmd *cmd = ARENA_NEW(x->req->arena, struct booking_read_cmd);

	if (!has_clinic(x))
		return;
	cmd->reference = x->param[0];
	exchange_call(x, &op_booking_read, cmd);
	x->audit_n = number_of_read;
	exchange_submit(x, render_detail);
}

/* ---- acts ---- */

static void
render_item(struct exchange *x)
{
	const struct booking_item *item = x->call->res;
	struct obuf *o;

	req_add_field(x->req, "ETag",
	    arena_printf(x->req->arena, "\"%lld\"", (long long)item->version));
	o = reply_json(x, 200);
	obuf_json_open(o, '{');
	booking_item_members(o, item);
	if (item->manage_token != NULL)
		obuf_json_kstr(o, "manage_url",
		    arena_printf(x->req->arena, "%s/b/%s", x->req->conf->server_public_url,
			item->manage_token));
	obuf_json_close(o, '}');
	exchange_send(x);
}

/* If-Match: "7". A weak or listed tag names no single version. */
static int64_t
if_match(struct exchange *x, struct problems *p)
{
	const char *v = req_field(x->req, "if-match");
	char *end;
	long long n;

	if (v == NULL)
		return FIELD_ABSENT;
	errno = 0;
	n = strtoll(v + (*v == '"'), &end, 10);
	if (*v == '"' && end > v + 1 && strcmp(end, "\"") == 0 && errno == 0 && n > 0)
		return n;
	problem_add(p, "If-Match", "invalid", "Give the version in quotes, like \"3\".");
	return FIELD_ABSENT;
}

void
staff_act(struct exchange *x)
{
	struct act_cmd *cmd = ARENA_NEW(x->req->arena, struct act_cmd);
	const struct fields *fields = act_fields(x->param[1]);
	struct call *c;
	int rc;

	if (!has_clinic(x))
		return;
	c = exchange_call(x, &op_booking_act, cmd);
	/* Without fields there is no such action: 404, to those who may know. */
	rc = fields == NULL ? 0 : decode_json(x->req, fields, cmd, &c->problems, true);
	if (rc < 0) {
		exchange_error(x, rc);
		return;
	}
	cmd->reference = x->param[0];
	cmd->action = x->param[1];
	cmd->if_match = if_match(x, &c->problems);
	exchange_submit(x, render_item);
}

/* ---- entering a caller ---- */

static void
render_entered(struct exchange *x)
{
	const struct booking_answer *ans = x->call->res;

	if (ans->replayed)
		req_add_field(x->req, "Idempotency-Replayed", "true");
	req_add_field(x->req, "Location",
	    arena_printf(x->req->arena, "/api/v1/staff/bookings/%s",
		ans->reference == NULL ? "" : ans->reference));
	obuf_puts(reply_json(x, 201), ans->json);
	exchange_send(x);
}

void
staff_enter(struct exchange *x)
{
	struct booking_form *f = ARENA_NEW(x->req->arena, struct booking_form);
	struct call *c;
	int rc;

	if (!has_clinic(x))
		return;
	c = exchange_call(x, &op_booking_enter, f);
	rc = decode_json(x->req, &booking_fields, f, &c->problems, true);
	if (rc < 0) {
		exchange_error(x, rc);
		return;
	}
	f->idempotency_key = idempotency_key(x);
	f->public_url = x->req->conf->server_public_url;
	booking_check(f, x->clinic, &c->problems, true);
	exchange_submit(x, render_entered);
}
