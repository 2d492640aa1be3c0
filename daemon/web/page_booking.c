/* SPDX-License-Identifier: MIT */
/*
 * page_booking.c - the page a patient keeps: what was sent, what happens next and
 * by when. GET and HEAD change nothing: mail scanners and previews open links.
 */
#include <string.h>

#include "book/booking.h"
#include "book/ics.h"
#include "pages.h"
#include "web/handlers.h"
#include "web/page.h"

/* "2:00 pm on Wednesday 25 November 2026", as each language writes it. */
const char *
page_time(struct arena *a, const struct zone *zone, int64_t ms, int lang)
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
		return arena_printf(a, lang == 2 ? "%s%s%s。%s" : "%s%s %s. %s",
		    b->starts_at != 0 ? arena_printf(a, "%s ", t->next_held)
		    : b->wish != 0    ? arena_printf(a, "%s ", t->next_wish)
				      : "",
		    how, page_time(a, b->zone, b->respond_by, lang), t->nothing_to_do);
	case STATUS_BOOKED:
		return t->next_booked;
	case STATUS_CONFIRMED:
		return arena_printf(a, "%s%s%s", t->nothing_to_do, lang == 2 ? "" : " ", t->next_booked);
	case STATUS_CANCELLED:
		return t->next_cancelled;
	case STATUS_CLOSED:
		return t->next_closed;
	case STATUS_CONTACTED:
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

static const char *
heading_of(const struct booking_item *b, const struct texts *t)
{
	if (b->status == STATUS_BOOKED)
		return t->booked_heading;
	if (b->status == STATUS_CONFIRMED)
		return t->confirmed_heading;
	if (b->status == STATUS_CANCELLED)
		return b->starts_at != 0 ? t->appointment_cancelled_heading : t->cancelled_heading;
	return t->sent_heading;
}

/* When, with whom and where; an appointment that is over is told no more of. */
static void
fill_appointment(struct exchange *x, struct view_booking *v, const struct booking_item *b, int lang)
{
	struct arena *a = x->req->arena;
	const struct branch *at = clinic_branch(x->clinic, b->branch);
	const struct doctor *d = b->doctor == NULL ? NULL : clinic_doctor(x->clinic, b->doctor);

	if (b->starts_at == 0)
		return;
	v->when = page_time(a, b->zone, b->starts_at, lang);
	v->doctor = d == NULL ? NULL : d->name;
	if (at != NULL)
		v->where = *at->address == '\0' ? at->name
						: arena_printf(a, "%s\n%s", at->name, at->address);
}

static void
render_booking(struct exchange *x)
{
	const struct booking_view *b = x->call->res;
	struct arena *a = x->req->arena;
	int lang = clinic_language(b->item.language);
	const struct texts *t = &texts[lang];
	struct view_row *rows = ARENA_ARRAY(a, struct view_row, 12);
	struct view_booking v = { .t = t,
		.clinic = x->clinic->name,
		.phone = page_or_null(x->clinic->phone),
		.token = x->param[0],
		.erasure_asked = b->erasure_asked,
		.may_confirm = b->may_confirm,
		.may_move = b->may_move,
		.may_cancel = b->may_cancel,
		.may_undo = b->may_undo,
		.too_late = b->too_late,
		.appointment = b->item.starts_at != 0,
		.calendar = b->item.status == STATUS_BOOKED || b->item.status == STATUS_CONFIRMED,
		.heading = heading_of(&b->item, t),
		.reference = b->item.reference,
		.emergency = page_emergency(x->clinic),
		.rows = rows };

	if (b->disowned) {
		render_disowned(x, t);
		return;
	}
	v.next = next_step(a, &b->item, lang);
	fill_appointment(x, &v, &b->item, lang);
	if (b->item.wish != 0)
		add_row(&v, rows, t->row_wish, page_time(a, b->item.zone, b->item.wish, lang));
	add_row(&v, rows, t->row_name, b->item.full_name);
	add_row(&v, rows, t->row_received, page_time(a, b->item.zone, b->item.received_at, lang));
	add_row(&v, rows, t->row_concerns, b->details ? concerns_text(a, &b->item, lang) : NULL);
	add_row(&v, rows, t->row_days, page_days(a, &b->preferred_days, lang));
	add_row(&v, rows, t->row_parts, page_parts(a, &b->preferred_parts, lang));
	add_row(&v, rows, t->row_note, b->note);
	page_begin(x->req, 200);
	page_booking_view(&x->req->reply.body, &v);
	exchange_send(x);
}

