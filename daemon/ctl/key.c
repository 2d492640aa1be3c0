/* SPDX-License-Identifier: MIT */
/* key.c - "bookingctl key": API keys made, listed, revoked. */
#include <stdlib.h>
#include <string.h>

#include "ctl/ctl.h"
#include "ctl/print.h"

static int
key_post(struct ctl *ctl, char *body)
{
	json_t *made;
	const char *key;
	int r;

	r = ctl_call_json(ctl,
	    &(struct client_request){ .method = "POST",
		.target = "/control/keys",
		.body = body,
		.body_len = strlen(body) },
	    &made);
	if (r != CTL_DONE)
		return r;
	key = json_string_value(json_object_get(made, "key"));
	if (key == NULL) {
		ctl_complain("the answer of bookingd has no key in it");
		json_decref(made);
		return CTL_REFUSED;
	}
	print_safe(stdout, key);
	putchar('\n');
	json_decref(made);
	return ctl_flush();
}

int
ctl_key_create(struct ctl *ctl, char **argv)
{
	const char *role = NULL, *name = NULL, *branch = NULL, *expires = NULL;
	const struct option options[] = { { "--role", NULL, &role },
		{ "--name", NULL, &name }, { "--branch", NULL, &branch },
		{ "--expires", NULL, &expires } };
	struct strlist words = { 0 };
	json_t *command;
	char *body;
	int r;

	if (!args_read(ctl, argv, options, ARRAY_LEN(options), &words) ||
	    !args_none_left(&words, 0))
		return CTL_USAGE;
	if (role == NULL || name == NULL) {
		ctl_complain("a key needs --role and --name");
		return CTL_USAGE;
	}
	command = json_pack("{s:s, s:s, s:s*, s:s*}", "role", role, "name", name,
	    "branch", branch, "expires", expires);
	body = command == NULL ? NULL : json_dumps(command, JSON_COMPACT);
	json_decref(command);
	if (body == NULL) {
		ctl_complain("the arguments are not UTF-8");
		return CTL_USAGE;
	}
	r = key_post(ctl, body);
	free(body);
	return r;
}

int
ctl_key_list(struct ctl *ctl, char **argv)
{
	struct column columns[] = { { "NAME", "name", 32, 0 }, { "ROLE", "role", 12, 0 },
		{ "BRANCH", "branch", 24, 0 }, { "CREATED", "created_at", 24, 0 },
		{ "EXPIRES", "expires_at", 24, 0 }, { "REVOKED", "revoked_at", 24, 0 } };
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
	    &(struct client_request){ .method = "GET", .target = "/control/keys" },
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

int
ctl_key_revoke(struct ctl *ctl, char **argv)
{
	struct client_request q = { .method = "DELETE" };
	struct strlist words = { 0 };
	struct answer answer;

	if (!args_read(ctl, argv, NULL, 0, &words) || words.n == 0 ||
	    !args_none_left(&words, 1))
		return CTL_USAGE;
	q.target =
	    arena_printf(ctl->arena, "/control/keys/%s", args_encode(ctl, words.v[0]));
	return ctl_call(ctl, &q, &answer);
}
