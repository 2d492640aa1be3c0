/* SPDX-License-Identifier: MIT */
/*
 * The body collector: lengths and chunks, fed whole, cut once at each byte, and
 * byte by byte.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/err.h"
#include "http/body.h"

#define MAX 1000

struct outcome {
	int result; /* of the last body_feed */
	size_t used;
	size_t len;
	char data[MAX + 1];
};

/* Feeds the bytes before cut, then the rest; step 1 feeds single bytes. */
static struct outcome
feed(const struct framing *fr, const char *bytes, size_t len, size_t cut, size_t step)
{
	struct arena *a = arena_new((size_t)1 << 20);
	struct outcome o = { 0 };
	struct body b;
	size_t used;

	o.result = body_begin(&b, fr, MAX, a);
	while (o.result == 0 && o.used < len) {
		size_t n = o.used < cut ? cut - o.used : len - o.used;

		n = step != 0 && n > step ? step : n;
		o.result = body_feed(&b, bytes + o.used, n, &used);
		o.used += used;
		cr_assert(o.result != 0 || used == n);
	}
	o.len = b.len;
	if (b.len > 0)
		memcpy(o.data, b.data, b.len + 1);
	body_done(&b);
	arena_free(a);
	return o;
}

static struct outcome
feed_every_way(const struct framing *fr, const char *bytes, size_t len)
{
	struct outcome whole = feed(fr, bytes, len, len, 0);

	for (size_t cut = 0; cut <= len; cut++) {
		struct outcome o = feed(fr, bytes, len, cut, cut == len ? 1 : 0);

		cr_assert_eq(o.result, whole.result, "cut %zu: %s", cut, bytes);
		cr_assert_eq(o.used, whole.used, "cut %zu: %s", cut, bytes);
		cr_assert_eq(o.len, whole.len);
		cr_assert_str_eq(o.data, whole.data);
	}
	return whole;
}

static const struct framing chunked = { .kind = BODY_CHUNKED };

