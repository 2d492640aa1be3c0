/* SPDX-License-Identifier: MIT */
/*
 * privacy.c - "bookingctl subject", "erase" and "retention": what a person may
 * ask of whoever holds their data, and what goes when its time is up.
 */
#include "ctl/ctl.h"
#include "ctl/print.h"

/* One call about the reference that is the only word; the answer, or the status. */
static int
about_one(struct ctl *ctl, char **argv, const char *method, const char *what, bool *json,
    json_t **ret)
{
	const struct option options[] = { { "--json", json, NULL } };
	struct client_request q = { .method = method };
	struct strlist words = { 0 };

	if (!args_read(ctl, argv, options, ARRAY_LEN(options), &words) || words.n == 0 ||
	    !args_none_left(&words, 1))
		return CTL_USAGE;
	q.target = arena_printf(ctl->arena, "/control/bookings/%s/%s",
	    args_encode(ctl, words.v[0]), what);
	return ctl_call_json(ctl, &q, ret);
}

int
ctl_erase(struct ctl *ctl, char **argv)
{
	bool json = false;
	json_t *receipt;
	int r = about_one(ctl, argv, "POST", "erase", &json, &receipt);

	if (r != CTL_DONE)
		return r;
	if (json)
		print_json(stdout, receipt, 0);
	else
		print_fields(ctl->arena, stdout, receipt);
	if (json_is_false(json_object_get(receipt, "files_overwritten")))
		ctl_complain("somebody was reading: the files are overwritten with the next "
			     "writes; run this again to be told");
	json_decref(receipt);
	return ctl_flush();
}

int
ctl_subject(struct ctl *ctl, char **argv)
{
	bool json = false; /* it is JSON anyway: indented, or on one line */
	json_t *all;
	int r = about_one(ctl, argv, "GET", "subject", &json, &all);

	if (r != CTL_DONE)
		return r;
	print_json(stdout, all, json ? 0 : 2);
	json_decref(all);
	return ctl_flush();
}

/* ---- retention ---- */

static struct column columns[] = {
	{ "REFERENCE", "reference", 16, 0 },
	{ "STATUS", "status", 10, 0 },
	{ "KEPT AS", "kept_as", 12, 0 },
	{ "LAST EVENT", "last_event_at", 24, 0 },
};

static void
print_items(struct ctl *ctl, const json_t *items, bool json, bool head)
{
	const json_t *e;
	size_t i;

	if (json) {
		json_array_foreach(items, i, e) print_json(stdout, e, 0);
	} else if (json_array_size(items) > 0) {
		print_table(
		    ctl->arena, stdout, columns, ARRAY_LEN(columns), items, head);
	}
}

int
ctl_retention(struct ctl *ctl, char **argv)
{
	bool dry_run = false, json = false;
	const struct option options[] = { { "--dry-run", &dry_run, NULL },
		{ "--json", &json, NULL } };
	struct client_request q = { .method = "POST" };
	struct strlist words = { 0 };
	json_int_t next = 0, count = 0;
	json_t *step;
	int r;

	if (!args_read(ctl, argv, options, ARRAY_LEN(options), &words) ||
	    !args_none_left(&words, 0))
		return CTL_USAGE;
	do {
		const json_t *items;

		q.target = arena_printf(ctl->arena,
		    "/control/retention?dry_run=%s&after=%lld&gone=%lld",
		    dry_run ? "yes" : "no", (long long)next, (long long)count);
		if ((r = ctl_call_json(ctl, &q, &step)) != CTL_DONE)
			return r;
		items = json_object_get(step, "items");
		print_items(ctl, items, json, count == 0);
		count += (json_int_t)json_array_size(items);
		next = json_integer_value(json_object_get(step, "next"));
		json_decref(step);
	} while (next != 0);
	if (!json)
		printf("%lld %s\n", (long long)count,
		    dry_run ? "would be erased" : "erased");
	return ctl_flush();
}
