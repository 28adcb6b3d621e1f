/* definition_test.c - fields that are added while everything runs: the same
 * everywhere, whatever came first, and never by anybody but the office. */
#include "core/schema/definition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/merge/policy.h"
#include "tests/core/replica_helper.h"

enum { OFFICE = 0x11, OFFICE_2 = 0x12, EDU = 0x21, EDU_2 = 0x22, LATE = 0x31 };

#define DEFINE                                                           \
	"INSERT INTO field(entity, name, type, zh, en, writers, policy)" \
	" VALUES "
#define REMARK                                                              \
	DEFINE "('handling', 'remark', 'text', '备注', 'remark', 'both'," \
	       " 'newest')"

struct desk {
	char *folder;
	struct node office;
	struct node office_2;
	struct node edu;
	struct node edu_2;
};

static int setup(void **state)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	desk->folder = helper_folder();
	node_open(&desk->office, desk->folder, "office", "office", OFFICE);
	node_open(&desk->office_2, desk->folder, "office2", "office", OFFICE_2);
	node_open(&desk->edu, desk->folder, "edu", "edu", EDU);
	node_open(&desk->edu_2, desk->folder, "edu2", "edu", EDU_2);
	plain(&desk->office, "INSERT INTO proposal(key, title) VALUES"
			     " ('1-1-001', '甲');"
			     "INSERT INTO handling(proposal, unit) VALUES"
			     " ('1-1-001', 'edu')");
	carry_all(&desk->office_2, &desk->office);
	carry_all(&desk->edu, &desk->office);
	carry_all(&desk->edu_2, &desk->office);
	*state = desk;
	return 0;
}

static int teardown(void **state)
{
	struct desk *desk = *state;
	struct node *nodes[] = {&desk->office, &desk->office_2, &desk->edu,
				&desk->edu_2};

	for (size_t i = 0; i < 4; i++) {
		assert_invariants(nodes[i]);
		node_close(nodes[i]);
	}
	helper_remove(desk->folder);
	free(desk);
	return 0;
}

/* Everybody has everything, each by another way. */
static void exchange(struct desk *desk)
{
	struct node *nodes[] = {&desk->office, &desk->edu, &desk->office_2,
				&desk->edu_2};

	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < 4; i++)
			for (size_t j = 0; j < 4; j++)
				if (i != j)
					carry_all(nodes[j], nodes[i]);
	for (size_t i = 1; i < 4; i++)
		assert_same_state(nodes[0], nodes[i], NULL);
}

static const char *remark_of(struct node *node)
{
	return ask(node, "SELECT remark FROM handling");
}

static const struct field *field_of(struct node *node, const char *entity,
				    const char *name)
{
	return entity_field_named(
		schema_entity_named(replica_schema(node->replica), entity),
		name);
}

static void definition__a_field_is_there_at_every_site(void **state)
{
	struct desk *desk = *state;

	plain(&desk->office, REMARK);
	exchange(desk);
	plain(&desk->edu, "UPDATE handling SET remark = '乙'");
	exchange(desk);
	assert_string_equal(remark_of(&desk->office), "乙");
	assert_string_equal(remark_of(&desk->edu_2), "乙");
	assert_string_equal(field_of(&desk->edu, "handling", "remark")->zh,
			    "备注");
	assert_false(field_of(&desk->edu, "handling", "remark")->publish);
	/* It is as strict as one that is built in. */
	assert_string_equal(plain_error(&desk->edu,
					"UPDATE handling SET remark = 7"),
			    "handling.remark (备注): is no text of at most 4 "
			    "MiB");
	plain(&desk->office,
	      DEFINE "('handling', 'visits', 'int', '次数', NULL, 'office',"
		     " 'office'), ('proposal', 'seen_on', 'date', '日期',"
		     " NULL, 'office', 'office')");
	exchange(desk);
	assert_string_equal(plain_error(&desk->office,
					"UPDATE handling SET visits = '七'"),
			    "handling.visits (次数): is not a whole number");
	assert_string_equal(
		plain_error(&desk->office,
			    "UPDATE proposal SET seen_on = '2022-09-31'"),
		"proposal.seen_on (日期): is not a date like 2022-06-30");
	assert_string_equal(
		plain_error(&desk->edu, "UPDATE handling SET visits = 1"),
		"handling.visits (次数): only the office may write it");
}

