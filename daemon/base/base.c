/* SPDX-License-Identifier: MIT */
/* base.c - the last words of a process that found a bug in itself. */
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"

void
base_bug(const char *what, const char *file, int line)
{
	fprintf(stderr, "crit bug condition=\"%s\" at=%s:%d\n", what, file, line);
	abort();
}
