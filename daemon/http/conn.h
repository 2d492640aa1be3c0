/* SPDX-License-Identifier: MIT */
/*
 * conn.h - one connection: its bytes, its deadlines, its present request.
 *
 *   HANDSHAKE -> HEAD -> [BODY] -> WAIT -> SEND -> HEAD ...
 *                                    ^-- MORE <-'     `-> LINGER -> closed
 *
 * One request at a time: the next one's bytes wait in the buffer until the
 * answer has gone out. Everything happens on the worker's thread.
 */
#ifndef HTTP_CONN_H
#define HTTP_CONN_H

#include <event2/event_struct.h>
#include <openssl/ssl.h>

#include "http/body.h"
#include "http/limit.h"
#include "http/parse.h"
#include "http/peer.h"
#include "http/tls.h"

enum conn_state {
	CONN_HANDSHAKE,
	CONN_HEAD, /* between requests, or in the head of one */
	CONN_BODY,
	CONN_WAIT, /* the app has the request */
	CONN_SEND,
	CONN_MORE,   /* a piece of a stream has gone: the app is to be asked for one */
	CONN_LINGER, /* all is said; what still comes is read away */
};

/* What a step of a connection came to. */
enum step { STEP_GO, STEP_STOP, STEP_CLOSE };

/* Bytes data[at..len) are unread. Borrowed: the worker's scratch buffer, so that
 * a connection with nothing unread owns no buffer. */
struct inbuf {
	char *data;
	size_t at, len, cap;
	bool borrowed;
};

struct segment {
	const char *p;
	size_t len;
};

#define SEGMENTS_MAX 4
#define READ_AHEAD_MAX 4096 /* of the next request, while one is answered */

/* A request with what only the room knows of it. */
struct rq {
	struct req r;           /* first */
	struct arena_mark mark; /* the arena when it was empty */
	struct conf_hold *hold;
	struct framing framing;
	struct body body;
	void (*gone)(struct req *);
	bool detached;
	bool was_detached;
	bool refused;   /* its answer is the room's own */
	bool fatal;     /* nothing after it can be read */
	bool answered;  /* req_send was called */
	bool streaming; /* and more pieces follow */
	int64_t started_us, deadline_ms, body_deadline_ms;
	uint64_t bytes_out;
	char chunk_line[20];
};

struct conn {
	struct worker *worker;
	uint64_t id;
	int fd;
	enum http_door door;
	enum conn_state state;
	SSL *ssl; /* NULL: plain */
	struct tls_watch watch;
	struct limit_count *count;
	bool readable; /* reading may give something before the next event */
	bool want_write, write_wants_read;
	bool reading, writing; /* which events are added */
	bool in_pump, rerun;
	bool eof;     /* the peer sends nothing more */
	bool broken;  /* no orderly end is possible */
	bool closing; /* after the present answer */
	struct event read_event, write_event, timer;
	int64_t timer_ms;    /* when the timer will fire; INT64_MAX: not set */
	int64_t deadline_ms; /* of the present state */
	int64_t started_us;  /* the request's first byte; 0 before it */
	struct inbuf in;
	struct head_scan scan;
	struct rq *rq;
	struct segment out[SEGMENTS_MAX];
	size_t out_at, out_count;
	bool peer_is_root;
	char peer[PEER_TEXT_LEN];
};

/* conn.c: a new connection takes fd over; its end; its events. */
void conn_open(struct worker *, int fd, enum http_door, const struct sockaddr *);
void conn_close(struct conn *);
void conn_pump(struct conn *);
/* The answer was given outside the pump: send it, leave the rest to the loop. */
void conn_push(struct conn *);
/* The worker drains: a connection without a request has until then. */
void conn_hurry(struct conn *);

void conn_set_deadline(struct conn *, int64_t at_ms);
/* Pump it soon, from the loop. */
void conn_wake(struct conn *);

/* step.c: one state's work. */
enum step conn_step(struct conn *);
/* The deadline of the present state has passed. */
enum step conn_expire(struct conn *);
bool conn_silent(const struct conn *); /* no byte of a request has come */

/* io.c. Reading: bytes, or one of these. */
#define IO_AGAIN 0
#define IO_EOF (-1)
#define IO_ERROR (-2)
int io_handshake(struct conn *); /* 1 when it is done */
int io_read(struct conn *, char *buf, size_t len);
int io_write(struct conn *, const char *buf, size_t len);
int io_discard(struct conn *); /* reads away what comes, unseen */
void io_shutdown(struct conn *);
/* The buffer for unread bytes: room for more; let go of a borrowed one. */
void in_room(struct conn *);
void in_settle(struct conn *);
void in_free(struct conn *);
static inline size_t
in_unread(const struct conn *c)
{
	return c->in.len - c->in.at;
}

/* request.c, answer.c */
struct rq *rq_of(struct req *); /* checked by its magic */
struct rq *rq_new(struct conn *);
void rq_free(struct rq *);
size_t arena_cap(const struct conf *); /* of a request's arena */
/* The room's own answer to a request that cannot be served. */
void rq_refuse(struct rq *, struct conn *, int err, bool fatal);
/* The access log's line; the time it took down, monotonic us. */
int64_t rq_access(const struct rq *);

#endif
