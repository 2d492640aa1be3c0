/* SPDX-License-Identifier: MIT */
/* form.c - bodies of forms: read as browsers write them, refused when they are none. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/err.h"
#include "web/form.h"

static struct form_pairs pairs;

static const char *
value_of(const char *name)
{
	for (size_t i = 0; i < pairs.n; i++)
		if (strcmp(pairs.v[i].name, name) == 0)
			return pairs.v[i].value;
	return NULL;
}

Test(form, urlencoded_is_read_as_the_standard_says)
{
	static const struct {
		const char *body;
		size_t n;
		const char *name, *value;
	} cases[] = {
		{ "", 0, NULL, NULL },
		{ "a=1", 1, "a", "1" },
		{ "a=1&b=2", 2, "b", "2" },
		{ "a=1&&b=2&", 2, "b", "2" },
		{ "a", 1, "a", "" },
		{ "=x", 1, "", "x" },
		{ "full_name=Mei+Tan", 1, "full_name", "Mei Tan" },
		{ "full_name=%E9%99%88%E7%BE%8E", 1, "full_name", "陈美" },
		{ "a=1%2B1%3D2", 1, "a", "1+1=2" },
		{ "a=100%", 1, "a", "100%" },
		{ "a=%zz", 1, "a", "%zz" },
		{ "a=b=c", 1, "a", "b=c" },
		{ "concerns%5B%5D=x", 1, "concerns[]", "x" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new(65536);

		cr_assert_eq(form_urlencoded(a, cases[i].body, strlen(cases[i].body), &pairs), 0);
		cr_assert_eq(pairs.n, cases[i].n, "%s", cases[i].body);
		if (cases[i].name != NULL)
			cr_assert_str_eq(value_of(cases[i].name), cases[i].value);
		arena_free(a);
	}
}

Test(form, a_nul_byte_is_told_by_the_length)
{
	struct arena *a = arena_new(65536);

	cr_assert_eq(form_urlencoded(a, "a=x%00y", 7, &pairs), 0);
	cr_assert_eq(pairs.v[0].value_len, 3);
	arena_free(a);
}

Test(form, more_pairs_than_a_form_could_have_are_refused)
{
	struct arena *a = arena_new(1 << 20);
	char body[4 * FORM_PAIRS_MAX + 8] = "";

	for (int i = 0; i <= FORM_PAIRS_MAX; i++)
		memcpy(body + 4 * i, "a=1&", 4);
	cr_assert_eq(form_urlencoded(a, body, 4 * FORM_PAIRS_MAX, &pairs), 0);
	cr_assert_eq(form_urlencoded(a, body, 4 * FORM_PAIRS_MAX + 4, &pairs), E_TOO_LARGE);
	arena_free(a);
}

#define PART(name, value)                                                                \
	"--B\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"

Test(form, multipart_is_read_as_browsers_write_it)
{
	static const char body[] = PART("full_name", "Mei Tan") PART("note", "two\r\nlines")
	    PART("a%22b", "x") "--B\r\ncontent-disposition: form-data; name=plain\r\n"
			       "Content-Type: text/plain; charset=utf-8\r\n\r\ny\r\n" "--B--\r\n";
	struct arena *a = arena_new(65536);

	cr_assert_eq(form_multipart(a, "multipart/form-data; boundary=B", body, strlen(body), &pairs), 0);
	cr_assert_eq(pairs.n, 4);
	cr_assert_str_eq(value_of("full_name"), "Mei Tan");
	cr_assert_str_eq(value_of("note"), "two\r\nlines");
	cr_assert_str_eq(value_of("a\"b"), "x");
	cr_assert_str_eq(value_of("plain"), "y");
	arena_free(a);
}

Test(form, what_is_no_multipart_is_refused_not_repaired)
{
	static const struct {
		const char *type, *body;
		int rc;
	} cases[] = {
		{ "multipart/form-data", PART("a", "b") "--B--", E_MALFORMED },
		{ "multipart/form-data; boundary=", PART("a", "b") "--B--", E_MALFORMED },
		{ "multipart/form-data; boundary=C", PART("a", "b") "--B--", E_MALFORMED },
		{ "multipart/form-data; boundary=B", PART("a", "b"), E_MALFORMED },
		{ "multipart/form-data; boundary=B", PART("a", "b") "--B-", E_MALFORMED },
		{ "multipart/form-data; boundary=B", PART("a", "b") "--B--more", E_MALFORMED },
		{ "multipart/form-data; boundary=B", "--B\r\n\r\nx\r\n--B--", E_MALFORMED },
		{ "multipart/form-data; boundary=B", "--B\nContent-Disposition: form-data; name=a\n\nx\n--B--",
		    E_MALFORMED },
		{ "multipart/form-data; boundary=B", "--B\r\nnonsense\r\n\r\nx\r\n--B--", E_MALFORMED },
		{ "multipart/form-data; boundary=B",
		    "--B\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64"
		    "\r\n\r\nx\r\n--B--",
		    E_MALFORMED },
		{ "multipart/form-data; boundary=B",
		    "--B\r\nContent-Disposition: form-data; name=\"a\"; filename=\"x.png\"\r\n\r\nx\r\n--B--",
		    E_MEDIA_TYPE },
		{ "multipart/form-data; boundary=B", "", E_MALFORMED },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new(65536);

		cr_assert_eq(form_multipart(a, cases[i].type, cases[i].body, strlen(cases[i].body), &pairs),
		    cases[i].rc, "case %zu", i);
		arena_free(a);
	}
}
