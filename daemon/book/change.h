/* SPDX-License-Identifier: MIT */
/* change.h - the feed of what happened, without anything personal; and the audit. */
#ifndef BOOK_CHANGE_H
#define BOOK_CHANGE_H

#include "book/op.h"

struct change_cmd {
	int64_t since, limit, wait; /* wait in seconds; the waiting is the web room's */
};

struct change {
	int64_t seq, at;
	const char *reference, *kind, *actor_kind, *actor;
	int from, to; /* statuses; -1: none */
};

struct change_res {
	struct change *items;
	size_t count;
	int64_t next; /* the seq to ask since next time */
};

extern const struct fields change_fields;
int change_list(struct tx *, struct call *);

/* ---- the audit: who looked at what ---- */

struct audit_cmd {
	const char *action;
	int64_t n; /* 0: no single request */
	struct actor actor;
};

struct audit_res {
	int64_t seq;
};

int audit_add(struct tx *, struct call *);
/* Walks the chain; E_DB and the first bad row's number when it does not hold. */
int audit_verify(struct tx *, int64_t *ret_bad_seq);

#endif
