/* SPDX-License-Identifier: MIT */
/*
 * db.h - the door to the database: typed statements, one connection a thread.
 *
 * Every statement stands in sql/queries and is called through the functions
 * generated from there (build/gen/queries.h); this is what they stand on. A
 * connection belongs to one thread. What is read is copied into the arena set
 * by db_use_arena and lives as long as that.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/err.h"
#include "base/secret.h"
#include "base/uuid.h"

struct db;

/* An integer argument that was forgotten: refused when it is bound. */
#define DB_UNSET INT64_MIN

enum q_type { QT_UUID, QT_TEXT, QT_INT, QT_TIME, QT_BOOL, QT_BLOB };

struct q_field {
	const char *name;
	enum q_type type;
	bool nullable;
	size_t offset;
	size_t null_offset; /* of NAME_null, for nullable numbers */
};

struct q_desc {
	const char *name;
	int id; /* its place in q_all */
	const char *text;
	const struct q_field *in, *out;
	int in_count, out_count;
};

/* ---- what generated code calls; E_ codes below 0 ---- */

int db_exec(struct db *, const struct q_desc *, const void *in); /* rows changed */
int db_one(struct db *, const struct q_desc *, const void *in, void *row); /* 1, 0 */
int db_open_query(struct db *, const struct q_desc *, const void *in);	   /* 0 */
int db_next(struct db *, const struct q_desc *, void *row); /* 1, then 0: closed */
void db_close_query(struct db *, const struct q_desc *);    /* before its end */

/* ---- connections ---- */

enum db_mode { DB_WRITER, DB_READER };

/* vfs NULL is the system's. 0, or E_DB with a sentence in ret_error. The writer
 * comes first: it makes the file and sets WAL; synchronous=FULL is verified. */
#define DB_ERROR_LEN 512
int db_connect(const char *path, const char *vfs, enum db_mode, struct db **ret_db,
    char ret_error[DB_ERROR_LEN]);
void db_disconnect(struct db *);
void db_use_arena(struct db *, struct arena *);

int db_begin(struct db *, enum db_mode);
int db_commit(struct db *); /* E_UNKNOWN: it may or may not be durable */
void db_rollback(struct db *);
/* Rises whenever the writer's transaction was rolled back: what was remembered of
 * it is not true. */
int64_t db_generation(const struct db *);
/* Something its thread keeps beside a connection, one thing at most; given to its
 * own free when it is replaced and at the end. kept NULL: nothing more. */
void db_keep(struct db *, void *kept, void (*free)(void *));
void *db_kept(const struct db *);
bool db_in_transaction(const struct db *);
int64_t db_total_changes(const struct db *);
/* True after an fsync failed: nothing this connection says can be trusted. */
bool db_sync_failed(const struct db *);

/* Pages in the write-ahead log after the last commit; a small checkpoint. */
int db_wal_pages(const struct db *);
int db_checkpoint(struct db *);
/* No byte of what was deleted stays in the file or its log (scrub.c). 0; E_BUSY
 * while somebody reads: to be asked again. Outside a transaction, writer only. */
int db_scrub(struct db *);

/* Weakens durability (tests only): the controls of the power-loss proof. */
int db_set_synchronous(struct db *, const char *level);

/* ---- schema ---- */

struct migration {
	int version;
	const char *name, *sql;
};

extern const struct migration migrations[]; /* generated; ends with version 0 */

/* Brings the schema to the newest version, each step in a transaction of its
 * own; refuses a database that is newer than this program, or one whose applied
 * steps differ from ours. dry_run only says what it would do, in ret_text. */
int db_migrate(struct db *, bool dry_run, char ret_text[DB_ERROR_LEN]);
int db_schema_version(struct db *);

/* No second process on the same database: an flock on PATH.lock, held until
 * the process ends. The descriptor, or E_BUSY / E_DB. */
int db_lock(const char *path);

/* Prepares every statement and compares columns with what it says of itself;
 * E_DB and the name of the first bad one. For tests and --check. */
int db_check_queries(struct db *, const char **ret_name);
/* EXPLAIN QUERY PLAN of one statement, a line a step, in the arena. */
const char *db_query_plan(struct db *, const struct q_desc *);
/* PRAGMA integrity_check and foreign_key_check; 0 when both are content. */
int db_check_integrity(struct db *);

#endif
