/* SPDX-License-Identifier: MIT */
#include "store/db.h"
