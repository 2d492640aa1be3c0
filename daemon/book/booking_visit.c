/* SPDX-License-Identifier: MIT */
/*
 * booking_visit.c - what staff do with an appointment: give it, move it, say how it
 * went, take back what was said.
 *
 * Going against hours or claims is a capability, a reason and an event. Overrides
 * never find a room that is not there.
 */
#include <string.h>

#include "base/secret.h"
#include "book/booking_act.h"
#include "book/booking_slot.h"

#define OVERRIDE_DAYS 731 /* ahead, as far as any horizon */

/* ---- checks ---- */

static void
check_time(struct act *a, struct problems *p)
{
	int64_t ms = 0;

	if (a->cmd->slot != NULL && problem_of(p, "slot") == NULL && !rfc3339_parse(a->cmd->slot, &ms))
		problem_say(p, "slot", "invalid", M_SLOT_OFFSET);
	/* Every change of the hours is held against all that is to come, day by day. */
	if (a->cmd->override == 1 && ms > a->tx->now + OVERRIDE_DAYS * DAY_MS)
		problem_add(p, "slot", "invalid", "Use a time within two years.");
	if (a->cmd->doctor != NULL && clinic_doctor(a->call->clinic, a->cmd->doctor) == NULL)
		problem_say(p, "doctor", "invalid", M_NO_SUCH_DOCTOR);
	if (a->cmd->override == 1)
		act_need(p, "reason", a->cmd->reason, "Say why the hours do not matter this time.");
}

void
check_book(struct act *a, struct problems *p)
{
	const struct clinic *c = a->call->clinic;

	check_time(a, p);
	if (a->cmd->service != NULL && clinic_service(c, a->cmd->service) == NULL)
		problem_say(p, "service", "invalid", M_NO_SUCH_SERVICE);
	if (!a->had)
		act_need(p, "slot", a->cmd->slot, "Choose a time.");
}

void
check_move(struct act *a, struct problems *p)
{
	act_need(p, "slot", a->cmd->slot, "Choose a time.");
	check_time(a, p);
}

void
check_assign(struct act *a, struct problems *p)
{
	act_need(p, "doctor", a->cmd->doctor, "Choose a doctor.");
	check_time(a, p);
}

/* ---- taking a time ---- */

/* The time in the making: what the act names, else what the request has. */
static struct slot_deal
deal_of(struct act *a)
{
	const struct clinic *c = a->call->clinic;
	const char *service = a->cmd->service != NULL ? a->cmd->service : a->row.service;
	struct slot_deal d = { .in_spite = SLOT_FREE, .start_ms = a->has.starts_at };

	d.ask = (struct slot_ask){ clinic_branch_by_id(c, a->row.branch), clinic_service(c, service),
		a->cmd->doctor == NULL ? NULL : clinic_doctor(c, a->cmd->doctor), a->tx->now };
	if (a->cmd->slot != NULL)
		(void)rfc3339_parse(a->cmd->slot, &d.start_ms);
	d.override = a->cmd->override == 1;
	return d;
}

static const char *
detail_of(struct act *a, const struct slot_deal *d)
{
	struct obuf o;
	char text[40];

	obuf_init(&o, a->tx->arena, 65536);
	obuf_json_open(&o, '{');
	if (a->has.held)
		obuf_json_kstr(&o, "from",
		    rfc3339_local(d->ask.branch->hours.zone, a->has.starts_at, text));
	obuf_json_kstr(&o, "slot", rfc3339_local(d->ask.branch->hours.zone, d->start_ms, text));
	obuf_json_kstr(&o, "doctor", d->pick.doctor->slug);
	if (d->in_spite != SLOT_FREE)
		obuf_json_kstr(&o, "in_spite_of", slot_why_word(d->in_spite));
	if (a->cmd->text != NULL)
		obuf_json_kstr(&o, "text", a->cmd->text);
	obuf_json_close(&o, '}');
	return o.data;
}

