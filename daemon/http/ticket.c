/* SPDX-License-Identifier: MIT */
/*
 * ticket.c - keys that seal session tickets (RFC 5077), new every eight hours.
 *
 * The key before is still good for opening: a ticket lives as long as a key is
 * the present one. Keys are never written anywhere.
 */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/rand.h"
#include "http/tls.h"

#define KEY_LIFE_MS (8 * HOUR_MS)

struct ticket_key {
	unsigned char name[16], cipher[32], mac[32];
};

struct tickets {
	pthread_mutex_t lock;
	struct ticket_key present, before;
	int64_t made_ms;
	EVP_CIPHER *cipher; /* fetched once: a fetch costs more than its use */
};

struct tickets *
tickets_new(void)
{
	struct tickets *t = calloc(1, sizeof(*t));

	BUG_UNLESS(t != NULL && pthread_mutex_init(&t->lock, NULL) == 0);
	rand_bytes(&t->present, sizeof(t->present));
	rand_bytes(&t->before, sizeof(t->before));
	t->made_ms = clock_mono_ms();
	t->cipher = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
	BUG_UNLESS(t->cipher != NULL);
	return t;
}

void
tickets_free(struct tickets *t)
{
	if (t == NULL)
		return;
	EVP_CIPHER_free(t->cipher);
	pthread_mutex_destroy(&t->lock);
	OPENSSL_cleanse(t, sizeof(*t));
	free(t);
}

static void
rotate(struct tickets *t)
{
	int64_t now = clock_mono_ms();

	if (now - t->made_ms < KEY_LIFE_MS)
		return;
	/* After a day without visitors both are too old. */
	if (now - t->made_ms < 2 * KEY_LIFE_MS)
		t->before = t->present;
	else
		rand_bytes(&t->before, sizeof(t->before));
	rand_bytes(&t->present, sizeof(t->present));
	t->made_ms = now;
}

/* The key to seal with, or the one called name. 0 unknown, 1 present, 2 old. */
static int
find(struct tickets *t, const unsigned char *name, bool seal, struct ticket_key *ret)
{
	int found = 0;

	pthread_mutex_lock(&t->lock);
	rotate(t);
	if (seal || memcmp(name, t->present.name, sizeof(t->present.name)) == 0)
		found = 1;
	else if (memcmp(name, t->before.name, sizeof(t->before.name)) == 0)
		found = 2;
	*ret = found == 2 ? t->before : t->present;
	pthread_mutex_unlock(&t->lock);
	return found;
}

static int
ticket_keys(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
    EVP_MAC_CTX *mac, int seal)
{
	struct tickets *t = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	struct ticket_key k;
	OSSL_PARAM params[3];
	char digest[] = "SHA256";
	int found = find(t, name, seal != 0, &k), ok;

	if (found == 0)
		return 0;
	if (seal) {
		memcpy(name, k.name, sizeof(k.name));
		rand_bytes(iv, 16);
	}
	params[0] =
	    OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, k.mac, sizeof(k.mac));
	params[1] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0);
	params[2] = OSSL_PARAM_construct_end();
	ok = EVP_MAC_CTX_set_params(mac, params) &&
	     EVP_CipherInit_ex(cipher, t->cipher, NULL, k.cipher, iv, seal);
	OPENSSL_cleanse(&k, sizeof(k));
	return ok ? found : -1;
}

void
tickets_use(struct tickets *t, SSL_CTX *ctx)
{
	SSL_CTX_set_app_data(ctx, t);
	SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, ticket_keys);
	SSL_CTX_set_timeout(ctx, KEY_LIFE_MS / 1000);
}
