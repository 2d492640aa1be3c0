/* SPDX-License-Identifier: MIT */
/* page.c - what every page has: its content security policy, and who may frame it. */
#include <string.h>

#include "web/page.h"

/* "https://host:port" of an address, or NULL. What would end a policy's
 * directive ends the origin too. */
static const char *
origin_of(struct arena *a, const char *url)
{
	const char *host = strstr(url, "://");

	if (host == NULL)
		return NULL;
	host += 3;
	return arena_strndup(a, url, (size_t)(host - url) + strcspn(host, "/?#;,"));
}

/* The origins of a list of addresses, each behind a blank. */
static const char *
origins_of(struct arena *a, const struct strlist *urls)
{
	const char *origins = "";

	for (size_t i = 0; i < urls->n; i++) {
		const char *o = origin_of(a, urls->v[i]);

		if (o != NULL)
			origins = arena_printf(a, "%s %s", origins, o);
	}
	return origins;
}

/* Who may show this page in a frame: nobody, or [public] embed_origins when its
 * route is the patients'. A framed desk could be clicked through a disguise. */
static const char *
ancestors(const struct req *q)
{
	const struct exchange *x = q->app;

	if (x == NULL || x->route == NULL || !(x->route->doors & ON_PUBLIC)
	    || q->conf->public_embed_origins.n == 0)
		return " 'none'";
	return origins_of(q->arena, &q->conf->public_embed_origins);
}

const char *
page_policy(const struct req *q)
{
	if (q->conf == NULL)
		return NULL;
	return arena_printf(q->arena,
	    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'%s; "
	    "frame-ancestors%s; base-uri 'none'",
	    origins_of(q->arena, &q->conf->public_return_urls), ancestors(q));
}

void
page_begin(struct req *q, int status)
{
	q->reply.status = status;
	q->reply.content_type = "text/html; charset=utf-8";
	q->reply.csp = page_policy(q);
	q->reply.cache_control = ((const struct exchange *)q->app)->route->cache;
}
