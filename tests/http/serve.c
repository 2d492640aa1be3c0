/* SPDX-License-Identifier: MIT */
/* Requests and answers over real sockets: framing, persistence, refusals. */
#include <criterion/criterion.h>
#include <string.h>

#include "http/fixture.h"

Test(http_serve, a_connection_serves_one_request_after_the_other)
{
	struct fixture *f = fixture_new();
	struct answer a;

	fixture_start(f);
	for (int tls = 0; tls < 2; tls++) {
		struct client *c = tls ? client_tls(f) : client_control(f);

		for (int i = 0; i < 50; i++) {
			client_expect(c, GET("/hello"), 200, &a);
			cr_assert_str_eq(a.body, "/hello");
		}
		client_free(c);
	}
	fixture_free(f);
}

Test(http_serve, pipelined_requests_are_answered_in_order)
{
	struct fixture *f = fixture_new();
	struct answer a;
	char text[16384] = "";
	size_t len = 0;

	fixture_start(f);
	for (int i = 0; i < 100; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n%03d", i);
	for (int tls = 0; tls < 2; tls++) {
		struct client *c = tls ? client_tls(f) : client_control(f);

		client_send(c, text);
		for (int i = 0; i < 100; i++) {
			char want[16];

			snprintf(want, sizeof(want), "%03d", i);
			cr_assert(client_answer(c, false, &a), "answer %d", i);
			cr_assert_str_eq(a.body, want);
		}
		client_free(c);
	}
	fixture_free(f);
}

Test(http_serve, pipelined_requests_wait_for_a_kept_one)
{
	struct fixture *f = fixture_new();
	struct client *c;
	struct answer a;

	fixture_start(f);
	c = client_tls(f);
	client_send(c, GET("/detach") GET("/second") GET("/detach") GET("/fourth"));
	kept_wait(1);
	kept_answer();
	cr_assert(client_answer(c, false, &a));
	cr_expect_str_eq(a.body, "late");
	cr_assert(client_answer(c, false, &a));
	cr_expect_str_eq(a.body, "/second");
	kept_wait(2);
	kept_answer();
	cr_assert(client_answer(c, false, &a));
	cr_expect_str_eq(a.body, "late");
	cr_assert(client_answer(c, false, &a));
	cr_expect_str_eq(a.body, "/fourth");
	client_free(c);
	fixture_free(f);
}

Test(http_serve, single_bytes_make_the_same_request)
{
	struct fixture *f = fixture_new();
	static const char text[] =
	    "POST /echo HTTP/1.1\r\nHost: x\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
	struct answer a;

	fixture_start(f);
	for (int tls = 0; tls < 2; tls++) {
		struct client *c = tls ? client_tls(f) : client_control(f);

		for (size_t i = 0; i < sizeof(text) - 1; i++)
			client_send(c, (char[]){ text[i], '\0' });
		cr_assert(client_answer(c, false, &a));
		cr_expect_str_eq(a.body, "abc");
		client_free(c);
	}
	fixture_free(f);
}

Test(http_serve, an_answer_to_head_has_the_length_and_no_body)
{
	struct fixture *f = fixture_new();
	struct client *c;
	struct answer a;

	fixture_start(f);
	c = client_tls(f);
	client_send(c, "HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n");
	cr_assert(client_answer(c, true, &a));
	cr_expect_not_null(strstr(a.head, "\r\nContent-Length: 6\r\n"));
	client_send(c, "HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n");
	cr_assert(client_answer(c, true, &a));
	client_send(c, "HEAD /nothing HTTP/1.1\r\nHost: x\r\n\r\n");
	cr_assert(client_answer(c, true, &a));
	cr_expect_eq(a.status, 404);
	client_expect(c, GET("/after"), 200, &a);
	cr_expect_str_eq(a.body, "/after");
	client_free(c);
	fixture_free(f);
}

Test(http_serve, http_1_0_closes_unless_asked_to_stay)
{
	struct fixture *f = fixture_new();
	struct client *c;
	struct answer a;

	fixture_start(f);
	c = client_tls(f);
	client_expect(c, "GET /hello HTTP/1.0\r\n\r\n", 200, &a);
	cr_expect_str_eq(a.body, "/hello");
	cr_expect(client_closed(c));
	client_free(c);
	c = client_tls(f);
	client_expect(c, "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200, &a);
	cr_expect_not_null(strstr(a.head, "\r\nConnection: keep-alive\r\n"));
	client_expect(c, "GET /b HTTP/1.0\r\n\r\n", 200, &a);
	cr_expect(client_closed(c));
	client_free(c);
	fixture_free(f);
}

Test(http_serve, a_framing_error_is_answered_once_and_nothing_after_it_is_read)
{
	static const struct {
		const char *text;
		int status;
	} rows[] = {
		{ "GET / HTTP/1.1\nHost: a\n\n", 400 },
		{ "GET / HTTP/1.1\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: "
		  "1\r\n\r\nx",
		    400 },
		{ "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
		  "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		    400 },
		{ "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
		    501 },
		{ "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
		  "chunked\r\n\r\nx\r\n",
		    400 },
		{ "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n",
		    413 },
		{ "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
		  "chunked\r\n\r\n10001\r\n",
		    413 },
		{ "GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", 413 },
		{ "POST /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
		    404 },
		{ "GET / HTTP/2.0\r\n\r\n", 505 },
		{ "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417 },
	};
	struct fixture *f = fixture_new();
	struct answer a;

	fixture_start(f);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (int tls = 0; tls < 2; tls++) {
			struct client *c = tls ? client_tls(f) : client_control(f);
			char text[512];

			snprintf(
			    text, sizeof(text), "%s%s", rows[i].text, GET("/smuggled"));
			client_expect(c, text, rows[i].status, &a);
			cr_expect_not_null(strstr(a.head, "\r\nConnection: close\r\n"));
			cr_expect_not_null(
			    strstr(a.head, "\r\nX-Content-Type-Options: nosniff\r\n"));
			cr_expect(client_closed(c), "row %zu", i);
			client_free(c);
		}
	fixture_free(f);
}

Test(http_serve, a_refused_route_without_a_body_keeps_the_connection)
{
	struct fixture *f = fixture_new();
	struct client *c;
	struct answer a;

	fixture_start(f);
	c = client_tls(f);
	client_expect(c, GET("/nothing"), 404, &a);
	cr_expect_str_eq(a.body, "not_found");
	client_expect(c, GET("/hello"), 200, &a);
	client_free(c);
	fixture_free(f);
}

Test(http_serve, a_refused_body_is_read_away_so_that_the_answer_arrives)
{
	struct fixture *f = fixture_new();
	struct client *c;
	struct answer a;
	char block[4097];

	fixture_start(f);
	memset(block, 'x', sizeof(block) - 1);
	block[sizeof(block) - 1] = '\0';
	c = client_tls(f);
	client_send(
	    c, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
	for (int i = 0; i < 200; i++)
		client_send(c, block);
	cr_assert(client_answer(c, false, &a));
	cr_expect_eq(a.status, 413);
	client_free(c);
	fixture_free(f);
}

Test(http_serve, a_client_that_expects_100_is_told_to_go_on)
{
	struct fixture *f = fixture_new();
	struct client *c;
	struct answer a;

	fixture_start(f);
	c = client_tls(f);
	client_expect(c,
	    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
	    "Expect: 100-continue\r\n\r\n",
	    100, &a);
	client_expect(c, "ok", 200, &a);
	cr_expect_str_eq(a.body, "ok");
	/* Refused by its head: no invitation. */
	client_expect(c,
	    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n"
	    "Expect: 100-continue\r\n\r\n",
	    413, &a);
	cr_expect(client_closed(c));
	client_free(c);
	fixture_free(f);
}

Test(http_serve, bodies_up_to_the_routes_limit_arrive_whole)
{
	struct fixture *f = fixture_new();
	struct client *c;
	struct answer a;
	char *text = malloc(1000100);
	int n;

	fixture_start(f);
	c = client_tls(f);
	client_expect(
	    c, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 200, &a);
	cr_expect_str_eq(a.body, "");
	client_expect(c, "POST /echo HTTP/1.1\r\nHost: a\r\n\r\n", 200, &a);
	cr_expect_str_eq(a.body, "(none)");
	n = snprintf(text, 100,
	    "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
	memset(text + n, 'x', 1000000);
	text[n + 1000000] = '\0';
	client_expect(c, text, 200, &a);
	cr_expect_str_eq(a.body, "1000000");
	client_expect(c, GET("/hello"), 200, &a);
	client_free(c);
	free(text);
	fixture_free(f);
}

Test(http_serve, a_large_answer_arrives_whole_however_slowly_it_is_read)
{
	struct fixture *f = fixture_new();
	struct client *c;
	struct answer a;

	fixture_start(f);
	for (int tls = 0; tls < 2; tls++) {
		c = tls ? client_tls(f) : client_control(f);
		for (int i = 0; i < 3; i++) {
			client_expect(c, GET("/large"), 200, &a);
			cr_expect_eq(a.body_len, 1 << 20);
		}
		client_free(c);
	}
	fixture_free(f);
}

Test(http_serve, a_stream_comes_in_chunks_or_until_the_end)
{
	struct fixture *f = fixture_new();
	struct client *c;
	struct answer a;

	fixture_start(f);
	for (int tls = 0; tls < 2; tls++) {
		c = tls ? client_tls(f) : client_control(f);
		client_expect(c, GET("/stream") GET("/after"), 200, &a);
		cr_expect_not_null(strstr(a.head, "\r\nTransfer-Encoding: chunked\r\n"));
		cr_expect_eq(a.body_len, 40 * 5000);
		cr_expect_eq(a.body[4999], 'a');
		cr_expect_eq(a.body[5000], 'b');
		cr_assert(client_answer(c, false, &a));
		cr_expect_str_eq(a.body, "/after");
		client_expect(
		    c, "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200, &a);
		cr_expect_null(strstr(a.head, "\r\nTransfer-Encoding"));
		cr_expect_eq(a.body_len, 40 * 5000);
		client_free(c);
	}
	fixture_free(f);
}

Test(http_serve, input_that_exhausts_the_arena_is_too_large)
{
	struct fixture *f = fixture_new();
	struct client *c;
	struct answer a;

	fixture_start(f);
	c = client_tls(f);
	client_expect(c, GET("/greedy"), 413, &a);
	cr_expect_str_eq(a.body, "too_large");
	client_expect(c, GET("/hello"), 200, &a);
	client_free(c);
	fixture_free(f);
}

Test(http_serve, a_half_closed_client_still_gets_its_answers)
{
	struct fixture *f = fixture_new();
	struct client *c;
	struct answer a;

	fixture_start(f);
	for (int tls = 0; tls < 2; tls++) {
		c = tls ? client_tls(f) : client_control(f);
		client_send(c, GET("/detach") GET("/second"));
		client_half_close(c);
		kept_wait(tls + 1);
		kept_answer();
		cr_assert(client_answer(c, false, &a));
		cr_expect_str_eq(a.body, "late");
		cr_assert(client_answer(c, false, &a));
		cr_expect_str_eq(a.body, "/second");
		cr_expect(client_closed(c));
		client_free(c);
	}
	fixture_free(f);
}
