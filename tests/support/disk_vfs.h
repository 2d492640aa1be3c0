/* SPDX-License-Identifier: MIT */
/* disk_vfs.h - what SQLite calls of the disk of disk.h; disk_register() once. */
#ifndef TESTS_SUPPORT_DISK_VFS_H
#define TESTS_SUPPORT_DISK_VFS_H

#include "support/disk.h"

struct disk_handle {
	sqlite3_file base;
	struct disk_file *file;
};

static inline struct disk_file *
disk_of(sqlite3_file *h)
{
	return ((struct disk_handle *)(void *)h)->file;
}

static inline struct disk_file *
disk_find(const char *name)
{
	for (int i = 0; i < DISK_FILES; i++)
		if (strcmp(the_disk.files[i].name, name) == 0)
			return &the_disk.files[i];
	return NULL;
}

/* The injected result of a call of that kind; SQLITE_OK: none is due. */
static inline int
disk_fault_of(enum disk_fault kind)
{
	struct disk *d = &the_disk;

	if (d->fault != kind || d->fault_after-- > 0 || d->fault_times-- <= 0)
		return SQLITE_OK;
	return d->fault_code;
}

static inline int
disk_close(sqlite3_file *h)
{
	h->pMethods = NULL;
	return SQLITE_OK;
}