/* A room of that name, instead of the first free one. */
static int
choose_room(struct act *a, const struct calendar *cal, struct slot_deal *d)
{
	const struct clinic *c = a->call->clinic;

	if (a->cmd->room == NULL)
		return 0;
	for (size_t i = 0; i < c->room_count; i++) {
		const struct room *r = &c->rooms[i];

		if (strcmp(r->slug, a->cmd->room) != 0 || &c->branches[r->branch] != d->ask.branch
		    || !strlist_has(&d->ask.service->kinds, r->kind))
			continue;
		if (slot_choose_room(cal, r, &d->pick))
			return 0;
		return act_conflict(a, "The room \"%s\" is taken at that time.", r->slug);
	}
	problem_add(&a->call->problems, "room", "invalid", "There is no such room for this service.");
	return E_INVALID;
}

/* Takes the time and leads to that status; what is told of it in ret_detail. */
static int
take(struct act *a, struct slot_deal *d, enum status to, const char **ret_detail)
{
	struct appointment_terms terms = { 0 };
	struct calendar *cal;
	int rc;

	if (d->override && !(a->call->actor.caps & CAP_OVERRIDE))
		return E_FORBIDDEN;
	if (d->ask.branch == NULL || d->ask.service == NULL)
		return act_conflict(a, "The branch or service of this request is no longer offered.");
	rc = slot_settle(
	    a->tx, a->call, d, a->row.n, clinic_doctor_by_id(a->call->clinic, a->has.doctor));
	if (rc >= 0)
		rc = appointment_calendar(a->tx, a->call->clinic, a->row.n, &cal);
	if (rc >= 0)
		rc = choose_room(a, cal, d);
	if (rc < 0)
		return rc;
	*ret_detail = detail_of(a, d);
	terms.override = d->in_spite != SLOT_FREE;
	rc = appointment_take(a->tx, a->row.n, &d->pick, d->ask.branch->hours.zone, &terms);
	if (rc >= 0 && strcmp(d->ask.service->slug, a->row.service) != 0)
		rc = q_booking_set_service(a->tx->db, .n = a->row.n, .service = d->ask.service->slug);
	return rc < 0 ? rc : act_set_status(a, to, false);
}

int
run_book(struct act *a)
{
	const struct act_cmd *cmd = a->cmd;
	struct slot_deal d = deal_of(a);
	const char *detail = act_text_detail(a);
	int rc;

	if (a->has.held && cmd->slot == NULL && cmd->doctor == NULL && cmd->service == NULL
	    && cmd->room == NULL) /* the one it holds */
		rc = act_set_status(a, STATUS_BOOKED, false);
	else
		rc = take(a, &d, STATUS_BOOKED, &detail);
	return rc < 0 ? rc : act_tell(a, STATUS_BOOKED, detail);
}

/* A confirmed visit that is moved is to be confirmed anew. */
int
run_move(struct act *a)
{
	struct slot_deal d = deal_of(a);
	enum status was = (enum status)a->row.status;
	enum status to = was == STATUS_CONFIRMED ? STATUS_BOOKED : was;
	const char *detail;
	int rc;

	if (!a->has.held)
		return act_conflict(a, "There is no appointment to move.");
	rc = take(a, &d, to, &detail);
	return rc < 0 ? rc : act_tell(a, to == was ? -1 : (int)to, detail);
}

/* The same time with another doctor: what the patient confirmed stays confirmed. */
int
run_assign(struct act *a)
{
	struct slot_deal d = deal_of(a);
	const char *detail;
	int rc;

	if (!a->has.held)
		return act_conflict(a, "There is no appointment to assign.");
	rc = take(a, &d, (enum status)a->row.status, &detail);
	return rc < 0 ? rc : act_tell(a, -1, detail);
}

/* ---- how it went ---- */

int
run_visit(struct act *a)
{
	bool correction = a->row.status == STATUS_ATTENDED;
	int rc;

	if (correction && !(a->call->actor.caps & CAP_OVERRIDE))
		return E_FORBIDDEN;
	if (correction && a->cmd->reason == NULL) {
		problem_add(&a->call->problems, "reason", "required", "Say why it is corrected.");
		return E_INVALID;
	}
	if (a->had && a->has.starts_at > a->tx->now)
		return act_conflict(a, "The appointment has not begun yet.");
	rc = act_set_status(a, (enum status)a->action->to, false);
	return rc < 0 ? rc : act_tell(a, a->action->to, act_text_detail(a));
}

/* What was held is taken again, if it is still free, whatever the hours. Who waited
 * for an answer goes on waiting. */
