/* SPDX-License-Identifier: MIT */
/*
 * page_desk_times.c - the free times for one request, by day and doctor, each a button:
 * a week of them, and before it the soonest that the patient could come.
 */
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "book/slot_find.h"
#include "pages.h"
#include "web/desk.h"
#include "web/handlers.h"
#include "web/page.h"

#define DAYS_LISTED 7
#define DAYS_LOOKED 28 /* for the soonest that fit */
#define FITTING_MAX 6

struct times_form {
	const char *from, *doctor, *service;
};

static const struct field times_rows[] = {
	FIELD(times_form, from, NULL, LINE, 0, 20, NULL, 0),
	FIELD(times_form, doctor, NULL, WORD, 0, 0, NULL, 0),
	FIELD(times_form, service, NULL, WORD, 0, 0, NULL, 0),
};
static const struct fields times_fields = FIELDS(times_rows);

/* What is known of the request before its times are looked for. */
struct choosing {
	struct times_form form;
	struct problems problems;
	struct view_chooser v;
	struct strlist days, parts; /* asked for */
	bool wishes;
	int64_t number;
};

/* ---- the times ---- */

static bool
is_free(const struct slot_map *m, size_t doctor, size_t bit)
{
	return (m->free[doctor].bits[bit / 64] >> bit % 64 & 1) != 0;
}

static struct view_time
time_of(struct exchange *x, const struct choosing *s, int64_t ms, const struct doctor *d)
{
	const struct slot_res *res = x->call->res;
	const struct zone *zone = res->ask.branch->hours.zone;
	struct arena *a = x->req->arena;
	struct view_offer o = desk_offer(a, zone, ms, d);
	bool fits = s->wishes && desk_fits(&s->days, &s->parts, zone, ms);

	return (struct view_time){ o.pick, desk_clock(a, zone, ms),
		arena_printf(a, "%s, %s%s", desk_span(a, zone, ms, 0), d->name,
		    fits ? ", as they asked" : ""),
		fits ? "fits" : "" };
}

/* The free times of doctor k from the i-th start to the last of the day. */
static struct view_times_row
row_of(struct exchange *x, const struct choosing *s, size_t k, size_t i, size_t end)
{
	const struct slot_res *res = x->call->res;
	struct view_time *times = ARENA_ARRAY(x->req->arena, struct view_time, end - i + 1);
	struct view_times_row row = { res->map.doctors[k]->name, times, 0 };

	for (; i < end; i++)
		if (is_free(&res->map, k, res->bits[i]))
			times[row.count++] = time_of(x, s, res->starts[i], res->map.doctors[k]);
	return row;
}

static void
fill_days(struct exchange *x, struct choosing *s)
{
	const struct slot_res *res = x->call->res;
	struct arena *a = x->req->arena;
	struct view_times_day *days = ARENA_ARRAY(a, struct view_times_day, DAYS_LISTED);
	size_t i = 0, end;

	s->v.days = days;
	for (size_t d = 0; d < res->day_count && d < DAYS_LISTED; d++, i = end) {
		const struct slot_day *day = &res->days[d];
		struct view_times_row *rows = ARENA_ARRAY(a, struct view_times_row, res->map.count + 1);
		struct view_times_day *v = &days[s->v.day_count++];

		for (end = i; end < res->count && res->starts[end] < day->ends_ms;)
			end++;
		v->day = desk_day(a, day->day);
		v->rows = rows;
		for (size_t k = 0; k < res->map.count; k++)
			if ((rows[v->count] = row_of(x, s, k, i, end)).count > 0)
				v->count++;
		if (v->count == 0)
			v->closed = day->closed != NULL ? day->closed->name[0]
			    : day->shut		       ? "Closed."
						       : "Nothing is free.";
	}
}

