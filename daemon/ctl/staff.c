/* SPDX-License-Identifier: MIT */
/* staff.c - "bookingctl staff": people who sign in to the console. */
#include <stdlib.h>
#include <string.h>

#include "ctl/ctl.h"
#include "ctl/print.h"

/* POSTs and prints the one-time password of the answer, alone on stdout. */
static int
post_for_password(struct ctl *ctl, const char *target, const char *body)
{
	json_t *made;
	const char *password;
	int r = ctl_call_json(ctl,
	    &(struct client_request){ .method = "POST",
		.target = target,
		.body = body,
		.body_len = strlen(body) },
	    &made);

	if (r != CTL_DONE)
		return r;
	password = json_string_value(json_object_get(made, "password"));
	if (password != NULL) {
		print_safe(stdout, password);
		putchar('\n');
	}
	json_decref(made);
	return ctl_flush();
}

int
ctl_staff_add(struct ctl *ctl, char **argv)
{
	const char *role = NULL, *name = NULL, *branch = NULL;
	const struct option options[] = { { "--role", NULL, &role },
		{ "--name", NULL, &name }, { "--branch", NULL, &branch } };
	struct strlist words = { 0 };
	json_t *command;
	char *body;
	int r;

	if (!args_read(ctl, argv, options, ARRAY_LEN(options), &words) || words.n == 0 ||
	    !args_none_left(&words, 1))
		return CTL_USAGE;
	if (role == NULL || name == NULL) {
		ctl_complain("a person needs --role and --name");
		return CTL_USAGE;
	}
	command = json_pack("{s:s, s:s, s:s, s:s*}", "login", words.v[0], "role", role,
	    "name", name, "branch", branch);
	body = command == NULL ? NULL : json_dumps(command, JSON_COMPACT);
	json_decref(command);
	if (body == NULL) {
		ctl_complain("the arguments are not UTF-8");
		return CTL_USAGE;
	}
	r = post_for_password(ctl, "/control/people", body);
	free(body);
	return r;
}

int
ctl_staff_list(struct ctl *ctl, char **argv)
{
	struct column columns[] = { { "LOGIN", "login", 24, 0 },
		{ "ROLE", "role", 12, 0 }, { "NAME", "name", 32, 0 },
		{ "BRANCH", "branch", 24, 0 }, { "CREATED", "created_at", 24, 0 },
		{ "DISABLED", "disabled_at", 24, 0 } };
	bool json = false;
	const struct option options[] = { { "--json", &json, NULL } };
	struct strlist words = { 0 };
	json_t *list, *items, *e;
	size_t i;
	int r;

	if (!args_read(ctl, argv, options, ARRAY_LEN(options), &words) ||
	    !args_none_left(&words, 0))
		return CTL_USAGE;
	r = ctl_call_json(ctl,
	    &(struct client_request){ .method = "GET", .target = "/control/people" },
	    &list);
	if (r != CTL_DONE)
		return r;
	items = json_object_get(list, "items");
	if (json) {
		json_array_foreach(items, i, e) print_json(stdout, e, 0);
	} else {
		print_table(ctl->arena, stdout, columns, ARRAY_LEN(columns), items, true);
	}
	json_decref(list);
	return ctl_flush();
}

static const char *
person_target(struct ctl *ctl, char **argv, const char *action)
{
	struct strlist words = { 0 };

	if (!args_read(ctl, argv, NULL, 0, &words) || words.n == 0 ||
	    !args_none_left(&words, 1))
		return NULL;
	return arena_printf(
	    ctl->arena, "/control/people/%s/%s", args_encode(ctl, words.v[0]), action);
}

int
ctl_staff_disable(struct ctl *ctl, char **argv)
{
	const char *target = person_target(ctl, argv, "disable");
	struct answer answer;

	if (target == NULL)
		return CTL_USAGE;
	return ctl_call(ctl,
	    &(struct client_request){
		.method = "POST", .target = target, .body = "{}", .body_len = 2 },
	    &answer);
}

int
ctl_staff_reset(struct ctl *ctl, char **argv)
{
	const char *target = person_target(ctl, argv, "reset");

	return target == NULL ? CTL_USAGE : post_for_password(ctl, target, "{}");
}
