/* SPDX-License-Identifier: MIT */
/* search.c - the front desk looks for a person. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "book/search.h"

static const struct patient {
	const char *name, *e164, *email;
} aisyah = { "Nur Aisyah binti Ali", "+6591234567", "Nur.Aisyah@example.com" },
  muthu = { "Muthu s/o Rajan", "+60123456789", NULL },
  brien = { "Siobhán O'Brien", "+442079460958", NULL },
  meiling = { "Tan Mei-Ling", "+6281234567890", NULL },
  chen = { "陈大文", "+8613812345678", "chen@qq.com" },
  chen_apart = { "陈 大文 (David)", "+6590000000", NULL },
  ohno = { "ｵｵﾉ さくら", "+819012345678", NULL },
  kim = { "김민수", "+821012345678", NULL },
  dang = { "Đặng Thị Hòa", "+84912345678", NULL },
  tamil = { "முத்து ராஜன்", "+6581234567", NULL },
  ng = { "Ng Rebecca", "+6587654321", NULL };

static bool
finds(struct arena *a, const char *q, const struct patient *p)
{
	struct strlist tokens = search_tokens(a, p->name, p->e164, p->email);
	struct search s = search_parse(a, q, "NG");

	if (s.kind != SEARCH_TOKENS)
		return false;
	for (size_t i = 0; i < s.want_count; i++)
		if (!search_matches(&tokens, &s.wants[i]))
			return false;
	return true;
}

struct row {
	const char *q;
	const struct patient *who;
};

/* What is there is found, sentence by sentence. */
static void
all_find(const struct row *rows, size_t n)
{
	struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; i < n; i++)
		cr_expect(finds(a, rows[i].q, rows[i].who), "%s", rows[i].q);
	arena_free(a);
}

#define FOUND(sentence, ...)                                                             \
	Test(search, sentence)                                                           \
	{                                                                                \
		static const struct row rows[] = { __VA_ARGS__ };                        \
                                                                                         \
		all_find(rows, ARRAY_LEN(rows));                                         \
	}

/* To add one: a row under its sentence, or a sentence. */
FOUND(a_name_is_found_by_any_of_its_words_in_any_order_and_by_their_beginnings,
    { "aisyah", &aisyah }, { "AISY", &aisyah }, { "ali nur", &aisyah },
    { "binti ali", &aisyah }, { "nu", &aisyah }, { "aisyah a", &aisyah },
    { "muthu s/o rajan", &muthu }, { "rajan", &muthu }, { "Ng Rebecca", &ng })
FOUND(wide_letters_accents_and_apostrophes_of_every_kind_make_no_difference,
    { "Ａｉｓｙａｈ", &aisyah }, { "o'brien", &brien }, { "O’Brien", &brien },
    { "obrien", &brien }, { "o´brien", &brien }, { "siobhan", &brien },
    { "dang thi hoa", &dang }, { "Đặng", &dang })
FOUND(a_hyphen_in_a_name_is_a_blank_or_nothing,
    { "mei-ling", &meiling }, { "mei ling", &meiling }, { "meiling", &meiling },
    { "ling tan", &meiling }, { "tan m", &meiling })
FOUND(a_phone_is_found_by_its_last_four_digits_or_more,
    { "4567", &aisyah }, { "34567", &aisyah }, { "6789", &muthu }, { "0000", &chen_apart })
FOUND(a_phone_is_found_as_it_is_written_at_home_and_abroad,
    { "9123 4567", &aisyah }, { "+65 9123-4567", &aisyah }, { "6591234567", &aisyah },
    { "(65) 9123 4567", &aisyah }, { "9123–4567", &aisyah }, { "012-345 6789", &muthu },
    { "0123456789", &muthu }, { "+60 12 345 6789", &muthu }, { "+60 012 345 6789", &muthu },
    { "0060123456789", &muthu }, { "600123456789", &muthu }, { "60123456789", &muthu },
    { "020 7946 0958", &brien }, { "+44 (0)20 7946 0958", &brien },
    { "0812 3456 7890", &meiling })
FOUND(a_name_and_digits_narrow_each_other_down,
    { "aisyah 4567", &aisyah }, { "nur 9123 4567", &aisyah })
FOUND(an_address_is_found_by_its_beginning_in_any_case,
    { "nur.aisyah@example.com", &aisyah }, { "NUR.AISYAH@EX", &aisyah },
    { "nur.aisyah＠example.com", &aisyah }, { "chen@qq", &chen })
FOUND(chinese_is_found_by_one_character_or_by_neighbours_whatever_blanks_there_are,
    { "陈", &chen }, { "陈大", &chen }, { "大文", &chen }, { "陈大文", &chen },
    { "陈 大文", &chen }, { "大文 陈", &chen }, { "陈大文", &chen_apart },
    { "陈大", &chen_apart }, { "david 陈", &chen_apart })
