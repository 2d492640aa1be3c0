/* SPDX-License-Identifier: MIT */
/* tiny_app.h - an http_app for the tests; see fixture.h for its routes. */
#ifndef TESTS_HTTP_TINY_APP_H
#define TESTS_HTTP_TINY_APP_H

#include "http/http.h"

extern const struct http_app tiny_app;

#endif