/* (S1), (S4) */
static void definition__the_order_of_arrival_is_nothing(void **state)
{
	struct desk *desk = *state;

	plain(&desk->office, REMARK);
	carry_all(&desk->edu, &desk->office);
	carry_all(&desk->edu_2, &desk->office);
	plain(&desk->edu, "UPDATE handling SET remark = '乙', phone = '1'");
	plain(&desk->edu_2, "UPDATE handling SET remark = '丙'");
	plain(&desk->office, "UPDATE field SET zh = '说明'");
	exchange(desk);
	for (uint64_t seed = 1; seed <= 12; seed++) {
		struct node late;
		char name[16];

		helper_about("seed %d", (int)seed);
		snprintf(name, sizeof(name), "late%d", (int)seed);
		node_open(&late, desk->folder, name, "office", LATE);
		carry_shuffled(&late, &desk->office, seed);
		assert_same_state(&late, &desk->office, NULL);
		assert_string_equal(remark_of(&late), remark_of(&desk->office));
		assert_invariants(&late);
		node_close(&late);
	}
}

/* The value first, by a program that has no such column: kept, sent on, and
 * in its place once the definition is there. */
static void
definition__a_value_that_came_first_waits_for_its_field(void **state)
{
	struct desk *desk = *state;
	struct carrying values = {.origin = EDU};

	plain(&desk->office, REMARK);
	carry_all(&desk->edu, &desk->office);
	plain(&desk->edu, "UPDATE handling SET remark = '乙'");
	drain(&desk->edu);
	carry(&desk->office_2, &desk->edu, &values, NULL);
	carry(&desk->edu_2, &desk->office_2, &values, NULL);
	assert_null(field_of(&desk->edu_2, "handling", "remark"));
	assert_int_equal(count(&desk->edu_2,
			       "SELECT count(*) FROM _head JOIN _change ON id ="
			       " change WHERE value = '乙'"),
			 1);
	exchange(desk);
	assert_string_equal(remark_of(&desk->edu_2), "乙");
	assert_string_equal(remark_of(&desk->office_2), "乙");
}

static void definition__two_of_one_field_are_one(void **state)
{
	struct desk *desk = *state;

	plain(&desk->office, REMARK);
	plain(&desk->office_2, DEFINE "('handling', 'remark', 'long', '备考',"
				      " NULL, 'owner', 'text')");
	carry_all(&desk->edu, &desk->office);
	carry_all(&desk->edu_2, &desk->office_2);
	plain(&desk->edu, "UPDATE handling SET remark = '乙'");
	plain(&desk->edu_2, "UPDATE handling SET remark = '丙'");
	exchange(desk);
	assert_int_equal(count(&desk->edu, "SELECT count(*) FROM _field WHERE"
					   " id >= 1024"),
			 1);
	assert_string_equal(ask(&desk->edu, "SELECT zh FROM _field WHERE id >="
					    " 1024"),
			    ask(&desk->office, "SELECT zh FROM _field WHERE id"
					       " >= 1024"));
}

/* Names by trial: two that have one number. */
static void find_collision(char a[32], char b[32])
{
	static char names[4096][32];
	uint32_t at;

	for (unsigned i = 0;; i++) {
		char name[32];

		snprintf(name, sizeof(name), "x%u", i);
		at = definition_number("handling", name);
		if (names[at][0] != '\0') {
			bool less = strcmp(names[at], name) < 0;

			strcpy(a, less ? names[at] : name);
			strcpy(b, less ? name : names[at]);
			return;
		}
		strcpy(names[at], name);
	}
}

