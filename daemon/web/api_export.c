/* SPDX-License-Identifier: MIT */
/*
 * api_export.c - the list as CSV, all rows, streamed a page at a time: no read
 * transaction outlives a page, and the memory is that of one page.
 */
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "book/find.h"
#include "web/handlers.h"

#define PAGE 200

/* What outlives a page. */
struct export {
	struct find_cmd cmd;
	struct actor actor;
	struct arena_mark mark;
	bool started;
};

static const char *const columns[] = { "reference", "status", "received_at", "respond_by",
	"full_name", "phone", "email", "contact_method", "language", "branch", "service",
	"doctor", "room", "starts_at", "ends_at", "concerns", "reasons", "options", "flags", "visited_before", "channel" };

static void
cell(struct obuf *o, const char *s)
{
	obuf_csv(o, s);
	obuf_putc(o, ',');
}

static void
time_cell(struct obuf *o, const struct booking_item *item, int64_t ms)
{
	char text[40];

	cell(o, ms == 0 || item->zone == NULL ? "" : rfc3339_local(item->zone, ms, text));
}

static void
terms_cell(struct obuf *o, struct arena *a, const struct booking_item *item, enum term_kind kind)
{
	const char *text = "";

	for (size_t i = 0; i < item->tag_count; i++)
		if (item->tags[i].term->kind == kind)
			text = arena_printf(a, "%s%s%s", text, *text == '\0' ? "" : " ",
			    item->tags[i].term->slug);
	cell(o, text);
}

/* "65 9123 4567": no plus, which a spreadsheet would take for a formula. */
static const char *
phone_text(struct arena *a, const char *phone)
{
	return phone[0] == '+' ? phone_grouped(a, phone) + 1 : phone;
}

static void
row(struct obuf *o, struct arena *a, const struct booking_item *item, const char *note,
    bool notes)
{
	char received[CLOCK_TEXT_LEN], due[40];

	cell(o, item->reference);
	cell(o, status_name(item->status));
	cell(o, clock_rfc3339(item->received_at, received));
	cell(o, item->zone == NULL ? "" : rfc3339_local(item->zone, item->respond_by, due));
	cell(o, item->full_name);
	cell(o, phone_text(a, item->phone));
	cell(o, item->email);
	cell(o, item->contact_method);
	cell(o, item->language);
	cell(o, item->branch);
	cell(o, item->service);
	cell(o, item->doctor);
	cell(o, item->room);
	time_cell(o, item, item->starts_at);
	time_cell(o, item, item->ends_at);
	terms_cell(o, a, item, TERM_CONCERN);
	terms_cell(o, a, item, TERM_REASON);
	terms_cell(o, a, item, TERM_OPTION);
	terms_cell(o, a, item, TERM_FLAG);
	cell(o, item->visited_before);
	obuf_csv(o, item->channel);
	if (notes) {
		obuf_putc(o, ',');
		obuf_csv(o, note);
	}
	obuf_puts(o, "\r\n");
}

static void
header(struct obuf *o, bool notes)
{
	obuf_puts(o, "\xef\xbb\xbf"); /* so that spreadsheets read it as UTF-8 */
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		obuf_printf(o, "%s%s", i > 0 ? "," : "", columns[i]);
	obuf_puts(o, notes ? ",note\r\n" : "\r\n");
}

static void more(struct req *);

static void
render_page(struct exchange *x)
{
	struct export *e = x->state;
	const struct find_res *res = x->call->res;
	struct reply *r = &x->req->reply;
	bool notes = e->cmd.notes != NULL && strcmp(e->cmd.notes, "yes") == 0;
	bool first = !e->started;

	if (first) {
		e->started = true;
		e->actor = x->call->actor;
		e->actor.name = arena_strdup(x->req->arena, e->actor.name);
		e->mark = arena_mark(x->req->arena);
		r->status = 200;
		r->content_type = "text/csv; charset=utf-8; header=present";
		r->more = more;
		req_add_field(x->req, "Content-Disposition", "attachment; filename=\"bookings.csv\"");
		header(&r->body, notes);
	} else
		obuf_init(&r->body, x->req->arena, 8 << 20);
	for (size_t i = 0; i < res->count; i++)
		row(&r->body, x->req->arena, &res->items[i],
		    res->notes == NULL ? NULL : res->notes[i], notes);
	e->cmd.after = res->next;
	if (first)
		exchange_send(x);
	else {
		clinic_put(x->clinic);
		x->clinic = NULL;
		req_send_more(x->req, res->next == 0);
	}
}

/* The last page is there already, or the next one is fetched. */
static void
more(struct req *q)
{
	struct exchange *x = q->app;
	struct export *e = x->state;
	struct find_cmd *cmd;

	if (e->cmd.after == 0) {
		obuf_reset(&q->reply.body);
		req_send_more(q, true);
		return;
	}
	arena_rewind(q->arena, e->mark);
	exchange_resume(x);
	cmd = ARENA_NEW(q->arena, struct find_cmd);
	*cmd = e->cmd;
	exchange_call(x, &op_booking_export, cmd);
	x->call->key = NULL; /* settled with the first page */
	x->call->actor = e->actor;
	exchange_submit(x, render_page);
}

/* After the first page there is no status left to change: cut it off, visibly. */
static void
refuse(struct exchange *x, int rc)
{
	struct export *e = x->state;

	if (e->started) {
		x->req->reply.close = true;
		clinic_put(x->clinic);
		x->clinic = NULL;
		req_abort(x->req);
		return;
	}
	problem_reply(x->req, x->route, rc, &x->call->problems, NULL);
	exchange_send(x);
}

void
staff_csv(struct exchange *x)
{
	struct export *e = ARENA_NEW(x->req->arena, struct export);
	struct call *c;

	if (x->clinic == NULL) {
		exchange_error(x, E_UNAVAILABLE);
		return;
	}
	c = exchange_call(x, &op_booking_export, &e->cmd);
	x->state = e;
	x->refuse = refuse;
	decode_query(x->req, &find_fields, &e->cmd, &c->problems, true);
	if (e->cmd.limit != FIELD_ABSENT || e->cmd.cursor != NULL)
		problem_add(&c->problems, e->cmd.cursor != NULL ? "cursor" : "limit", "unknown_field",
		    "An export has all rows.");
	find_check(&e->cmd, x->clinic, &c->problems);
	e->cmd.limit = PAGE;
	exchange_submit(x, render_page);
}
