/* SPDX-License-Identifier: MIT */
/* slot_model.c - random clinics, as documents, as sentences and as calendars. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "base/obuf.h"
#include "book/slot_model.h"

static const char *const weekdays[] = { "", "mon", "tue", "wed", "thu", "fri", "sat",
	"sun" };

/* ---- by chance ---- */

static int
one_of(struct chance *c, const int *from, size_t n)
{
	return from[chance_below(c, (int)n)];
}
#define ONE_OF(c, ...)                                                                     \
	one_of(c, (const int[]){ __VA_ARGS__ }, ARRAY_LEN(((const int[]){ __VA_ARGS__ })))

/* Mostly days; some nights, over midnight, and some whole days. */
static void
random_hours(struct chance *c, struct m_row *r)
{
	switch (chance_below(c, 6)) {
	case 0:
		r->from = ONE_OF(c, 0, 1200, 1320, 1380);
		r->to = ONE_OF(c, 60, 120, 180, 300);
		break;
	case 1:
		r->from = 0;
		r->to = 1440;
		break;
	case 2:
		r->from = chance_below(c, 288) * 5;
		r->to = chance_below(c, 289) * 5;
		break;
	default:
		r->from = 420 + chance_below(c, 6) * 30;
		r->to = r->from + 60 + chance_below(c, 20) * 30;
	}
	if (r->to == r->from || r->to > 1440)
		r->to = r->from == 1200 ? 1440 : 1200;
	r->weekday = 1 + chance_below(c, 7);
}

static void
random_branch(struct chance *c, struct m_branch *b)
{
	static const char *const zones[] = { "Asia/Singapore", "Europe/London",
		"America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Asia/Beirut",
		"America/Santiago", "Africa/Casablanca", "Australia/Sydney",
		"America/Havana", "Pacific/Chatham", "America/St_Johns", "Africa/Cairo" };

	b->zone = zones[chance_below(c, ARRAY_LEN(zones))];
	b->z = zone_get(b->zone);
	b->notice = ONE_OF(c, 0, 0, 1, 60, 120, 1440, 3333);
	b->horizon = 1 + chance_below(c, 9);
	b->step = ONE_OF(c, 5, 10, 15, 15, 20, 30, 60);
	random_hours(c, &b->rows[0]);
	for (int i = 1; i < ROWS; i++) /* the same hours each day, or others, or always */
		if (!chance_one_in(c, 3)) {
			b->rows[i] = b->rows[0];
			b->rows[i].weekday = 1 + i % 7;
		} else if (chance_one_in(c, 2))
			random_hours(c, &b->rows[i]);
		else
			b->rows[i] = (struct m_row){ .weekday = 1 + i % 7, .to = 1440 };
}

static void
random_doctor(struct chance *c, const struct model *m, struct m_doctor *d)
{
	int32_t today = (int32_t)(m->now / DAY_MS);

	d->gone = chance_one_in(c, 4);
	d->inactive = chance_one_in(c, 12);
	d->services = (unsigned)chance_below(c, 1 << SERVICES) | 1;
	d->daily_max = ONE_OF(c, 0, 0, 1, 2, 3);
	for (int i = 0; i < ROWS; i++) {
		random_hours(c, &d->rows[i]);
		if (chance_one_in(c, 2)) /* a whole day, or half of one */
			d->rows[i] = (struct m_row){ .weekday = 1 + i % 7,
				.from = ONE_OF(c, 0, 0, 720),
				.to = 1440 };
		d->rows[i].branch = chance_one_in(c, 2) ? 0 : chance_below(c, BRANCHES);
	}
	for (int i = 0; i < DATED; i++) {
		random_hours(c, &d->extra[i]);
		d->extra[i].branch = chance_below(c, BRANCHES);
		d->extra[i].day = today + chance_below(c, 10) - 1;
		d->away[i].gone = !chance_one_in(c, 3);
		d->away[i].from = ((int64_t)today + chance_below(c, 9) - 1) * 1440
		    + chance_below(c, 288) * 5;
		d->away[i].to = d->away[i].from + ONE_OF(c, 5, 60, 300, 1440, 4000);
	}
}

/* Visits may be over each other: some were overridden. */
static void
random_visit(struct chance *c, const struct model *m, struct m_visit *v)
{
	const struct m_service *s = &m->services[chance_below(c, SERVICES)];

	v->gone = chance_one_in(c, 5);
	v->doctor = chance_below(c, DOCTORS);
	v->room = chance_below(c, ROOMS + 2) - 2;
	if (v->room < 0)
		v->room = -1;
	else
		v->unit = chance_below(c, m->rooms[v->room].capacity);
	v->begins = (m->now / CELL_MS + chance_below(c, (1 + chance_below(c, 9)) * 288) - 48)
	    * CELL_MS; /* the first days are the fullest */
	v->starts = v->begins - s->before * MINUTE_MS;
	v->ends = v->begins + (s->minutes + s->after) * MINUTE_MS;
}

