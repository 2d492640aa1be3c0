/* SPDX-License-Identifier: MIT */
/*
 * clinic_words.c - what no text of a clinic may promise.
 *
 * Texts are folded first (width, case, accents). A blank in the table stands
 * for any blanks, hyphens and slashes; '#' for digits. A letter or digit
 * at an end of a phrase must end a word there, Chinese is found anywhere. What
 * is honest when denied ("lasers do not close your pores") is let through when
 * the sentence says not, tidak or 不 before it.
 */
#include <ctype.h>
#include <string.h>

#include "book/clinic.h"

#define SCRATCH ((size_t)1 << 20)

/* clang-format off */

/* To add words: here or below, folded: lower case, no accents. */
static const char *const promises[] = {
	/* English */
	"guarantee", "guarantees", "guaranteed", "pore free", "flawless", "perfect",
	"perfectly", "best", "no 1", "no.1", "no. 1", "number one", "number 1",
	"leading", "expert", "experts", "miracle", "miracles", "instant",
	"instantly", "painless", "painlessly", "pain free", "risk free", "cure",
	"cures", "cured", "results in # days", "results within # days",
	"results in # weeks", "results within # weeks", "before after",
	"before and after", "testimonial", "testimonials", "discount", "discounts",
	"discounted", "promo", "promos", "promotion", "promotions", "limited",
	"free gift", "free gifts",
	/* Malay */
	"dijamin", "menjamin", "jaminan", "tanpa liang", "tanpa cela", "tanpa cacat",
	"sempurna", "terbaik", "nombor satu", "nombor 1", "terkemuka", "terunggul",
	"pakar", "ajaib", "keajaiban", "serta merta", "tanpa sakit",
	"tanpa rasa sakit", "tanpa risiko", "bebas risiko", "penawar",
	"hasil dalam # hari", "hasil dalam # minggu", "sebelum selepas",
	"sebelum dan selepas", "testimoni", "diskaun", "promosi", "terhad",
	"hadiah percuma",
	/* Chinese */
	"保证", "零毛孔", "无毛孔", "无瑕", "完美", "最佳", "最好的", "第一品牌",
	"排名第一", "领先", "专家", "奇迹", "神奇", "立即见效", "即时见效",
	"立竿见影", "无痛", "零风险", "无风险", "#天见效", "#天内见效", "前后对比",
	"术前术后", "见证", "折扣", "优惠", "促销", "限时", "限量", "赠品",
	"免费礼品",
};

/* Let through when denied. */
static const char *const deniable[] = {
	/* English */
	"permanent", "permanently", "erase", "erases", "erased", "eliminate",
	"eliminates", "eliminated", "close your pores", "closes your pores",
	"close pores", "closes pores", "shrink your pores", "shrinks your pores",
	"shrink pores", "shrinks pores",
	/* Malay */
	"kekal", "menghapuskan liang", "hapuskan liang", "menghilangkan liang",
	"hilangkan liang", "menutup liang", "tutup liang", "mengecilkan liang",
	"kecilkan liang", "menyembuhkan",
	/* Chinese */
	"永久", "永远", "彻底消除", "根除", "消除毛孔", "关闭毛孔", "闭合毛孔",
	"收缩毛孔", "缩小毛孔", "根治", "治愈",
};
/* clang-format on */

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) != 0;
}

/* The length of what lies between two words; 0 when s is not there. */
static size_t
gap_length(const char *s)
{
	size_t n = 0;

	for (;;) {
		size_t plain = strspn(s + n, " \t\r\n-/");

		n += plain;
		/* U+2010 to U+2015: hyphens and dashes */
		if (s[n] == '\xe2' && s[n + 1] == '\x80' &&
		    (unsigned char)s[n + 2] >= 0x90 && (unsigned char)s[n + 2] <= 0x95)
			n += 3;
		else
			return n;
	}
}

/* Does the phrase stand at s, where all begins? */
static bool
phrase_at(const char *phrase, const char *all, const char *s)
{
	const char *p = phrase;

	if ((is_word(*p) || *p == '#') && s > all && is_word(s[-1]))
		return false;
	for (; *p != '\0'; p++) {
		size_t n = *p == ' '   ? gap_length(s)
			   : *p == '#' ? strspn(s, "0123456789")
				       : *s == *p;

		if (n == 0)
			return false;
		s += n;
	}
	return !is_word(p[-1]) || !is_word(*s);
}

/* Does a sentence of all begin at s? */
static bool
begins_sentence(const char *all, const char *s)
{
	const size_t stop = strlen("。");

	return s == all || strchr(".!?\n", s[-1]) != NULL ||
	       ((size_t)(s - all) >= stop && strncmp(s - stop, "。", stop) == 0);
}

/* Is there a word of denial between the start of the sentence and s? */
static bool
denied(const char *all, const char *s)
{
	static const char *const words[] = { "not", "cannot", "never", "tidak", "bukan",
		"tak", "不", "没" };
	const char *from = s;

	while (!begins_sentence(all, from))
		from--;
	for (; from < s; from++) {
		if (strncmp(from, "n't", 3) == 0 ||
		    strncmp(from, "n’t", strlen("n’t")) == 0)
			return true;
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			if (phrase_at(words[i], all, from))
				return true;
	}
	return false;
}

static const char *
find(const char *all)
{
	for (const char *s = all; *s != '\0'; s++) {
		for (size_t i = 0; i < ARRAY_LEN(promises); i++)
			if (phrase_at(promises[i], all, s))
				return promises[i];
		for (size_t i = 0; i < ARRAY_LEN(deniable); i++)
			if (phrase_at(deniable[i], all, s) && !denied(all, s))
				return deniable[i];
	}
	return NULL;
}

bool
clinic_text_forbidden(const char *text, const char **ret_word)
{
	struct arena *a = arena_new(SCRATCH);
	const char *folded = str_fold(a, text);
	const char *word = folded == NULL ? NULL : find(folded);

	arena_free(a);
	if (word != NULL)
		*ret_word = word;
	return word != NULL;
}
