/* SPDX-License-Identifier: MIT */
/*
 * clinic.c - the present clinic and its life, and looking things up in one.
 *
 * The count of holders is under the same lock as the pointer, so that nobody
 * takes a clinic that is being freed. Lists are short: they are walked.
 */
#include <pthread.h>
#include <string.h>

#include "book/clinic.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct clinic *present; /* holds one reference */

int
clinic_language(const char *tag)
{
	if (tag != NULL && strcmp(tag, "ms") == 0)
		return 1;
	return tag != NULL && strcmp(tag, "zh-Hans") == 0 ? 2 : 0;
}

void
clinic_free(struct clinic *c)
{
	if (c != NULL)
		arena_free(c->arena);
}

const struct branch *
clinic_branch(const struct clinic *c, const char *slug)
{
	for (size_t i = 0; i < c->branch_count; i++)
		if (strcmp(c->branches[i].slug, slug) == 0)
			return &c->branches[i];
	return NULL;
}

const struct branch *
clinic_branch_by_id(const struct clinic *c, int64_t id)
{
	for (size_t i = 0; i < c->branch_count; i++)
		if (c->branches[i].id == id)
			return &c->branches[i];
	return NULL;
}

const struct service *
clinic_service(const struct clinic *c, const char *slug)
{
	for (size_t i = 0; i < c->service_count; i++)
		if (strcmp(c->services[i].slug, slug) == 0)
			return &c->services[i];
	return NULL;
}

const struct doctor *
clinic_doctor(const struct clinic *c, const char *slug)
{
	for (size_t i = 0; i < c->doctor_count; i++)
		if (strcmp(c->doctors[i].slug, slug) == 0)
			return &c->doctors[i];
	return NULL;
}

const struct doctor *
clinic_doctor_by_id(const struct clinic *c, int64_t id)
{
	for (size_t i = 0; id != 0 && i < c->doctor_count; i++)
		if (c->doctors[i].id == id)
			return &c->doctors[i];
	return NULL;
}

/* Under the lock: true when nobody holds it any more. */
static bool
release(struct clinic *c)
{
	BUG_UNLESS(c->refs > 0);
	return --c->refs == 0;
}

/* Two that were changed one after the other may arrive here the other way round. */
void
clinic_set(struct clinic *c)
{
	struct clinic *before;
	bool last;

	BUG_UNLESS(c == NULL || c->refs == 0);
	pthread_mutex_lock(&lock);
	before = present;
	if (c != NULL && before != NULL && c->schedule < before->schedule) {
		before = c; /* too late: nobody ever held it */
		last = true;
	} else {
		present = c;
		if (c != NULL)
			c->refs = 1;
		last = before != NULL && release(before);
	}
	pthread_mutex_unlock(&lock);
	if (last)
		clinic_free(before);
}

const struct clinic *
clinic_get(void)
{
	struct clinic *c;

	pthread_mutex_lock(&lock);
	c = present;
	if (c != NULL)
		c->refs++;
	pthread_mutex_unlock(&lock);
	return c;
}

void
clinic_put(const struct clinic *held)
{
	/* Holders may only read; the count is ours, as refs says. */
	struct clinic *c = (struct clinic *)(uintptr_t)held;
	bool last;

	if (c == NULL)
		return;
	pthread_mutex_lock(&lock);
	last = release(c);
	pthread_mutex_unlock(&lock);
	if (last)
		clinic_free(c);
}
