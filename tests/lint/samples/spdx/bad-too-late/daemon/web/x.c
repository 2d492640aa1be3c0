/* x.c - late. */
/* SPDX-License-Identifier: MIT */
