/* SPDX-License-Identifier: MIT */
/*
 * target.c - the request target and the Host field.
 *
 * A path is decoded once and for all here. What means one thing before decoding
 * and another after it (%2F, %00, dot segments) is refused: no later reader can
 * be led to another place than the router was.
 */
#include <arpa/inet.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "http/parse.h"

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that the escape at s stands for, -1 when it is broken. */
static int
escape_at(const char *s)
{
	int hi = hex_digit(s[1]), lo = hi < 0 ? -1 : hex_digit(s[2]);

	return lo < 0 ? -1 : hi * 16 + lo;
}

static bool
query_ok(const char *q)
{
	for (q = strchr(q, '%'); q != NULL; q = strchr(q + 1, '%'))
		if (escape_at(q) < 0)
			return false;
	return true;
}

/* Decodes in place; false for what is refused. */
static bool
path_decode(char *path, size_t *ret_len, bool *ret_ascii)
{
	char *out = path;

	for (const char *in = path; *in != '\0'; in++) {
		int c = (unsigned char)*in;

		if (c == '%') {
			c = escape_at(in);
			if (c <= 0 || c == '/')
				return false;
			in += 2;
		}
		*ret_ascii = *ret_ascii && c < 0x80;
		*out++ = (char)c;
	}
	*out = '\0';
	*ret_len = (size_t)(out - path);
	return true;
}

static bool
has_dot_dot(const char *path)
{
	for (const char *p = strstr(path, "/.."); p != NULL; p = strstr(p + 1, "/.."))
		if (p[3] == '/' || p[3] == '\0')
			return true;
	return false;
}

int
target_parse(char *target, const char **ret_path, const char **ret_query)
{
	char *mark = strchr(target, '?');
	const char *query = "";
	size_t len = 0;
	bool ascii = true;

	if (mark != NULL) {
		*mark = '\0';
		query = mark + 1;
	}
	if (target[0] != '/' || !query_ok(query) || !path_decode(target, &len, &ascii))
		return E_MALFORMED;
	if (has_dot_dot(target) || (!ascii && !str_utf8_valid(target, len)))
		return E_MALFORMED;
	*ret_path = target;
	*ret_query = query;
	return 0;
}

/* ":" and 1 to 5 digits, or nothing. */
static bool
port_ok(const char *s)
{
	int port = 0;

	if (*s == '\0')
		return true;
	if (*s++ != ':' || *s == '\0' || strlen(s) > 5)
		return false;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9')
			return false;
		port = port * 10 + (*s - '0');
	}
	return port <= 65535;
}

char *
host_parse(char *value)
{
	struct in6_addr a;
	char *end = value;

	for (char *p = value; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p |= 0x20;
	if (*value == '[') {
		end = strchr(value, ']');
		if (end == NULL || !port_ok(end + 1))
			return NULL;
		*end = '\0';
		if (inet_pton(AF_INET6, value + 1, &a) != 1)
			return NULL;
		end[0] = ']';
		end[1] = '\0';
		return value;
	}
	while ((*end >= 'a' && *end <= 'z') || (*end >= '0' && *end <= '9') ||
	       *end == '-' || *end == '.' || *end == '_')
		end++;
	if (end == value || !port_ok(end))
		return NULL;
	*end = '\0';
	return value;
}
