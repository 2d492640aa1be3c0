/* SPDX-License-Identifier: MIT */
/*
 * clinic_changes.c - what a new clinic file changes, in sentences for people.
 *
 * What the struct holds is compared there, as it is in force: writing down a
 * default changes nothing. Services, doctors and rooms are compared in the
 * documents, field by field, by their slugs.
 */
#include <string.h>

#include "book/clinic_reader.h"

struct changes {
	struct arena *arena;
	struct strlist said;
	const struct clinic *old, *next;
	json_t *old_doc, *next_doc;
};

struct field {
	const char *key;
	const char *sentence; /* "hours change" */
};

static void say(struct changes *, const char *format, ...) PRINTF_LIKE(2, 3);

static void
say(struct changes *c, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	strlist_add(&c->said, c->arena, arena_vprintf(c->arena, format, ap));
	va_end(ap);
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* "a changes from X to Y", with nothing for what was or is not there. */
static void
compare(struct changes *c, const char *of, const char *what, const char *a, const char *b)
{
	if (same(a, b))
		return;
	if (a == NULL || *a == '\0')
		say(c, "%s: %s becomes %s", of, what, b);
	else if (b == NULL || *b == '\0')
		say(c, "%s: %s %s is removed", of, what, a);
	else
		say(c, "%s: %s changes from %s to %s", of, what, a, b);
}

static const char *
joined(struct arena *a, const struct strlist *l)
{
	const char *s = "";

	for (size_t i = 0; i < l->n; i++)
		s = arena_printf(a, "%s%s%s", s, i == 0 ? "" : " ", l->v[i]);
	return s;
}

/* In days, as in force. */
static json_int_t
retention(json_t *doc, const char *key, json_int_t otherwise)
{
	json_t *clinic = json_object_get(doc, "clinic");
	json_t *v = json_object_get(json_object_get(clinic, "retention_days"), key);

	return json_is_integer(v) ? json_integer_value(v) : otherwise;
}

static void
compare_retention(struct changes *c)
{
	static const struct {
		const char *key, *what;
		json_int_t otherwise;
	} all[] = { { "unattended", "requests without a visit", 365 },
		{ "attended", "requests with a visit", 365 }, { "spam", "spam", 30 } };

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		json_int_t was = retention(c->old_doc, all[i].key, all[i].otherwise);
		json_int_t is = retention(c->next_doc, all[i].key, all[i].otherwise);

		if (was != is)
			say(c, "clinic: retention of %s changes from %lld to %lld days",
			    all[i].what, (long long)was, (long long)is);
	}
}

static void
compare_clinic(struct changes *c)
{
	const struct clinic *a = c->old, *b = c->next;

	compare(c, "clinic", "name", a->name, b->name);
	compare(c, "clinic", "prefix", a->prefix, b->prefix);
	compare(c, "clinic", "country", a->country, b->country);
	compare(c, "clinic", "time zone", zone_name(a->zone), zone_name(b->zone));
	compare(c, "clinic", "phone", a->phone, b->phone);
	compare(c, "clinic", "WhatsApp", a->whatsapp, b->whatsapp);
	compare(c, "clinic", "data protection e-mail", a->dpo_email, b->dpo_email);
	compare(c, "clinic", "colour", a->colour, b->colour);
	compare(c, "clinic", "list of languages", joined(c->arena, &a->languages),
	    joined(c->arena, &b->languages));
	compare_retention(c);
}

static void
compare_texts(struct changes *c)
{
	static const char *const names[] = { "intro", "notice", "consent", "after" };

	for (int language = 0; language < 3; language++)
		for (int text = 0; text < TEXT_COUNT; text++)
			if (!same(c->old->text[language][text],
				c->next->text[language][text]))
				say(c, "text %s (%s) changes", names[text],
				    clinic_language_tags[language]);
}

static bool
same_hours(const struct hours *a, const struct hours *b)
{
	if (a->row_count != b->row_count)
		return false;
	for (size_t i = 0; i < a->row_count; i++)
		if (a->rows[i].weekday != b->rows[i].weekday ||
		    a->rows[i].from_min != b->rows[i].from_min ||
		    a->rows[i].to_min != b->rows[i].to_min)
			return false;
	return true;
}

static void
compare_branch(struct changes *c, const struct branch *a, const struct branch *b)
{
	const char *of = arena_printf(c->arena, "branch \"%s\"", b->slug);

	compare(c, of, "name", a->name, b->name);
	compare(c, of, "address", a->address, b->address);
	compare(c, of, "time zone", zone_name(a->hours.zone), zone_name(b->hours.zone));
	if (!same_hours(&a->hours, &b->hours))
		say(c, "%s: opening hours change", of);
	if (a->settings.instant != b->settings.instant)
		say(c, "%s: booking mode changes from %s to %s", of,
		    a->settings.instant ? "instant" : "request",
		    b->settings.instant ? "instant" : "request");
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		const struct setting *t = &clinic_setting_table[i];
		int was = clinic_setting_value(&a->settings, t);
		int is = clinic_setting_value(&b->settings, t);

		if (was != is)
			say(c, "%s: %s changes from %d to %d", of, t->key, was, is);
	}
}

