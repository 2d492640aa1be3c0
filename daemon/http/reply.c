/* SPDX-License-Identifier: MIT */
/*
 * reply.c - see reply.h. What is the same in every answer is one string made by
 * the compiler; only an answer that replaces a line of it pays for looking.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "http/parse.h"
#include "http/reply.h"

#define HSTS "Strict-Transport-Security: max-age=63072000\r\n"
#define NOSNIFF "X-Content-Type-Options: nosniff\r\n"
#define REFERRER "Referrer-Policy: no-referrer\r\n"
#define CORP "Cross-Origin-Resource-Policy: same-origin\r\n"
#define COOP "Cross-Origin-Opener-Policy: same-origin\r\n"
#define PERMISSIONS                                                                  \
	"Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), " \
	"usb=()\r\n"
#define CSP_API                                                                     \
	"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action " \
	"'none'"

#define PLAIN_DEFAULTS NOSNIFF REFERRER CORP COOP PERMISSIONS

static const char *const defaults[] = { HSTS, NOSNIFF, REFERRER, CORP, COOP,
	PERMISSIONS };

#define REPLACES_CACHE 0x100u
#define REPLACES_CSP 0x200u

#define STATUS(code, text)                                           \
	{                                                            \
		code, sizeof("HTTP/1.1 " #code " " text "\r\n") - 1, \
		    "HTTP/1.1 " #code " " text "\r\n"                \
	}
static const struct {
	int code;
	size_t len;
	const char *line;
} statuses[] = {
	STATUS(200, "OK"),
	STATUS(201, "Created"),
	STATUS(202, "Accepted"),
	STATUS(204, "No Content"),
	STATUS(301, "Moved Permanently"),
	STATUS(302, "Found"),
	STATUS(303, "See Other"),
	STATUS(304, "Not Modified"),
	STATUS(307, "Temporary Redirect"),
	STATUS(308, "Permanent Redirect"),
	STATUS(400, "Bad Request"),
	STATUS(401, "Unauthorized"),
	STATUS(403, "Forbidden"),
	STATUS(404, "Not Found"),
	STATUS(405, "Method Not Allowed"),
	STATUS(406, "Not Acceptable"),
	STATUS(408, "Request Timeout"),
	STATUS(409, "Conflict"),
	STATUS(410, "Gone"),
	STATUS(411, "Length Required"),
	STATUS(412, "Precondition Failed"),
	STATUS(413, "Content Too Large"),
	STATUS(414, "URI Too Long"),
	STATUS(415, "Unsupported Media Type"),
	STATUS(417, "Expectation Failed"),
	STATUS(421, "Misdirected Request"),
	STATUS(422, "Unprocessable Content"),
	STATUS(428, "Precondition Required"),
	STATUS(429, "Too Many Requests"),
	STATUS(431, "Request Header Fields Too Large"),
	STATUS(500, "Internal Server Error"),
	STATUS(501, "Not Implemented"),
	STATUS(503, "Service Unavailable"),
	STATUS(505, "HTTP Version Not Supported"),
};

struct pen {
	char *out;
	size_t len;
};

static void
put(struct pen *p, const char *s, size_t len)
{
	BUG_UNLESS(len <= REPLY_HEAD_MAX - p->len);
	memcpy(p->out + p->len, s, len);
	p->len += len;
}

#define PUT(p, literal) put(p, literal, sizeof(literal) - 1)

static void
put_value(struct pen *p, const char *v)
{
	size_t n = 0;

	while (is_field_char(v[n]))
		n++;
	BUG_UNLESS(v[n] == '\0');
	put(p, v, n);
	PUT(p, "\r\n");
}

static void
put_name(struct pen *p, const char *name)
{
	size_t n = 0;

	while (is_token_char(name[n]))
		n++;
	BUG_UNLESS(n > 0 && name[n] == '\0');
	put(p, name, n);
	PUT(p, ": ");
}

size_t
decimal(char text[20], uint64_t v)
{
	char back[20];
	size_t n = 0;

	do {
		back[n++] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	for (size_t i = 0; i < n; i++)
		text[i] = back[n - 1 - i];
	return n;
}

size_t
hexadecimal(char text[16], uint64_t v)
{
	size_t n = 1;

	while (n < 16 && v >> (4 * n) != 0)
		n++;
	for (size_t i = 0; i < n; i++)
		text[i] = "0123456789abcdef"[v >> (4 * (n - 1 - i)) & 15];
	return n;
}

void
http_date(int64_t now_ms, char *text)
{
	static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri",
		"Sat" };
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t s = (time_t)(now_ms / 1000);
	struct tm tm;

	BUG_UNLESS(gmtime_r(&s, &tm) != NULL);
	snprintf(text, HTTP_DATE_LEN, "%s, %02u %s %04u %02u:%02u:%02u GMT",
	    days[tm.tm_wday], (unsigned)tm.tm_mday % 100, months[tm.tm_mon],
	    (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)tm.tm_hour % 100,
	    (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
}

static void
put_status(struct pen *p, int status)
{
	char text[20];
	size_t i;

	BUG_UNLESS(status >= 200 && status <= 599);
	for (i = 0; i < ARRAY_LEN(statuses); i++)
		if (statuses[i].code == status) {
			put(p, statuses[i].line, statuses[i].len);
			return;
		}
	PUT(p, "HTTP/1.1 ");
	put(p, text, decimal(text, (uint64_t)status));
	PUT(p, " Status\r\n");
}

static void
put_framing(struct pen *p, const struct reply *r, const struct reply_context *c)
{
	char digits[20];

	if (r->content_type != NULL && c->framing != REPLY_NO_BODY) {
		PUT(p, "Content-Type: ");
		put_value(p, r->content_type);
	}
	if (c->framing == REPLY_LENGTH) {
		PUT(p, "Content-Length: ");
		put(p, digits, decimal(digits, c->length));
		PUT(p, "\r\n");
	} else if (c->framing == REPLY_CHUNKED) {
		PUT(p, "Transfer-Encoding: chunked\r\n");
	}
	if (!c->keep_alive)
		PUT(p, "Connection: close\r\n");
	else if (c->http10)
		PUT(p, "Connection: keep-alive\r\n");
}

static bool
names(const char *line, const char *name)
{
	size_t n = strlen(name);

	return strncasecmp(line, name, n) == 0 && line[n] == ':';
}

/* Which lines of ours the answer's own fields replace, a bit each. What belongs
 * to the framing is nobody's but the room's. */
