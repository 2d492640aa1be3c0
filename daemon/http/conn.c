/* SPDX-License-Identifier: MIT */
/*
 * conn.c - a connection's birth, events and end.
 *
 * The pump takes steps until there is nothing to do or the connection has had
 * its share; then the events it waits for are set. Deadlines are absolute and
 * cost nothing to move away: one timer fires at the earliest that was asked for
 * and looks whether that is still the one.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/metric.h"
#include "http/worker.h"

#define STEPS_MAX 32 /* a connection's share of one turn of the loop */

static bool
wants_to_read(const struct conn *c)
{
	switch (c->state) {
	case CONN_HANDSHAKE:
	case CONN_LINGER:
		return true;
	case CONN_HEAD:
		return !c->eof;
	case CONN_BODY:
		return !c->eof && c->out_at == c->out_count;
	case CONN_WAIT:
	case CONN_MORE:
		return !c->eof && in_unread(c) < READ_AHEAD_MAX;
	case CONN_SEND:
		return c->write_wants_read;
	}
	return false;
}

static void
arm(struct conn *c, int64_t at_ms)
{
	struct timeval tv = { 0, 0 };
	int64_t left;

	if (at_ms >= c->timer_ms)
		return;
	left = at_ms - clock_mono_ms();
	if (left > 0) {
		tv.tv_sec = (time_t)(left / 1000);
		tv.tv_usec = (suseconds_t)(left % 1000 * 1000);
	}
	event_add(&c->timer, &tv);
	c->timer_ms = at_ms;
}

void
conn_set_deadline(struct conn *c, int64_t at_ms)
{
	const struct worker *w = c->worker;

	if (w->draining && conn_silent(c) && at_ms > w->silent_until_ms)
		at_ms = w->silent_until_ms;
	c->deadline_ms = at_ms;
	if (!c->in_pump) /* the pump does it once, at its end */
		arm(c, at_ms);
}

void
conn_wake(struct conn *c)
{
	if (c->in_pump)
		return;
	c->rerun = true;
	arm(c, 0);
}

/* Sets the events that the state waits for; again: there is work left already. */
static void
watch(struct conn *c, bool again)
{
	bool reading = wants_to_read(c);

	if (reading != c->reading) {
		if (reading)
			event_add(&c->read_event, NULL);
		else
			event_del(&c->read_event);
		c->reading = reading;
	}
	if (c->want_write != c->writing) {
		if (c->want_write)
			event_add(&c->write_event, NULL);
		else
			event_del(&c->write_event);
		c->writing = c->want_write;
	}
	c->rerun = again;
	arm(c, again ? 0 : c->deadline_ms);
}

/* After a step: the end, or the events. */
static void
settle(struct conn *c, enum step s)
{
	if (s == STEP_CLOSE) {
		conn_close(c);
		return;
	}
	in_settle(c);
	watch(c, s == STEP_GO);
}

void
conn_pump(struct conn *c)
{
	enum step s = STEP_GO;

	c->in_pump = true;
	for (int i = 0; i < STEPS_MAX && s == STEP_GO; i++)
		s = conn_step(c);
	c->in_pump = false;
	settle(c, s);
}

void
conn_push(struct conn *c)
{
	enum step s = STEP_GO;

	if (c->in_pump)
		return;
	for (int i = 0; i < STEPS_MAX && s == STEP_GO && c->state == CONN_SEND; i++)
		s = conn_step(c);
	/* What comes next calls the app: not from inside its own call. */
	if (s == STEP_GO && c->state == CONN_HEAD && in_unread(c) == 0 && !c->readable &&
	    !c->eof)
		s = STEP_STOP;
	settle(c, s);
}

static void
on_read(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd;
	(void)what;
	c->readable = true;
	conn_pump(c);
}

