/* SPDX-License-Identifier: MIT */
/* spam.c - what one post's signs weigh, and what is remembered of the others. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "spam_post.h"

static struct arena *a;
static struct conf *c;

static void
before(void)
{
	a = arena_new(64 << 20);
	c = conf_default();
}

static void
after(void)
{
	conf_free(c);
	arena_free(a);
}

TestSuite(spam, .init = before, .fini = after);

static const char *
verdict(const struct spam_signs *s)
{
	struct spam_score score = spam_score(c, s);

	return spam_verdict(a, c, &score);
}

static struct spam_text
text(const char *s)
{
	static const char *hosts[] = { "example.sg" };
	const struct strlist own = { hosts, 1, 1 };

	return spam_text_read(a, c, s, &own);
}

Test(spam, a_link_is_seen_however_it_is_written)
{
	static const struct {
		const char *text;
		int links;
	} table[] = {
		{ "http://a.example", 1 },
		{ "HTTPS://A.EXAMPLE/x?y=http://b.example", 1 },
		{ "hxxps://a.example", 1 },
		{ "see www.example.org.", 1 },
		{ "ｗｗｗ．ｅｘａｍｐｌｅ．ｏｒｇ", 1 },
		{ "best-pills.com and cheap.xyz/a", 2 },
		{ "shop.com.my", 1 },
		{ "bit.ly/3xyz t.me/abc", 2 },
		{ "example[.]com", 1 },
		{ "example (dot) com", 1 },
		{ "http://казино.рф", 1 },
		{ "exa\u200bmple.com", 1 },
		{ "点击www.abc.cn领取", 1 },
		{ "http://a.example/1 http://a.example/2 http://a.example/3", 3 },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		cr_expect_eq(text(table[i].text).links, table[i].links, "%s", table[i].text);
}

Test(spam, what_patients_write_is_no_link)
{
	static const char *const table[] = { "Muthu s/o Rajan", "my face.me too", "a.m./p.m.",
		"9.30 or 14.45", "Dr. A.K. Tan", "nose.it is oily.so I wash", "mei.tan@example.com",
		"from https://www.example.sg/pores/", "I saw www.example.sg", "vit.c and 0.1% tretinoin",
		"and/or", "24/7", "skincare e.g. AHA/BHA", "...", "", "陈先生。早上" };

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		cr_expect_eq(text(table[i]).links, 0, "%s", table[i]);
	cr_expect_eq(text(NULL).links, 0);
	cr_expect_eq(text("mei.tan@example.com, x@y.sg").emails, 2);
}

Test(spam, markup_words_and_scripts_are_seen)
{
	cr_expect(text("<a href=\"http://x.example\">x</a>").markup);
	cr_expect(text("[URL=http://x.example]x[/URL]").markup);
	cr_expect_not(text("pores <3 mm, [left] cheek").markup);
	cr_expect_eq(text("We do SEO and Guest Post").words, 2);
	cr_expect_eq(text("SEO seo SEO").words, 1);
	cr_expect_eq(text("Seoul, casinoesque").words, 0);
	cr_expect_eq(text("网上博彩平台").words, 1);
	cr_expect_eq(text("онлайн КАЗИНО").words, 1);
	cr_expect(text("Меня зовут Анна").cyrillic);
	cr_expect(text("vi\u0430gra").mixed_script, "a Cyrillic letter within");
	cr_expect_not(text("Anna Анна").mixed_script);
}

Test(spam, what_the_note_is_about_is_read_of_links_too)
{
	cr_expect(text("My pores").topic);
	cr_expect(text("毛孔粗大").topic);
	cr_expect(text("see https://a.example/large-pores-treatment").topic);
	cr_expect_not(text("see https://a.example/").topic);
	cr_expect_not(text("porest").topic);
}

Test(spam, random_letters_are_told_from_names)
{
	static const char *const noise[]
	    = { "xkqjzvwpt", "jFhGqLwZ", "hGdfTrQwZx KdjfhSkjQwe", "Qzxvbnmklp" };
	static const char *const names[] = { "NurAisyahBintiAli", "Krzysztof Brzęczyszczykiewicz",
		"Muthukrishnan", "Schwartz", "Ng Tsz Hng", "Siobhán O'Brien", "DeAngelo McDonald",
		"Zhang Zhixuan", "Nguyễn Thị Phượng", "陈大文", "X Æ A-12", "HAPPYTAN", "" };

	for (size_t i = 0; i < ARRAY_LEN(noise); i++)
		cr_expect(text(noise[i]).gibberish, "%s", noise[i]);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		cr_expect_not(text(names[i]).gibberish, "%s", names[i]);
}

Test(spam, a_name_is_odd_without_letters_or_with_a_number_in_it)
{
	static const char *const odd[] = { "12345678", "...", "mei@example.com", "Tan 91234567", "-" };
	static const char *const fine[] = { "X Æ A-12", "O'Neil-Tan s/o", "陈", "Ng", "முத்து", "Tan 2" };

	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		cr_expect(spam_name_is_odd(odd[i]), "%s", odd[i]);
	for (size_t i = 0; i < ARRAY_LEN(fine); i++)
		cr_expect_not(spam_name_is_odd(fine[i]), "%s", fine[i]);
}

#define STORM { .same = 0, .address = 9999, .network = 9999, .total = 9999 }

Test(spam, rates_and_haste_alone_quarantine_nobody)
{
	struct spam_signs s = { .fill_ms = 1, .before = STORM };

	cr_expect_null(verdict(&s));
}

/* In the middle of a storm a patient may still do one strange thing. */
Test(spam, one_weak_sign_in_a_storm_is_not_enough)
{
	const struct spam_signs table[] = {
		{ .fill_ms = -1, .before = STORM, .note = { .links = 1, .topic = true } },
		{ .fill_ms = -1, .before = STORM, .note = { .words = 1 } },
		{ .fill_ms = -1, .before = STORM, .note = { .emails = 3 } },
		{ .fill_ms = -1, .before = STORM, .note = { .cyrillic = true } },
		{ .fill_ms = -1, .before = STORM, .name = { .gibberish = true } },
		{ .fill_ms = -1, .before = STORM, .odd_name = true },
		{ .fill_ms = -1,
		    .before = { .same_note = 99, .address = 9999, .network = 9999, .total = 9999 } },
		{ .fill_ms = -1,
		    .before = { .same = 99, .address = 9999, .network = 9999, .total = 9999 } },
		{ .fill_ms = -1, .note = { .links = 2, .topic = true } },
		{ .fill_ms = 1, .before = { .same = 99, .same_note = 99, .address = 119, .total = 199 },
		    .note = { .topic = true } },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		cr_expect_null(verdict(&table[i]), "row %zu", i);
}

Test(spam, what_quarantines_is_named)
{
	const struct {
		struct spam_signs signs;
		const char *reason;
	} table[] = {
		{ { .fill_ms = -1, .honeypot = true }, "spam:honeypot" },
		{ { .fill_ms = 0, .honeypot = true }, "spam:honeypot,fast-fill" },
		{ { .fill_ms = -1, .name = { .links = 1 } }, "spam:link-in-name" },
		{ { .fill_ms = -1, .note = { .markup = true } }, "spam:markup" },
		{ { .fill_ms = -1, .note = { .words = 2 } }, "spam:words" },
		{ { .fill_ms = -1, .note = { .links = 1 } }, "spam:link-in-note,off-topic" },
		{ { .fill_ms = -1, .note = { .links = 1, .words = 1, .topic = true } },
		    "spam:link-in-note,words" },
		{ { .fill_ms = -1, .note = { .links = 3, .topic = true } },
		    "spam:link-in-note,more-links" },
		{ { .fill_ms = -1, .note = { .links = 1, .cyrillic = true, .topic = true } },
		    "spam:link-in-note,script-with-link" },
		{ { .fill_ms = -1, .note = { .words = 1, .emails = 1 } }, "spam:email-in-pitch,words" },
		{ { .fill_ms = -1, .name = { .gibberish = true }, .note = { .gibberish = true } },
		    "spam:gibberish" },
		{ { .fill_ms = 299, .before = { .same_note = 3, .address = 60, .network = 120, .total = 200 } },
		    "spam:fast-fill,similar,address-rate,network-rate,total-rate" },
		{ { .fill_ms = 9999,
		      .before = { .same = 3, .same_note = 3, .address = 60, .network = 120, .total = 200 } },
		    "spam:repeated,address-rate,network-rate,total-rate" },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const char *reason = verdict(&table[i].signs);

		cr_expect(reason != NULL && strcmp(reason, table[i].reason) == 0, "row %zu: %s", i,
		    reason == NULL ? "none" : reason);
	}
}

Test(spam, the_options_lift_rates_and_quarantine)
{
	struct spam_signs s = { .fill_ms = -1, .before = { 3, 3, 60, 120, 200 } };

	cr_expect_not_null(verdict(&s));
	c->limits_rate_limits = false;
	cr_expect_null(verdict(&s), "what others posted counts no more");
	s.honeypot = true;
	cr_expect_not_null(verdict(&s));
	c->spam_quarantine = false;
	cr_expect_null(verdict(&s));
}

/* ---- the watch ---- */

static struct spam_before
seen(struct spam_watch *w, const char *peer, const struct spam_post *p, int64_t at, bool add)
{
	struct spam_trace t = spam_trace(w, a, peer, p, c->spam_repeated_note_chars);
	struct spam_before b = spam_watch_ask(w, &t, at);

	if (add)
		spam_watch_add(w, &t, at);
	return b;
}

Test(spam, addresses_and_networks_are_counted_for_ten_minutes)
{
	static const struct spam_post p = { .name = "Mei Tan" };
	struct spam_watch *w = spam_watch_new();
	struct spam_before b;

	for (int i = 0; i < 5; i++)
		(void)seen(w, "203.0.113.7", &p, i * MINUTE_MS, true);
	b = seen(w, "203.0.113.7", &p, 5 * MINUTE_MS, false);
	cr_expect_eq(b.address, 5);
	cr_expect_eq(b.network, 5);
	b = seen(w, "203.0.113.8", &p, 5 * MINUTE_MS, false);
	cr_expect_eq(b.address, 0);
	cr_expect_eq(b.network, 5, "the same /24");
	cr_expect_eq(seen(w, "203.0.114.7", &p, 5 * MINUTE_MS, false).network, 0);
	cr_expect_eq(seen(w, "203.0.113.7", &p, 11 * MINUTE_MS, false).address, 3);
	cr_expect_eq(seen(w, "203.0.113.7", &p, 14 * MINUTE_MS, false).total, 0);
	cr_expect_eq(seen(w, "203.0.113.7", &p, 99 * MINUTE_MS, false).address, 0);
	(void)seen(w, "2001:db8:1:2::1", &p, 0, true);
	cr_expect_eq(seen(w, "2001:db8:1:2:ffff::9", &p, 0, false).address, 1, "a /64");
	cr_expect_eq(seen(w, "2001:db8:1:ff::9", &p, 0, false).network, 1, "a /56");
	cr_expect_eq(seen(w, NULL, &p, 0, true).address, 0, "a site's server posts for many");
	cr_expect_eq(seen(w, NULL, &p, 0, true).network, 0);
	spam_watch_free(w);
}

Test(spam, the_same_words_are_known_for_an_hour)
{
	static const struct spam_post p
	    = { .name = "Mei Tan", .note = "I would like to know about enlarged pores." },
	    q = { .name = "Ali", .note = "i would like to know about ENLARGED pores." },
	    r = { .name = "Siti", .note = "please call" }, s = { .name = "Devi", .note = "please call" };
	struct spam_watch *w = spam_watch_new();

	cr_expect_eq(seen(w, NULL, &p, 0, true).same, 0);
	cr_expect_eq(seen(w, NULL, &p, 1, true).same, 1);
	cr_expect_eq(seen(w, NULL, &q, 2, true).same, 0);
	cr_expect_eq(seen(w, NULL, &q, 2, false).same_note, 3);
	(void)seen(w, NULL, &r, 3, true);
	cr_expect_eq(seen(w, NULL, &s, 3, false).same_note, 0, "too short to tell anything");
	cr_expect_eq(seen(w, NULL, &p, HOUR_MS, false).same, 1);
	cr_expect_eq(seen(w, NULL, &p, HOUR_MS + 1, false).same, 0);
	spam_watch_free(w);
}

Test(spam, a_million_addresses_need_no_more_memory)
{
	static const struct spam_post p = { .name = "Mei Tan" };
	struct spam_watch *w = spam_watch_new();
	struct arena_mark mark = arena_mark(a);
	char peer[32];

	for (int i = 0; i < 100; i++)
		(void)seen(w, "192.0.2.1", &p, 0, true);
	for (int i = 0; i < 1000000; i += 10) { /* spread over them */
		struct spam_trace t;

		(void)snprintf(peer, sizeof(peer), "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
		t = spam_trace(w, a, peer, &p, 30);
		t.same = t.same_note = 0;
		spam_watch_add(w, &t, 0);
		arena_rewind(a, mark);
	}
	cr_expect_geq(seen(w, "192.0.2.1", &p, 0, false).address, 100, "who posts most is kept");
	spam_watch_free(w);
}
