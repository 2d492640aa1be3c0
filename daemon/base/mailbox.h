/* SPDX-License-Identifier: MIT */
/*
 * mailbox.h - how threads talk: a letter is put in by any thread and read by
 * the one that owns the box. Letters are embedded in what they carry; nothing
 * is allocated. The owner watches mailbox_fd for readability.
 */
#ifndef BASE_MAILBOX_H
#define BASE_MAILBOX_H

#include "base/base.h"

struct letter {
	struct letter *next;
	void (*read)(struct letter *); /* runs on the owner's thread */
};

struct mailbox;

struct mailbox *mailbox_new(void); /* never NULL */
void mailbox_free(struct mailbox *);
int mailbox_fd(const struct mailbox *);

/* Puts one letter, or a chain of them, and wakes the owner once. Any thread. */
void mailbox_put(struct mailbox *, struct letter *first);
/* Reads every letter that is there, oldest first. The owner's thread. */
void mailbox_read(struct mailbox *);

#endif
