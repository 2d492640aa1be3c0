/* SPDX-License-Identifier: MIT */
/* migrate.c - the schema's steps, and the connections they run on. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "support/place.h"
#include "support/sql.h"

static struct place place;
static struct arena *arena;
static const char *path;
static char text[DB_ERROR_LEN];

static void
setup(void)
{
	arena = arena_new((size_t)1 << 24);
	place_make(&place);
	path = place_path(arena, &place, "clinic.db");
}

static void
teardown(void)
{
	place_remove(&place);
	arena_free(arena);
}

TestSuite(migrate, .init = setup, .fini = teardown);

static struct db *
connect_as(enum db_mode mode)
{
	struct db *db = NULL;

	cr_assert_eq(db_connect(path, NULL, mode, &db, text), 0, "%s", text);
	return db;
}

static int
newest(void)
{
	int version = 0;

	for (const struct migration *m = migrations; m->version != 0; m++)
		version = m->version;
	return version;
}

/* A database of the newest schema, closed; changed by one statement. */
static void
make_database(const char *change)
{
	struct db *db = connect_as(DB_WRITER);

	cr_assert_eq(db_migrate(db, false, text), 0, "%s", text);
	sqlite3_set_authorizer(db->handle, NULL, NULL);
	sql_run(db, "%s", change);
	db_disconnect(db);
}

Test(migrate, the_steps_are_numbered_from_one_without_a_gap)
{
	int expected = 1;

	for (const struct migration *m = migrations; m->version != 0; m++)
		cr_expect_eq(m->version, expected++, "%s", m->name);
	cr_expect_gt(expected, 1);
}

Test(migrate, a_new_database_is_brought_to_the_newest_version)
{
	struct db *db = connect_as(DB_WRITER);

	cr_expect_eq(db_schema_version(db), 0);
	cr_assert_eq(db_migrate(db, false, text), 0);
	cr_expect_not_null(strstr(text, migrations[0].name), "%s", text);
	sqlite3_set_authorizer(db->handle, NULL, NULL);
	cr_expect_eq(db_schema_version(db), newest());
	cr_expect_eq(sql_number(db, "SELECT count(*) FROM migration"), newest());
	cr_expect_eq(sql_number(db, "PRAGMA application_id"), 0x424b4431);
	cr_expect_eq(db_check_integrity(db), 0);
	db_disconnect(db);
}

Test(migrate, a_second_start_has_nothing_to_do)
{
	struct db *db;

	make_database("SELECT 1");
	db = connect_as(DB_WRITER);
	cr_expect_eq(db_migrate(db, false, text), 0);
	cr_expect_str_eq(text, "");
	db_disconnect(db);
}

Test(migrate, a_dry_run_names_the_steps_and_changes_nothing)
{
	struct db *db = connect_as(DB_WRITER);

	cr_expect_eq(db_migrate(db, true, text), 0);
	cr_expect_not_null(strstr(text, migrations[0].name), "%s", text);
	cr_expect_eq(db_schema_version(db), 0);
	cr_expect_eq(sql_number(db, "SELECT count(*) FROM sqlite_schema"), 0);
	db_disconnect(db);
}

Test(migrate, a_database_newer_than_the_program_is_refused_and_left_alone)
{
	struct db *db;

	make_database("PRAGMA user_version = 9999");
	db = connect_as(DB_WRITER);
	cr_expect_eq(db_migrate(db, false, text), E_DB);
	cr_expect_not_null(strstr(text, "9999"), "%s", text);
	cr_expect_eq(db_schema_version(db), 9999);
	db_disconnect(db);
}

Test(migrate, a_step_that_was_edited_after_it_was_applied_is_refused)
{
	struct db *db;

	make_database("UPDATE migration SET sha256 = 'another' WHERE version = 1");
	db = connect_as(DB_WRITER);
	cr_expect_eq(db_migrate(db, false, text), E_DB);
	cr_expect_not_null(strstr(text, migrations[0].name), "%s", text);
	cr_expect_eq(db_migrate(db, true, text), E_DB);
	db_disconnect(db);
}

Test(migrate, a_step_without_its_record_is_refused)
{
	struct db *db;

	make_database("DELETE FROM migration");
	db = connect_as(DB_WRITER);
	cr_expect_eq(db_migrate(db, false, text), E_DB);
	db_disconnect(db);
}

Test(migrate, a_step_that_fails_leaves_the_database_as_it_was)
{
	struct db *db = connect_as(DB_WRITER);

	sql_run(db, "CREATE TABLE outbox (mine TEXT)"); /* in the way */
	cr_expect_lt(db_migrate(db, false, text), 0);
	cr_expect_not_null(strstr(text, migrations[0].name), "%s", text);
	cr_expect_eq(db_schema_version(db), 0);
	cr_expect_eq(sql_number(db, "SELECT count(*) FROM sqlite_schema"), 1);
	cr_expect_not(db_in_transaction(db));
	sql_run(db, "DROP TABLE outbox");
	cr_expect_eq(db_migrate(db, false, text), 0, "%s", text);
	db_disconnect(db);
}

/* ---- connections ---- */

