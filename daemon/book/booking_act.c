/* SPDX-License-Identifier: MIT */
/*
 * booking_act.c - what staff do with a request: a table of actions.
 *
 * Checks in the order of op.h: object, fields, version, status. Each action is
 * one event; append-only ones need no version and raise none.
 */
#include <string.h>

#include "book/booking_act.h"

static const char *const close_reasons[] = { "unreachable", "not-interested", "price",
	"chose-elsewhere", "out-of-scope", "referred-gp", "minor-no-guardian", "duplicate",
	"other", NULL };
static const char *const cancel_reasons[]
    = { "patient-asked", "clinic", "doctor-away", "duplicate", "other", NULL };
static const char *const contact_channels[]
    = { "phone", "whatsapp", "email", "sms", "in-person", "other", NULL };
static const char *const outcomes[] = { "reached", "no-answer", "left-message", "sent",
	"replied", "wrong-number", "undeliverable", "other", NULL };

#define F(f, type, min, max, choices) FIELD(act_cmd, f, NULL, type, min, max, choices, 0)

static const struct field contact_rows[] = {
	F(channel, WORD, 0, 0, contact_channels),
	F(outcome, WORD, 0, 0, outcomes),
	F(next_due, LINE, 0, 40, NULL),
	F(text, LINES, 0, 2000, NULL),
};
static const struct field note_rows[] = { F(text, LINES, 0, 2000, NULL) };
static const struct field tag_rows[]
    = { F(add, WORDS, 0, 20, NULL), F(remove, WORDS, 0, 20, NULL) };
static const struct field close_rows[]
    = { F(reason, WORD, 0, 0, close_reasons), F(text, LINES, 0, 2000, NULL) };
static const struct field cancel_rows[]
    = { F(reason, WORD, 0, 0, cancel_reasons), F(text, LINES, 0, 2000, NULL) };
static const struct field text_rows[] = { F(text, LINES, 0, 2000, NULL) };
static const struct field reason_rows[]
    = { F(reason, LINE, 0, 200, NULL), F(text, LINES, 0, 2000, NULL) };
/* Going against the hours, and why. */
#define IN_SPITE                                                                         \
	F(override, BOOL, 0, 0, NULL), F(reason, LINE, 0, 200, NULL),                    \
	    F(text, LINES, 0, 2000, NULL)

static const struct field book_rows[] = {
	F(slot, LINE, 0, 40, NULL),
	F(service, WORD, 0, 0, NULL),
	F(doctor, WORD, 0, 0, NULL),
	F(room, WORD, 0, 0, NULL),
	IN_SPITE,
};
static const struct field move_rows[] = {
	F(slot, LINE, 0, 40, NULL),
	F(doctor, WORD, 0, 0, NULL),
	IN_SPITE,
};
static const struct field assign_rows[] = {
	F(doctor, WORD, 0, 0, NULL),
	IN_SPITE,
};
static const struct field amend_rows[] = {
	F(full_name, LINE, 0, 200, NULL),
	F(phone, LINE, 0, 60, NULL),
	F(contact_method, WORD, 0, 0, contact_methods),
	F(email, LINE, 0, 254, NULL),
	F(language, WORD, 0, 0, languages),
	F(guardian_name, LINE, 0, 200, NULL),
	F(guardian_phone, LINE, 0, 60, NULL),
	F(guardian_relation, LINE, 0, 60, NULL),
	F(preferred_days, WORDS, 0, 8, day_names),
	F(preferred_parts, WORDS, 0, 4, part_names),
	F(best_time_to_call, LINE, 0, 100, NULL),
};

#define FROM(s) STATUS_BIT(STATUS_##s)
#define ALIVE (STATUS_ALL & ~(FROM(SPAM) | FROM(ERASED)))
#define BOOKABLE (FROM(NEW) | FROM(CONTACTED) | FROM(NO_SHOW) | FROM(CANCELLED) | FROM(CLOSED))
#define MOVABLE (FROM(NEW) | FROM(CONTACTED) | FROM(BOOKED) | FROM(CONFIRMED))
#define UNDOABLE (FROM(ARRIVED) | FROM(ATTENDED) | FROM(NO_SHOW) | FROM(CANCELLED))

static void check_reason(struct act *, struct problems *);
static int run_not_spam(struct act *);

