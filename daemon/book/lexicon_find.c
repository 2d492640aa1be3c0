/* SPDX-License-Identifier: MIT */
/*
 * lexicon_find.c - what a word of a note is to the lexicon.
 *
 * Itself, the beginnings that it has, its class of numbers. A word that is not
 * known may be a slip of one letter: as in SymSpell, its hashes without one of its
 * letters are looked up among those of the words that people often get wrong.
 */
#include "book/lexicon_hash.h"

uint32_t
lexicon_child(const struct lexicon *lx, uint32_t node, uint32_t symbol)
{
	return edge_slot(lx->edges, lx->edge_mask, node, symbol)->child;
}

/* Is b a with one letter more, fewer, another, or two neighbours swapped? The
 * first letter is seldom wrong, and would make "burning" of "turning". */
static bool
one_slip(const char *a, size_t na, const char *b, size_t nb)
{
	size_t head = 0, tail = 0, n = na < nb ? na : nb;

	if (a[0] != b[0])
		return false;
	while (head < n && a[head] == b[head])
		head++;
	while (tail < n - head && a[na - 1 - tail] == b[nb - 1 - tail])
		tail++;
	if (na != nb)
		return head + tail == n && (na > nb ? na - nb : nb - na) == 1;
	return head + tail + 1 >= n ||
	       (head + tail + 2 == n && a[head] == b[head + 1] && a[head + 1] == b[head]);
}

static const struct lexicon_typo *
typo_find(const struct lexicon *lx, const char *s, size_t len)
{
	for (size_t i = 0; i <= len; i++) {
		uint32_t hash = hash_word(s, len, i), at = hash & lx->typo_mask;

		for (; lx->typos[at].s != NULL; at = (at + 1) & lx->typo_mask)
			if (lx->typos[at].hash == hash &&
			    one_slip(lx->typos[at].s, lx->typos[at].len, s, len))
				return &lx->typos[at];
	}
	return NULL;
}

static size_t
stem_symbols(
    const struct lexicon *lx, const char *s, size_t len, uint32_t *symbols, size_t n)
{
	uint32_t h = HASH_SEED;

	for (size_t i = 0; i < len && n < SYMBOLS_MAX; i++) {
		const struct lexicon_word *w;

		h = hash_add(h, s[i]);
		if (i + 1 < STEM_LEN_MIN)
			continue;
		w = table_slot(&lx->stems, s, i + 1, hash_end(h));
		if (w->s != NULL)
			symbols[n++] = w->symbol;
	}
	return n;
}

/* As it is spelled: itself, or what it stands for, and its beginnings. */
static size_t
spelled_symbols(const struct lexicon *lx, const char *s, size_t len, bool may_stand_for,
    uint32_t symbols[SYMBOLS_MAX], bool *ret_known)
{
	const struct lexicon_word *w =
	    table_slot(&lx->words, s, len, hash_word(s, len, SIZE_MAX));
	size_t n = 0;

	if (w->s != NULL && w->as != NULL && may_stand_for) {
		if (w->symbol != SYMBOL_NONE)
			symbols[n++] = w->symbol;
		s = w->as;
		len = w->as_len;
		w = table_slot(&lx->words, s, len, hash_word(s, len, SIZE_MAX));
	}
	n = stem_symbols(lx, s, len, symbols, n);
	if (w->s != NULL && w->symbol != SYMBOL_NONE && n < SYMBOLS_MAX)
		symbols[n++] = w->symbol;
	*ret_known = n > 0 || w->s != NULL;
	return n;
}

/* If it is not known so: without a doubled last letter ("sangatt"), or as the word
 * that it is one slip from. */
static size_t
letters_symbols(
    const struct lexicon *lx, const struct tag_word *word, uint32_t symbols[SYMBOLS_MAX])
{
	const char *s = word->s;
	size_t len = word->len, n;
	const struct lexicon_typo *typo;
	bool known;

	n = spelled_symbols(lx, s, len, !word->glued, symbols, &known);
	if (!known && len > STEM_LEN_MIN && s[len - 1] == s[len - 2])
		n = spelled_symbols(lx, s, len - 1, true, symbols, &known);
	if (!known && len >= TYPO_LEN_MIN - 1 && (typo = typo_find(lx, s, len)) != NULL)
		n = spelled_symbols(lx, typo->s, typo->len, false, symbols, &known);
	return n;
}

static size_t
number_symbols(
    const struct lexicon *lx, const struct tag_word *word, uint32_t symbols[SYMBOLS_MAX])
{
	const struct lexicon_word *w = table_slot(
	    &lx->words, word->s, word->len, hash_word(word->s, word->len, SIZE_MAX));
	size_t n = 0;

	if (w->s != NULL && w->symbol != SYMBOL_NONE)
		symbols[n++] = w->symbol;
	symbols[n++] = SYMBOL_NUMBER;
	if (word->value > 0 && word->value <= 99)
		symbols[n++] = word->value < 18 ? SYMBOL_UNDER_AGE : SYMBOL_OF_AGE;
	return n;
}

size_t
lexicon_symbols(
    const struct lexicon *lx, const struct tag_word *word, uint32_t symbols[SYMBOLS_MAX])
{
	switch ((enum tag_word_kind)word->kind) {
	case WORD_LETTERS:
		return letters_symbols(lx, word, symbols);
	case WORD_NUMBER:
		return number_symbols(lx, word, symbols);
	case WORD_HAN:
		if (word->value - HAN_FIRST >= HAN_COUNT)
			return 0;
		symbols[0] = lx->han[lx->variants[word->value - HAN_FIRST]];
		return symbols[0] == SYMBOL_NONE ? 0 : 1;
	}
	return 0;
}
