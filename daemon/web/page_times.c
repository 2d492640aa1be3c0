/* SPDX-License-Identifier: MIT */
/*
 * page_times.c - the free times on the booking page: the next days that are open,
 * each with its times or with why there are none, until the page is long enough;
 * a button then leads to later ones.
 */
#include <string.h>

#include "web/page_form.h"

#define TIMES_MAX 480 /* on one page: it stays near 60 KB */
#define AFTERNOON 12  /* hours */
#define EVENING 18
#define EVENING_MS 19 /* "petang" lasts until seven */

/* ---- in words ---- */

static const char *
weekday_name(const struct texts *t, int weekday)
{
	const char *const names[] = { "", t->mon, t->tue, t->wed, t->thu, t->fri, t->sat, t->sun };

	return names[weekday];
}

const char *
closure_name(const struct closure *c, int lang)
{
	const char *name = c->name[lang] != NULL ? c->name[lang] : c->name[0];

	return strcmp(c->name[0], "Closed") == 0 ? NULL : name; /* as the clinic file fills in */
}

const char *
times_day(struct arena *a, int32_t day, int lang)
{
	const struct texts *t = &texts[lang];
	const char *const months[] = { "", t->month_1, t->month_2, t->month_3, t->month_4,
		t->month_5, t->month_6, t->month_7, t->month_8, t->month_9, t->month_10, t->month_11,
		t->month_12 };
	const char *weekday = weekday_name(t, day_weekday(day));
	int y, m, d;

	day_to_date(day, &y, &m, &d);
	if (lang == 2)
		return arena_printf(a, "%d年%s%d日（%s）", y, months[m], d, weekday);
	return arena_printf(a, "%s%s %d %s %d", weekday, lang == 1 ? "," : "", d, months[m], y);
}

/* 0 morning, 1 afternoon, 2 evening. */
static int
part_of_day(int hour, int lang)
{
	return hour < AFTERNOON ? 0 : hour < (lang == 1 ? EVENING_MS : EVENING) ? 1 : 2;
}

/* "10:30 am" */
static const char *
clock_text(struct arena *a, const struct civil *c, int lang)
{
	static const char *const parts[][3] = { { "am", "pm", "pm" }, { "pagi", "petang", "malam" },
		{ "上午", "下午", "晚上" } };
	const char *part = parts[lang][part_of_day(c->hour, lang)];
	int hour = c->hour % 12 == 0 ? 12 : c->hour % 12;

	if (lang == 2)
		return arena_printf(a, "%s%d:%02d", part, hour, c->minute);
	return arena_printf(a, "%d:%02d %s", hour, c->minute, part);
}

static const char *
day_and_time(struct arena *a, const struct zone *z, int64_t ms, int lang)
{
	struct civil c = civil_from_ms(z, ms);

	return arena_printf(a, lang == 2 ? "%s%s" : "%s, %s",
	    times_day(a, day_of_ms(z, ms), lang), clock_text(a, &c, lang));
}

static const char *
count_text(struct arena *a, const struct texts *t, size_t n)
{
	return arena_printf(a, "%zu%s", n, n == 1 ? t->times_one : t->times_many);
}

/* ---- the days ---- */

/* The page's times on their way. */
struct maker {
	const struct shown *shown;
	const struct slot_res *res;
	const struct clinic *clinic;
	const struct texts *t;
	const struct zone *zone;
	struct view_times *v;
	int64_t chosen; /* the answer so far; 0: none that can be had */
	int64_t about;	/* the same, or the one that was refused: its day is open */
	bool checked;
	size_t next; /* of res->starts */
	struct view_choice *first; /* of the page: what leads to the times leads there */
	char value[40]; /* the last radio's, */
	int64_t local, east; /* its wall clock and how far that is from UTC, ms */
};

/* RFC 3339: as the last one, where but hour and minute differ. */
static const char *
value_text(struct maker *k, int64_t ms)
{
	int64_t local = ms + zone_offset_s(k->zone, ms) * INT64_C(1000);
	int minutes = (int)(local / MINUTE_MS % (24 * 60));

	if (k->value[0] == '\0' || local / DAY_MS != k->local / DAY_MS || local - ms != k->east
	    || local % MINUTE_MS != 0)
		rfc3339_local(k->zone, ms, k->value);
	else {
		k->value[11] = (char)('0' + minutes / 600);
		k->value[12] = (char)('0' + minutes / 60 % 10);
		k->value[14] = (char)('0' + minutes % 60 / 10);
		k->value[15] = (char)('0' + minutes % 10);
	}
	k->local = local;
	k->east = local - ms;
	return arena_strdup(k->shown->a.arena, k->value);
}

