/* SPDX-License-Identifier: MIT */
/* tiny_app.c - answers, and keeps requests until the test lets them go. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "http/fixture.h"
#include "http/tiny_app.h"

#define KEPT_MAX 64
#define PIECES 40
#define PIECE_LEN 5000

struct kept {
	struct letter letter;
	struct req *req;
	bool detached;
	struct worker *worker;
	int piece;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct kept *kept[KEPT_MAX];
static int kept_count, kept_next, gones, misses;

static void
bump(int *n)
{
	pthread_mutex_lock(&lock);
	++*n;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

/* Whether *n reaches at_least in time. */
static bool
reaches(const int *n, int at_least)
{
	struct timespec until;
	bool ok;
	int e = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += WAIT_MS / 1000;
	pthread_mutex_lock(&lock);
	while (*n < at_least && e == 0)
		e = pthread_cond_timedwait(&changed, &lock, &until);
	ok = *n >= at_least;
	pthread_mutex_unlock(&lock);
	return ok;
}

void
kept_wait(int n)
{
	cr_assert(reaches(&kept_count, n), "%d requests kept", n);
}

bool
gone_wait(int n)
{
	return reaches(&gones, n);
}

int
gone_count(void)
{
	int n;

	pthread_mutex_lock(&lock);
	n = gones;
	pthread_mutex_unlock(&lock);
	return n;
}

bool
missed_wait(int n)
{
	return reaches(&misses, n);
}

static void
answer_text(struct req *r, const char *text)
{
	r->reply.status = 200;
	r->reply.content_type = "text/plain";
	obuf_puts(&r->reply.body, text);
	req_send(r);
}

static void
on_letter(struct letter *l)
{
	struct kept *k = CONTAINER_OF(l, struct kept, letter);

	if (k->detached && !req_attach(k->req)) {
		bump(&misses);
		return;
	}
	answer_text(k->req, "late");
}

void
kept_answer(void)
{
	struct kept *k;

	pthread_mutex_lock(&lock);
	cr_assert_lt(kept_next, kept_count);
	k = kept[kept_next++];
	pthread_mutex_unlock(&lock);
	mailbox_put(worker_mailbox(k->worker), &k->letter);
}

static void
keep(struct req *r, bool detached)
{
	struct kept *k = ARENA_NEW(r->arena, struct kept);

	k->letter.read = on_letter;
	k->req = r;
	k->worker = r->worker;
	k->detached = detached;
	if (detached)
		req_detach(r);
	pthread_mutex_lock(&lock);
	kept[kept_count] = k;
	pthread_mutex_unlock(&lock);
	bump(&kept_count);
}

static void
on_gone(struct req *r)
{
	cr_assert_str_eq(r->path, "/wait");
	bump(&gones);
}

static void
fill_piece(struct req *r, int n)
{
	obuf_reset(&r->reply.body);
	for (int i = 0; i < PIECE_LEN; i++)
		obuf_putc(&r->reply.body, (char)('a' + n % 26));
}

static void
more(struct req *r)
{
	int *n = r->app;

	fill_piece(r, ++*n);
	req_send_more(r, *n == PIECES - 1);
}

static void
stream(struct req *r)
{
	r->app = ARENA_NEW(r->arena, int);
	r->reply.status = 200;
	r->reply.content_type = "text/plain";
	r->reply.more = more;
	fill_piece(r, 0);
	req_send(r);
}

static void
large(struct req *r)
{
	static const char block[1024] = "x";

	r->reply.status = 200;
	r->reply.content_type = "application/octet-stream";
	for (int i = 0; i < 1024; i++)
		obuf_put(&r->reply.body, block, sizeof(block));
	req_send(r);
}

static int64_t
app_head(struct req *r)
{
	r->route_name = "/test";
	if (strcmp(r->path, "/nothing") == 0)
		return E_NOT_FOUND;
	if (strcmp(r->path, "/upload") == 0)
		return 1000000;
	return r->method == HTTP_POST ? 65536 : 0;
}

static void
app_request(struct req *r)
{
	if (strcmp(r->path, "/echo") == 0)
		answer_text(r, r->body == NULL ? "(none)" : r->body);
	else if (strcmp(r->path, "/upload") == 0)
		answer_text(r, arena_printf(r->arena, "%zu", r->body_len));
	else if (strcmp(r->path, "/large") == 0)
		large(r);
	else if (strcmp(r->path, "/stream") == 0)
		stream(r);
	else if (strcmp(r->path, "/detach") == 0)
		keep(r, true);
	else if (strcmp(r->path, "/hold") == 0)
		keep(r, false);
	else if (strcmp(r->path, "/peer") == 0)
		answer_text(r, arena_printf(r->arena, "%s %d %d", r->peer,
				   r->peer_is_root, (int)r->door));
	else if (strcmp(r->path, "/wait") == 0) {
		req_on_gone(r, on_gone);
		keep(r, false);
	} else if (strcmp(r->path, "/greedy") == 0) {
		arena_alloc(r->arena, 2000000);
		answer_text(r, "full");
	} else {
		answer_text(r, r->path);
	}
}

static void
app_error(struct req *r, int err)
{
	r->reply.status = err_row(err)->status;
	r->reply.content_type = "application/problem+json";
	obuf_puts(&r->reply.body, err_row(err)->name);
}

const struct http_app tiny_app = { app_head, app_request, app_error, NULL };
