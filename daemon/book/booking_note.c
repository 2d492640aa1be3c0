/* SPDX-License-Identifier: MIT */
/*
 * booking_note.c - what staff write of a request: how they tried to reach the
 * patient, notes, tags, corrected details.
 */
#include <string.h>

#include "book/booking_act.h"
#include "book/booking_amend.h"
#include "book/email.h"

/* ---- checks ---- */

void
check_contact(struct act *a, struct problems *p)
{
	int64_t ms;
	int32_t day;

	act_need(p, "channel", a->cmd->channel, "Say how you tried to reach the patient.");
	act_need(p, "outcome", a->cmd->outcome, "Say what came of it.");
	if (a->cmd->next_due != NULL && !rfc3339_parse(a->cmd->next_due, &ms)
	    && !date_parse(a->cmd->next_due, &day))
		problem_add(p, "next_due", "invalid", "Use a date, or a time with its offset.");
}

void
check_text(struct act *a, struct problems *p)
{
	act_need(p, "text", a->cmd->text, "Write the note.");
}

static const struct term *
any_term(const char *slug)
{
	for (int k = 0; k < TERM_KINDS; k++) {
		const struct term *t = taxonomy_find(taxonomy_get(), (enum term_kind)k, slug);

		if (t != NULL)
			return t;
	}
	return NULL;
}

static void
check_slugs(const struct strlist *l, const char *name, struct problems *p)
{
	for (size_t i = 0; i < l->n; i++)
		if (any_term(l->v[i]) == NULL)
			problem_add(p, arena_printf(p->arena, "%s[%zu]", name, i), "invalid",
			    "There is no tag of that name.");
}

void
check_tag(struct act *a, struct problems *p)
{
	if (a->cmd->add.n == 0 && a->cmd->remove.n == 0 && p->n == 0)
		problem_add(p, "add", "required", "Name a tag to add or to remove.");
	check_slugs(&a->cmd->add, "add", p);
	check_slugs(&a->cmd->remove, "remove", p);
}

static void
check_phone(const char *typed, const char *field, const char *country, struct problems *p)
{
	char e164[PHONE_LEN];

	if (typed != NULL && phone_normalise(typed, country, e164) != PHONE_OK)
		problem_say(p, field, "invalid",
		    M_BAD_PHONE);
}

void
check_amend(struct act *a, struct problems *p)
{
	const char *country = a->call->clinic->country;

	check_phone(a->cmd->phone, "phone", country, p);
	check_phone(a->cmd->guardian_phone, "guardian_phone", country, p);
	if (a->cmd->email != NULL && email_normalise(p->arena, a->cmd->email) == NULL)
		problem_say(p, "email", "invalid",
		    M_BAD_EMAIL);
}

/* ---- doing ---- */

static int64_t
due_ms(struct act *a)
{
	const struct branch *b = clinic_branch_by_id(a->call->clinic, a->row.branch);
	int64_t ms = 0;
	int32_t day;

	if (a->cmd->next_due == NULL || rfc3339_parse(a->cmd->next_due, &ms))
		return ms;
	return date_parse(a->cmd->next_due, &day)
	    ? day_start_ms(b == NULL ? a->call->clinic->zone : b->hours.zone, day)
	    : 0;
}

int
run_contact(struct act *a)
{
	bool first = a->row.status == STATUS_NEW;
	int64_t due = due_ms(a);
	int rc = q_attempt_insert(a->tx->db, .n = a->row.n, .now = a->tx->now,
	    .actor = a->call->actor.name, .channel = a->cmd->channel, .outcome = a->cmd->outcome,
	    .next_due = due, .next_due_null = due == 0,
	    .text = note_seal(a->tx->arena, &a->row.id, a->cmd->text));

	if (rc >= 0)
		rc = act_set_status(a, first ? STATUS_CONTACTED : (enum status)a->row.status, true);
	if (rc >= 0)
		rc = act_tell(a, first ? STATUS_CONTACTED : -1, act_text_detail(a));
	return rc;
}

int
run_tag(struct act *a)
{
	const struct taxonomy *t = taxonomy_get();
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < a->cmd->remove.n; i++)
		rc = q_tag_delete(a->tx->db, .n = a->row.n, .term = any_term(a->cmd->remove.v[i])->id,
		    .source = TAG_STAFF);
	for (size_t i = 0; rc >= 0 && i < a->cmd->add.n; i++) {
		int64_t term = any_term(a->cmd->add.v[i])->id;

		rc = q_tag_delete(a->tx->db, .n = a->row.n, .term = term, .source = TAG_STAFF);
		if (rc >= 0)
			rc = q_tag_insert(a->tx->db, .n = a->row.n, .term = term,
			    .source = TAG_STAFF, .taxonomy = t->version, .status = a->row.status);
	}
	return rc < 0 ? rc : act_tell(a, -1, NULL);
}

static const char *
or_old(const char *next, const char *old)
{
	return next != NULL ? next : old;
}

int
run_amend(struct act *a)
{
	const struct act_cmd *cmd = a->cmd;
	const char *country = a->call->clinic->country;
	struct amend next = amend_of_row(a->tx->arena, &a->row);
	char phone[PHONE_LEN], guardian[PHONE_LEN];

	next.full_name = or_old(cmd->full_name, next.full_name);
	next.contact_method = or_old(cmd->contact_method, next.contact_method);
	next.language = or_old(cmd->language, next.language);
	next.guardian_name = or_old(cmd->guardian_name, next.guardian_name);
	next.guardian_relation = or_old(cmd->guardian_relation, next.guardian_relation);
	next.call_time = or_old(cmd->best_time_to_call, next.call_time);
	if (cmd->email != NULL)
		next.email = email_normalise(a->tx->arena, cmd->email);
	if (cmd->phone != NULL && phone_normalise(cmd->phone, country, phone) == PHONE_OK) {
		next.phone = phone;
		next.phone_typed = cmd->phone;
	}
	if (cmd->guardian_phone != NULL
	    && phone_normalise(cmd->guardian_phone, country, guardian) == PHONE_OK)
		next.guardian_phone = guardian;
	if (cmd->preferred_days.n > 0)
		next.days = booking_day_bits(&cmd->preferred_days);
	if (cmd->preferred_parts.n > 0)
		next.parts = booking_part_bits(&cmd->preferred_parts);
	return booking_amend(a->tx, a->call, &a->row, &next);
}
