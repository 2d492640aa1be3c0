/* SPDX-License-Identifier: MIT */
/*
 * page_request.c - one request on the desk, and the acts of its page.
 *
 * The page shows what the API says of a request: it reads the same document, so
 * that what is masked there is masked here. An act's form carries the version it
 * was made for; one that came too late changes nothing and says so.
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
#define EVENTS_MAX 200
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

/* A member as text in the arena; NULL when it is absent, null or empty. */
static const char *
text_of(const struct making *m, const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));

	return s == NULL || *s == '\0' ? NULL : arena_strdup(m->a, s);
}

static const char *
word_of(const struct making *m, const json_t *object, const char *name)
{
	return desk_word(m->a, text_of(m, object, name));
}

static const char *
time_of(const struct making *m, const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));
	int64_t ms;

	return s != NULL && rfc3339_parse(s, &ms) ? desk_time(m->a, m->zone, ms) : NULL;
}

static void
fact(struct making *m, const char *label, const char *text)
{
	if (text != NULL && m->v.fact_count < FACTS_MAX)
		m->facts[m->v.fact_count++] = (struct view_row){ label, text };
}

/* The words of a list with commas between; NULL when there are none. */
static const char *
list_text(const struct making *m, const json_t *list)
{
	const char *text = NULL;
	size_t i;
	json_t *item;

	json_array_foreach(list, i, item)
	{
		const char *s = desk_word(m->a, json_string_value(item));

		text = text == NULL ? arena_strdup(m->a, s)
				    : arena_printf(m->a, "%s, %s", text, s);
	}
	return text;
}

static const char *
list_of(const struct making *m, const char *name)
{
	return list_text(m, json_object_get(m->doc, name));
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
	fact(m, "Doctor asked for", text_of(m, d, "doctor"));
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

/* What an event did: "closed: price", "contacted". */
static const char *
event_text(const struct making *m, const json_t *e)
{
	const char *kind = text_of(m, e, "kind"), *reason = text_of(m, e, "reason");

	return reason == NULL ? kind : arena_printf(m->a, "%s: %s", kind, reason);
}

static const char *
detail_text(const struct making *m, const json_t *e)
{
	const json_t *detail = json_object_get(e, "detail");
	const json_t *old = json_object_get(detail, "old");
	const char *text = text_of(m, detail, "text"), *key;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)old, key, v)
	{
		const char *was = json_is_string(v) ? json_string_value(v) : list_text(m, v);

		was = was == NULL ? "-" : was;
		text = arena_printf(m->a, "%s%s%s was: %s", text == NULL ? "" : text,
		    text == NULL ? "" : "\n", desk_word(m->a, key), was);
	}
	return text;
}

static void
fill_events(struct making *m)
{
	struct view_event *v = ARENA_ARRAY(m->a, struct view_event, EVENTS_MAX);
	size_t i;
	json_t *e;

	m->v.events = v;
	json_array_foreach(json_object_get(m->doc, "history"), i, e)
	{
		if (m->v.event_count == EVENTS_MAX)
			break;
		v[m->v.event_count++] = (struct view_event){ time_of(m, e, "at"),
			event_text(m, e), text_of(m, e, "actor"), detail_text(m, e) };
	}
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
	m.v.error = x->state;
	fill_facts(&m);
	fill_links(&m);
	fill_events(&m);
	fill_others(&m);
	fill_acts(&m);
	json_decref(m.doc);
	page_begin(x->req, m.v.error == NULL ? 200 : 409);
	page_request(&x->req->reply.body, &m.v);
	exchange_send(x);
}

/* error: why an act was refused, told on the page it came from; NULL: just look. */
static void
show_request(struct exchange *x, const char *error)
{
	struct booking_read_cmd *cmd = ARENA_NEW(x->req->arena, struct booking_read_cmd);

	cmd->reference = x->param[0];
	exchange_call(x, &op_booking_read, cmd);
	x->state = (void *)(uintptr_t)error;
	x->audit_n = number_of;
	x->refuse = NULL;
	exchange_submit(x, render_request);
}

void
desk_request(struct exchange *x)
{
	if (x->clinic == NULL)
		exchange_error(x, E_UNAVAILABLE);
	else
		show_request(x, NULL);
}

/* ---- acts ---- */

static void
render_acted(struct exchange *x)
{
	reply_see_other(
	    x, strcmp(x->param[1], "not-spam") == 0
		   ? "/staff/spam"
		   : arena_printf(x->req->arena, "/staff/bookings/%s", x->param[0]));
	exchange_send(x);
}

static void
refuse_act(struct exchange *x, int rc)
{
	const char *why = err_row(rc)->sentence;

	if (rc == E_INVALID && x->call->problems.n > 0)
		why = x->call->problems.v[0].message;
	else if (rc == E_CONFLICT && x->call->conflict != NULL)
		why = x->call->conflict;
	else if (rc == E_VERSION_MISMATCH)
		why = "Somebody changed this request meanwhile. Here is how it is now.";
	if (rc == E_NOT_FOUND || rc == E_FORBIDDEN || err_row(rc)->status >= 500) {
		problem_reply(x->req, x->route, rc, NULL, NULL);
		exchange_send(x);
		return;
	}
	show_request(x, why);
}

struct version_form {
	int64_t version;
};

static const struct field version_rows[] = { FIELD(
    version_form, version, NULL, INT, 1, INT64_MAX, NULL, 0) };
static const struct fields version_fields = FIELDS(version_rows);

void
desk_act(struct exchange *x)
{
	struct act_cmd *cmd = ARENA_NEW(x->req->arena, struct act_cmd);
	const struct fields *fields = act_fields(x->param[1]);
	struct version_form version;
	struct problems ignored = { .arena = x->req->arena };
	struct call *c;
	int rc;

	if (x->clinic == NULL || fields == NULL) {
		exchange_error(x, fields == NULL ? E_NOT_FOUND : E_UNAVAILABLE);
		return;
	}
	c = exchange_call(x, &op_booking_act, cmd);
	rc = decode_form(x->req, fields, cmd, &c->problems);
	if (rc == 0)
		rc = decode_form(x->req, &version_fields, &version, &ignored);
	if (rc < 0) {
		exchange_error(x, rc);
		return;
	}
	cmd->reference = x->param[0];
	cmd->action = x->param[1];
	/* The spam list rescues by one key: it shows no version to go stale. */
	cmd->if_match = version.version;
	cmd->any_version =
	    strcmp(x->param[1], "not-spam") == 0 && version.version == FIELD_ABSENT;
	x->refuse = refuse_act;
	exchange_submit(x, render_acted);
}
