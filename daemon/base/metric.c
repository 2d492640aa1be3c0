/* SPDX-License-Identifier: MIT */
/* metric.c - one slot a thread group would be faster; one atomic is fast enough here. */
#include <stdatomic.h>

#include "base/metric.h"

/* A cache line each, so that two threads counting two things do not meet. */
static struct {
	_Alignas(64) _Atomic int64_t v;
} values[METRIC_COUNT];

static const struct {
	const char *name, *kind, *help;
} rows[METRIC_COUNT] = {
#define COUNTER(name, help) [M_##name] = { "bookingd_" #name, "counter", help },
#define GAUGE(name, help) [M_##name] = { "bookingd_" #name, "gauge", help },
#include "base/metric.def"
#undef COUNTER
#undef GAUGE
};

void
metric_add(enum metric m, int64_t n)
{
	atomic_fetch_add_explicit(&values[m].v, n, memory_order_relaxed);
}

int64_t
metric_get(enum metric m)
{
	return atomic_load_explicit(&values[m].v, memory_order_relaxed);
}

void
metric_write(struct obuf *o)
{
	for (int m = 0; m < METRIC_COUNT; m++)
		obuf_printf(o, "# HELP %s %s\n# TYPE %s %s\n%s %lld\n", rows[m].name,
		    rows[m].help, rows[m].name, rows[m].kind, rows[m].name,
		    (long long)metric_get((enum metric)m));
}
