/* SPDX-License-Identifier: MIT */
/* err.c - the table of err.def, looked up by code. */
#include "base/err.h"

static const struct err_row rows[] = {
#define ERR(code, status, name, title, sentence) { status, name, title, sentence },
#include "base/err.def"
#undef ERR
};

const struct err_row *
err_row(int code)
{
	if (code <= E_FIRST_ || code >= E_LAST_)
		code = E_INTERNAL;
	return &rows[code - E_FIRST_ - 1];
}
