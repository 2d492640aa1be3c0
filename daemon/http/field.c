/* SPDX-License-Identifier: MIT */
/*
 * field.c - reads a scanned head into a request and decides its framing.
 *
 * The whole head is copied into the request's arena and cut up there. Fields
 * that may stand once only are counted by name: the second one is refused, even
 * when it says the same (RFC 9112 6.3 and the desync attacks since).
 */
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "http/parse.h"

enum single {
	F_HOST,
	F_CONTENT_LENGTH,
	F_TRANSFER_ENCODING,
	F_EXPECT,
	F_AUTHORIZATION,
	F_CONTENT_TYPE,
	F_COOKIE,
	F_IDEMPOTENCY_KEY,
	F_IF_MATCH,
	F_ORIGIN,
	F_REFERER,
	F_SEC_FETCH_SITE,
	F_CONTENT_ENCODING,
	F_SINGLES,
};

#define NAME(s)                  \
	{                        \
		s, sizeof(s) - 1 \
	}
static const struct {
	const char *name;
	size_t len;
} singles[F_SINGLES] = {
	[F_HOST] = NAME("host"),
	[F_CONTENT_LENGTH] = NAME("content-length"),
	[F_TRANSFER_ENCODING] = NAME("transfer-encoding"),
	[F_EXPECT] = NAME("expect"),
	[F_AUTHORIZATION] = NAME("authorization"),
	[F_CONTENT_TYPE] = NAME("content-type"),
	[F_COOKIE] = NAME("cookie"),
	[F_IDEMPOTENCY_KEY] = NAME("idempotency-key"),
	[F_IF_MATCH] = NAME("if-match"),
	[F_ORIGIN] = NAME("origin"),
	[F_REFERER] = NAME("referer"),
	[F_SEC_FETCH_SITE] = NAME("sec-fetch-site"),
	[F_CONTENT_ENCODING] = NAME("content-encoding"),
};

static const struct {
	const char *name;
	enum http_method method;
} methods[] = {
	{ "GET", HTTP_GET },
	{ "POST", HTTP_POST },
	{ "HEAD", HTTP_HEAD },
	{ "PUT", HTTP_PUT },
	{ "PATCH", HTTP_PATCH },
	{ "DELETE", HTTP_DELETE },
	{ "OPTIONS", HTTP_OPTIONS },
};

enum http_method
method_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (strcmp(methods[i].name, name) == 0)
			return methods[i].method;
	return HTTP_OTHER;
}

static char *
lower(char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (s[i] >= 'A' && s[i] <= 'Z')
			s[i] |= 0x20;
	return s;
}

static size_t
single_of(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < F_SINGLES; i++)
		if (singles[i].len == len && memcmp(singles[i].name, name, len) == 0)
			break;
	return i;
}

/* Cuts one field line in place; returns where the next one begins. */
static char *
cut_field(char *line, struct http_field *f, size_t *ret_name_len)
{
	char *colon = strchr(line, ':'), *end = strchr(colon, '\r'), *next = end + 2;
	char *value = colon + 1;

	*ret_name_len = (size_t)(colon - line);
	*colon = '\0';
	while (*value == ' ' || *value == '\t')
		value++;
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*end = '\0';
	f->name = lower(line, *ret_name_len);
	f->value = value;
	return next;
}

static int
parse_length(struct framing *fr, const char *v)
{
	if (*v == '\0' || v[strspn(v, "0123456789")] != '\0')
		return E_MALFORMED;
	fr->kind = BODY_LENGTH;
	fr->length = 0;
	for (; *v != '\0'; v++) {
		if (fr->length > (UINT64_MAX - 9) / 10) {
			fr->length = UINT64_MAX;
			break;
		}
		fr->length = fr->length * 10 + (uint64_t)(*v - '0');
	}
	return 0;
}

