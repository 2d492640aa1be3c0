/* SPDX-License-Identifier: MIT */
/* conf.c - configuration files: what is read, what is wrong and where, what stays. */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/stat.h>

#include "base/conf_table.h"
#include "support/place.h"

static struct arena *a;
static struct place place;
static struct strlist errors;

static void
setup(void)
{
	a = arena_new((size_t)1 << 24);
	place_make(&place);
	mkdir(place_path(a, &place, "conf.d"), 0700);
}

static void
teardown(void)
{
	place_remove(&place);
	arena_free(a);
}

TestSuite(conf, .init = setup, .fini = teardown);

static struct conf *
load(const char *text)
{
	const char *path = place_write(a, &place, "a.conf", text);

	errors = (struct strlist){ 0 };
	return conf_load(path, a, &errors);
}

static struct conf *
load_good(const char *text)
{
	struct conf *c = load(text);

	cr_assert_not_null(c, "%s", errors.n > 0 ? errors.v[0] : "?");
	cr_assert_eq(errors.n, 0);
	return c;
}

Test(conf, without_a_word_everything_has_its_default)
{
	struct conf *c = load_good(""), *d = conf_default();

	cr_expect_eq(c->limits_handshake, 5000);
	cr_expect_eq(c->store_batch_max, 256);
	cr_expect(c->limits_rate_limits);
	cr_assert_eq(c->server_hosts.n, 2);
	cr_expect_str_eq(c->server_hosts.v[1], "127.0.0.1");
	cr_expect_str_eq(c->store_database, place_path(a, &place, "bookingd.db"));
	cr_expect_str_eq(d->store_database, "bookingd.db");
	cr_expect_str_eq(c->store_taxonomy, "/usr/share/bookingd/taxonomy.json");
	conf_free(c);
	conf_free(d);
}

Test(conf, values_of_every_kind_are_read)
{
	struct conf *c = load_good("# a comment\n"
				   "; another\n"
				   "\n"
				   "  [server]  # the server\n"
				   "listen=127.0.0.1:0 [::1]:0\n"
				   "listen = 127.0.0.2:0   ; more\n"
				   "public_url = https://a.example/#b;c\n"
				   "tls_key = keys/key.pem\r\n"
				   "control_socket = /run/x.sock\n"
				   "hosts =\n"
				   "[limits]\n"
				   "rate_limits = off\n"
				   "head = 1500ms\n"
				   "body = 2m\n"
				   "connections = 16\n");

	cr_assert_eq(c->server_listen.n, 3);
	cr_expect_str_eq(c->server_listen.v[2], "127.0.0.2:0");
	cr_expect_str_eq(c->server_public_url, "https://a.example/#b;c");
	cr_expect_str_eq(c->server_tls_key, place_path(a, &place, "keys/key.pem"));
	cr_expect_str_eq(c->server_control_socket, "/run/x.sock");
	cr_expect_eq(c->server_hosts.n, 0);
	cr_expect_not(c->limits_rate_limits);
	cr_expect_eq(c->limits_head, 1500);
	cr_expect_eq(c->limits_body, 120000);
	cr_expect_eq(c->limits_connections, 16);
	conf_free(c);
}

/* ---- what is wrong ---- */

static void
expect_problem(const char *text, int line, const char *words)
{
	const char *where =
	    arena_printf(a, "%s:%d: ", place_path(a, &place, "a.conf"), line);

	cr_expect_null(load(text), "\"%s\" is taken", text);
	cr_assert_eq(errors.n, 1, "\"%s\": %zu problems", text, errors.n);
	cr_expect(str_starts(errors.v[0], where), "%s", errors.v[0]);
	cr_expect_not_null(strstr(errors.v[0], words), "%s", errors.v[0]);
	cr_expect_eq(errors.v[0][strlen(errors.v[0]) - 1], '.', "%s", errors.v[0]);
}

