/* SPDX-License-Identifier: MIT */
/*
 * page_form.h - the booking page as it is shown: for the first time, in another
 * language, with what was wrong, with other times.
 */
#ifndef WEB_PAGE_FORM_H
#define WEB_PAGE_FORM_H

#include "book/slot_find.h"
#include "web/answers.h"
#include "web/web.h"

#define OPEN_DAYS 14  /* whose times are shown at once */
#define OFFER "offer" /* a form's field: "TIME DOCTOR", of a time that another doctor has */

/* What the page is to show. */
struct shown {
	int status;
	struct answers a;
	struct problems *problems;	  /* the answers'; never NULL */
	const struct slot_offers *offers; /* instead of a time that was taken; NULL: none */
	const struct slot_res *times;	  /* what is free; NULL: not known */
};

/* Fills the reply with the page and sends it. */
void form_send(struct exchange *, struct shown *);

/* ---- page_asked.c: of what its times are ---- */

/* The branch, service and doctor of the answers: the only or first one without an
 * answer, NULL for what has to be chosen, and for any doctor. */
struct slot_ask times_ask(const struct clinic *, const struct answers *);
/* Does that doctor give what is asked for? */
bool times_gives(const struct doctor *, const struct slot_ask *);
/* Does somebody give that service at that branch, at hours that are known? */
bool times_are_kept(const struct clinic *, const struct slot_ask *);
/* What is to be read for the page; false when it shows no times. */
bool times_cmd(const struct clinic *, const struct answers *, struct slot_cmd *ret_cmd);
/* A chosen time that is free no more becomes a problem of "slot"; of one on a day
 * that is closed the problem says so by name. */
void times_judge(struct shown *);
bool times_chosen(const struct answers *, int64_t *ret_ms);
/* The first day to show: today, or what a button asked for. */
int32_t times_first_day(const struct answers *, int32_t today);

/* ---- page_times.c: the times on it ---- */

void times_fill(struct view_times *, const struct clinic *, const struct shown *);
/* A closed day's name in that language, else in English; NULL for one that has none. */
const char *closure_name(const struct closure *, int lang);
/* "Thursday 26 November 2026", as each language writes it. */
const char *times_day(struct arena *, int32_t day, int lang);

#endif
