/* SPDX-License-Identifier: MIT */
/*
 * step.c - what a connection does next, by its state.
 *
 * A step ends in GO (look again at once), STOP (wait for an event) or CLOSE. No
 * step calls another: a thousand pipelined requests take a thousand turns of
 * one loop and no stack.
 */
#include <openssl/err.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/metric.h"
#include "http/worker.h"

bool
conn_silent(const struct conn *c)
{
	return c->state == CONN_HANDSHAKE ||
	       (c->state == CONN_HEAD && c->started_us == 0);
}

static enum step
step_handshake(struct conn *c)
{
	int n = io_handshake(c);

	if (n == IO_AGAIN)
		return STEP_STOP;
	if (n != 1) {
		metric_add(M_handshake_failures_total, 1);
		return STEP_CLOSE;
	}
	metric_add(M_handshakes_total, 1);
	c->state = CONN_HEAD;
	/* Silence before the first request is no idle keep-alive connection. */
	conn_set_deadline(c, clock_mono_ms() + worker_conf(c->worker)->limits_head);
	return STEP_GO;
}

/* Reads into the buffer; GO when something came or the peer has ended. */
static enum step
read_more(struct conn *c)
{
	int n;

	if (!c->readable)
		return STEP_STOP;
	in_room(c);
	n = io_read(c, c->in.data + c->in.len, c->in.cap - c->in.len);
	if (n == IO_AGAIN)
		return c->readable ? STEP_GO : STEP_STOP;
	if (n == IO_ERROR)
		return STEP_CLOSE;
	if (n == IO_EOF) {
		c->eof = true;
		c->readable = false;
	} else {
		c->in.len += (size_t)n;
	}
	return STEP_GO;
}

static enum step
refuse(struct conn *c, int err)
{
	if (c->rq == NULL)
		c->rq = rq_new(c);
	rq_refuse(c->rq, c, err, true);
	return STEP_GO;
}

/* The request is whole: the app's turn. */
static enum step
serve(struct conn *c)
{
	struct rq *rq = c->rq;

	if (arena_overflowed(rq->r.arena))
		return refuse(c, E_TOO_LARGE);
	rq->r.body = rq->framing.kind == BODY_NONE ? NULL
		     : rq->body.data != NULL       ? rq->body.data
						   : arena_strdup(rq->r.arena, "");
	rq->r.body_len = rq->body.len;
	c->state = CONN_WAIT;
	conn_set_deadline(c, rq->deadline_ms);
	c->worker->server->app->request(&rq->r);
	return STEP_GO;
}

static enum step
continue_100(struct conn *c)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";

	c->out[0] = (struct segment){ text, sizeof(text) - 1 };
	c->out_at = 0;
	c->out_count = 1;
	return STEP_GO;
}

/* The head is parsed: ask the app what it takes, and prepare for the body. */
static enum step
begin_body(struct conn *c)
{
	struct rq *rq = c->rq;
	const struct conf *conf = worker_conf(c->worker);
	bool bodyless = rq->framing.kind == BODY_NONE ||
			(rq->framing.kind == BODY_LENGTH && rq->framing.length == 0);
	int64_t max = c->worker->server->app->head(&rq->r);
	struct arena *arena = rq->r.arena;
	int e;

	if (max < 0) {
		/* Without a body the next request is found all the same. */
		rq_refuse(rq, c, (int)max, !bodyless);
		return STEP_GO;
	}
	if (bodyless)
		return serve(c);
	if (max > conf->limits_body_bytes)
		arena = NULL; /* a route for large bodies: not out of the arena's cap */
	e = body_begin(&rq->body, &rq->framing, (size_t)max, arena);
	if (e != 0)
		return refuse(c, e);
	rq->body_deadline_ms = clock_mono_ms() + conf->limits_body;
	if (rq->body_deadline_ms > rq->deadline_ms)
		rq->body_deadline_ms = rq->deadline_ms;
	c->state = CONN_BODY;
	conn_set_deadline(c, rq->body_deadline_ms);
	return rq->framing.expect_continue && in_unread(c) == 0 ? continue_100(c)
								: STEP_GO;
}

static enum step
begin_request(struct conn *c)
{
	const struct conf *conf = worker_conf(c->worker);
	struct rq *rq = c->rq = rq_new(c);
	int e = head_parse(&rq->r, &rq->framing, &c->scan, c->in.data + c->in.at);

	c->in.at += c->scan.pos;
	c->scan = (struct head_scan){ 0 };
	if (e != 0)
		return refuse(c, e);
	if (c->door != DOOR_CONTROL && conf->server_trusted_proxies.n > 0)
		peer_behind(&conf->server_trusted_proxies, c->peer, rq->r.fields,
		    rq->r.field_count, rq->r.peer);
	return begin_body(c);
}

static enum step
step_head(struct conn *c)
{
	const struct conf *conf = worker_conf(c->worker);
	struct head_limits l = { (size_t)conf->limits_head_bytes,
		(size_t)conf->limits_target_bytes, (size_t)conf->limits_head_fields };
	int n = 0;

	if (in_unread(c) > 0) {
		if (c->started_us == 0) {
			c->started_us = mono_us();
			conn_set_deadline(c, c->started_us / 1000 + conf->limits_head);
		}
		n = head_scan(&c->scan, &l, c->in.data + c->in.at, in_unread(c));
	}
	if (n < 0)
		return refuse(c, n);
	if (n > 0)
		return begin_request(c);
	return c->eof ? STEP_CLOSE : read_more(c);
}

