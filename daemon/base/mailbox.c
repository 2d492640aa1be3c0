/* SPDX-License-Identifier: MIT */
/* mailbox.c - a locked list and an eventfd. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mailbox.h"

struct mailbox {
	pthread_mutex_t lock;
	struct letter *first, **last;
	int fd;
};

struct mailbox *
mailbox_new(void)
{
	struct mailbox *m = calloc(1, sizeof(*m));

	BUG_UNLESS(m != NULL && pthread_mutex_init(&m->lock, NULL) == 0);
	m->last = &m->first;
	m->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	BUG_UNLESS(m->fd >= 0);
	return m;
}

void
mailbox_free(struct mailbox *m)
{
	if (m == NULL)
		return;
	close(m->fd);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

int
mailbox_fd(const struct mailbox *m)
{
	return m->fd;
}

void
mailbox_put(struct mailbox *m, struct letter *first)
{
	uint64_t one = 1;
	struct letter *l = first;
	bool was_empty;

	while (l->next != NULL)
		l = l->next;
	pthread_mutex_lock(&m->lock);
	was_empty = m->first == NULL;
	*m->last = first;
	m->last = &l->next;
	pthread_mutex_unlock(&m->lock);
	if (was_empty) {
		ssize_t n = write(m->fd, &one, sizeof(one));

		BUG_UNLESS(n == sizeof(one));
	}
}

void
mailbox_read(struct mailbox *m)
{
	struct letter *l, *next;
	uint64_t count;
	ssize_t n = read(m->fd, &count, sizeof(count));

	(void)n; /* EAGAIN when there was nothing: the list below says so too */
	pthread_mutex_lock(&m->lock);
	l = m->first;
	m->first = NULL;
	m->last = &m->first;
	pthread_mutex_unlock(&m->lock);
	for (; l != NULL; l = next) {
		next = l->next;
		l->next = NULL;
		l->read(l);
	}
}
