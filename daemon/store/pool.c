/* SPDX-License-Identifier: MIT */
/* pool.c - queues, threads and the group commit. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "queries.h"
#include "store/pool.h"

#define READERS_MAX 16

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct job *first, **last;
	int waiting;
	bool closed;
};

struct pool {
	struct pool_options options;
	struct db *writer, *readers[READERS_MAX];
	pthread_t writer_thread, reader_threads[READERS_MAX];
	int reader_count;
	bool threaded;
	struct queue write_queue, read_queue;
	int64_t last_now;
	bool scrub_due; /* something was erased, and may still be in the files */
};

/* A reader and its connection. */
struct reader_start {
	struct pool *pool;
	struct db *db;
};

static void
queue_init(struct queue *q)
{
	BUG_UNLESS(pthread_mutex_init(&q->lock, NULL) == 0
	    && pthread_cond_init(&q->filled, NULL) == 0);
	q->last = &q->first;
}

static int
queue_put(struct queue *q, struct job *j, int max)
{
	bool full;

	pthread_mutex_lock(&q->lock);
	full = q->closed || q->waiting >= max;
	if (!full) {
		j->next = NULL;
		*q->last = j;
		q->last = &j->next;
		q->waiting++;
		pthread_cond_signal(&q->filled);
	}
	pthread_mutex_unlock(&q->lock);
	metric_add(full ? M_jobs_refused_total : M_jobs_waiting, 1);
	return full ? E_BUSY : 0;
}

/* Up to max jobs, waiting for the first; NULL when closed and empty. */
static struct job *
queue_take(struct queue *q, int max)
{
	struct job *first, *last;
	int n = 1;

	pthread_mutex_lock(&q->lock);
	while (q->first == NULL && !q->closed)
		pthread_cond_wait(&q->filled, &q->lock);
	first = last = q->first;
	if (first != NULL) {
		while (n < max && last->next != NULL) {
			last = last->next;
			n++;
		}
		q->first = last->next;
		if (q->first == NULL)
			q->last = &q->first;
		last->next = NULL;
		q->waiting -= n;
		metric_add(M_jobs_waiting, -n);
	}
	pthread_mutex_unlock(&q->lock);
	return first;
}

static void
queue_close(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->filled);
	pthread_mutex_unlock(&q->lock);
}

/* ---- running ---- */

static void
job_run(struct pool *p, struct db *db, struct job *j, int64_t now)
{
	struct tx tx = { db, j->arena, now, p->options.context };

	BUG_UNLESS(j->magic == JOB_MAGIC);
	db_use_arena(db, j->arena);
	j->rc = j->run(&tx, j);
}

/* Sends every job home: one letter chain, and one wake-up, for each mailbox. */
static void
answer(struct job *first)
{
	while (first != NULL) {
		struct mailbox *to = first->reply_to;
		struct letter *chain = NULL, **end = &chain;
		struct job **at = &first;

		while (*at != NULL) {
			struct job *j = *at;

			if (j->reply_to != to) {
				at = &j->next;
				continue;
			}
			*at = j->next;
			j->next = NULL;
			j->letter.next = NULL;
			*end = &j->letter;
			end = &j->letter.next;
		}
		if (to != NULL)
			mailbox_put(to, chain);
	}
}

/* After a failed fsync nobody knows what is on the disk: asking it again would
 * lie. The process leaves at once; the next start reads what is really there. */
static void
leave_if_sync_failed(struct pool *p)
{
	if (p->threaded && db_sync_failed(p->writer)) {
		log_event(LOG_CRIT, "sync_failed", "action", "leaving", NULL);
		_exit(1);
	}
}

static int64_t
next_now(struct pool *p)
{
	int64_t now = clock_now_ms();

	if (now > p->last_now)
		p->last_now = now;
	return p->last_now;
}

/* With what deleted: a crash before the files are overwritten leaves a note. */
static int
mark_erased(struct pool *p, const struct job *j)
{
	return j->rc >= 0 && (j->erased || j->scrub) ? q_scrub_set(p->writer) : 0;
}

/* One job in a transaction of its own. */
static void
run_alone(struct pool *p, struct job *j)
{
	int rc = db_begin(p->writer, DB_WRITER);

	arena_rewind(j->arena, j->mark);
	if (rc < 0) {
		j->rc = rc;
		return;
	}
	job_run(p, p->writer, j, next_now(p));
	if (!db_in_transaction(p->writer) && j->rc >= 0)
		j->rc = E_DB; /* SQLite rolled back by itself */
	if (j->rc >= 0 && mark_erased(p, j) < 0)
		j->rc = E_DB;
	if (j->rc < 0)
		db_rollback(p->writer);
	else if (db_commit(p->writer) < 0)
		j->rc = E_UNKNOWN;
	leave_if_sync_failed(p);
}

/* False when the batch is broken and must be rolled back. */
static bool
run_together(struct pool *p, struct job *first)
{
	int64_t before, now = next_now(p);

	if (db_begin(p->writer, DB_WRITER) < 0)
		return false;
	for (struct job *j = first; j != NULL; j = j->next) {
		before = db_total_changes(p->writer);
		job_run(p, p->writer, j, now);
		if (!db_in_transaction(p->writer)
		    || (j->rc < 0 && db_total_changes(p->writer) != before)
		    || mark_erased(p, j) < 0)
			return false;
	}
	return true;
}

