/* SPDX-License-Identifier: MIT */
/*
 * appointment.h - the time a request has, or wishes for, and the claims it holds.
 *
 * Whoever calls has checked first (slot.h): these write, and the schema's triggers
 * refuse what must not be. A move is one transaction: the old claims are given
 * back and the new ones taken, or nothing happens.
 */
#ifndef BOOK_APPOINTMENT_H
#define BOOK_APPOINTMENT_H

#include "book/slot.h"
#include "book/status.h"

struct appointment {
	int64_t starts_at, ends_at; /* without buffers */
	int64_t taken_at, hold_ends_at, stranded_at; /* 0: no such time */
	int64_t doctor;		    /* resource; 0: a wish for no one in particular */
	const char *doctor_slug, *room_slug; /* NULL: none */
	const char *promised;	    /* the wall clock's words, and its zone */
	int64_t sequence;
	bool held; /* its claims stand; else it is a wish, or was */
};

/* 1; 0: the request has none and never had. */
int appointment_load(struct tx *, int64_t n, struct appointment *);

struct appointment_terms {
	int64_t taken_at;     /* a patient took it without staff; 0: not so */
	int64_t hold_ends_at; /* 0: it does not end by itself */
	bool override;	      /* it may overlap: a person said why */
};

/* Takes the time of a pick, giving back what the request held before. */
int appointment_take(struct tx *, int64_t n, const struct slot_pick *, const struct zone *,
    const struct appointment_terms *);
/* Remembers a time that was wished for and is not held. */
int appointment_wish(struct tx *, int64_t n, const struct slot_ask *, int64_t start_ms);
/* Gives back what it holds; the time stays as a wish. */
int appointment_let_go(struct tx *, int64_t n);
/* Did it hold its time when the request was last in that status? 1, 0. */
int appointment_was_held(struct tx *, int64_t n, const struct appointment *, enum status);
/* The calendar of the transaction, provided the clinic is the one in force. */
int appointment_calendar(struct tx *, const struct clinic *, int64_t without,
    struct calendar **ret_calendar);

#endif
