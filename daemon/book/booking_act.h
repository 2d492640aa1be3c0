/* SPDX-License-Identifier: MIT */
/*
 * booking_act.h - the inside of what staff do with a request, for booking_act.c
 * (the table, and the order of checks), booking_note.c (acts on what is written of
 * it) and booking_visit.c (acts on its appointment).
 */
#ifndef BOOK_BOOKING_ACT_H
#define BOOK_BOOKING_ACT_H

#include "book/appointment.h"
#include "book/booking.h"
#include "queries.h"

/* One act in the making. */
struct act {
	struct tx *tx;
	struct call *call;
	const struct act_cmd *cmd;
	const struct action *action;
	struct q_booking_row_out row;
	struct appointment has;
	bool had; /* there is an appointment, or was */
};

/* from: the statuses it is for, 0: those the table of transitions has; to: -1
 * leaves the status. */
struct action {
	const char *name, *event;
	unsigned from;
	int to;
	bool versioned;
	unsigned needs; /* capabilities, besides the operation's own */
	struct fields fields;
	void (*check)(struct act *, struct problems *); /* may be NULL */
	int (*run)(struct act *);			/* NULL: the status changes, no more */
};

/* Changes the status, and gives the time back where the new one holds none. */
int act_set_status(struct act *, enum status to, bool contacted);
/* The event of the act; to -1: the status stays. detail is JSON, or NULL. */
int act_tell(struct act *, int to, const char *detail);
/* {"text":...}; NULL without a text. */
const char *act_text_detail(struct act *);
/* A refusal for the state the request is in. */
int act_conflict(struct act *, const char *format, ...) PRINTF_LIKE(2, 3);
void act_need(struct problems *, const char *field, const void *value, const char *sentence);

/* booking_note.c */
void check_contact(struct act *, struct problems *);
void check_text(struct act *, struct problems *);
void check_tag(struct act *, struct problems *);
void check_amend(struct act *, struct problems *);
int run_contact(struct act *);
int run_tag(struct act *);
int run_amend(struct act *);
/* booking_visit.c */
void check_book(struct act *, struct problems *);
void check_move(struct act *, struct problems *);
void check_assign(struct act *, struct problems *);
int run_book(struct act *);
int run_move(struct act *);
int run_assign(struct act *);
int run_visit(struct act *); /* attend, no-show: not before it begins */
int run_undo(struct act *);
int run_link(struct act *);
/* The time a request wishes for is held from now on, if it is free; else it stays a
 * wish. For "not-spam". */
int act_take_wish(struct act *);

#endif
