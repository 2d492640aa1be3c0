/* SPDX-License-Identifier: MIT */
/* reference.c - the reference a patient says over the telephone. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "book/reference.h"

#define MANY 200000

static const char alphabet[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
static const uint8_t key[32] = "the key of the database of tests";
static const uint8_t other_key[32] = "another clinic's database's key.";

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, 8);
}

Test(reference, the_first_two_hundred_thousand_all_differ_and_read_back)
{
	char(*all)[8] = calloc(MANY, 8);

	for (int64_t i = 1; i <= MANY; i++) {
		char text[REFERENCE_LEN];
		int64_t number = 0;

		cr_assert(reference_make(key, "NG", i, text));
		cr_assert(reference_parse(key, text, &number) && number == i, "%s", text);
		memcpy(all[i - 1], text + 3, 8);
	}
	qsort(all, MANY, 8, compare);
	for (size_t i = 1; i < MANY; i++)
		cr_assert(memcmp(all[i - 1], all[i], 8) != 0, "%s twice", all[i]);
	free(all);
}

Test(reference, neighbours_do_not_look_like_neighbours)
{
	size_t same = 0, seen[32] = { 0 };

	for (int64_t i = 1; i <= 10000; i++) {
		char one[REFERENCE_LEN], two[REFERENCE_LEN];

		cr_assert(reference_make(key, "NG", i, one));
		cr_assert(reference_make(key, "NG", i + 1, two));
		seen[strchr(alphabet, one[3]) - alphabet]++;
		for (int k = 3; k < 9; k++)
			same += one[k] == two[k];
	}
	/* 60000 places, one in 31 the same by chance: 1935, and 44 give or take. */
	cr_expect(same > 1700 && same < 2200, "%zu", same);
	for (size_t i = 0; i < 31; i++)
		cr_expect(seen[i] > 200 && seen[i] < 450, "%c begins %zu", alphabet[i],
		    seen[i]);
}

Test(reference, the_form_is_prefix_hyphen_seven_characters)
{
	char text[REFERENCE_LEN];

	cr_assert(reference_make(key, "NG", 1, text));
	cr_expect_eq(strlen(text), 10);
	cr_expect(memcmp(text, "NG-", 3) == 0);
	cr_expect_eq(strspn(text + 3, alphabet), 7);
	cr_assert(reference_make(key, "CLINIC", REFERENCE_NUMBERS - 1, text));
	cr_expect_eq(strlen(text), 14);
}

Test(reference, one_wrong_character_or_a_swap_is_caught)
{
	static const int64_t numbers[] = { 1, 2, 3, 1000, 123456, 31,
		REFERENCE_NUMBERS - 1 };

	for (size_t n = 0; n < ARRAY_LEN(numbers); n++) {
		char text[REFERENCE_LEN];
		int64_t ignored;

		cr_assert(reference_make(key, "NG", numbers[n], text));
		for (int at = 3; at < 10; at++) {
			char right = text[at];

			for (const char *c = alphabet; *c != '\0'; c++) {
				text[at] = *c;
				cr_expect(
				    reference_parse(key, text, &ignored) == (*c == right),
				    "%s", text);
			}
			text[at] = right;
			if (at < 9 && text[at] != text[at + 1]) {
				text[at] = text[at + 1];
				text[at + 1] = right;
				cr_expect_not(
				    reference_parse(key, text, &ignored), "%s", text);
				text[at + 1] = text[at];
				text[at] = right;
			}
		}
	}
}

Test(reference, case_hyphens_and_blanks_are_forgiven)
{
	static const char *const before[] = { "NG", " NG ", "NG - ", "ng-", "", "" };
	char text[REFERENCE_LEN], typed[40];
	int64_t number;

	cr_assert(reference_make(key, "NG", 4711, text));
	for (size_t way = 0; way < ARRAY_LEN(before); way++) {
		number = 0;
		(void)snprintf(typed, sizeof(typed), "%s%s ", before[way], text + 3);
		if (way % 2 == 1)
			for (char *p = typed; *p != '\0'; p++)
				*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
		cr_expect(reference_parse(key, typed, &number), "%s", typed);
		cr_expect_eq(number, 4711);
	}
	(void)snprintf(typed, sizeof(typed), "OTHER-%s", text + 3);
	cr_expect(reference_parse(key, typed, &number), "any prefix");
}

Test(reference, what_is_none_is_refused)
{
	static const char *const table[] = { "", "NG", "NG-", "NG-ABCDEF", "NG-0000000",
		"NG-7K3M9XO", "TOOLONG-2222222", "NG-2222222-2222222", "NG_2222222",
		"NG-222222\xc3\xa9", "           " };
	int64_t number = 7;
	char text[REFERENCE_LEN] = "as it was";

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		cr_expect_not(reference_parse(key, table[i], &number), "%s", table[i]);
	cr_expect_eq(number, 7);
	cr_expect_not(reference_make(key, "NG", 0, text));
	cr_expect_not(reference_make(key, "NG", -1, text));
	cr_expect_not(reference_make(key, "NG", REFERENCE_NUMBERS, text), "used up");
	cr_expect_str_eq(text, "as it was");
}

Test(reference, another_key_gives_other_references)
{
	char one[REFERENCE_LEN], two[REFERENCE_LEN];
	int64_t number = 0;

	cr_assert(reference_make(key, "NG", 1, one));
	cr_assert(reference_make(other_key, "NG", 1, two));
	cr_expect_str_neq(one, two);
	cr_expect(reference_parse(other_key, one, &number) && number != 1);
}
