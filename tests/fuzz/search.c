/* SPDX-License-Identifier: MIT */
/* search.c - any text as a query and as a name; bounded, and of valid UTF-8. */
#include <string.h>

#include "book/search.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new(1 << 20);
	const char *text = arena_strndup(a, (const char *)data, len);
	struct search s = search_parse(a, text, "NG");
	struct strlist tokens = search_tokens(a, text, "+6591234567", text);

	BUG_UNLESS(tokens.n <= SEARCH_TOKENS_MAX);
	BUG_UNLESS((s.kind == SEARCH_TOKENS) == (s.want_count > 0));
	BUG_UNLESS((s.kind == SEARCH_REFERENCE) == (s.text != NULL));
	for (size_t i = 0; i < s.want_count; i++) {
		BUG_UNLESS(str_utf8_valid(s.wants[i].token, strlen(s.wants[i].token)));
		search_matches(&tokens, &s.wants[i]);
	}
	for (size_t i = 0; i < tokens.n; i++)
		BUG_UNLESS(str_utf8_valid(tokens.v[i], strlen(tokens.v[i])));
	arena_free(a);
	return 0;
}
