/* SPDX-License-Identifier: MIT */
/* clinic_services.c - services and rooms of the clinic file. */
#include <stdlib.h>
#include <string.h>

#include "book/clinic_reader.h"

#define SERVICES_MAX 200
#define ROOMS_MAX 500
#define CLAIM_MAX 720 /* minutes, with buffers: as the schema has it */

int
reader_branch(struct reader *r, const struct node *n, const struct strlist *branches)
{
	const char *slug = node_known(r, n, branches, "branch");

	for (size_t i = 0; slug != NULL && i < branches->n; i++)
		if (strcmp(branches->v[i], slug) == 0)
			return (int)i;
	return -1;
}

static int
by_slug(const void *a, const void *b)
{
	return strcmp(((const struct room *)a)->slug, ((const struct room *)b)->slug);
}

void
read_rooms(struct reader *r, const struct node *doc)
{
	static const char *const keys[] = { "slug", "kind", "branch", "capacity", NULL };
	struct node rooms = node_key(doc, "rooms");
	struct strlist slugs = { 0 }, branches = reader_branch_slugs(r);
	size_t n = node_array(r, &rooms, ROOMS_MAX);
	int where;

	r->clinic->rooms = ARENA_ARRAY(r->arena, struct room, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct node at = node_at(&rooms, i), slug = node_key(&at, "slug");
		struct node kind = node_key(&at, "kind"),
			    branch = node_key(&at, "branch");
		struct node capacity = node_key(&at, "capacity");
		struct room *room = &r->clinic->rooms[r->clinic->room_count];
		const char *k = kind.v == NULL ? "room" : json_string_value(kind.v);

		if (!node_object(r, &at, keys))
			continue;
		room->slug = node_slug(r, &slug, &slugs);
		if (k == NULL || !clinic_slug_good(k))
			node_wrong(r, &kind, "invalid",
			    "a kind such as \"room\" is expected here: a-z, 0-9 and -");
		else {
			k = arena_strdup(r->arena, k);
			if (!strlist_has(&r->kinds, k))
				strlist_add(&r->kinds, r->arena, k);
		}
		where = reader_branch(r, &branch, &branches);
		room->kind = k;
		room->capacity = node_int(r, &capacity, (struct range){ 1, 100, 1 }, 1);
		if (room->slug == NULL || where < 0)
			continue;
		room->branch = (size_t)where;
		r->clinic->room_count++;
	}
	qsort(r->clinic->rooms, r->clinic->room_count, sizeof(struct room), by_slug);
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

	s->slug = node_slug(r, &slug, slugs);
	node_names(r, &name, s->name);
	if (s->name[0] == NULL)
		s->name[0] = s->slug;
	for (int i = 1; i < 3; i++)
		if (s->name[i] == NULL)
			s->name[i] = s->name[0];
	s->minutes = node_int(r, &minutes, (struct range){ 5, CLAIM_MAX, 5 }, 30);
	s->buffer_before = node_int(r, &before, buffers, 0);
	s->buffer_after = node_int(r, &after, buffers, 0);
	if (s->minutes + s->buffer_before + s->buffer_after > CLAIM_MAX)
		node_wrong(r, &minutes, "invalid",
		    "at most 12 hours are expected, buffers included");
	s->kinds = node_list(r, &rooms, clinic_slug_good, "a kind of room");
	if (s->kinds.n > KINDS_MAX)
		node_wrong(r, &rooms, "invalid", "at most %d kinds of room are expected", KINDS_MAX);
	for (size_t i = 0; s->kinds.n <= KINDS_MAX && i < json_array_size(rooms.v); i++) {
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
		r->clinic->services[0] = (struct service){ .slug = "consultation",
			.name = { "Consultation", "Konsultasi", "咨询" },
			.minutes = 30 };
		r->clinic->service_count = 1;
	}
}

