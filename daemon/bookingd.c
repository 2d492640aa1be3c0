/* SPDX-License-Identifier: MIT */
/*
 * bookingd.c - the daemon's main program: reads the configuration, opens the
 * records, starts the threads, and then waits for signals.
 *
 * It never runs as root, never forks, and opens no connection of its own.
 */
#include <errno.h>
#include <event2/event.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "book/admin.h"
#include "book/booking.h"
#include "book/nightly.h"
#include "book/password.h"
#include "book/privacy.h"
#include "base/notify.h"
#include "queries.h"
#include "web/web.h"

#define EXIT_CONFIG 78 /* EX_CONFIG: the service manager does not restart on it */
#define HOUSEKEEP_S 60
#define NIGHTLY_S 60 /* how often it is looked at whether the night's work is due */
#define DEFAULT_CONFIG "/etc/bookingd/bookingd.conf"

extern const char openapi_json[];

struct daemon {
	const char *config;
	struct event_base *base;
	struct mailbox *mailbox;
	struct event *on_term, *on_int, *on_hup, *on_watchdog, *on_housekeep, *on_mailbox, *on_nightly;
	struct pool *pool;
	struct nightly nightly;
	struct server *server;
	int lock_fd;
};

static void NORETURN PRINTF_LIKE(2, 3)
leave(int status, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fputs("bookingd: ", stderr);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(status);
}

/* ---- configuration ---- */

static void
set_log_level(const struct conf *c)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };

	for (int i = 0; i < (int)ARRAY_LEN(names); i++)
		if (strcmp(c->server_log_level, names[i]) == 0)
			log_set_level((enum log_level)i);
}

static struct conf *
load_conf(const char *file, struct arena *a, struct strlist *errors)
{
	struct conf *c = conf_load(file, a, errors);

	for (size_t i = 0; i < errors->n; i++)
		fprintf(stderr, "%s\n", errors->v[i]);
	return c;
}

static void
load_conf_or_leave(const char *file)
{
	struct arena *a = arena_new(SIZE_MAX / 8);
	struct strlist errors = { 0 };
	struct conf *c = load_conf(file, a, &errors);

	arena_free(a);
	if (c == NULL)
		exit(EXIT_CONFIG);
	set_log_level(c);
	conf_set(c, NULL, NULL);
}

/* ---- records ---- */

/* Runs one of the start's own transactions. */
static int
in_transaction(struct db *db, struct arena *a, int (*fn)(struct tx *, void *), void *arg)
{
	struct tx tx = { db, a, clock_now_ms(), NULL };
	int rc = db_begin(db, DB_WRITER);

	db_use_arena(db, a);
	if (rc == 0)
		rc = fn(&tx, arg);
	if (rc >= 0)
		rc = db_commit(db);
	if (rc < 0)
		db_rollback(db);
	return rc;
}

struct opening {
	struct secret_key master;
	struct op_keys keys;
	struct taxonomy *taxonomy;
	struct lexicon *lexicon;
	struct clinic *clinic;
	int64_t last_ms, retention_ms;
};

static int
read_records(struct tx *tx, void *arg)
{
	struct opening *o = arg;
	struct q_booking_last_out last = { 0 };
	int rc = database_keys(tx, &o->master, &o->keys);

	if (rc >= 0)
		rc = taxonomy_register(tx, o->taxonomy);
	if (rc >= 0)
		rc = clinic_read(tx, &o->clinic);
	if (rc >= 0)
		rc = q_booking_last(tx->db, &last);
	o->last_ms = last.received_at;
	return rc < 0 ? rc : retention_last_run(tx, &o->retention_ms);
}

static void
load_taxonomy_or_leave(struct opening *o, const struct conf *c)
{
	char error[TAXONOMY_ERROR_LEN];

	o->taxonomy = taxonomy_load(c->store_taxonomy, error);
	if (o->taxonomy == NULL)
		leave(EXIT_CONFIG, "%s", error);
	o->lexicon = lexicon_load(c->store_taxonomy, o->taxonomy, error);
	if (o->lexicon == NULL)
		leave(EXIT_CONFIG, "%s", error);
}

