/* SPDX-License-Identifier: MIT */
/*
 * tzif.c - the zones of the system's database, against the C library, and
 * files and footers made by hand, good and bad.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "book/caltime.h"

#define DB "/usr/share/zoneinfo/"

static int64_t
utc_ms(int year, int month, int day, int hour, int minute, int second)
{
	return (((day_from_date(year, month, day) * (int64_t)24 + hour) * 60 + minute) *
		       60 +
		   second) *
	       1000;
}

static void
expect_as_libc(const char *name, const struct zone *z, int from, int to, int64_t step)
{
	setenv("TZ", name, 1);
	tzset();
	for (int64_t ms = utc_ms(from, 1, 1, 0, 0, 0); ms < utc_ms(to, 1, 1, 0, 0, 0);
	     ms += step) {
		time_t t = (time_t)(ms / 1000);
		struct tm tm;

		localtime_r(&t, &tm);
		if (tm.tm_gmtoff != zone_offset_s(z, ms))
			cr_assert_fail("%s %lld", name, (long long)ms);
	}
}

/* The names in field n of the lines of a file of the database that begin so. */
static size_t
each_name(const char *file, const char *start, int field, bool must,
    void (*use)(const char *, const struct zone *), size_t step)
{
	FILE *f = fopen(file, "r");
	char line[1000], path[300];
	size_t n = 0;

	cr_assert_not_null(f, "%s: package tzdata", file);
	while (fgets(line, sizeof(line), f) != NULL) {
		char *save = NULL, *word = strtok_r(line, " \t\n", &save);
		const struct zone *z;

		if (word == NULL || word[0] == '#' ||
		    (start != NULL && strcmp(word, start) != 0))
			continue;
		for (int i = 1; i < field && word != NULL; i++)
			word = strtok_r(NULL, " \t\n", &save);
		cr_assert_not_null(word);
		z = zone_get(word);
		(void)snprintf(path, sizeof(path), "%s%s", DB, word);
		if (z == NULL && !must && access(path, F_OK) != 0)
			continue; /* old names are in a package of their own */
		cr_assert_not_null(z, "%s", word);
		if (use != NULL && n % step == 0)
			use(word, z);
		n++;
	}
	(void)fclose(f);
	return n;
}

static void
sample(const char *name, const struct zone *z)
{
	expect_as_libc(name, z, 2026, 2038, HOUR_MS);
}

static void
sample_days(const char *name, const struct zone *z)
{
	expect_as_libc(name, z, 2026, 2038, 11 * HOUR_MS);
}

Test(tzif, every_zone_of_the_database_is_read)
{
	cr_expect(each_name(DB "tzdata.zi", "Z", 2, true, NULL, 1) > 300);
	cr_expect(each_name(DB "tzdata.zi", "L", 3, false, NULL, 1) > 0);
	cr_expect(each_name(DB "zone1970.tab", NULL, 3, true, NULL, 1) > 200);
}

Test(tzif, forty_zones_agree_with_the_c_library_hour_by_hour_until_2037)
{
	cr_expect(each_name(DB "tzdata.zi", "Z", 2, true, sample, 8) > 300);
}

Test(tzif, every_zone_agrees_with_the_c_library_twice_a_day_until_2037)
{
	cr_expect(each_name(DB "tzdata.zi", "Z", 2, true, sample_days, 1) > 300);
}

/* A zone without a table: header of version 1, header of 2, a type, the footer. */
static size_t
make_tzif(uint8_t *out, const char *footer)
{
	static const uint8_t counts[24] = { [19] = 1, [23] = 4 };
	size_t n = 0;

	for (int version = 1; version <= 2; version++) {
		memset(out + n, 0, 44 + 10);
		memcpy(out + n, "TZif2", 5);
		memcpy(out + n + 20, counts, 24);
		memcpy(out + n + 44 + 6, "UTC", 4);
		n += 44 + 10;
	}
	return n + (size_t)snprintf((char *)out + n, 200, "\n%s\n", footer);
}

static struct zone *
footer_zone(const char *footer)
{
	uint8_t tzif[400];

	return zone_parse("Test/Footer", tzif, make_tzif(tzif, footer));
}

Test(tzif, the_footer_alone_gives_what_the_table_gives)
{
	static const char *const table[] = { "Europe/London", "America/New_York",
		"Australia/Lord_Howe", "America/Santiago", "Asia/Beirut", "Africa/Cairo",
		"Europe/Dublin", "America/Nuuk", "America/Havana", "Asia/Jerusalem",
		"Pacific/Easter", "Asia/Singapore", "Asia/Kathmandu", "America/Sao_Paulo",
		"Pacific/Chatham" };

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const struct zone *z = zone_get(table[i]);
		char path[100], footer[200] = "", line[200];
		struct zone *alone;
		FILE *f;

		(void)snprintf(path, sizeof(path), DB "%s", table[i]);
		f = fopen(path, "rb");
		cr_assert(z != NULL && f != NULL);
		fseek(f, -100, SEEK_END);
		while (fgets(line, sizeof(line), f) != NULL)
			memcpy(footer, line, sizeof(line));
		(void)fclose(f);
		footer[strcspn(footer, "\n")] = '\0';
		alone = footer_zone(footer);
		cr_assert_not_null(alone, "%s: %s", table[i], footer);
		for (int64_t ms = utc_ms(2030, 1, 1, 0, 0, 0);
		     ms < utc_ms(2050, 1, 1, 0, 0, 0); ms += 30 * MINUTE_MS)
			if (zone_offset_s(z, ms) != zone_offset_s(alone, ms))
				cr_assert_fail(
				    "%s %s %lld", table[i], footer, (long long)ms);
		zone_free(alone);
	}
}

