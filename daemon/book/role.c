/* SPDX-License-Identifier: MIT */
/* role.c - the table of roles. To add one: a row here, its name in role_names. */
#include <string.h>

#include "book/role.h"

static const struct role roles[] = {
	{ "site", CAP_BOOK },
	{ "viewer", CAP_LIST },
	{ "frontdesk", CAP_LIST | CAP_CONTACT | CAP_CREATE | CAP_ACT },
	{ "doctor", CAP_LIST | CAP_CONTACT | CAP_CLINICAL | CAP_ACT },
	{ "manager",
	    CAP_LIST | CAP_CONTACT | CAP_CLINICAL | CAP_CREATE | CAP_ACT | CAP_EXPORT | CAP_CLINIC
		| CAP_KEYS | CAP_HEALTH | CAP_PRIVACY | CAP_OVERRIDE },
	{ "admin", CAP_CLINIC | CAP_KEYS | CAP_HEALTH },
};

const char *const role_names[]
    = { "site", "viewer", "frontdesk", "doctor", "manager", "admin", NULL };

const struct role *
role_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (strcmp(roles[i].name, name) == 0)
			return &roles[i];
	return NULL;
}
