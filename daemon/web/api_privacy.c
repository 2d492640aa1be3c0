/* SPDX-License-Identifier: MIT */
/*
 * api_privacy.c - the control socket's routes for what a person may ask: all that
 * is held of them, erasure; and the retention run. Each is a row of the audit.
 */
#include "base/err.h"
#include "book/privacy.h"
#include "web/handlers.h"

/* ---- erasure ---- */

static int64_t
erased_n(const struct exchange *x)
{
	return ((const struct erase_res *)x->call->res)->n;
}

static void
render_receipt(struct exchange *x)
{
	const struct erase_res *r = x->call->res;
	struct obuf *o = reply_json(x, 200);

	obuf_json_open(o, '{');
	obuf_json_kstr(o, "reference", r->reference);
	obuf_json_kstr(o, "status", status_name(STATUS_ERASED));
	obuf_json_ktime(o, "erased_at", r->erased_at);
	obuf_json_kbool(o, "erased_before", r->already);
	obuf_json_key(o, "erased");
	obuf_json_open(o, '{');
	obuf_json_kint(o, "search_tokens", r->search_tokens);
	obuf_json_kint(o, "links", r->links);
	obuf_json_kint(o, "stored_answers", r->answers);
	obuf_json_kint(o, "tags_from_text", r->tags);
	obuf_json_kint(o, "attempts", r->attempts);
	obuf_json_kint(o, "event_details", r->details);
	obuf_json_close(o, '}');
	obuf_json_kint(o, "messages_cancelled", r->messages);
	/* false: a reader was in the way; it follows with the next writes */
	obuf_json_kbool(o, "files_overwritten", x->call->job.scrubbed);
	obuf_json_close(o, '}');
	exchange_send(x);
}

void
control_erase(struct exchange *x)
{
	struct erase_cmd *cmd = ARENA_NEW(x->req->arena, struct erase_cmd);

	cmd->reference = x->param[0];
	exchange_call(x, &op_booking_erase, cmd);
	x->audit_n = erased_n;
	exchange_submit(x, render_receipt);
}

/* ---- what is held of a person ---- */

static int64_t
subject_n(const struct exchange *x)
{
	return ((const struct subject_res *)x->call->res)->n;
}

static void
render_subject(struct exchange *x)
{
	const struct subject_res *r = x->call->res;

	obuf_puts(reply_json(x, 200), r->json);
	exchange_send(x);
}

void
control_subject(struct exchange *x)
{
	struct subject_cmd *cmd = ARENA_NEW(x->req->arena, struct subject_cmd);

	cmd->reference = x->param[0];
	exchange_call(x, &op_subject_read, cmd);
	x->audit_n = subject_n;
	exchange_submit(x, render_subject);
}

/* ---- retention ---- */

static void
render_step(struct exchange *x)
{
	const struct retention_res *r = x->call->res;
	struct obuf *o = reply_json(x, 200);

	obuf_json_open(o, '{');
	obuf_json_key(o, "items");
	obuf_json_open(o, '[');
	for (size_t i = 0; i < r->count; i++) {
		obuf_json_open(o, '{');
		obuf_json_kstr(o, "reference", r->items[i].reference);
		obuf_json_kstr(o, "status", status_name(r->items[i].status));
		obuf_json_kstr(o, "kept_as", r->items[i].kept_as);
		obuf_json_ktime(o, "last_event_at", r->items[i].last_at);
		obuf_json_close(o, '}');
	}
	obuf_json_close(o, ']');
	obuf_json_key(o, "next");
	if (r->next == 0)
		obuf_json_raw(o, "null");
	else
		obuf_json_int(o, r->next);
	obuf_json_close(o, '}');
	exchange_send(x);
}

/* One step of a run; whoever asks goes on with next until there is none. */
void
control_retention(struct exchange *x)
{
	struct retention_cmd *cmd = ARENA_NEW(x->req->arena, struct retention_cmd);
	struct call *c = exchange_call(x, &op_retention, cmd);

	decode_query(x->req, &retention_fields, cmd, &c->problems, true);
	exchange_submit(x, render_step);
}
