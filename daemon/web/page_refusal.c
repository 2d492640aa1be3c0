/* SPDX-License-Identifier: MIT */
/*
 * page_refusal.c - a refusal or failure as a page: to patients in their language,
 * to the staff in the words of err.def. Both are led back to where they belong.
 */
#include <string.h>

#include "pages.h"
#include "web/language.h"
#include "web/page.h"

/* What patients are told of an error, by its machine name; what is not here could
 * not be read. To add one: two rows of text.def, and a row. */
struct told {
	const char *name;
	size_t title, sentence; /* members of struct texts */
};
#define TOLD(name, text)                                                                 \
	{ name, offsetof(struct texts, text##_title), offsetof(struct texts, text) }

static const struct told rows[] = {
	TOLD("internal", refused_internal),
	TOLD("unavailable", refused_unavailable),
	TOLD("unknown_outcome", refused_unknown),
	TOLD("unauthorized", refused_key),
	TOLD("forbidden", refused_here),
	TOLD("not_found", refused_not_found),
	TOLD("method_not_allowed", refused_method),
	TOLD("timeout", refused_timeout),
	TOLD("conflict", refused_conflict),
	TOLD("too_large", refused_too_large),
	TOLD("uri_too_long", refused_too_large),
	TOLD("head_too_large", refused_too_large),
	TOLD("misdirected", refused_misdirected),
	TOLD("rate_limited", refused_rate),
	TOLD(NULL, refused_malformed),
};

static const char *
text_at(const struct texts *t, size_t offset)
{
	return *(const char *const *)(const void *)((const char *)t + offset);
}

/* An address of the desk, asked for where the desk is. */
static bool
is_desk(const struct req *q)
{
	if (q->path == NULL || q->conf == NULL)
		return false;
	if (q->door != DOOR_STAFF && q->conf->staff_listen.n > 0)
		return false;
	return strncmp(q->path, "/staff", 6) == 0 && (q->path[6] == '/' || q->path[6] == '\0');
}

/* Where the form is; from a name that is not ours, by our own. */
static const char *
form_address(struct req *q, const struct err_row *row, int lang)
{
	const char *base = row->status == 421 && q->conf != NULL ? q->conf->server_public_url : "";

	return arena_printf(q->arena, "%s/%s%s", base, lang == 0 ? "" : "?lang=",
	    lang == 0 ? "" : texts[lang].lang);
}

void
page_error(struct req *q, const struct err_row *row, const char *detail)
{
	const struct told *told = rows;
	const struct texts *t;
	int lang;

	q->reply.content_type = "text/html; charset=utf-8";
	q->reply.csp = page_policy(q);
	if (is_desk(q)) {
		page_refusal(&q->reply.body, "en", row->title,
		    detail != NULL ? detail : row->sentence, "/staff/", "Back to the console");
		return;
	}
	while (told->name != NULL && strcmp(told->name, row->name) != 0)
		told++;
	lang = language_of_reader(q);
	t = &texts[lang];
	page_refusal(&q->reply.body, t->lang, text_at(t, told->title),
	    detail != NULL && lang == 0 ? detail : text_at(t, told->sentence),
	    form_address(q, row, lang), t->refused_back);
}

/* A route says for whom it is; where there is none, the client does. */
bool
page_is_wanted(const struct req *q, const struct route *r)
{
	const char *accept = req_field(q, "accept");

	if (r != NULL)
		return (r->flags & ROUTE_PAGE) && !wants_json(q);
	if (q->path != NULL && strncmp(q->path, "/api/", 5) == 0)
		return false;
	return accept != NULL && strstr(accept, "text/html") != NULL;
}