/* Writes at most one record of what is queued. 1 all gone, 0 later, IO_ERROR. */
static int
flush_record(struct conn *c)
{
	const char *from = c->out[c->out_at].p;
	size_t len = c->out[c->out_at].len;
	int n;

	/* Short pieces travel together: a record each would double the packets. */
	if (len < RECORD_MAX && c->out_at + 1 < c->out_count) {
		len = 0;
		from = c->worker->out;
		for (size_t i = c->out_at; i < c->out_count && len < RECORD_MAX; i++) {
			size_t part = c->out[i].len < RECORD_MAX - len ? c->out[i].len
								       : RECORD_MAX - len;

			memcpy(c->worker->out + len, c->out[i].p, part);
			len += part;
		}
	}
	n = io_write(c, from, len);
	if (n <= 0)
		return n;
	if (c->rq != NULL)
		c->rq->bytes_out += (uint64_t)n;
	for (size_t left = (size_t)n; left > 0 && c->out_at < c->out_count;) {
		struct segment *s = &c->out[c->out_at];
		size_t part = s->len < left ? s->len : left;

		s->p += part;
		s->len -= part;
		left -= part;
		if (s->len == 0)
			c->out_at++;
	}
	return 1;
}

static enum step
step_body(struct conn *c)
{
	size_t used = 0;
	int n = 0;

	if (c->out_at < c->out_count) {
		n = flush_record(c);
		return n == IO_ERROR ? STEP_CLOSE : n == IO_AGAIN ? STEP_STOP : STEP_GO;
	}
	if (in_unread(c) > 0)
		n = body_feed(&c->rq->body, c->in.data + c->in.at, in_unread(c), &used);
	c->in.at += used;
	if (n < 0)
		return refuse(c, n);
	if (n > 0)
		return serve(c);
	return c->eof ? STEP_CLOSE : read_more(c);
}

/* The app has the request. Reading a little ahead shows whether the client is
 * still there; a half-closed one still wants its answer, a waiting one is gone. */
static enum step
step_wait(struct conn *c)
{
	const struct rq *rq = c->rq;

	if (c->eof)
		return rq->gone != NULL && !rq->detached ? STEP_CLOSE : STEP_STOP;
	return in_unread(c) < READ_AHEAD_MAX ? read_more(c) : STEP_STOP;
}

static enum step
end_request(struct conn *c)
{
	struct worker *w = c->worker;
	bool linger = c->rq->fatal || in_unread(c) > 0 || w->draining;
	int64_t now_ms = rq_access(c->rq) / 1000;

	rq_free(c->rq);
	c->rq = NULL;
	c->started_us = 0;
	if (!c->closing) {
		c->state = CONN_HEAD;
		conn_set_deadline(c, now_ms + worker_conf(w)->limits_idle);
		return STEP_GO;
	}
	if (!linger || c->eof)
		return STEP_CLOSE;
	/* Closing on unread bytes would reset the connection under the answer. */
	io_shutdown(c);
	in_free(c);
	c->state = CONN_LINGER;
	conn_set_deadline(c, now_ms + worker_conf(w)->limits_linger);
	return STEP_GO;
}

static enum step
step_send(struct conn *c)
{
	int n = c->out_at < c->out_count ? flush_record(c) : 1;

	if (n == IO_ERROR) {
		c->broken = true;
		return STEP_CLOSE;
	}
	if (n == IO_AGAIN)
		return STEP_STOP;
	if (c->out_at < c->out_count)
		return STEP_GO;
	if (!c->rq->streaming)
		return end_request(c);
	c->state = CONN_MORE;
	return STEP_GO;
}

static enum step
step_more(struct conn *c)
{
	struct rq *rq = c->rq;

	c->state = CONN_WAIT;
	rq->deadline_ms = clock_mono_ms() + worker_conf(c->worker)->limits_request;
	conn_set_deadline(c, rq->deadline_ms);
	rq->r.reply.more(&rq->r);
	return STEP_GO;
}

static enum step
step_linger(struct conn *c)
{
	int n = io_discard(c);

	return n > 0 ? STEP_GO : n == IO_AGAIN ? STEP_STOP : STEP_CLOSE;
}

enum step
conn_step(struct conn *c)
{
	switch (c->state) {
	case CONN_HANDSHAKE:
		return step_handshake(c);
	case CONN_HEAD:
		return step_head(c);
	case CONN_BODY:
		return step_body(c);
	case CONN_WAIT:
		return step_wait(c);
	case CONN_SEND:
		return step_send(c);
	case CONN_MORE:
		return step_more(c);
	case CONN_LINGER:
		return step_linger(c);
	}
	return STEP_CLOSE;
}

enum step
conn_expire(struct conn *c)
{
	if (c->state == CONN_HANDSHAKE)
		metric_add(M_handshake_failures_total, 1);
	if (c->state != CONN_LINGER && (c->state == CONN_HANDSHAKE || !conn_silent(c)))
		metric_add(M_request_timeouts_total, 1);
	/* An answer cut short must not look like its end. */
	c->broken = c->broken || c->state == CONN_SEND || c->state == CONN_MORE;
	/* Only a client that is still sending can be told. */
	if ((c->state == CONN_HEAD && c->started_us != 0) ||
	    (c->state == CONN_BODY && c->out_at == c->out_count))
		return refuse(c, E_TIMEOUT);
	return STEP_CLOSE;
}
