/* SPDX-License-Identifier: MIT */
/*
 * chance.h - random choices that can be had again: SEED=N in the environment
 * repeats a run whose line "NAME: seed N" was printed. (SplitMix64, Steele et al.)
 */
#ifndef TESTS_SUPPORT_CHANCE_H
#define TESTS_SUPPORT_CHANCE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"

struct chance {
	uint64_t state;
};

static inline uint64_t
chance_next(struct chance *c)
{
	uint64_t z = c->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* 0 .. n - 1 */
static inline int
chance_below(struct chance *c, int n)
{
	return (int)(chance_next(c) >> 33) % n;
}

/* True once in n times. */
static inline bool
chance_one_in(struct chance *c, int n)
{
	return chance_below(c, n) == 0;
}

/* The run's seed: SEED, or a new one; printed, so that a failure can be repeated. */
static inline uint64_t
chance_seed(const char *name)
{
	const char *given = getenv("SEED");
	uint64_t seed = (uint64_t)clock_mono_ms() * 1000003u ^ (uint64_t)getpid();

	seed = given != NULL ? strtoull(given, NULL, 10) : seed % 1000000000u;
	fprintf(stderr, "%s: seed %llu\n", name, (unsigned long long)seed);
	return seed;
}

#endif
