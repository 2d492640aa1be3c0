/* SPDX-License-Identifier: MIT */
/*
 * log.h - one line an event on stderr: "level event key=value ...".
 *
 * Written by the main program, the operations' runner, the access log and the
 * sender, nobody else. Values are quoted where they need it; control bytes are
 * escaped, so that a line is always one event. Personal data never comes here:
 * names, phones, addresses, notes and tokens have no business in any argument;
 * a person is a reference, a place is a table or a file.
 * Under systemd (JOURNAL_STREAM) each line starts with its <priority>.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/base.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_CRIT };

void log_set_level(enum log_level);

/*
 * log_event(LOG_INFO, "listening", "address", "127.0.0.1:8443", NULL);
 * Keys and values in turn, all strings, NULL ends the list. Any thread.
 */
void log_event(enum log_level, const char *event, ...) __attribute__((sentinel));

/* A number as text, for log_event; lives until the end of the full expression. */
#define LOG_INT(v) log_int((char[24]){ 0 }, (long long)(v))
const char *log_int(char *text, long long v);

#endif
