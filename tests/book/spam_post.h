/* SPDX-License-Identifier: MIT */
/* spam_post.h - a post as the tests of spam write it down, and its judge. */
#ifndef TESTS_BOOK_SPAM_POST_H
#define TESTS_BOOK_SPAM_POST_H

#include "book/spam_watch.h"

struct test_post {
	const char *name, *note, *email;
	int honeypot;
	int fill_ms; /* 0: no form of ours */
};

/* Judged, then counted, as the daemon does it. The verdict, or NULL. */
static inline const char *
judge(struct arena *a, const struct conf *c, struct spam_watch *w, const char *peer,
    const struct test_post *p, int64_t mono_ms)
{
	static const char *hosts[] = { "booking.example.sg", "www.example.sg" };
	const struct strlist known = { hosts, 2, 2 };
	struct spam_post post = { .name = p->name, .note = p->note, .email = p->email };
	struct spam_signs s = spam_read(a, c, &post, &known);
	struct spam_trace t = spam_trace(w, a, peer, &post, c->spam_repeated_note_chars);
	struct spam_score score;

	s.honeypot = p->honeypot != 0;
	s.fill_ms = p->fill_ms == 0 ? -1 : p->fill_ms;
	s.before = spam_watch_ask(w, &t, mono_ms);
	spam_watch_add(w, &t, mono_ms);
	score = spam_score(c, &s);
	return spam_verdict(a, c, &score);
}

/* ---- spam_storm.c ---- */

struct tally {
	int junk, junk_held, real, real_held;
};

/*
 * That many minutes of posts, evenly, the patients evenly among them. Each junk
 * template comes so many times, "%d" another number each time. Junk comes from ten
 * addresses of two networks, every other patient from one of them too. What is
 * judged wrongly is printed.
 */
struct tally storm(const struct test_post *bad, size_t bad_count, const struct test_post *good,
    size_t good_count, int times, int64_t minutes);
void tell(const char *what, const struct test_post *, const char *verdict);

#endif
