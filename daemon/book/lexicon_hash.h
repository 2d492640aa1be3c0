/* SPDX-License-Identifier: MIT */
/*
 * lexicon_hash.h - where things stand in a lexicon's tables: FNV-1a and open
 * addressing. For lexicon.c, which fills them, and lexicon_find.c, which reads.
 */
#ifndef BOOK_LEXICON_HASH_H
#define BOOK_LEXICON_HASH_H

#include <string.h>

#include "book/lexicon.h"

#define HASH_SEED 2166136261u

static inline uint32_t
hash_add(uint32_t h, char c)
{
	return (h ^ (unsigned char)c) * 16777619u;
}

static inline uint32_t
hash_end(uint32_t h)
{
	return (h ^ h >> 15) * 2654435769u;
}

/* Of a word without its letter number `without`. */
static inline uint32_t
hash_word(const char *s, size_t len, size_t without)
{
	uint32_t h = HASH_SEED;

	for (size_t i = 0; i < len; i++)
		if (i != without)
			h = hash_add(h, s[i]);
	return hash_end(h);
}

static inline struct lexicon_word *
table_slot(const struct lexicon_table *t, const char *s, size_t len, uint32_t hash)
{
	uint32_t at = hash >> 7 & t->mask;

	while (t->slots[at].s != NULL &&
	       (t->slots[at].len != len || memcmp(t->slots[at].s, s, len) != 0))
		at = (at + 1) & t->mask;
	return &t->slots[at];
}

static inline struct lexicon_edge *
edge_slot(struct lexicon_edge *edges, uint32_t mask, uint32_t node, uint32_t symbol)
{
	uint32_t at = hash_end(node * 0x9e3779b1u ^ symbol * 0x85ebca6bu) >> 7 & mask;

	while (edges[at].child != NODE_NONE &&
	       (edges[at].node != node || edges[at].symbol != symbol))
		at = (at + 1) & mask;
	return &edges[at];
}

#endif
