/* SPDX-License-Identifier: MIT */
int x = 1; /* first a comment */ int y = sprintf(p);
