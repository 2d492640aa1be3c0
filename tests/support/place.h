/* SPDX-License-Identifier: MIT */
/* place.h - a directory of a test's own, gone with it. */
#ifndef TESTS_SUPPORT_PLACE_H
#define TESTS_SUPPORT_PLACE_H

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"

struct place {
	char dir[64];
};

static inline void
place_make(struct place *p)
{
	snprintf(p->dir, sizeof(p->dir), "/tmp/bookingd-test-XXXXXX");
	cr_assert_not_null(mkdtemp(p->dir));
}

static inline int
place_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void
place_remove(struct place *p)
{
	nftw(p->dir, place_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline const char *
place_path(struct arena *a, const struct place *p, const char *name)
{
	return arena_printf(a, "%s/%s", p->dir, name);
}

/* A file of that text; its path. */
static inline const char *
place_write(struct arena *a, const struct place *p, const char *name, const char *text)
{
	const char *path = place_path(a, p, name);
	FILE *f = fopen(path, "w");

	cr_assert_not_null(f, "%s", path);
	cr_assert(fputs(text, f) >= 0 && fclose(f) == 0);
	return path;
}

/* A whole file as text; NULL when it cannot be read. */
static inline char *
place_read(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "r");
	size_t max = (size_t)1 << 24, n;
	char *buffer, *text;

	if (f == NULL)
		return NULL;
	buffer = malloc(max);
	cr_assert_not_null(buffer);
	n = fread(buffer, 1, max, f);
	fclose(f);
	text = arena_strndup(a, buffer, n);
	free(buffer);
	return text;
}

#endif
