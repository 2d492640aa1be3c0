/* SPDX-License-Identifier: MIT */
/* decode.c - one table of fields reads forms, multipart, JSON and queries alike. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/err.h"
#include "book/booking.h"
#include "book/find.h"
#include "web/web.h"

struct fixture {
	struct arena *arena;
	struct req req;
	struct http_field type;
	struct booking_form form;
	struct problems problems;
	struct conf *conf;
};

/* A request with that body, as the HTTP room would hand it over. */
static void
begin(struct fixture *f, const char *type, const char *body)
{
	memset(f, 0, sizeof(*f));
	f->arena = arena_new(1 << 20);
	f->conf = conf_default();
	f->type = (struct http_field){ "content-type", type };
	f->req = (struct req){ .arena = f->arena, .fields = &f->type, .field_count = type != NULL,
		.body = arena_strdup(f->arena, body), .body_len = strlen(body), .conf = f->conf,
		.query = body };
	f->problems.arena = f->arena;
}

static void
end(struct fixture *f)
{
	arena_free(f->arena);
	conf_free(f->conf);
}

#define URLENCODED "application/x-www-form-urlencoded"
#define JSON "application/json"

static int
form(struct fixture *f, const char *body)
{
	begin(f, URLENCODED, body);
	return decode_form(&f->req, &booking_fields, &f->form, &f->problems);
}

static int
json(struct fixture *f, const char *body)
{
	begin(f, JSON, body);
	return decode_json(&f->req, &booking_fields, &f->form, &f->problems, false);
}

Test(decode, a_form_and_json_say_the_same)
{
	struct fixture a, b;
	uint8_t hash_a[32], hash_b[32];

	cr_assert_eq(form(&a, "concerns=excess-oil&concerns[]=acne-scarring&full_name=+Mei+Tan+"
			      "&age_18_or_over=yes&consent=on&note=two%0D%0Alines&page=/x"),
	    0);
	cr_assert_eq(json(&b, "{\"concerns\":[\"excess-oil\",\"acne-scarring\"],\"full_name\":\"Mei Tan\","
			      "\"age_18_or_over\":true,\"consent\":true,\"note\":\"two\\r\\nlines\","
			      "\"source\":{\"page\":\"/x\"}}"),
	    0);
	cr_assert_eq(a.problems.n, 0);
	cr_assert_eq(b.problems.n, 0);
	cr_assert_str_eq(a.form.full_name, "Mei Tan");
	cr_assert_str_eq(b.form.page, "/x");
	fields_hash(&booking_fields, &a.form, hash_a);
	fields_hash(&booking_fields, &b.form, hash_b);
	cr_assert_arr_eq(hash_a, hash_b, 32);
	end(&a);
	end(&b);
}

Test(decode, a_form_ignores_what_it_does_not_know_and_json_refuses_it)
{
	struct fixture f;

	cr_assert_eq(form(&f, "status=booked&id=1&basis=verbal&channel=phone&full_name=A"), 0);
	cr_assert_eq(f.problems.n, 0);
	cr_assert_null(f.form.basis);
	cr_assert_null(f.form.channel);
	end(&f);
	cr_assert_eq(json(&f, "{\"status\":\"booked\",\"hp_website\":\"x\",\"source\":{\"ip\":\"1\"},"
			      "\"channel\":\"phone\"}"),
	    0);
	cr_assert_eq(f.problems.n, 4);
	for (size_t i = 0; i < 4; i++)
		cr_assert_str_eq(f.problems.v[i].code, "unknown_field");
	cr_assert_str_eq(f.problems.v[2].field, "source.ip");
	end(&f);
}

/* PHP's http_build_query numbers a list; what else ends in brackets is another name. */
Test(decode, a_numbered_list_is_a_list)
{
	struct fixture f;

	cr_assert_eq(form(&f, "concerns%5B0%5D=excess-oil&concerns%5B1%5D=acne-scarring"
			      "&concerns[999]=uneven-texture&full_name[0]=Mei"),
	    0);
	cr_assert_eq(f.problems.n, 0);
	cr_assert_eq(f.form.concerns.n, 3);
	cr_assert_str_eq(f.form.concerns.v[1], "acne-scarring");
	cr_assert_str_eq(f.form.full_name, "Mei");
	end(&f);
	cr_assert_eq(form(&f, "concerns[1000]=a&concerns[-1]=b&concerns[x]=c&concerns[0=d&concerns0]=e"
			      "&concerns[0]x=f&concerns[0][1]=g&concerns]=h&[0]=i&[]=j&]=k&=l"),
	    0);
	cr_assert_eq(f.form.concerns.n, 0);
	end(&f);
}

Test(decode, an_alias_of_the_whole_name_comes_before_its_number)
{
	static const char *const aliases[] = { "fields[7]:full_name", "fields[8]:concerns", "tick:concerns" };
	struct fixture f;
	struct strlist *list;

	begin(&f, URLENCODED, "fields[7]=Mei&fields[8][0]=excess-oil&fields[8][]=acne-scarring&tick[2]=x");
	list = &f.conf->public_field_alias;
	*list = (struct strlist){ 0 };
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
		strlist_add(list, f.arena, aliases[i]);
	cr_assert_eq(decode_form(&f.req, &booking_fields, &f.form, &f.problems), 0);
	cr_assert_str_eq(f.form.full_name, "Mei");
	cr_assert_eq(f.form.concerns.n, 3);
	end(&f);
}

