/* SPDX-License-Identifier: MIT */
/*
 * arena.h - the memory of one request: allocated forward, given back at once.
 *
 * An arena is owned by one thread at a time and moves whole with its job.
 * Allocation never returns NULL: an arena over its cap goes on from the heap
 * and remembers it (arena_overflowed, checked once per request, answers 413 or
 * 503); a machine without memory ends the process, which comes back clean.
 * Everything that allocates is bounded by the size of some checked input.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>

#include "base/base.h"

struct arena;

struct arena_mark {
	void *block;
	size_t used;
};

/* cap in bytes; never NULL. Free with arena_free. */
struct arena *arena_new(size_t cap);
void arena_free(struct arena *);

/* Zeroed, aligned for any type; lives until arena_free or a rewind. */
void *arena_alloc(struct arena *, size_t len);
void *arena_calloc(struct arena *, size_t count, size_t len);
char *arena_strndup(struct arena *, const char *s, size_t len);
char *arena_strdup(struct arena *, const char *s);
char *arena_printf(struct arena *, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *, const char *format, va_list) PRINTF_LIKE(2, 0);

bool arena_overflowed(const struct arena *);
size_t arena_size(const struct arena *); /* bytes taken from the heap */

/* A place to come back to: everything allocated after the mark is gone. */
struct arena_mark arena_mark(const struct arena *);
void arena_rewind(struct arena *, struct arena_mark);

/* One T, or n of T, zeroed. */
#define ARENA_NEW(a, T) ((T *)arena_alloc(a, sizeof(T)))
#define ARENA_ARRAY(a, T, n) ((T *)arena_calloc(a, n, sizeof(T)))

#endif
