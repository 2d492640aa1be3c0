/* SPDX-License-Identifier: MIT */
/*
 * find_stream.h - request numbers in order, out of one index or several merged.
 *
 * The leading filter is the first of: words searched for, tags, a choice of
 * statuses, none. A tag or status with several values is several ranges of the
 * same index, merged by n; a number that is in two comes once.
 */
#ifndef BOOK_FIND_STREAM_H
#define BOOK_FIND_STREAM_H

#include "book/find.h"

struct find_range; /* one range of one index, read a buffer at a time */

struct find_stream {
	struct find_range *ranges;
	size_t count;
	bool up;
	int64_t last, stop; /* stop: the bound of received_from or _to, by n */
};

int find_stream_open(struct tx *, const struct find_cmd *, struct find_stream *);
/* 1 and the next number, or 0 at the end. */
int find_stream_next(struct tx *, struct find_stream *, int64_t *ret_n);

/* Is n one that is asked for? 1 and the item, 0, or an E_ code. (find.c) */
int find_consider(struct tx *, struct call *, int64_t n, struct booking_item *);
/* A page in the order of appointments. (find_start.c) */
int find_by_start(struct tx *, struct call *, struct find_res *);

#endif
