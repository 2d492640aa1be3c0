/* SPDX-License-Identifier: MIT */
/*
 * json.c - any bytes as the body of POST /api/v1/bookings, from its JSON to the
 * checked request: refused with problems that can be shown, or fit to be stored.
 *
 * Reads etc/ as the daemon would: run it from the top of the tree.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "book/booking.h"
#include "book/search.h"
#include "web/web.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct clinic *the_clinic;
static const struct conf *conf;

static struct clinic *
load_clinic(const char *path)
{
	struct arena *a = arena_new((size_t)1 << 20);
	struct problems problems = { .arena = a };
	size_t len = 0;
	char *text = arena_alloc(a, 65536);
	FILE *f = fopen(path, "re");
	struct clinic *c = NULL;

	if (f != NULL) {
		len = fread(text, 1, 65535, f);
		fclose(f);
		c = clinic_parse(text, len, &problems);
	}
	arena_free(a);
	return c;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char error[TAXONOMY_ERROR_LEN];
	struct taxonomy *t = taxonomy_load("etc/taxonomy.json", error);

	(void)argc;
	(void)argv;
	the_clinic = load_clinic("etc/clinic.example.json");
	if (t == NULL || the_clinic == NULL) {
		fprintf(stderr, "json: run it from the top of the tree: %s\n", error);
		exit(2);
	}
	taxonomy_set(t);
	conf = conf_default();
	return 0;
}

static void
check_problems(const struct problems *p)
{
	BUG_UNLESS(p->n <= PROBLEMS_MAX);
	for (size_t i = 0; i < p->n; i++) {
		BUG_UNLESS(*p->v[i].code != '\0' && *p->v[i].message != '\0');
		BUG_UNLESS(str_utf8_valid(p->v[i].field, strlen(p->v[i].field)));
		BUG_UNLESS(str_utf8_valid(p->v[i].message, strlen(p->v[i].message)));
	}
}

/* What the transaction takes for granted. */
static void
check_good(struct arena *a, const struct booking_form *f, bool staff)
{
	BUG_UNLESS(f->full_name != NULL && f->contact_method != NULL);
	BUG_UNLESS(f->language != NULL && f->service != NULL && f->at != NULL);
	BUG_UNLESS(f->e164[0] == '+' && f->concerns.n > 0);
	BUG_UNLESS(f->tokens.n > 0 && f->tokens.n <= SEARCH_TOKENS_MAX);
	BUG_UNLESS(f->age_18_or_over != 0 || f->guardian_e164[0] == '+');
	BUG_UNLESS(strcmp(f->contact_method, "email") != 0 || f->mail != NULL);
	BUG_UNLESS(str_fold(a, f->full_name) != NULL);
	BUG_UNLESS(staff || f->channel == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new((size_t)4 << 20);
	struct http_field field = { "content-type", "application/json" };
	struct req q = { .arena = a, .conf = conf, .fields = &field, .field_count = 1 };
	struct booking_form *f = ARENA_NEW(a, struct booking_form);
	struct problems problems = { .arena = a };
	bool staff = len > 0 && data[0] == ' ';

	q.body = arena_strndup(a, (const char *)data, len);
	q.body_len = len;
	if (decode_json(&q, &booking_fields, f, &problems, staff) == 0) {
		booking_check(f, the_clinic, &problems, staff);
		if (problems.n == 0)
			check_good(a, f, staff);
	}
	check_problems(&problems);
	arena_free(a);
	return 0;
}
