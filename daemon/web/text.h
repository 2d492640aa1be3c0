/* SPDX-License-Identifier: MIT */
/* text.h - the words of text.def, one struct a language. */
#ifndef WEB_TEXT_H
#define WEB_TEXT_H

struct texts {
#define TEXT(name, en, ms, zh) const char *name;
#include "web/text.def"
#undef TEXT
};

/* By language index (clinic_language): 0 en, 1 ms, 2 zh-Hans. */
extern const struct texts texts[3];

#endif
