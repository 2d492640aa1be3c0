/* SPDX-License-Identifier: MIT */
/* sqlite.h - the inside of a connection; for the files of this room alone. */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include <sqlite3.h>

#include "store/db.h"

#define BUSY_TIMEOUT_MS 5000 /* only at start: later there is one writer */

struct db {
	sqlite3 *handle;
	struct arena *arena;	   /* where what is read goes; the job's */
	sqlite3_stmt **statements; /* by q_desc.id, prepared at first use */
	int wal_pages;
	bool sync_failed;
	enum db_mode mode;
	int64_t generation;
	void *kept;
	void (*kept_free)(void *);
};

/* SQLite's result as an E_ code; remembers a failed fsync. */
int db_error(struct db *, int rc);
int db_prepare(struct db *, const struct q_desc *);
/* A fixed script of ours (pragmas, migrations), never text from outside. */
int db_script(struct db *, const char *sql);
/* Forbids what no statement of ours does at run time: DDL, ATTACH, PRAGMA. */
void db_forbid_schema_changes(struct db *);

#endif
