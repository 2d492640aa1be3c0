/* SPDX-License-Identifier: MIT */
/* crowd.c - many requests of all kinds, and what is read of them by hand. */
#include <criterion/criterion.h>

#include "book/names.h"

#define STR(member, column) \
	snprintf(x->member, sizeof(x->member), "%s", text_of(st, column))

static const char *const concerns[] = { "enlarged-pores", "excess-oil", "elasticity-loss",
	"sun-damage", "acne-scarring" };
static const char *const reasons[] = { "otc-not-effective", "wants-safe-options" };
static const char *const extra[] = { "laser-treatments", "chemical-peels", "date-bound",
	"possible-urgent", "excess-oil" };

const struct known_name known_names[] = {
	{ "Tan Mei Ling", "tan mei ling" },
	{ "TAN Boon Huat", "tan boon huat" },
	{ "Ｔａｎ Ｗｅｉ", "tan wei" },
	{ "José Álvarez", "jose alvarez" },
	{ "Ahmad bin Ismail", "ahmad bin ismail" },
	{ "O'Brien Tan", "obrien tan" },
	{ "Mei-Ling Goh", "mei ling meiling goh" },
	{ "Siti Nurhaliza", "siti nurhaliza" },
	{ "陈大文", "" },
	{ "陈 Mei", "mei" },
	{ "王小明", "" },
};
const int known_name_count = ARRAY_LEN(known_names);

static const char *
pick(struct crowd *c, const char *const *from, size_t n)
{
	return from[chance_below(&c->chance, (int)n)];
}
#define PICK(c, array) pick(c, array, ARRAY_LEN(array))

static struct booking_form *
any_form(struct crowd *c, struct arena *a)
{
	static const char *const branches[] = { "main", "main", "east", "spare" };
	static const char *const services[] = { "consultation", "review" };
	static const char *const doctors[] = { "dr-a", "dr-b" };
	static const char *const tongues[] = { "en", "en", "ms", "zh-Hans" };
	struct booking_form *f = world_form(a);

	f->concerns = (struct strlist){ 0 };
	for (int i = 1 + chance_below(&c->chance, 3); i > 0; i--) {
		const char *slug = PICK(c, concerns);

		if (!strlist_has(&f->concerns, slug))
			strlist_add(&f->concerns, a, slug);
	}
	if (chance_one_in(&c->chance, 3))
		strlist_add(&f->reasons, a, PICK(c, reasons));
	f->full_name = known_names[chance_below(&c->chance, known_name_count)].typed;
	f->phone =
	    arena_printf(a, "9%07d", 1000000 + chance_below(&c->chance, 300) * 9871);
	if (chance_one_in(&c->chance, 2))
		f->email =
		    arena_printf(a, "Person%d@example.sg", chance_below(&c->chance, 40));
	if (chance_one_in(&c->chance, 3))
		f->article = c->w->taxonomy->article_slug;
	if (chance_one_in(&c->chance, 3))
		f->doctor = PICK(c, doctors);
	f->branch = PICK(c, branches);
	f->service = PICK(c, services);
	f->language = PICK(c, tongues);
	f->suspicious = chance_one_in(&c->chance, 10);
	return f;
}

void
crowd_arrive(struct crowd *c, int more)
{
	for (int i = 0; i < more; i++) {
		struct arena *a = arena_new((size_t)1 << 20);

		if (!chance_one_in(&c->chance, 3)) /* else in the same millisecond */
			clock_set_ms(
			    clock_now_ms() + chance_below(&c->chance, 2 * 3600000));
		world_book(c->w, any_form(c, a));
		arena_free(a);
	}
}

void
crowd_stir(struct crowd *c)
{
	for (int64_t n = 1; n <= world_last(c->w); n++) {
		const struct term *t = NULL;
		const char *slug = PICK(c, extra);

		if (!chance_one_in(&c->chance, 3)) {
			int s = chance_below(&c->chance, STATUS_COUNT);

			sql_run(c->w->db, "UPDATE booking SET status = %d WHERE n = %lld",
			    s, (long long)n);
			sql_run(c->w->db,
			    "UPDATE booking_tag SET status = %d WHERE n = %lld", s,
			    (long long)n);
		}
		for (int k = 0; t == NULL && k < TERM_KINDS; k++)
			t = taxonomy_find(c->w->taxonomy, (enum term_kind)k, slug);
		if (chance_one_in(&c->chance, 2))
			sql_run(c->w->db,
			    "INSERT INTO booking_tag (n, term, source, taxonomy, status) "
			    "SELECT n,"
			    " %lld, %d, 1, status FROM booking WHERE n = %lld",
			    (long long)t->id, 1 + chance_below(&c->chance, 2),
			    (long long)n);
	}
}

/* ---- read by hand ---- */

static const char *
text_of(sqlite3_stmt *st, int column)
{
	const unsigned char *s = sqlite3_column_text(st, column);

	return s == NULL ? "" : (const char *)s;
}

static int
name_of(const char *typed)
{
	for (int i = 0; i < known_name_count; i++)
		if (strcmp(known_names[i].typed, typed) == 0)
			return i;
	cr_assert_fail("a name nobody has: %s", typed);
	return 0;
}

static void
read_tags(struct crowd *c, struct one *x)
{
	sqlite3_stmt *st = NULL;

	cr_assert_eq(sqlite3_prepare_v2(c->w->db->handle,
			 "SELECT t.kind, t.slug, g.source FROM booking_tag g JOIN term t"
			 " ON t.id = g.term WHERE g.n = ?1",
			 -1, &st, NULL),
	    SQLITE_OK);
	sqlite3_bind_int64(st, 1, x->n);
	x->tag_count = 0;
	while (sqlite3_step(st) == SQLITE_ROW) {
		struct one_tag *t = &x->tags[x->tag_count++];

		snprintf(t->kind, sizeof(t->kind), "%s", text_of(st, 0));
		snprintf(t->slug, sizeof(t->slug), "%s", text_of(st, 1));
		t->source = sqlite3_column_int(st, 2);
	}
	sqlite3_finalize(st);
}

void
crowd_read(struct crowd *c)
{
	sqlite3_stmt *st = NULL;

	cr_assert_eq(
	    sqlite3_prepare_v2(c->w->db->handle,
		"SELECT b.n, b.status, b.received_at, b.clock_at, b.respond_by,"
		" b.reference, r.slug, b.service, b.language, b.doctor, b.email, b.phone,"
		" b.full_name FROM booking b JOIN branch r ON r.id = b.branch ORDER BY n",
		-1, &st, NULL),
	    SQLITE_OK);
	c->count = 0;
	while (sqlite3_step(st) == SQLITE_ROW) {
		struct one *x = &c->ones[c->count++];

		x->n = sqlite3_column_int64(st, 0);
		x->status = sqlite3_column_int64(st, 1);
		x->received_at = sqlite3_column_int64(st, 2);
		x->clock_at = sqlite3_column_int64(st, 3);
		x->respond_by = sqlite3_column_int64(st, 4);
		STR(reference, 5);
		STR(branch, 6);
		STR(service, 7);
		STR(language, 8);
		STR(doctor, 9);
		STR(email, 10);
		STR(phone, 11);
		x->name = name_of(text_of(st, 12));
		read_tags(c, x);
	}
	sqlite3_finalize(st);
}
