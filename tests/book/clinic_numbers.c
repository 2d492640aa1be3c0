/* SPDX-License-Identifier: MIT */
/* clinic_numbers.c - doctors and rooms and their rows in the records. */
#include "book/admin.h"
#include "support/world.h"

static struct world w;

static int
read_again(struct tx *tx, void *arg)
{
	return clinic_read(tx, arg);
}

Test(clinic_numbers, a_clinic_loaded_before_there_was_a_calendar_has_its_doctors_at_the_next_start)
{
	struct clinic *c = NULL;

	world_open(&w, ":memory:", NULL);
	cr_assert_eq(sql_number(w.db, "SELECT count(*) FROM resource"), 2);
	sql_run(w.db, "DELETE FROM resource");
	cr_assert_eq(world_in_transaction(w.db, w.arena, read_again, &c), 0);
	cr_assert_eq(c->doctor_count, 2);
	for (size_t i = 0; i < c->doctor_count; i++)
		cr_expect_gt(c->doctors[i].id, 0, "%s", c->doctors[i].slug);
	cr_expect_eq(sql_number(w.db, "SELECT count(*) FROM resource WHERE active"), 2);
	clinic_free(c);
	world_close(&w);
}

Test(clinic_numbers, a_doctor_who_left_is_inactive_and_keeps_the_number_for_ever)
{
	static const char without[] =
	    "{\"clinic\":{\"name\":\"Perfect Skin\",\"prefix\":\"NG\",\"time_zone\":\"Asia/Singapore\"},"
	    "\"branches\":[{\"slug\":\"main\"},{\"slug\":\"east\"},{\"slug\":\"spare\"}],"
	    "\"doctors\":[{\"slug\":\"dr-b\"}]}";
	int64_t number;

	world_open(&w, ":memory:", NULL);
	number = clinic_doctor(w.clinic, "dr-a")->id;
	world_load_clinic(&w, without);
	cr_expect_null(clinic_doctor(w.clinic, "dr-a"));
	cr_expect_eq(sql_number(w.db, "SELECT active FROM resource WHERE slug = 'dr-a'"), 0);
	world_load_clinic(&w, world_document);
	cr_expect_eq(clinic_doctor(w.clinic, "dr-a")->id, number);
	cr_expect_eq(sql_number(w.db, "SELECT active FROM resource WHERE slug = 'dr-a'"), 1);
	world_close(&w);
}
