/* SPDX-License-Identifier: MIT */
/*
 * clinic.c - the clinic file: what is taken, what is refused and where, what
 * changes. Most rows edit one place of a good document.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "book/clinic.h"

static const char base[] =
    "{'clinic':{'name':'Perfect Skin','prefix':'EX','country':'SG',"
    "'time_zone':'Asia/Singapore','dpo_email':'dpo@clinic.example'},"
    "'branches':[{'slug':'main','hours':[{'days':['mon','tue'],'from':'10:00',"
    "'to':'19:00'},{'days':['sat'],'from':'22:00','to':'02:00'}]},"
    "{'slug':'east','name':'East','booking_mode':'instant','horizon_days':90,"
    "'time_zone':'Europe/London'},{'slug':'spare'}],"
    "'services':[{'slug':'consultation','name':{'en':'Consultation'},'minutes':30,"
    "'buffer_after':10,'rooms':['room']}],"
    "'doctors':[{'slug':'dr-a','name':'Dr A','services':['consultation'],'daily_max':20,"
    "'hours':[{'branch':'main','days':['mon','wed'],'from':'10:00','to':'13:00'},"
    "{'branch':'east','days':['mon'],'from':'14:00','to':'18:00'}],"
    "'away':[{'from':'2026-12-24T00:00','to':'2026-12-27T00:00','reason':'leave'}],"
    "'extra':[{'branch':'main','date':'2026-12-05','from':'10:00','to':'13:00'}]}],"
    "'rooms':[{'slug':'room-1','kind':'room','branch':'main','capacity':1}],"
    "'closures':[{'branch':'*','date':'2026-12-25','name':{'en':'Christmas Day'}},"
    "{'branch':'main','date':'2026-12-24','name':{'en':'Staff day'}},"
    "{'branch':'main','date':'2026-12-25','name':{'en':'Christmas Day'}}]}";

static struct arena *arena;
static struct problems problems;

static void
setup(void)
{
	arena = arena_new((size_t)1 << 20);
	problems = (struct problems){ .arena = arena };
}

static void
teardown(void)
{
	arena_free(arena);
}

TestSuite(clinic, .init = setup, .fini = teardown);

/* base with the first from replaced; 'single' quotes become double ones. */
static char *
edited(const char *from, const char *to)
{
	const char *at = from == NULL ? base : strstr(base, from);
	char *s;

	cr_assert_not_null(at, "%s is not in the document", from);
	s = arena_printf(arena, "%.*s%s%s", (int)(at - base), base,
	    from == NULL ? "" : to, from == NULL ? base : at + strlen(from));
	for (char *p = s; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	return s;
}

static struct clinic *
parse(const char *json)
{
	problems.n = 0;
	return clinic_parse(json, strlen(json), &problems);
}

static struct clinic *
parse_good(const char *json)
{
	struct clinic *c = parse(json);

	cr_assert_not_null(c, "%s: %s", problems.n == 0 ? "?" : problems.v[0].field,
	    problems.n == 0 ? "?" : problems.v[0].message);
	cr_assert_eq(problems.n, 0);
	return c;
}

static char *
read_whole(const char *path)
{
	FILE *f = fopen(path, "re");
	char *s = arena_alloc(arena, 1 << 18);

	cr_assert_not_null(f, "%s", path);
	cr_assert_gt(fread(s, 1, (1 << 18) - 1, f), 0);
	fclose(f);
	return s;
}

struct edit {
	const char *from, *to, *field, *code;
};

static void
expect_problems(const struct edit *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct clinic *c = parse(edited(t[i].from, t[i].to));
		const struct problem *p = problem_of(&problems, t[i].field);

		cr_expect_null(c, "%s is taken", t[i].to);
		cr_expect_not_null(p, "%s: nothing at %s, but at %s", t[i].to, t[i].field,
		    problems.n == 0 ? "no place" : problems.v[0].field);
		if (p != NULL)
			cr_expect_str_eq(p->code, t[i].code, "%s: %s", t[i].to, p->code);
		cr_expect_eq(problems.n, 1, "%s: %zu problems", t[i].to, problems.n);
		clinic_free(c);
	}
}

#define EXPECT_PROBLEMS(table) expect_problems(table, ARRAY_LEN(table))

Test(clinic, the_example_file_is_taken)
{
	struct clinic *c = parse_good(read_whole("etc/clinic.example.json"));

	cr_expect_eq(c->doctor_count, 3);
	cr_expect_eq(c->closure_count, 26);
	cr_expect_eq(c->branches[0].hours.closed_count, 26);
	cr_expect_eq(c->branches[0].hours.row_count, 6);
	cr_expect(c->branches[0].settings.instant);
	cr_expect_str_eq(clinic_service(c, "consultation")->name[2], "咨询");
	clinic_free(c);
}

