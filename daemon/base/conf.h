/* SPDX-License-Identifier: MIT */
/*
 * conf.h - the configuration: an immutable struct read off conf.def.
 *
 * Read at start and at SIGHUP on the main thread. Everybody else takes the
 * present one by conf_get and gives it back by conf_put; a replaced one lives
 * until the last holder has put it. Wrong files leave the old one in force.
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <stdio.h>

#include "base/str.h"

struct conf {
	struct arena *arena;
	int refs; /* conf.c's own, under its lock */
#define SECTION(name, text)
#define TEXT(section, name, def, reload, text) const char *section##_##name;
#define PATH(section, name, def, reload, text) const char *section##_##name;
#define LIST(section, name, def, reload, text) struct strlist section##_##name;
#define INT(section, name, def, min, max, reload, text) int section##_##name;
#define TIME(section, name, def, min, max, reload, text) int64_t section##_##name;
#define BOOL(section, name, def, reload, text) bool section##_##name;
#include "base/conf.def"
#undef SECTION
#undef TEXT
#undef PATH
#undef LIST
#undef INT
#undef TIME
#undef BOOL
};

/*
 * Reads file, then the *.conf of the directory conf.d beside it in the order
 * of their names. Problems, "file:line: sentence" a line, go into errors
 * (growing in its own arena). NULL when there was one. Free with conf_free.
 */
struct conf *conf_load(const char *file, struct arena *errors_arena, struct strlist *errors);
void conf_free(struct conf *);
/* The defaults alone (tests). */
struct conf *conf_default(void);

/* Every option with its value; def NULL prints the defaults, commented out, as
 * etc/bookingd.conf has them. */
void conf_print(const struct conf *, FILE *);

/* Makes it the present one; what needs a restart is kept from the old one, and
 * each such option that differs is named in ret_ignored (may be NULL). */
void conf_set(struct conf *, struct arena *, struct strlist *ret_ignored);
const struct conf *conf_get(void);
void conf_put(const struct conf *);

#endif
