/* SPDX-License-Identifier: MIT */
/*
 * spam_text.c - what one text tells: links, addresses, words, scripts, noise.
 *
 * Everything but the noise is looked for in the folded text, so that width, case
 * and characters without a width hide nothing. A link is what has "://", begins
 * with "www.", or is a host under a domain that no sentence ends in by accident:
 * "my face.me too" has none.
 */
#include <ctype.h>
#include <string.h>
#include <utf8proc.h>

#include "book/spam.h"

#define NOISE_WORD_MIN 8   /* letters; shorter words tell too little */
#define NOISE_CONSONANTS 6 /* in a row */
#define NOISE_NOTE_WORDS 3 /* a longer note has a strange word in it, is not one */
#define CYRILLIC_MIN 3

static const char *const domains[] = { "com", "net", "org", "info", "biz", "ru", "su", "xyz",
	"icu", "club", "vip", "casino", "bet", "shop", "site", "online", "store", "website", "cc",
	"tk", "ua", "cn", "io", NULL };

static bool
one_of(const char *s, size_t len, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strlen(*list) == len && strncmp(*list, s, len) == 0)
			return true;
	return false;
}

/* ---- links ---- */

static bool
is_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

static bool
is_among(const char *host, size_t len, const struct strlist *hosts)
{
	for (size_t i = 0; i < hosts->n; i++) {
		size_t n = strlen(hosts->v[i]);

		if (n <= len && strncmp(host + len - n, hosts->v[i], n) == 0
		    && (n == len || host[len - n - 1] == '.'))
			return true;
	}
	return false;
}

/* The last label from *ret_len before the end; 0 when there is no dot before it. */
static size_t
last_label(const char *host, size_t len, size_t *ret_len)
{
	size_t at = len;

	while (at > 0 && host[at - 1] != '.')
		at--;
	*ret_len = len - at;
	return at;
}

/* A host that says so itself: www., a telling domain, or a path after it. */
static bool
is_bare_link(const char *host, size_t len, char after, char after_that)
{
	size_t n, at = last_label(host, len, &n), above;

	if (at < 2 || n < 2 || !isalpha((unsigned char)host[at]))
		return false;
	if (str_starts(host, "www.") || one_of(host + at, n, domains))
		return true;
	(void)last_label(host, at - 1, &above); /* com.sg */
	if (n == 2 && above < at - 1 && one_of(host + at - 1 - above, above, domains))
		return true;
	return after == '/' && isalnum((unsigned char)after_that);
}

static size_t
to_blank(const char *s)
{
	return strcspn(s, " \t\r\n");
}

/* At a run of host characters; returns how far it was read. */
static size_t
read_host(const char *text, const char *s, const struct strlist *hosts, struct spam_text *t)
{
	size_t len = 0, end;

	while (is_host_char(s[len]))
		len++;
	if (s[len] == '@')
		return len;
	for (end = len; end > 0 && (s[end - 1] == '.' || s[end - 1] == '-');)
		end--;
	if (s > text && s[-1] == '@') {
		t->emails += memchr(s, '.', end) != NULL;
		return len;
	}
	if (!is_bare_link(s, end, s[len], s[len] == '\0' ? '\0' : s[len + 1]))
		return len;
	t->links += !is_among(s, end, hosts);
	return len + to_blank(s + len);
}

static void
count_links(const char *text, const struct strlist *hosts, struct spam_text *t)
{
	for (const char *s = text; *s != '\0';) {
		if (str_starts(s, "://")) {
			s += 3;
			t->links += !is_among(s, strcspn(s, "/:?# \t\r\n"), hosts);
			s += to_blank(s);
		} else if (isalnum((unsigned char)*s)) {
			const char *colon = s + strspn(s, "abcdefghijklmnopqrstuvwxyz");

			s = str_starts(colon, "://") ? colon : s + read_host(text, s, hosts, t);
		} else
			s++;
	}
}

/* "example[.]com" is read as it is meant. In place. */
static void
open_dots(char *s)
{
	static const char *const forms[] = { "[.]", "(.)", "[dot]", "(dot)", " [dot] ", " (dot) " };
	char *out = s;

	while (*s != '\0') {
		size_t skip = 0;

		for (size_t i = 0; i < ARRAY_LEN(forms); i++)
			if (str_starts(s, forms[i]))
				skip = strlen(forms[i]);
		*out++ = skip > 0 ? '.' : *s;
		s += skip > 0 ? skip : 1;
	}
	*out = '\0';
}

static bool
has_markup(const char *s)
{
	static const char *const forms[] = { "<a ", "<a\n", "</a>", "href=", "[url", "[/url", "[link=",
		"<script", "<iframe", "<img " };

	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (strstr(s, forms[i]) != NULL)
			return true;
	return false;
}

/* ---- words ---- */

static bool
is_plain(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s >= 0x80)
			return false;
	return true;
}

