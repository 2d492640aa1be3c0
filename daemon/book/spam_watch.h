/* SPDX-License-Identifier: MIT */
/*
 * spam_watch.h - what was posted lately: how often from an address, a network
 * and in all (ten minutes), and whether the same words came before (an hour).
 *
 * Memory of a fixed size, however many addresses there are. Neither an address
 * nor a word is kept: only 64 bits of a MAC under a key of this process. Thread
 * safe. Times are of the monotonic clock. What is counted is what was stored:
 * ask before the transaction, add after it.
 */
#ifndef BOOK_SPAM_WATCH_H
#define BOOK_SPAM_WATCH_H

#include "book/spam.h"

struct spam_watch;

struct spam_watch *spam_watch_new(void);
void spam_watch_free(struct spam_watch *);

/* What is remembered of a post; 0: nothing of that kind. */
struct spam_trace {
	uint64_t address, network, same, same_note;
};

/* peer NULL: the address is not to be counted (a website's server posts for many).
 * A note of less than note_chars characters is not remembered on its own. */
struct spam_trace spam_trace(const struct spam_watch *, struct arena *, const char *peer,
    const struct spam_post *, int note_chars);
struct spam_before spam_watch_ask(struct spam_watch *, const struct spam_trace *, int64_t mono_ms);
void spam_watch_add(struct spam_watch *, const struct spam_trace *, int64_t mono_ms);

#endif
