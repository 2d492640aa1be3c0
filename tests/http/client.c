/* SPDX-License-Identifier: MIT */
/* client.c - a blocking client with a time limit; it frames answers by itself. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/fixture.h"

static struct client *
client_on(int fd)
{
	struct client *c = calloc(1, sizeof(*c));
	struct timeval limit = { WAIT_MS / 1000, 0 };

	cr_assert_not_null(c);
	signal(SIGPIPE, SIG_IGN);
	c->fd = fd;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	return c;
}

struct client *
client_at(const char *address)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	const void *sa = &in;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	in.sin_port = htons((uint16_t)strtoul(strchr(address, ':') + 1, NULL, 10));
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	cr_assert_eq(connect(fd, sa, sizeof(in)), 0);
	return client_on(fd);
}

struct client *
client_raw(struct fixture *f)
{
	return client_at(server_addresses(f->server)->v[0]);
}

struct client *
client_tls(struct fixture *f)
{
	struct client *c = client_raw(f);

	client_shake_hands(c, f);
	return c;
}

void
client_shake_hands(struct client *c, struct fixture *f)
{
	c->ssl = SSL_new(f->client_tls);
	SSL_set_fd(c->ssl, c->fd);
	if (f->session != NULL)
		SSL_set_session(c->ssl, f->session);
	cr_assert_eq(SSL_connect(c->ssl), 1);
}

struct client *
client_control(struct fixture *f)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	const void *sa = &sun;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(
	    sun.sun_path, sizeof(sun.sun_path), "%s", f->conf->server_control_socket);
	cr_assert_eq(connect(fd, sa, sizeof(sun)), 0);
	return client_on(fd);
}

void
client_free(struct client *c)
{
	if (c->ssl != NULL) /* or OpenSSL forgets the session */
		SSL_shutdown(c->ssl);
	SSL_free(c->ssl);
	close(c->fd);
	free(c);
}

void
client_reset(struct client *c)
{
	struct linger now = { 1, 0 };

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	client_free(c);
}

void
client_half_close(struct client *c)
{
	if (c->ssl != NULL)
		SSL_shutdown(c->ssl);
	shutdown(c->fd, SHUT_WR);
}

static ssize_t
put(struct client *c, const char *s, size_t len)
{
	return c->ssl != NULL ? SSL_write(c->ssl, s, (int)len) : write(c->fd, s, len);
}

static ssize_t
get(struct client *c)
{
	ssize_t n;

	if (c->len == sizeof(c->in))
		return 0;
	if (c->ssl != NULL) {
		ERR_clear_error();
		n = SSL_read(c->ssl, c->in + c->len, (int)(sizeof(c->in) - c->len));
	} else {
		n = read(c->fd, c->in + c->len, sizeof(c->in) - c->len);
	}
	if (n > 0)
		c->len += (size_t)n;
	return n;
}

void
client_send(struct client *c, const char *text)
{
	size_t len = strlen(text), done = 0;

	while (done < len) {
		ssize_t n = put(c, text + done, len - done);

		if (n <= 0)
			return; /* the server has heard enough */
		done += (size_t)n;
	}
}

static void
drop(struct client *c, size_t n)
{
	memmove(c->in, c->in + n, c->len - n);
	c->len -= n;
}

/* Moves n bytes of body into the answer. */
static bool
take(struct client *c, struct answer *a, size_t n)
{
	while (n > 0) {
		size_t part, room = sizeof(a->body) - 1 - a->body_len;

		if (a->body_len >= sizeof(a->body) - 1)
			room = 0;
		if (c->len == 0 && get(c) <= 0)
			return false;
		part = c->len < n ? c->len : n;
		memcpy(a->body + (room > 0 ? a->body_len : 0), c->in,
		    part < room ? part : room);
		a->body_len += part;
		drop(c, part);
		n -= part;
	}
	return true;
}

/* Reads up to and with the first "end"; its length, 0 when it does not come. */
static size_t
until(struct client *c, const char *end)
{
	const char *p;

	while ((p = memmem(c->in, c->len, end, strlen(end))) == NULL)
		if (get(c) <= 0)
			return 0;
	return (size_t)(p - c->in) + strlen(end);
}

static bool
take_chunks(struct client *c, struct answer *a)
{
	size_t n, size;

	do {
		if ((n = until(c, "\r\n")) == 0)
			return false;
		size = strtoul(c->in, NULL, 16);
		drop(c, n);
		if (!take(c, a, size) || until(c, "\r\n") != 2)
			return false;
		drop(c, 2);
	} while (size > 0);
	return true;
}

bool
client_answer(struct client *c, bool to_head, struct answer *a)
{
	size_t n = until(c, "\r\n\r\n");
	const char *length;
	bool ok = true;

	*a = (struct answer){ 0 };
	if (n == 0 || n >= sizeof(a->head))
		return false;
	memcpy(a->head, c->in, n);
	drop(c, n);
	cr_assert_eq(sscanf(a->head, "HTTP/1.1 %d ", &a->status), 1, "%s", a->head);
	length = strcasestr(a->head, "\r\nContent-Length: ");
	if (to_head || a->status == 304 || a->status == 204 || a->status == 100)
		return true;
	if (length != NULL)
		ok = take(c, a, strtoul(length + 18, NULL, 10));
	else if (strcasestr(a->head, "\r\nTransfer-Encoding: chunked\r\n") != NULL)
		ok = take_chunks(c, a);
	else
		while (take(c, a, 1))
			;
	a->body[a->body_len < sizeof(a->body) ? a->body_len : sizeof(a->body) - 1] = '\0';
	return ok;
}

void
client_expect(struct client *c, const char *text, int status, struct answer *a)
{
	struct answer own;

	a = a == NULL ? &own : a;
	client_send(c, text);
	cr_assert(client_answer(c, false, a), "no answer to %s", text);
	cr_assert_eq(a->status, status, "%d for %s", a->status, text);
}

bool
client_closed(struct client *c)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	ssize_t n;

	if (c->len > 0)
		return false;
	do {
		if (poll(&p, 1, WAIT_MS) <= 0)
			return false;
		n = get(c);
		/* A session ticket is nothing to an application. */
	} while (n < 0 && c->ssl != NULL &&
		 SSL_get_error(c->ssl, (int)n) == SSL_ERROR_WANT_READ);
	return n <= 0 && c->len == 0;
}
