/* SPDX-License-Identifier: MIT */
/*
 * booking.h - a consultation request: what comes in, what is shown of it.
 *
 * Files of this noun: booking_form (fields and checks), booking_create (the
 * transaction), booking_item and booking_detail (reading), booking_act (what
 * staff do), find (lists). All strings live in the call's arena.
 */
#ifndef BOOK_BOOKING_H
#define BOOK_BOOKING_H

#include "base/obuf.h"
#include "book/op.h"
#include "book/phone.h"
#include "book/reference.h"
#include "book/status.h"
#include "book/tag.h"

#define IDEMPOTENCY_MS (48 * HOUR_MS)
#define DUPLICATE_MS (30 * MINUTE_MS)
#define TOKEN_MS (365 * DAY_MS) /* without an appointment: as long as the request is kept */
#define TOKEN_AFTER_MS (7 * DAY_MS) /* a link ends so long after the visit */

/* Derived: it follows from a concern that was ticked or that staff added, by the
 * catalogue. Never stored: it comes and goes with that concern. */
enum tag_source { TAG_PATIENT, TAG_TEXT, TAG_STAFF, TAG_ARTICLE, TAG_DERIVED, TAG_SOURCES };
extern const char *const tag_source_names[TAG_SOURCES + 1]; /* NULL-terminated */

/* ---- what comes in: POST /book, POST /api/v1/bookings, POST .../staff/bookings ---- */

struct booking_form {
	struct strlist concerns, reasons;
	const char *full_name, *phone, *contact_method, *email;
	int age_18_or_over;
	const char *guardian_name, *guardian_phone, *guardian_relation;
	int consent;
	const char *consent_version, *basis; /* basis: JSON consent {"basis":"verbal"} */
	struct strlist preferred_days, preferred_parts;
	const char *branch, *service, *doctor, *slot, *best_time_to_call, *language;
	const char *visited_before, *note;
	const char *article, *page, *referrer_host;
	const char *utm_source, *utm_medium, *utm_campaign, *utm_term, *utm_content;
	const char *form_token, *lang, *hp_website, *return_url;
	const char *channel;

	/* Not from the body: */
	const char *idempotency_key; /* header; NULL when absent */
	bool from_form;		     /* a browser's form, not JSON */
	const char *public_url;
	bool suspicious; /* quarantined, and answered like any other */
	int64_t claims_per_hour; /* that patients may take by themselves; 0: no limit */
	const char *spam_reason; /* the signs, when suspicious: "spam:honeypot,words" */
	/* Made by booking_check: */
	char e164[PHONE_LEN], guardian_e164[PHONE_LEN];
	const char *mail; /* normalised */
	int64_t days, parts; /* bits */
	int64_t slot_ms;     /* the time chosen; 0: none */
	const struct branch *at;
	int64_t hours_limit_ms; /* of open time until the answer is due */
	uint8_t body_hash[SECRET_HASH_LEN];
	struct strlist tokens; /* for finding the person again */
	struct tag_match *matches; /* what the note says by itself */
	size_t match_count;
};

extern const struct fields booking_fields;	 /* public and staff */
extern const char *const contact_methods[], *const languages[], *const day_names[],
    *const part_names[], *const channels[], *const yes_no_unsure[];

/* Whatever one field cannot tell: what is required, what must agree. Adds all
 * problems; fills the second half of the form. staff: a caller is entered. */
void booking_check(struct booking_form *, const struct clinic *, struct problems *,
    bool staff);
int64_t booking_day_bits(const struct strlist *), booking_part_bits(const struct strlist *);
struct strlist booking_day_list(struct arena *, int64_t bits),
    booking_part_list(struct arena *, int64_t bits);

/* The answer to a post; json is what the API sends, and what is stored for the
 * same post sent again. */
struct booking_answer {
	const char *json, *reference, *token;
	bool replayed;
};

int booking_create(struct tx *, struct call *);
int booking_enter(struct tx *, struct call *);
/* Nothing, to those who may: who is signed in, for the form's page. */
int booking_may_enter(struct tx *, struct call *);

/* A form token of ours: when it was made, signed. Static page copies share one. */
const char *booking_form_token(struct arena *, int64_t now_ms);
bool booking_form_token_valid(const char *token, int64_t *ret_made_ms);

/* ---- what is shown ---- */

struct booking_tag {
	const struct term *term;
	enum tag_source source;
};

/* Of one request, as a list shows it; masked by the actor's capabilities. */
struct booking_item {
	int64_t n, version, received_at, respond_by, clock_at, contacted_at; /* 0: never */
	enum status status;
	int64_t starts_at, ends_at; /* of the appointment held, or that was; 0: none */
	int64_t wish;		    /* a time that is wished for and not held; 0 */
	int64_t hold_ends_at, stranded_at; /* 0: no */
	int64_t sequence;		   /* of the calendar entry */
	const char *reference, *full_name, *phone, *email, *contact_method, *language;
	const char *branch, *service, *doctor, *room, *visited_before, *channel;
	const char *uid;	  /* the booking's UUID */
	const char *stranded_why; /* a word of slot.def; NULL: it can be kept */
	const char *manage_token; /* a fresh link, when one was asked for; else NULL */
	const struct zone *zone; /* the branch's */
	bool minor;		 /* said to be under 18 */
	bool again;		 /* linked to an earlier one of the same person */
	struct booking_tag *tags;
	size_t tag_count;
};

