/* SPDX-License-Identifier: MIT */
/* page_new_times.c - of the page for a new request the free times, as one list. */
#include <string.h>

#include "book/slot_find.h"
#include "web/answers.h"
#include "web/desk.h"

/* "14:30, Dr A. Tan or Dr C. Kumar"; the value is the time alone: who is asked for is
 * another answer. */
static struct view_choice
choice_of(const struct answers *a, const struct slot_res *res, size_t i)
{
	const struct zone *zone = res->ask.branch->hours.zone;
	const struct slot_map *m = &res->map;
	size_t bit = res->bits[i];
	const char *who = NULL;
	char *value = arena_alloc(a->arena, 40);

	rfc3339_local(zone, res->starts[i], value);
	for (size_t k = 0; k < m->count; k++)
		if (m->free[k].bits[bit / 64] >> bit % 64 & 1)
			who = who == NULL
			    ? m->doctors[k]->name
			    : arena_printf(a->arena, "%s or %s", who, m->doctors[k]->name);
	return (struct view_choice){ value,
		arena_printf(a->arena, "%s, %s", desk_clock(a->arena, zone, res->starts[i]), who), NULL,
		has_answer(a, "slot", value) };
}

static void
add_day(struct view_group *g, const struct answers *a, const struct slot_res *res, size_t day,
    size_t *at)
{
	size_t from = *at, end = from;
	struct view_choice *v;

	while (end < res->count && res->starts[end] < res->days[day].ends_ms)
		end++;
	v = ARENA_ARRAY(a->arena, struct view_choice, end - from + 1);
	*g = (struct view_group){ desk_day(a->arena, res->days[day].day), v, end - from };
	for (size_t i = from; i < end; i++)
		v[i - from] = choice_of(a, res, i);
	*at = end;
}

static struct view_group
nearby(const struct answers *a, const struct slot_offers *o)
{
	struct view_choice *v = ARENA_ARRAY(a->arena, struct view_choice, SLOT_OFFERS);

	for (size_t i = 0; i < o->count; i++) {
		char *value = arena_alloc(a->arena, 40);

		v[i] = (struct view_choice){ rfc3339_local(o->zone, o->v[i].start_ms, value),
			desk_offer(a->arena, o->zone, o->v[i].start_ms, o->v[i].doctor).label, NULL,
			false };
	}
	return (struct view_group){ "Nearest to the one that was taken", v, o->count };
}

static void
fill_doctors(struct view_new *v, const struct answers *a, const struct clinic *c)
{
	struct view_choice *d = ARENA_ARRAY(a->arena, struct view_choice, c->doctor_count + 1);

	for (size_t i = 0; i < c->doctor_count; i++)
		if (c->doctors[i].active)
			d[v->doctor_count++] = answer_choice(
			    a, "doctor", c->doctors[i].slug, c->doctors[i].name, i);
	v->doctors = d;
}

void
desk_fill_new_times(struct view_new *v, const struct answers *a, const struct clinic *c,
    const struct slot_cmd *cmd, const struct slot_res *res, const struct slot_offers *offers)
{
	struct view_group *g = ARENA_ARRAY(a->arena, struct view_group, res->day_count + 1);
	size_t at = 0;
	char text[16];

	v->times = g;
	if (offers != NULL && offers->count > 0)
		g[v->time_count++] = nearby(a, offers);
	for (size_t day = 0; day < res->day_count; day++) {
		add_day(&g[v->time_count], a, res, day, &at);
		v->time_count += g[v->time_count].n > 0;
	}
	v->times_from = arena_strdup(a->arena, date_text(cmd->from_day, text));
	v->slot_error = answer_error(a, "slot");
	v->doctor_error = answer_error(a, "doctor");
	fill_doctors(v, a, c);
}