Test(migrate, every_connection_is_as_durable_and_as_strict_as_promised)
{
	struct db *dbs[2] = { connect_as(DB_WRITER), connect_as(DB_READER) };

	for (int i = 0; i < 2; i++) {
		struct db *db = dbs[i];

		cr_expect_eq(sql_number(db, "PRAGMA synchronous"), 2); /* FULL */
		cr_expect_str_eq(sql_text(db, arena, "PRAGMA journal_mode"), "wal\n");
		cr_expect_eq(sql_number(db, "PRAGMA foreign_keys"), 1);
		cr_expect_eq(sql_number(db, "PRAGMA trusted_schema"), 0);
		cr_expect_eq(sql_number(db, "PRAGMA cell_size_check"), 1);
		cr_expect_eq(sql_number(db, "PRAGMA secure_delete"), 1);
		cr_expect_eq(sql_number(db, "PRAGMA mmap_size"), 0);
		cr_expect_eq(sql_number(db, "PRAGMA wal_autocheckpoint"), 0);
		cr_expect_eq(sql_number(db, "PRAGMA query_only"), i);
	}
	db_disconnect(dbs[0]);
	db_disconnect(dbs[1]);
}

Test(migrate, a_reader_neither_makes_a_database_nor_writes_to_one)
{
	struct db *db = NULL;

	cr_expect_lt(db_connect(path, NULL, DB_READER, &db, text), 0);
	cr_expect_not_null(strstr(text, path), "%s", text);
	make_database("SELECT 1");
	db = connect_as(DB_READER);
	cr_expect_neq(
	    sql_try(db, "INSERT INTO setting (name, value) VALUES ('a', x'00')"),
	    SQLITE_OK);
	db_disconnect(db);
}

Test(migrate, once_it_serves_the_writer_changes_no_schema_and_attaches_nothing)
{
	static const char *const forbidden[] = { "CREATE TABLE mine (a)",
		"DROP TABLE outbox", "ATTACH ':memory:' AS other",
		"PRAGMA synchronous = OFF", "ALTER TABLE outbox ADD COLUMN mine",
		"DROP TRIGGER event_is_kept", "CREATE TEMP TABLE mine (a)" };
	struct db *db = connect_as(DB_WRITER);
	sqlite3_stmt *st = NULL;

	cr_assert_eq(db_migrate(db, false, text), 0);
	for (size_t i = 0; i < ARRAY_LEN(forbidden); i++) {
		cr_expect_neq(sqlite3_prepare_v2(db->handle, forbidden[i], -1, &st, NULL),
		    SQLITE_OK, "%s", forbidden[i]);
		sqlite3_finalize(st);
	}
	db_disconnect(db);
}

Test(migrate, something_that_is_no_database_is_refused_with_a_sentence)
{
	struct db *db = NULL;

	place_write(arena, &place, "clinic.db",
	    "Dear reader, this is a letter, not a database. "
	    "It is long enough to be looked at twice. "
	    "It is long enough to be looked at twice.");
	cr_expect_lt(db_connect(path, NULL, DB_WRITER, &db, text), 0);
	cr_expect_not_null(strstr(text, path), "%s", text);
	cr_expect_null(db);
}

/* ---- the lock ---- */

Test(migrate, a_second_daemon_on_the_same_database_is_turned_away)
{
	int first = db_lock(path);

	cr_assert_geq(first, 0);
	cr_expect_eq(db_lock(path), E_BUSY);
	close(first);
	first = db_lock(path);
	cr_expect_geq(first, 0); /* the one before left: its file is no obstacle */
	close(first);
}

Test(migrate, a_lock_that_cannot_be_made_is_an_error_of_its_own)
{
	cr_expect_eq(db_lock(place_path(arena, &place, "nowhere/clinic.db")), E_DB);
}

/* ---- what the schema itself forbids ---- */

Test(migrate, the_schema_keeps_requests_events_and_the_audit)
{
	static const char *const refused[] = {
		"DELETE FROM booking",
		"DELETE FROM event",
		"DELETE FROM audit",
		"UPDATE event SET kind = 'other'",
		"UPDATE event SET actor = 'other'",
		"UPDATE event SET at = at + 1",
		"UPDATE event SET detail = x'00'",
		"UPDATE audit SET actor = 'other'",
		"INSERT INTO event (seq, at, n, kind, actor_kind, actor)"
		" VALUES (3, 1, 1, 'note', 'staff', 'a')",
		"INSERT INTO event (seq, at, n, kind, actor_kind, actor)"
		" VALUES (2, 1, 77, 'note', 'staff', 'a')",
		"UPDATE booking SET branch = 77",
		"UPDATE booking SET status = 11",
	};
	struct db *db = connect_as(DB_WRITER);

	cr_assert_eq(db_migrate(db, false, text), 0);
	sql_run(db, "INSERT INTO branch VALUES (1, 'main', 'Main', 1, 'file', 1)");
	sql_run(db,
	    "INSERT INTO booking (n, id, reference, status, version, channel, "
	    "received_at,"
	    " clock_at, respond_by, branch, service, full_name, phone, phone_typed,"
	    " contact_method, language, adult, preferred_days, preferred_parts) VALUES"
	    " (1, zeroblob(16), 'NG-1', 0, 1, 'web', 1, 1, 1, 1, 'a', 'b', '+65', '65',"
	    " 'phone', 'en', 1, 0, 0)");
	sql_run(db, "INSERT INTO event (seq, at, n, kind, actor_kind, actor, detail)"
		    " VALUES (1, 1, 1, 'received', 'patient', 'web', x'01')");
	sql_run(
	    db, "INSERT INTO audit VALUES (1, 1, 'staff', 'a', 'read', 1, zeroblob(32))");
	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		cr_expect_eq(sql_try(db, "%s", refused[i]) & 0xff, SQLITE_CONSTRAINT,
		    "%s", refused[i]);
	sql_run(db, "UPDATE event SET detail = NULL"); /* erasure may */
	db_disconnect(db);
}
