/* SPDX-License-Identifier: MIT */
/* str.c - text from outside: is it UTF-8, how long is it, how is it folded. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/str.h"

static struct arena *a;

static void
setup(void)
{
	a = arena_new((size_t)1 << 20);
}

static void
teardown(void)
{
	arena_free(a);
}

TestSuite(str, .init = setup, .fini = teardown);

#define VALID(s) str_utf8_valid(s, sizeof(s) - 1)

Test(str, utf8_is_taken_when_it_is_well_formed)
{
	cr_expect(VALID(""));
	cr_expect(VALID("Tan"));
	cr_expect(VALID("José 陈 \xf0\x9f\x98\x80"));
	cr_expect(VALID("\xed\x9f\xbf\xee\x80\x80")); /* around the surrogates */
	cr_expect(VALID("\xf4\x8f\xbf\xbd"));         /* U+10FFFD */
	cr_expect(VALID("\xef\xbf\xbd"));             /* U+FFFD */
}

Test(str, utf8_is_refused_when_it_is_not)
{
	cr_expect_not(VALID("a\0b"));
	cr_expect_not(VALID("\x80"));
	cr_expect_not(VALID("\xc0\x80"));     /* NUL, overlong */
	cr_expect_not(VALID("\xc1\xbf"));     /* overlong */
	cr_expect_not(VALID("\xe0\x80\xaf")); /* a slash, overlong */
	cr_expect_not(VALID("\xf0\x80\x80\xaf"));
	cr_expect_not(VALID("\xed\xa0\x80")); /* a surrogate */
	cr_expect_not(VALID("\xed\xbf\xbf"));
	cr_expect_not(VALID("\xf4\x90\x80\x80")); /* past U+10FFFF */
	cr_expect_not(VALID("\xf8\x88\x80\x80\x80"));
	cr_expect_not(VALID("\xff"));
	cr_expect_not(VALID("\xe9"));      /* Latin-1 */
	cr_expect_not(VALID("a\xe2\x82")); /* cut short */
	cr_expect_not(VALID("\xe2\x28\xa1"));
	cr_expect_not(VALID("\xef\xbf\xbe"));     /* U+FFFE */
	cr_expect_not(VALID("\xef\xbf\xbf"));     /* U+FFFF */
	cr_expect_not(VALID("\xf0\x9f\xbf\xbe")); /* U+1FFFE */
}

Test(str, every_two_bytes_are_judged_as_the_standard_does)
{
	for (int i = 1; i < 256; i++)
		for (int k = 1; k < 256; k++) {
			const char s[] = { (char)i, (char)k };
			bool ascii = i < 0x80 && k < 0x80;
			bool two = i >= 0xc2 && i <= 0xdf && k >= 0x80 && k <= 0xbf;

			cr_assert_eq(
			    str_utf8_valid(s, 2), ascii || two, "%02x %02x", i, k);
		}
}

Test(str, controls_are_found_whatever_they_look_like)
{
	cr_expect_not(str_has_control("José 陈\xf0\x9f\x98\x80 \xc2\xa0", false));
	cr_expect(str_has_control("a\x01z", true));
	cr_expect(str_has_control("a\x1b[31m", true));
	cr_expect(str_has_control("a\x7f", true));
	cr_expect(str_has_control("a\xc2\x85z", true));     /* NEL */
	cr_expect(str_has_control("a\xc2\x9bz", true));     /* CSI */
	cr_expect(str_has_control("a\xe2\x80\xa8z", true)); /* line separator */
	cr_expect(str_has_control("a\xe2\x80\xa9z", true));
	cr_expect(str_has_control("a\nb", false));
	cr_expect(str_has_control("a\tb", false));
	cr_expect_not(str_has_control("a\r\n\tb", true));
}

