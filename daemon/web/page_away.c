/* SPDX-License-Identifier: MIT */
/*
 * page_away.c - a doctor away, a branch closed for a day: what is known of the days
 * to come, and a change in two steps. The first shows whose appointments could not
 * be kept and changes nothing; the second saves.
 */
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "book/absence.h"
#include "pages.h"
#include "web/answers.h"
#include "web/desk.h"
#include "web/handlers.h"
#include "web/page.h"

#define PATH "/staff/away"

static const char *const kinds[] = { "absence", "closure", NULL };
static const char *const steps[] = { "check", "save", "remove", NULL };

struct away_form {
	const char *kind, *step;
	int64_t id;
};

static const struct field form_rows[] = {
	FIELD(away_form, kind, NULL, WORD, 0, 0, kinds, 0),
	FIELD(away_form, step, NULL, WORD, 0, 0, steps, 0),
	FIELD(away_form, id, NULL, INT, 1, INT64_MAX, NULL, 0),
};
static const struct fields form_fields = FIELDS(form_rows);

/* The change on its way; NULL in x->state: there is none. */
struct change {
	struct away_form form;
	struct absence_cmd absence;
	struct closure_cmd closure;
};

static bool
is_closure(const struct change *ch)
{
	return ch->form.kind != NULL && strcmp(ch->form.kind, "closure") == 0;
}

static bool
is_step(const struct change *ch, const char *step)
{
	return ch->form.step != NULL && strcmp(ch->form.step, step) == 0;
}

/* ---- what is known ---- */

static const char *
day_text(struct arena *a, int64_t minutes, bool end)
{
	int32_t day = (int32_t)((minutes - end) / 1440);
	int left = (int)(minutes % 1440);

	return left == 0 ? desk_short_day(a, day)
			 : arena_printf(a, "%s %02d:%02d", desk_short_day(a, day), left / 60, left % 60);
}

static const char *
id_text(struct arena *a, int64_t id)
{
	return id == 0 ? NULL : arena_printf(a, "%lld", (long long)id);
}

static void
fill_lines(struct exchange *x, struct view_away *v)
{
	const struct clinic *c = x->clinic;
	struct arena *a = x->req->arena;
	int32_t today = day_of_ms(c->zone, clock_now_ms());
	size_t n = c->closure_count;
	struct view_away_line *lines;

	for (size_t i = 0; i < c->doctor_count; i++)
		n += c->doctors[i].away_count;
	v->lines = lines = ARENA_ARRAY(a, struct view_away_line, n + 1);
	for (size_t i = 0; i < c->doctor_count; i++)
		for (size_t k = 0; k < c->doctors[i].away_count; k++) {
			const struct away *w = &c->doctors[i].away[k];

			if (w->to_min > today * (int64_t)1440)
				lines[v->line_count++] = (struct view_away_line){ c->doctors[i].name,
					arena_printf(a, "%s to %s", day_text(a, w->from_min, false),
					    day_text(a, w->to_min, true)),
					w->reason, "absence", id_text(a, w->id) };
		}
	for (size_t i = 0; i < c->closure_count; i++) {
		const struct closure *k = &c->closures[i];
		const struct branch *b = clinic_branch(c, k->branch);

		if (k->day >= today && (k->id != 0 || k->day < today + 60))
			lines[v->line_count++]
			    = (struct view_away_line){ b == NULL ? "The clinic" : b->name,
				      desk_short_day(a, k->day), k->name[0], "closure",
				      id_text(a, k->id) };
	}
}

static void
fill_choices(struct exchange *x, struct view_away *v, const struct change *ch)
{
	const struct clinic *c = x->clinic;
	struct view_choice *d = ARENA_ARRAY(x->req->arena, struct view_choice, c->doctor_count + 1);
	struct view_choice *b = ARENA_ARRAY(x->req->arena, struct view_choice, c->branch_count + 1);

	for (size_t i = 0; i < c->doctor_count; i++)
		d[i] = (struct view_choice){ c->doctors[i].slug, c->doctors[i].name, NULL,
			ch != NULL && ch->absence.doctor != NULL
			    && strcmp(ch->absence.doctor, c->doctors[i].slug) == 0 };
	for (size_t i = 0; i < c->branch_count; i++)
		b[i] = (struct view_choice){ c->branches[i].slug, c->branches[i].name, NULL,
			ch != NULL && ch->closure.branch != NULL
			    && strcmp(ch->closure.branch, c->branches[i].slug) == 0 };
	v->doctors = d;
	v->doctor_count = c->doctor_count;
	v->branches = b;
	v->branch_count = c->branch_count;
}

/* ---- a change ---- */

