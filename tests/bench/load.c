/* SPDX-License-Identifier: MIT */
/*
 * load.c - closed loop (each connection asks again when it was answered) or open
 * loop (requests fall due at a fixed rate, and wait their time is counted).
 *
 *   load --port P --mode get|form|json|handshake [--connections N]
 *        [--requests N] [--rate PER_SECOND] [--path /healthz] [--first N]
 *        [--refuse] [--tokens FILE]
 *   load --port P --start COMMAND ARGUMENT...
 *
 * Connects, says "ready", waits for a line on standard input, sends, prints one
 * line of key=value, and stays connected until standard input ends. The tokens
 * of every booking that was acknowledged go to FILE. --refuse: forms that lack an
 * answer, so that they are read, checked and refused, and no database is asked.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "bench/load.h"
#include "bench/sample.h"

#define EVENTS_MAX 256

enum mode { MODE_GET, MODE_FORM, MODE_JSON, MODE_HANDSHAKE, MODE_COUNT };
static const char *const mode_names[MODE_COUNT] = { "get", "form", "json", "handshake" };

struct run {
	int port, connections;
	enum mode mode;
	uint64_t requests, first, rate;
	const char *path;
	bool refuse;
	FILE *tokens;
	SSL_CTX *ctx;
	int epoll_fd, timer_fd;
	struct link *links;
	struct link **idle; /* open loop: those with nothing to do */
	size_t idle_count;
	int open, live; /* handshakes done; not lost */
	bool begun;
	uint64_t opened, sent, answered, lost, statuses[6];
	int64_t began_us;
	uint32_t *latencies; /* us */
};

/* ---- requests ---- */

static void
write_request(const struct run *r, struct link *l)
{
	char body[2048], extra[256] = "";
	struct sample s;
	size_t len = 0;
	bool json = r->mode == MODE_JSON;

	if (r->mode == MODE_GET || r->mode == MODE_HANDSHAKE) {
		l->request_len = (size_t)snprintf(l->request, sizeof(l->request),
		    "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", r->path);
		return;
	}
	sample_make(r->first + l->number, &s);
	if (r->refuse) {
		s.method = "";
		snprintf(extra, sizeof(extra), "Accept: application/json\r\n");
	}
	len = json ? sample_json(&s, body, sizeof(body))
		   : sample_form(&s, body, sizeof(body));
	if (json)
		snprintf(extra, sizeof(extra), "Idempotency-Key: bench-%llu-%llu\r\n",
		    (unsigned long long)r->first, (unsigned long long)l->number);
	l->request_len = (size_t)snprintf(l->request, sizeof(l->request),
	    "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/%s\r\n"
	    "Content-Length: %zu\r\n%s\r\n%s",
	    r->path, json ? "json" : "x-www-form-urlencoded", len, extra, body);
}

/* The token at the end of "/b/TOKEN" or "/api/v1/bookings/TOKEN". */
static void
keep_token(const struct run *r, const struct link *l)
{
	const char *at;
	size_t n = link_field(l, "Location", &at), from = n;

	while (from > 0 && at[from - 1] != '/')
		from--;
	if (r->tokens != NULL && (l->status == 201 || l->status == 303) && from > 0)
		fprintf(r->tokens, "%.*s\n", (int)(n - from), at + from);
}

/* ---- links ---- */

static void on_event(struct run *, struct link *, enum link_event);

static void
watch(const struct run *r, struct link *l)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = l };

	epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, l->fd, &e);
}

static void
connect_link(struct run *r, struct link *l)
{
	r->opened++;
	if (!link_open(l, r->ctx, r->port)) {
		r->live--;
		r->lost++;
		return;
	}
	watch(r, l);
}

static void
send_next(struct run *r, struct link *l, int64_t due_us)
{
	l->number = r->sent++;
	l->due_us = due_us;
	write_request(r, l);
	link_begin(l);
	on_event(r, l, link_step(l));
}

