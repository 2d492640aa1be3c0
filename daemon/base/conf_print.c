/* SPDX-License-Identifier: MIT */
/* conf_print.c - every option with its sentence: for people, and for etc/bookingd.conf. */
#include <string.h>

#include "base/conf_table.h"

static void
print_time(FILE *f, int64_t ms)
{
	if (ms % 3600000 == 0 && ms != 0)
		fprintf(f, "%lldh", (long long)ms / 3600000);
	else if (ms % 1000 == 0)
		fprintf(f, "%llds", (long long)ms / 1000);
	else
		fprintf(f, "%lldms", (long long)ms);
}

static void
print_value(const struct conf *c, const struct conf_option *o, FILE *f)
{
	const void *v = conf_slot_const(c, o);
	const struct strlist *list = v;

	switch (o->type) {
	case CT_TEXT:
	case CT_PATH:
		fputs(*(const char *const *)v, f);
		break;
	case CT_LIST:
		for (size_t i = 0; i < list->n; i++)
			fprintf(f, "%s%s", i > 0 ? " " : "", list->v[i]);
		break;
	case CT_INT:
		fprintf(f, "%d", *(const int *)v);
		break;
	case CT_TIME:
		print_time(f, *(const int64_t *)v);
		break;
	case CT_BOOL:
		fputs(*(const bool *)v ? "on" : "off", f);
		break;
	}
}

static void
print_option(const struct conf *c, const struct conf_option *o, FILE *f)
{
	fprintf(f, "\n# %s", o->text);
	if (o->min != NULL)
		fprintf(f, " From %s to %s.", o->min, o->max);
	fprintf(f, "%s\n", o->reload == RELOAD ? "" : " Takes a restart.");
	if (c != NULL) {
		fprintf(f, "%s = ", o->name);
		print_value(c, o, f);
		fputc('\n', f);
	} else
		fprintf(f, "#%s = %s\n", o->name, o->def);
}

void
conf_print(const struct conf *c, FILE *f)
{
	for (size_t s = 0; s < conf_section_count; s++) {
		fprintf(f, "%s# %s\n[%s]\n", s > 0 ? "\n" : "", conf_sections[s].text,
		    conf_sections[s].name);
		for (size_t i = 0; i < conf_option_count; i++)
			if (strcmp(conf_options[i].section, conf_sections[s].name) == 0)
				print_option(c, &conf_options[i], f);
	}
}
