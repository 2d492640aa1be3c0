/* SPDX-License-Identifier: MIT */
/*
 * ics.c - the calendar file of an appointment: whatever the texts hold, its lines,
 * its properties and nothing else. ICS_SAMPLES=DIR keeps what was written there,
 * with what a reader must find in it; tests/e2e/test_ics.py has other programs
 * read those.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "book/ics.h"
#include "support/chance.h"

#define LINES_MAX 64
#define ALWAYS                                                                           \
	"BEGIN VERSION PRODID CALSCALE METHOD BEGIN UID SEQUENCE DTSTAMP DTSTART DTEND " \
	"STATUS TRANSP CLASS SUMMARY ORGANIZER "

/* One unfolded line: NAME[;parameters]:value, as it stands there. */
struct found {
	const char *name, *parameters, *value;
};

static struct arena *a;
static struct obuf o;
static struct ics_event event;
static struct found lines[LINES_MAX];
static size_t line_count;

static void
setup(void)
{
	a = arena_new((size_t)1 << 28);
	obuf_init(&o, a, (size_t)1 << 20);
	event = (struct ics_event){ .uid = "0199-7c1e@booking.example",
		.sequence = 3,
		.starts_at = 1795689000000, /* 2026-11-26 10:30 UTC */
		.ends_at = 1795690800000,
		.stamped_at = 1795525920000,
		.summary = "Appointment",
		.location = "1 Main Street #02-01, Singapore 000001",
		.organizer_name = "Example Skin Clinic",
		.url = "https://localhost:8443/b/abc-DEF_123" };
}

static void
teardown(void)
{
	arena_free(a);
}

TestSuite(ics, .init = setup, .fini = teardown);

/* ---- a reader of the test's own ---- */

/* Without folds; every line must end in CR LF and have at most 75 octets, each of
 * them whole characters. */
static const char *
unfolded(void)
{
	struct obuf out;
	const char *s = o.data, *end;

	obuf_init(&out, a, (size_t)1 << 20);
	for (bool first = true; *s != '\0'; s = end + 2, first = false) {
		end = strstr(s, "\r\n");
		cr_assert_not_null(end, "a line without its end: %s", s);
		cr_assert_leq(end - s, 75, "%.*s", (int)(end - s), s);
		cr_assert(str_utf8_valid(s, (size_t)(end - s)), "a character is split");
		cr_assert_null(memchr(s, '\r', (size_t)(end - s)));
		cr_assert_null(memchr(s, '\n', (size_t)(end - s)));
		cr_assert(*s != ' ' || !first);
		if (!first && *s != ' ')
			obuf_putc(&out, '\n');
		obuf_put(&out, s + (*s == ' '), (size_t)(end - s) - (*s == ' '));
	}
	return out.data;
}

/* What stands before the value ends at the first colon outside of quotes. */
static void
read_line(const char *s, size_t len)
{
	struct found *f = &lines[line_count++];
	size_t name = 0, value = 0;
	bool quoted = false;

	cr_assert_lt(line_count, LINES_MAX);
	while (name < len && ((s[name] >= 'A' && s[name] <= 'Z') || s[name] == '-'))
		name++;
	for (value = name; value < len && (quoted || s[value] != ':'); value++)
		quoted ^= s[value] == '"';
	cr_assert(name > 0 && value < len && (s[name] == ':' || s[name] == ';'), "%s", s);
	f->name = arena_strndup(a, s, name);
	f->parameters = arena_strndup(a, s + name, value - name);
	f->value = arena_strndup(a, s + value + 1, len - value - 1);
}

static void
write_and_read(void)
{
	const char *s;

	obuf_reset(&o);
	ics_write(&o, &event);
	cr_assert_not(obuf_overflowed(&o));
	line_count = 0;
	for (s = unfolded(); *s != '\0'; s += strcspn(s, "\n"), s += *s == '\n')
		read_line(s, strcspn(s, "\n"));
}

