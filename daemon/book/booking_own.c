/* SPDX-License-Identifier: MIT */
/*
 * booking_own.c - what a patient does with an appointment by the link: confirm,
 * move, withdraw, take a withdrawal back.
 *
 * The link says who it is; the cut-off says until when. Everything is told to the
 * staff as an event, and answers with the view as it is now.
 */
#include <string.h>

#include "book/booking_slot.h"
#include "book/slot_find.h"
#include "queries.h"

static const struct field move_rows[] = {
	FIELD(own_cmd, slot, NULL, LINE, 0, 40, NULL, 0),
	FIELD(own_cmd, doctor, NULL, WORD, 0, 0, NULL, 0),
};
static const struct field cancel_rows[]
    = { FIELD(own_cmd, reason, NULL, LINES, 0, 500, NULL, 0) };

static const struct field times_rows[]
    = { FIELD(own_cmd, from, NULL, LINE, 0, 40, NULL, 0) };

const struct fields own_times_fields = FIELDS(times_rows);
const struct fields own_move_fields = FIELDS(move_rows);
const struct fields own_cancel_fields = FIELDS(cancel_rows);

/* booking_view reads the token of these commands, and fills the view of their results. */
_Static_assert(offsetof(struct own_cmd, token) == offsetof(struct booking_view_cmd, token),
    "the token is where a view looks for it");
_Static_assert(offsetof(struct move_res, view) == 0, "the view comes first");

struct own {
	struct tx *tx;
	struct call *call;
	const struct own_cmd *cmd;
	struct booking_view *view;
	struct q_booking_row_out row;
	struct appointment has;
};

/* Who holds the link, and what it is of. */
static int
open_own(struct own *o, struct tx *tx, struct call *c)
{
	int rc;

	*o = (struct own){ .tx = tx, .call = c, .cmd = c->cmd, .view = c->res };
	rc = booking_link_open(tx, o->cmd->token, &o->row);
	if (rc == 0)
		return E_NOT_FOUND; /* it was given back */
	if (rc > 0)
		rc = call_check(c);
	if (rc >= 0)
		rc = appointment_load(tx, o->row.n, &o->has);
	if (rc >= 0)
		rc = booking_view(tx, c);
	return rc < 0 ? rc : 0;
}

static int
refuse(struct own *o, const char *sentence)
{
	if (o->view->too_late)
		return E_TOO_LATE;
	o->call->conflict = sentence;
	return E_CONFLICT;
}

static int
set_status(struct own *o, enum status to)
{
	int rc = q_booking_set_status(o->tx->db, .n = o->row.n, .status = to, .raise = 1,
	    .contacted_at_null = true);

	return rc < 0 ? rc : q_tag_set_status(o->tx->db, .n = o->row.n, .status = to);
}

/* The event, and the view anew. to -1: the status stays. */
static int
done(struct own *o, const char *kind, int to, const char *detail)
{
	struct history e = { o->row.n, kind, to < 0 ? -1 : (int)o->row.status, to, NULL, detail };
	int rc = history_add(o->tx, o->call, &o->row.id, &e);

	if (rc < 0)
		return rc;
	*o->view = (struct booking_view){ 0 };
	return booking_view(o->tx, o->call);
}

int
booking_confirm(struct tx *tx, struct call *c)
{
	struct own o;
	int rc = open_own(&o, tx, c);

	if (rc < 0 || o.row.status == STATUS_CONFIRMED) /* twice is once */
		return rc;
	if (!o.view->may_confirm)
		return refuse(&o, "There is no appointment to confirm.");
	rc = set_status(&o, STATUS_CONFIRMED);
	return rc < 0 ? rc : done(&o, "confirmed", STATUS_CONFIRMED, NULL);
}

static int
check_move(struct own *o, struct slot_deal *d)
{
	const struct clinic *c = o->call->clinic;
	struct problems *p = &o->call->problems;

	*d = (struct slot_deal){ .in_spite = SLOT_FREE };
	d->ask = (struct slot_ask){ clinic_branch_by_id(c, o->row.branch),
		clinic_service(c, o->row.service),
		o->cmd->doctor == NULL ? NULL : clinic_doctor(c, o->cmd->doctor), o->tx->now };
	if (o->cmd->slot == NULL)
		problem_say(p, "slot", "required", M_SLOT_CHOOSE);
	else if (!rfc3339_parse(o->cmd->slot, &d->start_ms))
		problem_say(p, "slot", "invalid", M_SLOT_OFFSET);
	if (o->cmd->doctor != NULL && d->ask.doctor == NULL)
		problem_say(p, "doctor", "invalid", M_NO_SUCH_DOCTOR);
	if (d->ask.branch == NULL || d->ask.service == NULL)
		return E_UNAVAILABLE;
	return call_check(o->call);
}

