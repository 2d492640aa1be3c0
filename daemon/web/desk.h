/* SPDX-License-Identifier: MIT */
/*
 * desk.h - what the staff's pages share: the session's cookie, the token that
 * binds a form to it, the frame around every page.
 */
#ifndef WEB_DESK_H
#define WEB_DESK_H

#include <jansson.h>

#include "book/booking.h"
#include "book/slot.h"
#include "web/view.h"
#include "web/web.h"

/* The value of the __Host-session cookie; "" without one. */
const char *desk_cookie(const struct req *);
/* Sets it, or ends it (NULL). SameSite=Strict, HttpOnly, Secure. */
void desk_set_cookie(struct exchange *, const char *session);
/* The token of a session's forms, in the arena. */
const char *desk_token(struct arena *, const char *session);
/* A POST of one of our pages, from this session: Sec-Fetch-Site and csrf token. */
bool desk_post_is_ours(struct exchange *);
/* Notes that a session is used; nobody waits for it. */
void desk_touch(const char *session);
/* 401 leads to the sign-in page, a one-time password to the new one; true then. */
bool desk_refused(struct exchange *, int rc);

/* ---- desk_when.c ---- */

/* "Thu 26 Nov, 14:05" in that zone; "" for 0. */
const char *desk_time(struct arena *, const struct zone *, int64_t ms);
/* "14:05"; "Thursday 26 November 2026"; "Thu 26 Nov". */
const char *desk_clock(struct arena *, const struct zone *, int64_t ms);
const char *desk_day(struct arena *, int32_t day);
const char *desk_short_day(struct arena *, int32_t day);
/* "Thursday 26 November 2026, 14:05 to 14:35"; to 0: not told. */
const char *desk_span(struct arena *, const struct zone *, int64_t from_ms, int64_t to_ms);
/* The doctor's name, or the slug of one who has left; NULL for NULL. */
const char *desk_doctor(const struct clinic *, const char *slug);
/* Why a visit cannot be, of a word of slot.def: "the doctor is away". */
const char *desk_why(const char *word);
/* A time with a doctor as a button: its value is what desk_act reads as "pick". */
struct view_offer desk_offer(
    struct arena *, const struct zone *, int64_t start_ms, const struct doctor *);
/* As many as there are in the offers. */
const struct view_offer *desk_offers(struct arena *, const struct slot_offers *);
/* Is that a day and a time of day that the patient asked for? Morning ends at 12:00,
 * afternoon at 17:00. No wish fits any. */
bool desk_fits(
    const struct strlist *days, const struct strlist *parts, const struct zone *, int64_t ms);

/* A word of the API as staff read it: "zh-Hans" is Chinese, "no-answer" No answer. */
const char *desk_word(struct arena *, const char *value);
/* The frame of a page for whoever is signed in (the call's actor). */
struct view_desk desk_frame(struct exchange *, const char *title, const char *here);

/* ---- lists: page_desk.c, page_today.c, page_conflict.c ---- */

/* Labels; what only the text suggests carries a question mark. NULL: none. */
const char *desk_concerns(struct arena *, const struct booking_item *);
const char *desk_flags(struct arena *, const struct booking_item *);
/* "" for English. */
const char *desk_language(struct arena *, const struct booking_item *);
/* The address of the following page, the query's own parameters kept; they are ours
 * and were checked. NULL: this was the last. */
struct find_cmd;
struct find_res;
const char *desk_next(struct exchange *, const char *path, const struct find_cmd *,
    const struct find_res *);

/* ---- a new request: page_new.c, page_new_times.c ---- */

#define NEW_TIMES_DAYS 7

struct answers;
struct slot_cmd;
struct slot_res;
/* The free times of some days; the nearest to one that was taken (NULL) first. */
void desk_fill_new_times(struct view_new *, const struct answers *, const struct clinic *,
    const struct slot_cmd *, const struct slot_res *, const struct slot_offers *);

/* ---- one request: page_request.c, page_visit.c, page_history.c, page_act.c ---- */

/* What its page says above all else. */
struct desk_shown {
	const char *error; /* of an act that was refused; NULL: none */
	const char *link;  /* a fresh one of the patient's, to be copied now */
	const char *action; /* that was refused */
	const struct slot_offers *offers;  /* other times for it; NULL */
	const struct act_cmd *anyway; /* may be done in spite of the reason; NULL */
};

/* Reads it and shows it: the audit says so. */
void desk_show_request(struct exchange *, const struct desk_shown *);
/* Its appointment and what can be done about it, out of the document of the API. */
void desk_fill_visit(struct view_visit *, const struct exchange *, const json_t *doc,
    const struct zone *, const struct desk_shown *);
/* page_history.c */
void desk_fill_history(struct view_request *, const struct exchange *, const json_t *doc,
    const struct zone *);
/* The words of a list with commas between; NULL when there are none. */
const char *desk_word_list(struct arena *, const json_t *list);
/* A member as text in the arena; NULL when it is absent, null or empty. */
const char *desk_text_of(struct arena *, const json_t *object, const char *name);
/* A member that is an instant; 0. */
int64_t desk_ms_of(const json_t *object, const char *name);
/* A member that is a list of words. */
struct strlist desk_words_of(struct arena *, const json_t *object, const char *name);

#endif
