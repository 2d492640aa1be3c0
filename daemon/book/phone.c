/* SPDX-License-Identifier: MIT */
/*
 * phone.c - telephone numbers as people type them.
 *
 * What was typed is read into parts: digits with only spacing, hyphens, dots
 * and brackets between them. One part that is a number is the answer; two that
 * are, or one that falls into two, is a question for the patient. Country
 * packs check the form of a number, never its finer ranges: those move.
 */
#include <string.h>
#include <utf8proc.h>

#include "base/str.h"
#include "book/phone.h"

#define PARTS_MAX 3
#define DIGITS_MAX 40 /* of a part: more than two numbers have */

/* To add a country: a row, its national forms, its groups in phone_grouped. */
struct pack {
	const char *country, *code;
	bool trunk; /* a 0 is written before national numbers */
	bool (*good)(const char *national, size_t n);
	/* Where a blank comes after the country code. */
	size_t (*first_group)(const char *national, size_t n);
};

struct part {
	bool plus;
	size_t n;
	char digits[DIGITS_MAX + 1];
};

struct reading {
	struct part parts[PARTS_MAX];
	size_t count;
	bool something;  /* anything but blanks */
	bool text_after; /* letters after a digit */
	bool too_much;
	/* while reading */
	bool plus, closed;
	size_t bracket; /* digits before the last opening bracket */
};

static bool
singapore_good(const char *d, size_t n)
{
	return n == 8 && strchr("3689", d[0]) != NULL;
}

static size_t
singapore_group(const char *d, size_t n)
{
	(void)d;
	return n - 4;
}

static bool
malaysia_good(const char *d, size_t n)
{
	if (d[0] == '1')
		return n == 9 || n == 10;
	return d[0] >= '3' && d[0] <= '9' && (n == 8 || n == 9);
}

static size_t
malaysia_group(const char *d, size_t n)
{
	(void)n;
	return d[0] == '1' || d[0] == '8' ? 2 : 1;
}

static const struct pack packs[] = {
	{ "SG", "65", false, singapore_good, singapore_group },
	{ "MY", "60", true, malaysia_good, malaysia_group },
};

/* Country codes of one and two digits; all others have three (ITU-T E.164). */
static const char codes[] =
    "1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 "
    "53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 "
    "94 95 98 ";

static const struct pack *
pack_of_number(const char *digits)
{
	for (size_t i = 0; i < ARRAY_LEN(packs); i++)
		if (str_starts(digits, packs[i].code))
			return &packs[i];
	return NULL;
}

/* Digits after a plus: 7 to 15, and in the form of a country that is known. */
static bool
international(const char *d, char ret_e164[PHONE_LEN])
{
	const struct pack *p = pack_of_number(d);
	const char *code = "", *national = d;

	if (d[0] == '0')
		return false;
	if (p != NULL) {
		code = p->code;
		national = d + strlen(code);
		if (p->trunk && national[0] == '0')
			national++;
		if (!p->good(national, strlen(national)))
			return false;
	} else if (strlen(d) < 7 || strlen(d) > 15) {
		return false;
	}
	ret_e164[0] = '+';
	memcpy(ret_e164 + 1, code, strlen(code));
	memcpy(ret_e164 + 1 + strlen(code), national, strlen(national) + 1);
	return true;
}

/* Digits without a plus: national, or with 00 or the own country's code. */
static bool
as_dialled(const char *d, const char *country, char ret_e164[PHONE_LEN])
{
	char digits[DIGITS_MAX + 4];

	if (str_starts(d, "00"))
		return international(d + 2, ret_e164);
	for (size_t i = 0; i < ARRAY_LEN(packs); i++) {
		const struct pack *p = &packs[i];
		bool trunk = p->trunk && d[0] == '0';
		const char *national = trunk ? d + 1 : d;
		size_t n = strlen(national);

		if (strcmp(p->country, country) != 0)
			continue;
		/* Where a trunk 0 is usual only mobile numbers are known without it. */
		if (n > 0 && p->good(national, n) &&
		    (trunk || !p->trunk || d[0] == '1')) {
			memcpy(digits, p->code, strlen(p->code));
			memcpy(digits + strlen(p->code), national, n + 1);
			return international(digits, ret_e164);
		}
		return str_starts(d, p->code) && international(d, ret_e164);
	}
	return false;
}

static bool
part_good(const char *digits, bool plus, const char *country, char ret_e164[PHONE_LEN])
{
	return plus ? international(digits, ret_e164)
		    : as_dialled(digits, country, ret_e164);
}

/* Do the digits fall into two numbers? */
static bool
falls_in_two(const struct part *p, const char *country)
{
	char head[DIGITS_MAX + 1], e164[PHONE_LEN];

	/* Shorter international numbers would be found in any digit too many. */
	for (size_t i = p->plus ? 10 : 7; i + 7 <= p->n; i++) {
		memcpy(head, p->digits, i);
		head[i] = '\0';
		if (part_good(head, p->plus, country, e164) &&
		    part_good(p->digits + i, false, country, e164))
			return true;
	}
	return false;
}

