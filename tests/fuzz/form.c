/* SPDX-License-Identifier: MIT */
/*
 * form.c - any bytes as a form's body, and as a query.
 *
 * The first byte says how they are read. A list of pairs is whole and NUL-ended;
 * what gets into a command is clean text, whatever came.
 */
#include <string.h>

#include "base/conf.h"
#include "book/find.h"
#include "web/form.h"
#include "web/web.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char *const types[] = { "application/x-www-form-urlencoded",
	"multipart/form-data; boundary=x", "multipart/form-data; boundary=\"a b\"" };

static void
fuzz_pairs(struct arena *a, const char *type, const char *s, size_t len)
{
	struct form_pairs *pairs = ARENA_NEW(a, struct form_pairs);
	int rc = strchr(type, ';') == NULL ? form_urlencoded(a, s, len, pairs)
					   : form_multipart(a, type, s, len, pairs);

	BUG_UNLESS(rc <= 0 && pairs->n <= FORM_PAIRS_MAX);
	for (size_t i = 0; i < pairs->n; i++) {
		const struct form_pair *p = &pairs->v[i];

		BUG_UNLESS(p->name_len + p->value_len <= len);
		BUG_UNLESS(p->name[p->name_len] == '\0');
		BUG_UNLESS(p->value[p->value_len] == '\0');
	}
}

static bool
is_good_text(const struct field *f, const char *s)
{
	return s == NULL || (*s != '\0' && str_utf8_valid(s, strlen(s))
	    && !str_has_control(s, f->type == FIELD_LINES));
}

/* Every text that a field took is UTF-8 without controls; numbers are in range. */
static void
check_command(const struct fields *fs, const void *cmd)
{
	for (size_t i = 0; i < fs->n; i++) {
		const struct field *f = &fs->v[i];
		const void *at = (const char *)cmd + f->offset;
		const struct strlist *list = at;
		const int64_t *n = at;

		if (f->type == FIELD_WORDS)
			for (size_t k = 0; f->choices == NULL && k < list->n; k++)
				BUG_UNLESS(field_is_slug(list->v[k]));
		else if (f->type == FIELD_INT)
			BUG_UNLESS(*n == FIELD_ABSENT || (*n >= f->min && *n <= f->max));
		else if (f->type != FIELD_BOOL)
			BUG_UNLESS(is_good_text(f, *(const char *const *)at));
	}
}

static void
check_problems(const struct problems *p)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct problem *one = &p->v[i];

		BUG_UNLESS(*one->code != '\0' && *one->message != '\0');
		BUG_UNLESS(str_utf8_valid(one->field, strlen(one->field)));
		BUG_UNLESS(str_utf8_valid(one->message, strlen(one->message)));
	}
}

static void
fuzz_decode(struct arena *a, const struct conf *conf, const char *type, char *s,
    size_t len)
{
	struct http_field field = { "content-type", type };
	struct req q = { .arena = a, .conf = conf, .fields = &field, .field_count = 1,
		.body = s, .body_len = len };
	struct booking_form *f = ARENA_NEW(a, struct booking_form);
	struct problems problems = { .arena = a };

	if (decode_form(&q, &booking_fields, f, &problems) == 0)
		check_command(&booking_fields, f);
	check_problems(&problems);
}

static void
fuzz_query(struct arena *a, const struct conf *conf, const char *s)
{
	struct req q = { .arena = a, .conf = conf, .query = s };
	struct find_cmd *f = ARENA_NEW(a, struct find_cmd);
	struct problems problems = { .arena = a };

	decode_query(&q, &find_fields, f, &problems, true);
	check_command(&find_fields, f);
	check_problems(&problems);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct conf *conf;
	struct arena *a = arena_new((size_t)4 << 20);
	const char *type;
	char *s;

	if (conf == NULL)
		conf = conf_default();
	if (len > 0) {
		s = arena_strndup(a, (const char *)data + 1, len - 1);
		type = types[data[0] / 4 % 3];
		if (data[0] % 4 == 0)
			fuzz_query(a, conf, s);
		else if (data[0] % 4 == 1)
			fuzz_pairs(a, type, s, len - 1);
		else
			fuzz_decode(a, conf, type, s, len - 1);
	}
	arena_free(a);
	return 0;
}