static void
compare_branches(struct changes *c)
{
	for (size_t i = 0; i < c->next->branch_count; i++) {
		const struct branch *b = &c->next->branches[i], *a;

		a = c->old == NULL ? NULL : clinic_branch(c->old, b->slug);
		if (a == NULL)
			say(c, "branch \"%s\" is added", b->slug);
		else
			compare_branch(c, a, b);
	}
	for (size_t i = 0; c->old != NULL && i < c->old->branch_count; i++)
		if (clinic_branch(c->next, c->old->branches[i].slug) == NULL)
			say(c, "branch \"%s\" is removed", c->old->branches[i].slug);
}

static const struct closure *
find_closure(const struct clinic *c, const struct closure *like)
{
	for (size_t i = 0; c != NULL && i < c->closure_count; i++)
		if (c->closures[i].day == like->day &&
		    strcmp(c->closures[i].branch, like->branch) == 0)
			return &c->closures[i];
	return NULL;
}

static const char *
closure_called(struct changes *c, const struct closure *k)
{
	char date[16];

	if (strcmp(k->branch, "*") == 0)
		return arena_printf(
		    c->arena, "closure %s (all branches)", date_text(k->day, date));
	return arena_printf(
	    c->arena, "closure %s (branch \"%s\")", date_text(k->day, date), k->branch);
}

static void
compare_closures(struct changes *c)
{
	for (size_t i = 0; i < c->next->closure_count; i++) {
		const struct closure *b = &c->next->closures[i];
		const struct closure *a = find_closure(c->old, b);

		if (a == NULL)
			say(c, "%s is added", closure_called(c, b));
		else if (!same(a->name[0], b->name[0]) || !same(a->name[1], b->name[1]) ||
			 !same(a->name[2], b->name[2]))
			say(c, "%s: name changes", closure_called(c, b));
	}
	for (size_t i = 0; c->old != NULL && i < c->old->closure_count; i++)
		if (find_closure(c->next, &c->old->closures[i]) == NULL)
			say(c, "%s is removed", closure_called(c, &c->old->closures[i]));
}

static json_t *
by_slug(json_t *list, const char *slug)
{
	size_t i;
	json_t *v;

	json_array_foreach(list, i, v)
	{
		const char *s = json_string_value(json_object_get(v, "slug"));

		if (s != NULL && strcmp(s, slug) == 0)
			return v;
	}
	return NULL;
}

/* A list of the documents whose elements have slugs. fields end with a NULL key. */
static void
compare_list(
    struct changes *c, const char *key, const char *called, const struct field *fields)
{
	json_t *was = json_object_get(c->old_doc, key),
	       *is = json_object_get(c->next_doc, key);
	json_t *a, *b;
	size_t i;

	json_array_foreach(is, i, b)
	{
		const char *slug = json_string_value(json_object_get(b, "slug"));

		if ((a = by_slug(was, slug)) == NULL)
			say(c, "%s \"%s\" is added", called, slug);
		for (const struct field *f = fields; a != NULL && f->key != NULL; f++) {
			json_t *x = json_object_get(a, f->key),
			       *y = json_object_get(b, f->key);

			if ((x != NULL || y != NULL) && !json_equal(x, y))
				say(c, "%s \"%s\": %s", called, slug, f->sentence);
		}
	}
	json_array_foreach(was, i, a)
	{
		const char *slug = json_string_value(json_object_get(a, "slug"));

		if (by_slug(is, slug) == NULL)
			say(c, "%s \"%s\" is removed", called, slug);
	}
}

static void
compare_lists(struct changes *c)
{
	static const struct field services[] = { { "name", "name changes" },
		{ "minutes", "length changes" },
		{ "buffer_before", "buffer before changes" },
		{ "buffer_after", "buffer after changes" },
		{ "rooms", "kinds of room change" }, { NULL, NULL } };
	static const struct field doctors[] = { { "name", "name changes" },
		{ "credentials", "credentials change" },
		{ "languages", "languages change" }, { "services", "services change" },
		{ "active", "bookable or not changes" },
		{ "daily_max", "appointments a day change" }, { "hours", "hours change" },
		{ "away", "absences change" }, { "extra", "extra hours change" },
		{ NULL, NULL } };
	static const struct field rooms[] = { { "kind", "kind changes" },
		{ "branch", "branch changes" }, { "capacity", "capacity changes" },
		{ NULL, NULL } };

	compare_list(c, "services", "service", services);
	compare_list(c, "doctors", "doctor", doctors);
	compare_list(c, "rooms", "room", rooms);
}

struct strlist
clinic_changes(struct arena *a, const struct clinic *old, const struct clinic *next)
{
	struct changes c = { .arena = a, .old = old, .next = next };

	/* Both were checked when they were read. */
	c.next_doc = json_loads(next->document, 0, NULL);
	if (old == NULL) {
		say(&c, "clinic \"%s\" is loaded for the first time", next->name);
	} else {
		c.old_doc = json_loads(old->document, 0, NULL);
		compare_clinic(&c);
		compare_texts(&c);
	}
	compare_branches(&c);
	compare_lists(&c);
	compare_closures(&c);
	json_decref(c.old_doc);
	json_decref(c.next_doc);
	return c.said;
}
