/* SPDX-License-Identifier: MIT */
/* conf.c - the table of options, and the configuration that is in force. */
#include <pthread.h>
#include <string.h>

#include "base/conf_table.h"

#define ROW(s, n, t, d, lo, hi, r, x)                                                    \
	{ #s, #n, t, offsetof(struct conf, s##_##n), d, lo, hi, r, x },
const struct conf_option conf_options[] = {
#define SECTION(name, text)
#define TEXT(s, n, d, r, x) ROW(s, n, CT_TEXT, d, NULL, NULL, r, x)
#define PATH(s, n, d, r, x) ROW(s, n, CT_PATH, d, NULL, NULL, r, x)
#define LIST(s, n, d, r, x) ROW(s, n, CT_LIST, d, NULL, NULL, r, x)
#define INT(s, n, d, lo, hi, r, x) ROW(s, n, CT_INT, #d, #lo, #hi, r, x)
#define TIME(s, n, d, lo, hi, r, x) ROW(s, n, CT_TIME, d, lo, hi, r, x)
#define BOOL(s, n, d, r, x) ROW(s, n, CT_BOOL, #d, NULL, NULL, r, x)
#include "base/conf.def"
#undef SECTION
#undef TEXT
#undef PATH
#undef LIST
#undef INT
#undef TIME
#undef BOOL
};

const size_t conf_option_count = ARRAY_LEN(conf_options);

const struct conf_section conf_sections[] = {
#define SECTION(name, text) { #name, text },
#define TEXT(s, n, d, r, x)
#define PATH(s, n, d, r, x)
#define LIST(s, n, d, r, x)
#define INT(s, n, d, lo, hi, r, x)
#define TIME(s, n, d, lo, hi, r, x)
#define BOOL(s, n, d, r, x)
#include "base/conf.def"
};

const size_t conf_section_count = ARRAY_LEN(conf_sections);

static pthread_mutex_t present_lock = PTHREAD_MUTEX_INITIALIZER;
static struct conf *present; /* holds one reference of its own */

void
conf_free(struct conf *c)
{
	if (c == NULL)
		return;
	BUG_UNLESS(c->refs <= 1);
	arena_free(c->arena);
}

const struct conf *
conf_get(void)
{
	struct conf *c;

	pthread_mutex_lock(&present_lock);
	c = present;
	BUG_UNLESS(c != NULL);
	c->refs++;
	pthread_mutex_unlock(&present_lock);
	return c;
}

void
conf_put(const struct conf *held)
{
	struct conf *c;
	bool last;

	if (held == NULL)
		return;
	pthread_mutex_lock(&present_lock);
	c = (struct conf *)(uintptr_t)held; /* counting holders is no change of it */
	last = --c->refs == 0;
	pthread_mutex_unlock(&present_lock);
	if (last)
		conf_free(c);
}

static bool
same_list(const struct strlist *a, const struct strlist *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->v[i], b->v[i]) != 0)
			return false;
	return true;
}

/* Gives option o of c the value it has in old; false when it had it already. */
static bool
keep_old(struct conf *c, const struct conf *old, const struct conf_option *o)
{
	const void *was = conf_slot_const(old, o);
	void *is = conf_slot(c, o);
	const char *const *text = was;
	const struct strlist *list = was;
	struct strlist copy = { 0 };

	switch (o->type) {
	case CT_TEXT:
	case CT_PATH:
		if (strcmp(*text, *(const char **)is) == 0)
			return false;
		*(const char **)is = arena_strdup(c->arena, *text);
		return true;
	case CT_LIST:
		if (same_list(list, is))
			return false;
		for (size_t i = 0; i < list->n; i++)
			strlist_add(&copy, c->arena, arena_strdup(c->arena, list->v[i]));
		*(struct strlist *)is = copy;
		return true;
	case CT_INT:
		if (*(const int *)was == *(int *)is)
			return false;
		*(int *)is = *(const int *)was;
		return true;
	case CT_TIME:
		if (*(const int64_t *)was == *(int64_t *)is)
			return false;
		*(int64_t *)is = *(const int64_t *)was;
		return true;
	case CT_BOOL:
		if (*(const bool *)was == *(bool *)is)
			return false;
		*(bool *)is = *(const bool *)was;
		return true;
	}
	return false;
}

void
conf_set(struct conf *c, struct arena *a, struct strlist *ret_ignored)
{
	const struct conf *old;

	c->refs = 1;
	pthread_mutex_lock(&present_lock);
	old = present;
	for (size_t i = 0; old != NULL && i < conf_option_count; i++)
		if (conf_options[i].reload == RESTART && keep_old(c, old, &conf_options[i])
		    && ret_ignored != NULL)
			strlist_add(ret_ignored, a, conf_options[i].name);
	present = c;
	pthread_mutex_unlock(&present_lock);
	conf_put(old);
}

