/* SPDX-License-Identifier: MIT */
/*
 * page_request.c - one request on the desk.
 *
 * The page shows what the API says of a request: it reads the same document, so
 * that what is masked there is masked here. Its appointment is page_visit.c's, its
 * buttons are page_act.c's.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "book/booking.h"
#include "pages.h"
#include "web/desk.h"
#include "web/handlers.h"
#include "web/page.h"

#define FACTS_MAX 32
#define OTHERS_MAX 50

/* What of a page is in the making. */
struct making {
	struct exchange *x;
	struct arena *a;
	json_t *doc;
	const struct zone *zone;
	struct view_request v;
	struct view_row *facts;
};

const char *
desk_text_of(struct arena *a, const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));

	return s == NULL || *s == '\0' ? NULL : arena_strdup(a, s);
}

int64_t
desk_ms_of(const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));
	int64_t ms;

	return s != NULL && rfc3339_parse(s, &ms) ? ms : 0;
}

struct strlist
desk_words_of(struct arena *a, const json_t *object, const char *name)
{
	struct strlist words = { 0 };
	size_t i;
	json_t *item;

	json_array_foreach(json_object_get(object, name), i, item)
		if (json_is_string(item))
			strlist_add(&words, a, arena_strdup(a, json_string_value(item)));
	return words;
}

static const char *
text_of(const struct making *m, const json_t *object, const char *name)
{
	return desk_text_of(m->a, object, name);
}

static const char *
word_of(const struct making *m, const json_t *object, const char *name)
{
	return desk_word(m->a, text_of(m, object, name));
}

static const char *
time_of(const struct making *m, const json_t *object, const char *name)
{
	int64_t ms = desk_ms_of(object, name);

	return ms == 0 ? NULL : desk_time(m->a, m->zone, ms);
}

static void
fact(struct making *m, const char *label, const char *text)
{
	if (text != NULL && m->v.fact_count < FACTS_MAX)
		m->facts[m->v.fact_count++] = (struct view_row){ label, text };
}

static const char *
list_of(const struct making *m, const char *name)
{
	return desk_word_list(m->a, json_object_get(m->doc, name));
}

/* Tags of a kind by who says so: "patient: Oily skin; text: Acne scars?". */
static const char *
tags_of(const struct making *m, const char *kind, const char *source)
{
	const char *text = NULL;
	size_t i;
	json_t *tag;

	json_array_foreach(json_object_get(m->doc, "tags"), i, tag)
	{
		const char *slug = json_string_value(json_object_get(tag, "slug"));
		const struct term *t = NULL;

		if (strcmp(json_string_value(json_object_get(tag, "kind")), kind) != 0 ||
		    strcmp(json_string_value(json_object_get(tag, "source")), source) !=
			0)
			continue;
		for (int k = 0; t == NULL && k < TERM_KINDS; k++)
			t = taxonomy_find(taxonomy_get(), (enum term_kind)k, slug);
		if (t != NULL)
			text = text == NULL
				   ? t->label[0]
				   : arena_printf(m->a, "%s, %s", text, t->label[0]);
	}
	return text;
}

/* How the patient agreed, in a sentence; of several times, the last. */
static const char *
consent_of(const struct making *m)
{
	static const char *const bases[][2] = { { "verbal", "The patient agreed verbally" },
		{ "form", "Ticked on our form" }, { "host-page", "Ticked on the website’s own form" } };
	const json_t *all = json_object_get(m->doc, "consent");
	const json_t *last = json_array_get(all, json_array_size(all) - 1);
	const char *basis = text_of(m, last, "basis"), *at = time_of(m, last, "at");

	for (size_t i = 0; basis != NULL && at != NULL && i < ARRAY_LEN(bases); i++)
		if (strcmp(basis, bases[i][0]) == 0)
			return arena_printf(m->a, "%s, %s", bases[i][1], at);
	return NULL;
}