static void definition__of_two_with_one_number_one_is_in_use(void **state)
{
	struct desk *desk = *state;
	char a[32];
	char b[32];

	find_collision(a, b);
	plain(&desk->office,
	      DEFINE "('handling', %Q, 'text', '甲', NULL, 'office', 'office')",
	      a);
	plain(&desk->office_2,
	      DEFINE "('handling', %Q, 'int', '乙', NULL, 'office', 'office')",
	      b);
	drain(&desk->office);
	drain(&desk->office_2);
	plain(&desk->office_2, "UPDATE handling SET \"%w\" = 7", b);
	assert_int_equal(definition_fault(replica_schema(desk->office.replica),
					  "handling", b),
			 DEFINITION_NUMBER);
	exchange(desk);
	assert_non_null(field_of(&desk->office_2, "handling", a));
	assert_null(field_of(&desk->office_2, "handling", b));
	/* Its value is kept: the field comes back when the other ends. */
	plain(&desk->office,
	      "UPDATE field SET void = 1, void_reason = '错'"
	      " WHERE name = %Q",
	      a);
	exchange(desk);
	assert_null(field_of(&desk->edu, "handling", a));
	assert_string_equal(ask(&desk->edu, "SELECT \"%w\" FROM handling", b),
			    "7");
}

static void definition__only_the_office_defines(void **state)
{
	struct desk *desk = *state;
	struct carrying judged = {
		.origin = EDU, .authorise = true, .gapless = true};
	struct apply_result result = {0};

	assert_string_equal(plain_error(&desk->edu, REMARK),
			    "field: only the office may add a row");
	/* A program that does not ask its triggers. */
	plain(&desk->edu,
	      "INSERT INTO _pending(entity, field, row, value, at) VALUES"
	      " (5, 3, 'handling/remark', 'text', 1),"
	      " (5, 7, 'handling/remark', 'both', 1),"
	      " (5, 8, 'handling/remark', 'newest', 1)");
	drain(&desk->edu);
	carry(&desk->office, &desk->edu, &judged, &result);
	assert_int_equal(result.refused, 3);
	assert_null(field_of(&desk->office, "handling", "remark"));
	carry_verdicts(&desk->edu, result.verdicts, result.n_verdicts);
	assert_null(field_of(&desk->edu, "handling", "remark"));
	apply_result_release(&result);
}

/* (S2) */
static void definition__what_cannot_be_a_field_does_nothing(void **state)
{
	static const char *const rows[] = {
		"handling/x\"); DROP TABLE handling; --",
		"handling/rowid",
		"handling/unit",
		"handling/inserted",
		"handling/X",
		"handling/1x",
		"nothing/x",
		"field/x",
		"code/x",
		"signer/x",
		"handling/x123456789012345678901234567890123456789012345"};
	struct desk *desk = *state;

	/* A program of the office that does not ask the triggers. */
	sqlite3_db_config(desk->office_2.plain, SQLITE_DBCONFIG_ENABLE_TRIGGER,
			  0, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *slash = strchr(rows[i], '/');

		plain(&desk->office_2,
		      "INSERT INTO field(entity, name, type, writers, policy)"
		      " VALUES (%.*Q, %Q, 'text', 'both', 'newest');"
		      "INSERT INTO _pending(entity, field, row, value, at)"
		      " VALUES (5, 3, %Q, 'text', 1), (5, 7, %Q, 'both', 1),"
		      " (5, 8, %Q, 'newest', 1)",
		      (int)(slash - rows[i]), rows[i], slash + 1, rows[i],
		      rows[i], rows[i]);
	}
	sqlite3_db_config(desk->office_2.plain, SQLITE_DBCONFIG_ENABLE_TRIGGER,
			  1, NULL);
	/* Nor what says only half. */
	plain(&desk->office_2, "INSERT INTO field(entity, name, type) VALUES"
			       " ('handling', 'half', 'text')");
	exchange(desk);
	assert_int_equal(count(&desk->edu, "SELECT count(*) FROM _field WHERE"
					   " id >= 1024"),
			 0);
	assert_int_equal(count(&desk->edu, "SELECT count(*) FROM field"), 12);
	assert_string_equal(
		plain_error(&desk->office,
			    "INSERT INTO field(entity, name) VALUES"
			    " ('handling', 'x''; DROP')"),
		"field: no such entity, or the name is not a-z, then a-z 0-9 "
		"_");
	/* A label never ends the text it stands in. */
	plain(&desk->office,
	      DEFINE "('handling', 'y', 'code', '它''', NULL, 'both',"
		     " 'newest')");
	plain(&desk->office, "UPDATE field SET list = 'no'') OR 1 --' WHERE"
			     " name = 'y'");
	exchange(desk);
	assert_string_equal(field_of(&desk->edu, "handling", "y")->zh, "y");
	assert_string_equal(
		plain_error(&desk->edu, "UPDATE handling SET y = 'a'"),
		"handling.y (y): is not a code of its list (table code)");
}

