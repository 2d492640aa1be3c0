/* SPDX-License-Identifier: MIT */
/* spam.c - from signs to a score, by the table of spam.def and the options of [spam]. */
#include <string.h>

#include "book/spam.h"

static const struct sign {
	const char *word;
	size_t weight; /* an int of struct conf */
} table[SPAM_SIGNS] = {
#define SIGN(name, word, option) { word, offsetof(struct conf, spam_##option) },
#include "book/spam.def"
#undef SIGN
};

static int
weight_of(const struct conf *c, size_t sign)
{
	return *(const int *)(const void *)((const char *)c + table[sign].weight);
}

/* Two texts, read as one where it does not matter which of them has it. */
static struct spam_text
both(const struct spam_text *a, const struct spam_text *b)
{
	return (struct spam_text){ a->links + b->links, a->emails + b->emails,
		a->words + b->words, a->pitch + b->pitch, false, a->markup || b->markup, a->cyrillic || b->cyrillic,
		a->mixed_script || b->mixed_script, false };
}

static int
at_most(int n, int max)
{
	return n > max ? max : n < 0 ? 0 : n;
}

/* How often each sign is there. */
static void
times_of(const struct conf *c, const struct spam_signs *s, int times[SPAM_SIGNS])
{
	struct spam_text all = both(&s->name, &s->note);
	bool rates = c->limits_rate_limits;
	bool same = rates && s->before.same >= c->spam_repeated_times;
	bool same_note = rates && s->before.same_note >= c->spam_repeated_times;

	times[SPAM_HONEYPOT] = s->honeypot;
	times[SPAM_MARKUP] = all.markup;
	times[SPAM_LINK_IN_NAME] = s->name.links > 0;
	times[SPAM_LINK_IN_NOTE] = s->note.links > 0;
	times[SPAM_MORE_LINKS] = at_most(s->note.links - 1, 2);
	times[SPAM_OFF_TOPIC] = s->note.links > 0 && !s->note.topic;
	times[SPAM_EMAIL_IN_PITCH]
	    = s->note.emails == 0 ? 0 : s->note.words > 0 ? 2 : s->note.links > 0;
	times[SPAM_SCRIPT_WITH_LINK] = all.cyrillic && all.links > 0;
	times[SPAM_MIXED_SCRIPT] = all.mixed_script;
	times[SPAM_WORDS] = at_most(all.words, 2);
	times[SPAM_PITCH] = at_most(all.pitch, 2);
	times[SPAM_GIBBERISH] = s->name.gibberish + s->note.gibberish;
	times[SPAM_ODD_NAME] = s->odd_name;
	times[SPAM_FAST_FILL] = s->fill_ms >= 0 && s->fill_ms < c->spam_fast_fill;
	times[SPAM_REPEATED] = same && same_note;
	times[SPAM_SIMILAR] = same != same_note;
	times[SPAM_ADDRESS_RATE] = rates && s->before.address >= c->spam_address_rate_per_10min;
	times[SPAM_NETWORK_RATE] = rates && s->before.network >= c->spam_network_rate_per_10min;
	times[SPAM_TOTAL_RATE] = rates && s->before.total >= c->spam_total_rate_per_10min;
}

struct spam_score
spam_score(const struct conf *c, const struct spam_signs *s)
{
	struct spam_score r = { 0 };
	int times[SPAM_SIGNS];

	times_of(c, s, times);
	for (size_t i = 0; i < SPAM_SIGNS; i++) {
		int weight = times[i] * weight_of(c, i);

		r.score += weight;
		if (weight > 0)
			r.parts |= 1u << i;
	}
	return r;
}

const char *
spam_verdict(struct arena *a, const struct conf *c, const struct spam_score *s)
{
	const char *text = "spam", *between = ":";

	if (!c->spam_quarantine || s->score < c->spam_quarantine_score)
		return NULL;
	for (size_t i = 0; i < SPAM_SIGNS; i++)
		if (s->parts >> i & 1) {
			text = arena_printf(a, "%s%s%s", text, between, table[i].word);
			between = ",";
		}
	return text;
}

static const char *
joined(struct arena *a, const char *one, const char *other)
{
	return other == NULL ? one : one == NULL ? other : arena_printf(a, "%s\n%s", one, other);
}

struct spam_signs
spam_read(struct arena *a, const struct conf *c, const struct spam_post *p,
    const struct strlist *own_hosts)
{
	const char *name = joined(a, p->name, p->guardian_name);
	const char *note = joined(a, p->note, p->call_time);
	struct strlist hosts = { 0 };

	for (size_t i = 0; i < own_hosts->n; i++)
		strlist_add(&hosts, a, own_hosts->v[i]);
	for (size_t i = 0; i < c->spam_known_hosts.n; i++)
		strlist_add(&hosts, a, c->spam_known_hosts.v[i]);
	return (struct spam_signs){ .name = spam_text_read(a, c, name, &hosts),
		.note = spam_text_read(a, c, note, &hosts),
		.odd_name = spam_name_is_odd(p->name),
		.fill_ms = -1 };
}
