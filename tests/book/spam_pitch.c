/* SPDX-License-Identifier: MIT */
/*
 * spam_pitch.c - offers that leave no link, told by two words of sellers; and
 * everything patients wrote in tests/book/data, of which none may be held.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "spam_post.h"

#define DATA "tests/book/data/"

struct count {
	int held, notes;
};

/* A note a line, up to a TAB; each from a name and an address of its own. */
static struct count
read_notes(const char *file, bool patients)
{
	struct arena *a = arena_new(64 << 20);
	struct conf *c = conf_default();
	struct strlist none = { 0 };
	struct count n = { 0, 0 };
	char line[4096];
	FILE *f = fopen(file, "r");

	cr_assert_not_null(f, "%s", file);
	while (fgets(line, sizeof(line), f) != NULL) {
		struct spam_post post = { .name = "Tan Mei Ling", .note = line };
		struct arena_mark mark = arena_mark(a);
		struct spam_signs s;
		struct spam_score score;
		bool held;

		line[strcspn(line, "\t\n")] = '\0';
		if (line[0] == '#' || line[0] == '\0')
			continue;
		s = spam_read(a, c, &post, &none);
		score = spam_score(c, &s);
		held = spam_verdict(a, c, &score) != NULL;
		if (held == patients)
			printf("%s: %s\n", patients ? "held" : "passed", line);
		n.notes++;
		n.held += held;
		arena_rewind(a, mark);
	}
	fclose(f);
	conf_free(c);
	arena_free(a);
	return n;
}

Test(spam_pitch, most_offers_of_the_known_kinds_are_held)
{
	struct count n = read_notes(DATA "pitches.txt", false);

	printf("pitches: %d of %d held\n", n.held, n.notes);
	cr_expect_geq(n.held * 100, n.notes * 70);
}

/* Told, not promised: words know only what they have seen. */
Test(spam_pitch, of_unseen_offers_some_are_held)
{
	struct count n = read_notes(DATA "pitches-unseen.txt", false);

	printf("unseen pitches: %d of %d held\n", n.held, n.notes);
	cr_expect_gt(n.held, 0);
}

Test(spam_pitch, of_everything_patients_wrote_nothing_is_held)
{
	static const char *const files[] = { "no-pitches.txt", "held-out-en.tsv",
		"held-out-ms.tsv", "held-out-zh.tsv", "held-out-flags.tsv",
		"held-out-urgent.tsv", "tuning-en.tsv", "tuning-ms.tsv", "tuning-zh.tsv",
		"tuning-flags.tsv", "tuning-urgent.tsv" };
	int notes = 0;

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		char name[80];
		struct count n;

		snprintf(name, sizeof(name), DATA "%s", files[i]);
		n = read_notes(name, true);
		cr_expect_eq(n.held, 0, "%s", files[i]);
		notes += n.notes;
	}
	cr_expect_gt(notes, 2900);
}
