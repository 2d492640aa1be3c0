/* SPDX-License-Identifier: MIT */
/*
 * client.h - one HTTP/1.1 exchange over the daemon's control socket.
 *
 * Blocking, with deadlines; a connection of its own for each call. The answer
 * is parsed within bounds (RFC 9112): the daemon is trusted to mean well, not
 * to be free of mistakes.
 */
#ifndef CTL_CLIENT_H
#define CTL_CLIENT_H

#include <stdio.h>

#include "base/arena.h"

#define CLIENT_ERROR_LEN 256

struct client_request {
	const char *method;
	const char *target; /* path and query, percent-encoded */
	const char *body;   /* JSON; NULL sends none */
	size_t body_len;
	int64_t
	    wait_ms; /* for the whole answer, or each piece of a streamed one; 0: 30 s */
	FILE *to;    /* a 2xx body goes here as it comes; NULL keeps it in the answer */
};

struct answer {
	int status;
	char *body; /* body_len bytes and a NUL, in the arena; "" when streamed */
	size_t body_len;
};

/*
 * 0 once a whole answer is there, whatever its status. Else < 0 and a sentence
 * in ret_error (CLIENT_ERROR_LEN bytes): E_UNAVAILABLE nobody listens, nothing
 * was done; E_UNKNOWN the answer was lost on the way or makes no sense;
 * E_TIMEOUT it did not come in time; E_FULL request->to cannot be written.
 */
int client_call(struct arena *, const char *socket_path, const struct client_request *,
    struct answer *ret, char *ret_error);

#endif