static struct view_choice
radio(struct maker *k, int64_t ms, const char *label)
{
	struct view_choice c = { value_text(k, ms), label, NULL, ms == k->chosen && !k->checked };

	k->checked = k->checked || c.checked;
	return c;
}

static void
fill_parts(struct maker *k, const struct slot_day *d, struct view_day *day)
{
	struct arena *a = k->shown->a.arena;
	int lang = k->shown->a.lang;
	const char *const names[] = { k->t->morning, k->t->afternoon, k->t->evening };
	size_t n = 0, first = k->next;
	struct view_choice *times;
	int last = -1;

	while (first + n < k->res->count && k->res->starts[first + n] < d->ends_ms)
		n++;
	times = ARENA_ARRAY(a, struct view_choice, n);
	k->first = k->first == NULL ? times : k->first;
	day->count = count_text(a, k->t, n);
	for (size_t i = 0; i < n; i++, k->next++) {
		int64_t ms = k->res->starts[k->next];
		struct civil c = civil_from_ms(k->zone, ms);
		int part = part_of_day(c.hour, lang);

		times[i] = radio(k, ms, clock_text(a, &c, lang));
		if (part > last)
			day->parts[day->part_count++] = (struct view_part){ names[part], &times[i], 0 };
		last = part > last ? part : last;
		day->parts[day->part_count - 1].count++;
	}
}

/* Is somebody there on that day, by the plan of the week? */
static bool
is_planned(const struct clinic *c, const struct slot_ask *ask, int32_t day, bool *ret_away)
{
	size_t at = (size_t)(ask->branch - c->branches);
	bool planned = false;

	*ret_away = true;
	for (size_t i = 0; i < c->doctor_count; i++) {
		const struct doctor *d = &c->doctors[i];
		bool here = false, away = false;

		for (size_t w = 0; w < d->work_count; w++)
			here |= d->work[w].branch == at && d->work[w].weekday == day_weekday(day);
		for (size_t e = 0; e < d->extra_count; e++)
			here |= d->extra[e].branch == at && d->extra[e].day == day;
		for (size_t w = 0; w < d->away_count; w++)
			away |= d->away[w].from_min <= day * (int64_t)1440
			    && d->away[w].to_min >= (day + 1) * (int64_t)1440;
		if (here && times_gives(d, ask)) {
			planned = true;
			*ret_away = *ret_away && away;
		}
	}
	return planned;
}

/* Why a day has no times; NULL for a day of which nothing needs to be said. */
static const char *
why_none(const struct maker *k, const struct slot_day *d)
{
	const struct slot_ask *ask = &k->res->ask;
	int64_t earliest = ask->now + ask->branch->settings.min_notice_minutes * MINUTE_MS;
	int lang = k->shown->a.lang;
	bool away;

	if (d->closed != NULL && closure_name(d->closed, lang) == NULL)
		return k->t->day_closed;
	if (d->closed != NULL)
		return arena_printf(k->shown->a.arena, lang == 2 ? "%s（%s）" : "%s (%s)",
		    k->t->day_closed, closure_name(d->closed, lang));
	if (d->shut || d->ends_ms <= earliest || !is_planned(k->clinic, ask, d->day, &away))
		return NULL;
	return away ? k->t->day_away : d->starts_ms < earliest ? k->t->day_over : k->t->day_full;
}

/* True when the day is one of those that count. */
static bool
add_day(struct maker *k, const struct slot_day *d, struct view_day *days)
{
	struct view_day *day = &days[k->v->day_count];
	bool any = k->next < k->res->count && k->res->starts[k->next] < d->ends_ms;

	*day = (struct view_day){ .name = times_day(k->shown->a.arena, d->day, k->shown->a.lang) };
	if (any) {
		day->open = k->v->none_free || (d->starts_ms <= k->about && k->about < d->ends_ms);
		fill_parts(k, d, day);
		k->v->none_free = false;
	} else if ((day->why = why_none(k, d)) == NULL)
		return false;
	k->v->day_count++;
	return d->closed == NULL;
}

static size_t
count_of_day(const struct maker *k, const struct slot_day *d)
{
	size_t n = 0;

	while (k->next + n < k->res->count && k->res->starts[k->next + n] < d->ends_ms)
		n++;
	return n;
}

