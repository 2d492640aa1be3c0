/* SPDX-License-Identifier: MIT */
/* secret.c - hashes, MACs and sealed text by OpenSSL's EVP; the master key's file. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/rand.h"
#include "base/secret.h"
#include "base/str.h"

#define NONCE_LEN 12
#define TAG_LEN 16

/* Fetched once: SHA256() and HMAC() fetch theirs at every call, which costs more
 * than a short text's hash. */
static pthread_once_t methods_once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256;
static EVP_MAC_CTX *hmac_sha256; /* without a key; copied for each use */

static void
methods_init(void)
{
	char digest[] = "SHA256";
	OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end() };
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);

	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	hmac_sha256 = EVP_MAC_CTX_new(hmac);
	EVP_MAC_free(hmac);
	BUG_UNLESS(sha256 != NULL && hmac_sha256 != NULL
	    && EVP_MAC_CTX_set_params(hmac_sha256, params) == 1);
}

void
secret_hash(const void *p, size_t len, uint8_t ret_hash[SECRET_HASH_LEN])
{
	pthread_once(&methods_once, methods_init);
	BUG_UNLESS(EVP_Digest(p, len, ret_hash, NULL, sha256, NULL) == 1);
}

void
secret_mac(const struct secret_key *k, const void *p, size_t len,
    uint8_t ret_mac[SECRET_HASH_LEN])
{
	EVP_MAC_CTX *c;
	size_t n;

	pthread_once(&methods_once, methods_init);
	c = EVP_MAC_CTX_dup(hmac_sha256);
	BUG_UNLESS(c != NULL && EVP_MAC_init(c, k->b, sizeof(k->b), NULL) == 1
	    && EVP_MAC_update(c, p, len) == 1
	    && EVP_MAC_final(c, ret_mac, &n, SECRET_HASH_LEN) == 1);
	EVP_MAC_CTX_free(c);
}

bool
secret_equal(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

struct secret_key
secret_derive(const struct secret_key *k, const char *purpose)
{
	struct secret_key d;

	secret_mac(k, purpose, strlen(purpose), d.b);
	return d;
}

struct secret_key
secret_from_text(const char *text, const char *purpose)
{
	struct secret_key k;

	secret_hash(text, strlen(text), k.b);
	return secret_derive(&k, purpose);
}

/* One cipher context a thread, freed when the thread ends. */
static pthread_key_t cipher_key;
static pthread_once_t cipher_once = PTHREAD_ONCE_INIT;
static EVP_CIPHER *aes_256_gcm;

static void
cipher_free(void *c)
{
	EVP_CIPHER_CTX_free(c);
}

static void
cipher_init(void)
{
	BUG_UNLESS(pthread_key_create(&cipher_key, cipher_free) == 0);
	aes_256_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	BUG_UNLESS(aes_256_gcm != NULL);
}

static EVP_CIPHER_CTX *
cipher_context(void)
{
	EVP_CIPHER_CTX *c;

	pthread_once(&cipher_once, cipher_init);
	c = pthread_getspecific(cipher_key);
	if (c == NULL) {
		c = EVP_CIPHER_CTX_new();
		BUG_UNLESS(c != NULL && pthread_setspecific(cipher_key, c) == 0);
	}
	return c;
}

struct blob
secret_seal(struct arena *a, const struct secret_key *k, const void *aad, size_t aad_len,
    const void *p, size_t len)
{
	EVP_CIPHER_CTX *c = cipher_context();
	uint8_t *out = arena_alloc(a, len + SECRET_SEAL_OVERHEAD);
	int n = 0;
	bool ok;

	BUG_UNLESS(len < INT32_MAX && aad_len < INT32_MAX);
	rand_bytes(out, NONCE_LEN);
	ok = EVP_EncryptInit_ex2(c, aes_256_gcm, k->b, out, NULL) == 1
	    && EVP_EncryptUpdate(c, NULL, &n, aad, (int)aad_len) == 1
	    && EVP_EncryptUpdate(c, out + NONCE_LEN, &n, p, (int)len) == 1
	    && EVP_EncryptFinal_ex(c, out + NONCE_LEN + n, &n) == 1
	    && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG_LEN, out + NONCE_LEN + len)
		== 1;
	BUG_UNLESS(ok);
	return (struct blob){ out, len + SECRET_SEAL_OVERHEAD };
}

