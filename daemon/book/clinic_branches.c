/* SPDX-License-Identifier: MIT */
/*
 * clinic_branches.c - branches, their settings and hours, and the days on which
 * they are closed.
 *
 * To add a setting: a field of struct clinic_settings, a row of the table here,
 * its key in SETTING_KEYS.
 */
#include <stdlib.h>
#include <string.h>

#include "book/clinic_reader.h"

#define BRANCHES_MAX 50
#define ROWS_MAX 100
#define CLOSURES_MAX 5000

#define AT(field) offsetof(struct clinic_settings, field)

const struct setting clinic_setting_table[SETTING_COUNT] = {
	{ "min_notice_minutes", AT(min_notice_minutes), { 0, 525600, 1 } },
	{ "horizon_days", AT(horizon_days), { 1, 730, 1 } },
	{ "slot_step_minutes", AT(slot_step_minutes), { 5, 1440, 5 } },
	{ "change_cutoff_hours", AT(change_cutoff_hours), { 0, 8760, 1 } },
	{ "hold_open_hours", AT(hold_open_hours), { 1, 1000, 1 } },
	{ "respond_within_open_hours", AT(respond_within_open_hours), { 1, 1000, 1 } },
};

const struct clinic_settings clinic_default_settings = { .min_notice_minutes = 120,
	.horizon_days = 60,
	.slot_step_minutes = 15,
	.change_cutoff_hours = 24,
	.hold_open_hours = 8,
	.respond_within_open_hours = 4 };

int
clinic_setting_value(const struct clinic_settings *s, const struct setting *t)
{
	return *(const int *)(const void *)((const char *)s + t->offset);
}

void
read_settings(struct reader *r, const struct node *n, struct clinic_settings *s)
{
	struct node mode = node_key(n, "booking_mode");
	struct node step = node_key(n, "slot_step_minutes");
	const char *word = json_string_value(mode.v);

	if (word != NULL &&
	    (strcmp(word, "instant") == 0 || strcmp(word, "request") == 0))
		s->instant = strcmp(word, "instant") == 0;
	else if (mode.v != NULL)
		node_wrong(r, &mode, "invalid", "request or instant is expected here");
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		const struct setting *t = &clinic_setting_table[i];
		struct node at = node_key(n, t->key);
		int *value = (int *)(void *)((char *)s + t->offset);

		*value = node_int(r, &at, t->range, *value);
	}
	if (1440 % s->slot_step_minutes != 0) {
		node_wrong(r, &step, "invalid",
		    "a step that divides a day evenly, such as 15 or 30, is expected "
		    "here");
		s->slot_step_minutes = clinic_default_settings.slot_step_minutes;
	}
}

const struct zone *
read_zone(struct reader *r, const struct node *n)
{
	const char *name = json_string_value(n->v);
	const struct zone *zone = name == NULL ? NULL : zone_get(name);

	if (n->v == NULL)
		node_wrong(r, n, "missing",
		    "a time zone is needed here, such as \"Asia/Singapore\"");
	else if (zone == NULL)
		node_wrong(r, n, "invalid",
		    "a time zone of the IANA database, such as \"Asia/Singapore\", is "
		    "expected here");
	return zone;
}

static void
read_hours(struct reader *r, const struct node *n, struct hours *h)
{
	static const char *const keys[] = { "days", "from", "to", NULL };
	size_t count = node_array(r, n, ROWS_MAX);
	struct hours_row *rows = ARENA_ARRAY(r->arena, struct hours_row, count * 7 + 1);
	struct week_row row;

	for (size_t i = 0; i < count; i++) {
		struct node at = node_at(n, i);

		if (!node_object(r, &at, keys) || !node_week_row(r, &at, &row))
			continue;
		for (int day = 1; day <= 7; day++)
			if ((row.days & 1u << day) != 0)
				rows[h->row_count++] =
				    (struct hours_row){ day, row.from_min, row.to_min };
	}
	h->rows = rows;
}

