/* args_test.c - words and options of a command line. */
#include "cli/terminal/args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct parsed {
	struct cli cli;
	struct arg_list words;
	bool flag;
	const char *one;
	struct arg_list many;
	struct err err;
	int rc;
};

static void release(struct parsed *parsed)
{
	args_list_release(&parsed->words);
	args_list_release(&parsed->many);
}

/* Parses up to 8 words, ended by NULL. */
static void parse(struct parsed *parsed, size_t min, size_t max, ...)
{
	const struct arg_option options[] = {
		{"--flag", ARG_FLAG, &parsed->flag},
		{"--one", ARG_ONE, &parsed->one},
		{"--many", ARG_MANY, &parsed->many},
	};
	const struct arg_spec spec = {"usage: a test\n", options, 3, min, max};
	char *argv[16] = {(char *)"test"};
	int argc = 1;
	va_list args;

	memset(parsed, 0, sizeof(*parsed));
	va_start(args, max);
	while ((argv[argc] = va_arg(args, char *)) != NULL)
		argc++;
	va_end(args);
	parsed->rc = args_parse(&parsed->words, &parsed->cli, &spec, argc, argv,
				&parsed->err);
}

static void args__options_stand_before_between_and_after_words(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, 2, 2, "--flag", "a", "--one", "x", "b", "--json", NULL);
	assert_int_equal(p.rc, 0);
	assert_int_equal(p.words.n, 2);
	assert_string_equal(p.words.items[0], "a");
	assert_string_equal(p.words.items[1], "b");
	assert_true(p.flag);
	assert_string_equal(p.one, "x");
	assert_true(p.cli.json);
	release(&p);
}

static void args__a_value_may_be_attached(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, 0, 0, "--one=a=b", "--many=1", "--many", "2", NULL);
	assert_int_equal(p.rc, 0);
	assert_string_equal(p.one, "a=b");
	assert_int_equal(p.many.n, 2);
	assert_string_equal(p.many.items[0], "1");
	assert_string_equal(p.many.items[1], "2");
	release(&p);
}

static void args__two_dashes_end_options(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, 0, 9, "--", "--flag", NULL);
	assert_int_equal(p.rc, 0);
	assert_false(p.flag);
	assert_string_equal(p.words.items[0], "--flag");
	release(&p);
}

static void args__a_dash_and_a_negative_number_are_words(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, 0, 9, "-", "-3", "--one", "--flag", NULL);
	assert_int_equal(p.rc, 0);
	assert_int_equal(p.words.n, 2);
	/* What follows an option that takes a value is its value. */
	assert_string_equal(p.one, "--flag");
	release(&p);
}

/* The error of a bad line; all of them are ERR_USAGE. */
static void refuses(struct parsed *p, const char *because)
{
	assert_int_equal(p->rc, ERR_USAGE);
	if (!strstr(p->err.text, because))
		fail_msg("'%s' does not say '%s'", p->err.text, because);
	release(p);
}

static void args__what_was_wrong_is_said(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, 0, 9, "--flga", NULL);
	refuses(&p, "is --flag meant?");
	parse(&p, 0, 9, "--utterly-other", NULL);
	refuses(&p, "--utterly-other: no such option");
	parse(&p, 0, 9, "--one", NULL);
	refuses(&p, "--one: needs a value");
	parse(&p, 0, 9, "--one", "1", "--one", "2", NULL);
	refuses(&p, "--one: is given twice");
	parse(&p, 0, 9, "--flag=1", NULL);
	refuses(&p, "--flag: takes no value");
	parse(&p, 2, 2, "a", NULL);
	refuses(&p, "a: something is missing after it");
	parse(&p, 0, 1, "a", "b", NULL);
	refuses(&p, "b: is one word too many");
}

static void args__a_command_overrides_what_stood_before_it(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, 0, 0, "-C", "one", "-C", "two", "--as", "王芳", NULL);
	assert_int_equal(p.rc, 0);
	assert_string_equal(p.cli.directory, "two");
	assert_string_equal(p.cli.author, "王芳");
	release(&p);
}

static void args__distance_counts_edits(void **state)
{
	(void)state;
	assert_int_equal(args_distance("list", "list"), 0);
	assert_int_equal(args_distance("lst", "list"), 1);
	assert_int_equal(args_distance("sny", "sync"), 2);
	assert_int_equal(args_distance("", "abc"), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			args__options_stand_before_between_and_after_words),
		cmocka_unit_test(args__a_value_may_be_attached),
		cmocka_unit_test(args__two_dashes_end_options),
		cmocka_unit_test(args__a_dash_and_a_negative_number_are_words),
		cmocka_unit_test(args__what_was_wrong_is_said),
		cmocka_unit_test(
			args__a_command_overrides_what_stood_before_it),
		cmocka_unit_test(args__distance_counts_edits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