char *
secret_open(struct arena *a, const struct secret_key *k, const void *aad, size_t aad_len,
    struct blob sealed)
{
	EVP_CIPHER_CTX *c = cipher_context();
	const uint8_t *in = sealed.p;
	uint8_t tag[TAG_LEN];
	size_t len;
	char *out;
	int n = 0;

	if (in == NULL || sealed.len < SECRET_SEAL_OVERHEAD || sealed.len > INT32_MAX)
		return NULL;
	len = sealed.len - SECRET_SEAL_OVERHEAD;
	out = arena_alloc(a, len + 1);
	memcpy(tag, in + NONCE_LEN + len, TAG_LEN);
	if (EVP_DecryptInit_ex2(c, aes_256_gcm, k->b, in, NULL) != 1
	    || EVP_DecryptUpdate(c, NULL, &n, aad, (int)aad_len) != 1
	    || EVP_DecryptUpdate(c, (uint8_t *)out, &n, in + NONCE_LEN, (int)len) != 1
	    || EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG_LEN, tag) != 1
	    || EVP_DecryptFinal_ex(c, (uint8_t *)out + n, &n) != 1) {
		memset(out, 0, len);
		return NULL;
	}
	return out;
}

void
secret_token(char ret_text[SECRET_TOKEN_LEN])
{
	uint8_t b[32];

	rand_bytes(b, sizeof(b));
	str_base64url(b, sizeof(b), ret_text);
}

void
secret_token_hash(const char *text, uint8_t ret_hash[SECRET_HASH_LEN])
{
	secret_hash(text, strlen(text), ret_hash);
}

/* ---- the key file ---- */

static int
hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
key_from_hex(const char *s, size_t len, struct secret_key *k)
{
	if (len != 64 && !(len == 65 && s[64] == '\n'))
		return false;
	for (size_t i = 0; i < SECRET_KEY_LEN; i++) {
		int high = hex_value(s[2 * i]), low = hex_value(s[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		k->b[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* The directory's entry must be durable too, or a power cut takes the key away
 * from rows that were sealed with it. */
static bool
sync_directory_of(const char *path)
{
	char copy[4096];
	int fd;
	bool ok;

	if ((size_t)snprintf(copy, sizeof(copy), "%s", path) >= sizeof(copy))
		return false;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ok = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

static int
key_create(const char *path, char error[SECRET_ERROR_LEN])
{
	uint8_t b[SECRET_KEY_LEN];
	char hex[2 * SECRET_KEY_LEN + 2];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	bool ok;

	rand_bytes(b, sizeof(b));
	str_hex(b, sizeof(b), hex);
	hex[64] = '\n';
	ok = fd >= 0 && write(fd, hex, 65) == 65 && fsync(fd) == 0 && sync_directory_of(path);
	if (!ok)
		snprintf(error, SECRET_ERROR_LEN, "the master key %s cannot be made: %s.", path,
		    strerror(errno));
	if (fd >= 0)
		close(fd);
	OPENSSL_cleanse(hex, sizeof(hex));
	OPENSSL_cleanse(b, sizeof(b));
	return ok ? 0 : -1;
}

int
secret_key_file(const char *path, bool may_create, struct secret_key *ret_key,
    char ret_error[SECRET_ERROR_LEN])
{
	char text[80];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0 && errno == ENOENT && may_create) {
		if (key_create(path, ret_error) < 0)
			return -1;
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (fd < 0) {
		snprintf(ret_error, SECRET_ERROR_LEN, "the master key %s cannot be read: %s.", path,
		    strerror(errno));
		return -1;
	}
	n = read(fd, text, sizeof(text));
	close(fd);
	if (n < 0 || !key_from_hex(text, (size_t)n, ret_key)) {
		snprintf(ret_error, SECRET_ERROR_LEN,
		    "the master key %s is not 64 lower-case hex digits.", path);
		return -1;
	}
	OPENSSL_cleanse(text, sizeof(text));
	return 0;
}
