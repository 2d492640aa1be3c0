/* SPDX-License-Identifier: MIT */
/*
 * web.h - the room between HTTP and the operations: routes, decoding, replies.
 *
 * An exchange is one request on its way: the route that took it, the call it
 * makes, what is shown of the answer. It lives in the request's arena and
 * belongs to the worker, but for the time its call is at a database thread.
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "book/op.h"
#include "http/http.h"

#define PARAMS_MAX 2

struct exchange;

enum {
	ROUTE_PAGE = 1,	    /* for browsers: errors are pages */
	ROUTE_STAFF = 2,    /* /api/v1/staff: a key, or the control socket */
	ROUTE_ANY_HOST = 4, /* for probes that know no name */
	ROUTE_CORS = 8,	    /* exact origins of [public] allowed_origins may call it */
	ROUTE_QUERY = 16,   /* query parameters are read */
	ROUTE_DESK = 64,    /* /staff: a signed-in person; POST carries its csrf token */
	ROUTE_LIMITED = 32, /* counted per address: [limits] reads_per_minute */
};

#define ON_PUBLIC (1u << DOOR_PUBLIC)
#define ON_STAFF (1u << DOOR_STAFF) /* and on the public door, where there is no own one */
#define ON_CONTROL (1u << DOOR_CONTROL)
#define ON_METRICS (1u << DOOR_METRICS)

enum body_limit { BODY_NONE, BODY_FORM, BODY_FILE };

struct route {
	enum http_method method;
	const char *path; /* ":name" takes one segment */
	unsigned doors, flags;
	enum body_limit body;
	const char *cache; /* Cache-Control; NULL: no-store */
	void (*handle)(struct exchange *);
};

extern const struct route routes[]; /* ends with path NULL */

struct exchange {
	struct req *req;
	const struct route *route;
	const char *param[PARAMS_MAX];
	const char *allow; /* the methods of a path that was asked with another one */
	const struct clinic *clinic; /* held until the answer is sent; may be NULL */
	struct call *call;
	void (*render)(struct exchange *);    /* the call succeeded */
	void (*refuse)(struct exchange *, int rc); /* NULL: the usual error answer */
	void (*committed)(struct exchange *); /* even when the client has left */
	int64_t (*audit_n)(const struct exchange *);
	struct call *audit; /* the audit row being written */
	void *state;	    /* the handler's */
};

/* What the room needs from the main program. */
struct web {
	struct pool *pool;
	struct server *server;
	const char *openapi; /* JSON; static */
	int64_t started_ms;  /* monotonic */
	struct mailbox *mailbox; /* the main thread's: for what nobody waits for */
};

void web_init(const struct web *);
const struct web *web(void);
extern const struct http_app web_app;

/* The route of a method and path: a row, or NULL with *ret_err E_NOT_FOUND or
 * E_METHOD (then *ret_allow lists the methods, in the arena). */
const struct route *route_find(struct arena *, enum http_method, const char *path,
    enum http_door, const struct conf *, const char *param[PARAMS_MAX], int *ret_err,
    const char **ret_allow);

/* ---- calling an operation ---- */

/* A call with everything of the exchange filled in: who asks, clinic, owner. */
struct call *exchange_call(struct exchange *, const struct op *, void *cmd);
/* Sends it; render is called when it succeeded, refuse or the error answer else. */
void exchange_submit(struct exchange *, void (*render)(struct exchange *));
/* The answer is complete. */
void exchange_send(struct exchange *);
/* Holds the present clinic again after a pause (streams, long polls). */
void exchange_resume(struct exchange *);

/* ---- answers ---- */

/* Fills the reply for an error, as problem+json or a page; does not send. */
void problem_reply(struct req *, const struct route *, int err, const struct problems *,
    const char *detail);
void exchange_error(struct exchange *, int err); /* fills and sends */
/* The same with all its call has to say: the sentence, other times. */
void exchange_refuse(struct exchange *, int err);
/* Begins a JSON answer; its body is written by obuf_json_*. */
struct obuf *reply_json(struct exchange *, int status);
/* 303 See Other; location lives in the arena. */
void reply_see_other(struct exchange *, const char *location);
/* True when the client asks for JSON rather than a page. */
bool wants_json(const struct req *);

/* ---- decoding ---- */

/* Body or query into cmd by its fields; problems are added. The int is an E_ code
 * for what cannot be read at all (415, 400), else 0. */
int decode_form(struct req *, const struct fields *, void *cmd, struct problems *);
/* The same, with the fields only staff may give. */
int decode_staff_form(struct req *, const struct fields *, void *cmd, struct problems *);
int decode_json(struct req *, const struct fields *, void *cmd, struct problems *, bool staff);
void decode_query(struct req *, const struct fields *, void *cmd, struct problems *, bool strict);
/* The pairs of a form's body as they were sent, names settled ("concerns[]" and
 * aliases are ours): for showing answers again. Empty when it cannot be read. */
struct form_pairs;
int form_pairs_of(struct req *, struct form_pairs *);
bool is_json_body(const struct req *);

/* ---- the change feed's long polls ---- */

void wait_wake(void *context); /* pool_options.committed */
void wait_drain(void);	       /* ends every wait: the daemon is stopping */

/* ---- limits per address ---- */

/* False: this address has read too much this minute. */
bool read_limit_take(const struct req *);

#endif
