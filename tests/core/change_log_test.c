/* change_log_test.c - batches to send: consecutive, of one author, within
 * limits; and what the log answers about a case. */
#include "core/log/change_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/replica/snapshot.h"
#include "tests/core/replica_helper.h"

enum { OFFICE = 0x11, EDU = 0x21 };

struct desk {
	char *folder;
	struct node office;
};

static int setup(void **state)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	desk->folder = helper_folder();
	node_open(&desk->office, desk->folder, "office", "office", OFFICE);
	edit(&desk->office, "甲", NULL,
	     "INSERT INTO proposal(key, title, sector) VALUES"
	     " ('1-1-001', '校门', '教育')");
	edit(&desk->office, "乙", "更正", "UPDATE proposal SET title = '大门'");
	edit(&desk->office, "乙", NULL,
	     "INSERT INTO proposal(key, title) VALUES ('1-1-002', '就业')");
	*state = desk;
	return 0;
}

static int teardown(void **state)
{
	struct desk *desk = *state;

	node_close(&desk->office);
	helper_remove(desk->folder);
	free(desk);
	return 0;
}

static struct batch *batch_from(struct desk *desk, uint64_t from, size_t limit,
				size_t limit_bytes)
{
	const struct change_log_range range = {.origin = OFFICE,
					       .from = from,
					       .limit = limit,
					       .limit_bytes = limit_bytes};
	struct batch *batch = NULL;
	struct err err = {0};

	assert_int_equal(change_log_batch(&batch, desk->office.replica, &range,
					  &err),
			 0);
	return batch;
}

static void change_log__a_batch_ends_where_the_author_changes(void **state)
{
	struct desk *desk = *state;
	struct batch *batch = batch_from(desk, 1, 100, 1 << 20);

	assert_string_equal(batch->author, "甲");
	assert_string_equal(batch->site, "office");
	assert_int_equal(batch->n_changes, 2);
	batch_free(batch);
	batch = batch_from(desk, 3, 100, 1 << 20);
	assert_string_equal(batch->author, "乙");
	assert_int_equal(batch->n_changes, 2);
	assert_int_equal(batch->changes[0].id.seq, 3);
	assert_int_equal(batch->changes[0].n_bases, 1);
	assert_memory_equal(batch->changes[0].reason, "更正", 6);
	assert_null(batch->changes[1].reason);
	batch_free(batch);
}

static void
change_log__a_batch_keeps_its_limits_but_never_is_empty(void **state)
{
	struct desk *desk = *state;
	struct batch *batch = batch_from(desk, 1, 1, 1 << 20);

	assert_int_equal(batch->n_changes, 1);
	batch_free(batch);
	batch = batch_from(desk, 1, 100, 1);
	assert_int_equal(batch->n_changes, 1);
	batch_free(batch);
	assert_null(batch_from(desk, 5, 100, 1 << 20));
}

static void change_log__seq_is_counted_without_a_gap(void **state)
{
	struct desk *desk = *state;
	struct err err = {0};
	uint64_t last = 0;

	assert_int_equal(change_log_last(&last, desk->office.replica, &err), 0);
	assert_int_equal(last, 4);
	plain(&desk->office, "UPDATE proposal SET is_key = 1");
	drain(&desk->office);
	assert_int_equal(change_log_last(&last, desk->office.replica, &err), 0);
	assert_int_equal(last, 6);
	assert_invariants(&desk->office);
}

static int note(const struct change_log_entry *entry, void *ctx,
		struct err *err)
{
	struct buf *out = ctx;

	(void)err;
	buf_addf(out, "%.*s%s%s ", (int)entry->change->value.len,
		 entry->change->value.bytes, entry->head ? "*" : "",
		 entry->shown ? "!" : "");
	return 0;
}

static void change_log__a_case_is_told_in_order(void **state)
{
	struct desk *desk = *state;
	struct buf told = BUF_INIT;
	struct err err = {0};

	assert_int_equal(change_log_case(desk->office.replica, "1-1-001", note,
					 &told, &err),
			 0);
	assert_non_null(strstr(told.data, "教育*! "));
	assert_non_null(strstr(told.data, "校门 "));
	assert_non_null(strstr(told.data, "大门*! "));
	assert_true(strstr(told.data, "校门") < strstr(told.data, "大门"));
	assert_null(strstr(told.data, "就业"));
	buf_release(&told);
}