/* " like this ": whatever is no letter or digit of ASCII, or beyond it, is one blank. */
static char *
spaced(struct arena *a, const char *s)
{
	char *text = arena_alloc(a, strlen(s) + 3), *out = text;

	*out++ = ' ';
	for (; *s != '\0'; s++)
		if (isalnum((unsigned char)*s) || (unsigned char)*s >= 0x80)
			*out++ = *s;
		else if (out[-1] != ' ')
			*out++ = ' ';
	if (out[-1] != ' ')
		*out++ = ' ';
	return text;
}

/* Chinese is written without blanks: its words are found anywhere. */
static bool
has_word(struct arena *a, const char *text, const char *word)
{
	const char *folded = word;
	char *wanted;

	if (!is_plain(word)) /* most texts are plain: then it need not be folded */
		folded = is_plain(text) ? NULL : str_fold(a, word);
	if (folded == NULL || *folded == '\0')
		return false;
	wanted = spaced(a, folded);
	if ((unsigned char)*folded >= 0xe3) {
		wanted[strlen(wanted) - 1] = '\0';
		wanted++;
	}
	return strstr(text, wanted) != NULL;
}

/* ---- scripts ---- */

static void
read_scripts(const char *s, struct spam_text *t)
{
	bool latin = false, cyrillic = false;
	int count = 0;

	for (utf8proc_ssize_t n; *s != '\0'; s += n) {
		utf8proc_int32_t c;

		n = utf8proc_iterate((const utf8proc_uint8_t *)s, -1, &c);
		if (n <= 0)
			break;
		if (c >= 0x400 && c <= 0x52f) {
			cyrillic = true;
			count++;
		} else if (c < 0x250 && utf8proc_category(c) <= UTF8PROC_CATEGORY_LO
		    && utf8proc_category(c) >= UTF8PROC_CATEGORY_LU)
			latin = true;
		else
			latin = cyrillic = false;
		t->mixed_script = t->mixed_script || (latin && cyrillic);
	}
	t->cyrillic = count >= CYRILLIC_MIN;
}

/* ---- noise ---- */

/* Capitals all over, consonants in heaps, or pairs of letters no language has. */
static bool
is_noise(const char *s, size_t len)
{
	size_t switches = 0, row = 0, longest = 0, pairs = 0;

	if (len < NOISE_WORD_MIN)
		return false;
	for (size_t i = 0; i < len; i++) {
		int c = tolower((unsigned char)s[i]);
		bool vowel = strchr("aeiouy", c) != NULL;
		int before = i == 0 ? 'a' : tolower((unsigned char)s[i - 1]);

		switches += i > 0 && islower((unsigned char)s[i - 1]) && isupper((unsigned char)s[i]);
		row = vowel ? 0 : row + 1;
		longest = row > longest ? row : longest;
		pairs += !vowel && c != before && c != 'h' && strchr("qjxvz", before) != NULL;
	}
	return longest >= NOISE_CONSONANTS || pairs >= 2 || (switches >= 3 && len < 4 * switches);
}

static bool
is_gibberish(const char *s)
{
	int words = 0, noise = 0;

	while (*s != '\0') {
		size_t len = 0;

		while (isalpha((unsigned char)s[len]))
			len++;
		if (len == 0 && (unsigned char)*s >= 0x80)
			return false; /* other letters: not for these rules */
		words += len > 0;
		noise += is_noise(s, len);
		s += len > 0 ? len : 1;
	}
	return noise > 0 && words <= NOISE_NOTE_WORDS;
}

/* ---- together ---- */

struct spam_text
spam_text_read(struct arena *a, const struct conf *c, const char *text,
    const struct strlist *hosts)
{
	struct spam_text t = { 0 };
	char *folded = text == NULL ? NULL : str_fold(a, text);
	const char *apart;

	if (folded == NULL)
		return t;
	open_dots(folded);
	apart = spaced(a, folded);
	count_links(folded, hosts, &t);
	t.markup = has_markup(folded);
	for (size_t i = 0; i < c->spam_words.n; i++)
		t.words += has_word(a, apart, c->spam_words.v[i]);
	for (size_t i = 0; i < c->spam_pitch_words.n; i++)
		t.pitch += has_word(a, apart, c->spam_pitch_words.v[i]);
	for (size_t i = 0; i < c->spam_topic_words.n && !t.topic; i++)
		t.topic = has_word(a, apart, c->spam_topic_words.v[i]);
	read_scripts(folded, &t);
	t.gibberish = is_gibberish(text);
	return t;
}

bool
spam_name_is_odd(const char *name)
{
	int letters = 0, digits = 0;

	for (utf8proc_ssize_t n; *name != '\0'; name += n) {
		utf8proc_int32_t c;
		utf8proc_category_t kind;

		n = utf8proc_iterate((const utf8proc_uint8_t *)name, -1, &c);
		if (n <= 0 || c == '@')
			return true;
		kind = utf8proc_category(c);
		letters += kind >= UTF8PROC_CATEGORY_LU && kind <= UTF8PROC_CATEGORY_LO;
		digits += kind == UTF8PROC_CATEGORY_ND;
	}
	return letters == 0 || digits >= 4;
}
