/* SPDX-License-Identifier: MIT */
/*
 * peer.h - who is at the other end: the socket's address as text and as a key
 * for limits, and the client that a trusted proxy speaks for.
 */
#ifndef HTTP_PEER_H
#define HTTP_PEER_H

#include <sys/socket.h>

#include "http/http.h"

#define PEER_TEXT_LEN 48

/* The address as text, an IPv4 one mapped into IPv6 as IPv4; "local" for a Unix
 * socket. */
void peer_text(const struct sockaddr *, char text[PEER_TEXT_LEN]);
/* Equal for addresses that are counted together: an IPv4 address, a /64. */
uint64_t peer_key(const struct sockaddr *);

bool peer_trusted(const struct strlist *proxies, const char *peer);
/*
 * The right-most hop of the X-Forwarded-For lines that is no trusted proxy,
 * when the socket's peer is one; else, or when a hop is no address, or all are
 * proxies, the socket's peer.
 */
void peer_behind(const struct strlist *proxies, const char *socket_peer,
    const struct http_field *, size_t field_count, char ret[PEER_TEXT_LEN]);

#endif
