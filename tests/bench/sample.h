/* SPDX-License-Identifier: MIT */
/*
 * sample.h - the people of the bench: number n is always the same one, so that
 * what the server stores and what raw SQLite stores are the same rows.
 */
#ifndef BENCH_SAMPLE_H
#define BENCH_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SAMPLE_CONCERNS 2

struct sample {
	char name[40];
	char phone[12];	 /* as typed: "9123 4567" */
	char e164[16];	 /* "+6591234567" */
	char email[48];	 /* "" for every second one */
	const char *method;
	const char *concerns[SAMPLE_CONCERNS];
	const char *note; /* NULL for most */
};

/* Numbers below 2^24 have phones of their own. */
void sample_make(uint64_t n, struct sample *);
/* The post of it: application/x-www-form-urlencoded, or JSON. Length of the text. */
size_t sample_form(const struct sample *, char *text, size_t size);
size_t sample_json(const struct sample *, char *text, size_t size);

#endif
