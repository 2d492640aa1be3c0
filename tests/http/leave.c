/* SPDX-License-Identifier: MIT */
/* The end of things: clients that leave, deadlines, draining. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/metric.h"
#include "http/fixture.h"

/* Waits until the gauge of open connections is n. */
static bool
connections_become(int64_t n)
{
	for (int64_t end = clock_mono_ms() + WAIT_MS; clock_mono_ms() < end;) {
		if (metric_get(M_connections) == n)
			return true;
		poll(NULL, 0, 2);
	}
	return false;
}

Test(http_leave, a_client_that_leaves_a_job_is_missed_when_it_is_back)
{
	struct fixture *f = fixture_new();
	struct client *c;

	fixture_start(f);
	for (int tls = 0; tls < 2; tls++) {
		c = tls ? client_tls(f) : client_control(f);
		client_send(c, GET("/detach"));
		kept_wait(tls + 1);
		if (tls) {
			client_reset(c);
		} else {
			/* A Unix socket knows no reset; the deadline is not waited for.
			 */
			kept_answer();
			client_free(c);
			continue;
		}
		cr_assert(connections_become(0));
		kept_answer();
		cr_expect(missed_wait(1));
	}
	fixture_free(f);
}

Test(http_leave, a_long_poll_hears_when_its_client_leaves)
{
	struct fixture *f = fixture_new();
	struct client *c;

	fixture_start(f);
	for (int tls = 0; tls < 2; tls++) {
		c = tls ? client_tls(f) : client_control(f);
		client_send(c, GET("/wait"));
		kept_wait(tls + 1);
		cr_expect_eq(gone_count(), tls);
		client_free(c);
		cr_expect(gone_wait(tls + 1));
	}
	fixture_free(f);
}

Test(http_leave, a_long_poll_outlives_the_request_deadline)
{
	struct fixture *f = fixture_new();
	struct client *c;
	struct answer a;

	f->conf->limits_request = 150;
	fixture_start(f);
	c = client_tls(f);
	client_send(c, GET("/wait"));
	kept_wait(1);
	poll(NULL, 0, 300);
	kept_answer();
	cr_assert(client_answer(c, false, &a));
	cr_expect_str_eq(a.body, "late");
	client_free(c);
	fixture_free(f);
}

Test(http_leave, a_request_that_nobody_told_of_leaving_may_still_be_answered)
{
	struct fixture *f = fixture_new();
	struct client *c;
	struct answer a;

	f->conf->limits_request = 150;
	fixture_start(f);
	c = client_tls(f);
	client_send(c, GET("/hold"));
	kept_wait(1);
	cr_expect(client_closed(c), "the deadline closes it");
	client_free(c);
	cr_assert(connections_become(0));
	kept_answer();
	c = client_tls(f);
	client_expect(c, GET("/hello"), 200, &a);
	client_free(c);
	fixture_free(f);
}

Test(http_leave, a_job_that_outlives_the_request_deadline_misses_its_client)
{
	struct fixture *f = fixture_new();
	struct client *c;

	f->conf->limits_request = 150;
	fixture_start(f);
	c = client_tls(f);
	client_send(c, GET("/detach"));
	kept_wait(1);
	cr_expect(client_closed(c));
	kept_answer();
	cr_expect(missed_wait(1));
	client_free(c);
	fixture_free(f);
}

/* Sends text, then a byte every 20 ms that never makes it whole. */
static bool
drip_ends(struct client *c, const char *text, int status)
{
	int64_t start = clock_mono_ms();
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	struct answer a;

	client_send(c, text);
	while (poll(&p, 1, 20) == 0 && clock_mono_ms() < start + WAIT_MS)
		client_send(c, "x");
	return client_answer(c, false, &a) && a.status == status && client_closed(c) &&
	       clock_mono_ms() - start < 2000;
}

#define POST "POST /echo HTTP/1.1\r\nHost: a\r\n"

Test(http_leave, bytes_that_drip_in_do_not_move_a_deadline)
{
	static const char *const rows[] = {
		"G",
		"GET / HTTP/1.1\r\nHost: a\r\nX: ",
		POST "Content-Length: 60000\r\n\r\n",
		POST "Transfer-Encoding: chunked\r\n\r\nfff\r\n",
	};
	struct fixture *f = fixture_new();

	f->conf->limits_head = f->conf->limits_body = 150;
	fixture_start(f);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		/* control: no ticket makes the socket readable */
		struct client *c = client_control(f);

		cr_expect(drip_ends(c, rows[i], 408), "row %zu", i);
		client_free(c);
	}
	cr_expect_eq(metric_get(M_request_timeouts_total), ARRAY_LEN(rows));
	fixture_free(f);
}

