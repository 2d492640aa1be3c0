/* SPDX-License-Identifier: MIT */
/* api_catalogue.c - what a form can offer, in three languages: concerns, branches,
 * services, doctors. */
#include <string.h>

#include "base/err.h"
#include "base/secret.h"
#include "web/handlers.h"

struct catalogue_cmd {
	const char *lang;
};

static const struct field rows[] = { FIELD(catalogue_cmd, lang, NULL, LINE, 0, 20, NULL, 0) };
static const struct fields catalogue_fields = FIELDS(rows);

static int
language_of(struct exchange *x)
{
	struct catalogue_cmd cmd;
	struct problems ignored = { .arena = x->req->arena };

	decode_query(x->req, &catalogue_fields, &cmd, &ignored, false);
	return cmd.lang == NULL ? 0 : clinic_language(cmd.lang);
}

/* 304 when the client has this very text. */
static void
send_with_etag(struct exchange *x)
{
	struct reply *r = &x->req->reply;
	const char *have = req_field(x->req, "if-none-match");
	uint8_t hash[SECRET_HASH_LEN];
	char hex[2 * SECRET_HASH_LEN + 1];
	const char *etag;

	secret_hash(r->body.data, r->body.len, hash);
	str_hex(hash, 16, hex);
	etag = arena_printf(x->req->arena, "\"%.32s\"", hex);
	req_add_field(x->req, "ETag", etag);
	cors_allow(x);
	if (have != NULL && strstr(have, etag) != NULL) {
		r->status = 304;
		r->content_type = NULL;
		obuf_reset(&r->body);
	}
	exchange_send(x);
}

static void
terms_json(struct obuf *o, const char *key, enum term_kind kind, int lang)
{
	const struct taxonomy *t = taxonomy_get();

	obuf_json_key(o, key);
	obuf_json_open(o, '[');
	for (size_t i = 0; i < t->term_count; i++) {
		if (t->terms[i].kind != kind || !t->terms[i].on_form)
			continue;
		obuf_json_open(o, '{');
		obuf_json_kstr(o, "slug", t->terms[i].slug);
		obuf_json_kstr(o, "label", t->terms[i].label[lang]);
		obuf_json_kstr(o, "form_label", t->terms[i].form_label[lang]);
		obuf_json_close(o, '}');
	}
	obuf_json_close(o, ']');
}

void
api_concerns(struct exchange *x)
{
	static const char *const tags[] = { "en", "ms", "zh-Hans" };
	int lang = language_of(x);
	struct obuf *o = reply_json(x, 200);

	obuf_json_open(o, '{');
	obuf_json_kstr(o, "language", tags[lang]);
	terms_json(o, "concerns", TERM_CONCERN, lang);
	terms_json(o, "reasons", TERM_REASON, lang);
	obuf_json_close(o, '}');
	send_with_etag(x);
}

/* {"KEY":[...]} of the clinic; NULL: there is none, and that was answered. */
static struct obuf *
begin_list(struct exchange *x, const char *key)
{
	struct obuf *o;

	if (x->clinic == NULL) {
		exchange_error(x, E_UNAVAILABLE);
		return NULL;
	}
	o = reply_json(x, 200);
	obuf_json_open(o, '{');
	obuf_json_key(o, key);
	obuf_json_open(o, '[');
	return o;
}

static void
end_list(struct exchange *x, struct obuf *o)
{
	obuf_json_close(o, ']');
	obuf_json_close(o, '}');
	send_with_etag(x);
}

void
api_branches(struct exchange *x)
{
	struct obuf *o;

	if ((o = begin_list(x, "branches")) == NULL)
		return;
	for (size_t i = 0; i < x->clinic->branch_count; i++) {
		const struct branch *b = &x->clinic->branches[i];

		obuf_json_open(o, '{');
		obuf_json_kstr(o, "slug", b->slug);
		obuf_json_kstr(o, "name", b->name);
		obuf_json_kstr(o, "address", b->address);
		obuf_json_kstr(o, "time_zone", zone_name(b->hours.zone));
		obuf_json_close(o, '}');
	}
	end_list(x, o);
}

void
api_services(struct exchange *x)
{
	int lang = language_of(x);
	struct obuf *o;

	if ((o = begin_list(x, "services")) == NULL)
		return;
	for (size_t i = 0; i < x->clinic->service_count; i++) {
		const struct service *s = &x->clinic->services[i];

		obuf_json_open(o, '{');
		obuf_json_kstr(o, "slug", s->slug);
		obuf_json_kstr(o, "name", s->name[lang]);
		obuf_json_kint(o, "minutes", s->minutes);
		obuf_json_close(o, '}');
	}
	end_list(x, o);
}

/* Where a doctor ever works. */
static struct strlist
branches_of(struct arena *a, const struct clinic *c, const struct doctor *d)
{
	struct strlist l = { 0 };

	for (size_t i = 0; i < d->work_count + d->extra_count; i++) {
		size_t b = i < d->work_count ? d->work[i].branch : d->extra[i - d->work_count].branch;

		if (!strlist_has(&l, c->branches[b].slug))
			strlist_add(&l, a, c->branches[b].slug);
	}
	return l;
}

void
api_doctors(struct exchange *x)
{
	struct obuf *o;

	if ((o = begin_list(x, "doctors")) == NULL)
		return;
	for (size_t i = 0; i < x->clinic->doctor_count; i++) {
		const struct doctor *d = &x->clinic->doctors[i];
		struct strlist branches = branches_of(x->req->arena, x->clinic, d);

		if (!d->active)
			continue;
		obuf_json_open(o, '{');
		obuf_json_kstr(o, "slug", d->slug);
		obuf_json_kstr(o, "name", d->name);
		obuf_json_kstr(o, "credentials", d->credentials);
		obuf_json_kwords(o, "languages", &d->languages);
		obuf_json_kwords(o, "services", &d->services);
		obuf_json_kwords(o, "branches", &branches);
		obuf_json_close(o, '}');
	}
	end_list(x, o);
}
