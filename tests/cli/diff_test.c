/* diff_test.c - differing characters. TIAN_SEED=N repeats a random run. */
#include "cli/conflict/diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"

struct sides {
	struct buf marked;
	struct buf old_text;
	struct buf new_text;
};

static void add(enum diff_kind kind, const char *text, size_t len, void *ctx)
{
	static const char *const open[] = {"", "[-", "{+"};
	static const char *const close[] = {"", "-]", "+}"};
	struct sides *sides = ctx;

	buf_adds(&sides->marked, open[kind]);
	buf_add(&sides->marked, text, len);
	buf_adds(&sides->marked, close[kind]);
	if (kind != DIFF_NEW)
		buf_add(&sides->old_text, text, len);
	if (kind != DIFF_OLD)
		buf_add(&sides->new_text, text, len);
}

static void release(struct sides *sides)
{
	buf_release(&sides->marked);
	buf_release(&sides->old_text);
	buf_release(&sides->new_text);
}

/* Compares; (D1) the runs put together again are the two texts. */
static void compare(struct sides *sides, const char *a, const char *b)
{
	struct err err = {0};

	memset(sides, 0, sizeof(*sides));
	assert_int_equal(diff_characters(a, strlen(a), b, strlen(b), add, sides,
					 &err),
			 0);
	assert_string_equal(buf_text(&sides->old_text), a);
	assert_string_equal(buf_text(&sides->new_text), b);
}

static void shows(const char *a, const char *b, const char *marked)
{
	struct sides sides;

	compare(&sides, a, b);
	assert_string_equal(buf_text(&sides.marked), marked);
	release(&sides);
}

static void diff__only_what_differs_is_marked(void **state)
{
	(void)state;
	shows("已建成三所学校。", "已建成五所学校。",
	      "已建成[-三-]{+五+}所学校。");
	shows("课后服务", "课后延时服务", "课后{+延时+}服务");
	shows("课后延时服务", "课后服务", "课后[-延时-]服务");
	shows("same", "same", "same");
	shows("", "新", "{+新+}");
	shows("", "", "");
}

static void diff__several_places_are_found(void **state)
{
	(void)state;
	shows("甲乙丙丁戊己庚辛", "甲X丙丁戊己Y辛",
	      "甲[-乙-]{+X+}丙丁戊己[-"
	      "庚-]{+Y+}辛");
}

static void diff__a_lone_common_character_is_no_island(void **state)
{
	(void)state;
	shows("0甲乙丙9", "0子乙丑9", "0[-甲乙丙-]{+子乙丑+}9");
}

static void diff__texts_with_little_in_common_are_two_runs(void **state)
{
	struct sides sides;
	struct buf a = BUF_INIT, b = BUF_INIT;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		buf_adds(&a, "甲");
		buf_adds(&b, "乙");
	}
	compare(&sides, buf_text(&a), buf_text(&b));
	assert_int_equal(sides.marked.len, a.len + b.len + 8);
	release(&sides);
	buf_release(&a);
	buf_release(&b);
}

static void diff__random_texts_come_back_whole(void **state)
{
	static const char *const letters[] = {"a", "b", "提", "案", "。"};
	const char *given = getenv("TIAN_SEED");
	unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : 20221014;

	(void)state;
	print_message("seed %u\n", seed);
	for (int round = 0; round < 400; round++) {
		struct buf text[2] = {BUF_INIT, BUF_INIT};
		struct sides sides;

		for (int side = 0; side < 2; side++)
			for (int n = rand_r(&seed) % 40; n > 0; n--)
				buf_adds(&text[side],
					 letters[rand_r(&seed) % 5]);
		compare(&sides, buf_text(&text[0]), buf_text(&text[1]));
		release(&sides);
		buf_release(&text[0]);
		buf_release(&text[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(diff__only_what_differs_is_marked),
		cmocka_unit_test(diff__several_places_are_found),
		cmocka_unit_test(diff__a_lone_common_character_is_no_island),
		cmocka_unit_test(
			diff__texts_with_little_in_common_are_two_runs),
		cmocka_unit_test(diff__random_texts_come_back_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
