/* SPDX-License-Identifier: MIT */
/*
 * ctl.h - what every subcommand of bookingctl leans on: its arguments, and a
 * call to the daemon whose refusal is already told.
 *
 * A subcommand returns the tool's exit status; CTL_USAGE makes main print how
 * it is called.
 */
#ifndef CTL_CTL_H
#define CTL_CTL_H

#include <jansson.h>

#include "base/obuf.h"
#include "base/str.h"
#include "ctl/client.h"

enum { CTL_DONE = 0, CTL_REFUSED = 1, CTL_USAGE = 2 };

struct ctl {
	const char *socket;
	struct arena *arena; /* given back when the tool ends */
};

/* An option of a subcommand: flag for a switch, value for one with an argument. */
struct option {
	const char *name; /* "--json" */
	bool *flag;
	const char **value;
};

/*
 * Takes the options out of argv, wherever they stand ("--name value" or
 * "--name=value", "--" ends them); the other words go into ret_words.
 * False after a sentence on stderr.
 */
bool args_read(struct ctl *, char **argv, const struct option *, size_t n,
    struct strlist *ret_words);
/* Takes an option out of argv as often as it is there, its values into ret; before
 * args_read. False after a sentence on stderr. */
bool
args_take_each(struct ctl *, char **argv, const char *name, struct strlist *ret_values);
/* No words may be left over; says so. */
bool args_none_left(const struct strlist *words, size_t taken);

/* "path?name=value&..." from words that are name=value; NULL after a sentence
 * on stderr when one is not. extra, if not NULL, is added as it is. */
const char *args_target(
    struct ctl *, const char *path, const struct strlist *words, const char *extra);
/* Percent-encoded for one segment of a path, or a value of a query. */
const char *args_encode(struct ctl *, const char *s);

/* "bookingctl: SENTENCE" on stderr, made harmless for a terminal. */
void ctl_complain(const char *format, ...) PRINTF_LIKE(1, 2);

/*
 * One call. CTL_DONE after a 2xx; else CTL_REFUSED, and the refusal is told:
 * the problem's detail, then "field: message" for each of its errors.
 */
int ctl_call(struct ctl *, const struct client_request *, struct answer *ret);
/* The same for an answer that must be JSON; json_decref(*ret) when done. */
int ctl_call_json(struct ctl *, const struct client_request *, json_t **ret);
/* What ctl_call tells of an answer that is no 2xx. */
void ctl_tell_refusal(struct ctl *, const struct answer *);
/* CTL_DONE, or CTL_REFUSED when stdout could not be written. */
int ctl_flush(void);

/* The subcommands; argv without their own name, NULL at the end. */
int ctl_status(struct ctl *, char **argv);
int ctl_metrics(struct ctl *, char **argv);
int ctl_clinic_load(struct ctl *, char **argv);
int ctl_clinic_show(struct ctl *, char **argv);
int ctl_key_create(struct ctl *, char **argv);
int ctl_key_list(struct ctl *, char **argv);
int ctl_key_revoke(struct ctl *, char **argv);
int ctl_staff_add(struct ctl *, char **argv);
int ctl_staff_list(struct ctl *, char **argv);
int ctl_staff_disable(struct ctl *, char **argv);
int ctl_staff_reset(struct ctl *, char **argv);
int ctl_retag(struct ctl *, char **argv);
int ctl_bookings(struct ctl *, char **argv);
int ctl_booking(struct ctl *, char **argv);
int ctl_export(struct ctl *, char **argv);
int ctl_changes(struct ctl *, char **argv);
int ctl_erase(struct ctl *, char **argv);
int ctl_subject(struct ctl *, char **argv);
int ctl_retention(struct ctl *, char **argv);

#endif