/* Two hours of one person overlap: the file would be refused. */
static void
drop_overlaps(struct m_row *rows, int n, bool weekly)
{
	for (int i = 0; i < n; i++)
		for (int k = 0; k < i; k++) {
			int days = weekly ? rows[i].weekday - rows[k].weekday
					  : rows[i].day - rows[k].day;
			int apart = days * 1440 + rows[i].from - rows[k].from;
			int len_k = (rows[k].to - rows[k].from + 1440) % 1440;
			int len_i = (rows[i].to - rows[i].from + 1440) % 1440;

			if (weekly) /* the week goes round */
				apart = (apart + 2 * 10080) % 10080;
			len_k = len_k == 0 ? 1440 : len_k;
			len_i = len_i == 0 ? 1440 : len_i;
			if (!rows[k].gone
			    && ((apart >= 0 && apart < len_k) || (apart < 0 && -apart < len_i)
				|| (weekly && 10080 - apart < len_i)))
				rows[i].gone = true;
		}
}

/* Around a change of one of its clocks, or any time. */
static void
random_now(struct chance *c, struct model *m)
{
	int64_t year = 1767225600000; /* 2026 */
	const struct zone *z = m->branches[chance_below(c, BRANCHES)].z;
	int64_t change;

	m->now = year + (int64_t)chance_below(c, 3 * 365 * 1440) * MINUTE_MS;
	change = zone_next_change_ms(z, m->now);
	if (chance_one_in(c, 3) || change > year + 5 * 365 * DAY_MS)
		return;
	m->now = change - chance_below(c, 5 * 1440) * MINUTE_MS;
	if (chance_one_in(c, 4))
		m->now += chance_below(c, 60000);
}

void
model_random(struct model *m, struct chance *c)
{
	int32_t today;

	*m = (struct model){ 0 };
	for (int i = 0; i < BRANCHES; i++) {
		random_branch(c, &m->branches[i]);
		m->branches[i].gone = i > 0 && chance_one_in(c, 2);
	}
	random_now(c, m);
	today = (int32_t)(m->now / DAY_MS);
	for (int i = 0; i < ROOMS; i++)
		m->rooms[i] = (struct m_room){ chance_one_in(c, 6), i < KINDS ? i : chance_below(c, KINDS),
			chance_one_in(c, 2) ? 0 : chance_below(c, BRANCHES), ONE_OF(c, 1, 1, 1, 2, 3) };
	for (int i = 0; i < SERVICES; i++)
		m->services[i] = (struct m_service){ false, ONE_OF(c, 5, 15, 30, 30, 45, 60, 90, 240, 600),
			ONE_OF(c, 0, 0, 5, 10, 30, 60), ONE_OF(c, 0, 0, 5, 10, 30, 60),
			(unsigned)ONE_OF(c, 0, 0, 1, 2, 3) };
	for (int i = 0; i < DOCTORS; i++) {
		random_doctor(c, m, &m->doctors[i]);
		drop_overlaps(m->doctors[i].rows, ROWS, true);
		drop_overlaps(m->doctors[i].extra, DATED, false);
	}
	for (int i = 0; i < DATED; i++)
		m->closures[i] = (struct m_row){ !chance_one_in(c, 4),
			chance_below(c, BRANCHES + 1) - 1, 0, today + chance_below(c, 9), 0, 0 };
	for (int i = 0; i < VISITS; i++)
		random_visit(c, m, &m->visits[i]);
}

/* ---- as a document ---- */

static void
put_time(struct obuf *o, const char *key, int minute)
{
	obuf_json_key(o, key);
	obuf_printf(o, "\"%02d:%02d\"", minute / 60, minute % 60);
	o->comma = true;
}

static void
put_name(struct obuf *o, const char *key, char letter, int i)
{
	char slug[16];

	snprintf(slug, sizeof(slug), "%c%d", letter, i);
	obuf_json_kstr(o, key, slug);
}

/* doctor: its rows say where. dated: of a day, not of a weekday. */
static void
put_rows(struct obuf *o, const struct model *m, const char *key, const struct m_row *rows,
    int n, bool doctor, bool dated)
{
	char date[16];

	obuf_json_key(o, key);
	obuf_json_open(o, '[');
	for (int i = 0; i < n; i++) {
		if (rows[i].gone || (doctor && m->branches[rows[i].branch].gone))
			continue;
		obuf_json_open(o, '{');
		if (doctor)
			put_name(o, "branch", 'b', rows[i].branch);
		if (dated)
			obuf_json_kstr(o, "date", date_text(rows[i].day, date));
		else {
			obuf_json_key(o, "days");
			obuf_json_open(o, '[');
			obuf_json_str(o, weekdays[rows[i].weekday]);
			obuf_json_close(o, ']');
		}
		put_time(o, "from", rows[i].from);
		put_time(o, "to", rows[i].to);
		obuf_json_close(o, '}');
	}
	obuf_json_close(o, ']');
}

static void
put_branch(struct obuf *o, const struct model *m, int i)
{
	const struct m_branch *b = &m->branches[i];

	obuf_json_open(o, '{');
	put_name(o, "slug", 'b', i);
	obuf_json_kstr(o, "time_zone", b->zone);
	obuf_json_kint(o, "min_notice_minutes", b->notice);
	obuf_json_kint(o, "horizon_days", b->horizon);
	obuf_json_kint(o, "slot_step_minutes", b->step);
	put_rows(o, m, "hours", b->rows, ROWS, false, false);
	obuf_json_close(o, '}');
}

