/* SPDX-License-Identifier: MIT */
/*
 * find.h - lists of requests: filters, order and pages.
 *
 * A list is led by its most selective filter: a stream of request numbers out of
 * one index, or several merged; each candidate is loaded and held against the
 * other filters. A page looks at FIND_LOOK_MAX candidates at most and then ends
 * with a cursor, however few it found: the work of one page is bounded.
 */
#ifndef BOOK_FIND_H
#define BOOK_FIND_H

#include "book/booking.h"
#include "book/search.h"

#define FIND_LIMIT_MAX 200
#define FIND_LOOK_MAX 20000
#define FIND_NO_START INT64_MAX

struct find_cmd {
	/* from the query string */
	struct strlist status, concern, reason, option, flag, doctor, branch, service, language;
	const char *match, *tag_source, *received_from, *received_to, *starts_from, *starts_to;
	int64_t unanswered_hours;
	const char *stranded, *due, *q, *sort;
	int64_t limit;
	const char *cursor;
	const char *notes; /* of the export */
	/* made by find_check */
	unsigned statuses;	  /* bits */
	struct strlist term_sets[TERM_KINDS]; /* wanted slugs by kind */
	int64_t from_ms, to_ms;	  /* received in [from, to) */
	bool up;		  /* oldest first */
	int64_t starts_from_ms, starts_to_ms; /* appointments beginning in [from, to) */
	bool by_start;		  /* in the order of appointments; who has none comes last */
	bool nothing;		  /* no request can match */
	int64_t after;		  /* the cursor: the last n of the page before; 0 at first */
	int64_t after_start;	  /* by_start: when that one begins; FIND_NO_START: it has none */
	struct search search;
};

struct find_res {
	struct booking_item *items;
	size_t count;
	int64_t next; /* the cursor of the next page, as a number; 0: this was the last */
	int64_t next_start; /* by_start: the second part of it */
	const char **notes; /* of the items, when asked for; else NULL */
};

extern const struct fields find_fields;
void find_check(struct find_cmd *, const struct clinic *, struct problems *);
/* The text of a cursor, for ?cursor=; of a page that has a next one. */
const char *find_cursor(struct arena *, const struct find_cmd *, const struct find_res *);

int booking_find(struct tx *, struct call *);
int booking_export(struct tx *, struct call *);

#endif
