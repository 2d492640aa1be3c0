/* SPDX-License-Identifier: MIT */
/*
 * booking_form.c - the fields of a request and what must be true of them.
 *
 * One table for the form, multipart and JSON, public and staff. booking_check
 * runs on the worker before the transaction and lists every problem at once;
 * what it derives (phone, bits, hash, tokens) is what the transaction stores.
 */
#include <string.h>

#include "book/booking.h"
#include "book/email.h"
#include "book/search.h"

const char *const contact_methods[] = { "whatsapp", "phone", "email", NULL };
const char *const languages[] = { "en", "ms", "zh-Hans", "ta", "other", NULL };
const char *const day_names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun", "any",
	NULL };
const char *const part_names[] = { "morning", "afternoon", "evening", "any", NULL };
const char *const channels[] = { "phone", "whatsapp", "walk-in", "email", "other", NULL };
const char *const yes_no_unsure[] = { "yes", "no", "not-sure", NULL };
static const char *const bases[] = { "verbal", NULL };
static const char *const page_languages[] = { "en", "ms", "zh-Hans", NULL };

#define F(f, type, max) FIELD(booking_form, f, NULL, type, 0, max, NULL, 0)
#define CHOICE(f, type, max, choices) \
	FIELD(booking_form, f, NULL, type, 0, max, choices, 0)
#define SOURCE(f, max) \
	FIELD(booking_form, f, "source", LINE, 0, max, NULL, FIELD_UNHASHED)
#define EXTRA(f, max) \
	FIELD(booking_form, f, NULL, LINE, 0, max, NULL, FIELD_FORM_ONLY | FIELD_UNHASHED)

/* To add one: 1. a member of struct booking_form; 2. a row; 3. docs/openapi.yaml. */
static const struct field rows[] = {
	F(concerns, WORDS, 20),
	F(reasons, WORDS, 10),
	F(full_name, LINE, 200),
	F(phone, LINE, 60),
	CHOICE(contact_method, WORD, 0, contact_methods),
	F(email, LINE, 254),
	F(age_18_or_over, BOOL, 0),
	F(guardian_name, LINE, 200),
	F(guardian_phone, LINE, 60),
	F(guardian_relation, LINE, 60),
	F(consent, BOOL, 0),
	FIELD(booking_form, consent_version, NULL, LINE, 0, 40, NULL, FIELD_UNHASHED),
	FIELD(booking_form, basis, "consent", WORD, 0, 0, bases,
	    FIELD_JSON_ONLY | FIELD_STAFF),
	CHOICE(preferred_days, WORDS, 8, day_names),
	CHOICE(preferred_parts, WORDS, 4, part_names),
	F(branch, WORD, 0),
	F(service, WORD, 0),
	F(doctor, WORD, 0),
	F(slot, LINE, 40),
	F(best_time_to_call, LINE, 100),
	CHOICE(language, WORD, 0, languages),
	CHOICE(visited_before, WORD, 0, yes_no_unsure),
	F(note, LINES, 500),
	SOURCE(article, 200),
	SOURCE(page, 500),
	SOURCE(referrer_host, 253),
	SOURCE(utm_source, 100),
	SOURCE(utm_medium, 100),
	SOURCE(utm_campaign, 100),
	SOURCE(utm_term, 100),
	SOURCE(utm_content, 100),
	EXTRA(form_token, 200),
	FIELD(booking_form, lang, NULL, WORD, 0, 0, page_languages,
	    FIELD_FORM_ONLY | FIELD_UNHASHED),
	EXTRA(hp_website, 500),
	EXTRA(return_url, 500),
	FIELD(booking_form, channel, NULL, WORD, 0, 0, channels, FIELD_STAFF),
};

const struct fields booking_fields = FIELDS(rows);

static int64_t
bits_of(const struct strlist *words, const char *const *names)
{
	int64_t bits = 0;

	for (int i = 0; names[i] != NULL; i++)
		if (strlist_has(words, names[i]))
			bits |= (int64_t)1 << i;
	return bits;
}

static struct strlist
words_of(struct arena *a, int64_t bits, const char *const *names)
{
	struct strlist l = { 0 };

	for (int i = 0; names[i] != NULL; i++)
		if (bits >> i & 1)
			strlist_add(&l, a, names[i]);
	return l;
}