/* One doctor a time, the first. */
static void
fill_fitting(struct exchange *x, struct choosing *s)
{
	const struct slot_res *res = x->call->res;
	const struct zone *zone = res->ask.branch->hours.zone;
	struct view_time *v = ARENA_ARRAY(x->req->arena, struct view_time, FITTING_MAX);

	s->v.fitting = v;
	for (size_t i = 0; s->wishes && i < res->count && s->v.fitting_count < FITTING_MAX; i++) {
		size_t k = 0;

		if (!desk_fits(&s->days, &s->parts, zone, res->starts[i]))
			continue;
		while (!is_free(&res->map, k, res->bits[i]))
			k++;
		v[s->v.fitting_count] = time_of(x, s, res->starts[i], res->map.doctors[k]);
		v[s->v.fitting_count].label
		    = desk_offer(x->req->arena, zone, res->starts[i], res->map.doctors[k]).label;
		s->v.fitting_count++;
	}
}

/* ---- the page ---- */

static void
fill_filter(struct exchange *x, struct choosing *s)
{
	const struct slot_cmd *cmd = x->call->cmd;
	const struct clinic *c = x->clinic;
	struct arena *a = x->req->arena;
	struct view_choice *d = ARENA_ARRAY(a, struct view_choice, c->doctor_count + 1);
	struct view_choice *v = ARENA_ARRAY(a, struct view_choice, c->service_count + 1);

	for (size_t i = 0; i < c->doctor_count; i++)
		if (c->doctors[i].active && strlist_has(&c->doctors[i].services, cmd->ask.service->slug))
			d[s->v.doctor_count++] = (struct view_choice){ c->doctors[i].slug,
				c->doctors[i].name, NULL, cmd->ask.doctor == &c->doctors[i] };
	for (size_t i = 0; i < c->service_count; i++)
		v[i] = (struct view_choice){ c->services[i].slug, c->services[i].name[0], NULL,
			cmd->ask.service == &c->services[i] };
	s->v.doctors = d;
	s->v.services = v;
	/* A move leaves the service. */
	s->v.service_count = c->service_count > 1 && strcmp(s->v.action, "book") == 0 ? c->service_count : 0;
}

static const char *
week_at(struct exchange *x, const struct choosing *s, int32_t day)
{
	const struct times_form *f = &s->form;
	struct arena *a = x->req->arena;
	char text[16];

	return arena_printf(a, "/staff/bookings/%s/times?from=%s%s%s%s%s", s->v.reference,
	    date_text(day, text), f->doctor == NULL ? "" : "&doctor=", f->doctor == NULL ? "" : f->doctor,
	    f->service == NULL ? "" : "&service=", f->service == NULL ? "" : f->service);
}

static void
render_times(struct exchange *x)
{
	struct choosing *s = x->state;
	const struct slot_cmd *cmd = x->call->cmd;
	int32_t today = day_of_ms(cmd->ask.branch->hours.zone, cmd->ask.now);
	char text[16];

	s->v.desk = desk_frame(x, "Choose a time", "");
	s->v.may_override = (x->call->actor.caps & CAP_OVERRIDE) != 0;
	s->v.from = arena_strdup(x->req->arena, date_text(cmd->from_day, text));
	if (cmd->from_day > today)
		s->v.earlier = week_at(x, s,
		    cmd->from_day - DAYS_LISTED < today ? today : cmd->from_day - DAYS_LISTED);
	s->v.later = week_at(x, s, cmd->from_day + DAYS_LISTED);
	s->v.service = cmd->ask.service->slug;
	fill_filter(x, s);
	fill_days(x, s);
	fill_fitting(x, s);
	page_begin(x->req, 200);
	page_desk_times(&x->req->reply.body, &s->v);
	exchange_send(x);
}

/* ---- the request they are for ---- */

static int64_t
number_of(const struct exchange *x)
{
	const struct booking_detail *d = x->call->res;

	return d->n;
}

/* "Thursday, Saturday; Evening". */
static const char *
wishes_text(struct exchange *x, const struct choosing *s)
{
	const char *days = page_days(x->req->arena, &s->days, 0);
	const char *parts = page_parts(x->req->arena, &s->parts, 0);

	return days == NULL ? parts
	    : parts == NULL ? days
			    : arena_printf(x->req->arena, "%s; %s", days, parts);
}

