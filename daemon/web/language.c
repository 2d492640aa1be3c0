/* SPDX-License-Identifier: MIT */
/* language.c - in which of the three languages somebody reads. */
#include <string.h>
#include <strings.h>

#include "book/clinic.h"
#include "web/form.h"
#include "web/language.h"

/* The language of one range of Accept-Language: its first subtag says it. Any
 * Chinese is ours; we have one script of it. */
static int
of_range(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && s[n] != '-')
		n++;
	if (n != 2)
		return -1;
	return strncasecmp(s, "en", 2) == 0 ? 0
	    : strncasecmp(s, "ms", 2) == 0  ? 1
	    : strncasecmp(s, "zh", 2) == 0  ? 2
					    : -1;
}

/* ";q=0.7" as thousandths; 1000 without one, 0 for what is none. */
static int
weight(const char *s, size_t len)
{
	int q = 0, scale = 1000;

	while (len > 0 && (*s == ' ' || *s == '\t' || *s == ';'))
		s++, len--;
	if (len == 0)
		return 1000;
	if (len < 3 || (*s != 'q' && *s != 'Q') || s[1] != '=' || (s[2] != '0' && s[2] != '1'))
		return 0;
	q = (s[2] - '0') * 1000;
	for (size_t i = 4; i < len && scale > 1 && s[3] == '.' && s[i] >= '0' && s[i] <= '9'; i++)
		q += (s[i] - '0') * (scale /= 10);
	return q > 1000 ? 1000 : q;
}

int
language_accepted(const char *field)
{
	int best = 0, found = 0;

	while (field != NULL && *field != '\0') {
		size_t len, tag;
		int language, q;

		field += strspn(field, ", \t");
		len = strcspn(field, ",");
		tag = strcspn(field, ",; \t");
		language = of_range(field, tag);
		q = weight(field + tag, len - tag);
		if (language >= 0 && q > best) {
			best = q;
			found = language;
		}
		field += len;
	}
	return found;
}

static const char *
lang_of(const struct form_pairs *pairs)
{
	for (size_t i = 0; i < pairs->n; i++)
		if (strcmp(pairs->v[i].name, "lang") == 0 && *pairs->v[i].value != '\0')
			return pairs->v[i].value;
	return NULL;
}

int
language_of_reader(struct req *q)
{
	struct form_pairs *pairs = ARENA_NEW(q->arena, struct form_pairs);
	const char *tag = NULL;

	if (q->query != NULL && form_urlencoded(q->arena, q->query, strlen(q->query), pairs) == 0)
		tag = lang_of(pairs);
	if (tag == NULL && q->body_len > 0 && q->conf != NULL && form_pairs_of(q, pairs) == 0)
		tag = lang_of(pairs);
	return tag != NULL ? clinic_language(tag) : language_accepted(req_field(q, "accept-language"));
}