/* Reads what the link opens. */
static void
view(struct exchange *x, void (*render)(struct exchange *))
{
	struct booking_view_cmd *cmd = ARENA_NEW(x->req->arena, struct booking_view_cmd);

	if (x->clinic == NULL) {
		exchange_error(x, E_UNAVAILABLE);
		return;
	}
	cmd->token = x->param[0];
	exchange_call(x, &op_booking_view, cmd);
	x->call->key = NULL;
	exchange_submit(x, render);
}

void
booking_page(struct exchange *x)
{
	view(x, render_booking);
}

/* ---- the calendar file ---- */

static void
render_ics(struct exchange *x)
{
	const struct booking_view *v = x->call->res;
	const struct branch *at = clinic_branch(x->clinic, v->item.branch);
	struct reply *r = &x->req->reply;
	struct arena *a = x->req->arena;
	struct ics_event e = { .sequence = v->item.sequence,
		.cancelled = v->item.status == STATUS_CANCELLED,
		.starts_at = v->item.starts_at,
		.ends_at = v->item.ends_at,
		.stamped_at = v->changed_at,
		.summary = texts[clinic_language(v->item.language)].appointment_word,
		.organizer_name = x->clinic->name };

	if (v->disowned || v->item.starts_at == 0) {
		exchange_error(x, E_NOT_FOUND);
		return;
	}
	e.uid = arena_printf(a, "%s@bookingd", v->item.uid);
	e.url = arena_printf(a, "%s/b/%s", x->req->conf->server_public_url, x->param[0]);
	if (at != NULL)
		e.location = *at->address == '\0' ? at->name
						  : arena_printf(a, "%s, %s", at->name, at->address);
	r->status = 200;
	r->content_type = "text/calendar; charset=utf-8";
	req_add_field(x->req, "Content-Disposition", "attachment; filename=\"appointment.ics\"");
	ics_write(&r->body, &e);
	exchange_send(x);
}

void
booking_ics(struct exchange *x)
{
	view(x, render_ics);
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

/* An act on the appointment; what it refuses is told as a page. */
static void
act_from_page(struct exchange *x, const struct op *op, const struct fields *fields)
{
	static const struct fields none = { NULL, 0 };
	struct own_cmd *cmd = ARENA_NEW(x->req->arena, struct own_cmd);
	const char *from = req_field(x->req, "sec-fetch-site");
	struct call *c;
	int rc = from != NULL && strcmp(from, "same-origin") != 0 ? E_FORBIDDEN
	    : x->clinic == NULL					  ? E_UNAVAILABLE
								  : 0;

	c = exchange_call(x, op, cmd);
	if (rc == 0 && x->req->body_len > 0)
		rc = decode_form(x->req, fields == NULL ? &none : fields, cmd, &c->problems);
	if (rc < 0) {
		exchange_error(x, rc);
		return;
	}
	cmd->token = x->param[0];
	c->key = NULL;
	exchange_submit(x, back_to_page);
}

void
booking_confirm_post(struct exchange *x)
{
	act_from_page(x, &op_booking_confirm, NULL);
}

void
booking_cancel_post(struct exchange *x)
{
	act_from_page(x, &op_booking_withdraw, &own_cancel_fields);
}

void
booking_undo_post(struct exchange *x)
{
	act_from_page(x, &op_booking_undo, NULL);
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
