/* json_out_test.c - documents written from top to bottom. */
#include "cli/terminal/json_out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct buf text;
static struct err err;

static int release(void **state)
{
	(void)state;
	buf_release(&text);
	err_clear(&err);
	return 0;
}

static void json_out__objects_and_arrays_nest(void **state)
{
	struct json_out json;

	(void)state;
	json_out_init(&json);
	json_out_object(&json, NULL);
	json_out_text(&json, "案由", "a\"b");
	json_out_array(&json, "list");
	json_out_int(&json, NULL, -3);
	json_out_object(&json, NULL);
	json_out_bool(&json, "yes", true);
	json_out_null(&json, "none");
	json_out_end(&json);
	json_out_end(&json);
	json_out_real(&json, "after", 0.5);
	json_out_end(&json);
	assert_int_equal(json_out_render(&json, &text, &err), 0);
	assert_string_equal(buf_text(&text), "{\n"
					     "  \"案由\": \"a\\\"b\",\n"
					     "  \"list\": [\n"
					     "    -3,\n"
					     "    {\n"
					     "      \"yes\": true,\n"
					     "      \"none\": null\n"
					     "    }\n"
					     "  ],\n"
					     "  \"after\": 0.5\n"
					     "}\n");
}

static void json_out__values_take_the_fields_type(void **state)
{
	const struct field flag = {.type = FIELD_BOOL};
	const struct field set = {.type = FIELD_SET};
	struct value one = value_int(1);
	struct value two = value_text("王芳、李明");
	struct value none = value_text(NULL);
	struct json_out json;

	(void)state;
	json_out_init(&json);
	json_out_array(&json, NULL);
	json_out_value(&json, NULL, &flag, &one);
	json_out_value(&json, NULL, NULL, &one);
	json_out_value(&json, NULL, &set, &two);
	json_out_value(&json, NULL, &set, &none);
	json_out_value(&json, NULL, &flag, &none);
	json_out_end(&json);
	assert_int_equal(json_out_render(&json, &text, &err), 0);
	assert_string_equal(buf_text(&text), "[\n"
					     "  true,\n"
					     "  1,\n"
					     "  [\n"
					     "    \"王芳\",\n"
					     "    \"李明\"\n"
					     "  ],\n"
					     "  [],\n"
					     "  null\n"
					     "]\n");
}

static void json_out__a_failure_is_told_at_the_end(void **state)
{
	struct json_out json;

	(void)state;
	json_out_init(&json);
	json_out_object(&json, NULL);
	json_out_text(&json, "bad", "\xff");
	json_out_end(&json);
	assert_int_equal(json_out_render(&json, &text, &err), ERR_FAIL);
	assert_int_equal(text.len, 0);
}

static void json_out__too_deep_a_document_is_a_failure(void **state)
{
	struct json_out json;

	(void)state;
	json_out_init(&json);
	for (int i = 0; i < JSON_OUT_DEPTH + 2; i++)
		json_out_array(&json, NULL);
	assert_int_equal(json_out_render(&json, &text, &err), ERR_FAIL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(json_out__objects_and_arrays_nest,
					  release),
		cmocka_unit_test_teardown(json_out__values_take_the_fields_type,
					  release),
		cmocka_unit_test_teardown(
			json_out__a_failure_is_told_at_the_end, release),
		cmocka_unit_test_teardown(
			json_out__too_deep_a_document_is_a_failure, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
