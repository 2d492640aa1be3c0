/* SPDX-License-Identifier: MIT */
/* What a head that is accepted is read into. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "http/parsing.h"

#define GET "GET / HTTP/1.1\r\n"
#define POST "POST / HTTP/1.1\r\n"
#define HOST "Host: a\r\n"

Test(http_head, a_request_is_read_into_its_parts)
{
	static const char text[] = "POST /b%C3%A9/x%20y?q=%41&r HTTP/1.1\r\n"
				   "HOST: Example.COM:8443\r\n"
				   "X-Thing:  two words \t\r\n"
				   "content-length: 12\r\n"
				   "Expect: 100-continue\r\n\r\nrest";
	struct arena *a = arena_new(65536);
	struct parsed p = { .req.arena = a };

	cr_assert_eq(parse(text, sizeof(text) - 1, &p), 0);
	cr_expect_eq(p.len, sizeof(text) - 1 - 4);
	cr_expect_eq(p.req.method, HTTP_POST);
	cr_expect_str_eq(p.req.method_name, "POST");
	cr_expect_str_eq(p.req.path, "/b\xc3\xa9/x y");
	cr_expect_str_eq(p.req.query, "q=%41&r");
	cr_expect_str_eq(p.req.host, "example.com");
	cr_expect_eq(p.req.field_count, 4);
	cr_expect_str_eq(p.req.fields[0].value, "Example.COM:8443");
	cr_expect_str_eq(p.req.fields[1].name, "x-thing");
	cr_expect_str_eq(p.req.fields[1].value, "two words");
	cr_expect_eq(p.framing.kind, BODY_LENGTH);
	cr_expect_eq(p.framing.length, 12);
	cr_expect(p.framing.expect_continue);
	cr_expect(p.framing.keep_alive);
	arena_free(a);
}

Test(http_head, a_host_is_lower_case_and_without_port)
{
	static const struct {
		const char *given, *host;
	} rows[] = { { "LocalHost", "localhost" }, { "a.b-c_d:1", "a.b-c_d" },
		{ "127.0.0.1:8443", "127.0.0.1" }, { "[::A]", "[::a]" },
		{ "[2001:db8::1]:443", "[2001:db8::1]" }, { "a:65535", "a" } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char copy[64];

		snprintf(copy, sizeof(copy), "%s", rows[i].given);
		cr_expect_str_eq(host_parse(copy), rows[i].host);
	}
}

Test(http_head, a_length_beyond_any_number_is_a_large_one)
{
	static const char text[] =
	    POST HOST "Content-Length: 99999999999999999999999999\r\n\r\n";
	struct arena *a = arena_new(65536);
	struct parsed p = { .req.arena = a };

	cr_assert_eq(parse(text, sizeof(text) - 1, &p), 0);
	cr_expect_eq(p.framing.length, UINT64_MAX);
	arena_free(a);
}

Test(http_head, connection_decides_who_stays)
{
	static const struct {
		const char *text;
		bool stays;
	} rows[] = {
		{ GET HOST "\r\n", true },
		{ GET HOST "Connection: close\r\n\r\n", false },
		{ GET HOST "Connection: CLOSE\r\n\r\n", false },
		{ GET HOST "Connection: x, close\r\n\r\n", false },
		{ GET HOST "Connection: close\r\nConnection: keep-alive\r\n\r\n", false },
		{ GET HOST "Connection: closed\r\n\r\n", true },
		{ "GET / HTTP/1.0\r\n\r\n", false },
		{ "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true },
		{ "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new(65536);
		struct parsed p = { .req.arena = a };

		cr_assert_eq(parse(rows[i].text, strlen(rows[i].text), &p), 0);
		cr_expect_eq(p.framing.keep_alive, rows[i].stays, "%s", rows[i].text);
		arena_free(a);
	}
}

Test(http_head, known_methods_have_names_and_others_are_other)
{
	cr_expect_eq(method_of("GET"), HTTP_GET);
	cr_expect_eq(method_of("DELETE"), HTTP_DELETE);
	cr_expect_eq(method_of("TRACE"), HTTP_OTHER);
	cr_expect_eq(method_of("get"), HTTP_OTHER);
}
