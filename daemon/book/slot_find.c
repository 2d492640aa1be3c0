/* SPDX-License-Identifier: MIT */
/* slot_find.c - free times over a range of days, and why a time is not among them. */
#include <string.h>

#include "book/appointment.h"
#include "book/slot_find.h"
#include "queries.h"

#define DAYS_DEFAULT 14

static const struct field slot_rows[] = {
	FIELD(slot_cmd, service, NULL, WORD, 0, 0, NULL, 0),
	FIELD(slot_cmd, branch, NULL, WORD, 0, 0, NULL, 0),
	FIELD(slot_cmd, doctor, NULL, WORD, 0, 0, NULL, 0),
	FIELD(slot_cmd, from, NULL, LINE, 0, 40, NULL, 0),
	FIELD(slot_cmd, to, NULL, LINE, 0, 40, NULL, 0),
	FIELD(slot_cmd, lang, NULL, LINE, 0, 20, NULL, 0),
};
const struct fields slot_fields = FIELDS(slot_rows);

static const struct field explain_rows[] = {
	FIELD(explain_cmd, service, NULL, WORD, 0, 0, NULL, 0),
	FIELD(explain_cmd, branch, NULL, WORD, 0, 0, NULL, 0),
	FIELD(explain_cmd, doctor, NULL, WORD, 0, 0, NULL, 0),
	FIELD(explain_cmd, at, NULL, LINE, 0, 40, NULL, 0),
	FIELD(explain_cmd, reference, NULL, LINE, 0, 40, NULL, 0),
};
const struct fields explain_fields = FIELDS(explain_rows);

/* Names become rows of the clinic: the only branch, the first service, any doctor. */
static void
ask_check(struct slot_ask *ask, const struct clinic *c, const char *service, const char *branch,
    const char *doctor, struct problems *p)
{
	ask->branch = branch != NULL ? clinic_branch(c, branch)
	    : c->branch_count == 1   ? &c->branches[0]
				     : NULL;
	ask->service = service == NULL ? &c->services[0] : clinic_service(c, service);
	ask->doctor = doctor == NULL ? NULL : clinic_doctor(c, doctor);
	if (ask->branch == NULL && branch == NULL)
		problem_say(p, "branch", "required", M_NO_BRANCH);
	else if (ask->branch == NULL)
		problem_say(p, "branch", "invalid", M_NO_SUCH_BRANCH);
	if (ask->service == NULL)
		problem_say(p, "service", "invalid", M_NO_SUCH_SERVICE);
	if (ask->doctor == NULL && doctor != NULL)
		problem_say(p, "doctor", "invalid", M_NO_SUCH_DOCTOR);
}

static int32_t
date_of(const char *text, const char *field, int32_t otherwise, struct problems *p)
{
	int32_t day = otherwise;

	if (text != NULL && !date_parse(text, &day))
		problem_add(p, field, "invalid", "Use a date like 2026-11-26.");
	return day;
}

void
slot_cmd_check(struct slot_cmd *f, const struct clinic *c, int64_t now, struct problems *p)
{
	ask_check(&f->ask, c, f->service, f->branch, f->doctor, p);
	f->ask.now = now;
	if (f->ask.branch == NULL)
		return;
	f->from_day = date_of(f->from, "from", day_of_ms(f->ask.branch->hours.zone, now), p);
	f->to_day = date_of(f->to, "to", f->from_day + DAYS_DEFAULT - 1, p);
	if (p->n > 0)
		return;
	if (f->to_day < f->from_day)
		problem_add(p, "to", "invalid", "Use a date that is not before from.");
	else if (f->to_day > day_from_date(9999, 12, 31))
		problem_add(p, "to", "invalid", "Use a year of four digits.");
	else if (f->to_day - f->from_day >= SLOT_DAYS_MAX)
		problem_add(p, "to", "invalid", "Ask for %d days at most.", SLOT_DAYS_MAX);
}

/* ---- free times ---- */

static const struct closure *
closure_on(const struct clinic *c, const struct branch *b, int32_t day)
{
	for (size_t i = 0; i < c->closure_count; i++)
		if (c->closures[i].day == day
		    && (strcmp(c->closures[i].branch, "*") == 0
			|| strcmp(c->closures[i].branch, b->slug) == 0))
			return &c->closures[i];
	return NULL;
}

