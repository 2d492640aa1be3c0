/* SPDX-License-Identifier: MIT */
/* sample.c - see sample.h. */
#include <stdio.h>
#include <string.h>

#include "bench/sample.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const firsts[] = { "Mei", "Siti", "Arjun", "Wei Ling", "Nurul",
	"Priya", "Hui Min", "Farid", "Grace", "Daniel", "Kavitha", "Jun Jie", "Aisyah",
	"Rachel", "Muthu", "Xin Yi", "Hafiz", "Joanne", "Deepa", "Zhi Hao", "Rosnah",
	"Marcus" };
static const char *const lasts[] = { "Tan", "Lim", "Rahman", "Nair", "Wong", "Ismail",
	"Lee", "Kumar", "Goh", "Ong", "Yusof", "Pillai", "Chua", "Koh", "Hassan",
	"Menon", "Teo", "Ng", "Abdullah", "Raj", "Chan", "Low", "Osman" };
static const char *const concerns[] = { "enlarged-pores", "excess-oil",
	"elasticity-loss", "sun-damage", "uneven-texture", "skin-laxity",
	"congestion-buildup", "acne-scarring" };
/* Nothing in it that is tagged: those rows would move with the lexicon. */
static const char note[] =
    "A friend told me about you; I would like to know more before I decide.";

/* A number's digits in disorder: neighbours in time are none in an index. */
static uint64_t
mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

void
sample_make(uint64_t n, struct sample *s)
{
	uint64_t r = mix(n + 1);
	/* An odd multiplier permutes the numbers below 2^24. */
	unsigned phone = 80000000u + (unsigned)(n * 9999991u % (1u << 24));
	const char *first = firsts[r % COUNT(firsts)];
	const char *last = lasts[(r >> 8) % COUNT(lasts)];

	*s = (struct sample){ .method = "whatsapp" };
	snprintf(s->name, sizeof(s->name), "%s %s", first, last);
	snprintf(s->phone, sizeof(s->phone), "%04u %04u", phone / 10000, phone % 10000);
	snprintf(s->e164, sizeof(s->e164), "+65%08u", phone);
	if (n % 2 == 1) {
		s->method = "email";
		snprintf(s->email, sizeof(s->email), "%c%s%llu@mail%u.example",
		    first[0] | 0x20, last + 1, (unsigned long long)n,
		    (unsigned)(r >> 16) % 50);
	}
	s->concerns[0] = concerns[(r >> 24) % COUNT(concerns)];
	s->concerns[1] = concerns[((r >> 24) + 1 + (r >> 32) % (COUNT(concerns) - 1))
	    % COUNT(concerns)];
	s->note = n % 3 == 0 ? note : NULL;
}

/* name=value with '+' for blanks; our people need no other escape. */
static size_t
pair(char *text, size_t size, size_t at, const char *name, const char *value)
{
	int n = snprintf(text + at, size - at, "%s%s=", at > 0 ? "&" : "", name);

	for (at += (size_t)n; *value != '\0' && at + 1 < size; value++)
		text[at++] = (char)(*value == ' ' ? '+' : *value);
	text[at] = '\0';
	return at;
}

size_t
sample_form(const struct sample *s, char *text, size_t size)
{
	size_t at = 0;

	for (int i = 0; i < SAMPLE_CONCERNS; i++)
		at = pair(text, size, at, "concerns", s->concerns[i]);
	at = pair(text, size, at, "full_name", s->name);
	at = pair(text, size, at, "phone", s->phone);
	at = pair(text, size, at, "contact_method", s->method);
	at = pair(text, size, at, "email", s->email);
	at = pair(text, size, at, "age_18_or_over", "yes");
	at = pair(text, size, at, "consent", "yes");
	at = pair(text, size, at, "preferred_days", "sat");
	at = pair(text, size, at, "preferred_parts", "evening");
	return pair(text, size, at, "note", s->note == NULL ? "" : s->note);
}

size_t
sample_json(const struct sample *s, char *text, size_t size)
{
	const char *quote = s->note == NULL ? "" : "\"";
	const char *mail = s->email[0] == '\0' ? "" : "\"";
	int n = snprintf(text, size,
	    "{\"concerns\":[\"%s\",\"%s\"],\"full_name\":\"%s\",\"phone\":\"%s\","
	    "\"contact_method\":\"%s\",\"email\":%s%s%s,\"age_18_or_over\":true,"
	    "\"consent\":true,\"preferred_days\":[\"sat\"],"
	    "\"preferred_parts\":[\"evening\"],\"note\":%s%s%s}",
	    s->concerns[0], s->concerns[1], s->name, s->phone, s->method, mail,
	    s->email[0] == '\0' ? "null" : s->email, mail, quote,
	    s->note == NULL ? "null" : s->note, quote);

	return (size_t)n;
}
