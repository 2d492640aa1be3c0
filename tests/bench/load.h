/* SPDX-License-Identifier: MIT */
/*
 * load.h - a load generator: many TLS 1.3 connections from one thread.
 *
 * load.c drives, load_link.c speaks on one connection, load_start.c times a
 * daemon's start. It trusts any certificate: it measures, it does not protect.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAD_MAX 4096
#define REQUEST_MAX 4096

enum link_state {
	LINK_HANDSHAKE,
	LINK_READY, /* nothing under way */
	LINK_SENDING,
	LINK_HEAD,
	LINK_BODY,
};

/* What a step came to. */
enum link_event {
	EVENT_WAIT,
	EVENT_OPEN,   /* the handshake is done */
	EVENT_ANSWER, /* a whole answer is there: status, head */
	EVENT_LOST,   /* the connection is of no more use */
};

struct link {
	int fd; /* -1: closed */
	SSL *ssl;
	enum link_state state;
	uint64_t number; /* of the request under way */
	int64_t due_us;	 /* when it was, or should have been, sent */
	char request[REQUEST_MAX];
	size_t request_len;
	char head[HEAD_MAX + 1];
	size_t head_len;
	uint64_t body_left;
	int status;
};

/* A client's context: TLS 1.3, X25519, AES-128-GCM, no sessions. */
SSL_CTX *link_context(void);
/* Begins to connect to 127.0.0.1; false and closed when that fails at once. */
bool link_open(struct link *, SSL_CTX *, int port);
/* request and request_len are filled in: begin to send them. */
void link_begin(struct link *);
enum link_event link_step(struct link *);
void link_close(struct link *);
/* The value of a field of the answer's head; its length, 0 when there is none. */
size_t link_field(const struct link *, const char *name, const char **ret_value);

int64_t now_us(void);

/* Starts argv, asks https://127.0.0.1:port/healthz until it answers, prints
 * "first_answer_us=N pid=N", and stops it when standard input ends. */
int load_start(int port, char *const argv[]);

#endif
