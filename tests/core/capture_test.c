/* capture_test.c - edits by any SQLite program are logged exactly, and what
 * cannot be logged is refused loudly, leaving nothing behind. */
#include "core/log/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/core/replica_helper.h"

struct desk {
	char *folder;
	struct node office;
	struct node edu;
};

static int setup(void **state)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	desk->folder = helper_folder();
	node_open(&desk->office, desk->folder, "office", "office", 0x11);
	node_open(&desk->edu, desk->folder, "edu", "edu", 0x22);
	plain(&desk->office,
	      "INSERT INTO proposal(key, title) VALUES ('1-1-014', '校门');"
	      "INSERT INTO handling(proposal, unit, role)"
	      " VALUES ('1-1-014', 'edu', 'main'), ('1-1-014', 'hr', 'co');");
	carry_all(&desk->edu, &desk->office);
	*state = desk;
	return 0;
}

static int teardown(void **state)
{
	struct desk *desk = *state;

	node_close(&desk->office);
	node_close(&desk->edu);
	helper_remove(desk->folder);
	free(desk);
	return 0;
}

/* Refused with these words, and neither logged nor kept. */
static void refused(struct node *node, const char *sql, const char *words)
{
	long long pending = count(node, "SELECT count(*) FROM _pending");
	char rows[64];
	const char *message;

	snprintf(rows, sizeof(rows), "%s",
		 ask(node, "SELECT (SELECT count(*) FROM proposal) || ' ' ||"
			   " (SELECT count(*) FROM handling) || ' ' ||"
			   " (SELECT count(*) FROM contact) || ' ' ||"
			   " (SELECT count(*) FROM leader)"));
	message = plain_error(node, sql);
	if (strstr(message, words) == NULL)
		fail_msg("%s\n  says: %s\n  not: %s", sql, message, words);
	assert_int_equal(count(node, "SELECT count(*) FROM _pending"), pending);
	assert_string_equal(
		rows, ask(node, "SELECT (SELECT count(*) FROM proposal) ||"
				" ' ' || (SELECT count(*) FROM handling) ||"
				" ' ' || (SELECT count(*) FROM contact) ||"
				" ' ' || (SELECT count(*) FROM leader)"));
	assert_string_equal(
		ask(node, "SELECT title FROM proposal WHERE key = '1-1-014'"),
		"校门");
}

static void
capture__the_stock_sqlite3_program_edits_like_one_of_us(void **state)
{
	struct desk *desk = *state;
	struct node *edu = &desk->edu;
	char command[700];

	if (system("command -v sqlite3 >/dev/null") != 0)
		skip();
	snprintf(command, sizeof(command),
		 "sqlite3 '%s' \"UPDATE handling SET draft = '一句。',"
		 " class_proposed = 'A' WHERE unit = 'edu';"
		 " INSERT INTO contact(proposal, mode, result) VALUES"
		 " ('1-1-014', 'visit', '满意')\"",
		 edu->path);
	assert_int_equal(system(command), 0);
	assert_int_equal(drain(edu), 4);
	assert_string_equal(
		ask(edu, "SELECT group_concat((c.cell & 4095) || '=' ||"
			 " c.value, ' ') FROM _change c JOIN _origin o ON o.id"
			 " = c.id >> 40 WHERE o.origin = 0x22 AND EXISTS"
			 " (SELECT 1 FROM _row r WHERE r.id = c.cell >> 12 AND"
			 " r.key = '1-1-014/edu')"),
		"9=A 8=一句。");
	assert_string_equal(ask(edu, "SELECT unit FROM contact"), "edu");
	assert_invariants(edu);
}

