/* SPDX-License-Identifier: MIT */
/* page.h - pages for people, and the files beside them. */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include "base/err.h"
#include "web/web.h"

/* A file served as it is, embedded by staticgen.awk. */
struct page_static {
	const char *name, *content_type, *text;
};
extern const struct page_static page_statics[]; /* ends with name NULL */

/* Makes the reply a page: its type, its policy. form-action lists our own origin
 * and those of [public] return_urls, or browsers block the redirect after a post. */
void page_begin(struct req *, int status);
const char *page_policy(const struct req *);
/* A refusal as a page, status set already: page_refusal.c. */
void page_error(struct req *, const struct err_row *, const char *detail);
/* True when an error is to be a page: of that route, or of none (NULL). */
bool page_is_wanted(const struct req *, const struct route *);

/* Days and times of day in words, "Monday, Thursday"; NULL for none. */
const char *page_days(struct arena *, const struct strlist *words, int lang);
const char *page_parts(struct arena *, const struct strlist *words, int lang);
/* "2:00 pm on Wednesday 25 November 2026", as each language writes it. */
const char *page_time(struct arena *, const struct zone *, int64_t ms, int lang);
/* The number of the country's emergency services. */
const char *page_emergency(const struct clinic *);
/* NULL for an empty text. */
const char *page_or_null(const char *);

#endif
