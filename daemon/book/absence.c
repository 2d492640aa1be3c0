/* SPDX-License-Identifier: MIT */
/* absence.c - a clinic with one row more or less, and whom that strands. */
#include <stdio.h>
#include <string.h>

#include "book/absence.h"
#include "book/admin.h"
#include "queries.h"

#define DAY_MIN 1440

static const struct field absence_rows[] = {
	FIELD(absence_cmd, doctor, NULL, WORD, 0, 0, NULL, 0),
	FIELD(absence_cmd, from, NULL, LINE, 0, 40, NULL, 0),
	FIELD(absence_cmd, to, NULL, LINE, 0, 40, NULL, 0),
	FIELD(absence_cmd, reason, NULL, LINE, 0, 200, NULL, 0),
};
static const struct field closure_rows[] = {
	FIELD(closure_cmd, branch, NULL, LINE, 0, 40, NULL, 0),
	FIELD(closure_cmd, date, NULL, LINE, 0, 40, NULL, 0),
	FIELD(closure_cmd, name, NULL, LINE, 0, 100, NULL, 0),
};
const struct fields absence_fields = FIELDS(absence_rows);
const struct fields closure_fields = FIELDS(closure_rows);

/* ---- checks ---- */

/* "2026-12-24T10:00" or a date: its start, or, at the end, the start of the next. */
static bool
wall_minutes(const char *s, bool end, int64_t *ret_min)
{
	char full[32];
	int64_t ms;
	int32_t day;

	if (date_parse(s, &day)) {
		*ret_min = ((int64_t)day + end) * DAY_MIN;
		return true;
	}
	if (strlen(s) != 16)
		return false;
	memcpy(full, s, 16);
	memcpy(full + 16, ":00Z", 5);
	if (!rfc3339_parse(full, &ms) || ms < 0 || ms % CELL_MS != 0)
		return false;
	*ret_min = ms / MINUTE_MS;
	return true;
}

static void
check_wall(const char *text, const char *field, bool end, int64_t *ret_min, struct problems *p)
{
	if (text == NULL)
		problem_add(p, field, "required", "Say %s when.", end ? "until" : "from");
	else if (problem_of(p, field) == NULL && !wall_minutes(text, end, ret_min))
		problem_add(p, field, "invalid",
		    "Use a date, or a time of five minutes like 2026-12-24T10:00, by the clinic's clock.");
}

void
absence_check(struct absence_cmd *f, const struct clinic *c, struct problems *p)
{
	if (f->doctor == NULL)
		problem_add(p, "doctor", "required", "Say who is away.");
	else if (clinic_doctor(c, f->doctor) == NULL)
		problem_say(p, "doctor", "invalid", M_NO_SUCH_DOCTOR);
	check_wall(f->from, "from", false, &f->from_min, p);
	check_wall(f->to, "to", true, &f->to_min, p);
	if (p->n == 0 && f->to_min <= f->from_min)
		problem_add(p, "to", "invalid", "Use a time after from.");
	else if (p->n == 0 && f->to_min - f->from_min > 730 * DAY_MIN)
		problem_add(p, "to", "invalid", "Two years at most.");
}

void
closure_check(struct closure_cmd *f, const struct clinic *c, struct problems *p)
{
	if (f->branch != NULL && strcmp(f->branch, "*") == 0)
		f->branch = NULL;
	if (f->branch != NULL && clinic_branch(c, f->branch) == NULL)
		problem_say(p, "branch", "invalid", M_NO_SUCH_BRANCH);
	if (f->date == NULL)
		problem_add(p, "date", "required", "Say which day.");
	else if (!date_parse(f->date, &f->day))
		problem_add(p, "date", "invalid", "Use a date like 2026-12-24.");
	if (f->name == NULL)
		problem_add(p, "name", "required", "Say why, in words for patients.");
}

/* ---- who may ---- */

/* A desk of one branch settles what concerns that branch alone. */
static bool
works_only_at(const struct clinic *c, const struct doctor *d, int64_t branch)
{
	bool only = true;

	for (size_t i = 0; i < d->work_count; i++)
		only &= c->branches[d->work[i].branch].id == branch;
	for (size_t i = 0; i < d->extra_count; i++)
		only &= c->branches[d->extra[i].branch].id == branch;
	return only;
}

static bool
may_send_away(const struct call *c, const struct clinic *clinic, int64_t doctor)
{
	const struct doctor *d = clinic_doctor_by_id(clinic, doctor);

	return c->actor.branch == 0 || (d != NULL && works_only_at(clinic, d, c->actor.branch));
}