static void
read_digit(struct reading *r, char digit)
{
	struct part *p;

	if (r->count == 0 || r->plus || r->closed) {
		if (r->count == PARTS_MAX) {
			r->too_much = true;
			return;
		}
		r->parts[r->count++].plus = r->plus;
		r->plus = r->closed = false;
		r->bracket = SIZE_MAX;
	}
	p = &r->parts[r->count - 1];
	if (p->n == DIGITS_MAX) {
		r->too_much = true;
		return;
	}
	p->digits[p->n++] = digit;
}

/* "+44 (0)20 ...": the 0 in brackets is not dialled from abroad. */
static void
read_bracket(struct reading *r, bool opening)
{
	struct part *p = r->count == 0 ? NULL : &r->parts[r->count - 1];

	if (p == NULL || r->closed)
		return;
	if (opening) {
		r->bracket = p->n;
		return;
	}
	if ((p->plus || str_starts(p->digits, "00")) && p->n == r->bracket + 1 &&
	    p->n > 1 && p->digits[r->bracket] == '0')
		p->digits[--p->n] = '\0';
	r->bracket = SIZE_MAX;
}

/* Any other character: spacing goes, the rest ends the part before it. */
static void
read_other(struct reading *r, utf8proc_int32_t c)
{
	utf8proc_category_t category = utf8proc_category(c);

	if (category == UTF8PROC_CATEGORY_ZS || (c >= '\t' && c <= '\r'))
		return;
	r->something = true;
	if (category == UTF8PROC_CATEGORY_PD || c == 0x2212 || c == '.')
		return;
	r->plus = false;
	r->closed = true;
	if (r->count > 0 && category >= UTF8PROC_CATEGORY_LU &&
	    category <= UTF8PROC_CATEGORY_NO)
		r->text_after = true;
}

static bool
read_typed(const char *typed, struct reading *r)
{
	const utf8proc_uint8_t *s = (const utf8proc_uint8_t *)typed;
	utf8proc_int32_t c;
	utf8proc_ssize_t n;

	for (; *s != '\0'; s += n) {
		n = utf8proc_iterate(s, -1, &c);
		if (n <= 0)
			return false;
		if (c >= 0xff01 && c <= 0xff5e) /* full width */
			c -= 0xff01 - '!';
		if (c != 0xad && utf8proc_category(c) == UTF8PROC_CATEGORY_CF)
			continue; /* direction marks, copied from address books */
		if (c >= '0' && c <= '9') {
			r->something = true;
			read_digit(r, (char)c);
		} else if (c == '+') {
			r->something = r->plus = true;
		} else if (strchr("()[]", c < 128 ? (int)c : 'x') != NULL) {
			r->something = true;
			read_bracket(r, c == '(' || c == '[');
		} else if (c != 0xad) {
			read_other(r, c);
		}
	}
	return true;
}

enum phone
phone_normalise(const char *typed, const char *country, char ret_e164[PHONE_LEN])
{
	struct reading r = { .bracket = SIZE_MAX };
	char e164[PHONE_LEN];
	size_t good = 0;

	if (!read_typed(typed, &r))
		return PHONE_BAD;
	if (!r.something)
		return PHONE_EMPTY;
	for (size_t i = 0; i < r.count; i++) {
		const struct part *p = &r.parts[i];

		if (part_good(p->digits, p->plus, country, e164))
			good++;
		else if (falls_in_two(p, country))
			good += 2;
	}
	if (good > 1)
		return PHONE_TWO;
	if (good == 0 || r.count > 1 || r.text_after || r.too_much)
		return PHONE_BAD;
	memcpy(ret_e164, e164, sizeof(e164));
	return PHONE_OK;
}

static size_t
code_len(const char *digits)
{
	char code[4] = { digits[0], ' ', '\0', '\0' };

	if (digits[0] == '1' || digits[0] == '7' || strlen(digits) < 3)
		return 1;
	code[1] = digits[1];
	code[2] = ' ';
	return strstr(codes, code) != NULL ? 2 : 3;
}

const char *
phone_grouped(struct arena *a, const char *e164)
{
	const char *d = e164 + (e164[0] == '+' ? 1 : 0);
	const struct pack *p = pack_of_number(d);
	size_t n = strlen(d), left, group, at = 0;
	char text[2 * PHONE_LEN + 2] = "+";

	if (n < 7 || n > 15)
		return arena_strdup(a, e164);
	left = n - code_len(d);
	memcpy(text + 1, d, n - left);
	at = 1 + n - left;
	d += n - left;
	/* A country that groups: its first group, then three or four, then four. */
	group = p == NULL || !p->good(d, left) ? 4 : p->first_group(d, left);
	while (left > 0) {
		if (group > left)
			group = left;
		text[at++] = ' ';
		memcpy(text + at, d, group);
		at += group;
		d += group;
		left -= group;
		group = p == NULL || left <= 4 ? 4 : left == 6 ? 3 : left - 4;
	}
	return arena_strndup(a, text, at);
}

bool
phone_is_landline(const char *e164)
{
	if (str_starts(e164, "+656"))
		return true;
	return str_starts(e164, "+60") && e164[3] >= '3' && e164[3] <= '9';
}
