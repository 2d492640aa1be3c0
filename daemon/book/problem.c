/* SPDX-License-Identifier: MIT */
/* problem.c - a growing list with an end. */
#include <string.h>

#include "book/problem.h"

static const char *const messages[MESSAGE_COUNT][3] = {
#define MESSAGE(name, en, ms, zh) [name] = { en, ms, zh },
#include "book/message.def"
#undef MESSAGE
};

/* Takes message, which is in the arena. */
static void
append(struct problems *p, const char *field, const char *code, const char *message)
{
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
	p->v[p->n++] = (struct problem){ arena_strdup(p->arena, field), code, message };
}

void
problem_add(
    struct problems *p, const char *field, const char *code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	append(p, field, code, arena_vprintf(p->arena, format, ap));
	va_end(ap);
}

/* The formats are the table's own. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
void
problem_say(struct problems *p, const char *field, const char *code, enum message m, ...)
{
	va_list ap;

	va_start(ap, m);
	append(p, field, code, arena_vprintf(p->arena, messages[m][p->language], ap));
	va_end(ap);
}
#pragma GCC diagnostic pop

const char *
message_text(int language, enum message m)
{
	return messages[m][language];
}

const struct problem *
problem_of(const struct problems *p, const char *field)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->v[i].field, field) == 0)
			return &p->v[i];
	return NULL;
}
