/* SPDX-License-Identifier: MIT */
/*
 * route.c - THE table: no handler is reached but through it. What is not here
 * is 404, or 405 when the path is here with another method.
 */
#include <string.h>

#include "base/err.h"
#include "web/handlers.h"

#define CATALOGUE "public, max-age=300"
#define PUBLIC_API (ROUTE_CORS)
#define STAFF (ON_STAFF | ON_CONTROL)
#define DESK (ROUTE_PAGE | ROUTE_DESK)
#define ANYWHERE (ON_PUBLIC | ON_STAFF | ON_CONTROL | ON_METRICS)

/*
 * To add one: 1. a row; 2. its handler, declared in web/handlers.h; 3. its path
 * in docs/openapi.yaml (a test compares). ON_STAFF routes are served on the public
 * listeners as long as [staff] has none of its own.
 */
const struct route routes[] = {
	{ HTTP_POST, "/book", ON_PUBLIC, ROUTE_PAGE, BODY_FORM, NULL, book_post },
	/* Kept by the browser, asked for anew: who goes back finds the same form token. */
	{ HTTP_GET, "/", ON_PUBLIC, ROUTE_PAGE | ROUTE_QUERY, BODY_NONE, "private, no-cache",
	    book_page },
	{ HTTP_GET, "/b/:token", ON_PUBLIC, ROUTE_PAGE | ROUTE_LIMITED, BODY_NONE, NULL,
	    booking_page },
	{ HTTP_GET, "/b/:token/appointment.ics", ON_PUBLIC, ROUTE_PAGE | ROUTE_LIMITED, BODY_NONE,
	    NULL, booking_ics },
	{ HTTP_POST, "/b/:token/confirm", ON_PUBLIC, ROUTE_PAGE | ROUTE_LIMITED, BODY_FORM, NULL,
	    booking_confirm_post },
	{ HTTP_GET, "/b/:token/move", ON_PUBLIC, ROUTE_PAGE | ROUTE_QUERY | ROUTE_LIMITED, BODY_NONE,
	    NULL, booking_move_page },
	{ HTTP_POST, "/b/:token/move", ON_PUBLIC, ROUTE_PAGE | ROUTE_LIMITED, BODY_FORM, NULL,
	    booking_move_post },
	{ HTTP_POST, "/b/:token/cancel", ON_PUBLIC, ROUTE_PAGE | ROUTE_LIMITED, BODY_FORM, NULL,
	    booking_cancel_post },
	{ HTTP_POST, "/b/:token/undo", ON_PUBLIC, ROUTE_PAGE | ROUTE_LIMITED, BODY_FORM, NULL,
	    booking_undo_post },
	{ HTTP_POST, "/b/:token/delete", ON_PUBLIC, ROUTE_PAGE | ROUTE_LIMITED, BODY_FORM, NULL,
	    booking_delete_post },
	{ HTTP_POST, "/b/:token/not-me", ON_PUBLIC, ROUTE_PAGE | ROUTE_LIMITED, BODY_FORM, NULL,
	    booking_not_me_post },
	{ HTTP_GET, "/static/:file", ON_PUBLIC | ON_STAFF, 0, BODY_NONE, "public, max-age=86400",
	    static_file },
	{ HTTP_POST, "/api/v1/bookings", ON_PUBLIC, PUBLIC_API, BODY_FORM, NULL, api_book },
	{ HTTP_GET, "/api/v1/bookings/:token", ON_PUBLIC, PUBLIC_API | ROUTE_LIMITED, BODY_NONE,
	    NULL, api_booking },
	{ HTTP_POST, "/api/v1/bookings/:token/delete", ON_PUBLIC, PUBLIC_API | ROUTE_LIMITED,
	    BODY_FORM, NULL, api_booking_delete },
	{ HTTP_POST, "/api/v1/bookings/:token/confirm", ON_PUBLIC, PUBLIC_API | ROUTE_LIMITED,
	    BODY_FORM, NULL, api_booking_confirm },
	{ HTTP_POST, "/api/v1/bookings/:token/move", ON_PUBLIC, PUBLIC_API | ROUTE_LIMITED,
	    BODY_FORM, NULL, api_booking_move },
	{ HTTP_POST, "/api/v1/bookings/:token/cancel", ON_PUBLIC, PUBLIC_API | ROUTE_LIMITED,
	    BODY_FORM, NULL, api_booking_cancel },
	{ HTTP_POST, "/api/v1/bookings/:token/undo", ON_PUBLIC, PUBLIC_API | ROUTE_LIMITED,
	    BODY_FORM, NULL, api_booking_undo },
	{ HTTP_GET, "/api/v1/slots", ON_PUBLIC, PUBLIC_API | ROUTE_QUERY | ROUTE_LIMITED, BODY_NONE,
	    NULL, api_slots },
	{ HTTP_GET, "/api/v1/services", ON_PUBLIC, PUBLIC_API | ROUTE_QUERY, BODY_NONE, CATALOGUE,
	    api_services },
	{ HTTP_GET, "/api/v1/doctors", ON_PUBLIC, PUBLIC_API | ROUTE_QUERY, BODY_NONE, CATALOGUE,
	    api_doctors },
	{ HTTP_GET, "/api/v1/concerns", ON_PUBLIC, PUBLIC_API | ROUTE_QUERY, BODY_NONE,
	    CATALOGUE, api_concerns },
	{ HTTP_GET, "/api/v1/branches", ON_PUBLIC, PUBLIC_API | ROUTE_QUERY, BODY_NONE,
	    CATALOGUE, api_branches },
	{ HTTP_GET, "/healthz", ANYWHERE, ROUTE_ANY_HOST, BODY_NONE, NULL, healthz },
	{ HTTP_GET, "/readyz", ANYWHERE, ROUTE_ANY_HOST, BODY_NONE, NULL, readyz },
	{ HTTP_GET, "/openapi.json", ON_PUBLIC, PUBLIC_API, BODY_NONE, CATALOGUE, openapi },
	{ HTTP_GET, "/.well-known/security.txt", ON_PUBLIC, 0, BODY_NONE, CATALOGUE,
	    security_txt },

	{ HTTP_GET, "/api/v1/staff/bookings", STAFF, ROUTE_STAFF | ROUTE_QUERY | ROUTE_LIMITED,
	    BODY_NONE, NULL, staff_list },
	{ HTTP_POST, "/api/v1/staff/bookings", STAFF, ROUTE_STAFF, BODY_FORM, NULL, staff_enter },
	{ HTTP_GET, "/api/v1/staff/bookings.csv", STAFF, ROUTE_STAFF | ROUTE_QUERY | ROUTE_LIMITED,
	    BODY_NONE, NULL, staff_csv },
	{ HTTP_GET, "/api/v1/staff/bookings/:reference", STAFF, ROUTE_STAFF, BODY_NONE, NULL,
	    staff_read },
	{ HTTP_POST, "/api/v1/staff/bookings/:reference/:action", STAFF, ROUTE_STAFF, BODY_FORM,
	    NULL, staff_act },
	{ HTTP_GET, "/api/v1/staff/absences", STAFF, ROUTE_STAFF, BODY_NONE, NULL, staff_absences },
	{ HTTP_POST, "/api/v1/staff/absences", STAFF, ROUTE_STAFF | ROUTE_QUERY, BODY_FORM, NULL,
	    staff_absence_add },
	{ HTTP_DELETE, "/api/v1/staff/absences/:id", STAFF, ROUTE_STAFF | ROUTE_QUERY, BODY_NONE,
	    NULL, staff_absence_delete },
	{ HTTP_GET, "/api/v1/staff/closures", STAFF, ROUTE_STAFF, BODY_NONE, NULL, staff_closures },
	{ HTTP_POST, "/api/v1/staff/closures", STAFF, ROUTE_STAFF | ROUTE_QUERY, BODY_FORM, NULL,
	    staff_closure_add },
	{ HTTP_DELETE, "/api/v1/staff/closures/:id", STAFF, ROUTE_STAFF | ROUTE_QUERY, BODY_NONE,
	    NULL, staff_closure_delete },
	{ HTTP_GET, "/api/v1/staff/explain", STAFF, ROUTE_STAFF | ROUTE_QUERY, BODY_NONE, NULL,
	    staff_explain },
	{ HTTP_GET, "/api/v1/staff/changes", STAFF, ROUTE_STAFF | ROUTE_QUERY, BODY_NONE, NULL,
	    staff_changes },

	{ HTTP_GET, "/staff/", ON_STAFF, DESK, BODY_NONE, NULL, desk_unanswered },
	{ HTTP_GET, "/staff/find", ON_STAFF, DESK | ROUTE_QUERY, BODY_NONE, NULL, desk_find },
	{ HTTP_GET, "/staff/concern", ON_STAFF, DESK | ROUTE_QUERY, BODY_NONE, NULL,
	    desk_concern },
	{ HTTP_GET, "/staff/today", ON_STAFF, DESK | ROUTE_QUERY, BODY_NONE, NULL, desk_today },
	{ HTTP_GET, "/staff/conflicts", ON_STAFF, DESK | ROUTE_QUERY, BODY_NONE, NULL,
	    desk_conflicts },
	{ HTTP_GET, "/staff/away", ON_STAFF, DESK, BODY_NONE, NULL, desk_away },
	{ HTTP_POST, "/staff/away", ON_STAFF, DESK, BODY_FORM, NULL, desk_away_post },
	{ HTTP_GET, "/staff/spam", ON_STAFF, DESK | ROUTE_QUERY, BODY_NONE, NULL, desk_spam },
	{ HTTP_GET, "/staff/bookings/:reference", ON_STAFF, DESK, BODY_NONE, NULL, desk_request },
	{ HTTP_GET, "/staff/bookings/:reference/times", ON_STAFF, DESK | ROUTE_QUERY, BODY_NONE,
	    NULL, desk_times },
	{ HTTP_POST, "/staff/bookings/:reference/:action", ON_STAFF, DESK, BODY_FORM, NULL,
	    desk_act },
	{ HTTP_GET, "/staff/new", ON_STAFF, DESK, BODY_NONE, NULL, desk_new },
	{ HTTP_POST, "/staff/new", ON_STAFF, DESK, BODY_FORM, NULL, desk_enter },
	{ HTTP_GET, "/staff/sign-in", ON_STAFF, ROUTE_PAGE, BODY_NONE, NULL, sign_in_page },
	{ HTTP_POST, "/staff/sign-in", ON_STAFF, ROUTE_PAGE, BODY_FORM, NULL, sign_in_post },
	{ HTTP_POST, "/staff/sign-out", ON_STAFF, DESK, BODY_FORM, NULL, sign_out_post },
	{ HTTP_GET, "/staff/password", ON_STAFF, DESK, BODY_NONE, NULL, password_page },
	{ HTTP_POST, "/staff/password", ON_STAFF, DESK, BODY_FORM, NULL, password_post },

	{ HTTP_GET, "/control/people", ON_CONTROL, 0, BODY_NONE, NULL, control_people },
	{ HTTP_POST, "/control/people", ON_CONTROL, 0, BODY_FORM, NULL, control_person_add },
	{ HTTP_POST, "/control/people/:login/:action", ON_CONTROL, 0, BODY_FORM, NULL,
	    control_person_act },
	{ HTTP_GET, "/control/status", ON_CONTROL, 0, BODY_NONE, NULL, control_status },
	{ HTTP_GET, "/control/clinic", ON_CONTROL, 0, BODY_NONE, NULL, control_clinic },
	{ HTTP_PUT, "/control/clinic", ON_CONTROL, ROUTE_QUERY, BODY_FILE, NULL,
	    control_clinic_load },
	{ HTTP_POST, "/control/retag", ON_CONTROL, ROUTE_QUERY, BODY_FORM, NULL, control_retag },
	{ HTTP_GET, "/control/keys", ON_CONTROL, 0, BODY_NONE, NULL, control_keys },
	{ HTTP_POST, "/control/keys", ON_CONTROL, 0, BODY_FORM, NULL, control_key_create },
	{ HTTP_DELETE, "/control/keys/:name", ON_CONTROL, 0, BODY_NONE, NULL,
	    control_key_revoke },
	{ HTTP_POST, "/control/bookings/:reference/erase", ON_CONTROL, 0, BODY_FORM, NULL,
	    control_erase },
	{ HTTP_GET, "/control/bookings/:reference/subject", ON_CONTROL, 0, BODY_NONE, NULL,
	    control_subject },
	{ HTTP_POST, "/control/retention", ON_CONTROL, ROUTE_QUERY, BODY_FORM, NULL,
	    control_retention },
	{ HTTP_GET, "/metrics", ON_CONTROL | ON_METRICS, ROUTE_ANY_HOST, BODY_NONE, NULL,
	    metrics },
	{ .path = NULL },
};

