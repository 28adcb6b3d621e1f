/* apply_test.c - a batch is taken once, by the rules, whole or not at all;
 * and what a newer program wrote passes through unharmed. */
#include "core/merge/apply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/core/replica_helper.h"

enum { OFFICE = 0x11, EDU = 0x21, NEWER = 0x31, LATEST = 1000 };

struct desk {
	char *folder;
	struct node office;
	struct node edu;
};

static int setup(void **state)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	desk->folder = helper_folder();
	node_open(&desk->office, desk->folder, "office", "office", OFFICE);
	node_open(&desk->edu, desk->folder, "edu", "edu", EDU);
	plain(&desk->office, "INSERT INTO proposal(key) VALUES ('1-1-001');"
			     "INSERT INTO handling(proposal, unit) VALUES"
			     " ('1-1-001', 'edu')");
	carry_all(&desk->edu, &desk->office);
	*state = desk;
	return 0;
}

static int teardown(void **state)
{
	struct desk *desk = *state;

	assert_invariants(&desk->office);
	node_close(&desk->office);
	node_close(&desk->edu);
	helper_remove(desk->folder);
	free(desk);
	return 0;
}

static struct change write_of(uint64_t origin, uint64_t seq, uint32_t entity,
			      const char *row, uint32_t field,
			      struct value value)
{
	return (struct change){.id = {origin, seq},
			       .clock = seq << 16,
			       .entity = entity,
			       .field = field,
			       .row = row,
			       .row_len = strlen(row),
			       .value = value};
}

/* In a transaction of its own; rolled back where it fails. */
static int apply(struct node *node, const struct batch *batch,
		 const struct apply_options *options,
		 struct apply_result *result, struct err *err)
{
	struct db *db = replica_db(node->replica);
	int rc = db_begin(db, err);

	if (rc == 0)
		rc = apply_batch(node->replica, batch, options, result, err);
	if (rc == 0)
		rc = db_commit(db, err);
	if (rc < 0)
		db_rollback(db);
	return rc;
}

static struct batch batch_of(const char *site, uint64_t origin,
			     const struct change *changes, size_t n)
{
	return (struct batch){.origin = origin,
			      .site = site,
			      .author = "王芳",
			      .schema = 1,
			      .changes = changes,
			      .n_changes = n};
}

/* Refused as a whole: an error, and nothing is left of it. */
static void corrupt(struct node *node, const struct batch *batch,
		    const char *words)
{
	const struct apply_options options = {.gapless = true};
	struct apply_result result = {0};
	struct err err = {0};
	uint8_t before[32];
	uint8_t after[32];

	state_of(before, node, NULL);
	assert_int_equal(apply(node, batch, &options, &result, &err),
			 ERR_CORRUPT);
	if (strstr(err.text, words) == NULL)
		fail_msg("says: %s\n  not: %s", err.text, words);
	state_of(after, node, NULL);
	assert_memory_equal(before, after, sizeof(before));
	assert_int_equal(count(node, "SELECT count(*) FROM _change WHERE"
				     " value = '坏'"),
			 0);
	apply_result_release(&result);
}

/* (I1) */
static void apply__a_gap_is_refused(void **state)
{
	struct desk *desk = *state;
	struct change changes[] = {
		write_of(NEWER, 1, 1, "1-1", 4, value_text("坏")),
		write_of(NEWER, 3, 1, "1-1", 3, value_text("坏"))};
	struct batch batch = batch_of("office", NEWER, changes, 2);

	corrupt(&desk->office, &batch, "a gap: seq 3 after 1");
	batch = batch_of("office", NEWER, changes + 1, 1);
	corrupt(&desk->office, &batch, "a gap: seq 3 after 0");
}

/* (I5) whole or not at all. */
static void apply__one_bad_change_spoils_its_batch(void **state)
{
	static const char *const rows[] = {"",
					   "/",
					   "a//b",
					   "1-1-001/",
					   "1-1-001/edu/x/y",
					   "../x/y",
					   "1-1-001/e\001u/x",
					   "x/edu/y",
					   "1-1-001/\xff/x"};
	struct desk *desk = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct change changes[] = {
			write_of(NEWER, 1, 1, "1-1", 4, value_text("坏")),
			write_of(NEWER, 2, 13, rows[i], 6, value_text("坏"))};
		struct batch batch = batch_of("office", NEWER, changes, 2);

		corrupt(&desk->office, &batch, "row key");
	}
}

