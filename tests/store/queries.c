/* SPDX-License-Identifier: MIT */
/*
 * queries.c - every statement against the schema, and how it would be run.
 *
 * The plans stand in tests/sql/plans.txt. After a change of sql/ look at what
 * differs in build/plans.txt; ACCEPT=1 build/tests/store/run --filter 'queries/...'
 * makes it the accepted one. The words of a plan are SQLite's and may change with
 * it: the file names the version, with another only the rule below is checked.
 */
#include <criterion/criterion.h>

#include "queries.h"
#include "support/place.h"
#include "support/sql.h"

#define ACCEPTED "tests/sql/plans.txt"
#define PRESENT "build/plans.txt"

static struct db *db;
static struct arena *arena;

static void
setup(void)
{
	char error[DB_ERROR_LEN];

	arena = arena_new((size_t)1 << 26);
	cr_assert_eq(db_connect(":memory:", NULL, DB_WRITER, &db, error), 0);
	cr_assert_eq(db_migrate(db, false, error), 0, "%s", error);
	db_use_arena(db, arena);
	sqlite3_set_authorizer(db->handle, NULL, NULL); /* EXPLAIN is an action too */
}

static void
teardown(void)
{
	db_disconnect(db);
	arena_free(arena);
}

TestSuite(queries, .init = setup, .fini = teardown);

Test(queries, every_statement_prepares_and_gives_the_columns_it_declares)
{
	const char *name = "none";

	cr_assert_eq(db_check_queries(db, &name), 0, "%s", name);
}

Test(queries, a_statement_that_does_not_fit_the_schema_is_named)
{
	const char *name = "none";

	sql_run(db, "ALTER TABLE consent RENAME COLUMN basis TO ground");
	cr_expect_lt(db_check_queries(db, &name), 0);
	cr_expect(strstr(name, "consent") != NULL, "%s", name);
}

static const char *
all_plans(void)
{
	int version = sqlite3_libversion_number() / 1000;
	const char *all =
	    arena_printf(arena, "-- SQLite %d.%d; made by tests/store/queries.c\n",
		version / 1000, version % 1000);

	for (const struct q_desc *const *q = q_all; *q != NULL; q++) {
		const char *plan = db_query_plan(db, *q);

		all = arena_printf(
		    all == NULL ? arena : arena, "%s\n%s\n", all, (*q)->name);
		while (*plan != '\0') {
			int n = (int)strcspn(plan, "\n");

			all = arena_printf(arena, "%s    %.*s\n", all, n, plan);
			plan += n + (plan[n] == '\n');
		}
	}
	return all;
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	cr_assert(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0, "%s", path);
}

/* The first line in which they differ, for the message. */
static const char *
first_difference(const char *a, const char *b)
{
	size_t line = 0;

	for (size_t i = 0; a[i] == b[i] && a[i] != '\0'; i++)
		if (a[i] == '\n')
			line = i + 1;
	return arena_strndup(arena, a + line, strcspn(a + line, "\n"));
}

Test(queries, every_plan_is_the_accepted_one)
{
	const char *now = all_plans(), *accepted;

	write_file(PRESENT, now);
	if (getenv("ACCEPT") != NULL)
		write_file(ACCEPTED, now);
	accepted = place_read(arena, ACCEPTED);
	cr_assert_not_null(accepted, ACCEPTED " is missing");
	if (strncmp(now, accepted, strcspn(now, ";")) != 0)
		return; /* another SQLite's words */
	cr_assert_str_eq(
	    now, accepted, "%s, see " PRESENT, first_difference(now, accepted));
}

/* ---- no walk through a big table ---- */

static const char *const big_tables[] = { "booking", "booking_tag", "search_token",
	"token", "event", "idempotency", "source", "consent", "attempt", "outbox",
	"audit", "b", "e", "c" };

/* What may walk, and why. */
static const struct {
	const char *query, *step;
} may_walk[] = {
	/* the administrator's counts: one covering index, once a look */
	{ "booking_count_by_status",
	    "SCAN booking USING COVERING INDEX booking_by_status" },
	/* from one end of the table, LIMIT 1 */
	{ "booking_last", "SCAN booking" },
	{ "audit_last", "SCAN audit" },
	/* an index of what waits alone; as two SQLites say it */
	{ "outbox_waiting_count", "SCAN outbox USING INDEX outbox_waiting" },
	{ "outbox_waiting_count", "SCAN outbox USING COVERING INDEX outbox_waiting" },
	/* foreign keys to a new row: run only when one is violated, which none is */
	{ "taxonomy_insert", "SCAN booking_tag" },
};

static bool
is_allowed(const char *query, const char *step)
{
	for (size_t i = 0; i < ARRAY_LEN(may_walk); i++)
		if (strcmp(may_walk[i].query, query) == 0 &&
		    strcmp(may_walk[i].step, step) == 0)
			return true;
	return false;
}

/* A scan; or a search of all tokens by the cursor, which is one too. */
static bool
walks_a_big_table(const char *step)
{
	const char *table = step + strlen("SCAN ");
	size_t n;

	if (strstr(step, "search_token_by_booking (n<?)") != NULL ||
	    strstr(step, "search_token_by_booking (n>?)") != NULL)
		return true;
	if (strncmp(step, "SCAN ", 5) != 0)
		return false;
	n = strcspn(table, " ");
	for (size_t i = 0; i < ARRAY_LEN(big_tables); i++)
		if (strlen(big_tables[i]) == n && strncmp(big_tables[i], table, n) == 0)
			return true;
	return false;
}

Test(queries, none_walks_a_big_table_but_those_listed_here)
{
	for (const struct q_desc *const *q = q_all; *q != NULL; q++) {
		const char *plan = db_query_plan(db, *q);

		while (*plan != '\0') {
			size_t n = strcspn(plan, "\n");
			const char *step = arena_strndup(arena, plan, n);

			cr_expect(
			    !walks_a_big_table(step) || is_allowed((*q)->name, step),
			    "%s: %s", (*q)->name, step);
			cr_expect_null(
			    strstr(step, "AUTOMATIC"), "%s: %s", (*q)->name, step);
			plan += n + (plan[n] == '\n');
		}
	}
}

Test(queries, the_rule_finds_a_walk_when_there_is_one)
{
	static const struct q_desc walk = { "walk", 0,
		"SELECT n FROM booking WHERE full_name = 'A'", NULL, NULL, 0, 0 };
	const char *step = db_query_plan(db, &walk);

	step = arena_strndup(arena, step, strcspn(step, "\n"));
	cr_expect(walks_a_big_table(step) && !is_allowed("walk", step), "%s", step);
}
