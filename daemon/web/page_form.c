/* SPDX-License-Identifier: MIT */
/*
 * page_form.c - the booking page filled in: each answer in its place, the words of
 * its language, and what only a form of another page asks passed along unseen.
 */
#include <string.h>

#include "base/clock.h"
#include "book/booking.h"
#include "pages.h"
#include "web/page.h"
#include "web/page_form.h"

/* A choice's words are members of struct texts. */
struct word {
	const char *value;
	size_t text;
};
#define WORD(value, text) { value, offsetof(struct texts, text) }

static const char *
word_text(const struct word *w, int lang)
{
	return *(const char *const *)(const void *)((const char *)&texts[lang] + w->text);
}

static struct view_choice *
choices_of(const struct answers *a, const char *name, const struct word *rows, size_t n)
{
	struct view_choice *v = ARENA_ARRAY(a->arena, struct view_choice, n);

	for (size_t i = 0; i < n; i++)
		v[i] = answer_choice(a, name, rows[i].value, word_text(&rows[i], a->lang), i);
	return v;
}

static struct view_choice *
terms_of(const struct answers *a, const char *name, enum term_kind kind, size_t *ret_n)
{
	const struct taxonomy *t = taxonomy_get();
	struct view_choice *v = ARENA_ARRAY(a->arena, struct view_choice, t->term_count);

	*ret_n = 0;
	for (size_t i = 0; i < t->term_count; i++)
		if (t->terms[i].kind == kind && t->terms[i].on_form) {
			v[*ret_n] = answer_choice(a, name, t->terms[i].slug, t->terms[i].form_label[a->lang], *ret_n);
			++*ret_n;
		}
	return v;
}

static const struct word methods[] = { WORD("whatsapp", method_whatsapp),
	WORD("phone", method_phone), WORD("email", method_email) };
static const struct word ages[] = { WORD("yes", yes), WORD("no", no) };
static const struct word days[] = { WORD("mon", mon), WORD("tue", tue), WORD("wed", wed),
	WORD("thu", thu), WORD("fri", fri), WORD("sat", sat), WORD("sun", sun),
	WORD("any", any_day) };
static const struct word parts[] = { WORD("morning", morning), WORD("afternoon", afternoon),
	WORD("evening", evening), WORD("any", any_time) };

static const char *
joined(struct arena *a, const struct strlist *words, const struct word *rows, size_t n, int lang)
{
	const char *text = NULL;

	for (size_t i = 0; i < n; i++)
		if (strlist_has(words, rows[i].value))
			text = text == NULL ? word_text(&rows[i], lang)
					    : arena_printf(a, "%s, %s", text, word_text(&rows[i], lang));
	return text;
}

const char *
page_days(struct arena *a, const struct strlist *words, int lang)
{
	return joined(a, words, days, ARRAY_LEN(days), lang);
}

const char *
page_parts(struct arena *a, const struct strlist *words, int lang)
{
	return joined(a, words, parts, ARRAY_LEN(parts), lang);
}

static void
fill_choices(struct view_book *v, const struct answers *a)
{
	v->concerns = terms_of(a, "concerns", TERM_CONCERN, &v->concern_count);
	v->reasons = terms_of(a, "reasons", TERM_REASON, &v->reason_count);
	v->methods = choices_of(a, "contact_method", methods, v->method_count = ARRAY_LEN(methods));
	v->ages = choices_of(a, "age_18_or_over", ages, v->age_count = ARRAY_LEN(ages));
	v->days = choices_of(a, "preferred_days", days, v->day_count = ARRAY_LEN(days));
	v->parts = choices_of(a, "preferred_parts", parts, v->part_count = ARRAY_LEN(parts));
	v->concerns_error = answer_error(a, "concerns");
	v->method_error = answer_error(a, "contact_method");
	v->age_error = answer_error(a, "age_18_or_over");
	v->consent_error = answer_error(a, "consent");
	v->branch_error = answer_error(a, "branch");
	v->reasons_error = answer_error(a, "reasons");
	v->days_error = answer_error(a, "preferred_days");
	v->parts_error = answer_error(a, "preferred_parts");
	v->service_error = answer_error(a, "service");
	v->doctor_error = answer_error(a, "doctor");
	v->consent = has_answer(a, "consent", "yes");
}

