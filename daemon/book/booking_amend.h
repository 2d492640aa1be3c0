/* SPDX-License-Identifier: MIT */
/* booking_amend.h - new contact details and preferences; the old ones go into the history. */
#ifndef BOOK_BOOKING_AMEND_H
#define BOOK_BOOKING_AMEND_H

#include "book/booking.h"
#include "queries.h"

struct amend {
	const char *full_name, *phone, *phone_typed, *email, *contact_method, *language;
	const char *guardian_name, *guardian_phone, *guardian_relation;
	int64_t days, parts;
	const char *call_time, *note;
	/* What the patient had ticked before, where that changes too; NULL: it does not. */
	const struct strlist *old_concerns, *old_reasons;
};

/* The values row has now. */
struct amend amend_of_row(struct arena *, const struct q_booking_row_out *);
/* Writes next over row, with an event that keeps the old values; the version rises. */
int booking_amend(struct tx *, const struct call *, const struct q_booking_row_out *,
    const struct amend *next);

#endif
