/* SPDX-License-Identifier: MIT */
int y = atoi(p); /* allowed: */
