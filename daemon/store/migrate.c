/* SPDX-License-Identifier: MIT */
/*
 * migrate.c - numbered steps forward, never back, each whole or not at all.
 *
 * The version is SQLite's user_version, set in the step's own transaction. The
 * table "migration" keeps the SHA-256 of every applied step: a released step
 * that was edited afterwards is refused instead of guessed about.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "store/sqlite.h"

#define APPLICATION_ID 0x424b4431 /* "BKD1": file(1) can tell our databases */

static void
hash_text(const struct migration *m, char hex[2 * SECRET_HASH_LEN + 1])
{
	uint8_t hash[SECRET_HASH_LEN];

	secret_hash(m->sql, strlen(m->sql), hash);
	str_hex(hash, sizeof(hash), hex);
}

int
db_schema_version(struct db *db)
{
	sqlite3_stmt *st = NULL;
	int v = E_DB;

	if (sqlite3_prepare_v2(db->handle, "PRAGMA user_version", -1, &st, NULL) == SQLITE_OK
	    && sqlite3_step(st) == SQLITE_ROW)
		v = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return v;
}

/* An applied step must be the one we have. */
static bool
is_applied_as_ours(struct db *db, const struct migration *m)
{
	char hex[2 * SECRET_HASH_LEN + 1];
	sqlite3_stmt *st = NULL;
	bool same = false;

	hash_text(m, hex);
	if (sqlite3_prepare_v2(db->handle, "SELECT sha256 FROM migration WHERE version = ?1", -1,
		&st, NULL)
		== SQLITE_OK
	    && sqlite3_bind_int(st, 1, m->version) == SQLITE_OK
	    && sqlite3_step(st) == SQLITE_ROW)
		same = strcmp((const char *)sqlite3_column_text(st, 0), hex) == 0;
	sqlite3_finalize(st);
	return same;
}

static int
record(struct db *db, const struct migration *m)
{
	char hex[2 * SECRET_HASH_LEN + 1], pragma[96];
	sqlite3_stmt *st = NULL;
	int rc;

	hash_text(m, hex);
	rc = sqlite3_prepare_v2(db->handle,
	    "INSERT INTO migration (version, name, sha256, applied_at) VALUES (?1, ?2, ?3, ?4)",
	    -1, &st, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_bind_int(st, 1, m->version);
		sqlite3_bind_text(st, 2, m->name, -1, SQLITE_STATIC);
		sqlite3_bind_text(st, 3, hex, -1, SQLITE_STATIC);
		sqlite3_bind_int64(st, 4, clock_now_ms());
		rc = sqlite3_step(st);
	}
	sqlite3_finalize(st);
	if (rc != SQLITE_DONE)
		return db_error(db, rc);
	snprintf(pragma, sizeof(pragma), "PRAGMA user_version=%d; PRAGMA application_id=%d;",
	    m->version, APPLICATION_ID);
	return db_script(db, pragma);
}

static int
apply(struct db *db, const struct migration *m)
{
	int rc = db_begin(db, DB_WRITER);

	if (rc == 0)
		rc = db_script(db, m->sql);
	if (rc == 0)
		rc = record(db, m);
	if (rc == 0)
		rc = db_commit(db);
	if (rc < 0)
		db_rollback(db);
	return rc;
}

int
db_migrate(struct db *db, bool dry_run, char ret_text[DB_ERROR_LEN])
{
	int have = db_schema_version(db), newest = 0, rc = 0;
	const struct migration *m;

	ret_text[0] = '\0';
	for (m = migrations; m->version != 0; m++)
		newest = m->version;
	if (have < 0 || have > newest) {
		snprintf(ret_text, DB_ERROR_LEN,
		    "the database has schema version %d, this program knows %d: it is too old.",
		    have, newest);
		return E_DB;
	}
	for (m = migrations; m->version != 0 && rc == 0; m++) {
		size_t len = strlen(ret_text);

		if (m->version <= have) {
			if (is_applied_as_ours(db, m))
				continue;
			snprintf(ret_text, DB_ERROR_LEN,
			    "schema step %s was applied in another form.", m->name);
			return E_DB;
		}
		snprintf(ret_text + len, DB_ERROR_LEN - len, "%s%s", len > 0 ? ", " : "", m->name);
		if (!dry_run && (rc = apply(db, m)) < 0)
			snprintf(ret_text, DB_ERROR_LEN, "schema step %s failed: %s.", m->name,
			    sqlite3_errmsg(db->handle));
	}
	if (!dry_run && rc == 0)
		db_forbid_schema_changes(db);
	return rc;
}
