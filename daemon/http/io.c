/* SPDX-License-Identifier: MIT */
/*
 * io.c - bytes of a connection, through OpenSSL or plainly.
 *
 * OpenSSL reads ahead, so that a record costs one read(2); what it holds then is
 * invisible to epoll. Therefore readable stays true until a read has found
 * nothing or has emptied OpenSSL's buffer: what is left in the kernel raises
 * another event by itself.
 */
#include <errno.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "http/worker.h"

#define ROOM_MIN 2048

/* SSL_get_error judges by what it finds in the queue: it must be empty before each
 * call. Looking is cheaper than clearing, and there is hardly ever anything. */
static void
forget_errors(void)
{
	if (ERR_peek_error() != 0)
		ERR_clear_error();
}

/* What a call of OpenSSL that gave no bytes means. */
static int
verdict(struct conn *c, int n, bool was_write)
{
	switch (SSL_get_error(c->ssl, n)) {
	case SSL_ERROR_WANT_READ:
		c->readable = false;
		c->write_wants_read = was_write;
		return IO_AGAIN;
	case SSL_ERROR_WANT_WRITE:
		c->readable = false;
		c->want_write = true;
		return IO_AGAIN;
	case SSL_ERROR_ZERO_RETURN:
		return IO_EOF;
	default:
		c->broken = true;
		ERR_clear_error();
		return IO_ERROR;
	}
}

int
io_handshake(struct conn *c)
{
	int n;

	forget_errors();
	n = SSL_do_handshake(c->ssl);
	if (n == 1) {
		c->readable = SSL_has_pending(c->ssl) == 1;
		return 1;
	}
	n = verdict(c, n, false);
	if (n != IO_AGAIN)
		c->broken = true;
	return n;
}

int
io_read(struct conn *c, char *buf, size_t len)
{
	ssize_t n;

	if (c->ssl != NULL) {
		int got;

		forget_errors();
		got = SSL_read(c->ssl, buf, (int)len);
		if (c->watch.abused) {
			c->broken = true;
			return IO_ERROR;
		}
		if (got <= 0)
			return verdict(c, got, false);
		c->readable = SSL_has_pending(c->ssl) == 1;
		return got;
	}
	n = recv(c->fd, buf, len, 0);
	if (n > 0) {
		c->readable = (size_t)n == len;
		return (int)n;
	}
	if (n == 0)
		return IO_EOF;
	c->readable = errno == EINTR;
	return errno == EAGAIN || errno == EINTR ? IO_AGAIN : IO_ERROR;
}

int
io_write(struct conn *c, const char *buf, size_t len)
{
	ssize_t n;

	c->write_wants_read = false;
	if (c->ssl != NULL) {
		int put;

		forget_errors();
		put = SSL_write(c->ssl, buf, (int)(len > RECORD_MAX ? RECORD_MAX : len));
		if (put > 0)
			return put;
		put = verdict(c, put, true);
		return put == IO_AGAIN ? IO_AGAIN : IO_ERROR;
	}
	n = send(c->fd, buf, len > RECORD_MAX ? RECORD_MAX : len, MSG_NOSIGNAL);
	if (n > 0)
		return (int)n;
	if (errno != EAGAIN && errno != EINTR)
		return IO_ERROR;
	c->want_write = true;
	return IO_AGAIN;
}

int
io_discard(struct conn *c)
{
	ssize_t n = recv(c->fd, c->worker->in, sizeof(c->worker->in), 0);

	if (n > 0)
		return (int)n;
	if (n == 0)
		return IO_EOF;
	return errno == EAGAIN || errno == EINTR ? IO_AGAIN : IO_ERROR;
}

void
io_shutdown(struct conn *c)
{
	if (c->ssl != NULL && !c->broken && SSL_is_init_finished(c->ssl)) {
		forget_errors();
		SSL_shutdown(c->ssl); /* says goodbye; nobody waits for the reply */
		ERR_clear_error();
	}
	c->broken = true; /* whatever it answered, it is not asked again */
	shutdown(c->fd, SHUT_WR);
}

static void
in_own(struct conn *c, size_t cap)
{
	struct inbuf *in = &c->in;
	char *p = malloc(cap);

	BUG_UNLESS(p != NULL); /* out of memory: the service manager restarts us */
	if (in_unread(c) > 0)
		memcpy(p, in->data + in->at, in_unread(c));
	if (!in->borrowed)
		free(in->data);
	*in = (struct inbuf){ .data = p, .len = in_unread(c), .cap = cap };
}

void
in_room(struct conn *c)
{
	struct inbuf *in = &c->in;

	if (in->data == NULL)
		*in = (struct inbuf){
			.data = c->worker->in, .cap = IN_SCRATCH, .borrowed = true
		};
	if (in_unread(c) == 0)
		in->at = in->len = 0;
	if (in->cap - in->len >= ROOM_MIN)
		return;
	memmove(in->data, in->data + in->at, in_unread(c));
	in->len = in_unread(c);
	in->at = 0;
	if (in->cap - in->len < ROOM_MIN)
		in_own(c, in->cap * 2);
}

void
in_settle(struct conn *c)
{
	if (in_unread(c) == 0)
		in_free(c);
	else if (c->in.borrowed)
		in_own(c, in_unread(c) + ROOM_MIN);
}

void
in_free(struct conn *c)
{
	if (!c->in.borrowed)
		free(c->in.data);
	c->in = (struct inbuf){ .data = NULL };
}
