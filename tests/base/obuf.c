/* SPDX-License-Identifier: MIT */
/* obuf.c - text on its way out: the escapes, and where it ends. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

#include "base/obuf.h"
#include "support/chance.h"

static struct arena *a;
static struct obuf o;

static void
setup(void)
{
	a = arena_new((size_t)1 << 24);
	obuf_init(&o, a, (size_t)1 << 20);
}

static void
teardown(void)
{
	arena_free(a);
}

TestSuite(obuf, .init = setup, .fini = teardown);

static const char *
html(const char *s)
{
	obuf_reset(&o);
	obuf_html(&o, s);
	return o.len == 0 ? "" : o.data;
}

static const char *
csv(const char *s)
{
	obuf_reset(&o);
	obuf_csv(&o, s);
	return o.len == 0 ? "" : o.data;
}

static const char *
json(const char *s)
{
	obuf_reset(&o);
	obuf_json_str(&o, s);
	return o.data;
}

Test(obuf, html_is_inert_in_text_and_in_quoted_attributes)
{
	cr_expect_str_eq(html("<script>alert('x')</script>"),
	    "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
	cr_expect_str_eq(html("\" onload=\"x"), "&#34; onload=&#34;x");
	cr_expect_str_eq(html("a & b &amp; c"), "a &amp; b &amp;amp; c");
	cr_expect_str_eq(html("陈 \xf0\x9f\x98\x80"), "陈 \xf0\x9f\x98\x80");
	cr_expect_str_eq(html(""), "");
	cr_expect_str_eq(html(NULL), "");
	for (int c = 1; c < 128; c++) {
		const char one[] = { (char)c, '\0' };

		cr_expect_eq(
		    strchr("<>&\"'", c) != NULL, strcmp(html(one), one) != 0, "%d", c);
	}
}

Test(obuf, cells_that_a_spreadsheet_would_run_begin_with_an_apostrophe)
{
	static const char *const formulas[] = { "=1+1", "+65 1", "-1", "@SUM(A1)", "\tx",
		"\rx", "  =1", " -", "=" };
	static const char *const plain[] = { "Tan", "1=1", "a@b", "", " ", "'=1",
		"\n=", "65 8765" };

	for (size_t i = 0; i < ARRAY_LEN(formulas); i++)
		cr_expect_eq(csv(formulas[i])[1], '\'', "%s", formulas[i]);
	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		cr_expect_str_eq(csv(plain[i]), arena_printf(a, "\"%s\"", plain[i]));
	cr_expect_str_eq(csv("=1\"2"), "\"'=1\"\"2\"");
	cr_expect_str_eq(csv("a\"b\",c\r\nd"), "\"a\"\"b\"\",c\r\nd\"");
	cr_expect_str_eq(csv(NULL), "");
}

/* ---- JSON ---- */

Test(obuf, json_strings_are_escaped_and_inert_in_html)
{
	cr_expect_str_eq(json("a\"b\\c"), "\"a\\\"b\\\\c\"");
	cr_expect_str_eq(
	    json("a\nb\tc\r\x01\x7f"), "\"a\\nb\\u0009c\\u000d\\u0001\\u007f\"");
	cr_expect_str_eq(json("</script>"), "\"\\u003c/script\\u003e\"");
	cr_expect_str_eq(json("陈"), "\"陈\"");
	cr_expect_str_eq(json(""), "\"\"");
	cr_expect_str_eq(json(NULL), "null");
}

Test(obuf, json_puts_its_own_commas)
{
	obuf_json_open(&o, '{');
	obuf_json_kstr(&o, "a", "x");
	obuf_json_kint(&o, "b", -5);
	obuf_json_kbool(&o, "c", true);
	obuf_json_key(&o, "d");
	obuf_json_open(&o, '[');
	obuf_json_close(&o, ']');
	obuf_json_key(&o, "e");
	obuf_json_open(&o, '[');
	obuf_json_int(&o, INT64_MIN);
	obuf_json_bool(&o, false);
	obuf_json_raw(&o, "{}");
	obuf_json_open(&o, '{');
	obuf_json_close(&o, '}');
	obuf_json_close(&o, ']');
	obuf_json_ktime(&o, "f", 1795525920000);
	obuf_json_ktime(&o, "g", 0);
	obuf_json_close(&o, '}');
	cr_expect_str_eq(o.data, "{\"a\":\"x\",\"b\":-5,\"c\":true,\"d\":[],\"e\":[-"
				 "9223372036854775808,false,{},{}],"
				 "\"f\":\"2026-11-24T13:12:00Z\",\"g\":null}");
}

/* Any UTF-8 without NUL is what a parser reads back. */
Test(obuf, json_is_read_back_as_it_was)
{
	struct chance c = { chance_seed("json") };

	for (int round = 0; round < 2000; round++) {
		char text[64];
		size_t n = 0;
		json_error_t e;
		json_t *v;

		while (n < 40) {
			static const char *const odd[] = { "\"", "\\", "<", "\x01",
				"\x7f", "é", "陈", "\xf0\x9f\x98\x80", "\xe2\x80\xa8",
				"\n" };
			const char *s = odd[chance_below(&c, (int)ARRAY_LEN(odd))];

			if (chance_one_in(&c, 2)) {
				memcpy(text + n, s, strlen(s));
				n += strlen(s);
			} else
				text[n++] = (char)(1 + chance_below(&c, 127));
		}
		text[n] = '\0';
		v = json_loads(json(text), JSON_DECODE_ANY, &e);
		cr_assert_not_null(v, "%s: %s", e.text, o.data);
		cr_assert_str_eq(json_string_value(v), text);
		json_decref(v);
	}
}

/* ---- its end ---- */

Test(obuf, past_its_maximum_it_stays_as_it_is_and_says_so)
{
	obuf_init(&o, a, 10);
	obuf_puts(&o, "12345");
	obuf_puts(&o, "67890");
	cr_expect_not(obuf_overflowed(&o));
	obuf_putc(&o, 'x');
	cr_expect(obuf_overflowed(&o));
	cr_expect_str_eq(o.data, "1234567890");
	obuf_put(&o, "", 0);
	obuf_puts(&o, "y");
	cr_expect_str_eq(o.data, "1234567890");
	obuf_reset(&o);
	cr_expect_not(obuf_overflowed(&o));
	obuf_puts(&o, "again");
	cr_expect_str_eq(o.data, "again");
}

Test(obuf, it_grows_and_keeps_what_it_has)
{
	for (int i = 0; i < 20000; i++)
		obuf_printf(&o, "%d,", i);
	cr_expect_eq(o.data[o.len], '\0');
	cr_expect_eq(o.len, strlen(o.data));
	cr_expect(strncmp(o.data, "0,1,2,3,", 8) == 0);
	cr_expect_str_eq(o.data + o.len - 6, "19999,");
}

Test(obuf, a_formatted_text_may_be_longer_than_the_small_buffer)
{
	char large[1000];

	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	for (int n = 250; n < 262; n++) {
		obuf_reset(&o);
		obuf_printf(&o, "%.*s", n, large);
		cr_expect_eq(o.len, (size_t)n);
	}
	obuf_printf(&o, "%s", large);
	cr_expect_eq(o.len, 261u + 999);
}
