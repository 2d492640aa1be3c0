/* SPDX-License-Identifier: MIT */
/*
 * arena.c - a chain of heap blocks, filled from the front.
 *
 * The arena's own struct lives in its first block. Under AddressSanitizer each
 * free tail is poisoned, so that reading past an allocation is reported.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif

#ifdef HAVE_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#define GAP 16
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define GAP 0
#endif

#define ARENA_MAGIC 0xa7e4a001u
#define ALIGN 16
#define BLOCK_MIN 8192 /* a form post and its answer fit */

struct block {
	struct block *before;
	size_t size, used; /* of data[] */
	_Alignas(ALIGN) char data[];
};

struct arena {
	unsigned magic;
	bool overflowed;
	size_t cap, total;
	struct block *last;
};

static size_t
align_up(size_t n)
{
	return (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

static struct block *
block_new(size_t size, struct block *before)
{
	struct block *b = malloc(sizeof(*b) + size);

	BUG_UNLESS(b != NULL); /* out of memory: the service manager restarts us */
	b->before = before;
	b->size = size;
	b->used = 0;
	POISON(b->data, size);
	return b;
}

static void
block_free(struct block *b)
{
	UNPOISON(b->data, b->size);
	free(b);
}

static void *
block_take(struct block *b, size_t len)
{
	char *p = b->data + b->used;

	b->used += align_up(len) + GAP;
	UNPOISON(p, len);
	memset(p, 0, len);
	return p;
}

struct arena *
arena_new(size_t cap)
{
	struct block *b = block_new(BLOCK_MIN, NULL);
	struct arena *a = block_take(b, sizeof(*a));

	a->magic = ARENA_MAGIC;
	a->cap = cap;
	a->total = BLOCK_MIN;
	a->last = b;
	return a;
}

void
arena_free(struct arena *a)
{
	struct block *b, *before;

	if (a == NULL)
		return;
	BUG_UNLESS(a->magic == ARENA_MAGIC);
	a->magic = 0;
	for (b = a->last; b != NULL; b = before) {
		before = b->before;
		block_free(b);
	}
}

void *
arena_alloc(struct arena *a, size_t len)
{
	struct block *b = a->last;
	size_t need = align_up(len) + GAP;

	BUG_UNLESS(a->magic == ARENA_MAGIC && len < SIZE_MAX / 4);
	if (need > b->size - b->used) {
		size_t size = b->size * 2 > need ? b->size * 2 : need;

		a->total += size;
		if (a->total > a->cap)
			a->overflowed = true;
		b = a->last = block_new(size, b);
	}
	return block_take(b, len);
}

void *
arena_calloc(struct arena *a, size_t count, size_t len)
{
	BUG_UNLESS(len == 0 || count < SIZE_MAX / 4 / len);
	return arena_alloc(a, count * len);
}

char *
arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *p = arena_alloc(a, len + 1);

	if (len > 0)
		memcpy(p, s, len);
	return p;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return s == NULL ? NULL : arena_strndup(a, s, strlen(s));
}

char *
arena_vprintf(struct arena *a, const char *format, va_list ap)
{
	va_list again;
	char small[256], *p;
	int n;

	va_copy(again, ap);
	n = vsnprintf(small, sizeof(small), format, again);
	va_end(again);
	BUG_UNLESS(n >= 0);
	if ((size_t)n < sizeof(small))
		return arena_strndup(a, small, (size_t)n);
	p = arena_alloc(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, format, ap);
	return p;
}

char *
arena_printf(struct arena *a, const char *format, ...)
{
	va_list ap;
	char *p;

	va_start(ap, format);
	p = arena_vprintf(a, format, ap);
	va_end(ap);
	return p;
}

bool
arena_overflowed(const struct arena *a)
{
	return a->overflowed;
}

size_t
arena_size(const struct arena *a)
{
	return a->total;
}

struct arena_mark
arena_mark(const struct arena *a)
{
	return (struct arena_mark){ a->last, a->last->used };
}

void
arena_rewind(struct arena *a, struct arena_mark m)
{
	while (a->last != m.block) {
		struct block *b = a->last;

		a->last = b->before;
		a->total -= b->size;
		block_free(b);
	}
	a->last->used = m.used;
	POISON(a->last->data + m.used, a->last->size - m.used);
}
