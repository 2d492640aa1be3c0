/* SPDX-License-Identifier: MIT */
/* bookings.c - "bookingctl bookings", "booking" and "export": what patients asked. */
#include "ctl/ctl.h"
#include "ctl/print.h"

#define LIST "/api/v1/staff/bookings"

static struct column columns[] = {
	{ "REFERENCE", "reference", 16, 0 },
	{ "STATUS", "status", 10, 0 },
	{ "RECEIVED", "received_at", 24, 0 },
	{ "NAME", "full_name", 28, 0 },
	{ "PHONE", "phone", 18, 0 },
	{ "CONCERNS", "concerns", 48, 0 },
	{ "STARTS", "starts_at", 24, 0 },
	{ "DOCTOR", "doctor", 16, 0 },
	{ "FLAGS", "flags", 40, 0 },
};

static void
print_page(struct ctl *ctl, const json_t *items, bool json, bool first)
{
	const json_t *e;
	size_t i;

	if (!json) {
		print_table(
		    ctl->arena, stdout, columns, ARRAY_LEN(columns), items, first);
		return;
	}
	json_array_foreach(items, i, e) print_json(stdout, e, 0);
}

/* The pages one after the other, the first alone unless all. */
static int
list_pages(struct ctl *ctl, const struct strlist *words, bool json, bool all)
{
	struct arena_mark mark;
	char cursor[1024] = "";
	int r = CTL_DONE;

	for (bool first = true; first || cursor[0] != '\0'; first = false) {
		struct client_request q = { .method = "GET" };
		const char *next;
		json_t *page;

		mark = arena_mark(ctl->arena);
		q.target = args_target(ctl, LIST, words, first ? NULL : cursor);
		if (q.target == NULL)
			return CTL_USAGE;
		if ((r = ctl_call_json(ctl, &q, &page)) != CTL_DONE)
			return r;
		print_page(ctl, json_object_get(page, "items"), json, first);
		next = json_string_value(json_object_get(page, "next"));
		cursor[0] = '\0';
		if (next != NULL && all)
			snprintf(
			    cursor, sizeof(cursor), "cursor=%s", args_encode(ctl, next));
		r = ctl_flush();
		if (r == CTL_DONE && next != NULL && !all)
			ctl_complain("there are more: --all prints them too");
		json_decref(page);
		arena_rewind(ctl->arena, mark);
		if (r != CTL_DONE)
			return r;
	}
	return r;
}

static int
list_csv(struct ctl *ctl, const struct strlist *words, const char *extra)
{
	struct client_request q = { .method = "GET", .to = stdout };
	struct answer answer;
	int r;

	q.target = args_target(ctl, LIST ".csv", words, extra);
	if (q.target == NULL)
		return CTL_USAGE;
	r = ctl_call(ctl, &q, &answer);
	return r != CTL_DONE ? r : ctl_flush();
}

int
ctl_bookings(struct ctl *ctl, char **argv)
{
	bool json = false, csv = false, all = false;
	const struct option options[] = { { "--json", &json, NULL },
		{ "--csv", &csv, NULL }, { "--all", &all, NULL } };
	struct strlist words = { 0 };

	if (!args_read(ctl, argv, options, ARRAY_LEN(options), &words))
		return CTL_USAGE;
	if (json && csv) {
		ctl_complain("--json or --csv, not both");
		return CTL_USAGE;
	}
	return csv ? list_csv(ctl, &words, NULL) : list_pages(ctl, &words, json, all);
}

int
ctl_booking(struct ctl *ctl, char **argv)
{
	bool json = false;
	const struct option options[] = { { "--json", &json, NULL } };
	struct client_request q = { .method = "GET" };
	struct strlist words = { 0 };
	json_t *booking;
	int r;

	if (!args_read(ctl, argv, options, ARRAY_LEN(options), &words) || words.n == 0 ||
	    !args_none_left(&words, 1))
		return CTL_USAGE;
	q.target = arena_printf(ctl->arena, LIST "/%s", args_encode(ctl, words.v[0]));
	if ((r = ctl_call_json(ctl, &q, &booking)) != CTL_DONE)
		return r;
	if (json)
		print_json(stdout, booking, 0);
	else
		print_fields(ctl->arena, stdout, booking);
	json_decref(booking);
	return ctl_flush();
}

int
ctl_export(struct ctl *ctl, char **argv)
{
	bool notes = false;
	const struct option options[] = { { "--notes", &notes, NULL } };
	struct strlist words = { 0 };

	if (!args_read(ctl, argv, options, ARRAY_LEN(options), &words))
		return CTL_USAGE;
	return list_csv(ctl, &words, notes ? "notes=yes" : NULL);
}
