/* SPDX-License-Identifier: MIT */
/*
 * decode.c - bodies and queries into commands, by the tables of fields.
 *
 * Every problem is listed. JSON refuses what it does not know; forms ignore it,
 * since the page they came from may not be ours.
 */
#include <jansson.h>
#include <string.h>
#include <strings.h>

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

static void
check_counts(const struct fields *fs, void *cmd, struct problems *p)
{
	for (size_t i = 0; i < fs->n; i++)
		field_check_count(&fs->v[i], cmd, p);
}

/* ---- forms ---- */

/* [public] field_alias: "their-name:our-name". */
static const char *
alias(struct arena *a, const struct conf *conf, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < conf->public_field_alias.n; i++) {
		const char *row = conf->public_field_alias.v[i];

		if (strncmp(row, name, len) == 0 && row[len] == ':')
			return arena_strdup(a, row + len + 1);
	}
	return name;
}

/* "concerns[]" is "concerns"; a name with a NUL is nobody's. */
static const char *
pair_name(struct req *q, const struct form_pair *pair)
{
	size_t len = pair->name_len;
	char *name;

	if (memchr(pair->name, '\0', len) != NULL)
		return "";
	if (len > 2 && memcmp(pair->name + len - 2, "[]", 2) == 0)
		len -= 2;
	name = arena_strndup(q->arena, pair->name, len);
	return alias(q->arena, q->conf, name);
}

static bool
has_value(const struct field *f, const void *cmd)
{
	const void *at = (const char *)cmd + f->offset;

	if (f->type == FIELD_BOOL)
		return *(const int *)at >= 0;
	if (f->type == FIELD_INT)
		return *(const int64_t *)at != FIELD_ABSENT;
	return f->type != FIELD_WORDS && *(const char *const *)at != NULL;
}

static void
set_pair(
    const struct field *f, void *cmd, struct problems *p, const struct form_pair *pair)
{
	const struct strlist *list = (const void *)((const char *)cmd + f->offset);
	const char *where = f->name;

	if (f->type == FIELD_WORDS)
		where = arena_printf(p->arena, "%s[%zu]", f->name, list->n);
	if (!str_utf8_valid(pair->value, pair->value_len))
		problem_say(p, where, "invalid", M_CHARACTERS);
	else if (has_value(f, cmd))
		problem_say(p, where, "invalid", M_TWICE);
	else
		field_set_text(f, cmd, p, where, pair->value);
}

static void
decode_pairs(const struct form_pairs *pairs, const struct fields *fs, void *cmd,
    struct problems *p, unsigned without)
{
	for (size_t i = 0; i < pairs->n; i++) {
		const char *name = pairs->v[i].name;
		const struct field *f = NULL;

		for (size_t k = 0; f == NULL && k < fs->n; k++)
			if (strcmp(fs->v[k].name, name) == 0 &&
			    !(fs->v[k].flags & without))
				f = &fs->v[k];
		if (f != NULL)
			set_pair(f, cmd, p, &pairs->v[i]);
	}
	check_counts(fs, cmd, p);
}

static bool
type_is(const char *content_type, const char *type)
{
	size_t n = strlen(type);

	return content_type != NULL && strncasecmp(content_type, type, n) == 0 &&
	       (content_type[n] == '\0' || content_type[n] == ';' ||
		   content_type[n] == ' ');
}

/* Nothing is unpacked here. */
static bool
is_packed(const struct req *q)
{
	const char *v = req_field(q, "content-encoding");

	return v != NULL && strcasecmp(v, "identity") != 0;
}

bool
is_json_body(const struct req *q)
{
	return type_is(req_field(q, "content-type"), "application/json") && !is_packed(q);
}

int
form_pairs_of(struct req *q, struct form_pairs *pairs)
{
	const char *type = req_field(q, "content-type");
	const char *body = q->body == NULL ? "" : q->body;
	int rc = E_MEDIA_TYPE;

	pairs->n = 0;
	if (is_packed(q))
		return E_MEDIA_TYPE;
	if (type_is(type, "application/x-www-form-urlencoded"))
		rc = form_urlencoded(q->arena, body, q->body_len, pairs);
	else if (type_is(type, "multipart/form-data"))
		rc = form_multipart(q->arena, type, body, q->body_len, pairs);
	for (size_t i = 0; i < pairs->n; i++)
		pairs->v[i].name = pair_name(q, &pairs->v[i]);
	return rc;
}

static int
decode_any_form(struct req *q, const struct fields *fs, void *cmd, struct problems *p,
    unsigned without)
{
	struct form_pairs *pairs = ARENA_NEW(q->arena, struct form_pairs);
	int rc = form_pairs_of(q, pairs);

	fields_clear(fs, cmd);
	if (rc == 0)
		decode_pairs(pairs, fs, cmd, p, without);
	return rc;
}

int
decode_form(struct req *q, const struct fields *fs, void *cmd, struct problems *p)
{
	return decode_any_form(q, fs, cmd, p, FIELD_JSON_ONLY | FIELD_STAFF);
}

int
decode_staff_form(struct req *q, const struct fields *fs, void *cmd, struct problems *p)
{
	return decode_any_form(q, fs, cmd, p, FIELD_JSON_ONLY);
}

/* ---- queries ---- */

/* "concern=a,b" is two words; commas part the words of lists only. */
static void
set_query(const struct field *f, void *cmd, struct problems *p,
    const struct form_pair *pair, bool strict)
{
	struct strlist words;

	if (!str_utf8_valid(pair->value, pair->value_len)) {
		problem_say(p, f->name, "invalid", M_CHARACTERS);
		return;
	}
	if (*pair->value == '\0' && !strict)
		return; /* a form's field that was left alone */
	if (f->type != FIELD_WORDS) {
		if (has_value(f, cmd))
			problem_add(p, f->name, "invalid", "Give this once.");
		else if (*pair->value == '\0')
			problem_add(
			    p, f->name, "invalid", "Give a value, or leave this out.");
		else
			field_set_text(f, cmd, p, f->name, pair->value);
		return;
	}
	words = strlist_split(p->arena, pair->value);
	if (words.n == 0)
		problem_add(p, f->name, "invalid", "Give a value, or leave this out.");
	for (size_t i = 0; i < words.n; i++)
		field_set_text(f, cmd, p, f->name, words.v[i]);
}

void
decode_query(
    struct req *q, const struct fields *fs, void *cmd, struct problems *p, bool strict)
{
	struct form_pairs *pairs = ARENA_NEW(q->arena, struct form_pairs);

	fields_clear(fs, cmd);
	if (form_urlencoded(q->arena, q->query, strlen(q->query), pairs) < 0)
		problem_add(p, "?", "invalid", "There are too many parameters.");
	for (size_t i = 0; i < pairs->n; i++) {
		const char *name = pairs->v[i].name;
		const struct field *f =
		    strlen(name) == pairs->v[i].name_len ? find(fs, name, NULL, 0) : NULL;

		if (f != NULL)
			set_query(f, cmd, p, &pairs->v[i], strict);
		else if (strict && str_utf8_valid(name, strlen(name)))
			problem_add(p, name, "unknown_field",
			    "There is no parameter of that name.");
		else if (strict)
			problem_add(p, "?", "unknown_field",
			    "There is no parameter of that name.");
	}
	check_counts(fs, cmd, p);
}

/* ---- JSON ---- */

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
	check_counts(fs, cmd, p);
	return 0;
}