Test(conf, what_is_wrong_is_said_with_its_file_and_line)
{
	expect_problem("\n\n[server]\nlisen = x\n", 4, "no option \"lisen\" in [server]");
	expect_problem("[sever]\nlisten = x\n", 1, "no section [sever]");
	expect_problem("[server\n", 1, "a section is written [name]");
	expect_problem("[server] x\n", 1, "a section is written [name]");
	expect_problem("listen = x\n", 1, "before the first [section]");
	expect_problem("[server]\nlisten\n", 2, "name = value");
	expect_problem("[server]\nworkers = 1\nworkers = 2\n", 3, "given twice");
	expect_problem("[limits]\nrate_limits = yes\n", 2, "on or off");
	expect_problem("[limits]\nrate_limits =\n", 2, "on or off");
	expect_problem("[limits]\nconnections = many\n", 2, "from 16 to 1000000");
	expect_problem("[limits]\nhead = 10\n", 2, "a time like");
	expect_problem("[limits]\nhead = 1 s\n", 2, "a time like");
	expect_problem("[server]\npublic_url = \xff\n", 2, "plain UTF-8");
	expect_problem("[server]\npublic_url = a\x1b[m\n", 2, "plain UTF-8");
	expect_problem("[staff]\nworkers = 1\n", 2, "no option \"workers\" in [staff]");
}

Test(conf, all_of_it_is_said_at_once)
{
	cr_expect_null(
	    load("[server]\na = 1\n[nowhere]\nb = 2\n[limits]\nhead = x\nbody = y\n"));
	cr_assert_eq(errors.n, 4);
	cr_expect_not_null(strstr(errors.v[3], ":7: "));
}

Test(conf, a_file_that_is_not_there_is_a_problem)
{
	errors = (struct strlist){ 0 };
	cr_expect_null(conf_load(place_path(a, &place, "none.conf"), a, &errors));
	cr_assert_eq(errors.n, 1);
	cr_expect_not_null(
	    strstr(errors.v[0], "none.conf:0: cannot be read"), "%s", errors.v[0]);
}

Test(conf, a_line_without_end_and_a_file_without_end_are_problems)
{
	char *text = arena_alloc(a, 5000), *lines = arena_alloc(a, 20100);

	memset(text, 'x', 4999);
	memcpy(text, "[server]\n", 9);
	expect_problem(text, 2, "longer than");
	memset(lines, '\n', 20000);
	memcpy(lines + 20000, "[nowhere]\n", 11);
	cr_expect_null(load(lines), "what stands after many lines is ignored");
}

/* Of every number and time: its bounds are taken, past them it is refused. */
Test(conf, bounds_hold_exactly)
{
	for (size_t i = 0; i < conf_option_count; i++) {
		const struct conf_option *o = &conf_options[i];
		const char *const ends[] = { o->min, o->max };
		struct conf *c;

		for (int e = 0; o->min != NULL && e < 2; e++) {
			size_t n = strspn(ends[e], "0123456789");
			long long v = strtoll(ends[e], NULL, 10);

			c = load(arena_printf(
			    a, "[%s]\n%s = %s\n", o->section, o->name, ends[e]));
			cr_expect_not_null(c, "%s = %s", o->name, ends[e]);
			conf_free(c);
			c = load(arena_printf(a, "[%s]\n%s = %lld%s\n", o->section,
			    o->name, e == 0 ? v - 1 : v + 1, ends[e] + n));
			cr_expect_null(c, "%s past %s", o->name, ends[e]);
			conf_free(c);
		}
	}
}

Test(conf, numbers_are_written_one_way)
{
	static const char *const wrong[] = { "+16", "0x20", "1e3", "16.0", " ", "16 17",
		"-1", "99999999999999999999", "16k", "１６" };
	static const char *const wrong_times[] = { "5", "s", "5S", "5sec", "-5s", "5 s",
		"0.5s", "999999999999d", "106751991168d", "99999999999999s", "1h30m" };

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		cr_expect_null(
		    load(arena_printf(a, "[limits]\nconnections = %s\n", wrong[i])), "%s",
		    wrong[i]);
	for (size_t i = 0; i < ARRAY_LEN(wrong_times); i++)
		cr_expect_null(
		    load(arena_printf(a, "[limits]\nhead = %s\n", wrong_times[i])), "%s",
		    wrong_times[i]);
}

