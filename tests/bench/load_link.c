/* SPDX-License-Identifier: MIT */
/* load_link.c - one connection: handshake, a request, its answer. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "bench/load.h"

int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

SSL_CTX *
link_context(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	if (ctx == NULL || SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1
	    || SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256") != 1
	    || SSL_CTX_set1_groups_list(ctx, "X25519") != 1)
		return NULL;
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_options(ctx, SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE);
	SSL_CTX_set_read_ahead(ctx, 1);
	return ctx;
}

bool
link_open(struct link *l, SSL_CTX *ctx, int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port) };
	const void *sa = &to;
	int on = 1;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	l->state = LINK_HANDSHAKE;
	l->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l->fd < 0)
		return false;
	setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	l->ssl = SSL_new(ctx);
	if (l->ssl == NULL || SSL_set_fd(l->ssl, l->fd) != 1
	    || (connect(l->fd, sa, sizeof(to)) != 0 && errno != EINPROGRESS)) {
		link_close(l);
		return false;
	}
	SSL_set_connect_state(l->ssl);
	return true;
}

void
link_begin(struct link *l)
{
	l->state = LINK_SENDING;
	l->head_len = 0;
	l->status = 0;
}

void
link_close(struct link *l)
{
	if (l->ssl != NULL) {
		ERR_clear_error();
		if (l->state != LINK_HANDSHAKE)
			SSL_shutdown(l->ssl);
		SSL_free(l->ssl);
	}
	if (l->fd >= 0)
		close(l->fd);
	l->ssl = NULL;
	l->fd = -1;
}

static enum link_event
wait_or_lost(const struct link *l, int n)
{
	int e = SSL_get_error(l->ssl, n);

	return e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE ? EVENT_WAIT
								     : EVENT_LOST;
}

size_t
link_field(const struct link *l, const char *name, const char **ret_value)
{
	size_t len = strlen(name);
	const char *p = l->head;

	while ((p = strstr(p, "\r\n")) != NULL) {
		p += 2;
		if (strncasecmp(p, name, len) != 0 || p[len] != ':')
			continue;
		*ret_value = p + len + 1 + strspn(p + len + 1, " ");
		return strcspn(*ret_value, "\r");
	}
	return 0;
}

/* The head is whole when a blank line is there: what follows is body. */
static enum link_event
read_head(struct link *l)
{
	char *end = strstr(l->head, "\r\n\r\n");
	const char *length;
	size_t extra;

	if (end == NULL)
		return l->head_len < HEAD_MAX ? EVENT_WAIT : EVENT_LOST;
	extra = l->head_len - (size_t)(end + 4 - l->head);
	end[2] = '\0';
	if (strncmp(l->head, "HTTP/1.1 ", 9) != 0)
		return EVENT_LOST;
	l->status = (int)strtol(l->head + 9, NULL, 10);
	l->body_left = 0;
	if (link_field(l, "Content-Length", &length) > 0)
		l->body_left = strtoull(length, NULL, 10);
	else if (l->status != 204 && l->status != 304)
		return EVENT_LOST; /* no framing that we know */
	if (extra > l->body_left)
		return EVENT_LOST; /* an answer that nobody asked for */
	l->body_left -= extra;
	l->state = l->body_left > 0 ? LINK_BODY : LINK_READY;
	return l->state == LINK_READY ? EVENT_ANSWER : EVENT_WAIT;
}

/* EVENT_WAIT when there is nothing more to read for now. */
static enum link_event
step_read(struct link *l)
{
	static char scratch[16384];
	bool head = l->state == LINK_HEAD;
	char *to = head ? l->head + l->head_len : scratch;
	size_t room = head ? HEAD_MAX - l->head_len : sizeof(scratch);
	int n = SSL_read(l->ssl, to, (int)room);
	enum link_event e = EVENT_WAIT;

	if (n <= 0)
		return wait_or_lost(l, n);
	if (head) {
		l->head_len += (size_t)n;
		l->head[l->head_len] = '\0';
		e = read_head(l);
	} else if ((uint64_t)n > l->body_left)
		return EVENT_LOST;
	else if ((l->body_left -= (uint64_t)n) == 0) {
		l->state = LINK_READY;
		return EVENT_ANSWER;
	}
	return e == EVENT_WAIT ? step_read(l) : e;
}

enum link_event
link_step(struct link *l)
{
	char c;
	int n;

	ERR_clear_error();
	switch (l->state) {
	case LINK_HANDSHAKE:
		n = SSL_do_handshake(l->ssl);
		if (n != 1)
			return wait_or_lost(l, n);
		l->state = LINK_READY;
		return EVENT_OPEN;
	case LINK_READY: /* tickets, or the end */
		n = SSL_read(l->ssl, &c, 1);
		return n > 0 ? EVENT_LOST : wait_or_lost(l, n);
	case LINK_SENDING: /* one record, which a fresh socket takes whole */
		n = SSL_write(l->ssl, l->request, (int)l->request_len);
		if (n <= 0)
			return wait_or_lost(l, n);
		l->state = LINK_HEAD;
		return step_read(l);
	case LINK_HEAD:
	case LINK_BODY:
		return step_read(l);
	}
	return EVENT_LOST;
}
