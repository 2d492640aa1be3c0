/* SPDX-License-Identifier: MIT */
/* language.c - in which language somebody is told of a refusal. */
#include <criterion/criterion.h>
#include <string.h>

#include "web/language.h"

Test(language, accept_language_is_weighed)
{
	static const struct {
		const char *field;
		int language;
	} cases[] = {
		{ NULL, 0 },
		{ "", 0 },
		{ "*", 0 },
		{ "en-SG,en;q=0.9", 0 },
		{ "ms", 1 },
		{ "MS-MY, en;q=0.8", 1 },
		{ "zh-Hans-SG", 2 },
		{ "zh-TW,zh;q=0.9,en;q=0.8", 2 },
		{ "fr, de;q=0.9, zh;q=0.2, ms;q=0.3", 1 },
		{ "en;q=0.5 , zh-CN ;q=0.501", 2 },
		{ "zh;q=0, ms;q=0.001", 1 },
		{ "zh;q=0.0", 0 },
		{ "zh;q=1.000,en", 2 },
		{ "en,zh;q=9", 0 },
		{ "zh;q=", 0 },
		{ "zh;level=1", 0 },
		{ "msx, zhx, e, z", 0 },
		{ ",,, ;;; ,ms", 1 },
		{ "ta,ms;q=0.8,en;q=0.7", 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect_eq(language_accepted(cases[i].field), cases[i].language, "%s",
		    cases[i].field == NULL ? "(none)" : cases[i].field);
}

static struct req
request(struct arena *a, struct conf *conf, struct http_field fields[2], const char *query,
    const char *body)
{
	fields[0] = (struct http_field){ "accept-language", "ms" };
	fields[1] = (struct http_field){ "content-type", "application/x-www-form-urlencoded" };
	return (struct req){ .arena = a, .fields = fields, .field_count = 2, .conf = conf,
		.query = query, .body = arena_strdup(a, body), .body_len = strlen(body) };
}

Test(language, what_the_page_says_comes_before_what_the_browser_asks)
{
	static const struct {
		const char *query, *body;
		int language;
	} cases[] = {
		{ "", "", 1 },
		{ "lang=zh-Hans", "", 2 },
		{ "a=b", "full_name=x&lang=zh-Hans", 2 },
		{ "lang=en", "lang=zh-Hans", 0 },
		{ "lang=", "lang=", 1 },
		{ "lang=xx", "", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new(1 << 20);
		struct conf *conf = conf_default();
		struct http_field fields[2];
		struct req q = request(a, conf, fields, cases[i].query, cases[i].body);

		cr_expect_eq(language_of_reader(&q), cases[i].language, "case %zu", i);
		arena_free(a);
		conf_free(conf);
	}
}