static void
put_names(struct obuf *o, const char *key, char letter, unsigned bits)
{
	char slug[16];

	obuf_json_key(o, key);
	obuf_json_open(o, '[');
	for (int i = 0; i < 32; i++)
		if ((bits & 1u << i) != 0) {
			snprintf(slug, sizeof(slug), "%c%d", letter, i);
			obuf_json_str(o, slug);
		}
	obuf_json_close(o, ']');
}

static void
put_service(struct obuf *o, const struct model *m, int i)
{
	const struct m_service *s = &m->services[i];

	obuf_json_open(o, '{');
	put_name(o, "slug", 's', i);
	obuf_json_key(o, "name");
	obuf_json_open(o, '{');
	put_name(o, "en", 's', i);
	obuf_json_close(o, '}');
	obuf_json_kint(o, "minutes", s->minutes);
	obuf_json_kint(o, "buffer_before", s->before);
	obuf_json_kint(o, "buffer_after", s->after);
	put_names(o, "rooms", 'k', s->kinds);
	obuf_json_close(o, '}');
}

static const char *
wall_text(int64_t minutes, char text[32])
{
	char date[16];

	snprintf(text, 32, "%sT%02d:%02d", date_text((int32_t)(minutes / 1440), date),
	    (int)(minutes % 1440) / 60, (int)minutes % 60);
	return text;
}

static void
put_doctor(struct obuf *o, const struct model *m, int i)
{
	const struct m_doctor *d = &m->doctors[i];
	unsigned services = d->services;
	char text[32];

	for (int s = 0; s < SERVICES; s++)
		if (m->services[s].gone)
			services &= ~(1u << s);
	obuf_json_open(o, '{');
	put_name(o, "slug", 'd', i);
	obuf_json_kbool(o, "active", !d->inactive);
	if (d->daily_max > 0)
		obuf_json_kint(o, "daily_max", d->daily_max);
	put_names(o, "services", 's', services);
	put_rows(o, m, "hours", d->rows, ROWS, true, false);
	put_rows(o, m, "extra", d->extra, DATED, true, true);
	obuf_json_key(o, "away");
	obuf_json_open(o, '[');
	for (int k = 0; k < DATED; k++) {
		if (d->away[k].gone)
			continue;
		obuf_json_open(o, '{');
		obuf_json_kstr(o, "from", wall_text(d->away[k].from, text));
		obuf_json_kstr(o, "to", wall_text(d->away[k].to, text));
		obuf_json_close(o, '}');
	}
	obuf_json_close(o, ']');
	obuf_json_close(o, '}');
}

static void
put_room(struct obuf *o, const struct model *m, int i)
{
	const struct m_room *r = &m->rooms[i];

	if (m->branches[r->branch].gone)
		return;
	obuf_json_open(o, '{');
	put_name(o, "slug", 'r', i);
	put_name(o, "kind", 'k', r->kind);
	put_name(o, "branch", 'b', r->branch);
	obuf_json_kint(o, "capacity", r->capacity);
	obuf_json_close(o, '}');
}

static void
put_closure(struct obuf *o, const struct model *m, int i)
{
	const struct m_row *r = &m->closures[i];
	char date[16];

	if (r->branch >= 0 && m->branches[r->branch].gone)
		return;
	obuf_json_open(o, '{');
	if (r->branch < 0)
		obuf_json_kstr(o, "branch", "*");
	else
		put_name(o, "branch", 'b', r->branch);
	obuf_json_kstr(o, "date", date_text(r->day, date));
	obuf_json_key(o, "name");
	obuf_json_raw(o, "{\"en\":\"Holiday\"}");
	obuf_json_close(o, '}');
}

#define PUT_LIST(o, m, key, list, count, put)                                              \
	do {                                                                               \
		obuf_json_key(o, key);                                                     \
		obuf_json_open(o, '[');                                                    \
		for (int i_ = 0; i_ < (count); i_++)                                       \
			if (!(m)->list[i_].gone)                                           \
				put(o, m, i_);                                             \
		obuf_json_close(o, ']');                                                   \
	} while (0)

const char *
model_document(const struct model *m, struct arena *a)
{
	struct obuf o;

	obuf_init(&o, a, 1 << 20);
	obuf_json_open(&o, '{');
	obuf_json_key(&o, "clinic");
	obuf_json_raw(&o,
	    "{\"name\":\"A clinic\",\"prefix\":\"NG\",\"time_zone\":\"Asia/Singapore\"}");
	PUT_LIST(&o, m, "branches", branches, BRANCHES, put_branch);
	PUT_LIST(&o, m, "rooms", rooms, ROOMS, put_room);
	PUT_LIST(&o, m, "services", services, SERVICES, put_service);
	PUT_LIST(&o, m, "doctors", doctors, DOCTORS, put_doctor);
	PUT_LIST(&o, m, "closures", closures, DATED, put_closure);
	obuf_json_close(&o, '}');
	return o.data;
}