static void
on_write(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd;
	(void)what;
	c->want_write = false;
	c->readable = c->ssl != NULL; /* a read may have waited for this */
	conn_pump(c);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;
	bool due;

	(void)fd;
	(void)what;
	c->timer_ms = INT64_MAX;
	due = clock_mono_ms() >= c->deadline_ms;
	if (due && conn_expire(c) == STEP_CLOSE)
		conn_close(c);
	else if (due || c->rerun)
		conn_pump(c);
	else
		arm(c, c->deadline_ms);
}

static void
identify(struct conn *c, const struct sockaddr *sa)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	peer_text(sa, c->peer);
	if (c->door == DOOR_CONTROL &&
	    getsockopt(c->fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0)
		c->peer_is_root = who.uid == 0;
}

/* Whether there is room for one more. The control socket always has some: the
 * administrator comes to look when the others are full. */
static bool
admit(struct conn *c, const struct sockaddr *sa)
{
	const struct conf *conf = worker_conf(c->worker);
	int per_key = conf->limits_connections_per_address;

	if (c->door == DOOR_CONTROL)
		return limit_take(c->worker->server->limiter, 0, INT32_MAX, 0, &c->count);
	/* A proxy's connections are many people's. */
	if (!conf->limits_rate_limits ||
	    peer_trusted(&conf->server_trusted_proxies, c->peer))
		per_key = 0;
	return limit_take(c->worker->server->limiter, peer_key(sa),
	    conf->limits_connections, per_key, &c->count);
}

void
conn_open(struct worker *w, int fd, enum http_door door, const struct sockaddr *sa)
{
	struct conn *c = calloc(1, sizeof(*c));

	BUG_UNLESS(c != NULL);
	c->worker = w;
	c->fd = fd;
	c->door = door;
	c->timer_ms = INT64_MAX;
	identify(c, sa);
	metric_add(M_connections_total, 1);
	if (!admit(c, sa)) {
		metric_add(M_connections_refused_total, 1);
		close(fd);
		free(c);
		return;
	}
	metric_add(M_connections, 1);
	c->id = worker_place(w, c);
	event_assign(&c->read_event, w->base, fd, EV_READ | EV_PERSIST, on_read, c);
	event_assign(&c->write_event, w->base, fd, EV_WRITE | EV_PERSIST, on_write, c);
	event_assign(&c->timer, w->base, -1, 0, on_timer, c);
	c->readable = true;
	if (door == DOOR_PUBLIC || door == DOOR_STAFF) {
		c->ssl = tls_new(w->tls, fd, &c->watch);
		if (c->ssl == NULL) {
			conn_close(c);
			return;
		}
		c->state = CONN_HANDSHAKE;
		conn_set_deadline(c, clock_mono_ms() + worker_conf(w)->limits_handshake);
	} else {
		c->state = CONN_HEAD;
		conn_set_deadline(c, clock_mono_ms() + worker_conf(w)->limits_head);
	}
	conn_pump(c);
}

/* The app is told, or finds out when its job is back. */
static void
abandon(struct conn *c, struct rq *rq)
{
	bool apps = c->state == CONN_WAIT;

	if (rq->detached || (apps && rq->gone == NULL))
		return; /* req_attach or req_send will miss the connection */
	if (rq->gone != NULL && (apps || rq->streaming))
		rq->gone(&rq->r);
	rq_free(rq);
}

void
conn_close(struct conn *c)
{
	struct worker *w = c->worker;
	struct rq *rq = c->rq;

	event_del(&c->read_event);
	event_del(&c->write_event);
	event_del(&c->timer);
	worker_displace(w, c->id);
	if (!c->broken && c->state != CONN_HANDSHAKE)
		io_shutdown(c);
	SSL_free(c->ssl);
	close(c->fd);
	in_free(c);
	limit_release(w->server->limiter, c->count);
	metric_add(M_connections, -1);
	c->rq = NULL;
	if (rq != NULL)
		abandon(c, rq);
	free(c);
	worker_conn_ended(w);
}

void
conn_hurry(struct conn *c)
{
	conn_set_deadline(c, c->deadline_ms);
}
