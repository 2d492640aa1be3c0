/* SPDX-License-Identifier: MIT */
/*
 * decode_json.c - JSON into commands, by the tables of fields.
 *
 * Every problem is listed, and a field that nobody knows is one.
 */
#include <jansson.h>
#include <string.h>

#include "base/err.h"
#include "web/form.h"
#include "web/web.h"

#define JSON_DEPTH_MAX 16

static const struct field *
find(const struct fields *fs, const char *name, const char *group, unsigned without)
{
	for (size_t i = 0; i < fs->n; i++) {
		const struct field *f = &fs->v[i];

		if (strcmp(f->name, name) == 0 && !(f->flags & without) &&
		    (group == NULL ? f->group == NULL
				   : f->group != NULL && strcmp(f->group, group) == 0))
			return f;
	}
	return NULL;
}

/* Where a decoding writes to. */
struct target {
	const struct fields *fields;
	void *cmd;
	struct problems *problems;
	unsigned without;
};

static void
wrong_type(struct problems *p, const char *where, const struct field *f)
{
	static const char *const wanted[] = {
		[FIELD_LINE] = "a string",
		[FIELD_LINES] = "a string",
		[FIELD_WORD] = "a string",
		[FIELD_WORDS] = "a list of strings",
		[FIELD_BOOL] = "true or false",
		[FIELD_INT] = "a whole number",
	};

	problem_add(p, where, "invalid", "This must be %s.", wanted[f->type]);
}

static void
set_string(struct target *t, const struct field *f, const char *where, const json_t *v)
{
	const char *s = json_string_value(v);

	if (strlen(s) != json_string_length(v) || !str_utf8_valid(s, strlen(s)))
		problem_say(t->problems, where, "invalid", M_CHARACTERS);
	else
		field_set_text(f, t->cmd, t->problems, where, s);
}

static void
set_list(struct target *t, const struct field *f, const char *where, const json_t *v)
{
	size_t i;
	json_t *item;

	if (json_array_size(v) > FORM_PAIRS_MAX) {
		problem_add(t->problems, where, "invalid", "The list is too long.");
		return;
	}
	json_array_foreach(v, i, item)
	{
		const char *at = arena_printf(t->problems->arena, "%s[%zu]", where, i);

		if (json_is_string(item))
			set_string(t, f, at, item);
		else
			problem_add(t->problems, at, "invalid", "This must be a string.");
	}
}

static void
set_json(struct target *t, const struct field *f, const char *where, const json_t *v)
{
	bool text =
	    f->type == FIELD_LINE || f->type == FIELD_LINES || f->type == FIELD_WORD;

	if (json_is_null(v))
		return;
	if (f->type == FIELD_WORDS && json_is_array(v))
		set_list(t, f, where, v);
	else if (f->type == FIELD_BOOL && json_is_boolean(v))
		field_set_bool(f, t->cmd, json_is_true(v));
	else if (f->type == FIELD_INT && json_is_integer(v))
		field_set_int(f, t->cmd, t->problems, where, json_integer_value(v));
	else if (text && json_is_string(v))
		set_string(t, f, where, v);
	else
		wrong_type(t->problems, where, f);
}

static bool
is_group(const struct target *t, const char *name)
{
	for (size_t i = 0; i < t->fields->n; i++) {
		const struct field *f = &t->fields->v[i];

		if (f->group != NULL && strcmp(f->group, name) == 0 &&
		    !(f->flags & t->without))
			return true;
	}
	return false;
}

static void
set_object(struct target *t, json_t *object, const char *group)
{
	const char *key;
	json_t *v;

	json_object_foreach(object, key, v)
	{
		const char *where =
		    group == NULL ? key
				  : arena_printf(t->problems->arena, "%s.%s", group, key);
		const struct field *f = find(t->fields, key, group, t->without);

		if (group == NULL && json_is_object(v) && is_group(t, key))
			set_object(t, v, key);
		else if (f == NULL)
			problem_add(t->problems, where, "unknown_field",
			    "There is no field of that name.");
		else
			set_json(t, f, where, v);
	}
}

/* jansson bounds its own depth far above ours: look before parsing. */
static bool
too_deep(const char *s, size_t len)
{
	int depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < len; i++) {
		if (quoted && s[i] == '\\')
			i++;
		else if (s[i] == '"')
			quoted = !quoted;
		else if (!quoted && (s[i] == '{' || s[i] == '[') &&
			 ++depth > JSON_DEPTH_MAX)
			return true;
		else if (!quoted && (s[i] == '}' || s[i] == ']'))
			depth--;
	}
	return false;
}

int
decode_json(
    struct req *q, const struct fields *fs, void *cmd, struct problems *p, bool staff)
{
	struct target t = { fs, cmd, p, FIELD_FORM_ONLY | (staff ? 0 : FIELD_STAFF) };
	json_error_t error;
	json_t *root;

	fields_clear(fs, cmd);
	if (q->body_len == 0 && req_field(q, "content-type") == NULL)
		return 0; /* an action without words */
	if (!is_json_body(q))
		return E_MEDIA_TYPE;
	if (too_deep(q->body == NULL ? "" : q->body, q->body_len))
		return E_MALFORMED;
	root = json_loadb(q->body == NULL ? "" : q->body, q->body_len,
	    JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	if (!json_is_object(root)) {
		json_decref(root);
		return E_MALFORMED;
	}
	set_object(&t, root, NULL);
	json_decref(root);
	fields_check_counts(fs, cmd, p);
	return 0;
}
