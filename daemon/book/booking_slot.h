/* SPDX-License-Identifier: MIT */
/*
 * booking_slot.h - what becomes of the time that a post, a patient or staff chose:
 * held, wished for, or refused with other times beside it.
 */
#ifndef BOOK_BOOKING_SLOT_H
#define BOOK_BOOKING_SLOT_H

#include "book/appointment.h"
#include "book/booking.h"

#define OPEN_PER_PERSON 2 /* times to come, of one phone and name */
#define OPEN_PER_PHONE 4

struct slot_deal {
	struct slot_ask ask;
	int64_t start_ms;	/* 0: no time was chosen */
	bool held;		/* pick is to be taken; else the time is wished for */
	bool override;		/* in spite of a reason */
	enum slot_why in_spite; /* that reason; SLOT_FREE: none */
	struct slot_pick pick;
};

/* Is that start to be had? without: a booking that moves. wanted: the doctor it has,
 * tried before others when none is asked for. 0, or E_NOT_OFFERED with a problem of
 * "slot", E_SLOT_TAKEN with the call's offers, E_UNAVAILABLE, E_DB. */
int slot_settle(struct tx *, struct call *, struct slot_deal *, int64_t without,
    const struct doctor *wanted);
/* What a post chose. wish_only: it is linked to another one and takes no time. Also
 * E_TOO_MANY_OPEN. */
int booking_slot_settle(struct tx *, struct call *, const struct booking_form *, int64_t without,
    bool wish_only, struct slot_deal *ret_deal);
/* May whose request that is hold one more time? 0, E_TOO_MANY_OPEN. */
int booking_may_hold(struct tx *, const struct q_booking_row_out *);
/* Stores it with request n. by_patient: it counts against the hour, and ends by
 * itself at hold_ends_at, unless that is 0. */
int booking_slot_store(struct tx *, const struct slot_deal *, int64_t n, bool by_patient,
    int64_t hold_ends_at);
/* Until when an unanswered request keeps its time, from now. */
int64_t booking_hold_ends(const struct branch *, int64_t now);
/* {"slot":...,"doctor":...} for the history; NULL when no time was chosen. */
const char *booking_slot_detail(struct arena *, const struct slot_deal *);

#endif
