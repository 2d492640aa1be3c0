/* SPDX-License-Identifier: MIT */
/* conf_table.h - conf.def as rows; for the conf_*.c of this room alone. */
#ifndef BASE_CONF_TABLE_H
#define BASE_CONF_TABLE_H

#include "base/conf.h"

enum conf_type { CT_TEXT, CT_PATH, CT_LIST, CT_INT, CT_TIME, CT_BOOL };
enum conf_reload { RESTART, RELOAD };

struct conf_option {
	const char *section, *name;
	enum conf_type type;
	size_t offset;
	const char *def, *min, *max;
	enum conf_reload reload;
	const char *text;
};

extern const struct conf_option conf_options[];
extern const size_t conf_option_count;

struct conf_section {
	const char *name, *text;
};
extern const struct conf_section conf_sections[];
extern const size_t conf_section_count;

/* Where an option lives in a configuration. */
static inline void *
conf_slot(struct conf *c, const struct conf_option *o)
{
	return (char *)c + o->offset;
}

static inline const void *
conf_slot_const(const struct conf *c, const struct conf_option *o)
{
	return (const char *)c + o->offset;
}

#endif