static struct db *
open_records(struct daemon *d, const struct conf *c, struct opening *o)
{
	char error[DB_ERROR_LEN], key_error[SECRET_ERROR_LEN];
	bool is_new = access(c->store_database, F_OK) != 0;
	struct arena *a = arena_new(SIZE_MAX / 8);
	struct db *db;
	int rc;

	d->lock_fd = db_lock(c->store_database);
	if (d->lock_fd == E_BUSY)
		leave(1, "another bookingd is running on %s.", c->store_database);
	if (d->lock_fd < 0)
		leave(EXIT_CONFIG, "%s.lock cannot be made: %s.", c->store_database, strerror(errno));
	if (secret_key_file(c->store_master_key, is_new, &o->master, key_error) < 0)
		leave(EXIT_CONFIG, "%s", key_error);
	if (db_connect(c->store_database, NULL, DB_WRITER, &db, error) < 0)
		leave(1, "%s", error);
	if (db_migrate(db, false, error) < 0)
		leave(1, "%s", error);
	if (*error != '\0')
		log_event(LOG_INFO, "migrated", "steps", error, NULL);
	rc = in_transaction(db, a, read_records, o);
	arena_free(a);
	if (rc == E_FORBIDDEN)
		leave(EXIT_CONFIG, "the master key %s is not this database's.", c->store_master_key);
	if (rc < 0)
		leave(1, "the database %s cannot be read: %s.", c->store_database, err_row(rc)->name);
	return db;
}

static void
start_pool(struct daemon *d, struct db *db, const struct conf *c, const struct opening *o)
{
	char error[DB_ERROR_LEN];
	struct pool_options options = { .path = c->store_database,
		.readers = c->store_readers,
		.queue_max = c->store_queue_max,
		.batch_max = c->store_batch_max,
		.checkpoint_pages = c->store_checkpoint_pages,
		.floor_ms = o->last_ms,
		.committed = wait_wake };

	d->pool = pool_new(db, &options, error);
	if (d->pool == NULL)
		leave(1, "%s", error);
}

/* ---- signals and timers ---- */

static void
on_stop(evutil_socket_t sig, short what, void *arg)
{
	struct daemon *d = arg;

	(void)what;
	log_event(LOG_INFO, "stopping", "signal", LOG_INT(sig), NULL);
	event_base_loopbreak(d->base);
}

static void
log_ignored(const struct strlist *ignored)
{
	for (size_t i = 0; i < ignored->n; i++)
		log_event(LOG_WARN, "needs_restart", "option", ignored->v[i], NULL);
}

static void
on_reload(evutil_socket_t sig, short what, void *arg)
{
	struct daemon *d = arg;
	struct arena *a = arena_new(SIZE_MAX / 8);
	struct strlist errors = { 0 }, ignored = { 0 };
	struct conf *next = load_conf(d->config, a, &errors);
	char error[HTTP_ERROR_LEN];

	(void)sig;
	(void)what;
	if (next == NULL)
		log_event(LOG_ERROR, "reload_refused", "reason", "configuration", NULL);
	else if (!server_reload(d->server, next, error)) {
		log_event(LOG_ERROR, "reload_refused", "reason", error, NULL);
		conf_free(next);
	} else {
		conf_set(next, a, &ignored);
		server_refresh(d->server);
		set_log_level(next);
		log_ignored(&ignored);
		log_event(LOG_INFO, "reloaded", NULL);
	}
	arena_free(a);
}

/* The watchdog is fed by a thread that goes round: the main loop. */
static void
on_watchdog(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	notify_manager("WATCHDOG=1");
}

static void
housekept(struct letter *l)
{
	struct job *j = CONTAINER_OF(l, struct job, letter);

	arena_free(j->arena);
}

