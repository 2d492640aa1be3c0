/* SPDX-License-Identifier: MIT */
/* language.h - in which of the three languages somebody reads: 0 en, 1 ms, 2 zh-Hans. */
#ifndef WEB_LANGUAGE_H
#define WEB_LANGUAGE_H

#include "web/web.h"

/* Of a request: "lang" in its address or its form, else what its browser asks for. */
int language_of_reader(struct req *);
/* Of an Accept-Language field, NULL without one. */
int language_accepted(const char *field);

#endif
