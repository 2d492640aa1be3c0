/* SPDX-License-Identifier: MIT */
#include "store/db.h"
#include "web/route.h"