static void apply__changes_that_cannot_be_are_refused(void **state)
{
	struct desk *desk = *state;
	const struct change good =
		write_of(NEWER, 1, 1, "1-1", 4, value_text("坏"));
	struct change_id later = {NEWER, 1};
	struct change change = good;
	struct batch batch = batch_of("office", NEWER, &change, 1);

	change.id.origin = OFFICE;
	corrupt(&desk->office, &batch, "another origin");
	change = good;
	change.clock = 1ULL << 63;
	corrupt(&desk->office, &batch, "clock out of range");
	change = good;
	change.bases = &later;
	change.n_bases = 1;
	corrupt(&desk->office, &batch, "not earlier");
	change = good;
	change.field = 1 << 12;
	corrupt(&desk->office, &batch, "no such field");
	change = good;
	batch.origin = 0;
	corrupt(&desk->office, &batch, "origin out of range");
	batch.origin = NEWER;
	assert_int_equal(count(&desk->office, "SELECT count(*) FROM _origin"
					      " WHERE origin = 49"),
			 0);
}

static void apply__an_origin_belongs_to_one_site(void **state)
{
	struct desk *desk = *state;
	struct change change =
		write_of(EDU, 1, 11, "1-1-001/edu", 8, value_text("坏"));
	struct batch batch = batch_of("edu", EDU, &change, 1);
	const struct apply_options options = {0};
	struct apply_result result = {0};
	struct err err = {0};

	change.value = value_text("好");
	assert_int_equal(apply(&desk->office, &batch, &options, &result, &err),
			 0);
	change.id.seq = 2;
	change.value = value_text("坏");
	batch.site = "hr";
	corrupt(&desk->office, &batch, "belongs to site edu");
	apply_result_release(&result);
}

/* ---- access ------------------------------------------------------------ */

static void judged(struct desk *desk, const char *site, uint64_t origin,
		   const struct change *change, const char *why)
{
	const struct apply_options options = {.authorise = true};
	struct batch batch = batch_of(site, origin, change, 1);
	struct apply_result result = {0};
	struct err err = {0};

	assert_int_equal(apply(&desk->office, &batch, &options, &result, &err),
			 0);
	assert_int_equal(result.refused, why != NULL);
	assert_int_equal(result.n_verdicts, why != NULL);
	if (why != NULL) {
		assert_string_equal(result.verdicts[0].reason, why);
		/* (I5) the value is kept. */
		assert_int_equal(
			atoll(ask(&desk->office,
				  "SELECT count(*) FROM _verdict v JOIN"
				  " _change c ON c.id = v.change JOIN _origin"
				  " o ON o.id = c.id >> 40 WHERE o.origin ="
				  " %lld AND c.id & 1099511627775 = %lld",
				  (long long)origin,
				  (long long)change->id.seq)),
			1);
	}
	apply_result_release(&result);
}

static void apply__who_may_not_write_is_refused_with_the_reason(void **state)
{
	struct desk *desk = *state;
	struct value text = value_text("甲");
	struct change change;

	change = write_of(EDU, 1, 10, "1-1-001", 4, text);
	judged(desk, "edu", EDU, &change,
	       "only the office may write this field");
	change = write_of(EDU, 2, 11, "1-1-001/edu", 5,
			  value_text("2022-09-01"));
	judged(desk, "edu", EDU, &change,
	       "only the office may write this field");
	change = write_of(EDU, 3, 15, "1-1-001/王芳/1", 3,
			  value_text("satisfied"));
	judged(desk, "edu", EDU, &change, "this site may not add such a row");
	change = write_of(EDU, 4, 11, "1-1-001/edu", 9, value_text("Z"));
	judged(desk, "edu", EDU, &change, "the field cannot hold this value");
	change = write_of(EDU, 5, 11, "1-1-001/edu", 12,
			  value_text("2022-09-31"));
	judged(desk, "edu", EDU, &change, "the field cannot hold this value");
	change = write_of(EDU, 6, 13, "1-1-001/hr/x", 6, text);
	judged(desk, "edu", EDU, &change, "this site may not add such a row");
	change = write_of(EDU, 7, 13, "1-1-002/edu/x", 6, text);
	judged(desk, "edu", EDU, &change,
	       "the proposal is not assigned to this unit");
	change = write_of(EDU, 8, 11, "1-1-001/edu", 8, text);
	judged(desk, "edu", EDU, &change, NULL);
	change = write_of(NEWER, 1, 11, "1-1-001/edu", 7, text);
	judged(desk, "office", NEWER, &change,
	       "the row belongs to another unit");
	change = write_of(0x99, 1, 11, "1-1-001/edu", 7, text);
	judged(desk, "hr", 0x99, &change,
	       "the proposal is not assigned to this unit");
}

