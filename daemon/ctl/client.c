/* SPDX-License-Identifier: MIT */
/* client.c - connect, send, and read an answer back without trusting its size. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/obuf.h"
#include "ctl/client.h"

#define WAIT_MS 30000               /* as long as the daemon gives a request */
#define LINE_LEN 8192               /* the daemon's own bound for a head */
#define FIELDS_MAX 128              /* far above what it sends */
#define BODY_MAX ((size_t)16 << 20) /* a page of 200 requests is some 200 kB */
#define INTERIM_MAX 4               /* 1xx answers before the final one */

struct conn {
	int fd;
	int64_t wait_ms, deadline_ms;
	char *error;
	size_t at, len; /* what of buf is not read yet */
	char buf[16384];
};

struct head {
	int status;
	bool chunked;
	int64_t length; /* -1: until the connection closes */
};

/* Where a body goes. */
struct sink {
	struct conn *conn;
	FILE *to;
	struct obuf kept;
};

static int
fail(struct conn *c, int code, const char *what, const char *why)
{
	snprintf(c->error, CLIENT_ERROR_LEN, "%s%s%s", what, why == NULL ? "" : ": ",
	    why == NULL ? "" : why);
	return code;
}

static int
fail_at(struct conn *c, const char *path, const char *why)
{
	snprintf(
	    c->error, CLIENT_ERROR_LEN, "cannot reach bookingd at %s: %s", path, why);
	return E_UNAVAILABLE;
}

static int
bad_answer(struct conn *c)
{
	return fail(c, E_UNKNOWN, "the answer on the control socket is not HTTP", NULL);
}

/* Until the descriptor is ready for events, or the deadline. */
static int
conn_wait(struct conn *c, short events)
{
	struct pollfd p = { .fd = c->fd, .events = events };
	int64_t left;
	int n;

	do {
		left = c->deadline_ms - clock_mono_ms();
		if (left <= 0)
			return fail(
			    c, E_TIMEOUT, "bookingd did not answer in time", NULL);
		n = poll(&p, 1, (int)left);
	} while (n == 0 || (n < 0 && errno == EINTR));
	return n < 0 ? fail(c, E_UNKNOWN, "poll", strerror(errno)) : 0;
}

static int
conn_open(struct conn *c, const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t n = strlen(path);

	if (n >= sizeof(to.sun_path))
		return fail_at(c, path, "the path is too long for a socket");
	memcpy(to.sun_path, path, n);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		return fail(c, E_UNAVAILABLE, "socket", strerror(errno));
	/* A Unix socket connects at once, or its queue is full (EAGAIN). */
	while (connect(c->fd, (const struct sockaddr *)&to, sizeof(to)) < 0) {
		if (errno != EAGAIN && errno != EINTR)
			return fail_at(c, path, strerror(errno));
		if (clock_mono_ms() >= c->deadline_ms)
			return fail(
			    c, E_TIMEOUT, "bookingd does not take connections", NULL);
		poll(NULL, 0, 20);
	}
	return 0;
}

/* A peer that closes early has usually answered: the caller reads on. */
static int
conn_send(struct conn *c, const char *s, size_t len)
{
	int r;

	while (len > 0) {
		ssize_t n = send(c->fd, s, len, MSG_NOSIGNAL);

		if (n > 0) {
			s += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			if ((r = conn_wait(c, POLLOUT)) < 0)
				return r;
		} else if (errno != EINTR) {
			return 0;
		}
	}
	return 0;
}

/* More bytes into buf: 1, or 0 at the end of the connection. */
static int
conn_fill(struct conn *c)
{
	ssize_t n;
	int r;

	c->at = c->len = 0;
	while ((n = recv(c->fd, c->buf, sizeof(c->buf), 0)) < 0) {
		if (errno != EAGAIN && errno != EINTR)
			return fail(
			    c, E_UNKNOWN, "the connection broke", strerror(errno));
		if ((r = conn_wait(c, POLLIN)) < 0)
			return r;
	}
	c->len = (size_t)n;
	return n > 0;
}

/* One line without its CRLF into line (LINE_LEN bytes). */
static int
conn_line(struct conn *c, char *line)
{
	size_t n = 0;
	int r;

	for (;;) {
		if (c->at == c->len && (r = conn_fill(c)) <= 0)
			return r < 0
				   ? r
				   : fail(c, E_UNKNOWN,
					 "the connection broke before the answer", NULL);
		line[n] = c->buf[c->at++];
		if (line[n] == '\n' && n > 0 && line[n - 1] == '\r') {
			line[n - 1] = '\0';
			return strlen(line) == n - 1 ? 0 : bad_answer(c);
		}
		if (line[n] == '\n' || ++n == LINE_LEN)
			return bad_answer(c);
	}
}

/* Digits of the base alone, at most 15 of them. */
static bool
read_number(const char *s, size_t len, int base, int64_t *ret)
{
	static const char digits[] = "0123456789abcdef";
	int64_t v = 0;

	if (len == 0 || len > 15)
		return false;
	for (size_t i = 0; i < len; i++) {
		int c = s[i] >= 'A' && s[i] <= 'F' ? s[i] | 0x20 : s[i];
		const char *d = memchr(digits, c, (size_t)base);

		if (d == NULL)
			return false;
		v = v * base + (d - digits);
	}
	*ret = v;
	return true;
}

