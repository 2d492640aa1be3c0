/* SPDX-License-Identifier: MIT */
/* retag.c - "bookingctl retag": notes read again under the present catalogue. */
#include <stdio.h>

#include "ctl/ctl.h"

int
ctl_retag(struct ctl *ctl, char **argv)
{
	struct strlist words = { 0 };
	long long after = 0, looked = 0, added = 0;

	if (!args_read(ctl, argv, NULL, 0, &words) || !args_none_left(&words, 0))
		return CTL_USAGE;
	do {
		json_t *step;
		int r = ctl_call_json(ctl,
		    &(struct client_request){ .method = "POST",
			.target = arena_printf(ctl->arena, "/control/retag?after=%lld", after),
			.body = "{}",
			.body_len = 2 },
		    &step);

		if (r != CTL_DONE)
			return r;
		looked += json_integer_value(json_object_get(step, "looked"));
		added += json_integer_value(json_object_get(step, "added"));
		after = json_integer_value(json_object_get(step, "next"));
		json_decref(step);
	} while (after != 0);
	printf("%lld request%s read, %lld tag%s added\n", looked, looked == 1 ? " was" : "s were",
	    added, added == 1 ? "" : "s");
	return ctl_flush();
}
