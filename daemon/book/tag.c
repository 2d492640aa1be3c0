/* SPDX-License-Identifier: MIT */
/*
 * tag.c - what a note is about: phrases found in the trie, the longest first,
 * each taking its words; then those that are denied, feared or asked about go.
 *
 * Passes over the words: their symbols, and the classes that begin with each;
 * rules ("not", "risk of", "or"), since a gap of a phrase does not reach over a
 * "not"; concerns and options, reasons, flags, each layer with words of its own;
 * then each phrase is judged, in the order of the text, by the rules around it in
 * its clause.
 */
#include "book/lexicon.h"

#define GAP_COST_MAX 8 /* a word costs 2, a Chinese character 1 */
#define WEIGHT_MAX 255
#define WAYS_MAX 12
#define NEGATION_WORDS 3
#define WORRY_WORDS 5
#define AFTER_WORDS 2
#define FILLERS_MAX 6

struct found {
	struct found *next; /* of the same weight */
	uint32_t at[PHRASE_LEN_MAX];
	uint32_t n, node;
	enum lexicon_layer layer;
	bool denied; /* by what stands before it */
	bool gone;   /* so, or fine, feared or asked about */
};

/* What is known of one word: its symbols, and the classes of the phrases that
 * begin with it, each with the word after. */
struct place {
	struct {
		uint32_t symbol, next;
	} ways[WAYS_MAX];
	uint32_t n;
	unsigned rules; /* a bit each */
	struct found *owner[LAYERS];
};

struct tagger {
	const struct lexicon *lx;
	struct arena *arena;
	const struct tag_word *words;
	struct place *places;
	uint32_t n;
	size_t found_left, steps_left; /* bounds for texts made to be slow */
	struct {
		struct found *first, *last;
	} by_weight[WEIGHT_MAX + 1];
};

struct path {
	uint32_t at[PHRASE_LEN_MAX];
	uint32_t n;
};

static void walk(struct tagger *, uint32_t node, uint32_t i, struct path *);

static bool
has_rule(const struct tagger *t, uint32_t i, enum lexicon_rule rule)
{
	return (t->places[i].rules >> rule & 1) != 0;
}

static uint32_t
last_of(const struct found *f)
{
	return f->at[f->n - 1];
}

/* The entries of a found phrase, one after another from NULL; NULL: no more. */
static const struct lexicon_entry *
next_entry(const struct tagger *t, const struct found *f, const struct lexicon_entry *e)
{
	uint32_t at = e == NULL ? t->lx->nodes[f->node].entry : e->next;

	while (at != 0 && (enum lexicon_layer)t->lx->entries[at].layer != f->layer)
		at = t->lx->entries[at].next;
	return at == 0 ? NULL : &t->lx->entries[at];
}

/* Longer phrases first; of equal ones the earlier. */
static void
put_found(struct tagger *t, uint32_t node, enum lexicon_layer layer, const struct path *p)
{
	struct found *f;
	uint32_t weight = 0;

	if (t->found_left == 0)
		return;
	t->found_left--;
	f = ARENA_NEW(t->arena, struct found);
	f->n = p->n;
	f->node = node;
	f->layer = layer;
	for (uint32_t i = 0; i < p->n; i++) {
		const struct tag_word *w = &t->words[p->at[i]];

		f->at[i] = p->at[i];
		weight += w->kind == WORD_HAN ? 3 : w->len;
	}
	if (weight > WEIGHT_MAX)
		weight = WEIGHT_MAX;
	if (t->by_weight[weight].last == NULL)
		t->by_weight[weight].first = f;
	else
		t->by_weight[weight].last->next = f;
	t->by_weight[weight].last = f;
}

static void
step(struct tagger *t, uint32_t node, uint32_t i, struct path *p)
{
	if (i == t->n || p->n == PHRASE_LEN_MAX || t->steps_left == 0 ||
	    (p->n > 0 && t->words[i].clause != t->words[p->at[0]].clause))
		return;
	t->steps_left--;
	for (uint32_t k = 0; k < t->places[i].n; k++) {
		uint32_t next = t->places[i].ways[k].next, n = p->n;
		uint32_t child = lexicon_child(t->lx, node, t->places[i].ways[k].symbol);

		if (child == NODE_NONE || n + (next - i) > PHRASE_LEN_MAX)
			continue;
		for (uint32_t at = i; at < next; at++)
			p->at[p->n++] = at;
		walk(t, child, next, p);
		p->n = n;
	}
}

