/* SPDX-License-Identifier: MIT */
/*
 * booking_slot.c - a chosen time is held when it is free, and refused else.
 *
 * Against somebody who would empty the calendar: a quarantined post holds nothing,
 * one phone few times, and above so many times an hour a post becomes a request
 * that wishes for its time. Who holds a time may always move it.
 */
#include <string.h>

#include "base/metric.h"
#include "book/booking_slot.h"
#include "book/search.h"
#include "queries.h"

static void
say_why(struct call *c, const struct slot_reason *r)
{
	const char *word = slot_why_word(r->why);
	int lang = c->problems.language;

	problem_say(&c->problems, "slot", "slot_not_offered", slot_why_message(r->why));
	c->slot_why = word;
	if (r->closure != NULL && r->closure->name[lang] != NULL)
		c->conflict = arena_printf(c->arena, "%s (%s)",
		    c->problems.v[c->problems.n - 1].message, r->closure->name[lang]);
}

static void
offer_others(struct tx *tx, struct call *c, const struct calendar *cal, const struct slot_deal *d)
{
	struct slot_offers *o = ARENA_NEW(tx->arena, struct slot_offers);

	o->zone = d->ask.branch->hours.zone;
	o->count = slot_alternatives(tx->arena, cal, &d->ask, d->start_ms, o->v);
	c->offers = o;
}

/* Staff may go against a reason, with one of their own. */
static int
in_spite(struct call *c, const struct calendar *cal, struct slot_deal *d,
    const struct slot_ask *ask, const struct slot_reason *r)
{
	if (!slot_pick_anyway(cal, ask, d->start_ms, true, &d->pick)) {
		say_why(c, r);
		return E_NOT_OFFERED;
	}
	d->held = true;
	d->in_spite = r->why;
	return 0;
}

int
slot_settle(struct tx *tx, struct call *c, struct slot_deal *d, int64_t without,
    const struct doctor *wanted)
{
	struct slot_ask first = d->ask;
	struct slot_reason reason = { .why = SLOT_FREE };
	struct calendar *cal;
	int rc = appointment_calendar(tx, c->clinic, without, &cal);

	if (rc < 0)
		return rc;
	d->held = false;
	d->in_spite = SLOT_FREE;
	first.doctor = d->ask.doctor != NULL ? d->ask.doctor : wanted;
	if (slot_check(tx->arena, cal, &first, d->start_ms, &d->pick, &reason) != SLOT_FREE
	    && first.doctor != d->ask.doctor)
		(void)slot_check(tx->arena, cal, &d->ask, d->start_ms, &d->pick, &reason);
	d->held = reason.why == SLOT_FREE;
	if (d->held)
		return 0;
	if (d->override)
		return in_spite(c, cal, d, &first, &reason);
	if (!slot_why_taken(reason.why)) {
		say_why(c, &reason);
		return E_NOT_OFFERED;
	}
	offer_others(tx, c, cal, d);
	return E_SLOT_TAKEN;
}

/* ---- posts ---- */

/* A name as it is compared: whoever types a blank more is the same person. */
static const char *
squeezed(struct arena *a, const char *name)
{
	char *s = str_fold(a, name), *to = s;

	BUG_UNLESS(s != NULL);
	for (const char *from = s; *from != '\0'; from++)
		if (*from != ' ')
			*to++ = *from;
	*to = '\0';
	return s;
}

static int
check_open(struct tx *tx, const struct strlist *tokens, const char *full_name, int64_t without)
{
	struct q_appointment_of_phone_out row;
	const char *token = NULL, *name = squeezed(tx->arena, full_name);
	int phone = 0, person = 0, rc;

	for (size_t i = 0; i < tokens->n; i++)
		if (tokens->v[i][0] == 'p')
			token = tokens->v[i];
	BUG_UNLESS(token != NULL && name != NULL);
	rc = q_appointment_of_phone(tx->db, .token = token, .now = tx->now);
	while (rc >= 0 && (rc = q_appointment_of_phone_next(tx->db, &row)) == 1) {
		if (row.n == without)
			continue;
		phone++;
		person += strcmp(squeezed(tx->arena, row.full_name), name) == 0;
	}
	if (rc < 0)
		return rc;
	return phone >= OPEN_PER_PHONE || person >= OPEN_PER_PERSON ? E_TOO_MANY_OPEN : 0;
}

