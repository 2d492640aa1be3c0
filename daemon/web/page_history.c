/* SPDX-License-Identifier: MIT */
/* page_history.c - of a request's page its history: what was done, when and by whom. */
#include <string.h>

#include "web/desk.h"

#define EVENTS_MAX 200

/* What of a history is in the making. */
struct making {
	struct arena *a;
	const struct clinic *clinic;
	const struct zone *zone;
};

const char *
desk_word_list(struct arena *a, const json_t *list)
{
	const char *text = NULL;
	size_t i;
	json_t *item;

	json_array_foreach(list, i, item)
	{
		const char *s = desk_word(a, json_string_value(item));

		text = text == NULL ? arena_strdup(a, s) : arena_printf(a, "%s, %s", text, s);
	}
	return text;
}

/* What an event did: "Closed: price", "Link made". */
static const char *
event_text(const struct making *m, const json_t *e)
{
	const char *kind = desk_text_of(m->a, e, "kind"), *reason = desk_text_of(m->a, e, "reason");
	const char *word = desk_word(m->a, kind);

	if (reason == NULL)
		return word;
	return arena_printf(
	    m->a, "%s: %s", word, strcmp(kind, "stranded") == 0 ? desk_why(reason) : reason);
}

static const char *
more(const struct making *m, const char *text, const char *line)
{
	return text == NULL ? line : arena_printf(m->a, "%s\n%s", text, line);
}

/* The time an act was about: "Thu 26 Nov, 14:30 with Dr A. Tan, before: ...". */
static const char *
time_text(const struct making *m, const json_t *detail)
{
	int64_t slot = desk_ms_of(detail, "slot"), from = desk_ms_of(detail, "from");
	int64_t wish = desk_ms_of(detail, "wish");
	const char *doctor = desk_doctor(m->clinic, desk_text_of(m->a, detail, "doctor"));
	const char *in_spite = desk_text_of(m->a, detail, "in_spite_of"), *text;

	if (wish != 0)
		return arena_printf(m->a, "Asked for %s", desk_time(m->a, m->zone, wish));
	if (slot == 0)
		return NULL;
	text = desk_time(m->a, m->zone, slot);
	if (doctor != NULL)
		text = arena_printf(m->a, "%s with %s", text, doctor);
	if (from != 0 && from != slot)
		text = arena_printf(m->a, "%s, before: %s", text, desk_time(m->a, m->zone, from));
	if (in_spite != NULL)
		text = arena_printf(m->a, "%s, although %s", text, desk_why(in_spite));
	return text;
}

static const char *
detail_text(const struct making *m, const json_t *e)
{
	const json_t *detail = json_object_get(e, "detail");
	json_t *old = json_object_get(detail, "old"), *v;
	const char *text = time_text(m, detail), *key;
	const char *said = desk_text_of(m->a, detail, "text");

	if (said != NULL)
		text = more(m, text, said);
	json_object_foreach(old, key, v)
	{
		const char *was = json_is_string(v) ? json_string_value(v) : desk_word_list(m->a, v);

		text = more(m, text,
		    arena_printf(m->a, "%s was: %s", desk_word(m->a, key), was == NULL ? "-" : was));
	}
	return text;
}

void
desk_fill_history(struct view_request *r, const struct exchange *x, const json_t *doc,
    const struct zone *zone)
{
	struct making m = { x->req->arena, x->clinic, zone };
	struct view_event *v = ARENA_ARRAY(m.a, struct view_event, EVENTS_MAX);
	size_t i;
	json_t *e;

	r->events = v;
	json_array_foreach(json_object_get(doc, "history"), i, e)
	{
		if (r->event_count == EVENTS_MAX)
			break;
		v[r->event_count++] = (struct view_event){ desk_time(m.a, zone, desk_ms_of(e, "at")),
			event_text(&m, e), desk_text_of(m.a, e, "actor"), detail_text(&m, e) };
	}
}
