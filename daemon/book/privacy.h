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

/* ---- all that is held of a person ---- */

struct subject_cmd {
	const char *reference;
};

struct subject_res {
	const char *json;
	int64_t n;
};

/* Every request of the same phone, whole. */
int subject_read(struct tx *, struct call *);

/* ---- retention: what is erased when its time is up ---- */

/* One step of a run: it looks at some requests and erases a few, so that the
 * writer is never held for long. The next step goes on where this one ended. */
struct retention_cmd {
	int dry_run;   /* 1: only says what it would erase */
	int64_t after; /* the step before's next; 0 or FIELD_ABSENT begins */
	int64_t gone;  /* how many the steps before erased */
};

struct retention_item {
	const char *reference, *kept_as; /* "unattended", "attended", "spam" */
	enum status status;
	int64_t last_at; /* its last event */
};

struct retention_res {
	struct retention_item *items;
	size_t count;
	int64_t next; /* 0: the run is over */
};

extern const struct fields retention_fields;
int retention(struct tx *, struct call *);
/* When the last run ended; 0 never. */
int retention_last_run(struct tx *, int64_t *ret_ms);
/* When the next run is due after one that ended at last_ms: at 03:00. Pure. */
int64_t retention_due_ms(const struct zone *, int64_t last_ms);

#endif
