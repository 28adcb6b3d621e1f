/* sql_memory_test.c - SQLite's memory: what is in a piece stays, whatever is
 * taken and given back around it. */
#include "core/base/sql_memory.h"

#include <pthread.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { PIECES = 500, ROUNDS = 20000, MOST = 3000 };

struct held {
	unsigned char *bytes;
	int size;
	unsigned char mark;
};

static void mark(struct held *held, int size, unsigned char with)
{
	held->size = size;
	held->mark = with;
	memset(held->bytes, with, (size_t)size);
}

static void check(const struct held *held, int size)
{
	for (int i = 0; i < size; i++)
		assert_int_equal(held->bytes[i], held->mark);
}

static void sql_memory__pieces_of_all_sizes_do_not_overlap(void **state)
{
	static struct held held[PIECES];
	uint32_t random = 1;

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct held *one = &held[random % PIECES];
		int size = 1 + (int)(random >> 8) % MOST;

		random = random * 1664525 + 1013904223;
		if (one->bytes == NULL) {
			one->bytes = sqlite3_malloc(size);
		} else if (random >> 31) {
			check(one, one->size);
			sqlite3_free(one->bytes);
			one->bytes = NULL;
			continue;
		} else {
			one->bytes = sqlite3_realloc(one->bytes, size);
			check(one, size < one->size ? size : one->size);
		}
		assert_non_null(one->bytes);
		assert_int_equal((uintptr_t)one->bytes % 8, 0);
		assert_true(sqlite3_msize(one->bytes) >= (uint64_t)size);
		mark(one, size, (unsigned char)i);
	}
	for (size_t i = 0; i < PIECES; i++) {
		if (held[i].bytes != NULL)
			check(&held[i], held[i].size);
		sqlite3_free(held[i].bytes);
	}
}

static void *elsewhere(void *memory)
{
	void *mine;

	sqlite3_free(memory);
	mine = sqlite3_malloc(40); /* may be that one */
	memset(mine, 2, 40);
	return mine;
}

static void sql_memory__a_thread_gives_back_what_another_took(void **state)
{
	struct held held = {.bytes = sqlite3_malloc(40)};
	pthread_t thread;
	void *theirs;

	(void)state;
	mark(&held, 40, 1);
	assert_int_equal(pthread_create(&thread, NULL, elsewhere,
					sqlite3_malloc(40)),
			 0);
	assert_int_equal(pthread_join(thread, &theirs), 0);
	check(&held, 40);
	sqlite3_free(theirs);
	sqlite3_free(held.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			sql_memory__pieces_of_all_sizes_do_not_overlap),
		cmocka_unit_test(
			sql_memory__a_thread_gives_back_what_another_took),
	};

	sql_memory_use();
	return cmocka_run_group_tests_name("sql_memory", tests, NULL, NULL);
}
