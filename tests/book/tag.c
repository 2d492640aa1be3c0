/* SPDX-License-Identifier: MIT */
/*
 * tag.c - what the tagger makes of a note, rule by rule, with the shipped lists.
 * How often it is right is in tag_figures.c.
 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

#include "book/tag.h"

static struct taxonomy *taxonomy;
static struct lexicon *lexicon;
static struct arena *arena;

static void
setup(void)
{
	char error[TAXONOMY_ERROR_LEN];

	arena = arena_new((size_t)16 << 20);
	taxonomy = taxonomy_load("etc/taxonomy.json", error);
	cr_assert_not_null(taxonomy, "%s", error);
	lexicon = lexicon_load("etc/taxonomy.json", taxonomy, error);
	cr_assert_not_null(lexicon, "%s", error);
}

static void
teardown(void)
{
	lexicon_free(lexicon);
	taxonomy_free(taxonomy);
	arena_free(arena);
}

TestSuite(tag, .init = setup, .fini = teardown);

/* "slug[words] slug[words]", as a reader of the note would see it. */
static const char *
said(const char *text)
{
	struct tag_match m[TAG_MATCHES_MAX];
	size_t n = tag_text(lexicon, arena, text, m);
	const char *all = "";

	for (size_t i = 0; i < n; i++)
		all = arena_printf(arena, "%s%s%s[%.*s]", all, i == 0 ? "" : " ",
		    m[i].term->slug, (int)m[i].length, text + m[i].offset);
	return all;
}

struct said {
	const char *text, *says;
};

static void
expect_said(const struct said *table, size_t count)
{
	for (size_t i = 0; i < count; i++)
		cr_expect_str_eq(said(table[i].text), table[i].says, "%s: %s, not %s",
		    table[i].text, said(table[i].text), table[i].says);
}

Test(tag, a_note_is_tagged_with_the_words_that_made_the_tag)
{
	static const struct said table[] = {
		{ "Large pores and blackheads.",
		    "enlarged-pores[Large pores] congestion-buildup[blackheads]" },
		{ "saya ada parut jerawat, muka berminyak",
		    "acne-scarring[parut jerawat] excess-oil[muka berminyak]" },
		{ "毛孔粗大，皮肤松弛",
		    "enlarged-pores[毛孔粗大] skin-laxity[皮肤松弛]" },
		{ "Doctor, my face very 油 and 毛孔 very big",
		    "excess-oil[油] enlarged-pores[毛孔]" },
		{ "pico laser or chemical peel?",
		    "laser-treatments[pico laser] wants-safe-options[laser or chemical "
		    "peel] "
		    "chemical-peels[chemical peel]" },
		{ "Pores, pores, PORES", "enlarged-pores[Pores]" },
		{ "Please call me after 6pm", "" },
		{ "", "" },
		{ " \n...!? 😀 -- ", "" },
	};

	expect_said(table, ARRAY_LEN(table));
}

Test(tag, letters_are_folded_and_the_place_is_that_of_the_note)
{
	static const struct said table[] = {
		{ "ＯＩＬＹ skin", "excess-oil[ＯＩＬＹ skin]" },
		{ "sooo oilyyyy", "excess-oil[oilyyyy]" },
		{ "less ﬁrm?", "skin-laxity[less ﬁrm]" },
		{ "it doesn’t work", "otc-not-effective[doesn’t work]" },
		{ "it doesn't work", "otc-not-effective[doesn't work]" },
		{ "anti‑ageing", "elasticity-loss[anti‑ageing]" },
		{ "l\xc3\xa0ser, las\xcc\x81"
		  "er",
		    "laser-treatments[l\xc3\xa0ser]" },
		{ "pori2 besar", "enlarged-pores[pori2 besar]" },
		{ "pori-pori besar", "enlarged-pores[pori-pori besar]" },
		{ "毛 孔 粗 大", "enlarged-pores[毛 孔 粗 大]" },
		{ "臉上黑頭多", "congestion-buildup[黑頭]" },
		{ "《毛孔》", "enlarged-pores[毛孔]" },
		{ "👩‍⚕️pores👩‍⚕️", "enlarged-pores[pores]" },
	};

	expect_said(table, ARRAY_LEN(table));
}

Test(tag, latin_words_are_whole_and_chinese_ones_parts)
{
	static const struct said table[] = {
		{ "surf, louvre, peeler, spores", "" },
		{ "rf", "rf-microneedling[rf]" },
		{ "脸好oily啊", "excess-oil[oily]" },
		{ "大毛孔呀", "enlarged-pores[毛孔]" },
		{ "suicidal or suicide", "possible-urgent[suicidal]" },
	};

	expect_said(table, ARRAY_LEN(table));
}

