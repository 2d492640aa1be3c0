/* SPDX-License-Identifier: MIT */
/* The head of an answer, byte for byte where it matters. */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#include "http/reply.h"

#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"

static const struct reply_context context = { .tls = true,
	.keep_alive = true,
	.framing = REPLY_LENGTH,
	.length = 12,
	.date = DATE };

static const char *
head_of(const struct reply *r, const struct reply_context *c)
{
	static char out[REPLY_HEAD_MAX + 1];

	out[reply_head(out, r, c)] = '\0';
	return out;
}

/* How many lines of the head begin with name and a colon. */
static int
lines_named(const char *head, const char *name)
{
	int n = 0;

	for (const char *p = strstr(head, "\r\n"); p != NULL; p = strstr(p + 2, "\r\n"))
		n += strncasecmp(p + 2, name, strlen(name)) == 0 &&
		     p[2 + strlen(name)] == ':';
	return n;
}

Test(http_reply, an_answer_carries_every_security_header)
{
	struct reply r = { .status = 200, .content_type = "text/plain" };

	cr_expect_str_eq(head_of(&r, &context),
	    "HTTP/1.1 200 OK\r\n"
	    "Date: " DATE "\r\n"
	    "Content-Type: text/plain\r\n"
	    "Content-Length: 12\r\n"
	    "Strict-Transport-Security: max-age=63072000\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "Referrer-Policy: no-referrer\r\n"
	    "Cross-Origin-Resource-Policy: same-origin\r\n"
	    "Cross-Origin-Opener-Policy: same-origin\r\n"
	    "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), "
	    "usb=()\r\n"
	    "Cache-Control: no-store\r\n"
	    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; "
	    "base-uri 'none'; form-action 'none'\r\n"
	    "\r\n");
}

Test(http_reply, a_plain_door_promises_no_tls)
{
	struct reply r = { .status = 404, .content_type = "text/plain" };
	struct reply_context c = context;

	c.tls = false;
	cr_expect_eq(lines_named(head_of(&r, &c), "Strict-Transport-Security"), 0);
	cr_expect_eq(lines_named(head_of(&r, &c), "X-Content-Type-Options"), 1);
}

Test(http_reply, policies_of_the_answer_take_the_place_of_ours)
{
	struct reply r = { .status = 200,
		.content_type = "text/html",
		.cache_control = "public, max-age=60",
		.csp = "default-src 'self'" };
	const char *head = head_of(&r, &context);

	cr_expect_not_null(strstr(head, "\r\nCache-Control: public, max-age=60\r\n"));
	cr_expect_not_null(
	    strstr(head, "\r\nContent-Security-Policy: default-src 'self'\r\n"));
	cr_expect_eq(lines_named(head, "Cache-Control"), 1);
	cr_expect_eq(lines_named(head, "Content-Security-Policy"), 1);
}

Test(http_reply, a_field_named_like_one_of_ours_replaces_it)
{
	static const char *const names[] = { "cross-origin-resource-policy",
		"Cross-Origin-Opener-Policy", "Referrer-Policy", "Permissions-Policy",
		"X-Content-Type-Options", "Strict-Transport-Security", "Cache-Control",
		"Content-Security-Policy" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct reply r = {
			.status = 200, .extra = { { names[i], "mine" } }, .extra_count = 1
		};
		const char *head = head_of(&r, &context);

		cr_expect_eq(lines_named(head, names[i]), 1, "%s", names[i]);
		cr_expect_not_null(strstr(head, ": mine\r\n"));
	}
}

Test(http_reply, own_fields_stand_once_each_at_the_end)
{
	struct reply r = { .status = 303,
		.extra = { { "Location", "/b/x" }, { "Set-Cookie", "a=b" },
		    { "Set-Cookie", "c=d" } },
		.extra_count = 3 };

	cr_expect_not_null(strstr(head_of(&r, &context),
	    "\r\nLocation: /b/x\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\n"));
}

Test(http_reply, the_framing_is_said_in_one_way)
{
	static const struct {
		enum reply_framing framing;
		bool http10, keep;
		int length, chunked, type;
		const char *connection;
	} rows[] = {
		{ REPLY_LENGTH, false, true, 1, 0, 1, NULL },
		{ REPLY_LENGTH, false, false, 1, 0, 1, "\r\nConnection: close\r\n" },
		{ REPLY_LENGTH, true, true, 1, 0, 1, "\r\nConnection: keep-alive\r\n" },
		{ REPLY_CHUNKED, false, true, 0, 1, 1, NULL },
		{ REPLY_UNTIL_CLOSE, true, false, 0, 0, 1, "\r\nConnection: close\r\n" },
		{ REPLY_NO_BODY, false, true, 0, 0, 0, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct reply r = { .status = 200, .content_type = "text/csv" };
		struct reply_context c = context;
		const char *head;

		c.framing = rows[i].framing;
		c.http10 = rows[i].http10;
		c.keep_alive = rows[i].keep;
		head = head_of(&r, &c);
		cr_expect_eq(
		    lines_named(head, "Content-Length"), rows[i].length, "row %zu", i);
		cr_expect_eq(lines_named(head, "Transfer-Encoding"), rows[i].chunked,
		    "row %zu", i);
		cr_expect_eq(
		    lines_named(head, "Content-Type"), rows[i].type, "row %zu", i);
		if (rows[i].connection == NULL)
			cr_expect_eq(lines_named(head, "Connection"), 0, "row %zu", i);
		else
			cr_expect_not_null(
			    strstr(head, rows[i].connection), "row %zu", i);
	}
}

Test(http_reply, a_line_break_in_a_value_ends_the_process, .signal = SIGABRT)
{
	struct reply r = {
		.status = 200, .extra = { { "X", "a\r\nY: b" } }, .extra_count = 1
	};

	head_of(&r, &context);
}

Test(http_reply, framing_is_not_the_apps_business, .signal = SIGABRT)
{
	struct reply r = {
		.status = 200, .extra = { { "content-length", "5" } }, .extra_count = 1
	};

	head_of(&r, &context);
}

Test(http_reply, numbers_and_dates_are_written_as_http_writes_them)
{
	static const struct {
		uint64_t v;
		const char *dec, *hex;
	} rows[] = { { 0, "0", "0" }, { 9, "9", "9" }, { 10, "10", "a" },
		{ 255, "255", "ff" }, { 4096, "4096", "1000" },
		{ UINT64_MAX, "18446744073709551615", "ffffffffffffffff" } };
	char text[HTTP_DATE_LEN];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char digits[21];

		digits[decimal(digits, rows[i].v)] = '\0';
		cr_expect_str_eq(digits, rows[i].dec);
		digits[hexadecimal(digits, rows[i].v)] = '\0';
		cr_expect_str_eq(digits, rows[i].hex);
	}
	http_date(INT64_C(784111777999), text);
	cr_expect_str_eq(text, DATE);
}

Test(http_reply, a_status_without_a_name_is_sent_all_the_same)
{
	struct reply r = { .status = 599 };

	cr_expect(strncmp(head_of(&r, &context), "HTTP/1.1 599 Status\r\n", 21) == 0);
}