static void
walk(struct tagger *t, uint32_t node, uint32_t i, struct path *p)
{
	const struct lexicon_node *at = &t->lx->nodes[node];
	unsigned layers = 0;

	for (uint32_t e = at->entry; e != 0; e = t->lx->entries[e].next) {
		unsigned layer = t->lx->entries[e].layer;

		if ((layers >> layer & 1) == 0)
			put_found(t, node, (enum lexicon_layer)layer, p);
		layers |= 1u << layer;
	}
	step(t, node, i, p);
	if (!at->gap)
		return;
	node = lexicon_child(t->lx, node, SYMBOL_GAP);
	for (uint32_t cost = 0; i < t->n && cost <= GAP_COST_MAX; i++) {
		step(t, node, i, p);
		if (has_rule(t, i, RULE_NEGATION) || has_rule(t, i, RULE_DENIAL) ||
		    has_rule(t, i, RULE_BREAK))
			break;
		cost += t->words[i].kind == WORD_HAN ? 1 : 2;
	}
}

/* All of them, if none of them is taken. */
static void
take_words(struct tagger *t, struct found *f)
{
	for (uint32_t i = 0; i < f->n; i++)
		if (t->places[f->at[i]].owner[f->layer] != NULL)
			return;
	for (uint32_t i = 0; i < f->n; i++)
		t->places[f->at[i]].owner[f->layer] = f;
}

/* Everything from the node on; each found phrase owns its words or is dropped. */
static void
find_phrases(struct tagger *t, uint32_t root)
{
	struct path p = { .n = 0 };

	t->found_left = (size_t)t->n * 8 + 64;
	t->steps_left = (size_t)t->n * 64 + 1024;
	for (uint32_t i = 0; i <= WEIGHT_MAX; i++)
		t->by_weight[i].first = t->by_weight[i].last = NULL;
	for (uint32_t i = 0; i < t->n; i++)
		step(t, root, i, &p);
	for (uint32_t weight = WEIGHT_MAX; weight > 0; weight--)
		for (struct found *f = t->by_weight[weight].first; f != NULL; f = f->next)
			take_words(t, f);
}

static void
add_way(struct place *p, uint32_t symbol, uint32_t next)
{
	if (p->n == WAYS_MAX)
		return;
	p->ways[p->n].symbol = symbol;
	p->ways[p->n++].next = next;
}

/* Classes of the phrases at place first, read up to word i at the node. */
static void
add_classes(struct tagger *t, uint32_t first, uint32_t node, uint32_t i)
{
	for (uint32_t e = t->lx->nodes[node].entry; e != 0; e = t->lx->entries[e].next)
		add_way(&t->places[first], t->lx->entries[e].symbol, i);
	if (i == t->n || t->words[i].clause != t->words[first].clause)
		return;
	for (uint32_t k = 0; k < t->places[i].n; k++) {
		uint32_t child = lexicon_child(t->lx, node, t->places[i].ways[k].symbol);

		if (child != NODE_NONE && t->places[i].ways[k].next == i + 1)
			add_classes(t, first, child, i + 1);
	}
}

static void
mark_words(struct tagger *t)
{
	uint32_t symbols[SYMBOLS_MAX];

	for (uint32_t i = 0; i < t->n; i++) {
		size_t n = lexicon_symbols(t->lx, &t->words[i], symbols);

		for (size_t k = 0; k < n; k++)
			add_way(&t->places[i], symbols[k], i + 1);
	}
	for (uint32_t i = t->n; i-- > 0;)
		add_classes(t, i, NODE_CLASSES, i);
}

static void
mark_rules(struct tagger *t)
{
	for (uint32_t i = 0; i < t->n; i++) {
		const struct found *f = t->places[i].owner[LAYER_RULES];
		const struct lexicon_entry *e = NULL;

		while (f != NULL && (e = next_entry(t, f, e)) != NULL)
			t->places[i].rules |= 1u << e->rule;
	}
}

/* A "not" that is a word of a phrase ("not smooth") denies nothing else. */
static bool
is_negation(const struct tagger *t, uint32_t i)
{
	const struct found *rule = t->places[i].owner[LAYER_RULES];

	if (!has_rule(t, i, RULE_NEGATION))
		return false;
	for (uint32_t k = 0; k < rule->n; k++)
		for (int layer = LAYER_TAGS; layer < LAYERS; layer++)
			if (t->places[rule->at[k]].owner[layer] != NULL)
				return false;
	return true;
}

/* Looking from one word to another, is this still its clause? */
static bool
same_clause(const struct tagger *t, uint32_t i, uint32_t from)
{
	return t->words[i].clause == t->words[from].clause && !has_rule(t, i, RULE_BREAK);
}

