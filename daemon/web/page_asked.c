/* SPDX-License-Identifier: MIT */
/*
 * page_asked.c - of what the booking page's times are: where, what for, with whom,
 * from which day on, and what became of the time that was chosen.
 */
#include <string.h>

#include "base/clock.h"
#include "web/page_form.h"

#define READ_DAYS_MAX 84

static bool
works_at(const struct clinic *c, const struct doctor *d, const struct branch *b)
{
	size_t at = b == NULL ? 0 : (size_t)(b - c->branches);

	for (size_t i = 0; i < d->work_count; i++)
		if (b == NULL || d->work[i].branch == at)
			return true;
	for (size_t i = 0; i < d->extra_count; i++)
		if (b == NULL || d->extra[i].branch == at)
			return true;
	return false;
}

bool
times_gives(const struct doctor *d, const struct slot_ask *ask)
{
	return d->active && (ask->doctor == NULL || ask->doctor == d)
	    && strlist_has(&d->services, ask->service->slug);
}

bool
times_are_kept(const struct clinic *c, const struct slot_ask *ask)
{
	if (ask->branch != NULL && ask->branch->hours.row_count == 0)
		return false;
	for (size_t i = 0; i < c->doctor_count; i++)
		if (times_gives(&c->doctors[i], ask) && works_at(c, &c->doctors[i], ask->branch))
			return true;
	return false;
}

struct slot_ask
times_ask(const struct clinic *c, const struct answers *a)
{
	const char *branch = answer_given(a, "branch"), *service = answer_given(a, "service");
	const char *doctor = answer_given(a, "doctor");
	struct slot_ask ask = { .now = clock_now_ms() };

	ask.branch = branch != NULL ? clinic_branch(c, branch)
	    : c->branch_count == 1  ? &c->branches[0]
				    : NULL;
	ask.service = service == NULL ? NULL : clinic_service(c, service);
	if (ask.service == NULL)
		ask.service = &c->services[0];
	ask.doctor = doctor == NULL ? NULL : clinic_doctor(c, doctor);
	if (ask.doctor != NULL && !times_are_kept(c, &ask))
		ask.doctor = NULL;
	return ask;
}

bool
times_chosen(const struct answers *a, int64_t *ret_ms)
{
	const char *slot = answer_given(a, "slot");

	return slot != NULL && rfc3339_parse(slot, ret_ms);
}

int32_t
times_first_day(const struct answers *a, int32_t today)
{
	const char *text = answer(a, "show_times");
	int32_t day;

	if (text == NULL)
		text = answer(a, "times_from");
	return text != NULL && date_parse(text, &day) && day > today ? day : today;
}

/* So many days should hold as many open ones as are shown. */
static int
days_to_read(const struct branch *b)
{
	bool open[8] = { false };
	int n = 0, days;

	for (size_t i = 0; i < b->hours.row_count; i++)
		open[b->hours.rows[i].weekday] = true;
	for (int w = 1; w <= 7; w++)
		n += open[w];
	days = OPEN_DAYS * 7 / n + 4; /* a holiday or two */
	return days > READ_DAYS_MAX ? READ_DAYS_MAX : days;
}

bool
times_cmd(const struct clinic *c, const struct answers *a, struct slot_cmd *cmd)
{
	struct slot_ask ask = times_ask(c, a);
	int32_t today, day;
	int64_t ms;

	if (ask.branch == NULL || !times_are_kept(c, &ask))
		return false;
	today = day_of_ms(ask.branch->hours.zone, ask.now);
	cmd->ask = ask;
	cmd->from_day = times_first_day(a, today);
	cmd->to_day = cmd->from_day + days_to_read(ask.branch) - 1;
	if (!times_chosen(a, &ms))
		return true;
	day = day_of_ms(ask.branch->hours.zone, ms);
	if (day >= today && day < cmd->from_day && cmd->to_day - day < SLOT_DAYS_MAX)
		cmd->from_day = day;
	if (day > cmd->to_day && day - cmd->from_day < SLOT_DAYS_MAX)
		cmd->to_day = day;
	return true;
}

/* ---- the time that was chosen ---- */

static bool
is_free(const struct slot_res *r, int64_t ms)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->starts[i] == ms)
			return true;
	return false;
}

/* Was that time looked at at all? */
static bool
was_read(const struct slot_res *r, int64_t ms)
{
	return ms < r->days[r->day_count - 1].ends_ms;
}

/* "We are closed on Monday 10 August 2026 (National Day). Choose another time." */
static const char *
closed_sentence(struct arena *a, const struct slot_day *d, int lang)
{
	const struct texts *t = &texts[lang];
	const char *name = closure_name(d->closed, lang), *day = times_day(a, d->day, lang);

	if (name == NULL)
		name = "";
	else
		name = arena_printf(a, lang == 2 ? "（%s）" : " (%s)", name);
	if (lang == 2)
		return arena_printf(a, "%s%s%s。%s", day, t->day_closed, name, t->choose_another);
	return arena_printf(a, "%s%s%s. %s", t->closed_on, day, name, t->choose_another);
}

/* A refusal of a day that is closed names it. */
static void
name_closure(struct shown *s, int64_t ms)
{
	const struct slot_day *d = s->times->days;

	for (size_t i = 0; i < s->times->day_count; i++, d++)
		for (size_t n = 0; n < s->problems->n && d->closed != NULL; n++)
			if (strcmp(s->problems->v[n].code, "slot_not_offered") == 0
			    && d->starts_ms <= ms && ms < d->ends_ms)
				s->problems->v[n].message = closed_sentence(s->a.arena, d, s->a.lang);
}

void
times_judge(struct shown *s)
{
	int64_t ms;

	if (s->times == NULL || !times_chosen(&s->a, &ms))
		return;
	name_closure(s, ms);
	if (answer_error(&s->a, "slot") == NULL && was_read(s->times, ms) && !is_free(s->times, ms))
		problem_add(s->problems, "slot", "slot_gone", "%s", texts[s->a.lang].time_gone);
}
