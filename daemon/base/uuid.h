/* SPDX-License-Identifier: MIT */
/* uuid.h - UUID version 7 (RFC 9562): the time first, so that ids sort as they come. */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include "base/base.h"

#define UUID_TEXT_LEN 37

struct uuid {
	uint8_t b[16];
};

/* A new id of that millisecond; random (10 bytes) fills the rest. */
struct uuid uuid_v7(int64_t now_ms, const uint8_t random[10]);
int64_t uuid_v7_ms(const struct uuid *);
/* Lower-case text with hyphens into text (UUID_TEXT_LEN); returns text. */
const char *uuid_text(const struct uuid *, char *text);

#endif