/* ---- changes ---- */

/* The clinic as it is in force in this transaction, to be changed. */
static int
begin_change(struct tx *tx, struct call *c, struct clinic **ret_next)
{
	int rc = call_check(c);

	*ret_next = NULL;
	if (rc >= 0)
		rc = clinic_read(tx, ret_next);
	return rc == 0 ? E_UNAVAILABLE : rc;
}

/* Marks whom it strands and hands the clinic over; a dry run keeps nothing. */
static int
end_change(struct tx *tx, struct call *c, struct clinic *next, bool dry_run, int rc)
{
	struct absence_res *res = c->res;

	if (rc >= 0 && !dry_run)
		rc = q_schedule_version_raise(tx->db);
	if (rc >= 0 && !dry_run)
		rc = stranded_mark(tx, c, &res->stranded);
	if (c->actor.branch != 0)
		stranded_keep(&res->stranded, c->actor.branch);
	if (rc < 0 || dry_run) {
		clinic_free(next);
		return rc < 0 ? rc : 0;
	}
	next->schedule++;
	c->loaded = next;
	return 0;
}

int
absence_add(struct tx *tx, struct call *c)
{
	const struct absence_cmd *f = c->cmd;
	struct absence_res *res = c->res;
	struct q_absence_insert_out made;
	const struct doctor *d;
	struct clinic *next;
	int rc = begin_change(tx, c, &next);

	if (rc < 0)
		return rc;
	d = clinic_doctor(next, f->doctor);
	if (d == NULL || !may_send_away(c, next, d->id))
		rc = d == NULL ? E_NOT_FOUND : E_FORBIDDEN;
	if (rc >= 0) {
		(void)clinic_add_away(
		    next, d->id, &(struct away){ f->from_min, f->to_min, f->reason, 0 });
		rc = stranded_find(tx, c->clinic, next, &res->stranded);
	}
	if (rc >= 0 && !f->dry_run) {
		rc = q_absence_insert(tx->db, &made, .doctor = d->id, .from_min = f->from_min,
		    .to_min = f->to_min, .reason = f->reason, .now = tx->now,
		    .created_by = c->actor.name);
		res->id = made.id;
		d->away[d->away_count - 1].id = made.id;
	}
	return end_change(tx, c, next, f->dry_run, rc);
}

static int
find_absence(struct tx *tx, int64_t id, int64_t *ret_doctor)
{
	struct q_absence_list_out row;
	bool found = false;
	int rc = q_absence_list(tx->db);

	while (rc >= 0 && (rc = q_absence_list_next(tx->db, &row)) == 1)
		if (row.id == id) {
			*ret_doctor = row.doctor;
			found = true;
		}
	return rc < 0 ? rc : found ? 0 : E_NOT_FOUND;
}

int
absence_delete(struct tx *tx, struct call *c)
{
	const struct absence_cmd *f = c->cmd;
	struct absence_res *res = c->res;
	struct clinic *next;
	int64_t doctor;
	int rc = begin_change(tx, c, &next);

	if (rc < 0)
		return rc;
	rc = find_absence(tx, f->id, &doctor);
	if (rc >= 0 && !may_send_away(c, next, doctor))
		rc = E_NOT_FOUND;
	if (rc >= 0) {
		(void)clinic_remove_away(next, f->id);
		rc = stranded_find(tx, c->clinic, next, &res->stranded);
	}
	if (rc >= 0 && !f->dry_run)
		rc = q_absence_delete(tx->db, .id = f->id);
	return end_change(tx, c, next, f->dry_run, rc);
}

int
closure_add(struct tx *tx, struct call *c)
{
	const struct closure_cmd *f = c->cmd;
	struct absence_res *res = c->res;
	struct q_closure_insert_out made;
	const struct branch *b;
	struct clinic *next;
	int rc = begin_change(tx, c, &next);

	if (rc < 0)
		return rc;
	b = f->branch == NULL ? NULL : clinic_branch(next, f->branch);
	if (f->branch != NULL && b == NULL)
		rc = E_NOT_FOUND;
	else if (c->actor.branch != 0 && (b == NULL || b->id != c->actor.branch))
		rc = E_FORBIDDEN;
	if (rc >= 0) {
		clinic_add_closure(next, b, f->day, f->name, 0);
		rc = stranded_find(tx, c->clinic, next, &res->stranded);
	}
	if (rc >= 0 && !f->dry_run) {
		rc = q_closure_insert(tx->db, &made, .branch = b == NULL ? 0 : b->id,
		    .branch_null = b == NULL, .day = f->day, .name = f->name, .now = tx->now,
		    .created_by = c->actor.name);
		res->id = made.id;
		next->closures[next->closure_count - 1].id = made.id;
	}
	return end_change(tx, c, next, f->dry_run, rc);
}

