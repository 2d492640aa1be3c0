/* SPDX-License-Identifier: MIT */
/*
 * schedule.c - what a clinic's week becomes on the days on which clocks change,
 * and on others: one doctor, one day, and the starts that are offered.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "book/slot.h"

/* hours: "sat 22:00-02:00" and so on, comma between; doctor NULL: the branch's. */
struct day {
	const char *sentence, *zone, *date, *hours, *want;
	int minutes, step; /* 0: 30 */
	int before, after; /* buffers */
	const char *doctor, *extra, *away, *closed;
	const char *taken; /* "FROM/TO" in RFC 3339 */
	const char *now;   /* NULL: two days before the date, at noon UTC */
	int horizon, notice; /* 0: 60 days, none */
};

/* ---- a document of a row ---- */

/* A list of objects: each word of the text between commas by that format. */
static const char *
rows_of(struct arena *a, const char *text, const char *branch)
{
	const char *out = "";
	char when[11], from[6], to[6];

	for (; text != NULL && *text != '\0'; text += strcspn(text, ",")) {
		text += strspn(text, ", ");
		cr_assert_eq(sscanf(text, "%10s %5[0-9:]-%5[0-9:]", when, from, to), 3, "%s", text);
		out = arena_printf(a, "%s%s{%s\"%s\":%s\"%s\"%s,\"from\":\"%s\",\"to\":\"%s\"}", out,
		    *out == '\0' ? "" : ",", branch, strlen(when) == 3 ? "days" : "date",
		    strlen(when) == 3 ? "[" : "", when, strlen(when) == 3 ? "]" : "", from, to);
	}
	return out;
}

static const char *
document_of(struct arena *a, const struct day *d)
{
	const char *here = "\"branch\":\"main\",", *away = "", *closed = "";

	if (d->away != NULL)
		away = arena_printf(a, "{\"from\":\"%.16s\",\"to\":\"%.16s\"}", d->away, d->away + 17);
	if (d->closed != NULL)
		closed = arena_printf(
		    a, "{%s\"date\":\"%s\",\"name\":{\"en\":\"Holiday\"}}", here, d->closed);
	return arena_printf(a,
	    "{\"clinic\":{\"name\":\"A\",\"prefix\":\"NG\",\"time_zone\":\"%s\","
	    "\"min_notice_minutes\":%d,\"horizon_days\":%d,\"slot_step_minutes\":%d},"
	    "\"branches\":[{\"slug\":\"main\",\"hours\":[%s]}],"
	    "\"services\":[{\"slug\":\"visit\",\"name\":{\"en\":\"Visit\"},\"minutes\":%d,"
	    "\"buffer_before\":%d,\"buffer_after\":%d}],"
	    "\"doctors\":[{\"slug\":\"dr-a\",\"services\":[\"visit\"],\"hours\":[%s],"
	    "\"extra\":[%s],\"away\":[%s]}],\"closures\":[%s]}",
	    d->zone, d->notice, d->horizon == 0 ? 60 : d->horizon, d->step == 0 ? 30 : d->step,
	    rows_of(a, d->hours, ""), d->minutes == 0 ? 30 : d->minutes, d->before, d->after,
	    rows_of(a, d->doctor == NULL ? d->hours : d->doctor, here), rows_of(a, d->extra, here),
	    away, closed);
}

/* ---- what is offered ---- */

static int64_t
at(const char *text)
{
	int64_t ms = 0;

	cr_assert(rfc3339_parse(text, &ms), "%s", text);
	return ms;
}

static void
take(struct arena *a, struct calendar *c, const char *taken)
{
	const struct schedule *s = c->schedule;
	struct cells busy = { ARENA_ARRAY(a, uint64_t, s->words), s->words };
	struct cells begins = { ARENA_ARRAY(a, uint64_t, s->words), s->words };

	if (taken == NULL)
		return;
	cells_set(busy, schedule_cell(s, at(arena_strndup(a, taken, strcspn(taken, "/")))),
	    schedule_cell(s, at(strchr(taken, '/') + 1)));
	*c->doctors = (struct taken){ 1, 0, busy, begins };
}

