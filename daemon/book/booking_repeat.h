/* SPDX-License-Identifier: MIT */
/*
 * booking_repeat.h - the same post sent again: recognised by its key, by its
 * form token, or as the same person within half an hour (contract with clients:
 * docs/openapi.yaml, POST /api/v1/bookings).
 */
#ifndef BOOK_BOOKING_REPEAT_H
#define BOOK_BOOKING_REPEAT_H

#include "book/booking_slot.h"

/* How this post relates to one before it. */
struct repeat {
	bool keyed;			 /* it can be recognised again */
	uint8_t hash[SECRET_HASH_LEN];	 /* under which its answer is kept */
	struct secret_key key;		 /* which seals that answer */
	int64_t linked;			 /* an earlier request; 0: none */
	const char *linked_as;
};

/* 1: ans is the answer, nothing is to be stored. 0: store a new request, linked as
 * r says. E_IDEMPOTENCY: the key was used for another body. */
int repeat_lookup(struct tx *, struct call *, struct repeat *, struct booking_answer *);
/* Keeps the answer for when the post comes again. */
int repeat_keep(struct tx *, const struct booking_form *, const struct repeat *, int64_t n,
    const struct booking_answer *);
/* The JSON of an answer, from its reference and token. */
void answer_make(struct arena *, const struct booking_form *, enum status, int64_t received_at,
    int64_t respond_by, const struct slot_deal *, struct booking_answer *);

#endif
