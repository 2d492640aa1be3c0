/* SPDX-License-Identifier: MIT */
/*
 * page_sign.c - signing in, out, and a password of one's own.
 *
 * Two operations with argon2id between them: the password is verified on threads
 * of its own, an unknown login by the same work as a known one. Failures are
 * counted per login and per address; past the limit nothing is even tried.
 */
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "book/admin.h"
#include "book/staff.h"
#include "pages.h"
#include "web/desk.h"
#include "web/handlers.h"
#include "web/page.h"

/* ---- how often somebody may try ---- */

#define TRIES 5 /* wrong ones, before there is a pause */
#define PAUSE_FIRST_MS 30000
#define PAUSE_MAX_MS (15 * MINUTE_MS)
#define ROWS 4096 /* fixed: a flood of logins takes over old rows, no memory */

static struct tries {
	uint64_t who; /* hash of the login or the address */
	int wrong;
	int64_t until_ms, last_ms; /* monotonic */
} rows[ROWS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct tries *
tries_of(const char *kind, const char *text)
{
	uint8_t hash[SECRET_HASH_LEN];
	char both[256];
	uint64_t who;
	struct tries *t;
	size_t n = (size_t)snprintf(both, sizeof(both), "%s:%s", kind, text);

	secret_hash(both, n < sizeof(both) ? n : sizeof(both) - 1, hash);
	memcpy(&who, hash, sizeof(who));
	t = &rows[who % ROWS];
	if (t->who != who || t->last_ms + PAUSE_MAX_MS < clock_mono_ms())
		*t = (struct tries){ .who = who };
	return t;
}

static bool
may_try(const char *kind, const char *text)
{
	bool ok;

	pthread_mutex_lock(&lock);
	ok = tries_of(kind, text)->until_ms <= clock_mono_ms();
	pthread_mutex_unlock(&lock);
	return ok;
}

static void
note_try(const char *kind, const char *text, bool right, int allowed)
{
	struct tries *t;
	int64_t pause = PAUSE_FIRST_MS;

	pthread_mutex_lock(&lock);
	t = tries_of(kind, text);
	t->last_ms = clock_mono_ms();
	if (right)
		t->wrong = 0;
	else if (++t->wrong >= allowed) {
		for (int i = allowed; i < t->wrong && pause < PAUSE_MAX_MS; i++)
			pause *= 2;
		t->until_ms = t->last_ms + (pause < PAUSE_MAX_MS ? pause : PAUSE_MAX_MS);
	}
	pthread_mutex_unlock(&lock);
}

/* ---- signing in ---- */

struct sign_form {
	const char *login, *password, *new_password, *csrf;
};

#define F(f, max) FIELD(sign_form, f, NULL, LINE, 0, max, NULL, FIELD_FORM_ONLY)
static const struct field form_rows[] = { F(login, 64), F(password, PASSWORD_MAX),
	F(new_password, PASSWORD_MAX), F(csrf, 64) };
static const struct fields form_fields = FIELDS(form_rows);

struct signing {
	struct exchange *x;
	struct sign_form form;
	struct password_job job;
	struct sign_cmd cmd;
};

static void
send_sign_in(struct exchange *x, int status, const char *login, const char *error)
{
	struct view_sign v = { .clinic = x->clinic == NULL ? "" : x->clinic->name,
		.login = login,
		.error = error };

	page_begin(x->req, status);
	page_sign_in(&x->req->reply.body, &v);
	exchange_send(x);
}

void
sign_in_page(struct exchange *x)
{
	send_sign_in(x, 200, NULL, NULL);
}

static void
render_signed_in(struct exchange *x)
{
	const struct sign_res *res = x->call->res;

	desk_set_cookie(x, res->session);
	reply_see_other(x, "/staff/");
	exchange_send(x);
}

/* A call of an operation that anybody may make who got this far. */
static void
call_as_desk(struct exchange *x, const struct op *op, struct sign_cmd *cmd)
{
	exchange_call(x, op, cmd);
	x->call->key = NULL;
	cmd->lifetime_ms = x->req->conf->staff_session_lifetime;
}

static void
verified(struct letter *l)
{
	struct signing *s = CONTAINER_OF(
	    CONTAINER_OF(l, struct password_job, letter), struct signing, job);
	struct exchange *x = s->x;
	const struct clinic *held = x->clinic;

	note_try("login", s->form.login, s->job.ok, TRIES);
	note_try("address", x->req->peer, s->job.ok, 4 * TRIES);
	if (!req_attach(x->req)) {
		clinic_put(held);
		return;
	}
	if (!s->job.ok || s->cmd.staff == 0) {
		send_sign_in(
		    x, 401, s->form.login, "Login and password do not belong together.");
		return;
	}
	call_as_desk(x, &op_sign_in, &s->cmd);
	exchange_submit(x, render_signed_in);
}

static void
looked_up(struct exchange *x)
{
	struct signing *s = x->state;
	const struct sign_res *res = x->call->res;

	s->cmd.staff = res->staff;
	s->job.password = s->form.password;
	s->job.hash = res->hash;
	s->job.letter.read = verified;
	s->job.reply_to = worker_mailbox(x->req->worker);
	req_detach(x->req);
	if (password_submit(&s->job) == 0)
		return;
	req_attach(x->req);
	exchange_error(x, E_BUSY);
}

void
sign_in_post(struct exchange *x)
{
	struct signing *s = ARENA_NEW(x->req->arena, struct signing);
	struct problems p = { .arena = x->req->arena };
	const char *site = req_field(x->req, "sec-fetch-site");
	int rc = decode_form(x->req, &form_fields, &s->form, &p);

	if (rc < 0 || (site != NULL && strcmp(site, "same-origin") != 0 &&
			  strcmp(site, "none") != 0)) {
		exchange_error(x, rc < 0 ? rc : E_FORBIDDEN);
		return;
	}
	if (s->form.login == NULL || s->form.password == NULL) {
		send_sign_in(
		    x, 422, s->form.login, "Enter your login and your password.");
		return;
	}
	if (!may_try("login", s->form.login) || !may_try("address", x->req->peer)) {
		req_add_field(x->req, "Retry-After", "60");
		send_sign_in(
		    x, 429, s->form.login, "Too many tries. Please wait a while.");
		return;
	}
	s->x = x;
	x->state = s;
	s->cmd.login = s->form.login;
	call_as_desk(x, &op_sign_lookup, &s->cmd);
	exchange_submit(x, looked_up);
}

/* ---- signing out ---- */

static void
render_signed_out(struct exchange *x)
{
	desk_set_cookie(x, NULL);
	reply_see_other(x, "/staff/sign-in");
	exchange_send(x);
}

void
sign_out_post(struct exchange *x)
{
	exchange_call(x, &op_sign_out, ARENA_NEW(x->req->arena, struct sign_cmd));
	exchange_submit(x, render_signed_out);
}

/* ---- a password of one's own ---- */

static void
send_password(struct exchange *x, int status, const char *error)
{
	struct view_sign v = { .clinic = x->clinic == NULL ? "" : x->clinic->name,
		.csrf = desk_token(x->req->arena, desk_cookie(x->req)),
		.error = error };

	page_begin(x->req, status);
	page_password(&x->req->reply.body, &v);
	exchange_send(x);
}

/* Goes on for who is signed in, be it to change the password first; everybody
 * else is sent to sign in, before any work is done on a password. */
static void
for_the_signed_in(struct exchange *x, void (*go)(struct exchange *))
{
	exchange_call(x, &op_ready_check, ARENA_NEW(x->req->arena, struct health_cmd));
	exchange_submit(x, go);
}

static void
show_password(struct exchange *x)
{
	send_password(x, 200, NULL);
}

void
password_page(struct exchange *x)
{
	for_the_signed_in(x, show_password);
}

static void
hashed(struct letter *l)
{
	struct signing *s = CONTAINER_OF(
	    CONTAINER_OF(l, struct password_job, letter), struct signing, job);
	struct exchange *x = s->x;
	const struct clinic *held = x->clinic;

	if (!req_attach(x->req)) {
		clinic_put(held);
		return;
	}
	s->cmd.password_hash = s->job.new_hash;
	call_as_desk(x, &op_sign_password, &s->cmd);
	exchange_submit(x, render_signed_in);
}

static void
hash_password(struct exchange *x)
{
	struct signing *s = x->state;

	if (s->form.new_password == NULL ||
	    str_graphemes(s->form.new_password) < PASSWORD_MIN) {
		send_password(x, 422, "Use at least 12 characters.");
		return;
	}
	s->x = x;
	s->job.password = s->form.new_password;
	s->job.letter.read = hashed;
	s->job.reply_to = worker_mailbox(x->req->worker);
	req_detach(x->req);
	if (password_submit(&s->job) == 0)
		return;
	req_attach(x->req);
	exchange_error(x, E_BUSY);
}

void
password_post(struct exchange *x)
{
	struct signing *s = ARENA_NEW(x->req->arena, struct signing);
	struct problems p = { .arena = x->req->arena };
	int rc = decode_form(x->req, &form_fields, &s->form, &p);

	x->state = s;
	if (rc < 0)
		exchange_error(x, rc);
	else
		for_the_signed_in(x, hash_password);
}
