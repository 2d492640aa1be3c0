/* SPDX-License-Identifier: MIT */
/*
 * password.h - argon2id (RFC 9106), on threads of its own: one takes some 40 ms
 * and 19 MiB, so no more than two run at once and nobody else waits for them.
 */
#ifndef BOOK_PASSWORD_H
#define BOOK_PASSWORD_H

#include "base/mailbox.h"

#define PASSWORD_HASH_LEN 128
#define PASSWORD_MIN 12 /* characters; OWASP asks 15 without a second factor, 8 with one */
#define PASSWORD_MAX 128

/* One piece of work. The caller's until password_submit, and again when its letter
 * has come back. hash NULL: the password is hashed into new_hash; else it is
 * verified against hash. A hash of nobody's takes as long as anybody's. */
struct password_job {
	struct letter letter;
	struct mailbox *reply_to;
	struct password_job *next;
	const char *password, *hash;
	char new_hash[PASSWORD_HASH_LEN];
	bool ok;
};

void password_start(void);
void password_stop(void);
/* 0, or E_BUSY when too many wait. Any thread. */
int password_submit(struct password_job *);
/* At once, on this thread: for the tool's one-time passwords. */
void password_hash_now(const char *password, char ret_hash[PASSWORD_HASH_LEN]);
/* A well-formed hash that no password matches. */
const char *password_of_nobody(void);
/* A one-time password, readable on the phone: four groups of four. */
#define PASSWORD_ONE_TIME_LEN 20
void password_one_time(char ret_text[PASSWORD_ONE_TIME_LEN]);

#endif
