/* SPDX-License-Identifier: MIT */
/* api_people.c - the control socket's routes for people of the clinic. */
#include <string.h>

#include "base/err.h"
#include "book/staff.h"
#include "web/handlers.h"

/* The one-time password is made here and shown once; only its hash goes on. The
 * control socket has few callers: the hashing may take its 40 ms on this thread. */
static const char *
new_password(struct exchange *x, struct staff_cmd *cmd)
{
	char password[PASSWORD_ONE_TIME_LEN];

	password_one_time(password);
	password_hash_now(password, cmd->password_hash);
	return arena_strdup(x->req->arena, password);
}

static void
render_password(struct exchange *x)
{
	struct obuf *o = reply_json(x, 201);

	obuf_json_open(o, '{');
	obuf_json_kstr(o, "password", x->state);
	obuf_json_close(o, '}');
	exchange_send(x);
}

static void
render_people(struct exchange *x)
{
	const struct staff_res *res = x->call->res;
	struct obuf *o = reply_json(x, 200);

	obuf_json_open(o, '{');
	obuf_json_key(o, "items");
	obuf_json_open(o, '[');
	for (size_t i = 0; i < res->count; i++) {
		const struct staff_row *r = &res->rows[i];

		obuf_json_open(o, '{');
		obuf_json_kstr(o, "login", r->login);
		obuf_json_kstr(o, "name", r->name);
		obuf_json_kstr(o, "role", r->role);
		obuf_json_kstr(o, "branch", r->branch);
		obuf_json_kstr(o, "created_by", r->created_by);
		obuf_json_ktime(o, "created_at", r->created_at);
		obuf_json_ktime(o, "disabled_at", r->disabled_at);
		obuf_json_close(o, '}');
	}
	obuf_json_close(o, ']');
	obuf_json_close(o, '}');
	exchange_send(x);
}

static void
render_done(struct exchange *x)
{
	obuf_puts(reply_json(x, 200), "{}");
	exchange_send(x);
}

void
control_people(struct exchange *x)
{
	exchange_call(x, &op_staff_all, ARENA_NEW(x->req->arena, struct staff_cmd));
	exchange_submit(x, render_people);
}

void
control_person_add(struct exchange *x)
{
	struct staff_cmd *cmd = ARENA_NEW(x->req->arena, struct staff_cmd);
	struct call *c = exchange_call(x, &op_staff_add, cmd);
	int rc = decode_json(x->req, &staff_fields, cmd, &c->problems, true);

	if (rc < 0) {
		exchange_error(x, rc);
		return;
	}
	x->state = (void *)(uintptr_t)new_password(x, cmd);
	exchange_submit(x, render_password);
}

void
control_person_act(struct exchange *x)
{
	struct staff_cmd *cmd = ARENA_NEW(x->req->arena, struct staff_cmd);

	cmd->login = x->param[0];
	if (strcmp(x->param[1], "disable") == 0) {
		exchange_call(x, &op_staff_disable, cmd);
		exchange_submit(x, render_done);
	} else if (strcmp(x->param[1], "reset") == 0) {
		x->state = (void *)(uintptr_t)new_password(x, cmd);
		exchange_call(x, &op_staff_reset, cmd);
		exchange_submit(x, render_password);
	} else
		exchange_error(x, E_NOT_FOUND);
}
