/* SPDX-License-Identifier: MIT */
/*
 * cells.h - stretches of time as bits, five minutes of UTC each.
 *
 * All wall clocks there are step in quarters of an hour, so every time a clinic
 * can say begins a cell, in any zone, and a day of 23 or 25 hours is only fewer
 * or more of them. Cells are counted from the first of a map; stretches are
 * [from, to) and may reach over a map's end, where there is nothing. Pure.
 */
#ifndef BOOK_CELLS_H
#define BOOK_CELLS_H

#include "base/base.h"

#define CELL_MIN 5
#define CELL_MS (CELL_MIN * MINUTE_MS)
#define CELLS_PER_DAY 288
#define CLAIM_CELLS_MAX 144 /* twelve hours: no claim is longer (the schema's CHECK) */

struct cells {
	uint64_t *bits;
	size_t words;
};

/* The cell an instant lies in, since 1970. */
int64_t cell_of_ms(int64_t ms);

void cells_set(struct cells, int64_t from, int64_t to);
void cells_clear(struct cells, int64_t from, int64_t to);
/* How many of a stretch are set. */
int64_t cells_count(struct cells, int64_t from, int64_t to);
/* Every cell of it; false for one that reaches over the end. */
bool cells_all(struct cells, int64_t from, int64_t to);
bool cells_at(struct cells, int64_t cell);
/* The first set cell from one on; -1 when there is none. */
int64_t cells_next(struct cells, int64_t from);

/* Each cell becomes: it and the run - 1 after it are set. run > 0. */
void cells_fold(struct cells, int run);
/* Each cell moves so many further. 0 <= by < 64 * words. */
void cells_shift(struct cells, int by);
void cells_and(struct cells, struct cells);
void cells_and_not(struct cells, struct cells);
void cells_or(struct cells, struct cells);

#endif