static void
capture__an_update_of_ten_thousand_rows_is_logged_exactly(void **state)
{
	struct desk *desk = *state;
	struct node *office = &desk->office;

	plain(office,
	      "WITH n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE"
	      " i < 10000) INSERT INTO proposal(key, title, position)"
	      " SELECT printf('1-2-%%05d', i), '案由' || i, i FROM n");
	assert_int_equal(drain(office), 20000);
	plain(office, "UPDATE proposal SET sector = '界' || position,"
		      " in_session = position %% 2 WHERE position IS NOT NULL");
	assert_int_equal(count(office, "SELECT count(*) FROM _pending"), 20000);
	assert_int_equal(drain(office), 20000);
	assert_int_equal(
		count(office,
		      "SELECT count(*) FROM proposal p CROSS JOIN _row r ON"
		      " r.entity = 10 AND r.key = p.key CROSS JOIN _change c"
		      " ON c.cell IN (r.id << 12 | 7, r.id << 12 | 11) WHERE"
		      " c.value = iif(c.cell & 4095 = 7, '界' || p.position,"
		      " p.position % 2)"),
		20000);
	/* One change a field and row, in the order of the edits. */
	assert_int_equal(count(office, "SELECT count(DISTINCT cell) FROM"
				       " _change c JOIN _row r ON r.id ="
				       " c.cell >> 12 WHERE r.key LIKE"
				       " '1-2-%'"),
			 40000);
	assert_int_equal(count(office, "SELECT count(*) FROM _head"), 40003);
}

static void capture__replace_of_a_row_is_refused(void **state)
{
	struct desk *desk = *state;

	refused(&desk->office,
		"INSERT OR REPLACE INTO proposal(key, title) VALUES"
		" ('1-1-014', '别的')",
		"this row exists");
	refused(&desk->office,
		"REPLACE INTO handling(proposal, unit) VALUES"
		" ('1-1-014', 'edu')",
		"this row exists");
}

static void capture__upsert_of_a_row_is_refused(void **state)
{
	struct desk *desk = *state;

	refused(&desk->office,
		"INSERT INTO proposal(key, title) VALUES ('1-1-014', '别的')"
		" ON CONFLICT(key) DO UPDATE SET title = excluded.title",
		"this row exists");
	refused(&desk->office,
		"INSERT INTO proposal(key, title) VALUES ('1-1-014', '别的')"
		" ON CONFLICT DO NOTHING",
		"this row exists");
	refused(&desk->office,
		"INSERT OR IGNORE INTO proposal(key, title) VALUES"
		" ('1-1-014', '别的')",
		"this row exists");
}

static void capture__delete_is_refused(void **state)
{
	struct desk *desk = *state;

	refused(&desk->office, "DELETE FROM proposal", "rows are not deleted");
	refused(&desk->edu, "DELETE FROM handling WHERE unit = 'edu'",
		"set void = 1 and void_reason");
}

static void capture__a_changed_key_is_refused(void **state)
{
	struct desk *desk = *state;

	refused(&desk->office,
		"UPDATE proposal SET key = '1-1-015' WHERE key = '1-1-014'",
		"key cannot be changed");
	refused(&desk->office,
		"UPDATE OR REPLACE handling SET unit = 'edu' WHERE unit ="
		" 'hr'",
		"key cannot be changed");
	refused(&desk->office,
		"UPDATE OR IGNORE handling SET unit = 'edu' WHERE unit = 'hr'",
		"key cannot be changed");
}

static void capture__tricks_with_the_rowid_are_refused(void **state)
{
	struct desk *desk = *state;

	refused(&desk->office,
		"UPDATE OR REPLACE handling SET rowid = (SELECT rowid FROM"
		" handling WHERE unit = 'edu') WHERE unit = 'hr'",
		"key cannot be changed");
	refused(&desk->office,
		"UPDATE OR REPLACE handling SET \"OID\" = (SELECT rowid FROM"
		" handling WHERE unit = 'edu') WHERE unit = 'hr'",
		"key cannot be changed");
	refused(&desk->office,
		"UPDATE OR REPLACE handling SET (phone, _rowid_) = (SELECT"
		" phone, rowid FROM handling WHERE unit = 'edu') WHERE unit ="
		" 'hr'",
		"key cannot be changed");
	refused(&desk->office,
		"INSERT OR REPLACE INTO handling(rowid, proposal, unit)"
		" SELECT rowid, '1-1-014', 'gh' FROM handling WHERE unit ="
		" 'edu'",
		"this row exists");
	refused(&desk->office,
		"INSERT INTO proposal(rowid, key) VALUES (-1, '1-1-020')",
		"a rowid below 1");
	refused(&desk->office,
		"INSERT INTO proposal(rowid, key) VALUES (0, '1-1-020')",
		"a rowid below 1");
	plain(&desk->office, "INSERT INTO proposal(key) VALUES ('1-1-020')");
	assert_int_equal(drain(&desk->office), 1);
}

