/* SPDX-License-Identifier: MIT */
/* slot_inside.h - the inside of slot.h, for slot*.c alone. */
#ifndef BOOK_SLOT_INSIDE_H
#define BOOK_SLOT_INSIDE_H

#include "book/slot.h"

/* Does that doctor give the service that is asked for? */
bool slot_gives(const struct doctor *, const struct slot_ask *);
const struct taken *slot_taken_of(const struct calendar *, const struct doctor *);
/* The cells, of the schedule, of a local day. */
void slot_day_cells(const struct schedule *, const struct branch *, int32_t day, int64_t *ret_from,
    int64_t *ret_to);
/* Has the doctor as many visits in those cells as the cap allows? */
bool slot_day_is_full(const struct calendar *, const struct doctor *, int64_t from, int64_t to);
/* Notice and horizon: the stretch in which anything may begin. */
int64_t slot_earliest_ms(const struct slot_ask *);
int64_t slot_latest_ms(const struct slot_ask *);

#endif