FOUND(other_scripts_are_found_in_their_own_letters,
    { "オオノ", &ohno }, { "ｵｵ", &ohno }, { "さくら", &ohno }, { "김민수", &kim },
    { "민수", &kim }, { "김", &kim }, { "முத்து", &tamil })

Test(search, others_are_not_found)
{
	static const struct {
		const char *q;
		const struct patient *who;
	} table[] = {
		{ "syah", &aisyah },
		{ "aisyah tan", &aisyah },
		{ "9123", &aisyah },
		{ "8123 4567", &aisyah },
		{ "+66 9123 4567", &aisyah },
		{ "aisyah@example.com", &aisyah },
		{ "陈文", &chen },
		{ "大陈", &chen },
		{ "문", &kim },
	};
	struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		cr_expect_not(finds(a, table[i].q, table[i].who), "%s", table[i].q);
	arena_free(a);
}

Test(search, too_little_finds_nothing_rather_than_everybody)
{
	static const char *const table[] = { "", " ", "a", "A", "t k", "123", "--", "!?",
		"+65", "@", "@example.com", "'", "\xff", "…" };
	struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		cr_expect_eq(
		    search_parse(a, table[i], "NG").kind, SEARCH_NOTHING, "%s", table[i]);
	arena_free(a);
}

Test(search, a_reference_is_known_as_one)
{
	static const char *const yes[][2] = {
		{ "NG-7K3M9XQ", "NG-7K3M9XQ" },
		{ " ng-7k3m9xq ", "NG-7K3M9XQ" },
		{ "ng7k3m9xq", "NG-7K3M9XQ" },
		{ "ng 7k3m9xq", "NG-7K3M9XQ" },
		{ "NG–7K3M9XQ", "NG-7K3M9XQ" },
		{ "ＮＧ－７Ｋ３Ｍ９ＸＱ", "NG-7K3M9XQ" },
		{ "NG-ABCDEFG", "NG-ABCDEFG" },
		{ "OLD-7K3M9XQ", "OLD-7K3M9XQ" },
		{ "ng-2345678", "NG-2345678" },
	};
	static const char *const no[] = { "Ng Rebecca", "NgRebecca", "Ng Jun-Ruey",
		"Tan-Rebecca", "OLD7K3M9XQ", "NG-7K3M9X", "NG-7K3M9XQQ", "NG-7K3M9X0",
		"7K3M9XQ", "65-9123456", "陈-7K3M9XQ", "TOOLONG-7K3M9XQ" };
	struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		struct search s = search_parse(a, yes[i][0], "NG");

		cr_expect_eq(s.kind, SEARCH_REFERENCE, "%s", yes[i][0]);
		if (s.kind == SEARCH_REFERENCE)
			cr_expect_str_eq(s.text, yes[i][1]);
	}
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		cr_expect_neq(
		    search_parse(a, no[i], "NG").kind, SEARCH_REFERENCE, "%s", no[i]);
	arena_free(a);
}

Test(search, tokens_are_bounded_and_without_duplicates)
{
	struct arena *a = arena_new(1 << 20);
	char name[4 * 200 + 1] = "";
	struct strlist l;

	for (int i = 0; i < 200; i++)
		(void)snprintf(name + 3 * i, 4, "\xe5\x94%c", 0x80 + i % 60);
	l = search_tokens(a, name, "+6591234567", "a@example.com");
	cr_expect_eq(l.n, SEARCH_TOKENS_MAX);
	cr_expect(strlist_has(&l, "p7654321956"));
	cr_expect(strlist_has(&l, "ea@example.com"));
	l = search_tokens(a, "Ali bin Ali", "+6591234567", NULL);
	cr_expect_eq(l.n, 3);
	memset(name, 'x', 200);
	name[200] = '\0';
	l = search_tokens(a, name, "+6591234567", NULL);
	cr_expect_eq(strlen(l.v[1]), 1 + 24);
	cr_expect(search_parse(a, name, "NG").want_count == 1);
	cr_expect(search_matches(&l, &search_parse(a, name, "NG").wants[0]));
	arena_free(a);
}

Test(search, the_longest_want_comes_first)
{
	struct arena *a = arena_new(1 << 20);
	struct search s = search_parse(a, "a tan rajan", "NG");

	cr_assert_eq(s.want_count, 3);
	cr_expect_str_eq(s.wants[0].token, "nrajan");
	cr_expect_str_eq(s.wants[1].token, "ntan");
	cr_expect_str_eq(s.wants[2].token, "na");
	cr_expect(s.wants[0].prefix);
	s = search_parse(a, "陈大文", "NG");
	cr_assert_eq(s.want_count, 2);
	cr_expect_str_eq(s.wants[0].token, "n陈大");
	cr_expect_not(s.wants[0].prefix);
	arena_free(a);
}
