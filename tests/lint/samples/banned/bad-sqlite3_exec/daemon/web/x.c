/* SPDX-License-Identifier: MIT */
int x = 1; /* first a comment */ int y = sqlite3_exec(p);