static void
fill_days(struct maker *k, int32_t from)
{
	const struct slot_res *r = k->res;
	const struct slot_ask *ask = &r->ask;
	struct view_day *days = ARENA_ARRAY(k->shown->a.arena, struct view_day, r->day_count);
	int32_t last = day_of_ms(k->zone, ask->now) + ask->branch->settings.horizon_days;
	int32_t end = r->days[r->day_count - 1].day;
	size_t open = 0, times = 0;
	char text[16];

	k->v->none_free = true;
	for (size_t i = 0; i < r->day_count; i++) {
		const struct slot_day *d = &r->days[i];
		size_t n = count_of_day(k, d);

		if (d->day < from) {
			k->next += n;
			continue;
		}
		if (d->day > last || open == OPEN_DAYS || (times > 0 && times + n > TIMES_MAX)) {
			end = d->day - 1;
			break;
		}
		open += add_day(k, d, days);
		times += n;
	}
	k->v->days = days;
	if (end < last)
		k->v->later = arena_strdup(k->shown->a.arena, date_text(end + 1, text));
}

/* ---- beside the days ---- */

static void
fill_offers(struct maker *k, const struct slot_offers *o)
{
	struct arena *a = k->shown->a.arena;
	struct view_choice *v = ARENA_ARRAY(a, struct view_choice, SLOT_OFFERS);
	struct view_row *other = ARENA_ARRAY(a, struct view_row, SLOT_OFFERS);
	bool asked = answer_given(&k->shown->a, "doctor") != NULL;

	for (size_t i = 0; i < o->count; i++) {
		const struct slot_offer *x = &o->v[i];
		const char *label = day_and_time(a, k->zone, x->start_ms, k->shown->a.lang);

		if (asked)
			label = arena_printf(a, k->shown->a.lang == 2 ? "%s，%s" : "%s, %s", label, x->doctor->name);
		v[i] = radio(k, x->start_ms, label);
		other[i] = (struct view_row){ OFFER, arena_printf(a, "%s %s", v[i].value, x->doctor->slug) };
	}
	k->first = o->count > 0 ? v : k->first;
	k->v->offers = v;
	k->v->offer_count = o->count;
	k->v->other = other;
	k->v->other_count = asked ? o->count : 0;
}

/* The weekdays on which the branch never opens. */
static const char *
shut_text(const struct maker *k)
{
	const struct hours *h = &k->res->ask.branch->hours;
	struct arena *a = k->shown->a.arena;
	const char *text = NULL;

	for (int weekday = 1; weekday <= 7; weekday++) {
		const char *name = weekday_name(k->t, weekday);
		bool open = false;

		for (size_t i = 0; i < h->row_count; i++)
			open |= h->rows[i].weekday == weekday;
		if (!open)
			text = text == NULL ? name
					    : arena_printf(a, "%s%s%s", text, k->shown->a.lang == 2 ? "、" : ", ", name);
	}
	return text == NULL ? NULL
			    : arena_printf(a, "%s%s%s", k->t->shut_on, text, k->t->stop);
}

/* A chosen time that is on none of the days shown comes before them. */
static void
fill_chosen(struct maker *k)
{
	struct arena *a = k->shown->a.arena;
	struct view_choice *c = ARENA_NEW(a, struct view_choice);

	if (k->chosen == 0 || k->checked)
		return;
	*c = radio(k, k->chosen, day_and_time(a, k->zone, k->chosen, k->shown->a.lang));
	k->v->chosen = c;
	if (k->v->offer_count == 0)
		k->first = c;
}

void
times_fill(struct view_times *v, const struct clinic *c, const struct shown *s)
{
	struct slot_ask ask = times_ask(c, &s->a);
	struct maker k = { .shown = s, .res = s->times, .clinic = c, .t = &texts[s->a.lang], .v = v };
	char text[16];
	int32_t from, today;

	v->branch_first = ask.branch == NULL && times_are_kept(c, &ask);
	v->shown = s->times != NULL;
	if (!v->shown)
		return;
	k.zone = s->times->ask.branch->hours.zone;
	if (!times_chosen(&s->a, &k.about))
		k.about = 0;
	today = day_of_ms(k.zone, s->times->ask.now);
	from = times_first_day(&s->a, today);
	v->any_doctor = ask.doctor == NULL;
	v->error = answer_error(&s->a, "slot");
	k.chosen = v->error == NULL ? k.about : 0;
	v->hint = ask.branch->settings.instant ? k.t->times_instant : k.t->times_request;
	v->from = from == today ? NULL : arena_strdup(s->a.arena, date_text(from, text));
	if (s->offers != NULL)
		fill_offers(&k, s->offers);
	fill_days(&k, from);
	fill_chosen(&k);
	v->shut = shut_text(&k);
	v->none_checked = !k.checked;
	v->none_id = k.first != NULL ? "slot-none" : "slot";
	if (k.first != NULL)
		k.first->id = "slot";
}
