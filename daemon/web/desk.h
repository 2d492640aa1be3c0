/* SPDX-License-Identifier: MIT */
/*
 * desk.h - what the staff's pages share: the session's cookie, the token that
 * binds a form to it, the frame around every page.
 */
#ifndef WEB_DESK_H
#define WEB_DESK_H

#include "web/view.h"
#include "web/web.h"

/* The value of the __Host-session cookie; "" without one. */
const char *desk_cookie(const struct req *);
/* Sets it, or ends it (NULL). SameSite=Strict, HttpOnly, Secure. */
void desk_set_cookie(struct exchange *, const char *session);
/* The token of a session's forms, in the arena. */
const char *desk_token(struct arena *, const char *session);
/* A POST of one of our pages, from this session: Sec-Fetch-Site and csrf token. */
bool desk_post_is_ours(struct exchange *);
/* Notes that a session is used; nobody waits for it. */
void desk_touch(const char *session);
/* 401 leads to the sign-in page, a one-time password to the new one; true then. */
bool desk_refused(struct exchange *, int rc);

/* "Thu 26 Nov, 14:05" in that zone. */
const char *desk_time(struct arena *, const struct zone *, int64_t ms);
/* A word of the API as staff read it: "zh-Hans" is Chinese, "no-answer" No answer. */
const char *desk_word(struct arena *, const char *value);
/* The frame of a page for whoever is signed in (the call's actor). */
struct view_desk desk_frame(struct exchange *, const char *title, const char *here);

#endif
