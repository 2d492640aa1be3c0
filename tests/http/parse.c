/* SPDX-License-Identifier: MIT */
/*
 * The head parser's strictness, as tables: what is accepted, and what is refused
 * with which status. Every row is fed whole and cut at each of its bytes; the
 * verdict must be the same.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/err.h"
#include "http/parsing.h"

static int
verdict(const char *bytes, size_t len)
{
	struct arena *a = arena_new(65536);
	struct parsed p = { .req.arena = a };
	int e = parse(bytes, len, &p);

	arena_free(a);
	return e;
}

static void
expect_all(const char *const *rows, size_t n, int expected)
{
	for (size_t i = 0; i < n; i++) {
		int e = verdict(rows[i], strlen(rows[i]));

		cr_expect_eq(
		    e, expected, "row %zu: got %d, want %d: %s", i, e, expected, rows[i]);
	}
}

#define EXPECT_ALL(rows, code) expect_all(rows, ARRAY_LEN(rows), code)
#define GET "GET / HTTP/1.1\r\n"
#define POST "POST / HTTP/1.1\r\n"
#define HOST "Host: a\r\n"

Test(http_parse, ordinary_requests_are_accepted)
{
	static const char *const rows[] = {
		GET HOST "\r\n",
		"GET / HTTP/1.0\r\n\r\n",
		"GET / HTTP/1.0\r\nHost: a\r\n\r\n",
		"get / HTTP/1.1\r\n" HOST "\r\n",
		"M-SEARCH /x HTTP/1.1\r\n" HOST "\r\n",
		"OPTIONS /x HTTP/1.1\r\n" HOST "\r\n",
		GET "host:a\r\n\r\n",
		GET "HOST: \t a \t \r\n\r\n",
		GET HOST "X:\r\n\r\n",
		GET HOST "X: a\tb\r\n\r\n",
		GET HOST "X: \x80\xff\r\n\r\n",
		GET HOST "X: a:b:c\r\nX: again\r\n\r\n",
		GET HOST "!#$%&'*+-.^_`|~09azAZ: x\r\n\r\n",
		POST HOST "Content-Length: 0\r\n\r\n",
		POST HOST "Content-Length: 00012\r\n\r\n",
		POST HOST "Transfer-Encoding: chunked\r\n\r\n",
		POST HOST "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n",
		POST HOST "Expect: 100-Continue\r\nContent-Length: 3\r\n\r\n",
		"GET /a?b=%00%2f..&c=%C3%A9&e[0]=x HTTP/1.1\r\n" HOST "\r\n",
		"GET /%C3%A9/%41 HTTP/1.1\r\n" HOST "\r\n",
		"GET /a..b/...//x HTTP/1.1\r\n" HOST "\r\n",
		GET "Host: [::1]:8443\r\n\r\n",
		GET "Host: a.example:443\r\n\r\n",
	};

	EXPECT_ALL(rows, 0);
}

Test(http_parse, malformed_request_lines_are_refused)
{
	static const char *const rows[] = {
		"\r\n" GET HOST "\r\n",
		" GET / HTTP/1.1\r\n" HOST "\r\n",
		"GET  / HTTP/1.1\r\n" HOST "\r\n",
		"GET /  HTTP/1.1\r\n" HOST "\r\n",
		"GET / HTTP/1.1 \r\n" HOST "\r\n",
		"GET\t/ HTTP/1.1\r\n" HOST "\r\n",
		"GET /\tHTTP/1.1\r\n" HOST "\r\n",
		"GET / x HTTP/1.1\r\n" HOST "\r\n",
		"GET /\r\n",
		"GET / \r\n",
		"GET\r\n",
		"GET / HTTP/1.1\n" HOST "\r\n",
		"GET / HTTP/1.1\r" HOST "\r\n",
		"GET / HTTP/1.1\r\r\n" HOST "\r\n",
		"GET / http/1.1\r\n" HOST "\r\n",
		"GET / HTTP/1.\r\n" HOST "\r\n",
		"GET / HTTP/11\r\n" HOST "\r\n",
		"GET / HTTP/1.10\r\n" HOST "\r\n",
		"GET / HTTP/1,1\r\n" HOST "\r\n",
		"GET / HTP/1.1\r\n" HOST "\r\n",
		"G(T / HTTP/1.1\r\n" HOST "\r\n",
		"G\x01T / HTTP/1.1\r\n",
		"\x16\x03\x01\x02",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA / HTTP/1.1\r\n" HOST "\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	};

	EXPECT_ALL(rows, E_MALFORMED);
}

Test(http_parse, a_version_that_is_not_spoken_is_named_as_that)
{
	static const char *const rows[] = {
		"GET / HTTP/2.0\r\n" HOST "\r\n",
		"GET / HTTP/1.2\r\n" HOST "\r\n",
		"GET / HTTP/0.9\r\n" HOST "\r\n",
		"GET / HTTP/3.1\r\n" HOST "\r\n",
	};

	EXPECT_ALL(rows, E_HTTP_VERSION);
}

Test(http_parse, a_target_is_in_origin_form_and_decodes_once)
{
	static const char *const rows[] = {
		"GET http://a/ HTTP/1.1\r\n" HOST "\r\n",
		"CONNECT a:443 HTTP/1.1\r\n" HOST "\r\n",
		"OPTIONS * HTTP/1.1\r\n" HOST "\r\n",
		"GET a HTTP/1.1\r\n" HOST "\r\n",
		"GET ?a HTTP/1.1\r\n" HOST "\r\n",
		"GET /a#b HTTP/1.1\r\n" HOST "\r\n",
		"GET /\x80 HTTP/1.1\r\n" HOST "\r\n",
		"GET /\x7f HTTP/1.1\r\n" HOST "\r\n",
		"GET /%00 HTTP/1.1\r\n" HOST "\r\n",
		"GET /a%2fb HTTP/1.1\r\n" HOST "\r\n",
		"GET /a%2Fb HTTP/1.1\r\n" HOST "\r\n",
		"GET /% HTTP/1.1\r\n" HOST "\r\n",
		"GET /%4 HTTP/1.1\r\n" HOST "\r\n",
		"GET /%zz HTTP/1.1\r\n" HOST "\r\n",
		"GET /%4g HTTP/1.1\r\n" HOST "\r\n",
		"GET /?a=% HTTP/1.1\r\n" HOST "\r\n",
		"GET /?a=%4 HTTP/1.1\r\n" HOST "\r\n",
		"GET /?a=%xy HTTP/1.1\r\n" HOST "\r\n",
		"GET /.. HTTP/1.1\r\n" HOST "\r\n",
		"GET /../a HTTP/1.1\r\n" HOST "\r\n",
		"GET /a/../b HTTP/1.1\r\n" HOST "\r\n",
		"GET /a/%2e%2E/b HTTP/1.1\r\n" HOST "\r\n",
		"GET /a/.%2e HTTP/1.1\r\n" HOST "\r\n",
		"GET /%ff HTTP/1.1\r\n" HOST "\r\n",
		"GET /%c0%af HTTP/1.1\r\n" HOST "\r\n",
		"GET /%ed%a0%80 HTTP/1.1\r\n" HOST "\r\n",
	};

	EXPECT_ALL(rows, E_MALFORMED);
}

Test(http_parse, malformed_fields_are_refused)
{
	static const char *const rows[] = {
		GET HOST "X : a\r\n\r\n",
		GET HOST " X: a\r\n\r\n",
		GET " " HOST "\r\n",
		GET HOST "X: a\r\n b\r\n\r\n",
		GET HOST "X: a\r\n\tb\r\n\r\n",
		GET HOST ": a\r\n\r\n",
		GET HOST "X\r\n\r\n",
		GET HOST "X y: a\r\n\r\n",
		GET HOST "X(: a\r\n\r\n",
		GET HOST "X\x80: a\r\n\r\n",
		GET HOST "X: a\x01\r\n\r\n",
		GET HOST "X: a\x7f\r\n\r\n",
		GET HOST "X: a\x1b[0m\r\n\r\n",
		GET HOST "X: a\rY: b\r\n\r\n",
		GET HOST "X: a\nY: b\r\n\r\n",
		GET HOST "X: a\r\n\n",
		GET HOST "X: a\n\n",
		GET HOST "X: a\r\r\n\r\n",
		GET HOST "\r\r\n",
		GET HOST "\n",
	};

	EXPECT_ALL(rows, E_MALFORMED);
}

Test(http_parse, a_zero_byte_is_refused_wherever_it_stands)
{
	static const char whole[] = "POST /a?b HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";

	for (size_t i = 0; i < sizeof(whole) - 1; i++) {
		char copy[sizeof(whole)];

		memcpy(copy, whole, sizeof(copy));
		copy[i] = '\0';
		cr_expect_lt(verdict(copy, sizeof(whole) - 1), 0, "at %zu", i);
	}
}

Test(http_parse, a_host_stands_exactly_once_and_is_one)
{
	static const char *const rows[] = {
		GET "\r\n",
		GET "X: y\r\n\r\n",
		GET HOST HOST "\r\n",
		GET HOST "host: b\r\n\r\n",
		GET "Host:\r\n\r\n",
		GET "Host: a b\r\n\r\n",
		GET "Host: a, b\r\n\r\n",
		GET "Host: a/b\r\n\r\n",
		GET "Host: u@a\r\n\r\n",
		GET "Host: a:\r\n\r\n",
		GET "Host: a:x\r\n\r\n",
		GET "Host: a:-1\r\n\r\n",
		GET "Host: a:65536\r\n\r\n",
		GET "Host: a:000443\r\n\r\n",
		GET "Host: a:1:2\r\n\r\n",
		GET "Host: :80\r\n\r\n",
		GET "Host: ::1\r\n\r\n",
		GET "Host: [::1\r\n\r\n",
		GET "Host: [a]\r\n\r\n",
		GET "Host: [::1]x\r\n\r\n",
		GET "Host: a%2eb\r\n\r\n",
		GET "Host: a\x80\r\n\r\n",
		"GET / HTTP/1.0\r\n" HOST HOST "\r\n",
	};

	EXPECT_ALL(rows, E_MALFORMED);
}

Test(http_parse, a_body_is_framed_in_one_way_only)
{
	static const char *const rows[] = {
		POST HOST "Content-Length:\r\n\r\n",
		POST HOST "Content-Length: +5\r\n\r\n",
		POST HOST "Content-Length: -5\r\n\r\n",
		POST HOST "Content-Length: 5 5\r\n\r\n",
		POST HOST "Content-Length: 5,5\r\n\r\n",
		POST HOST "Content-Length: 0x5\r\n\r\n",
		POST HOST "Content-Length: 5.\r\n\r\n",
		POST HOST "Content-Length: \xb2\r\n\r\n",
		POST HOST "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
		POST HOST "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
		POST HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
		POST HOST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
		POST HOST
		"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
		POST HOST "Transfer-Encoding: chunked, chunked\r\n\r\n",
		POST HOST "Transfer-Encoding: chunked,\r\n\r\n",
		POST HOST "Transfer-Encoding:\r\n\r\n",
		POST HOST "Transfer-Encoding: ,chunked\r\n\r\n",
		POST HOST "Transfer-Encoding: chunked;q=1\r\n\r\n",
		POST HOST "Transfer-Encoding: \"chunked\"\r\n\r\n",
		POST HOST "Transfer-Encoding: chun ked\r\n\r\n",
		"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
		"POST / HTTP/1.0\r\nTransfer-Encoding: gzip\r\n\r\n",
	};
	static const char *const others[] = {
		POST HOST "Transfer-Encoding: gzip\r\n\r\n",
		POST HOST "Transfer-Encoding: gzip, chunked\r\n\r\n",
		POST HOST "Transfer-Encoding: chunked,identity\r\n\r\n",
		POST HOST "Transfer-Encoding: identity\r\n\r\n",
		POST HOST "Transfer-Encoding: xchunked\r\n\r\n",
		POST HOST "Transfer-Encoding: Chunked\r\n\r\n",
	};

	EXPECT_ALL(rows, E_MALFORMED);
	EXPECT_ALL(others, E_NOT_IMPLEMENTED);
}

Test(http_parse, fields_that_decide_something_stand_once)
{
	static const char *const names[] = { "Authorization", "Content-Type", "Cookie",
		"Idempotency-Key", "If-Match", "Origin", "Expect", "Referer",
		"Sec-Fetch-Site", "Content-Encoding" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct arena *a = arena_new(65536);
		char *twice =
		    arena_printf(a, GET HOST "%s: 100-continue\r\nX: y\r\n%s: x\r\n\r\n",
			names[i], names[i]);

		cr_expect_eq(verdict(twice, strlen(twice)), E_MALFORMED, "%s", names[i]);
		arena_free(a);
	}
}

Test(http_parse, only_100_continue_is_expected_of_us)
{
	static const char *const rows[] = {
		POST HOST "Expect: 200-ok\r\n\r\n",
		POST HOST "Expect:\r\n\r\n",
		POST HOST "Expect: 100-continue, x\r\n\r\n",
		"POST / HTTP/1.0\r\nExpect: y\r\n\r\n",
	};

	EXPECT_ALL(rows, E_EXPECT);
}

Test(http_parse, an_unfinished_head_waits_for_more)
{
	static const char *const rows[] = { "", "G", "GET ", "GET /", "GET / HTTP/1.1",
		GET, GET "H", GET "Host:", GET HOST, GET HOST "\r" };

	EXPECT_ALL(rows, MORE);
}

/* prefix, n times c, suffix. */
static int
verdict_long(const char *prefix, size_t n, const char *suffix)
{
	struct arena *a = arena_new((size_t)1 << 20);
	size_t before = strlen(prefix), after = strlen(suffix);
	char *s = arena_alloc(a, before + n + after);
	struct parsed p = { .req.arena = a };
	int e;

	memcpy(s, prefix, before);
	memset(s + before, 'a', n);
	memcpy(s + before + n, suffix, after);
	e = parse_cut(s, before + n + after, before + n / 2, &p);
	cr_assert_eq(e, parse_cut(s, before + n + after, before + n + after, &p));
	arena_free(a);
	return e;
}