/* Upkeep needs no answer: the job's arena goes where its letter is read. */
static void
on_housekeep(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;
	struct arena *a = arena_new(65536);
	struct call *c = call_new(a, &op_housekeep, ARENA_NEW(a, struct health_cmd));

	(void)fd;
	(void)what;
	c->actor = (struct actor){ ACTOR_SYSTEM, "bookingd", 0, 0 };
	c->job.letter.read = housekept;
	c->job.reply_to = d->mailbox;
	if (call_submit(d->pool, c) < 0)
		arena_free(a);
}

static void
on_nightly(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;

	(void)fd;
	(void)what;
	nightly_tick(&d->nightly);
}

static void
on_mail(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	mailbox_read(arg);
}

static void
add_timer(struct daemon *d, struct event **ret_event, event_callback_fn fn, int64_t every_ms)
{
	struct timeval tv = { every_ms / 1000, every_ms % 1000 * 1000 };

	*ret_event = event_new(d->base, -1, EV_PERSIST, fn, d);
	BUG_UNLESS(*ret_event != NULL && event_add(*ret_event, &tv) == 0);
}

static void
watch(struct daemon *d)
{
	int64_t watchdog_ms = notify_watchdog_ms();

	d->base = event_base_new();
	BUG_UNLESS(d->base != NULL);
	d->on_term = evsignal_new(d->base, SIGTERM, on_stop, d);
	d->on_int = evsignal_new(d->base, SIGINT, on_stop, d);
	d->on_hup = evsignal_new(d->base, SIGHUP, on_reload, d);
	d->on_mailbox = event_new(d->base, mailbox_fd(d->mailbox), EV_READ | EV_PERSIST, on_mail,
	    d->mailbox);
	event_add(d->on_term, NULL);
	event_add(d->on_int, NULL);
	event_add(d->on_hup, NULL);
	event_add(d->on_mailbox, NULL);
	add_timer(d, &d->on_housekeep, on_housekeep, HOUSEKEEP_S * 1000);
	add_timer(d, &d->on_nightly, on_nightly, NIGHTLY_S * 1000);
	if (watchdog_ms > 0)
		add_timer(d, &d->on_watchdog, on_watchdog, watchdog_ms / 2);
}

/* ---- life ---- */

/* Nothing of patients in a core file, nor for other processes of this user. */
static void
harden(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error, not an end */
}

static void
start(struct daemon *d)
{
	const struct conf *c = conf_get();
	struct opening o = { 0 };
	struct db *db;
	char error[HTTP_ERROR_LEN];

	load_taxonomy_or_leave(&o, c);
	db = open_records(d, c, &o);
	op_keys_set(&o.keys);
	taxonomy_set(o.taxonomy);
	lexicon_set(o.lexicon);
	if (o.clinic != NULL)
		clinic_set(o.clinic);
	else
		log_event(LOG_WARN, "no_clinic", "remedy", "bookingctl clinic load FILE", NULL);
	d->mailbox = mailbox_new();
	watch(d); /* before the first request: a stop is heard from here on */
	start_pool(d, db, c, &o);
	password_start();
	d->nightly = (struct nightly){ d->pool, d->mailbox, o.retention_ms, 0, false };
	web_init(&(struct web){ d->pool, NULL, openapi_json, clock_mono_ms(), d->mailbox });
	d->server = server_start(c, &web_app, error);
	if (d->server == NULL) {
		pool_free(d->pool);
		leave(1, "%s", error);
	}
	conf_put(c);
}

