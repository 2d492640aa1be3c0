/* SPDX-License-Identifier: MIT */
/*
 * slot_model.h - a random clinic with visits in it, as plain numbers: written out
 * as a clinic document for the code under test, and read by the oracle, which
 * shares nothing with that code but the wall clock's definition.
 *
 * Each thing in it has a flag "gone": a clinic that fails is made smaller by
 * leaving things out.
 */
#ifndef TESTS_BOOK_SLOT_MODEL_H
#define TESTS_BOOK_SLOT_MODEL_H

#include "book/slot.h"
#include "support/chance.h"

enum {
	BRANCHES = 4,
	DOCTORS = 5,
	SERVICES = 3,
	ROOMS = 5,
	KINDS = 2,
	ROWS = 8,
	DATED = 3,
	VISITS = 40
};

struct m_row { /* weekly, or of one day */
	bool gone;
	int branch, weekday;
	int32_t day;
	int from, to;
};

struct m_branch {
	bool gone;
	const char *zone;
	const struct zone *z;
	int notice, horizon, step;
	struct m_row rows[ROWS];
};

struct m_service {
	bool gone;
	int minutes, before, after;
	unsigned kinds;
};

struct m_away {
	bool gone;
	int64_t from, to; /* wall-clock minutes since 1970 */
};

struct m_doctor {
	bool gone, inactive;
	unsigned services;
	int daily_max;
	struct m_row rows[ROWS], extra[DATED];
	struct m_away away[DATED];
};

struct m_room {
	bool gone;
	int kind, branch, capacity;
};

struct m_visit {
	bool gone;
	int doctor, room, unit; /* room -1: none */
	int64_t starts, begins, ends;
};

struct model {
	int64_t now;
	struct m_branch branches[BRANCHES];
	struct m_service services[SERVICES];
	struct m_doctor doctors[DOCTORS];
	struct m_room rooms[ROOMS];
	struct m_row closures[DATED]; /* branch -1: all */
	struct m_visit visits[VISITS];
};

/* doctor -1: whoever is free. */
struct question {
	int branch, service, doctor;
	int64_t start;
};

void model_random(struct model *, struct chance *);
struct question model_question(const struct model *, struct chance *);
const char *model_document(const struct model *, struct arena *);
/* The visits, the question and the hour, as sentences. */
const char *model_sentences(const struct model *, const struct question *, struct arena *);
/* Everything that can be left out. How many. */
size_t model_flags(struct model *, bool *flags[400]);

/* ---- the code under test, made of the model ---- */

struct made {
	struct clinic *clinic;
	struct calendar calendar;
};

/* False when the document is refused. */
bool model_make(const struct model *, struct arena *, struct made *);
void model_free(struct made *);
struct slot_ask model_ask(const struct model *, const struct made *, const struct question *);

/* ---- the oracle ---- */

struct oracle; /* of one branch of a model, minute by minute */

struct oracle *oracle_new(const struct model *, int branch, struct arena *);
/* May that start be had of that doctor? */
bool oracle_free(const struct oracle *, const struct question *, int doctor);
/* The same, whatever is taken and however full the day. */
bool oracle_offers(const struct oracle *, const struct question *, int doctor);
/* Is that reason true of the start, and of the doctor it names (-1: none)? */
bool oracle_true(const struct oracle *, const struct question *, enum slot_why, int doctor);
/* Minutes in which anything is taken of a doctor on a start's local day. */
int oracle_day_minutes(const struct oracle *, int doctor, int64_t start);
bool oracle_unit_free(const struct oracle *, const struct question *, int room, int unit);
int32_t oracle_day(const struct oracle *, int64_t ms);

#endif
