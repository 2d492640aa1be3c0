/* SPDX-License-Identifier: MIT */
/* slot_json.c - free times as JSON: twenty doctors and sixty days are some 400 KB. */
#include <string.h>

#include "book/slot_find.h"

#define NAME_ROOM 48 /* a slug has 40 characters at most */

/* Times of one local day, written fast where its offset does not change. */
struct day_text {
	const struct zone *zone;
	int64_t starts_ms, ends_ms;
	bool plain;
	char date[12], offset[8]; /* "2026-11-26T", "+08:00" */
};

static void
day_text_begin(struct day_text *t, const struct zone *z, const struct slot_day *d)
{
	char text[40];

	*t = (struct day_text){ .zone = z, .starts_ms = d->starts_ms, .ends_ms = d->ends_ms };
	t->plain = zone_next_change_ms(z, d->starts_ms) >= d->ends_ms;
	rfc3339_local(z, d->starts_ms, text);
	memcpy(t->date, text, 11);
	memcpy(t->offset, text + 19, 7);
	t->plain = t->plain && strncmp(text + 11, "00:00:00", 8) == 0;
}

/* All that is written of times goes through these: a list has thousands. */

static char *
put(char *p, const char *s, size_t len)
{
	memcpy(p, s, len);
	return p + len;
}

static char *
put_two(char *p, int n)
{
	p[0] = (char)('0' + n / 10);
	p[1] = (char)('0' + n % 10);
	return p + 2;
}

static char *
put_time(char *p, const struct day_text *t, int64_t ms)
{
	int minutes = (int)((ms - t->starts_ms) / MINUTE_MS);
	char text[40];

	if (!t->plain || ms >= t->ends_ms)
		return put(p, rfc3339_local(t->zone, ms, text), 25);
	p = put(p, t->date, 11);
	p = put_two(p, minutes / 60);
	*p++ = ':';
	p = put_two(p, minutes % 60);
	p = put(p, ":00", 3);
	return put(p, t->offset, 6);
}

/* Doctors as they are written: in quotes, with a comma before each but the first. */
struct name {
	char text[NAME_ROOM];
	size_t len;
};

static const struct name *
names_of(struct arena *a, const struct slot_map *m)
{
	struct name *n = ARENA_ARRAY(a, struct name, m->count + 1);

	for (size_t i = 0; i < m->count; i++) {
		size_t len = strlen(m->doctors[i]->slug);

		BUG_UNLESS(len + 3 <= NAME_ROOM);
		n[i].text[0] = ',';
		n[i].text[1] = '"';
		memcpy(n[i].text + 2, m->doctors[i]->slug, len);
		n[i].text[len + 2] = '"';
		n[i].len = len + 3;
	}
	return n;
}

/* Without a call for each doctor: all of a name's room is copied, and overwritten. */
static char *
put_doctors(char *p, const struct slot_map *m, size_t bit, const struct name *names)
{
	char *first = p;
	size_t word = bit / 64;

	for (size_t d = 0; d < m->count; d++)
		if (m->free[d].bits[word] >> bit % 64 & 1) {
			memcpy(p, names[d].text, NAME_ROOM);
			p += names[d].len;
		}
	if (p > first)
		*first = '[';
	else
		*p++ = '[';
	return p;
}

static bool
start_json(struct obuf *o, const struct slot_res *res, size_t i, const struct day_text *t,
    const struct name *names, bool first)
{
	char *start = obuf_room(o, 128 + (res->map.count + 1) * NAME_ROOM), *p = start;

	if (start == NULL)
		return false;
	p = first ? put(p, "{\"start\":\"", 10) : put(p, ",{\"start\":\"", 11);
	p = put_time(p, t, res->starts[i]);
	p = put(p, "\",\"end\":\"", 9);
	p = put_time(p, t, res->starts[i] + res->ask.service->minutes * MINUTE_MS);
	p = put(p, "\",\"doctors\":", 12);
	p = put_doctors(p, &res->map, res->bits[i], names);
	p = put(p, "]}", 2);
	obuf_wrote(o, (size_t)(p - start));
	return true;
}

static const char *
closed_text(const struct slot_day *d, int lang)
{
	static const char *const shut[] = { "Closed", "Tutup", "休息" };

	if (d->closed != NULL)
		return d->closed->name[lang] != NULL ? d->closed->name[lang] : d->closed->name[0];
	return d->shut ? shut[lang] : NULL;
}

void
slot_json(struct obuf *o, const struct slot_cmd *f, const struct slot_res *res, int lang)
{
	const struct zone *z = f->ask.branch->hours.zone;
	const struct name *names = names_of(o->arena, &res->map);
	struct day_text t;
	char date[16];
	size_t i = 0;

	(void)obuf_room(o, res->count * (100 + res->map.count * 10) + 1024); /* at once, not by halves */
	obuf_json_open(o, '{');
	obuf_json_kstr(o, "time_zone", zone_name(z));
	obuf_json_kstr(o, "from", date_text(f->from_day, date));
	obuf_json_kstr(o, "to", date_text(f->to_day, date));
	obuf_json_key(o, "days");
	obuf_json_open(o, '[');
	for (size_t d = 0; d < res->day_count; d++) {
		day_text_begin(&t, z, &res->days[d]);
		obuf_json_open(o, '{');
		obuf_json_kstr(o, "date", date_text(res->days[d].day, date));
		obuf_json_kstr(o, "closed", closed_text(&res->days[d], lang));
		obuf_json_key(o, "slots");
		obuf_json_open(o, '[');
		for (bool first = true; i < res->count && res->starts[i] < t.ends_ms; i++, first = false)
			if (!start_json(o, res, i, &t, names, first))
				return;
		obuf_json_close(o, ']');
		obuf_json_close(o, '}');
	}
	obuf_json_close(o, ']');
	obuf_json_close(o, '}');
}

void
slot_offers_json(struct obuf *o, const struct slot_offers *offers)
{
	char text[40];

	obuf_json_open(o, '[');
	for (size_t i = 0; offers != NULL && i < offers->count; i++) {
		const struct slot_offer *x = &offers->v[i];

		obuf_json_open(o, '{');
		obuf_json_kstr(o, "start", rfc3339_local(offers->zone, x->start_ms, text));
		obuf_json_kstr(o, "end", rfc3339_local(offers->zone, x->end_ms, text));
		obuf_json_kstr(o, "doctor", x->doctor->slug);
		obuf_json_close(o, '}');
	}
	obuf_json_close(o, ']');
}
