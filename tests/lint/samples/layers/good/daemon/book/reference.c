/* SPDX-License-Identifier: MIT */
#include <openssl/evp.h>
#include <stdio.h>

#include "base/base.h"
#include "queries.h"
#include "store/db.h"
