/* SPDX-License-Identifier: MIT */
/*
 * api_change.c - the change feed, with long polls.
 *
 * A poll that finds nothing waits in its worker's list until a commit, its own
 * deadline, or the end of the daemon, and then asks again. No commit is missed:
 * each poll remembers how many commits there had been when it asked.
 */
#include <event2/event.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/metric.h"
#include "book/change.h"
#include "book/status.h"
#include "web/handlers.h"

#define WORKERS_MAX 64

struct wait {
	struct exchange *x;
	struct wait *next, **at; /* in the worker's list; at NULL: in none */
	struct event *timer;
	int64_t until_ms; /* monotonic */
	struct arena_mark mark;
	uint64_t commits; /* when it asked */
};

static struct wait *waiting[WORKERS_MAX]; /* each touched by its worker alone */
static _Atomic uint64_t commits;
static _Atomic int waiters;
static _Atomic bool draining;

static void ask(struct exchange *);

static void
leave_list(struct wait *w)
{
	if (w->at == NULL)
		return;
	*w->at = w->next;
	if (w->next != NULL)
		w->next->at = w->at;
	w->at = NULL;
	event_free(w->timer);
	atomic_fetch_sub(&waiters, 1);
	metric_add(M_changes_waiting, -1);
}

/* The client left while it waited. */
static void
gone(struct req *q)
{
	struct exchange *x = q->app;

	leave_list(x->state);
}

static void
ask_again(struct wait *w)
{
	leave_list(w);
	req_on_gone(w->x->req, NULL);
	arena_rewind(w->x->req->arena, w->mark);
	exchange_resume(w->x);
	ask(w->x);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	ask_again(arg);
}

static void
enter_list(struct wait *w)
{
	struct worker *worker = w->x->req->worker;
	struct wait **list = &waiting[worker_index(worker)];
	int64_t left = w->until_ms - clock_mono_ms();
	struct timeval tv = { left / 1000, left % 1000 * 1000 };

	w->timer = event_new(worker_base(worker), -1, EV_TIMEOUT, on_timer, w);
	BUG_UNLESS(w->timer != NULL);
	event_add(w->timer, &tv);
	w->next = *list;
	w->at = list;
	if (w->next != NULL)
		w->next->at = &w->next;
	*list = w;
	atomic_fetch_add(&waiters, 1);
	metric_add(M_changes_waiting, 1);
	req_on_gone(w->x->req, gone);
	clinic_put(w->x->clinic);
	w->x->clinic = NULL;
}

/* ---- waking ---- */

static void
wake_worker(struct worker *worker)
{
	struct wait *w = waiting[worker_index(worker)], *next;

	for (; w != NULL; w = next) {
		next = w->next;
		ask_again(w);
	}
}

void
wait_wake(void *context)
{
	(void)context;
	atomic_fetch_add(&commits, 1);
	if (atomic_load(&waiters) > 0)
		server_each_worker(web()->server, wake_worker);
}

void
wait_drain(void)
{
	atomic_store(&draining, true);
	server_each_worker(web()->server, wake_worker);
}

/* ---- asking ---- */

static void
change_json(struct obuf *o, const struct change *c)
{
	obuf_json_open(o, '{');
	obuf_json_kint(o, "seq", c->seq);
	obuf_json_ktime(o, "at", c->at);
	obuf_json_kstr(o, "reference", c->reference);
	obuf_json_kstr(o, "kind", c->kind);
	obuf_json_kstr(o, "actor_kind", c->actor_kind);
	obuf_json_kstr(o, "actor", c->actor);
	obuf_json_kstr(o, "from", c->from < 0 ? NULL : status_name((enum status)c->from));
	obuf_json_kstr(o, "to", c->to < 0 ? NULL : status_name((enum status)c->to));
	obuf_json_close(o, '}');
}

static void
render(struct exchange *x)
{
	const struct change_res *res = x->call->res;
	struct wait *w = x->state;
	struct obuf *o;

	if (res->count == 0 && !atomic_load(&draining) && clock_mono_ms() < w->until_ms) {
		/* In the list first, then the look: whoever commits after it sees us. */
		enter_list(w);
		if (atomic_load(&commits) != w->commits || atomic_load(&draining))
			ask_again(w);
		return;
	}
	o = reply_json(x, 200);
	obuf_json_open(o, '{');
	obuf_json_key(o, "items");
	obuf_json_open(o, '[');
	for (size_t i = 0; i < res->count; i++)
		change_json(o, &res->items[i]);
	obuf_json_close(o, ']');
	obuf_json_kint(o, "next", res->next);
	obuf_json_close(o, '}');
	exchange_send(x);
}

/* The key is asked for anew each time: a revoked one ends the poll. */
static void
ask(struct exchange *x)
{
	struct wait *w = x->state;
	struct change_cmd *cmd = ARENA_NEW(x->req->arena, struct change_cmd);
	struct call *c = exchange_call(x, &op_change_list, cmd);

	decode_query(x->req, &change_fields, cmd, &c->problems, true);
	if (w->until_ms == 0)
		w->until_ms
		    = clock_mono_ms() + (cmd->wait == FIELD_ABSENT ? 0 : cmd->wait * 1000);
	w->commits = atomic_load(&commits);
	exchange_submit(x, render);
}

void
staff_changes(struct exchange *x)
{
	struct wait *w = ARENA_NEW(x->req->arena, struct wait);

	w->x = x;
	x->state = w;
	w->mark = arena_mark(x->req->arena);
	ask(x);
}
