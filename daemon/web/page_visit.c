/* SPDX-License-Identifier: MIT */
/* page_visit.c - of a request's page its appointment, and what can be done about it. */
#include <string.h>

#include "base/clock.h"
#include "web/desk.h"

#define BIT(s) STATUS_BIT(STATUS_##s)
#define WAITS (BIT(NEW) | BIT(CONTACTED))
#define STANDS (BIT(BOOKED) | BIT(CONFIRMED))
#define BOOKABLE (WAITS | BIT(NO_SHOW) | BIT(CANCELLED) | BIT(CLOSED))
#define UNDOABLE (BIT(ARRIVED) | BIT(ATTENDED) | BIT(NO_SHOW) | BIT(CANCELLED))

/* What of a request's appointment is in the making. */
struct making {
	struct arena *a;
	const struct clinic *clinic;
	const json_t *doc;
	const struct zone *zone;
	const char *reference;
	unsigned at; /* its status, as a bit */
	int64_t starts, ends, wish, now;
	bool held;
	unsigned caps;
	struct view_visit *v;
};

static const char *
text_of(const struct making *m, const char *name)
{
	return desk_text_of(m->a, m->doc, name);
}

/* "Dr A. Tan, Room 1, Consultation". */
static const char *
where_of(const struct making *m)
{
	const char *service = text_of(m, "service");
	const struct service *s = service == NULL ? NULL : clinic_service(m->clinic, service);
	const struct branch *b = clinic_branch(m->clinic, text_of(m, "branch"));
	const char *parts[] = { desk_doctor(m->clinic, text_of(m, "doctor")),
		desk_word(m->a, text_of(m, "room")), s == NULL ? service : s->name[0],
		m->clinic->branch_count > 1 && b != NULL ? b->name : NULL };
	const char *text = NULL;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (parts[i] != NULL)
			text = text == NULL ? parts[i] : arena_printf(m->a, "%s, %s", text, parts[i]);
	return text;
}

/* The last event of a kind; with NULL, the last that changed the status. */
static const json_t *
last_event(const struct making *m, const char *kind)
{
	const json_t *all = json_object_get(m->doc, "history");

	for (size_t i = json_array_size(all); i-- > 0;) {
		const json_t *e = json_array_get(all, i);
		const char *k = json_string_value(json_object_get(e, "kind"));

		if (kind == NULL ? json_is_string(json_object_get(e, "to"))
				 : k != NULL && strcmp(k, kind) == 0)
			return e;
	}
	return NULL;
}

static void
fill_when(struct making *m)
{
	struct view_visit *v = m->v;
	int64_t hold = desk_ms_of(m->doc, "hold_ends_at");

	if (m->starts == 0 && m->wish == 0)
		return;
	v->heading = m->held ? "Appointment" : m->starts != 0 ? "Was to be" : "Time asked for";
	v->when = desk_span(m->a, m->zone, m->starts != 0 ? m->starts : m->wish, m->ends);
	v->where = where_of(m);
	if (m->starts == 0)
		v->hold = "This time is not held for them.";
	else if (hold != 0)
		v->hold = arena_printf(m->a, "Held for them until %s. Book it to keep it.",
		    desk_time(m->a, m->zone, hold));
	else if (m->held && (m->at & WAITS) != 0)
		v->hold = "Held for them. Book it to say yes.";
	if (desk_ms_of(m->doc, "stranded_at") != 0)
		v->stranded = arena_printf(m->a, "It cannot be kept: %s.",
		    desk_why(desk_text_of(m->a, last_event(m, "stranded"), "reason")));
}

/* Another doctor for the same time: who gives the service. */
static void
fill_doctors(struct making *m)
{
	const char *service = text_of(m, "service"), *mine = text_of(m, "doctor");
	struct view_choice *v = ARENA_ARRAY(m->a, struct view_choice, m->clinic->doctor_count + 1);

	m->v->doctors = v;
	for (size_t i = 0; i < m->clinic->doctor_count; i++) {
		const struct doctor *d = &m->clinic->doctors[i];

		if (d->active && service != NULL && strlist_has(&d->services, service)
		    && (mine == NULL || strcmp(mine, d->slug) != 0))
			v[m->v->doctor_count++] = (struct view_choice){ d->slug, d->name, NULL, false };
	}
}

