/* SPDX-License-Identifier: MIT */
/* spam_storm.c - a storm of junk with patients in it, on a clock of its own. */
#include <stdio.h>
#include <string.h>

#include "spam_post.h"

/* The templates' numbers filled in; printf is not asked what they look like. */
static const char *
numbered(struct arena *a, const char *s, int n)
{
	const char *at = s == NULL ? NULL : strstr(s, "%d");

	return at == NULL ? s
			  : numbered(a, arena_printf(a, "%.*s%d%s", (int)(at - s), s, n, at + 2), n);
}

void
tell(const char *what, const struct test_post *p, const char *verdict)
{
	printf("%s: %s | %s | %s\n", what, p->name, p->note == NULL ? "" : p->note,
	    verdict == NULL ? "" : verdict);
}

struct tally
storm(const struct test_post *bad, size_t bad_count, const struct test_post *good,
    size_t good_count, int times, int64_t minutes)
{
	struct arena *a = arena_new(64 << 20);
	struct conf *c = conf_default();
	struct spam_watch *w = spam_watch_new();
	struct tally t = { 0 };
	size_t total = bad_count * (size_t)times + good_count, every = total / good_count;

	for (size_t i = 0; i < total; i++) {
		bool patient = i % every == every / 2 && (size_t)t.real < good_count;
		size_t k = patient ? (size_t)t.real : (size_t)t.junk % bad_count;
		struct test_post p = patient ? good[k] : bad[k];
		const char *peer = !patient || t.real % 2 == 0
		    ? arena_printf(a, "203.0.%zu.%zu", i % 2, i % 10)
		    : arena_printf(a, "198.51.100.%d", t.real);
		const char *verdict;

		p.name = numbered(a, p.name, t.junk);
		p.note = numbered(a, p.note, t.junk);
		p.email = numbered(a, p.email, t.junk);
		verdict = judge(a, c, w, peer, &p, (int64_t)i * minutes * MINUTE_MS / (int64_t)total);
		if (patient) {
			t.real++;
			t.real_held += verdict != NULL;
		} else {
			t.junk++;
			t.junk_held += verdict != NULL;
		}
		if (patient == (verdict != NULL))
			tell(patient ? "held" : "passed", &p, verdict);
	}
	spam_watch_free(w);
	conf_free(c);
	arena_free(a);
	return t;
}
