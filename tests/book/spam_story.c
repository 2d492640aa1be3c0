/* SPDX-License-Identifier: MIT */
/*
 * spam_story.c - the stories the quarantine is for, told with a clock of their
 * own: a storm of junk with patients in it, and a mention on the radio.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "spam_post.h"

/* %d is another number each time a template is used. */
static const struct test_post junk[] = {
	{ "http://cheap-pills-%d.example", "hello", NULL, 0, 0 },
	{ "Win www.lucky%d.com now", NULL, NULL, 0, 0 },
	{ "Anna bit.ly/3kz%d", "call me tonight", "anna@example.org", 0, 9000 },
	{ "casino%d.xyz", "bonus", NULL, 0, 0 },
	{ "Visit hot-deals%d.shop", "thanks", NULL, 0, 400 },
	{ "Robert%dtug", "<a href=\"https://x%d.example\">best</a>", NULL, 0, 0 },
	{ "Davidbep", "[url=https://y%d.example]cheap[/url]", NULL, 0, 0 },
	{ "James%d", "We offer SEO and backlinks for your site.", NULL, 0, 0 },
	{ "Sarah Lee", "Hi, SEO offer no %d: we bring you to the first page of Google.", NULL, 0, 0 },
	{ "Mark", "Guest post on 500 sites, domain authority %d and more.", "m@example.org", 0, 0 },
	{ "Priya", "Web design from $%d, mail sales@example.org, see https://z%d.example", NULL, 0, 0 },
	{ "John", "More website traffic in %d days, ask me: growth@example.org", NULL, 0, 0 },
	{ "Lucy", "Lead generation and email list of %d doctors.", NULL, 0, 0 },
	{ "Иван", "Лучшее казино %d http://casino%d.example", NULL, 0, 0 },
	{ "Ольга", "Заработок от %d рублей, кредит онлайн", NULL, 0, 0 },
	{ "Сергей", "Продвижение сайтов https://site%d.example", NULL, 0, 0 },
	{ "Мария", "Скидка %d%% на все товары, заходи www.tovar%d.ru", NULL, 0, 0 },
	{ "Casino Royal", "Free spins and no deposit jackpot %d", NULL, 0, 0 },
	{ "Vegas", "Online casino with betting, code %d", NULL, 0, 0 },
	{ "Budi", "Judi slot online gacor %d", NULL, 0, 0 },
	{ "Agus", "Situs togel terpercaya www.toto%d.com", NULL, 0, 0 },
	{ "Kartini", "Pinjaman cepat, email pinjam%d@example.org", NULL, 0, 0 },
	{ "李先生", "网上博彩平台 www.bo%d.cn 注册送彩金", NULL, 0, 0 },
	{ "王经理", "代开发票 %d 加微信 fp%d", NULL, 0, 0 },
	{ "客服", "贷款秒批，网站推广，编号%d", NULL, 0, 0 },
	{ "Crypto King", "Bitcoin and forex signals %d", NULL, 0, 0 },
	{ "Elena", "I made $%d with crypto, passive income, write to me", NULL, 0, 0 },
	{ "Pharm", "Viagra cialis %d mg", NULL, 0, 0 },
	{ "V\xd1\x96\xd0\xb0gra", "cheap v\xd1\x96\xd0\xb0gra casino %d", NULL, 0, 200 },
	{ "xkqjzvwpt", "jFhGqLwZ%d", NULL, 0, 0 },
	{ "hGdfTrQwZx", "KdjfhSkjQwe", NULL, 0, 250 },
	{ "QzxvBnmKlp", "bvcxzqwrt", "q%d@example.org", 0, 0 },
	{ "Tan Mei Ling", "I want to ask about pores %d", NULL, 1, 30000 },
	{ "Ahmad", NULL, "a%d@example.org", 1, 12000 },
	{ "Chloe", "When are you open? %d", NULL, 1, 150 },
	{ "Mr. Loan", "Business loan %d at 2%%, apply loan@example.org", NULL, 0, 0 },
	{ "Best replica watches", "replica watches, www.rep%d.com", NULL, 0, 0 },
	{ "91234567", "see http://x%d.example, http://y%d.example", NULL, 0, 0 },
	{ "Instagram", "Instagram followers, %d for 5$, t.me/followers", NULL, 0, 300 },
	{ "Info", "offers: https://a%d.example https://b%d.example https://c%d.example", NULL, 0, 0 },
};