Test(tag, the_longest_phrase_takes_its_words)
{
	static const struct said table[] = {
		{ "skin like orange peel", "uneven-texture[orange peel]" },
		{ "uneven skin tone", "" },
		{ "uneven skin tone, uneven texture", "uneven-texture[uneven texture]" },
		{ "clogged pores", "congestion-buildup[clogged pores]" },
		{ "my pores are always clogged",
		    "congestion-buildup[pores are always clogged]" },
		{ "surgery scar on my knee", "" },
		{ "acne", "" },
		{ "kulit kepala berminyak", "" },
		{ "涂防晒", "" },
		{ "sunburn", "sun-damage[sunburn] doctor-should-know[sunburn]" },
		{ "allergic to penicillin", "doctor-should-know[allergic to]" },
		{ "allergic reaction now", "possible-urgent[allergic reaction]" },
	};

	expect_said(table, ARRAY_LEN(table));
}

Test(tag, what_is_denied_is_no_tag)
{
	static const struct said table[] = {
		{ "not oily", "" },
		{ "not very oily", "" },
		{ "I don't really have large pores", "" },
		{ "without any scars", "" },
		{ "tak berminyak, tiada parut, bukan pori", "" },
		{ "muka x berminyak", "" },
		{ "没有痘疤，不油，不是毛孔", "" },
		{ "没有很明显的毛孔", "" },
		{ "no blackheads or scars", "" },
		{ "没有黑头、粉刺", "" },
		{ "not oily. Pores.", "enlarged-pores[Pores]" },
		{ "not oily but pores", "enlarged-pores[pores]" },
		{ "tak berminyak tapi pori besar", "enlarged-pores[pori besar]" },
		{ "不油，但是毛孔大", "enlarged-pores[毛孔大]" },
		{ "not oily, my scars are the problem", "acne-scarring[scars]" },
		{ "my pores are fine", "" },
		{ "毛孔不大", "" },
		{ "no laser please", "" },
		{ "not pregnant", "" },
	};

	expect_said(table, ARRAY_LEN(table));
}

Test(tag, a_not_that_denies_nothing)
{
	static const struct said table[] = {
		{ "not only oily", "excess-oil[oily]" },
		{ "not sure if scars", "acne-scarring[scars]" },
		{ "bukan sahaja pori", "enlarged-pores[pori]" },
		{ "不只毛孔", "enlarged-pores[毛孔]" },
		{ "是不是毛孔", "enlarged-pores[毛孔]" },
		{ "skin not smooth", "uneven-texture[not smooth]" },
		{ "products not working on my oily skin",
		    "otc-not-effective[products not working] excess-oil[oily skin]" },
		{ "no difference in the last two years, oily", "excess-oil[oily]" },
		{ "boleh tak laser", "wants-safe-options[boleh tak laser] "
				     "laser-treatments[laser]" },
	};

	expect_said(table, ARRAY_LEN(table));
}

Test(tag, a_worry_is_no_concern)
{
	static const struct said table[] = {
		{ "avoid scarring", "" },
		{ "how to prevent scars", "" },
		{ "elak parut", "" },
		{ "避免留疤", "" },
		{ "scared of scarring", "" },
		{ "takut parut", "" },
		{ "担心留疤", "" },
		{ "worried about my acne scars", "acne-scarring[acne scars]" },
		{ "worried about my pores", "enlarged-pores[pores]" },
		{ "can you treat scars", "acne-scarring[scars]" },
	};

	expect_said(table, ARRAY_LEN(table));
}

Test(tag, a_treatment_that_is_named_is_interest_and_none_comes_from_a_concern)
{
	static const struct said table[] = {
		{ "had RF microneedling before", "rf-microneedling[RF microneedling]" },
		{ "dah buat chemical peel", "chemical-peels[chemical peel]" },
		{ "想做皮秒", "laser-treatments[皮秒]" },
		{ "on tretinoin", "medical-grade-skincare[tretinoin]" },
		{ "skin is peeling", "" },
		{ "Botox, HIFU, hydrafacial", "" },
		{ "不想做激光", "" },
	};
	struct tag_match m[TAG_MATCHES_MAX];

	expect_said(table, ARRAY_LEN(table));
	for (size_t i = 0; i < taxonomy->term_count; i++) {
		const struct term *term = &taxonomy->terms[i];

		for (int k = 0; k < 3 && term->kind == TERM_CONCERN; k++) {
			size_t n = tag_text(lexicon, arena, term->label[k], m);

			while (n-- > 0)
				cr_expect_neq(
				    m[n].term->kind, TERM_OPTION, "%s", term->label[k]);
		}
	}
}