/* To add one: a row, its fields above, and a function where it does more than
 * change the status. */
static const struct action actions[] = {
	{ "contact", "contacted", ALIVE, -1, false, 0, FIELDS(contact_rows), check_contact, run_contact },
	{ "note", "note", ALIVE | FROM(SPAM), -1, false, 0, FIELDS(note_rows), check_text, NULL },
	{ "tag", "tagged", ALIVE | FROM(SPAM), -1, false, 0, FIELDS(tag_rows), check_tag, run_tag },
	{ "amend", "amended", ALIVE, -1, true, 0, FIELDS(amend_rows), check_amend, run_amend },
	{ "close", "closed", 0, STATUS_CLOSED, true, 0, FIELDS(close_rows), check_reason, NULL },
	{ "reopen", "reopened", FROM(CLOSED), STATUS_CONTACTED, true, 0, FIELDS(text_rows), NULL, NULL },
	{ "spam", "marked_spam", 0, STATUS_SPAM, true, 0, FIELDS(text_rows), NULL, NULL },
	{ "not-spam", "not_spam", FROM(SPAM), STATUS_NEW, true, 0, FIELDS(text_rows), NULL, run_not_spam },
	{ "cancel", "cancelled", 0, STATUS_CANCELLED, true, 0, FIELDS(cancel_rows), check_reason, NULL },
	{ "book", "booked", BOOKABLE, STATUS_BOOKED, true, 0, FIELDS(book_rows), check_book, run_book },
	{ "confirm", "confirmed", 0, STATUS_CONFIRMED, true, 0, FIELDS(text_rows), NULL, NULL },
	{ "arrive", "arrived", 0, STATUS_ARRIVED, true, 0, FIELDS(text_rows), NULL, NULL },
	{ "attend", "attended", 0, STATUS_ATTENDED, true, 0, FIELDS(text_rows), NULL, run_visit },
	{ "no-show", "no_show", 0, STATUS_NO_SHOW, true, 0, FIELDS(reason_rows), NULL, run_visit },
	{ "move", "moved", MOVABLE, -1, true, 0, FIELDS(move_rows), check_move, run_move },
	{ "assign", "assigned", MOVABLE, -1, true, 0, FIELDS(assign_rows), check_assign, run_assign },
	{ "undo", "undone", UNDOABLE, -1, true, 0, FIELDS(text_rows), NULL, run_undo },
	{ "link", "link_made", ALIVE, -1, false, CAP_CREATE, FIELDS(text_rows), NULL, run_link },
};

static const struct action *
action_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

const struct fields *
act_fields(const char *name)
{
	const struct action *a = action_find(name);

	return a == NULL ? NULL : &a->fields;
}

/* ---- checks ---- */

void
act_need(struct problems *p, const char *field, const void *value, const char *sentence)
{
	if (value == NULL && problem_of(p, field) == NULL)
		problem_add(p, field, "required", "%s", sentence);
}

static void
check_reason(struct act *a, struct problems *p)
{
	act_need(p, "reason", a->cmd->reason, "Say why.");
}

/* ---- doing ---- */

/* Statuses in which a request holds no time. */
#define LETS_GO (FROM(CANCELLED) | FROM(CLOSED) | FROM(SPAM) | FROM(NO_SHOW))

int
act_set_status(struct act *a, enum status to, bool contacted)
{
	int rc = 0;

	if (a->has.held && (STATUS_BIT(to) & LETS_GO) != 0)
		rc = appointment_let_go(a->tx, a->row.n);
	else if (a->has.held)
		rc = q_appointment_keep(a->tx->db, .n = a->row.n);
	if (rc >= 0)
		rc = q_booking_set_status(a->tx->db, .n = a->row.n, .status = to,
		    .raise = a->action->versioned, .contacted_at = a->tx->now,
		    .contacted_at_null = !contacted);

	if (rc >= 0 && to != a->row.status)
		rc = q_tag_set_status(a->tx->db, .n = a->row.n, .status = to);
	return rc;
}

/* {"text":...} for the history; NULL without a text. */
const char *
act_text_detail(struct act *a)
{
	struct obuf o;

	if (a->cmd->text == NULL)
		return NULL;
	obuf_init(&o, a->tx->arena, 65536);
	obuf_json_open(&o, '{');
	obuf_json_kstr(&o, "text", a->cmd->text);
	obuf_json_close(&o, '}');
	return o.data;
}