/* What an idle link does: asks again, or waits for something to fall due. */
static void
next(struct run *r, struct link *l)
{
	if (!r->begun || r->rate > 0)
		r->idle[r->idle_count++] = l;
	else if (r->sent < r->requests)
		send_next(r, l, now_us());
}

static void
on_answer(struct run *r, struct link *l)
{
	int64_t us = now_us() - l->due_us;

	r->latencies[r->answered++] = us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
	if (l->status >= 100 && l->status < 600)
		r->statuses[l->status / 100]++;
	keep_token(r, l);
	if (r->mode != MODE_HANDSHAKE) {
		next(r, l);
		return;
	}
	link_close(l);
	if (r->opened < r->requests)
		connect_link(r, l);
	else
		r->live--;
}

static void
on_event(struct run *r, struct link *l, enum link_event e)
{
	switch (e) {
	case EVENT_WAIT:
		break;
	case EVENT_OPEN:
		r->open++;
		if (r->mode == MODE_HANDSHAKE)
			send_next(r, l, now_us());
		else
			next(r, l);
		break;
	case EVENT_ANSWER:
		on_answer(r, l);
		break;
	case EVENT_LOST:
		for (size_t i = 0; i < r->idle_count; i++)
			if (r->idle[i] == l)
				r->idle[i--] = r->idle[--r->idle_count];
		link_close(l);
		r->live--;
		r->lost++;
		break;
	}
}

/* ---- open loop ---- */

static int64_t
due_us(const struct run *r, uint64_t n)
{
	return r->began_us + (int64_t)(n * 1000000 / r->rate);
}

/* Sends all that is due and for which there is a link; the timer for the next. */
static void
send_due(struct run *r)
{
	struct itimerspec at = { .it_value = { 0, 1 } };
	int64_t us;

	while (r->sent < r->requests && r->idle_count > 0
	    && due_us(r, r->sent) <= now_us())
		send_next(r, r->idle[--r->idle_count], due_us(r, r->sent));
	if (r->sent == r->requests || r->idle_count == 0)
		return;
	us = due_us(r, r->sent);
	at.it_value.tv_sec = (time_t)(us / 1000000);
	at.it_value.tv_nsec = (long)(us % 1000000 * 1000) + 1;
	timerfd_settime(r->timer_fd, TFD_TIMER_ABSTIME, &at, NULL);
}

static void
turn(struct run *r)
{
	struct epoll_event events[EVENTS_MAX];
	uint64_t ticks;
	int n = epoll_wait(r->epoll_fd, events, EVENTS_MAX, 10000);

	for (int i = 0; i < n; i++) {
		struct link *l = events[i].data.ptr;

		if (l == NULL)
			(void)!read(r->timer_fd, &ticks, sizeof(ticks));
		else if (l->fd >= 0)
			on_event(r, l, link_step(l));
	}
	if (r->begun && r->rate > 0)
		send_due(r);
}

/* ---- the whole ---- */

static void
connect_all(struct run *r)
{
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = NULL };

	r->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	r->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, r->timer_fd, &e);
	r->links = calloc((size_t)r->connections, sizeof(*r->links));
	r->idle = calloc((size_t)r->connections, sizeof(struct link *));
	r->latencies = calloc(r->requests + 1, sizeof(*r->latencies));
	r->live = r->connections;
	if (r->mode == MODE_HANDSHAKE)
		return;
	/* A few at a time: a backlog is not what is measured. */
	for (int i = 0; i < r->connections; i++) {
		connect_link(r, &r->links[i]);
		while (r->live > 0 && i + 1 - r->open - (int)r->lost >= 64)
			turn(r);
	}
	while (r->open < r->live)
		turn(r);
}