/* "00:30+01:00 02:00+01:00", or "24 starts" of many. */
static const char *
offered(struct arena *a, const struct day *d)
{
	const char *document = document_of(a, d), *list = "";
	struct problems problems = { .arena = a };
	struct clinic *c = clinic_parse(document, strlen(document), &problems);
	struct taken doctor = { 0 };
	struct calendar cal = { .doctors = &doctor };
	struct slot_ask ask;
	struct slot_map m;
	int32_t day;
	int count = 0;
	char text[40];

	cr_assert_not_null(c, "%s: %s", document, problems.n > 0 ? problems.v[0].message : "?");
	cr_assert(date_parse(d->date, &day));
	ask = (struct slot_ask){ c->branches, c->services, NULL,
		d->now == NULL ? (day - 2) * DAY_MS + DAY_MS / 2 : at(d->now) };
	cal.schedule = schedule_new(c, ask.now - DAY_MS, ask.now + 100 * DAY_MS);
	take(a, &cal, d->taken);
	slot_map(a, &cal, &ask, day_start_ms(c->zone, day), day_start_ms(c->zone, day + 1), &m);
	for (int64_t bit = 0; (bit = cells_next(m.any, bit)) >= 0; bit++) {
		rfc3339_local(c->zone, slot_map_ms(&cal, &m, bit), text);
		cr_expect_eq(strncmp(text, d->date, 10), 0, "%s", text);
		list = arena_printf(a, "%s%s%.5s%s", list, count++ == 0 ? "" : " ", text + 11, text + 19);
	}
	schedule_free(cal.schedule);
	clinic_free(c);
	return strstr(d->want, "starts") == NULL ? list : arena_printf(a, "%d starts", count);
}

static void
expect_days(const struct day *table, size_t n)
{
	struct arena *a = arena_new((size_t)1 << 24);

	for (size_t i = 0; i < n; i++)
		cr_expect_str_eq(offered(a, &table[i]), table[i].want, "%s: %s", table[i].sentence,
		    offered(a, &table[i]));
	arena_free(a);
}

/* A row: the sentence, where, when, the hours and what is offered. */
#define DAY(sentence_, zone_, date_, hours_, want_)                                        \
	.sentence = sentence_, .zone = zone_, .date = date_, .hours = hours_, .want = want_

Test(schedule, when_a_clock_goes_forward_what_is_skipped_is_not_offered)
{
	static const struct day table[] = {
		{ DAY("London has no half past one that night", "Europe/London", "2026-03-29",
		    "sun 00:00-03:00", "00:00+00:00 00:30+00:00 02:00+01:00 02:30+01:00") },
		{ DAY("nor has New York half past two", "America/New_York", "2026-03-08",
		    "sun 01:00-04:00", "01:00-05:00 01:30-05:00 03:00-04:00 03:30-04:00") },
		{ DAY("Lord Howe skips half an hour", "Australia/Lord_Howe", "2026-10-04",
		    "sun 01:00-03:30", "01:00+10:30 01:30+10:30 02:30+11:00 03:00+11:00") },
		{ DAY("the south goes forward in September", "Pacific/Auckland", "2026-09-27",
		    "sun 01:00-04:00", "01:00+12:00 01:30+12:00 03:00+13:00 03:30+13:00") },
		{ DAY("in Santiago a Sunday begins at one", "America/Santiago", "2026-09-06",
		    "sun 00:00-02:00", "01:00-03:00 01:30-03:00") },
		{ DAY("in Beirut too", "Asia/Beirut", "2026-03-29", "sun 00:00-02:00",
		    "01:00+03:00 01:30+03:00") },
		{ DAY("Saturday evening in Beirut ends at midnight, when it is one",
		    "Asia/Beirut", "2026-03-28", "sat 23:00-24:00", "23:00+02:00 23:30+02:00") },
		{ DAY("Casablanca goes forward after Ramadan", "Africa/Casablanca", "2026-03-22",
		    "sun 01:00-04:00", "01:00+00:00 01:30+00:00 03:00+01:00 03:30+01:00") },
		{ DAY("hours that lie in what is skipped are none", "Europe/London",
		    "2026-03-29", "sun 01:00-02:00", "") },
		{ DAY("hours that begin in it begin at its end", "Europe/London", "2026-03-29",
		    "sun 01:30-03:00", "02:00+01:00 02:30+01:00") },
		{ DAY("hours that end in it end at its beginning", "Europe/London", "2026-03-29",
		    "sun 00:00-01:30", "00:00+00:00 00:30+00:00") },
		{ DAY("a visit goes on over the change", "Europe/London", "2026-03-29",
		    "sun 00:00-03:00", "00:00+00:00 00:30+00:00 02:00+01:00"), .minutes = 60 },
	};

	expect_days(table, ARRAY_LEN(table));
}