static void
fill_facts(struct making *m)
{
	const json_t *d = m->doc;

	m->facts = ARENA_ARRAY(m->a, struct view_row, FACTS_MAX);
	m->v.facts = m->facts;
	if (json_is_true(json_object_get(d, "for_minor"))) {
		fact(m, "Under 18: guardian", text_of(m, d, "guardian_name"));
		fact(m, "Guardian’s phone", text_of(m, d, "guardian_phone"));
		fact(m, "Related as", text_of(m, d, "guardian_relation"));
	}
	fact(m, "Attention (from the text, unchecked)", tags_of(m, "flag", "text"));
	fact(m, "Attention, by staff", tags_of(m, "flag", "staff"));
	fact(m, "Concerns, ticked", tags_of(m, "concern", "patient"));
	fact(m, "Concerns, from the text (unchecked)", tags_of(m, "concern", "text"));
	fact(m, "Concerns, by staff", tags_of(m, "concern", "staff"));
	fact(m, "Concern of the article they read", tags_of(m, "concern", "article"));
	fact(m, "Reasons", tags_of(m, "reason", "patient"));
	fact(m, "Reasons that follow from the concerns", tags_of(m, "reason", "derived"));
	fact(m, "Reasons, from the text (unchecked)", tags_of(m, "reason", "text"));
	fact(m, "Reasons, by staff", tags_of(m, "reason", "staff"));
	fact(m, "Treatments named in the text", tags_of(m, "option", "text"));
	fact(m, "Phone", text_of(m, d, "phone"));
	fact(m, "Email", text_of(m, d, "email"));
	fact(m, "Wants to be reached by", word_of(m, d, "contact_method"));
	fact(m, "Best time to call", text_of(m, d, "best_time_to_call"));
	fact(m, "Language", word_of(m, d, "language"));
	fact(m, "Days", list_of(m, "preferred_days"));
	fact(m, "Times of day", list_of(m, "preferred_parts"));
	if (desk_ms_of(d, "starts_at") == 0)
		fact(m, "Doctor asked for", desk_doctor(m->x->clinic, text_of(m, d, "doctor")));
	fact(m, "Visited before (own account)", word_of(m, d, "visited_before"));
	fact(m, "Received", time_of(m, d, "received_at"));
	fact(m, "Answer due", time_of(m, d, "respond_by"));
	fact(m, "Came by", word_of(m, d, "channel"));
	fact(m, "Page", text_of(m, json_object_get(d, "source"), "page"));
	fact(m, "Consent", consent_of(m));
}

/* Links to reach the patient, or whoever answers for a child: no word about skin in
 * any of them. */
static void
fill_links(struct making *m)
{
	bool minor = json_is_true(json_object_get(m->doc, "for_minor"));
	const char *phone = text_of(m, m->doc, minor ? "guardian_phone" : "phone"),
		   *email = text_of(m, m->doc, "email");
	struct view_link *l = ARENA_ARRAY(m->a, struct view_link, 3);

	m->v.links = l;
	if (phone != NULL && phone[0] == '+') {
		if (!phone_is_landline(phone))
			l[m->v.link_count++] = (struct view_link){
				arena_printf(m->a, "https://wa.me/%s", phone + 1),
				minor ? "WhatsApp the guardian" : "WhatsApp"
			};
		l[m->v.link_count++] =
		    (struct view_link){ arena_printf(m->a, "tel:%s", phone),
			    minor ? "Call the guardian" : "Call" };
	}
	if (email != NULL && strchr(email, '@') != NULL)
		l[m->v.link_count++] =
		    (struct view_link){ arena_printf(m->a, "mailto:%s", email), "Email" };
}

static void
fill_others(struct making *m)
{
	struct view_link *v = ARENA_ARRAY(m->a, struct view_link, OTHERS_MAX);
	size_t i;
	json_t *o;

	m->v.others = v;
	json_array_foreach(json_object_get(m->doc, "others"), i, o)
	{
		const char *reference = text_of(m, o, "reference");

		if (m->v.other_count == OTHERS_MAX)
			break;
		v[m->v.other_count++] = (struct view_link){
			arena_printf(m->a, "/staff/bookings/%s", reference),
			arena_printf(m->a, "%s, %s, %s%s", reference,
			    text_of(m, o, "status"), time_of(m, o, "received_at"),
			    json_is_true(json_object_get(o, "linked")) ? " (sent twice)"
								       : "")
		};
	}
}

