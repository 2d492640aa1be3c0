/* SPDX-License-Identifier: MIT */
/*
 * peer.c - see peer.h. Anybody can send X-Forwarded-For: it is read only from
 * the right, and only as far as configured proxies vouch for it.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "http/peer.h"

static bool
mapped(const struct in6_addr *a)
{
	return IN6_IS_ADDR_V4MAPPED(a);
}

static void
text_of(int family, const void *address, char text[PEER_TEXT_LEN])
{
	const struct in6_addr *six = address;

	if (family == AF_INET6 && mapped(six)) {
		family = AF_INET;
		address = six->s6_addr + 12;
	}
	BUG_UNLESS(inet_ntop(family, address, text, PEER_TEXT_LEN) != NULL);
}

void
peer_text(const struct sockaddr *sa, char text[PEER_TEXT_LEN])
{
	const void *p = sa;
	const struct sockaddr_in *in = p;
	const struct sockaddr_in6 *in6 = p;

	if (sa->sa_family == AF_INET)
		text_of(AF_INET, &in->sin_addr, text);
	else if (sa->sa_family == AF_INET6)
		text_of(AF_INET6, &in6->sin6_addr, text);
	else
		snprintf(text, PEER_TEXT_LEN, "local");
}

uint64_t
peer_key(const struct sockaddr *sa)
{
	const void *p = sa;
	const struct sockaddr_in *in = p;
	const struct sockaddr_in6 *in6 = p;
	uint64_t key = 0;
	uint32_t four;

	if (sa->sa_family == AF_INET)
		return UINT64_C(0xffff) << 32 | in->sin_addr.s_addr;
	if (sa->sa_family != AF_INET6)
		return 0;
	if (mapped(&in6->sin6_addr)) {
		memcpy(&four, in6->sin6_addr.s6_addr + 12, sizeof(four));
		return UINT64_C(0xffff) << 32 | four;
	}
	memcpy(&key, in6->sin6_addr.s6_addr, sizeof(key));
	return key;
}

/* The one way to write that address; false when it is none. */
static bool
canonical(const char *s, size_t len, char text[PEER_TEXT_LEN])
{
	char copy[PEER_TEXT_LEN];
	struct in6_addr six;
	struct in_addr four;

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, s, len);
	copy[len] = '\0';
	if (inet_pton(AF_INET, copy, &four) == 1)
		text_of(AF_INET, &four, text);
	else if (inet_pton(AF_INET6, copy, &six) == 1)
		text_of(AF_INET6, &six, text);
	else
		return false;
	return true;
}

bool
peer_trusted(const struct strlist *proxies, const char *peer)
{
	char text[PEER_TEXT_LEN];

	for (size_t i = 0; i < proxies->n; i++)
		if (canonical(proxies->v[i], strlen(proxies->v[i]), text) &&
		    strcmp(text, peer) == 0)
			return true;
	return false;
}

/* Walks one line from its right end: 1 found, 0 all of it trusted, -1 no address. */
static int
last_stranger(const struct strlist *proxies, const char *line, char ret[PEER_TEXT_LEN])
{
	size_t end = strlen(line), from, len;
	char text[PEER_TEXT_LEN];

	for (;;) {
		for (from = end; from > 0 && line[from - 1] != ',';)
			from--;
		len = end - from;
		while (len > 0 && (line[from] == ' ' || line[from] == '\t'))
			from++, len--;
		while (len > 0 &&
		       (line[from + len - 1] == ' ' || line[from + len - 1] == '\t'))
			len--;
		if (!canonical(line + from, len, text))
			return -1;
		if (!peer_trusted(proxies, text)) {
			memcpy(ret, text, PEER_TEXT_LEN);
			return 1;
		}
		while (from > 0 && line[from - 1] != ',')
			from--;
		if (from == 0)
			return 0;
		end = from - 1;
	}
}

void
peer_behind(const struct strlist *proxies, const char *socket_peer,
    const struct http_field *f, size_t field_count, char ret[PEER_TEXT_LEN])
{
	int found = 0;

	snprintf(ret, PEER_TEXT_LEN, "%s", socket_peer);
	if (proxies->n == 0 || !peer_trusted(proxies, socket_peer))
		return;
	for (size_t i = field_count; i > 0 && found == 0; i--)
		if (strcmp(f[i - 1].name, "x-forwarded-for") == 0)
			found = last_stranger(proxies, f[i - 1].value, ret);
}
