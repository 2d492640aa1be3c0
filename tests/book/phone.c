/* SPDX-License-Identifier: MIT */
/* phone.c - telephone numbers, as patients and front desks have typed them. */
#include <criterion/criterion.h>

#include "book/phone.h"

struct typed {
	const char *country, *typed, *e164;
};

static void
expect_numbers(const struct typed *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char e164[PHONE_LEN] = "";
		enum phone got = phone_normalise(t[i].typed, t[i].country, e164);

		cr_expect(got == PHONE_OK, "%s: %d", t[i].typed, (int)got);
		cr_expect_str_eq(e164, t[i].e164, "%s: %s", t[i].typed, e164);
	}
}

static void
expect_refused(const char *const *typed, size_t n, const char *country, enum phone why)
{
	for (size_t i = 0; i < n; i++) {
		char e164[PHONE_LEN] = "as it was";
		enum phone got = phone_normalise(typed[i], country, e164);

		cr_expect(got == why, "%s: %d, not %d", typed[i], (int)got, (int)why);
		cr_expect_str_eq(e164, "as it was");
	}
}

Test(phone, a_singapore_number_is_understood_however_it_is_typed)
{
	static const struct typed table[] = {
		{ "SG", "9123 4567", "+6591234567" },
		{ "SG", "+65 9123-4567", "+6591234567" },
		{ "SG", "6591234567", "+6591234567" },
		{ "SG", "(65) 8123 4567", "+6581234567" },
		{ "SG", "９１２３４５６７", "+6591234567" },
		{ "SG", "＋６５　９１２３　４５６７", "+6591234567" },
		{ "SG", "WhatsApp: 91234567", "+6591234567" },
		{ "SG", "电话：9123 4567", "+6591234567" },
		{ "SG", "\xe2\x80\xaa+65 9123 4567\xe2\x80\xac", "+6591234567" },
		{ "SG",
		    "9123\xe2\x80\x93"
		    "4567",
		    "+6591234567" },
		{ "SG", "9123.4567", "+6591234567" },
		{ "SG", "(+65) 91234567 ", "+6591234567" },
		{ "SG", "+(65) 91234567", "+6591234567" },
		{ "SG", "006591234567", "+6591234567" },
		{ "SG", "65123456", "+6565123456" },
		{ "SG", "3123 4567", "+6531234567" },
		{ "SG", "91234567,", "+6591234567" },
		{ "SG", "Tel. #91234567", "+6591234567" },
	};

	expect_numbers(table, ARRAY_LEN(table));
}

Test(phone, a_malaysian_number_loses_its_trunk_zero)
{
	static const struct typed table[] = {
		{ "MY", "012-345 6789", "+60123456789" },
		{ "MY", "+60 012 345 6789", "+60123456789" },
		{ "MY", "0060123456789", "+60123456789" },
		{ "MY", "60123456789", "+60123456789" },
		{ "MY", "600123456789", "+60123456789" },
		{ "MY", "12-345 6789", "+60123456789" },
		{ "MY", "011-1234 5678", "+601112345678" },
		{ "MY", "03-1234 5678", "+60312345678" },
		{ "MY", "082-123456", "+6082123456" },
		{ "MY", "+65 9123 4567", "+6591234567" },
		{ "SG", "+60 012 345 6789", "+60123456789" },
		{ "SG", "0060123456789", "+60123456789" },
		{ "SG", "+60 (0)12-345 6789", "+60123456789" },
	};

	expect_numbers(table, ARRAY_LEN(table));
}

Test(phone, numbers_of_any_country_are_taken_with_a_plus)
{
	static const struct typed table[] = {
		{ "SG", "+62 812 3456 7890", "+6281234567890" },
		{ "SG", "+86 138 1234 5678", "+8613812345678" },
		{ "SG", "+44 (0)20 7946 0958", "+442079460958" },
		{ "SG", "0044 (0)20 7946 0958", "+442079460958" },
		{ "MY", "+1 (212) 555-0123", "+12125550123" },
		{ "SG", "+123 4567", "+1234567" },
		{ "SG", "+123456789012345", "+123456789012345" },
	};

	expect_numbers(table, ARRAY_LEN(table));
}

Test(phone, what_is_no_number_is_refused)
{
	static const char *const singapore[] = { "912345", "12345678", "+0123456789",
		"+123456", "+1234567890123456", "call me", "-", "91234567 after 6pm",
		"91234567 WhatsApp", "9123 4567 ext 12", "+65 71234567",
		"+65 0 9123 4567", "9123456", "8613812345678", "91234567 / 8123", "+",
		"00", "\xff",
		"1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 "
		"7 8 9 0"
		" 1 2 3 4 5 6 7 8 9 0" };
	static const char *const malaysia[] = { "912345", "12345678", "3-1234 5678",
		"02-1234 5678", "0", "+60", "+600", "91234567" };

	expect_refused(singapore, ARRAY_LEN(singapore), "SG", PHONE_BAD);
	expect_refused(malaysia, ARRAY_LEN(malaysia), "MY", PHONE_BAD);
}

Test(phone, two_numbers_in_one_field_are_refused)
{
	static const char *const singapore[] = { "9123 4567 8123 4567",
		"9123 4567 / 8123 4567", "91234567 or 81234567", "9123456781234567",
		"+65 9123 4567 +65 8123 4567", "6591234567, 6581234567",
		"+65 9123 4567 8123 4567", "91234567或81234567",
		"hp 91234567 home 61234567" };
	static const char *const malaysia[] = { "012-345 6789 / 011-1234 5678",
		"0123456789 0312345678" };

	expect_refused(singapore, ARRAY_LEN(singapore), "SG", PHONE_TWO);
	expect_refused(malaysia, ARRAY_LEN(malaysia), "MY", PHONE_TWO);
}

Test(phone, a_field_left_blank_is_empty)
{
	static const char *const blank[] = { "", "   ", "\t", "　" };

	expect_refused(blank, ARRAY_LEN(blank), "SG", PHONE_EMPTY);
}

Test(phone, numbers_are_shown_as_their_country_groups_them)
{
	static const char *const table[][2] = {
		{ "+6591234567", "+65 9123 4567" },
		{ "+60123456789", "+60 12 345 6789" },
		{ "+601112345678", "+60 11 1234 5678" },
		{ "+60312345678", "+60 3 1234 5678" },
		{ "+6041234567", "+60 4 123 4567" },
		{ "+6082123456", "+60 82 123 456" },
		{ "+8613812345678", "+86 1381 2345 678" },
		{ "+12125550123", "+1 2125 5501 23" },
		{ "+85261234567", "+852 6123 4567" },
		{ "+1234567", "+1 2345 67" },
		{ "+123456789012345", "+1 2345 6789 0123 45" },
		{ "+999999999999999", "+999 9999 9999 9999" },
		{ "", "" },
	};
	struct arena *a = arena_new(4096);

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		cr_expect_str_eq(phone_grouped(a, table[i][0]), table[i][1]);
	arena_free(a);
}

Test(phone, a_landline_is_known_not_to_take_whatsapp)
{
	cr_expect(phone_is_landline("+6561234567"));
	cr_expect(phone_is_landline("+60312345678"));
	cr_expect_not(phone_is_landline("+6591234567"));
	cr_expect_not(phone_is_landline("+6531234567"), "IP telephony: not known");
	cr_expect_not(phone_is_landline("+60123456789"));
	cr_expect_not(phone_is_landline("+442079460958"));
	cr_expect_not(phone_is_landline("+60"));
}
