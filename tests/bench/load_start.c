/* SPDX-License-Identifier: MIT */
/* load_start.c - from a daemon's exec to its first answer. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/load.h"

#define PATIENCE_US ((int64_t)60 * 1000000)

static void
nap(void)
{
	struct timespec ts = { 0, 100000 };

	nanosleep(&ts, NULL);
}

/* Asked without TLS first: the daemon should have the processor for itself. */
static bool
listens(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port) };
	const void *sa = &to;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool yes;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	yes = connect(fd, sa, sizeof(to)) == 0;
	close(fd);
	return yes;
}

/* One try: connect, handshake, GET. */
static bool
answers(SSL_CTX *ctx, int port)
{
	static struct link l;
	static const char get[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
	enum link_event e = EVENT_WAIT;

	if (!link_open(&l, ctx, port))
		return false;
	memcpy(l.request, get, sizeof(get) - 1);
	l.request_len = sizeof(get) - 1;
	while (e == EVENT_WAIT || e == EVENT_OPEN) {
		struct pollfd p = { l.fd, POLLIN, 0 };

		if ((e = link_step(&l)) == EVENT_OPEN)
			link_begin(&l);
		else if (e == EVENT_WAIT)
			poll(&p, 1, 1);
	}
	link_close(&l);
	return e == EVENT_ANSWER && l.status == 200;
}

int
load_start(int port, char *const argv[])
{
	SSL_CTX *ctx = link_context();
	int64_t began = now_us(), now = began;
	pid_t pid = fork();
	char c;

	if (pid == 0) {
		execv(argv[0], argv);
		_exit(127);
	}
	while (!(listens(port) && answers(ctx, port)) && now - began < PATIENCE_US
	    && waitpid(pid, NULL, WNOHANG) == 0) {
		nap();
		now = now_us();
	}
	printf("first_answer_us=%lld pid=%d\n", (long long)(now_us() - began), (int)pid);
	fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	SSL_CTX_free(ctx);
	return 0;
}
