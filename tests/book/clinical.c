/* SPDX-License-Identifier: MIT */
/* clinical.c - a note's own tags, and who may read the words behind them. */
#include <criterion/criterion.h>
#include <string.h>

#include "support/world.h"

static struct world w;
static struct lexicon *lexicon;

static void
setup(void)
{
	char error[TAXONOMY_ERROR_LEN];

	world_open(&w, ":memory:", NULL);
	lexicon = lexicon_load("etc/taxonomy.json", w.taxonomy, error);
	cr_assert_not_null(lexicon, "%s", error);
	lexicon_set(lexicon);
}

static void
teardown(void)
{
	lexicon_set(NULL);
	lexicon_free(lexicon);
	world_close(&w);
}

TestSuite(clinical, .init = setup, .fini = teardown);

static struct booking_answer
book(const char *note)
{
	struct booking_form *f = world_form(w.arena);

	f->note = note;
	return world_book(&w, f);
}

static const char *
detail(const char *reference, const char *role)
{
	struct booking_read_cmd cmd = { reference };
	struct call *c = world_call(&w, &op_booking_read, &cmd, role);
	const char *json;

	cr_assert_geq(world_run(&w, c), 0);
	json = arena_strdup(w.arena, ((struct booking_detail *)c->res)->json);
	world_call_free(c);
	return json;
}

#define NOTE "My skin is very oily. I am pregnant and on Accutane; pregnant since May."

Test(clinical, what_the_note_says_is_a_suggestion_beside_the_ticks)
{
	struct booking_answer ans = book(NOTE);
	const char *json = detail(ans.reference, "manager");

	cr_expect_not_null(strstr(
	    json, "\"slug\":\"excess-oil\",\"source\":\"patient\",\"words\":null"));
	cr_expect_not_null(strstr(json, "\"slug\":\"excess-oil\",\"source\":\"text\""));
	cr_expect_not_null(
	    strstr(json, "\"slug\":\"doctor-should-know\",\"source\":\"text\""));
}

Test(
    clinical, the_words_for_the_doctor_are_hidden_from_the_front_desk_wherever_they_stand)
{
	struct booking_answer ans = book(NOTE);
	const char *desk = detail(ans.reference, "frontdesk");

	cr_expect_null(strcasestr(desk, "pregnant"));
	cr_expect_null(strcasestr(desk, "accutane"));
	cr_expect_not_null(strstr(desk, "My skin is very oily."));
	cr_expect_not_null(strstr(detail(ans.reference, "doctor"), NOTE));
	cr_expect_null(strstr(detail(ans.reference, "viewer"), "oily."));
}