static void capture__columns_of_other_writers_are_refused(void **state)
{
	struct desk *desk = *state;

	refused(&desk->edu, "UPDATE proposal SET title = '别的'",
		"only the office may write it");
	refused(&desk->edu, "UPDATE handling SET due = '2022-09-01'",
		"only the office may write it");
	refused(&desk->edu,
		"UPDATE handling SET phone = '1' WHERE unit ="
		" 'hr'",
		"only the row's own unit may write it");
	refused(&desk->office, "UPDATE handling SET phone = '1'",
		"only the row's own unit may write it");
	refused(&desk->office,
		"UPDATE handling SET signed_at = NULL,"
		" doc_no = '〔2022〕1号'",
		"only the row's own unit may write it");
	refused(&desk->edu, "INSERT INTO proposal(key) VALUES ('1-1-020')",
		"only the office may add a row");
	refused(&desk->edu,
		"INSERT INTO contact(proposal, unit, result) VALUES"
		" ('1-1-014', 'hr', '好')",
		"contact");
	refused(&desk->edu,
		"INSERT INTO feedback(proposal, sponsor, process) VALUES"
		" ('1-1-014', '王芳', 'satisfied')",
		"only the office may add a row");
}

static void capture__one_foreign_column_spoils_the_whole_statement(void **state)
{
	struct desk *desk = *state;

	refused(&desk->edu,
		"UPDATE handling SET draft = '一', due = '2022-09-01' WHERE"
		" unit = 'edu'",
		"only the office may write it");
	assert_string_equal(ask(&desk->edu, "SELECT draft FROM handling WHERE"
					    " unit = 'edu'"),
			    "NULL");
}

static void capture__days_that_are_in_no_calendar_are_refused(void **state)
{
	static const char *const wrong[] = {"2022-09-31",
					    "2022-02-29",
					    "2022-9-1",
					    "2022/09/01",
					    "20220901",
					    "now",
					    "2022-09-01 ",
					    "2022-13-01",
					    "",
					    "九月三十一日",
					    "2022-09-01T00:00:00Z"};
	struct desk *desk = *state;
	char sql[128];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(sql, sizeof(sql), "UPDATE proposal SET due = '%s'",
			 wrong[i]);
		refused(&desk->office, sql, "is not a date");
	}
	refused(&desk->office,
		"INSERT INTO proposal(key, due) VALUES ('1-1-030',"
		" '2022-09-31')",
		"is not a date");
	plain(&desk->office, "UPDATE proposal SET due = '2024-02-29'");
	assert_int_equal(drain(&desk->office), 1);
}

static void capture__codes_of_no_list_are_refused(void **state)
{
	struct desk *desk = *state;

	refused(&desk->edu,
		"UPDATE handling SET class_proposed = 'D' WHERE"
		" unit = 'edu'",
		"is not a code of its list");
	refused(&desk->edu,
		"UPDATE handling SET class_proposed = 'main'"
		" WHERE unit = 'edu'",
		"is not a code of its list");
	refused(&desk->office, "UPDATE proposal SET is_key = 2", "is not 0");
}

static void capture__values_of_another_type_are_refused(void **state)
{
	struct desk *desk = *state;

	refused(&desk->office, "UPDATE proposal SET position = '第一'",
		"cannot store TEXT");
	refused(&desk->office, "UPDATE proposal SET title = x'00ff'",
		"cannot store BLOB");
}

