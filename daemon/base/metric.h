/* SPDX-License-Identifier: MIT */
/* metric.h - counters and gauges of metric.def; relaxed atomics, any thread. */
#ifndef BASE_METRIC_H
#define BASE_METRIC_H

#include "base/obuf.h"

enum metric {
#define COUNTER(name, help) M_##name,
#define GAUGE(name, help) M_##name,
#include "base/metric.def"
#undef COUNTER
#undef GAUGE
	METRIC_COUNT
};

void metric_add(enum metric, int64_t n);
int64_t metric_get(enum metric);
/* All of them in the Prometheus text format, 0.0.4. */
void metric_write(struct obuf *);

#endif
