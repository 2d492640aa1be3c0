/* SPDX-License-Identifier: MIT */
/*
 * page_book.c - the booking page and its post.
 *
 * GET changes nothing. A post that is stored leads away by 303, so that reload
 * and back never send it twice; one that is refused comes back as the same page
 * with every answer in its place.
 */
#include <string.h>

#include "base/clock.h"
#include "book/booking.h"
#include "pages.h"
#include "web/form.h"
#include "web/handlers.h"
#include "web/page.h"

/* ---- the form ---- */

/* The answers given so far and what was wrong with them. */
struct answers {
	struct arena *arena;
	const struct form_pairs *pairs; /* may be empty */
	const struct problems *problems; /* may be NULL */
	int lang;			 /* 0 en, 1 ms, 2 zh-Hans */
};

static const char *
answer(const struct answers *a, const char *name)
{
	for (size_t i = 0; i < a->pairs->n; i++)
		if (strcmp(a->pairs->v[i].name, name) == 0
		    && str_utf8_valid(a->pairs->v[i].value, a->pairs->v[i].value_len))
			return a->pairs->v[i].value;
	return NULL;
}

static bool
has_answer(const struct answers *a, const char *name, const char *value)
{
	for (size_t i = 0; i < a->pairs->n; i++)
		if (strcmp(a->pairs->v[i].name, name) == 0 && strcmp(a->pairs->v[i].value, value) == 0)
			return true;
	return false;
}

/* The words beside a field; those of a list's elements too. */
static const char *
error_of(const struct answers *a, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; a->problems != NULL && i < a->problems->n; i++) {
		const char *field = a->problems->v[i].field;

		if (strncmp(field, name, len) == 0 && (field[len] == '\0' || field[len] == '['))
			return a->problems->v[i].message;
	}
	return NULL;
}

/* The ids of what explains a field: its hint, its error. */
static const char *
described_by(const struct answers *a, const char *name, bool hint)
{
	const char *error = error_of(a, name) == NULL ? "" : arena_printf(a->arena, "%s-error", name);

	if (!hint)
		return *error == '\0' ? NULL : error;
	return arena_printf(a->arena, "%s-hint%s%s", name, *error == '\0' ? "" : " ", error);
}

static struct view_text
text_of(const struct answers *a, const char *name, bool hint)
{
	return (struct view_text){ answer(a, name), error_of(a, name), described_by(a, name, hint) };
}

static struct view_choice
choice(const struct answers *a, const char *name, const char *value, const char *label, size_t i)
{
	return (struct view_choice){ value, label,
		i == 0 ? name : arena_printf(a->arena, "%s-%zu", name, i),
		has_answer(a, name, value) };
}

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
		v[i] = choice(a, name, rows[i].value, word_text(&rows[i], a->lang), i);
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
			v[*ret_n] = choice(a, name, t->terms[i].slug, t->terms[i].form_label[a->lang], *ret_n);
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
	v->concerns_error = error_of(a, "concerns");
	v->method_error = error_of(a, "contact_method");
	v->age_error = error_of(a, "age_18_or_over");
	v->consent_error = error_of(a, "consent");
	v->branch_error = error_of(a, "branch");
	v->consent = has_answer(a, "consent", "yes");
}

static void
fill_texts(struct view_book *v, const struct answers *a)
{
	v->full_name = text_of(a, "full_name", false);
	v->tel = text_of(a, "phone", true);
	v->email = text_of(a, "email", false);
	v->guardian_name = text_of(a, "guardian_name", false);
	v->guardian_phone = text_of(a, "guardian_phone", false);
	v->guardian_relation = text_of(a, "guardian_relation", false);
	v->note = text_of(a, "note", true);
	v->guardian_open = has_answer(a, "age_18_or_over", "no") || v->guardian_name.error != NULL
	    || v->guardian_phone.error != NULL || v->guardian_relation.error != NULL;
	v->article = answer(a, "article");
	v->page = answer(a, "page");
	v->return_url = answer(a, "return_url");
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

	for (size_t i = v->branch_count > 0 ? 1 : 0; i < ARRAY_LEN(names); i++) {
		const char *text = answer(a, names[i]);

		if (text != NULL && error_of(a, names[i]) == NULL)
			kept[v->kept_count++] = (struct view_row){ names[i], text };
	}
	v->kept = kept;
}

static void
fill_branches(struct view_book *v, const struct clinic *c, const struct answers *a)
{
	struct view_choice *b = ARENA_ARRAY(a->arena, struct view_choice, c->branch_count);

	if (c->branch_count < 2)
		return;
	for (size_t i = 0; i < c->branch_count; i++)
		b[i] = choice(a, "branch", c->branches[i].slug, c->branches[i].name, i);
	v->branches = b;
	v->branch_count = c->branch_count;
}

