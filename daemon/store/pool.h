/* SPDX-License-Identifier: MIT */
/*
 * pool.h - the database threads: one that writes, some that read.
 *
 * A job moves whole, with its arena, to a database thread and back. The writer
 * takes all the write jobs that wait, runs them one after the other in one
 * transaction, commits once (group commit) and only then answers any of them:
 * an answer that says "stored" leaves after the commit is durable.
 *
 * A job's function may run twice (its result zeroed, its arena rewound): it does
 * no I/O and asks no clock but tx->now. It checks first and writes then, so that
 * a refusal has written nothing. One that fails after a change breaks its batch:
 * the batch is rolled back and its jobs run again, each in a transaction alone.
 *
 * A job that erased something asks for scrub: before it is answered, what was
 * deleted is overwritten in the file and its log (db_scrub). When a reader is in
 * the way this is tried again after every batch until it is done. That it is due is
 * written in the transaction that deleted, so a crash between the two is made up for
 * before the first job of the next start.
 */
#ifndef STORE_POOL_H
#define STORE_POOL_H

#include "base/mailbox.h"
#include "store/db.h"

struct tx {
	struct db *db;
	struct arena *arena; /* the job's */
	int64_t now;	     /* ms UTC; never goes back from one write to the next */
	void *context;	     /* pool_new's */
};

#define JOB_MAGIC 0x10b0a11eu

struct job {
	unsigned magic;	      /* JOB_MAGIC; checked at each door */
	struct letter letter; /* how it comes back; letter.read is the submitter's */
	struct mailbox *reply_to;
	struct job *next; /* the pool's */
	struct arena *arena;
	struct arena_mark mark; /* the pool's */
	bool write;
	bool erased;   /* set by run: what it deleted must not stay in the files for long */
	bool scrub;    /* set by run: nor until it is answered */
	bool scrubbed; /* the pool's answer: nothing of it did */
	int (*run)(struct tx *, struct job *); /* an E_ code, or >= 0 */
	int rc;				       /* what run, or the commit, said */
};

struct pool_options {
	const char *path, *vfs; /* vfs NULL: the system's */
	int readers, queue_max, batch_max, checkpoint_pages;
	int64_t floor_ms;	/* the writer's clock starts no earlier */
	void *context;		/* for tx->context */
	void (*committed)(void *context); /* on the writer, after the answers */
};

struct pool;

/* db is the writer's connection, migrated; the pool takes it. NULL: the readers
 * could not connect, a sentence in ret_error. */
struct pool *pool_new(struct db *db, const struct pool_options *,
    char ret_error[DB_ERROR_LEN]);
/* 0, or E_BUSY when the queue is full: the job stays the caller's. Any thread. */
int pool_submit(struct pool *, struct job *);
/* Runs what waits, then stops the threads and closes the connections. */
void pool_free(struct pool *);

/* One batch on the caller's thread, without threads: what the writer does with
 * the jobs it took (tests, and the proofs). Jobs are linked by next. */
void pool_run_batch(struct pool *, struct job *first);
/* A pool without threads, for pool_run_batch. */
struct pool *pool_new_inline(struct db *db, const struct pool_options *);

#endif
