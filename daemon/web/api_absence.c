/* SPDX-License-Identifier: MIT */
/* api_absence.c - a doctor away, a branch closed: lists and changes, for staff. */
#include <errno.h>
#include <stdlib.h>

#include "base/err.h"
#include "book/absence.h"
#include "web/handlers.h"

struct change_query {
	int dry_run;
};

static const struct field query_rows[]
    = { FIELD(change_query, dry_run, NULL, BOOL, 0, 0, NULL, 0) };
static const struct fields query_fields = FIELDS(query_rows);

static bool
has_clinic(struct exchange *x)
{
	if (x->clinic == NULL)
		exchange_error(x, E_UNAVAILABLE);
	return x->clinic != NULL;
}

static bool
is_dry_run(struct exchange *x, struct problems *p)
{
	struct change_query query;

	decode_query(x->req, &query_fields, &query, p, true);
	return query.dry_run == 1;
}

static void
render_change(struct exchange *x)
{
	const struct absence_res *res = x->call->res;
	struct obuf *o = reply_json(x, res->id != 0 ? 201 : 200);

	obuf_json_open(o, '{');
	if (res->id != 0)
		obuf_json_kint(o, "id", res->id);
	stranded_json(o, &res->stranded);
	obuf_json_close(o, '}');
	exchange_send(x);
}

static void
submit(struct exchange *x, int rc)
{
	if (rc < 0)
		exchange_error(x, rc);
	else
		exchange_submit(x, render_change);
}

/* The number at the end of the path; 0 opens nothing. */
static int64_t
id_of(const struct exchange *x)
{
	char *end;
	long long id;

	errno = 0;
	id = strtoll(x->param[0], &end, 10);
	return *end == '\0' && errno == 0 && id > 0 ? id : 0;
}

static void
render_absences(struct exchange *x)
{
	absence_list_json(reply_json(x, 200), x->clinic, x->call->actor.branch);
	exchange_send(x);
}

static void
render_closures(struct exchange *x)
{
	closure_list_json(reply_json(x, 200), x->clinic);
	exchange_send(x);
}

static void
list(struct exchange *x, void (*render)(struct exchange *))
{
	if (!has_clinic(x))
		return;
	exchange_call(x, &op_absence_list, ARENA_NEW(x->req->arena, struct absence_list_cmd));
	exchange_submit(x, render);
}

void
staff_absences(struct exchange *x)
{
	list(x, render_absences);
}

void
staff_closures(struct exchange *x)
{
	list(x, render_closures);
}

void
staff_absence_add(struct exchange *x)
{
	struct absence_cmd *cmd = ARENA_NEW(x->req->arena, struct absence_cmd);
	struct call *c;
	int rc;

	if (!has_clinic(x))
		return;
	c = exchange_call(x, &op_absence_add, cmd);
	rc = decode_json(x->req, &absence_fields, cmd, &c->problems, true);
	cmd->id = 0;
	cmd->dry_run = is_dry_run(x, &c->problems);
	if (rc == 0)
		absence_check(cmd, x->clinic, &c->problems);
	submit(x, rc);
}

void
staff_closure_add(struct exchange *x)
{
	struct closure_cmd *cmd = ARENA_NEW(x->req->arena, struct closure_cmd);
	struct call *c;
	int rc;

	if (!has_clinic(x))
		return;
	c = exchange_call(x, &op_closure_add, cmd);
	rc = decode_json(x->req, &closure_fields, cmd, &c->problems, true);
	cmd->id = 0;
	cmd->dry_run = is_dry_run(x, &c->problems);
	if (rc == 0)
		closure_check(cmd, x->clinic, &c->problems);
	submit(x, rc);
}

void
staff_absence_delete(struct exchange *x)
{
	struct absence_cmd *cmd = ARENA_NEW(x->req->arena, struct absence_cmd);

	if (!has_clinic(x))
		return;
	cmd->id = id_of(x);
	cmd->dry_run = is_dry_run(x, &exchange_call(x, &op_absence_delete, cmd)->problems);
	submit(x, 0);
}

void
staff_closure_delete(struct exchange *x)
{
	struct closure_cmd *cmd = ARENA_NEW(x->req->arena, struct closure_cmd);

	if (!has_clinic(x))
		return;
	cmd->id = id_of(x);
	cmd->dry_run = is_dry_run(x, &exchange_call(x, &op_closure_delete, cmd)->problems);
	submit(x, 0);
}
