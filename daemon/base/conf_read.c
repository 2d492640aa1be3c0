/* SPDX-License-Identifier: MIT */
/*
 * conf_read.c - reads INI files into struct conf by the table of conf.def.
 *
 * Strict: every problem is listed with its file and line, nothing is taken from
 * a file that has one. A value runs to the end of its line; a # or ; begins a
 * comment only at the beginning of a line or after a blank.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf_table.h"

#define LINE_LEN_MAX 4096
#define FILE_LINES_MAX 10000
#define OPTIONS_MAX 128

/* The reading of one set of files. */
struct reader {
	struct conf *conf;
	struct arena *errors_arena;
	struct strlist *errors;
	const char *file;
	int line;
	const char *section; /* NULL before the first header; "" in an unknown one */
	bool seen[OPTIONS_MAX]; /* in this file: a list's first row replaces */
};

static void
problem(struct reader *r, const char *format, ...) PRINTF_LIKE(2, 3);

static void
problem(struct reader *r, const char *format, ...)
{
	va_list ap;
	char *sentence;

	va_start(ap, format);
	sentence = arena_vprintf(r->errors_arena, format, ap);
	va_end(ap);
	strlist_add(r->errors, r->errors_arena,
	    arena_printf(r->errors_arena, "%s:%d: %s", r->file, r->line, sentence));
}

static bool
parse_int(const char *s, int64_t *ret)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(s, &end, 10);
	if (errno != 0 || end == s || *end != '\0' || s[strspn(s, "0123456789")] != '\0')
		return false;
	*ret = v;
	return true;
}

static bool
parse_time(const char *s, int64_t *ret_ms)
{
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 },
		{ "d", 86400000 } };
	char digits[16] = "";
	size_t n = strspn(s, "0123456789");
	int64_t v;

	if (n == 0 || n > 10) /* more would not fit, in days */
		return false;
	memcpy(digits, s, n);
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (strcmp(s + n, units[i].unit) == 0 && parse_int(digits, &v)) {
			*ret_ms = v * units[i].ms;
			return true;
		}
	return false;
}

static const char *
resolve(struct reader *r, const char *path)
{
	const char *slash = strrchr(r->file, '/');

	if (path[0] == '/' || path[0] == '\0' || slash == NULL)
		return arena_strdup(r->conf->arena, path);
	return arena_printf(r->conf->arena, "%.*s/%s", (int)(slash - r->file), r->file, path);
}

static void
set_list(struct reader *r, size_t i, const char *value)
{
	struct strlist *list = conf_slot(r->conf, &conf_options[i]);
	struct strlist words = strlist_split(r->conf->arena, value);

	if (!r->seen[i])
		*list = (struct strlist){ 0 };
	for (size_t w = 0; w < words.n; w++)
		strlist_add(list, r->conf->arena, words.v[w]);
}

static void
set_number(struct reader *r, const struct conf_option *o, const char *value)
{
	int64_t v, min, max;
	bool is_time = o->type == CT_TIME;
	bool (*parse)(const char *, int64_t *) = is_time ? parse_time : parse_int;

	BUG_UNLESS(parse(o->min, &min) && parse(o->max, &max));
	if (!parse(value, &v) || v < min || v > max) {
		problem(r, "%s must be %s from %s to %s, not \"%s\".", o->name,
		    is_time ? "a time like 500ms, 5s or 10m," : "a whole number", o->min,
		    o->max, value);
		return;
	}
	if (is_time)
		*(int64_t *)conf_slot(r->conf, o) = v;
	else
		*(int *)conf_slot(r->conf, o) = (int)v;
}

static void
set_option(struct reader *r, size_t i, const char *value)
{
	const struct conf_option *o = &conf_options[i];

	switch (o->type) {
	case CT_TEXT:
		*(const char **)conf_slot(r->conf, o) = arena_strdup(r->conf->arena, value);
		break;
	case CT_PATH:
		*(const char **)conf_slot(r->conf, o) = resolve(r, value);
		break;
	case CT_LIST:
		set_list(r, i, value);
		break;
	case CT_INT:
	case CT_TIME:
		set_number(r, o, value);
		break;
	case CT_BOOL:
		if (strcmp(value, "on") != 0 && strcmp(value, "off") != 0)
			problem(r, "%s must be on or off, not \"%s\".", o->name, value);
		else
			*(bool *)conf_slot(r->conf, o) = strcmp(value, "on") == 0;
		break;
	}
}

static void
set_by_name(struct reader *r, const char *name, const char *value)
{
	for (size_t i = 0; i < conf_option_count; i++) {
		if (strcmp(conf_options[i].section, r->section) != 0
		    || strcmp(conf_options[i].name, name) != 0)
			continue;
		if (r->seen[i] && conf_options[i].type != CT_LIST)
			problem(r, "%s is given twice in this file.", name);
		set_option(r, i, value);
		r->seen[i] = true;
		return;
	}
	problem(r, "there is no option \"%s\" in [%s].", name, r->section);
}

