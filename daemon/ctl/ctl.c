/* SPDX-License-Identifier: MIT */
/* ctl.c - arguments in, calls out, refusals told in sentences. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "ctl/print.h"

void
ctl_complain(const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	fputs("bookingctl: ", stderr);
	print_safe(stderr, text);
	fputc('\n', stderr);
}

static const struct option *
option_find(const struct option *options, size_t n, const char *word)
{
	size_t len = strcspn(word, "=");

	for (size_t i = 0; i < n; i++)
		if (strlen(options[i].name) == len &&
		    memcmp(options[i].name, word, len) == 0)
			return &options[i];
	return NULL;
}

bool
args_read(struct ctl *ctl, char **argv, const struct option *options, size_t n,
    struct strlist *ret_words)
{
	bool options_over = false;

	for (; *argv != NULL; argv++) {
		const struct option *o;
		const char *equals = strchr(*argv, '=');

		if (options_over || (*argv)[0] != '-' || (*argv)[1] == '\0') {
			strlist_add(ret_words, ctl->arena, *argv);
			continue;
		}
		if (strcmp(*argv, "--") == 0) {
			options_over = true;
			continue;
		}
		o = option_find(options, n, *argv);
		if (o == NULL || (o->flag != NULL && equals != NULL)) {
			ctl_complain("unknown option %s", *argv);
			return false;
		}
		if (o->flag != NULL) {
			*o->flag = true;
			continue;
		}
		*o->value = equals != NULL ? equals + 1 : *++argv;
		if (*o->value == NULL || **o->value == '\0') {
			ctl_complain("%s needs a value", o->name);
			return false;
		}
	}
	return true;
}

bool
args_take_each(struct ctl *ctl, char **argv, const char *name, struct strlist *ret_values)
{
	char **kept = argv;
	size_t n = strlen(name);

	for (; *argv != NULL && strcmp(*argv, "--") != 0; argv++) {
		const char *value;

		if (strncmp(*argv, name, n) == 0 && (*argv)[n] == '=') {
			value = *argv + n + 1;
		} else if (strcmp(*argv, name) == 0) {
			value = *++argv;
		} else {
			*kept++ = *argv;
			continue;
		}
		if (value == NULL || *value == '\0') {
			ctl_complain("%s needs a value", name);
			return false;
		}
		strlist_add(ret_values, ctl->arena, value);
	}
	while (*argv != NULL)
		*kept++ = *argv++;
	*kept = NULL;
	return true;
}

bool
args_none_left(const struct strlist *words, size_t taken)
{
	if (words->n <= taken)
		return true;
	ctl_complain("unexpected word %s", words->v[taken]);
	return false;
}

const char *
args_encode(struct ctl *ctl, const char *s)
{
	struct obuf o;

	obuf_init(&o, ctl->arena, SIZE_MAX / 2);
	obuf_puts(&o, "");
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		    (c >= 'a' && c <= 'z') || strchr("-._~", c) != NULL)
			obuf_putc(&o, *s);
		else
			obuf_printf(&o, "%%%02X", c);
	}
	return o.data == NULL ? "" : o.data;
}

const char *
args_target(
    struct ctl *ctl, const char *path, const struct strlist *words, const char *extra)
{
	struct obuf o;
	char join = '?';

	obuf_init(&o, ctl->arena, SIZE_MAX / 2);
	obuf_puts(&o, path);
	for (size_t i = 0; i < words->n; i++) {
		size_t n = strspn(words->v[i], "abcdefghijklmnopqrstuvwxyz_");

		if (n == 0 || words->v[i][n] != '=') {
			ctl_complain("%s is not a filter: write name=value", words->v[i]);
			return NULL;
		}
		obuf_printf(&o, "%c%.*s=%s", join, (int)n, words->v[i],
		    args_encode(ctl, words->v[i] + n + 1));
		join = '&';
	}
	if (extra != NULL)
		obuf_printf(&o, "%c%s", join, extra);
	return o.data;
}

static void
tell_errors(const json_t *errors)
{
	const json_t *e;
	size_t i;

	json_array_foreach(errors, i, e)
	{
		const char *field = json_string_value(json_object_get(e, "field"));
		const char *message = json_string_value(json_object_get(e, "message"));

		if (field != NULL && message != NULL)
			ctl_complain("%s: %s", field, message);
	}
}

void
ctl_tell_refusal(struct ctl *ctl, const struct answer *answer)
{
	json_t *problem = json_loadb(answer->body, answer->body_len, 0, NULL);
	const char *detail = json_string_value(json_object_get(problem, "detail"));
	const json_t *stranded = json_object_get(problem, "stranded");

	if (detail == NULL)
		detail = json_string_value(json_object_get(problem, "title"));
	if (detail == NULL)
		ctl_complain("bookingd answered with status %d", answer->status);
	else
		ctl_complain("%s", detail);
	tell_errors(json_object_get(problem, "errors"));
	if (json_array_size(stranded) > 0)
		print_list(ctl->arena, stderr, stranded, "bookingctl: stranded: ");
	json_decref(problem);
}

int
ctl_call(struct ctl *ctl, const struct client_request *q, struct answer *ret)
{
	char error[CLIENT_ERROR_LEN];

	if (client_call(ctl->arena, ctl->socket, q, ret, error) < 0) {
		ctl_complain("%s", error);
		return CTL_REFUSED;
	}
	if (ret->status / 100 == 2)
		return CTL_DONE;
	ctl_tell_refusal(ctl, ret);
	return CTL_REFUSED;
}

int
ctl_call_json(struct ctl *ctl, const struct client_request *q, json_t **ret)
{
	struct answer answer;
	int status = ctl_call(ctl, q, &answer);

	if (status != CTL_DONE)
		return status;
	*ret = json_loadb(answer.body, answer.body_len, JSON_REJECT_DUPLICATES, NULL);
	if (*ret != NULL)
		return CTL_DONE;
	ctl_complain("the answer of bookingd is not JSON");
	return CTL_REFUSED;
}

int
ctl_flush(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return CTL_DONE;
	ctl_complain("cannot write: %s", strerror(errno));
	return CTL_REFUSED;
}