static void definition__a_newer_rule_or_type_keeps_everything(void **state)
{
	struct desk *desk = *state;

	plain(&desk->office, "INSERT INTO code(list, code, zh) VALUES"
			     " ('field_policy', 'highest', '取高'),"
			     " ('field_type', 'money', '金额')");
	plain(&desk->office,
	      DEFINE "('handling', 'budget', 'money', '预算', NULL, 'both',"
		     " 'highest')");
	exchange(desk);
	plain(&desk->edu, "UPDATE handling SET budget = 700");
	plain(&desk->edu_2, "UPDATE handling SET budget = 'siebenhundert'");
	exchange(desk);
	assert_string_equal(severity_of(&desk->office, "handling",
					"1-1-001/edu", "budget"),
			    "hard");
	assert_int_equal(field_of(&desk->office, "handling", "budget")->policy,
			 POLICY_UNKNOWN);
	/* The office says what it is after all: the rule settles it. */
	plain(&desk->office, "UPDATE field SET type = 'int', policy ="
			     " 'newest'");
	exchange(desk);
	assert_string_equal(severity_of(&desk->edu, "handling", "1-1-001/edu",
					"budget"),
			    "soft");
}

static void definition__what_a_field_cannot_hold_shows_as_nothing(void **state)
{
	struct desk *desk = *state;

	plain(&desk->office, REMARK);
	exchange(desk);
	plain(&desk->edu, "UPDATE handling SET remark = '七'");
	plain(&desk->office, "UPDATE field SET type = 'int'");
	exchange(desk);
	assert_string_equal(remark_of(&desk->edu), "NULL");
	plain(&desk->office, "UPDATE field SET type = 'long'");
	exchange(desk);
	assert_string_equal(remark_of(&desk->edu), "七");
}

static void definition__one_that_is_voided_is_read_only(void **state)
{
	struct desk *desk = *state;

	plain(&desk->office, REMARK);
	exchange(desk);
	plain(&desk->edu, "UPDATE handling SET remark = '七'");
	plain(&desk->office, "UPDATE field SET void = 1, void_reason = '不用'");
	/* Written before that was known: it counts. */
	exchange(desk);
	assert_string_equal(remark_of(&desk->office), "七");
	assert_string_equal(plain_error(&desk->edu,
					"UPDATE handling SET remark = '八'"),
			    "handling.remark (备注): it is not used any more");
	plain(&desk->office, "UPDATE field SET void = 0");
	exchange(desk);
	plain(&desk->edu, "UPDATE handling SET remark = '八'");
}

