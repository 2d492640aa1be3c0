/* SPDX-License-Identifier: MIT */
/* api_slot.c - free times for anybody, and for staff why a time is not free. */
#include "base/clock.h"
#include "base/err.h"
#include "book/slot_find.h"
#include "web/handlers.h"

static void
render_slots(struct exchange *x)
{
	const struct slot_cmd *cmd = x->call->cmd;

	cors_allow(x);
	slot_json(reply_json(x, 200), cmd, x->call->res,
	    cmd->lang == NULL ? 0 : clinic_language(cmd->lang));
	exchange_send(x);
}

void
api_slots(struct exchange *x)
{
	struct slot_cmd *cmd = ARENA_NEW(x->req->arena, struct slot_cmd);
	struct call *c;

	cors_allow(x);
	if (x->clinic == NULL) {
		exchange_error(x, E_UNAVAILABLE);
		return;
	}
	c = exchange_call(x, &op_slot_find, cmd);
	c->key = NULL; /* what is free is for everybody */
	decode_query(x->req, &slot_fields, cmd, &c->problems, false);
	slot_cmd_check(cmd, x->clinic, clock_now_ms(), &c->problems);
	if (c->problems.n > 0)
		exchange_error(x, E_INVALID);
	else
		exchange_submit(x, render_slots);
}

static void
render_explained(struct exchange *x)
{
	explain_json(reply_json(x, 200), x->call->cmd, x->call->res);
	exchange_send(x);
}

void
staff_explain(struct exchange *x)
{
	struct explain_cmd *cmd = ARENA_NEW(x->req->arena, struct explain_cmd);
	struct call *c;

	if (x->clinic == NULL) {
		exchange_error(x, E_UNAVAILABLE);
		return;
	}
	c = exchange_call(x, &op_slot_explain, cmd);
	decode_query(x->req, &explain_fields, cmd, &c->problems, true);
	explain_check(cmd, x->clinic, clock_now_ms(), &c->problems);
	exchange_submit(x, render_explained);
}