static const struct view_choice *
words(struct making *m, const char *action, const char *field, size_t *ret_n)
{
	const struct fields *fs = act_fields(action);
	struct view_choice *v = ARENA_ARRAY(m->a, struct view_choice, 16);

	for (size_t i = 0; i < fs->n; i++)
		if (strcmp(fs->v[i].name, field) == 0)
			for (const char *const *c = fs->v[i].choices; *c != NULL; c++)
				v[(*ret_n)++] =
				    (struct view_choice){ *c, desk_word(m->a, *c), NULL, false };
	return v;
}

static void
fill_acts(struct making *m)
{
	int at = status_from_name(m->v.status);
	enum status s = at < 0 ? STATUS_ERASED : (enum status)at;

	m->v.channels = words(m, "contact", "channel", &m->v.channel_count);
	m->v.outcomes = words(m, "contact", "outcome", &m->v.outcome_count);
	m->v.close_reasons = words(m, "close", "reason", &m->v.close_count);
	m->v.cancel_reasons = words(m, "cancel", "reason", &m->v.cancel_count);
	m->v.may_contact = s != STATUS_SPAM && s != STATUS_ERASED;
	m->v.may_close = status_may_become(s, STATUS_CLOSED);
	m->v.may_cancel = status_may_become(s, STATUS_CANCELLED);
	m->v.may_reopen = s == STATUS_CLOSED;
	m->v.may_spam = status_may_become(s, STATUS_SPAM);
	m->v.may_not_spam = s == STATUS_SPAM;
}

static int64_t
number_of(const struct exchange *x)
{
	const struct booking_detail *d = x->call->res;

	return d->n;
}

static void
render_request(struct exchange *x)
{
	const struct booking_detail *d = x->call->res;
	const struct desk_shown *shown = x->state;
	struct making m = {
		.x = x, .a = x->req->arena, .doc = json_loads(d->json, 0, NULL)
	};
	const char *branch = json_string_value(json_object_get(m.doc, "branch"));
	const struct branch *b = branch == NULL ? NULL : clinic_branch(x->clinic, branch);

	m.zone = b == NULL ? x->clinic->zone : b->hours.zone;
	m.v.desk = desk_frame(x, "Request", "");
	m.v.reference = text_of(&m, m.doc, "reference");
	m.v.name = text_of(&m, m.doc, "full_name");
	m.v.status = text_of(&m, m.doc, "status");
	m.v.version = arena_printf(m.a, "%lld", (long long)d->version);
	m.v.note = text_of(&m, m.doc, "note");
	m.v.note_lang = text_of(&m, m.doc, "language");
	m.v.error = shown->error;
	fill_facts(&m);
	fill_links(&m);
	desk_fill_history(&m.v, x, m.doc, m.zone);
	fill_others(&m);
	fill_acts(&m);
	desk_fill_visit(&m.v.visit, x, m.doc, m.zone, shown);
	json_decref(m.doc);
	page_begin(x->req, m.v.error == NULL ? 200 : 409);
	page_request(&x->req->reply.body, &m.v);
	exchange_send(x);
}

void
desk_show_request(struct exchange *x, const struct desk_shown *shown)
{
	struct booking_read_cmd *cmd = ARENA_NEW(x->req->arena, struct booking_read_cmd);

	cmd->reference = x->param[0];
	exchange_call(x, &op_booking_read, cmd);
	x->state = (void *)(uintptr_t)shown;
	x->audit_n = number_of;
	x->refuse = NULL;
	exchange_submit(x, render_request);
}

void
desk_request(struct exchange *x)
{
	static const struct desk_shown nothing;

	if (x->clinic == NULL)
		exchange_error(x, E_UNAVAILABLE);
	else
		desk_show_request(x, &nothing);
}
