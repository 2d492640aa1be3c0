/* SPDX-License-Identifier: MIT */
/*
 * spam_unseen.c - junk and patients written after the words and weights were set.
 * The first set led to the weight of what is off topic, the second to nothing.
 * What passes is printed; no patient may be held.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "spam_post.h"

static const struct test_post junk_1[] = {
	{ "JamesWrack", "Hello! https://tinyurl.example/%d", NULL, 0, 0 },
	{ "Megan from RankUp", "Your clinic could be number 1. Free audit: rankup%d.com", "m@example.org", 0, 0 },
	{ "Olivia Hart", "I noticed some errors on your website. Can I send you a quote? Ref %d", NULL, 0, 0 },
	{ "Liam", "Cheap Instagram followers %d, likes and views", NULL, 0, 0 },
	{ "WilliamUnlot", "Best online casino %d https://gg%d.example", NULL, 0, 0 },
	{ "Алексей", "Займы онлайн без отказа %d http://zaim%d.example", NULL, 0, 0 },
	{ "Татьяна", "Купить диплом недорого %d", NULL, 0, 0 },
	{ "Наталья", "Новый сайт знакомств %d www.love%d.ru", NULL, 0, 0 },
	{ "Павел", "Ставки на спорт, бонус %d", NULL, 0, 0 },
	{ "张经理", "专业网站优化 首页排名 QQ%d", NULL, 0, 0 },
	{ "小王", "彩票计划群 %d http://cp%d.example", NULL, 0, 0 },
	{ "办证", "办理各类证件 电话%d", NULL, 0, 0 },
	{ "Rudi", "Slot online gacor maxwin %d", NULL, 0, 0 },
	{ "Wati", "Pinjaman peribadi lulus segera, wassap %d", NULL, 0, 0 },
	{ "https://t.me/deal%d", "hi", NULL, 0, 0 },
	{ "Get $%d now www.cash.example", NULL, NULL, 0, 0 },
	{ "Free iPhone freephone%d.top/win", NULL, NULL, 0, 0 },
	{ "best-crypto%d.io", "crypto", NULL, 0, 0 },
	{ "Hot girls", "<a href='http://h%d.example'>meet</a>", NULL, 0, 0 },
	{ "Eric Jones", "Talk to leads on your site, [url]http://w%d.example[/url]", NULL, 0, 0 },
	{ "Eric", "My name's Eric and I just found your site. Visit https://a%d.example and https://b%d.example/unsubscribe", NULL, 0, 0 },
	{ "Ivan", "Buy kamagra and cialis %d", NULL, 0, 0 },
	{ "Dr Herbal", "Lose %d kg in two weeks, order at www.slim%d.com", NULL, 0, 700 },
	{ "Jessica", "Hi dear, I saw your profile, write me jess%d@example.org", NULL, 0, 0 },
	{ "Trade Desk", "Forex robot, %d%% a month, bitcoin accepted", NULL, 0, 0 },
	{ "NFT Drop", "Claim your airdrop %d USDT", NULL, 0, 0 },
	{ "wqrtzxcvbn", "plkjhgfdsaq", NULL, 0, 0 },
	{ "HrTyUiOpQw", "xZcVbNmAsD", NULL, 0, 180 },
	{ "dkfjghdkfjgh", "sldkfjsldkfj%d", NULL, 0, 0 },
	{ "asdasdasd", "asdasd", NULL, 0, 220 },
	{ "test%d", "test", NULL, 1, 90 },
	{ "Nurul Huda", "Saya nak tanya harga %d", NULL, 1, 14000 },
	{ "Peter Lim", NULL, NULL, 1, 22000 },
	{ "林小姐", "请问几点开门 %d", NULL, 1, 240 },
	{ "V1agra c\xd0\xb0sino", "%d", NULL, 0, 100 },
	{ "\xd0\xa1\xd0\xb0sh l\xd0\xbe\xd0\xb0n", "cash today %d www.l.example", NULL, 0, 0 },
	{ "@@@@", "http://x%d.example", NULL, 0, 200 },
	{ "88888888", "www.bet%d.com", NULL, 0, 0 },
	{ "Dan", "Guest post inquiry: do you accept sponsored articles? Budget %d", NULL, 0, 0 },
	{ "Hannah", "We sell email list of clinics, %d contacts, h@example.org", NULL, 0, 0 },
	{ "Web Team", "Mobile app and web design from India, price %d, team@example.org", NULL, 0, 0 },
	{ "Sam", "Explainer video for your business, samples: https://v%d.example", NULL, 0, 0 },
	{ "Sam", "Explainer video for your business, samples: https://v.example", NULL, 0, 250 },
	{ "Buyer", "example[.]com/offer%d example(dot)com/more", NULL, 0, 0 },
	{ "Zoe", "onlyfans com slash zoe%d, porn", NULL, 0, 0 },
	{ "Kevin", "Dear sir, we are a factory of masks in Shenzhen, MOQ %d", NULL, 0, 0 },
	{ "Prince A.", "I have a fund of USD %d million for you", NULL, 0, 0 },
	{ "Luxury", "replica watches rolex %d https://r%d.example", NULL, 0, 0 },
	{ "Job HR", "Earn money at home %d a day, whatsapp", NULL, 0, 300 },
	{ "Health", "CBD gummies https://cbd%d.example use code SAVE, mail cbd@example.org", NULL, 0, 0 },
};

static const struct test_post patients_1[] = {
	{ "Ng", NULL, NULL, 0, 0 },
	{ "Tan Ah Kow", "Nose pores very big", NULL, 0, 35000 },
	{ "吴", "鼻子", NULL, 0, 0 },
	{ "欧阳娜娜", "想了解激光，周六可以吗？", NULL, 0, 64000 },
	{ "Björk Guðmundsdóttir", "Sensitive skin", NULL, 0, 0 },
	{ "Abdul Rahman bin Hj. Yusof", "Kulit berminyak, pori luas di hidung", NULL, 0, 99000 },
	{ "S. Pushpavalli d/o Krishnan", "After 5 please", NULL, 0, 0 },
	{ "Jean-Luc Müller-Lüdenscheidt", "Prefer English or French", NULL, 0, 48000 },
	{ "E", NULL, NULL, 0, 0 },
	{ "Mary Anne D/O George", "Hi", NULL, 0, 0 },
	{ "Екатерина", "Здравствуйте, хочу записаться на консультацию", NULL, 0, 81000 },
	{ "Kim", "I saw this https://www.healthsite.example/pores and have the same", NULL, 0, 72000 },
	{ "Hafiz", "instagram @hafiz_skin, boleh DM", NULL, 0, 0 },
	{ "Lau Pei Shan", "email me: peishan@example.com instead of calling", NULL, 0, 51000 },
	{ "Xzavier", "teen acne, mum is coming too", NULL, 0, 0 },
	{ "Ms. Chng Hwee Ngoh", "mole check also?", NULL, 0, 0 },
	{ "Bartholomew Featherstonehaugh", "rosacea?", NULL, 0, 0 },
	{ "Priyadarshini Venkatasubramanian", "dull skin + pores", NULL, 0, 66000 },
	{ "高桥", "予約したい", NULL, 0, 0 },
	{ "이지은", NULL, NULL, 0, 0 },
	{ "Thanh Hằng", "da dầu, lỗ chân lông to", NULL, 0, 57000 },
	{ "กมล", "รูขุมขนกว้าง", NULL, 0, 0 },
	{ "Ravi", "budget 500. Is the first visit free?", NULL, 0, 0 },
	{ "Zul", "ok", NULL, 0, 2000 },
	{ "Farah", "heard on radio 98.7fm", NULL, 0, 0 },
	{ "Farah", "heard on radio 98.7fm", NULL, 0, 43000 },
	{ "Izzati", "Guna produk cosrx.com dan theordinary.com", NULL, 0, 61000 },
	{ "A. Lee", "web said Sat 9-1. True?", NULL, 0, 0 },
	{ "MUHAMMAD SYAFIQ", "PLS CALL ASAP", NULL, 0, 0 },
	{ "Tan 'Johnny' Boon Huat (Mr)", "ice-pick scars L>R", NULL, 0, 0 },
	{ "Wei", "T-zone oily,cheeks dry.Using aha/bha now.", NULL, 0, 0 },
	{ "McKenzie-Wong", "pregnant, 20 weeks - is it ok?", NULL, 0, 50000 },
	{ "Lim & Lim", "for me and my sister", NULL, 0, 0 },
	{ "黄志强 Steven", "下班后六点半", NULL, 0, 39000 },
	{ "Salmah", "Anak saya 17 tahun", NULL, 0, 0 },
	{ "R2-D2 Tan", "legal name, sorry", NULL, 0, 0 },
	{ "Jay", "crypto trader, working nights, mornings only", NULL, 0, 0 },
	{ "Goh", "…", NULL, 0, 0 },
	{ "Noor", "نعم", NULL, 0, 0 },
	{ "Ann", "same as my friend Joanne booked", "ann@example.com", 0, 36000 },
};

static const struct test_post junk_2[] = {
	{ "Claire", "Upgrade your clinic's logo: https://logo%d.example", NULL, 0, 0 },
	{ "Marketing", "Rank higher! seo@agency%d.example", NULL, 0, 0 },
	{ "Hello from promo%d.com", "ok", NULL, 0, 0 },
	{ "Andrew", "Dear owner, your domain expires, pay at http://renew%d.example", NULL, 0, 0 },
	{ "Galina", "Кредитные карты и займы, http://karta%d.example", NULL, 0, 0 },
	{ "Игорь", "Прогон сайта по базам %d", NULL, 0, 0 },
	{ "刘总", "刷单兼职日结 %d", NULL, 0, 0 },
	{ "YFqWbHzPkd", "uTzRgKmWvX", NULL, 0, 0 },
	{ "gfhjkdfgl", "zxcvzxcv%d", NULL, 0, 100 },
	{ "Wong", "please call me %d", NULL, 1, 8000 },
	{ "Rajesh", NULL, NULL, 1, 60 },
	{ "Botox wholesale", "Botox and filler wholesale for clinics, www.filler%d.com", NULL, 0, 0 },
	{ "PR desk", "Publish an article about your clinic in 300 papers, %d USD", NULL, 0, 0 },
	{ "Ahmed", "I need a sponsor for my visa %d", NULL, 0, 0 },
	{ "Lucky Draw", "You won! Claim: hxxp://win%d.example", NULL, 0, 400 },
	{ "Mega888", "Mega888 free kredit, togel, link di www.mega%d.net", NULL, 0, 0 },
	{ "Yoga", "Pinjaman wang, judi, semua ada %d", NULL, 0, 0 },
	{ "dating", "[link=http://d%d.example]girls[/link]", NULL, 0, 0 },
	{ "Sofia", "<script src=//x%d.example></script>", NULL, 0, 0 },
	{ "Ben", "Skin care products at half price: https://skin%d.example https://care%d.example", NULL, 0, 0 },
	{ "Ben", "Laser machine from factory, best price, https://laser%d.example", NULL, 0, 0 },
	{ "xyz", "cbd oil, kamagra, %d", NULL, 0, 0 },
	{ "1234", "http://q%d.example", NULL, 0, 0 },
	{ "Invoice due", "see attached bit.ly/inv%d", NULL, 0, 0 },
	{ "Traffic", "1000 visitors a day: t.me/bot%d", NULL, 0, 0 },
};

static const struct test_post patients_2[] = {
	{ "Koh", "can?", NULL, 0, 0 },
	{ "Nadia Sofea", "Nak tanya pasal pori", NULL, 0, 45000 },
	{ "周杰", "痘坑", NULL, 0, 0 },
	{ "Jo", "my tiktok shows it: https://www.tiktok.com/@jo/video/1", NULL, 0, 61000 },
	{ "Arjun", "photo: https://photos.app.goo.gl/abc", NULL, 0, 0 },
	{ "Hui Min", "The article on pores at straitsnews.com says fractional laser helps", NULL, 0, 0 },
	{ "Dmitri", "Жирная кожа, спасибо", NULL, 0, 70000 },
	{ "Tan Chor Hiang", "Tel in name field is old", NULL, 0, 0 },
	{ "van der Berg", "mail works best: vdb@example.nl", NULL, 0, 52000 },
	{ "S'ng", NULL, NULL, 0, 2800 },
	{ "Low Xin Yi", "half-day on Fri", NULL, 0, 0 },
	{ "Amir", "loan officer, only lunch hours", NULL, 0, 0 },
	{ "Pooja", "wedding on 12/12, want smooth skin", NULL, 0, 83000 },
	{ "欣怡", "看了你们网站，毛孔和黑头", NULL, 0, 0 },
	{ "Bala", "1) pores 2) scars 3) price", NULL, 0, 0 },
	{ "Evelyn Strzhkvchk", "T-zone", NULL, 0, 0 },
	{ "Low", "same", NULL, 0, 0 },
	{ "Gan 甘", "谢谢", NULL, 0, 0 },
	{ "Faith", "I run an online store, busy 11.11", NULL, 0, 0 },
	{ "Umi", "-", NULL, 0, 0 },
};

static struct tally
told(struct tally t)
{
	printf("%d of %d junk posts held, %d of %d patients\n", t.junk_held, t.junk, t.real_held,
	    t.real);
	return t;
}

Test(spam_unseen, the_first_set)
{
	struct tally t
	    = told(storm(junk_1, ARRAY_LEN(junk_1), patients_1, ARRAY_LEN(patients_1), 2, 2));

	cr_expect_eq(t.real, 40);
	cr_expect_eq(t.real_held, 0);
	cr_expect_geq(t.junk_held, 70);
}

Test(spam_unseen, the_second_set)
{
	struct tally t
	    = told(storm(junk_2, ARRAY_LEN(junk_2), patients_2, ARRAY_LEN(patients_2), 2, 2));

	cr_expect_eq(t.real, 20);
	cr_expect_eq(t.real_held, 0);
	cr_expect_geq(t.junk_held, 30);
}
