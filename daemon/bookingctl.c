/* SPDX-License-Identifier: MIT */
/*
 * bookingctl.c - the administrator's tool: a table of subcommands.
 *
 * It speaks HTTP over the daemon's control socket and holds no SQL; whoever the
 * socket's mode lets in is served. Exit 0 done, 1 refused (a sentence on
 * stderr), 2 wrong usage.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/ctl.h"

#define SOCKET_DEFAULT "/run/bookingd/control.sock"
#define ARENA_CAP ((size_t)64 << 20)

struct command {
	const char *name; /* one word, or two */
	const char *usage;
	const char *summary;
	int (*run)(struct ctl *, char **argv);
};

static int run_help(struct ctl *, char **argv);

/*
 * To add one: 1. a row here; 2. its function in daemon/ctl, declared in
 * ctl/ctl.h; 3. a paragraph in bookingctl.8.
 */
static const struct command commands[] = {
	{ "status", "[--json]", "version, addresses, counts, queues, certificate",
	    ctl_status },
	{ "clinic load", "FILE [--closures FILE]... [--dry-run] [--accept-stranded]",
	    "make the clinic equal to the file", ctl_clinic_load },
	{ "clinic show", "", "print the clinic as it is loaded", ctl_clinic_show },
	{ "key create", "--role ROLE --name NAME [--branch BRANCH] [--expires DATE]",
	    "make an API key and print it, this once", ctl_key_create },
	{ "key list", "[--json]", "list API keys", ctl_key_list },
	{ "key revoke", "NAME", "make an API key useless", ctl_key_revoke },
	{ "staff add", "LOGIN --role ROLE --name NAME [--branch BRANCH]",
	    "let a person sign in; print a one-time password", ctl_staff_add },
	{ "staff list", "[--json]", "list the people", ctl_staff_list },
	{ "staff disable", "LOGIN", "let a person in no longer", ctl_staff_disable },
	{ "staff reset", "LOGIN", "print a new one-time password", ctl_staff_reset },
	{ "bookings", "[NAME=VALUE...] [--json | --csv] [--all]",
	    "list requests by filters", ctl_bookings },
	{ "booking", "REFERENCE [--json]", "show one request", ctl_booking },
	{ "export", "[NAME=VALUE...] [--notes]", "all matching requests as CSV",
	    ctl_export },
	{ "changes", "[--since N] [--follow]", "events, one JSON object a line",
	    ctl_changes },
	{ "retag", "", "read all notes again under the present catalogue", ctl_retag },
	{ "subject", "REFERENCE [--json]", "all that is held of that person",
	    ctl_subject },
	{ "erase", "REFERENCE [--json]", "erase a request for ever, and print a receipt",
	    ctl_erase },
	{ "retention", "[--dry-run] [--json]", "erase what has been kept long enough",
	    ctl_retention },
	{ "metrics", "", "numbers in the Prometheus text format", ctl_metrics },
	{ "help", "[COMMAND]", "this list, or how one command is called", run_help },
};

static void
print_usage(FILE *f, const struct command *c)
{
	fprintf(f, "usage: bookingctl [--socket PATH] %s%s%s\n", c->name,
	    c->usage[0] == '\0' ? "" : " ", c->usage);
}

static void
print_help(FILE *f)
{
	fputs("usage: bookingctl [--socket PATH] COMMAND\n\n", f);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(f, "  %-12s %s\n", commands[i].name, commands[i].summary);
	fputs(
	    "\nThe socket is " SOCKET_DEFAULT ", or that of BOOKINGD_SOCKET.\n"
	    "bookingctl help COMMAND tells how a command is called; see bookingctl(8).\n",
	    f);
}

/* The row whose words argv begins with, and how many they are. */
static const struct command *
find(char **argv, size_t *ret_words)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		const char *name = commands[i].name;
		size_t n = strcspn(name, " ");

		if (argv[0] == NULL || strlen(argv[0]) != n ||
		    memcmp(argv[0], name, n) != 0)
			continue;
		if (name[n] == ' ' &&
		    (argv[1] == NULL || strcmp(argv[1], name + n + 1) != 0))
			continue;
		*ret_words = name[n] == ' ' ? 2 : 1;
		return &commands[i];
	}
	return NULL;
}

static int
run_help(struct ctl *ctl, char **argv)
{
	const struct command *c;
	size_t words;

	if (argv[0] == NULL) {
		print_help(stdout);
		return ctl_flush();
	}
	c = find(argv, &words);
	if (c == NULL) {
		ctl_complain("there is no command %s", argv[0]);
		return CTL_USAGE;
	}
	(void)ctl;
	print_usage(stdout, c);
	printf("\n%s\n", c->summary);
	return ctl_flush();
}

static int
run(struct ctl *ctl, char **argv)
{
	const struct command *c;
	size_t words;
	int r;

	if (argv[0] == NULL) {
		print_help(stderr);
		return CTL_USAGE;
	}
	c = find(argv, &words);
	if (c == NULL) {
		ctl_complain("there is no command %s%s%s; try bookingctl help", argv[0],
		    argv[1] == NULL ? "" : " ", argv[1] == NULL ? "" : argv[1]);
		return CTL_USAGE;
	}
	r = c->run(ctl, argv + words);
	if (r == CTL_USAGE)
		print_usage(stderr, c);
	return r;
}

int
main(int argc, char **argv)
{
	const char *env = getenv("BOOKINGD_SOCKET");
	struct ctl ctl = { .socket = env == NULL || *env == '\0' ? SOCKET_DEFAULT : env };
	int r;

	(void)argc;
	argv += argv[0] != NULL;
	while (*argv != NULL && strncmp(*argv, "--", 2) == 0) {
		if (strcmp(*argv, "--version") == 0) {
			puts("bookingctl " BOOKINGD_VERSION);
			return ctl_flush();
		}
		if (strcmp(*argv, "--help") == 0) {
			print_help(stdout);
			return ctl_flush();
		}
		if (strncmp(*argv, "--socket=", 9) == 0 && (*argv)[9] != '\0') {
			ctl.socket = *argv++ + 9;
		} else if (strcmp(*argv, "--socket") == 0 && argv[1] != NULL) {
			ctl.socket = argv[1];
			argv += 2;
		} else {
			ctl_complain(
			    "unknown option %s, or one without its value", *argv);
			return CTL_USAGE;
		}
	}
	ctl.arena = arena_new(ARENA_CAP);
	r = run(&ctl, argv);
	arena_free(ctl.arena);
	return r;
}
