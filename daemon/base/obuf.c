/* SPDX-License-Identifier: MIT */
/* obuf.c - one growing buffer; every escape of the program stands here. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/obuf.h"
#include "base/clock.h"

void
obuf_init(struct obuf *o, struct arena *a, size_t max)
{
	*o = (struct obuf){ .arena = a, .max = max };
}

bool
obuf_overflowed(const struct obuf *o)
{
	return o->overflowed;
}

void
obuf_reset(struct obuf *o)
{
	o->len = 0;
	o->comma = o->overflowed = false;
}

static bool
obuf_grow(struct obuf *o, size_t len)
{
	size_t cap = o->cap == 0 ? 1024 : o->cap;
	char *p;

	if (o->overflowed || len > o->max - o->len) {
		o->overflowed = true;
		return false;
	}
	while (cap < o->len + len + 1)
		cap *= 2;
	if (cap > o->cap) {
		p = arena_alloc(o->arena, cap);
		if (o->len > 0)
			memcpy(p, o->data, o->len);
		o->data = p;
		o->cap = cap;
	}
	return true;
}

void
obuf_put(struct obuf *o, const char *s, size_t len)
{
	if (o->overflowed || (o->cap <= o->len + len && !obuf_grow(o, len)))
		return;
	if (len > o->max - o->len) {
		o->overflowed = true;
		return;
	}
	memcpy(o->data + o->len, s, len);
	o->len += len;
	o->data[o->len] = '\0';
}

char *
obuf_room(struct obuf *o, size_t len)
{
	if (o->overflowed || (o->cap <= o->len + len && !obuf_grow(o, len)))
		return NULL;
	return o->data + o->len;
}

void
obuf_wrote(struct obuf *o, size_t len)
{
	BUG_UNLESS(o->len + len < o->cap);
	o->len += len;
	o->data[o->len] = '\0';
}

void
obuf_puts(struct obuf *o, const char *s)
{
	obuf_put(o, s, strlen(s));
}

void
obuf_putc(struct obuf *o, char c)
{
	obuf_put(o, &c, 1);
}

void
obuf_printf(struct obuf *o, const char *format, ...)
{
	char small[256];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(small, sizeof(small), format, ap);
	va_end(ap);
	BUG_UNLESS(n >= 0);
	if ((size_t)n < sizeof(small)) {
		obuf_put(o, small, (size_t)n);
		return;
	}
	va_start(ap, format);
	obuf_puts(o, arena_vprintf(o->arena, format, ap));
	va_end(ap);
}

void
obuf_html(struct obuf *o, const char *s)
{
	const char *from = s;

	if (s == NULL)
		return;
	for (; *s != '\0'; s++) {
		const char *r = *s == '<' ? "&lt;"
		    : *s == '>'		  ? "&gt;"
		    : *s == '&'		  ? "&amp;"
		    : *s == '"'		  ? "&#34;"
		    : *s == '\''	  ? "&#39;"
					  : NULL;

		if (r == NULL)
			continue;
		obuf_put(o, from, (size_t)(s - from));
		obuf_puts(o, r);
		from = s + 1;
	}
	obuf_put(o, from, (size_t)(s - from));
}

void
obuf_html_int(struct obuf *o, int64_t v)
{
	obuf_printf(o, "%lld", (long long)v);
}

static void
json_comma(struct obuf *o)
{
	if (o->comma)
		obuf_putc(o, ',');
	o->comma = true;
}

void
obuf_json_open(struct obuf *o, char brace)
{
	json_comma(o);
	obuf_putc(o, brace);
	o->comma = false;
}

void
obuf_json_close(struct obuf *o, char brace)
{
	obuf_putc(o, brace);
	o->comma = true;
}

/* A quoted string; < and > leave as escapes, so that JSON is inert in HTML too. */
static void
json_quote(struct obuf *o, const char *s)
{
	const char *from = s;

	obuf_putc(o, '"');
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c >= 0x20 && c != '"' && c != '\\' && c != '<' && c != '>' && c != 0x7f)
			continue;
		obuf_put(o, from, (size_t)(s - from));
		from = s + 1;
		if (c == '"' || c == '\\') {
			obuf_putc(o, '\\');
			obuf_putc(o, *s);
		} else if (c == '\n') {
			obuf_puts(o, "\\n");
		} else {
			obuf_printf(o, "\\u%04x", c);
		}
	}
	obuf_put(o, from, (size_t)(s - from));
	obuf_putc(o, '"');
}

void
obuf_json_key(struct obuf *o, const char *key)
{
	json_comma(o);
	json_quote(o, key);
	obuf_putc(o, ':');
	o->comma = false;
}

void
obuf_json_str(struct obuf *o, const char *s)
{
	if (s == NULL) {
		obuf_json_raw(o, "null");
		return;
	}
	json_comma(o);
	json_quote(o, s);
}

void
obuf_json_int(struct obuf *o, int64_t v)
{
	json_comma(o);
	obuf_html_int(o, v);
}

void
obuf_json_bool(struct obuf *o, bool v)
{
	obuf_json_raw(o, v ? "true" : "false");
}

void
obuf_json_raw(struct obuf *o, const char *json)
{
	json_comma(o);
	obuf_puts(o, json);
}

void
obuf_json_kstr(struct obuf *o, const char *key, const char *s)
{
	obuf_json_key(o, key);
	obuf_json_str(o, s);
}

void
obuf_json_kwords(struct obuf *o, const char *key, const struct strlist *l)
{
	obuf_json_key(o, key);
	obuf_json_open(o, '[');
	for (size_t i = 0; i < l->n; i++)
		obuf_json_str(o, l->v[i]);
	obuf_json_close(o, ']');
}

void
obuf_json_kint(struct obuf *o, const char *key, int64_t v)
{
	obuf_json_key(o, key);
	obuf_json_int(o, v);
}

void
obuf_json_kbool(struct obuf *o, const char *key, bool v)
{
	obuf_json_key(o, key);
	obuf_json_bool(o, v);
}

void
obuf_json_ktime(struct obuf *o, const char *key, int64_t ms)
{
	char text[CLOCK_TEXT_LEN];

	obuf_json_kstr(o, key, ms == 0 ? NULL : clock_rfc3339(ms, text));
}

void
obuf_csv(struct obuf *o, const char *s)
{
	const char *first = s == NULL ? "" : s + strspn(s, " ");

	if (s == NULL)
		return;
	obuf_putc(o, '"');
	if (*first != '\0' && strchr("=+-@\t\r", *first) != NULL)
		obuf_putc(o, '\'');
	for (; *s != '\0'; s++) {
		if (*s == '"')
			obuf_putc(o, '"');
		obuf_putc(o, *s);
	}
	obuf_putc(o, '"');
}
