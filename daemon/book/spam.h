/* SPDX-License-Identifier: MIT */
/*
 * spam.h - does a post look like spam? Its signs, what they weigh, and which of
 * them made the score. Pure: no clock, no tables, no database.
 *
 * Who is to be protected is the patient: whatever says nothing of what was
 * written (the rates, a fast fill) stays below the score, all of it together.
 */
#ifndef BOOK_SPAM_H
#define BOOK_SPAM_H

#include "base/conf.h"

/* What was typed. Every member but name may be NULL. */
struct spam_post {
	const char *name, *guardian_name, *note, *call_time, *email;
};

/* What one text tells. */
struct spam_text {
	int links, emails;
	int words; /* different ones of [spam] words */
	int pitch; /* different ones of [spam] pitch_words */
	bool topic; /* one of [spam] topic_words */
	bool markup, cyrillic, mixed_script, gibberish;
};

/* hosts: a link to one of them, or below one, is none. text may be NULL. */
struct spam_text spam_text_read(struct arena *, const struct conf *, const char *text,
    const struct strlist *hosts);
/* Names no person has: no letter, an @, four digits or more. */
bool spam_name_is_odd(const char *name);

/* Posts before this one, as spam_watch.h counted them. */
struct spam_before {
	int same;	       /* name, note and e-mail address, within the hour */
	int same_note;	       /* within the hour */
	int address, network, total; /* within ten minutes */
};

struct spam_signs {
	struct spam_text name, note;
	bool honeypot, odd_name;
	int64_t fill_ms; /* from when the form was made to its post; -1: not known */
	struct spam_before before;
};

#define SIGN(name, word, option) SPAM_##name,
enum spam_sign {
#include "book/spam.def"
	SPAM_SIGNS
};
#undef SIGN

struct spam_score {
	int score;
	unsigned parts; /* bits of enum spam_sign: those that weigh anything */
};

/* Reads the texts; the rest of the signs is the caller's to fill. */
struct spam_signs spam_read(struct arena *, const struct conf *, const struct spam_post *,
    const struct strlist *own_hosts);
struct spam_score spam_score(const struct conf *, const struct spam_signs *);
/* "spam:honeypot,fast-fill" for the history; NULL when it is no spam. */
const char *spam_verdict(struct arena *, const struct conf *, const struct spam_score *);

#endif
