/* SPDX-License-Identifier: MIT */
/* desk_words.c - what the desk calls the values that are words in the API. */
#include <string.h>

#include "web/desk.h"

static const char *const words[][2] = {
	{ "whatsapp", "WhatsApp" },
	{ "phone", "Phone call" },
	{ "web", "Web form" },
	{ "walk-in", "Walk-in" },
	{ "sms", "SMS" },
	{ "en", "English" },
	{ "ms", "Malay" },
	{ "zh-Hans", "Chinese" },
	{ "ta", "Tamil" },
	{ "mon", "Monday" },
	{ "tue", "Tuesday" },
	{ "wed", "Wednesday" },
	{ "thu", "Thursday" },
	{ "fri", "Friday" },
	{ "sat", "Saturday" },
	{ "sun", "Sunday" },
};

const char *
desk_word(struct arena *a, const char *value)
{
	char *s;

	if (value == NULL || *value == '\0')
		return value;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i][0], value) == 0)
			return words[i][1];
	s = arena_strdup(a, value);
	if (*s >= 'a' && *s <= 'z')
		*s = (char)(*s - 'a' + 'A');
	for (char *c = s; *c != '\0'; c++)
		if (*c == '-' || *c == '_')
			*c = ' ';
	return s;
}
