/* SPDX-License-Identifier: MIT */
/* small.c - ids, clocks, errors, metrics, letters: the smallest things of the base. */
#include <criterion/criterion.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mailbox.h"
#include "base/metric.h"
#include "base/uuid.h"

/* ---- uuid ---- */

static const uint8_t zeros[10],
    ones[10] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

/* RFC 9562, A.6 */
Test(uuid, it_is_the_standards_version_7)
{
	static const uint8_t random[10] = { 0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c,
		0x07, 0x39, 0x8f };
	struct uuid u = uuid_v7(0x017f22e279b0, random);
	char text[UUID_TEXT_LEN];

	cr_expect_str_eq(uuid_text(&u, text), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
	cr_expect_eq(uuid_v7_ms(&u), 0x017f22e279b0);
}

Test(uuid, version_and_variant_stand_whatever_the_random)
{
	struct uuid low = uuid_v7(1, zeros), high = uuid_v7(1, ones);
	char text[UUID_TEXT_LEN];

	cr_expect_str_eq(uuid_text(&low, text), "00000000-0001-7000-8000-000000000000");
	cr_expect_str_eq(uuid_text(&high, text), "00000000-0001-7fff-bfff-ffffffffffff");
}

Test(uuid, a_later_millisecond_sorts_after)
{
	struct uuid before = uuid_v7(1795525920000, ones),
		    after = uuid_v7(1795525920001, zeros);

	cr_expect_lt(memcmp(before.b, after.b, 16), 0);
}

/* ---- clock ---- */

Test(clock, it_stops_and_runs_again)
{
	clock_set_ms(1795525920000);
	cr_expect_eq(clock_now_ms(), 1795525920000);
	cr_expect_eq(clock_now_ms(), 1795525920000);
	clock_set_ms(0);
	cr_expect_gt(clock_now_ms(), 1700000000000);
}

Test(clock, the_monotonic_clock_is_nobodys_to_set)
{
	int64_t before = clock_mono_ms();

	clock_set_ms(1);
	cr_expect_geq(clock_mono_ms(), before);
	cr_expect_lt(clock_mono_ms(), before + 60000);
	clock_set_ms(0);
}

Test(clock, times_are_written_in_utc)
{
	static const struct {
		int64_t ms;
		const char *text;
	} table[] = { { 0, "1970-01-01T00:00:00Z" },
		{ 1795525920000, "2026-11-24T13:12:00Z" },
		{ 1795525920999, "2026-11-24T13:12:00Z" }, { -1, "1969-12-31T23:59:59Z" },
		{ -1000, "1969-12-31T23:59:59Z" }, { -1001, "1969-12-31T23:59:58Z" },
		{ 951782400000, "2000-02-29T00:00:00Z" },
		{ -62135596800000, "0001-01-01T00:00:00Z" },
		{ 253402300799000, "9999-12-31T23:59:59Z" } };
	char text[CLOCK_TEXT_LEN];

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		cr_expect_str_eq(clock_rfc3339(table[i].ms, text), table[i].text,
		    "%lld: %s", (long long)table[i].ms, text);
	clock_rfc3339(INT64_MAX, text); /* whatever it says, it fits */
	cr_expect_lt(strlen(text), CLOCK_TEXT_LEN);
	clock_rfc3339(INT64_MIN, text);
	cr_expect_lt(strlen(text), CLOCK_TEXT_LEN);
}

/* ---- err ---- */

Test(err, every_code_has_a_status_a_name_and_a_sentence)
{
	static const struct {
		int code, status;
		const char *name;
	} contract[] = { { E_INVALID, 422, "invalid" },
		{ E_IDEMPOTENCY, 422, "idempotency_mismatch" },
		{ E_NOT_OFFERED, 422, "slot_not_offered" },
		{ E_MALFORMED, 400, "malformed" },
		{ E_UNAUTHORIZED, 401, "unauthorized" },
		{ E_FORBIDDEN, 403, "forbidden" }, { E_NOT_FOUND, 404, "not_found" },
		{ E_CONFLICT, 409, "conflict" }, { E_START_OVER, 410, "start_over" },
		{ E_VERSION_MISMATCH, 412, "version_mismatch" },
		{ E_TOO_LARGE, 413, "too_large" },
		{ E_MEDIA_TYPE, 415, "unsupported_media_type" },
		{ E_VERSION_REQUIRED, 428, "version_required" },
		{ E_RATE_LIMITED, 429, "rate_limited" },
		{ E_UNAVAILABLE, 503, "unavailable" }, { E_BUSY, 503, "unavailable" },
		{ E_FULL, 503, "unavailable" }, { E_DB, 503, "unavailable" },
		{ E_UNKNOWN, 503, "unknown_outcome" } };

	for (size_t i = 0; i < ARRAY_LEN(contract); i++) {
		cr_expect_eq(err_row(contract[i].code)->status, contract[i].status);
		cr_expect_str_eq(err_row(contract[i].code)->name, contract[i].name);
	}
	for (int code = E_FIRST_ + 1; code < E_LAST_; code++) {
		const char *sentence = err_row(code)->sentence;

		cr_expect_lt(code, 0);
		cr_expect(err_row(code)->status >= 400 && err_row(code)->status < 600);
		cr_expect_eq(sentence[strlen(sentence) - 1], '.', "%s", sentence);
	}
	cr_expect_eq(err_row(0), err_row(E_INTERNAL));
	cr_expect_eq(err_row(-1), err_row(E_INTERNAL));
	cr_expect_eq(err_row(INT32_MIN), err_row(E_INTERNAL));
}

/* ---- metric ---- */

static void *
count_up(void *arg)
{
	for (int i = 0; i < 10000; i++)
		metric_add(M_requests_total, 1);
	return arg;
}

Test(metric, threads_count_together)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, count_up, NULL), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	cr_expect_eq(metric_get(M_requests_total), 40000);
}

