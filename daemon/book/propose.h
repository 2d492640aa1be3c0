/* SPDX-License-Identifier: MIT */
/*
 * propose.h - other times for an appointment that cannot be kept: another doctor at
 * the same time, the same day, the doctor's next time within the patient's preferred
 * windows. Taking one is an ordinary move (booking_visit.c).
 */
#ifndef BOOK_PROPOSE_H
#define BOOK_PROPOSE_H

#include "book/slot_find.h"

enum proposal_kind { PROPOSE_SAME_TIME, PROPOSE_SAME_DAY, PROPOSE_PREFERRED, PROPOSALS };
extern const char *const proposal_names[PROPOSALS]; /* same-time, same-day, preferred */

struct proposal {
	enum proposal_kind kind;
	struct slot_offer offer;
};

struct proposal_set {
	struct proposal v[PROPOSALS];
	size_t count;
	const struct zone *zone;
};

struct propose_cmd {
	struct strlist references; /* PROPOSE_MAX at most */
};
#define PROPOSE_MAX 200

struct propose_res {
	struct proposal_set *sets; /* one a reference, in their order; empty for one that has
				    * no appointment or is not the actor's to see */
	size_t count;
};

int booking_propose(struct tx *, struct call *);
/* For one request, whoever asks. An E_ code, or >= 0. */
int propose_for(struct tx *, const struct call *, int64_t n, struct proposal_set *ret_set);
/* [{"kind","start","end","doctor"}] */
void proposals_json(struct obuf *, const struct proposal_set *);

#endif
