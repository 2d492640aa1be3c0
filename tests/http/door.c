/* SPDX-License-Identifier: MIT */
/* The doors: the control socket, addresses, limits, sockets handed over. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/metric.h"
#include "http/fixture.h"

/* A port nobody listens on at the moment. */
static uint16_t
free_port(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	void *sa = &in;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	cr_assert_eq(bind(fd, sa, sizeof(in)), 0);
	cr_assert_eq(getsockname(fd, sa, &len), 0);
	close(fd);
	return ntohs(in.sin_port);
}

Test(http_door, the_control_socket_says_who_asks)
{
	struct fixture *f = fixture_new();
	struct client *c;
	struct answer a;
	struct stat st;
	char want[32];

	fixture_start(f);
	cr_assert_eq(stat(f->conf->server_control_socket, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0660);
	c = client_control(f);
	client_expect(c, GET("/peer"), 200, &a);
	snprintf(want, sizeof(want), "local %d %d", geteuid() == 0, DOOR_CONTROL);
	cr_expect_str_eq(a.body, want);
	cr_expect_null(strstr(a.head, "Strict-Transport-Security"));
	client_free(c);
	c = client_tls(f);
	client_expect(c, GET("/peer"), 200, &a);
	cr_expect_str_eq(a.body, "127.0.0.1 0 0");
	client_free(c);
	fixture_free(f);
}

Test(http_door, a_stale_control_socket_is_replaced_and_a_live_one_is_not)
{
	struct fixture *f = fixture_new();
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	const void *sa = &sun;
	char error[HTTP_ERROR_LEN] = "";
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(
	    sun.sun_path, sizeof(sun.sun_path), "%s", f->conf->server_control_socket);
	cr_assert_eq(bind(fd, sa, sizeof(sun)), 0);
	close(fd);
	fixture_start(f);
	client_free(client_control(f));
	cr_expect_null(server_start(f->conf, NULL, error));
	cr_expect_not_null(strstr(error, "Another bookingd answers"), "%s", error);
	client_free(client_control(f));
	fixture_free(f);
}

Test(http_door, a_file_in_the_place_of_the_control_socket_is_left_alone)
{
	struct fixture *f = fixture_new();
	char error[HTTP_ERROR_LEN] = "";
	int fd = open(f->conf->server_control_socket, O_CREAT | O_WRONLY, 0600);

	close(fd);
	conf_set(f->conf, f->conf->arena, NULL);
	cr_expect_null(server_start(f->conf, NULL, error));
	cr_expect_not_null(strstr(error, "no socket"), "%s", error);
	cr_expect_eq(unlink(f->conf->server_control_socket), 0);
	fixture_free(f);
}

Test(http_door, an_address_that_cannot_be_had_is_named)
{
	static const char *const rows[] = { "127.0.0.1", "localhost:1", "127.0.0.1:x",
		"127.0.0.1:70000", "[::1:5", ":80", "192.0.2.1:0" };
	struct fixture *f = fixture_new();
	char error[HTTP_ERROR_LEN];

	conf_set(f->conf, f->conf->arena, NULL);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		error[0] = '\0';
		f->conf->server_listen.v[0] = rows[i];
		cr_expect_null(server_start(f->conf, NULL, error));
		cr_expect_not_null(strstr(error, rows[i]), "%s: %s", rows[i], error);
	}
	fixture_free(f);
}

Test(http_door, each_listener_is_a_door_of_its_own)
{
	struct fixture *f = fixture_new();
	struct client *c;
	struct answer a;
	uint16_t port;
	char metrics[32];

	strlist_add(&f->conf->staff_listen, f->conf->arena, "127.0.0.1:0");
	port = free_port();
	snprintf(metrics, sizeof(metrics), "127.0.0.1:%u", (unsigned)port);
	strlist_add(&f->conf->server_metrics_listen, f->conf->arena, metrics);
	fixture_start(f);
	cr_assert_eq(server_addresses(f->server)->n, 2);
	c = client_at(server_addresses(f->server)->v[1]);
	client_shake_hands(c, f);
	client_expect(c, GET("/peer"), 200, &a);
	cr_expect_str_eq(a.body, "127.0.0.1 0 1");
	client_free(c);
	c = client_at(metrics);
	client_expect(c, GET("/peer"), 200, &a);
	cr_expect_str_eq(a.body, "127.0.0.1 0 3");
	client_free(c);
	fixture_free(f);
}

