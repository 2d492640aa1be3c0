/* SPDX-License-Identifier: MIT */
/*
 * page_conflict.c - appointments that cannot be kept, the next one first, each with
 * what could be done about it: one button moves it.
 *
 * The list is read, then what can be proposed for the requests on it.
 */
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "book/find.h"
#include "book/propose.h"
#include "pages.h"
#include "web/desk.h"
#include "web/handlers.h"
#include "web/page.h"

#define ITEMS 20
#define PATH "/staff/conflicts"

struct conflicts {
	const struct find_res *found;
	const char *next;
	struct view_conflict *items;
};

/* "The same time, Dr B. Rahman"; another day is named. */
static const char *
offer_label(struct arena *a, const struct zone *zone, const struct booking_item *item,
    const struct slot_offer *o)
{
	if (o->start_ms == item->starts_at)
		return arena_printf(a, "The same time, %s", o->doctor->name);
	if (day_of_ms(zone, o->start_ms) == day_of_ms(zone, item->starts_at))
		return arena_printf(a, "The same day at %s, %s",
		    desk_clock(a, zone, o->start_ms), o->doctor->name);
	return desk_offer(a, zone, o->start_ms, o->doctor).label;
}

static void
fill_offers(struct arena *a, struct view_conflict *v, const struct booking_item *item,
    const struct proposal_set *set)
{
	struct view_offer *offers = ARENA_ARRAY(a, struct view_offer, PROPOSALS);

	v->offers = offers;
	v->offer_count = set->count;
	for (size_t i = 0; i < set->count; i++) {
		const struct slot_offer *o = &set->v[i].offer;

		offers[i] = desk_offer(a, set->zone, o->start_ms, o->doctor);
		offers[i].label = offer_label(a, set->zone, item, o);
	}
}

static void
render_conflicts(struct exchange *x)
{
	const struct conflicts *s = x->state;
	const struct propose_res *res = x->call->res;
	struct view_conflicts v = { .desk = desk_frame(x, "Conflicts", "Conflicts"),
		.items = s->items,
		.count = s->found->count,
		.next = s->next };

	for (size_t i = 0; i < res->count && i < s->found->count; i++)
		fill_offers(x->req->arena, &s->items[i], &s->found->items[i], &res->sets[i]);
	page_begin(x->req, 200);
	page_desk_conflicts(&x->req->reply.body, &v);
	exchange_send(x);
}

static void
fill_items(struct exchange *x)
{
	struct conflicts *s = x->state;
	struct propose_cmd *cmd = ARENA_NEW(x->req->arena, struct propose_cmd);
	struct arena *a = x->req->arena;

	s->found = x->call->res;
	s->next = desk_next(x, PATH, x->call->cmd, s->found);
	s->items = ARENA_ARRAY(a, struct view_conflict, s->found->count + 1);
	for (size_t i = 0; i < s->found->count; i++) {
		const struct booking_item *item = &s->found->items[i];

		s->items[i] = (struct view_conflict){ .reference = item->reference,
			.version = arena_printf(a, "%lld", (long long)item->version),
			.name = item->full_name,
			.phone = item->phone,
			.language = desk_language(a, item),
			.when = item->zone == NULL
			    ? ""
			    : desk_span(a, item->zone, item->starts_at, item->ends_at),
			.doctor = desk_doctor(x->clinic, item->doctor),
			.why = desk_why(item->stranded_why),
			.times = arena_printf(a, "/staff/bookings/%s/times", item->reference) };
		strlist_add(&cmd->references, a, item->reference);
	}
	exchange_call(x, &op_booking_propose, cmd);
	exchange_submit(x, render_conflicts);
}

void
desk_conflicts(struct exchange *x)
{
	struct find_cmd *cmd = ARENA_NEW(x->req->arena, struct find_cmd);
	struct call *c;
	char text[40];

	if (x->clinic == NULL) {
		exchange_error(x, E_UNAVAILABLE);
		return;
	}
	x->state = ARENA_NEW(x->req->arena, struct conflicts);
	c = exchange_call(x, &op_booking_find, cmd);
	decode_query(x->req, &find_fields, cmd, &c->problems, false);
	cmd->stranded = "yes";
	cmd->sort = "starts";
	cmd->limit = ITEMS;
	cmd->starts_from = arena_strdup(
	    x->req->arena, rfc3339_local(x->clinic->zone, clock_now_ms(), text));
	find_check(cmd, x->clinic, &c->problems);
	exchange_submit(x, fill_items);
}
