/* sql_memory.c - small pieces from lists by size, large ones from malloc.
 *
 *   piece = 8 bytes: its size · what SQLite sees
 *
 * A piece that is given back is the first of its list; its own first bytes
 * then name the next. Lists and the block that new pieces are cut from belong
 * to a thread, so there is no lock; a piece may be given back by another
 * thread, whose it is from then on. Blocks are never returned: what SQLite
 * needed once it needs again. Its pages are large pieces. */
#include "core/base/sql_memory.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A block's memory comes whole, not page by page as it is touched: what a
 * schema takes is about two. */
enum { STEP = 16, LISTS = 64, BLOCK = 1 << 18 };

union piece {
	uint64_t size; /* of what follows, all of it usable */
	union piece *next;
};

static _Thread_local union piece *lists[LISTS + 1];
static _Thread_local char *block;
static _Thread_local size_t block_left;

/* How many steps a piece takes that holds `size` bytes. */
static size_t steps(size_t size)
{
	return (size + sizeof(union piece) + STEP - 1) / STEP;
}

static union piece *cut(size_t bytes)
{
	union piece *piece;

	if (block_left < bytes) {
		char *fresh = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
				   -1, 0);

		if (fresh == MAP_FAILED)
			return NULL;
		block = fresh;
		block_left = BLOCK;
	}
	piece = (union piece *)(void *)block;
	block += bytes;
	block_left -= bytes;
	piece->size = bytes - sizeof(*piece);
	return piece;
}

static void *take(int size)
{
	size_t n = steps((size_t)size);
	union piece *piece;

	if (n > LISTS) {
		piece = malloc(sizeof(*piece) + (size_t)size);
		if (piece != NULL)
			piece->size = (size_t)size;
	} else if (lists[n] != NULL) {
		piece = lists[n];
		lists[n] = piece[1].next;
	} else {
		piece = cut(n * STEP);
	}
	return piece != NULL ? piece + 1 : NULL;
}

static int size_of(void *memory)
{
	return memory != NULL ? (int)((union piece *)memory)[-1].size : 0;
}

static void give_back(void *memory)
{
	union piece *piece = (union piece *)memory - 1;
	size_t n = steps((size_t)size_of(memory));

	if (n > LISTS) {
		free(piece);
		return;
	}
	piece[1].next = lists[n];
	lists[n] = piece;
}

static void *resize(void *memory, int size)
{
	size_t before = (size_t)size_of(memory);
	union piece *piece = (union piece *)memory - 1;
	void *other;

	if (steps(before) > LISTS && steps((size_t)size) > LISTS) {
		piece = realloc(piece, sizeof(*piece) + (size_t)size);
		if (piece == NULL)
			return NULL;
		piece->size = (size_t)size;
		return piece + 1;
	}
	if ((size_t)size <= before)
		return memory;
	other = take(size);
	if (other == NULL)
		return NULL;
	memcpy(other, memory, before);
	give_back(memory);
	return other;
}

static int round_up(int size)
{
	return (size + 7) & ~7;
}

static int start(void *unused)
{
	(void)unused;
	return SQLITE_OK;
}

static void stop(void *unused)
{
	(void)unused;
}

#ifdef __has_feature
#define SANITIZED __has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static void use(void)
{
	static const sqlite3_mem_methods methods = {
		take, give_back, resize, size_of, round_up, start, stop, NULL};

	if (SANITIZED)
		return;
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

void sql_memory_use(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, use);
}
