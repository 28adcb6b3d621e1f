/* passage_test.c - passages that stand in the texts of two units. */
#include "cli/check/passage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"

static struct passage_pair *pairs;
static size_t n_pairs;

/* Of those of the case `asked`; NULL: of all. */
static void find_of(const struct passage_text *texts, size_t n,
		    const char *asked)
{
	struct passage_text *all = calloc(n + 1, sizeof(*all));
	struct err err = {0};

	for (size_t i = 0; i < n; i++) {
		all[i] = texts[i];
		all[i].asked = !asked || strcmp(asked, texts[i].key) == 0;
	}
	free(pairs);
	pairs = NULL;
	if (passage_find(&pairs, &n_pairs, all, n, &err) != 0)
		fail_msg("%s", err.text);
	free(all);
}

static void find(const struct passage_text *texts, size_t n)
{
	find_of(texts, n, NULL);
}

static int tear_down(void **state)
{
	(void)state;
	free(pairs);
	pairs = NULL;
	return 0;
}

static const char copied[] = "我们在澄湖两岸修了七公里步道,沿线装灯一百二十盏"
			     ",居民晚饭后可以走完全程,雨天也不积水";

static void passage__a_copy_with_a_character_dropped_is_found(void **state)
{
	/* The same but for 的 before 步道 and full-width commas. */
	static const char changed[] =
		"我们在澄湖两岸修了七公里的步道，沿线装灯一百二十盏，居民晚饭后"
		"可以走完全程，雨天也不积水";
	const struct passage_text texts[] = {
		{"教师宿舍已经完工,九月开学前可以入住。", "edu", "1-1-001",
		 true},
		{copied, "water", "1-1-002", true},
		{changed, "park", "1-1-003", true},
	};

	(void)state;
	find(texts, 3);
	assert_int_equal(n_pairs, 1);
	assert_int_equal(pairs[0].one, 1);
	assert_int_equal(pairs[0].other, 2);
	/* 38 runs of the shorter, 8 of them broken by the one character. */
	assert_true(pairs[0].containment > 0.7 && pairs[0].containment < 0.9);
}

static void passage__one_unit_may_repeat_itself(void **state)
{
	const struct passage_text texts[] = {
		{copied, "water", "1-1-001", true},
		{copied, "water", "1-1-002", true},
	};

	(void)state;
	find(texts, 2);
	assert_int_equal(n_pairs, 0);
}

static void passage__units_of_one_case_may_say_the_same(void **state)
{
	const struct passage_text texts[] = {
		{copied, "water", "1-1-001", true},
		{copied, "park", "1-1-001", true},
	};

	(void)state;
	find(texts, 2);
	assert_int_equal(n_pairs, 0);
}

static void passage__a_long_text_that_holds_a_passage_is_found(void **state)
{
	struct buf one = BUF_INIT, other = BUF_INIT;
	struct passage_text texts[2];

	(void)state;
	/* 3,000 characters of which 64 are shared: 2 of 100. */
	for (int i = 0; i < 300; i++) {
		buf_addf(&one, "第%d处河道清淤。", i * 7919);
		buf_addf(&other, "路灯%d盏已更换。", i * 104729);
	}
	buf_adds(&one, copied);
	buf_adds(&one, "全程设有座椅三十六处和直饮水点九个,由街道每天巡查");
	buf_adds(&other, copied);
	buf_adds(&other, "全程设有座椅三十六处和直饮水点九个,由街道每天巡查");
	texts[0] =
		(struct passage_text){buf_text(&one), "water", "1-1-001", true};
	texts[1] = (struct passage_text){buf_text(&other), "light", "1-1-002",
					 true};
	find(texts, 2);
	assert_int_equal(n_pairs, 1);
	assert_true(pairs[0].containment < 0.1);
	buf_release(&one);
	buf_release(&other);
}

