/* SPDX-License-Identifier: MIT */
#include "http/http.h"