static void capture__keys_that_cannot_travel_are_refused(void **state)
{
	struct desk *desk = *state;
	struct node *office = &desk->office;
	static const char *const names[] = {
		"''",
		"'王/芳'",
		"' 王芳'",
		"'王芳' || char(12288)",
		"'王' || char(10) || '芳'",
		"'王' || char(0) || '芳'",
		"'王' || char(127)",
		"'A' || char(769)",
		"CAST(x'cdf5b7bc' AS TEXT)", /* 王芳 in GBK */
		"CAST(x'e78e8b80' AS TEXT)", /* a stray byte */
		"CAST(x'eda080' AS TEXT)",   /* a surrogate */
		"CAST(x'c080' AS TEXT)",     /* overlong */
		"replace(hex(zeroblob(60)), '0', 'x')",
		"NULL"};
	char sql[200];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(sql, sizeof(sql),
			 "INSERT INTO leader(proposal, name) VALUES"
			 " ('1-1-014', %s)",
			 names[i]);
		refused(office, sql, "leader");
	}
	refused(office, "INSERT INTO proposal(key) VALUES ('一-1-014')",
		"cannot be used as a key");
	refused(office, "INSERT INTO proposal(key) VALUES ('1-1..-014')",
		"cannot be used as a key");
	refused(office,
		"INSERT INTO leader(proposal, name) VALUES ('1-1-099', '甲')",
		"no such proposal here");
	refused(office,
		"INSERT INTO feedback(proposal, sponsor, round) VALUES"
		" ('1-1-014', replace(hex(zeroblob(50)), '0', '长'), "
		"replace(hex(zeroblob(50)), '0', '长'))",
		"longer than 512 bytes");
	plain(office, "INSERT INTO leader(proposal, name, post) VALUES"
		      " ('1-1-014', '阿依古丽·买买提𠮷', '副主任')");
	assert_int_equal(drain(office), 1);
}

static void capture__back_and_forth_is_two_changes(void **state)
{
	struct desk *desk = *state;
	struct node *office = &desk->office;

	plain(office, "UPDATE proposal SET title = '乙'");
	plain(office, "UPDATE proposal SET title = '校门'");
	assert_int_equal(drain(office), 2);
	assert_string_equal(ask(office,
				"SELECT group_concat(value, ' ') FROM _change c"
				" JOIN _row r ON r.id = c.cell >> 12 WHERE"
				" r.entity = 10 AND c.cell & 4095 = 4"),
			    "校门 乙 校门");
	assert_int_equal(count(office, "SELECT count(*) FROM _conflict"), 0);
	assert_invariants(office);
}

static void capture__an_edit_that_changes_nothing_logs_nothing(void **state)
{
	struct desk *desk = *state;
	struct node *office = &desk->office;

	plain(office, "UPDATE proposal SET title = title");
	plain(office, "UPDATE proposal SET title = '  校门　'");
	plain(office, "UPDATE proposal SET sponsors = '甲、乙'");
	assert_int_equal(drain(office), 1);
	plain(office, "UPDATE proposal SET sponsors = ' 甲、、乙 、甲'");
	assert_int_equal(drain(office), 0);
	assert_string_equal(ask(office, "SELECT title || '|' || sponsors FROM"
					" proposal"),
			    "校门|甲、乙");
	/* e and a combining acute, decomposed; the same letter composed. */
	plain(office, "UPDATE proposal SET category = 'caf' || char(233)");
	assert_int_equal(drain(office), 1);
	plain(office, "UPDATE proposal SET category = 'cafe' || char(769)");
	assert_int_equal(drain(office), 0);
	assert_string_equal(ask(office, "SELECT hex(category) FROM proposal"),
			    "636166C3A9");
	assert_invariants(office);
}

static void capture__white_space_in_a_conflict_settles_nothing(void **state)
{
	struct desk *desk = *state;
	struct node *office = &desk->office;
	struct node other;

	node_open(&other, desk->folder, "office2", "office", 0x12);
	carry_all(&other, office);
	plain(&other, "UPDATE proposal SET title = '甲'");
	plain(office, "UPDATE proposal SET title = '乙'");
	carry_all(office, &other);
	assert_string_equal(severity_of(office, "proposal", "1-1-014", "title"),
			    "hard");
	plain(office, "UPDATE proposal SET title = title || ' '");
	assert_int_equal(drain(office), 0);
	assert_int_equal(count(office, "SELECT count(*) FROM _pending"), 0);
	assert_string_equal(severity_of(office, "proposal", "1-1-014", "title"),
			    "hard");
	assert_int_equal(count(office, "SELECT title LIKE '% ' FROM proposal"),
			 0);
	assert_invariants(office);
	node_close(&other);
}