/* A request that waits goes on waiting, at the new time and no longer; a confirmed visit is to be
 * confirmed anew. */
int
booking_move(struct tx *tx, struct call *c)
{
	enum status to;
	struct slot_deal d;
	struct own o;
	int rc = open_own(&o, tx, c);

	if (rc < 0)
		return rc;
	if (!o.view->may_move)
		return refuse(&o, "There is no appointment to move.");
	if ((rc = check_move(&o, &d)) < 0)
		return rc;
	if (d.start_ms == o.has.starts_at && (d.ask.doctor == NULL || d.ask.doctor->id == o.has.doctor))
		return 0; /* where it is */
	rc = slot_settle(tx, c, &d, o.row.n, clinic_doctor_by_id(c->clinic, o.has.doctor));
	if (rc < 0)
		return rc;
	to = o.row.status == STATUS_CONFIRMED ? STATUS_BOOKED : (enum status)o.row.status;
	rc = booking_slot_store(tx, &d, o.row.n, false, o.has.hold_ends_at);
	if (rc >= 0)
		rc = set_status(&o, to);
	return rc < 0 ? rc
		      : done(&o, "moved", (int64_t)to == o.row.status ? -1 : (int)to,
			  booking_slot_detail(tx->arena, &d));
}

int
booking_move_times(struct tx *tx, struct call *c)
{
	struct move_res *res = c->res; /* the view is its first member: open_own fills it */
	struct slot_ask ask = { .now = tx->now };
	struct calendar *cal;
	int32_t from, today;
	struct own o;
	int rc = open_own(&o, tx, c);

	if (rc < 0 || !res->view.may_move)
		return rc;
	ask.branch = clinic_branch_by_id(c->clinic, o.row.branch);
	ask.service = clinic_service(c->clinic, o.row.service);
	if (ask.branch == NULL || ask.service == NULL)
		return E_UNAVAILABLE;
	rc = appointment_calendar(tx, c->clinic, o.row.n, &cal);
	if (rc < 0)
		return rc;
	today = day_of_ms(ask.branch->hours.zone, tx->now);
	if (o.cmd->from == NULL || !date_parse(o.cmd->from, &from) || from < today)
		from = today;
	if (from > today + ask.branch->settings.horizon_days)
		from = today + ask.branch->settings.horizon_days;
	slot_list(tx, c->clinic, cal, &ask, from, from + MOVE_DAYS - 1, &res->times);
	return 0;
}

static const char *
reason_detail(struct own *o)
{
	struct obuf out;

	if (o->cmd->reason == NULL)
		return NULL;
	obuf_init(&out, o->tx->arena, 8192);
	obuf_json_open(&out, '{');
	obuf_json_kstr(&out, "text", o->cmd->reason);
	obuf_json_close(&out, '}');
	return out.data;
}

int
booking_withdraw(struct tx *tx, struct call *c)
{
	struct own o;
	int rc = open_own(&o, tx, c);

	if (rc < 0 || o.view->item.status == STATUS_CANCELLED) /* twice is once */
		return rc;
	if (!o.view->may_cancel)
		return refuse(&o, "This request cannot be withdrawn any more.");
	/* In quarantine it stays there, and the patient sees what others would see. */
	if (o.row.status == STATUS_SPAM)
		return done(&o, "withdrawn", -1, NULL);
	if (o.has.held)
		rc = appointment_let_go(tx, o.row.n);
	if (rc >= 0)
		rc = set_status(&o, STATUS_CANCELLED);
	return rc < 0 ? rc : done(&o, "cancelled", STATUS_CANCELLED, reason_detail(&o));
}

int
booking_undo(struct tx *tx, struct call *c)
{
	struct q_event_last_status_out last;
	struct own o;
	int rc = open_own(&o, tx, c);

	if (rc < 0)
		return rc;
	if (!o.view->may_undo)
		return refuse(&o, "This can be taken back within 30 minutes only.");
	rc = q_event_last_status(tx->db, &last, .n = o.row.n);
	if (rc <= 0 || last.from_status_null)
		return rc < 0 ? rc : E_CONFLICT;
	rc = booking_retake(tx, c, &o.row, &o.has, (enum status)last.from_status);
	if (rc >= 0)
		rc = set_status(&o, (enum status)last.from_status);
	return rc < 0 ? rc : done(&o, "undone", (int)last.from_status, NULL);
}
