/* SPDX-License-Identifier: MIT */
/*
 * conf.c - any bytes as a configuration file: each problem named with its line,
 * or a configuration; what is printed of one is one again.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct conf *
load(struct arena *a, int fd, struct strlist *errors)
{
	return conf_load(arena_printf(a, "/proc/self/fd/%d", fd), a, errors);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new((size_t)1 << 24);
	struct strlist errors = { 0 };
	FILE *f = fdopen(memfd_create("conf", MFD_CLOEXEC), "w+");
	struct conf *c, *again;

	BUG_UNLESS(f != NULL && fwrite(data, 1, len, f) == len && fflush(f) == 0);
	c = load(a, fileno(f), &errors);
	BUG_UNLESS((c == NULL) == (errors.n > 0));
	for (size_t i = 0; i < errors.n; i++) {
		BUG_UNLESS(str_utf8_valid(errors.v[i], strlen(errors.v[i])));
		BUG_UNLESS(strncmp(errors.v[i], "/proc/self/fd/", 14) == 0);
	}
	if (c != NULL) {
		rewind(f);
		BUG_UNLESS(ftruncate(fileno(f), 0) == 0);
		conf_print(c, f);
		fflush(f);
		again = load(a, fileno(f), &errors);
		BUG_UNLESS(again != NULL);
		conf_free(again);
	}
	conf_free(c);
	fclose(f);
	arena_free(a);
	return 0;
}
