/* SPDX-License-Identifier: MIT */
/*
 * lexicon.c - the tables of a lexicon while it is loaded: words, beginnings of
 * words, typos, the trie. Hash tables are doubled in the arena as they fill; what
 * they leave behind is small against a process.
 */
#include "book/lexicon_hash.h"

#define SLOTS_AT_FIRST 32768 /* what the shipped lists need; all tables can grow */

static void
table_reserve(struct arena *a, struct lexicon_table *t)
{
	struct lexicon_table bigger = { .mask = t->mask * 2 + 1, .count = t->count };

	if (t->count * 2 <= t->mask)
		return;
	bigger.slots = ARENA_ARRAY(a, struct lexicon_word, bigger.mask + 1);
	for (uint32_t i = 0; i <= t->mask; i++) {
		const struct lexicon_word *w = &t->slots[i];

		if (w->s != NULL)
			*table_slot(&bigger, w->s, w->len,
			    hash_word(w->s, w->len, SIZE_MAX)) = *w;
	}
	*t = bigger;
}

static struct lexicon_word *
table_add(struct arena *a, struct lexicon_table *t, const char *s, size_t len)
{
	struct lexicon_word *w;

	table_reserve(a, t);
	w = table_slot(t, s, len, hash_word(s, len, SIZE_MAX));
	if (w->s == NULL) {
		w->s = arena_strndup(a, s, len);
		w->len = (uint8_t)len;
		t->count++;
	}
	return w;
}

struct lexicon *
lexicon_new(void)
{
	struct arena *a = arena_new((size_t)64 << 20);
	struct lexicon *lx = ARENA_NEW(a, struct lexicon);

	lx->arena = a;
	lx->words.mask = SLOTS_AT_FIRST / 4 - 1;
	lx->typo_mask = SLOTS_AT_FIRST / 8 - 1;
	lx->stems.mask = SLOTS_AT_FIRST / 64 - 1;
	lx->edge_mask = SLOTS_AT_FIRST - 1;
	lx->words.slots = ARENA_ARRAY(a, struct lexicon_word, lx->words.mask + 1);
	lx->stems.slots = ARENA_ARRAY(a, struct lexicon_word, lx->stems.mask + 1);
	lx->edges = ARENA_ARRAY(a, struct lexicon_edge, lx->edge_mask + 1);
	lx->typos = ARENA_ARRAY(a, struct lexicon_typo, lx->typo_mask + 1);
	lx->node_cap = SLOTS_AT_FIRST;
	lx->entry_cap = SLOTS_AT_FIRST / 2;
	lx->nodes = ARENA_ARRAY(a, struct lexicon_node, lx->node_cap);
	lx->entries = ARENA_ARRAY(a, struct lexicon_entry, lx->entry_cap);
	lx->node_count = NODE_FIRST_FREE;
	lx->entry_count = 1;
	lx->symbol_count = SYMBOL_FIRST_WORD;
	lx->han = ARENA_ARRAY(a, uint32_t, HAN_COUNT);
	lx->variants = ARENA_ARRAY(a, uint16_t, HAN_COUNT);
	for (uint32_t i = 0; i < HAN_COUNT; i++)
		lx->variants[i] = (uint16_t)i;
	return lx;
}

void
lexicon_free(struct lexicon *lx)
{
	if (lx != NULL)
		arena_free(lx->arena);
}

struct lexicon_word *
lexicon_word(struct lexicon *lx, const char *s, size_t len)
{
	return table_add(lx->arena, &lx->words, s, len);
}

static uint32_t
symbol_of(struct lexicon *lx, struct lexicon_word *w)
{
	if (w->symbol == SYMBOL_NONE)
		w->symbol = lx->symbol_count++;
	return w->symbol;
}

uint32_t
lexicon_word_symbol(struct lexicon *lx, const char *s, size_t len)
{
	return symbol_of(lx, table_add(lx->arena, &lx->words, s, len));
}

uint32_t
lexicon_stem_symbol(struct lexicon *lx, const char *s, size_t len)
{
	return symbol_of(lx, table_add(lx->arena, &lx->stems, s, len));
}

uint32_t
lexicon_class_symbol(struct lexicon *lx)
{
	return lx->symbol_count++;
}

