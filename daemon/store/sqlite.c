/* SPDX-License-Identifier: MIT */
/*
 * sqlite.c - connections as they must be for what is promised: WAL,
 * synchronous=FULL (asserted, not assumed), foreign keys, no trust in the file's
 * schema. One connection writes and checkpoints; readers never do, since SQLite
 * before 3.51.3 can corrupt a WAL that is reset by two at once.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "queries.h"
#include "store/sqlite.h"

int
db_script(struct db *db, const char *sql)
{
	int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL); /* allowed: fixed scripts */

	return rc == SQLITE_OK ? 0 : db_error(db, rc);
}

static int64_t
pragma_number(struct db *db, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int64_t v = -1;

	if (sqlite3_prepare_v2(db->handle, sql, -1, &st, NULL) == SQLITE_OK
	    && sqlite3_step(st) == SQLITE_ROW)
		v = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return v;
}

static int
on_wal(void *arg, sqlite3 *handle, const char *name, int pages)
{
	struct db *db = arg;

	(void)handle;
	(void)name;
	db->wal_pages = pages;
	return SQLITE_OK;
}

static int
on_authorize(void *arg, int action, const char *a, const char *b, const char *c,
    const char *d)
{
	(void)arg;
	(void)a;
	(void)b;
	(void)c;
	(void)d;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_INSERT:
	case SQLITE_UPDATE:
	case SQLITE_DELETE:
	case SQLITE_FUNCTION:
	case SQLITE_RECURSIVE:
	case SQLITE_TRANSACTION:
		return SQLITE_OK;
	default:
		return SQLITE_DENY;
	}
}

void
db_forbid_schema_changes(struct db *db)
{
	sqlite3_set_authorizer(db->handle, on_authorize, NULL);
}

static int
configure(struct db *db, enum db_mode mode)
{
	int on = 0;
	int rc;

	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, &on);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, &on);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, &on);
	rc = db_script(db, mode == DB_WRITER ? "PRAGMA journal_mode=WAL;" : "");
	if (rc == 0)
		rc = db_script(db,
		    "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
		    "PRAGMA cell_size_check=ON; PRAGMA secure_delete=ON; PRAGMA mmap_size=0;"
		    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384;");
	if (rc == 0 && mode == DB_READER)
		rc = db_script(db, "PRAGMA query_only=ON;");
	/* After the pragmas: this also turns automatic checkpoints off. */
	sqlite3_wal_hook(db->handle, on_wal, db);
	if (rc == 0 && pragma_number(db, "PRAGMA synchronous;") != 2)
		rc = E_DB;
	return rc;
}

int
db_connect(const char *path, const char *vfs, enum db_mode mode, struct db **ret_db,
    char ret_error[DB_ERROR_LEN])
{
	struct db *db = calloc(1, sizeof(*db));
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
	    | (mode == DB_WRITER ? SQLITE_OPEN_CREATE : 0);
	int rc;

	BUG_UNLESS(db != NULL);
	/* Before the first connection, later without effect: a mutex for each malloc
	 * of SQLite's would keep statistics that nobody reads. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	db->statements = calloc(Q_COUNT, sizeof(*db->statements));
	BUG_UNLESS(db->statements != NULL);
	db->mode = mode;
	rc = sqlite3_open_v2(path, &db->handle, flags, vfs);
	rc = rc == SQLITE_OK ? configure(db, mode) : db_error(db, rc);
	if (rc < 0) {
		snprintf(ret_error, DB_ERROR_LEN, "the database %s cannot be opened: %s.", path,
		    sqlite3_errmsg(db->handle));
		db_disconnect(db);
		return rc;
	}
	*ret_db = db;
	return 0;
}

void
db_disconnect(struct db *db)
{
	if (db == NULL)
		return;
	for (int i = 0; i < Q_COUNT; i++)
		sqlite3_finalize(db->statements[i]);
	free(db->statements);
	db_keep(db, NULL, NULL);
	sqlite3_close(db->handle);
	free(db);
}

void
db_use_arena(struct db *db, struct arena *a)
{
	db->arena = a;
}

int
db_begin(struct db *db, enum db_mode mode)
{
	return mode == DB_WRITER ? db_script(db, "BEGIN IMMEDIATE") : db_script(db, "BEGIN");
}

int
db_commit(struct db *db)
{
	if (db_script(db, "COMMIT") == 0)
		return 0;
	db_rollback(db);
	return E_UNKNOWN;
}

void
db_rollback(struct db *db)
{
	if (db->mode == DB_WRITER)
		db->generation++;
	if (db_in_transaction(db))
		(void)db_script(db, "ROLLBACK");
}

int64_t
db_generation(const struct db *db)
{
	return db->generation;
}

void
db_keep(struct db *db, void *kept, void (*kept_free)(void *))
{
	if (db->kept != NULL && db->kept != kept)
		db->kept_free(db->kept);
	db->kept = kept;
	db->kept_free = kept_free;
}

void *
db_kept(const struct db *db)
{
	return db->kept;
}

bool
db_in_transaction(const struct db *db)
{
	return sqlite3_get_autocommit(db->handle) == 0;
}

int64_t
db_total_changes(const struct db *db)
{
	return sqlite3_total_changes64(db->handle);
}

bool
db_sync_failed(const struct db *db)
{
	return db->sync_failed;
}

int
db_wal_pages(const struct db *db)
{
	return db->wal_pages;
}

int
db_checkpoint(struct db *db)
{
	int rc = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

	db->wal_pages = 0;
	return rc == SQLITE_OK ? 0 : db_error(db, rc);
}

int
db_set_synchronous(struct db *db, const char *level)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "PRAGMA synchronous=%s", level);
	return db_script(db, sql);
}

int
db_lock(const char *path)
{
	char file[4096];
	int fd;

	if ((size_t)snprintf(file, sizeof(file), "%s.lock", path) >= sizeof(file))
		return E_DB;
	fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return E_DB;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		close(fd);
		return errno == EWOULDBLOCK ? E_BUSY : E_DB;
	}
	return fd;
}

int
db_check_integrity(struct db *db)
{
	sqlite3_stmt *st = NULL;
	bool ok = false;

	sqlite3_set_authorizer(db->handle, NULL, NULL); /* these two are pragmas */
	if (sqlite3_prepare_v2(db->handle, "PRAGMA integrity_check", -1, &st, NULL) == SQLITE_OK
	    && sqlite3_step(st) == SQLITE_ROW)
		ok = strcmp((const char *)sqlite3_column_text(st, 0), "ok") == 0;
	sqlite3_finalize(st);
	st = NULL;
	if (ok && sqlite3_prepare_v2(db->handle, "PRAGMA foreign_key_check", -1, &st, NULL) == SQLITE_OK)
		ok = sqlite3_step(st) == SQLITE_DONE;
	sqlite3_finalize(st);
	db_forbid_schema_changes(db);
	return ok ? 0 : E_DB;
}
