/* SPDX-License-Identifier: MIT */
/*
 * lexicon.h - the phrases of the tagger as a trie over words; for tag.c alone.
 *
 * A phrase is a row of symbols: a word, the beginning of a word ("bleed*"), a
 * number, a class of short phrases ("@mole") or a gap. A word of a note has several
 * symbols at once, so the walk may go several ways. All memory is the lexicon's
 * arena; after loading it is only read, by any thread.
 */
#ifndef BOOK_LEXICON_H
#define BOOK_LEXICON_H

#include "book/tag.h"
#include "book/tag_words.h"

#define PHRASE_LEN_MAX 16
#define SYMBOLS_MAX 8 /* of one word: itself, its beginnings, its class */
#define STEM_LEN_MIN 3
#define TYPO_LEN_MIN 6 /* of the right word, in letters */

/* Rules are matched first. Phrases of one layer compete for words; concerns and
 * options are in one, since "orange peel" is no peel. */
enum lexicon_layer { LAYER_RULES, LAYER_TAGS, LAYER_REASONS, LAYER_FLAGS, LAYERS };

enum lexicon_rule {
	RULE_NONE,
	RULE_NEGATION,    /* not: takes the next phrase away */
	RULE_NO_NEGATION, /* not only: looks like one and is none */
	RULE_DENIAL,      /* is fine: takes the phrase before away */
	RULE_WORRY,       /* risk of: what follows has not happened */
	RULE_FEAR,        /* scared of: the same for harms */
	RULE_QUESTION,    /* will it: the same for harms that are asked about */
	RULE_ASKED,       /* "ke", "吗": the same, after the phrase */
	RULE_LINK,        /* or: what holds for the one holds for the other */
	RULE_FILLER,      /* very: not counted as a word between */
	RULE_BREAK,       /* but: a new clause */
	RULES
};

enum {
	SYMBOL_NONE,
	SYMBOL_GAP,
	SYMBOL_NUMBER,
	SYMBOL_UNDER_AGE, /* 1 to 17 */
	SYMBOL_OF_AGE,    /* 18 to 99 */
	SYMBOL_FIRST_WORD
};

enum { NODE_NONE, NODE_CLASSES, NODE_RULES, NODE_PHRASES, NODE_FIRST_FREE };

/* What takes a phrase away besides "not" and worries. */
enum lexicon_harm { HARM_NONE, HARM_FEARED, HARM_ASKED };

struct lexicon_entry {
	const struct term *term; /* NULL: its words are taken, and that is all */
	uint32_t next;           /* of the same node; 0: none */
	uint32_t symbol;         /* of the class that has this phrase; 0: none */
	uint8_t layer, rule, harm;
};

struct lexicon_node {
	uint32_t entry; /* the first; 0: none */
	bool gap;       /* has a child by SYMBOL_GAP */
};

struct lexicon_word {
	const char *s;   /* NULL: a free slot */
	const char *as;  /* another spelling of this; or NULL */
	uint32_t symbol; /* SYMBOL_NONE: a word that is merely no typo */
	uint8_t len, as_len;
	bool often_wrong; /* words of one slip are taken for it */
};

/* Open addressing; mask + 1 slots, a power of two. */
struct lexicon_table {
	struct lexicon_word *slots;
	uint32_t mask, count;
};

struct lexicon_edge {
	uint32_t node, symbol, child; /* child 0: a free slot */
};

/* The words reachable by a slip of one letter, by the hashes of what is left of
 * them without one. */
struct lexicon_typo {
	const char *s; /* NULL: a free slot */
	uint32_t hash;
	uint8_t len;
};

#define HAN_FIRST 0x4e00u
#define HAN_COUNT 0x5200u

struct lexicon {
	struct arena *arena;
	struct lexicon_table words, stems;
	struct lexicon_edge *edges;
	uint32_t edge_mask, edge_count;
	struct lexicon_node *nodes;
	uint32_t node_count, node_cap;
	struct lexicon_entry *entries;
	uint32_t entry_count, entry_cap;
	struct lexicon_typo *typos;
	uint32_t typo_mask, typo_count;
	uint16_t *variants; /* of a Chinese character, the simplified one */
	uint32_t *han;      /* its symbol */
	uint32_t symbol_count;
};

struct lexicon *lexicon_new(void);

/* While loading. The word is found or made, and may move with the next one. */
struct lexicon_word *lexicon_word(struct lexicon *, const char *s, size_t len);
uint32_t lexicon_word_symbol(struct lexicon *, const char *s, size_t len);
uint32_t lexicon_stem_symbol(struct lexicon *, const char *s, size_t len);
uint32_t lexicon_han_symbol(struct lexicon *, uint32_t code_point);
uint32_t lexicon_class_symbol(struct lexicon *); /* a new one */
void lexicon_add_variant(struct lexicon *, uint32_t from, uint32_t to);
uint32_t lexicon_grow(struct lexicon *, uint32_t node, uint32_t symbol);
void lexicon_add_entry(struct lexicon *, uint32_t node, struct lexicon_entry);
void lexicon_finish(struct lexicon *); /* when all words are there */

/* Afterwards. Returns how many symbols a word has. */
size_t lexicon_symbols(
    const struct lexicon *, const struct tag_word *, uint32_t symbols[SYMBOLS_MAX]);
/* NODE_NONE: there is none. */
uint32_t lexicon_child(const struct lexicon *, uint32_t node, uint32_t symbol);

#endif