static const struct test_post patients[] = {
	{ "X Æ A-12", NULL, NULL, 0, 0 },
	{ "O'Neil-Tan s/o", "Oily T-zone, evenings please", NULL, 0, 41000 },
	{ "陈", NULL, NULL, 0, 0 },
	{ "Nur Aisyah binti Ali", "Pori besar di pipi, boleh datang hari Sabtu?", NULL, 0, 63000 },
	{ "Muthu s/o Rajan", "My nose. I read your article.", "muthu@example.com", 0, 90000 },
	{ "陈大文", "毛孔粗大，鼻子两侧，想晚上来。", NULL, 0, 52000 },
	{ "Tan Mei-Ling", "I use https://shop.example.com/aha-toner, is it wrong?", NULL, 0, 120000 },
	{ "Siobhán O'Brien", "", NULL, 0, 0 },
	{ "Lim", NULL, "lim@example.com", 0, 5200 },
	{ "Анна Петрова", "Расширенные поры, говорю по-русски", NULL, 0, 77000 },
	{ "Ng Tsz Hng", "call after 6pm", NULL, 0, 0 },
	{ "Wong Kai", "I work in SEO, only free on Sundays", NULL, 0, 45000 },
	{ "Devi a/p Kumar", "-", NULL, 0, 0 },
	{ "Mohd Faiz", "Jerawat dan parut. Saya kerja shift.", NULL, 0, 38000 },
	{ "刘 (Grace)", "我女儿十五岁，可以一起来吗？", NULL, 0, 0 },
	{ "Grace Liu", "heard you on the radio", NULL, 0, 2100 },
	{ "Tan Wei Ming", "heard you on the radio", NULL, 0, 31000 },
	{ "Zhang Zhixuan", "毛孔", NULL, 0, 0 },
	{ "மீனா", "வலது கன்னம்", NULL, 0, 0 },
	{ "JP", "Friend told me. My email is jp@example.com", NULL, 0, 26000 },
	{ "Christina Schwarzschild", "Large pores since 2019; tried 0.1% tretinoin", NULL, 0, 0 },
	{ "Krzysztof Brzęczyszczykiewicz", "my skin.is oily.so I wash 3x/day", NULL, 0, 71000 },
	{ "Siti Nurhaliza 91234567", "Tolong telefon", NULL, 0, 0 },
	{ "Ah Huat", "www.example.sg/pores is where I found you", NULL, 0, 33000 },
	{ "Dr. A.K. Menon", "Second opinion on laser vs. microneedling", NULL, 0, 0 },
	{ "Nguyễn Thị Phượng", NULL, NULL, 0, 0 },
	{ "kim minsu", "김민수입니다. 모공이 넓어요", NULL, 0, 0 },
	{ "さくら", "毛穴の開き", NULL, 0, 0 },
	{ "Lee (mother of Ethan)", "he is 16", NULL, 0, 58000 },
	{ "Faridah", "Boleh bayar guna kad kredit?", NULL, 0, 0 },
	{ "Chan M.", "any slots on Saturday?", NULL, 0, 2500 },
	{ "Rebecca Ng", "can I have an invoice / 发票 for insurance", NULL, 0, 0 },
	{ "NurHidayahBintiOsman", "no calls before noon", NULL, 0, 0 },
	{ "T. Rajan", "Please WhatsApp me, thanks!", NULL, 0, 44000 },
	{ "T. Rajan", "Please WhatsApp me, thanks!!", NULL, 0, 0 },
	{ "Joanne", "scar from chickenpox, 2 x 3 mm", NULL, 0, 0 },
	{ "D'Souza, Maria", "nose and cheeks", "maria@example.com", 0, 0 },
	{ "洪", "周六上午", NULL, 0, 88000 },
	{ "Alex", "Is it 24/7? Morning/afternoon both ok", NULL, 0, 0 },
	{ "Sharifah", "Website kata RM300, betul ke?", NULL, 0, 61000 },
};

Test(spam_story, of_400_junk_posts_in_six_minutes_the_40_patients_are_left)
{
	struct tally t = storm(junk, ARRAY_LEN(junk), patients, ARRAY_LEN(patients), 10, 6);

	cr_expect_eq(t.junk, 400);
	cr_expect_eq(t.junk_held, 400);
	cr_expect_eq(t.real, 40);
	cr_expect_eq(t.real_held, 0);
}

/* Some with the very same words, and whether the form was filled in haste or not. */
Test(spam_story, of_a_hundred_posts_after_a_radio_mention_none_is_held)
{
	struct arena *a = arena_new(64 << 20);
	struct conf *c = conf_default();
	int held = 0;

	for (size_t addresses = 1; addresses <= 5; addresses += 4) {
		struct spam_watch *w = spam_watch_new();

		for (size_t i = 0; i < 100; i++) {
			struct test_post p = patients[i % ARRAY_LEN(patients)];
			const char *verdict, *peer = arena_printf(a, "203.0.113.%zu", i % addresses);

			p.name = arena_printf(a, "%s %c.", p.name, (char)('A' + i / ARRAY_LEN(patients)));
			if (i % 3 == 0)
				p.note = "I heard you on the radio and would like to come.";
			verdict = judge(a, c, w, peer, &p, (int64_t)i * 6000);
			held += verdict != NULL;
			if (verdict != NULL)
				tell("held", &p, verdict);
		}
		spam_watch_free(w);
	}
	cr_expect_eq(held, 0);
	conf_free(c);
	arena_free(a);
}