/* The one line of that name in the event. */
static const struct found *
line_of(const char *name)
{
	const struct found *f = NULL;

	for (size_t i = 0; i < line_count; i++)
		if (strcmp(lines[i].name, name) == 0) {
			cr_assert_null(f, "%s is there twice", name);
			f = &lines[i];
		}
	cr_assert_not_null(f, "%s is missing", name);
	return f;
}

/* The names of all lines in their order. */
static const char *
names(void)
{
	const char *s = "";

	for (size_t i = 0; i < line_count; i++)
		s = arena_printf(a, "%s%s ", s, lines[i].name);
	return s;
}

/* TEXT as RFC 5545 3.3.11 has it; an escape it does not know fails. */
static const char *
unescaped(const char *s)
{
	struct obuf out;

	obuf_init(&out, a, (size_t)1 << 20);
	obuf_puts(&out, "");
	for (; *s != '\0'; s++) {
		cr_assert(*s != ';' && *s != ',', "bare: %s", s);
		if (*s != '\\') {
			obuf_putc(&out, *s);
			continue;
		}
		s++;
		cr_assert(*s != '\0' && strchr("\\;,n", *s) != NULL, "no escape: %s", s);
		obuf_putc(&out, *s == 'n' ? '\n' : *s);
	}
	return out.data == NULL ? "" : out.data;
}

/* ---- what should arrive, made the slow way ---- */

static bool
is_one_of(const char *s, size_t n, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strlen(*list) == n && memcmp(s, *list, n) == 0)
			return true;
	return false;
}

static const char *
expected_text(const char *s)
{
	static const char *const breaks[] = { "\n", "\r", "\v", "\f", "\x1c", "\x1d",
		"\x1e", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9", "\r\n", NULL };
	struct obuf out;
	size_t n;

	obuf_init(&out, a, (size_t)1 << 20);
	obuf_puts(&out, "");
	for (; *s != '\0'; s += n) {
		n = strncmp(s, "\r\n", 2) == 0 ? 2 : 1;
		while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
			n++;
		if (is_one_of(s, n, breaks))
			obuf_putc(&out, '\n');
		else if (*s == '\t' || !str_has_control(arena_strndup(a, s, n), false))
			obuf_put(&out, s, n);
	}
	return out.data == NULL ? "" : out.data;
}

/* A parameter cannot hold a quote, and knows no escape. */
static const char *
expected_parameter(const char *s)
{
	char *t = arena_strdup(a, expected_text(s));

	for (char *p = t; *p != '\0'; p++)
		*p = *p == '"' ? '\'' : strchr("^\\\n\t", *p) != NULL ? ' ' : *p;
	return t;
}

/* ---- texts from nowhere good ---- */

static const char *
random_text(struct chance *c)
{
	static const char *const odd[] = { "\r\n", "\n", "\r", "\\", ";", ",", ":", "\"",
		"^", "^n", "\\n", "\\N", "\\,", "\t", "\x01", "\x1f", "\x7f", "\xc2\x85",
		"\xc2\x9f", "\xe2\x80\xa8", "\xe2\x80\xa9", "é", "陈", "\xf0\x9f\x98\x80",
		"e\xcc\x81", "\xd7\xa9", "\r\nATTENDEE:mailto:x@y.example",
		"\nEND:VEVENT\nBEGIN:VALARM", "\r\n ", " ", "=0D=0A", "\xef\xbb\xbf",
		"\xef\xbf\xbd" };
	int length = chance_below(c, chance_one_in(c, 4) ? 400 : 40);
	struct obuf out;

	obuf_init(&out, a, (size_t)1 << 16);
	obuf_puts(&out, "");
	while ((int)out.len < length)
		if (chance_one_in(c, 3))
			obuf_puts(&out, odd[chance_below(c, (int)ARRAY_LEN(odd))]);
		else if (chance_one_in(c, 4))
			obuf_puts(&out, "诊所");
		else
			obuf_putc(&out, (char)(' ' + chance_below(c, 95)));
	return out.data == NULL ? "" : out.data;
}

/* ---- tests ---- */

Test(ics, an_appointment_is_these_lines)
{
	obuf_reset(&o);
	ics_write(&o, &event);
	cr_expect_str_eq(o.data,
	    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//bookingd//bookingd//EN\r\n"
	    "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\n"
	    "UID:0199-7c1e@booking.example\r\nSEQUENCE:3\r\nDTSTAMP:20261124T131200Z\r\n"
	    "DTSTART:20261126T103000Z\r\nDTEND:20261126T110000Z\r\nSTATUS:CONFIRMED\r\n"
	    "TRANSP:OPAQUE\r\nCLASS:PRIVATE\r\nSUMMARY:Appointment\r\n"
	    "ORGANIZER;CN=\"Example Skin Clinic\":invalid:nomail\r\n"
	    "LOCATION:1 Main Street #02-01\\, Singapore 000001\r\n"
	    "URL:https://localhost:8443/b/abc-DEF_123\r\n"
	    "END:VEVENT\r\nEND:VCALENDAR\r\n");
}

Test(ics, a_cancelled_one_says_so_and_keeps_its_name_and_time)
{
	event.cancelled = true;
	event.sequence = INT32_MAX;
	write_and_read();
	cr_expect_str_eq(line_of("STATUS")->value, "CANCELLED");
	cr_expect_str_eq(line_of("TRANSP")->value, "TRANSPARENT");
	cr_expect_str_eq(line_of("METHOD")->value, "PUBLISH");
	cr_expect_str_eq(line_of("UID")->value, event.uid);
	cr_expect_str_eq(line_of("SEQUENCE")->value, "2147483647");
	cr_expect_str_eq(line_of("DTSTART")->value, "20261126T103000Z");
	cr_expect_str_eq(names(), ALWAYS "LOCATION URL END END ");
}

Test(ics, only_place_and_link_may_be_missing)
{
	event.location = event.url = NULL;
	write_and_read();
	cr_expect_str_eq(names(), ALWAYS "END END ");
	event.location = "";
	event.summary = event.organizer_name = event.uid = "";
	write_and_read();
	cr_expect_str_eq(names(), ALWAYS "END END ");
	cr_expect_str_eq(line_of("ORGANIZER")->parameters, ";CN=\"\"");
}

Test(ics, times_are_utc_before_and_after_1970_too)
{
	static const struct {
		int64_t ms;
		const char *text;
	} table[] = { { 0, "19700101T000000Z" }, { 999, "19700101T000000Z" },
		{ -1, "19691231T235959Z" }, { -86400000, "19691231T000000Z" },
		{ 951782400000, "20000229T000000Z" },
		{ 4102444799000, "20991231T235959Z" } };

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		event.starts_at = table[i].ms;
		write_and_read();
		cr_expect_str_eq(line_of("DTSTART")->value, table[i].text);
		cr_expect_str_eq(line_of("DTSTART")->parameters, "");
	}
}

