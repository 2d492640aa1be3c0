/* SPDX-License-Identifier: MIT */
/* oracle.c - random filters, and the rows that each of them means. */
#include <criterion/criterion.h>
#include <ctype.h>
#include <strings.h>

#include "book/names.h"

#define CLINIC_OFFSET_MS (8 * HOUR_MS) /* Singapore has no other */

/* ---- questions ---- */

static const char *
choose(struct crowd *c, const char *words)
{
	struct strlist l = strlist_split(c->w->arena, words);

	return l.v[chance_below(&c->chance, (int)l.n)];
}

/* One to three of the words, once each; or none, mostly. */
static struct strlist
some(struct crowd *c, const char *words, int one_in)
{
	struct strlist l = { 0 };

	if (!chance_one_in(&c->chance, one_in))
		return l;
	for (int i = 1 + chance_below(&c->chance, 3); i > 0; i--) {
		const char *word = choose(c, words);

		if (!strlist_has(&l, word))
			strlist_add(&l, c->w->arena, word);
	}
	return l;
}

/* A day of the crowd's, or the very millisecond of one of them. */
static const char *
some_time(struct crowd *c)
{
	const struct one *x = &c->ones[chance_below(&c->chance, c->count)];
	char text[40], second[CLOCK_TEXT_LEN];

	if (chance_one_in(&c->chance, 2))
		snprintf(text, sizeof(text), "%.19s.%03dZ",
		    clock_rfc3339(x->received_at, second), (int)(x->received_at % 1000));
	else
		date_text((int32_t)((x->received_at + CLINIC_OFFSET_MS) / DAY_MS), text);
	return arena_strdup(c->w->arena, text);
}

static void
ask_name(struct crowd *c, struct question *q, const struct one *x)
{
	struct arena *a = c->w->arena;
	const struct known_name *name = &known_names[x->name];
	struct strlist words = strlist_split(a, name->words);
	const char *one, *two;

	if (words.n == 0) { /* two neighbours, or one character */
		size_t at = 3 * (size_t)chance_below(&c->chance, 2);

		q->part = arena_strndup(
		    a, name->typed + at, chance_one_in(&c->chance, 2) ? 6 : 3);
		q->cmd.q = q->part;
		return;
	}
	one = words.v[chance_below(&c->chance, (int)words.n)];
	two = words.v[chance_below(&c->chance, (int)words.n)];
	one = arena_strndup(
	    a, one, 2 + (size_t)chance_below(&c->chance, (int)strlen(one) - 1));
	q->words =
	    chance_one_in(&c->chance, 2) ? one : arena_printf(a, "%s %s", two, one);
	q->cmd.q = arena_strdup(a, q->words);
	if (chance_one_in(&c->chance, 2))
		for (char *s = (char *)(uintptr_t)q->cmd.q; *s != '\0'; s++)
			*s = (char)toupper((unsigned char)*s);
}

static void
ask_words(struct crowd *c, struct question *q)
{
	struct arena *a = c->w->arena;
	const struct one *x = &c->ones[chance_below(&c->chance, c->count)];

	switch (chance_below(&c->chance, 8)) {
	case 0:
		q->digits = x->phone + strlen(x->phone) - 4 - chance_below(&c->chance, 5);
		q->cmd.q = q->digits;
		break;
	case 1:
		q->digits = x->phone + 1;
		q->cmd.q = arena_printf(a, "+65 %.4s %s", x->phone + 3, x->phone + 7);
		break;
	case 2:
		q->address = x->email[0] != '\0' ? x->email : "nobody@example.sg";
		q->cmd.q = q->address;
		break;
	case 3:
		q->reference = x->reference;
		q->cmd.q = x->reference;
		break;
	case 4:
		q->words = "zzz";
		q->cmd.q = "zzz";
		break;
	default:
		ask_name(c, q, x);
	}
}

static void
ask_states(struct crowd *c, struct question *q)
{
	struct find_cmd *f = &q->cmd;

	f->status = some(c,
	    "new new contacted booked confirmed arrived attended no_show cancelled"
	    " closed spam erased",
	    3);
	f->branch = some(c, "main east spare", 5);
	f->service = some(c, "consultation review", 6);
	f->language = some(c, "en ms zh-Hans ta", 6);
	f->doctor = some(c, "dr-a dr-b", 10);
	if (chance_one_in(&c->chance, 12))
		f->unanswered_hours = chance_below(&c->chance, 12);
	if (chance_one_in(&c->chance, 12))
		f->due = choose(c, "overdue today");
	if (chance_one_in(&c->chance, 30))
		f->starts_from = "2026-11-01";
	if (chance_one_in(&c->chance, 5))
		q->branch = clinic_branch(c->w->clinic, choose(c, "main east"))->id;
}

