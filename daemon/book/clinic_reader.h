/* SPDX-License-Identifier: MIT */
/*
 * clinic_reader.h - the inside of the clinic file's reader, for clinic*.c alone.
 *
 * A node is a value and the way to it; nodes live on the stack of whoever walks
 * down. Every reading function says itself what is wrong, gives something
 * harmless instead and goes on, so that one pass finds everything. An absent
 * value (v NULL) is nothing wrong unless the function is told it is needed.
 */
#ifndef BOOK_CLINIC_READER_H
#define BOOK_CLINIC_READER_H

#include <jansson.h>

#include "book/clinic.h"

struct node {
	const struct node *up; /* NULL: the document, "$" */
	const char *key;       /* NULL: an element, by index */
	size_t index;
	json_t *v;
};

struct reader {
	struct arena *arena; /* the clinic's */
	struct problems *problems;
	bool wrong;
	struct clinic *clinic;
	struct strlist kinds, doctors; /* kinds of room of all branches; slugs */
};

enum { NEEDED = 1, LINES = 2 }; /* of node_text: not absent; may have line breaks */

struct range {
	int min, max, step;
};

extern const char *const clinic_language_tags[3];

/* What clinic and branches both may set; offset is in struct clinic_settings. */
struct setting {
	const char *key;
	size_t offset;
	struct range range;
};
#define SETTING_COUNT 6
extern const struct setting clinic_setting_table[SETTING_COUNT];
extern const struct clinic_settings clinic_default_settings;
/* Their keys, for lists of known ones. */
#define SETTING_KEYS                                                               \
	"booking_mode", "min_notice_minutes", "horizon_days", "slot_step_minutes", \
	    "change_cutoff_hours", "hold_open_hours", "respond_within_open_hours"
int clinic_setting_value(const struct clinic_settings *, const struct setting *);

/* clinic_node.c */
void node_wrong(struct reader *, const struct node *, const char *code,
    const char *format, ...) PRINTF_LIKE(4, 5);
struct node node_key(const struct node *, const char *key);
struct node node_at(const struct node *, size_t index);
/* An object without unknown keys; keys end with NULL. */
bool node_object(struct reader *, const struct node *, const char *const *keys);
/* How many elements to read; 0 when absent or no array of at most max. */
size_t node_array(struct reader *, const struct node *, size_t max);
const char *node_text(struct reader *, const struct node *, size_t max, int flags);
/* Needed; not one of before, to which it is added. NULL when wrong. */
const char *node_slug(struct reader *, const struct node *, struct strlist *before);
int node_int(struct reader *, const struct node *, struct range, int otherwise);
bool node_bool(struct reader *, const struct node *, bool otherwise);

/* clinic_values.c */
bool clinic_slug_good(const char *);
/* A list of different texts, each good; what is said of those that are not. */
struct strlist node_list(struct reader *, const struct node *, bool (*good)(const char *),
    const char *expected);
/* A needed slug that some list has, as it stands there; which is "branch", "service", ... */
const char *node_known(
    struct reader *, const struct node *, const struct strlist *, const char *which);
bool node_date(struct reader *, const struct node *, int32_t *ret_day);
/* "2026-12-24T10:00", in minutes since 1970 of the wall clock. */
bool node_wall(struct reader *, const struct node *, int64_t *ret_minutes);
/* days, from and to of an object; days as bits, 1 << weekday. 0 when wrong. */
struct week_row {
	unsigned days;
	int from_min, to_min;
};
bool node_from_to(struct reader *, const struct node *, int *ret_from, int *ret_to);
bool node_week_row(struct reader *, const struct node *, struct week_row *ret);
/* A name per language; English is needed once there is one. */
void node_names(struct reader *, const struct node *, const char *names[3]);

/* clinic_branches.c, clinic_services.c, clinic_doctors.c, clinic_texts.c; node is the document, or the
 * object the settings or texts are in. */
const struct zone *read_zone(struct reader *, const struct node *);
/* What s holds is the default. */
void read_settings(struct reader *, const struct node *, struct clinic_settings *s);
void read_branches(struct reader *, const struct node *, const struct clinic_settings *);
void read_closures(struct reader *, const struct node *);
struct strlist reader_branch_slugs(struct reader *);
/* The index of a needed branch, or -1. */
int reader_branch(struct reader *, const struct node *, const struct strlist *branches);
void read_rooms(struct reader *, const struct node *);
void read_services(struct reader *, const struct node *);
void read_doctors(struct reader *, const struct node *);
void read_texts(struct reader *, const struct node *);

#endif