Test(http_leave, silence_is_ended_without_a_word)
{
	struct fixture *f = fixture_new();
	struct client *raw, *fresh, *idle;
	int64_t start = clock_mono_ms();

	f->conf->limits_handshake = f->conf->limits_head = f->conf->limits_idle = 150;
	fixture_start(f);
	raw = client_raw(f);
	fresh = client_tls(f);
	idle = client_tls(f);
	client_expect(idle, GET("/hello"), 200, NULL);
	cr_expect(client_closed(raw));
	cr_expect(client_closed(fresh));
	cr_expect(client_closed(idle));
	cr_expect_lt(clock_mono_ms() - start, 2000);
	cr_expect_eq(metric_get(M_handshake_failures_total), 1);
	client_free(raw);
	client_free(fresh);
	client_free(idle);
	fixture_free(f);
}

Test(http_leave, a_client_that_does_not_read_is_cut_off)
{
	struct fixture *f = fixture_new();
	struct client *c;

	f->conf->limits_request = 150;
	fixture_start(f);
	c = client_tls(f);
	for (int i = 0; i < 20; i++)
		client_send(c, GET("/large"));
	cr_expect(connections_become(0));
	client_free(c);
	fixture_free(f);
}

struct drain {
	pthread_t thread;
	struct server *server;
	bool result;
};

static void *
drain_run(void *arg)
{
	struct drain *d = arg;

	d->result = server_drain(d->server);
	return NULL;
}

static bool
drain_join(struct drain *d)
{
	pthread_join(d->thread, NULL);
	return d->result;
}

/* Whether the doors are shut by now. */
static bool
nobody_gets_in(struct fixture *f)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	const void *sa = &in;
	const char *address = server_addresses(f->server)->v[0];
	bool refused = false;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = htons((uint16_t)strtoul(strchr(address, ':') + 1, NULL, 10));
	for (int64_t end = clock_mono_ms() + WAIT_MS;
	     !refused && clock_mono_ms() < end;) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		refused = connect(fd, sa, sizeof(in)) != 0;
		close(fd);
		poll(NULL, 0, 2);
	}
	return refused;
}

Test(http_leave, a_drain_answers_what_was_taken_and_lets_nobody_in)
{
	struct fixture *f = fixture_new();
	struct client *busy, *idle, *silent;
	struct drain d;
	struct answer a;
	int64_t start = clock_mono_ms();

	fixture_start(f);
	d.server = f->server;
	busy = client_tls(f);
	client_send(busy, GET("/detach"));
	kept_wait(1);
	idle = client_tls(f);
	client_expect(idle, GET("/hello"), 200, NULL);
	silent = client_raw(f);
	pthread_create(&d.thread, NULL, drain_run, &d);
	/* Its request was not there yet: it has two seconds, and is told to leave. */
	cr_expect(nobody_gets_in(f));
	client_expect(idle, GET("/again"), 200, &a);
	cr_expect_not_null(strstr(a.head, "\r\nConnection: close\r\n"));
	kept_answer();
	cr_assert(client_answer(busy, false, &a));
	cr_expect_str_eq(a.body, "late");
	cr_expect_not_null(strstr(a.head, "\r\nConnection: close\r\n"));
	cr_expect(client_closed(busy));
	client_free(busy);
	client_free(idle);
	cr_expect(client_closed(silent));
	cr_expect_geq(clock_mono_ms() - start, 1900);
	cr_expect(drain_join(&d));
	client_free(silent);
	fixture_free(f);
}

Test(http_leave, a_drain_gives_up_when_its_time_is_over)
{
	struct fixture *f = fixture_new();
	struct client *c;

	f->conf->limits_drain = 150;
	fixture_start(f);
	c = client_tls(f);
	client_send(c, GET("/detach"));
	kept_wait(1);
	cr_expect_not(server_drain(f->server));
	kept_answer();
	client_free(c);
	fixture_free(f);
}

Test(http_leave, a_server_without_guests_drains_at_once)
{
	struct fixture *f = fixture_new();
	int64_t start = clock_mono_ms();

	f->conf->server_workers = 3;
	fixture_start(f);
	cr_expect(server_drain(f->server));
	cr_expect_lt(clock_mono_ms() - start, 1000);
	fixture_free(f);
}
