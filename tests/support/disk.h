/* SPDX-License-Identifier: MIT */
/*
 * disk.h - a disk in memory whose power can fail: the SQLite VFS "disk".
 *
 * Of each file it keeps what is durable and, in order, what was written since the
 * last sync; of the directory, which names are durable. At operation cut_at the
 * power fails: that operation and every later one answers IOERR, until
 * disk_power_returns decides by chance what of the unsynced writes arrived: none,
 * the first so many, or any of them, torn at sectors of 512 bytes. Shared memory
 * is lost. Writes leave the bytes around them alone, as SQLite assumes of a disk
 * (POWERSAFE_OVERWRITE, the default of its Unix VFS).
 *
 * One process, one thread, one connection at a time. The callbacks are in
 * disk_vfs.h.
 */
#ifndef TESTS_SUPPORT_DISK_H
#define TESTS_SUPPORT_DISK_H

#include <sqlite3.h>
#include <string.h>

#include "support/chance.h"

#define DISK_FILES 8
#define DISK_NAME 64
#define DISK_SHM_REGIONS 8
#define DISK_SECTOR 512

struct bytes {
	uint8_t *p;
	size_t len, cap;
};

/* A write, or, without data, a truncation to at. */
struct disk_write {
	size_t at, len;
	uint8_t *data;
};

struct disk_file {
	char name[DISK_NAME]; /* "": this place is free */
	bool there, durably_there;
	bool syncs_directory; /* journals do, at their first sync */
	struct bytes now, durable;
	struct disk_write *log;
	size_t log_len, log_cap;
	void *shm[DISK_SHM_REGIONS];
};

enum disk_fault { FAULT_NONE, FAULT_READ, FAULT_WRITE, FAULT_SYNC };

/* The one disk. Tests set the second half. */
struct disk {
	struct disk_file files[DISK_FILES];
	int64_t operations; /* that change something, since it was filled */
	bool dark;          /* the power is off */
	struct chance chance;

	int64_t cut_at;        /* the operation at which the power fails; 0: none */
	bool lying;            /* a sync says yes and does nothing */
	enum disk_fault fault; /* which calls fail, with the power on */
	int fault_code;        /* with what: SQLITE_FULL, SQLITE_IOERR_WRITE, ... */
	int fault_after;       /* so many succeed first */
	int fault_times;       /* so many fail */
};

/* A copy of a disk at rest. */
struct disk_image {
	struct disk_file files[DISK_FILES];
};

/* Weak: one for all the files of a test binary that include this. */
__attribute__((weak)) struct disk the_disk;

static inline void
bytes_fit(struct bytes *b, size_t len)
{
	if (len > b->cap) {
		b->cap = len > 2 * b->cap ? len : 2 * b->cap;
		b->p = realloc(b->p, b->cap);
		BUG_UNLESS(b->p != NULL);
	}
	if (len > b->len) {
		memset(b->p + b->len, 0, len - b->len);
		b->len = len;
	}
}

static inline void
bytes_put(struct bytes *b, size_t at, const void *p, size_t len)
{
	bytes_fit(b, at + len);
	memcpy(b->p + at, p, len);
}

static inline void
bytes_copy(struct bytes *to, const struct bytes *from)
{
	to->len = 0;
	if (from->len > 0)
		bytes_put(to, 0, from->p, from->len);
}

static inline void
disk_forget_log(struct disk_file *f)
{
	for (size_t i = 0; i < f->log_len; i++)
		free(f->log[i].data);
	f->log_len = 0;
}

static inline void
disk_forget_shm(struct disk_file *f)
{
	for (int i = 0; i < DISK_SHM_REGIONS; i++) {
		free(f->shm[i]);
		f->shm[i] = NULL;
	}
}

static inline void
disk_log(struct disk_file *f, size_t at, const void *p, size_t len)
{
	struct disk_write w = { at, len, NULL };

	if (f->log_len == f->log_cap) {
		f->log_cap = f->log_cap == 0 ? 64 : 2 * f->log_cap;
		f->log = realloc(f->log, f->log_cap * sizeof(*f->log));
		BUG_UNLESS(f->log != NULL);
	}
	if (len > 0) {
		w.data = malloc(len);
		BUG_UNLESS(w.data != NULL);
		memcpy(w.data, p, len);
	}
	f->log[f->log_len++] = w;
}

static inline void
disk_make_durable(struct disk_file *f)
{
	for (size_t i = 0; i < f->log_len; i++) {
		const struct disk_write *w = &f->log[i];

		if (w->data != NULL)
			bytes_put(&f->durable, w->at, w->data, w->len);
		else if (w->at < f->durable.len)
			f->durable.len = w->at;
	}
	disk_forget_log(f);
}

