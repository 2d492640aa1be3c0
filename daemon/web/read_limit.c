/* SPDX-License-Identifier: MIT */
/*
 * read_limit.c - reads per address and minute, in a table of fixed size.
 *
 * For guessing at links and for keys tried in a row. Two addresses may share a
 * row: then the newcomer takes it over, so the memory is bounded and nobody is
 * punished for another. Booking itself is never refused for an address.
 */
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "web/web.h"

#define ROWS 8192

static struct row {
	char peer[48];
	int64_t minute;
	int count;
} rows[ROWS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static uint32_t
row_of(const char *peer)
{
	uint32_t h = 2166136261u; /* FNV-1a; a collision costs nobody anything */

	for (; *peer != '\0'; peer++)
		h = (h ^ (uint8_t)*peer) * 16777619u;
	return h % ROWS;
}

bool
read_limit_take(const struct req *q)
{
	struct row *r = &rows[row_of(q->peer)];
	int64_t minute = clock_mono_ms() / 60000;
	bool ok;

	if (!q->conf->limits_rate_limits || q->door == DOOR_CONTROL)
		return true;
	pthread_mutex_lock(&lock);
	if (r->minute != minute || strcmp(r->peer, q->peer) != 0) {
		memcpy(r->peer, q->peer, sizeof(r->peer));
		r->minute = minute;
		r->count = 0;
	}
	ok = ++r->count <= q->conf->limits_reads_per_minute;
	pthread_mutex_unlock(&lock);
	return ok;
}