Test(tzif, footers_of_every_form_are_understood)
{
	static const struct {
		const char *footer;
		int month, day, hour, minute; /* UTC, in 2028, a leap year */
		int offset_s;
	} table[] = {
		{ "<+08>-8", 7, 1, 0, 0, 28800 },
		{ "<-03>3", 7, 1, 0, 0, -10800 },
		{ "UTC0", 7, 1, 0, 0, 0 },
		{ "<+0545>-5:45", 1, 1, 0, 0, 20700 },
		{ "AAA0BBB,J60/2,J300/3", 3, 1, 1, 59, 0 },
		{ "AAA0BBB,J60/2,J300/3", 3, 1, 2, 0, 3600 },
		{ "AAA0BBB,J60/2,J300/3", 10, 27, 1, 59, 3600 },
		{ "AAA0BBB,J60/2,J300/3", 10, 27, 2, 0, 0 },
		{ "AAA0BBB,J59,J300", 2, 28, 2, 0, 3600 },
		{ "AAA0BBB,59/2,300/3", 2, 29, 1, 59, 0 },
		{ "AAA0BBB,59/2,300/3", 2, 29, 2, 0, 3600 },
		{ "AAA0BBB-2,59/-1,300/26:30", 2, 28, 22, 59, 0 },
		{ "AAA0BBB-2,59/-1,300/26:30", 2, 28, 23, 0, 7200 },
		{ "AAA0BBB-2,59/-1,300/26:30", 10, 28, 0, 29, 7200 },
		{ "AAA0BBB-2,59/-1,300/26:30", 10, 28, 0, 30, 0 },
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", 1, 1, 0, 0, 0 },
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", 7, 1, 0, 0, 3600 },
		{ "EST5EDT,0/0,J365/25", 1, 1, 4, 59, -14400 },
		{ "EST5EDT,0/0,J365/25", 1, 1, 5, 0, -14400 },
		{ "EST5EDT,0/0,J365/25", 12, 31, 23, 59, -14400 },
		{ "<-04>4<-03>,M9.1.6/24,M4.1.6/24", 9, 3, 3, 59, -14400 },
		{ "<-04>4<-03>,M9.1.6/24,M4.1.6/24", 9, 3, 4, 0, -10800 },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct zone *z = footer_zone(table[i].footer);

		cr_assert_not_null(z, "%s", table[i].footer);
		cr_expect_eq(zone_offset_s(z, utc_ms(2028, table[i].month, table[i].day,
						  table[i].hour, table[i].minute, 0)),
		    table[i].offset_s, "%zu %s", i, table[i].footer);
		zone_free(z);
	}
}

Test(tzif, malformed_footers_are_refused)
{
	static const char *const table[] = { "A0", "AA0", "AAA", "AAA25", "AAA0BBB",
		"<+08-8", "<+8>-8", "AAA0BBB,J0,J1", "AAA0BBB,J366,J1", "AAA0BBB,366,1",
		"AAA0BBB,M13.1.0,1", "AAA0BBB,M0.1.0,1", "AAA0BBB,M1.6.0,1",
		"AAA0BBB,M1.0.0,1", "AAA0BBB,M1.1.7,1", "AAA0BBB,1", "AAA0BBB,1/168,1",
		"AAA0BBB,1,1/-168", "AAA0BBB,1,1,1", "AAA0 ", "AAA0:60", "AAA0:0:60",
		"AAA0:", "AAA0000", "AAA0BBB,,", "AAA0BBB,M1.1,1", ":UTC",
		"AAA99999999999", "\n", "UTC0\nUTC0" };
	struct zone *none;

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		cr_expect_null(footer_zone(table[i]), "%s", table[i]);
	none = footer_zone("");
	cr_expect_not_null(none, "no rule is a rule");
	zone_free(none);
}

Test(tzif, a_damaged_file_is_refused_wherever_it_is_cut)
{
	uint8_t tzif[400], *cut;
	size_t len = make_tzif(tzif, "EST5EDT,M3.2.0,M11.1.0");
	struct zone *whole;

	whole = zone_parse("Test/Whole", tzif, len);
	cr_assert_not_null(whole);
	zone_free(whole);
	for (size_t n = 0; n < len; n++) {
		cut = malloc(n + 1); /* its own block: a byte too far is seen */
		memcpy(cut, tzif, n);
		cr_expect_null(zone_parse("Test/Cut", cut, n), "%zu", n);
		free(cut);
	}
	tzif[len] = '\n';
	cr_expect_null(zone_parse("Test/Long", tzif, len + 1));
	for (size_t at = 20; at < 44; at++) { /* counts of the first header */
		tzif[at] ^= 0x80;
		cr_expect_null(zone_parse("Test/Count", tzif, len), "%zu", at);
		tzif[at] ^= 0x80;
	}
	tzif[4] = '\0';
	cr_expect_null(zone_parse("Test/Old", tzif, len), "version 1");
}

Test(tzif, names_that_are_no_zone_are_refused)
{
	static const char *const table[] = {
		"", "/etc/passwd", "../../../etc/passwd", "Asia", "Asia/",
		"Asia//Singapore", "Asia/Nowhere", "tzdata.zi", "Asia/Singapore ",
		"Asia/../Asia/Singapore", "zone1970.tab", ".", "Singapore\n",
		"Ásia/Singapore",
		"A123456789012345678901234567890123456789012345678901234567890123456789"
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		cr_expect_null(zone_get(table[i]), "%s", table[i]);
	cr_expect_null(zone_get(NULL));
	cr_expect_str_eq(zone_name(zone_get("Asia/Singapore")), "Asia/Singapore");
	cr_expect_eq(zone_get("Asia/Singapore"), zone_get("Asia/Singapore"), "read once");
}
