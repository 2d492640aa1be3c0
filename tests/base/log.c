/* SPDX-License-Identifier: MIT */
/* log.c - one event is one line, whatever stands in it. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"

static struct arena *a;

static void
setup(void)
{
	a = arena_new((size_t)1 << 20);
	unsetenv("JOURNAL_STREAM");
}

static void
teardown(void)
{
	arena_free(a);
}

TestSuite(log, .init = setup, .fini = teardown);

static int pipe_fds[2], kept_stderr;

static void
begin(void)
{
	cr_assert_eq(pipe2(pipe_fds, O_CLOEXEC), 0);
	kept_stderr = dup(STDERR_FILENO);
	dup2(pipe_fds[1], STDERR_FILENO);
}

/* What was written to stderr since. */
static const char *
end(void)
{
	char *text = arena_alloc(a, 65536);
	ssize_t n;

	dup2(kept_stderr, STDERR_FILENO);
	close(kept_stderr);
	close(pipe_fds[1]);
	n = read(pipe_fds[0], text, 65535);
	close(pipe_fds[0]);
	text[n < 0 ? 0 : n] = '\0';
	return text;
}

#define LOGGED(...) (begin(), log_event(__VA_ARGS__), end())

Test(log, a_line_is_level_event_and_pairs)
{
	cr_expect_str_eq(LOGGED(LOG_INFO, "listening", "address", "127.0.0.1:8443", NULL),
	    "info listening address=127.0.0.1:8443\n");
	cr_expect_str_eq(LOGGED(LOG_CRIT, "sync_failed", NULL), "crit sync_failed\n");
	cr_expect_str_eq(LOGGED(LOG_WARN, "a", "n", LOG_INT(-42), "m", LOG_INT(7), NULL),
	    "warn a n=-42 m=7\n");
	cr_expect_str_eq(LOGGED(LOG_ERROR, "a", "none", NULL, NULL), "error a none=-\n");
}

Test(log, values_are_quoted_where_they_need_it)
{
	cr_expect_str_eq(
	    LOGGED(LOG_INFO, "a", "k", "two words", NULL), "info a k=\"two words\"\n");
	cr_expect_str_eq(LOGGED(LOG_INFO, "a", "k", "", NULL), "info a k=\"\"\n");
	cr_expect_str_eq(LOGGED(LOG_INFO, "a", "k", "b=c", NULL), "info a k=\"b=c\"\n");
	cr_expect_str_eq(LOGGED(LOG_INFO, "a", "k", "say \"x\"\\", NULL),
	    "info a k=\"say \\\"x\\\"\\\\\"\n");
}

Test(log, control_bytes_never_reach_a_terminal)
{
	char all[256];
	const char *line;
	size_t lines = 0;

	for (int i = 1; i < 256; i++)
		all[i - 1] = (char)i;
	all[255] = '\0';
	line = LOGGED(LOG_INFO, "a", "k", all, NULL);
	for (const char *s = line; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		lines += c == '\n';
		cr_assert(c == '\n' || (c >= 0x20 && c < 0x7f), "byte %02x", c);
	}
	cr_expect_eq(lines, 1);
	cr_expect_str_eq(LOGGED(LOG_INFO, "a", "k", "x\ninfo forged", NULL),
	    "info a k=\"x\\x0ainfo forged\"\n");
	cr_expect_str_eq(
	    LOGGED(LOG_INFO, "a", "k", "\x1b[31m", NULL), "info a k=\\x1b[31m\n");
	cr_expect_str_eq(LOGGED(LOG_INFO, "a", "k", "\xc2\x85\xe2\x80\xa8", NULL),
	    "info a k=\\xc2\\x85\\xe2\\x80\\xa8\n");
}

Test(log, a_line_that_is_too_long_is_cut_and_stays_a_line)
{
	char large[10000];
	const char *line;

	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	line = LOGGED(LOG_INFO, "a", "k", large, "l", "after", NULL);
	cr_expect_leq(strlen(line), 2048);
	cr_expect_eq(line[strlen(line) - 1], '\n');
	cr_expect_eq(strchr(line, '\n') - line, (long)strlen(line) - 1);
}

Test(log, what_is_below_the_level_is_not_written)
{
	cr_expect_str_eq(LOGGED(LOG_DEBUG, "a", NULL), "");
	log_set_level(LOG_DEBUG);
	cr_expect_str_eq(LOGGED(LOG_DEBUG, "a", NULL), "debug a\n");
	log_set_level(LOG_ERROR);
	cr_expect_str_eq(LOGGED(LOG_WARN, "a", NULL), "");
	cr_expect_str_eq(LOGGED(LOG_ERROR, "a", NULL), "error a\n");
}

Test(log, under_systemd_each_line_says_its_priority)
{
	setenv("JOURNAL_STREAM", "8:1", 1);
	cr_expect_str_eq(LOGGED(LOG_WARN, "a", NULL), "<4>warn a\n");
	cr_expect_str_eq(LOGGED(LOG_CRIT, "a", NULL), "<2>crit a\n");
}