static void
apply__a_value_of_a_wrong_type_is_a_verdict_at_the_merge(void **state)
{
	struct desk *desk = *state;
	struct change change =
		write_of(EDU, 1, 11, "1-1-001/edu", 8, value_int(7));

	judged(desk, "edu", EDU, &change, "the field cannot hold this value");
}

static void
apply__a_base_that_does_not_exist_is_a_verdict_at_the_merge(void **state)
{
	const struct apply_options options = {.authorise = true,
					      .gapless = true};
	struct desk *desk = *state;
	struct change_id made_up = {NEWER, 9};
	struct change change =
		write_of(EDU, 1, 11, "1-1-001/edu", 8, value_text("甲"));
	struct batch batch = batch_of("edu", EDU, &change, 1);
	struct apply_result result = {0};
	struct err err = {0};

	change.bases = &made_up;
	change.n_bases = 1;
	assert_int_equal(apply(&desk->office, &batch, &options, &result, &err),
			 0);
	assert_int_equal(result.refused, 1);
	assert_string_equal(ask(&desk->office, "SELECT draft FROM handling"),
			    "NULL");
	apply_result_release(&result);
}

static void apply__it_tells_which_cases_it_touched(void **state)
{
	struct desk *desk = *state;
	struct change changes[] = {
		write_of(NEWER, 1, 10, "1-1-003", 4, value_text("丙")),
		write_of(NEWER, 2, 10, "1-1-001", 4, value_text("甲")),
		write_of(NEWER, 3, 13, "1-1-003/edu/x", 6, value_text("好")),
		write_of(NEWER, 4, 1, "1-1", 4, value_text("一次"))};
	struct batch batch = batch_of("office", NEWER, changes, 3);
	const struct apply_options options = {0};
	struct apply_result result = {0};
	struct err err = {0};

	assert_int_equal(apply(&desk->office, &batch, &options, &result, &err),
			 0);
	assert_int_equal(result.applied, 3);
	assert_int_equal(result.n_cases, 2);
	assert_string_equal(result.cases[0], "1-1-001");
	assert_string_equal(result.cases[1], "1-1-003");
	assert_false(result.touched_all);
	batch = batch_of("office", NEWER, changes + 3, 1);
	assert_int_equal(apply(&desk->office, &batch, &options, &result, &err),
			 0);
	assert_true(result.touched_all);
	assert_false(result.touched_office);
	apply_result_release(&result);
}

static void apply__last_is_what_came_without_a_gap(void **state)
{
	struct desk *desk = *state;
	struct change changes[] = {
		write_of(NEWER, 1, 1, "1-1", 3, value_text("一")),
		write_of(NEWER, 2, 1, "1-1", 4, value_text("二")),
		write_of(NEWER, 3, 1, "1-1", 11, value_text("2022-01-01"))};
	static const size_t order[] = {2, 0, 1};
	static const uint64_t last[] = {0, 1, 3};
	const struct apply_options options = {0};
	struct apply_result result = {0};
	struct err err = {0};
	uint64_t seq;

	for (size_t i = 0; i < 3; i++) {
		struct batch batch =
			batch_of("office", NEWER, &changes[order[i]], 1);

		assert_int_equal(apply(&desk->office, &batch, &options, &result,
				       &err),
				 0);
		assert_int_equal(apply_last_seq(&seq, desk->office.replica,
						NEWER, &err),
				 0);
		assert_int_equal(seq, last[i]);
	}
	apply_result_release(&result);
}

/* ---- what a newer program wrote ---------------------------------------- */

static void same_change(const struct change *a, const struct change *b)
{
	assert_true(change_id_equal(a->id, b->id));
	assert_int_equal(a->clock, b->clock);
	assert_int_equal(a->entity, b->entity);
	assert_int_equal(a->field, b->field);
	assert_int_equal(a->row_len, b->row_len);
	assert_memory_equal(a->row, b->row, a->row_len);
	assert_true(value_equal(&a->value, &b->value));
	assert_int_equal(a->n_bases, b->n_bases);
	for (size_t i = 0; i < a->n_bases; i++)
		assert_true(change_id_equal(a->bases[i], b->bases[i]));
	assert_int_equal(a->n_extra, b->n_extra);
	assert_int_equal(a->extra_len, b->extra_len);
	if (a->extra_len > 0)
		assert_memory_equal(a->extra, b->extra, a->extra_len);
}