static int
find_closure(struct tx *tx, const struct call *c, int64_t id)
{
	struct q_closure_list_out row;
	bool found = false;
	int rc = q_closure_list(tx->db);

	while (rc >= 0 && (rc = q_closure_list_next(tx->db, &row)) == 1)
		found |= row.id == id
		    && (c->actor.branch == 0 || (!row.branch_null && row.branch == c->actor.branch));
	return rc < 0 ? rc : found ? 0 : E_NOT_FOUND;
}

int
closure_delete(struct tx *tx, struct call *c)
{
	const struct closure_cmd *f = c->cmd;
	struct absence_res *res = c->res;
	struct clinic *next;
	int rc = begin_change(tx, c, &next);

	if (rc < 0)
		return rc;
	rc = find_closure(tx, c, f->id);
	if (rc >= 0) {
		(void)clinic_remove_closure(next, f->id);
		rc = stranded_find(tx, c->clinic, next, &res->stranded);
	}
	if (rc >= 0 && !f->dry_run)
		rc = q_closure_delete(tx->db, .id = f->id);
	return end_change(tx, c, next, f->dry_run, rc);
}

/* ---- lists ---- */

int
absence_list(struct tx *tx, struct call *c)
{
	(void)tx;
	return call_check(c);
}

static const char *
wall_text(int64_t minutes, char text[24])
{
	int year, month, day, left = (int)(minutes % DAY_MIN);

	day_to_date((int32_t)(minutes / DAY_MIN), &year, &month, &day);
	(void)snprintf(text, 24, "%04d-%02d-%02dT%02d:%02d", year, month, day, left / 60, left % 60);
	return text;
}

static void
origin(struct obuf *o, int64_t id)
{
	obuf_json_key(o, "id");
	if (id == 0)
		obuf_json_raw(o, "null");
	else
		obuf_json_int(o, id);
	obuf_json_kstr(o, "origin", id == 0 ? "file" : "staff");
}

static bool
is_ever_at(const struct clinic *c, const struct doctor *d, int64_t branch)
{
	bool ever = branch == 0;

	for (size_t i = 0; i < d->work_count; i++)
		ever |= c->branches[d->work[i].branch].id == branch;
	for (size_t i = 0; i < d->extra_count; i++)
		ever |= c->branches[d->extra[i].branch].id == branch;
	return ever;
}

void
absence_list_json(struct obuf *o, const struct clinic *c, int64_t branch)
{
	char text[24];

	obuf_json_open(o, '{');
	obuf_json_key(o, "items");
	obuf_json_open(o, '[');
	for (size_t i = 0; i < c->doctor_count; i++)
		for (size_t k = 0;
		     k < c->doctors[i].away_count && is_ever_at(c, &c->doctors[i], branch); k++) {
			const struct away *a = &c->doctors[i].away[k];

			obuf_json_open(o, '{');
			origin(o, a->id);
			obuf_json_kstr(o, "doctor", c->doctors[i].slug);
			obuf_json_kstr(o, "from", wall_text(a->from_min, text));
			obuf_json_kstr(o, "to", wall_text(a->to_min, text));
			obuf_json_kstr(o, "reason", a->reason);
			obuf_json_close(o, '}');
		}
	obuf_json_close(o, ']');
	obuf_json_close(o, '}');
}

void
closure_list_json(struct obuf *o, const struct clinic *c)
{
	char text[16];

	obuf_json_open(o, '{');
	obuf_json_key(o, "items");
	obuf_json_open(o, '[');
	for (size_t i = 0; i < c->closure_count; i++) {
		const struct closure *k = &c->closures[i];

		obuf_json_open(o, '{');
		origin(o, k->id);
		obuf_json_kstr(o, "branch", k->branch);
		obuf_json_kstr(o, "date", date_text(k->day, text));
		obuf_json_kstr(o, "name", k->name[0]);
		obuf_json_close(o, '}');
	}
	obuf_json_close(o, ']');
	obuf_json_close(o, '}');
}
