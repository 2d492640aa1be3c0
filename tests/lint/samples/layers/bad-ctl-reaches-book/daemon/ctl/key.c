/* SPDX-License-Identifier: MIT */
#include "book/key.h"