Test(ics, lines_fold_at_75_octets_and_split_no_character)
{
	static const char *const fill[] = { "x", "é", "陈", "\xf0\x9f\x98\x80", ",",
		"\n" };

	for (size_t i = 0; i < ARRAY_LEN(fill); i++)
		for (int before = 0; before < 80; before++) {
			const char *s = arena_printf(a, "%.*s", before,
			    "............................................................"
			    "...."
			    "................");

			for (int n = 0; n < 30; n++)
				s = arena_printf(a, "%s%s", s, fill[i]);
			event.summary = s;
			write_and_read();
			cr_assert_str_eq(unescaped(line_of("SUMMARY")->value), s);
		}
}

Test(ics, no_text_becomes_a_line_of_its_own)
{
	static const char *const hostile[] = { "A\r\nATTENDEE:mailto:x@y.example",
		"A\nX-ALT-DESC:x", "A\rDESCRIPTION:x", "A\r\n BEGIN:VALARM", "A\\nB",
		"\\", "A\xc2\x85URL:x", "A\xe2\x80\xa8URL:x", "A\vURL:x\fB\x1cURL:x",
		"\r\n\r\n", "\";X=\"y\":mailto:x@y.example", "^nURL:x^'" };

	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		event.uid = event.summary = event.location = hostile[i];
		event.organizer_name = event.url = hostile[i];
		write_and_read();
		cr_assert_str_eq(names(), ALWAYS "LOCATION URL END END ");
		cr_assert_str_eq(unescaped(line_of("SUMMARY")->value),
		    expected_text(hostile[i]), "%zu", i);
		cr_assert_str_eq(line_of("ORGANIZER")->value, "invalid:nomail", "%zu", i);
		cr_assert_null(strpbrk(line_of("URL")->value, " \t\"\\<>^"));
	}
}