static void passage__a_form_of_words_in_many_texts_is_no_passage(void **state)
{
	enum { N = PASSAGE_COMMON + 10 };
	struct buf texts[N] = {BUF_INIT};
	char keys[N][16], units[N][16];
	struct passage_text list[N];

	(void)state;
	for (int i = 0; i < N; i++) {
		buf_clear(&texts[i]);
		buf_addf(&texts[i],
			 "感谢您对我区工作的关心和支持,欢迎您继续提出宝贵意见和"
			 "建议,联系时请说明案号。%d",
			 i * 7919);
		snprintf(keys[i], sizeof(keys[i]), "1-1-%03d", i);
		snprintf(units[i], sizeof(units[i]), "u%d", i);
		list[i] = (struct passage_text){buf_text(&texts[i]), units[i],
						keys[i], true};
	}
	find(list, N);
	assert_int_equal(n_pairs, 0);
	/* Of only two, the same words are a passage. */
	find(list, 2);
	assert_int_equal(n_pairs, 1);
	for (int i = 0; i < N; i++)
		buf_release(&texts[i]);
}

/* Asked about one case, the answer is that part of the whole one. */
static void passage__one_case_is_told_what_all_are_told_of_it(void **state)
{
	enum { N = 60 };
	struct buf texts[N] = {BUF_INIT};
	char keys[N][16], units[N][16];
	struct passage_text list[N];
	struct passage_pair *whole;
	size_t n_whole, told = 0;

	(void)state;
	for (int i = 0; i < N; i++) {
		buf_clear(&texts[i]);
		for (int k = 0; k < 40; k++)
			buf_addf(&texts[i], "第%d处已办理完毕，", i * 7919 + k);
		if (i % 7 == 0)
			buf_adds(&texts[i], copied);
		snprintf(keys[i], sizeof(keys[i]), "1-1-%03d", i);
		snprintf(units[i], sizeof(units[i]), "u%d", i % 10);
		list[i] = (struct passage_text){buf_text(&texts[i]), units[i],
						keys[i], true};
	}
	find(list, N);
	whole = pairs;
	n_whole = n_pairs;
	pairs = NULL;
	assert_true(n_whole > 0);
	for (size_t one = 0; one < N; one++) {
		size_t at = 0;

		find_of(list, N, keys[one]);
		for (size_t i = 0; i < n_whole; i++) {
			if (whole[i].one != one && whole[i].other != one)
				continue;
			assert_true(at < n_pairs);
			assert_memory_equal(&pairs[at++], &whole[i],
					    sizeof(whole[i]));
		}
		assert_int_equal(at, n_pairs);
		told += n_pairs;
	}
	assert_int_equal(told, 2 * n_whole);
	free(whole);
	for (int i = 0; i < N; i++)
		buf_release(&texts[i]);
}

static void passage__short_and_empty_texts_are_harmless(void **state)
{
	const struct passage_text texts[] = {{"", "a", "1", true},
					     {"同意", "b", "2", true},
					     {"同意", "c", "3", true},
					     {"  \n", "d", "4", true}};

	(void)state;
	find(texts, 4);
	assert_int_equal(n_pairs, 0);
	find(NULL, 0);
	assert_int_equal(n_pairs, 0);
}

static void
passage__the_longest_shared_piece_is_shown_as_it_stands(void **state)
{
	struct err err = {0};
	const char *at;
	size_t len;

	(void)state;
	assert_int_equal(passage_longest(&at, &len, "甲乙 丙丁，戊己庚辛壬癸",
					 "子丑丙丁,戊己庚辛壬癸", &err),
			 0);
	assert_int_equal(len, strlen("丙丁，戊己庚辛壬癸"));
	assert_memory_equal(at, "丙丁，戊己庚辛壬癸", len);
	assert_int_equal(
		passage_longest(&at, &len, "甲乙丙丁", "甲乙丙丁", &err), 0);
	assert_int_equal(len, 0);
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(passage__a_copy_with_a_character_dropped_is_found),
		TEST(passage__one_unit_may_repeat_itself),
		TEST(passage__units_of_one_case_may_say_the_same),
		TEST(passage__a_long_text_that_holds_a_passage_is_found),
		TEST(passage__a_form_of_words_in_many_texts_is_no_passage),
		TEST(passage__one_case_is_told_what_all_are_told_of_it),
		TEST(passage__short_and_empty_texts_are_harmless),
		TEST(passage__the_longest_shared_piece_is_shown_as_it_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