static void
fill_texts(struct view_book *v, const struct answers *a)
{
	v->full_name = answer_text(a, "full_name", false);
	v->tel = answer_text(a, "phone", true);
	v->email = answer_text(a, "email", false);
	v->guardian_name = answer_text(a, "guardian_name", false);
	v->guardian_phone = answer_text(a, "guardian_phone", false);
	v->guardian_relation = answer_text(a, "guardian_relation", false);
	v->note = answer_text(a, "note", true);
	v->guardian_open = has_answer(a, "age_18_or_over", "no") || v->guardian_name.error != NULL
	    || v->guardian_phone.error != NULL || v->guardian_relation.error != NULL;
	v->article = answer(a, "article");
	v->page = answer(a, "page");
	v->return_url = answer(a, "return_url");
}

/* What a group asks, and a doctor nobody can have, is not passed along unseen as well. */
static bool
is_asked(const struct view_book *v, const char *name)
{
	return (strcmp(name, "branch") == 0 && v->branch_count > 0)
	    || (strcmp(name, "service") == 0 && v->service_count > 0)
	    || (strcmp(name, "doctor") == 0
		&& (v->doctor_count > 0 || (v->times.shown && v->times.any_doctor)))
	    || (strcmp(name, "slot") == 0 && v->times.shown);
}

/* What only a form of another page asks for travels along unseen, but for what
 * was wrong in it: nobody could correct that here. */
static void
fill_kept(struct view_book *v, const struct answers *a)
{
	static const char *const names[] = { "branch", "service", "doctor", "slot",
		"best_time_to_call", "language", "visited_before", "referrer_host", "utm_source",
		"utm_medium", "utm_campaign", "utm_term", "utm_content" };
	struct view_row *kept = ARENA_ARRAY(a->arena, struct view_row, ARRAY_LEN(names));

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *text = answer(a, names[i]);

		if (text != NULL && answer_error(a, names[i]) == NULL && !is_asked(v, names[i]))
			kept[v->kept_count++] = (struct view_row){ names[i], text };
	}
	v->kept = kept;
}

/* ---- where, what for, with whom: asked where there is more than one ---- */

static void
fill_branches(struct view_book *v, const struct clinic *c, const struct answers *a)
{
	struct view_choice *b = ARENA_ARRAY(a->arena, struct view_choice, c->branch_count);

	if (c->branch_count < 2)
		return;
	for (size_t i = 0; i < c->branch_count; i++)
		b[i] = answer_choice(a, "branch", c->branches[i].slug, c->branches[i].name, i);
	v->branches = b;
	v->branch_count = c->branch_count;
}

static void
fill_services(struct view_book *v, const struct clinic *c, const struct answers *a)
{
	struct view_choice *s = ARENA_ARRAY(a->arena, struct view_choice, c->service_count);

	if (c->service_count < 2)
		return;
	for (size_t i = 0; i < c->service_count; i++) {
		const struct service *of = &c->services[i];

		s[i] = answer_choice(a, "service", of->slug,
		    of->name[a->lang] != NULL ? of->name[a->lang] : of->name[0], i);
	}
	if (answer(a, "service") == NULL)
		s[0].checked = true;
	v->services = s;
	v->service_count = c->service_count;
}

static const char *
language_name(const char *tag)
{
	static const char *const names[][2] = { { "en", "English" }, { "ms", "Bahasa Melayu" },
		{ "zh-Hans", "中文" }, { "zh", "中文" }, { "ta", "தமிழ்" } };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(tag, names[i][0]) == 0)
			return names[i][1];
	return tag;
}

/* "Dr A. Tan (English, 中文)" */
static const char *
doctor_label(struct arena *a, const struct doctor *d)
{
	const char *text = d->name;

	for (size_t i = 0; i < d->languages.n; i++)
		text = arena_printf(a, "%s%s%s", text, i == 0 ? " (" : ", ",
		    language_name(d->languages.v[i]));
	return d->languages.n == 0 ? text : arena_printf(a, "%s)", text);
}

