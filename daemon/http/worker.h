/* SPDX-License-Identifier: MIT */
/*
 * worker.h - a thread with an event loop, its listeners and its connections.
 *
 * Workers share the listening descriptors, the limiter and the ticket keys, and
 * nothing else; everything in struct worker belongs to its own thread. Others
 * reach it by letters.
 */
#ifndef HTTP_WORKER_H
#define HTTP_WORKER_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <openssl/ssl.h>
#include <pthread.h>

#include "http/conn.h"
#include "http/limit.h"
#include "http/listen.h"
#include "http/reply.h"
#include "http/tls.h"

#define SPARE_ARENAS 32
#define IN_SCRATCH 16384
#define RECORD_MAX 16384 /* plaintext of one TLS record */

/* A configuration held by the worker and by its requests: counted without a
 * lock, because all of them live on one thread. */
struct conf_hold {
	const struct conf *conf;
	int users;
};

struct listener {
	struct worker *worker;
	const struct door *door;
	struct event event;
};

/* A connection's place; ids made of place and generation never come back. */
struct slot {
	struct conn *conn;
	uint64_t generation;
	size_t next_free;
};

struct spare {
	struct arena *arena;
	struct arena_mark mark;
};

struct worker {
	struct server *server;
	int index;
	pthread_t thread;
	struct event_base *base;
	struct mailbox *mailbox;
	struct event mail_event, pause_timer;
	struct listener listeners[DOORS_MAX];
	size_t listener_count;
	bool accepting;
	struct conf_hold *hold;
	SSL_CTX *tls; /* a reference of the worker's own */
	struct slot *slots;
	size_t slot_count, first_free; /* first_free == slot_count: none */
	size_t conn_count;
	bool draining;
	int64_t silent_until_ms; /* draining: the end of those without a request */
	struct spare spares[SPARE_ARENAS];
	size_t spare_count, spare_cap;
	uint64_t id_seed, id_count;
	int64_t date_s;
	char date[HTTP_DATE_LEN];
	char in[IN_SCRATCH];
	char out[RECORD_MAX];
	char head[REPLY_HEAD_MAX];
};

struct server {
	const struct http_app *app;
	struct limiter *limiter;
	struct tickets *tickets;
	pthread_mutex_t lock; /* tls, silent, drained */
	pthread_cond_t changed;
	SSL_CTX *tls;
	int silent;  /* workers that accept no more */
	int drained; /* and have no connection left */
	struct doors doors;
	struct worker *workers;
	int worker_count;
};

/* 0, or an errno; a worker that could not be made leaves nothing behind. */
int worker_init(struct worker *, struct server *, int index);
int worker_start(struct worker *);
/* Ends the thread and closes what is left; the caller is then alone. */
void worker_stop(struct worker *);
void worker_done(struct worker *);

/* On the worker's thread: */
void worker_reload(struct worker *);
void worker_drain(struct worker *);
void worker_conn_ended(struct worker *);
const struct conf *worker_conf(const struct worker *);
const char *worker_date(struct worker *);
struct conf_hold *conf_hold_get(struct worker *);
void conf_hold_put(struct conf_hold *);
struct conn *worker_find(const struct worker *, uint64_t id);
uint64_t worker_place(struct worker *, struct conn *);
void worker_displace(struct worker *, uint64_t id);

int64_t mono_us(void);

#endif
