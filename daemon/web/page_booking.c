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

/* "2:00 pm on Wednesday 25 November 2026" */
static const char *
spoken_time(struct arena *a, const struct zone *zone, int64_t ms)
{
	static const char *const weekdays[] = { "", "Monday", "Tuesday", "Wednesday", "Thursday",
		"Friday", "Saturday", "Sunday" };
	static const char *const months[] = { "", "January", "February", "March", "April", "May",
		"June", "July", "August", "September", "October", "November", "December" };
	struct civil c = civil_from_ms(zone, ms);
	int hour = c.hour % 12 == 0 ? 12 : c.hour % 12;

	return arena_printf(a, "%d:%02d %s on %s %d %s %d", hour, c.minute,
	    c.hour < 12 ? "am" : "pm", weekdays[day_weekday(day_of_ms(zone, ms))], c.day,
	    months[c.month], c.year);
}

static const char *
next_step(struct arena *a, const struct clinic *c, const struct booking_item *b)
{
	const char *how = strcmp(b->contact_method, "whatsapp") == 0 ? "message you on WhatsApp"
	    : strcmp(b->contact_method, "email") == 0		     ? "email you"
								     : "call you";

	switch (b->status) {
	case STATUS_NEW:
	case STATUS_SPAM: /* nobody is told that they were quarantined */
		return arena_printf(a,
		    "We will %s by %s. You do not need to do anything else.", how,
		    spoken_time(a, b->zone, b->respond_by));
	case STATUS_CANCELLED:
		return "This request was cancelled. If that is not what you wanted, please call us.";
	case STATUS_CLOSED:
		return "This request is closed. You are welcome to send a new one.";
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
	return arena_printf(a, "%s has been in touch about your request.", c->name);
}

static const char *
joined(struct arena *a, const struct strlist *words, const char *const (*names)[2], size_t n)
{
	const char *text = NULL;

	for (size_t w = 0; w < words->n; w++)
		for (size_t i = 0; i < n; i++)
			if (strcmp(names[i][0], words->v[w]) == 0)
				text = text == NULL ? names[i][1]
						    : arena_printf(a, "%s, %s", text, names[i][1]);
	return text;
}

static const char *
concerns_text(struct arena *a, const struct booking_item *b)
{
	const char *text = NULL;

	for (size_t i = 0; i < b->tag_count; i++) {
		const struct term *t = b->tags[i].term;

		if (b->tags[i].source != TAG_PATIENT || t->form_label[0] == NULL)
			continue;
		text = text == NULL ? t->form_label[0]
				    : arena_printf(a, "%s\n%s", text, t->form_label[0]);
	}
	return text;
}

static void
add_row(struct view_booking *v, struct view_row *rows, const char *label, const char *text)
{
	if (text != NULL)
		rows[v->row_count++] = (struct view_row){ label, text };
}

static void
render_booking(struct exchange *x)
{
	const struct booking_view *b = x->call->res;
	struct arena *a = x->req->arena;
	struct view_row *rows = ARENA_ARRAY(a, struct view_row, 8);
	struct view_booking v = { .clinic = x->clinic->name,
		.phone = page_or_null(x->clinic->phone),
		.heading = b->item.status == STATUS_CANCELLED ? "Request cancelled" : "Request sent",
		.reference = b->item.reference,
		.next = next_step(a, x->clinic, &b->item),
		.emergency = page_emergency(x->clinic),
		.rows = rows };

	add_row(&v, rows, "Name", b->item.full_name);
	add_row(&v, rows, "Received", spoken_time(a, b->item.zone, b->item.received_at));
	add_row(&v, rows, "Concerns", b->details ? concerns_text(a, &b->item) : NULL);
	add_row(&v, rows, "Days", joined(a, &b->preferred_days, page_days, PAGE_DAYS));
	add_row(&v, rows, "Times of day", joined(a, &b->preferred_parts, page_parts, PAGE_PARTS));
	add_row(&v, rows, "Your note", b->note);
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
