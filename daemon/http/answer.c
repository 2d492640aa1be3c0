/* SPDX-License-Identifier: MIT */
/*
 * answer.c - from a filled-in reply to the bytes that are queued.
 *
 * The head is written in one place and copied into the request's arena, since
 * the app may answer other requests before this one has gone out.
 */
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/metric.h"
#include "http/worker.h"

/* Replaces the reply by the app's page for an error. */
static void
reply_error(struct rq *rq, int err)
{
	struct req *r = &rq->r;
	struct obuf body = r->reply.body;

	obuf_reset(&body);
	r->reply = (struct reply){ .body = body };
	rq->refused = true;
	r->worker->server->app->error(r, err);
}

/* Whether the arena was too small for more than the answer: a large page is no
 * fault of who asks for it. Buffer and arena both grow by doubling. */
static bool
exhausted(const struct rq *rq)
{
	size_t answer = rq->r.reply.body.cap * 4, size = arena_size(rq->r.arena);

	return arena_overflowed(rq->r.arena) && size > answer &&
	       size - answer > arena_cap(rq->r.conf);
}

static void
check_reply(struct rq *rq)
{
	struct reply *p = &rq->r.reply;

	if (rq->refused)
		return;
	if (obuf_overflowed(&p->body))
		reply_error(rq, E_INTERNAL);
	/* With a job behind it, it is done and must be told; before that, it is
	 * the client's input that was too much. */
	else if (!rq->was_detached && exhausted(rq))
		reply_error(rq, E_TOO_LARGE);
}

static enum reply_framing
framing_of(const struct rq *rq)
{
	const struct reply *p = &rq->r.reply;

	if (p->status == 204 || p->status == 304)
		return REPLY_NO_BODY;
	if (p->more == NULL)
		return REPLY_LENGTH;
	return rq->r.http10 ? REPLY_UNTIL_CLOSE : REPLY_CHUNKED;
}

static void
queue(struct conn *c, const char *s, size_t len)
{
	BUG_UNLESS(c->out_count < SEGMENTS_MAX);
	if (len > 0)
		c->out[c->out_count++] = (struct segment){ s, len };
}

/* One piece of a stream, as a chunk to those who know chunks. */
static void
queue_piece(struct rq *rq, struct conn *c, bool last)
{
	const struct obuf *body = &rq->r.reply.body;
	size_t n;

	if (rq->r.http10) {
		queue(c, body->data, body->len);
		return;
	}
	if (body->len > 0) {
		n = hexadecimal(rq->chunk_line, body->len);
		memcpy(rq->chunk_line + n, "\r\n", 2);
		queue(c, rq->chunk_line, n + 2);
		queue(c, body->data, body->len);
		queue(c, last ? "\r\n0\r\n\r\n" : "\r\n", last ? 7 : 2);
	} else if (last) {
		queue(c, "0\r\n\r\n", 5);
	}
}

static void
queue_head(struct rq *rq, struct conn *c, enum reply_framing framing)
{
	struct worker *w = c->worker;
	const struct reply *p = &rq->r.reply;
	struct reply_context x = {
		.tls = c->ssl != NULL,
		.http10 = rq->r.http10,
		.keep_alive = !c->closing,
		.framing = framing,
		.length = p->content_type == NULL ? 0 : p->body.len,
		.date = worker_date(w),
	};
	size_t len = reply_head(w->head, p, &x), extra = 0;
	char *record;

	if (framing == REPLY_LENGTH && rq->r.method != HTTP_HEAD &&
	    x.length <= RECORD_MAX - len % RECORD_MAX)
		extra = (size_t)x.length;
	record = arena_alloc(rq->r.arena, len + extra);
	memcpy(record, w->head, len);
	if (extra > 0)
		memcpy(record + len, p->body.data, extra);
	queue(c, record, len + extra);
	if (framing == REPLY_LENGTH && rq->r.method != HTTP_HEAD && extra == 0)
		queue(c, p->body.data, (size_t)x.length);
}

static void
count(int status)
{
	metric_add(M_requests_total, 1);
	if (status < 300)
		metric_add(M_responses_2xx_total, 1);
	else if (status < 400)
		metric_add(M_responses_3xx_total, 1);
	else if (status < 500)
		metric_add(M_responses_4xx_total, 1);
	else
		metric_add(M_responses_5xx_total, 1);
}

/* Queues the answer; the connection's next step sends it. */
static void
begin(struct rq *rq, struct conn *c)
{
	struct reply *p = &rq->r.reply;
	enum reply_framing framing;

	check_reply(rq);
	framing = framing_of(rq);
	rq->streaming =
	    p->more != NULL && rq->r.method != HTTP_HEAD && framing != REPLY_NO_BODY;
	c->closing = p->close || rq->fatal || c->worker->draining ||
		     !rq->framing.keep_alive || framing == REPLY_UNTIL_CLOSE;
	c->out_at = c->out_count = 0;
	queue_head(rq, c, framing);
	if (rq->streaming)
		queue_piece(rq, c, false);
	if (rq->gone != NULL || rq->streaming)
		rq->deadline_ms = clock_mono_ms() + rq->r.conf->limits_request;
	rq->answered = true;
	count(p->status);
	c->state = CONN_SEND;
	conn_set_deadline(c, rq->deadline_ms);
}

void
req_send(struct req *r)
{
	struct rq *rq = rq_of(r);
	struct conn *c = worker_find(r->worker, r->conn_id);

	BUG_UNLESS(!rq->answered && !rq->detached);
	if (c == NULL) {
		/* The client left while the app held it without wanting to know. */
		rq_access(rq);
		rq_free(rq);
		return;
	}
	BUG_UNLESS(c->rq == rq && c->state == CONN_WAIT);
	begin(rq, c);
	conn_push(c);
}

void
req_send_more(struct req *r, bool last)
{
	struct rq *rq = rq_of(r);
	struct conn *c = worker_find(r->worker, r->conn_id);

	BUG_UNLESS(rq->streaming && !rq->detached);
	if (c == NULL) {
		rq_access(rq);
		rq_free(rq);
		return;
	}
	BUG_UNLESS(c->rq == rq && c->state == CONN_WAIT);
	c->out_at = c->out_count = 0;
	queue_piece(rq, c, last);
	rq->streaming = !last;
	rq->deadline_ms = clock_mono_ms() + r->conf->limits_request;
	c->state = CONN_SEND;
	conn_set_deadline(c, rq->deadline_ms);
	conn_push(c);
}

void
req_abort(struct req *r)
{
	struct rq *rq = rq_of(r);
	struct conn *c = worker_find(r->worker, r->conn_id);

	BUG_UNLESS(rq->streaming && !rq->detached);
	if (c == NULL) {
		rq_access(rq);
		rq_free(rq);
		return;
	}
	BUG_UNLESS(c->rq == rq && c->state == CONN_WAIT);
	c->out_at = c->out_count = 0; /* no last chunk: it must not look whole */
	rq->streaming = false;
	c->closing = c->broken = true;
	c->state = CONN_SEND;
	conn_push(c);
}

void
rq_refuse(struct rq *rq, struct conn *c, int err, bool fatal)
{
	rq->fatal = fatal;
	if (fatal) /* late or not, it is given a moment to hear so */
		rq->deadline_ms = clock_mono_ms() + rq->r.conf->limits_linger;
	reply_error(rq, err);
	begin(rq, c);
}