int
booking_retake(struct tx *tx, struct call *c, const struct q_booking_row_out *row,
    const struct appointment *has, enum status was)
{
	struct slot_ask ask = { clinic_branch_by_id(c->clinic, row->branch),
		clinic_service(c->clinic, row->service), clinic_doctor_by_id(c->clinic, has->doctor),
		tx->now };
	struct appointment_terms terms = { 0 };
	struct slot_pick pick;
	struct calendar *cal;
	unsigned against;
	int rc = appointment_was_held(tx, row->n, has, was);

	if (rc <= 0)
		return rc;
	if (ask.branch == NULL || ask.service == NULL || ask.doctor == NULL)
		return E_CONFLICT;
	if (c->actor.kind == ACTOR_PATIENT && (rc = booking_may_hold(tx, row)) < 0)
		return rc;
	if (was == STATUS_NEW)
		terms.hold_ends_at = booking_hold_ends(ask.branch, tx->now);
	rc = appointment_calendar(tx, c->clinic, row->n, &cal);
	if (rc < 0)
		return rc;
	if (!slot_pick_anyway(cal, &ask, has->starts_at, false, &pick))
		return E_SLOT_TAKEN;
	against = slot_against(cal->schedule, ask.branch, ask.doctor, pick.begins, pick.finishes);
	if (against != 0 && c->actor.kind == ACTOR_PATIENT) {
		c->conflict = "The clinic cannot keep that time any more.";
		return E_CONFLICT;
	}
	rc = appointment_take(tx, row->n, &pick, ask.branch->hours.zone, &terms);
	if (rc >= 0 && against != 0 && has->ends_at > tx->now) /* a case for the desk's list */
		rc = q_appointment_strand(tx->db, .n = row->n, .stranded_at = tx->now);
	return rc;
}

/* Back over the last transition, the same day, while the time is free. */
int
run_undo(struct act *a)
{
	const struct branch *b = clinic_branch_by_id(a->call->clinic, a->row.branch);
	const struct zone *z = b == NULL ? a->call->clinic->zone : b->hours.zone;
	struct q_event_into_status_out last;
	int rc = q_event_into_status(a->tx->db, &last, .n = a->row.n, .status = a->row.status);

	if (rc <= 0 || last.from_status_null)
		return rc < 0 ? rc : act_conflict(a, "There is nothing to take back.");
	if (day_of_ms(z, last.at) != day_of_ms(z, a->tx->now))
		return act_conflict(a, "This can be taken back on the same day only.");
	if (strcmp(last.actor_kind, "patient") == 0)
		return act_conflict(a, "The patient did this: only they can take it back.");
	if (!a->has.held)
		rc = booking_retake(
		    a->tx, a->call, &a->row, &a->has, (enum status)last.from_status);
	if (rc >= 0)
		rc = act_set_status(a, (enum status)last.from_status, false);
	return rc < 0 ? rc : act_tell(a, (int)last.from_status, act_text_detail(a));
}

/* What quarantine or a mistake kept from a request, if it can still be had; else it
 * stays a wish. */
int
act_take_wish(struct act *a)
{
	struct slot_deal d = deal_of(a);
	struct call *c = a->call;
	int rc;

	if (!a->had || a->has.held || d.start_ms <= a->tx->now || d.ask.branch == NULL
	    || d.ask.service == NULL)
		return 0;
	d.ask.doctor = clinic_doctor_by_id(c->clinic, a->has.doctor);
	rc = slot_settle(a->tx, c, &d, a->row.n, NULL);
	if (rc >= 0)
		return booking_slot_store(
		    a->tx, &d, a->row.n, false, booking_hold_ends(d.ask.branch, a->tx->now));
	if (rc != E_NOT_OFFERED && rc != E_SLOT_TAKEN)
		return rc;
	c->problems = c->decoded;
	c->conflict = c->slot_why = NULL;
	c->offers = NULL;
	return 0;
}

/* A fresh link for the patient; that it was made is told, never the link. */
int
run_link(struct act *a)
{
	struct booking_item *res = a->call->res;
	int rc = booking_link_make(a->tx, a->row.n, &res->manage_token);

	return rc < 0 ? rc : act_tell(a, -1, NULL);
}
