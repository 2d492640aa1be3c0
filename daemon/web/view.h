/* SPDX-License-Identifier: MIT */
/* view.h - what the pages show: plain structs, filled before a page is written. */
#ifndef WEB_VIEW_H
#define WEB_VIEW_H

#include "base/obuf.h"
#include "web/text.h"

/* A value in a page: escaped text, or a number. */
#define view_value(o, x)                                                                 \
	_Generic((x),                                                                    \
	    char *: obuf_html,                                                           \
	    const char *: obuf_html,                                                     \
	    int: obuf_html_int,                                                          \
	    int64_t: obuf_html_int)(o, x)

struct view_choice {
	const char *value, *label, *id;
	bool checked;
};

struct view_problem {
	const char *anchor, *message; /* id of the field it links to */
};

/* A line or area of text on the form. described: ids of its hint and error. */
struct view_text {
	const char *value, *error, *described; /* NULL: none */
};

struct view_row {
	const char *label, *text;
};

/* The free times of a part of a day: radios, ids only where something leads there. */
struct view_part {
	const char *name;
	const struct view_choice *times;
	size_t count;
};

struct view_day {
	const char *name, *count; /* "Thursday 26 November 2026", "12 free times" */
	const char *why;	  /* there are none; NULL: there are */
	bool open;
	struct view_part parts[3];
	size_t part_count;
};

struct view_times {
	bool shown;	   /* false: the page asks for days alone */
	bool branch_first; /* a branch has to be chosen before there are times */
	bool any_doctor, none_free, none_checked;
	const char *error, *hint, *shut, *none_id;
	const struct view_choice *offers, *chosen; /* chosen: free, on none of the days; NULL */
	size_t offer_count;
	const struct view_row *other; /* hidden: whose the offers are, when a doctor was asked for */
	size_t other_count;
	const struct view_day *days;
	size_t day_count;
	const char *from, *later; /* dates: the first day shown, NULL for today; the next stretch */
};

struct view_book {
	const struct texts *t;
	const char *title, *clinic, *intro, *notice, *consent_label, *consent_version;
	const char *phone; /* the clinic's; NULL: none */
	const char *emergency;
	const char *form_token, *article, *page, *return_url;
	const struct view_row *kept; /* answers to what this page does not ask */
	size_t kept_count;
	bool consent;
	const struct view_problem *problems;
	size_t problem_count;
	const struct view_choice *languages; /* value, own name; checked: this one */
	size_t language_count;
	const struct view_choice *concerns, *reasons, *methods, *ages, *days, *parts, *branches;
	size_t concern_count, reason_count, method_count, age_count, day_count, part_count,
	    branch_count; /* branch_count 0: there is one, and nothing to ask */
	const struct view_choice *services, *doctors;
	size_t service_count, doctor_count; /* the same */
	bool may_show_times; /* of another branch, service or doctor */
	struct view_times times;
	const char *concerns_error, *method_error, *age_error, *consent_error, *branch_error,
	    *reasons_error, *days_error, *parts_error, *service_error, *doctor_error;
	struct view_text full_name, tel, email, guardian_name, guardian_phone, guardian_relation,
	    note;
	bool guardian_open; /* something there was wrong, or answered */
};

/* "Choose another time", by a patient's link. */
struct view_move {
	const struct texts *t;
	const char *title, *clinic, *phone, *token, *now; /* now: the time it has */
	const struct view_problem *problems;
	size_t problem_count;
	struct view_times times;
};

struct view_booking {
	const struct texts *t;
	const char *token;  /* of the link this is */
	bool erasure_asked;
	bool may_confirm, may_move, may_cancel, may_undo, too_late;
	bool appointment; /* there is one, or was; else a request without a time */
	bool calendar;	  /* it can be put into a calendar */
	const char *clinic, *phone, *heading, *reference, *next, *emergency;
	const char *when, *doctor, *where; /* of an appointment; NULL: none */
	const struct view_row *rows;
	size_t row_count;
};

/* ---- the staff's pages, in English ---- */

struct view_desk {
	const char *title, *here; /* here: the menu's entry */
	const char *clinic, *person, *csrf;
	const char *conflicts; /* the menu's words, with how many there are */
	bool may_create, may_act;
};

struct view_sign {
	const char *clinic, *error, *login;
	const char *csrf; /* of a new password's form */
	bool must_change;
};

/* A request in a list. */
struct view_line {
	const char *reference, *name, *phone, *concerns, *flags, *status, *received, *due, *language;
	const char *visit; /* when it is, was to be or is asked for; "" */
	bool stranded;	   /* that cannot be kept */
	bool late;
	bool again; /* the same person sent one before */
};

struct view_list {
	struct view_desk desk;
	const char *heading, *empty, *next; /* next: address of the following page, or NULL */
	const char *q;			    /* of Find; NULL: not that page */
	const struct view_choice *concerns, *statuses; /* of By concern */
	size_t concern_count, status_count;
	const struct view_line *lines;
	size_t line_count;
	bool spam;
};

struct view_event {
	const char *at, *what, *who, *detail;
};

struct view_link {
	const char *href, *label;
};