Test(ics, a_thousand_random_texts_are_read_back_as_they_were)
{
	struct chance c = { chance_seed("ics") };

	for (int round = 0; round < 1000; round++) {
		event.uid = random_text(&c);
		event.summary = random_text(&c);
		event.location = arena_printf(a, "x%s", random_text(&c));
		event.organizer_name = random_text(&c);
		event.url = random_text(&c);
		event.cancelled = chance_one_in(&c, 2);
		write_and_read();
		cr_assert_str_eq(names(), ALWAYS "LOCATION URL END END ");
		cr_assert_str_eq(
		    unescaped(line_of("UID")->value), expected_text(event.uid));
		cr_assert_str_eq(
		    unescaped(line_of("SUMMARY")->value), expected_text(event.summary));
		cr_assert_str_eq(
		    unescaped(line_of("LOCATION")->value), expected_text(event.location));
		cr_assert_str_eq(line_of("ORGANIZER")->value, "invalid:nomail");
		cr_assert_str_eq(line_of("ORGANIZER")->parameters,
		    arena_printf(
			a, ";CN=\"%s\"", expected_parameter(event.organizer_name)));
	}
}

/* ---- for other readers ---- */

static void
keep(const char *dir, int number, const char *suffix, const char *text, size_t len)
{
	const char *path = arena_printf(a, "%s/%03d.%s", dir, number, suffix);
	FILE *f = fopen(path, "w");

	cr_assert_not_null(f, "%s", path);
	cr_assert_eq(fwrite(text, 1, len, f), len);
	cr_assert_eq(fclose(f), 0);
}

static void
keep_sample(const char *dir, int number)
{
	struct obuf json;

	obuf_init(&json, a, (size_t)1 << 20);
	obuf_json_open(&json, '{');
	obuf_json_kstr(&json, "UID", expected_text(event.uid));
	obuf_json_kint(&json, "SEQUENCE", event.sequence);
	obuf_json_ktime(&json, "DTSTAMP", event.stamped_at);
	obuf_json_ktime(&json, "DTSTART", event.starts_at);
	obuf_json_ktime(&json, "DTEND", event.ends_at);
	obuf_json_kstr(&json, "STATUS", event.cancelled ? "CANCELLED" : "CONFIRMED");
	obuf_json_kstr(&json, "SUMMARY", expected_text(event.summary));
	obuf_json_kstr(&json, "LOCATION",
	    event.location == NULL ? NULL : expected_text(event.location));
	obuf_json_kstr(&json, "CN", expected_parameter(event.organizer_name));
	obuf_json_kstr(&json, "URL", event.url);
	obuf_json_close(&json, '}');
	keep(dir, number, "json", json.data, json.len);
	keep(dir, number, "ics", o.data, o.len);
}

Test(ics, samples)
{
	const char *dir = getenv("ICS_SAMPLES");
	struct chance c = { chance_seed("ics samples") };

	for (int i = 0; i < 200; i++) {
		if (i > 0) {
			event.starts_at = (int64_t)chance_below(&c, 1 << 30) * 4000;
			event.ends_at = event.starts_at + 5 * MINUTE_MS;
			event.sequence = i;
			event.cancelled = i % 3 == 0;
			/* A name in front: readers differ in what to do with nothing. */
			event.summary = arena_printf(a, "诊所预约%s", random_text(&c));
			event.location = arena_printf(a, "A%s", random_text(&c));
			event.location = i % 5 == 0 ? NULL : event.location;
			event.organizer_name = arena_printf(a, "Dr%s", random_text(&c));
			event.url = i % 7 == 0 ? NULL : event.url;
		}
		write_and_read();
		if (dir != NULL)
			keep_sample(dir, i);
	}
}