Test(metric, they_are_written_as_prometheus_reads_them)
{
	struct arena *a = arena_new((size_t)1 << 20);
	struct obuf o;
	size_t values = 0;

	obuf_init(&o, a, 1 << 20);
	metric_add(M_connections, 7);
	metric_add(M_connections, -2);
	metric_write(&o);
	cr_expect_not_null(
	    strstr(o.data, "# TYPE bookingd_connections gauge\nbookingd_connections 5\n"),
	    "%s", o.data);
	cr_expect_not_null(strstr(o.data, "# TYPE bookingd_requests_total counter\n"));
	for (const char *s = o.data; *s != '\0'; s = strchr(s, '\n') + 1)
		values += *s != '#';
	cr_expect_eq(values, METRIC_COUNT);
	arena_free(a);
}

/* ---- mailbox ---- */

struct note {
	struct letter letter;
	int number;
};

static int got[3000], got_count;

static void
read_note(struct letter *l)
{
	got[got_count++] = CONTAINER_OF(l, struct note, letter)->number;
}

static bool
is_readable(struct mailbox *m)
{
	struct pollfd p = { .fd = mailbox_fd(m), .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

Test(mailbox, letters_are_read_in_the_order_they_were_put)
{
	struct note notes[5];
	struct mailbox *m = mailbox_new();

	for (int i = 0; i < 5; i++)
		notes[i] = (struct note){ { NULL, read_note }, i };
	notes[1].letter.next = &notes[2].letter; /* a chain of three */
	notes[2].letter.next = &notes[3].letter;
	cr_expect_not(is_readable(m));
	mailbox_put(m, &notes[0].letter);
	cr_expect(is_readable(m));
	mailbox_put(m, &notes[1].letter);
	mailbox_put(m, &notes[4].letter);
	mailbox_read(m);
	cr_expect_not(is_readable(m));
	cr_assert_eq(got_count, 5);
	for (int i = 0; i < 5; i++)
		cr_expect_eq(got[i], i);
	mailbox_read(m); /* nothing there */
	cr_expect_eq(got_count, 5);
	mailbox_put(m, &notes[0].letter); /* it wakes again */
	cr_expect(is_readable(m));
	mailbox_read(m);
	mailbox_free(m);
}

struct sender {
	struct mailbox *to;
	struct note notes[1000];
};

static void *
send_many(void *arg)
{
	struct sender *s = arg;

	for (int i = 0; i < 1000; i++)
		mailbox_put(s->to, &s->notes[i].letter);
	return NULL;
}

Test(mailbox, none_is_lost_when_several_put)
{
	static struct sender senders[3];
	struct mailbox *m = mailbox_new();
	pthread_t threads[3];
	int64_t end = clock_mono_ms() + 20000;
	int last[3] = { -1, -1, -1 };

	for (int i = 0; i < 3; i++) {
		senders[i].to = m;
		for (int k = 0; k < 1000; k++)
			senders[i].notes[k] =
			    (struct note){ { NULL, read_note }, 1000 * i + k };
		cr_assert_eq(
		    pthread_create(&threads[i], NULL, send_many, &senders[i]), 0);
	}
	while (got_count < 3000) {
		struct pollfd p = { .fd = mailbox_fd(m), .events = POLLIN };

		cr_assert_gt(
		    poll(&p, 1, (int)(end - clock_mono_ms())), 0, "%d came", got_count);
		mailbox_read(m);
	}
	for (int i = 0; i < 3000; i++) {
		cr_assert_gt(got[i], last[got[i] / 1000]);
		last[got[i] / 1000] = got[i];
	}
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	mailbox_free(m);
}