static void capture__a_row_of_nothing_but_spaces_is_a_row(void **state)
{
	struct desk *desk = *state;
	struct node *office = &desk->office;

	plain(office,
	      "INSERT INTO proposal(key, title) VALUES ('1-1-015', '  ');"
	      "INSERT INTO proposal(key) VALUES ('1-1-016');");
	assert_int_equal(drain(office), 2);
	carry_all(&desk->edu, office);
	assert_string_equal(ask(&desk->edu,
				"SELECT group_concat(key || ':' ||"
				" coalesce(title, 'NULL'), ' ') FROM proposal"
				" WHERE key > '1-1-014'"),
			    "1-1-015:NULL 1-1-016:NULL");
	assert_same_state(office, &desk->edu, NULL);
}

/* Of a row that holds nothing no field is logged, which would ask. */
static void capture__a_row_of_nothing_in_an_archive_is_refused(void **state)
{
	struct desk *desk = *state;

	plain(&desk->office,
	      "UPDATE handling SET void = 1, void_reason = '改派'"
	      " WHERE unit = 'edu'");
	carry_all(&desk->edu, &desk->office);
	refused(&desk->edu,
		"INSERT INTO contact(proposal, people) VALUES ('1-1-014', '李')",
		"taken back");
	refused(&desk->edu, "INSERT INTO contact(proposal) VALUES ('1-1-014')",
		"taken back");
	refused(&desk->edu,
		"INSERT INTO event(proposal, id) VALUES ('1-1-014', 'x')",
		"taken back");
	plain(&desk->office,
	      "INSERT INTO contact(proposal) VALUES ('1-1-014')");
}

static void capture__ill_formed_text_is_mended_and_logged(void **state)
{
	struct desk *desk = *state;
	struct node *office = &desk->office;

	plain(office, "UPDATE proposal SET sector = CAST(x'e7958cff41' AS"
		      " TEXT)");
	assert_int_equal(drain(office), 1);
	assert_string_equal(ask(office, "SELECT sector FROM proposal"),
			    "界\xef\xbf\xbd"
			    "A");
	assert_invariants(office);
}

static void capture__what_is_rolled_back_was_never_there(void **state)
{
	struct desk *desk = *state;
	struct node *office = &desk->office;

	plain(office, "BEGIN; UPDATE proposal SET title = '乙'; ROLLBACK;");
	assert_int_equal(drain(office), 0);
	plain(office, "SAVEPOINT a; UPDATE proposal SET title = '乙';"
		      " ROLLBACK TO a; UPDATE proposal SET sector = '教育';"
		      " RELEASE a;");
	assert_int_equal(drain(office), 1);
	assert_string_equal(ask(office, "SELECT title || sector FROM"
					" proposal"),
			    "校门教育");
}

static void capture__clearing_a_code_of_the_schema_is_an_edit(void **state)
{
	struct desk *desk = *state;
	struct node *office = &desk->office;

	plain(office, "UPDATE code SET aliases = NULL WHERE list = 'class'"
		      " AND code = 'A'");
	assert_int_equal(drain(office), 1);
	carry_all(&desk->edu, office);
	assert_string_equal(ask(&desk->edu,
				"SELECT aliases FROM code WHERE list = 'class'"
				" AND code = 'A'"),
			    "NULL");
	assert_same_state(office, &desk->edu, NULL);
}

/* A value that a field of this type can hold, as SQL over _field f. */
#define SAMPLE                                                              \
	"CASE f.type WHEN 'bool' THEN '1' WHEN 'int' THEN '7' WHEN 'date'"  \
	" THEN '''2022-06-30''' WHEN 'time' THEN"                           \
	" '''2022-06-30T09:15:00Z''' WHEN 'code' THEN (SELECT '''' || code" \
	" || '''' FROM code WHERE list = f.list) ELSE '''x''' END"

/* The fields of other tables than those above that the office writes. */
#define WRITTEN                                                             \
	" FROM _entity e JOIN _field f ON f.entity = e.id WHERE e.name NOT" \
	" IN ('proposal', 'handling', 'field', 'code') AND f.writers LIKE"  \
	" '%%office%%' AND e.creators LIKE '%%office%%'"
