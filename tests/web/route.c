/* SPDX-License-Identifier: MIT */
/* route.c - policy is a column: every row of the table keeps to the rules. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/err.h"
#include "web/web.h"

static const struct route *
find(enum http_method m, const char *path, enum http_door door, const struct conf *c, int *err)
{
	static struct arena *a;
	const char *param[PARAMS_MAX] = { 0 };
	const char *allow = NULL;

	if (a == NULL)
		a = arena_new(1 << 20);
	*err = 0;
	return route_find(a, m, path, door, c, param, err, &allow);
}

Test(route, every_staff_path_needs_a_key_and_no_other_path_is_under_staff)
{
	for (const struct route *r = routes; r->path != NULL; r++) {
		bool staff = strncmp(r->path, "/api/v1/staff/", 14) == 0;

		cr_assert_eq((r->flags & ROUTE_STAFF) != 0, staff, "%s", r->path);
	}
}

Test(route, every_page_of_the_desk_asks_who_is_there_but_the_one_that_lets_in)
{
	for (const struct route *r = routes; r->path != NULL; r++)
		if (strncmp(r->path, "/staff/", 7) == 0)
			cr_assert_eq((r->flags & ROUTE_DESK) != 0,
			    strcmp(r->path, "/staff/sign-in") != 0, "%s", r->path);
}

Test(route, the_control_socket_s_own_paths_are_nowhere_else)
{
	for (const struct route *r = routes; r->path != NULL; r++)
		if (strncmp(r->path, "/control/", 9) == 0)
			cr_assert_eq(r->doors, ON_CONTROL, "%s", r->path);
}

Test(route, reading_takes_no_body_and_nothing_that_changes_is_a_get)
{
	for (const struct route *r = routes; r->path != NULL; r++) {
		if (r->method == HTTP_GET || r->method == HTTP_DELETE)
			cr_assert_eq(r->body, BODY_NONE, "%s", r->path);
		else
			cr_assert_neq(r->body, BODY_NONE, "%s", r->path);
	}
}

Test(route, every_row_is_found_by_its_own_path)
{
	struct conf *c = conf_default();

	for (const struct route *r = routes; r->path != NULL; r++) {
		enum http_door door = r->doors & (ON_PUBLIC | ON_STAFF) ? DOOR_PUBLIC
		    : r->doors & ON_CONTROL		   ? DOOR_CONTROL
							   : DOOR_METRICS;
		int err;

		cr_assert_eq(find(r->method, r->path, door, c, &err), r, "%s", r->path);
	}
	conf_free(c);
}

Test(route, unknown_paths_and_methods_are_told_apart)
{
	static const struct {
		enum http_method method;
		const char *path;
		int err;
	} cases[] = {
		{ HTTP_GET, "/nowhere", E_NOT_FOUND },
		{ HTTP_GET, "/b/", E_NOT_FOUND },
		{ HTTP_GET, "/b/x/y", E_NOT_FOUND },
		{ HTTP_GET, "/api/v1/bookings/", E_NOT_FOUND },
		{ HTTP_GET, "//", E_NOT_FOUND },
		{ HTTP_GET, "/control/status", E_NOT_FOUND },
		{ HTTP_GET, "/metrics", E_NOT_FOUND },
		{ HTTP_POST, "/", E_METHOD },
		{ HTTP_GET, "/book", E_METHOD },
		{ HTTP_DELETE, "/api/v1/bookings", E_METHOD },
		{ HTTP_OTHER, "/", E_METHOD },
		{ HTTP_OPTIONS, "/book", E_METHOD },
	};
	struct conf *c = conf_default();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int err;

		cr_assert_null(find(cases[i].method, cases[i].path, DOOR_PUBLIC, c, &err));
		cr_assert_eq(err, cases[i].err, "%s", cases[i].path);
	}
	conf_free(c);
}

Test(route, listeners_of_the_staff_s_own_hide_the_staff_api_elsewhere)
{
	struct conf *c = conf_default();
	int err;

	cr_assert_not_null(find(HTTP_GET, "/api/v1/staff/bookings", DOOR_PUBLIC, c, &err));
	strlist_add(&c->staff_listen, c->arena, "127.0.0.1:0");
	cr_assert_null(find(HTTP_GET, "/api/v1/staff/bookings", DOOR_PUBLIC, c, &err));
	cr_assert_eq(err, E_NOT_FOUND);
	cr_assert_not_null(find(HTTP_GET, "/api/v1/staff/bookings", DOOR_STAFF, c, &err));
	cr_assert_null(find(HTTP_GET, "/", DOOR_STAFF, c, &err));
	conf_free(c);
}
