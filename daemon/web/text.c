/* SPDX-License-Identifier: MIT */
/* text.c - text.def, read three times. */
#include "web/text.h"

const struct texts texts[3] = {
	{
#define TEXT(name, en, ms, zh) en,
#include "web/text.def"
#undef TEXT
	},
	{
#define TEXT(name, en, ms, zh) ms,
#include "web/text.def"
#undef TEXT
	},
	{
#define TEXT(name, en, ms, zh) zh,
#include "web/text.def"
#undef TEXT
	},
};