static void change_log__one_change_is_found_by_its_id(void **state)
{
	struct desk *desk = *state;
	struct buf told = BUF_INIT;
	struct err err = {0};

	assert_int_equal(change_log_find(desk->office.replica,
					 (struct change_id){OFFICE, 3}, note,
					 &told, &err),
			 0);
	assert_string_equal(told.data, "大门 ");
	assert_int_equal(change_log_find(desk->office.replica,
					 (struct change_id){OFFICE, 9}, note,
					 &told, &err),
			 ERR_MISSING);
	assert_int_equal(change_log_find(desk->office.replica,
					 (struct change_id){0x99, 1}, note,
					 &told, &err),
			 ERR_MISSING);
	buf_release(&told);
}

/* To a fresh node, in whatever order. */
static void snapshot_to(struct node *to, struct node *from, const char *key)
{
	const struct apply_options options = {0};
	struct apply_result result = {0};
	struct snapshot snapshot = {0};
	struct batch **batches = NULL;
	struct err err = {0};
	size_t n = 0;

	assert_int_equal(change_log_snapshot(&batches, &n, from->replica, &key,
					     1, &err),
			 0);
	assert_int_equal(snapshot_make(&snapshot, from->replica, key, &err), 0);
	assert_int_equal(db_begin(replica_db(to->replica), &err), 0);
	assert_int_equal(snapshot_apply(to->replica, &snapshot, &err), 0);
	for (size_t i = n; i > 0; i--) {
		assert_int_equal(apply_batch(to->replica, batches[i - 1],
					     &options, &result, &err),
				 0);
		batch_free(batches[i - 1]);
	}
	assert_int_equal(db_commit(replica_db(to->replica), &err), 0);
	snapshot_release(&snapshot);
	free(batches);
	apply_result_release(&result);
}

static void change_log__a_snapshot_of_a_case_is_that_case(void **state)
{
	struct desk *desk = *state;
	struct node edu;

	plain(&desk->office, "INSERT INTO handling(proposal, unit) VALUES"
			     " ('1-1-001', 'edu');"
			     "INSERT INTO session(key, name) VALUES ('1-1',"
			     " '一次');"
			     "INSERT INTO signer(site, fingerprint) VALUES"
			     " ('edu', 'x')");
	drain(&desk->office);
	node_open(&edu, desk->folder, "edu", "edu", EDU);
	snapshot_to(&edu, &desk->office, "1-1-001");
	snapshot_to(&edu, &desk->office, "");
	assert_string_equal(ask(&edu, "SELECT group_concat(key || title) FROM"
				      " proposal"),
			    "1-1-001大门");
	assert_int_equal(count(&edu, "SELECT count(*) FROM session"), 1);
	assert_int_equal(count(&edu, "SELECT count(*) FROM signer"), 0);
	assert_same_state(&desk->office, &edu, "edu");
	node_close(&edu);
}

/* A site that had the case before holds what only changes between retire. */
static void change_log__a_snapshot_retires_what_a_site_kept(void **state)
{
	struct desk *desk = *state;
	struct node edu;

	plain(&desk->office, "INSERT INTO handling(proposal, unit) VALUES"
			     " ('1-1-001', 'edu')");
	drain(&desk->office);
	node_open(&edu, desk->folder, "edu", "edu", EDU);
	snapshot_to(&edu, &desk->office, "1-1-001");
	plain(&desk->office, "UPDATE proposal SET title = '侧门'");
	drain(&desk->office);
	plain(&desk->office, "UPDATE proposal SET title = '后门'");
	drain(&desk->office);
	snapshot_to(&edu, &desk->office, "1-1-001");
	assert_string_equal(severity_of(&edu, "proposal", "1-1-001", "title"),
			    "none");
	assert_same_state(&desk->office, &edu, "edu");
	node_close(&edu);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(change_log__a_batch_ends_where_the_author_changes),
		TEST(change_log__a_batch_keeps_its_limits_but_never_is_empty),
		TEST(change_log__seq_is_counted_without_a_gap),
		TEST(change_log__a_case_is_told_in_order),
		TEST(change_log__one_change_is_found_by_its_id),
		TEST(change_log__a_snapshot_of_a_case_is_that_case),
		TEST(change_log__a_snapshot_retires_what_a_site_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
