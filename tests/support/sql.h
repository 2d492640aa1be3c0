/* SPDX-License-Identifier: MIT */
/*
 * sql.h - a test's own look into the database, past the statements it tests.
 * Text and bytes are copied; NULL is NULL.
 */
#ifndef TESTS_SUPPORT_SQL_H
#define TESTS_SUPPORT_SQL_H

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "store/sqlite.h"

/* A statement with its arguments put in, all of them integers: "%lld". */
static inline sqlite3_stmt *PRINTF_LIKE(2, 0)
sql_prepare(struct db *db, const char *format, va_list ap)
{
	sqlite3_stmt *st = NULL;
	char sql[2048];

	cr_assert_lt(vsnprintf(sql, sizeof(sql), format, ap), (int)sizeof(sql));
	cr_assert_eq(sqlite3_prepare_v2(db->handle, sql, -1, &st, NULL), SQLITE_OK,
	    "%s: %s", sql, sqlite3_errmsg(db->handle));
	return st;
}

/* The first column of the first row as a number; INT64_MIN without a row. */
static inline int64_t PRINTF_LIKE(2, 3) sql_number(struct db *db, const char *format, ...)
{
	int64_t v = INT64_MIN;
	sqlite3_stmt *st;
	va_list ap;

	va_start(ap, format);
	st = sql_prepare(db, format, ap);
	va_end(ap);
	if (sqlite3_step(st) == SQLITE_ROW)
		v = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return v;
}

/* The first column of all rows, a line feed after each. */
static inline const char *
    PRINTF_LIKE(3, 4) sql_text(struct db *db, struct arena *a, const char *format, ...)
{
	const char *text = "";
	sqlite3_stmt *st;
	va_list ap;

	va_start(ap, format);
	st = sql_prepare(db, format, ap);
	va_end(ap);
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *v = (const char *)sqlite3_column_text(st, 0);

		text = arena_printf(a, "%s%s\n", text, v == NULL ? "NULL" : v);
	}
	sqlite3_finalize(st);
	return text;
}

static inline struct blob
    PRINTF_LIKE(3, 4) sql_blob(struct db *db, struct arena *a, const char *format, ...)
{
	struct blob b = { NULL, 0 };
	sqlite3_stmt *st;
	va_list ap;

	va_start(ap, format);
	st = sql_prepare(db, format, ap);
	va_end(ap);
	if (sqlite3_step(st) == SQLITE_ROW && sqlite3_column_type(st, 0) != SQLITE_NULL) {
		b.len = (size_t)sqlite3_column_bytes(st, 0);
		b.p = arena_strndup(a, sqlite3_column_blob(st, 0), b.len);
	}
	sqlite3_finalize(st);
	return b;
}

/* Runs it; SQLite's result. Outside a transaction it is one of its own. */
static inline int PRINTF_LIKE(2, 3) sql_try(struct db *db, const char *format, ...)
{
	sqlite3_stmt *st;
	va_list ap;
	int rc;

	va_start(ap, format);
	st = sql_prepare(db, format, ap);
	va_end(ap);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		;
	sqlite3_finalize(st);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

#define sql_run(db, ...) cr_assert_eq(sql_try(db, __VA_ARGS__), SQLITE_OK)

#endif
