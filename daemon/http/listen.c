/* SPDX-License-Identifier: MIT */
/*
 * listen.c - see listen.h. Everything fails with a sentence that names the
 * address: it is read by somebody who has just edited a configuration file.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/listen.h"
#include "http/peer.h"

#define BACKLOG 4096
#define FIRST_HANDED 3 /* SD_LISTEN_FDS_START */
#define CONTROL_MODE 0660

static bool fail(char *ret_error, const char *format, ...) PRINTF_LIKE(2, 3);

static bool
fail(char *ret_error, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(ret_error, HTTP_ERROR_LEN, format, ap);
	va_end(ap);
	return false;
}

static bool
is_tls(enum http_door door)
{
	return door == DOOR_PUBLIC || door == DOOR_STAFF;
}

/* "127.0.0.1:41233" or "[::1]:41233". */
static char *
bound_address(struct arena *a, int fd)
{
	struct sockaddr_storage ss = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(ss);
	const void *sa = &ss;
	const struct sockaddr_in *in = sa;
	const struct sockaddr_in6 *in6 = sa;
	char text[INET6_ADDRSTRLEN] = "?";

	if (getsockname(fd, (struct sockaddr *)&ss, &len) != 0)
		return arena_strdup(a, text);
	if (ss.ss_family == AF_INET) {
		inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text));
		return arena_printf(a, "%s:%u", text, (unsigned)ntohs(in->sin_port));
	}
	if (ss.ss_family == AF_INET6)
		inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text));
	return arena_printf(a, "[%s]:%u", text, (unsigned)ntohs(in6->sin6_port));
}

static void
add(struct doors *d, int fd, enum http_door door)
{
	int on = 1;

	/* Inherited by what it accepts: small answers must not wait for an ACK.
	 * On a Unix socket it fails, and is not needed. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	d->v[d->n++] = (struct door){ fd, door };
	if (is_tls(door))
		strlist_add(&d->addresses, d->arena, bound_address(d->arena, fd));
}

/* ---- TCP ---- */

/* "127.0.0.1:8443", "[::]:443"; numbers only, no resolver is asked. */
static bool
parse_address(const char *s, struct sockaddr_storage *ret, socklen_t *ret_len)
{
	void *p = ret;
	struct sockaddr_in *in = p;
	struct sockaddr_in6 *in6 = p;
	char host[INET6_ADDRSTRLEN + 2], *end;
	const char *colon = strrchr(s, ':');
	size_t n = colon == NULL ? 0 : (size_t)(colon - s);
	unsigned long port;

	if (n == 0 || n >= sizeof(host) || colon[1] < '0' || colon[1] > '9')
		return false;
	port = strtoul(colon + 1, &end, 10);
	if (*end != '\0' || port > 65535)
		return false;
	memcpy(host, s, n);
	host[n] = '\0';
	memset(ret, 0, sizeof(*ret));
	if (host[0] == '[' && host[n - 1] == ']') {
		host[n - 1] = '\0';
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons((uint16_t)port);
		*ret_len = sizeof(*in6);
		return inet_pton(AF_INET6, host + 1, &in6->sin6_addr) == 1;
	}
	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)port);
	*ret_len = sizeof(*in);
	return inet_pton(AF_INET, host, &in->sin_addr) == 1;
}

static bool
bind_tcp(struct doors *d, const char *address, enum http_door door, char *ret_error)
{
	struct sockaddr_storage ss;
	const void *sa = &ss;
	socklen_t len;
	int on = 1, fd;

	if (!parse_address(address, &ss, &len))
		return fail(ret_error,
		    "\"%s\" is no address to listen on: write 127.0.0.1:8443 or "
		    "[::]:8443.",
		    address);
	fd = socket(ss.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail(
		    ret_error, "Cannot listen on %s: %s.", address, strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* [::] is IPv6 alone: what listens on both is told so twice. */
	if (ss.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, sa, len) != 0 || listen(fd, BACKLOG) != 0) {
		fail(ret_error, "Cannot listen on %s: %s.", address, strerror(errno));
		close(fd);
		return false;
	}
	add(d, fd, door);
	return true;
}

/* ---- the control socket ---- */

/* Whether somebody answers on the socket at sun. */
static bool
answered(const struct sockaddr_un *sun)
{
	const void *sa = sun;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool yes;

	if (fd < 0)
		return true; /* not known: leave it alone */
	/* A full backlog (EAGAIN) has somebody behind it too. */
	yes = connect(fd, sa, sizeof(*sun)) == 0 || errno == EAGAIN || errno == EACCES;
	close(fd);
	return yes;
}

static bool
clear_place(const char *path, const struct sockaddr_un *sun, char *ret_error)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT || fail(ret_error, "The control socket %s: %s.",
					      path, strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return fail(ret_error,
		    "%s is in the way of the control socket: it is no socket.", path);
	if (answered(sun))
		return fail(ret_error,
		    "Another bookingd answers on the control socket %s.", path);
	if (unlink(path) != 0 && errno != ENOENT)
		return fail(ret_error, "The old control socket %s cannot be removed: %s.",
		    path, strerror(errno));
	return true;
}

static bool
bind_control(struct doors *d, const char *path, char *ret_error)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	const void *sa = &sun;
	int fd;

	if (strlen(path) >= sizeof(sun.sun_path))
		return fail(ret_error,
		    "The path of the control socket is longer than %zu bytes.",
		    sizeof(sun.sun_path) - 1);
	memcpy(sun.sun_path, path, strlen(path));
	if (!clear_place(path, &sun, ret_error))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail(
		    ret_error, "The control socket %s: %s.", path, strerror(errno));
	/* The mode of the descriptor bounds that of the file: it is never, not for a
	 * moment, open to more. */
	if (fchmod(fd, CONTROL_MODE) != 0 || bind(fd, sa, sizeof(sun)) != 0 ||
	    chmod(path, CONTROL_MODE) != 0 || listen(fd, BACKLOG) != 0) {
		fail(ret_error, "The control socket %s: %s.", path, strerror(errno));
		close(fd);
		return false;
	}
	d->control_path = arena_strdup(d->arena, path);
	add(d, fd, DOOR_CONTROL);
	return true;
}

