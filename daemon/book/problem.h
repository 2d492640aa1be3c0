/* SPDX-License-Identifier: MIT */
/*
 * problem.h - what is wrong with somebody's input: all of it, at once.
 *
 * Wrong input is a list, not an error: each problem names its field as the
 * sender wrote it ("phone", "concerns[0]", "$.branches[1].hours[0].from"), a
 * stable code and a sentence for people, in their language where it is a patient's.
 */
#ifndef BOOK_PROBLEM_H
#define BOOK_PROBLEM_H

#include "base/arena.h"

#define PROBLEMS_MAX 100 /* past that the list is cut; it is still wrong */

struct problem {
	const char *field, *code, *message;
};

enum message {
#define MESSAGE(name, en, ms, zh) name,
#include "book/message.def"
#undef MESSAGE
	MESSAGE_COUNT
};

struct problems {
	struct arena *arena;
	int language; /* of the sentences: 0 en, 1 ms, 2 zh-Hans */
	struct problem *v;
	size_t n, cap;
};

/* code is a literal; field and message are copied. */
void problem_add(struct problems *, const char *field, const char *code,
    const char *format, ...) PRINTF_LIKE(4, 5);
/* The same with a sentence of message.def, in the list's language; what its %lld
 * or %s stand for follows. */
void problem_say(struct problems *, const char *field, const char *code, enum message, ...);
/* A sentence without anything to fill in. */
const char *message_text(int language, enum message);
/* The first problem of that field, or NULL. */
const struct problem *problem_of(const struct problems *, const char *field);

#endif
