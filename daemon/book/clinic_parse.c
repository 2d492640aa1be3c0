/* SPDX-License-Identifier: MIT */
/*
 * clinic_parse.c - the clinic file: from bytes to a checked struct.
 *
 * The order of reading is the order of reference: branches, rooms, services,
 * doctors, closures. The nesting is measured before jansson sees the document,
 * so that its recursion is bounded by us.
 */
#include <ctype.h>
#include <stdatomic.h>
#include <string.h>

#include "book/clinic_reader.h"
#include "book/email.h"
#include "book/phone.h"

#define DOCUMENT_MAX ((size_t)1 << 20)
#define DEPTH_MAX 16
#define ARENA_MAX ((size_t)64 << 20)

const char *const clinic_language_tags[3] = { "en", "ms", "zh-Hans" };

static bool
language_good(const char *s)
{
	for (int i = 0; i < 3; i++)
		if (strcmp(s, clinic_language_tags[i]) == 0)
			return true;
	return false;
}

static void
read_languages(struct reader *r, const struct node *n)
{
	if (n->v == NULL) {
		for (int i = 0; i < 3; i++)
			strlist_add(
			    &r->clinic->languages, r->arena, clinic_language_tags[i]);
		return;
	}
	r->clinic->languages =
	    node_list(r, n, language_good, "one of en, ms and zh-Hans");
	if (json_is_array(n->v) && json_array_size(n->v) == 0)
		node_wrong(
		    r, n, "invalid", "at least one of en, ms and zh-Hans is expected");
}

/* Short numbers are numbers too: this is shown, and dialled by people. */
static bool
phone_shown_good(const char *s)
{
	size_t digits = 0;

	for (size_t i = 0; s[i] != '\0'; i++)
		digits += isdigit((unsigned char)s[i]) != 0;
	return s[strspn(s, "0123456789 +()-.")] == '\0' && digits >= 3 && digits <= 15;
}

static void
read_contacts(struct reader *r, const struct node *n)
{
	struct node phone = node_key(n, "phone"), whatsapp = node_key(n, "whatsapp");
	struct node dpo = node_key(n, "dpo_email");
	struct clinic *c = r->clinic;
	char e164[PHONE_LEN];

	c->phone = node_text(r, &phone, 40, 0);
	if (c->phone != NULL && !phone_shown_good(c->phone))
		node_wrong(r, &phone, "invalid", "a telephone number is expected here");
	c->whatsapp = node_text(r, &whatsapp, 40, 0);
	if (c->whatsapp != NULL &&
	    phone_normalise(c->whatsapp, c->country, e164) != PHONE_OK)
		node_wrong(r, &whatsapp, "invalid",
		    "a whole telephone number, such as \"+65 9123 4567\", is expected "
		    "here");
	c->dpo_email = node_text(r, &dpo, EMAIL_LEN_MAX, 0);
	if (c->dpo_email != NULL && email_normalise(r->arena, c->dpo_email) == NULL)
		node_wrong(r, &dpo, "invalid", "an e-mail address is expected here");
}

/* One text that is all of some form, or what is there without it. */
static const char *
read_form(struct reader *r, const struct node *n, const char *otherwise,
    bool (*good)(const char *), const char *expected)
{
	const char *s = json_string_value(n->v);

	if (n->v == NULL && otherwise == NULL)
		node_wrong(r, n, "missing", "%s is needed here", expected);
	else if (n->v != NULL && (s == NULL || !good(s)))
		node_wrong(r, n, "invalid", "%s is expected here", expected);
	else if (n->v != NULL)
		return arena_strdup(r->arena, s);
	return otherwise;
}

static bool
prefix_good(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	return s[n] == '\0' && n >= 1 && n <= 6;
}

static bool
country_good(const char *s)
{
	return strcmp(s, "SG") == 0 || strcmp(s, "MY") == 0;
}

static bool
colour_good(const char *s)
{
	return s[0] == '#' && strlen(s) == 7 &&
	       strspn(s + 1, "0123456789abcdefABCDEF") == 6;
}

static void
read_retention(struct reader *r, const struct node *n)
{
	static const char *const keys[] = { "unattended", "attended", "spam", NULL };
	int days[3] = { 365, 365, 30 };

	if (node_object(r, n, keys))
		for (int i = 0; i < 3; i++) {
			struct node at = node_key(n, keys[i]);

			days[i] =
			    node_int(r, &at, (struct range){ 1, 36500, 1 }, days[i]);
		}
	r->clinic->retention = (struct clinic_retention){ days[0], days[1], days[2] };
}

