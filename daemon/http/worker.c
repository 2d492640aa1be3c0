/* SPDX-License-Identifier: MIT */
/*
 * worker.c - a worker's own things: its loop, letters, configuration, the places
 * of its connections, and how it takes new ones.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/metric.h"
#include "base/rand.h"
#include "http/worker.h"

#define ACCEPTS_MAX 16        /* a turn: the other workers want some too */
#define PLACES_MAX (1u << 24) /* an id is a generation and 24 bits of place */
#define PAUSE_S 1
#define DRAIN_SILENT_MS 2000

int64_t
mono_us(void)
{
	struct timespec ts;

	BUG_UNLESS(clock_gettime(CLOCK_MONOTONIC, &ts) == 0);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* ---- configuration, held by count ---- */

const struct conf *
worker_conf(const struct worker *w)
{
	return w->hold->conf;
}

struct conf_hold *
conf_hold_get(struct worker *w)
{
	w->hold->users++;
	return w->hold;
}

void
conf_hold_put(struct conf_hold *h)
{
	if (h == NULL || --h->users > 0)
		return;
	conf_put(h->conf);
	free(h);
}

static struct conf_hold *
conf_hold_new(void)
{
	struct conf_hold *h = calloc(1, sizeof(*h));

	BUG_UNLESS(h != NULL);
	h->conf = conf_get();
	h->users = 1;
	return h;
}

static void
take_present(struct worker *w)
{
	SSL_CTX *old = w->tls;

	conf_hold_put(w->hold);
	w->hold = conf_hold_new();
	pthread_mutex_lock(&w->server->lock);
	w->tls = w->server->tls;
	SSL_CTX_up_ref(w->tls);
	pthread_mutex_unlock(&w->server->lock);
	SSL_CTX_free(old);
}

void
worker_reload(struct worker *w)
{
	take_present(w);
}

const char *
worker_date(struct worker *w)
{
	int64_t now = clock_now_ms();

	if (now / 1000 != w->date_s) {
		w->date_s = now / 1000;
		http_date(now, w->date);
	}
	return w->date;
}

/* ---- places ---- */

static void
more_places(struct worker *w)
{
	size_t n = w->slot_count == 0 ? 64 : w->slot_count * 2;

	BUG_UNLESS(n <= PLACES_MAX);
	w->slots = realloc(w->slots, n * sizeof(*w->slots));
	BUG_UNLESS(w->slots != NULL);
	for (size_t i = w->slot_count; i < n; i++)
		w->slots[i] = (struct slot){ .next_free = i + 1 };
	w->slot_count = n;
}

uint64_t
worker_place(struct worker *w, struct conn *c)
{
	struct slot *s;
	size_t at;

	if (w->first_free == w->slot_count)
		more_places(w);
	at = w->first_free;
	s = &w->slots[at];
	w->first_free = s->next_free;
	s->conn = c;
	w->conn_count++;
	return ++s->generation << 24 | at;
}

struct conn *
worker_find(const struct worker *w, uint64_t id)
{
	size_t at = id & (PLACES_MAX - 1);

	if (at >= w->slot_count || w->slots[at].generation != id >> 24)
		return NULL;
	return w->slots[at].conn;
}

void
worker_displace(struct worker *w, uint64_t id)
{
	struct slot *s = &w->slots[id & (PLACES_MAX - 1)];

	BUG_UNLESS(s->generation == id >> 24 && s->conn != NULL);
	s->conn = NULL;
	s->next_free = w->first_free;
	w->first_free = (size_t)(s - w->slots);
	w->conn_count--;
}

/* ---- accepting ---- */

static void
listen_again(struct worker *w)
{
	for (size_t i = 0; i < w->listener_count; i++)
		event_add(&w->listeners[i].event, NULL);
	w->accepting = true;
}

static void
listen_no_more(struct worker *w)
{
	for (size_t i = 0; i < w->listener_count; i++)
		event_del(&w->listeners[i].event);
	w->accepting = false;
}

static void
on_pause_over(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;

	(void)fd;
	(void)what;
	if (!w->draining)
		listen_again(w);
}

/* false when there is nobody to accept, or nothing to accept with. */
static bool
accept_one(struct listener *l)
{
	struct sockaddr_storage from = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(from);
	struct timeval second = { PAUSE_S, 0 };
	const void *sa = &from;
	int fd = accept4(
	    l->door->fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		conn_open(l->worker, fd, l->door->door, sa);
		return true;
	}
	if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
		/* It would stay readable and spin. */
		metric_add(M_accept_pauses_total, 1);
		listen_no_more(l->worker);
		event_add(&l->worker->pause_timer, &second);
		return false;
	}
	return errno == ECONNABORTED || errno == EINTR;
}

static void
on_connection(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;

	(void)fd;
	(void)what;
	for (int i = 0; i < ACCEPTS_MAX && accept_one(l); i++)
		;
}