static void definition__more_than_the_limit_are_not_in_use(void **state)
{
	struct desk *desk = *state;

	for (int i = 0; i < DEFINITION_MAX + 2; i++)
		plain(&desk->office,
		      DEFINE "('handling', 'f%02d', 'text', '字段%d', NULL,"
			     " 'both', 'newest')",
		      i, i);
	exchange(desk);
	assert_int_equal(count(&desk->edu, "SELECT count(*) FROM _field WHERE"
					   " id >= 1024"),
			 DEFINITION_MAX);
	assert_int_equal(definition_fault(replica_schema(desk->edu.replica),
					  "handling", "one_more"),
			 DEFINITION_TOO_MANY);
	plain(&desk->edu, "UPDATE handling SET f00 = 'a', f31 = 'b'");
	exchange(desk);
}

static void definition__a_built_in_field_is_called_otherwise_only(void **state)
{
	struct desk *desk = *state;

	plain(&desk->office,
	      "INSERT INTO field(entity, name, type, zh, writers, policy,"
	      " publish) VALUES ('handling', 'phone', 'int', '联系电话',"
	      " 'office', 'newest', 1)");
	exchange(desk);
	assert_string_equal(field_of(&desk->edu, "handling", "phone")->zh,
			    "联系电话");
	assert_int_equal(field_of(&desk->edu, "handling", "phone")->policy,
			 POLICY_OWNER);
	assert_false(field_of(&desk->edu, "handling", "phone")->publish);
	plain(&desk->edu, "UPDATE handling SET phone = '12'");
	plain(&desk->office, "UPDATE field SET void = 1, void_reason = '错'");
	exchange(desk);
	assert_string_equal(field_of(&desk->edu, "handling", "phone")->zh,
			    "电话");
}

static void definition__what_is_rolled_back_is_forgotten(void **state)
{
	struct desk *desk = *state;
	struct db *db = replica_db(desk->office.replica);
	struct err err = {0};
	size_t n;

	plain(&desk->office, REMARK);
	assert_int_equal(db_begin(db, &err), 0);
	assert_int_equal(change_log_drain(desk->office.replica, &n, &err), 0);
	assert_non_null(field_of(&desk->office, "handling", "remark"));
	db_rollback(db);
	assert_int_equal(replica_refresh(desk->office.replica, &err), 0);
	assert_null(field_of(&desk->office, "handling", "remark"));
	drain(&desk->office);
	assert_non_null(field_of(&desk->office, "handling", "remark"));
	exchange(desk);
}

static void definition__another_process_has_it_with_its_next_edit(void **state)
{
	struct desk *desk = *state;
	struct replica *other = NULL;
	const struct schema *before = replica_schema(desk->office.replica);
	struct err err = {0};
	size_t n;

	assert_int_equal(replica_open(&other, desk->office.path, &err), 0);
	plain(&desk->office, REMARK);
	assert_int_equal(db_begin(replica_db(other), &err), 0);
	assert_int_equal(change_log_drain(other, &n, &err), 0);
	assert_int_equal(db_commit(replica_db(other), &err), 0);
	replica_close(other);
	plain(&desk->office, "UPDATE handling SET remark = '丁'");
	exchange(desk);
	assert_string_equal(remark_of(&desk->edu), "丁");
	/* What was handed out before can still be read. */
	assert_null(entity_field_named(schema_entity_named(before, "handling"),
				       "remark"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(definition__a_field_is_there_at_every_site),
		TEST(definition__the_order_of_arrival_is_nothing),
		TEST(definition__a_value_that_came_first_waits_for_its_field),
		TEST(definition__two_of_one_field_are_one),
		TEST(definition__of_two_with_one_number_one_is_in_use),
		TEST(definition__only_the_office_defines),
		TEST(definition__what_cannot_be_a_field_does_nothing),
		TEST(definition__a_newer_rule_or_type_keeps_everything),
		TEST(definition__what_a_field_cannot_hold_shows_as_nothing),
		TEST(definition__one_that_is_voided_is_read_only),
		TEST(definition__more_than_the_limit_are_not_in_use),
		TEST(definition__a_built_in_field_is_called_otherwise_only),
		TEST(definition__what_is_rolled_back_is_forgotten),
		TEST(definition__another_process_has_it_with_its_next_edit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
