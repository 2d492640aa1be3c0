/* SPDX-License-Identifier: MIT */
/* rand.h - secrets from the system's generator, and their text. Thread safe. */
#ifndef BASE_RAND_H
#define BASE_RAND_H

#include "base/base.h"

/* A machine without randomness ends the process. */
void rand_bytes(void *p, size_t len);

#endif