static void
list_days(struct tx *tx, const struct clinic *c, const struct calendar *cal, int32_t from_day,
    int32_t to_day, struct slot_res *res)
{
	const struct branch *b = res->ask.branch;
	const struct plan *plan = schedule_plan(cal->schedule, b);

	res->day_count = (size_t)(to_day - from_day + 1);
	res->days = ARENA_ARRAY(tx->arena, struct slot_day, res->day_count);
	for (size_t i = 0; i < res->day_count; i++) {
		struct slot_day *d = &res->days[i];
		int64_t from, to;

		d->day = from_day + (int32_t)i;
		d->starts_ms = i == 0 ? day_start_ms(b->hours.zone, d->day) : d[-1].ends_ms;
		d->ends_ms = day_start_ms(b->hours.zone, d->day + 1);
		from = schedule_cell(cal->schedule, d->starts_ms);
		to = schedule_cell(cal->schedule, d->ends_ms);
		d->closed = closure_on(c, b, d->day);
		d->shut = d->closed == NULL && from >= 0 && to <= (int64_t)plan->hours.words * 64
		    && cells_count(plan->hours, from, to) == 0;
	}
}

static void
list_starts(struct tx *tx, const struct calendar *cal, struct slot_res *res)
{
	const struct cells any = res->map.any;
	size_t n = (size_t)cells_count(any, 0, (int64_t)any.words * 64);

	res->starts = ARENA_ARRAY(tx->arena, int64_t, n + 1);
	res->bits = ARENA_ARRAY(tx->arena, size_t, n + 1);
	for (size_t w = 0; w < any.words; w++)
		for (uint64_t left = any.bits[w]; left != 0; left &= left - 1) {
			size_t bit = w * 64 + (size_t)__builtin_ctzll(left);

			res->starts[res->count] = slot_map_ms(cal, &res->map, (int64_t)bit);
			res->bits[res->count++] = bit;
		}
}

void
slot_list(struct tx *tx, const struct clinic *c, const struct calendar *cal,
    const struct slot_ask *ask, int32_t from_day, int32_t to_day, struct slot_res *res)
{
	res->ask = *ask;
	list_days(tx, c, cal, from_day, to_day, res);
	slot_map(tx->arena, cal, ask, res->days[0].starts_ms,
	    res->days[res->day_count - 1].ends_ms, &res->map);
	list_starts(tx, cal, res);
}

/* A request that moves: its own time is no obstacle. */
static int
own_of(struct tx *tx, const struct call *c, const struct slot_cmd *f, int64_t *ret_n)
{
	*ret_n = 0;
	if (f->reference == NULL)
		return 0;
	return c->actor.caps & CAP_LIST ? booking_by_reference(tx, c, f->reference, ret_n) : E_FORBIDDEN;
}

int
slot_find(struct tx *tx, struct call *c)
{
	const struct slot_cmd *f = c->cmd;
	struct calendar *cal;
	int64_t without;
	int rc = call_check(c);

	if (rc >= 0)
		rc = own_of(tx, c, f, &without);
	if (rc >= 0)
		rc = appointment_calendar(tx, c->clinic, without, &cal);
	if (rc < 0)
		return rc;
	slot_list(tx, c->clinic, cal, &f->ask, f->from_day, f->to_day, c->res);
	return 0;
}

/* ---- why not ---- */

/* "2026-11-26T14:30", with seconds or without, on the branch's clock. */
static bool
wall_parse(const char *s, const struct zone *z, int64_t *ret_ms, bool *ret_never)
{
	char full[40];
	struct civil c;
	int64_t ms;

	if (strlen(s) != 16 && strlen(s) != 19)
		return false;
	memcpy(full, s, strlen(s) + 1);
	memcpy(full + strlen(s), strlen(s) == 16 ? ":00Z" : "Z", strlen(s) == 16 ? 5 : 2);
	if (!rfc3339_parse(full, &ms))
		return false;
	c = (struct civil){ .hour = (int)(ms / HOUR_MS % 24), .minute = (int)(ms / MINUTE_MS % 60),
		.second = (int)(ms / 1000 % 60) };
	day_to_date((int32_t)(ms / DAY_MS), &c.year, &c.month, &c.day);
	*ret_ms = ms;
	*ret_never = civil_to_ms(z, &c, ret_ms) == WALL_NEVER;
	return ms >= 0;
}

