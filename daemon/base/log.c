/* SPDX-License-Identifier: MIT */
/* log.c - builds one line in a local buffer and writes it with one write(2). */
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

#define LINE_MAX_LEN 2048 /* longer lines are cut, with a mark */

static _Atomic int level_min = LOG_INFO;

static const struct {
	const char *name, *priority;
} levels[] = {
	[LOG_DEBUG] = { "debug", "<7>" },
	[LOG_INFO] = { "info", "<6>" },
	[LOG_WARN] = { "warn", "<4>" },
	[LOG_ERROR] = { "error", "<3>" },
	[LOG_CRIT] = { "crit", "<2>" },
};

struct line {
	char text[LINE_MAX_LEN];
	size_t len;
};

static void
line_putc(struct line *l, char c)
{
	if (l->len < sizeof(l->text) - 1)
		l->text[l->len++] = c;
}

static void
line_puts(struct line *l, const char *s)
{
	while (*s != '\0')
		line_putc(l, *s++);
}

/* Bytes outside printable ASCII leave as \xHH: no terminal obeys a log line. */
static void
line_value(struct line *l, const char *s)
{
	char hex[8];
	bool quote = *s == '\0' || s[strcspn(s, " =\"\\")] != '\0';

	if (quote)
		line_putc(l, '"');
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x20 || c > 0x7e) {
			snprintf(hex, sizeof(hex), "\\x%02x", c);
			line_puts(l, hex);
			continue;
		}
		if (c == '"' || c == '\\')
			line_putc(l, '\\');
		line_putc(l, *s);
	}
	if (quote)
		line_putc(l, '"');
}

/* Asked of the environment once: it does not change, and lines are many. */
static bool
is_for_journal(void)
{
	static _Atomic int known; /* 0: not asked yet */

	if (atomic_load_explicit(&known, memory_order_relaxed) == 0)
		atomic_store(&known, getenv("JOURNAL_STREAM") != NULL ? 2 : 1);
	return atomic_load_explicit(&known, memory_order_relaxed) == 2;
}

void
log_set_level(enum log_level level)
{
	atomic_store(&level_min, (int)level);
}

void
log_event(enum log_level level, const char *event, ...)
{
	struct line l = { .len = 0 };
	const char *key, *value;
	va_list ap;
	ssize_t n;

	if ((int)level < atomic_load_explicit(&level_min, memory_order_relaxed))
		return;
	if (is_for_journal())
		line_puts(&l, levels[level].priority);
	line_puts(&l, levels[level].name);
	line_putc(&l, ' ');
	line_puts(&l, event);
	va_start(ap, event);
	while ((key = va_arg(ap, const char *)) != NULL) {
		value = va_arg(ap, const char *);
		line_putc(&l, ' ');
		line_puts(&l, key);
		line_putc(&l, '=');
		line_value(&l, value == NULL ? "-" : value);
	}
	va_end(ap);
	l.text[l.len++] = '\n';
	n = write(STDERR_FILENO, l.text, l.len);
	(void)n; /* nobody is left to be told */
}

const char *
log_int(char *text, long long v)
{
	snprintf(text, 24, "%lld", v);
	return text;
}
