/* SPDX-License-Identifier: MIT */
/* desk.c - the staff's session in the browser, and who may post in its name. */
#include <string.h>

#include "base/err.h"
#include "book/booking.h"
#include "book/staff.h"
#include "web/desk.h"
#include "web/form.h"

#define COOKIE "__Host-session"
#define TOKEN_LEN 24 /* bytes of the MAC that a form carries */

const char *
desk_cookie(const struct req *q)
{
	const char *s = req_field(q, "cookie");
	size_t len = strlen(COOKIE "=");

	while (s != NULL && *s != '\0') {
		size_t n = strcspn(s, ";");

		if (strncmp(s, COOKIE "=", len) == 0)
			return arena_strndup(q->arena, s + len, n - len);
		s += n;
		s += strspn(s, "; ");
	}
	return "";
}

void
desk_set_cookie(struct exchange *x, const char *session)
{
	req_add_field(x->req, "Set-Cookie",
	    session == NULL
		? COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"
		: arena_printf(x->req->arena,
		      COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict", session));
}

const char *
desk_token(struct arena *a, const char *session)
{
	struct secret_key k = secret_derive(&op_keys()->form, "csrf");
	uint8_t mac[SECRET_HASH_LEN];
	char *text = arena_alloc(a, 4 * TOKEN_LEN / 3 + 4);

	secret_mac(&k, session, strlen(session), mac);
	str_base64url(mac, TOKEN_LEN, text);
	return text;
}

bool
desk_post_is_ours(struct exchange *x)
{
	struct form_pairs *pairs = ARENA_NEW(x->req->arena, struct form_pairs);
	const char *site = req_field(x->req, "sec-fetch-site");
	const char *session = desk_cookie(x->req), *token = "";

	if (*session == '\0')
		return true; /* there is nothing to ride on: the sign-in page follows */
	if (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
		return false;
	if (form_pairs_of(x->req, pairs) < 0)
		return false;
	for (size_t i = 0; i < pairs->n; i++)
		if (strcmp(pairs->v[i].name, "csrf") == 0)
			token = pairs->v[i].value;
	return str_same_secret(token, desk_token(x->req->arena, session));
}

static void
touched(struct letter *l)
{
	struct job *j = CONTAINER_OF(l, struct job, letter);

	arena_free(j->arena);
}

void
desk_touch(const char *session)
{
	struct arena *a = arena_new(65536);
	struct sign_cmd *cmd = ARENA_NEW(a, struct sign_cmd);
	struct call *c = call_new(a, &op_session_touch, cmd);

	cmd->login = arena_strdup(a, session);
	c->actor = (struct actor){ ACTOR_SYSTEM, "session", 0, 0 };
	c->job.letter.read = touched;
	c->job.reply_to = web()->mailbox;
	if (call_submit(web()->pool, c) < 0)
		arena_free(a);
}

bool
desk_refused(struct exchange *x, int rc)
{
	if (rc == E_UNAUTHORIZED)
		reply_see_other(x, "/staff/sign-in");
	else if (rc == E_MUST_CHANGE)
		reply_see_other(x, "/staff/password");
	else
		return false;
	exchange_send(x);
	return true;
}

struct view_desk
desk_frame(struct exchange *x, const char *title, const char *here)
{
	const struct call *c = x->call;

	return (struct view_desk){ .title = title,
		.here = here,
		.clinic = x->clinic == NULL ? "" : x->clinic->name,
		.person = c->person,
		.csrf = desk_token(x->req->arena, c->session),
		.conflicts = c->stranded == 0
		    ? "Conflicts"
		    : arena_printf(x->req->arena, "Conflicts (%lld)", (long long)c->stranded),
		.may_create = (c->actor.caps & CAP_CREATE) != 0,
		.may_act = (c->actor.caps & CAP_ACT) != 0 };
}