static unsigned
replaced(const struct reply *r)
{
	unsigned bits = 0;

	BUG_UNLESS(r->extra_count <= HTTP_EXTRA_MAX);
	for (size_t i = 0; i < r->extra_count; i++) {
		const char *name = r->extra[i].name;

		BUG_UNLESS(!names("Content-Length:", name) &&
			   !names("Connection:", name) &&
			   !names("Transfer-Encoding:", name) && !names("Date:", name));
		for (size_t d = 0; d < ARRAY_LEN(defaults); d++)
			if (names(defaults[d], name))
				bits |= 1u << d;
		if (names("Cache-Control:", name))
			bits |= REPLACES_CACHE;
		if (names("Content-Security-Policy:", name))
			bits |= REPLACES_CSP;
	}
	return bits;
}

static void
put_defaults(struct pen *p, bool tls, unsigned bits)
{
	if ((bits & 0xff) == 0) {
		if (tls)
			PUT(p, HSTS PLAIN_DEFAULTS);
		else
			PUT(p, PLAIN_DEFAULTS);
		return;
	}
	for (size_t d = tls ? 0 : 1; d < ARRAY_LEN(defaults); d++)
		if ((bits & 1u << d) == 0)
			put(p, defaults[d], strlen(defaults[d]));
}

size_t
reply_head(char *out, const struct reply *r, const struct reply_context *c)
{
	struct pen p = { .out = out };
	unsigned bits = r->extra_count == 0 ? 0 : replaced(r);

	put_status(&p, r->status);
	PUT(&p, "Date: ");
	put(&p, c->date, strlen(c->date));
	PUT(&p, "\r\n");
	put_framing(&p, r, c);
	put_defaults(&p, c->tls, bits);
	if (r->cache_control == NULL && (bits & REPLACES_CACHE) == 0)
		PUT(&p, "Cache-Control: no-store\r\n");
	else if ((bits & REPLACES_CACHE) == 0) {
		PUT(&p, "Cache-Control: ");
		put_value(&p, r->cache_control);
	}
	if (r->csp == NULL && (bits & REPLACES_CSP) == 0)
		PUT(&p, "Content-Security-Policy: " CSP_API "\r\n");
	else if ((bits & REPLACES_CSP) == 0) {
		PUT(&p, "Content-Security-Policy: ");
		put_value(&p, r->csp);
	}
	for (size_t i = 0; i < r->extra_count; i++) {
		put_name(&p, r->extra[i].name);
		put_value(&p, r->extra[i].value);
	}
	PUT(&p, "\r\n");
	return p.len;
}
