/* SPDX-License-Identifier: MIT */
/*
 * decode.c - forms and queries into commands, by the tables of fields.
 *
 * Every problem is listed. Forms ignore what they do not know, since the page
 * they came from may not be ours.
 */
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "web/form.h"
#include "web/web.h"

#define INDEX_DIGITS_MAX 3

static const struct field *
named(const struct fields *fs, const char *name, unsigned without)
{
	for (size_t i = 0; i < fs->n; i++)
		if (strcmp(fs->v[i].name, name) == 0 && !(fs->v[i].flags & without))
			return &fs->v[i];
	return NULL;
}

/* ---- forms ---- */

/* [public] field_alias: "their-name:our-name". NULL: nobody named it. */
static const char *
alias(struct arena *a, const struct conf *conf, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < conf->public_field_alias.n; i++) {
		const char *row = conf->public_field_alias.v[i];

		if (strncmp(row, name, len) == 0 && row[len] == ':')
			return arena_strdup(a, row + len + 1);
	}
	return NULL;
}

/* How long a name is without the "[]" of a list at its end, or the "[12]" that
 * PHP's http_build_query writes. */
static size_t
without_index(const char *name, size_t len)
{
	size_t i = len - 1;

	if (len == 0 || name[i] != ']')
		return len;
	while (i > 0 && name[i - 1] >= '0' && name[i - 1] <= '9')
		i--;
	if (i < 2 || name[i - 1] != '[' || len - 1 - i > INDEX_DIGITS_MAX)
		return len;
	return i - 1;
}

/* An alias of the whole name comes first: a plugin's field may itself be called
 * "fields[7]". A name with a NUL is nobody's. */
static const char *
pair_name(struct req *q, const struct form_pair *pair)
{
	size_t len = pair->name_len;
	const char *name, *ours;

	if (memchr(pair->name, '\0', len) != NULL)
		return "";
	if ((ours = alias(q->arena, q->conf, pair->name)) != NULL)
		return ours;
	name = arena_strndup(q->arena, pair->name, without_index(pair->name, len));
	ours = alias(q->arena, q->conf, name);
	return ours != NULL ? ours : name;
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
		const struct field *f = named(fs, pairs->v[i].name, without);

		if (f != NULL)
			set_pair(f, cmd, p, &pairs->v[i]);
	}
	fields_check_counts(fs, cmd, p);
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
		    strlen(name) == pairs->v[i].name_len ? named(fs, name, 0) : NULL;

		if (f != NULL)
			set_query(f, cmd, p, &pairs->v[i], strict);
		else if (strict && str_utf8_valid(name, strlen(name)))
			problem_add(p, name, "unknown_field",
			    "There is no parameter of that name.");
		else if (strict)
			problem_add(p, "?", "unknown_field",
			    "There is no parameter of that name.");
	}
	fields_check_counts(fs, cmd, p);
}
