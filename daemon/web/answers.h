/* SPDX-License-Identifier: MIT */
/*
 * answers.h - a form shown again: each answer in its place, what was wrong beside
 * it, and a summary whose lines lead there. The ids are the fields' names; the
 * first of a group's choices has the name itself.
 */
#ifndef WEB_ANSWERS_H
#define WEB_ANSWERS_H

#include "book/problem.h"
#include "web/form.h"
#include "web/view.h"

/* The answers given so far and what was wrong with them. */
struct answers {
	struct arena *arena;
	const struct form_pairs *pairs;	 /* may be empty */
	const struct problems *problems; /* may be NULL */
	int lang;			 /* 0 en, 1 ms, 2 zh-Hans */
};

/* The first answer of that name that is text; NULL without one. */
const char *answer(const struct answers *, const char *name);
/* The same; NULL for an empty one too. */
const char *answer_given(const struct answers *, const char *name);
bool has_answer(const struct answers *, const char *name, const char *value);
/* The words beside a field; those of a list's elements too. NULL: none. */
const char *answer_error(const struct answers *, const char *name);
/* A text field; hint: it has one. */
struct view_text answer_text(const struct answers *, const char *name, bool hint);
/* The i-th choice of a group. */
struct view_choice answer_choice(
    const struct answers *, const char *name, const char *value, const char *label, size_t i);
/* The lines of the summary, one a problem, in the order they were found. */
const struct view_problem *answer_problems(const struct answers *, size_t *ret_n);

#endif
