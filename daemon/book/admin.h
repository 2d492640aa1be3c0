/* SPDX-License-Identifier: MIT */
/* admin.h - what the administrator does: keys, the clinic file, health, upkeep. */
#ifndef BOOK_ADMIN_H
#define BOOK_ADMIN_H

#include "book/op.h"
#include "book/stranded.h"

/* ---- keys ---- */

struct key_cmd {
	const char *role, *name, *branch, *expires; /* expires: a date, its end in the clinic's zone */
};

struct key_res {
	const char *key; /* shown once */
};

struct key_list_cmd {
	int64_t nothing;
};

struct key_row {
	const char *name, *role, *branch, *created_by;
	int64_t created_at, expires_at, revoked_at; /* 0: never */
};

struct key_list_res {
	struct key_row *rows;
	size_t count;
};

struct key_name_cmd {
	const char *name;
};

extern const struct fields key_fields;
int key_create(struct tx *, struct call *);
int key_list(struct tx *, struct call *);
int key_revoke(struct tx *, struct call *);

/* ---- the clinic file ---- */

struct clinic_cmd {
	const char *document;
	size_t document_len;
	bool dry_run, accept_stranded;
};

struct clinic_res {
	struct strlist changes;
	struct stranded stranded; /* who would lose, or lost, their time by it */
};

int clinic_load(struct tx *, struct call *);
/* A parsed clinic gets its numbers and what staff entered beside the file. */
int clinic_complete(struct tx *, struct clinic *);
/* clinic_staff.c: rows beside the file, into a clinic that is not in force yet. False:
 * there is no such doctor, or row. b NULL: all branches. */
int clinic_add_staff_rows(struct tx *, struct clinic *);
bool clinic_add_away(struct clinic *, int64_t doctor, const struct away *);
void clinic_add_closure(struct clinic *, const struct branch *b, int32_t day, const char *name,
    int64_t id);
bool clinic_remove_away(struct clinic *, int64_t id);
bool clinic_remove_closure(struct clinic *, int64_t id);
/* At start: the newest document of the database; 0 without one, ret untouched. */
int clinic_read(struct tx *, struct clinic **ret_clinic);
/* At start: the catalogue's numbers, inserting what is new. */
int taxonomy_register(struct tx *, struct taxonomy *);
/* At start: this database's own reference key, and whether the master key is its. */
int database_keys(struct tx *, const struct secret_key *master, struct op_keys *ret_keys);

/* ---- health and upkeep ---- */

struct health_cmd {
	int64_t nothing;
};

struct health_res {
	int64_t by_status[16], total, events, outbox_waiting;
	int schema_version;
};

struct housekeep_res {
	int64_t purged;
};

int health_read(struct tx *, struct call *);
/* Does the database answer? */
int ready_check(struct tx *, struct call *);
int housekeep(struct tx *, struct call *);

#endif
