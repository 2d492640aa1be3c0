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

struct view_book {
	const struct texts *t;
	const char *title, *clinic, *intro, *notice, *consent_label, *consent_version;
	const char *phone; /* the clinic's; NULL: none */
	const char *emergency;
	const char *form_token, *article, *page, *return_url;
	bool consent;
	const struct view_problem *problems;
	size_t problem_count;
	const struct view_choice *languages; /* value, own name; checked: this one */
	size_t language_count;
	const struct view_choice *concerns, *reasons, *methods, *ages, *days, *parts, *branches;
	size_t concern_count, reason_count, method_count, age_count, day_count, part_count,
	    branch_count; /* branch_count 0: there is one, and nothing to ask */
	const char *concerns_error, *method_error, *age_error, *consent_error, *branch_error;
	struct view_text full_name, tel, email, guardian_name, guardian_phone, guardian_relation,
	    note;
	bool guardian_open; /* something there was wrong, or answered */
};

struct view_row {
	const char *label, *text;
};

struct view_booking {
	const struct texts *t;
	const char *clinic, *phone, *heading, *reference, *next, *emergency;
	const struct view_row *rows;
	size_t row_count;
};

#endif
