/* SPDX-License-Identifier: MIT */
/*
 * clinic_people.c - services, doctors and rooms of the clinic file.
 *
 * Only what the struct keeps is kept; the rest is checked, so that whoever
 * loads the document into the database meets no surprise. A doctor's own hours
 * are laid on a week of five-minute cells: nobody is in two places.
 */
#include <ctype.h>
#include <string.h>

#include "book/clinic_reader.h"

#define SERVICES_MAX 200
#define DOCTORS_MAX 300
#define ROOMS_MAX 500
#define ROWS_MAX 200
#define DATED_MAX 1000 /* absences, and extra days, of one doctor */
#define CELLS 2016     /* five minutes each, a week */
#define CLAIM_MAX 720  /* minutes, with buffers: as the schema has it */

void
read_rooms(struct reader *r, const struct node *doc)
{
	static const char *const keys[] = { "slug", "kind", "branch", "capacity", NULL };
	struct node rooms = node_key(doc, "rooms");
	struct strlist slugs = { 0 }, branches = reader_branch_slugs(r);
	size_t n = node_array(r, &rooms, ROOMS_MAX);

	for (size_t i = 0; i < n; i++) {
		struct node at = node_at(&rooms, i), slug = node_key(&at, "slug");
		struct node kind = node_key(&at, "kind"),
			    branch = node_key(&at, "branch");
		struct node capacity = node_key(&at, "capacity");
		const char *k = kind.v == NULL ? "room" : json_string_value(kind.v);

		if (!node_object(r, &at, keys))
			continue;
		node_slug(r, &slug, &slugs);
		if (k == NULL || !clinic_slug_good(k))
			node_wrong(r, &kind, "invalid",
			    "a kind such as \"room\" is expected here: a-z, 0-9 and -");
		else if (!strlist_has(&r->kinds, k))
			strlist_add(&r->kinds, r->arena, arena_strdup(r->arena, k));
		node_known(r, &branch, &branches, "branch");
		node_int(r, &capacity, (struct range){ 1, 100, 1 }, 1);
	}
}

static void
read_service(struct reader *r, const struct node *n, struct strlist *slugs)
{
	static const struct range buffers = { 0, CLAIM_MAX, 5 };
	struct service *s = &r->clinic->services[r->clinic->service_count];
	struct node slug = node_key(n, "slug"), name = node_key(n, "name");
	struct node minutes = node_key(n, "minutes"), rooms = node_key(n, "rooms");
	struct node before = node_key(n, "buffer_before"),
		    after = node_key(n, "buffer_after");
	int all;

	s->slug = node_slug(r, &slug, slugs);
	node_names(r, &name, s->name);
	if (s->name[0] == NULL)
		s->name[0] = s->slug;
	for (int i = 1; i < 3; i++)
		if (s->name[i] == NULL)
			s->name[i] = s->name[0];
	all = node_int(r, &minutes, (struct range){ 5, CLAIM_MAX, 5 }, 30);
	all += node_int(r, &before, buffers, 0);
	all += node_int(r, &after, buffers, 0);
	if (all > CLAIM_MAX)
		node_wrong(r, &minutes, "invalid",
		    "at most 12 hours are expected, buffers included");
	node_list(r, &rooms, clinic_slug_good, "a kind of room");
	for (size_t i = 0; i < json_array_size(rooms.v); i++) {
		struct node at = node_at(&rooms, i);
		const char *kind = json_string_value(at.v);

		if (kind != NULL && clinic_slug_good(kind) &&
		    !strlist_has(&r->kinds, kind))
			node_wrong(r, &at, "unknown_slug",
			    "no room of any branch is of the kind \"%s\"", kind);
	}
	if (s->slug != NULL)
		r->clinic->service_count++;
}