/* Back over the last step, on its day, unless the patient took it. */
static const char *
undo_of(const struct making *m)
{
	const json_t *e = last_event(m, NULL);
	const char *from = desk_text_of(m->a, e, "from"), *who = desk_text_of(m->a, e, "actor_kind");

	if ((m->at & UNDOABLE) == 0 || from == NULL || who == NULL || strcmp(who, "patient") == 0
	    || day_of_ms(m->zone, desk_ms_of(e, "at")) != day_of_ms(m->zone, m->now))
		return NULL;
	return arena_printf(m->a, "Undo: back to %s", from);
}

static void
fill_acts(struct making *m)
{
	struct view_visit *v = m->v;
	bool begun = m->starts <= m->now;

	v->may_accept = m->held && (m->at & WAITS) != 0;
	v->may_confirm = (m->at & BIT(BOOKED)) != 0 && !begun;
	v->may_arrive = (m->at & STANDS) != 0
	    && day_of_ms(m->zone, m->starts) <= day_of_ms(m->zone, m->now);
	v->may_attend = begun && (m->at & (STANDS | BIT(ARRIVED))) != 0;
	v->may_no_show = v->may_attend;
	v->may_correct = (m->at & BIT(ATTENDED)) != 0 && (m->caps & CAP_OVERRIDE) != 0;
	v->may_link = (m->caps & CAP_CREATE) != 0 && (m->at & (BIT(SPAM) | BIT(ERASED))) == 0;
	v->undo = undo_of(m);
	if (m->wish > m->now && (m->at & BOOKABLE) != 0)
		v->wish = text_of(m, "wish");
	if ((m->at & (BOOKABLE | STANDS)) != 0) {
		v->times = arena_printf(m->a, "/staff/bookings/%s/times", m->reference);
		v->times_label = m->at & STANDS ? "Move" : m->held ? "Book another time" : "Choose a time";
	}
	if (m->held && (m->at & (WAITS | STANDS)) != 0)
		fill_doctors(m);
}

static void
fill_refused(struct making *m, const struct desk_shown *shown)
{
	const struct act_cmd *c = shown->anyway;
	const char *rows[][2] = { { "override", "yes" }, { "slot", c == NULL ? NULL : c->slot },
		{ "doctor", c == NULL ? NULL : c->doctor }, { "service", c == NULL ? NULL : c->service } };
	struct view_row *v = ARENA_ARRAY(m->a, struct view_row, ARRAY_LEN(rows));

	m->v->link = shown->link;
	m->v->offers = desk_offers(m->a, shown->offers);
	m->v->offer_count = shown->offers == NULL ? 0 : shown->offers->count;
	m->v->anyway = v;
	m->v->action = shown->action;
	m->v->offer_action
	    = shown->action != NULL && strcmp(shown->action, "assign") == 0 ? "move" : shown->action;
	for (size_t i = 0; c != NULL && i < ARRAY_LEN(rows); i++)
		if (rows[i][1] != NULL)
			v[m->v->anyway_count++] = (struct view_row){ rows[i][0], rows[i][1] };
}

void
desk_fill_visit(struct view_visit *v, const struct exchange *x, const json_t *doc,
    const struct zone *zone, const struct desk_shown *shown)
{
	struct making m = { .a = x->req->arena,
		.clinic = x->clinic,
		.doc = doc,
		.zone = zone,
		.starts = desk_ms_of(doc, "starts_at"),
		.ends = desk_ms_of(doc, "ends_at"),
		.wish = desk_ms_of(doc, "wish"),
		.now = clock_now_ms(),
		.caps = x->call->actor.caps,
		.v = v };
	int at = status_from_name(text_of(&m, "status"));

	m.reference = text_of(&m, "reference");
	m.at = STATUS_BIT(at < 0 ? STATUS_ERASED : (enum status)at);
	m.held = m.starts != 0 && (m.at & (BIT(NO_SHOW) | BIT(CANCELLED) | BIT(CLOSED))) == 0;
	fill_when(&m);
	fill_acts(&m);
	fill_refused(&m, shown);
}
