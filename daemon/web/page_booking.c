/* SPDX-License-Identifier: MIT */
/*
 * page_booking.c - the page a patient keeps: what was sent, what happens next and
 * by when. GET and HEAD change nothing: mail scanners and previews open links.
 */
#include <string.h>

#include "book/booking.h"
#include "pages.h"
#include "web/handlers.h"
#include "web/page.h"

/* "2:00 pm on Wednesday 25 November 2026", as each language writes it. */
static const char *
spoken_time(struct arena *a, const struct zone *zone, int64_t ms, int lang)
{
	const struct texts *t = &texts[lang];
	const char *const weekdays[] = { "", t->mon, t->tue, t->wed, t->thu, t->fri, t->sat, t->sun };
	const char *const months[] = { "", t->month_1, t->month_2, t->month_3, t->month_4,
		t->month_5, t->month_6, t->month_7, t->month_8, t->month_9, t->month_10, t->month_11,
		t->month_12 };
	struct civil c = civil_from_ms(zone, ms);
	const char *weekday = weekdays[day_weekday(day_of_ms(zone, ms))];
	int hour = c.hour % 12 == 0 ? 12 : c.hour % 12;

	if (lang == 2)
		return arena_printf(a, "%d年%s%d日（%s）%s%d:%02d", c.year, months[c.month], c.day, weekday,
		    c.hour < 12 ? "上午" : "下午", hour, c.minute);
	if (lang == 1)
		return arena_printf(a, "%d:%02d %s, %s %d %s %d", hour, c.minute,
		    c.hour < 12 ? "pagi" : c.hour < 19 ? "petang" : "malam", weekday, c.day,
		    months[c.month], c.year);
	return arena_printf(a, "%d:%02d %s on %s %d %s %d", hour, c.minute, c.hour < 12 ? "am" : "pm",
	    weekday, c.day, months[c.month], c.year);
}

static const char *
next_step(struct arena *a, const struct booking_item *b, int lang)
{
	const struct texts *t = &texts[lang];
	const char *how = strcmp(b->contact_method, "whatsapp") == 0 ? t->next_whatsapp
	    : strcmp(b->contact_method, "email") == 0		     ? t->next_email
								     : t->next_phone;

	switch (b->status) {
	case STATUS_NEW:
	case STATUS_SPAM: /* nobody is told that they were quarantined */
		return arena_printf(a, lang == 2 ? "%s%s。%s" : "%s %s. %s", how,
		    spoken_time(a, b->zone, b->respond_by, lang), t->nothing_to_do);
	case STATUS_CANCELLED:
		return t->next_cancelled;
	case STATUS_CLOSED:
		return t->next_closed;
	case STATUS_CONTACTED:
	case STATUS_BOOKED:
	case STATUS_CONFIRMED:
	case STATUS_ARRIVED:
	case STATUS_ATTENDED:
	case STATUS_NO_SHOW:
	case STATUS_ERASED:
	case STATUS_COUNT:
		break;
	}
	return t->next_contacted;
}

static const char *
concerns_text(struct arena *a, const struct booking_item *b, int lang)
{
	const char *text = NULL;

	for (size_t i = 0; i < b->tag_count; i++) {
		const struct term *t = b->tags[i].term;

		if (b->tags[i].source != TAG_PATIENT || t->form_label[lang] == NULL)
			continue;
		text = text == NULL ? t->form_label[lang]
				    : arena_printf(a, "%s\n%s", text, t->form_label[lang]);
	}
	return text;
}

static void
add_row(struct view_booking *v, struct view_row *rows, const char *label, const char *text)
{
	if (text != NULL)
		rows[v->row_count++] = (struct view_row){ label, text };
}

/* Who holds this link said that it is not theirs: not even a reference is shown. */
static void
render_disowned(struct exchange *x, const struct texts *t)
{
	page_begin(x->req, 200);
	page_disowned(&x->req->reply.body, t, x->clinic->name, page_or_null(x->clinic->phone));
	exchange_send(x);
}

static void
render_booking(struct exchange *x)
{
	const struct booking_view *b = x->call->res;
	struct arena *a = x->req->arena;
	int lang = clinic_language(b->item.language);
	const struct texts *t = &texts[lang];
	struct view_row *rows = ARENA_ARRAY(a, struct view_row, 8);
	struct view_booking v = { .t = t,
		.clinic = x->clinic->name,
		.phone = page_or_null(x->clinic->phone),
		.token = x->param[0],
		.erasure_asked = b->erasure_asked,
		.heading = b->item.status == STATUS_CANCELLED ? t->cancelled_heading : t->sent_heading,
		.reference = b->item.reference,
		.emergency = page_emergency(x->clinic),
		.rows = rows };

	if (b->disowned) {
		render_disowned(x, t);
		return;
	}
	v.next = next_step(a, &b->item, lang);
	add_row(&v, rows, t->row_name, b->item.full_name);
	add_row(&v, rows, t->row_received, spoken_time(a, b->item.zone, b->item.received_at, lang));
	add_row(&v, rows, t->row_concerns, b->details ? concerns_text(a, &b->item, lang) : NULL);
	add_row(&v, rows, t->row_days, page_days(a, &b->preferred_days, lang));
	add_row(&v, rows, t->row_parts, page_parts(a, &b->preferred_parts, lang));
	add_row(&v, rows, t->row_note, b->note);
	page_begin(x->req, 200);
	page_booking_view(&x->req->reply.body, &v);
	exchange_send(x);
}

void
booking_page(struct exchange *x)
{
	struct booking_view_cmd *cmd = ARENA_NEW(x->req->arena, struct booking_view_cmd);

	if (x->clinic == NULL) {
		exchange_error(x, E_UNAVAILABLE);
		return;
	}
	cmd->token = x->param[0];
	exchange_call(x, &op_booking_view, cmd);
	x->call->key = NULL;
	exchange_submit(x, render_booking);
}

/* ---- what its forms ask ---- */

static void
back_to_page(struct exchange *x)
{
	reply_see_other(x, arena_printf(x->req->arena, "/b/%s", x->param[0]));
	exchange_send(x);
}

/* A post of our own page: browsers say where it comes from, and no other site may. */
static void
post_from_page(struct exchange *x, const struct op *op)
{
	struct booking_view_cmd *cmd = ARENA_NEW(x->req->arena, struct booking_view_cmd);
	const char *from = req_field(x->req, "sec-fetch-site");

	if (from != NULL && strcmp(from, "same-origin") != 0) {
		exchange_error(x, E_FORBIDDEN);
		return;
	}
	cmd->token = x->param[0];
	exchange_call(x, op, cmd);
	x->call->key = NULL;
	exchange_submit(x, back_to_page);
}

void
booking_delete_post(struct exchange *x)
{
	post_from_page(x, &op_booking_ask_erasure);
}

void
booking_not_me_post(struct exchange *x)
{
	post_from_page(x, &op_booking_disown);
}
