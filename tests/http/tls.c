/* SPDX-License-Identifier: MIT */
/* The TLS doors: the certificate and its renewal, tickets, what is not spoken. */
#include <criterion/criterion.h>
#include <openssl/x509.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/fixture.h"

static void
peer_name(struct client *c, char name[64])
{
	X509 *x = SSL_get1_peer_certificate(c->ssl);

	X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, name, 64);
	X509_free(x);
}

Test(http_tls, a_new_certificate_is_taken_and_old_connections_stay)
{
	struct fixture *f = fixture_new();
	char error[HTTP_ERROR_LEN] = "", name[64];
	struct client *before, *after;
	int64_t expiry;

	fixture_start(f);
	expiry = server_certificate_expiry(f->server);
	cr_expect_gt(expiry, clock_now_ms() + 29 * DAY_MS);
	before = client_tls(f);
	client_expect(before, GET("/hello"), 200, NULL);
	fixture_certificate(f, "renewed", 90);
	cr_assert(server_reload(f->server, f->conf, error), "%s", error);
	cr_expect_gt(server_certificate_expiry(f->server), expiry + 50 * DAY_MS);
	SSL_SESSION_free(f->session);
	f->session = NULL;
	for (int i = 0; i < 200; i++) { /* the letter may still be on its way */
		after = client_tls(f);
		peer_name(after, name);
		if (strcmp(name, "renewed") == 0)
			break;
		client_free(after);
		poll(NULL, 0, 5);
	}
	cr_expect_str_eq(name, "renewed");
	client_expect(after, GET("/hello"), 200, NULL);
	client_expect(before, GET("/hello"), 200, NULL);
	client_free(before);
	client_free(after);
	fixture_free(f);
}

Test(http_tls, a_certificate_that_cannot_be_used_leaves_the_old_one)
{
	struct fixture *f = fixture_new();
	char error[HTTP_ERROR_LEN] = "";
	struct client *c;

	fixture_start(f);
	unlink(f->conf->server_tls_certificate);
	cr_expect_not(server_reload(f->server, f->conf, error));
	cr_expect_not_null(strstr(error, "cert.pem"), "%s", error);
	cr_expect_not_null(strstr(error, "No such file"), "%s", error);
	fixture_certificate(f, "a", 1);
	cr_assert_eq(truncate(f->conf->server_tls_key, 10), 0);
	cr_expect_not(server_reload(f->server, f->conf, error));
	cr_expect_not_null(strstr(error, "key.pem"), "%s", error);
	c = client_tls(f);
	client_expect(c, GET("/hello"), 200, NULL);
	client_free(c);
	fixture_free(f);
}

Test(http_tls, a_session_is_resumed_across_a_reload)
{
	struct fixture *f = fixture_new();
	char error[HTTP_ERROR_LEN] = "";
	struct client *c;

	fixture_start(f);
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
		SSL_CTX_set_max_proto_version(f->client_tls, version);
		SSL_SESSION_free(f->session);
		f->session = NULL;
		c = client_tls(f);
		client_expect(c, GET("/hello"), 200, NULL);
		cr_expect_not(SSL_session_reused(c->ssl));
		client_free(c);
		cr_assert_not_null(f->session, "a ticket was given");
		cr_expect_eq(SSL_SESSION_get_max_early_data(f->session), 0);
		cr_assert(server_reload(f->server, f->conf, error));
		c = client_tls(f);
		client_expect(c, GET("/hello"), 200, NULL);
		cr_expect(SSL_session_reused(c->ssl));
		client_free(c);
	}
	fixture_free(f);
}

Test(http_tls, old_versions_and_weak_ciphers_find_no_one)
{
	static const struct {
		int version;
		const char *ciphers;
		bool ok;
	} rows[] = {
		{ TLS1_1_VERSION, "ALL:@SECLEVEL=0", false },
		{ TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", true },
		{ TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256", false },
		{ TLS1_2_VERSION, "AES128-GCM-SHA256", false },
		{ TLS1_3_VERSION, "ALL", true },
	};
	struct fixture *f = fixture_new();

	fixture_start(f);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct client *c = client_raw(f);

		c->ssl = SSL_new(f->client_tls);
		SSL_set_min_proto_version(c->ssl, TLS1_VERSION);
		SSL_set_max_proto_version(c->ssl, rows[i].version);
		SSL_set_cipher_list(c->ssl, rows[i].ciphers);
		SSL_set_fd(c->ssl, c->fd);
		cr_expect_eq(SSL_connect(c->ssl) == 1, rows[i].ok, "row %zu", i);
		client_free(c);
	}
	fixture_free(f);
}

Test(http_tls, only_http_1_1_is_negotiated)
{
	static const unsigned char both[] = "\x02h2\x08http/1.1", other[] = "\x02h2";
	struct fixture *f = fixture_new();
	const unsigned char *chosen;
	unsigned len;

	fixture_start(f);
	for (int i = 0; i < 2; i++) {
		struct client *c = client_raw(f);

		c->ssl = SSL_new(f->client_tls);
		SSL_set_alpn_protos(c->ssl, i == 0 ? both : other,
		    (unsigned)(i == 0 ? sizeof(both) : sizeof(other)) - 1);
		SSL_set_fd(c->ssl, c->fd);
		cr_expect_eq(SSL_connect(c->ssl) == 1, i == 0);
		SSL_get0_alpn_selected(c->ssl, &chosen, &len);
		cr_expect_eq(len, i == 0 ? 8 : 0);
		client_free(c);
	}
	fixture_free(f);
}

Test(http_tls, a_client_that_asks_for_new_keys_forever_is_sent_away)
{
	struct fixture *f = fixture_new();
	struct client *c;
	int i;

	fixture_start(f);
	c = client_tls(f);
	client_expect(c, GET("/hello"), 200, NULL);
	for (i = 0; i < 1000; i++)
		if (SSL_key_update(c->ssl, SSL_KEY_UPDATE_NOT_REQUESTED) != 1 ||
		    SSL_do_handshake(c->ssl) != 1)
			break;
	client_send(c, GET("/hello"));
	cr_expect(client_closed(c));
	client_free(c);
	fixture_free(f);
}

Test(http_tls, nobody_renegotiates)
{
	struct fixture *f = fixture_new();
	struct client *c;
	int i;

	fixture_start(f);
	SSL_CTX_set_max_proto_version(f->client_tls, TLS1_2_VERSION);
	c = client_tls(f);
	client_expect(c, GET("/hello"), 200, NULL);
	cr_expect_neq(
	    SSL_renegotiate(c->ssl) == 1 && SSL_do_handshake(c->ssl) == 1, true);
	client_free(c);
	for (i = 0; i < 3; i++) { /* and nobody else is kept from it */
		c = client_tls(f);
		client_expect(c, GET("/hello"), 200, NULL);
		client_free(c);
	}
	fixture_free(f);
}

Test(http_tls, plain_http_on_the_tls_door_gets_no_page)
{
	struct fixture *f = fixture_new();
	struct client *c;

	fixture_start(f);
	c = client_raw(f);
	client_send(c, GET("/hello"));
	while (read(c->fd, c->in, sizeof(c->in)) > 0)
		cr_expect_neq(c->in[0], 'H');
	client_free(c);
	fixture_free(f);
}
