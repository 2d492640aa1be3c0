/* SPDX-License-Identifier: MIT */
/*
 * ics.c - lines of a calendar file. Each is written character by character, an
 * escape counting as one, so that folding at 75 octets splits none of them.
 */
#include <string.h>

#include "book/caltime.h"
#include "book/ics.h"

#define LINE_MAX_OCTETS 75

struct line {
	struct obuf *out;
	size_t octets; /* of the physical line so far */
};

/* n octets that stay together. */
static void
put(struct line *l, const char *s, size_t n)
{
	if (l->octets + n > LINE_MAX_OCTETS) {
		obuf_puts(l->out, "\r\n ");
		l->octets = 1;
	}
	obuf_put(l->out, s, n);
	l->octets += n;
}

static void
put_plain(struct line *l, const char *s)
{
	for (; *s != '\0'; s++)
		put(l, s, 1);
}

static struct line
line_begin(struct obuf *o, const char *name)
{
	struct line l = { o, 0 };

	put_plain(&l, name);
	return l;
}

static void
line_end(struct line *l)
{
	obuf_puts(l->out, "\r\n");
}

/* A line of ASCII that needs no escape. */
static void
line_plain(struct obuf *o, const char *text)
{
	struct line l = line_begin(o, text);

	line_end(&l);
}

/* ---- characters ---- */

/* The length of the UTF-8 character at s; a CR LF is one. */
static size_t
char_len(const char *s)
{
	size_t n = 1;

	if (s[0] == '\r' && s[1] == '\n')
		return 2;
	while (n < 4 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* What some reader takes for the end of a line: VT, FF, FS, GS, RS, NEL, LS, PS too. */
static bool
is_line_break(const char *s)
{
	return strchr("\n\r\v\f\x1c\x1d\x1e", *s) != NULL ||
	       strncmp(s, "\xc2\x85", 2) == 0 || strncmp(s, "\xe2\x80\xa8", 3) == 0 ||
	       strncmp(s, "\xe2\x80\xa9", 3) == 0;
}

/* C0 but for the tabulator, DEL and C1. */
static bool
is_control(const char *s)
{
	unsigned char c = (unsigned char)*s;

	return (c < 0x20 && c != '\t') || c == 0x7f ||
	       (c == 0xc2 && (unsigned char)s[1] < 0xa0);
}

/* ---- values ---- */

static void
line_text(struct obuf *o, const char *name, const char *s)
{
	struct line l = line_begin(o, name);

	for (size_t n; *s != '\0'; s += n) {
		n = char_len(s);
		if (*s == '\\' || *s == ';' || *s == ',')
			put(&l, (const char[]){ '\\', *s }, 2);
		else if (is_line_break(s))
			put(&l, "\\n", 2);
		else if (!is_control(s))
			put(&l, s, n);
	}
	line_end(&l);
}

/* In a quoted parameter there is no escape that all readers know: RFC 6868 is young,
 * and to some a backslash hides the closing quote. */
static void
put_parameter(struct line *l, const char *s)
{
	put(l, "\"", 1);
	for (size_t n; *s != '\0'; s += n) {
		n = char_len(s);
		if (*s == '"')
			put(l, "'", 1);
		else if (strchr("^\\\t", *s) != NULL || is_line_break(s))
			put(l, " ", 1);
		else if (!is_control(s))
			put(l, s, n);
	}
	put(l, "\"", 1);
}

/* The clinic has a name and no address to answer to. */
static void
line_organizer(struct obuf *o, const char *name)
{
	struct line l = line_begin(o, "ORGANIZER;CN=");

	put_parameter(&l, name);
	put_plain(&l, ":invalid:nomail");
	line_end(&l);
}

/* What may not stand in an address (RFC 3986) is percent-encoded. */
static void
line_url(struct obuf *o, const char *s)
{
	struct line l = line_begin(o, "URL:");

	for (; *s != '\0'; s++) {
		static const char hex[] = "0123456789ABCDEF";
		unsigned char c = (unsigned char)*s;

		if (c > 0x20 && c < 0x7f && strchr("\"<>\\^`{|}", c) == NULL)
			put(&l, s, 1);
		else
			put(&l, (const char[]){ '%', hex[c >> 4], hex[c & 15] }, 3);
	}
	line_end(&l);
}

/* "NAME:20261126T103000Z" */
static void
line_time(struct obuf *o, const char *name, int64_t ms)
{
	int64_t seconds = ms / 1000 - (ms % 1000 < 0);
	int32_t day = (int32_t)(seconds / 86400 - (seconds % 86400 < 0));
	int left = (int)(seconds - (int64_t)day * 86400);
	int year, month, date;

	day_to_date(day, &year, &month, &date);
	obuf_printf(o, "%s:%04d%02d%02dT%02d%02d%02dZ\r\n", name, year, month, date,
	    left / 3600, left / 60 % 60, left % 60);
}

void
ics_write(struct obuf *o, const struct ics_event *e)
{
	line_plain(o, "BEGIN:VCALENDAR");
	line_plain(o, "VERSION:2.0");
	line_plain(o, "PRODID:-//bookingd//bookingd//EN");
	line_plain(o, "CALSCALE:GREGORIAN");
	line_plain(o, "METHOD:PUBLISH");
	line_plain(o, "BEGIN:VEVENT");
	line_text(o, "UID:", e->uid);
	obuf_printf(o, "SEQUENCE:%lld\r\n", (long long)e->sequence);
	line_time(o, "DTSTAMP", e->stamped_at);
	line_time(o, "DTSTART", e->starts_at);
	line_time(o, "DTEND", e->ends_at);
	line_plain(o, e->cancelled ? "STATUS:CANCELLED" : "STATUS:CONFIRMED");
	/* A calendar that keeps what is cancelled shows the time as free. */
	line_plain(o, e->cancelled ? "TRANSP:TRANSPARENT" : "TRANSP:OPAQUE");
	/* Who shares a calendar shares that there is something, not what. */
	line_plain(o, "CLASS:PRIVATE");
	line_text(o, "SUMMARY:", e->summary);
	line_organizer(o, e->organizer_name);
	if (e->location != NULL && *e->location != '\0')
		line_text(o, "LOCATION:", e->location);
	if (e->url != NULL)
		line_url(o, e->url);
	line_plain(o, "END:VEVENT");
	line_plain(o, "END:VCALENDAR");
}