Test(decode, a_scalar_answered_twice_is_a_problem)
{
	struct fixture f;

	cr_assert_eq(form(&f, "full_name=A&full_name=B"), 0);
	cr_assert_not_null(problem_of(&f.problems, "full_name"));
	end(&f);
}

Test(decode, wrong_values_are_named_by_their_field)
{
	static const struct {
		const char *body, *field;
	} cases[] = {
		{ "{\"concerns\":\"excess-oil\"}", "concerns" },
		{ "{\"concerns\":[1]}", "concerns[0]" },
		{ "{\"concerns\":[\"ok\",\"No Slug\"]}", "concerns[1]" },
		{ "{\"full_name\":7}", "full_name" },
		{ "{\"full_name\":[\"x\"]}", "full_name" },
		{ "{\"full_name\":{\"a\":1}}", "full_name" },
		{ "{\"full_name\":\"a\\u0000b\"}", "full_name" },
		{ "{\"full_name\":\"a\\nb\"}", "full_name" },
		{ "{\"consent\":\"yes\"}", "consent" },
		{ "{\"consent\":1e309}", NULL },
		{ "{\"contact_method\":\"pigeon\"}", "contact_method" },
		{ "{\"source\":\"x\"}", "source" },
		{ "{\"source\":{\"page\":1}}", "source.page" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture f;
		int rc = json(&f, cases[i].body);

		if (cases[i].field == NULL)
			cr_assert_eq(rc, E_MALFORMED);
		else
			cr_assert_not_null(problem_of(&f.problems, cases[i].field), "%s", cases[i].body);
		end(&f);
	}
}

Test(decode, json_that_is_none_is_malformed)
{
	static const char *const bodies[] = { "", "{", "[]", "null", "{\"a\":1,\"a\":2}", "{\"a\":01}",
		"{}x", "{\"a\":\"\xff\"}", "{'a':1}", "{\"a\":NaN}",
		"[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]" };

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct fixture f;

		cr_assert_eq(json(&f, bodies[i]), E_MALFORMED, "%s", bodies[i]);
		end(&f);
	}
}

Test(decode, a_body_of_another_kind_is_unsupported)
{
	struct fixture f;

	begin(&f, "text/plain", "{}");
	cr_assert_eq(decode_json(&f.req, &booking_fields, &f.form, &f.problems, false), E_MEDIA_TYPE);
	end(&f);
	begin(&f, "application/jsonx", "{}");
	cr_assert_eq(decode_json(&f.req, &booking_fields, &f.form, &f.problems, false), E_MEDIA_TYPE);
	end(&f);
	begin(&f, JSON, "a=b");
	cr_assert_eq(decode_form(&f.req, &booking_fields, &f.form, &f.problems), E_MEDIA_TYPE);
	end(&f);
}

Test(decode, bytes_that_are_no_text_are_a_problem_of_their_field)
{
	struct fixture f;

	cr_assert_eq(form(&f, "full_name=%FF%FE&note=%C3"), 0);
	cr_assert_not_null(problem_of(&f.problems, "full_name"));
	cr_assert_not_null(problem_of(&f.problems, "note"));
	end(&f);
}

Test(decode, a_note_is_counted_as_people_count)
{
	struct fixture f;
	char body[5 + 501 * 25] = "note=";
	const char *family = "%F0%9F%91%A8%E2%80%8D%F0%9F%91%A9"; /* one picture to people */

	for (int i = 0; i < 300; i++)
		memcpy(body + strlen(body), family, strlen(family) + 1);
	cr_assert_eq(form(&f, body), 0);
	cr_assert_eq(f.problems.n, 0);
	end(&f);
	for (int i = 0; i < 201; i++)
		memcpy(body + strlen(body), "a", 2);
	cr_assert_eq(form(&f, body), 0);
	cr_assert_not_null(problem_of(&f.problems, "note"));
	end(&f);
}

Test(decode, a_query_knows_its_parameters_and_refuses_the_rest)
{
	struct fixture f;
	struct find_cmd cmd;

	begin(&f, NULL, "concern=excess-oil,acne-scarring&limit=10&q=%E9%99%88%E7%BE%8E");
	decode_query(&f.req, &find_fields, &cmd, &f.problems, true);
	cr_assert_eq(f.problems.n, 0);
	cr_assert_eq(cmd.concern.n, 2);
	cr_assert_eq(cmd.limit, 10);
	cr_assert_str_eq(cmd.q, "陈美");
	end(&f);
	begin(&f, NULL, "limit=0&limit=5&page=2&status=odd&sort=");
	decode_query(&f.req, &find_fields, &cmd, &f.problems, true);
	cr_assert_not_null(problem_of(&f.problems, "limit"));
	cr_assert_str_eq(problem_of(&f.problems, "page")->code, "unknown_field");
	cr_assert_not_null(problem_of(&f.problems, "status"));
	cr_assert_not_null(problem_of(&f.problems, "sort"));
	end(&f);
}