static void
read_branch(struct reader *r, const struct node *n, struct strlist *slugs)
{
	struct branch *b = &r->clinic->branches[r->clinic->branch_count];
	struct node slug = node_key(n, "slug"), name = node_key(n, "name");
	struct node address = node_key(n, "address"), zone = node_key(n, "time_zone");
	struct node hours = node_key(n, "hours");

	b->slug = node_slug(r, &slug, slugs);
	b->name = node_text(r, &name, 100, 0);
	if (b->name == NULL)
		b->name = r->clinic->name;
	b->address = node_text(r, &address, 300, LINES);
	if (b->address == NULL)
		b->address = "";
	b->hours.zone = zone.v == NULL ? r->clinic->zone : read_zone(r, &zone);
	read_hours(r, &hours, &b->hours);
	read_settings(r, n, &b->settings);
	if (b->slug != NULL)
		r->clinic->branch_count++;
}

void
read_branches(struct reader *r, const struct node *doc, const struct clinic_settings *s)
{
	static const char *const keys[] = { "slug", "name", "address", "time_zone",
		"hours", SETTING_KEYS, NULL };
	struct node branches = node_key(doc, "branches");
	size_t n = node_array(r, &branches, BRANCHES_MAX);
	struct strlist slugs = { 0 };

	if (branches.v == NULL)
		node_wrong(r, &branches, "missing", "at least one branch is needed");
	else if (json_is_array(branches.v) && json_array_size(branches.v) == 0)
		node_wrong(
		    r, &branches, "invalid", "at least one branch is expected here");
	r->clinic->branches = ARENA_ARRAY(r->arena, struct branch, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct node at = node_at(&branches, i);

		r->clinic->branches[r->clinic->branch_count] =
		    (struct branch){ .settings = *s };
		if (node_object(r, &at, keys))
			read_branch(r, &at, &slugs);
	}
}

struct strlist
reader_branch_slugs(struct reader *r)
{
	struct strlist l = { 0 };

	for (size_t i = 0; i < r->clinic->branch_count; i++)
		strlist_add(&l, r->arena, r->clinic->branches[i].slug);
	return l;
}

static void
read_closure(struct reader *r, const struct node *n, const struct strlist *branches)
{
	struct clinic *c = r->clinic;
	struct closure *k = &c->closures[c->closure_count];
	struct node branch = node_key(n, "branch"), date = node_key(n, "date");
	struct node name = node_key(n, "name");
	const char *slug = branch.v == NULL ? "*" : json_string_value(branch.v);

	if (slug == NULL || strcmp(slug, "*") != 0)
		slug = node_known(r, &branch, branches, "branch");
	node_names(r, &name, k->name);
	if (k->name[0] == NULL) {
		k->name[0] = "Closed";
		k->name[1] = "Tutup";
		k->name[2] = "休息";
	}
	if (!node_date(r, &date, &k->day) || slug == NULL)
		return;
	k->branch = arena_strdup(r->arena, slug);
	for (size_t i = 0; i < c->closure_count; i++)
		if (c->closures[i].day == k->day &&
		    strcmp(c->closures[i].branch, k->branch) == 0) {
			node_wrong(r, n, "duplicate", "that day is closed already");
			return;
		}
	c->closure_count++;
}

static int
day_order(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return x < y ? -1 : x > y;
}

static void
close_days(const struct clinic *c, struct branch *b)
{
	int32_t *days = ARENA_ARRAY(c->arena, int32_t, c->closure_count + 1);
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < c->closure_count; i++)
		if (strcmp(c->closures[i].branch, "*") == 0 ||
		    strcmp(c->closures[i].branch, b->slug) == 0)
			days[n++] = c->closures[i].day;
	qsort(days, n, sizeof(*days), day_order);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || days[i] != days[kept - 1])
			days[kept++] = days[i];
	b->hours.closed_days = days;
	b->hours.closed_count = kept;
}

void
clinic_close_days(struct clinic *c)
{
	for (size_t i = 0; i < c->branch_count; i++)
		close_days(c, &c->branches[i]);
}

void
read_closures(struct reader *r, const struct node *doc)
{
	static const char *const keys[] = { "branch", "date", "name", NULL };
	struct node closures = node_key(doc, "closures");
	size_t n = node_array(r, &closures, CLOSURES_MAX);
	struct strlist branches = reader_branch_slugs(r);

	r->clinic->closures = ARENA_ARRAY(r->arena, struct closure, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct node at = node_at(&closures, i);

		r->clinic->closures[r->clinic->closure_count] = (struct closure){ 0 };
		if (node_object(r, &at, keys))
			read_closure(r, &at, &branches);
	}
	clinic_close_days(r->clinic);
}