int
booking_may_hold(struct tx *tx, const struct q_booking_row_out *row)
{
	struct strlist tokens = search_tokens(tx->arena, row->full_name, row->phone, NULL);

	return check_open(tx, &tokens, row->full_name, row->n);
}

/* 1: patients have taken as many times within the hour as one may. */
static int
hour_is_full(struct tx *tx, const struct booking_form *f)
{
	struct q_appointment_taken_since_out row = { 0 };
	int rc;

	if (f->claims_per_hour == 0)
		return 0;
	rc = q_appointment_taken_since(tx->db, &row, .since = tx->now - HOUR_MS);
	return rc < 0 ? rc : row.count >= f->claims_per_hour;
}

int
booking_slot_settle(struct tx *tx, struct call *c, const struct booking_form *f, int64_t without,
    bool wish_only, struct slot_deal *d)
{
	bool staff = c->actor.kind != ACTOR_PATIENT;
	struct appointment has = { 0 };
	int rc;

	*d = (struct slot_deal){ .start_ms = f->slot_ms, .in_spite = SLOT_FREE };
	if (f->slot_ms == 0)
		return 0;
	d->ask = (struct slot_ask){ clinic_branch_by_id(c->clinic, f->at->id),
		clinic_service(c->clinic, f->service),
		f->doctor == NULL ? NULL : clinic_doctor(c->clinic, f->doctor), tx->now };
	if (without != 0 && (rc = appointment_load(tx, without, &has)) < 0)
		return rc;
	rc = slot_settle(tx, c, d, without, clinic_doctor_by_id(c->clinic, has.doctor));
	if (rc < 0 && !(rc == E_SLOT_TAKEN && (f->suspicious || wish_only)))
		return rc;
	if (f->suspicious || wish_only) {
		d->held = false;
		return 0;
	}
	if (staff || has.held)
		return 0;
	if ((rc = check_open(tx, &f->tokens, f->full_name, without)) < 0 || (rc = hour_is_full(tx, f)) < 0)
		return rc;
	if (rc == 1) {
		metric_add(M_claims_refused_total, 1);
		d->held = false;
	}
	return 0;
}

int64_t
booking_hold_ends(const struct branch *b, int64_t now)
{
	int64_t ms = hours_add(&b->hours, now, b->settings.hold_open_hours * HOUR_MS);

	return ms == HOURS_NEVER ? now + DAY_MS : ms;
}

int
booking_slot_store(struct tx *tx, const struct slot_deal *d, int64_t n, bool by_patient,
    int64_t hold_ends_at)
{
	const struct branch *b = d->ask.branch;
	struct appointment_terms terms
	    = { .hold_ends_at = hold_ends_at, .override = d->in_spite != SLOT_FREE };

	if (d->start_ms == 0)
		return 0;
	if (!d->held)
		return appointment_wish(tx, n, &d->ask, d->start_ms);
	if (by_patient)
		terms.taken_at = tx->now;
	return appointment_take(tx, n, &d->pick, b->hours.zone, &terms);
}

const char *
booking_slot_detail(struct arena *a, const struct slot_deal *d)
{
	struct obuf o;
	char text[40];

	if (d->start_ms == 0)
		return NULL;
	obuf_init(&o, a, 4096);
	obuf_json_open(&o, '{');
	obuf_json_kstr(&o, d->held ? "slot" : "wish",
	    rfc3339_local(d->ask.branch->hours.zone, d->start_ms, text));
	obuf_json_kstr(&o, "doctor", d->held ? d->pick.doctor->slug : NULL);
	if (d->in_spite != SLOT_FREE)
		obuf_json_kstr(&o, "in_spite_of", slot_why_word(d->in_spite));
	obuf_json_close(&o, '}');
	return o.data;
}
