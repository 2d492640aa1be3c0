/* SPDX-License-Identifier: MIT */
/* status.c - "bookingctl status" and "metrics": how the daemon does. */
#include "ctl/ctl.h"
#include "ctl/print.h"

int
ctl_status(struct ctl *ctl, char **argv)
{
	bool json = false;
	const struct option options[] = { { "--json", &json, NULL } };
	struct strlist words = { 0 };
	json_t *status;
	int r;

	if (!args_read(ctl, argv, options, ARRAY_LEN(options), &words) ||
	    !args_none_left(&words, 0))
		return CTL_USAGE;
	r = ctl_call_json(ctl,
	    &(struct client_request){ .method = "GET", .target = "/control/status" },
	    &status);
	if (r != CTL_DONE)
		return r;
	if (json)
		print_json(stdout, status, 0);
	else
		print_fields(ctl->arena, stdout, status);
	json_decref(status);
	return ctl_flush();
}

int
ctl_metrics(struct ctl *ctl, char **argv)
{
	struct strlist words = { 0 };
	struct answer answer;
	int r;

	if (!args_read(ctl, argv, NULL, 0, &words) || !args_none_left(&words, 0))
		return CTL_USAGE;
	r = ctl_call(ctl,
	    &(struct client_request){
		.method = "GET", .target = "/metrics", .to = stdout },
	    &answer);
	return r != CTL_DONE ? r : ctl_flush();
}
