/* SPDX-License-Identifier: MIT */
/* staff.h - people of the clinic: added, listed, signed in. */
#ifndef BOOK_STAFF_H
#define BOOK_STAFF_H

#include "book/op.h"
#include "book/password.h"

struct staff_cmd {
	const char *login, *role, *name, *branch;
	char password_hash[PASSWORD_HASH_LEN]; /* of the one-time password */
};

struct staff_row {
	const char *login, *name, *role, *branch, *created_by;
	int64_t created_at, disabled_at; /* 0: not */
};

struct staff_res {
	struct staff_row *rows;
	size_t count;
};

extern const struct fields staff_fields;
int staff_add(struct tx *, struct call *);
int staff_all(struct tx *, struct call *);
int staff_disable(struct tx *, struct call *);
/* A new one-time password; everywhere signed out. */
int staff_reset(struct tx *, struct call *);

/* ---- signing in ---- */

struct sign_cmd {
	const char *login;
	int64_t staff; /* of the second step */
	int64_t lifetime_ms;
	const char *password_hash; /* a new one; NULL: none */
};

struct sign_res {
	int64_t staff;
	const char *hash; /* to verify against; nobody's when there is no such login */
	const char *session; /* the cookie's value */
	bool must_change;
};

/* What to verify a password against; never fails for an unknown login. */
int sign_lookup(struct tx *, struct call *);
/* A new session of that person. */
int sign_in(struct tx *, struct call *);
int sign_out(struct tx *, struct call *);
/* The signed-in person's own password; other sessions end, this one begins anew. */
int sign_password(struct tx *, struct call *);
/* Notes that a session is in use: the idle limit counts from here. */
int session_touch(struct tx *, struct call *);

/* Fills the actor of a call from its session; E_UNAUTHORIZED, or E_MUST_CHANGE. */
int session_settle(struct tx *, struct call *);

#endif
