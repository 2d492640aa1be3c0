/* SPDX-License-Identifier: MIT */
/*
 * http.h - what the rest of the daemon sees of the HTTP room.
 *
 * The room speaks strict HTTP/1.1 (RFC 9112) over TLS, and plainly on the
 * control socket and the metrics listener. It knows deadlines, limits and
 * framing, and nothing of bookings: an http_app decides what to answer.
 *
 * Life of a request, all on the worker thread that accepted its connection:
 *   head complete    app->head(req): picks the route; says how large a body may be
 *   body complete    app->request(req): fills req->reply and calls req_send, now
 *                    or later on this same thread
 *   framing error    app->error(req, E_...): fills req->reply; the room sends it
 *                    with Connection: close and parses nothing more
 *
 * A request may outlive its connection: while a database job owns it
 * (req_detach), the client may leave. The job's letter comes back to
 * worker_mailbox(req->worker) and its reader calls req_attach first.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "base/conf.h"
#include "base/mailbox.h"
#include "base/obuf.h"

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_OPTIONS,
	HTTP_OTHER, /* a token we have no name for; every route answers 405 */
};

/* Which door a connection came in by. */
enum http_door {
	DOOR_PUBLIC,  /* TLS, [server] listen */
	DOOR_STAFF,   /* TLS, [staff] listen */
	DOOR_CONTROL, /* Unix socket, plain */
	DOOR_METRICS, /* TCP, plain */
};

struct http_field {
	const char *name;  /* lower case */
	const char *value; /* without blanks around it; bytes 0x80-0xff possible */
};

#define HTTP_EXTRA_MAX 16

struct req;

struct reply {
	int status;
	const char *content_type;  /* NULL: no body */
	const char *cache_control; /* NULL: no-store */
	const char *csp;           /* NULL: the strict one for what is no page */
	struct http_field extra[HTTP_EXTRA_MAX]; /* names as they shall be sent */
	size_t extra_count;
	struct obuf
	    body;   /* in the request's arena; for a HEAD it is measured, not sent */
	bool close; /* close the connection after this answer */
	/*
	 * A streamed answer: set before req_send. Then body is the first piece;
	 * each time everything written has gone out, more(req) is called on the
	 * worker. It, or a job it starts, fills body anew and calls req_send_more.
	 * Sent chunked to HTTP/1.1, until close to HTTP/1.0.
	 */
	void (*more)(struct req *);
};

struct worker;

struct req {
	unsigned magic;
	struct arena *arena; /* owns this struct and all it points to */
	struct worker *worker;
	uint64_t conn_id; /* the worker's key of the connection; never used twice */
	char id[17];      /* request id, 16 hex digits, in every log line of it */
	enum http_door door;
	enum http_method method;
	const char *method_name;
	bool http10;
	const char *path; /* percent-decoded once; begins with '/'; valid UTF-8, no NUL */
	const char *query; /* as sent, after the '?'; "" when there is none */
	const char *host;  /* lower case, without port, IPv6 in its brackets; NULL when
			    * absent (HTTP/1.0) */
	struct http_field *fields;
	size_t field_count;
	char *body; /* body_len bytes, NUL after them; NULL when none was sent */
	size_t body_len;
	char peer[48];     /* the client's address as text, behind trusted proxies */
	bool peer_is_root; /* control socket: the peer's uid is 0 */
	const struct conf *conf; /* held for the life of the request */
	int64_t started_ms;      /* monotonic */
	struct reply reply;
	const char *route_name; /* for the access log: a pattern, never the path */
	void *app;              /* the app's own, in the arena */
};

/* The value of a header field, the first one; NULL when absent. name lower case. */
const char *req_field(const struct req *, const char *name);

/* Adds a header field to the answer; name and value live in the arena or are
 * static. A value with a control byte is a bug of ours and ends the process. */
void req_add_field(struct req *, const char *name, const char *value);

/* The answer is complete: send it. Exactly once a request (unless detached and
 * gone). After it the request belongs to the room again: do not touch it. */
void req_send(struct req *);
/* One more piece of a streamed answer; last ends it. */
void req_send_more(struct req *, bool last);
/* A streamed answer cannot go on: the connection is cut, so that what was sent
 * does not look whole. In place of req_send_more. */
void req_abort(struct req *);

/* Hand the request to another thread; the room forgets it until req_attach. */
void req_detach(struct req *);
/* Back on the worker's thread. false: the client has left, and the request is
 * freed: do not touch it. */
bool req_attach(struct req *);
/* Calls gone(req) on the worker when the client leaves a request that waits
 * (a long poll, not detached), or a stream that is not at its end; the request is
 * freed after it. While it waits so, limits.request does not run: the app's own
 * timer ends the wait. */
void req_on_gone(struct req *, void (*gone)(struct req *));

struct mailbox *worker_mailbox(struct worker *);
struct event_base *worker_base(struct worker *); /* for the app's own timers */
int worker_index(const struct worker *);         /* 0 .. workers-1 */

struct server;

struct http_app {
	/* Bytes of body the route takes (0: none), or an E_ code to refuse with. */
	int64_t (*head)(struct req *);
	void (*request)(struct req *);
	/* Fills req->reply for a refusal; req may lack everything past its id. */
	void (*error)(struct req *, int err);
	/* The server is bound; its workers begin after this. May be NULL. */
	void (*bound)(struct server *);
};


/*
 * Binds and listens, or takes the sockets of LISTEN_FDS (names from
 * LISTEN_FDNAMES: https, staff, control, metrics; unnamed ones are https);
 * starts the workers. NULL on error, with a sentence in ret_error
 * (ERROR_LEN bytes). app stays the caller's.
 */
#define HTTP_ERROR_LEN 256
struct server *
server_start(const struct conf *, const struct http_app *app, char *ret_error);
/* The addresses bound, "127.0.0.1:41233"; only TLS listeners. */
const struct strlist *server_addresses(const struct server *);
/* New certificate and limits from the present configuration; false and a
 * sentence when the certificate cannot be used, the old one stays. */
bool server_reload(struct server *, const struct conf *, char *ret_error);
/* The present configuration is another one: the workers take it soon. */
void server_refresh(struct server *);
/* When the certificate in use ends, ms UTC. */
int64_t server_certificate_expiry(const struct server *);
/* Stops accepting, answers what was taken (connections without a request get
 * 2 s), then returns true; false when limits.drain ran out first. Long polls are
 * the app's to answer before it. */
bool server_drain(struct server *);
/* Once the threads that hold detached requests have ended: their last letters are
 * read here. */
void server_free(struct server *);
/* Runs fn on every worker's thread, soon. Any thread. */
void server_each_worker(struct server *, void (*fn)(struct worker *));

#endif
