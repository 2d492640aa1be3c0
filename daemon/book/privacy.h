/* SPDX-License-Identifier: MIT */
/*
 * privacy.h - what a person may ask of whoever holds their data, and what
 * happens to it by itself: erased on request or when its time is up.
 *
 * An erased request is a tombstone: status, reference, times, branch, service,
 * channel and what it was about remain, so that counts stay right. Every word
 * about or of the person goes, out of the files too (job.scrub).
 */
#ifndef BOOK_PRIVACY_H
#define BOOK_PRIVACY_H

#include "book/booking.h"

/* ---- erasure ---- */

struct erase_cmd {
	const char *reference;
};

/* The receipt. */
struct erase_res {
	const char *reference;
	int64_t n, erased_at;
	bool already; /* it was erased before: nothing changed */
	int64_t search_tokens, links, answers, tags, attempts, details; /* rows that went */
	int64_t messages; /* cancelled before they were sent */
};

int booking_erase(struct tx *, struct call *);

struct q_booking_row_out;
/* Erases that request, which is not erased yet; why is the event's reason. */
int erase_request(struct tx *, struct call *, const struct q_booking_row_out *, const char *why,
    struct erase_res *);

#endif