/* The week in which the request has its time, or asks for one; else this one. */
static const char *
first_day(struct exchange *x, const json_t *doc, const struct zone *zone)
{
	int64_t ms = desk_ms_of(doc, "starts_at") + desk_ms_of(doc, "wish");
	char text[16];

	if (ms < clock_now_ms())
		return NULL;
	return arena_strdup(x->req->arena, date_text(day_of_ms(zone, ms), text));
}

static const struct branch *
branch_of(struct exchange *x, const json_t *doc)
{
	const char *slug = desk_text_of(x->req->arena, doc, "branch");

	return slug == NULL ? NULL : clinic_branch(x->clinic, slug);
}

static void
fill_request(struct exchange *x, struct choosing *s, const json_t *doc, const struct branch *b)
{
	const struct booking_detail *d = x->call->res;
	struct arena *a = x->req->arena;
	int status = status_from_name(desk_text_of(a, doc, "status"));
	int64_t starts = desk_ms_of(doc, "starts_at"), wish = desk_ms_of(doc, "wish");

	s->v.reference = desk_text_of(a, doc, "reference");
	s->v.name = desk_text_of(a, doc, "full_name");
	s->v.version = arena_printf(a, "%lld", (long long)d->version);
	s->v.action = status == STATUS_BOOKED || status == STATUS_CONFIRMED ? "move" : "book";
	s->v.branch = b->slug;
	if (starts != 0)
		s->v.now = arena_printf(a, "Now %s, %s", desk_span(a, b->hours.zone, starts, 0),
		    desk_doctor(x->clinic, desk_text_of(a, doc, "doctor")));
	else if (wish != 0)
		s->v.now = arena_printf(a, "They asked for %s", desk_span(a, b->hours.zone, wish, 0));
	s->days = desk_words_of(a, doc, "preferred_days");
	s->parts = desk_words_of(a, doc, "preferred_parts");
	s->v.wishes = wishes_text(x, s);
	s->wishes = (s->days.n > 0 && !strlist_has(&s->days, "any"))
	    || (s->parts.n > 0 && !strlist_has(&s->parts, "any"));
}

static void
look_for_times(struct exchange *x)
{
	const struct booking_detail *d = x->call->res;
	struct choosing *s = x->state;
	struct slot_cmd *cmd = ARENA_NEW(x->req->arena, struct slot_cmd);
	json_t *doc = json_loads(d->json, 0, NULL);
	const struct branch *b = branch_of(x, doc);
	const char *service = desk_text_of(x->req->arena, doc, "service");
	struct call *c;

	if (b == NULL || !(x->call->actor.caps & CAP_ACT)) {
		json_decref(doc);
		exchange_error(x, b == NULL ? E_CONFLICT : E_FORBIDDEN);
		return;
	}
	fill_request(x, s, doc, b);
	cmd->branch = b->slug;
	cmd->doctor = s->form.doctor;
	cmd->service = s->form.service != NULL ? s->form.service
	    : service != NULL && clinic_service(x->clinic, service) != NULL ? service
									     : NULL;
	cmd->from = s->form.from != NULL ? s->form.from : first_day(x, doc, b->hours.zone);
	cmd->reference = s->v.reference;
	json_decref(doc);
	c = exchange_call(x, &op_slot_find, cmd);
	c->problems = s->problems;
	slot_cmd_check(cmd, x->clinic, clock_now_ms(), &c->problems);
	cmd->to_day = cmd->from_day + DAYS_LOOKED - 1;
	exchange_submit(x, render_times);
}

void
desk_times(struct exchange *x)
{
	struct booking_read_cmd *cmd = ARENA_NEW(x->req->arena, struct booking_read_cmd);
	struct choosing *s = ARENA_NEW(x->req->arena, struct choosing);

	if (x->clinic == NULL) {
		exchange_error(x, E_UNAVAILABLE);
		return;
	}
	s->problems.arena = x->req->arena;
	decode_query(x->req, &times_fields, &s->form, &s->problems, false);
	cmd->reference = x->param[0];
	x->state = s;
	exchange_call(x, &op_booking_read, cmd);
	x->audit_n = number_of;
	exchange_submit(x, look_for_times);
}