int64_t
booking_day_bits(const struct strlist *words)
{
	return bits_of(words, day_names);
}

int64_t
booking_part_bits(const struct strlist *words)
{
	return bits_of(words, part_names);
}

struct strlist
booking_day_list(struct arena *a, int64_t bits)
{
	return words_of(a, bits, day_names);
}

struct strlist
booking_part_list(struct arena *a, int64_t bits)
{
	return words_of(a, bits, part_names);
}

/* ---- checks ---- */

#define REQUIRED "required"
#define INVALID "invalid"

static void
check_slugs(const struct strlist *slugs, const char *name, enum term_kind kind,
    struct problems *p, bool staff)
{
	const struct taxonomy *t = taxonomy_get();

	for (size_t i = 0; i < slugs->n; i++) {
		const struct term *term = taxonomy_find(t, kind, slugs->v[i]);

		if (term == NULL || (!term->on_form && !staff))
			problem_say(p, arena_printf(p->arena, "%s[%zu]", name, i), INVALID,
			    M_NO_SUCH_CONCERN);
	}
}

static void
check_concerns(const struct booking_form *f, struct problems *p, bool staff)
{
	bool alone = strlist_has(&f->concerns, "not-sure") ||
		     strlist_has(&f->concerns, "not-asked");

	check_slugs(&f->concerns, "concerns", TERM_CONCERN, p, staff);
	check_slugs(&f->reasons, "reasons", TERM_REASON, p, staff);
	if (f->concerns.n == 0 && problem_of(p, "concerns[0]") == NULL)
		problem_say(p, "concerns", REQUIRED, M_NO_CONCERN);
	else if (alone && f->concerns.n > 1)
		problem_say(p, "concerns", INVALID, M_CONCERN_AND_UNSURE);
}

static void
check_phone(const char *typed, const char *name, const char *country, char *e164,
    struct problems *p)
{
	if (problem_of(p, name) != NULL)
		return;
	switch (phone_normalise(typed == NULL ? "" : typed, country, e164)) {
	case PHONE_OK:
		break;
	case PHONE_EMPTY:
		problem_say(p, name, REQUIRED,
		    strcmp(name, "phone") == 0 ? M_NO_PHONE : M_NO_GUARDIAN_PHONE);
		break;
	case PHONE_TWO:
		problem_say(p, name, INVALID, M_TWO_PHONES);
		break;
	case PHONE_BAD:
		problem_say(p, name, INVALID, M_BAD_PHONE);
		break;
	}
}

static void
check_email(struct booking_form *f, struct problems *p)
{
	bool wanted =
	    f->contact_method != NULL && strcmp(f->contact_method, "email") == 0;

	if (problem_of(p, "email") != NULL)
		return;
	if (f->email == NULL) {
		if (wanted)
			problem_say(p, "email", REQUIRED, M_NO_EMAIL);
		return;
	}
	f->mail = email_normalise(p->arena, f->email);
	if (f->mail == NULL)
		problem_say(p, "email", INVALID, M_BAD_EMAIL);
}

static void
check_person(struct booking_form *f, const struct clinic *c, struct problems *p)
{
	if (f->full_name == NULL && problem_of(p, "full_name") == NULL)
		problem_say(p, "full_name", REQUIRED, M_NO_NAME);
	check_phone(f->phone, "phone", c->country, f->e164, p);
	if (f->contact_method == NULL && problem_of(p, "contact_method") == NULL)
		problem_say(p, "contact_method", REQUIRED, M_NO_METHOD);
	check_email(f, p);
	if (f->age_18_or_over < 0 && problem_of(p, "age_18_or_over") == NULL)
		problem_say(p, "age_18_or_over", REQUIRED, M_NO_AGE);
	if (f->age_18_or_over != 0)
		return;
	if (f->guardian_name == NULL && problem_of(p, "guardian_name") == NULL)
		problem_say(p, "guardian_name", REQUIRED, M_NO_GUARDIAN);
	if (f->guardian_relation == NULL && problem_of(p, "guardian_relation") == NULL)
		problem_say(p, "guardian_relation", REQUIRED, M_NO_RELATION);
	check_phone(f->guardian_phone, "guardian_phone", c->country, f->guardian_e164, p);
}

