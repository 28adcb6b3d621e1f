/* case_test.c - naming cases, units and fields. */
#include "cli/case/case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/cli/desk_helper.h"

static struct desk desk;

static int open_desk(void **state)
{
	(void)state;
	desk_open(&desk, "office");
	desk_fill(&desk);
	return 0;
}

static int close_desk(void **state)
{
	(void)state;
	desk_close(&desk);
	return 0;
}

static struct err err;

static const char *finds(const char *word)
{
	static struct buf key;

	buf_clear(&key);
	err_clear(&err);
	if (case_find(&key, desk.replica, word, &err) < 0) {
		assert_int_equal(err.code, ERR_INPUT);
		return NULL;
	}
	return buf_text(&key);
}

static const char *unit(const char *word)
{
	static struct buf code;

	buf_clear(&code);
	err_clear(&err);
	if (case_unit(&code, desk.replica, word, &err) < 0) {
		assert_int_equal(err.code, ERR_INPUT);
		return NULL;
	}
	return buf_text(&code);
}

/* "entity row field", or NULL. */
static const char *cell(const char *word)
{
	static struct buf text;
	struct case_cell found = CASE_CELL_INIT;
	int rc;

	err_clear(&err);
	buf_clear(&text);
	rc = case_cell_find(&found, desk.replica, "1-1-014", word, &err);
	if (rc == 0)
		buf_addf(&text, "%s %s %s", found.entity->name,
			 buf_text(&found.row), found.field->name);
	case_cell_release(&found);
	return rc == 0 ? buf_text(&text) : NULL;
}

static void case__a_full_key_is_found(void **state)
{
	(void)state;
	assert_string_equal(finds("1-1-014"), "1-1-014");
	assert_string_equal(finds("1-1-14"), "1-1-014");
	assert_string_equal(finds("1-2-014"), "1-2-014");
}

static void case__a_number_is_found_where_it_is_unique(void **state)
{
	(void)state;
	assert_string_equal(finds("2"), "1-1-002");
	assert_string_equal(finds("002"), "1-1-002");
	assert_string_equal(finds("第002号"), "1-1-002");
	assert_string_equal(finds("第2号"), "1-1-002");
}

static void case__a_number_is_found_as_people_type_it(void **state)
{
	static const char *const words[] = {"2",	 "002",	    "２",
					    "2号",	 "第2号",   "第２号",
					    "第2",	 "第 2 号", "1-1-2",
					    "１－１－２"};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_string_equal(finds(words[i]), "1-1-002");
	assert_null(finds("号"));
	assert_null(finds("第"));
}

static void case__an_ambiguous_number_lists_the_candidates(void **state)
{
	(void)state;
	assert_null(finds("14"));
	assert_non_null(strstr(err.text, "1-1-014 (课后服务)"));
	assert_non_null(strstr(err.text, "1-2-014 (停车)"));
	assert_null(finds("第014号"));
}

static void case__an_unknown_case_is_refused(void **state)
{
	(void)state;
	assert_null(finds("15"));
	assert_null(finds("1-3-014"));
	assert_null(finds(""));
	assert_null(finds("abc"));
}

static void case__a_unit_is_found_by_code_name_or_alias(void **state)
{
	(void)state;
	assert_string_equal(unit("edu"), "edu");
	assert_string_equal(unit("区教育局"), "edu");
	assert_string_equal(unit("教委"), "edu");
	assert_null(unit("教"));
}

static void case__an_unknown_unit_names_similar_ones(void **state)
{
	(void)state;
	assert_null(unit("民政局"));
	assert_non_null(strstr(err.text, "区民政局"));
	assert_null(unit("消防"));
}

static void case__a_field_is_found_by_column_or_label(void **state)
{
	(void)state;
	assert_string_equal(cell("title"), "proposal 1-1-014 title");
	assert_string_equal(cell("案由"), "proposal 1-1-014 title");
	assert_string_equal(cell("proposal.title"), "proposal 1-1-014 title");
	assert_null(cell("nonsense"));
	assert_non_null(strstr(err.text, "case_no case number, title title"));
}

static void case__a_units_field_is_found_by_unit_and_name(void **state)
{
	(void)state;
	assert_string_equal(cell("edu.draft"), "handling 1-1-014/edu draft");
	assert_string_equal(cell("区人社局.答复正文"),
			    "handling 1-1-014/hr draft");
	assert_null(cell("区民政局.draft"));
	assert_null(cell("edu.nonsense"));
}

static void case__a_handling_field_alone_must_be_of_one_unit(void **state)
{
	(void)state;
	assert_null(cell("draft"));
	assert_non_null(strstr(err.text, "UNIT.draft"));
}

static void case__any_other_row_is_found_by_its_path(void **state)
{
	struct case_cell found = CASE_CELL_INIT;
	struct buf path = BUF_INIT;

	(void)state;
	desk_sql(&desk, "INSERT INTO leader(proposal, name, mode) VALUES"
			" ('1-1-014', '赵强', 'lead')");
	assert_string_equal(cell("leader:赵强.mode"),
			    "leader 1-1-014/赵强 mode");
	assert_null(cell("leader:无名.mode"));
	assert_null(cell("nothing:赵强.mode"));
	assert_int_equal(case_cell_find(&found, desk.replica, "1-1-014",
					"领导:赵强.方式", &err),
			 0);
	case_cell_path(&path, desk.replica, found.entity, buf_text(&found.row),
		       found.field);
	assert_string_equal(buf_text(&path), "leader:赵强.mode");
	buf_release(&path);
	case_cell_release(&found);
}

static void case__a_row_outside_of_cases_is_named_with_its_entity(void **state)
{
	struct case_cell found = CASE_CELL_INIT;

	(void)state;
	assert_int_equal(case_cell_of_row(&found, desk.replica, "unit/edu",
					  "name", &err),
			 0);
	assert_string_equal(buf_text(&found.row), "edu");
	assert_int_equal(case_cell_of_row(&found, desk.replica, "unit/none",
					  "name", &err),
			 ERR_INPUT);
	case_cell_release(&found);
}

static void case__at_a_unit_a_handling_field_is_its_own(void **state)
{
	struct case_cell found = CASE_CELL_INIT;
	struct desk own;

	(void)state;
	desk_open(&own, "edu");
	desk_carry(&own, &desk);
	assert_int_equal(case_cell_find(&found, own.replica, "1-1-014", "draft",
					&err),
			 0);
	assert_string_equal(buf_text(&found.row), "1-1-014/edu");
	case_cell_release(&found);
	desk_close(&own);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(case__a_full_key_is_found),
		cmocka_unit_test(case__a_number_is_found_where_it_is_unique),
		cmocka_unit_test(case__a_number_is_found_as_people_type_it),
		cmocka_unit_test(
			case__an_ambiguous_number_lists_the_candidates),
		cmocka_unit_test(case__an_unknown_case_is_refused),
		cmocka_unit_test(case__a_unit_is_found_by_code_name_or_alias),
		cmocka_unit_test(case__an_unknown_unit_names_similar_ones),
		cmocka_unit_test(case__a_field_is_found_by_column_or_label),
		cmocka_unit_test(case__a_units_field_is_found_by_unit_and_name),
		cmocka_unit_test(
			case__a_handling_field_alone_must_be_of_one_unit),
		cmocka_unit_test(case__any_other_row_is_found_by_its_path),
		cmocka_unit_test(
			case__a_row_outside_of_cases_is_named_with_its_entity),
		cmocka_unit_test(case__at_a_unit_a_handling_field_is_its_own),
	};

	return cmocka_run_group_tests(tests, open_desk, close_desk);
}
