/* SPDX-License-Identifier: MIT */
/*
 * clinic_texts.c - what patients read on the form, per language.
 *
 * A text of the file is checked as it is written and filled afterwards: the
 * name of a clinic may be what a text may not say. Each filled text has its
 * version from its bytes, so that a consent can point at the words it was
 * given to. The defaults promise only what the settings hold.
 */
#include <string.h>

#include "base/obuf.h"
#include "base/secret.h"
#include "book/clinic_reader.h"

#define TEXT_MAX_CHARS 4000
#define FILLED_MAX ((size_t)1 << 20)

static const char *const text_keys[TEXT_COUNT + 1] = { "intro", "notice", "consent",
	"after", NULL };

/* clang-format off */
static const char *const default_texts[3][TEXT_COUNT] = {
	{
	    "Tell us what concerns you about your skin and when you can come. We "
	    "reply during opening hours. No photos are needed.",
	    "How we use this. We use these details to contact you about this "
	    "consultation and to prepare for your visit. Only clinic staff and "
	    "doctors use them. If you choose WhatsApp, our messages travel "
	    "through WhatsApp. We delete requests that do not lead to a visit "
	    "after {retention}. To see your request or have it deleted, {ask}use "
	    "the link in your confirmation. To correct it, tell us when we "
	    "contact you.",
	    "I agree that {clinic} may use these details to contact me by "
	    "{channel} about my consultation.",
	    "This form is not for emergencies. See a doctor soon if a mole is "
	    "changing or a sore does not heal. For emergencies call {emergency}.",
	},
	{
	    "Beritahu kami apa yang membimbangkan anda tentang kulit anda dan "
	    "bila anda boleh datang. Kami membalas pada waktu klinik dibuka. "
	    "Gambar tidak diperlukan.",
	    "Cara kami menggunakan maklumat ini. Kami menggunakan maklumat ini "
	    "untuk menghubungi anda tentang konsultasi ini dan untuk membuat "
	    "persediaan bagi lawatan anda. Hanya kakitangan klinik dan doktor "
	    "menggunakannya. Jika anda memilih WhatsApp, mesej kami dihantar "
	    "melalui WhatsApp. Permintaan yang tidak membawa kepada lawatan kami "
	    "padamkan selepas {retention}. Untuk melihat permintaan anda atau "
	    "meminta ia dipadamkan, {ask}gunakan pautan dalam pengesahan anda. "
	    "Untuk membetulkannya, beritahu kami apabila kami menghubungi anda.",
	    "Saya bersetuju {clinic} menggunakan maklumat ini untuk menghubungi "
	    "saya melalui {channel} tentang konsultasi saya.",
	    "Borang ini bukan untuk kecemasan. Jumpa doktor secepat mungkin jika "
	    "tahi lalat berubah atau luka tidak sembuh. Untuk kecemasan, hubungi "
	    "{emergency}.",
	},
	{
	    "请告诉我们您的皮肤困扰，以及您方便到访的时间。"
	    "我们会在营业时间内回复。无需提供照片。",
	    "我们如何使用这些资料：我们使用这些资料与您联系有关此次咨询，"
	    "并为您的到访做准备。只有诊所职员和医生会使用这些资料。"
	    "如果您选择 WhatsApp，我们的信息会经由 WhatsApp 传送。"
	    "没有到诊的预约请求，我们会在{retention}后删除。"
	    "如需查阅您的请求或要求删除，请{ask}使用确认信息中的链接。"
	    "如需更正，请在我们与您联系时告知。",
	    "我同意{clinic}使用以上资料，通过{channel}与我联系有关咨询预约事宜。",
	    "此表格不适用于紧急情况。如果痣出现变化或伤口不愈合，请尽快就医。"
	    "紧急情况请拨打{emergency}。",
	},
};
/* clang-format on */

struct placeholder {
	const char *name;
	bool in_file; /* may stand in a text of the file */
};

/* Which of the placeholders begins at s; its length. NULL: none of them. */
static const struct placeholder *
placeholder_at(const char *s, size_t *ret_len)
{
	static const struct placeholder all[] = { { "{clinic}", true }, { "{dpo}", true },
		{ "{channel}", true }, { "{retention}", false }, { "{ask}", false },
		{ "{emergency}", false } };

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (str_starts(s, all[i].name)) {
			*ret_len = strlen(all[i].name);
			return &all[i];
		}
	return NULL;
}