Test(http_parse, limits_hold_to_the_byte)
{
	static const char end[] = " HTTP/1.1\r\n" HOST "\r\n";
	size_t around = strlen(GET HOST "X: \r\n\r\n");

	cr_expect_eq(verdict_long("GET /", 2047, end), 0);
	cr_expect_eq(verdict_long("GET /", 2048, end), E_URI_TOO_LONG);
	cr_expect_eq(verdict_long("GET /", 100000, end), E_URI_TOO_LONG);
	cr_expect_eq(verdict_long(GET HOST "X: ", 8192 - around, "\r\n\r\n"), 0);
	cr_expect_eq(
	    verdict_long(GET HOST "X: ", 8193 - around, "\r\n\r\n"), E_HEAD_TOO_LARGE);
	cr_expect_eq(verdict_long(GET HOST "X: ", 20000, ""), E_HEAD_TOO_LARGE);
	cr_expect_eq(verdict_long("", 9000, ""), E_HEAD_TOO_LARGE);
}

Test(http_parse, fields_are_counted)
{
	struct arena *a = arena_new(65536);
	struct obuf o;

	obuf_init(&o, a, 65536);
	obuf_puts(&o, GET HOST);
	for (int i = 0; i < 63; i++)
		obuf_puts(&o, "X: y\r\n");
	obuf_puts(&o, "\r\n");
	cr_expect_eq(verdict(o.data, o.len), 0);
	o.len -= 2;
	obuf_puts(&o, "X: y\r\n\r\n");
	cr_expect_eq(verdict(o.data, o.len), E_HEAD_TOO_LARGE);
	arena_free(a);
}