/* A time as a button: its value, its words. */
struct view_offer {
	const char *pick, *label;
};

/* Of one request: its appointment, and what can be done about it. Addresses and
 * labels are NULL where there is nothing of the kind. */
struct view_visit {
	const char *heading, *when, *where, *hold, *stranded;
	const char *times, *times_label; /* the page where a time is chosen */
	const char *wish;		 /* the time wished for, as a value of slot */
	const struct view_choice *doctors; /* who else could have it */
	size_t doctor_count;
	bool may_accept, may_confirm, may_arrive, may_attend, may_no_show, may_correct, may_link;
	const char *undo; /* "Back to booked" */
	/* after a refusal */
	const char *action, *offer_action; /* refused; of the other times */
	const struct view_offer *offers;
	size_t offer_count;
	const struct view_row *anyway; /* hidden fields: names, values */
	size_t anyway_count;	       /* 0: it may not */
	const char *link;	       /* a fresh one of the patient's */
};

struct view_request {
	struct view_desk desk;
	struct view_visit visit;
	const char *reference, *name, *status, *version, *note, *note_lang;
	const char *error; /* of an act that was refused; NULL: none */
	const struct view_row *facts;
	size_t fact_count;
	const struct view_link *links, *others;
	size_t link_count, other_count;
	const struct view_event *events;
	size_t event_count;
	const struct view_choice *channels, *outcomes, *close_reasons, *cancel_reasons;
	size_t channel_count, outcome_count, close_count, cancel_count;
	bool may_contact, may_close, may_cancel, may_reopen, may_spam, may_not_spam;
};

/* ---- a day, and what cannot be kept ---- */

/* An appointment of a day. */
struct view_today_line {
	const char *time, *reference, *version, *name, *phone, *doctor, *room, *concerns, *flags,
	    *language, *visited, *status;
	bool may_confirm, may_arrive, may_attend, stranded;
};

struct view_today {
	struct view_desk desk;
	const char *heading, *date, *said; /* said: how many */
	const char *before, *after, *sheet, *back, *next; /* addresses */
	const char *before_label, *after_label, *sheet_label;
	const struct view_choice *doctors, *branches;
	bool unconfirmed;
	size_t doctor_count, branch_count; /* branch_count 0: there is one */
	const struct view_today_line *lines;
	size_t line_count;
};

struct view_conflict {
	const char *reference, *version, *name, *phone, *language, *when, *doctor, *why, *times;
	const struct view_offer *offers;
	size_t offer_count;
};

struct view_conflicts {
	struct view_desk desk;
	const struct view_conflict *items;
	size_t count;
	const char *next;
};

/* ---- who is away, what is closed ---- */

struct view_away_line {
	const char *who, *when, *why, *kind;
	const char *id; /* NULL: of the clinic file, to be changed there */
};

struct view_away {
	struct view_desk desk;
	const struct view_problem *problems;
	size_t problem_count;
	const struct view_away_line *lines;
	size_t line_count;
	const struct view_choice *doctors, *branches;
	size_t doctor_count, branch_count;
	bool checked; /* affected is what a change would do */
	const struct view_link *affected;
	size_t affected_count;
	const struct view_row *kept;
	size_t kept_count;
	const char *from, *to, *reason, *date, *name; /* answers so far */
};

/* ---- choosing a time ---- */

struct view_time {
	const char *pick, *label, *spoken; /* spoken: with its day and doctor */
	const char *kind;		   /* "fits", or "" */
};

/* A doctor's free times of one day. */
struct view_times_row {
	const char *doctor;
	const struct view_time *times;
	size_t count;
};

struct view_times_day {
	const char *day, *closed; /* closed: why there is nothing; NULL */
	const struct view_times_row *rows;
	size_t count;
};

struct view_chooser {
	struct view_desk desk;
	const char *reference, *name, *version, *action, *now, *wishes; /* NULL: nothing of it */
	const char *from, *earlier, *later, *branch, *service;
	const struct view_choice *doctors, *services; /* none: nothing to choose */
	size_t doctor_count, service_count;
	const struct view_time *fitting;
	size_t fitting_count;
	const struct view_times_day *days;
	size_t day_count;
	bool may_override;
};

/* Choices under a heading. */
struct view_group {
	const char *label;
	const struct view_choice *v;
	size_t n;
};

struct view_new {
	struct view_desk desk;
	const char *times_from; /* free times from that day on */
	const struct view_group *times;
	const struct view_choice *doctors;
	size_t time_count, doctor_count;
	const char *slot_error, *doctor_error;
	const struct view_problem *problems;
	size_t problem_count;
	const struct view_choice *concerns, *channels, *methods, *languages, *ages, *branches;
	size_t concern_count, channel_count, method_count, language_count, age_count,
	    branch_count; /* branch_count 0: there is one, and nothing to ask */
	const char *concerns_error, *channel_error, *method_error, *language_error, *age_error,
	    *branch_error, *consent_error;
	struct view_text full_name, tel, email, note, guardian_name, guardian_phone,
	    guardian_relation;
	bool guardian_open, consent;
	const char *key; /* makes a double click one request */
};

#endif
