/* schema_test.c - the domain as data: every row of it is understood, and the
 * rules that hold for all entities hold. */
#include "core/schema/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/merge/policy.h"
#include "core/replica/replica.h"

static struct replica *replica;
static const struct schema *schema;

static int setup(void **state)
{
	struct err err = {0};

	(void)state;
	if (replica_open_scratch(&replica, ":memory:", &err) < 0)
		return -1;
	schema = replica_schema(replica);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	replica_close(replica);
	return 0;
}

static void schema__every_row_of_the_domain_is_understood(void **state)
{
	(void)state;
	assert_true(schema->n_entities >= 13);
	for (size_t i = 0; i < schema->n_entities; i++) {
		const struct entity *entity = &schema->entities[i];

		assert_true(entity->n_keys >= 1 && entity->n_keys <= 3);
		assert_true(entity->creators != 0);
		assert_ptr_equal(schema_entity(schema, entity->id), entity);
		assert_ptr_equal(schema_entity_named(schema, entity->name),
				 entity);
		for (size_t k = 0; k < entity->n_fields; k++) {
			const struct field *field = &entity->fields[k];

			if (field->type == FIELD_UNKNOWN ||
			    field->policy == POLICY_UNKNOWN ||
			    field->writers == 0 ||
			    (field->type == FIELD_CODE) !=
				    (field->list != NULL))
				fail_msg("%s.%s", entity->name, field->name);
			assert_true(field->zh[0] != '\0' &&
				    field->en[0] != '\0');
			assert_ptr_equal(entity_field(entity, field->id),
					 field);
		}
	}
}

static void schema__every_row_can_be_voided(void **state)
{
	(void)state;
	for (size_t i = 0; i < schema->n_entities; i++) {
		const struct entity *entity = &schema->entities[i];
		const struct field *field = entity_field(entity, 1);

		assert_string_equal(field->name, "void");
		assert_int_equal(field->policy, POLICY_REVIEW);
		assert_int_equal(field->writers, entity->creators);
		assert_string_equal(entity_field(entity, 2)->name,
				    "void_reason");
	}
}

static void schema__case_and_owner_are_read_off_the_key(void **state)
{
	const struct entity *contact = schema_entity_named(schema, "contact");
	const char *row = "1-1-014/edu/x";
	const char *part;
	size_t len;

	(void)state;
	assert_true(entity_case(contact, row, strlen(row), &part, &len));
	assert_int_equal(len, 7);
	assert_memory_equal(part, "1-1-014", 7);
	assert_true(entity_owner(contact, row, strlen(row), &part, &len));
	assert_int_equal(len, 3);
	assert_memory_equal(part, "edu", 3);
	assert_false(entity_owner(contact, "1-1-014", 7, &part, &len));
	assert_false(entity_key_part(row, strlen(row), 3, &part, &len));
	assert_false(entity_owner(schema->cases, "1-1-014", 7, &part, &len));
	assert_false(entity_case(schema->sites, "edu", 3, &part, &len));
}

static void schema__what_is_unknown_is_null(void **state)
{
	(void)state;
	assert_null(schema_entity(schema, 99));
	assert_null(schema_entity_named(schema, "nothing"));
	assert_null(entity_field(schema->cases, 999));
	assert_null(entity_field_named(schema->cases, "nothing"));
	assert_int_equal(policy_parse("from a newer schema"), POLICY_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(schema__every_row_of_the_domain_is_understood),
		cmocka_unit_test(schema__every_row_can_be_voided),
		cmocka_unit_test(schema__case_and_owner_are_read_off_the_key),
		cmocka_unit_test(schema__what_is_unknown_is_null),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
