/* SPDX-License-Identifier: MIT */
/* answers.c - see answers.h. */
#include <string.h>

#include "base/str.h"
#include "web/answers.h"

const char *
answer(const struct answers *a, const char *name)
{
	for (size_t i = 0; i < a->pairs->n; i++)
		if (strcmp(a->pairs->v[i].name, name) == 0 &&
		    str_utf8_valid(a->pairs->v[i].value, a->pairs->v[i].value_len))
			return a->pairs->v[i].value;
	return NULL;
}

const char *
answer_given(const struct answers *a, const char *name)
{
	const char *text = answer(a, name);

	return text == NULL || *text == '\0' ? NULL : text;
}

bool
has_answer(const struct answers *a, const char *name, const char *value)
{
	for (size_t i = 0; i < a->pairs->n; i++)
		if (strcmp(a->pairs->v[i].name, name) == 0 &&
		    strcmp(a->pairs->v[i].value, value) == 0)
			return true;
	return false;
}

/* "concerns" and "concerns[2]" are of the field "concerns". */
static bool
is_of(const char *field, const char *name)
{
	size_t len = strlen(name);

	return strncmp(field, name, len) == 0 && (field[len] == '\0' || field[len] == '[');
}

const char *
answer_error(const struct answers *a, const char *name)
{
	for (size_t i = 0; a->problems != NULL && i < a->problems->n; i++)
		if (is_of(a->problems->v[i].field, name))
			return a->problems->v[i].message;
	return NULL;
}

/* The ids of what explains a field: its hint, its error. */
static const char *
described_by(const struct answers *a, const char *name, bool hint)
{
	const char *error =
	    answer_error(a, name) == NULL ? "" : arena_printf(a->arena, "%s-error", name);

	if (!hint)
		return *error == '\0' ? NULL : error;
	return arena_printf(a->arena, "%s-hint%s%s", name, *error == '\0' ? "" : " ", error);
}

struct view_text
answer_text(const struct answers *a, const char *name, bool hint)
{
	return (struct view_text){ answer(a, name), answer_error(a, name),
		described_by(a, name, hint) };
}

struct view_choice
answer_choice(
    const struct answers *a, const char *name, const char *value, const char *label, size_t i)
{
	return (struct view_choice){ value, label,
		i == 0 ? name : arena_printf(a->arena, "%s-%zu", name, i),
		has_answer(a, name, value) };
}

const struct view_problem *
answer_problems(const struct answers *a, size_t *ret_n)
{
	size_t n = a->problems == NULL ? 0 : a->problems->n;
	struct view_problem *p = ARENA_ARRAY(a->arena, struct view_problem, n + 1);

	for (size_t i = 0; i < n; i++) {
		const char *field = a->problems->v[i].field;

		p[i].anchor = arena_strndup(a->arena, field, strcspn(field, "["));
		p[i].message = a->problems->v[i].message;
	}
	*ret_n = n;
	return p;
}