Test(clinic, four_things_suffice)
{
	struct clinic *c = parse_good("{\"clinic\":{\"name\":\"A\",\"prefix\":\"A\","
				      "\"time_zone\":\"Asia/Singapore\"},"
				      "\"branches\":[{\"slug\":\"main\"}]}");
	const struct clinic_settings *s = &c->branches[0].settings;

	cr_expect_not(s->instant);
	cr_expect_eq(s->min_notice_minutes, 120);
	cr_expect_eq(s->horizon_days, 60);
	cr_expect_eq(s->slot_step_minutes, 15);
	cr_expect_eq(s->change_cutoff_hours, 24);
	cr_expect_eq(s->hold_open_hours, 8);
	cr_expect_eq(s->respond_within_open_hours, 4);
	cr_expect_eq(c->languages.n, 3);
	cr_expect_str_eq(c->country, "SG");
	cr_expect_not_null(clinic_service(c, "consultation"));
	cr_expect_str_eq(c->branches[0].name, "A");
	cr_expect_null(strstr(c->text[0][TEXT_NOTICE], "e-mail"));
	clinic_free(c);
}

Test(clinic, branches_take_the_settings_of_the_clinic_unless_they_have_their_own)
{
	struct clinic *c = parse_good(edited(
	    "'dpo_email'", "'min_notice_minutes':0,'horizon_days':30,'dpo_email'"));
	const struct branch *main_branch = clinic_branch(c, "main");
	const struct branch *east = clinic_branch(c, "east");

	cr_expect_eq(main_branch->settings.horizon_days, 30);
	cr_expect_eq(east->settings.horizon_days, 90);
	cr_expect_eq(east->settings.min_notice_minutes, 0);
	cr_expect(east->settings.instant && !main_branch->settings.instant);
	cr_expect_str_eq(zone_name(main_branch->hours.zone), "Asia/Singapore");
	cr_expect_str_eq(zone_name(east->hours.zone), "Europe/London");
	cr_expect_str_eq(main_branch->name, "Perfect Skin");
	cr_expect_null(clinic_branch(c, "west"));
	clinic_free(c);
}

Test(clinic, closed_days_ascend_and_are_there_once)
{
	struct clinic *c = parse_good(edited(NULL, NULL));
	const struct hours *h = &clinic_branch(c, "main")->hours;
	int32_t day = 0;

	cr_expect(date_parse("2026-12-24", &day));
	cr_assert_eq(h->closed_count, 2);
	cr_expect_eq(h->closed_days[0], day);
	cr_expect_eq(h->closed_days[1], day + 1);
	cr_expect_eq(clinic_branch(c, "east")->hours.closed_count, 1);
	clinic_free(c);
}

Test(clinic, an_hours_row_becomes_one_per_day)
{
	struct clinic *c =
	    parse_good(edited("'10:00','to':'19:00'", "'00:00','to':'24:00'"));
	const struct hours *h = &c->branches[0].hours;

	cr_assert_eq(h->row_count, 3);
	cr_expect_eq(h->rows[1].weekday, 2);
	cr_expect_eq(h->rows[1].to_min, 1440);
	cr_expect_eq(h->rows[2].from_min, 1320);
	cr_expect_eq(h->rows[2].to_min, 120);
	clinic_free(c);
}

