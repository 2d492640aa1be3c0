/* SPDX-License-Identifier: MIT */
/* clinic.c - "bookingctl clinic load" and "show": the clinic file, in and out. */
#include <errno.h>
#include <stdlib.h>
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

/* ---- --closures ---- */

/* The list of a file that holds closures and nothing else; NULL after a sentence. */
static json_t *
read_closures(struct ctl *ctl, const char *name)
{
	size_t len;
	const char *text = read_file(ctl, name, &len);
	json_t *file, *list;

	if (text == NULL || !is_json(name, text, len))
		return NULL;
	file = json_loadb(text, len, 0, NULL);
	list = json_object_get(file, "closures");
	if (json_is_array(list) && json_object_size(file) == 1)
		json_incref(list);
	else
		list = NULL;
	json_decref(file);
	if (list == NULL)
		ctl_complain(
		    "%s: {\"closures\": [...]} and nothing else is expected", name);
	return list;
}

/* Whether both close the same branch on the same day. */
static bool
closes_the_same(const json_t *a, const json_t *b)
{
	const json_t *branch_a = json_object_get(a, "branch");
	const json_t *branch_b = json_object_get(b, "branch");
	const char *day_a = json_string_value(json_object_get(a, "date"));
	const char *day_b = json_string_value(json_object_get(b, "date"));
	const char *of_a = branch_a == NULL ? "*" : json_string_value(branch_a);
	const char *of_b = branch_b == NULL ? "*" : json_string_value(branch_b);

	return day_a != NULL && day_b != NULL && of_a != NULL && of_b != NULL &&
	       strcmp(day_a, day_b) == 0 && strcmp(of_a, of_b) == 0;
}

static void
add_closures(json_t *own, json_t *more)
{
	size_t i, j;
	json_t *k, *known;

	json_array_foreach(more, i, k)
	{
		bool there = false;

		json_array_foreach(own, j, known) there =
		    there || closes_the_same(known, k);
		if (!there)
			json_array_append(own, k);
	}
}

/* Adds the closures of the files to the document; what it says itself is kept. What is
 * wrong in it, or in a closure, the daemon tells. */
static bool
merge_closures(struct ctl *ctl, const struct strlist *files, struct client_request *q)
{
	json_t *doc = json_loadb(q->body, q->body_len, JSON_DECODE_ANY, NULL);
	json_t *own = json_object_get(doc, "closures");
	bool read = true;
	char *text;

	if (own == NULL && json_is_object(doc)) {
		own = json_array();
		json_object_set_new(doc, "closures", own);
	}
	for (size_t i = 0; read && i < files->n; i++) {
		json_t *more = read_closures(ctl, files->v[i]);

		read = more != NULL;
		if (json_is_array(own) && read)
			add_closures(own, more);
		json_decref(more);
	}
	text = json_dumps(doc, JSON_COMPACT | JSON_ENCODE_ANY);
	q->body = arena_strdup(ctl->arena, text);
	q->body_len = strlen(q->body);
	free(text);
	json_decref(doc);
	return read;
}

/* A line for each appointment that cannot be kept. */
static void
print_stranded(json_t *list)
{
	size_t i;
	json_t *v;

	json_array_foreach(list, i, v)
	{
		const char *doctor = json_string_value(json_object_get(v, "doctor"));

		printf("stranded%s: %s %s%s%s (%s)\n",
		    json_is_true(json_object_get(v, "already")) ? " already" : "",
		    json_string_value(json_object_get(v, "reference")),
		    json_string_value(json_object_get(v, "starts_at")),
		    doctor == NULL ? "" : " ", doctor == NULL ? "" : doctor,
		    json_string_value(json_object_get(v, "why")));
	}
}

int
ctl_clinic_load(struct ctl *ctl, char **argv)
{
	bool dry_run = false, accept = false;
	const struct option options[] = { { "--dry-run", &dry_run, NULL },
		{ "--accept-stranded", &accept, NULL } };
	struct client_request q = { .method = "PUT" };
	struct strlist words = { 0 }, closures = { 0 };
	json_t *told, *changes;
	int r;

	if (!args_take_each(ctl, argv, "--closures", &closures) ||
	    !args_read(ctl, argv, options, ARRAY_LEN(options), &words) || words.n == 0 ||
	    !args_none_left(&words, 1))
		return CTL_USAGE;
	q.body = read_file(ctl, words.v[0], &q.body_len);
	if (q.body == NULL || !is_json(words.v[0], q.body, q.body_len))
		return CTL_REFUSED;
	if (closures.n > 0 && !merge_closures(ctl, &closures, &q))
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
	print_stranded(json_object_get(told, "stranded"));
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
