/* SPDX-License-Identifier: MIT */
/* rand.c - OpenSSL's generator, seeded by the kernel. */
#include <limits.h>
#include <openssl/rand.h>

#include "base/rand.h"

void
rand_bytes(void *p, size_t len)
{
	BUG_UNLESS(len <= INT_MAX && RAND_bytes(p, (int)len) == 1);
}