Test(clinic, wrong_values_of_the_clinic_are_refused_with_their_path)
{
	static const struct edit table[] = {
		{ "'name':'Perfect Skin',", "", "$.clinic.name", "missing" },
		{ "'name':'Perfect Skin'", "'name':'  '", "$.clinic.name", "invalid" },
		{ "'name':'Perfect Skin'", "'name':null", "$.clinic.name", "invalid" },
		{ "'name':'Perfect Skin'", "'name':'a\\nb'", "$.clinic.name", "invalid" },
		{ "'prefix':'EX',", "", "$.clinic.prefix", "missing" },
		{ "'EX'", "'ex'", "$.clinic.prefix", "invalid" },
		{ "'EX'", "'ABCDEFG'", "$.clinic.prefix", "invalid" },
		{ "'EX'", "''", "$.clinic.prefix", "invalid" },
		{ "'SG'", "'ID'", "$.clinic.country", "invalid" },
		{ "'time_zone':'Asia/Singapore',", "", "$.clinic.time_zone", "missing" },
		{ "Asia/Singapore", "../etc/passwd", "$.clinic.time_zone", "invalid" },
		{ "Asia/Singapore", "Asia/Nowhere", "$.clinic.time_zone", "invalid" },
		{ "'dpo_email'", "'languages':['en','ta'],'dpo_email'",
		    "$.clinic.languages[1]", "invalid" },
		{ "'dpo_email'", "'languages':[],'dpo_email'", "$.clinic.languages",
		    "invalid" },
		{ "'dpo_email'", "'languages':['en','en'],'dpo_email'",
		    "$.clinic.languages[1]", "duplicate" },
		{ "dpo@clinic.example", "dpo", "$.clinic.dpo_email", "invalid" },
		{ "'dpo_email'", "'phone':'call us','dpo_email'", "$.clinic.phone",
		    "invalid" },
		{ "'dpo_email'", "'whatsapp':'123','dpo_email'", "$.clinic.whatsapp",
		    "invalid" },
		{ "'dpo_email'", "'colour':'#12345g','dpo_email'", "$.clinic.colour",
		    "invalid" },
		{ "'dpo_email'", "'booking_mode':'maybe','dpo_email'",
		    "$.clinic.booking_mode", "invalid" },
		{ "'dpo_email'", "'horizon_days':0,'dpo_email'", "$.clinic.horizon_days",
		    "invalid" },
		{ "'dpo_email'", "'horizon_days':731,'dpo_email'",
		    "$.clinic.horizon_days", "invalid" },
		{ "'dpo_email'", "'horizon_days':60.0,'dpo_email'",
		    "$.clinic.horizon_days", "invalid" },
		{ "'dpo_email'", "'min_notice_minutes':-1,'dpo_email'",
		    "$.clinic.min_notice_minutes", "invalid" },
		{ "'dpo_email'", "'slot_step_minutes':7,'dpo_email'",
		    "$.clinic.slot_step_minutes", "invalid" },
		{ "'dpo_email'", "'slot_step_minutes':25,'dpo_email'",
		    "$.clinic.slot_step_minutes", "invalid" },
		{ "'dpo_email'", "'slot_step_minutes':0,'dpo_email'",
		    "$.clinic.slot_step_minutes", "invalid" },
		{ "'dpo_email'", "'retention_days':{'spam':0},'dpo_email'",
		    "$.clinic.retention_days.spam", "invalid" },
		{ "'dpo_email'", "'retention_days':{'all':9},'dpo_email'",
		    "$.clinic.retention_days.all", "unknown_field" },
		{ "'dpo_email'", "'color':'#000000','dpo_email'", "$.clinic.color",
		    "unknown_field" },
		{ "'dpo_email'", "'a b':1,'dpo_email'", "$.clinic['a b']",
		    "unknown_field" },
		{ "'dpo_email'", "'a\\u0007':1,'dpo_email'", "$.clinic['?']",
		    "unknown_field" },
	};

	EXPECT_PROBLEMS(table);
}

Test(clinic, wrong_branches_and_closures_are_refused_with_their_path)
{
	static const struct edit table[] = {
		{ "'slug':'spare'", "'slug':'main'", "$.branches[2].slug", "duplicate" },
		{ "'slug':'spare'", "", "$.branches[2].slug", "missing" },
		{ "'slug':'spare'", "'slug':'East'", "$.branches[2].slug", "invalid" },
		{ "'slug':'east'", "'slug':'east','rooms':2", "$.branches[1].rooms",
		    "unknown_field" },
		{ "'horizon_days':90", "'horizon_days':'90'",
		    "$.branches[1].horizon_days", "invalid" },
		{ "'Europe/London'", "7", "$.branches[1].time_zone", "invalid" },
		{ "'10:00'", "'10:03'", "$.branches[0].hours[0].from", "invalid" },
		{ "'10:00'", "'24:00'", "$.branches[0].hours[0].from", "invalid" },
		{ "'10:00'", "'9:00'", "$.branches[0].hours[0].from", "invalid" },
		{ "'10:00'", "'19:00'", "$.branches[0].hours[0].to", "invalid" },
		{ "'19:00'", "'24:05'", "$.branches[0].hours[0].to", "invalid" },
		{ "'19:00'", "'19:60'", "$.branches[0].hours[0].to", "invalid" },
		{ "'19:00'", "'19:00:00'", "$.branches[0].hours[0].to", "invalid" },
		{ "'from':'10:00',", "", "$.branches[0].hours[0].from", "missing" },
		{ "['mon','tue']", "['mon','Tue']", "$.branches[0].hours[0].days[1]",
		    "invalid" },
		{ "['mon','tue']", "['mon','mon']", "$.branches[0].hours[0].days[1]",
		    "duplicate" },
		{ "['mon','tue']", "[]", "$.branches[0].hours[0].days", "invalid" },
		{ "['mon','tue']", "'mon'", "$.branches[0].hours[0].days", "invalid" },
		{ "'days':['mon','tue'],", "", "$.branches[0].hours[0].days", "missing" },
		{ "'branch':'*'", "'branch':'west'", "$.closures[0].branch",
		    "unknown_slug" },
		{ "'2026-12-24','name'", "'2026-02-30','name'", "$.closures[1].date",
		    "invalid" },
		{ "'2026-12-24','name'", "'2026-12-25','name'", "$.closures[2]",
		    "duplicate" },
		{ "'date':'2026-12-24',", "", "$.closures[1].date", "missing" },
		{ "{'en':'Staff day'}", "{'ms':'Hari kakitangan'}",
		    "$.closures[1].name.en", "missing" },
		{ "{'en':'Staff day'}", "{'en':'Staff day','zh':'x'}",
		    "$.closures[1].name.zh", "unknown_field" },
		{ "'closures':[", "'holidays':[],'closures':[", "$.holidays",
		    "unknown_field" },
	};

	EXPECT_PROBLEMS(table);
}

