/* SPDX-License-Identifier: MIT */
/*
 * cells.c - each thing done with maps of cells against an array of one bool a
 * cell, on random maps; stretches begin and end at and beside the words' borders.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "book/cells.h"
#include "support/chance.h"

#define WORDS_MAX 6
#define CELLS_MAX (WORDS_MAX * 64)
#define ROUNDS 3000

/* One map, twice. */
struct pair {
	uint64_t bits[WORDS_MAX + 1]; /* one more: nothing may write it */
	bool at[CELLS_MAX];
	struct cells map;
	int count;
};

static struct chance chance;

static void
setup(void)
{
	chance.state = chance_seed("cells");
}

TestSuite(cells, .init = setup);

static void
cut(struct pair *p, int words)
{
	*p = (struct pair){ .map = { p->bits, (size_t)words }, .count = words * 64 };
	p->bits[words] = 0x5ca1ab1e;
}

/* Few, half, nearly all or all of the cells. */
static void
fill(struct pair *p, int words)
{
	static const int in_a_hundred[] = { 0, 4, 50, 97, 100 };
	int share = in_a_hundred[chance_below(&chance, ARRAY_LEN(in_a_hundred))];

	cut(p, words);
	for (int i = 0; i < p->count; i++) {
		p->at[i] = chance_below(&chance, 100) < share;
		if (p->at[i])
			p->bits[i / 64] |= (uint64_t)1 << i % 64;
	}
}

static void
expect_same(const struct pair *p, const char *what)
{
	for (int i = 0; i < p->count; i++)
		cr_assert_eq(p->bits[i / 64] >> i % 64 & 1, p->at[i],
		    "%s: cell %d of %d", what, i, p->count);
	cr_assert_eq(p->bits[p->count / 64], 0x5ca1ab1e, "%s wrote over the end", what);
}

/* A place in a map or beside it, often at a word's border. */
static int64_t
place(const struct pair *p)
{
	if (chance_one_in(&chance, 2))
		return (int64_t)(chance_below(&chance, p->count / 64 + 3) - 1) * 64
		    + chance_below(&chance, 5) - 2;
	return chance_below(&chance, p->count + 40) - 20;
}

/* A length of something, often at a word's border. */
static int
length(int most)
{
	static const int borders[] = { 0, 1, 2, 63, 64, 65, 127, 128, 129, 192, 255, 256 };
	int n = borders[chance_below(&chance, ARRAY_LEN(borders))];

	if (chance_one_in(&chance, 2))
		n = chance_below(&chance, most);
	return n < most ? n : most - 1;
}

static int
some_words(void)
{
	return 1 + chance_below(&chance, WORDS_MAX);
}

Test(cells, an_instant_lies_in_the_cell_that_began_before_it)
{
	static const struct {
		int64_t ms, cell;
	} table[] = { { 0, 0 }, { 1, 0 }, { 299999, 0 }, { 300000, 1 }, { -1, -1 },
		{ -300000, -1 }, { -300001, -2 }, { 1795525920000, 5985086 } };

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		cr_expect_eq(cell_of_ms(table[i].ms), table[i].cell, "%zu", i);
}

Test(cells, a_stretch_is_set_and_cleared_and_nothing_beside_it)
{
	struct pair p;

	for (int round = 0; round < ROUNDS; round++) {
		int64_t from, to;
		bool set = chance_one_in(&chance, 2);

		fill(&p, some_words());
		from = place(&p);
		to = place(&p);
		(set ? cells_set : cells_clear)(p.map, from, to);
		for (int i = 0; i < p.count; i++)
			if (i >= from && i < to)
				p.at[i] = set;
		expect_same(&p, set ? "set" : "clear");
	}
}

Test(cells, the_set_cells_of_a_stretch_are_counted)
{
	struct pair p;

	for (int round = 0; round < ROUNDS; round++) {
		int64_t from, to, n = 0, next = -1;

		fill(&p, some_words());
		from = place(&p);
		to = place(&p);
		for (int i = 0; i < p.count; i++)
			n += i >= from && i < to && p.at[i];
		for (int i = p.count; i-- > 0;)
			if (i >= from && p.at[i])
				next = i;
		cr_assert_eq(cells_count(p.map, from, to), n, "%lld %lld", (long long)from,
		    (long long)to);
		if (from <= to)
			cr_assert_eq(cells_all(p.map, from, to), n == to - from);
		cr_assert_eq(
		    cells_at(p.map, from), from >= 0 && from < p.count && p.at[from]);
		cr_assert_eq(cells_next(p.map, from), next, "%lld", (long long)from);
		expect_same(&p, "looking");
	}
}

Test(cells, a_fold_leaves_the_cells_that_begin_a_run_long_enough)
{
	struct pair p;

	for (int round = 0; round < ROUNDS; round++) {
		int run;

		fill(&p, some_words());
		run = 1 + length(CELLS_MAX);
		cells_fold(p.map, run);
		for (int i = 0; i < p.count; i++)
			for (int k = 0; k < run && p.at[i]; k++)
				p.at[i] = i + k < p.count && p.at[i + k];
		expect_same(&p, "fold");
	}
}

Test(cells, a_shift_moves_each_cell_further_and_lets_the_last_ones_fall)
{
	struct pair p;

	for (int round = 0; round < ROUNDS; round++) {
		int by;

		fill(&p, some_words());
		by = length(p.count);
		cells_shift(p.map, by);
		for (int i = p.count; i-- > 0;)
			p.at[i] = i >= by && p.at[i - by];
		expect_same(&p, "shift");
	}
}

Test(cells, two_maps_are_laid_over_each_other)
{
	struct pair p, q;

	for (int round = 0; round < ROUNDS; round++) {
		int what = round % 3;

		fill(&p, some_words());
		fill(&q, p.count / 64);
		if (what == 0)
			cells_and(p.map, q.map);
		else if (what == 1)
			cells_and_not(p.map, q.map);
		else
			cells_or(p.map, q.map);
		for (int i = 0; i < p.count; i++)
			p.at[i] = what == 0 ? p.at[i] && q.at[i]
			    : what == 1	    ? p.at[i] && !q.at[i]
					    : p.at[i] || q.at[i];
		expect_same(&p, "laying over");
		expect_same(&q, "being laid over");
	}
}
