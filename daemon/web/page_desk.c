/* SPDX-License-Identifier: MIT */
/* page_desk.c - the desk's lists: unanswered, find, by concern, spam. */
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "book/find.h"
#include "pages.h"
#include "web/desk.h"
#include "web/handlers.h"
#include "web/page.h"

#define PAGE 50

/* What somebody said, the text need not suggest; nor anybody twice. */
static bool
is_said(const struct booking_item *item, size_t i)
{
	const struct booking_tag *t = &item->tags[i];

	for (size_t k = 0; k < item->tag_count; k++)
		if (k != i && item->tags[k].term == t->term &&
		    (k < i || (t->source == TAG_TEXT && item->tags[k].source != TAG_TEXT)) &&
		    (t->source == TAG_TEXT || item->tags[k].source != TAG_TEXT))
			return true;
	return false;
}

/* Labels of one kind; what only the text suggests carries a question mark. */
static const char *
terms_text(struct arena *a, const struct booking_item *item, enum term_kind kind)
{
	const char *text = NULL;

	for (size_t i = 0; i < item->tag_count; i++) {
		const struct booking_tag *t = &item->tags[i];
		const char *label;

		if (t->term->kind != kind || is_said(item, i)
		    || (item->minor && strcmp(t->term->slug, "minor") == 0))
			continue;
		label = arena_printf(
		    a, "%s%s", t->term->label[0], t->source == TAG_TEXT ? "?" : "");
		text = text == NULL ? label : arena_printf(a, "%s, %s", text, label);
	}
	return text;
}

const char *
desk_concerns(struct arena *a, const struct booking_item *item)
{
	return terms_text(a, item, TERM_CONCERN);
}

/* What was said comes before what the text suggests. */
const char *
desk_flags(struct arena *a, const struct booking_item *item)
{
	const char *flags = terms_text(a, item, TERM_FLAG);

	if (!item->minor)
		return flags;
	return flags == NULL ? "Under 18: reach the guardian"
			     : arena_printf(a, "Under 18: reach the guardian, %s", flags);
}

const char *
desk_language(struct arena *a, const struct booking_item *item)
{
	return strcmp(item->language, "en") == 0 ? "" : desk_word(a, item->language);
}

/* When the visit is or was to be; a time that is only asked for says so. */
static const char *
visit_text(struct arena *a, const struct booking_item *item)
{
	if (item->starts_at == 0 && item->wish != 0)
		return arena_printf(a, "asked for %s", desk_time(a, item->zone, item->wish));
	return desk_time(a, item->zone, item->starts_at);
}

static void
fill_line(
    struct view_line *l, struct arena *a, const struct booking_item *item, int64_t now)
{
	bool open = item->status == STATUS_NEW;

	*l = (struct view_line){ .reference = item->reference,
		.name = item->full_name,
		.phone = item->phone,
		.language = desk_language(a, item),
		.concerns = desk_concerns(a, item),
		.flags = desk_flags(a, item),
		.again = item->again,
		.status = desk_word(a, status_name(item->status)),
		.visit = visit_text(a, item),
		.stranded = item->stranded_at != 0,
		.received = desk_time(a, item->zone, item->received_at),
		.due = open ? desk_time(a, item->zone, item->respond_by) : "",
		.late = open && item->respond_by < now };
}

/* ---- one list page for all ---- */

struct listing {
	struct view_list view;
	const char *title, *path;
};

const char *
desk_next(struct exchange *x, const char *path, const struct find_cmd *cmd,
    const struct find_res *res)
{
	struct arena *a = x->req->arena;
	const char *address;

	if (res->next == 0 || res->count == 0)
		return NULL;
	address = arena_printf(a, "%s?cursor=%s", path, find_cursor(a, cmd, res));
	for (const char *s = x->req->query; *s != '\0';) {
		size_t n = strcspn(s, "&");

		if (n > 0 && strncmp(s, "cursor=", 7) != 0)
			address = arena_printf(a, "%s&%.*s", address, (int)n, s);
		s += n;
		s += *s == '&';
	}
	return address;
}