static inline int
disk_read(sqlite3_file *h, void *p, int n, sqlite3_int64 at)
{
	const struct bytes *b = &disk_of(h)->now;
	size_t have = (size_t)at < b->len ? b->len - (size_t)at : 0;
	int rc = the_disk.dark ? SQLITE_IOERR_READ : disk_fault_of(FAULT_READ);

	if (rc != SQLITE_OK)
		return rc;
	if (have > (size_t)n)
		have = (size_t)n;
	if (have > 0)
		memcpy(p, b->p + at, have);
	memset((char *)p + have, 0, (size_t)n - have);
	return have == (size_t)n ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static inline int
disk_write(sqlite3_file *h, const void *p, int n, sqlite3_int64 at)
{
	struct disk_file *f = disk_of(h);
	bool was_dark = the_disk.dark;
	int rc = was_dark ? SQLITE_IOERR_WRITE : disk_fault_of(FAULT_WRITE);

	if (rc != SQLITE_OK)
		return rc;
	/* The write under which the power fails may arrive in part. */
	rc = disk_operate() ? SQLITE_OK : SQLITE_IOERR_WRITE;
	bytes_put(&f->now, (size_t)at, p, (size_t)n);
	disk_log(f, (size_t)at, p, (size_t)n);
	return rc;
}

static inline int
disk_truncate(sqlite3_file *h, sqlite3_int64 len)
{
	struct disk_file *f = disk_of(h);

	if (the_disk.dark)
		return SQLITE_IOERR_TRUNCATE;
	if ((size_t)len < f->now.len)
		f->now.len = (size_t)len;
	disk_log(f, (size_t)len, NULL, 0);
	return disk_operate() ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

static inline int
disk_sync(sqlite3_file *h, int flags)
{
	struct disk_file *f = disk_of(h);
	int rc = the_disk.dark ? SQLITE_IOERR_FSYNC : disk_fault_of(FAULT_SYNC);

	(void)flags;
	if (rc != SQLITE_OK || !disk_operate())
		return rc != SQLITE_OK ? rc : SQLITE_IOERR_FSYNC;
	if (the_disk.lying)
		return SQLITE_OK;
	disk_make_durable(f);
	if (f->syncs_directory)
		disk_sync_directory();
	f->syncs_directory = false;
	return SQLITE_OK;
}

static inline int
disk_size(sqlite3_file *h, sqlite3_int64 *ret_size)
{
	if (the_disk.dark)
		return SQLITE_IOERR_FSTAT;
	*ret_size = (sqlite3_int64)disk_of(h)->now.len;
	return SQLITE_OK;
}

static inline int
disk_lock(sqlite3_file *h, int level)
{
	(void)h;
	(void)level;
	return the_disk.dark ? SQLITE_IOERR_LOCK : SQLITE_OK;
}

static inline int
disk_unlock(sqlite3_file *h, int level)
{
	(void)h;
	(void)level;
	return SQLITE_OK;
}

static inline int
disk_check_lock(sqlite3_file *h, int *ret_held)
{
	(void)h;
	*ret_held = 0;
	return SQLITE_OK;
}

static inline int
disk_control(sqlite3_file *h, int op, void *arg)
{
	(void)h;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static inline int
disk_sector(sqlite3_file *h)
{
	(void)h;
	return 4096; /* what the Unix VFS says */
}

static inline int
disk_traits(sqlite3_file *h)
{
	(void)h;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static inline int
disk_shm_map(sqlite3_file *h, int region, int size, int extend, void volatile **ret_p)
{
	struct disk_file *f = disk_of(h);

	*ret_p = NULL;
	if (the_disk.dark || region >= DISK_SHM_REGIONS)
		return SQLITE_IOERR_SHMMAP;
	if (f->shm[region] == NULL && extend) {
		f->shm[region] = calloc(1, (size_t)size);
		BUG_UNLESS(f->shm[region] != NULL);
	}
	*ret_p = f->shm[region];
	return SQLITE_OK;
}

static inline int
disk_shm_lock(sqlite3_file *h, int at, int n, int flags)
{
	(void)h;
	(void)at;
	(void)n;
	(void)flags;
	return SQLITE_OK;
}

static inline void
disk_shm_barrier(sqlite3_file *h)
{
	(void)h;
}

static inline int
disk_shm_unmap(sqlite3_file *h, int forget)
{
	if (forget)
		disk_forget_shm(disk_of(h));
	return SQLITE_OK;
}

static const sqlite3_io_methods disk_methods = { 2, disk_close, disk_read, disk_write,
	disk_truncate, disk_sync, disk_size, disk_lock, disk_unlock, disk_check_lock,
	disk_control, disk_sector, disk_traits, disk_shm_map, disk_shm_lock,
	disk_shm_barrier, disk_shm_unmap, NULL, NULL };

/* ---- the directory ---- */

static inline int
disk_open(sqlite3_vfs *v, const char *name, sqlite3_file *h, int flags, int *ret_flags)
{
	struct disk_file *f;

	(void)v;
	h->pMethods = NULL;
	BUG_UNLESS(name != NULL &&
		   strlen(name) < DISK_NAME); /* no temporary files: temp_store */
	f = disk_find(name);
	if (the_disk.dark || ((f == NULL || !f->there) && !(flags & SQLITE_OPEN_CREATE)))
		return SQLITE_CANTOPEN;
	if (f == NULL) {
		f = disk_find("");
		BUG_UNLESS(f != NULL);
		memcpy(f->name, name, strlen(name) + 1);
	}
	if (!f->there) {
		if (!disk_operate())
			return SQLITE_IOERR;
		f->there = true;
		if (f->durable.len > 0 || f->log_len > 0)
			disk_log(f, 0, NULL, 0); /* its removal is not durable yet */
		f->syncs_directory =
		    (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)) != 0;
	}
	((struct disk_handle *)(void *)h)->file = f;
	h->pMethods = &disk_methods;
	if (ret_flags != NULL)
		*ret_flags = flags;
	return SQLITE_OK;
}

static inline int
disk_delete(sqlite3_vfs *v, const char *name, int sync_directory)
{
	struct disk_file *f = disk_find(name);

	(void)v;
	if (the_disk.dark)
		return SQLITE_IOERR_DELETE;
	if (f == NULL || !f->there)
		return SQLITE_IOERR_DELETE_NOENT;
	f->there = false;
	f->now.len = 0;
	if (!disk_operate())
		return SQLITE_IOERR_DELETE;
	if (sync_directory && !the_disk.lying)
		disk_sync_directory();
	return SQLITE_OK;
}

static inline int
disk_access(sqlite3_vfs *v, const char *name, int flags, int *ret_yes)
{
	const struct disk_file *f = disk_find(name);

	(void)v;
	(void)flags;
	if (the_disk.dark)
		return SQLITE_IOERR_ACCESS;
	*ret_yes = f != NULL && f->there && f->now.len > 0;
	return SQLITE_OK;
}

static inline int
disk_full_name(sqlite3_vfs *v, const char *name, int n, char *ret_name)
{
	(void)v;
	snprintf(ret_name, (size_t)n, "%s", name);
	return SQLITE_OK;
}

static inline int
disk_randomness(sqlite3_vfs *v, int n, char *ret_bytes)
{
	(void)v;
	for (int i = 0; i < n; i++)
		ret_bytes[i] = (char)chance_next(&the_disk.chance);
	return n;
}

static inline int
disk_sleep(sqlite3_vfs *v, int us)
{
	(void)v;
	return us;
}

static inline int
disk_time(sqlite3_vfs *v, double *ret_day)
{
	(void)v;
	*ret_day = 2461369.0; /* 2026-11-24 noon; nobody asks */
	return SQLITE_OK;
}

static inline const char *
disk_register(void)
{
	static sqlite3_vfs vfs = { .iVersion = 1,
		.szOsFile = sizeof(struct disk_handle),
		.mxPathname = DISK_NAME - 1,
		.zName = "disk",
		.xOpen = disk_open,
		.xDelete = disk_delete,
		.xAccess = disk_access,
		.xFullPathname = disk_full_name,
		.xRandomness = disk_randomness,
		.xSleep = disk_sleep,
		.xCurrentTime = disk_time };

	BUG_UNLESS(sqlite3_vfs_register(&vfs, 0) == SQLITE_OK);
	return vfs.zName;
}

#endif