void booking_item_json(struct obuf *, const struct booking_item *);
/* Its members alone, into an object that has more. */
void booking_item_members(struct obuf *, const struct booking_item *);
/* What is reported of a phone or address to those who may not see it. */
const char *booking_mask(struct arena *, const char *text);

/* Row n as an item. 1, 0 when there is none, or an E_ code. */
int booking_item_load(struct tx *, const struct call *, int64_t n, struct booking_item *);
/* The row behind a reference, within the actor's branch; E_NOT_FOUND otherwise. */
int booking_by_reference(struct tx *, const struct call *, const char *reference,
    int64_t *ret_n);

/* ---- the patient's own view ---- */

struct booking_view_cmd {
	const char *token;
};

struct booking_view {
	bool disowned; /* who holds the link said that it is not theirs: nothing below is there */
	bool erasure_asked;
	bool may_confirm, may_move, may_cancel, may_undo;
	bool too_late; /* there is an appointment, and the cut-off has passed */
	int64_t changed_at; /* the last event of it */
	struct booking_item item;
	const char *note; /* for 24 hours, then NULL */
	bool details;	  /* concerns and note may still be shown */
	struct strlist preferred_days, preferred_parts;
};

int booking_view(struct tx *, struct call *);
/* What a patient does with an appointment, by the link: until the branch's cut-off
 * before it begins, E_TOO_LATE after. */
struct own_cmd {
	const char *token;
	const char *slot, *doctor, *reason; /* of a move; of a withdrawal */
	const char *from; /* the first day of times to move to; NULL: today */
};

extern const struct fields own_move_fields, own_cancel_fields, own_times_fields;
int booking_confirm(struct tx *, struct call *);
int booking_move(struct tx *, struct call *);
int booking_withdraw(struct tx *, struct call *);
/* Takes a withdrawal back within OWN_UNDO_MS, while the time is free. */
int booking_undo(struct tx *, struct call *);
#define OWN_UNDO_MS (30 * MINUTE_MS)

/* Asks staff to erase it; once. */
int booking_ask_erasure(struct tx *, struct call *);
/* "I am not this person": the link shows nothing from here on. */
int booking_disown(struct tx *, struct call *);

/* ---- one request, whole, for staff ---- */

struct booking_read_cmd {
	const char *reference;
};

struct booking_detail {
	const char *json;
	int64_t version, n;
};

int booking_read(struct tx *, struct call *);
/* All of request n, into an object that may have more. An E_ code, or >= 0. */
int booking_detail_members(struct obuf *, struct tx *, const struct call *, int64_t n,
    int64_t *ret_version);

/* ---- acts of staff ---- */

struct act_cmd {
	const char *reference, *action; /* from the path */
	int64_t if_match;		/* FIELD_ABSENT without the header */
	bool any_version;		/* one key rescues: no version is asked for */
	/* from the body, by action: */
	const char *reason, *channel, *outcome, *text, *next_due;
	const char *slot, *service, *doctor, *room;
	int override;
	struct strlist add, remove;
	const char *full_name, *phone, *contact_method, *email, *language;
	const char *guardian_name, *guardian_phone, *guardian_relation, *best_time_to_call;
	struct strlist preferred_days, preferred_parts;
};

/* The fields of one action's body; NULL when there is no such action. */
const struct fields *act_fields(const char *action);
int booking_act(struct tx *, struct call *);

/* ---- pieces shared by the files of this noun ---- */

struct history {
	int64_t n;
	const char *kind;
	int from, to; /* statuses; -1: none */
	const char *reason;
	const char *detail; /* clear text; sealed here. NULL: none */
};

int history_add(struct tx *, const struct call *, const struct uuid *booking,
    const struct history *);
const char *actor_kind_name(enum actor_kind);
/* The first messages: to the clinic and, when there is an address, to the patient. */
int booking_messages_put(struct tx *, int64_t n, const char *mail, const char *language);
int consent_add(struct tx *, int64_t n, const char *basis, int64_t text, const char *language,
    const char *channel);
int search_tokens_put(struct tx *, int64_t n, const struct strlist *tokens);
int tags_put(struct tx *, int64_t n, enum status, const struct strlist *slugs, enum term_kind,
    enum tag_source);
/* Tags of source text, with the place of their words. */
int tags_suggest(struct tx *, int64_t n, enum status, const struct tag_match *, size_t count);
/* A new link of the patient's to request n; the token in the arena. */
int booking_link_make(struct tx *, int64_t n, const char **ret_token);
struct appointment;
struct q_booking_row_out;
/* What a link opens. 1, 0 when it was given back (somebody else has it), E_NOT_FOUND. */
int booking_link_open(struct tx *, const char *token, struct q_booking_row_out *ret_row);
/* Takes the time once more that a request held when it was in that status, if it held
 * one; E_SLOT_TAKEN when somebody has it. */
int booking_retake(struct tx *, struct call *, const struct q_booking_row_out *,
    const struct appointment *, enum status);
struct blob note_seal(struct arena *, const struct uuid *booking, const char *text);
const char *note_open(struct arena *, const struct uuid *booking, struct blob);

#endif