static void
render_list(struct exchange *x)
{
	struct listing *l = x->state;
	const struct find_res *res = x->call->res;
	struct view_line *lines =
	    ARENA_ARRAY(x->req->arena, struct view_line, res->count + 1);
	int64_t now = clock_now_ms();

	for (size_t i = 0; i < res->count; i++)
		fill_line(&lines[i], x->req->arena, &res->items[i], now);
	l->view.desk = desk_frame(x, l->title, l->title);
	l->view.heading = l->title;
	l->view.lines = lines;
	l->view.line_count = res->count;
	l->view.next = desk_next(x, l->path, x->call->cmd, res);
	page_begin(x->req, 200);
	page_desk_list(&x->req->reply.body, &l->view);
	exchange_send(x);
}

/* A list by the query's own parameters, with some set for it. */
static struct find_cmd *
begin_list(struct exchange *x, const char *title, const char *path, const char *empty)
{
	struct listing *l = ARENA_NEW(x->req->arena, struct listing);
	struct find_cmd *cmd = ARENA_NEW(x->req->arena, struct find_cmd);
	struct call *c;

	if (x->clinic == NULL) {
		exchange_error(x, E_UNAVAILABLE);
		return NULL;
	}
	l->title = title;
	l->path = path;
	l->view.empty = empty;
	x->state = l;
	c = exchange_call(x, &op_booking_find, cmd);
	decode_query(x->req, &find_fields, cmd, &c->problems, false);
	cmd->limit = PAGE;
	return cmd;
}

static void
submit_list(struct exchange *x, struct find_cmd *cmd)
{
	find_check(cmd, x->clinic, &x->call->problems);
	exchange_submit(x, render_list);
}

void
desk_unanswered(struct exchange *x)
{
	struct find_cmd *cmd = begin_list(x, "Unanswered", "/staff/",
	    "Nobody is waiting. Every request has been answered.");

	if (cmd == NULL)
		return;
	cmd->status = (struct strlist){ 0 };
	strlist_add(&cmd->status, x->req->arena, "new");
	cmd->sort = "received"; /* who has waited longest comes first */
	submit_list(x, cmd);
}

void
desk_find(struct exchange *x)
{
	struct find_cmd *cmd = begin_list(x, "Find", "/staff/find", "Nobody was found.");
	struct listing *l = x->state;

	if (cmd == NULL)
		return;
	l->view.q = cmd->q == NULL ? "" : cmd->q;
	if (cmd->q == NULL) { /* nothing asked yet: nothing is listed */
		cmd->q = "-";
		l->view.empty = "";
	}
	submit_list(x, cmd);
}

void
desk_spam(struct exchange *x)
{
	struct find_cmd *cmd =
	    begin_list(x, "Spam", "/staff/spam", "Nothing is held back.");
	struct listing *l = x->state;

	if (cmd == NULL)
		return;
	cmd->status = (struct strlist){ 0 };
	strlist_add(&cmd->status, x->req->arena, "spam");
	l->view.spam = true;
	submit_list(x, cmd);
}

static const struct view_choice *
term_choices(
    struct arena *a, enum term_kind kind, const struct strlist *chosen, size_t *ret_n)
{
	const struct taxonomy *t = taxonomy_get();
	struct view_choice *v = ARENA_ARRAY(a, struct view_choice, t->term_count);

	*ret_n = 0;
	for (size_t i = 0; i < t->term_count; i++)
		if (t->terms[i].kind == kind)
			v[(*ret_n)++] =
			    (struct view_choice){ t->terms[i].slug, t->terms[i].label[0],
				    NULL, strlist_has(chosen, t->terms[i].slug) };
	return v;
}

void
desk_concern(struct exchange *x)
{
	struct find_cmd *cmd =
	    begin_list(x, "By concern", "/staff/concern", "No request has this concern.");
	struct listing *l = x->state;
	struct view_choice *statuses;

	if (cmd == NULL)
		return;
	l->view.concerns = term_choices(
	    x->req->arena, TERM_CONCERN, &cmd->concern, &l->view.concern_count);
	statuses = ARENA_ARRAY(x->req->arena, struct view_choice, STATUS_COUNT);
	for (int s = 0; s < STATUS_COUNT; s++)
		statuses[s] = (struct view_choice){ status_names[s], status_names[s],
			NULL, strlist_has(&cmd->status, status_names[s]) };
	l->view.statuses = statuses;
	l->view.status_count = STATUS_COUNT;
	submit_list(x, cmd);
}
