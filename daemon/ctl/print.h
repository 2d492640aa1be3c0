/* SPDX-License-Identifier: MIT */
/*
 * print.h - JSON shown to people: tables aligned as a terminal shows them, and
 * name-value lines. Nothing in the data reaches the terminal as a command:
 * control and direction-changing characters become U+FFFD.
 */
#ifndef CTL_PRINT_H
#define CTL_PRINT_H

#include <jansson.h>
#include <stdio.h>

#include "base/arena.h"

struct column {
	const char *head;
	const char *key;  /* of the item */
	size_t width_max; /* cells of the terminal; longer text is cut with an ellipsis */
	size_t width;     /* grows with what was printed; starts at 0 */
};

/* s without what a terminal obeys. */
void print_safe(FILE *, const char *s);
/* Cells s takes on a terminal, as print_safe writes it. */
size_t print_width(const char *s);

/* A line for each item; the heading too when head is true. Columns never become
 * narrower from one call to the next. */
void print_table(struct arena *, FILE *, struct column *, size_t columns,
    const json_t *items, bool head);
/* "name: value" lines, nested objects and lists indented below their name. */
void print_fields(struct arena *, FILE *, const json_t *object);
/* One line for each item of an array, after prefix. */
void print_list(struct arena *, FILE *, const json_t *items, const char *prefix);
/* The value on one line of JSON (indent 0), or indented; then a line end. What a
 * terminal obeys leaves as \u escapes. */
void print_json(FILE *, const json_t *, size_t indent);

#endif