Test(schedule, when_a_clock_goes_back_the_earlier_of_two_is_offered_alone)
{
	static const struct day table[] = {
		{ DAY("London has half past one twice", "Europe/London", "2026-10-25",
		    "sun 00:00-03:00",
		    "00:00+01:00 00:30+01:00 01:00+01:00 01:30+01:00 02:00+00:00 02:30+00:00") },
		{ DAY("so has New York", "America/New_York", "2026-11-01", "sun 00:30-02:30",
		    "00:30-04:00 01:00-04:00 01:30-04:00 02:00-05:00") },
		{ DAY("Lord Howe has half an hour twice", "Australia/Lord_Howe", "2026-04-05",
		    "sun 01:00-03:00", "01:00+11:00 01:30+11:00 02:00+10:30 02:30+10:30") },
		{ DAY("the south goes back in April", "Pacific/Auckland", "2026-04-05",
		    "sun 01:30-03:30", "01:30+13:00 02:00+13:00 02:30+13:00 03:00+12:00") },
		{ DAY("in Santiago a Saturday's last hour comes twice", "America/Santiago",
		    "2026-04-04", "sat 22:00-24:00",
		    "22:00-03:00 22:30-03:00 23:00-03:00 23:30-03:00") },
		{ DAY("Casablanca goes back for Ramadan", "Africa/Casablanca", "2026-02-15",
		    "sun 01:00-04:00", "01:00+01:00 02:00+01:00 03:00+00:00"), .step = 60 },
		{ DAY("a visit goes on into the second of the two hours", "Europe/London",
		    "2026-10-25", "sun 00:00-02:00",
		    "00:00+01:00 00:30+01:00 01:00+01:00 01:30+01:00"), .minutes = 90 },
		{ DAY("hours that end in it end the first time", "Europe/London", "2026-10-25",
		    "sun 00:00-01:30", "00:00+01:00 00:30+01:00 01:00+01:00") },
	};

	expect_days(table, ARRAY_LEN(table));
}

#define EACH_DAY(hours)                                                                    \
	"mon " hours ",tue " hours ",wed " hours ",thu " hours ",fri " hours ",sat " hours \
	",sun " hours

Test(schedule, days_have_the_hours_they_have)
{
	static const struct day table[] = {
		{ DAY("a day has 24", "Europe/London", "2026-11-24", EACH_DAY("00:00-24:00"),
		    "24 starts"), .step = 60, .minutes = 60 },
		{ DAY("one in spring has 23", "Europe/London", "2026-03-29",
		    EACH_DAY("00:00-24:00"), "23 starts"), .step = 60, .minutes = 60 },
		{ DAY("one in autumn has 25, and one of them no time of its own", "Europe/London",
		    "2026-10-25", EACH_DAY("00:00-24:00"), "24 starts"), .step = 60 },
		{ DAY("in Santiago it is the day that has no midnight", "America/Santiago",
		    "2026-09-06", EACH_DAY("00:00-24:00"), "23 starts"), .step = 60 },
		{ DAY("on Lord Howe half an hour is missing", "Australia/Lord_Howe", "2026-10-04",
		    EACH_DAY("00:00-24:00"), "47 starts") },
		{ DAY("in Kathmandu quarters are where the wall clock has them", "Asia/Kathmandu",
		    "2026-11-23", "mon 09:00-10:00",
		    "09:00+05:45 09:15+05:45 09:30+05:45"), .step = 15 },
		{ DAY("on the Chathams too", "Pacific/Chatham", "2026-11-23", "mon 09:00-10:00",
		    "09:00+13:45 09:30+13:45") },
		{ DAY("a closed day is closed for all of its 25 hours", "Europe/London",
		    "2026-10-25", EACH_DAY("00:00-24:00"), ""), .closed = "2026-10-25" },
		{ DAY("and the day after is not", "Europe/London", "2026-10-26",
		    EACH_DAY("00:00-24:00"), "48 starts"), .closed = "2026-10-25" },
		{ DAY("nor is the day before, but for visits into it", "Europe/London",
		    "2026-10-24", EACH_DAY("00:00-24:00"), "47 starts"), .closed = "2026-10-25",
		    .minutes = 60 },
	};

	expect_days(table, ARRAY_LEN(table));
}

