/* SPDX-License-Identifier: MIT */
/* field.c - sets and hashes the fields of a command by its table. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/obuf.h"
#include "base/secret.h"
#include "book/field.h"

static void *
place(const struct field *f, void *cmd)
{
	return (char *)cmd + f->offset;
}

static const void *
place_const(const struct field *f, const void *cmd)
{
	return (const char *)cmd + f->offset;
}

void
fields_clear(const struct fields *fs, void *cmd)
{
	for (size_t i = 0; i < fs->n; i++) {
		const struct field *f = &fs->v[i];

		if (f->type == FIELD_BOOL)
			*(int *)place(f, cmd) = -1;
		else if (f->type == FIELD_INT)
			*(int64_t *)place(f, cmd) = FIELD_ABSENT;
		else if (f->type == FIELD_WORDS)
			*(struct strlist *)place(f, cmd) = (struct strlist){ 0 };
		else
			*(const char **)place(f, cmd) = NULL;
	}
}

bool
field_is_slug(const char *s)
{
	size_t n = strlen(s);

	return n >= 1 && n <= 64 &&
	       s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static bool
is_choice(const struct field *f, const char *text)
{
	if (f->choices == NULL)
		return field_is_slug(text);
	for (const char *const *c = f->choices; *c != NULL; c++)
		if (strcmp(*c, text) == 0)
			return true;
	return false;
}

static const char *
choices_text(struct arena *a, const struct field *f)
{
	const char *text = "";

	for (const char *const *c = f->choices; *c != NULL; c++)
		text = arena_printf(a, "%s%s%s", text, c == f->choices ? "" : ", ", *c);
	return text;
}

static bool
check_choice(
    const struct field *f, struct problems *p, const char *where, const char *text)
{
	if (is_choice(f, text))
		return true;
	if (f->choices != NULL)
		problem_say(p, where, "invalid", M_ONE_OF, choices_text(p->arena, f));
	else
		problem_say(p, where, "invalid", M_SLUG);
	return false;
}

static void
set_words(const struct field *f, void *cmd, struct problems *p, const char *where,
    const char *text)
{
	struct strlist *list = place(f, cmd);

	if (!check_choice(f, p, where, text) || strlist_has(list, text))
		return;
	if (list->n <= (size_t)f->max)
		strlist_add(list, p->arena, text);
}

static void
set_bool_text(const struct field *f, void *cmd, struct problems *p, const char *where,
    const char *text)
{
	static const char *const yes[] = { "yes", "on", "true", "1" };
	static const char *const no[] = { "no", "off", "false", "0" };

	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		if (strcmp(text, yes[i]) == 0)
			field_set_bool(f, cmd, true);
		else if (strcmp(text, no[i]) == 0)
			field_set_bool(f, cmd, false);
		else
			continue;
		return;
	}
	problem_say(p, where, "invalid", M_YES_NO);
}

static void
set_line(const struct field *f, void *cmd, struct problems *p, const char *where,
    const char *text)
{
	bool lines = f->type == FIELD_LINES;

	if (str_has_control(text, lines))
		problem_say(p, where, "invalid", M_CHARACTERS);
	else if (f->max > 0 && str_graphemes(text) > (size_t)f->max)
		problem_say(p, where, "too_long", M_TOO_LONG, (long long)f->max);
	else
		*(const char **)place(f, cmd) = text;
}

void
field_set_text(const struct field *f, void *cmd, struct problems *p, const char *where,
    const char *text)
{
	char *end;
	long long v;

	text = str_trim(p->arena, text);
	if (*text == '\0')
		return; /* an empty answer is no answer */
	switch (f->type) {
	case FIELD_LINE:
	case FIELD_LINES:
		set_line(f, cmd, p, where, text);
		break;
	case FIELD_WORD:
		if (check_choice(f, p, where, text))
			*(const char **)place(f, cmd) = text;
		break;
	case FIELD_WORDS:
		set_words(f, cmd, p, where, text);
		break;
	case FIELD_BOOL:
		set_bool_text(f, cmd, p, where, text);
		break;
	case FIELD_INT:
		errno = 0;
		v = strtoll(text, &end, 10);
		if (errno != 0 || *end != '\0' ||
		    text[strspn(text, "-0123456789")] != '\0')
			problem_say(p, where, "invalid", M_NUMBER);
		else
			field_set_int(f, cmd, p, where, v);
		break;
	}
}

void
field_set_bool(const struct field *f, void *cmd, bool v)
{
	*(int *)place(f, cmd) = v;
}

void
field_set_int(
    const struct field *f, void *cmd, struct problems *p, const char *where, int64_t v)
{
	if (v < f->min || v > f->max)
		problem_add(p, where, "invalid", "Use a whole number from %lld to %lld.",
		    (long long)f->min, (long long)f->max);
	else
		*(int64_t *)place(f, cmd) = v;
}

void
fields_check_counts(const struct fields *fs, const void *cmd, struct problems *p)
{
	for (size_t i = 0; i < fs->n; i++) {
		const struct field *f = &fs->v[i];
		const struct strlist *list = place_const(f, cmd);

		if (f->type == FIELD_WORDS && list->n > (size_t)f->max)
			problem_say(p, f->name, "invalid", M_TOO_MANY, (long long)f->max);
	}
}

/* ---- the same answers ---- */

/* Fed piece by piece into one buffer: each with its length before it, so that
 * no two commands run together into the same bytes. */
static void
feed(struct obuf *o, const char *s)
{
	char length[24];
	size_t at = sizeof(length), len = s == NULL ? 0 : strlen(s), n = len;

	if (s == NULL) {
		obuf_puts(o, "-;");
		return;
	}
	/* Not by printf: two dozen of these are a tenth of a post's cost. */
	length[--at] = ':';
	do {
		length[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	obuf_put(o, length + at, sizeof(length) - at);
	obuf_put(o, s, len);
	obuf_putc(o, ';');
}

void
fields_hash(const struct fields *fs, const void *cmd, uint8_t ret_hash[32])
{
	struct arena *a = arena_new(SIZE_MAX / 8);
	struct obuf o;

	obuf_init(&o, a, SIZE_MAX / 8);
	for (size_t i = 0; i < fs->n; i++) {
		const struct field *f = &fs->v[i];
		const struct strlist *list = place_const(f, cmd);

		if (f->flags & FIELD_UNHASHED)
			continue;
		feed(&o, f->name);
		if (f->type == FIELD_WORDS)
			for (size_t k = 0; k < list->n; k++)
				feed(&o, list->v[k]);
		else if (f->type == FIELD_BOOL)
			obuf_printf(&o, "%d;", *(const int *)place_const(f, cmd));
		else if (f->type == FIELD_INT)
			obuf_printf(&o, "%lld;",
			    (long long)*(const int64_t *)place_const(f, cmd));
		else
			feed(&o, *(const char *const *)place_const(f, cmd));
	}
	secret_hash(o.data, o.len, ret_hash);
	arena_free(a);
}
