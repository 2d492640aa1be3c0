/* SPDX-License-Identifier: MIT */
/* form.c - urlencoded and multipart bodies, read by hand, strictly and bounded. */
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "web/form.h"

static int
add_pair(struct form_pairs *p, const char *name, size_t name_len, const char *value,
    size_t value_len)
{
	if (p->n == FORM_PAIRS_MAX)
		return E_TOO_LARGE;
	p->v[p->n++] = (struct form_pair){ name, value, name_len, value_len };
	return 0;
}

/* ---- application/x-www-form-urlencoded ---- */

static int
hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0'
	    : c >= 'a' && c <= 'f'  ? c - 'a' + 10
	    : c >= 'A' && c <= 'F'  ? c - 'A' + 10
				    : -1;
}

/* '+' is a blank; a '%' that begins no escape is itself, as the standard says. */
static char *
percent_decode(struct arena *a, const char *s, size_t len, size_t *ret_len)
{
	char *out = arena_alloc(a, len + 1), *o = out;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '%' && i + 2 < len && hex(s[i + 1]) >= 0 && hex(s[i + 2]) >= 0) {
			*o++ = (char)(hex(s[i + 1]) << 4 | hex(s[i + 2]));
			i += 2;
		} else
			*o++ = s[i] == '+' ? ' ' : s[i];
	}
	*ret_len = (size_t)(o - out);
	return out;
}

int
form_urlencoded(struct arena *a, const char *body, size_t len, struct form_pairs *p)
{
	const char *end = body + len;
	int rc = 0;

	p->n = 0;
	while (rc == 0 && body < end) {
		const char *amp = memchr(body, '&', (size_t)(end - body));
		const char *stop = amp == NULL ? end : amp;
		const char *eq = memchr(body, '=', (size_t)(stop - body));
		const char *name_end = eq == NULL ? stop : eq;
		const char *value = eq == NULL ? stop : eq + 1;
		size_t name_len, value_len;
		char *n, *v;

		if (stop > body) {
			n = percent_decode(a, body, (size_t)(name_end - body), &name_len);
			v = percent_decode(a, value, (size_t)(stop - value), &value_len);
			rc = add_pair(p, n, name_len, v, value_len);
		}
		body = stop + 1;
	}
	return rc;
}

/* ---- multipart/form-data ---- */

/* The value of a parameter in "type; name=value; name=\"value\"". NULL when it
 * is absent or malformed. */
static const char *
parameter(struct arena *a, const char *field, size_t len, const char *name)
{
	const char *end = field + len, *s = memchr(field, ';', len);
	size_t name_len = strlen(name);

	while (s != NULL && s < end) {
		const char *value, *stop;
		bool ours;

		for (s++; s < end && (*s == ' ' || *s == '\t'); s++)
			;
		ours = (size_t)(end - s) > name_len && strncasecmp(s, name, name_len) == 0
		    && s[name_len] == '=';
		if ((value = memchr(s, '=', (size_t)(end - s))) == NULL)
			return NULL;
		value++;
		if (value != end && *value == '"') {
			value++;
			stop = memchr(value, '"', (size_t)(end - value));
			if (stop == NULL)
				return NULL;
			s = memchr(stop, ';', (size_t)(end - stop));
		} else {
			s = value == end ? NULL : memchr(value, ';', (size_t)(end - value));
			stop = s == NULL ? end : s;
			while (stop > value && (stop[-1] == ' ' || stop[-1] == '\t'))
				stop--;
		}
		if (ours)
			return arena_strndup(a, value, (size_t)(stop - value));
	}
	return NULL;
}

/* In a name, browsers write " CR LF as %22 %0D %0A (HTML standard, 4.10.22.8). */
static char *
unescape_name(struct arena *a, const char *s, size_t *ret_len)
{
	char *out = arena_alloc(a, strlen(s) + 1), *o = out;

	while (*s != '\0') {
		if (strncmp(s, "%22", 3) == 0 || strncmp(s, "%0D", 3) == 0
		    || strncmp(s, "%0A", 3) == 0) {
			*o++ = s[1] == '2' ? '"' : s[2] == 'D' ? '\r' : '\n';
			s += 3;
		} else
			*o++ = *s++;
	}
	*ret_len = (size_t)(o - out);
	return out;
}

/* The head of one part: its name. A file, another disposition, a transfer coding
 * or a field that is no field is refused. */
static int
part_head(struct arena *a, const char *s, const char *end, const char **ret_name,
    size_t *ret_len)
{
	const char *name = NULL;

	while (s < end) {
		const char *eol = memmem(s, (size_t)(end - s), "\r\n", 2);
		const char *colon;
		size_t value_len;

		if (eol == NULL || (colon = memchr(s, ':', (size_t)(eol - s))) == NULL)
			return E_MALFORMED;
		value_len = (size_t)(eol - colon - 1);
		if (strncasecmp(s, "content-disposition:", 20) == 0) {
			if (name != NULL || parameter(a, colon + 1, value_len, "filename") != NULL)
				return name != NULL ? E_MALFORMED : E_MEDIA_TYPE;
			if ((name = parameter(a, colon + 1, value_len, "name")) == NULL)
				return E_MALFORMED;
		} else if (strncasecmp(s, "content-transfer-encoding:", 26) == 0)
			return E_MALFORMED;
		s = eol + 2;
	}
	if (name == NULL)
		return E_MALFORMED;
	*ret_name = unescape_name(a, name, ret_len);
	return 0;
}

/* One part from s, behind its delimiter line, to the next delimiter. */
static int
part(struct arena *a, const char *s, const char *end, const char *mark, size_t mark_len,
    struct form_pairs *p, const char **ret_next)
{
	const char *head_end = memmem(s, (size_t)(end - s), "\r\n\r\n", 4);
	const char *value, *stop, *name;
	size_t name_len;
	int rc;

	if (head_end == NULL || head_end - s > 2048)
		return E_MALFORMED;
	value = head_end + 4;
	stop = memmem(value, (size_t)(end - value), mark, mark_len);
	if (stop == NULL)
		return E_MALFORMED;
	if ((rc = part_head(a, s, head_end + 2, &name, &name_len)) < 0)
		return rc;
	*ret_next = stop + mark_len;
	return add_pair(p, name, name_len, arena_strndup(a, value, (size_t)(stop - value)),
	    (size_t)(stop - value));
}

int
form_multipart(struct arena *a, const char *content_type, const char *body, size_t len,
    struct form_pairs *p)
{
	const char *boundary = parameter(a, content_type, strlen(content_type), "boundary");
	const char *end = body + len, *s = body;
	const char *mark; /* CR LF -- boundary: the first one has no CR LF before it */
	size_t mark_len;
	int rc;

	p->n = 0;
	if (boundary == NULL || *boundary == '\0' || strlen(boundary) > FORM_BOUNDARY_MAX)
		return E_MALFORMED;
	mark = arena_printf(a, "\r\n--%s", boundary);
	mark_len = strlen(mark);
	if (len < mark_len - 2 || memcmp(body, mark + 2, mark_len - 2) != 0)
		return E_MALFORMED;
	s = body + mark_len - 2;
	for (;;) {
		if (end - s >= 2 && memcmp(s, "--", 2) == 0)
			return end - s == 2 || (end - s == 4 && memcmp(s + 2, "\r\n", 2) == 0)
			    ? 0
			    : E_MALFORMED;
		if (end - s < 2 || memcmp(s, "\r\n", 2) != 0)
			return E_MALFORMED;
		if ((rc = part(a, s + 2, end, mark, mark_len, p, &s)) < 0)
			return rc;
	}
}
