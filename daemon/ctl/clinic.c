/* SPDX-License-Identifier: MIT */
/* clinic.c - "bookingctl clinic load" and "show": the clinic file, in and out. */
#include <errno.h>
#include <string.h>

#include "ctl/ctl.h"
#include "ctl/print.h"

#define FILE_MAX ((size_t)1 << 20) /* the largest body the daemon can be set to take */

/* The whole of name, or of stdin for "-"; NULL after a sentence. */
static const char *
read_file(struct ctl *ctl, const char *name, size_t *ret_len)
{
	FILE *f = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
	char *text = arena_alloc(ctl->arena, FILE_MAX + 1);
	bool failed;

	if (f == NULL) {
		ctl_complain("%s: %s", name, strerror(errno));
		return NULL;
	}
	*ret_len = fread(text, 1, FILE_MAX + 1, f);
	failed = ferror(f) != 0;
	if (f != stdin)
		fclose(f);
	if (failed) {
		ctl_complain("%s: cannot be read", name);
		return NULL;
	}
	if (*ret_len > FILE_MAX) {
		ctl_complain("%s: larger than 1 MiB", name);
		return NULL;
	}
	return text;
}

/* Mistakes of JSON are told with their line before the daemon is asked. */
static bool
is_json(const char *name, const char *text, size_t len)
{
	json_error_t error;
	json_t *v = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);

	if (v == NULL)
		ctl_complain("%s:%d:%d: %s", name, error.line, error.column, error.text);
	json_decref(v);
	return v != NULL;
}

int
ctl_clinic_load(struct ctl *ctl, char **argv)
{
	bool dry_run = false, accept = false;
	const struct option options[] = { { "--dry-run", &dry_run, NULL },
		{ "--accept-stranded", &accept, NULL } };
	struct client_request q = { .method = "PUT" };
	struct strlist words = { 0 };
	json_t *told, *changes;
	int r;

	if (!args_read(ctl, argv, options, ARRAY_LEN(options), &words) || words.n == 0 ||
	    !args_none_left(&words, 1))
		return CTL_USAGE;
	q.body = read_file(ctl, words.v[0], &q.body_len);
	if (q.body == NULL || !is_json(words.v[0], q.body, q.body_len))
		return CTL_REFUSED;
	q.target = arena_printf(ctl->arena, "/control/clinic%s%s%s",
	    dry_run || accept ? "?" : "", dry_run ? "dry_run=yes" : "",
	    !accept   ? ""
	    : dry_run ? "&accept_stranded=yes"
		      : "accept_stranded=yes");
	if ((r = ctl_call_json(ctl, &q, &told)) != CTL_DONE)
		return r;
	changes = json_object_get(told, "changes");
	print_list(ctl->arena, stdout, changes, "");
	print_list(ctl->arena, stdout, json_object_get(told, "stranded"), "stranded: ");
	if (json_array_size(changes) == 0)
		puts("nothing to change");
	json_decref(told);
	return ctl_flush();
}

int
ctl_clinic_show(struct ctl *ctl, char **argv)
{
	struct strlist words = { 0 };
	json_t *clinic;
	int r;

	if (!args_read(ctl, argv, NULL, 0, &words) || !args_none_left(&words, 0))
		return CTL_USAGE;
	r = ctl_call_json(ctl,
	    &(struct client_request){ .method = "GET", .target = "/control/clinic" },
	    &clinic);
	if (r != CTL_DONE)
		return r;
	print_json(stdout, clinic, 1);
	json_decref(clinic);
	return ctl_flush();
}
