/* SPDX-License-Identifier: MIT */
/* cells.c - words of sixty-four cells, and what is done with them. */
#include "book/cells.h"

int64_t
cell_of_ms(int64_t ms)
{
	return ms / CELL_MS - (ms % CELL_MS < 0 ? 1 : 0);
}

/* The part of [from, to) that a map has. */
static bool
clip(struct cells c, int64_t *from, int64_t *to)
{
	if (*from < 0)
		*from = 0;
	if (*to > (int64_t)(c.words * 64))
		*to = (int64_t)(c.words * 64);
	return *from < *to;
}

/* The bits of word w that lie in [from, to). */
static uint64_t
mask(int64_t w, int64_t from, int64_t to)
{
	uint64_t m = ~(uint64_t)0;

	if (from > w * 64)
		m &= ~(uint64_t)0 << (from - w * 64);
	if (to < w * 64 + 64)
		m &= ~(uint64_t)0 >> (w * 64 + 64 - to);
	return m;
}

void
cells_set(struct cells c, int64_t from, int64_t to)
{
	if (!clip(c, &from, &to))
		return;
	for (int64_t w = from / 64; w * 64 < to; w++)
		c.bits[w] |= mask(w, from, to);
}

void
cells_clear(struct cells c, int64_t from, int64_t to)
{
	if (!clip(c, &from, &to))
		return;
	for (int64_t w = from / 64; w * 64 < to; w++)
		c.bits[w] &= ~mask(w, from, to);
}

int64_t
cells_count(struct cells c, int64_t from, int64_t to)
{
	int64_t n = 0;

	if (!clip(c, &from, &to))
		return 0;
	for (int64_t w = from / 64; w * 64 < to; w++)
		n += __builtin_popcountll(c.bits[w] & mask(w, from, to));
	return n;
}

bool
cells_all(struct cells c, int64_t from, int64_t to)
{
	return cells_count(c, from, to) == to - from;
}

bool
cells_at(struct cells c, int64_t cell)
{
	return cells_count(c, cell, cell + 1) == 1;
}

int64_t
cells_next(struct cells c, int64_t from)
{
	uint64_t word;

	if (from < 0)
		from = 0;
	if (from >= (int64_t)(c.words * 64))
		return -1;
	word = c.bits[from / 64] & ~(uint64_t)0 << from % 64;
	for (size_t w = (size_t)from / 64;;) {
		if (word != 0)
			return (int64_t)(w * 64) + __builtin_ctzll(word);
		if (++w == c.words)
			return -1;
		word = c.bits[w];
	}
}

/* Each cell and the one that comes so many after it. */
static void
and_later(struct cells c, int by)
{
	size_t skip = (size_t)by / 64;
	int bits = by % 64;

	for (size_t w = 0; w < c.words; w++) {
		uint64_t low = w + skip < c.words ? c.bits[w + skip] : 0;
		uint64_t high = w + skip + 1 < c.words ? c.bits[w + skip + 1] : 0;

		c.bits[w] &= bits == 0 ? low : low >> bits | high << (64 - bits);
	}
}

/* Runs of 2, 4, 8 ... and what is left: each pass doubles what is known. */
void
cells_fold(struct cells c, int run)
{
	int known = 1;

	BUG_UNLESS(run > 0);
	while (known < run) {
		int by = known < run - known ? known : run - known;

		and_later(c, by);
		known += by;
	}
}

void
cells_shift(struct cells c, int by)
{
	size_t skip = (size_t)by / 64;
	int bits = by % 64;

	for (size_t w = c.words; by > 0 && w-- > 0;) {
		uint64_t high = w >= skip ? c.bits[w - skip] : 0;
		uint64_t low = w >= skip + 1 ? c.bits[w - skip - 1] : 0;

		c.bits[w] = bits == 0 ? high : high << bits | low >> (64 - bits);
	}
}

void
cells_and(struct cells c, struct cells with)
{
	for (size_t w = 0; w < c.words; w++)
		c.bits[w] &= with.bits[w];
}

void
cells_and_not(struct cells c, struct cells with)
{
	for (size_t w = 0; w < c.words; w++)
		c.bits[w] &= ~with.bits[w];
}

void
cells_or(struct cells c, struct cells with)
{
	for (size_t w = 0; w < c.words; w++)
		c.bits[w] |= with.bits[w];
}