/* Which door a route is behind, once the staff have listeners of their own. */
static bool
is_behind(const struct route *r, enum http_door door, const struct conf *conf)
{
	if (door == DOOR_PUBLIC && conf->staff_listen.n == 0 && (r->doors & ON_STAFF))
		return true;
	return (r->doors & (1u << door)) != 0;
}

/* Segment by segment; ":name" takes a whole one that is not empty. */
static bool
matches(struct arena *a, const char *pattern, const char *path, const char *param[PARAMS_MAX])
{
	size_t n = 0;

	while (*pattern != '\0' && *path != '\0') {
		if (*pattern == ':') {
			size_t len = strcspn(path, "/");

			if (len == 0 || n == PARAMS_MAX)
				return false;
			param[n++] = arena_strndup(a, path, len);
			pattern += strcspn(pattern, "/");
			path += len;
		} else if (*pattern++ != *path++)
			return false;
	}
	return *pattern == *path;
}

static const char *
method_text(enum http_method m)
{
	static const char *const names[] = {
		[HTTP_GET] = "GET, HEAD",
		[HTTP_HEAD] = "HEAD",
		[HTTP_POST] = "POST",
		[HTTP_PUT] = "PUT",
		[HTTP_PATCH] = "PATCH",
		[HTTP_DELETE] = "DELETE",
		[HTTP_OPTIONS] = "OPTIONS",
		[HTTP_OTHER] = "",
	};

	return names[m];
}

/* An OPTIONS of a CORS route is answered for all its methods by one row. */
static const struct route preflight = { HTTP_OPTIONS, "(preflight)", ON_PUBLIC, ROUTE_CORS,
	BODY_NONE, NULL, cors_preflight };

const struct route *
route_find(struct arena *a, enum http_method method, const char *path, enum http_door door,
    const struct conf *conf, const char *param[PARAMS_MAX], int *ret_err, const char **ret_allow)
{
	const char *allow = NULL;
	bool cors = false;

	if (method == HTTP_HEAD)
		method = HTTP_GET;
	for (const struct route *r = routes; r->path != NULL; r++) {
		if (!is_behind(r, door, conf) || r->path[1] != path[1]
		    || !matches(a, r->path, path, param))
			continue;
		if (r->method == method)
			return r;
		cors |= (r->flags & ROUTE_CORS) != 0;
		allow = allow == NULL
		    ? method_text(r->method)
		    : arena_printf(a, "%s, %s", allow, method_text(r->method));
	}
	if (method == HTTP_OPTIONS && cors)
		return &preflight;
	*ret_err = allow == NULL ? E_NOT_FOUND : E_METHOD;
	*ret_allow = allow;
	return NULL;
}