static void
begin(struct run *r)
{
	size_t waiting = r->idle_count;

	r->began_us = now_us();
	r->begun = true;
	if (r->mode == MODE_HANDSHAKE)
		for (int i = 0; i < r->connections; i++)
			connect_link(r, &r->links[i]);
	else if (r->rate > 0)
		send_due(r);
	else {
		r->idle_count = 0;
		for (size_t i = 0; i < waiting && r->sent < r->requests; i++)
			send_next(r, r->idle[i], now_us());
	}
}

static int
ascending(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static unsigned
percentile(const struct run *r, unsigned per_mille)
{
	return r->answered == 0 ? 0 : r->latencies[(r->answered - 1) * per_mille / 1000];
}

static void
report(struct run *r)
{
	int64_t wall = now_us() - r->began_us;

	qsort(r->latencies, r->answered, sizeof(*r->latencies), ascending);
	printf("answered=%llu lost=%llu s2xx=%llu s3xx=%llu s4xx=%llu s5xx=%llu "
	       "wall_us=%lld p50_us=%u p99_us=%u p999_us=%u max_us=%u\n",
	    (unsigned long long)r->answered, (unsigned long long)r->lost,
	    (unsigned long long)r->statuses[2], (unsigned long long)r->statuses[3],
	    (unsigned long long)r->statuses[4], (unsigned long long)r->statuses[5],
	    (long long)wall, percentile(r, 500), percentile(r, 990), percentile(r, 999),
	    percentile(r, 1000));
	fflush(stdout);
}

static int
run(struct run *r)
{
	char line[16];

	signal(SIGPIPE, SIG_IGN);
	r->ctx = link_context();
	if (r->ctx == NULL)
		return 1;
	connect_all(r);
	printf("ready connections=%d lost=%llu\n", r->open, (unsigned long long)r->lost);
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return 0;
	begin(r);
	while (r->answered < r->requests && r->live > 0)
		turn(r);
	if (r->tokens != NULL)
		fclose(r->tokens);
	report(r);
	while (fgets(line, sizeof(line), stdin) != NULL)
		;
	for (int i = 0; i < r->connections; i++)
		link_close(&r->links[i]);
	return 0;
}

static const struct option options[] = { { "port", 1, NULL, 'p' },
	{ "mode", 1, NULL, 'm' }, { "connections", 1, NULL, 'c' },
	{ "requests", 1, NULL, 'n' }, { "rate", 1, NULL, 'r' },
	{ "path", 1, NULL, 'P' }, { "first", 1, NULL, 'f' }, { "refuse", 0, NULL, 'x' },
	{ "tokens", 1, NULL, 't' }, { "start", 0, NULL, 's' }, { NULL, 0, NULL, 0 } };

static bool
take(struct run *r, int opt, const char *v)
{
	uint64_t n = v == NULL ? 0 : strtoull(v, NULL, 10);

	switch (opt) {
	case 'p':
		r->port = (int)n;
		return true;
	case 'm':
		for (int i = 0; i < MODE_COUNT; i++)
			if (strcmp(v, mode_names[i]) == 0) {
				r->mode = (enum mode)i;
				return true;
			}
		return false;
	case 'c':
		r->connections = (int)n;
		return n > 0 && n < 100000;
	case 'n':
		r->requests = n;
		return n < 100000000;
	case 'r':
		r->rate = n;
		return n > 0;
	case 'f':
		r->first = n;
		return true;
	case 'P':
		r->path = v;
		return true;
	case 'x':
		r->refuse = true;
		return true;
	case 't':
		r->tokens = fopen(v, "we");
		return r->tokens != NULL;
	default:
		return false;
	}
}

int
main(int argc, char **argv)
{
	struct run r = { .connections = 1, .path = "/healthz", .timer_fd = -1 };
	int opt;

	while ((opt = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (opt == 's' && optind < argc)
			return load_start(r.port, argv + optind);
		if (!take(&r, opt, optarg)) {
			fprintf(stderr, "load: see the head of tests/bench/load.c\n");
			return 2;
		}
	}
	return run(&r);
}
