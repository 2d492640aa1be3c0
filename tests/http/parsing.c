/* SPDX-License-Identifier: MIT */
/* parsing.c - see parsing.h. */
#include <criterion/criterion.h>

#include "http/parsing.h"

static const struct head_limits limits = {
	.head_bytes = 8192, .target_bytes = 2048, .fields = 64
};

int
parse_cut(const char *bytes, size_t len, size_t cut, struct parsed *p)
{
	struct head_scan s = { 0 };
	int n = head_scan(&s, &limits, bytes, cut);

	if (n == 0)
		n = head_scan(&s, &limits, bytes, len);
	if (n <= 0)
		return n < 0 ? n : MORE;
	p->len = (size_t)n;
	return head_parse(&p->req, &p->framing, &s, bytes);
}

int
parse(const char *bytes, size_t len, struct parsed *p)
{
	int whole = parse_cut(bytes, len, len, p);

	for (size_t cut = 0; cut < len; cut++) {
		struct arena *a = arena_new(65536);
		struct parsed other = { .req.arena = a };
		int e = parse_cut(bytes, len, cut, &other);

		cr_assert_eq(e, whole, "cut at %zu: %d, whole: %d", cut, e, whole);
		cr_assert_eq(other.len, p->len);
		cr_assert_eq(other.framing.kind, p->framing.kind);
		cr_assert_eq(other.framing.length, p->framing.length);
		cr_assert_eq(other.req.field_count, p->req.field_count);
		arena_free(a);
	}
	return whole;
}
