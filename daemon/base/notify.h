/* SPDX-License-Identifier: MIT */
/* notify.h - tells the service manager how we are (sd_notify(3)'s protocol, without its library). */
#ifndef BASE_NOTIFY_H
#define BASE_NOTIFY_H

#include "base/base.h"

/* One or more "NAME=VALUE" lines; nothing happens without a manager. */
void notify_manager(const char *state);
/* How often the manager wants to hear of us, ms; 0: it does not. */
int64_t notify_watchdog_ms(void);

#endif