static inline void
disk_sync_directory(void)
{
	for (int i = 0; i < DISK_FILES; i++) {
		struct disk_file *f = &the_disk.files[i];

		f->durably_there = f->there;
		if (f->there)
			continue;
		f->durable.len = 0;
		disk_forget_log(f);
	}
}

/* ---- the power fails ---- */

/* Counts an operation; false when there is no power for it. */
static inline bool
disk_operate(void)
{
	struct disk *d = &the_disk;

	if (d->dark)
		return false;
	d->operations++;
	d->dark = d->cut_at != 0 && d->operations >= d->cut_at;
	return !d->dark;
}

/* Sector by sector, some of a write arrive. */
static inline void
disk_tear(struct disk_file *f, const struct disk_write *w)
{
	size_t from = 0;

	while (from < w->len) {
		size_t end =
		    (w->at + from) / DISK_SECTOR * DISK_SECTOR + DISK_SECTOR - w->at;

		if (end > w->len)
			end = w->len;
		if (chance_one_in(&the_disk.chance, 2))
			bytes_put(&f->durable, w->at + from, w->data + from, end - from);
		from = end;
	}
}

/* What of the unsynced writes arrived, by chance. */
static inline void
disk_settle(struct disk_file *f)
{
	enum {
		NONE,
		FIRST,
		ANY,
		MODES
	} mode = (unsigned)chance_below(&the_disk.chance, MODES);
	size_t first = (size_t)chance_below(&the_disk.chance, (int)f->log_len + 1);

	for (size_t i = 0; mode != NONE && i < f->log_len; i++) {
		const struct disk_write *w = &f->log[i];
		bool torn = chance_one_in(&the_disk.chance, 4);

		if (mode == FIRST ? i > first : chance_one_in(&the_disk.chance, 2))
			continue;
		if (w->data == NULL)
			f->durable.len = w->at < f->durable.len ? w->at : f->durable.len;
		else if (mode == FIRST ? i == first : torn)
			disk_tear(f, w);
		else
			bytes_put(&f->durable, w->at, w->data, w->len);
	}
	disk_forget_log(f);
}

/* After every connection was closed: the machine starts again. */
static inline void
disk_power_returns(void)
{
	struct disk *d = &the_disk;

	for (int i = 0; i < DISK_FILES; i++) {
		struct disk_file *f = &d->files[i];

		if (f->there != f->durably_there)
			f->there = f->durably_there = chance_one_in(&d->chance, 2);
		disk_settle(f);
		disk_forget_shm(f);
		if (!f->there)
			f->durable.len = 0;
		bytes_copy(&f->now, &f->durable);
	}
	d->dark = false;
	d->cut_at = 0;
	d->operations = 0;
}

/* ---- a disk as a whole ---- */

static inline void
disk_seed(uint64_t seed)
{
	the_disk.chance.state = seed;
}

static inline void
disk_clear(void)
{
	struct chance chance = the_disk.chance;

	for (int i = 0; i < DISK_FILES; i++) {
		struct disk_file *f = &the_disk.files[i];

		disk_forget_log(f);
		disk_forget_shm(f);
		free(f->log);
		free(f->now.p);
		free(f->durable.p);
	}
	the_disk = (struct disk){ .chance = chance };
}

/* Keeps what is on the disk; nothing may be open. */
static inline void
disk_save(struct disk_image *image)
{
	*image = (struct disk_image){ 0 };
	for (int i = 0; i < DISK_FILES; i++) {
		const struct disk_file *f = &the_disk.files[i];
		struct disk_file *to = &image->files[i];

		if (!f->there)
			continue;
		memcpy(to->name, f->name, sizeof(to->name));
		to->there = to->durably_there = true;
		bytes_copy(&to->durable, &f->now);
	}
}

/* The disk is as it was saved, all of it durable. */
static inline void
disk_restore(const struct disk_image *image)
{
	struct disk *d = &the_disk;

	for (int i = 0; i < DISK_FILES; i++) {
		const struct disk_file *from = &image->files[i];
		struct disk_file *f = &d->files[i];

		disk_forget_log(f);
		disk_forget_shm(f);
		memcpy(f->name, from->name, sizeof(f->name));
		f->there = f->durably_there = from->there;
		f->syncs_directory = false;
		bytes_copy(&f->durable, &from->durable);
		bytes_copy(&f->now, &from->durable);
	}
	d->operations = d->cut_at = 0;
	d->dark = d->lying = false;
	d->fault = FAULT_NONE;
}

static inline void
disk_image_free(struct disk_image *image)
{
	for (int i = 0; i < DISK_FILES; i++)
		free(image->files[i].durable.p);
}

/* Do these bytes stand anywhere on it? */
static inline bool
disk_holds(const void *p, size_t len)
{
	for (int i = 0; i < DISK_FILES; i++) {
		const struct bytes *b = &the_disk.files[i].now;

		if (b->len > 0 && memmem(b->p, b->len, p, len) != NULL)
			return true;
	}
	return false;
}

#endif
