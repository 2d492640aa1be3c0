/* SPDX-License-Identifier: MIT */
/* slot_make.c - a model's clinic and calendar for the code under test; its visits in words. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "base/obuf.h"
#include "book/slot_model.h"

/* ---- what is asked, and in words ---- */

struct question
model_question(const struct model *m, struct chance *c)
{
	struct question q = { 0, chance_below(c, SERVICES),
		chance_below(c, 2 * DOCTORS) - DOCTORS, 0 };

	if (chance_one_in(c, 2))
		q.branch = chance_below(c, BRANCHES);
	if (m->branches[q.branch].gone)
		q.branch = 0;
	if (q.doctor < 0 || m->doctors[q.doctor].gone)
		q.doctor = -1;
	return q;
}

static void
put_visit(struct obuf *o, const struct m_visit *v)
{
	const struct zone *utc = zone_get("UTC");
	char from[40], begins[40], to[40];

	obuf_printf(o, "d%d is taken from %s to %s, the visit begins at %s", v->doctor,
	    rfc3339_local(utc, v->starts, from), rfc3339_local(utc, v->ends, to),
	    rfc3339_local(utc, v->begins, begins));
	if (v->room >= 0)
		obuf_printf(o, ", in r%d, place %d", v->room, v->unit);
	obuf_puts(o, "\n");
}

const char *
model_sentences(const struct model *m, const struct question *q, struct arena *a)
{
	const struct m_branch *b = &m->branches[q->branch];
	char text[40];
	struct obuf o;

	obuf_init(&o, a, 1 << 20);
	for (int i = 0; i < VISITS; i++)
		if (!m->visits[i].gone)
			put_visit(&o, &m->visits[i]);
	obuf_printf(&o, "It is %s", rfc3339_local(b->z, m->now, text));
	obuf_printf(&o, " and %lld ms. ", (long long)(m->now % 1000));
	obuf_printf(&o, "Asked for: s%d at b%d", q->service, q->branch);
	if (q->doctor >= 0)
		obuf_printf(&o, " with d%d", q->doctor);
	obuf_printf(&o, ", %s\n", rfc3339_local(b->z, q->start, text));
	return o.data;
}

/* ---- what can be left out ---- */

#define ADD(list, count)                                                                   \
	for (int i_ = 0; i_ < (count); i_++)                                               \
		if (!(list)[i_].gone)                                                      \
	flags[n++] = &(list)[i_].gone

size_t
model_flags(struct model *m, bool *flags[400])
{
	size_t n = 0;

	ADD(m->visits, VISITS);
	ADD(m->doctors, DOCTORS);
	ADD(m->branches, BRANCHES);
	ADD(m->closures, DATED);
	ADD(m->rooms, ROOMS);
	ADD(m->services, SERVICES);
	for (int i = 0; i < DOCTORS; i++) {
		ADD(m->doctors[i].rows, ROWS);
		ADD(m->doctors[i].extra, DATED);
		ADD(m->doctors[i].away, DATED);
	}
	for (int i = 0; i < BRANCHES; i++)
		ADD(m->branches[i].rows, ROWS);
	return n;
}

/* ---- as the daemon has it ---- */

static struct cells
map_new(const struct schedule *s)
{
	return (struct cells){ ARENA_ARRAY(s->arena, uint64_t, s->words), s->words };
}

static void
take(const struct schedule *s, struct taken *t, const struct m_visit *v)
{
	if (t->busy.words == 0) {
		t->busy = map_new(s);
		t->begins = map_new(s);
	}
	cells_set(t->busy, schedule_cell(s, v->starts), schedule_cell(s, v->ends));
	cells_set(t->begins, schedule_cell(s, v->begins), schedule_cell(s, v->begins) + 1);
}

/* The numbers of the model, of whatever the file has of it. */
static void
number(const struct model *m, struct clinic *c)
{
	char slug[16];

	(void)m;
	for (int i = 0; i < DOCTORS; i++) {
		snprintf(slug, sizeof(slug), "d%d", i);
		for (size_t k = 0; k < c->doctor_count; k++)
			if (strcmp(c->doctors[k].slug, slug) == 0)
				c->doctors[k].id = 100 + i;
	}
	for (int i = 0; i < ROOMS; i++) {
		snprintf(slug, sizeof(slug), "r%d", i);
		for (size_t k = 0; k < c->room_count; k++)
			if (strcmp(c->rooms[k].slug, slug) == 0)
				c->rooms[k].id = 200 + i;
	}
}

static void
take_all(const struct model *m, struct made *x)
{
	const struct clinic *c = x->clinic;
	struct calendar *cal = &x->calendar;

	for (int i = 0; i < VISITS; i++) {
		const struct m_visit *v = &m->visits[i];

		for (size_t k = 0; !v->gone && k < c->doctor_count; k++)
			if (c->doctors[k].id == 100 + v->doctor)
				take(cal->schedule, &cal->doctors[k], v);
		for (size_t k = 0; !v->gone && k < c->room_count; k++)
			if (c->rooms[k].id == 200 + v->room)
				take(cal->schedule, &cal->rooms[k][v->unit], v);
	}
}

bool
model_make(const struct model *m, struct arena *a, struct made *x)
{
	const char *document = model_document(m, a);
	struct problems problems = { .arena = a };
	struct arena *own;
	int most = 0;

	*x = (struct made){ .clinic = clinic_parse(document, strlen(document), &problems) };
	if (x->clinic == NULL)
		return false;
	number(m, x->clinic);
	for (int i = 0; i < BRANCHES; i++)
		if (m->branches[i].horizon > most)
			most = m->branches[i].horizon;
	x->calendar.schedule
	    = schedule_new(x->clinic, m->now - DAY_MS, m->now + (most + 4) * DAY_MS);
	own = x->calendar.schedule->arena;
	x->calendar.doctors = ARENA_ARRAY(own, struct taken, DOCTORS);
	x->calendar.rooms = ARENA_ARRAY(own, struct taken *, ROOMS);
	for (size_t i = 0; i < x->clinic->room_count; i++)
		x->calendar.rooms[i]
		    = ARENA_ARRAY(own, struct taken, (size_t)x->clinic->rooms[i].capacity);
	take_all(m, x);
	return true;
}

void
model_free(struct made *x)
{
	schedule_free(x->calendar.schedule);
	clinic_free(x->clinic);
}

struct slot_ask
model_ask(const struct model *m, const struct made *x, const struct question *q)
{
	char branch[16], service[16];

	snprintf(branch, sizeof(branch), "b%d", q->branch);
	snprintf(service, sizeof(service), "s%d", q->service);
	return (struct slot_ask){ clinic_branch(x->clinic, branch),
		clinic_service(x->clinic, service),
		q->doctor < 0 ? NULL : clinic_doctor_by_id(x->clinic, 100 + q->doctor),
		m->now };
}
