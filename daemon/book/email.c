/* SPDX-License-Identifier: MIT */
/*
 * email.c - e-mail addresses.
 *
 * Full-width letters, signs and stops, as Chinese input methods type them, are
 * narrowed first. libidn2 maps the domain; its labels are checked here. (Its
 * own STD3 rule drops what it forbids: "a@b@c.org" would become a@bc.org.)
 */
#include <ctype.h>
#include <idn2.h>
#include <string.h>
#include <utf8proc.h>

#include "base/str.h"
#include "book/email.h"

#define LOCAL_MAX 64   /* RFC 5321 4.5.3.1.1 */
#define LABEL_MAX 63   /* RFC 1035 2.3.4 */
#define TYPED_MAX 1024 /* a domain of 253 in any script is shorter, in bytes */

/* RFC 5322 3.2.3, atext in ASCII, with single dots between. */
static bool
local_good(const char *s, size_t n)
{
	if (n == 0 || n > LOCAL_MAX || s[0] == '.' || s[n - 1] == '.')
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '.' && s[i + 1] == '.')
			return false;
		if (c >= 128 ||
		    (!isalnum(c) && strchr(".!#$%&'*+-/=?^_`{|}~", c) == NULL))
			return false;
	}
	return true;
}

/* Letters, digits, hyphens; at least two labels, the last not a number. */
static bool
domain_good(const char *s)
{
	int labels = 0;
	bool letter = false;

	for (;; s++) {
		size_t n = strcspn(s, ".");

		if (n == 0 || n > LABEL_MAX || s[0] == '-' || s[n - 1] == '-')
			return false;
		/* What looks like an A-label and is none is nobody's. */
		if (n >= 4 && s[2] == '-' && s[3] == '-' && strncmp(s, "xn", 2) != 0)
			return false;
		letter = false;
		for (size_t i = 0; i < n; i++) {
			if (!islower((unsigned char)s[i]) &&
			    !isdigit((unsigned char)s[i]) && s[i] != '-')
				return false;
			letter |= !isdigit((unsigned char)s[i]);
		}
		labels++;
		s += n;
		if (*s == '\0')
			return labels >= 2 && letter;
	}
}

/* Full-width ASCII and ideographic stops to what they stand for; NULL when the
 * text is not UTF-8. */
static char *
narrow(struct arena *a, const char *typed)
{
	const utf8proc_uint8_t *s = (const utf8proc_uint8_t *)typed;
	char *out = arena_alloc(a, strlen(typed) + 1), *p = out;
	utf8proc_ssize_t n;
	utf8proc_int32_t c;

	for (; *s != '\0'; s += n) {
		n = utf8proc_iterate(s, -1, &c);
		if (n <= 0)
			return NULL;
		if (c >= 0xff01 && c <= 0xff5e) {
			*p++ = (char)(c - 0xff01 + '!');
		} else if (c == 0x3002 || c == 0xff61) {
			*p++ = '.';
		} else {
			memcpy(p, s, (size_t)n);
			p += n;
		}
	}
	*p = '\0';
	return out;
}

/* ASCII without A-labels: there UTS 46 asks no more than domain_good does. */
static bool
is_plain(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s >= 0x80 || (s[0] == '-' && s[1] == '-'))
			return false;
	return true;
}

const char *
email_normalise(struct arena *a, const char *typed)
{
	char *domain, *mapped = NULL, *text;
	const char *at, *address = NULL;

	if (strlen(typed) > TYPED_MAX)
		return NULL;
	text = narrow(a, typed);
	if (text == NULL)
		return NULL;
	text = str_trim(a, text);
	at = strchr(text, '@');
	if (at == NULL || !local_good(text, (size_t)(at - text)))
		return NULL;
	if (is_plain(at + 1))
		domain = arena_strdup(a, at + 1);
	else if (idn2_to_ascii_8z(at + 1, &mapped, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) ==
		 IDN2_OK)
		domain = mapped;
	else
		return NULL;
	for (char *p = domain; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	if (domain_good(domain) &&
	    (size_t)(at - text) + 1 + strlen(domain) <= EMAIL_LEN_MAX)
		address = arena_printf(a, "%.*s@%s", (int)(at - text), text, domain);
	idn2_free(mapped);
	return address;
}
