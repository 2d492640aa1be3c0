/* SPDX-License-Identifier: MIT */
/*
 * fixture.h - a whole server in this process, on port 0 with a certificate of its
 * own, a tiny app behind it, and a client that believes nothing.
 *
 * The app's routes: /hello, /echo (the body back), /large (1 MiB), /stream (pieces),
 * /detach, /wait and /hold (kept until the test says so), /greedy, /peer,
 * /upload (up to 1 MB), /nothing (404); any other path is echoed.
 */
#ifndef TESTS_HTTP_FIXTURE_H
#define TESTS_HTTP_FIXTURE_H

#include <openssl/ssl.h>

#include "http/http.h"

#define WAIT_MS 5000 /* for what must happen; a failure, not a pace */

struct fixture {
	char dir[64];
	struct conf *conf; /* change it before fixture_start */
	struct server *server;
	SSL_CTX *client_tls;
	SSL_SESSION *session; /* the last one a server gave */
};

/* A directory, a certificate and a configuration with one worker. */
struct fixture *fixture_new(void);
void fixture_start(struct fixture *);
void fixture_free(struct fixture *);
char *fixture_path(const struct fixture *, const char *name);
void fixture_certificate(const struct fixture *, const char *common_name, long days);

/* What the app has in hand: waits until n requests are kept. */
void kept_wait(int n);
int gone_count(void);
bool gone_wait(int n);
/* Puts the oldest kept request back to its worker; it answers "late". */
void kept_answer(void);
/* How many kept requests found their client gone at req_attach. */
bool missed_wait(int n);

struct client {
	int fd;
	SSL *ssl;
	char in[1 << 17];
	size_t len;
};

struct answer {
	int status;
	char head[8192];
	char body[1 << 16]; /* of a large one, its beginning */
	size_t body_len;
};

struct client *client_at(const char *address);
void client_shake_hands(struct client *, struct fixture *);
struct client *client_tls(struct fixture *);     /* connected, hands shaken */
struct client *client_raw(struct fixture *);     /* connected to the TLS door */
struct client *client_control(struct fixture *); /* the plain Unix socket */
void client_free(struct client *);
void client_reset(struct client *); /* leaves with an RST */
void client_half_close(struct client *);
void client_send(struct client *, const char *text);
/* Reads one answer; false when the connection ends or nothing comes instead. */
bool client_answer(struct client *, bool to_head, struct answer *);
/* Sends, reads one answer, checks its status. */
void client_expect(struct client *, const char *text, int status, struct answer *);
/* The server has closed: end of file within WAIT_MS, and nothing before it. */
bool client_closed(struct client *);

#define GET(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"

#endif