Test(http_door, a_listener_without_descriptors_rests_and_comes_back)
{
	struct fixture *f = fixture_new();
	struct client *c[64];
	struct rlimit was, tight;
	int n = 0, lowest;

	fixture_start(f);
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &was), 0);
	lowest = dup(0);
	close(lowest);
	tight = (struct rlimit){ (rlim_t)lowest + 9, was.rlim_max };
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &tight), 0);
	/* Each takes two: ours and the server's; the last finds none for it. */
	for (int fd; n < 64 && (fd = dup(0)) >= 0; n++) {
		close(fd);
		c[n] = client_raw(f);
		poll(NULL, 0, 5);
	}
	for (int64_t end = clock_mono_ms() + WAIT_MS;
	     metric_get(M_accept_pauses_total) == 0 && clock_mono_ms() < end;)
		poll(NULL, 0, 5);
	cr_expect_geq(metric_get(M_accept_pauses_total), 1);
	cr_expect_leq(metric_get(M_accept_pauses_total), 3, "it does not spin");
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &was), 0);
	client_shake_hands(c[n - 1], f);
	client_expect(c[n - 1], GET("/hello"), 200, NULL);
	while (n > 0)
		client_free(c[--n]);
	fixture_free(f);
}

Test(http_door, one_address_has_only_so_many_connections)
{
	struct fixture *f = fixture_new();
	struct client *c[3], *one_more;

	f->conf->limits_connections_per_address = 3;
	fixture_start(f);
	for (int i = 0; i < 3; i++)
		c[i] = client_tls(f);
	one_more = client_raw(f);
	cr_expect(client_closed(one_more));
	client_free(one_more);
	cr_expect_eq(metric_get(M_connections_refused_total), 1);
	client_free(client_control(f));
	for (int i = 0; i < 3; i++) {
		client_expect(c[i], GET("/hello"), 200, NULL);
		client_free(c[i]);
	}
	fixture_free(f);
}

Test(http_door, rate_limits_off_lifts_the_bound_of_an_address_and_not_the_total)
{
	struct fixture *f = fixture_new();
	struct client *c[16], *one_more;

	f->conf->limits_connections_per_address = 1;
	f->conf->limits_connections = 16;
	f->conf->limits_rate_limits = false;
	fixture_start(f);
	for (int i = 0; i < 16; i++)
		c[i] = client_tls(f);
	one_more = client_raw(f);
	cr_expect(client_closed(one_more));
	client_free(one_more);
	for (int i = 0; i < 16; i++)
		client_free(c[i]);
	fixture_free(f);
}

Test(http_door, a_trusted_proxy_speaks_for_its_client)
{
	struct fixture *f = fixture_new();
	struct client *c;
	struct answer a;

	strlist_add(&f->conf->server_trusted_proxies, f->conf->arena, "127.0.0.1");
	fixture_start(f);
	c = client_tls(f);
	client_expect(c,
	    "GET /peer HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 9.9.9.9, "
	    "198.51.100.7\r\n\r\n",
	    200, &a);
	cr_expect_str_eq(a.body, "198.51.100.7 0 0");
	client_free(c);
	fixture_free(f);
}

/* A listening socket at descriptor 3, as a service manager hands it over. */
static uint16_t
hand_over(const char *pid)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	void *sa = &in;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, sa, sizeof(in)) != 0 || listen(fd, 16) != 0 ||
	    getsockname(fd, sa, &len) != 0 || (fd != 3 && dup2(fd, 3) != 3))
		_exit(9);
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDNAMES", "https", 1);
	return ntohs(in.sin_port);
}

/* Whether a server with a socket handed to the process pid listens on it. In a
 * child, whose descriptor 3 is nobody's. */
static int
takes_socket_of(bool mine)
{
	struct fixture *f = fixture_new();
	int status = 0;
	pid_t child;

	conf_set(f->conf, f->conf->arena, NULL);
	child = fork();
	if (child == 0) {
		char pid[16], handed[32];
		char error[HTTP_ERROR_LEN];

		snprintf(pid, sizeof(pid), "%d", mine ? (int)getpid() : 1);
		snprintf(
		    handed, sizeof(handed), "127.0.0.1:%u", (unsigned)hand_over(pid));
		f->server = server_start(f->conf, NULL, error);
		if (f->server == NULL || server_addresses(f->server)->n != 1)
			_exit(2);
		status = strcmp(server_addresses(f->server)->v[0], handed) == 0 &&
			 getenv("LISTEN_FDS") == NULL;
		server_free(f->server);
		_exit(status);
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	fixture_free(f);
	return status;
}

Test(http_door, sockets_handed_over_take_the_place_of_configured_ones)
{
	cr_expect_eq(takes_socket_of(true), 1 << 8);
}

Test(http_door, sockets_handed_to_another_process_are_not_ours)
{
	cr_expect_eq(takes_socket_of(false), 0);
}
