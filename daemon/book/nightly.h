/* SPDX-License-Identifier: MIT */
/*
 * nightly.h - what the daemon does by itself once a night: the retention run.
 *
 * Owned by the main loop's thread: its timer ticks, its mailbox brings the steps
 * back. A run that was missed while the daemon was down is caught up.
 */
#ifndef BOOK_NIGHTLY_H
#define BOOK_NIGHTLY_H

#include "book/op.h"

struct nightly {
	struct pool *pool; /* NULL: nothing is begun any more */
	struct mailbox *mailbox;
	int64_t last_ms; /* when the last run ended; 0 never */
	int64_t gone;	 /* erased by the run that is going on */
	bool running;
};

/* Begins a run when one is due. */
void nightly_tick(struct nightly *);

#endif