Test(http_body, chunks_are_put_together)
{
	static const struct {
		const char *bytes, *data;
		size_t used;
	} rows[] = {
		{ "0\r\n\r\n", "", 5 },
		{ "5\r\nhello\r\n0\r\n\r\n", "hello", 15 },
		{ "5\r\nhello\r\n6\r\n world\r\n000\r\n\r\nGET", "hello world", 28 },
		{ "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n",
		    "01234567890123456789", 35 },
		{ "0000000000000003\r\nabc\r\n0\r\n\r\n", "abc", 28 },
		{ "3;x\r\nabc\r\n0;y=z; q=\"1\"\r\n\r\n", "abc", 26 },
		{ "3\r\na\r\n\r\n0\r\n\r\n", "a\r\n", 13 },
		{ "1\r\na\r\n0\r\nX: y\r\nContent-Length: 5\r\n\r\nrest", "a", 36 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct outcome o =
		    feed_every_way(&chunked, rows[i].bytes, strlen(rows[i].bytes));

		cr_expect_eq(o.result, 1, "row %zu: %d", i, o.result);
		cr_expect_eq(o.used, rows[i].used, "row %zu: %zu", i, o.used);
		cr_expect_str_eq(o.data, rows[i].data);
	}
}

Test(http_body, malformed_chunks_are_refused)
{
	static const char *const rows[] = {
		"\r\n",
		"x\r\n",
		"g\r\n",
		"-1\r\n",
		"+1\r\n",
		"0x1\r\na\r\n",
		" 1\r\na\r\n",
		"1 \r\na\r\n",
		"1 ;x\r\na\r\n",
		"1\na\r\n0\r\n\r\n",
		"1\ra\r\n0\r\n\r\n",
		"1\r\nab\r\n",
		"1\r\na\n0\r\n\r\n",
		"1\r\na\r0\r\n\r\n",
		"1\r\na0\r\n\r\n",
		"00000000000000003\r\nabc\r\n",
		"1;\x01\r\na\r\n",
		"1;a\nb\r\n",
		"1;a\rb\r\n",
		"1;0123456789012345678901234567890123456789012345678901234567890123x\r\n",
		"0\r\nX y: z\r\n\r\n",
		"0\r\n X: z\r\n\r\n",
		"0\r\nX: z\r\n folded\r\n\r\n",
		"0\r\nX: z\n\r\n",
		"0\r\n\n",
		"0\r\n\rx",
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct outcome o = feed_every_way(&chunked, rows[i], strlen(rows[i]));

		cr_expect_eq(
		    o.result, E_MALFORMED, "row %zu: %d: %s", i, o.result, rows[i]);
	}
}

Test(http_body, a_chunk_cut_short_waits)
{
	static const char *const rows[] = { "", "5", "5\r", "5\r\n", "5\r\nhel",
		"5\r\nhello", "5\r\nhello\r\n", "5\r\nhello\r\n0", "5\r\nhello\r\n0\r\n",
		"5\r\nhello\r\n0\r\n\r", "0\r\nX: y\r\n" };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		cr_expect_eq(feed_every_way(&chunked, rows[i], strlen(rows[i])).result, 0,
		    "%s", rows[i]);
}

Test(http_body, more_data_than_the_route_takes_is_refused_at_its_announcement)
{
	static const char *const rows[] = { "3e9\r\n", "ffffffffffffffff\r\n",
		"8000000000000000\r\n", "3E9;x\r\n" };
	struct framing fr = { .kind = BODY_LENGTH, .length = MAX + 1 };
	struct body b;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		cr_expect_eq(feed_every_way(&chunked, rows[i], strlen(rows[i])).result,
		    E_TOO_LARGE, "%s", rows[i]);
	cr_expect_eq(body_begin(&b, &fr, MAX, NULL), E_TOO_LARGE);
	fr.length = UINT64_MAX;
	cr_expect_eq(body_begin(&b, &fr, MAX, NULL), E_TOO_LARGE);
	fr.length = MAX;
	cr_expect_eq(body_begin(&b, &fr, MAX, NULL), 0);
}

Test(http_body, the_largest_body_is_taken)
{
	struct arena *a = arena_new((size_t)1 << 20);
	char *text = arena_alloc(a, MAX + 32);
	struct outcome o;

	memcpy(text, "3e8\r\n", 5);
	memset(text + 5, 'x', MAX);
	memcpy(text + 5 + MAX, "\r\n0\r\n\r\n", 8);
	o = feed(&chunked, text, 5 + MAX + 7, 300, 0);
	cr_expect_eq(o.result, 1);
	cr_expect_eq(o.len, MAX);
	arena_free(a);
}

Test(http_body, framing_without_end_is_refused)
{
	struct arena *a = arena_new((size_t)1 << 20);
	struct body b;
	size_t used, fed = 0;
	int e = body_begin(&b, &chunked, (size_t)1 << 20, a);

	/* A million chunks of one byte each. */
	for (int i = 0; i < 1000000 && e == 0; i++, fed++)
		e = body_feed(&b, "1\r\nx\r\n", 6, &used);
	cr_expect_eq(e, E_TOO_LARGE);
	cr_expect_lt(fed, 20000);
	e = body_begin(&b, &chunked, MAX, a);
	e = body_feed(&b, "0\r\n", 3, &used);
	for (fed = 0; fed < 100000 && e == 0; fed++)
		e = body_feed(&b, "X: y\r\n", 6, &used);
	cr_expect_eq(e, E_HEAD_TOO_LARGE);
	cr_expect_lt(fed, 100);
	arena_free(a);
}

Test(http_body, a_length_takes_that_many_bytes_and_no_more)
{
	struct framing fr = { .kind = BODY_LENGTH, .length = 5 };
	struct outcome o = feed_every_way(&fr, "helloGET /", 10);

	cr_expect_eq(o.result, 1);
	cr_expect_eq(o.used, 5);
	cr_expect_str_eq(o.data, "hello");
	cr_expect_eq(feed_every_way(&fr, "hell", 4).result, 0);
}

Test(http_body, a_large_route_grows_on_the_heap)
{
	struct framing fr = { .kind = BODY_LENGTH, .length = 300000 };
	char block[1000];
	struct body b;
	size_t used;
	int e = body_begin(&b, &fr, 1000000, NULL);

	memset(block, 'x', sizeof(block));
	for (int i = 0; i < 300 && e == 0; i++)
		e = body_feed(&b, block, sizeof(block), &used);
	cr_expect_eq(e, 1);
	cr_expect_eq(b.len, 300000);
	cr_expect_eq(b.data[b.len], '\0');
	body_done(&b);
}
