/* SPDX-License-Identifier: MIT */
/*
 * conf_doc.c - what is printed and written of the options agrees with their table.
 * After a change of conf.def: build/bookingd --print-defaults > etc/bookingd.conf
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/conf_table.h"
#include "support/place.h"

static struct arena *a;

static void
setup(void)
{
	a = arena_new((size_t)1 << 26);
}

static void
teardown(void)
{
	arena_free(a);
}

TestSuite(conf_doc, .init = setup, .fini = teardown);

static const char *
printed(const struct conf *c)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	const char *copy;

	conf_print(c, f);
	fclose(f);
	copy = arena_strndup(a, text, n);
	free(text);
	return copy;
}

static const char *
read_file(const char *path)
{
	const char *text = place_read(a, path);

	cr_assert_not_null(text, "%s", path);
	return text;
}

Test(conf_doc, the_sample_is_what_the_daemon_prints)
{
	cr_expect_str_eq(read_file("etc/bookingd.conf"), printed(NULL));
}

Test(conf_doc, the_defaults_are_printed_as_comments_under_their_sections)
{
	const char *text = printed(NULL);

	for (size_t i = 0; i < conf_option_count; i++) {
		const struct conf_option *o = &conf_options[i];
		const char *section =
		    strstr(text, arena_printf(a, "\n[%s]\n", o->section));
		const char *row, *next;

		cr_assert_not_null(section, "[%s]", o->section);
		row = strstr(section, arena_printf(a, "\n#%s = %s\n", o->name, o->def));
		cr_assert_not_null(row, "%s", o->name);
		next = strstr(section + 1, "\n[");
		cr_expect(next == NULL || row < next, "%s", o->name);
	}
}

/* What was printed, read and printed again, is the same. */
Test(conf_doc, what_is_printed_can_be_read)
{
	struct place place;
	struct strlist errors = { 0 };
	struct conf *one, *two;
	const char *first;

	place_make(&place);
	one = conf_load(
	    place_write(a, &place, "a.conf",
		"[server]\nhosts = a.example b.example\nworkers = 7\n"
		"[limits]\nrate_limits = off\nhead = 1500ms\nbody = 2m\nidle = 1s\n"),
	    a, &errors);
	cr_assert_not_null(one);
	first = printed(one);
	cr_expect_not_null(strstr(first, "\nhosts = a.example b.example\n"));
	cr_expect_not_null(strstr(first, "\nhead = 1500ms\n"));
	two = conf_load(place_write(a, &place, "b.conf", first), a, &errors);
	cr_assert_not_null(two, "%s", errors.n > 0 ? errors.v[0] : "?");
	cr_expect_str_eq(printed(two), first);
	conf_free(one);
	conf_free(two);
	place_remove(&place);
}

/* The sample with the marks taken off the options sets them all. */
Test(conf_doc, the_sample_with_its_options_uncommented_is_the_defaults)
{
	char *text = arena_strdup(a, read_file("etc/bookingd.conf"));
	struct strlist errors = { 0 };
	struct place place;
	struct conf *one, *two;

	for (char *s = text; (s = strstr(s, "\n#")) != NULL; s += 2)
		if (s[2] != ' ')
			s[1] = ' ';
	place_make(&place);
	one = conf_load(place_write(a, &place, "a.conf", text), a, &errors);
	cr_assert_not_null(one, "%s", errors.n > 0 ? errors.v[0] : "?");
	two = conf_load(place_write(a, &place, "b.conf", ""), a, &errors);
	cr_expect_str_eq(printed(one), printed(two));
	conf_free(one);
	conf_free(two);
	place_remove(&place);
}

Test(conf_doc, the_packaged_configuration_is_read_without_a_problem)
{
	struct strlist errors = { 0 };
	struct conf *c = conf_load("systemd/bookingd.conf", a, &errors);

	cr_assert_not_null(c, "%s", errors.n > 0 ? errors.v[0] : "?");
	conf_free(c);
}

/* ---- the manual page ---- */

static const char *const kinds[] = { [CT_TEXT] = "text",
	[CT_PATH] = "path",
	[CT_LIST] = "list",
	[CT_INT] = "number",
	[CT_TIME] = "time",
	[CT_BOOL] = "switch" };

/* "(number, 1 to 64; default 2; restart)" */
static const char *
facts(const struct conf_option *o)
{
	const char *bounds =
	    o->min == NULL ? "" : arena_printf(a, ", %s to %s", o->min, o->max);

	return arena_printf(a, "(%s%s; default %s; %s)", kinds[o->type], bounds,
	    *o->def == '\0' ? "empty" : o->def,
	    o->reload == RELOAD ? "reload" : "restart");
}

Test(conf_doc, the_manual_page_has_every_option_with_its_bounds_and_default)
{
	const char *page = read_file("daemon/bookingd.conf.5");

	for (size_t i = 0; i < conf_option_count; i++) {
		const struct conf_option *o = &conf_options[i];
		const char *s =
		    strstr(page, arena_printf(a, "\n.Ss The section %s\n", o->section));
		const char *item, *end, *text;

		cr_assert_not_null(s, "[%s]", o->section);
		item = strstr(s, arena_printf(a, "\n.It Cm %s\n", o->name));
		cr_assert_not_null(item, "%s", o->name);
		end = strstr(item + 1, "\n.It ");
		if (end == NULL || (s = strstr(item + 1, "\n.El")) < end)
			end = strstr(item + 1, "\n.El");
		text = arena_strndup(a, item, (size_t)(end - item));
		if (strlen(o->def) > 100) /* long lists are printed by the daemon alone */
			cr_expect_not_null(
			    strstr(text, "--print-defaults"), "%s", o->name);
		else
			cr_expect_not_null(strstr(text, facts(o)), "[%s] %s: %s",
			    o->section, o->name, facts(o));
	}
}