void
explain_check(struct explain_cmd *f, const struct clinic *c, int64_t now, struct problems *p)
{
	ask_check(&f->ask, c, f->service, f->branch, f->doctor, p);
	f->ask.now = now;
	if (f->at == NULL)
		problem_add(p, "at", "required", "Say which time.");
	else if (f->ask.branch != NULL && !rfc3339_parse(f->at, &f->at_ms)
	    && !wall_parse(f->at, f->ask.branch->hours.zone, &f->at_ms, &f->never))
		problem_add(p, "at", "invalid",
		    "Use a time like 2026-11-26T14:30, or one with its offset.");
}

/* Who has what is taken, as far as this actor may know. */
static int
name_holder(struct tx *tx, const struct call *c, const struct slot_pick *p,
    const struct slot_reason *r, struct explain_res *res)
{
	struct q_claim_in_out claim;
	struct q_booking_row_out row;
	struct q_resource_slug_out slug;
	int rc = q_claim_in(tx->db, .resource = r->resource, .unit = r->unit, .from_ms = p->starts,
	    .to_ms = p->ends);

	if (rc >= 0 && (rc = q_claim_in_next(tx->db, &claim)) == 1) {
		q_claim_in_close(tx->db);
		rc = q_booking_row(tx->db, &row, .n = claim.n);
	}
	if (rc == 1 && (c->actor.branch == 0 || row.branch == c->actor.branch))
		res->holder = row.reference;
	if (rc >= 0 && (rc = q_resource_slug(tx->db, &slug, .id = r->resource)) == 1)
		res->resource = slug.slug;
	return rc;
}

int
slot_explain(struct tx *tx, struct call *c)
{
	const struct explain_cmd *f = c->cmd;
	struct explain_res *res = c->res;
	struct slot_reason r = { .why = SLOT_NEVER };
	struct slot_pick pick;
	struct calendar *cal;
	int64_t without = 0;
	int rc = call_check(c);

	if (rc >= 0 && f->reference != NULL)
		rc = booking_by_reference(tx, c, f->reference, &without);
	if (rc >= 0)
		rc = appointment_calendar(tx, c->clinic, without, &cal);
	if (rc < 0)
		return rc;
	if (!f->never)
		(void)slot_check(tx->arena, cal, &f->ask, f->at_ms, &pick, &r);
	res->why = r.why;
	res->doctor = r.why == SLOT_FREE ? pick.doctor->slug : r.doctor != NULL ? r.doctor->slug : NULL;
	res->closure = r.closure == NULL ? NULL : r.closure->name[0];
	if (r.why == SLOT_FREE)
		return 0;
	res->sentence = message_text(0, slot_why_message(r.why));
	res->offers.zone = f->ask.branch->hours.zone;
	if (!f->never)
		res->offers.count = slot_alternatives(tx->arena, cal, &f->ask, f->at_ms, res->offers.v);
	if (r.resource != 0)
		rc = name_holder(tx, c, &pick, &r, res);
	return rc < 0 ? rc : 0;
}

void
explain_json(struct obuf *o, const struct explain_cmd *f, const struct explain_res *res)
{
	char text[40];

	obuf_json_open(o, '{');
	obuf_json_kbool(o, "offered", res->why == SLOT_FREE);
	obuf_json_kstr(o, "why", res->why == SLOT_FREE ? NULL : slot_why_word(res->why));
	obuf_json_kstr(o, "sentence", res->sentence);
	obuf_json_kstr(
	    o, "at", f->never ? NULL : rfc3339_local(f->ask.branch->hours.zone, f->at_ms, text));
	obuf_json_kstr(o, "doctor", res->doctor);
	obuf_json_kstr(o, "closure", res->closure);
	obuf_json_kstr(o, "taken", res->resource);
	obuf_json_kstr(o, "by", res->holder);
	obuf_json_key(o, "alternatives");
	slot_offers_json(o, &res->offers);
	obuf_json_close(o, '}');
}