#define KEYS                                                               \
	"'''' || CASE e.scope WHEN 'case' THEN '1-1-014' ELSE 'k1' END ||" \
	" CASE length(e.keys) - length(replace(e.keys, ' ', '')) WHEN 0"   \
	" THEN '''' WHEN 1 THEN ''', ''k2''' ELSE ''', ''k2'', ''k3''' END"

static void run_each(struct node *node, const char *query)
{
	char *sql = strdup(ask(node, query));

	plain(node, "%s", sql);
	free(sql);
}

static void capture__every_field_of_every_table_is_logged(void **state)
{
	static const char missing[] =
		"SELECT (SELECT count(*)" WRITTEN ") - (SELECT count(*) FROM"
		" _pending p JOIN _field f ON f.entity = p.entity AND f.id ="
		" p.field WHERE quote(p.value) = " SAMPLE ")";
	struct desk *desk = *state;
	struct node *office = &desk->office;

	run_each(office, "SELECT group_concat('INSERT INTO \"' || name || '\"('"
			 " || replace(keys, ' ', ', ') || fields || ') VALUES"
			 " (' || held || ');', '') FROM (SELECT e.name,"
			 " e.keys, group_concat(', \"' || f.name || '\"', '')"
			 " AS fields, " KEYS " || group_concat(', ' || " SAMPLE
			 ", '') AS held" WRITTEN " GROUP BY e.id)");
	assert_true(count(office, "SELECT count(*) FROM _pending") > 50);
	assert_string_equal(ask(office, missing), "0");
	run_each(office, "SELECT group_concat('UPDATE \"' || e.name || '\" SET"
			 " \"' || f.name || '\" = NULL;', '')" WRITTEN);
	assert_int_equal(count(office, "SELECT 2 * sum(value IS NULL) -"
				       " count(*) FROM _pending"),
			 0);
	plain(office, "DELETE FROM _pending");
	run_each(office,
		 "SELECT group_concat('UPDATE \"' || e.name || '\" SET"
		 " \"' || f.name || '\" = ' || " SAMPLE " || ';', '')" WRITTEN);
	assert_string_equal(ask(office, missing), "0");
}

/* Each program that opens a replica reads its whole schema first. */
static void capture__the_text_that_every_program_reads_is_short(void **state)
{
	static const char size[] = "SELECT sum(length(sql)) FROM sqlite_schema";
	struct desk *desk = *state;

	assert_in_range(count(&desk->office, size), 1, 75000);
	assert_in_range(count(&desk->edu, size), 1, 57000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(capture__the_stock_sqlite3_program_edits_like_one_of_us),
		TEST(capture__an_update_of_ten_thousand_rows_is_logged_exactly),
		TEST(capture__replace_of_a_row_is_refused),
		TEST(capture__upsert_of_a_row_is_refused),
		TEST(capture__delete_is_refused),
		TEST(capture__a_changed_key_is_refused),
		TEST(capture__tricks_with_the_rowid_are_refused),
		TEST(capture__columns_of_other_writers_are_refused),
		TEST(capture__one_foreign_column_spoils_the_whole_statement),
		TEST(capture__days_that_are_in_no_calendar_are_refused),
		TEST(capture__codes_of_no_list_are_refused),
		TEST(capture__values_of_another_type_are_refused),
		TEST(capture__keys_that_cannot_travel_are_refused),
		TEST(capture__back_and_forth_is_two_changes),
		TEST(capture__an_edit_that_changes_nothing_logs_nothing),
		TEST(capture__white_space_in_a_conflict_settles_nothing),
		TEST(capture__a_row_of_nothing_but_spaces_is_a_row),
		TEST(capture__a_row_of_nothing_in_an_archive_is_refused),
		TEST(capture__ill_formed_text_is_mended_and_logged),
		TEST(capture__what_is_rolled_back_was_never_there),
		TEST(capture__clearing_a_code_of_the_schema_is_an_edit),
		TEST(capture__every_field_of_every_table_is_logged),
		TEST(capture__the_text_that_every_program_reads_is_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
