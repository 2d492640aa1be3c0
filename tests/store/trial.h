/* SPDX-License-Identifier: MIT */
/*
 * trial.h - one clinic through a few power failures, and what it must still know.
 *
 * A life is: start, look whether all that was acknowledged is there, take posts in
 * batches with checkpoints between, until the power fails at some operation of the
 * disk. What has no answer yet is sent again in the next life, with its key.
 */
#ifndef TESTS_STORE_TRIAL_H
#define TESTS_STORE_TRIAL_H

#include "support/disk_vfs.h"
#include "support/world.h"

#define TRIAL_POSTS 96
#define TRIAL_FILE "clinic.db"

enum verdict { WHOLE, LOST, DOUBLED, ALTERED, GAP, CORRUPT, SHUT, VERDICTS };
extern const char *const verdict_names[VERDICTS];

struct post {
	bool acknowledged;
	char *json; /* as it was answered */
};

struct trial {
	struct world w;
	struct chance chance;
	const char *synchronous; /* NULL: as db_connect has it */
	bool lying;              /* a disk whose sync does nothing */
	bool no_checkpoints;     /* but those the test makes */
	struct post posts[TRIAL_POSTS];
	int post_count;
	int notes_sent, notes_acknowledged;
	int cuts; /* that fell into the work */
};

/* A disk with a clinic on it and nothing booked; free with disk_image_free. */
void trial_prepare(struct disk_image *);
/* From that image through so many lives and a last look. */
enum verdict trial_run(struct trial *, const struct disk_image *, int lives);
/* The start on what is on the disk; 0 or an E_ code. */
int trial_start(struct trial *);
void trial_stop(struct trial *);
/* What is there, against what was acknowledged. */
enum verdict trial_check(struct trial *);
/* New posts, and those without an answer, until all are answered or it is dark. */
void trial_work(struct trial *, int batches);

#endif