/* That it was done. If this does not get through, the next start does it again. */
static void
unmark_erased(struct pool *p)
{
	if (db_begin(p->writer, DB_WRITER) < 0)
		return;
	if (q_scrub_unset(p->writer) < 0 || db_commit(p->writer) < 0)
		db_rollback(p->writer);
}

/* After the commit, before the answers. */
static void
scrub(struct pool *p, struct job *first)
{
	int rc;

	for (struct job *j = first; j != NULL; j = j->next)
		p->scrub_due |= j->scrub && j->rc >= 0;
	if (!p->scrub_due)
		return;
	rc = db_scrub(p->writer);
	p->scrub_due = rc < 0;
	for (struct job *j = first; j != NULL; j = j->next)
		j->scrubbed = j->scrub && j->rc >= 0 && rc >= 0;
	if (rc < 0)
		log_event(LOG_WARN, "scrub_delayed", "error", err_row(rc)->name, NULL);
	else
		unmark_erased(p);
}

void
pool_run_batch(struct pool *p, struct job *first)
{
	int n = 0;

	for (struct job *j = first; j != NULL; j = j->next, n++)
		j->mark = arena_mark(j->arena);
	if (run_together(p, first)) {
		if (db_commit(p->writer) < 0)
			for (struct job *j = first; j != NULL; j = j->next)
				j->rc = E_UNKNOWN;
	} else {
		db_rollback(p->writer);
		metric_add(M_batches_replayed_total, 1);
		for (struct job *j = first; j != NULL; j = j->next)
			run_alone(p, j);
	}
	scrub(p, first);
	leave_if_sync_failed(p);
	metric_add(M_transactions_total, 1);
	metric_add(M_jobs_written_total, n);
}

static void *
writer_main(void *arg)
{
	struct pool *p = arg;
	struct job *first;

	scrub(p, NULL);
	while ((first = queue_take(&p->write_queue, p->options.batch_max)) != NULL) {
		pool_run_batch(p, first);
		answer(first);
		if (p->options.committed != NULL)
			p->options.committed(p->options.context);
		if (db_wal_pages(p->writer) >= p->options.checkpoint_pages) {
			db_checkpoint(p->writer);
			metric_add(M_checkpoints_total, 1);
			leave_if_sync_failed(p);
		}
	}
	return NULL;
}

static void *
reader_main(void *arg)
{
	struct reader_start start = *(struct reader_start *)arg;
	struct job *j;

	free(arg);
	while ((j = queue_take(&start.pool->read_queue, 1)) != NULL) {
		j->rc = db_begin(start.db, DB_READER);
		if (j->rc == 0) {
			job_run(start.pool, start.db, j, clock_now_ms());
			db_rollback(start.db); /* it only read */
		}
		metric_add(M_jobs_read_total, 1);
		answer(j);
	}
	return NULL;
}

/* ---- life ---- */

struct pool *
pool_new_inline(struct db *db, const struct pool_options *options)
{
	struct pool *p = calloc(1, sizeof(*p));
	struct q_scrub_due_out row = { 0 };

	BUG_UNLESS(p != NULL);
	p->scrub_due = q_scrub_due(db, &row) == 1 && row.due > 0;
	p->options = *options;
	p->writer = db;
	p->last_now = options->floor_ms;
	queue_init(&p->write_queue);
	queue_init(&p->read_queue);
	return p;
}

static void
start_reader(struct pool *p, struct db *db)
{
	struct reader_start *start = malloc(sizeof(*start));

	BUG_UNLESS(start != NULL);
	*start = (struct reader_start){ p, db };
	p->readers[p->reader_count] = db;
	BUG_UNLESS(pthread_create(&p->reader_threads[p->reader_count], NULL, reader_main, start)
	    == 0);
	p->reader_count++;
}

struct pool *
pool_new(struct db *db, const struct pool_options *options, char ret_error[DB_ERROR_LEN])
{
	struct pool *p = pool_new_inline(db, options);
	struct db *reader;

	p->threaded = true;
	BUG_UNLESS(options->readers <= READERS_MAX);
	for (int i = 0; i < options->readers; i++) {
		if (db_connect(options->path, options->vfs, DB_READER, &reader, ret_error) < 0) {
			pool_free(p);
			return NULL;
		}
		start_reader(p, reader);
	}
	BUG_UNLESS(pthread_create(&p->writer_thread, NULL, writer_main, p) == 0);
	return p;
}

int
pool_submit(struct pool *p, struct job *j)
{
	BUG_UNLESS(j->magic == JOB_MAGIC);
	return queue_put(j->write ? &p->write_queue : &p->read_queue, j, p->options.queue_max);
}

void
pool_free(struct pool *p)
{
	if (p == NULL)
		return;
	queue_close(&p->write_queue);
	queue_close(&p->read_queue);
	for (int i = 0; i < p->reader_count; i++) {
		pthread_join(p->reader_threads[i], NULL);
		db_disconnect(p->readers[i]);
	}
	if (p->threaded && p->writer_thread != 0)
		pthread_join(p->writer_thread, NULL);
	db_disconnect(p->writer);
	free(p);
}
