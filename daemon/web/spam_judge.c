/* SPDX-License-Identifier: MIT */
/*
 * spam_judge.c - judges a post on the worker, before its transaction, and counts
 * it once it is stored: what was refused or answered from before counts nothing.
 */
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "book/booking.h"
#include "book/spam_watch.h"
#include "web/handlers.h"

static struct spam_watch *watch;
static pthread_once_t watch_made = PTHREAD_ONCE_INIT;

static void
make_watch(void)
{
	watch = spam_watch_new();
}

/* "https://www.example.sg/thank-you" -> "www.example.sg" */
static void
add_host(struct strlist *l, struct arena *a, const char *url)
{
	const char *host = strstr(url, "://");

	host = host == NULL ? url : host + 3;
	if (*host != '\0')
		strlist_add(l, a, arena_strndup(a, host, strcspn(host, ":/?#")));
}

/* The hosts a patient may well write of: this server and the sites it serves. */
static struct strlist
hosts_of(struct arena *a, const struct conf *c)
{
	struct strlist l = { 0 };

	add_host(&l, a, c->server_public_url);
	for (size_t i = 0; i < c->public_allowed_origins.n; i++)
		add_host(&l, a, c->public_allowed_origins.v[i]);
	for (size_t i = 0; i < c->public_return_urls.n; i++)
		add_host(&l, a, c->public_return_urls.v[i]);
	return l;
}

static void
posted(struct exchange *x)
{
	const struct booking_answer *ans = x->call->res;

	if (!ans->replayed)
		spam_watch_add(watch, x->state, clock_mono_ms());
}

/* What our own page tells of itself; a token of somebody else's tells nothing. */
static void
read_form_token(const struct booking_form *f, struct spam_signs *s)
{
	int64_t made, now = clock_now_ms();

	if (f->form_token == NULL || !booking_form_token_valid(f->form_token, &made))
		return;
	s->honeypot = f->hp_website != NULL;
	s->fill_ms = now < made ? -1 : now - made;
}

/* A key that is presented speaks for many patients; whether it opens anything is
 * settled in the transaction, before anything is stored. */
void
spam_judge(struct exchange *x, struct booking_form *f)
{
	struct arena *a = x->req->arena;
	const struct conf *c = x->req->conf;
	struct spam_post post = { f->full_name, f->guardian_name, f->note, f->best_time_to_call,
		f->mail };
	struct spam_trace *trace = ARENA_NEW(a, struct spam_trace);
	struct strlist hosts = hosts_of(a, c);
	struct spam_signs signs = spam_read(a, c, &post, &hosts);
	struct spam_score score;

	pthread_once(&watch_made, make_watch);
	*trace = spam_trace(watch, a, x->call->key != NULL ? NULL : x->req->peer, &post,
	    c->spam_repeated_note_chars);
	signs.before = spam_watch_ask(watch, trace, clock_mono_ms());
	read_form_token(f, &signs);
	score = spam_score(c, &signs);
	f->spam_reason = spam_verdict(a, c, &score);
	f->suspicious = f->spam_reason != NULL;
	f->claims_per_hour = c->limits_rate_limits ? c->limits_claims_per_hour : 0;
	x->state = trace;
	x->committed = posted;
}
