/* SPDX-License-Identifier: MIT */
/*
 * op.h - what the daemon can do, whoever asks: the table of operations, and the
 * call that carries one to a database thread and back.
 *
 * A call belongs to one thread at a time. Who asks is settled inside the same
 * transaction as what is asked: key, capability, branch, object, fields, version,
 * status, in this order (401, 403, 404, 422, 428, 412, 409).
 */
#ifndef BOOK_OP_H
#define BOOK_OP_H

#include "book/clinic.h"
#include "book/field.h"
#include "book/role.h"
#include "book/taxonomy.h"
#include "store/pool.h"

enum actor_kind { ACTOR_PATIENT, ACTOR_STAFF, ACTOR_ADMIN, ACTOR_SYSTEM };

struct actor {
	enum actor_kind kind;
	const char *name; /* a key's name, "root", "local", "web": never a person's */
	unsigned caps;
	int64_t branch; /* 0: all */
};

struct call {
	struct job job; /* job.rc is the answer's code */
	const struct op *op;
	struct arena *arena;
	const char *key;	  /* the API key presented, */
	const char *session;	  /* or the console's cookie; both NULL: actor is settled */
	int64_t idle_ms;	  /* of a session, before it ends */
	int64_t staff;		  /* who is signed in; 0 without a session */
	const char *person;	  /* their name, for their own eyes */
	int64_t stranded;	  /* appointments they see that cannot be kept */
	bool touch;		  /* the session's use should be noted */
	struct actor actor;
	const struct clinic *clinic; /* held by the caller for the call's life; may be NULL */
	struct problems problems; /* of decoding; an operation may add its own */
	struct problems decoded;  /* as they were when it was submitted */
	const char *conflict;	  /* with E_CONFLICT: a sentence naming the statuses */
	const char *slot_why;	  /* with E_NOT_OFFERED: a word of slot.def */
	const struct slot_offers *offers; /* with E_SLOT_TAKEN: other times */
	void *cmd, *res;
	struct clinic *loaded; /* made by the operation, to be in force after the commit */
	void *owner; /* the submitter's */
};

struct op {
	const char *name;
	unsigned flags;
	unsigned needs;	   /* capabilities; 0: open to the public */
	const char *audit; /* the action in the audit, after a success; NULL: none */
	size_t res_size;
	int (*run)(struct tx *, struct call *);
};

enum {
	OP_READ = 0,
	OP_WRITE = 1,
	OP_OPEN = 2, /* a key that is presented must have what it needs; none is needed */
};

#define OP(name, flags, needs, audit, cmd, res) extern const struct op op_##name;
#include "book/op.def"
#undef OP

extern const struct op *const op_all[]; /* NULL-terminated */

/* A call of op in that arena, cmd with every field absent; never NULL. */
struct call *call_new(struct arena *, const struct op *, void *cmd);
/* Sends it to a database thread; it comes back by job.letter to job.reply_to. */
int call_submit(struct pool *, struct call *);

/* E_INVALID when there are problems, else 0: "if ((rc = call_check(c)) < 0)". */
int call_check(const struct call *);

/* The keys of this process, derived from the master key; set once at start. */
struct op_keys {
	struct secret_key note;	     /* seals free text */
	struct secret_key form;	     /* signs form tokens */
	struct secret_key reference; /* permutes references (setting.reference_key) */
	struct secret_key suppression; /* hashes what was erased */
};
void op_keys_set(const struct op_keys *);
const struct op_keys *op_keys(void);

#endif