/* Those who can be chosen; where it is not known yet, of all branches. */
static void
fill_doctors(struct view_book *v, const struct clinic *c, const struct answers *a)
{
	struct view_choice *d = ARENA_ARRAY(a->arena, struct view_choice, c->doctor_count + 1);
	struct slot_ask ask = times_ask(c, a);
	size_t n = 0;

	d[n++] = answer_choice(a, "doctor", "", v->t->doctor_any, 0);
	d[0].checked = true;
	for (size_t i = 0; i < c->doctor_count; i++) {
		ask.doctor = &c->doctors[i];
		if (!times_are_kept(c, &ask))
			continue;
		d[n] = answer_choice(a, "doctor", ask.doctor->slug, doctor_label(a->arena, ask.doctor), n);
		if (d[n++].checked)
			d[0].checked = false;
	}
	if (n < 3)
		return;
	v->doctors = d;
	v->doctor_count = n;
}

static void
fill_problems(struct view_book *v, const struct answers *a)
{
	v->title = v->t->title;
	v->problems = answer_problems(a, &v->problem_count);
	if (v->problem_count > 0)
		v->title = arena_printf(a->arena, "%s%s", v->t->error_prefix, v->t->title);
}

const char *
page_emergency(const struct clinic *c)
{
	return strcmp(c->country, "MY") == 0 ? "999" : "995";
}

const char *
page_or_null(const char *s)
{
	return s == NULL || *s == '\0' ? NULL : s;
}

/* "{channel}" in the consent is named after all three: the choice is beside it. */
static const char *
consent_label(struct arena *a, const char *text, int lang)
{
	const char *at = strstr(text, "{channel}");

	if (at == NULL)
		return text;
	return arena_printf(a, "%.*s%s%s", (int)(at - text), text,
	    texts[lang].consent_methods, at + strlen("{channel}"));
}

/* The clinic's languages, each under its own name. */
static void
fill_languages(struct view_book *v, const struct clinic *c, const struct answers *a)
{
	static const char *const names[][2]
	    = { { "en", "English" }, { "ms", "Bahasa Melayu" }, { "zh-Hans", "中文" } };
	struct view_choice *l = ARENA_ARRAY(a->arena, struct view_choice, ARRAY_LEN(names));

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strlist_has(&c->languages, names[i][0]))
			l[v->language_count++] = (struct view_choice){ names[i][0], names[i][1], NULL,
				(int)i == a->lang };
	v->languages = l;
}

static void
fill_asked(struct view_book *v, const struct clinic *c, struct shown *s)
{
	struct slot_ask ask = times_ask(c, &s->a);

	fill_branches(v, c, &s->a);
	fill_services(v, c, &s->a);
	if (times_are_kept(c, &ask))
		fill_doctors(v, c, &s->a);
	times_judge(s);
	times_fill(&v->times, c, s);
	v->may_show_times = times_are_kept(c, &ask)
	    && (v->branch_count > 0 || v->service_count > 0 || v->doctor_count > 0);
}

void
form_send(struct exchange *x, struct shown *s)
{
	const struct clinic *c = x->clinic;
	const struct answers *a = &s->a;
	struct view_book v = { .t = &texts[a->lang],
		.clinic = c->name,
		.phone = page_or_null(c->phone),
		.intro = c->text[a->lang][TEXT_INTRO],
		.notice = c->text[a->lang][TEXT_NOTICE],
		.consent_label = consent_label(a->arena, c->text[a->lang][TEXT_CONSENT], a->lang),
		.consent_version = c->text_version[a->lang][TEXT_CONSENT],
		.emergency = page_emergency(c),
		.form_token = answer(a, "form_token") };

	if (v.form_token == NULL)
		v.form_token = booking_form_token(a->arena, clock_now_ms());
	fill_asked(&v, c, s);
	fill_problems(&v, a);
	fill_choices(&v, a);
	fill_texts(&v, a);
	fill_kept(&v, a);
	fill_languages(&v, c, a);
	page_begin(x->req, s->status);
	page_book(&x->req->reply.body, &v);
	exchange_send(x);
}
