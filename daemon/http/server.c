/* SPDX-License-Identifier: MIT */
/*
 * server.c - the workers together: start, reload, drain, end. Called by the main
 * thread; workers are told by letters.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "http/worker.h"

#define WORKERS_MAX 64

static int
worker_total(const struct conf *c)
{
	long n =
	    c->server_workers > 0 ? c->server_workers : sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > WORKERS_MAX ? WORKERS_MAX : (int)n;
}

static struct server *
server_new(const struct http_app *app)
{
	struct server *s = calloc(1, sizeof(*s));
	pthread_condattr_t attr;

	BUG_UNLESS(s != NULL && pthread_mutex_init(&s->lock, NULL) == 0);
	BUG_UNLESS(pthread_condattr_init(&attr) == 0 &&
		   pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
		   pthread_cond_init(&s->changed, &attr) == 0);
	pthread_condattr_destroy(&attr);
	s->app = app;
	s->limiter = limiter_new();
	s->tickets = tickets_new();
	return s;
}

static void
server_done(struct server *s)
{
	for (int i = 0; i < s->worker_count; i++)
		worker_done(&s->workers[i]);
	free(s->workers);
	if (s->doors.arena != NULL)
		doors_done(&s->doors);
	SSL_CTX_free(s->tls);
	tickets_free(s->tickets);
	limiter_free(s->limiter);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* 0 or an errno; workers begun before a failure are ended again. */
static int
start_workers(struct server *s, int total)
{
	int e = 0, started = 0;

	s->workers = calloc((size_t)total, sizeof(*s->workers));
	BUG_UNLESS(s->workers != NULL);
	for (; s->worker_count < total && e == 0; s->worker_count++)
		e = worker_init(&s->workers[s->worker_count], s, s->worker_count);
	while (e == 0 && started < total) {
		e = worker_start(&s->workers[started]);
		started += e == 0;
	}
	while (e != 0 && started > 0)
		worker_stop(&s->workers[--started]);
	return e;
}

struct server *
server_start(const struct conf *c, const struct http_app *app, char *ret_error)
{
	struct server *s = server_new(app);
	int e;

	/* A client that leaves while OpenSSL writes to it is no reason to die. */
	signal(SIGPIPE, SIG_IGN);
	s->tls = tls_context_new(
	    c->server_tls_certificate, c->server_tls_key, s->tickets, ret_error);
	if (s->tls == NULL || !doors_open(&s->doors, c, ret_error)) {
		server_done(s);
		return NULL;
	}
	if (app != NULL && app->bound != NULL)
		app->bound(s);
	e = start_workers(s, worker_total(c));
	if (e != 0) {
		snprintf(ret_error, HTTP_ERROR_LEN, "The workers cannot be started: %s.",
		    strerror(e));
		server_done(s);
		return NULL;
	}
	return s;
}

const struct strlist *
server_addresses(const struct server *s)
{
	return &s->doors.addresses;
}

/* ---- letters to all ---- */

struct call {
	struct letter letter;
	struct worker *worker;
	void (*fn)(struct worker *);
};

static void
read_call(struct letter *l)
{
	struct call *call = CONTAINER_OF(l, struct call, letter);

	call->fn(call->worker);
	free(call);
}

void
server_each_worker(struct server *s, void (*fn)(struct worker *))
{
	for (int i = 0; i < s->worker_count; i++) {
		struct call *call = calloc(1, sizeof(*call));

		BUG_UNLESS(call != NULL);
		call->letter.read = read_call;
		call->worker = &s->workers[i];
		call->fn = fn;
		mailbox_put(call->worker->mailbox, &call->letter);
	}
}

bool
server_reload(struct server *s, const struct conf *c, char *ret_error)
{
	SSL_CTX *fresh = tls_context_new(
	    c->server_tls_certificate, c->server_tls_key, s->tickets, ret_error);
	SSL_CTX *old = fresh;

	if (fresh != NULL) {
		pthread_mutex_lock(&s->lock);
		old = s->tls;
		s->tls = fresh;
		pthread_mutex_unlock(&s->lock);
	}
	SSL_CTX_free(old);
	server_each_worker(s, worker_reload);
	return fresh != NULL;
}

void
server_refresh(struct server *s)
{
	server_each_worker(s, worker_reload);
}

int64_t
server_certificate_expiry(const struct server *s)
{
	struct server *own = (struct server *)(uintptr_t)s; /* the lock is no state of it */
	int64_t ms;

	pthread_mutex_lock(&own->lock);
	ms = tls_expiry_ms(s->tls);
	pthread_mutex_unlock(&own->lock);
	return ms;
}

bool
server_drain(struct server *s)
{
	struct timespec until;
	const struct conf *c = conf_get();
	int64_t limit = c->limits_drain;
	bool done;
	int e = 0;

	conf_put(c);
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(limit / 1000);
	until.tv_nsec += (long)(limit % 1000 * 1000000);
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	server_each_worker(s, worker_drain);
	pthread_mutex_lock(&s->lock);
	while (s->drained < s->worker_count && e == 0)
		e = pthread_cond_timedwait(&s->changed, &s->lock, &until);
	done = s->drained == s->worker_count;
	pthread_mutex_unlock(&s->lock);
	return done;
}

void
server_free(struct server *s)
{
	if (s == NULL)
		return;
	for (int i = 0; i < s->worker_count; i++)
		worker_stop(&s->workers[i]);
	server_done(s);
}
