/* SPDX-License-Identifier: MIT */
/*
 * ics.h - one appointment as a calendar file (RFC 5545), for the patient's phone.
 *
 * The properties are always the same (but LOCATION and URL may be missing) and say
 * nothing of skin. METHOD is PUBLISH: a calendar takes the file in and answers nobody.
 * Times are UTC: the one form that no client reads wrongly, shown in the zone of who
 * looks; a VTIMEZONE would say the same instant with more to go wrong.
 */
#ifndef BOOK_ICS_H
#define BOOK_ICS_H

#include "base/obuf.h"

/* Texts are valid UTF-8; what a calendar file cannot hold of them is left out. */
struct ics_event {
	const char *uid;  /* of the booking, for ever */
	int64_t sequence; /* one more with each change */
	bool cancelled;
	int64_t starts_at, ends_at; /* ms UTC, without buffers */
	int64_t stamped_at;         /* when it was last changed */
	const char *summary;        /* "Appointment", in the patient's language */
	const char *location;       /* NULL or "": not told */
	const char *organizer_name; /* the clinic's */
	const char *url;            /* of the patient's own page; NULL: not told */
};

void ics_write(struct obuf *, const struct ics_event *);

#endif