void
question_make(struct crowd *c, struct question *q)
{
	struct find_cmd *f = &q->cmd;

	memset(q, 0, sizeof(*q));
	fields_clear(&find_fields, f);
	ask_states(c, q);
	f->concern = some(
	    c, "enlarged-pores excess-oil elasticity-loss sun-damage acne-scarring", 3);
	f->reason = some(c, "otc-not-effective wants-safe-options scarring-or-texture noticeable-with-age", 4);
	f->option = some(c, "laser-treatments chemical-peels", 8);
	f->flag = some(c, "date-bound possible-urgent", 8);
	if (chance_one_in(&c->chance, 3))
		f->match = choose(c, "any all");
	if (chance_one_in(&c->chance, 5))
		f->tag_source = choose(c, "patient text staff article derived");
	if (chance_one_in(&c->chance, 4))
		f->received_from = some_time(c);
	if (chance_one_in(&c->chance, 4))
		f->received_to = some_time(c);
	if (chance_one_in(&c->chance, 4))
		ask_words(c, q);
	if (chance_one_in(&c->chance, 2))
		f->sort = choose(c, "received -received starts -starts");
}

static const char *
with(struct arena *a, const char *text, const char *name, const struct strlist *l)
{
	for (size_t i = 0; i < l->n; i++)
		text = arena_printf(a, "%s %s=%s", text, name, l->v[i]);
	return text;
}

const char *
question_text(struct arena *a, const struct question *q)
{
	const struct find_cmd *f = &q->cmd;
	const char *t = arena_printf(a,
	    "match=%s tag_source=%s from=%s to=%s starts=%s unanswered=%lld due=%s q=%s "
	    "sort=%s"
	    " branch %lld",
	    f->match, f->tag_source, f->received_from, f->received_to, f->starts_from,
	    (long long)f->unanswered_hours, f->due, f->q, f->sort, (long long)q->branch);

	t = with(a, with(a, t, "status", &f->status), "concern", &f->concern);
	t = with(a, with(a, t, "reason", &f->reason), "option", &f->option);
	t = with(a, with(a, t, "flag", &f->flag), "branch", &f->branch);
	t = with(a, with(a, t, "service", &f->service), "language", &f->language);
	return with(a, t, "doctor", &f->doctor);
}

/* ---- answers ---- */

static bool
among(const struct strlist *l, const char *word)
{
	return l->n == 0 || strlist_has(l, word);
}

/* The reasons that follow from what somebody ticked, and that nobody ticked. */
static bool
follows(const struct one *x, const char *reason)
{
	static const char *const from[][2] = { { "elasticity-loss", "noticeable-with-age" },
		{ "acne-scarring", "scarring-or-texture" },
		{ "uneven-texture", "scarring-or-texture" } };
	bool derived = false;

	for (int i = 0; i < x->tag_count; i++) {
		const struct one_tag *t = &x->tags[i];

		if (t->source == TAG_TEXT)
			continue;
		if (strcmp(t->slug, reason) == 0)
			return false;
		for (size_t k = 0; k < ARRAY_LEN(from); k++)
			derived |= strcmp(from[k][0], t->slug) == 0
			    && strcmp(from[k][1], reason) == 0;
	}
	return derived;
}

static bool
tagged(const struct one *x, const struct find_cmd *f, const char *kind, const char *slug)
{
	for (int i = 0; i < x->tag_count; i++) {
		const struct one_tag *t = &x->tags[i];

		if ((slug == NULL ||
			(strcmp(t->kind, kind) == 0 && strcmp(t->slug, slug) == 0)) &&
		    (f->tag_source == NULL ||
			strcmp(tag_source_names[t->source], f->tag_source) == 0))
			return true;
	}
	if (f->tag_source != NULL && strcmp(f->tag_source, "derived") != 0)
		return false;
	if (slug != NULL)
		return strcmp(kind, "reason") == 0 && follows(x, slug);
	return follows(x, "noticeable-with-age") || follows(x, "scarring-or-texture");
}

