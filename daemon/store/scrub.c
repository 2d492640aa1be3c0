/* SPDX-License-Identifier: MIT */
/*
 * scrub.c - no byte of what was deleted stays behind in the files.
 *
 * secure_delete=ON overwrites deleted cells and freed pages, but not the copies
 * that are left when a page was split: they lie in the gap between a page's cell
 * pointers and its cells until something is written there. And the write-ahead
 * log holds pages as they were. So the log is emptied into the file, the pages
 * kept in memory are let go (they would carry their gaps back), and the gaps and
 * free blocks of every b-tree page are overwritten where they are not zero.
 *
 * SQLite reads neither, so a reader may look at the same page meanwhile, and a
 * write torn by a power cut leaves a good page. Costs one read of the file.
 * File format: sqlite.org/fileformat2.html, 1.3 and 1.6.
 */
#include <stdlib.h>
#include <string.h>

#include "store/sqlite.h"

#define WAIT_MS 500	     /* for readers: theirs are short, and patients wait */
#define CHUNK (1 << 18)	     /* bytes a read; a multiple of every page size */
#define PAGES_MAX 0x02000000 /* from here on an overflow page may begin like a b-tree page */

/* The database file, as SQLite's own handle on it. */
struct file {
	sqlite3_file *f;
	uint8_t *chunk;
	sqlite3_int64 size;
	int page, usable; /* bytes */
	bool written;
};

static int
get2(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

/* Zeroes from .. to of the page that starts at base, where it is not yet. */
static int
clear(struct file *x, const uint8_t *page, sqlite3_int64 base, int from, int to)
{
	static const uint8_t zeros[65536];
	int n = to - from;

	if (n <= 0 || memcmp(page + from, zeros, (size_t)n) == 0)
		return SQLITE_OK;
	x->written = true;
	return x->f->pMethods->xWrite(x->f, zeros, n, base + from);
}

/* What of a page is in no cell. Pages of other kinds are left alone. */
static int
clean_page(struct file *x, const uint8_t *page, sqlite3_int64 base)
{
	const uint8_t *h = page + (base == 0 ? 100 : 0);
	int leaf = h[0] == 10 || h[0] == 13, inner = h[0] == 2 || h[0] == 5;
	int cells = get2(h + 5) == 0 ? 65536 : get2(h + 5);
	int pointers_end = (int)(h - page) + (leaf ? 8 : 12) + 2 * get2(h + 3);
	int rc, size;

	if ((!leaf && !inner) || pointers_end > cells || cells > x->usable)
		return SQLITE_OK;
	rc = clear(x, page, base, pointers_end, cells);
	for (int at = get2(h + 1), next; rc == SQLITE_OK && at >= cells; at = next) {
		if (at + 4 > x->usable || (size = get2(page + at + 2)) < 4 || at + size > x->usable)
			break;
		rc = clear(x, page, base, at + 4, at + size);
		next = get2(page + at);
		if (next <= at)
			break;
	}
	return rc;
}

static int
read_header(struct file *x)
{
	uint8_t h[100];
	int rc = x->f->pMethods->xFileSize(x->f, &x->size);

	if (rc == SQLITE_OK && x->size < (sqlite3_int64)sizeof(h))
		x->size = 0; /* nothing was ever written */
	if (rc != SQLITE_OK || x->size == 0)
		return rc;
	rc = x->f->pMethods->xRead(x->f, h, sizeof(h), 0);
	x->page = get2(h + 16) == 1 ? 65536 : get2(h + 16);
	x->usable = x->page - h[20];
	if (rc == SQLITE_OK && (x->page < 512 || x->size / x->page >= PAGES_MAX))
		rc = SQLITE_TOOBIG;
	return rc;
}

static int
clean_file(struct file *x)
{
	int rc = read_header(x);

	for (sqlite3_int64 base = 0; rc == SQLITE_OK && base < x->size; base += CHUNK) {
		int n = x->size - base < CHUNK ? (int)(x->size - base) : CHUNK;

		rc = x->f->pMethods->xRead(x->f, x->chunk, n, base);
		for (int at = 0; rc == SQLITE_OK && at + x->page <= n; at += x->page)
			rc = clean_page(x, x->chunk + at, base + at);
	}
	if (rc == SQLITE_OK && x->written)
		rc = x->f->pMethods->xSync(x->f, SQLITE_SYNC_NORMAL);
	return rc;
}

/* The log's truncation too must be on the disk: a power cut would bring back all
 * that stood in it, and the next start would write it into the file again. */
static int
sync_log(struct db *db)
{
	sqlite3_file *log = NULL;
	int rc = sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);

	if (rc == SQLITE_OK && log->pMethods != NULL)
		rc = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
	return rc;
}

int
db_scrub(struct db *db)
{
	struct file x = { .chunk = malloc(CHUNK) };
	int rc;

	BUG_UNLESS(x.chunk != NULL && !db_in_transaction(db));
	sqlite3_busy_timeout(db->handle, WAIT_MS);
	rc = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
	if (rc == SQLITE_OK)
		rc = sync_log(db);
	if (rc == SQLITE_OK) {
		db->wal_pages = 0;
		sqlite3_db_release_memory(db->handle);
		rc = sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_FILE_POINTER, &x.f);
	}
	if (rc == SQLITE_OK && x.f->pMethods != NULL) /* NULL: a database in memory */
		rc = clean_file(&x);
	free(x.chunk);
	return rc == SQLITE_OK ? 0 : db_error(db, rc);
}
