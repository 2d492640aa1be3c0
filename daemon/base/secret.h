/* SPDX-License-Identifier: MIT */
/*
 * secret.h - the few cryptographic forms the daemon uses, over OpenSSL.
 *
 * Sealed text is AES-256-GCM (NIST SP 800-38D): 12 random bytes of nonce, the
 * ciphertext, 16 bytes of tag; what it belongs to is bound in as associated
 * data, so that a sealed note moved to another booking does not open.
 * Thread safe; each thread keeps its own cipher context.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/arena.h"

#define SECRET_KEY_LEN 32
#define SECRET_HASH_LEN 32
#define SECRET_TOKEN_LEN 44	/* 32 bytes as base64url, and a NUL */
#define SECRET_SEAL_OVERHEAD 28 /* nonce and tag */

struct secret_key {
	uint8_t b[SECRET_KEY_LEN];
};

/* Bytes in an arena or a row; p NULL is absent. */
struct blob {
	const void *p;
	size_t len;
};

void secret_hash(const void *p, size_t len, uint8_t ret_hash[SECRET_HASH_LEN]);
/* HMAC-SHA256. */
void secret_mac(const struct secret_key *, const void *p, size_t len,
    uint8_t ret_mac[SECRET_HASH_LEN]);
/* Equal, in a time that does not tell where they differ. */
bool secret_equal(const void *a, const void *b, size_t len);
/* A key of its own for one purpose, from a key and a name (HMAC as a KDF). */
struct secret_key secret_derive(const struct secret_key *, const char *purpose);
/* A key from a text that is itself a secret of high entropy (a token). */
struct secret_key secret_from_text(const char *text, const char *purpose);

struct blob secret_seal(struct arena *, const struct secret_key *, const void *aad,
    size_t aad_len, const void *p, size_t len);
/* NUL-terminated text in the arena; NULL when it does not open. */
char *secret_open(struct arena *, const struct secret_key *, const void *aad,
    size_t aad_len, struct blob sealed);

/* A new token of 256 random bits, as text. */
void secret_token(char ret_text[SECRET_TOKEN_LEN]);
/* What the database keeps of a token. */
void secret_token_hash(const char *text, uint8_t ret_hash[SECRET_HASH_LEN]);

/*
 * Reads the key file (64 hex digits). may_create: a file that is not there is
 * made, mode 0400, and written to disk before this returns. 0, or -1 with a
 * sentence in ret_error.
 */
#define SECRET_ERROR_LEN 512
int secret_key_file(const char *path, bool may_create, struct secret_key *ret_key,
    char ret_error[SECRET_ERROR_LEN]);

#endif