void
read_services(struct reader *r, const struct node *doc)
{
	static const char *const keys[] = { "slug", "name", "minutes", "buffer_before",
		"buffer_after", "rooms", NULL };
	struct node services = node_key(doc, "services");
	size_t n = node_array(r, &services, SERVICES_MAX);
	struct strlist slugs = { 0 };

	r->clinic->services = ARENA_ARRAY(r->arena, struct service, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct node at = node_at(&services, i);

		if (node_object(r, &at, keys))
			read_service(r, &at, &slugs);
	}
	if (n == 0) {
		r->clinic->services[0] = (struct service){ "consultation",
			{ "Consultation", "Konsultasi", "咨询" } };
		r->clinic->service_count = 1;
	}
}

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
read_weekly(struct reader *r, const struct node *doctor, const struct strlist *branches)
{
	static const char *const keys[] = { "branch", "days", "from", "to", NULL };
	struct node hours = node_key(doctor, "hours");
	size_t n = node_array(r, &hours, ROWS_MAX);
	struct week week = { 0 };
	struct week_row row;

	for (size_t i = 0; i < n; i++) {
		struct node at = node_at(&hours, i), branch = node_key(&at, "branch");

		if (!node_object(r, &at, keys))
			continue;
		node_known(r, &branch, branches, "branch");
		if (node_week_row(r, &at, &row))
			take_cells(r, &at, &week, &row);
	}
}

static void
read_away(struct reader *r, const struct node *doctor)
{
	static const char *const keys[] = { "from", "to", "reason", NULL };
	struct node away = node_key(doctor, "away");
	size_t n = node_array(r, &away, DATED_MAX);

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
		node_text(r, &reason, 200, 0);
	}
}

struct stretch {
	int64_t from, to; /* wall-clock minutes since 1970; empty when wrong */
};

static void
read_extra(struct reader *r, const struct node *doctor, const struct strlist *branches)
{
	static const char *const keys[] = { "branch", "date", "from", "to", NULL };
	struct node extra = node_key(doctor, "extra");
	size_t n = node_array(r, &extra, DATED_MAX);
	struct stretch *s = ARENA_ARRAY(r->arena, struct stretch, n + 1);

	for (size_t i = 0; i < n; i++) {
		struct node at = node_at(&extra, i), branch = node_key(&at, "branch");
		struct node date = node_key(&at, "date");
		int32_t day;
		int from, to;
		bool good;

		if (!node_object(r, &at, keys))
			continue;
		node_known(r, &branch, branches, "branch");
		good = node_date(r, &date, &day);
		if (!node_from_to(r, &at, &from, &to) || !good)
			continue;
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
read_doctor(struct reader *r, const struct node *n, const struct strlist *branches,
    const struct strlist *known)
{
	struct node slug = node_key(n, "slug"), name = node_key(n, "name");
	struct node credentials = node_key(n, "credentials"),
		    active = node_key(n, "active");
	struct node languages = node_key(n, "languages"), max = node_key(n, "daily_max");
	struct node services = node_key(n, "services");
	struct strlist seen = { 0 };
	size_t count;

	node_slug(r, &slug, &r->clinic->doctors);
	node_text(r, &name, 200, 0);
	node_text(r, &credentials, 500, 0);
	node_bool(r, &active, true);
	node_int(r, &max, (struct range){ 1, 1000, 1 }, 1);
	node_list(r, &languages, tag_good, "a language such as \"en\" or \"zh-Hans\"");
	count = node_array(r, &services, SERVICES_MAX);
	for (size_t i = 0; i < count; i++) {
		struct node at = node_at(&services, i);
		const char *s = node_known(r, &at, known, "service");

		if (s != NULL && strlist_has(&seen, s))
			node_wrong(
			    r, &at, "duplicate", "\"%s\" is in the list already", s);
		else if (s != NULL)
			strlist_add(&seen, r->arena, s);
	}
	read_weekly(r, n, branches);
	read_away(r, n);
	read_extra(r, n, branches);
}

void
read_doctors(struct reader *r, const struct node *doc)
{
	static const char *const keys[] = { "slug", "name", "credentials", "languages",
		"services", "active", "daily_max", "hours", "away", "extra", NULL };
	struct node doctors = node_key(doc, "doctors");
	struct strlist branches = reader_branch_slugs(r), services = { 0 };
	size_t n = node_array(r, &doctors, DOCTORS_MAX);

	for (size_t i = 0; i < r->clinic->service_count; i++)
		strlist_add(&services, r->arena, r->clinic->services[i].slug);
	for (size_t i = 0; i < n; i++) {
		struct node at = node_at(&doctors, i);

		if (node_object(r, &at, keys))
			read_doctor(r, &at, &branches, &services);
	}
}
