/* SPDX-License-Identifier: MIT */
/*
 * status.h - where a request stands, and where it may go from there.
 *
 * The numbers are stored: never change one. The table of transitions is in
 * status.c; every transition is an event.
 */
#ifndef BOOK_STATUS_H
#define BOOK_STATUS_H

#include "base/base.h"

enum status {
	STATUS_NEW,	  /* stored, nobody acted */
	STATUS_CONTACTED, /* staff tried at least once */
	STATUS_BOOKED,	  /* date, time, doctor and branch agreed */
	STATUS_CONFIRMED, /* the patient confirmed this appointment again */
	STATUS_ARRIVED,	  /* at the desk, waiting */
	STATUS_ATTENDED,  /* was seen */
	STATUS_NO_SHOW,	  /* did not come, no notice */
	STATUS_CANCELLED, /* by the patient or the clinic */
	STATUS_CLOSED,	  /* ended without an appointment */
	STATUS_SPAM,	  /* quarantined or judged */
	STATUS_ERASED,	  /* personal data gone; reference and counts remain */
	STATUS_COUNT,
};

#define STATUS_BIT(s) (1u << (s))
#define STATUS_ALL ((1u << STATUS_COUNT) - 1)

const char *status_name(enum status); /* "no_show" */
/* -1 when it is none. */
int status_from_name(const char *);
bool status_may_become(enum status from, enum status to);
extern const char *const status_names[STATUS_COUNT + 1]; /* NULL-terminated */

#endif
