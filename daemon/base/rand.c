/* SPDX-License-Identifier: MIT */
/* rand.c - OpenSSL's generator, seeded by the kernel. */
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>

#include "base/rand.h"

void
rand_bytes(void *p, size_t len)
{
	/* A call costs 2 us, however few bytes: draw more, and keep them until they
	 * are used. The daemon never forks, so no two processes share them. */
	static _Thread_local struct {
		uint8_t b[256];
		size_t left;
	} pool;

	if (len > sizeof(pool.b)) {
		BUG_UNLESS(len <= INT_MAX && RAND_bytes(p, (int)len) == 1);
		return;
	}
	if (len > pool.left) {
		BUG_UNLESS(RAND_bytes(pool.b, sizeof(pool.b)) == 1);
		pool.left = sizeof(pool.b);
	}
	pool.left -= len;
	memcpy(p, pool.b + pool.left, len);
	OPENSSL_cleanse(pool.b + pool.left, len);
}
