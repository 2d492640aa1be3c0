/* SPDX-License-Identifier: MIT */
/*
 * tls.h - OpenSSL contexts by Mozilla's intermediate list, and ticket keys.
 *
 * A context is made from the certificate's files at start and at each reload;
 * connections hold their own reference to the one they began with. Ticket keys
 * outlive contexts, so that a reload costs nobody a full handshake.
 */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H

#include <openssl/ssl.h>

#include "base/base.h"

struct tickets;

struct tickets *tickets_new(void);
void tickets_free(struct tickets *);
/* Makes ctx seal its tickets with these keys, which must outlive it. */
void tickets_use(struct tickets *, SSL_CTX *);

/* NULL and a sentence in ret_error (HTTP_ERROR_LEN) when the files cannot be used. */
SSL_CTX *tls_context_new(
    const char *certificate, const char *key, struct tickets *, char *ret_error);
/* When the context's certificate ends, ms UTC. */
int64_t tls_expiry_ms(SSL_CTX *);

/* Lives in the connection; SSL_get_app_data. */
struct tls_watch {
	unsigned extra_records; /* that carry no application data */
	bool abused;            /* there were too many of them */
};

/* A server's end of a connection on fd; NULL when OpenSSL has no memory. */
SSL *tls_new(SSL_CTX *, int fd, struct tls_watch *);

#endif
