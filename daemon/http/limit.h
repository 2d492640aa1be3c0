/* SPDX-License-Identifier: MIT */
/*
 * limit.h - counts open connections, in all and by address. Any thread.
 * Memory is bounded by the total: an address costs something only while it has
 * a connection open.
 */
#ifndef HTTP_LIMIT_H
#define HTTP_LIMIT_H

#include "base/base.h"

struct limiter;
struct limit_count;

struct limiter *limiter_new(void);
void limiter_free(struct limiter *);

/* Counts one connection; false when that would be more than total_max, or more
 * than key_max of that key (0: the key is not counted). ret is handed back to
 * limit_release, once. */
bool limit_take(
    struct limiter *, uint64_t key, int total_max, int key_max, struct limit_count **ret);
void limit_release(struct limiter *, struct limit_count *);

#endif
