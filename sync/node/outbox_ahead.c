/* outbox_ahead.c - outbox commits read ahead on a thread, a few at a time. */
#include "sync/node/outbox_ahead.h"

#include <pthread.h>
#include <stdlib.h>

/* Fewer are not worth a thread; so many, and so many bytes of batches, wait at
 * most, or one that is larger. */
enum { FEW = 16, WAITING = 64, WAITING_BYTES = 4 << 20 };

struct read_entry {
	struct outbox_entry entry;
	bool good;
};

struct outbox_ahead {
	struct repository *repository;
	struct oid_list list;
	pthread_t thread;
	pthread_mutex_t mutex; /* over all below */
	pthread_cond_t moved;
	struct read_entry ring[WAITING];
	size_t made;  /* of the list */
	size_t taken; /* of those */
	size_t bytes; /* of those made and not taken */
	bool enough;
};

static bool is_full(const struct outbox_ahead *ahead)
{
	size_t waiting = ahead->made - ahead->taken;

	return waiting == WAITING ||
	       (waiting > 0 && ahead->bytes >= WAITING_BYTES);
}

static bool wait_for_room(struct outbox_ahead *ahead)
{
	bool go;

	pthread_mutex_lock(&ahead->mutex);
	while (!ahead->enough && is_full(ahead))
		pthread_cond_wait(&ahead->moved, &ahead->mutex);
	go = !ahead->enough;
	pthread_mutex_unlock(&ahead->mutex);
	return go;
}

static void *read_all(void *ctx)
{
	struct outbox_ahead *ahead = ctx;

	for (size_t i = 0; i < ahead->list.n && wait_for_room(ahead); i++) {
		struct read_entry *next = &ahead->ring[i % WAITING];
		struct err ignored;

		next->good = outbox_read(&next->entry, ahead->repository,
					 &ahead->list.items[i], &ignored) == 0;
		pthread_mutex_lock(&ahead->mutex);
		ahead->bytes += next->good ? next->entry.bytes.len : 0;
		ahead->made++;
		pthread_cond_signal(&ahead->moved);
		pthread_mutex_unlock(&ahead->mutex);
	}
	return NULL;
}

static void release(struct outbox_ahead *ahead)
{
	for (; ahead->taken < ahead->made; ahead->taken++) {
		struct read_entry *left = &ahead->ring[ahead->taken % WAITING];

		if (left->good)
			outbox_entry_release(&left->entry);
	}
	pthread_cond_destroy(&ahead->moved);
	pthread_mutex_destroy(&ahead->mutex);
	repository_close(ahead->repository);
	oid_list_release(&ahead->list);
	free(ahead);
}

struct outbox_ahead *outbox_ahead_begin(const struct repository *repository,
					const struct oid_list *list)
{
	struct outbox_ahead *ahead;
	struct err ignored;
	bool good;

	if (list->n < FEW)
		return NULL;
	ahead = calloc(1, sizeof(*ahead));
	if (ahead == NULL)
		return NULL;
	pthread_mutex_init(&ahead->mutex, NULL);
	pthread_cond_init(&ahead->moved, NULL);
	good = repository_open_again(&ahead->repository, repository,
				     &ignored) == 0;
	for (size_t i = 0; good && i < list->n; i++)
		good = oid_list_add(&ahead->list, &list->items[i]);
	if (!good ||
	    pthread_create(&ahead->thread, NULL, read_all, ahead) != 0) {
		release(ahead);
		return NULL;
	}
	return ahead;
}

bool outbox_ahead_take(struct outbox_entry *out, struct outbox_ahead *ahead,
		       const struct oid *oid)
{
	struct read_entry next;

	if (ahead == NULL || ahead->taken == ahead->list.n)
		return false;
	pthread_mutex_lock(&ahead->mutex);
	while (ahead->taken == ahead->made)
		pthread_cond_wait(&ahead->moved, &ahead->mutex);
	next = ahead->ring[ahead->taken++ % WAITING];
	ahead->bytes -= next.good ? next.entry.bytes.len : 0;
	pthread_cond_signal(&ahead->moved);
	pthread_mutex_unlock(&ahead->mutex);
	if (next.good && !oid_equal(&next.entry.commit.id, oid)) {
		outbox_entry_release(&next.entry);
		return false;
	}
	*out = next.entry; /* the caller's now: outbox_entry_release */
	return next.good;
}

void outbox_ahead_end(struct outbox_ahead *ahead)
{
	if (ahead == NULL)
		return;
	pthread_mutex_lock(&ahead->mutex);
	ahead->enough = true;
	pthread_cond_signal(&ahead->moved);
	pthread_mutex_unlock(&ahead->mutex);
	pthread_join(ahead->thread, NULL);
	release(ahead);
}
