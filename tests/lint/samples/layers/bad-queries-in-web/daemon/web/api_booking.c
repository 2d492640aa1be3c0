/* SPDX-License-Identifier: MIT */
#include "queries.h"
