/* SPDX-License-Identifier: MIT */
/* uuid.c - version 7 by hand (libuuid has it from 2.41); text by libuuid. */
#include <string.h>
#include <uuid/uuid.h>

#include "base/uuid.h"

struct uuid
uuid_v7(int64_t now_ms, const uint8_t random[10])
{
	struct uuid u;

	for (int i = 0; i < 6; i++)
		u.b[i] = (uint8_t)(now_ms >> (40 - 8 * i));
	memcpy(u.b + 6, random, 10);
	u.b[6] = (uint8_t)((u.b[6] & 0x0f) | 0x70);
	u.b[8] = (uint8_t)((u.b[8] & 0x3f) | 0x80);
	return u;
}

int64_t
uuid_v7_ms(const struct uuid *u)
{
	int64_t ms = 0;

	for (int i = 0; i < 6; i++)
		ms = ms << 8 | u->b[i];
	return ms;
}

const char *
uuid_text(const struct uuid *u, char *text)
{
	uuid_unparse_lower(u->b, text);
	return text;
}