static bool
has_tags(const struct one *x, const struct find_cmd *f, const char *kind,
    const struct strlist *want)
{
	bool all = strcmp(kind, "concern") == 0 && f->match != NULL &&
		   strcmp(f->match, "all") == 0;

	for (size_t i = 0; i < want->n; i++)
		if (tagged(x, f, kind, want->v[i]) != all)
			return !all;
	return want->n == 0 || all;
}

/* [from, to) of a date is its day in Singapore; an instant is itself. */
static int64_t
bound(const char *text, bool end)
{
	int64_t ms;
	int32_t day;

	if (date_parse(text, &day))
		return ((int64_t)day + end) * DAY_MS - CLINIC_OFFSET_MS;
	cr_assert(rfc3339_parse(text, &ms));
	return ms;
}

static bool
in_time(const struct crowd *c, const struct one *x, const struct find_cmd *f, int64_t now)
{
	const struct hours *h = &clinic_branch(c->w->clinic, x->branch)->hours;
	int64_t offset = zone_offset_s(h->zone, now) * 1000LL;
	int64_t due_offset = zone_offset_s(h->zone, x->respond_by) * 1000LL;

	if (f->received_from != NULL && x->received_at < bound(f->received_from, false))
		return false;
	if (f->received_to != NULL && x->received_at >= bound(f->received_to, true))
		return false;
	if (f->due != NULL && strcmp(f->due, "overdue") == 0 && x->respond_by >= now)
		return false;
	if (f->due != NULL && strcmp(f->due, "today") == 0 &&
	    (x->respond_by + due_offset) / DAY_MS != (now + offset) / DAY_MS)
		return false;
	return f->unanswered_hours == FIELD_ABSENT ||
	       hours_between(h, x->clock_at, now) >= f->unanswered_hours * HOUR_MS;
}

static bool
begins_a_word(const char *words, const char *want, size_t n)
{
	for (const char *s = words; (s = strstr(s, want)) != NULL; s++)
		if (s == words || s[-1] == ' ')
			return true;
	(void)n;
	return false;
}

static bool
is_sought(const struct crowd *c, const struct one *x, const struct question *q)
{
	const struct known_name *name = &known_names[x->name];
	size_t phone = strlen(x->phone);

	if (q->part != NULL)
		return strstr(name->typed, q->part) != NULL;
	if (q->digits != NULL)
		return strcmp(x->phone + phone - strlen(q->digits), q->digits) == 0;
	if (q->address != NULL)
		return strncasecmp(x->email, q->address, strlen(q->address)) == 0;
	if (q->reference != NULL)
		return strcmp(x->reference, q->reference) == 0;
	if (q->words != NULL) {
		struct strlist words = strlist_split(c->w->arena, q->words);

		for (size_t i = 0; i < words.n; i++)
			if (!begins_a_word(name->words, words.v[i], strlen(words.v[i])))
				return false;
	}
	return true;
}

static bool
is_meant(
    const struct crowd *c, const struct one *x, const struct question *q, int64_t now)
{
	const struct find_cmd *f = &q->cmd;

	if (f->status.n == 0 ? x->status == STATUS_SPAM
			     : !strlist_has(&f->status, status_names[x->status]))
		return false;
	if ((f->unanswered_hours != FIELD_ABSENT || f->due != NULL) &&
	    x->status != STATUS_NEW)
		return false;
	if (q->branch != 0 && clinic_branch(c->w->clinic, x->branch)->id != q->branch)
		return false;
	if (f->starts_from != NULL) /* nobody has an appointment yet */
		return false;
	if (!among(&f->branch, x->branch) || !among(&f->service, x->service) ||
	    !among(&f->language, x->language) || !among(&f->doctor, x->doctor))
		return false;
	return has_tags(x, f, "concern", &f->concern) &&
	       has_tags(x, f, "reason", &f->reason) &&
	       has_tags(x, f, "option", &f->option) && has_tags(x, f, "flag", &f->flag) &&
	       tagged(x, f, "", f->tag_source == NULL ? "" : NULL) ==
		   (f->tag_source != NULL) &&
	       in_time(c, x, f, now) && is_sought(c, x, q);
}

void
oracle_find(
    const struct crowd *c, const struct question *q, int64_t now, struct found *ret_found)
{
	bool up = q->cmd.sort != NULL && q->cmd.sort[0] != '-';

	ret_found->count = 0;
	for (int i = 0; i < c->count; i++) {
		const struct one *x = &c->ones[up ? i : c->count - 1 - i];

		if (is_meant(c, x, q, now))
			ret_found->n[ret_found->count++] = x->n;
	}
}