Test(clinic, wrong_doctors_services_and_rooms_are_refused_with_their_path)
{
	static const struct edit table[] = {
		{ "'minutes':30", "'minutes':31", "$.services[0].minutes", "invalid" },
		{ "'minutes':30", "'minutes':715", "$.services[0].minutes", "invalid" },
		{ "'buffer_after':10", "'buffer_after':-5", "$.services[0].buffer_after",
		    "invalid" },
		{ "['room']", "['laser']", "$.services[0].rooms[0]", "unknown_slug" },
		{ "['room']", "['room','b','c','d','e','f','g','h','i']", "$.services[0].rooms", "invalid" },
		{ "'en':'Consultation'", "'en':''", "$.services[0].name.en", "invalid" },
		{ "'services':['consultation']", "'services':['consultation','peel']",
		    "$.doctors[0].services[1]", "unknown_slug" },
		{ "'services':['consultation']",
		    "'services':['consultation','consultation']",
		    "$.doctors[0].services[1]", "duplicate" },
		{ "'daily_max':20", "'daily_max':0", "$.doctors[0].daily_max",
		    "invalid" },
		{ "'daily_max':20", "'active':1", "$.doctors[0].active", "invalid" },
		{ "'daily_max':20", "'languages':['e']", "$.doctors[0].languages[0]",
		    "invalid" },
		{ "'daily_max':20", "'photo':'x'", "$.doctors[0].photo",
		    "unknown_field" },
		{ "'branch':'main','days':['mon','wed']",
		    "'branch':'west','days':['mon']", "$.doctors[0].hours[0].branch",
		    "unknown_slug" },
		{ "'branch':'main','days':['mon','wed']", "'days':['mon']",
		    "$.doctors[0].hours[0].branch", "missing" },
		{ "'14:00'", "'14:02'", "$.doctors[0].hours[1].from", "invalid" },
		{ "'2026-12-24T00:00'", "'2026-12-24'", "$.doctors[0].away[0].from",
		    "invalid" },
		{ "'2026-12-24T00:00'", "'2026-12-28T00:00'", "$.doctors[0].away[0].to",
		    "invalid" },
		{ "'date':'2026-12-05'", "'date':'5 December'",
		    "$.doctors[0].extra[0].date", "invalid" },
		{ "'extra':[",
		    "'extra':[{'branch':'east','date':'2026-12-04','from':'20:00',"
		    "'to':'10:05'},",
		    "$.doctors[0].extra[1]", "invalid" },
		{ "'branch':'main','capacity':1", "'branch':'west'", "$.rooms[0].branch",
		    "unknown_slug" },
		{ "'capacity':1", "'capacity':0", "$.rooms[0].capacity", "invalid" },
	};

	EXPECT_PROBLEMS(table);
}

Test(clinic, hours_of_one_doctor_may_touch_but_not_overlap)
{
	static const struct {
		const char *days, *from, *to;
		bool good;
	} table[] = {
		{ "mon", "13:00", "18:00", true },
		{ "mon", "12:55", "18:00", false },
		{ "tue", "10:00", "13:00", true },
		{ "wed", "09:00", "10:05", false },
		{ "wed", "09:00", "10:00", true },
		{ "sun", "22:00", "10:05", false }, /* across the end of the week */
		{ "sun", "22:00", "10:00", true },
		{ "tue", "00:00", "24:00", true },
		{ "mon", "00:00", "24:00", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		char *to = arena_printf(arena, "'days':['%s'],'from':'%s','to':'%s'",
		    table[i].days, table[i].from, table[i].to);
		struct clinic *c =
		    parse(edited("'days':['mon'],'from':'14:00','to':'18:00'", to));

		cr_expect_eq(c != NULL, table[i].good, "%s", to);
		cr_expect_eq(problem_of(&problems, "$.doctors[0].hours[1]") == NULL,
		    table[i].good, "%s", to);
		clinic_free(c);
	}
}

Test(clinic, brackets_in_a_text_are_no_nesting)
{
	clinic_free(parse_good(edited("Perfect Skin", "[[[[[[[[[[[[[[[[[[[[\\\"[[[[")));
}
