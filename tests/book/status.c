/* SPDX-License-Identifier: MIT */
/* status.c - the statuses, their names and their transitions. */
#include <criterion/criterion.h>
#include <string.h>

#include "book/status.h"

Test(status, names_and_numbers_never_change)
{
	static const char *const names[] = { "new", "contacted", "booked", "confirmed",
		"arrived", "attended", "no_show", "cancelled", "closed", "spam",
		"erased" };

	cr_assert_eq(STATUS_COUNT, ARRAY_LEN(names));
	for (int s = 0; s < STATUS_COUNT; s++) {
		cr_expect_str_eq(status_name((enum status)s), names[s]);
		cr_expect_eq(status_from_name(names[s]), s);
	}
	cr_expect_null(status_names[STATUS_COUNT]);
	cr_expect_eq(status_from_name("New"), -1);
	cr_expect_eq(status_from_name(""), -1);
	cr_expect_eq(STATUS_ALL, 0x7ff);
}

/* From a status to those it may become, row by row. */
Test(status, a_request_goes_only_where_the_table_lets_it)
{
	static const char *const rows[STATUS_COUNT] = {
		[STATUS_NEW] = "contacted booked closed spam cancelled",
		[STATUS_CONTACTED] = "booked closed spam cancelled",
		[STATUS_BOOKED] = "confirmed arrived attended no_show cancelled booked",
		[STATUS_CONFIRMED] = "arrived attended no_show cancelled booked",
		[STATUS_ARRIVED] = "attended no_show cancelled",
		[STATUS_ATTENDED] = "no_show",
		[STATUS_NO_SHOW] = "booked closed",
		[STATUS_CANCELLED] = "booked closed",
		[STATUS_CLOSED] = "contacted booked",
		[STATUS_SPAM] = "new",
		[STATUS_ERASED] = "",
	};

	for (int from = 0; from < STATUS_COUNT; from++) {
		unsigned to = 0;
		const char *s = rows[from];

		while (*s != '\0') {
			char name[16] = "";
			size_t n = strcspn(s, " ");

			memcpy(name, s, n);
			to |= STATUS_BIT(status_from_name(name));
			s += n + strspn(s + n, " ");
		}
		for (int k = 0; k < STATUS_COUNT; k++)
			cr_expect_eq(status_may_become((enum status)from, (enum status)k),
			    (to >> k & 1) != 0, "%s to %s", status_names[from],
			    status_names[k]);
	}
}
