/* SPDX-License-Identifier: MIT */
/*
 * clinic.h - the clinic as its file describes it: branches, hours, closures,
 * texts. An immutable struct, made whole from a checked document.
 *
 * Everybody takes the present one by clinic_get and gives it back by clinic_put;
 * a replaced one lives until the last holder has put it. Local numbers of
 * branches (branch.id) come from the database and are set before clinic_set.
 */
#ifndef BOOK_CLINIC_H
#define BOOK_CLINIC_H

#include "base/str.h"
#include "book/hours.h"
#include "book/problem.h"

enum clinic_text { TEXT_INTRO, TEXT_NOTICE, TEXT_CONSENT, TEXT_AFTER, TEXT_COUNT };

#define CLINIC_LANGUAGES_MAX 8

/* What may be overridden per branch. */
struct clinic_settings {
	bool instant; /* booking_mode */
	int min_notice_minutes, horizon_days, slot_step_minutes, change_cutoff_hours;
	int hold_open_hours, respond_within_open_hours;
};

/* Days after its last event that a request is kept. */
struct clinic_retention {
	int unattended, attended, spam;
};

struct branch {
	int64_t id; /* database; 0 until known */
	const char *slug, *name, *address;
	struct hours hours; /* zone, weekly hours, closed days */
	struct clinic_settings settings;
};

struct closure {
	const char *branch; /* slug, or "*" */
	int32_t day;
	const char *name[3]; /* en, ms, zh-Hans; NULL falls back to en */
	int64_t id;	     /* of a row staff made; 0: the file's */
};

#define KINDS_MAX 8 /* of rooms that a service may need */

struct service {
	const char *slug;
	const char *name[3];
	int minutes, buffer_before, buffer_after; /* multiples of 5; 12 hours together at most */
	struct strlist kinds;			  /* of rooms it needs, one of each */
};

/* When a doctor works at a branch, or is away: wall-clock times of the branch. */
struct work {
	size_t branch; /* index */
	int weekday;   /* 1 Monday .. 7 Sunday */
	int from_min, to_min; /* as in struct hours_row */
};

struct extra {
	size_t branch;
	int32_t day;
	int from_min, to_min;
};

struct away {
	int64_t from_min, to_min; /* minutes since 1970 of the wall clock */
	const char *reason;	  /* NULL: none */
	int64_t id;		  /* of a row staff made; 0: the file's */
};

struct doctor {
	int64_t id; /* resource; 0 until known */
	const char *slug, *name, *credentials;
	struct strlist languages, services;
	bool active;
	int daily_max; /* 0: no limit */
	struct work *work;
	struct extra *extra;
	struct away *away;
	size_t work_count, extra_count, away_count;
};

/* A room, or a device. */
struct room {
	int64_t id; /* resource; 0 until known */
	const char *slug, *kind;
	size_t branch;
	int capacity;
};

struct clinic {
	struct arena *arena;
	int refs;	 /* clinic.c's own */
	int64_t version; /* of the clinic_file row */
	int64_t schedule; /* schedule_version when it was made: hours, people and rooms */
	int64_t serial;	  /* no two that were ever made in this process share one */
	const char *name, *prefix, *country, *phone, *whatsapp, *dpo_email, *colour;
	const struct zone *zone; /* the clinic's: dates in filters */
	struct strlist languages;
	struct clinic_retention retention;
	struct branch *branches;
	size_t branch_count;
	struct service *services; /* at least one: "consultation" when the file has none */
	size_t service_count;
	struct doctor *doctors; /* by slug */
	size_t doctor_count;
	struct room *rooms; /* by slug */
	size_t room_count;
	struct closure *closures;
	size_t closure_count;
	/* By language index (en, ms, zh-Hans), {clinic} {dpo} filled in; {channel} is
	 * left for the means of contact. Defaults where the file has none. */
	const char *text[3][TEXT_COUNT];
	const char *text_version[3][TEXT_COUNT]; /* first 12 hex digits of SHA-256 */
	const char *document; /* as loaded */
};

/* en 0, ms 1, zh-Hans 2; anything else 0. */
int clinic_language(const char *tag);

/* Reads and checks a document; every problem with its JSON path ("$.clinic.name").
 * NULL when there is one. Free with clinic_free. Pure but for zone_get. */
struct clinic *clinic_parse(const char *json, size_t len, struct problems *);
/* The branches' closed days anew, after a closure was added. */
void clinic_close_days(struct clinic *);
void clinic_free(struct clinic *);

/* Sentences saying what changes from old (NULL: nothing was loaded) to next. */
struct strlist clinic_changes(struct arena *, const struct clinic *old,
    const struct clinic *next);

const struct branch *clinic_branch(const struct clinic *, const char *slug);
const struct branch *clinic_branch_by_id(const struct clinic *, int64_t id);
const struct service *clinic_service(const struct clinic *, const char *slug);
const struct doctor *clinic_doctor(const struct clinic *, const char *slug);
const struct doctor *clinic_doctor_by_id(const struct clinic *, int64_t id);
/* True and the word, when a text promises what no clinic may promise. */
bool clinic_text_forbidden(const char *text, const char **ret_word);

/* Takes it; one with an older schedule than the present one is dropped. */
void clinic_set(struct clinic *);
const struct clinic *clinic_get(void); /* NULL when none was ever loaded */
void clinic_put(const struct clinic *);

#endif
