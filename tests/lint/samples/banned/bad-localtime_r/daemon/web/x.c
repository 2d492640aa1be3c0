/* SPDX-License-Identifier: MIT */
int y = localtime_r(&t, &tm) != NULL;
