/* SPDX-License-Identifier: MIT */
/*
 * db.c - typed statements over SQLite: prepared once a connection, bound and
 * read by the tables that sqlgen.awk made. No statement text is built here.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "queries.h"
#include "store/sqlite.h"

int
db_error(struct db *db, int rc)
{
	if (rc == SQLITE_IOERR_FSYNC || rc == SQLITE_IOERR_DIR_FSYNC)
		db->sync_failed = true;
	switch (rc & 0xff) {
	case SQLITE_FULL:
		return E_FULL;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return E_BUSY;
	case SQLITE_CONSTRAINT:
		return E_CONFLICT;
	default:
		return E_DB;
	}
}

int
db_prepare(struct db *db, const struct q_desc *q)
{
	int rc;

	if (db->statements[q->id] != NULL)
		return 0;
	rc = sqlite3_prepare_v3(db->handle, q->text, -1, SQLITE_PREPARE_PERSISTENT,
	    &db->statements[q->id], NULL);
	return rc == SQLITE_OK ? 0 : db_error(db, rc);
}

static int
bind_number(struct db *db, sqlite3_stmt *st, int at, const struct q_field *f, const void *in)
{
	const char *p = (const char *)in + f->offset;
	int64_t v = f->type == QT_BOOL ? *(const bool *)p : *(const int64_t *)(const void *)p;
	int rc;

	if (f->nullable && *((const bool *)in + f->null_offset))
		rc = sqlite3_bind_null(st, at);
	else if (v == DB_UNSET)
		return E_INTERNAL; /* a named argument was forgotten */
	else
		rc = sqlite3_bind_int64(st, at, v);
	return rc == SQLITE_OK ? 0 : db_error(db, rc);
}

static int
bind_field(struct db *db, sqlite3_stmt *st, int at, const struct q_field *f, const void *in)
{
	const void *p = (const char *)in + f->offset;
	const char *text;
	const struct blob *blob = p;
	int rc = SQLITE_OK;

	switch (f->type) {
	case QT_UUID:
		rc = sqlite3_bind_blob(st, at, p, 16, SQLITE_STATIC);
		break;
	case QT_TEXT:
		text = *(const char *const *)p;
		if (text == NULL && !f->nullable)
			return E_INTERNAL;
		rc = sqlite3_bind_text(st, at, text, -1, SQLITE_STATIC);
		break;
	case QT_BLOB:
		if (blob->p == NULL && !f->nullable)
			return E_INTERNAL;
		rc = sqlite3_bind_blob64(st, at, blob->p, blob->len, SQLITE_STATIC);
		break;
	case QT_INT:
	case QT_TIME:
	case QT_BOOL:
		return bind_number(db, st, at, f, in);
	}
	return rc == SQLITE_OK ? 0 : db_error(db, rc);
}

int
db_open_query(struct db *db, const struct q_desc *q, const void *in)
{
	sqlite3_stmt *st;
	int rc = db_prepare(db, q);

	if (rc < 0)
		return rc;
	st = db->statements[q->id];
	BUG_UNLESS(!sqlite3_stmt_busy(st)); /* a query may not run inside itself */
	sqlite3_reset(st);
	for (int i = 0; rc == 0 && i < q->in_count; i++)
		rc = bind_field(db, st, i + 1, &q->in[i], in);
	if (rc < 0)
		db_close_query(db, q);
	return rc;
}

void
db_close_query(struct db *db, const struct q_desc *q)
{
	sqlite3_reset(db->statements[q->id]);
	sqlite3_clear_bindings(db->statements[q->id]);
}

static int
read_column(struct db *db, sqlite3_stmt *st, int i, const struct q_field *f, char *row)
{
	void *dst = row + f->offset;
	bool null = sqlite3_column_type(st, i) == SQLITE_NULL;
	size_t len;

	if (null && !f->nullable)
		return E_DB;
	switch (f->type) {
	case QT_UUID:
		if (sqlite3_column_bytes(st, i) != 16)
			return E_DB;
		memcpy(dst, sqlite3_column_blob(st, i), 16);
		return 0;
	case QT_TEXT:
		len = (size_t)sqlite3_column_bytes(st, i);
		*(const char **)dst = null ? NULL
					   : arena_strndup(db->arena,
					       (const char *)sqlite3_column_text(st, i), len);
		return 0;
	case QT_BLOB:
		len = (size_t)sqlite3_column_bytes(st, i);
		*(struct blob *)dst = (struct blob){ null ? NULL
							  : arena_strndup(db->arena,
							      sqlite3_column_blob(st, i), len),
			len };
		return 0;
	case QT_INT:
	case QT_TIME:
		*(int64_t *)dst = sqlite3_column_int64(st, i);
		break;
	case QT_BOOL:
		*(bool *)dst = sqlite3_column_int64(st, i) != 0;
		break;
	}
	if (f->nullable)
		*(bool *)(row + f->null_offset) = null;
	return 0;
}

int
db_next(struct db *db, const struct q_desc *q, void *row)
{
	sqlite3_stmt *st = db->statements[q->id];
	int rc = sqlite3_step(st);

	if (rc == SQLITE_ROW) {
		rc = 0;
		for (int i = 0; rc == 0 && i < q->out_count; i++)
			rc = read_column(db, st, i, &q->out[i], row);
		if (rc == 0)
			return 1;
	} else
		rc = rc == SQLITE_DONE ? 0 : db_error(db, rc);
	db_close_query(db, q);
	return rc;
}

int
db_one(struct db *db, const struct q_desc *q, const void *in, void *row)
{
	int rc = db_open_query(db, q, in);

	if (rc == 0 && (rc = db_next(db, q, row)) == 1)
		db_close_query(db, q);
	return rc;
}

int
db_exec(struct db *db, const struct q_desc *q, const void *in)
{
	int rc = db_open_query(db, q, in);

	if (rc < 0)
		return rc;
	rc = sqlite3_step(db->statements[q->id]);
	rc = rc == SQLITE_DONE ? sqlite3_changes(db->handle) : db_error(db, rc);
	db_close_query(db, q);
	return rc;
}

/* ---- statements held against the schema ---- */

static bool
agrees(struct db *db, const struct q_desc *q)
{
	sqlite3_stmt *st = db->statements[q->id];

	if (sqlite3_bind_parameter_count(st) != q->in_count
	    || sqlite3_column_count(st) != q->out_count)
		return false;
	for (int i = 0; i < q->out_count; i++)
		if (strcmp(sqlite3_column_name(st, i), q->out[i].name) != 0)
			return false;
	return true;
}

int
db_check_queries(struct db *db, const char **ret_name)
{
	for (const struct q_desc *const *q = q_all; *q != NULL; q++) {
		int rc = db_prepare(db, *q);

		*ret_name = (*q)->name;
		if (rc < 0)
			return rc;
		if (!agrees(db, *q))
			return E_DB;
	}
	return 0;
}

const char *
db_query_plan(struct db *db, const struct q_desc *q)
{
	char *sql = arena_printf(db->arena, "EXPLAIN QUERY PLAN %s", q->text);
	const char *plan = "";
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(db->handle, sql, -1, &st, NULL) != SQLITE_OK)
		return "does not prepare\n";
	while (sqlite3_step(st) == SQLITE_ROW)
		plan = arena_printf(db->arena, "%s%s\n", plan, sqlite3_column_text(st, 3));
	sqlite3_finalize(st);
	return plan;
}
