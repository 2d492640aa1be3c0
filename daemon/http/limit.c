/* SPDX-License-Identifier: MIT */
/*
 * limit.c - a chained hash table under a lock. Its hash is keyed by a secret:
 * nobody can choose addresses that all fall into one chain.
 */
#include <pthread.h>
#include <stdlib.h>

#include "base/rand.h"
#include "http/limit.h"

#define CHAINS 16384 /* some 60 addresses each at the largest total */

struct limit_count {
	struct limit_count *next;
	uint64_t key;
	int open;
};

struct limiter {
	pthread_mutex_t lock;
	uint64_t secret[2];
	int open;
	struct limit_count *chains[CHAINS];
};

struct limiter *
limiter_new(void)
{
	struct limiter *l = calloc(1, sizeof(*l));

	BUG_UNLESS(l != NULL && pthread_mutex_init(&l->lock, NULL) == 0);
	rand_bytes(l->secret, sizeof(l->secret));
	return l;
}

void
limiter_free(struct limiter *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < CHAINS; i++)
		while (l->chains[i] != NULL) {
			struct limit_count *c = l->chains[i];

			l->chains[i] = c->next;
			free(c);
		}
	pthread_mutex_destroy(&l->lock);
	free(l);
}

static struct limit_count **
chain_of(struct limiter *l, uint64_t key)
{
	uint64_t h = (key ^ l->secret[0]) * (l->secret[1] | 1);

	h ^= h >> 32;
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return &l->chains[h >> 50];
}

static struct limit_count *
count_of(struct limiter *l, uint64_t key)
{
	struct limit_count **chain = chain_of(l, key), *c = *chain;

	while (c != NULL && c->key != key)
		c = c->next;
	if (c == NULL) {
		c = calloc(1, sizeof(*c));
		BUG_UNLESS(c != NULL);
		c->key = key;
		c->next = *chain;
		*chain = c;
	}
	return c;
}

bool
limit_take(
    struct limiter *l, uint64_t key, int total_max, int key_max, struct limit_count **ret)
{
	struct limit_count *c = NULL;
	bool ok;

	pthread_mutex_lock(&l->lock);
	ok = l->open < total_max;
	if (ok && key_max > 0) {
		c = count_of(l, key);
		ok = c->open < key_max; /* a new one has 0: it is never left empty */
		c->open += ok;
	}
	l->open += ok;
	pthread_mutex_unlock(&l->lock);
	if (ok)
		*ret = c;
	return ok;
}

void
limit_release(struct limiter *l, struct limit_count *c)
{
	struct limit_count **at;

	pthread_mutex_lock(&l->lock);
	l->open--;
	if (c != NULL && --c->open == 0) {
		for (at = chain_of(l, c->key); *at != c;)
			at = &(*at)->next;
		*at = c->next;
		free(c);
	}
	pthread_mutex_unlock(&l->lock);
}
