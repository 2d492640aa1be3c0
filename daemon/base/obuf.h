/* SPDX-License-Identifier: MIT */
/*
 * obuf.h - text on its way out, with the escapes of each language it may be in.
 *
 * Grows in its arena up to max bytes; past that it stays as it is and says so
 * (obuf_overflowed). JSON commas are kept by the buffer: open, key, value, close.
 */
#ifndef BASE_OBUF_H
#define BASE_OBUF_H

#include "base/str.h"

struct obuf {
	struct arena *arena;
	char *data; /* len bytes, NUL after them */
	size_t len, cap, max;
	bool overflowed;
	bool comma; /* JSON: the next value needs one before it */
};

void obuf_init(struct obuf *, struct arena *, size_t max);
bool obuf_overflowed(const struct obuf *);
void obuf_reset(struct obuf *); /* empty again, memory kept */

void obuf_put(struct obuf *, const char *s, size_t len);
/* Room for len more bytes, to be written by the caller, who then says with obuf_wrote
 * how many they became; NULL when there is none. */
char *obuf_room(struct obuf *, size_t len);
void obuf_wrote(struct obuf *, size_t len);
void obuf_puts(struct obuf *, const char *s);
void obuf_putc(struct obuf *, char c);
void obuf_printf(struct obuf *, const char *format, ...) PRINTF_LIKE(2, 3);

/* Text for HTML text and quoted attributes; NULL writes nothing. */
void obuf_html(struct obuf *, const char *s);
void obuf_html_int(struct obuf *, int64_t);

/* JSON. A NULL string is null. Strings must be UTF-8. */
void obuf_json_open(struct obuf *, char brace);  /* '{' or '[' */
void obuf_json_close(struct obuf *, char brace); /* '}' or ']' */
void obuf_json_key(struct obuf *, const char *key);
void obuf_json_str(struct obuf *, const char *s);
void obuf_json_int(struct obuf *, int64_t);
void obuf_json_bool(struct obuf *, bool);
void obuf_json_raw(struct obuf *, const char *json); /* a value made elsewhere */
void obuf_json_kstr(struct obuf *, const char *key, const char *s);
void obuf_json_kint(struct obuf *, const char *key, int64_t);
void obuf_json_kbool(struct obuf *, const char *key, bool);
void obuf_json_kwords(struct obuf *, const char *key, const struct strlist *);
/* RFC 3339 in UTC, "2026-11-24T13:12:00Z"; a time of 0 is null. */
void obuf_json_ktime(struct obuf *, const char *key, int64_t ms);

/* One CSV cell, RFC 4180; what a spreadsheet would run as a formula gets a '. */
void obuf_csv(struct obuf *, const char *s);

#endif
