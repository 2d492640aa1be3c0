/* SPDX-License-Identifier: MIT */
/* clinic_texts.c - texts of a clinic, what they may not say, and what changes. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

#include "book/clinic.h"

static struct arena *arena;
static struct problems problems;

static void
setup(void)
{
	arena = arena_new((size_t)1 << 20);
	problems = (struct problems){ .arena = arena };
}

static void
teardown(void)
{
	arena_free(arena);
}

TestSuite(clinic_texts, .init = setup, .fini = teardown);

/* A small file: more keys of the clinic, more keys of the branch, more lists. */
static struct clinic *
small(const char *of_clinic, const char *of_branch, const char *lists)
{
	char *s = arena_printf(arena,
	    "{'clinic':{'name':'Perfect "
	    "Skin','prefix':'EX','time_zone':'Asia/Singapore'%s},"
	    "'branches':[{'slug':'main'%s}]%s}",
	    of_clinic, of_branch, lists);

	for (char *p = s; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	problems.n = 0;
	return clinic_parse(s, strlen(s), &problems);
}

Test(clinic_texts, defaults_name_the_clinic_and_leave_the_channel_open)
{
	static const char *const names[3] = { "en", "ms", "zh-Hans" };
	struct clinic *c = small(",'dpo_email':'dpo@clinic.example'", "", "");
	const char *word = NULL;

	cr_assert_not_null(c);
	for (int i = 0; i < 3; i++) {
		const char *consent = c->text[i][TEXT_CONSENT];

		cr_expect_not_null(strstr(consent, "Perfect Skin"), "%s", names[i]);
		cr_expect_not_null(strstr(consent, "{channel}"), "%s", names[i]);
		cr_expect_not_null(strstr(c->text[i][TEXT_NOTICE], "dpo@clinic.example"));
		cr_expect_not_null(strstr(c->text[i][TEXT_AFTER], "995"));
		for (int t = 0; t < TEXT_COUNT; t++) {
			const char *s = c->text[i][t];

			cr_expect_eq(strlen(c->text_version[i][t]), 12);
			if (t != TEXT_CONSENT) {
				cr_expect_null(strchr(s, '{'), "%s", s);
				cr_expect_not(
				    clinic_text_forbidden(s, &word), "%s", word);
			}
		}
	}
	clinic_free(c);
}

Test(clinic_texts, the_default_notice_promises_the_retention_that_is_set)
{
	struct clinic *year = small("", "", "");
	struct clinic *days = small(",'retention_days':{'unattended':90}", "", "");

	cr_expect_not_null(strstr(year->text[0][TEXT_NOTICE], "after 12 months."));
	cr_expect_not_null(strstr(days->text[0][TEXT_NOTICE], "after 90 days."));
	cr_expect_not_null(strstr(days->text[1][TEXT_NOTICE], "selepas 90 hari."));
	cr_expect_not_null(strstr(days->text[2][TEXT_NOTICE], "在90天后"));
	cr_expect_str_neq(
	    year->text_version[0][TEXT_NOTICE], days->text_version[0][TEXT_NOTICE]);
	cr_expect_str_eq(
	    year->text_version[0][TEXT_CONSENT], days->text_version[0][TEXT_CONSENT]);
	clinic_free(year);
	clinic_free(days);
}

Test(clinic_texts, the_default_notice_does_not_say_that_the_link_corrects)
{
	static const char *const words[3] = { "To see your request or have it deleted, use the link",
		"Untuk melihat permintaan anda atau meminta ia dipadamkan, gunakan pautan",
		"如需查阅您的请求或要求删除，请使用确认信息中的链接。" };
	struct clinic *c = small("", "", "");

	for (int i = 0; i < 3; i++)
		cr_expect_not_null(strstr(c->text[i][TEXT_NOTICE], words[i]), "%s",
		    c->text[i][TEXT_NOTICE]);
	clinic_free(c);
}

Test(clinic_texts, the_emergency_number_is_the_country_s)
{
	struct clinic *c = small(",'country':'MY'", "", "");

	for (int i = 0; i < 3; i++)
		cr_expect_not_null(strstr(c->text[i][TEXT_AFTER], "999"));
	clinic_free(c);
}

Test(clinic_texts, texts_of_the_file_are_checked)
{
	static const struct {
		const char *texts, *field; /* field NULL: good */
	} table[] = {
		{ "{'en':{'intro':'Welcome to {clinic}.\\nSit down.'}}", NULL },
		{ "{'en':{'consent':'{clinic} may write by {channel}.'}}", NULL },
		{ "{'en':{'consent':'{clinic} may write.'}}",
		    "$.clinic.texts.en.consent" },
		{ "{'en':{'intro':'By {channel}.'}}", "$.clinic.texts.en.intro" },
		{ "{'en':{'intro':'Hello {clinc}.'}}", "$.clinic.texts.en.intro" },
		{ "{'en':{'notice':'Ask {dpo}.'}}", "$.clinic.texts.en.notice" },
		{ "{'en':{'after':'Results guaranteed.'}}", "$.clinic.texts.en.after" },
		{ "{'ms':{'after':'Hasil terbaik.'}}", "$.clinic.texts.ms.after" },
		{ "{'zh-Hans':{'after':'效果最佳。'}}", "$.clinic.texts.zh-Hans.after" },
		{ "{'ta':{'intro':'x'}}", "$.clinic.texts.ta" },
		{ "{'en':{'footer':'x'}}", "$.clinic.texts.en.footer" },
		{ "{'en':'x'}", "$.clinic.texts.en" },
		{ "{'en':{'intro':7}}", "$.clinic.texts.en.intro" },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct clinic *c = small(",'texts':", "", "");

		cr_expect_null(c);
		c = small(arena_printf(arena, ",'texts':%s", table[i].texts), "", "");
		cr_expect_eq(c != NULL, table[i].field == NULL, "%s", table[i].texts);
		if (table[i].field != NULL) {
			cr_expect_eq(
			    problems.n, 1, "%s: %zu", table[i].texts, problems.n);
			cr_expect_not_null(
			    problem_of(&problems, table[i].field), "%s", table[i].texts);
		}
		clinic_free(c);
	}
}

Test(clinic_texts, promises_are_found_whatever_their_case_width_and_hyphens)
{
	static const char *const texts[] = { "We GUARANTEE it",
		"Ｇｕａｒａｎｔｅｅｄ results", "permanent results",
		"Permanently smaller. It does not hurt.", "we close your pores",
		"pore-free skin", "pore free", "the best", "No. 1 clinic", "no.1 clinic",
		"risk‑free", "risk\nfree", "results in 14 days", "Before/After",
		"before – after", "before and after photos", "a free gift",
		"limited time", "dijamin", "hasil yang kekal", "doktor pakar",
		"serta-merta", "hasil dalam 7 hari", "保证有效", "永久改善", "10天见效",
		"无痛治疗", "限时优惠" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const char *word = NULL;

		cr_expect(clinic_text_forbidden(texts[i], &word), "%s", texts[i]);
		cr_expect_not_null(word);
	}
}

Test(clinic_texts, honest_sentences_are_let_through)
{
	static const char *const texts[] = { "",
		"Results are not permanent without maintenance.",
		"Lasers do not close your pores.", "Pores cannot be erased completely.",
		"It isn’t permanent.", "Hasil tidak kekal.", "效果不是永久的。",
		"We call you before. After that you decide.", "We close at six.",
		"bestow, perfection, curious, instantiate, unlimited, erasure",
		"这是您第一次来吗？" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const char *word = "";

		cr_expect_not(
		    clinic_text_forbidden(texts[i], &word), "%s: %s", texts[i], word);
	}
}

Test(clinic_texts, a_denial_holds_within_its_sentence_only)
{
	const char *word = NULL;

	cr_expect(clinic_text_forbidden("It does not hurt. Permanent results.", &word));
	cr_expect_str_eq(word, "permanent");
	cr_expect(clinic_text_forbidden("不痛。永久改善。", &word));
	cr_expect_not(clinic_text_forbidden("好。Not permanent.", &word));
}

static void
expect_changes(struct clinic *old, struct clinic *next, const char *const *want, size_t n)
{
	struct strlist said;

	cr_assert_not_null(next, "%s: %s", problems.n == 0 ? "" : problems.v[0].field,
	    problems.n == 0 ? "" : problems.v[0].message);
	said = clinic_changes(arena, old, next);
	for (size_t i = 0; i < n; i++)
		cr_expect(strlist_has(&said, want[i]), "not said: %s", want[i]);
	cr_expect_eq(said.n, n);
	for (size_t i = 0; said.n != n && i < said.n; i++)
		cr_log_error("said: %s", said.v[i]);
	clinic_free(old);
	clinic_free(next);
}

#define EXPECT_CHANGES(old, next, want) expect_changes(old, next, want, ARRAY_LEN(want))
#define HOURS(to) ",'hours':[{'days':['mon'],'from':'10:00','to':'" to "'}]"
#define DOCTOR(slug, more) "{'slug':'" slug "'" more "}"

Test(clinic_texts, changes_are_told_in_sentences)
{
	static const char *const first[] = {
		"clinic \"Perfect Skin\" is loaded for the first time",
		"branch \"main\" is added", "doctor \"dr-a\" is added",
		"closure 2026-12-25 (all branches) is added"
	};
	static const char *const later[] = { "clinic: phone becomes +65 6123 4567",
		"clinic: retention of spam changes from 30 to 60 days",
		"text consent (en) changes", "branch \"main\": opening hours change",
		"branch \"main\": booking mode changes from request to instant",
		"branch \"main\": horizon_days changes from 60 to 30",
		"branch \"east\" is added", "doctor \"dr-b\" is added",
		"doctor \"dr-a\": appointments a day change", "room \"r\" is added",
		"closure 2026-12-25 (all branches) is removed",
		"closure 2026-12-26 (branch \"main\") is added" };
	const char *lists =
	    ",'doctors':[" DOCTOR("dr-a", "") "],'closures':[{'date':'2026-12-25'}]";

	EXPECT_CHANGES(NULL, small("", "", lists), first);
	EXPECT_CHANGES(small("", HOURS("18:00"), lists),
	    small(
		",'phone':'+65 6123 4567','retention_days':{'spam':60},'horizon_days':30,"
		"'texts':{'en':{'consent':'Write to me by {channel}.'}}",
		HOURS("19:00") ",'booking_mode':'instant'},{'slug':'east'",
		",'doctors':[" DOCTOR("dr-b", "") "," DOCTOR(
		    "dr-a", ",'daily_max':3") "],"
					      "'rooms':[{'slug':'r','branch':'main'}],"
					      "'closures':[{'branch':'main','date':'2026-"
					      "12-26'}]"),
	    later);
}

Test(clinic_texts, writing_down_a_default_changes_nothing)
{
	expect_changes(small("", "", ""),
	    small(",'country':'SG','horizon_days':60,'retention_days':{'spam':30}",
		",'time_zone':'Asia/Singapore'", ",'closures':[]"),
	    NULL, 0);
}

Test(clinic_texts, a_replaced_clinic_lives_until_it_is_put_back)
{
	const struct clinic *held;

	cr_expect_null(clinic_get());
	clinic_set(small("", "", ""));
	held = clinic_get();
	clinic_set(small(",'country':'MY'", "", ""));
	cr_expect_str_eq(held->country, "SG");
	clinic_put(held);
	held = clinic_get();
	cr_expect_str_eq(held->country, "MY");
	clinic_put(held);
	clinic_set(NULL);
	cr_expect_null(clinic_get());
	clinic_put(NULL);
}

Test(clinic_texts, of_two_changes_that_arrive_the_other_way_round_the_later_one_stays)
{
	struct clinic *first = small("", "", ""), *second = small(",'country':'MY'", "", "");
	const struct clinic *held;

	first->schedule = 1;
	second->schedule = 2;
	clinic_set(second);
	clinic_set(first);
	held = clinic_get();
	cr_expect_str_eq(held->country, "MY");
	clinic_put(held);
	clinic_set(NULL);
}

static void *
hold_and_put(void *arg)
{
	(void)arg;
	for (int i = 0; i < 2000; i++) {
		const struct clinic *c = clinic_get();

		BUG_UNLESS(c != NULL && c->branch_count == 1);
		clinic_put(c);
	}
	return NULL;
}

Test(clinic_texts, readers_and_a_replacer_do_not_disturb_each_other)
{
	pthread_t threads[3];

	clinic_set(small("", "", ""));
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, hold_and_put, NULL), 0);
	for (int i = 0; i < 50; i++)
		clinic_set(small("", "", ""));
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	clinic_set(NULL);
}

Test(clinic_texts, languages_have_their_index)
{
	cr_expect_eq(clinic_language("en"), 0);
	cr_expect_eq(clinic_language("ms"), 1);
	cr_expect_eq(clinic_language("zh-Hans"), 2);
	cr_expect_eq(clinic_language("ta"), 0);
	cr_expect_eq(clinic_language(NULL), 0);
}
