/* SPDX-License-Identifier: MIT */
/*
 * request.c - requests as the app sees them, and their answers made ready.
 *
 * A request knows its connection by a number only. Whoever comes back with one
 * asks for the connection again; when it is gone, so is the request.
 */
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/metric.h"
#include "http/worker.h"

#define REQ_MAGIC 0x4e9a11c3u
#define ARENA_EXTRA ((size_t)256 * 1024)
#define REPLY_BODY_MAX ((size_t)32 << 20) /* more than that is streamed */

struct rq *
rq_of(struct req *r)
{
	BUG_UNLESS(r != NULL && r->magic == REQ_MAGIC);
	return CONTAINER_OF(r, struct rq, r);
}

static struct conn *
conn_of(const struct rq *rq)
{
	struct conn *c = worker_find(rq->r.worker, rq->r.conn_id);

	BUG_UNLESS(c == NULL || c->rq == rq);
	return c;
}

/* An odd multiplier and two shifts: ids differ in every digit, and no digit tells
 * how many requests there were. */
static void
make_id(struct worker *w, char id[17])
{
	uint64_t x = w->id_seed + ++w->id_count * UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	x ^= x >> 31;
	for (int i = 15; i >= 0; i--, x >>= 4)
		id[i] = "0123456789abcdef"[x & 15];
	id[16] = '\0';
}

size_t
arena_cap(const struct conf *c)
{
	return (size_t)c->limits_body_bytes * 8 + ARENA_EXTRA;
}

/* An empty arena, used before if there is one of the right size. */
static struct spare
take_arena(struct worker *w)
{
	size_t cap = arena_cap(worker_conf(w));
	struct spare s;

	if (cap != w->spare_cap) {
		while (w->spare_count > 0)
			arena_free(w->spares[--w->spare_count].arena);
		w->spare_cap = cap;
	}
	if (w->spare_count > 0)
		return w->spares[--w->spare_count];
	s.arena = arena_new(cap);
	s.mark = arena_mark(s.arena);
	return s;
}

struct rq *
rq_new(struct conn *c)
{
	struct worker *w = c->worker;
	struct spare s = take_arena(w);
	struct rq *rq = ARENA_NEW(s.arena, struct rq);
	struct req *r = &rq->r;

	rq->mark = s.mark;
	rq->hold = conf_hold_get(w);
	rq->started_us = c->started_us != 0 ? c->started_us : mono_us();
	rq->deadline_ms = rq->started_us / 1000 + rq->hold->conf->limits_request;
	r->magic = REQ_MAGIC;
	r->arena = s.arena;
	r->worker = w;
	r->conn_id = c->id;
	make_id(w, r->id);
	r->door = c->door;
	memcpy(r->peer, c->peer, sizeof(r->peer));
	r->peer_is_root = c->peer_is_root;
	r->conf = rq->hold->conf;
	r->started_ms = rq->started_us / 1000;
	obuf_init(&r->reply.body, r->arena, REPLY_BODY_MAX);
	return rq;
}

void
rq_free(struct rq *rq)
{
	struct worker *w = rq->r.worker;
	struct arena *a = rq->r.arena;
	struct spare s = { a, rq->mark };
	size_t cap = arena_cap(rq->r.conf);

	body_done(&rq->body);
	conf_hold_put(rq->hold);
	rq->r.magic = 0;
	if (arena_overflowed(a) || cap != w->spare_cap ||
	    w->spare_count == SPARE_ARENAS) {
		arena_free(a);
		return;
	}
	arena_rewind(a, s.mark);
	w->spares[w->spare_count++] = s;
}

int64_t
rq_access(const struct rq *rq)
{
	const struct req *r = &rq->r;
	int64_t now = mono_us();
	char status[21], bytes[21], us[21];

	status[decimal(status, rq->answered ? (uint64_t)r->reply.status : 0)] = '\0';
	bytes[decimal(bytes, rq->bytes_out)] = '\0';
	us[decimal(us, (uint64_t)(now - rq->started_us))] = '\0';
	log_event(LOG_INFO, "access", "id", r->id, "method",
	    r->method == HTTP_OTHER || r->method_name == NULL ? "-" : r->method_name,
	    "route", r->route_name == NULL ? "-" : r->route_name, "status", status,
	    "bytes", bytes, "us", us, NULL);
	return now;
}

/* ---- what the app calls ---- */

const char *
req_field(const struct req *r, const char *name)
{
	for (size_t i = 0; i < r->field_count; i++)
		if (strcmp(r->fields[i].name, name) == 0)
			return r->fields[i].value;
	return NULL;
}

void
req_add_field(struct req *r, const char *name, const char *value)
{
	struct reply *reply = &r->reply;

	BUG_UNLESS(reply->extra_count < HTTP_EXTRA_MAX);
	for (const char *p = value; *p != '\0'; p++)
		BUG_UNLESS(is_field_char(*p));
	reply->extra[reply->extra_count++] = (struct http_field){ name, value };
}

void
req_detach(struct req *r)
{
	struct rq *rq = rq_of(r);
	struct conn *c = conn_of(rq);

	BUG_UNLESS(!rq->detached);
	if (c != NULL && rq->gone != NULL) {
		/* It waited as long as it liked; the job has time of its own. */
		rq->deadline_ms = clock_mono_ms() + r->conf->limits_request;
		conn_set_deadline(c, rq->deadline_ms);
	}
	rq->detached = rq->was_detached = true;
}

bool
req_attach(struct req *r)
{
	struct rq *rq = rq_of(r);

	BUG_UNLESS(rq->detached);
	rq->detached = false;
	if (conn_of(rq) != NULL)
		return true;
	rq_access(rq);
	rq_free(rq);
	return false;
}

void
req_on_gone(struct req *r, void (*gone)(struct req *))
{
	struct rq *rq = rq_of(r);
	struct conn *c = conn_of(rq);

	rq->gone = gone;
	if (c == NULL || gone == NULL)
		return;
	/* A long poll ends by the app's own timer. */
	conn_set_deadline(c, INT64_MAX);
	if (c->eof)
		conn_wake(c);
}

struct mailbox *
worker_mailbox(struct worker *w)
{
	return w->mailbox;
}

struct event_base *
worker_base(struct worker *w)
{
	return w->base;
}

int
worker_index(const struct worker *w)
{
	return w->index;
}