Test(tag, a_harm_that_is_there_is_urgent_and_one_that_is_feared_is_not)
{
	static const struct said table[] = {
		{ "it bleeds", "possible-urgent[bleeds]" },
		{ "I feel suicidal", "possible-urgent[suicidal]" },
		{ "my lip is swollen", "possible-urgent[swollen]" },
		{ "感染了", "possible-urgent[感染了]" },
		{ "rasa nak bunuh diri", "possible-urgent[nak bunuh diri]" },
		{ "mole on my back is itchy",
		    "possible-urgent[mole on my back is itchy]" },
		{ "痣最近变大", "possible-urgent[痣最近变大]" },
		{ "can't breathe", "possible-urgent[can't breathe]" },
		{ "no bleeding", "" },
		{ "scared of bleeding", "" },
		{ "will it cause burns", "" },
		{ "bengkak ke lepas laser", "laser-treatments[laser]" },
		{ "会肿吗", "" },
		{ "risk of infection", "wants-safe-options[risk]" },
		{ "burn fat", "" },
		{ "remove a mole", "" },
	};

	expect_said(table, ARRAY_LEN(table));
}

Test(tag, what_the_doctor_should_know_dates_and_minors_raise_their_flags)
{
	static const struct said table[] = {
		{ "I'm 5 months pregnant", "doctor-should-know[pregnant]" },
		{ "sedang menyusu", "doctor-should-know[menyusu]" },
		{ "对青霉素过敏", "doctor-should-know[青霉素过敏]" },
		{ "produk ini mengandungi asid", "" },
		{ "wedding in May", "date-bound[wedding]" },
		{ "nak kahwin", "date-bound[nak kahwin]" },
		{ "要拍婚纱", "date-bound[拍婚纱]" },
		{ "already married", "" },
		{ "my son", "minor[my son]" },
		{ "my daughter is 25", "" },
		{ "I am 16", "minor[I am 16]" },
		{ "I am 36", "" },
		{ "when I was 16", "" },
		{ "sec2", "minor[sec2]" },
		{ "umur saya 15", "minor[umur saya 15]" },
		{ "sejak umur 15", "genetic-skin-type[sejak umur 15]" },
		{ "女儿十五岁", "minor[女儿]" },
		{ "从15岁开始", "genetic-skin-type[15岁开始]" },
	};

	expect_said(table, ARRAY_LEN(table));
}

Test(tag, one_slip_in_a_long_word_is_read_over_unless_it_is_another_word)
{
	static const struct said table[] = {
		{ "bleding", "possible-urgent[bleding]" },
		{ "uneven texure", "uneven-texture[uneven texure]" },
		{ "blackhaeds", "congestion-buildup[blackhaeds]" },
		{ "brminyak", "excess-oil[brminyak]" },
		{ "scared, starring, selling, smelling, injected, generic, turning", "" },
		{ "alasan, kening, selawat", "" },
	};

	expect_said(table, ARRAY_LEN(table));
}

Test(tag, a_long_note_is_cut_at_the_number_of_matches_and_never_runs_away)
{
	static const char *const parts[] = { "pores ", "not ", "don't work ", "毛孔",
		"痣 皮肤 ", "my mum ", "ﷺ", "laser or " };
	struct tag_match m[TAG_MATCHES_MAX];

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		char *text = arena_alloc(arena, 20000);
		size_t len = strlen(parts[i]);

		for (size_t at = 0; at + len < 20000; at += len)
			memcpy(text + at, parts[i], len);
		cr_expect_leq(tag_text(lexicon, arena, text, m), TAG_MATCHES_MAX);
	}
}

static void *
tag_often(void *wrong)
{
	struct arena *a = arena_new(1 << 20);
	struct tag_match m[TAG_MATCHES_MAX];

	for (int i = 0; i < 200; i++) {
		struct arena_mark mark = arena_mark(a);
		size_t n = tag_text(lexicon, a, "oily, 毛孔粗大 and parut jerawat", m);

		if (n != 3 || m[2].offset != 23 || m[2].length != 13)
			*(bool *)wrong = true;
		arena_rewind(a, mark);
	}
	arena_free(a);
	return NULL;
}

Test(tag, any_thread_may_tag)
{
	pthread_t threads[4];
	bool wrong[4] = { false };

	for (int i = 0; i < 4; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, tag_often, &wrong[i]), 0);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		cr_expect_not(wrong[i]);
	}
}