/* ---- draining ---- */

/* The last worker to stop accepting shuts the doors: who knocks now is told so. */
static void
report_silent(struct server *s)
{
	pthread_mutex_lock(&s->lock);
	if (++s->silent == s->worker_count)
		doors_close(&s->doors);
	pthread_mutex_unlock(&s->lock);
}

static void
report_drained(struct worker *w)
{
	pthread_mutex_lock(&w->server->lock);
	w->server->drained++;
	pthread_cond_broadcast(&w->server->changed);
	pthread_mutex_unlock(&w->server->lock);
}

void
worker_drain(struct worker *w)
{
	if (w->draining)
		return;
	/* Who is in the backlog was promised a connection by the kernel. */
	for (size_t i = 0; i < w->listener_count; i++)
		while (accept_one(&w->listeners[i]))
			;
	listen_no_more(w);
	event_del(&w->pause_timer);
	report_silent(w->server);
	w->draining = true;
	w->silent_until_ms = clock_mono_ms() + DRAIN_SILENT_MS;
	for (size_t i = 0; i < w->slot_count; i++)
		if (w->slots[i].conn != NULL)
			conn_hurry(w->slots[i].conn);
	if (w->conn_count == 0)
		report_drained(w);
}

void
worker_conn_ended(struct worker *w)
{
	if (w->draining && w->conn_count == 0)
		report_drained(w);
}

/* ---- life ---- */

static void
on_mail(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;

	(void)fd;
	(void)what;
	mailbox_read(w->mailbox);
}

static struct event_base *
base_new(void)
{
	struct event_config *conf = event_config_new();
	struct event_base *base;

	BUG_UNLESS(conf != NULL);
	/* No changelist: the events of a connection hardly ever change, and a closed
	 * listener must have left every epoll set by then. */
	event_config_set_flag(conf, EVENT_BASE_FLAG_NOLOCK);
	base = event_base_new_with_config(conf);
	event_config_free(conf);
	return base;
}

int
worker_init(struct worker *w, struct server *s, int index)
{
	w->server = s;
	w->index = index;
	w->date_s = -1;
	rand_bytes(&w->id_seed, sizeof(w->id_seed));
	w->base = base_new();
	if (w->base == NULL)
		return errno != 0 ? errno : ENOMEM;
	w->mailbox = mailbox_new();
	take_present(w);
	event_assign(&w->mail_event, w->base, mailbox_fd(w->mailbox),
	    EV_READ | EV_PERSIST, on_mail, w);
	event_add(&w->mail_event, NULL);
	event_assign(&w->pause_timer, w->base, -1, 0, on_pause_over, w);
	w->listener_count = s->doors.n;
	for (size_t i = 0; i < w->listener_count; i++) {
		struct listener *l = &w->listeners[i];

		l->worker = w;
		l->door = &s->doors.v[i];
		event_assign(&l->event, w->base, l->door->fd, EV_READ | EV_PERSIST,
		    on_connection, l);
	}
	listen_again(w);
	return 0;
}

static void *
run(void *arg)
{
	struct worker *w = arg;

	event_base_loop(w->base, EVLOOP_NO_EXIT_ON_EMPTY);
	return NULL;
}

int
worker_start(struct worker *w)
{
	sigset_t all, old;
	char name[16];
	int e;

	/* Signals are the main thread's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	e = pthread_create(&w->thread, NULL, run, w);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (e == 0) {
		snprintf(name, sizeof(name), "http-%d", w->index);
		pthread_setname_np(w->thread, name);
	}
	return e;
}

struct stop {
	struct letter letter;
	struct worker *worker;
};

static void
read_stop(struct letter *l)
{
	event_base_loopbreak(CONTAINER_OF(l, struct stop, letter)->worker->base);
}

void
worker_stop(struct worker *w)
{
	struct stop stop = { .letter.read = read_stop, .worker = w };

	mailbox_put(w->mailbox, &stop.letter);
	pthread_join(w->thread, NULL);
}

void
worker_done(struct worker *w)
{
	if (w->base == NULL)
		return;
	if (w->accepting)
		listen_no_more(w);
	w->draining = true; /* letters that are still there find it done */
	for (size_t i = 0; i < w->slot_count; i++)
		if (w->slots[i].conn != NULL)
			conn_close(w->slots[i].conn);
	/* Jobs that came back too late find their connections gone. */
	mailbox_read(w->mailbox);
	event_del(&w->mail_event);
	event_del(&w->pause_timer);
	while (w->spare_count > 0)
		arena_free(w->spares[--w->spare_count].arena);
	conf_hold_put(w->hold);
	SSL_CTX_free(w->tls);
	free(w->slots);
	event_base_free(w->base);
	mailbox_free(w->mailbox);
}