Test(str, characters_are_counted_as_people_count_them)
{
	static const struct {
		const char *text;
		size_t n;
	} table[] = {
		{ "", 0 },
		{ "Tan", 3 },
		{ "陈大文", 3 },
		{ "Jose\xcc\x81", 4 }, /* a mark of its own */
		{ "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7",
		    1 },                                   /* mother and daughter */
		{ "\xf0\x9f\x87\xb8\xf0\x9f\x87\xac", 1 }, /* the flag of Singapore */
		{ "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", 1 }, /* a thumb with a skin tone */
		{ "a\r\nb", 3 },
		{ "\xe0\xae\x95\xe0\xaf\x8d", 1 }, /* Tamil, k with a virama */
		{ "a\xcc\x81\xcc\x82\xcc\x83z", 2 },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		cr_expect_eq(str_graphemes(table[i].text), table[i].n, "%s: %zu",
		    table[i].text, str_graphemes(table[i].text));
}

Test(str, blanks_of_any_kind_are_trimmed)
{
	cr_expect_str_eq(str_trim(a, "  Tan  Mei \t\n"), "Tan  Mei");
	cr_expect_str_eq(str_trim(a, "\xe3\x80\x80陈\xc2\xa0"), "陈");
	cr_expect_str_eq(str_trim(a, "\xef\xbb\xbfTan\xe2\x80\x8b"), "Tan");
	cr_expect_str_eq(str_trim(a, " \xe2\x80\x83 "), "");
	cr_expect_str_eq(str_trim(a, ""), "");
}

Test(str, what_people_take_for_the_same_folds_to_the_same)
{
	static const char *const same[][2] = {
		{ "JOSÉ", "jose" },
		{ "Jose\xcc\x81", "jose" },
		{ "Ｔａｎ", "tan" },
		{ "Straße", "strasse" },
		{ "ﬁne", "fine" },
		{ "陈大文", "陈大文" },
		{ "ÅNGSTRÖM", "angstrom" },
	};

	for (size_t i = 0; i < ARRAY_LEN(same); i++)
		cr_expect_str_eq(
		    str_fold(a, same[i][0]), same[i][1], "%s", str_fold(a, same[i][0]));
	cr_expect_null(str_fold(a, "\xff"));
}

Test(str, words_are_parted_by_blanks_and_commas)
{
	struct strlist l = strlist_split(a, " a, b\tc,,d ");

	cr_assert_eq(l.n, 4);
	cr_expect_str_eq(l.v[0], "a");
	cr_expect_str_eq(l.v[3], "d");
	cr_expect(strlist_has(&l, "c") && !strlist_has(&l, "C"));
	cr_expect_eq(strlist_split(a, " , ").n, 0);
	for (int i = 0; i < 100; i++)
		strlist_add(&l, a, "x");
	cr_expect_eq(l.n, 104);
	cr_expect_str_eq(l.v[1], "b");
}

/* ---- base64url and hex (RFC 4648) ---- */

Test(str, base64url_is_the_standards)
{
	static const char *const vectors[][2] = { { "", "" }, { "f", "Zg" },
		{ "fo", "Zm8" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg" },
		{ "fooba", "Zm9vYmE" }, { "foobar", "Zm9vYmFy" } };
	char text[32], back[8];

	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		size_t n = strlen(vectors[i][0]);

		str_base64url(vectors[i][0], n, text);
		cr_expect_str_eq(text, vectors[i][1]);
		cr_expect(str_base64url_decode(text, back, n));
		cr_expect_arr_eq(back, vectors[i][0], n);
	}
	str_base64url("\xfb\xff\xfe", 3, text);
	cr_expect_str_eq(text, "-__-");
}

Test(str, base64url_has_one_way_to_write_each_value)
{
	static const char *const wrong[] = { "Zg==", "Zg=", "Z", "Zm8", "Zh", "Zg\n",
		" Zg", "Z g", "Z/", "Z+", "Zg\xc3", "" };
	char back[8] = { 0 };

	cr_expect(str_base64url_decode("Zg", back, 1));
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		cr_expect_not(str_base64url_decode(wrong[i], back, 1), "%s", wrong[i]);
	cr_expect_not(str_base64url_decode("Zm9=", back, 2)); /* stray bits, padding */
	cr_expect_not(str_base64url_decode("Zm9", back, 2));
	cr_expect_not(str_base64url_decode("Zm+v", back, 3));
}

/* A token with any one character changed is another token, or none. */
Test(str, no_two_texts_are_the_same_32_bytes)
{
	uint8_t bytes[32], other[32];
	char text[44];

	for (int i = 0; i < 32; i++)
		bytes[i] = (uint8_t)(i * 37);
	str_base64url(bytes, 32, text);
	for (int i = 0; i < 43; i++)
		for (int c = 1; c < 256; c++) {
			char was = text[i];

			if ((char)c == was)
				continue;
			text[i] = (char)c;
			cr_assert(!str_base64url_decode(text, other, 32) ||
				  memcmp(bytes, other, 32) != 0);
			text[i] = was;
		}
}

Test(str, hex_is_lower_case)
{
	char text[9];

	str_hex("\x00\x9f\xab\xff", 4, text);
	cr_expect_str_eq(text, "009fabff");
}

Test(str, secrets_are_compared_whole)
{
	cr_expect(str_same_secret("abc", "abc"));
	cr_expect(str_same_secret("", ""));
	cr_expect_not(str_same_secret("abc", "abd"));
	cr_expect_not(str_same_secret("abc", "ab"));
	cr_expect_not(str_same_secret("ab", "abc"));
	cr_expect(
	    str_starts("abc", "ab") && str_starts("abc", "") && !str_starts("a", "ab"));
}
