/* SPDX-License-Identifier: MIT */
/*
 * http_parse.c - fuzz entry for the head parser and the body collector.
 *
 * The first byte says which, and where the input is cut: whole and cut must get
 * the same verdict, and an accepted head must be one that cannot be misread.
 */
#include <string.h>

#include "http/body.h"
#include "http/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct head_limits limits = {
	.head_bytes = 2048, .target_bytes = 512, .fields = 16
};

static int
read_head(const char *s, size_t len, size_t cut, struct req *r, struct framing *fr)
{
	struct head_scan scan = { 0 };
	int n = head_scan(&scan, &limits, s, cut), e;

	if (n == 0)
		n = head_scan(&scan, &limits, s, len);
	if (n <= 0)
		return n;
	BUG_UNLESS((size_t)n <= len && n >= 4 && memcmp(s + n - 4, "\r\n\r\n", 4) == 0);
	e = head_parse(r, fr, &scan, s);
	if (e != 0)
		return e;
	BUG_UNLESS(memchr(s, '\0', (size_t)n) == NULL);
	BUG_UNLESS(r->path[0] == '/' && str_utf8_valid(r->path, strlen(r->path)));
	BUG_UNLESS(r->http10 || r->host != NULL);
	for (size_t i = 0; i < r->field_count; i++)
		BUG_UNLESS(r->fields[i].name[0] != '\0' && r->fields[i].value != NULL);
	return n;
}

static void
fuzz_head(const char *s, size_t len, size_t cut)
{
	struct arena *a = arena_new((size_t)1 << 20);
	struct req whole = { .arena = a }, parts = { .arena = a };
	struct framing fw = { 0 }, fp = { 0 };
	int w = read_head(s, len, len, &whole, &fw),
	    p = read_head(s, len, cut, &parts, &fp);

	BUG_UNLESS(w == p && fw.kind == fp.kind && fw.length == fp.length);
	BUG_UNLESS(whole.field_count == parts.field_count);
	arena_free(a);
}

static int
read_body(const char *s, size_t len, size_t cut, struct body *b, size_t *ret_used)
{
	size_t used = 0;
	int e = body_feed(b, s, cut, ret_used);

	if (e == 0 && cut < len) {
		e = body_feed(b, s + cut, len - cut, &used);
		*ret_used += used;
	}
	return e;
}

static void
fuzz_body(const char *s, size_t len, size_t cut, bool chunked)
{
	struct framing fr = { .kind = chunked ? BODY_CHUNKED : BODY_LENGTH,
		.length = 100 };
	struct arena *a = arena_new((size_t)1 << 20);
	struct body whole, parts;
	size_t used_w = 0, used_p = 0;
	int w, p;

	BUG_UNLESS(body_begin(&whole, &fr, 4096, a) == 0);
	BUG_UNLESS(body_begin(&parts, &fr, 4096, NULL) == 0);
	w = read_body(s, len, len, &whole, &used_w);
	p = read_body(s, len, cut, &parts, &used_p);
	BUG_UNLESS(w == p && used_w == used_p && used_w <= len);
	BUG_UNLESS(whole.len == parts.len && whole.len <= 4096);
	BUG_UNLESS(whole.len == 0 || memcmp(whole.data, parts.data, whole.len + 1) == 0);
	body_done(&parts);
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *s = (const char *)data + 2;
	size_t cut;

	if (len < 2)
		return 0;
	len -= 2;
	cut = len == 0 ? 0 : data[1] % (len + 1);
	if (data[0] % 4 < 2)
		fuzz_head(s, len, cut);
	else
		fuzz_body(s, len, cut, data[0] % 4 == 2);
	return 0;
}