static void
fill_problems(struct view_book *v, const struct answers *a)
{
	struct view_problem *p;

	v->title = v->t->title;
	if (a->problems == NULL || a->problems->n == 0)
		return;
	p = ARENA_ARRAY(a->arena, struct view_problem, a->problems->n);
	for (size_t i = 0; i < a->problems->n; i++) {
		const char *field = a->problems->v[i].field;

		p[i].anchor = arena_strndup(a->arena, field, strcspn(field, "["));
		p[i].message = a->problems->v[i].message;
	}
	v->title = arena_printf(a->arena, "%s%s", v->t->error_prefix, v->t->title);
	v->problems = p;
	v->problem_count = a->problems->n;
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
send_form(struct exchange *x, int status, const struct answers *a)
{
	const struct clinic *c = x->clinic;
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
	fill_problems(&v, a);
	fill_choices(&v, a);
	fill_texts(&v, a);
	fill_branches(&v, c, a);
	fill_kept(&v, a);
	fill_languages(&v, c, a);
	page_begin(x->req, status);
	page_book(&x->req->reply.body, &v);
	exchange_send(x);
}

static int
language_of(const struct answers *a, const char *name)
{
	const char *tag = answer(a, name);

	return tag == NULL ? 0 : clinic_language(tag);
}

void
book_page(struct exchange *x)
{
	struct form_pairs *pairs = ARENA_NEW(x->req->arena, struct form_pairs);
	struct answers a = { x->req->arena, pairs, NULL, 0 };

	if (x->clinic == NULL) {
		exchange_error(x, E_UNAVAILABLE);
		return;
	}
	form_urlencoded(x->req->arena, x->req->query, strlen(x->req->query), pairs);
	a.lang = language_of(&a, "lang");
	/* An article's link may say where it came from; nothing else is taken from a URL. */
	for (size_t i = 0; i < pairs->n; i++)
		if (strcmp(pairs->v[i].name, "article") != 0)
			pairs->v[i].name = "";
	send_form(x, 200, &a);
}

/* ---- its post ---- */

/* The pairs of the post; a tick is ours however the form it came from spells it. */
static int
pairs_of(struct req *q, struct form_pairs *pairs)
{
	static const char *const ticks[] = { "consent", "age_18_or_over" };
	static const char *const words[][2] = { { "on", "yes" }, { "true", "yes" }, { "1", "yes" },
		{ "off", "no" }, { "false", "no" }, { "0", "no" } };
	int rc = form_pairs_of(q, pairs);

	for (size_t i = 0; i < pairs->n; i++) {
		struct form_pair *p = &pairs->v[i];

		if (strcmp(p->name, ticks[0]) != 0 && strcmp(p->name, ticks[1]) != 0)
			continue;
		for (size_t w = 0; w < ARRAY_LEN(words); w++)
			if (strcmp(p->value, words[w][0]) == 0)
				p->value = words[w][1];
	}
	return rc;
}

/* Where a form of another page asked to be sent: only where the configuration says. */
static const char *
return_url(const struct exchange *x)
{
	const struct booking_form *f = x->call->cmd;

	if (f->return_url != NULL && strlist_has(&x->req->conf->public_return_urls, f->return_url))
		return f->return_url;
	return NULL;
}

static void
render_posted(struct exchange *x)
{
	const struct booking_answer *ans = x->call->res;
	const char *elsewhere = return_url(x);

	if (wants_json(x->req)) {
		obuf_puts(reply_json(x, 201), ans->json);
		exchange_send(x);
		return;
	}
	reply_see_other(x,
	    elsewhere != NULL ? elsewhere : arena_printf(x->req->arena, "/b/%s", ans->token));
	exchange_send(x);
}

static void
refuse_posted(struct exchange *x, int rc)
{
	struct form_pairs *pairs = ARENA_NEW(x->req->arena, struct form_pairs);
	struct answers a = { x->req->arena, pairs, &x->call->problems, 0 };

	if (rc == E_INVALID && !wants_json(x->req) && pairs_of(x->req, pairs) == 0) {
		a.lang = language_of(&a, "lang");
		send_form(x, 422, &a);
		return;
	}
	exchange_refuse(x, rc);
}

/* The form again in another language, answers kept, nothing judged or stored. */
static bool
switched_language(struct exchange *x, struct problems *p)
{
	struct form_pairs *pairs = ARENA_NEW(x->req->arena, struct form_pairs);
	struct answers a = { x->req->arena, pairs, NULL, 0 };

	if (x->clinic == NULL || pairs_of(x->req, pairs) < 0)
		return false;
	p->language = language_of(&a, "lang"); /* of what is said of a post, too */
	if (answer(&a, "switch_lang") == NULL)
		return false;
	a.lang = language_of(&a, "switch_lang");
	send_form(x, 200, &a);
	return true;
}

void
book_post(struct exchange *x)
{
	struct booking_form *f = ARENA_NEW(x->req->arena, struct booking_form);
	struct call *c = exchange_call(x, &op_booking_create, f);
	int rc;

	if (switched_language(x, &c->problems))
		return;
	rc = x->clinic == NULL ? E_UNAVAILABLE
			       : decode_form(x->req, &booking_fields, f, &c->problems);
	if (rc < 0) {
		exchange_error(x, rc);
		return;
	}
	f->from_form = true;
	f->public_url = x->req->conf->server_public_url;
	booking_check(f, x->clinic, &c->problems, false);
	if (c->problems.n > 0 && c->key == NULL) {
		refuse_posted(x, E_INVALID);
		return;
	}
	if (c->problems.n == 0)
		spam_judge(x, f);
	x->refuse = refuse_posted;
	exchange_submit(x, render_posted);
}