void
lexicon_add_variant(struct lexicon *lx, uint32_t from, uint32_t to)
{
	if (from - HAN_FIRST < HAN_COUNT && to - HAN_FIRST < HAN_COUNT)
		lx->variants[from - HAN_FIRST] = (uint16_t)(to - HAN_FIRST);
}

/* 0 for a character that is not among the common ones. */
uint32_t
lexicon_han_symbol(struct lexicon *lx, uint32_t cp)
{
	uint32_t *symbol;

	if (cp - HAN_FIRST >= HAN_COUNT)
		return SYMBOL_NONE;
	symbol = &lx->han[lx->variants[cp - HAN_FIRST]];
	if (*symbol == SYMBOL_NONE)
		*symbol = lx->symbol_count++;
	return *symbol;
}

static void
typo_put(struct lexicon_typo *slots, uint32_t mask, struct lexicon_typo typo)
{
	uint32_t at = typo.hash & mask;

	while (slots[at].s != NULL)
		at = (at + 1) & mask;
	slots[at] = typo;
}

static void
typo_add(struct lexicon *lx, const char *s, size_t len)
{
	for (size_t i = 0; i <= len; i++) { /* the last one is the word itself */
		if (lx->typo_count * 2 > lx->typo_mask) {
			uint32_t mask = lx->typo_mask * 2 + 1;
			struct lexicon_typo *slots =
			    ARENA_ARRAY(lx->arena, struct lexicon_typo, mask + 1);

			for (uint32_t k = 0; k <= lx->typo_mask; k++)
				if (lx->typos[k].s != NULL)
					typo_put(slots, mask, lx->typos[k]);
			lx->typos = slots;
			lx->typo_mask = mask;
		}
		typo_put(lx->typos, lx->typo_mask,
		    (struct lexicon_typo){ s, hash_word(s, len, i), (uint8_t)len });
		lx->typo_count++;
	}
}

void
lexicon_finish(struct lexicon *lx)
{
	for (uint32_t i = 0; i <= lx->words.mask; i++) {
		const struct lexicon_word *w = &lx->words.slots[i];

		if (w->s != NULL && w->often_wrong && w->len >= TYPO_LEN_MIN)
			typo_add(lx, w->s, w->len);
	}
}

static void
edges_reserve(struct lexicon *lx)
{
	uint32_t mask = lx->edge_mask * 2 + 1;
	struct lexicon_edge *edges;

	if (lx->edge_count * 4 <= lx->edge_mask * 3)
		return;
	edges = ARENA_ARRAY(lx->arena, struct lexicon_edge, mask + 1);
	for (uint32_t i = 0; i <= lx->edge_mask; i++) {
		const struct lexicon_edge *e = &lx->edges[i];

		if (e->child != NODE_NONE)
			*edge_slot(edges, mask, e->node, e->symbol) = *e;
	}
	lx->edges = edges;
	lx->edge_mask = mask;
}

/* The child, made if there is none. */
uint32_t
lexicon_grow(struct lexicon *lx, uint32_t node, uint32_t symbol)
{
	struct lexicon_edge *e;

	edges_reserve(lx);
	e = edge_slot(lx->edges, lx->edge_mask, node, symbol);
	if (e->child != NODE_NONE)
		return e->child;
	if (lx->node_count == lx->node_cap) {
		struct lexicon_node *nodes =
		    ARENA_ARRAY(lx->arena, struct lexicon_node, lx->node_cap * 2);

		memcpy(nodes, lx->nodes, lx->node_cap * sizeof(*nodes));
		lx->nodes = nodes;
		lx->node_cap *= 2;
	}
	*e = (struct lexicon_edge){ node, symbol, lx->node_count };
	lx->edge_count++;
	if (symbol == SYMBOL_GAP)
		lx->nodes[node].gap = true;
	return lx->node_count++;
}

void
lexicon_add_entry(struct lexicon *lx, uint32_t node, struct lexicon_entry entry)
{
	if (lx->entry_count == lx->entry_cap) {
		struct lexicon_entry *entries =
		    ARENA_ARRAY(lx->arena, struct lexicon_entry, lx->entry_cap * 2);

		memcpy(entries, lx->entries, lx->entry_cap * sizeof(*entries));
		lx->entries = entries;
		lx->entry_cap *= 2;
	}
	entry.next = lx->nodes[node].entry;
	lx->entries[lx->entry_count] = entry;
	lx->nodes[node].entry = lx->entry_count++;
}