int
act_tell(struct act *a, int to, const char *detail)
{
	struct history e = { a->row.n, a->action->event, (int)a->row.status, to, a->cmd->reason,
		detail };

	if (to < 0)
		e.from = -1;
	return history_add(a->tx, a->call, &a->row.id, &e);
}

/* What quarantine withheld; a request that staff put there has told of itself before. */
static int
send_withheld(struct act *a)
{
	struct q_outbox_any_out told;
	int rc = q_outbox_any(a->tx->db, &told, .n = a->row.n);

	return rc != 0 ? rc
		       : booking_messages_put(a->tx, a->row.n, a->row.email, a->row.language);
}

/* The clock starts at the correction; when it was received stays as it was. */
static int
run_not_spam(struct act *a)
{
	const struct branch *b = clinic_branch_by_id(a->call->clinic, a->row.branch);
	int64_t due = b == NULL ? HOURS_NEVER
				: hours_add(&b->hours, a->tx->now,
				    b->settings.respond_within_open_hours * HOUR_MS);
	int rc = act_take_wish(a);

	if (rc >= 0)
		rc = act_set_status(a, STATUS_NEW, false);
	if (rc >= 0)
		rc = q_booking_restart_clock(a->tx->db, .n = a->row.n, .clock_at = a->tx->now,
		    .respond_by = due == HOURS_NEVER ? a->tx->now + DAY_MS : due);
	if (rc >= 0)
		rc = send_withheld(a);
	if (rc >= 0)
		rc = act_tell(a, STATUS_NEW, act_text_detail(a));
	return rc;
}

/* ---- the order of checks ---- */

int
act_conflict(struct act *a, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	a->call->conflict = arena_vprintf(a->tx->arena, format, ap);
	va_end(ap);
	return E_CONFLICT;
}

static bool
allowed(const struct action *x, enum status from)
{
	if (x->from != 0)
		return (x->from & STATUS_BIT(from)) != 0;
	return status_may_become(from, (enum status)x->to);
}

static int
check_all(struct act *a)
{
	const struct action *x = a->action;

	if (x->check != NULL)
		x->check(a, &a->call->problems);
	if (a->call->problems.n > 0)
		return E_INVALID;
	if (x->versioned && a->cmd->if_match == FIELD_ABSENT && !a->cmd->any_version)
		return E_VERSION_REQUIRED;
	if (x->versioned && !a->cmd->any_version && a->cmd->if_match != a->row.version)
		return E_VERSION_MISMATCH;
	if (allowed(x, (enum status)a->row.status))
		return 0;
	if (x->to >= 0)
		return act_conflict(a, "A request that is %s cannot become %s.",
		    status_name((enum status)a->row.status), status_name((enum status)x->to));
	return act_conflict(a, "A request that is %s takes no \"%s\".",
	    status_name((enum status)a->row.status), x->name);
}

int
booking_act(struct tx *tx, struct call *c)
{
	struct act a = { .tx = tx, .call = c, .cmd = c->cmd };
	const char *token;
	int64_t n;
	int rc = booking_by_reference(tx, c, a.cmd->reference, &n);

	a.action = action_find(a.cmd->action);
	if (rc >= 0 && a.action == NULL)
		rc = E_NOT_FOUND;
	if (rc >= 0 && (c->actor.caps & a.action->needs) != a.action->needs)
		rc = E_FORBIDDEN;
	if (rc >= 0)
		rc = q_booking_row(tx->db, &a.row, .n = n);
	if (rc >= 0)
		rc = appointment_load(tx, n, &a.has);
	a.had = rc == 1;
	if (rc < 0)
		return rc;
	if ((rc = check_all(&a)) < 0)
		return rc;
	if (a.action->run != NULL)
		rc = a.action->run(&a);
	else {
		if (a.action->to >= 0)
			rc = act_set_status(&a, (enum status)a.action->to, false);
		if (rc >= 0)
			rc = act_tell(&a, a.action->to, act_text_detail(&a));
	}
	token = ((const struct booking_item *)c->res)->manage_token;
	rc = rc < 0 ? rc : booking_item_load(tx, c, n, c->res);
	((struct booking_item *)c->res)->manage_token = token;
	return rc;
}
