/* SPDX-License-Identifier: MIT */
/* print.c - widths by utf8proc, code point by code point; wcwidth asks the locale. */
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/obuf.h"
#include "base/str.h"
#include "ctl/print.h"

#define REPLACEMENT 0xfffd
#define GAP 2              /* blanks between two columns */
#define DEPTH_MAX 4        /* objects in objects; deeper ones leave as JSON */
#define LINE_CELL_MAX 1000 /* of a value on its own line: never cut in practice */

static bool
is_harmful(utf8proc_int32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x2028 || cp == 0x2029 ||
	       cp == 0x61c || cp == 0x200e || cp == 0x200f ||
	       (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

/* The next character to show, and the bytes it stood for. */
static size_t
step(const char *s, utf8proc_int32_t *ret_cp)
{
	utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s, -1, ret_cp);

	if (n <= 0 || is_harmful(*ret_cp))
		*ret_cp = REPLACEMENT;
	return n <= 0 ? 1 : (size_t)n;
}

static size_t
cells(utf8proc_int32_t cp)
{
	int n = utf8proc_charwidth(cp);

	return n < 0 ? 0 : (size_t)n;
}

/* s up to width cells, written; the cells used. */
static size_t
put_cells(FILE *f, const char *s, size_t width)
{
	bool cut = print_width(s) > width;
	size_t room = cut && width > 0 ? width - 1 : width, used = 0;
	utf8proc_uint8_t bytes[4];
	utf8proc_int32_t cp;

	for (; *s != '\0';) {
		s += step(s, &cp);
		if (used + cells(cp) > room)
			break;
		used += cells(cp);
		fwrite(bytes, 1, (size_t)utf8proc_encode_char(cp, bytes), f);
	}
	if (cut) {
		fputs("\xe2\x80\xa6", f);
		used++;
	}
	return used;
}

void
print_safe(FILE *f, const char *s)
{
	put_cells(f, s, SIZE_MAX);
}

size_t
print_width(const char *s)
{
	size_t n = 0;
	utf8proc_int32_t cp;

	while (*s != '\0') {
		s += step(s, &cp);
		n += cells(cp);
	}
	return n;
}

/* "2026-11-24T13:12:00Z" is read more easily as "2026-11-24 13:12Z". */
static const char *
text_time(struct arena *a, const char *s)
{
	size_t n = strlen(s);

	if (n < 20 || n > 32 || strspn(s, "0123456789-T:.Z+") != n || s[4] != '-' ||
	    s[10] != 'T')
		return s;
	return arena_printf(
	    a, "%.10s %.5s%s", s, s + 11, s + 19 + strspn(s + 19, ".0123456789"));
}

static const char *text_value(struct arena *, const json_t *, int depth);

static const char *
text_array(struct arena *a, const json_t *v, int depth)
{
	struct obuf o;
	const json_t *e;
	size_t i;

	obuf_init(&o, a, SIZE_MAX / 2);
	json_array_foreach(v, i, e)
	{
		obuf_puts(&o, i > 0 ? ", " : "");
		obuf_puts(&o, text_value(a, e, depth + 1));
	}
	return o.len == 0 ? "-" : o.data;
}

/* A tag is its slug, with a question mark when only the text suggests it;
 * anything else is name=value. */
static const char *
text_object(struct arena *a, const json_t *v, int depth)
{
	const char *slug = json_string_value(json_object_get(v, "slug"));
	const char *source = json_string_value(json_object_get(v, "source"));
	struct obuf o;
	const char *key;
	json_t *e;

	if (slug != NULL && source != NULL)
		return arena_printf(
		    a, "%s%s", slug, strcmp(source, "text") == 0 ? "?" : "");
	obuf_init(&o, a, SIZE_MAX / 2);
	json_object_foreach((json_t *)(uintptr_t)v, key, e)
	{
		if (json_is_null(e))
			continue;
		obuf_printf(&o, "%s%s=%s", o.len > 0 ? " " : "", key,
		    text_value(a, e, depth + 1));
	}
	return o.len == 0 ? "-" : o.data;
}

static const char *
text_value(struct arena *a, const json_t *v, int depth)
{
	if (depth > DEPTH_MAX)
		return "...";
	if (json_is_string(v))
		return json_string_length(v) == 0 ? "-"
						  : text_time(a, json_string_value(v));
	if (json_is_integer(v))
		return arena_printf(a, "%lld", (long long)json_integer_value(v));
	if (json_is_real(v))
		return arena_printf(a, "%g", json_real_value(v));
	if (json_is_boolean(v))
		return json_is_true(v) ? "yes" : "no";
	if (json_is_array(v))
		return text_array(a, v, depth);
	return json_is_object(v) ? text_object(a, v, depth) : "-";
}

static void
put_row(FILE *f, const struct column *columns, size_t n, const char *const *texts)
{
	for (size_t i = 0; i < n; i++) {
		size_t used = put_cells(f, texts[i], columns[i].width);

		if (i + 1 < n)
			fprintf(f, "%*s", (int)(columns[i].width - used + GAP), "");
	}
	fputc('\n', f);
}

void
print_table(struct arena *a, FILE *f, struct column *columns, size_t n,
    const json_t *items, bool head)
{
	size_t rows = json_array_size(items);
	const char **texts = ARENA_ARRAY(a, const char *, (rows + 1) * n);

	for (size_t c = 0; c < n; c++)
		texts[c] = columns[c].head;
	for (size_t r = 0; r < rows; r++)
		for (size_t c = 0; c < n; c++)
			texts[(r + 1) * n + c] = text_value(a,
			    json_object_get(json_array_get(items, r), columns[c].key), 0);
	for (size_t i = 0; i < (rows + 1) * n; i++) {
		struct column *c = &columns[i % n];
		size_t width = print_width(texts[i]);

		if (width > c->width)
			c->width = width < c->width_max ? width : c->width_max;
	}
	for (size_t r = head ? 0 : 1; r <= rows; r++)
		put_row(f, columns, n, texts + r * n);
}

static void
put_fields(struct arena *a, FILE *f, const json_t *object, int depth)
{
	const char *key;
	json_t *e;
	int width = 0;

	json_object_foreach((json_t *)(uintptr_t)object, key, e)
	{
		int n = (int)strlen(key);

		width = n > width ? n : width;
	}
	json_object_foreach((json_t *)(uintptr_t)object, key, e)
	{
		bool nested = json_is_object(e) && depth < DEPTH_MAX;
		bool list = json_is_object(json_array_get(e, 0)) &&
			    json_object_get(json_array_get(e, 0), "slug") == NULL;

		fprintf(f, "%*s", depth * 2, "");
		print_safe(f, key);
		if (nested || list) {
			fputs(":\n", f);
			if (nested)
				put_fields(a, f, e, depth + 1);
			else
				print_list(a, f, e, "  - ");
			continue;
		}
		fprintf(f, ":%*s ", width - (int)strlen(key), "");
		put_cells(f, text_value(a, e, 0), LINE_CELL_MAX);
		fputc('\n', f);
	}
}

void
print_fields(struct arena *a, FILE *f, const json_t *object)
{
	put_fields(a, f, object, 0);
}

void
print_list(struct arena *a, FILE *f, const json_t *items, const char *prefix)
{
	const json_t *e;
	size_t i;

	json_array_foreach(items, i, e)
	{
		fputs(prefix, f);
		print_safe(f, text_value(a, e, 0));
		fputc('\n', f);
	}
}

/* jansson escapes C0 controls; the other harmful ones can only stand in strings,
 * where an escape means the same. */
void
print_json(FILE *f, const json_t *v, size_t indent)
{
	char *text = json_dumps(v, indent == 0 ? JSON_COMPACT : JSON_INDENT(indent));

	for (const char *s = text; s != NULL && *s != '\0';) {
		utf8proc_int32_t cp;
		size_t n = step(s, &cp);

		utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)n, &cp);
		if (is_harmful(cp) && cp != '\n')
			fprintf(f, "\\u%04x", (unsigned)cp);
		else
			fwrite(s, 1, n, f);
		s += n;
	}
	free(text);
	fputc('\n', f);
}
