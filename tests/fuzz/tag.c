/* SPDX-License-Identifier: MIT */
/*
 * tag.c - any note to the tagger, with the shipped lists: the words it names are
 * in the note, on the borders of characters, in order, each term once.
 *
 * Input that is no UTF-8 becomes a note of words that matter: a byte from 0x80 on
 * stands for one of them.
 */
#include <string.h>

#include "book/tag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char *const words[] = { "pores", "not", "oily", "or", "scars", "risk of",
	"very", "but", "is fine", "scared of", "will it", "bleeding", "mole", "mum",
	"15 years old", "laser", "skincare", "don't work", "毛孔", "不", "很", "油", "痣",
	"变大", "吗", "pori", "tak", "besar", "ke", "bengkak", "pori2", "oilyyy", "ﷺ",
	"㍿", "é", "Ａ", "👩‍⚕️", "\xe2\x80\x99", "臉", "enlargd",
	"as i get older" };

static const struct lexicon *
shipped(void)
{
	static struct lexicon *lexicon;
	char error[TAXONOMY_ERROR_LEN];
	struct taxonomy *t;

	if (lexicon == NULL) {
		t = taxonomy_load("etc/taxonomy.json", error);
		BUG_UNLESS(t != NULL);
		lexicon = lexicon_load("etc/taxonomy.json", t, error);
		BUG_UNLESS(lexicon != NULL);
	}
	return lexicon;
}

static char *
note_of(struct arena *a, const uint8_t *data, size_t len)
{
	char *text = arena_strndup(a, (const char *)data, len), *at;

	if (str_utf8_valid(text, len))
		return text;
	text = at = arena_alloc(a, len * 16 + 1);
	for (size_t i = 0; i < len; i++) {
		const char *word = words[data[i] % ARRAY_LEN(words)];

		if (data[i] < 0x80) {
			*at++ = data[i] == '\0' ? ' ' : (char)data[i];
			continue;
		}
		memcpy(at, word, strlen(word));
		at += strlen(word);
	}
	return text;
}

static bool
border(const char *text, size_t at)
{
	return at <= strlen(text) && ((unsigned char)text[at] & 0xc0) != 0x80;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new((size_t)64 << 20);
	const char *text = note_of(a, data, len);
	struct tag_match m[TAG_MATCHES_MAX], again[TAG_MATCHES_MAX];
	size_t n = tag_text(shipped(), a, text, m);

	BUG_UNLESS(n <= TAG_MATCHES_MAX && n == tag_text(shipped(), a, text, again));
	for (size_t i = 0; i < n; i++) {
		BUG_UNLESS(m[i].term != NULL && m[i].length > 0);
		BUG_UNLESS(border(text, m[i].offset));
		BUG_UNLESS(border(text, m[i].offset + m[i].length));
		BUG_UNLESS(i == 0 || m[i - 1].offset <= m[i].offset);
		BUG_UNLESS(m[i].term == again[i].term && m[i].offset == again[i].offset &&
			   m[i].length == again[i].length);
		for (size_t k = 0; k < i; k++)
			BUG_UNLESS(m[k].term != m[i].term);
	}
	arena_free(a);
	return 0;
}