static void
stop(struct daemon *d)
{
	sigset_t all;

	/* Being asked again, late, must not cut short what is being put in order. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	notify_manager("STOPPING=1");
	wait_drain();
	if (!server_drain(d->server))
		log_event(LOG_WARN, "drain_ended", "reason", "out of time", NULL);
	password_stop();
	d->nightly.pool = NULL; /* a run goes no further */
	pool_free(d->pool);
	mailbox_read(d->mailbox);
	server_free(d->server);
	event_free(d->on_term);
	event_free(d->on_int);
	event_free(d->on_hup);
	event_free(d->on_mailbox);
	event_free(d->on_housekeep);
	event_free(d->on_nightly);
	if (d->on_watchdog != NULL)
		event_free(d->on_watchdog);
	event_base_free(d->base);
	mailbox_free(d->mailbox);
	clinic_set(NULL);
	close(d->lock_fd);
	log_event(LOG_INFO, "stopped", NULL);
}

static int
run(const char *config)
{
	struct daemon d = { .config = config };
	const struct strlist *addresses;

	if (getuid() == 0 || geteuid() == 0)
		leave(EXIT_CONFIG,
		    "it does not run as root. Start it as a user of its own: systemd's User=, or \"make run\".");
	harden();
	load_conf_or_leave(config);
	start(&d);
	addresses = server_addresses(d.server);
	for (size_t i = 0; i < addresses->n; i++)
		log_event(LOG_INFO, "listening", "address", addresses->v[i], NULL);
	notify_manager("READY=1");
	event_base_dispatch(d.base);
	stop(&d);
	return 0;
}

static int
migrate(const char *config, bool dry_run)
{
	const struct conf *c;
	struct db *db;
	char text[DB_ERROR_LEN];
	int rc;

	load_conf_or_leave(config);
	c = conf_get();
	if (db_lock(c->store_database) < 0)
		leave(1, "%s is in use by a running bookingd.", c->store_database);
	if (db_connect(c->store_database, NULL, DB_WRITER, &db, text) < 0)
		leave(1, "%s", text);
	rc = db_migrate(db, dry_run, text);
	printf("%s\n", *text == '\0' ? "nothing to do" : text);
	db_disconnect(db);
	conf_put(c);
	return rc < 0 ? 1 : 0;
}

static void
usage(FILE *f)
{
	fputs("usage: bookingd [--config FILE] [--check-config | --print-config |\n"
	      "                --print-defaults | --migrate [--dry-run] | --version | --help]\n",
	    f);
}

enum { OPT_CONFIG = 256, OPT_CHECK, OPT_PRINT, OPT_DEFAULTS, OPT_MIGRATE, OPT_DRY, OPT_VERSION, OPT_HELP };

static const struct option long_options[] = {
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "check-config", no_argument, NULL, OPT_CHECK },
	{ "print-config", no_argument, NULL, OPT_PRINT },
	{ "print-defaults", no_argument, NULL, OPT_DEFAULTS },
	{ "migrate", no_argument, NULL, OPT_MIGRATE },
	{ "dry-run", no_argument, NULL, OPT_DRY },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

int
main(int argc, char **argv)
{
	const char *config = DEFAULT_CONFIG;
	int what = 0, opt;
	bool dry_run = false;

	while ((opt = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (opt == OPT_CONFIG)
			config = optarg;
		else if (opt == OPT_DRY)
			dry_run = true;
		else if (opt == '?') {
			usage(stderr);
			return 2;
		} else
			what = opt;
	}
	if (optind < argc || (dry_run && what != OPT_MIGRATE)) {
		usage(stderr);
		return 2;
	}
	switch (what) {
	case OPT_HELP:
		usage(stdout);
		return 0;
	case OPT_VERSION:
		puts("bookingd " BOOKINGD_VERSION);
		return 0;
	case OPT_DEFAULTS:
		conf_print(NULL, stdout);
		return 0;
	case OPT_CHECK:
		load_conf_or_leave(config);
		return 0;
	case OPT_PRINT:
		load_conf_or_leave(config);
		conf_print(conf_get(), stdout);
		return 0;
	case OPT_MIGRATE:
		return migrate(config, dry_run);
	default:
		return run(config);
	}
}