static void apply__what_a_newer_schema_wrote_is_kept_and_sent_on(void **state)
{
	struct desk *desk = *state;
	struct change_id base = {NEWER, 1};
	struct change changes[] = {
		write_of(NEWER, 1, 90, "1-1-001/edu/新", 3, value_text("何物")),
		write_of(NEWER, 2, 90, "1-1-001/edu/新", 3,
			 (struct value){.type = VALUE_REAL, .real = 2.5}),
		write_of(NEWER, 3, 11, "1-1-001/edu", 900,
			 (struct value){.type = VALUE_BLOB,
					.bytes = "\0\377",
					.len = 2}),
		write_of(NEWER, 4, 11, "1-1-001/edu", 9, value_text("E"))};
	struct batch batch = batch_of("office", NEWER, changes, 4);
	const struct apply_options options = {.authorise = true};
	struct change_log_range range = {.origin = NEWER,
					 .from = 1,
					 .limit = 10,
					 .limit_bytes = 1 << 20};
	struct apply_result result = {0};
	struct batch *sent = NULL;
	struct err err = {0};

	changes[1].bases = &base;
	changes[1].n_bases = 1;
	/* Two elements that this program has no use for: 7 and "x". */
	changes[1].extra = "\x07\xa1x";
	changes[1].extra_len = 3;
	changes[1].n_extra = 2;
	batch.schema = 99;
	assert_int_equal(apply(&desk->office, &batch, &options, &result, &err),
			 0);
	assert_int_equal(result.applied, 4);
	assert_int_equal(result.refused, 0);
	assert_int_equal(
		change_log_batch(&sent, desk->office.replica, &range, &err), 0);
	assert_int_equal(sent->n_changes, 4);
	for (size_t i = 0; i < 4; i++)
		same_change(&changes[i], &sent->changes[i]);
	batch_free(sent);
	apply_result_release(&result);
}

static void apply__unknown_fields_that_differ_are_for_a_person(void **state)
{
	struct desk *desk = *state;
	struct change here =
		write_of(NEWER, 1, 90, "1-1-001/x", 3, value_int(1));
	struct change there =
		write_of(0x32, 1, 90, "1-1-001/x", 3, value_int(2));
	const struct apply_options options = {0};
	struct batch one = batch_of("office", NEWER, &here, 1);
	struct batch two = batch_of("edu", 0x32, &there, 1);
	struct apply_result result = {0};
	struct err err = {0};

	assert_int_equal(apply(&desk->office, &one, &options, &result, &err),
			 0);
	assert_int_equal(apply(&desk->office, &two, &options, &result, &err),
			 0);
	assert_int_equal(apply(&desk->edu, &two, &options, &result, &err), 0);
	assert_int_equal(apply(&desk->edu, &one, &options, &result, &err), 0);
	assert_string_equal(severity_of(&desk->office, "90", "1-1-001/x", "3"),
			    "hard");
	assert_int_equal(count(&desk->office, "SELECT count(*) FROM _head h"
					      " JOIN _row r ON r.id ="
					      " h.cell >> 12 WHERE r.entity ="
					      " 90"),
			 2);
	assert_same_state(&desk->office, &desk->edu, NULL);
	apply_result_release(&result);
}

static void
apply__an_unknown_kind_of_verdict_is_kept_and_does_nothing(void **state)
{
	struct desk *desk = *state;
	struct verdict verdict = {.id = {OFFICE, 1},
				  .kind = (enum verdict_kind)7,
				  .reason = "新"};
	uint8_t before[32];
	uint8_t after[32];

	drain(&desk->office);
	state_of(before, &desk->office, NULL);
	carry_verdicts(&desk->office, &verdict, 1);
	state_of(after, &desk->office, NULL);
	assert_memory_equal(before, after, sizeof(before));
	assert_int_equal(count(&desk->office, "SELECT max(flags) & 3 FROM"
					      " _change"),
			 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(apply__a_gap_is_refused),
		TEST(apply__one_bad_change_spoils_its_batch),
		TEST(apply__changes_that_cannot_be_are_refused),
		TEST(apply__an_origin_belongs_to_one_site),
		TEST(apply__who_may_not_write_is_refused_with_the_reason),
		TEST(apply__a_value_of_a_wrong_type_is_a_verdict_at_the_merge),
		TEST(apply__a_base_that_does_not_exist_is_a_verdict_at_the_merge),
		TEST(apply__it_tells_which_cases_it_touched),
		TEST(apply__last_is_what_came_without_a_gap),
		TEST(apply__what_a_newer_schema_wrote_is_kept_and_sent_on),
		TEST(apply__unknown_fields_that_differ_are_for_a_person),
		TEST(apply__an_unknown_kind_of_verdict_is_kept_and_does_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
