/* SPDX-License-Identifier: MIT */
/*
 * page_act.c - a button of the desk was pressed: one act, and where it leads.
 *
 * A form carries the version it was made for; one that came too late changes
 * nothing and says so. A refused time is answered with others, and for those who
 * may with the same time in spite of the reason.
 */
#include <string.h>

#include "base/err.h"
#include "web/desk.h"
#include "web/handlers.h"

/* What a form of ours has besides the fields of the act. */
struct pressed {
	int64_t version;
	const char *pick; /* a time and a doctor: desk_offer */
	int exact;	  /* the time was typed: */
	const char *date, *time, *branch;
	const char *back; /* a page of ours to go on from */
};

static const struct field pressed_rows[] = {
	FIELD(pressed, version, NULL, INT, 1, INT64_MAX, NULL, 0),
	FIELD(pressed, pick, NULL, LINE, 0, 120, NULL, 0),
	FIELD(pressed, exact, NULL, BOOL, 0, 0, NULL, 0),
	FIELD(pressed, date, NULL, LINE, 0, 20, NULL, 0),
	FIELD(pressed, time, NULL, LINE, 0, 20, NULL, 0),
	FIELD(pressed, branch, NULL, WORD, 0, 0, NULL, 0),
	FIELD(pressed, back, NULL, LINE, 0, 200, NULL, 0),
};
static const struct fields pressed_fields = FIELDS(pressed_rows);

/* Where to go on from: a page of the desk, never another site's. */
static bool
is_ours(const char *back)
{
	static const char *const pages[] = { "/staff/today", "/staff/conflicts" };

	for (size_t i = 0; back != NULL && i < ARRAY_LEN(pages); i++) {
		const char *rest = back + strlen(pages[i]);

		if (str_starts(back, pages[i]) && (*rest == '\0' || *rest == '?')
		    && rest[strspn(rest, "?&=-abcdefghijklmnopqrstuvwxyz0123456789")] == '\0')
			return true;
	}
	return false;
}

static void
render_acted(struct exchange *x)
{
	const struct pressed *f = x->state;
	const struct booking_item *item = x->call->res;
	struct desk_shown *shown = ARENA_NEW(x->req->arena, struct desk_shown);

	if (item->manage_token != NULL) { /* it is shown now or never */
		shown->link = arena_printf(x->req->arena, "%s/b/%s",
		    x->req->conf->server_public_url, item->manage_token);
		desk_show_request(x, shown);
		return;
	}
	reply_see_other(x, is_ours(f->back) ? f->back
		: strcmp(x->param[1], "not-spam") == 0
		? "/staff/spam"
		: arena_printf(x->req->arena, "/staff/bookings/%s", x->param[0]));
	exchange_send(x);
}

static const char *
why_refused(const struct call *c, int rc)
{
	if (c->conflict != NULL && (rc == E_CONFLICT || rc == E_NOT_OFFERED))
		return c->conflict;
	if (c->problems.n > 0 && (rc == E_INVALID || rc == E_NOT_OFFERED))
		return c->problems.v[0].message;
	if (rc == E_VERSION_MISMATCH)
		return "Somebody changed this request meanwhile. Here is how it is now.";
	return err_row(rc)->sentence;
}

static void
refuse_act(struct exchange *x, int rc)
{
	const struct call *c = x->call;
	struct desk_shown *shown = ARENA_NEW(x->req->arena, struct desk_shown);

	if (rc == E_NOT_FOUND || rc == E_FORBIDDEN || err_row(rc)->status >= 500) {
		problem_reply(x->req, x->route, rc, NULL, NULL);
		exchange_send(x);
		return;
	}
	shown->error = why_refused(c, rc);
	shown->action = x->param[1];
	shown->offers = rc == E_SLOT_TAKEN ? c->offers : NULL;
	if ((c->actor.caps & CAP_OVERRIDE) && (rc == E_SLOT_TAKEN || rc == E_NOT_OFFERED))
		shown->anyway = c->cmd;
	desk_show_request(x, shown);
}

/* "14:30" of a day, on the clock of the branch. */
static const char *
typed_slot(struct arena *a, const struct clinic *c, const struct pressed *f)
{
	const struct branch *b = f->branch == NULL ? NULL : clinic_branch(c, f->branch);
	const struct zone *zone = b == NULL ? c->zone : b->hours.zone;
	const char *t = f->time == NULL ? "" : f->time;
	struct civil civil = { 0 };
	char *text = arena_alloc(a, 40);
	int32_t day;
	int64_t ms;

	if (f->date == NULL || !date_parse(f->date, &day) || strlen(t) != 5
	    || strspn(t, "0123456789") != 2 || t[2] != ':' || strspn(t + 3, "0123456789") != 2)
		return NULL;
	day_to_date(day, &civil.year, &civil.month, &civil.day);
	civil.hour = (t[0] - '0') * 10 + t[1] - '0';
	civil.minute = (t[3] - '0') * 10 + t[4] - '0';
	if (civil.hour > 23 || civil.minute > 59 || civil_to_ms(zone, &civil, &ms) == WALL_NEVER)
		return NULL;
	return rfc3339_local(zone, ms, text);
}

/* The time that was chosen, by a button or typed. */
static void
choose(struct exchange *x, struct act_cmd *cmd, const struct pressed *f, struct problems *p)
{
	struct arena *a = x->req->arena;
	size_t n;

	if (f->exact == 1) {
		cmd->slot = typed_slot(a, x->clinic, f);
		if (cmd->slot == NULL)
			problem_add(p, "slot", "invalid", "Give the date and a time like 14:30.");
	} else if (f->pick != NULL) {
		n = strcspn(f->pick, " ");
		cmd->slot = arena_strndup(a, f->pick, n);
		if (f->pick[n] == ' ')
			cmd->doctor = f->pick + n + 1;
	}
}

void
desk_act(struct exchange *x)
{
	struct act_cmd *cmd = ARENA_NEW(x->req->arena, struct act_cmd);
	struct pressed *f = ARENA_NEW(x->req->arena, struct pressed);
	const struct fields *fields = act_fields(x->param[1]);
	struct problems ignored = { .arena = x->req->arena };
	struct call *c;
	int rc;

	if (x->clinic == NULL || fields == NULL) {
		exchange_error(x, fields == NULL ? E_NOT_FOUND : E_UNAVAILABLE);
		return;
	}
	c = exchange_call(x, &op_booking_act, cmd);
	rc = decode_form(x->req, fields, cmd, &c->problems);
	if (rc == 0)
		rc = decode_form(x->req, &pressed_fields, f, &ignored);
	if (rc < 0) {
		exchange_error(x, rc);
		return;
	}
	choose(x, cmd, f, &c->problems);
	cmd->reference = x->param[0];
	cmd->action = x->param[1];
	/* The spam list rescues by one key: it shows no version to go stale. */
	cmd->if_match = f->version;
	cmd->any_version = strcmp(x->param[1], "not-spam") == 0 && f->version == FIELD_ABSENT;
	x->state = f;
	x->refuse = refuse_act;
	exchange_submit(x, render_acted);
}
