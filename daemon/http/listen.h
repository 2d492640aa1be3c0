/* SPDX-License-Identifier: MIT */
/*
 * listen.h - listening sockets: bound here, or handed over by the service
 * manager (sd_listen_fds(3)), and the control socket's place in the file system.
 */
#ifndef HTTP_LISTEN_H
#define HTTP_LISTEN_H

#include "http/http.h"

#define DOORS_MAX 32

struct door {
	int fd;
	enum http_door door;
};

struct doors {
	struct arena *arena;
	struct door v[DOORS_MAX];
	size_t n;
	struct strlist addresses; /* of the TLS ones, as bound */
	const char *control_path; /* ours to unlink; NULL when it was handed over */
};

/* false and a sentence in ret_error (HTTP_ERROR_LEN); nothing stays open then. */
bool doors_open(struct doors *, const struct conf *, char *ret_error);
/* Closes the descriptors: nobody can connect any more. */
void doors_close(struct doors *);
/* Closes, removes the control socket and frees. */
void doors_done(struct doors *);

#endif
