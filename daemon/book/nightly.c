/* SPDX-License-Identifier: MIT */
/* nightly.c - the retention run, one step after the other until it is over. */
#include "base/clock.h"
#include "base/log.h"
#include "book/nightly.h"
#include "book/privacy.h"

static void step_back(struct letter *);

static void
step(struct nightly *m, int64_t after)
{
	struct arena *a = arena_new((size_t)1 << 20);
	struct retention_cmd *cmd = ARENA_NEW(a, struct retention_cmd);
	struct call *c = call_new(a, &op_retention, cmd);

	cmd->after = after;
	cmd->gone = m->gone;
	c->actor = (struct actor){ ACTOR_SYSTEM, "bookingd", CAP_PRIVACY, 0 };
	c->clinic = clinic_get();
	c->owner = m;
	c->job.letter.read = step_back;
	c->job.reply_to = m->mailbox;
	m->running = m->pool != NULL && call_submit(m->pool, c) == 0;
	if (m->running)
		return;
	clinic_put(c->clinic);
	arena_free(a);
}

/* A step that failed ends the run; the next tick begins another. */
static void
step_back(struct letter *l)
{
	struct call *c = CONTAINER_OF(CONTAINER_OF(l, struct job, letter), struct call, job);
	const struct retention_res *res = c->res;
	struct nightly *m = c->owner;
	int64_t next = res->next;
	int rc = c->job.rc;

	m->running = false;
	if (rc >= 0)
		m->gone += (int64_t)res->count;
	clinic_put(c->clinic);
	arena_free(c->arena);
	if (rc < 0)
		log_event(LOG_ERROR, "retention_failed", "error", err_row(rc)->name, NULL);
	else if (next != 0)
		step(m, next);
	else {
		m->last_ms = clock_now_ms();
		log_event(LOG_INFO, "retention", "erased", LOG_INT(m->gone), NULL);
	}
}

void
nightly_tick(struct nightly *m)
{
	const struct clinic *c = clinic_get();
	bool due = c != NULL && !m->running
	    && clock_now_ms() >= retention_due_ms(c->zone, m->last_ms);

	clinic_put(c);
	if (!due)
		return;
	m->gone = 0;
	step(m, 0);
}
