/* SPDX-License-Identifier: MIT */
/* problem.c - a growing list with an end. */
#include <string.h>

#include "book/problem.h"

void
problem_add(struct problems *p, const char *field, const char *code, const char *format, ...)
{
	va_list ap;

	if (p->n >= PROBLEMS_MAX)
		return;
	if (p->n == p->cap) {
		size_t cap = p->cap == 0 ? 8 : p->cap * 2;
		struct problem *v = ARENA_ARRAY(p->arena, struct problem, cap);

		if (p->n > 0)
			memcpy(v, p->v, p->n * sizeof(*v));
		p->v = v;
		p->cap = cap;
	}
	va_start(ap, format);
	p->v[p->n].message = arena_vprintf(p->arena, format, ap);
	va_end(ap);
	p->v[p->n].field = arena_strdup(p->arena, field);
	p->v[p->n].code = code;
	p->n++;
}

const struct problem *
problem_of(const struct problems *p, const char *field)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->v[i].field, field) == 0)
			return &p->v[i];
	return NULL;
}
