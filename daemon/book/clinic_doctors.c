/* SPDX-License-Identifier: MIT */
/*
 * clinic_doctors.c - doctors of the clinic file: where and when they work.
 *
 * A doctor's own hours are laid on a week of five-minute cells: nobody is in two
 * places.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "book/clinic_reader.h"

#define SERVICES_MAX 200
#define DOCTORS_MAX 300
#define ROWS_MAX 200
#define DATED_MAX 1000 /* absences, and extra days, of one doctor */
#define CELLS 2016     /* five minutes each, a week */

struct week {
	uint16_t owner[CELLS]; /* row + 1 */
};

static void
take_cells(
    struct reader *r, const struct node *n, struct week *w, const struct week_row *row)
{
	int len = (row->to_min - row->from_min + 1440) % 1440;

	if (len == 0) /* 00:00 to 24:00 */
		len = 1440;
	for (int day = 1; day <= 7; day++) {
		int first = ((day - 1) * 1440 + row->from_min) / 5;

		for (int i = 0; (row->days & 1u << day) != 0 && i < len / 5; i++) {
			uint16_t *owner = &w->owner[(first + i) % CELLS];

			if (*owner != 0 && *owner != n->index + 1) {
				node_wrong(r, n, "invalid",
				    "these hours overlap hours[%d] of the same doctor",
				    *owner - 1);
				return;
			}
			*owner = (uint16_t)(n->index + 1);
		}
	}
}

static void
read_weekly(struct reader *r, const struct node *doctor, const struct strlist *branches,
    struct doctor *d)
{
	static const char *const keys[] = { "branch", "days", "from", "to", NULL };
	struct node hours = node_key(doctor, "hours");
	size_t n = node_array(r, &hours, ROWS_MAX);
	struct week week = { 0 };
	struct week_row row;
	int where;

	d->work = ARENA_ARRAY(r->arena, struct work, n * 7 + 1);
	for (size_t i = 0; i < n; i++) {
		struct node at = node_at(&hours, i), branch = node_key(&at, "branch");

		if (!node_object(r, &at, keys))
			continue;
		where = reader_branch(r, &branch, branches);
		if (!node_week_row(r, &at, &row))
			continue;
		take_cells(r, &at, &week, &row);
		for (int day = 1; day <= 7 && where >= 0; day++)
			if ((row.days & 1u << day) != 0)
				d->work[d->work_count++] = (struct work){ (size_t)where, day,
					row.from_min, row.to_min };
	}
}

static void
read_away(struct reader *r, const struct node *doctor, struct doctor *d)
{
	static const char *const keys[] = { "from", "to", "reason", NULL };
	struct node away = node_key(doctor, "away");
	size_t n = node_array(r, &away, DATED_MAX);

	d->away = ARENA_ARRAY(r->arena, struct away, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct node at = node_at(&away, i), reason = node_key(&at, "reason");
		struct node from = node_key(&at, "from"), to = node_key(&at, "to");
		int64_t from_min, to_min;
		bool good;

		if (!node_object(r, &at, keys))
			continue;
		good = node_wall(r, &from, &from_min);
		good &= node_wall(r, &to, &to_min);
		if (good && from_min >= to_min)
			node_wrong(
			    r, &to, "invalid", "a time after from is expected here");
		else if (good)
			d->away[d->away_count++] = (struct away){ from_min, to_min,
				node_text(r, &reason, 200, 0), 0 };
	}
}

struct stretch {
	int64_t from, to; /* wall-clock minutes since 1970; empty when wrong */
};

static void
read_extra(struct reader *r, const struct node *doctor, const struct strlist *branches,
    struct doctor *d)
{
	static const char *const keys[] = { "branch", "date", "from", "to", NULL };
	struct node extra = node_key(doctor, "extra");
	size_t n = node_array(r, &extra, DATED_MAX);
	struct stretch *s = ARENA_ARRAY(r->arena, struct stretch, n + 1);