static const struct branch *
only_active_branch(const struct clinic *c)
{
	return c->branch_count == 1 ? &c->branches[0] : NULL;
}

static void
check_place(struct booking_form *f, const struct clinic *c, struct problems *p)
{
	f->at = f->branch == NULL ? only_active_branch(c) : clinic_branch(c, f->branch);
	if (f->at == NULL && problem_of(p, "branch") == NULL) {
		if (f->branch == NULL)
			problem_say(p, "branch", REQUIRED, M_NO_BRANCH);
		else
			problem_say(p, "branch", INVALID, M_NO_SUCH_BRANCH);
	}
	if (f->service == NULL && c->service_count > 0)
		f->service = c->services[0].slug;
	else if (f->service != NULL && clinic_service(c, f->service) == NULL)
		problem_say(p, "service", INVALID, M_NO_SUCH_SERVICE);
	if (f->doctor != NULL && clinic_doctor(c, f->doctor) == NULL)
		problem_say(p, "doctor", INVALID, M_NO_SUCH_DOCTOR);
	if (f->slot == NULL || *f->slot == '\0')
		return;
	if (!rfc3339_parse(f->slot, &f->slot_ms))
		problem_say(p, "slot", INVALID, M_SLOT_OFFSET);
	else if (f->slot_ms == 0) /* 1970 began then: 0 says that no time was chosen */
		f->slot_ms = -1;
}

static void
check_preferences(struct booking_form *f, struct problems *p)
{
	f->days = booking_day_bits(&f->preferred_days);
	f->parts = booking_part_bits(&f->preferred_parts);
	if (f->language == NULL)
		f->language = f->lang != NULL ? f->lang : "en";
	if (strlist_has(&f->preferred_days, "any") && f->preferred_days.n > 1)
		problem_say(p, "preferred_days", INVALID, M_DAYS_AND_ANY);
	if (strlist_has(&f->preferred_parts, "any") && f->preferred_parts.n > 1)
		problem_say(p, "preferred_parts", INVALID, M_PARTS_AND_ANY);
}

static void
check_consent(struct booking_form *f, struct problems *p, bool staff)
{
	if (staff) {
		if (f->basis == NULL && f->consent != 1 && problem_of(p, "consent") == NULL)
			problem_add(p, "consent", REQUIRED, "%s",
			    f->from_form ? "Tick that the patient agreed. Without that we may "
					   "not keep their details."
					 : "Say how consent was given: {\"basis\":\"verbal\"}.");
		if (f->channel == NULL && problem_of(p, "channel") == NULL)
			problem_add(
			    p, "channel", REQUIRED, "Say how the request reached you.");
		return;
	}
	if (f->consent != 1 && problem_of(p, "consent") == NULL)
		problem_say(p, "consent", REQUIRED, M_NO_CONSENT);
}

/* Text from another site: an unknown article is "unknown", never a refusal; a
 * page keeps its path only. */
static void
clean_source(struct booking_form *f, struct arena *a)
{
	if (f->article != NULL && strcmp(f->article, taxonomy_get()->article_slug) != 0)
		f->article = "unknown";
	if (f->page != NULL)
		f->page = arena_strndup(a, f->page, strcspn(f->page, "?#"));
}

void
booking_check(
    struct booking_form *f, const struct clinic *c, struct problems *p, bool staff)
{
	check_concerns(f, p, staff);
	check_person(f, c, p);
	check_place(f, c, p);
	check_preferences(f, p);
	check_consent(f, p, staff);
	clean_source(f, p->arena);
	if (p->n > 0)
		return;
	f->hours_limit_ms = f->at->settings.respond_within_open_hours * HOUR_MS;
	if (f->note != NULL && lexicon_get() != NULL) {
		f->matches = ARENA_ARRAY(p->arena, struct tag_match, TAG_MATCHES_MAX);
		f->match_count = tag_text(lexicon_get(), p->arena, f->note, f->matches);
	}
	f->tokens = search_tokens(p->arena, f->full_name, f->e164, f->mail);
	fields_hash(&booking_fields, f, f->body_hash);
}