static int
head_field(struct conn *c, char *line, struct head *h)
{
	char *value = strchr(line, ':');
	size_t n;

	if (value == NULL || value == line)
		return bad_answer(c);
	*value++ = '\0';
	value += strspn(value, " \t");
	for (n = strlen(value); n > 0 && strchr(" \t", value[n - 1]) != NULL; n--)
		value[n - 1] = '\0';
	if (strcasecmp(line, "content-length") == 0) {
		if (h->length >= 0 || !read_number(value, n, 10, &h->length))
			return bad_answer(c);
	} else if (strcasecmp(line, "transfer-encoding") == 0) {
		if (strcasecmp(value, "chunked") != 0)
			return bad_answer(c);
		h->chunked = true;
	}
	return 0;
}

static int
read_fields(struct conn *c, struct head *h)
{
	char line[LINE_LEN];
	int r;

	for (int i = 0; i < FIELDS_MAX; i++) {
		if ((r = conn_line(c, line)) < 0)
			return r;
		if (line[0] == '\0')
			return 0;
		if (h != NULL && (r = head_field(c, line, h)) < 0)
			return r;
	}
	return bad_answer(c);
}

static int
read_head(struct conn *c, struct head *h)
{
	char line[LINE_LEN];
	int64_t status;
	int r;

	for (int i = 0; i < INTERIM_MAX; i++) {
		*h = (struct head){ .length = -1 };
		if ((r = conn_line(c, line)) < 0)
			return r;
		if ((strncmp(line, "HTTP/1.1 ", 9) != 0 &&
			strncmp(line, "HTTP/1.0 ", 9) != 0) ||
		    strlen(line) < 12 || (line[12] != ' ' && line[12] != '\0') ||
		    !read_number(line + 9, 3, 10, &status))
			return bad_answer(c);
		h->status = (int)status;
		if ((r = read_fields(c, h)) < 0)
			return r;
		if (h->chunked && h->length >= 0)
			return bad_answer(c);
		if (h->status >= 200)
			return 0;
	}
	return bad_answer(c);
}

static int
sink_put(struct sink *s, const char *p, size_t len)
{
	if (s->to == NULL) {
		obuf_put(&s->kept, p, len);
		return obuf_overflowed(&s->kept)
			   ? fail(s->conn, E_UNKNOWN, "the answer is too large", NULL)
			   : 0;
	}
	/* A stream may take as long as it likes, while pieces come. */
	s->conn->deadline_ms = clock_mono_ms() + s->conn->wait_ms;
	if (fwrite(p, 1, len, s->to) != len)
		return fail(s->conn, E_FULL, "cannot write", strerror(errno));
	return 0;
}

/* left bytes of body, or with -1 all until the connection closes. */
static int
read_bytes(struct conn *c, int64_t left, struct sink *s)
{
	int r;

	while (left != 0) {
		size_t n;

		if (c->at == c->len && (r = conn_fill(c)) <= 0) {
			if (r == 0 && left > 0)
				return fail(c, E_UNKNOWN, "the answer was cut off", NULL);
			return r;
		}
		n = c->len - c->at;
		if (left > 0 && (int64_t)n > left)
			n = (size_t)left;
		if ((r = sink_put(s, c->buf + c->at, n)) < 0)
			return r;
		c->at += n;
		if (left > 0)
			left -= (int64_t)n;
	}
	return 0;
}

static int
read_chunks(struct conn *c, struct sink *s)
{
	char line[LINE_LEN];
	int64_t size;
	int r;

	do {
		if ((r = conn_line(c, line)) < 0)
			return r;
		if (!read_number(line, strcspn(line, " \t;"), 16, &size))
			return bad_answer(c);
		if (size == 0)
			return read_fields(c, NULL); /* trailers, dropped */
		if ((r = read_bytes(c, size, s)) < 0 || (r = conn_line(c, line)) < 0)
			return r;
	} while (line[0] == '\0');
	return bad_answer(c);
}

static int
read_answer(struct conn *c, struct arena *a, FILE *to, struct answer *ret)
{
	struct sink s = { .conn = c };
	struct head h;
	int r = read_head(c, &h);

	if (r < 0)
		return r;
	obuf_init(&s.kept, a, BODY_MAX);
	s.to = h.status / 100 == 2 ? to : NULL;
	if (h.status == 204 || h.status == 304)
		r = 0;
	else
		r = h.chunked ? read_chunks(c, &s) : read_bytes(c, h.length, &s);
	if (r < 0)
		return r;
	ret->status = h.status;
	ret->body = s.kept.len == 0 ? arena_strdup(a, "") : s.kept.data;
	ret->body_len = s.kept.len;
	return 0;
}

int
client_call(struct arena *a, const char *socket_path, const struct client_request *q,
    struct answer *ret, char *ret_error)
{
	struct conn c = { .fd = -1, .error = ret_error };
	struct obuf head;
	int r;

	c.wait_ms = q->wait_ms == 0 ? WAIT_MS : q->wait_ms;
	c.deadline_ms = clock_mono_ms() + c.wait_ms;
	obuf_init(&head, a, LINE_LEN);
	obuf_printf(&head, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n",
	    q->method, q->target);
	if (q->body != NULL)
		obuf_printf(&head,
		    "Content-Type: application/json\r\nContent-Length: %zu\r\n",
		    q->body_len);
	obuf_puts(&head, "\r\n");
	if (obuf_overflowed(&head))
		return fail(&c, E_UNAVAILABLE, "the request is too long", NULL);
	if ((r = conn_open(&c, socket_path)) == 0 &&
	    (r = conn_send(&c, head.data, head.len)) == 0 &&
	    (q->body == NULL || (r = conn_send(&c, q->body, q->body_len)) == 0))
		r = read_answer(&c, a, q->to, ret);
	if (c.fd >= 0)
		close(c.fd);
	return r;
}