	d->extra = ARENA_ARRAY(r->arena, struct extra, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct node at = node_at(&extra, i), branch = node_key(&at, "branch");
		struct node date = node_key(&at, "date");
		int32_t day;
		int from, to, where;
		bool good;

		if (!node_object(r, &at, keys))
			continue;
		where = reader_branch(r, &branch, branches);
		good = node_date(r, &date, &day);
		if (!node_from_to(r, &at, &from, &to) || !good)
			continue;
		if (where >= 0)
			d->extra[d->extra_count++]
			    = (struct extra){ (size_t)where, day, from, to };
		s[i].from = (int64_t)day * 1440 + from;
		s[i].to = (int64_t)day * 1440 + to + (to < from ? 1440 : 0);
		for (size_t k = 0; k < i; k++)
			if (s[k].from < s[i].to && s[i].from < s[k].to) {
				node_wrong(r, &at, "invalid",
				    "this overlaps extra[%zu] of the same doctor", k);
				break;
			}
	}
}

/* A language tag, roughly: doctors speak more than the pages do. */
static bool
tag_good(const char *s)
{
	size_t n = 0;

	while (isalnum((unsigned char)s[n]) || (s[n] == '-' && n > 0))
		n++;
	return s[n] == '\0' && n >= 2 && n <= 35 && isalpha((unsigned char)s[0]);
}

static void
read_doctor_services(struct reader *r, const struct node *n, const struct strlist *known,
    struct strlist *ret_services)
{
	struct node services = node_key(n, "services");
	size_t count = node_array(r, &services, SERVICES_MAX);

	for (size_t i = 0; i < count; i++) {
		struct node at = node_at(&services, i);
		const char *s = node_known(r, &at, known, "service");

		if (s != NULL && strlist_has(ret_services, s))
			node_wrong(
			    r, &at, "duplicate", "\"%s\" is in the list already", s);
		else if (s != NULL)
			strlist_add(ret_services, r->arena, s);
	}
}

static void
read_doctor(struct reader *r, const struct node *n, const struct strlist *branches,
    const struct strlist *known)
{
	struct node slug = node_key(n, "slug"), name = node_key(n, "name");
	struct node credentials = node_key(n, "credentials"),
		    active = node_key(n, "active");
	struct node languages = node_key(n, "languages"), max = node_key(n, "daily_max");
	struct doctor *d = &r->clinic->doctors[r->clinic->doctor_count];

	d->slug = node_slug(r, &slug, &r->doctors);
	d->name = node_text(r, &name, 200, 0);
	if (d->name == NULL)
		d->name = d->slug;
	d->credentials = node_text(r, &credentials, 500, 0);
	d->active = node_bool(r, &active, true);
	d->daily_max = max.v == NULL ? 0 : node_int(r, &max, (struct range){ 1, 1000, 1 }, 1);
	d->languages = node_list(r, &languages, tag_good, "a language such as \"en\" or \"zh-Hans\"");
	read_doctor_services(r, n, known, &d->services);
	read_weekly(r, n, branches, d);
	read_away(r, n, d);
	read_extra(r, n, branches, d);
	if (d->slug != NULL)
		r->clinic->doctor_count++;
}

static int
by_slug(const void *a, const void *b)
{
	return strcmp(((const struct doctor *)a)->slug, ((const struct doctor *)b)->slug);
}

void
read_doctors(struct reader *r, const struct node *doc)
{
	static const char *const keys[] = { "slug", "name", "credentials", "languages",
		"services", "active", "daily_max", "hours", "away", "extra", NULL };
	struct node doctors = node_key(doc, "doctors");
	struct strlist branches = reader_branch_slugs(r), services = { 0 };
	size_t n = node_array(r, &doctors, DOCTORS_MAX);

	r->clinic->doctors = ARENA_ARRAY(r->arena, struct doctor, n + 1);
	for (size_t i = 0; i < r->clinic->service_count; i++)
		strlist_add(&services, r->arena, r->clinic->services[i].slug);
	for (size_t i = 0; i < n; i++) {
		struct node at = node_at(&doctors, i);

		if (node_object(r, &at, keys))
			read_doctor(r, &at, &branches, &services);
	}
	qsort(r->clinic->doctors, r->clinic->doctor_count, sizeof(struct doctor), by_slug);
}
