/* SPDX-License-Identifier: MIT */
#include "book/booking.h"
