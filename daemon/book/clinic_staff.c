/* SPDX-License-Identifier: MIT */
/* clinic_staff.c - absences and closures that staff entered beside the clinic file. */
#include <string.h>

#include "book/admin.h"
#include "queries.h"

bool
clinic_add_away(struct clinic *c, int64_t doctor, const struct away *row)
{
	struct doctor *d = NULL;
	struct away *more;

	for (size_t i = 0; i < c->doctor_count; i++)
		if (c->doctors[i].id == doctor)
			d = &c->doctors[i];
	if (d == NULL) /* not with us any more */
		return false;
	more = ARENA_ARRAY(c->arena, struct away, d->away_count + 1);
	if (d->away_count > 0)
		memcpy(more, d->away, d->away_count * sizeof(*more));
	more[d->away_count] = *row;
	if (row->reason != NULL)
		more[d->away_count].reason = arena_strdup(c->arena, row->reason);
	d->away = more;
	d->away_count++;
	return true;
}

void
clinic_add_closure(struct clinic *c, const struct branch *b, int32_t day, const char *name, int64_t id)
{
	struct closure *more = ARENA_ARRAY(c->arena, struct closure, c->closure_count + 1);

	name = arena_strdup(c->arena, name);
	if (c->closure_count > 0)
		memcpy(more, c->closures, c->closure_count * sizeof(*more));
	more[c->closure_count++]
	    = (struct closure){ b == NULL ? "*" : b->slug, day, { name, name, name }, id };
	c->closures = more;
	clinic_close_days(c);
}

bool
clinic_remove_away(struct clinic *c, int64_t id)
{
	for (size_t i = 0; i < c->doctor_count; i++) {
		struct doctor *d = &c->doctors[i];

		for (size_t k = 0; k < d->away_count; k++)
			if (d->away[k].id == id) {
				memmove(&d->away[k], &d->away[k + 1],
				    (d->away_count - k - 1) * sizeof(d->away[k]));
				d->away_count--;
				return true;
			}
	}
	return false;
}

bool
clinic_remove_closure(struct clinic *c, int64_t id)
{
	for (size_t k = 0; k < c->closure_count; k++)
		if (c->closures[k].id == id) {
			memmove(&c->closures[k], &c->closures[k + 1],
			    (c->closure_count - k - 1) * sizeof(c->closures[k]));
			c->closure_count--;
			clinic_close_days(c);
			return true;
		}
	return false;
}

int
clinic_add_staff_rows(struct tx *tx, struct clinic *c)
{
	struct q_absence_list_out absence;
	struct q_closure_list_out closure;
	int rc = q_absence_list(tx->db);

	while (rc >= 0 && (rc = q_absence_list_next(tx->db, &absence)) == 1)
		(void)clinic_add_away(c, absence.doctor,
		    &(struct away){ absence.from_min, absence.to_min, absence.reason, absence.id });
	if (rc >= 0)
		rc = q_closure_list(tx->db);
	while (rc >= 0 && (rc = q_closure_list_next(tx->db, &closure)) == 1) {
		const struct branch *b
		    = closure.branch_null ? NULL : clinic_branch_by_id(c, closure.branch);

		if (b != NULL || closure.branch_null)
			clinic_add_closure(c, b, (int32_t)closure.day, closure.name, closure.id);
	}
	return rc < 0 ? rc : 0;
}
