/* SPDX-License-Identifier: MIT */
/*
 * tls.c - see tls.h. TLS 1.2 and 1.3 by Mozilla's guideline 6.0, no
 * renegotiation, no early data (a replayed POST books twice), one ticket.
 */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "http/http.h"
#include "http/tls.h"

#define CIPHERS_12                                                   \
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:" \
	"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:" \
	"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
#define CIPHERS_13 \
	"TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
#define GROUPS "X25519:P-256:P-384"
/* OpenSSL before 3.5 knows no ML-KEM and refuses the whole list. */
#define GROUPS_PQ "X25519MLKEM768:" GROUPS

#define EXTRA_RECORDS_MAX 32 /* after the handshake: RFC 8446 4.6 needs none of them */

static int
take_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
    const unsigned char *in, unsigned in_len, void *arg)
{
	static const unsigned char ours[] = "\x08http/1.1";
	unsigned char *chosen;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&chosen, out_len, ours, sizeof(ours) - 1, in, in_len) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

/* Never ask the terminal for a passphrase. */
static int
no_passphrase(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return 0;
}

/*
 * Key updates and attempts to renegotiate cost the sender less than us, and
 * SSL_read goes on to the next record by itself: who sends too many loses the
 * reading end, which ends that call too.
 */
static void
watch_records(
    int sent, int version, int type, const void *buf, size_t len, SSL *ssl, void *arg)
{
	const unsigned char *content = buf;
	struct tls_watch *w;

	(void)version;
	(void)arg;
	if (sent || len < 1 || content[0] == SSL3_RT_APPLICATION_DATA ||
	    (type != SSL3_RT_HEADER && type != SSL3_RT_INNER_CONTENT_TYPE) ||
	    !SSL_is_init_finished(ssl))
		return;
	w = SSL_get_app_data(ssl);
	if (++w->extra_records > EXTRA_RECORDS_MAX) {
		w->abused = true;
		SSL_set0_rbio(ssl, NULL);
	}
}

static bool
refused(char *ret_error, const char *what, const char *file)
{
	unsigned long e = ERR_peek_last_error();
	const char *why = errno != 0 ? strerror(errno)
			  : e == 0   ? "unknown error"
				     : ERR_reason_error_string(e);

	snprintf(ret_error, HTTP_ERROR_LEN, "The %s %s cannot be used: %s.", what, file,
	    why == NULL ? "unknown error" : why);
	ERR_clear_error();
	return false;
}

static bool
readable(const char *what, const char *file, char *ret_error)
{
	FILE *f;

	errno = 0;
	f = fopen(file, "re");
	if (f == NULL)
		return refused(ret_error, what, file);
	fclose(f);
	errno = 0;
	return true;
}

static bool
load(SSL_CTX *ctx, const char *certificate, const char *key, char *ret_error)
{
	if (!readable("certificate", certificate, ret_error) ||
	    !readable("private key", key, ret_error))
		return false;
	SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
	if (SSL_CTX_use_certificate_chain_file(ctx, certificate) != 1) {
		errno = 0;
		return refused(ret_error, "certificate", certificate);
	}
	if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_check_private_key(ctx) != 1) {
		errno = 0;
		return refused(ret_error, "private key", key);
	}
	return true;
}

static bool
configure(SSL_CTX *ctx)
{
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
				     SSL_OP_IGNORE_UNEXPECTED_EOF |
				     SSL_OP_CIPHER_SERVER_PREFERENCE |
				     SSL_OP_PRIORITIZE_CHACHA);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
				  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_max_early_data(ctx, 0);
	SSL_CTX_set_read_ahead(ctx, 1); /* one read(2) a record; see io.c */
	SSL_CTX_set_alpn_select_cb(ctx, take_alpn, NULL);
	SSL_CTX_set_msg_callback(ctx, watch_records);
	if (SSL_CTX_set1_groups_list(ctx, GROUPS_PQ) != 1) {
		ERR_clear_error();
		if (SSL_CTX_set1_groups_list(ctx, GROUPS) != 1)
			return false;
	}
	return SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
	       SSL_CTX_set_num_tickets(ctx, 1) == 1 &&
	       SSL_CTX_set_cipher_list(ctx, CIPHERS_12) == 1 &&
	       SSL_CTX_set_ciphersuites(ctx, CIPHERS_13) == 1 &&
	       SSL_CTX_set_session_id_context(
		   ctx, (const unsigned char *)"bookingd", 8) == 1;
}

SSL_CTX *
tls_context_new(
    const char *certificate, const char *key, struct tickets *t, char *ret_error)
{
	SSL_CTX *ctx;

	ERR_clear_error();
	ctx = SSL_CTX_new(TLS_server_method());
	BUG_UNLESS(ctx != NULL && configure(ctx));
	if (!load(ctx, certificate, key, ret_error)) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	tickets_use(t, ctx);
	return ctx;
}

int64_t
tls_expiry_ms(SSL_CTX *ctx)
{
	const X509 *x = SSL_CTX_get0_certificate(ctx);
	struct tm tm;

	if (x == NULL || ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm) != 1)
		return 0;
	return (int64_t)timegm(&tm) * 1000;
}

SSL *
tls_new(SSL_CTX *ctx, int fd, struct tls_watch *w)
{
	SSL *ssl = SSL_new(ctx);

	if (ssl == NULL || SSL_set_fd(ssl, fd) != 1) {
		SSL_free(ssl);
		ERR_clear_error();
		return NULL;
	}
	SSL_set_app_data(ssl, w);
	SSL_set_accept_state(ssl);
	return ssl;
}
