/* SPDX-License-Identifier: MIT */
/* page_today.c - the appointments of a day, and who has still to be asked to confirm. */
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "book/find.h"
#include "pages.h"
#include "web/desk.h"
#include "web/handlers.h"
#include "web/page.h"

#define LINES 200
#define LOOK_AHEAD 14 /* days, for the next one that is open */
#define PATH "/staff/today"

struct today_form {
	const char *date, *doctor, *branch, *show, *cursor;
};

static const char *const shows[] = { "unconfirmed", NULL };
static const struct field today_rows[] = {
	FIELD(today_form, date, NULL, LINE, 0, 20, NULL, 0),
	FIELD(today_form, doctor, NULL, WORD, 0, 0, NULL, 0),
	FIELD(today_form, branch, NULL, WORD, 0, 0, NULL, 0),
	FIELD(today_form, show, NULL, WORD, 0, 0, shows, 0),
	FIELD(today_form, cursor, NULL, LINE, 0, 80, NULL, 0),
};
static const struct fields today_fields = FIELDS(today_rows);

/* A day's page in the making. */
struct today {
	struct today_form form;
	int32_t day, today;
	struct view_today v;
};

/* ---- its lines ---- */

static const char *
visited_text(const char *visited)
{
	return visited == NULL			? ""
	    : strcmp(visited, "no") == 0	? "First visit"
	    : strcmp(visited, "yes") == 0	? "Has been here"
						: "";
}

static const char *
status_text(struct arena *a, enum status s)
{
	if (s == STATUS_NEW || s == STATUS_CONTACTED)
		return "Held, not booked yet";
	return s == STATUS_BOOKED ? "Booked, not confirmed" : desk_word(a, status_name(s));
}

static void
fill_line(struct exchange *x, struct view_today_line *l, const struct booking_item *item, int64_t now)
{
	struct arena *a = x->req->arena;
	bool begun = item->starts_at <= now;
	bool stands = item->status == STATUS_BOOKED || item->status == STATUS_CONFIRMED;

	*l = (struct view_today_line){ .time = desk_clock(a, item->zone, item->starts_at),
		.reference = item->reference,
		.version = arena_printf(a, "%lld", (long long)item->version),
		.name = item->full_name,
		.phone = item->phone,
		.doctor = desk_doctor(x->clinic, item->doctor),
		.room = desk_word(a, item->room),
		.concerns = desk_concerns(a, item),
		.flags = desk_flags(a, item),
		.language = desk_language(a, item),
		.visited = visited_text(item->visited_before),
		.status = status_text(a, item->status),
		.stranded = item->stranded_at != 0,
		.may_confirm = item->status == STATUS_BOOKED && !begun,
		.may_arrive = stands && day_of_ms(item->zone, now) == day_of_ms(item->zone, item->starts_at),
		.may_attend = begun && (stands || item->status == STATUS_ARRIVED) };
}

static void
fill_lines(struct exchange *x, struct today *t)
{
	const struct find_res *res = x->call->res;
	struct view_today_line *lines
	    = ARENA_ARRAY(x->req->arena, struct view_today_line, res->count + 1);
	int64_t now = clock_now_ms();
	size_t open = 0;

	for (size_t i = 0; i < res->count; i++) {
		if (res->items[i].zone == NULL) /* of a branch that is gone */
			continue;
		open += res->items[i].status == STATUS_BOOKED;
		fill_line(x, &lines[t->v.line_count++], &res->items[i], now);
	}
	t->v.lines = lines;
	if (t->v.line_count > 0)
		t->v.said = arena_printf(x->req->arena, "%zu appointment%s, %zu not confirmed.",
		    t->v.line_count, t->v.line_count == 1 ? "" : "s", open);
}

/* ---- the page around them ---- */

static const char *
address_of(struct exchange *x, const struct today *t, int32_t day, const char *show)
{
	const struct today_form *f = &t->form;
	char text[16];

	return arena_printf(x->req->arena, PATH "?date=%s%s%s%s%s%s%s", date_text(day, text),
	    f->doctor == NULL ? "" : "&doctor=", f->doctor == NULL ? "" : f->doctor,
	    f->branch == NULL ? "" : "&branch=", f->branch == NULL ? "" : f->branch,
	    show == NULL ? "" : "&show=", show == NULL ? "" : show);
}

static int32_t
next_open_day(const struct exchange *x, const struct today *t)
{
	const struct branch *b
	    = t->form.branch == NULL ? &x->clinic->branches[0] : clinic_branch(x->clinic, t->form.branch);

	for (int32_t d = t->today + 1; d < t->today + LOOK_AHEAD; d++)
		if (hours_between(&b->hours, day_start_ms(b->hours.zone, d),
			day_start_ms(b->hours.zone, d + 1)) > 0)
			return d;
	return t->today + 1;
}

