/* SPDX-License-Identifier: MIT */
/*
 * clinic_node.c - values of the clinic file, each with the way to it.
 *
 * A path is made only when something is wrong. Keys and values of the file are
 * never repeated as they are: what does not look harmless is left out.
 */
#include <ctype.h>
#include <string.h>

#include "book/clinic_reader.h"

#define KEY_SHOWN_MAX 40
#define CHARACTER_MAX 16 /* bytes, on average: nobody piles up accents */

static bool
key_plain(const char *key)
{
	size_t n = strlen(key);

	if (n == 0 || n > KEY_SHOWN_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)key[i]) && key[i] != '_' && key[i] != '-')
			return false;
	return true;
}

static const char *
path_of(struct arena *a, const struct node *n)
{
	const char *up;

	if (n->up == NULL)
		return "$";
	up = path_of(a, n->up);
	if (n->key == NULL)
		return arena_printf(a, "%s[%zu]", up, n->index);
	if (key_plain(n->key))
		return arena_printf(a, "%s.%s", up, n->key);
	if (strlen(n->key) > KEY_SHOWN_MAX || str_has_control(n->key, false) ||
	    strpbrk(n->key, "'\\") != NULL)
		return arena_printf(a, "%s['?']", up);
	return arena_printf(a, "%s['%s']", up, n->key);
}

void
node_wrong(
    struct reader *r, const struct node *n, const char *code, const char *format, ...)
{
	struct arena *a = r->problems->arena;
	va_list ap;

	r->wrong = true;
	if (r->problems->n >= PROBLEMS_MAX)
		return;
	va_start(ap, format);
	problem_add(r->problems, path_of(a, n), code, "%s", arena_vprintf(a, format, ap));
	va_end(ap);
}

struct node
node_key(const struct node *up, const char *key)
{
	json_t *v = up->v == NULL ? NULL : json_object_get(up->v, key);

	return (struct node){ .up = up, .key = key, .v = v };
}

struct node
node_at(const struct node *up, size_t index)
{
	return (
	    struct node){ .up = up, .index = index, .v = json_array_get(up->v, index) };
}

bool
node_object(struct reader *r, const struct node *n, const char *const *keys)
{
	const char *key;
	json_t *v;

	if (!json_is_object(n->v)) {
		if (n->v != NULL)
			node_wrong(r, n, "invalid", "an object is expected here");
		return false;
	}
	json_object_foreach(n->v, key, v)
	{
		const char *const *k = keys;
		struct node at = { .up = n, .key = key, .v = v };

		while (*k != NULL && strcmp(*k, key) != 0)
			k++;
		if (*k == NULL)
			node_wrong(
			    r, &at, "unknown_field", "there is no such field here");
	}
	return true;
}

size_t
node_array(struct reader *r, const struct node *n, size_t max)
{
	size_t count = json_array_size(n->v);

	if (n->v == NULL)
		return 0;
	if (!json_is_array(n->v)) {
		node_wrong(r, n, "invalid", "a list is expected here");
		return 0;
	}
	if (count > max) {
		node_wrong(
		    r, n, "invalid", "a list of at most %zu is expected here", max);
		return 0;
	}
	return count;
}

const char *
node_text(struct reader *r, const struct node *n, size_t max, int flags)
{
	const char *s = json_string_value(n->v);

	if (n->v == NULL) {
		if ((flags & NEEDED) != 0)
			node_wrong(r, n, "missing", "a text is needed here");
		return NULL;
	}
	if (s == NULL || !str_utf8_valid(s, strlen(s)) ||
	    str_has_control(s, (flags & LINES) != 0)) {
		node_wrong(r, n, "invalid", "a text%s is expected here",
		    (flags & LINES) != 0 ? "" : " of one line");
		return NULL;
	}
	s = str_trim(r->arena, s);
	if (*s == '\0' || strlen(s) > max * CHARACTER_MAX || str_graphemes(s) > max) {
		node_wrong(r, n, "invalid",
		    "a text of 1 to %zu characters is expected here", max);
		return NULL;
	}
	return s;
}

const char *
node_slug(struct reader *r, const struct node *n, struct strlist *before)
{
	const char *s = json_string_value(n->v);

	if (n->v == NULL) {
		node_wrong(
		    r, n, "missing", "a short name is needed here: a-z, 0-9 and -");
		return NULL;
	}
	if (s == NULL || !clinic_slug_good(s)) {
		node_wrong(r, n, "invalid",
		    "1 to 40 characters of a-z, 0-9 and - are expected here");
		return NULL;
	}
	if (strlist_has(before, s)) {
		node_wrong(r, n, "duplicate", "\"%s\" is there already", s);
		return NULL;
	}
	s = arena_strdup(r->arena, s);
	strlist_add(before, r->arena, s);
	return s;
}

int
node_int(struct reader *r, const struct node *n, struct range range, int otherwise)
{
	json_int_t i = json_integer_value(n->v);

	if (n->v == NULL)
		return otherwise;
	if (!json_is_integer(n->v) || i < range.min || i > range.max ||
	    i % range.step != 0) {
		if (range.step > 1)
			node_wrong(r, n, "invalid",
			    "a multiple of %d from %d to %d is expected here", range.step,
			    range.min, range.max);
		else
			node_wrong(r, n, "invalid",
			    "a whole number from %d to %d is expected here", range.min,
			    range.max);
		return otherwise;
	}
	return (int)i;
}

bool
node_bool(struct reader *r, const struct node *n, bool otherwise)
{
	if (n->v == NULL)
		return otherwise;
	if (!json_is_boolean(n->v)) {
		node_wrong(r, n, "invalid", "true or false is expected here");
		return otherwise;
	}
	return json_is_true(n->v);
}
