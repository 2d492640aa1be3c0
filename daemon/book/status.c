/* SPDX-License-Identifier: MIT */
/* status.c - the table of statuses and their transitions. */
#include <string.h>

#include "book/status.h"

const char *const status_names[STATUS_COUNT + 1] = {
	[STATUS_NEW] = "new",
	[STATUS_CONTACTED] = "contacted",
	[STATUS_BOOKED] = "booked",
	[STATUS_CONFIRMED] = "confirmed",
	[STATUS_ARRIVED] = "arrived",
	[STATUS_ATTENDED] = "attended",
	[STATUS_NO_SHOW] = "no_show",
	[STATUS_CANCELLED] = "cancelled",
	[STATUS_CLOSED] = "closed",
	[STATUS_SPAM] = "spam",
	[STATUS_ERASED] = "erased",
};

#define TO(s) STATUS_BIT(STATUS_##s)

/*
 * From a row to its columns. A booked request that is booked again was moved;
 * moving a confirmed one makes it booked, to be confirmed anew. Undo within the
 * same day and erasure are operations of their own, not rows here.
 */
static const unsigned may_become[STATUS_COUNT] = {
	[STATUS_NEW] = TO(CONTACTED) | TO(BOOKED) | TO(CLOSED) | TO(SPAM) | TO(CANCELLED),
	[STATUS_CONTACTED] = TO(BOOKED) | TO(CLOSED) | TO(SPAM) | TO(CANCELLED),
	[STATUS_BOOKED] = TO(CONFIRMED) | TO(ARRIVED) | TO(ATTENDED) | TO(NO_SHOW)
	    | TO(CANCELLED) | TO(BOOKED),
	[STATUS_CONFIRMED]
	= TO(ARRIVED) | TO(ATTENDED) | TO(NO_SHOW) | TO(CANCELLED) | TO(BOOKED),
	[STATUS_ARRIVED] = TO(ATTENDED) | TO(NO_SHOW) | TO(CANCELLED),
	[STATUS_ATTENDED] = TO(NO_SHOW),
	[STATUS_NO_SHOW] = TO(BOOKED) | TO(CLOSED),
	[STATUS_CANCELLED] = TO(BOOKED) | TO(CLOSED),
	[STATUS_CLOSED] = TO(CONTACTED) | TO(BOOKED),
	[STATUS_SPAM] = TO(NEW),
	[STATUS_ERASED] = 0,
};

const char *
status_name(enum status s)
{
	BUG_UNLESS((unsigned)s < STATUS_COUNT);
	return status_names[s];
}

int
status_from_name(const char *name)
{
	for (int s = 0; s < STATUS_COUNT; s++)
		if (strcmp(status_names[s], name) == 0)
			return s;
	return -1;
}

bool
status_may_become(enum status from, enum status to)
{
	return (may_become[from] & STATUS_BIT(to)) != 0;
}
