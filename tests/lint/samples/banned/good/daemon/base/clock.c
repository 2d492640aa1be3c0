/* SPDX-License-Identifier: MIT */
/* atoi(p) in a comment
 * of two lines: strcpy(a, b) */
int a = uptime(p), b = my_atoi(p), c = snprintf(p, 1, "%s", "strcpy(a, b)");
int d = atoi(p); /* allowed: p was checked to be one digit */
char e = '"', f = '"'; /* rand() */
gmtime_r(&t, &tm); // time(NULL)