Test(schedule, evenings_go_on_past_midnight)
{
	static const struct day table[] = {
		{ DAY("the evening", "Asia/Singapore", "2026-11-28", "sat 22:30-00:30",
		    "22:30+08:00 23:00+08:00 23:30+08:00") },
		{ DAY("its end belongs to the next day", "Asia/Singapore", "2026-11-29",
		    "sat 22:30-00:30", "00:00+08:00") },
		{ DAY("a visit goes on over midnight", "Asia/Singapore", "2026-11-28",
		    "sat 23:00-01:00", "23:00+08:00 23:30+08:00"), .minutes = 60 },
		{ DAY("of an evening that ends at midnight none does", "Asia/Singapore",
		    "2026-11-28", "sat 23:00-24:00", "23:00+08:00"), .minutes = 60 },
		{ DAY("until 00:00 is until 24:00", "Asia/Singapore", "2026-11-28",
		    "sat 23:00-00:00", "23:00+08:00 23:30+08:00") },
		{ DAY("two that meet at midnight are one", "Asia/Singapore", "2026-11-28",
		    "sat 23:00-24:00,sun 00:00-01:00", "23:00+08:00 23:30+08:00"),
		    .minutes = 60 },
		{ DAY("over the change in spring an hour is missing", "Europe/London",
		    "2026-03-29", "sat 22:00-03:00", "00:00+00:00 02:00+01:00"), .step = 60,
		    .minutes = 60 },
		{ DAY("over the change in autumn there is one more", "Europe/London",
		    "2026-10-25", "sat 22:00-02:00", "00:00+01:00 01:00+01:00"), .step = 60,
		    .minutes = 120 },
		{ DAY("into a skipped midnight", "America/Santiago", "2026-09-05",
		    "sat 23:00-02:00", "23:00-04:00 23:30-04:00"), .minutes = 60 },
		{ DAY("of a closed day nothing is left after midnight", "Asia/Singapore",
		    "2026-11-29", "sat 22:00-02:00", ""), .closed = "2026-11-29" },
		{ DAY("and the evening before it ends at midnight", "Asia/Singapore",
		    "2026-11-28", "sat 22:30-02:00", "22:30+08:00 23:00+08:00"),
		    .closed = "2026-11-29", .minutes = 60 },
		{ DAY("after a closed day its night goes on", "Asia/Singapore", "2026-11-29",
		    "sat 22:00-01:00", "00:00+08:00 00:30+08:00"), .closed = "2026-11-28" },
		{ DAY("an extra evening", "Asia/Singapore", "2026-11-29",
		    EACH_DAY("00:00-24:00"), "00:00+08:00 00:30+08:00"), .doctor = "",
		    .extra = "2026-11-28 22:00-01:00" },
	};

	expect_days(table, ARRAY_LEN(table));
}

Test(schedule, a_doctor_is_there_when_the_branch_is_open_and_not_away)
{
	static const struct day table[] = {
		{ DAY("both", "Asia/Singapore", "2026-11-23", "mon 10:00-12:00",
		    "10:30+08:00 11:00+08:00"), .doctor = "mon 09:00-10:15,mon 10:30-11:45" },
		{ DAY("never while the branch is shut", "Asia/Singapore", "2026-11-23",
		    "tue 10:00-12:00", ""), .doctor = "mon 10:00-12:00" },
		{ DAY("on an extra day", "Asia/Singapore", "2026-11-23", "mon 10:00-12:00",
		    "11:00+08:00 11:30+08:00"), .doctor = "tue 10:00-12:00",
		    .extra = "2026-11-23 11:00-13:00" },
		{ DAY("not while away", "Asia/Singapore", "2026-11-23", "mon 10:00-12:00",
		    "10:00+08:00 11:30+08:00"), .away = "2026-11-23T10:30/2026-11-23T11:15" },
		{ DAY("away for days", "Asia/Singapore", "2026-11-23", "mon 10:00-12:00", ""),
		    .away = "2026-11-20T12:00/2026-11-24T00:00" },
		{ DAY("back at midnight", "Asia/Singapore", "2026-11-24", "tue 00:00-01:00",
		    "00:00+08:00 00:30+08:00"), .away = "2026-11-20T12:00/2026-11-24T00:00" },
		{ DAY("away until what is skipped is away until its end", "Europe/London",
		    "2026-03-29", "sun 00:00-03:00", "02:00+01:00 02:30+01:00"),
		    .away = "2026-03-28T12:00/2026-03-29T01:30" },
		{ DAY("away until what comes twice is away until the first", "Europe/London",
		    "2026-10-25", "sun 00:00-03:00", "01:30+01:00 02:00+00:00 02:30+00:00"),
		    .away = "2026-10-24T12:00/2026-10-25T01:30" },
		{ DAY("not over a break", "Asia/Singapore", "2026-11-23",
		    "mon 10:00-11:00,mon 11:30-13:00", "10:00+08:00 11:30+08:00 12:00+08:00"),
		    .minutes = 60 },
		{ DAY("over hours that meet", "Asia/Singapore", "2026-11-23",
		    "mon 10:00-11:00,mon 11:00-12:00", "10:00+08:00 10:30+08:00 11:00+08:00"),
		    .minutes = 60 },
	};

	expect_days(table, ARRAY_LEN(table));
}

