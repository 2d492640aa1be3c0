/* SPDX-License-Identifier: MIT */
/*
 * base.h - what every file may lean on: sizes of arrays, assertions that stay
 * on in release builds, magic numbers of objects that cross threads.
 * An assertion is for a bug of ours, never for wrong input.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define NORETURN __attribute__((noreturn))

/* The struct of type T whose member M stands at P. */
#define CONTAINER_OF(p, T, m) ((T *)(void *)((char *)(p) - offsetof(T, m)))

/* Stop the process on a broken invariant; says which, and where. */
#define BUG_UNLESS(cond)                                                                 \
	do {                                                                             \
		if (!(cond))                                                             \
			base_bug(#cond, __FILE__, __LINE__);                             \
	} while (0)

NORETURN void base_bug(const char *what, const char *file, int line);

#define MINUTE_MS ((int64_t)60 * 1000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

#endif
