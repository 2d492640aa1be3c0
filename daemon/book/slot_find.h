/* SPDX-License-Identifier: MIT */
/* slot_find.h - the operations that only look at times: free ones, and why not. */
#ifndef BOOK_SLOT_FIND_H
#define BOOK_SLOT_FIND_H

#include "book/booking.h"
#include "book/slot.h"

#define SLOT_DAYS_MAX 92

struct slot_cmd {
	const char *service, *branch, *doctor, *from, *to, *lang;
	const char *reference; /* of a booking that moves: its own time is no obstacle; CAP_LIST */
	/* made by slot_cmd_check: */
	struct slot_ask ask;
	int32_t from_day, to_day; /* inclusive */
};

/* One local day. */
struct slot_day {
	int32_t day;
	int64_t starts_ms, ends_ms;   /* of the day itself */
	const struct closure *closed; /* NULL: not by name */
	bool shut;		      /* not open at all that day */
};

struct slot_res {
	struct slot_ask ask;
	struct slot_map map;
	int64_t *starts; /* any, ascending; ms */
	size_t *bits;	 /* of the map, beside them */
	size_t count;
	struct slot_day *days;
	size_t day_count;
};

extern const struct fields slot_fields;
/* Names and dates; from defaults to today, to to from + 13 days. */
void slot_cmd_check(struct slot_cmd *, const struct clinic *, int64_t now, struct problems *);
int slot_find(struct tx *, struct call *);
/* The free times of the days from from_day to to_day, inclusive. */
void slot_list(struct tx *, const struct clinic *, const struct calendar *, const struct slot_ask *,
    int32_t from_day, int32_t to_day, struct slot_res *);

/* The times to which the holder of a link may move: its own are no obstacle. */
struct move_res {
	struct booking_view view;
	struct slot_res times; /* of MOVE_DAYS; none when it may not be moved */
};
#define MOVE_DAYS 28
int booking_move_times(struct tx *, struct call *);
/* {"time_zone":...,"days":[...]}, all of it. */
void slot_json(struct obuf *, const struct slot_cmd *, const struct slot_res *, int lang);
/* [{"start","end","doctor"}] of a refused call. */
void slot_offers_json(struct obuf *, const struct slot_offers *);

struct explain_cmd {
	const char *service, *branch, *doctor, *at;
	const char *reference; /* leave this request's own time out */
	struct slot_ask ask;
	int64_t at_ms;
	bool never; /* that wall time does not exist */
};

struct explain_res {
	enum slot_why why;
	const char *sentence, *doctor, *holder; /* holder: the reference of who has it */
	const char *resource;		       /* the slug of what is taken */
	const char *closure;
	struct slot_offers offers;
};

extern const struct fields explain_fields;
/* at: RFC 3339, or a wall-clock time of the branch. */
void explain_check(struct explain_cmd *, const struct clinic *, int64_t now, struct problems *);
int slot_explain(struct tx *, struct call *);
void explain_json(struct obuf *, const struct explain_cmd *, const struct explain_res *);

#endif
