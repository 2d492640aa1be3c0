/* SPDX-License-Identifier: MIT */
/* page.c - what every page has: its content security policy, and the page of a refusal. */
#include <string.h>

#include "pages.h"
#include "web/page.h"

/* "https://host:port" of an address, or NULL. */
static const char *
origin_of(struct arena *a, const char *url)
{
	const char *host = strstr(url, "://");

	if (host == NULL)
		return NULL;
	host += 3;
	return arena_strndup(a, url, (size_t)(host - url) + strcspn(host, "/?#"));
}

static const char *
policy(const struct req *q)
{
	const char *origins = "";

	for (size_t i = 0; i < q->conf->public_return_urls.n; i++) {
		const char *o = origin_of(q->arena, q->conf->public_return_urls.v[i]);

		if (o != NULL)
			origins = arena_printf(q->arena, "%s %s", origins, o);
	}
	return arena_printf(q->arena,
	    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'%s; "
	    "frame-ancestors 'none'; base-uri 'none'",
	    origins);
}

void
page_begin(struct req *q, int status)
{
	q->reply.status = status;
	q->reply.content_type = "text/html; charset=utf-8";
	q->reply.csp = policy(q);
}

void
page_error(struct req *q, const struct err_row *row, const char *detail)
{
	q->reply.content_type = "text/html; charset=utf-8";
	if (q->conf != NULL)
		q->reply.csp = policy(q);
	page_refusal(&q->reply.body, row->title, detail != NULL ? detail : row->sentence);
}
