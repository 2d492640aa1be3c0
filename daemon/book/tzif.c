/* SPDX-License-Identifier: MIT */
/*
 * tzif.c - reads TZif files (RFC 8536, version 2 or later), each once.
 *
 * The bytes are not trusted: every count is checked against what is there
 * before it is used, and what the RFC says must hold is refused when it does
 * not. Leap seconds ("right/" files) are refused: our instants have none.
 */
#include <ctype.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "book/tzif.h"

#define HEADER_LEN 44
#define CHANGES_MAX 4096
#define ZONEINFO "/usr/share/zoneinfo"

static pthread_mutex_t zones_lock = PTHREAD_MUTEX_INITIALIZER;
static struct zone *zones; /* only ever grows, at its head */

struct counts {
	uint32_t isut, isstd, leap, time, type, chars;
};

struct bytes {
	const uint8_t *p;
	size_t left;
};

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t
be64(const uint8_t *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

/* The next n bytes; NULL when there are fewer. */
static const uint8_t *
take(struct bytes *b, uint64_t n)
{
	const uint8_t *p = b->p;

	if (n > b->left)
		return NULL;
	b->p += n;
	b->left -= (size_t)n;
	return p;
}

static bool
header(struct bytes *b, struct counts *c)
{
	const uint8_t *p = take(b, HEADER_LEN);

	if (p == NULL || memcmp(p, "TZif", 4) != 0 || p[4] < '2')
		return false;
	*c = (struct counts){ be32(p + 20), be32(p + 24), be32(p + 28), be32(p + 32),
		be32(p + 36), be32(p + 40) };
	return (c->isut == 0 || c->isut == c->type) &&
	       (c->isstd == 0 || c->isstd == c->type) && c->type <= 256;
}

/* The data of version 1, for old readers, is stepped over. */
static bool
skip_v1(struct bytes *b, const struct counts *c)
{
	return take(b, (uint64_t)c->time * 5 + (uint64_t)c->type * 6 + c->chars +
			   (uint64_t)c->leap * 8 + c->isstd + c->isut) != NULL;
}

/* Local time types: offsets in a sane range, names that end within the list. */
static bool
types_good(const uint8_t *type, const uint8_t *chars, const struct counts *c)
{
	if (chars[c->chars - 1] != '\0')
		return false;
	for (uint32_t i = 0; i < c->type; i++) {
		int32_t s = (int32_t)be32(type + 6 * i);

		if (s < -89999 || s > 93599 || type[6 * i + 4] > 1 ||
		    type[6 * i + 5] >= c->chars)
			return false;
	}
	return true;
}

static bool
read_changes(struct zone *z, const uint8_t *at, const uint8_t *index, const uint8_t *type,
    const struct counts *c)
{
	z->first_s = (int32_t)be32(type);
	for (size_t i = 0; i < c->time; i++) {
		struct tz_change *t = &z->changes[i];

		if (index[i] >= c->type)
			return false;
		t->at_s = be64(at + 8 * i);
		t->offset_s = (int32_t)be32(type + 6 * (size_t)index[i]);
		if (i > 0 && t->at_s <= z->changes[i - 1].at_s)
			return false;
	}
	z->count = c->time;
	return true;
}

/* "\n" TZ "\n" and nothing after it; an empty TZ means no rule. */
static bool
footer(struct bytes *b, struct tz_rule *rule)
{
	char text[128];

	if (b->left < 2 || b->left > sizeof(text) || b->p[0] != '\n' ||
	    b->p[b->left - 1] != '\n' || memchr(b->p, '\0', b->left) != NULL)
		return false;
	memcpy(text, b->p + 1, b->left - 2);
	text[b->left - 2] = '\0';
	return text[0] == '\0' || tz_rule_parse(text, rule);
}

static bool
flags_good(const uint8_t *p, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		if (p[i] > 1)
			return false;
	return true;
}

struct zone *
zone_parse(const char *name, const void *tzif, size_t len)
{
	struct bytes b = { tzif, len };
	struct counts c;
	const uint8_t *at, *index, *type, *chars, *flags;
	struct zone *z;

	if (strlen(name) > ZONE_NAME_MAX || !header(&b, &c) || !skip_v1(&b, &c) ||
	    !header(&b, &c))
		return NULL;
	if (c.type == 0 || c.chars == 0 || c.leap != 0 || c.time > CHANGES_MAX)
		return NULL;
	at = take(&b, (uint64_t)c.time * 8);
	index = take(&b, c.time);
	type = take(&b, (uint64_t)c.type * 6);
	chars = take(&b, c.chars);
	flags = take(&b, (uint64_t)c.isstd + c.isut);
	if (at == NULL || index == NULL || type == NULL || chars == NULL || flags == NULL)
		return NULL;
	if (!types_good(type, chars, &c) ||
	    !flags_good(flags, (uint64_t)c.isstd + c.isut))
		return NULL;
	z = calloc(1, sizeof(*z) + c.time * sizeof(z->changes[0]));
	if (z == NULL)
		return NULL;
	memcpy(z->name, name, strlen(name));
	if (!read_changes(z, at, index, type, &c) || !footer(&b, &z->rule)) {
		free(z);
		return NULL;
	}
	return z;
}

void
zone_free(struct zone *z)
{
	free(z);
}

const char *
zone_name(const struct zone *z)
{
	return z->name;
}

static bool
name_good(const char *name)
{
	size_t n = strlen(name);

	if (n == 0 || n > ZONE_NAME_MAX || name[0] == '/' || name[n - 1] == '/' ||
	    strstr(name, "//") != NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)name[i]) && strchr("_+-/", name[i]) == NULL)
			return false;
	return true;
}

/* A regular file that is not too long, whole; NULL otherwise. Free with free. */
static void *
read_whole(int fd, size_t *ret_len)
{
	struct stat st;
	char *p;
	size_t n = 0;
	ssize_t r = 1;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > TZIF_BYTES_MAX)
		return NULL;
	p = malloc(TZIF_BYTES_MAX);
	while (p != NULL && n < TZIF_BYTES_MAX &&
	       (r = read(fd, p + n, TZIF_BYTES_MAX - n)) > 0)
		n += (size_t)r;
	if (r < 0) {
		free(p);
		return NULL;
	}
	*ret_len = n;
	return p;
}

static struct zone *
zone_load(const char *name)
{
	const char *dir = getenv("TZDIR");
	struct zone *z = NULL;
	char path[4096];
	void *tzif;
	size_t len;
	int fd, n;

	n = snprintf(path, sizeof(path), "%s/%s",
	    dir != NULL && dir[0] != '\0' ? dir : ZONEINFO, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return NULL;
	tzif = read_whole(fd, &len);
	if (tzif != NULL)
		z = zone_parse(name, tzif, len);
	free(tzif);
	close(fd);
	return z;
}

const struct zone *
zone_get(const char *name)
{
	struct zone *z;

	if (name == NULL || !name_good(name))
		return NULL;
	pthread_mutex_lock(&zones_lock);
	for (z = zones; z != NULL; z = z->next)
		if (strcmp(z->name, name) == 0)
			break;
	if (z == NULL && (z = zone_load(name)) != NULL) {
		z->next = zones;
		zones = z;
	}
	pthread_mutex_unlock(&zones_lock);
	return z;
}