static void
fill_affected(struct exchange *x, struct view_away *v, const struct stranded *s)
{
	struct arena *a = x->req->arena;
	struct view_link *links = ARENA_ARRAY(a, struct view_link, s->count + 1);

	v->affected = links;
	for (size_t i = 0; i < s->count; i++)
		if (s->rows[i].fresh)
			links[v->affected_count++] = (struct view_link){
				arena_printf(a, "/staff/bookings/%s", s->rows[i].reference),
				arena_printf(a, "%s, %s, %s", s->rows[i].reference,
				    desk_span(a, s->rows[i].zone, s->rows[i].starts_at, 0),
				    desk_doctor(x->clinic, s->rows[i].doctor)) };
}

/* The answers again, unseen, for the step that saves. */
static void
fill_kept(struct exchange *x, struct view_away *v, const struct change *ch)
{
	const struct view_row rows[] = { { "kind", ch->form.kind }, { "doctor", ch->absence.doctor },
		{ "from", ch->absence.from }, { "to", ch->absence.to },
		{ "reason", ch->absence.reason }, { "branch", ch->closure.branch },
		{ "date", ch->closure.date }, { "name", ch->closure.name } };
	struct view_row *kept = ARENA_ARRAY(x->req->arena, struct view_row, ARRAY_LEN(rows));

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].text != NULL)
			kept[v->kept_count++] = rows[i];
	v->kept = kept;
	v->from = ch->absence.from;
	v->to = ch->absence.to;
	v->reason = ch->absence.reason;
	v->date = ch->closure.date;
	v->name = ch->closure.name;
}

static void
send_page(struct exchange *x, int status, const struct change *ch, const struct stranded *s)
{
	struct view_away v = { .desk = desk_frame(x, "Away and closed", "Away"), .checked = s != NULL };

	if (x->call->problems.n > 0)
		v.problems = answer_problems(
		    &(struct answers){ .arena = x->req->arena, .problems = &x->call->problems },
		    &v.problem_count);
	fill_lines(x, &v);
	fill_choices(x, &v, ch);
	if (ch != NULL)
		fill_kept(x, &v, ch);
	if (s != NULL)
		fill_affected(x, &v, s);
	page_begin(x->req, status);
	page_desk_away(&x->req->reply.body, &v);
	exchange_send(x);
}

static void
render_away(struct exchange *x)
{
	send_page(x, 200, NULL, NULL);
}

static void
render_changed(struct exchange *x)
{
	const struct absence_res *res = x->call->res;
	const struct change *ch = x->state;

	if (is_step(ch, "check")) {
		send_page(x, 200, ch, &res->stranded);
		return;
	}
	reply_see_other(x, stranded_fresh(&res->stranded) > 0 ? "/staff/conflicts" : PATH);
	exchange_send(x);
}

static void
refuse_change(struct exchange *x, int rc)
{
	if (rc == E_INVALID)
		send_page(x, 422, x->state, NULL);
	else
		exchange_refuse(x, rc);
}

void
desk_away(struct exchange *x)
{
	if (x->clinic == NULL) {
		exchange_error(x, E_UNAVAILABLE);
		return;
	}
	exchange_call(x, &op_absence_list, ARENA_NEW(x->req->arena, struct absence_list_cmd));
	exchange_submit(x, render_away);
}

/* The operation of a change, its command read and checked. */
static int
begin_change(struct exchange *x, struct change *ch)
{
	bool closure = is_closure(ch), removes = is_step(ch, "remove");
	const struct op *op = closure ? (removes ? &op_closure_delete : &op_closure_add)
				      : (removes ? &op_absence_delete : &op_absence_add);
	struct call *c
	    = exchange_call(x, op, closure ? (void *)&ch->closure : (void *)&ch->absence);
	int rc = closure ? decode_staff_form(x->req, &closure_fields, &ch->closure, &c->problems)
			 : decode_staff_form(x->req, &absence_fields, &ch->absence, &c->problems);

	ch->absence.id = ch->closure.id = removes && ch->form.id != FIELD_ABSENT ? ch->form.id : 0;
	ch->absence.dry_run = ch->closure.dry_run = is_step(ch, "check");
	if (rc == 0 && !removes && closure)
		closure_check(&ch->closure, x->clinic, &c->problems);
	else if (rc == 0 && !removes)
		absence_check(&ch->absence, x->clinic, &c->problems);
	return rc;
}

void
desk_away_post(struct exchange *x)
{
	struct change *ch = ARENA_NEW(x->req->arena, struct change);
	struct problems problems = { .arena = x->req->arena };
	int rc = x->clinic == NULL ? E_UNAVAILABLE
				   : decode_staff_form(x->req, &form_fields, &ch->form, &problems);

	if (rc == 0 && (problems.n > 0 || ch->form.kind == NULL || ch->form.step == NULL))
		rc = E_MALFORMED; /* no form of ours */
	if (rc == 0)
		rc = begin_change(x, ch);
	if (rc < 0) {
		exchange_error(x, rc);
		return;
	}
	x->state = ch;
	x->refuse = refuse_change;
	exchange_submit(x, render_changed);
}
