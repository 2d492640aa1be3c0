/* SPDX-License-Identifier: MIT */
/* fixture.c - the server, its certificate and its configuration. */
#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "http/tiny_app.h"
#include "http/fixture.h"

char *
fixture_path(const struct fixture *f, const char *name)
{
	return arena_printf(f->conf->arena, "%s/%s", f->dir, name);
}

void
fixture_certificate(const struct fixture *f, const char *common_name, long days)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);
	FILE *out;

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), -3600);
	X509_gmtime_adj(X509_getm_notAfter(x), days * 86400);
	X509_NAME_add_entry_by_txt(
	    name, "CN", MBSTRING_ASC, (const unsigned char *)common_name, -1, -1, 0);
	X509_set_issuer_name(x, name);
	X509_set_pubkey(x, key);
	cr_assert_gt(X509_sign(x, key, EVP_sha256()), 0);
	out = fopen(fixture_path(f, "cert.pem"), "w");
	cr_assert(out != NULL && PEM_write_X509(out, x) == 1);
	fclose(out);
	out = fopen(fixture_path(f, "key.pem"), "w");
	cr_assert(out != NULL &&
		  PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL) == 1);
	fclose(out);
	X509_free(x);
	EVP_PKEY_free(key);
}

static struct strlist
one(struct arena *a, const char *s)
{
	struct strlist list = { 0 };

	strlist_add(&list, a, s);
	return list;
}

static int
keep_session(SSL *ssl, SSL_SESSION *session)
{
	struct fixture *f = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	SSL_SESSION_free(f->session);
	f->session = session;
	return 1;
}

struct fixture *
fixture_new(void)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct conf *c = f->conf = conf_default();

	log_set_level(LOG_ERROR);
	snprintf(f->dir, sizeof(f->dir), "/tmp/http-test-XXXXXX");
	cr_assert_not_null(mkdtemp(f->dir));
	fixture_certificate(f, "localhost", 30);
	c->server_listen = one(c->arena, "127.0.0.1:0");
	c->server_tls_certificate = fixture_path(f, "cert.pem");
	c->server_tls_key = fixture_path(f, "key.pem");
	c->server_control_socket = fixture_path(f, "control.sock");
	c->server_workers = 1;
	f->client_tls = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_app_data(f->client_tls, f);
	SSL_CTX_set_session_cache_mode(f->client_tls, SSL_SESS_CACHE_CLIENT);
	SSL_CTX_sess_set_new_cb(f->client_tls, keep_session);
	return f;
}

void
fixture_start(struct fixture *f)
{
	char error[HTTP_ERROR_LEN] = "";

	conf_set(f->conf, f->conf->arena, NULL);
	f->server = server_start(f->conf, &tiny_app, error);
	cr_assert_not_null(f->server, "%s", error);
}

void
fixture_free(struct fixture *f)
{
	server_free(f->server);
	unlink(fixture_path(f, "cert.pem"));
	unlink(fixture_path(f, "key.pem"));
	cr_expect_eq(access(fixture_path(f, "control.sock"), F_OK), -1);
	cr_expect_eq(rmdir(f->dir), 0);
	SSL_SESSION_free(f->session);
	SSL_CTX_free(f->client_tls);
	free(f);
}