static const char *
day_label(struct exchange *x, const struct today *t, int32_t day)
{
	const char *name = day == t->today ? "Today, "
	    : day == t->today + 1	   ? "Tomorrow, "
	    : day == t->today - 1	   ? "Yesterday, "
					   : "";

	return arena_printf(x->req->arena, "%s%s", name, desk_short_day(x->req->arena, day));
}

static void
fill_links(struct exchange *x, struct today *t)
{
	int32_t sheet = next_open_day(x, t);

	t->v.before = address_of(x, t, t->day - 1, t->form.show);
	t->v.before_label = day_label(x, t, t->day - 1);
	t->v.after = address_of(x, t, t->day + 1, t->form.show);
	t->v.after_label = day_label(x, t, t->day + 1);
	t->v.sheet = address_of(x, t, sheet, "unconfirmed");
	t->v.sheet_label = arena_printf(x->req->arena, "%s: not confirmed", day_label(x, t, sheet));
	t->v.back = address_of(x, t, t->day, t->form.show);
}

static void
fill_filter(struct exchange *x, struct today *t)
{
	const struct clinic *c = x->clinic;
	struct arena *a = x->req->arena;
	struct view_choice *d = ARENA_ARRAY(a, struct view_choice, c->doctor_count + 1);
	struct view_choice *b = ARENA_ARRAY(a, struct view_choice, c->branch_count + 1);

	for (size_t i = 0; i < c->doctor_count; i++)
		d[i] = (struct view_choice){ c->doctors[i].slug, c->doctors[i].name, NULL,
			t->form.doctor != NULL && strcmp(t->form.doctor, c->doctors[i].slug) == 0 };
	for (size_t i = 0; i < c->branch_count; i++)
		b[i] = (struct view_choice){ c->branches[i].slug, c->branches[i].name, NULL,
			t->form.branch != NULL && strcmp(t->form.branch, c->branches[i].slug) == 0 };
	t->v.doctors = d;
	t->v.doctor_count = c->doctor_count;
	t->v.branches = b;
	t->v.branch_count = c->branch_count > 1 ? c->branch_count : 0;
	t->v.unconfirmed = t->form.show != NULL;
}

static void
render_today(struct exchange *x)
{
	struct today *t = x->state;
	char text[16];

	t->v.desk = desk_frame(x, day_label(x, t, t->day), "Today");
	t->v.heading = arena_printf(x->req->arena, "%s%s",
	    t->day == t->today ? "Today, " : t->day == t->today + 1 ? "Tomorrow, " : "",
	    desk_day(x->req->arena, t->day));
	t->v.date = arena_strdup(x->req->arena, date_text(t->day, text));
	fill_lines(x, t);
	fill_links(x, t);
	fill_filter(x, t);
	t->v.next = desk_next(x, PATH, x->call->cmd, x->call->res);
	page_begin(x->req, 200);
	page_desk_today(&x->req->reply.body, &t->v);
	exchange_send(x);
}

/* Who is to come that day: what was let go is not among them. */
static void
choose(struct exchange *x, const struct today *t, struct find_cmd *cmd)
{
	static const char *const all[] = { "new", "contacted", "booked", "confirmed", "arrived",
		"attended", "no_show" };
	struct arena *a = x->req->arena;
	char text[16];

	if (t->form.show != NULL)
		strlist_add(&cmd->status, a, "booked");
	else
		for (size_t i = 0; i < ARRAY_LEN(all); i++)
			strlist_add(&cmd->status, a, all[i]);
	cmd->starts_from = cmd->starts_to = arena_strdup(a, date_text(t->day, text));
	if (t->form.doctor != NULL)
		strlist_add(&cmd->doctor, a, t->form.doctor);
	if (t->form.branch != NULL)
		strlist_add(&cmd->branch, a, t->form.branch);
	cmd->sort = "starts";
	cmd->limit = LINES;
	cmd->cursor = t->form.cursor;
}

void
desk_today(struct exchange *x)
{
	struct today *t = ARENA_NEW(x->req->arena, struct today);
	struct find_cmd *cmd = ARENA_NEW(x->req->arena, struct find_cmd);
	struct call *c;

	if (x->clinic == NULL) {
		exchange_error(x, E_UNAVAILABLE);
		return;
	}
	fields_clear(&find_fields, cmd);
	c = exchange_call(x, &op_booking_find, cmd);
	decode_query(x->req, &today_fields, &t->form, &c->problems, false);
	t->today = t->day = day_of_ms(x->clinic->zone, clock_now_ms());
	if (t->form.date != NULL && !date_parse(t->form.date, &t->day))
		problem_add(&c->problems, "date", "invalid", "Use a date like 2026-11-26.");
	choose(x, t, cmd);
	find_check(cmd, x->clinic, &c->problems);
	x->state = t;
	exchange_submit(x, render_today);
}
