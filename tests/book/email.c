/* SPDX-License-Identifier: MIT */
/* email.c - e-mail addresses as patients type them. */
#include <criterion/criterion.h>
#include <string.h>

#include "book/email.h"

Test(email, the_domain_is_written_in_lower_case_letters_of_ascii)
{
	static const char *const table[][2] = {
		{ "mei.ling@example.com", "mei.ling@example.com" },
		{ "  Mei.Ling+spa@Example.COM ", "Mei.Ling+spa@example.com" },
		{ "li@例え.jp", "li@xn--r8jz45g.jp" },
		{ "a@bücher.example", "a@xn--bcher-kva.example" },
		{ "a@BÜCHER.example", "a@xn--bcher-kva.example" },
		{ "a@faß.de", "a@xn--fa-hia.de" },
		{ "a@xn--bcher-kva.example", "a@xn--bcher-kva.example" },
		{ "liming＠qq.com", "liming@qq.com" },
		{ "liming@qq。com", "liming@qq.com" },
		{ "ｌｉ．ｍｉｎｇ＠ｑｑ．ｃｏｍ", "li.ming@qq.com" },
		{ "o'brien@example.co.uk", "o'brien@example.co.uk" },
		{ "123@163.com", "123@163.com" },
		{ "a@3com.com", "a@3com.com" },
	};
	struct arena *a = arena_new(65536);

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const char *got = email_normalise(a, table[i][0]);

		cr_expect(got != NULL && strcmp(got, table[i][1]) == 0, "%s: %s",
		    table[i][0], got == NULL ? "refused" : got);
	}
	arena_free(a);
}

Test(email, what_is_no_address_is_refused)
{
	static const char *const table[] = { "", " ", "@", "a@", "@example.com", "a@b",
		"a@b@example.com", "a..b@example.com", ".a@example.com", "a.@example.com",
		"\"a b\"@example.com", "a b@example.com", "a@[192.0.2.1]", "a@192.0.2.1",
		"a@example.123", "a@-example.com", "a@example-.com", "a@exa_mple.com",
		"a@example..com", "a@.example.com", "a@example.com.", "a@exam ple.com",
		"李明@example.com", "a@xn--a.com", "a@ab--cd.com", "a@\xff.com",
		"\xff@b.com", "a<b@example.com", "Mei <mei@example.com>",
		"mailto:mei@example.com", "a@example.com\nBcc: b@example.com",
		"a@example.com,b@example.com", "a@example.com/x", "a@ex%41mple.com" };
	struct arena *a = arena_new(65536);

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const char *got = email_normalise(a, table[i]);

		cr_expect(got == NULL, "%s: %s", table[i], got);
	}
	arena_free(a);
}

/* count letters, an '@', labels of size letters until total is reached. */
static void
make_address(char *out, size_t local, size_t label, size_t total)
{
	size_t n = 0;

	for (; n < local; n++)
		out[n] = 'a';
	out[n++] = '@';
	for (size_t i = 1; n < total - 3; i++)
		out[n++] = i % (label + 1) == 0 ? '.' : 'b';
	memcpy(out + n, ".cc", 4);
}

Test(email, lengths_end_where_mail_servers_end_them)
{
	struct arena *a = arena_new(65536);
	char text[400];

	make_address(text, 64, 40, 254);
	cr_expect_not_null(email_normalise(a, text));
	make_address(text, 64, 40, 255);
	cr_expect_null(email_normalise(a, text));
	make_address(text, 65, 40, 200);
	cr_expect_null(email_normalise(a, text));
	make_address(text, 10, 63, 10 + 1 + 63 + 3);
	cr_expect_not_null(email_normalise(a, text));
	make_address(text, 10, 64, 10 + 1 + 64 + 3);
	cr_expect_null(email_normalise(a, text));
	arena_free(a);
}