/* Only "or" and the like between the phrase d and the word i. */
static bool
linked(const struct tagger *t, const struct found *d, uint32_t i)
{
	uint32_t first = last_of(d) + 1;

	if (first == i)
		return t->words[i].linked;
	for (; first < i; first++)
		if (!has_rule(t, first, RULE_LINK))
			return false;
	return true;
}

static bool
negated(const struct tagger *t, const struct found *f)
{
	uint32_t first = f->at[0], words = 0, fillers = 0;
	bool others = false; /* words between that are no fillers */

	for (uint32_t k = 0; k < f->n; k++) /* "not smooth" is not denied again */
		if (has_rule(t, f->at[k], RULE_NEGATION))
			return false;
	for (uint32_t i = first; i-- > 0;) {
		const struct found *before = t->places[i].owner[f->layer];

		if (!same_clause(t, i, first))
			return false;
		if (is_negation(t, i))
			return t->words[i].kind != WORD_HAN || !others;
		if (before != NULL)
			return before->denied && linked(t, before, first);
		if (has_rule(t, i, RULE_FILLER) && ++fillers <= FILLERS_MAX)
			continue;
		others = true;
		if (++words == NEGATION_WORDS)
			return false;
	}
	return false;
}

/* A worry before the phrase; before a harm a fear or a question as well. */
static bool
worried(const struct tagger *t, const struct found *f, enum lexicon_harm harm)
{
	uint32_t first = f->at[0], words = 0;

	for (uint32_t i = first; i-- > 0 && words < WORRY_WORDS; words++) {
		if (!same_clause(t, i, first))
			return false;
		if (has_rule(t, i, RULE_WORRY) ||
		    (harm >= HARM_FEARED && has_rule(t, i, RULE_FEAR)) ||
		    (harm >= HARM_ASKED && has_rule(t, i, RULE_QUESTION)))
			return true;
	}
	return false;
}

/* "is fine" after the phrase; after a harm a question as well. */
static bool
denied_after(const struct tagger *t, const struct found *f, enum lexicon_harm harm)
{
	uint32_t last = last_of(f), words = 0;

	for (uint32_t i = last + 1; i < t->n && words <= AFTER_WORDS; i++, words++) {
		if (!same_clause(t, i, last))
			return false;
		if (has_rule(t, i, RULE_DENIAL) ||
		    (harm >= HARM_ASKED && has_rule(t, i, RULE_ASKED)))
			return true;
		if (t->places[i].owner[f->layer] != NULL)
			return false;
	}
	return false;
}

/* Concerns and flags can be feared or fine; a treatment that is, was named. */
static void
judge(const struct tagger *t, struct found *f)
{
	const struct lexicon_entry *e = NULL;
	enum lexicon_harm harm = HARM_NONE;
	bool state = false;

	while ((e = next_entry(t, f, e)) != NULL) {
		if (harm < (enum lexicon_harm)e->harm)
			harm = (enum lexicon_harm)e->harm;
		state = state || e->term == NULL || e->term->kind == TERM_CONCERN ||
			e->term->kind == TERM_FLAG;
	}
	f->denied = negated(t, f) || (state && worried(t, f, harm));
	f->gone = f->denied || (state && denied_after(t, f, harm));
}

static size_t
put_matches(const struct tagger *t, const struct found *f,
    struct tag_match matches[TAG_MATCHES_MAX], size_t n)
{
	uint32_t from = t->words[f->at[0]].from, to = t->words[last_of(f)].to;
	const struct lexicon_entry *e = NULL;

	while ((e = next_entry(t, f, e)) != NULL) {
		bool known = e->term == NULL;

		for (size_t i = 0; i < n && !known; i++)
			known = matches[i].term == e->term;
		if (!known && n < TAG_MATCHES_MAX)
			matches[n++] = (struct tag_match){ e->term, from, to - from };
	}
	return n;
}

size_t
tag_text(const struct lexicon *lx, struct arena *a, const char *text,
    struct tag_match matches[TAG_MATCHES_MAX])
{
	struct tagger t = { .lx = lx, .arena = a };
	struct tag_word *words;
	size_t n = 0;

	t.n = (uint32_t)tag_words(a, text, &words);
	t.words = words;
	t.places = ARENA_ARRAY(a, struct place, t.n + 1);
	mark_words(&t);
	find_phrases(&t, NODE_RULES);
	mark_rules(&t);
	find_phrases(&t, NODE_PHRASES);
	for (uint32_t i = 0; i < t.n; i++)
		for (int layer = LAYER_TAGS; layer < LAYERS; layer++) {
			struct found *f = t.places[i].owner[layer];

			if (f == NULL || f->at[0] != i)
				continue;
			judge(&t, f);
			if (!f->gone)
				n = put_matches(&t, f, matches, n);
		}
	return n;
}
