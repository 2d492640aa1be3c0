/* SPDX-License-Identifier: MIT */
/*
 * oracle.h - a crowd of requests, and which of them a filter means: read off the
 * rows by the test's own hand, one after the other, without any index.
 */
#ifndef TESTS_BOOK_ORACLE_H
#define TESTS_BOOK_ORACLE_H

#include "book/find.h"
#include "support/chance.h"
#include "support/world.h"

#define CROWD_MAX 600

struct one_tag {
	char kind[16], slug[40];
	int source;
};

struct one {
	int64_t n, status, received_at, clock_at, respond_by;
	char reference[16], branch[16], service[16], language[16], doctor[16], email[64];
	char phone[20];
	int name; /* in the oracle's table of names */
	struct one_tag tags[16];
	int tag_count;
};

struct crowd {
	struct world *w;
	struct chance chance;
	struct one ones[CROWD_MAX]; /* in the order of n */
	int count;
};

/* Some more requests arrive, several in one millisecond now and then. */
void crowd_arrive(struct crowd *, int more);
/* Statuses, and tags of staff and of the text, at random. */
void crowd_stir(struct crowd *);
/* Reads all rows anew. */
void crowd_read(struct crowd *);

/* Which rows, by number, in the order of the list. */
struct found {
	int64_t n[CROWD_MAX];
	int count;
};

/* A random filter; what it looks for, where q is set, is kept beside it. */
struct question {
	struct find_cmd cmd; /* before find_check */
	const char *words;   /* folded, each the beginning of a word of the name */
	const char *part;    /* or: characters as they stand in the name */
	const char *digits;  /* or: the end of the phone */
	const char *address; /* or: the e-mail */
	const char *reference;
	int64_t branch; /* of the actor; 0: all */
};

void question_make(struct crowd *, struct question *);
void
oracle_find(const struct crowd *, const struct question *, int64_t now, struct found *);
/* For messages: the filters that are set. */
const char *question_text(struct arena *, const struct question *);

#endif