/* Other codings, in whatever list, are not implemented; the rest is nonsense. */
static int
parse_coding(const struct req *r, struct framing *fr, const char *v)
{
	bool others = false;

	if (r->http10)
		return E_MALFORMED;
	if (strcmp(v, "chunked") == 0) {
		fr->kind = BODY_CHUNKED;
		return 0;
	}
	while (*v != '\0') {
		size_t n = 0;

		while (is_token_char(v[n]))
			n++;
		if (n == 0 || (v[n] != ',' && v[n] != '\0'))
			return E_MALFORMED;
		others = others || n != 7 || memcmp(v, "chunked", 7) != 0;
		v += n;
		if (*v == ',')
			v++;
		v += strspn(v, " \t");
	}
	return others ? E_NOT_IMPLEMENTED : E_MALFORMED;
}

static void
parse_connection(struct framing *fr, const char *v, bool *ret_close)
{
	while (*v != '\0') {
		size_t n = strcspn(v, ", \t");

		if (n == 5 && strncasecmp(v, "close", n) == 0)
			*ret_close = true;
		if (n == 10 && strncasecmp(v, "keep-alive", n) == 0)
			fr->keep_alive = true;
		v += n;
		v += strspn(v, ", \t");
	}
}

static int
parse_fields(struct req *r, struct framing *fr, char *line, const char *ret_of[F_SINGLES])
{
	bool close = false;

	fr->keep_alive = !r->http10;
	for (size_t i = 0; i < r->field_count; i++) {
		size_t len, which;

		line = cut_field(line, &r->fields[i], &len);
		which = single_of(r->fields[i].name, len);
		if (which < F_SINGLES) {
			if (ret_of[which] != NULL)
				return E_MALFORMED;
			ret_of[which] = r->fields[i].value;
		} else if (len == 10 &&
			   memcmp(r->fields[i].name, "connection", 10) == 0) {
			parse_connection(fr, r->fields[i].value, &close);
		}
	}
	if (close)
		fr->keep_alive = false;
	return 0;
}

static int
parse_framing(const struct req *r, struct framing *fr, const char *const of[F_SINGLES])
{
	int e = 0;

	if (of[F_CONTENT_LENGTH] != NULL && of[F_TRANSFER_ENCODING] != NULL)
		return E_MALFORMED;
	if (of[F_CONTENT_LENGTH] != NULL)
		e = parse_length(fr, of[F_CONTENT_LENGTH]);
	if (of[F_TRANSFER_ENCODING] != NULL)
		e = parse_coding(r, fr, of[F_TRANSFER_ENCODING]);
	if (e == 0 && of[F_EXPECT] != NULL) {
		if (strcasecmp(of[F_EXPECT], "100-continue") != 0)
			return E_EXPECT;
		fr->expect_continue = !r->http10;
	}
	return e;
}

int
head_parse(struct req *r, struct framing *fr, const struct head_scan *s, const char *head)
{
	const char *of[F_SINGLES] = { NULL };
	char *copy = arena_strndup(r->arena, head, s->pos), *target, *host;
	int e;

	copy[s->method_len] = '\0';
	r->method_name = copy;
	r->method = method_of(copy);
	r->http10 = s->http10;
	target = copy + s->method_len + 1;
	target[s->target_len] = '\0';
	r->fields = ARENA_ARRAY(r->arena, struct http_field, s->field_count);
	r->field_count = s->field_count;
	*fr = (struct framing){ .kind = BODY_NONE };
	e = parse_fields(r, fr, copy + s->fields_at, of);
	if (e != 0) {
		r->field_count = 0; /* not all of them are cut */
		return e;
	}
	if ((e = target_parse(target, &r->path, &r->query)) != 0)
		return e;
	if (of[F_HOST] == NULL && !r->http10)
		return E_MALFORMED;
	if (of[F_HOST] != NULL) {
		host = host_parse(arena_strdup(r->arena, of[F_HOST]));
		if (host == NULL)
			return E_MALFORMED;
		r->host = host;
	}
	return parse_framing(r, fr, of);
}
