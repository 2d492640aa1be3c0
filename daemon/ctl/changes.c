/* SPDX-License-Identifier: MIT */
/*
 * changes.c - "bookingctl changes": the events, one JSON object a line, flushed
 * at once; with --follow until it is stopped. Nothing personal is in them.
 */
#include <poll.h>
#include <string.h>

#include "base/err.h"
#include "ctl/ctl.h"
#include "ctl/print.h"

#define WAIT_S 25         /* a long poll; the daemon's request deadline is 30 s */
#define PATIENCE_MS 40000 /* for its answer */
#define RETRY_MS 1000     /* between two attempts to reach a daemon that restarts */
#define PAGE 1000         /* events a call, the most it gives */

struct feed {
	struct ctl *ctl;
	json_int_t since;
	bool follow;
	bool reached, connected; /* ever, and by the last call */
};

/* Prints what came; how many events, or -1 when stdout is gone or the answer
 * makes no sense, told. */
static int
print_events(struct feed *f, const struct answer *answer)
{
	json_t *page = json_loadb(answer->body, answer->body_len, 0, NULL), *e;
	json_t *items = json_object_get(page, "items"),
	       *next = json_object_get(page, "next");
	int n = (int)json_array_size(items);
	size_t i;

	if (!json_is_array(items) || !json_is_integer(next)) {
		ctl_complain("the answer of bookingd is not a list of changes");
		json_decref(page);
		return -1;
	}
	json_array_foreach(items, i, e) print_json(stdout, e, 0);
	f->since = json_integer_value(next);
	json_decref(page);
	return ctl_flush() == CTL_DONE ? n : -1;
}

/* A daemon that restarts: told once, then asked again each second. */
static void
wait_for_daemon(struct feed *f, const char *why)
{
	if (f->connected)
		ctl_complain("%s; waiting for bookingd", why);
	f->connected = false;
	poll(NULL, 0, RETRY_MS);
}

/* One call. 1: go on; 0: all printed; -1: give up, told. */
static int
feed_step(struct feed *f)
{
	struct client_request q = { .method = "GET", .wait_ms = PATIENCE_MS };
	char error[CLIENT_ERROR_LEN];
	struct answer answer;
	int n;

	q.target = arena_printf(f->ctl->arena,
	    "/api/v1/staff/changes?since=%lld&limit=%d%s", (long long)f->since, PAGE,
	    f->follow ? arena_printf(f->ctl->arena, "&wait=%d", WAIT_S) : "");
	if (client_call(f->ctl->arena, f->ctl->socket, &q, &answer, error) < 0) {
		if (!f->follow || !f->reached) {
			ctl_complain("%s", error);
			return -1;
		}
		wait_for_daemon(f, error);
		return 1;
	}
	if (answer.status == 503 && f->follow) {
		wait_for_daemon(f, "the daemon is not ready");
		return 1;
	}
	if (answer.status != 200) {
		ctl_tell_refusal(f->ctl, &answer);
		return -1;
	}
	f->reached = f->connected = true;
	n = print_events(f, &answer);
	return n < 0 ? -1 : f->follow || n > 0;
}

int
ctl_changes(struct ctl *ctl, char **argv)
{
	const char *since = "0";
	struct feed f = { .ctl = ctl };
	const struct option options[] = { { "--since", NULL, &since },
		{ "--follow", &f.follow, NULL } };
	struct strlist words = { 0 };
	struct arena_mark mark;
	int r;

	if (!args_read(ctl, argv, options, ARRAY_LEN(options), &words) ||
	    !args_none_left(&words, 0))
		return CTL_USAGE;
	if (strspn(since, "0123456789") != strlen(since) || strlen(since) > 18) {
		ctl_complain("--since takes the number of an event");
		return CTL_USAGE;
	}
	for (; *since != '\0'; since++)
		f.since = f.since * 10 + (*since - '0');
	mark = arena_mark(ctl->arena);
	while ((r = feed_step(&f)) > 0)
		arena_rewind(ctl->arena, mark);
	return r < 0 ? CTL_REFUSED : CTL_DONE;
}