static const char *
retention_text(struct reader *r, int language)
{
	static const char *const year[] = { "12 months", "12 bulan", "12个月" };
	static const char *const days[] = { "days", " hari", "天" };

	int kept = r->clinic->retention.unattended;

	if (kept == 365)
		return year[language];
	if (language == 0)
		return arena_printf(r->arena, "%d %s", kept, kept == 1 ? "day" : days[0]);
	return arena_printf(r->arena, "%d%s", kept, days[language]);
}

/* Whom to ask about one's data, when the clinic names somebody. */
static const char *
ask_text(struct reader *r, int language)
{
	static const char *const before[] = { "e-mail ", "hantar e-mel kepada ",
		"发电邮至 " };
	static const char *const after[] = { " or ", " atau ", "，或" };
	const char *dpo = r->clinic->dpo_email;

	return dpo == NULL ? ""
			   : arena_printf(r->arena, "%s%s%s", before[language], dpo,
				 after[language]);
}

static const char *
replacement(struct reader *r, const struct placeholder *p, int language)
{
	const struct clinic *c = r->clinic;

	if (strcmp(p->name, "{clinic}") == 0)
		return c->name;
	if (strcmp(p->name, "{dpo}") == 0)
		return c->dpo_email;
	if (strcmp(p->name, "{retention}") == 0)
		return retention_text(r, language);
	if (strcmp(p->name, "{ask}") == 0)
		return ask_text(r, language);
	if (strcmp(p->name, "{emergency}") == 0)
		return strcmp(c->country, "MY") == 0 ? "999" : "995";
	return p->name; /* {channel} is the patient's choice */
}

static void
fill(struct reader *r, const char *s, int language, enum clinic_text text)
{
	uint8_t hash[SECRET_HASH_LEN];
	char hex[2 * SECRET_HASH_LEN + 1];
	struct obuf out;
	size_t n;

	obuf_init(&out, r->arena, FILLED_MAX);
	while (*s != '\0') {
		const struct placeholder *p = *s == '{' ? placeholder_at(s, &n) : NULL;
		const char *with = p == NULL ? NULL : replacement(r, p, language);

		if (p == NULL)
			n = 1;
		if (with != NULL)
			obuf_puts(&out, with);
		else if (p == NULL)
			obuf_putc(&out, *s);
		s += n;
	}
	secret_hash(out.data, out.len, hash);
	str_hex(hash, sizeof(hash), hex);
	r->clinic->text[language][text] = out.data;
	r->clinic->text_version[language][text] = arena_strndup(r->arena, hex, 12);
}

static void
check_placeholders(
    struct reader *r, const struct node *n, const char *s, enum clinic_text text)
{
	size_t len;

	for (const char *at = s; (at = strchr(at, '{')) != NULL; at++) {
		const struct placeholder *p = placeholder_at(at, &len);

		if (p == NULL || !p->in_file ||
		    (text != TEXT_CONSENT && strcmp(p->name, "{channel}") == 0)) {
			node_wrong(r, n, "invalid",
			    text == TEXT_CONSENT
				? "in braces, only {clinic}, {dpo} and {channel} are "
				  "expected"
				: "in braces, only {clinic} and {dpo} are expected here");
			return;
		}
	}
	if (text == TEXT_CONSENT && strstr(s, "{channel}") == NULL)
		node_wrong(r, n, "invalid",
		    "{channel} is expected in the consent: the means of contact agreed "
		    "to");
	if (strstr(s, "{dpo}") != NULL && r->clinic->dpo_email == NULL)
		node_wrong(r, n, "invalid",
		    "{dpo} stands for clinic.dpo_email, which is not given");
}

/* NULL when absent or wrong. */
static const char *
read_text(struct reader *r, const struct node *n, enum clinic_text text)
{
	const char *s = node_text(r, n, TEXT_MAX_CHARS, LINES), *word;

	if (s == NULL)
		return NULL;
	if (clinic_text_forbidden(s, &word))
		node_wrong(r, n, "invalid", "no clinic may promise this: \"%s\"", word);
	check_placeholders(r, n, s, text);
	return s;
}

void
read_texts(struct reader *r, const struct node *n)
{
	static const char *const languages[] = { "en", "ms", "zh-Hans", NULL };

	node_object(r, n, languages);
	for (int language = 0; language < 3; language++) {
		struct node of = node_key(n, languages[language]);

		node_object(r, &of, text_keys);
		for (int text = 0; text < TEXT_COUNT; text++) {
			struct node at = node_key(&of, text_keys[text]);
			const char *s = read_text(r, &at, (enum clinic_text)text);

			fill(r, s != NULL ? s : default_texts[language][text], language,
			    (enum clinic_text)text);
		}
	}
}