static void
read_clinic(struct reader *r, const struct node *n, struct clinic_settings *settings)
{
	static const char *const keys[] = { "name", "prefix", "country", "time_zone",
		"languages", "phone", "whatsapp", "dpo_email", "colour", SETTING_KEYS,
		"retention_days", "texts", NULL };
	struct node name = node_key(n, "name"), prefix = node_key(n, "prefix");
	struct node country = node_key(n, "country"), zone = node_key(n, "time_zone");
	struct node languages = node_key(n, "languages"), colour = node_key(n, "colour");
	struct node days = node_key(n, "retention_days"), texts = node_key(n, "texts");
	struct clinic *c = r->clinic;

	if (n->v == NULL)
		node_wrong(r, n, "missing", "name, prefix and time_zone are needed here");
	if (!node_object(r, n, keys))
		return;
	c->name = node_text(r, &name, 100, NEEDED);
	c->prefix = read_form(
	    r, &prefix, NULL, prefix_good, "a prefix of 1 to 6 capital letters A-Z");
	c->country = read_form(r, &country, "SG", country_good, "SG or MY");
	c->colour =
	    read_form(r, &colour, "#2d6a6a", colour_good, "a colour such as \"#2d6a6a\"");
	c->zone = read_zone(r, &zone);
	read_languages(r, &languages);
	read_contacts(r, n);
	read_settings(r, n, settings);
	read_retention(r, &days);
	read_texts(r, &texts);
}

static void
read_document(struct reader *r, json_t *v)
{
	static const char *const keys[] = { "clinic", "branches", "services", "doctors",
		"rooms", "closures", NULL };
	struct node doc = { .v = v }, clinic = node_key(&doc, "clinic");
	struct clinic_settings settings = clinic_default_settings;

	if (!node_object(r, &doc, keys))
		return;
	read_clinic(r, &clinic, &settings);
	read_branches(r, &doc, &settings);
	read_rooms(r, &doc);
	read_services(r, &doc);
	read_doctors(r, &doc);
	read_closures(r, &doc);
}

/* Where the nesting first becomes too deep; false when it never does. */
static bool
too_deep(const char *json, size_t len, int *ret_line, int *ret_column)
{
	int depth = 0, line = 1;
	size_t line_start = 0;
	bool quoted = false;

	for (size_t i = 0; i < len; i++) {
		char c = json[i];

		if (c == '\n') {
			line++;
			line_start = i + 1;
		} else if (quoted && c == '\\') {
			i++;
		} else if (c == '"') {
			quoted = !quoted;
		} else if (!quoted && (c == '}' || c == ']')) {
			depth--;
		} else if (!quoted && (c == '{' || c == '[') && ++depth > DEPTH_MAX) {
			*ret_line = line;
			*ret_column = (int)(i - line_start) + 1;
			return true;
		}
	}
	return false;
}

static json_t *
load(struct reader *r, const char *json, size_t len)
{
	static const struct node top = { 0 };
	int line, column;
	json_error_t e;
	json_t *v;

	if (len > DOCUMENT_MAX) {
		node_wrong(r, &top, "malformed", "at most 1 MiB is expected");
		return NULL;
	}
	if (too_deep(json, len, &line, &column)) {
		node_wrong(r, &top, "malformed",
		    "line %d, column %d: nested deeper than %d levels", line, column,
		    DEPTH_MAX);
		return NULL;
	}
	if ((v = json_loadb(json, len, JSON_REJECT_DUPLICATES, &e)) == NULL)
		node_wrong(r, &top, "malformed", "line %d, column %d: %s", e.line,
		    e.column,
		    str_utf8_valid(e.text, strlen(e.text)) ? e.text : "not JSON");
	return v;
}

static _Atomic int64_t serial;

struct clinic *
clinic_parse(const char *json, size_t len, struct problems *problems)
{
	struct arena *a = arena_new(ARENA_MAX);
	struct reader r = { .arena = a, .problems = problems };
	json_t *v = load(&r, json, len);

	r.clinic = ARENA_NEW(a, struct clinic);
	r.clinic->arena = a;
	r.clinic->serial = atomic_fetch_add(&serial, 1) + 1;
	if (v != NULL)
		read_document(&r, v);
	json_decref(v);
	if (r.wrong) {
		clinic_free(r.clinic);
		return NULL;
	}
	r.clinic->document = arena_strndup(a, json, len);
	return r.clinic;
}
