/* SPDX-License-Identifier: MIT */
/*
 * spam_watch.c - counts by the minute in sets of four rows, and a ring of words.
 *
 * A newcomer takes the row of its set that counts least: a flood of addresses
 * makes the watch forget, never punish one for another. A forgotten rate costs
 * nothing but a sign of little weight.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/rand.h"
#include "base/secret.h"
#include "book/spam_watch.h"

#define SETS 2048
#define WAYS 4
#define MINUTES 10
#define RING 4096 /* two to a post: two thousand posts, or an hour */

struct row {
	uint64_t key; /* 0: free */
	int64_t minute; /* the newest one counted */
	uint16_t count[MINUTES];
};

struct words {
	uint64_t digest;
	int64_t at;
};

struct spam_watch {
	pthread_mutex_t lock;
	struct secret_key key;
	struct row rows[SETS][WAYS];
	struct row total;
	struct words ring[RING];
	size_t next;
};

struct spam_watch *
spam_watch_new(void)
{
	struct spam_watch *w = calloc(1, sizeof(*w));

	BUG_UNLESS(w != NULL && pthread_mutex_init(&w->lock, NULL) == 0);
	rand_bytes(w->key.b, sizeof(w->key.b));
	return w;
}

void
spam_watch_free(struct spam_watch *w)
{
	if (w == NULL)
		return;
	pthread_mutex_destroy(&w->lock);
	free(w);
}

/* ---- traces ---- */

static uint64_t
digest(const struct spam_watch *w, const void *p, size_t len)
{
	uint8_t mac[SECRET_HASH_LEN];
	uint64_t d;

	secret_mac(&w->key, p, len, mac);
	memcpy(&d, mac, sizeof(d));
	return d == 0 ? 1 : d;
}

/* The first bits of an address, IPv4 or IPv6, under a letter for their kind. */
static uint64_t
prefix(const struct spam_watch *w, const char *peer, size_t four_bytes, size_t six_bytes)
{
	uint8_t text[1 + sizeof(struct in6_addr)] = { 0 };

	if (inet_pton(AF_INET, peer, text + 1) == 1) {
		text[0] = (uint8_t)(4 * 16 + four_bytes);
		return digest(w, text, 1 + four_bytes);
	}
	if (inet_pton(AF_INET6, peer, text + 1) != 1)
		return 0;
	text[0] = (uint8_t)(6 * 16 + six_bytes);
	return digest(w, text, 1 + six_bytes);
}

static const char *
folded(struct arena *a, const char *s)
{
	const char *text = s == NULL ? "" : str_fold(a, s);

	return text == NULL ? "" : text;
}

struct spam_trace
spam_trace(const struct spam_watch *w, struct arena *a, const char *peer,
    const struct spam_post *p, int note_chars)
{
	struct spam_trace t = { 0 };
	const char *note = folded(a, p->note);
	const char *all = arena_printf(a, "a%s\n%s\n%s", folded(a, p->name), folded(a, p->email), note);

	t.same = digest(w, all, strlen(all));
	if (p->note != NULL && str_graphemes(p->note) >= (size_t)note_chars) {
		note = arena_printf(a, "n%s", note);
		t.same_note = digest(w, note, strlen(note));
	}
	if (peer != NULL) {
		t.address = prefix(w, peer, 4, 8);
		t.network = prefix(w, peer, 3, 7);
	}
	return t;
}

/* ---- rates ---- */

/* Forgets the minutes that have passed since the row was counted in. */
static void
pass_time(struct row *r, int64_t minute)
{
	int64_t passed = minute - r->minute;

	if (passed >= MINUTES)
		memset(r->count, 0, sizeof(r->count));
	else
		for (int64_t m = r->minute + 1; m <= minute; m++)
			r->count[m % MINUTES] = 0;
	if (passed > 0)
		r->minute = minute;
}

static int
sum(struct row *r, int64_t minute)
{
	int n = 0;

	pass_time(r, minute);
	for (size_t i = 0; i < MINUTES; i++)
		n += r->count[i];
	return n;
}

static void
count(struct row *r, int64_t minute)
{
	uint16_t *c = &r->count[minute % MINUTES];

	pass_time(r, minute);
	*c = (uint16_t)(*c + (*c < UINT16_MAX));
}

static struct row *
find(struct spam_watch *w, uint64_t key)
{
	struct row *set = w->rows[key % SETS];

	for (size_t i = 0; key != 0 && i < WAYS; i++)
		if (set[i].key == key)
			return &set[i];
	return NULL;
}

static struct row *
find_or_make(struct spam_watch *w, uint64_t key, int64_t minute)
{
	struct row *r = find(w, key), *set = w->rows[key % SETS];

	if (r != NULL)
		return r;
	r = &set[0];
	for (size_t i = 1; i < WAYS; i++)
		if (sum(&set[i], minute) < sum(r, minute))
			r = &set[i];
	*r = (struct row){ .key = key, .minute = minute };
	return r;
}

static int
rate(struct spam_watch *w, uint64_t key, int64_t minute)
{
	struct row *r = find(w, key);

	return r == NULL ? 0 : sum(r, minute);
}

/* ---- words ---- */

static void
remember(struct spam_watch *w, uint64_t d, int64_t now)
{
	if (d == 0)
		return;
	w->ring[w->next] = (struct words){ d, now };
	w->next = (w->next + 1) % RING;
}

/* From the newest back, as far as an hour or the ring reaches. */
static void
count_words(const struct spam_watch *w, const struct spam_trace *t, int64_t now,
    struct spam_before *b)
{
	for (size_t i = 1; i <= RING; i++) {
		const struct words *e = &w->ring[(w->next + RING - i) % RING];

		if (e->digest == 0 || now - e->at >= HOUR_MS)
			break;
		b->same += e->digest == t->same;
		b->same_note += e->digest == t->same_note;
	}
}

/* ---- asked and told ---- */

struct spam_before
spam_watch_ask(struct spam_watch *w, const struct spam_trace *t, int64_t mono_ms)
{
	struct spam_before b = { 0 };
	int64_t minute = mono_ms / MINUTE_MS;

	pthread_mutex_lock(&w->lock);
	b.address = rate(w, t->address, minute);
	b.network = rate(w, t->network, minute);
	b.total = sum(&w->total, minute);
	count_words(w, t, mono_ms, &b);
	pthread_mutex_unlock(&w->lock);
	return b;
}

void
spam_watch_add(struct spam_watch *w, const struct spam_trace *t, int64_t mono_ms)
{
	int64_t minute = mono_ms / MINUTE_MS;

	pthread_mutex_lock(&w->lock);
	if (t->address != 0)
		count(find_or_make(w, t->address, minute), minute);
	if (t->network != 0)
		count(find_or_make(w, t->network, minute), minute);
	count(&w->total, minute);
	remember(w, t->same, mono_ms);
	remember(w, t->same_note, mono_ms);
	pthread_mutex_unlock(&w->lock);
}