/* ---- handed over ---- */

static int
number_in(const char *name)
{
	const char *v = getenv(name);
	char *end;
	long n;

	if (v == NULL)
		return -1;
	errno = 0;
	n = strtol(v, &end, 10);
	return errno != 0 || end == v || *end != '\0' || n < 0 || n > INT32_MAX ? -1
										: (int)n;
}

/* Cuts the next name off LISTEN_FDNAMES. */
static enum http_door
next_door(char **names)
{
	static const struct {
		const char *name;
		enum http_door door;
	} known[] = { { "https", DOOR_PUBLIC }, { "staff", DOOR_STAFF },
		{ "control", DOOR_CONTROL }, { "metrics", DOOR_METRICS } };
	char *name = *names, *colon = name == NULL ? NULL : strchr(name, ':');

	*names = colon == NULL ? NULL : colon + 1;
	if (colon != NULL)
		*colon = '\0';
	for (size_t i = 0; name != NULL && i < ARRAY_LEN(known); i++)
		if (strcmp(name, known[i].name) == 0)
			return known[i].door;
	return DOOR_PUBLIC;
}

static bool
take_one(struct doors *d, int fd, enum http_door door, char *ret_error)
{
	int type = 0, listening = 0, family = 0;
	socklen_t len = sizeof(int);

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) != 0 ||
	    type != SOCK_STREAM ||
	    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) != 0 ||
	    !listening || getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len) != 0)
		return fail(ret_error,
		    "Descriptor %d of LISTEN_FDS is no listening stream socket.", fd);
	if ((family == AF_UNIX) != (door == DOOR_CONTROL))
		return fail(ret_error,
		    "Descriptor %d of LISTEN_FDS: a Unix socket is to be named control, "
		    "and no other one.",
		    fd);
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 ||
	    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) != 0)
		return fail(
		    ret_error, "Descriptor %d of LISTEN_FDS: %s.", fd, strerror(errno));
	add(d, fd, door);
	return true;
}

static bool
take_handed(struct doors *d, char *ret_error)
{
	int n = number_in("LISTEN_FDS");
	const char *list = getenv("LISTEN_FDNAMES");
	char *names = list == NULL ? NULL : arena_strdup(d->arena, list);
	bool ok = true;

	/* Not for us: an ancestor forgot to take them out of the environment. */
	if (n <= 0 || number_in("LISTEN_PID") != (int)getpid())
		return true;
	if (n > DOORS_MAX / 2)
		return fail(ret_error,
		    "LISTEN_FDS hands over %d sockets; %d is the most.", n,
		    DOORS_MAX / 2);
	for (int i = 0; i < n && ok; i++)
		ok = take_one(d, FIRST_HANDED + i, next_door(&names), ret_error);
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDNAMES");
	return ok;
}

static bool
has(const struct doors *d, enum http_door door)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->v[i].door == door)
			return true;
	return false;
}

static bool
bind_list(
    struct doors *d, const struct strlist *list, enum http_door door, char *ret_error)
{
	if (has(d, door))
		return true;
	for (size_t i = 0; i < list->n; i++) {
		if (d->n == DOORS_MAX - 1) /* one is the control socket's */
			return fail(
			    ret_error, "More than %d addresses to listen on.", DOORS_MAX);
		if (!bind_tcp(d, list->v[i], door, ret_error))
			return false;
	}
	return true;
}

bool
doors_open(struct doors *d, const struct conf *c, char *ret_error)
{
	*d = (struct doors){ .arena = arena_new((size_t)1 << 20) };
	if (take_handed(d, ret_error) &&
	    bind_list(d, &c->server_listen, DOOR_PUBLIC, ret_error) &&
	    bind_list(d, &c->staff_listen, DOOR_STAFF, ret_error) &&
	    bind_list(d, &c->server_metrics_listen, DOOR_METRICS, ret_error) &&
	    (has(d, DOOR_CONTROL) ||
		bind_control(d, c->server_control_socket, ret_error)))
		return true;
	doors_done(d);
	return false;
}

void
doors_close(struct doors *d)
{
	for (size_t i = 0; i < d->n; i++)
		close(d->v[i].fd);
	d->n = 0;
}

void
doors_done(struct doors *d)
{
	doors_close(d);
	if (d->control_path != NULL)
		unlink(d->control_path);
	arena_free(d->arena);
	*d = (struct doors){ .arena = NULL };
}