/* ---- conf.d ---- */

Test(conf, files_of_the_directory_come_after_in_the_order_of_their_names)
{
	struct conf *c;

	place_write(a, &place, "conf.d/20-b.conf", "[server]\nworkers = 3\n");
	place_write(a, &place, "conf.d/10-a.conf",
	    "[server]\nworkers = 2\ntls_key = own.pem\nhosts = a.example\nhosts = "
	    "b.example\n");
	place_write(a, &place, "conf.d/.hidden.conf", "[server]\nworkers = 4\n");
	place_write(a, &place, "conf.d/30-c.conf~", "[server]\nworkers = 5\n");
	place_write(a, &place, "conf.d/.conf", "[server]\nworkers = 6\n");
	c = load_good("[server]\nworkers = 1\nhosts = old.example\n");
	cr_expect_eq(c->server_workers, 3);
	cr_assert_eq(
	    c->server_hosts.n, 2); /* the first line of a file starts a list anew */
	cr_expect_str_eq(c->server_hosts.v[0], "a.example");
	cr_expect_str_eq(c->server_tls_key, place_path(a, &place, "conf.d/own.pem"));
	conf_free(c);
}

Test(conf, a_problem_in_the_directory_names_that_file)
{
	place_write(a, &place, "conf.d/10-a.conf", "[server]\nworkers = many\n");
	cr_expect_null(load("[server]\nworkers = 1\n"));
	cr_assert_eq(errors.n, 1);
	cr_expect_not_null(
	    strstr(errors.v[0], "/conf.d/10-a.conf:2: "), "%s", errors.v[0]);
}

/* ---- in force ---- */

Test(conf, a_reload_changes_what_may_change_and_names_the_rest)
{
	struct strlist ignored = { 0 };
	const struct conf *held, *now;

	conf_set(
	    load_good(
		"[server]\nworkers = 1\nlisten = 127.0.0.1:0\n[limits]\nhead = 1s\n"),
	    a, &ignored);
	held = conf_get();
	conf_set(
	    load_good("[server]\nworkers = 2\nlisten = 127.0.0.1:1\nhosts = a.example\n"
		      "[limits]\nhead = 2s\n"),
	    a, &ignored);
	now = conf_get();
	cr_expect_eq(now->limits_head, 2000);
	cr_expect_str_eq(now->server_hosts.v[0], "a.example");
	cr_expect_eq(now->server_workers, 1);
	cr_expect_str_eq(now->server_listen.v[0], "127.0.0.1:0");
	cr_assert_eq(ignored.n, 2);
	cr_expect_str_eq(ignored.v[0], "listen");
	cr_expect_str_eq(ignored.v[1], "workers");
	cr_expect_eq(
	    held->limits_head, 1000); /* whoever holds the old one still reads it */
	conf_put(held);
	conf_put(now);
}

Test(conf, what_needs_a_restart_is_kept_for_every_kind_of_option)
{
	struct strlist ignored = { 0 };
	const struct conf *now;
	size_t restarts = 0;
	char *text = arena_strdup(a, "");

	conf_set(conf_default(), a, NULL);
	for (size_t i = 0; i < conf_option_count; i++) {
		const struct conf_option *o = &conf_options[i];

		if (o->reload != RESTART)
			continue;
		restarts++;
		text = arena_printf(a, "%s[%s]\n%s = %s\n", text, o->section, o->name,
		    o->type == CT_BOOL ? (strcmp(o->def, "on") == 0 ? "off" : "on")
		    : o->min == NULL   ? "other"
		    : strcmp(o->min, o->def) == 0 ? o->max
						  : o->min);
	}
	conf_set(load_good(text), a, &ignored);
	cr_expect_eq(ignored.n, restarts);
	now = conf_get();
	cr_expect_str_eq(now->server_control_socket, "control.sock");
	cr_expect_eq(now->store_readers, 2);
	conf_put(now);
}