Test(schedule, what_is_taken_is_in_the_way_with_its_buffers)
{
	static const struct day table[] = {
		{ DAY("a visit longer than the step", "Asia/Singapore", "2026-11-23",
		    "mon 10:00-11:30", "10:00+08:00 10:15+08:00 10:30+08:00"), .minutes = 60,
		    .step = 15 },
		{ DAY("something short within it is in the way", "Asia/Singapore", "2026-11-23",
		    "mon 10:00-12:00", "11:00+08:00"), .minutes = 60,
		    .taken = "2026-11-23T10:35:00+08:00/2026-11-23T10:40:00+08:00" },
		{ DAY("what ends when it begins is not, nor what begins when it ends",
		    "Asia/Singapore", "2026-11-23", "mon 10:00-11:30",
		    "10:00+08:00 11:00+08:00"),
		    .taken = "2026-11-23T10:30:00+08:00/2026-11-23T11:00:00+08:00" },
		{ DAY("buffers reach beyond the hours", "Asia/Singapore", "2026-11-23",
		    "mon 10:00-11:00", "10:00+08:00 10:30+08:00"), .before = 45, .after = 60 },
		{ DAY("and must be free there", "Asia/Singapore", "2026-11-23", "mon 10:00-11:30",
		    "10:30+08:00 11:00+08:00"), .before = 15, .after = 15,
		    .taken = "2026-11-23T09:00:00+08:00/2026-11-23T10:15:00+08:00" },
		{ DAY("a buffer goes on over midnight", "Asia/Singapore", "2026-11-22",
		    "sun 23:00-24:00", "23:00+08:00"), .after = 30,
		    .taken = "2026-11-23T00:00:00+08:00/2026-11-23T00:30:00+08:00" },
		{ DAY("and before it", "Asia/Singapore", "2026-11-23", "mon 00:00-01:00",
		    "00:30+08:00"), .before = 10,
		    .taken = "2026-11-22T23:00:00+08:00/2026-11-22T23:55:00+08:00" },
		{ DAY("a buffer over the change in autumn is as long as it says",
		    "Europe/London", "2026-10-25", "sun 00:00-03:00",
		    "00:00+01:00 00:30+01:00 01:00+01:00 02:30+00:00"), .after = 60,
		    .taken = "2026-10-25T01:30:00+00:00/2026-10-25T02:30:00+00:00" },
	};

	expect_days(table, ARRAY_LEN(table));
}

Test(schedule, notice_and_horizon_are_kept_to_the_minute_and_the_day)
{
	static const struct day table[] = {
		{ DAY("the last day of the horizon is offered", "Asia/Singapore", "2026-11-26",
		    EACH_DAY("10:00-11:00"), "10:00+08:00 10:30+08:00"), .horizon = 2,
		    .now = "2026-11-24T23:59:00+08:00" },
		{ DAY("the day after is not", "Asia/Singapore", "2026-11-27",
		    EACH_DAY("10:00-11:00"), ""), .horizon = 2,
		    .now = "2026-11-24T23:59:00+08:00" },
		{ DAY("until the clinic's midnight, not Greenwich's", "Asia/Singapore",
		    "2026-11-27", EACH_DAY("10:00-11:00"), "10:00+08:00 10:30+08:00"),
		    .horizon = 2, .now = "2026-11-25T00:00:00+08:00" },
		{ DAY("the last day of 25 hours is offered to its end", "Europe/London",
		    "2026-10-25", EACH_DAY("23:00-24:00"), "23:00+00:00 23:30+00:00"),
		    .horizon = 2, .now = "2026-10-23T12:00:00+01:00" },
		{ DAY("a start exactly as far off as the notice is", "Asia/Singapore",
		    "2026-11-24", EACH_DAY("10:00-11:30"), "10:30+08:00 11:00+08:00"),
		    .notice = 60, .now = "2026-11-24T09:30:00+08:00" },
		{ DAY("a second later it is not", "Asia/Singapore", "2026-11-24",
		    EACH_DAY("10:00-11:30"), "11:00+08:00"), .notice = 60,
		    .now = "2026-11-24T09:30:01+08:00" },
		{ DAY("notice is counted in real hours over a change", "Europe/London",
		    "2026-03-29", EACH_DAY("00:00-04:00"), "03:00+01:00 03:30+01:00"),
		    .notice = 180, .now = "2026-03-28T23:00:00+00:00" },
	};

	expect_days(table, ARRAY_LEN(table));
}
