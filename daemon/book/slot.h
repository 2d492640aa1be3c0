/* SPDX-License-Identifier: MIT */
/*
 * slot.h - when a visit can begin: shown, booked and explained by one function.
 *
 * A start is free when a doctor who gives the service works at the branch for the
 * whole visit, nothing is taken of the doctor from the buffer before to the buffer
 * after, and of each kind of room the service needs one is free as long. Buffers
 * may reach beyond the hours. Pure: all is read from a calendar.
 *
 * The daily cap is counted here and nowhere in the schema: there is one writer,
 * and its calendar is exact inside its transaction.
 */
#ifndef BOOK_SLOT_H
#define BOOK_SLOT_H

#include "book/calendar.h"

enum slot_why {
#define WHY(name, word, taken, message) name,
#include "book/slot.def"
#undef WHY
	SLOT_FREE,
};

const char *slot_why_word(enum slot_why);
bool slot_why_taken(enum slot_why);
enum message slot_why_message(enum slot_why);

struct slot_ask {
	const struct branch *branch;
	const struct service *service;
	const struct doctor *doctor; /* NULL: whoever is free */
	int64_t now;
};

/* Free starts of a stretch of time, by doctor. */
struct slot_map {
	int64_t first;		      /* the schedule's cell of bit 0 */
	struct cells any;	      /* of whom does not matter */
	const struct doctor **doctors; /* by slug */
	struct cells *free;
	size_t count;
};

/* Starts in [from_ms, to_ms), in the arena. */
void slot_map(struct arena *, const struct calendar *, const struct slot_ask *, int64_t from_ms,
    int64_t to_ms, struct slot_map *ret_map);
int64_t slot_map_ms(const struct calendar *, const struct slot_map *, int64_t bit);

/* What a visit at that time would take up. */
struct slot_pick {
	const struct doctor *doctor;
	int64_t starts, ends;		/* with buffers */
	int64_t begins, finishes;	/* the visit */
	struct slot_claim {
		int64_t resource, unit;
	} claims[1 + KINDS_MAX];	/* the doctor first */
	size_t count;
};

/* Why not, in detail. */
struct slot_reason {
	enum slot_why why;
	const struct doctor *doctor;	/* the nearest; NULL: of no doctor */
	const struct closure *closure;	/* of SLOT_CLOSED */
	int64_t resource, unit;		/* of what is taken; 0 */
};

/* SLOT_FREE and a pick: the doctor asked for, or of the free ones the one with the
 * fewest minutes taken that day, then by slug; the first free room. Else the reason. */
enum slot_why slot_check(struct arena *, const struct calendar *, const struct slot_ask *,
    int64_t start_ms, struct slot_pick *ret_pick, struct slot_reason *ret_reason);
/* The same whatever the hours, notice, horizon and cap, for what a person decided:
 * the doctor asked for, or else the first who gives the service. overlap: even when
 * something is taken; times off the cells are then rounded outward. False when nobody
 * gives the service or a room is missing, or else taken. */
bool slot_pick_anyway(const struct calendar *, const struct slot_ask *, int64_t start_ms,
    bool overlap, struct slot_pick *ret_pick);

/* That room instead of the one picked of its kind, where it is free. */
bool slot_choose_room(const struct calendar *, const struct room *, struct slot_pick *);

struct slot_offer {
	int64_t start_ms, end_ms;
	const struct doctor *doctor;
};

#define SLOT_OFFERS 3

/* The nearest to a time that is not to be had: the doctor asked for, another doctor
 * at that time, the next day; earliest first. How many there are. */
size_t slot_alternatives(struct arena *, const struct calendar *, const struct slot_ask *,
    int64_t start_ms, struct slot_offer ret_offers[SLOT_OFFERS]);

/* What a refused call offers instead. */
struct slot_offers {
	struct slot_offer v[SLOT_OFFERS];
	size_t count;
	const struct zone *zone;
};

/* What speaks against a visit that is booked in this schedule, as bits: closed, not
 * open, its doctor not at work. Says nothing of claims, notice and horizon. */
#define SLOT_BIT(why) (1u << (why))
unsigned slot_against(const struct schedule *, const struct branch *, const struct doctor *,
    int64_t begins, int64_t finishes);
/* The one of them to be told; SLOT_FREE: none, it stands. */
enum slot_why slot_against_first(unsigned bits);

#endif