static void
enter_section(struct reader *r, char *s)
{
	char *end = strchr(s, ']');

	r->section = "";
	if (end == NULL || end[1] != '\0') {
		problem(r, "a section is written [name], alone on its line.");
		return;
	}
	*end = '\0';
	for (size_t i = 0; i < conf_section_count; i++)
		if (strcmp(conf_sections[i].name, s + 1) == 0) {
			r->section = conf_sections[i].name;
			return;
		}
	problem(r, "there is no section [%s].", s + 1);
}

/* Cuts the comment and the blanks around what is left, in place. */
static char *
strip(char *s)
{
	size_t n;

	for (char *p = s; *p != '\0'; p++)
		if ((*p == '#' || *p == ';') && (p == s || p[-1] == ' ' || p[-1] == '\t')) {
			*p = '\0';
			break;
		}
	s += strspn(s, " \t");
	for (n = strlen(s); n > 0 && strchr(" \t\r", s[n - 1]) != NULL; n--)
		;
	s[n] = '\0';
	return s;
}

static void
read_line(struct reader *r, char *raw)
{
	char *s, *eq, *name;

	if (!str_utf8_valid(raw, strlen(raw)) || str_has_control(raw, true)) {
		problem(r, "the line is not plain UTF-8 text.");
		return;
	}
	s = strip(raw);
	if (*s == '\0')
		return;
	if (*s == '[') {
		enter_section(r, s);
		return;
	}
	if ((eq = strchr(s, '=')) == NULL) {
		problem(r, "an option is written name = value.");
		return;
	}
	*eq = '\0';
	name = strip(s);
	if (r->section == NULL)
		problem(r, "\"%s\" stands before the first [section].", name);
	else if (*r->section != '\0')
		set_by_name(r, name, strip(eq + 1));
}

static void
read_file(struct reader *r, const char *file)
{
	char raw[LINE_LEN_MAX];
	FILE *f = fopen(file, "re");

	r->file = file;
	r->line = 0;
	r->section = NULL;
	memset(r->seen, 0, sizeof(r->seen));
	if (f == NULL) {
		problem(r, "cannot be read: %s.", strerror(errno));
		return;
	}
	while (fgets(raw, sizeof(raw), f) != NULL) {
		size_t n = strlen(raw);

		if (++r->line > FILE_LINES_MAX) {
			problem(r, "the file has more than %d lines.", FILE_LINES_MAX);
			break;
		}
		if (n > 0 && raw[n - 1] == '\n')
			raw[n - 1] = '\0';
		else if (!feof(f)) {
			problem(r, "the line is longer than %d bytes.", LINE_LEN_MAX - 2);
			break;
		}
		read_line(r, raw);
	}
	if (ferror(f))
		problem(r, "cannot be read: %s.", strerror(errno));
	fclose(f);
}

static int
is_conf_file(const struct dirent *e)
{
	size_t n = strlen(e->d_name);

	return e->d_name[0] != '.' && n > 5 && strcmp(e->d_name + n - 5, ".conf") == 0;
}

static void
read_directory(struct reader *r, const char *main_file)
{
	const char *slash = strrchr(main_file, '/');
	int dir_len = slash == NULL ? 1 : (int)(slash - main_file);
	char *dir = arena_printf(r->conf->arena, "%.*s/conf.d", dir_len,
	    slash == NULL ? "." : main_file);
	struct dirent **found = NULL;
	int n = scandir(dir, &found, is_conf_file, alphasort);

	for (int i = 0; i < n; i++) {
		read_file(r, arena_printf(r->conf->arena, "%s/%s", dir, found[i]->d_name));
		free(found[i]);
	}
	free(found);
}

static struct conf *
conf_new(struct reader *r)
{
	struct arena *a = arena_new(SIZE_MAX / 8);

	BUG_UNLESS(conf_option_count <= OPTIONS_MAX);
	*r = (struct reader){ .file = "" };
	r->conf = ARENA_NEW(a, struct conf);
	r->conf->arena = a;
	for (size_t i = 0; i < conf_option_count; i++)
		set_option(r, i, conf_options[i].def);
	return r->conf;
}

struct conf *
conf_default(void)
{
	struct reader r;

	return conf_new(&r);
}

struct conf *
conf_load(const char *file, struct arena *errors_arena, struct strlist *errors)
{
	struct reader r;
	struct conf *c = conf_new(&r);
	size_t before = errors->n;

	r.errors_arena = errors_arena;
	r.errors = errors;
	/* Defaults that are paths are relative to the main file too. */
	r.file = file;
	for (size_t i = 0; i < conf_option_count; i++)
		if (conf_options[i].type == CT_PATH)
			set_option(&r, i, conf_options[i].def);
	read_file(&r, file);
	read_directory(&r, file);
	if (errors->n == before)
		return c;
	conf_free(c);
	return NULL;
}
