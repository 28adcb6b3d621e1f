/* stats_test.c - figures of a session, stated and counted. */
#include "cli/stats/stats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/import/import.h"
#include "cli/import/news.h"
#include "cli/stats/stats_view.h"
#include "tests/cli/sample_helper.h"

static struct sample sample;
static struct stats stats;

static int set_up(void **state)
{
	(void)state;
	sample_open(&sample, REPLICA_OFFICE);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	stats_release(&stats);
	sample_close(&sample);
	return 0;
}

static void count(void)
{
	struct err err = {0};

	stats_release(&stats);
	if (stats_load(&stats, sample.replica, NULL, &err) != 0)
		fail_msg("%s", err.text);
}

static const struct stats_tally *tally(const struct stats_tallies *tallies,
				       const char *name)
{
	for (size_t i = 0; i < tallies->n; i++) {
		if (strcmp(tallies->items[i].name, name) == 0)
			return &tallies->items[i];
	}
	fail_msg("no %s", name);
	return NULL;
}

static const struct stats_reconcile *differs(const char *name)
{
	for (size_t i = 0; i < stats.n_reconcile; i++) {
		if (strcmp(stats.reconcile[i].name, name) == 0)
			return &stats.reconcile[i];
	}
	return NULL;
}

static void import_page(const struct buf *text)
{
	struct import_options options = {0};
	struct import_report report;
	struct record_list list;
	struct err err = {0};

	record_list_init(&list);
	if (news_parse(&list, buf_text(text), text->len, &err) != 0 ||
	    import_list(&report, sample.replica, &list, &options, &err) != 0)
		fail_msg("%s", err.text);
	record_list_release(&list);
}

static void see_page(void)
{
	count();
	assert_int_equal(stats_figure(stats.stated_received, stats.received),
			 54);
	assert_int_equal(stats_figure(stats.stated_filed, stats.filed), 48);
	assert_int_equal(stats.key, 20);
	assert_int_equal(stats.stated_led, 15);
	assert_int_equal(stats.stated_supervised, 5);
	assert_int_equal(stats.replied, 20);
	assert_int_equal(stats.classes[0].proposals, 18);
	assert_int_equal(stats.classes[1].proposals, 2);
	assert_int_equal(stats.unclassed, 0);
	assert_int_equal(stats.units.n, 13);
	assert_int_equal(tally(&stats.units, "区经信科技局")->total, 4);
	assert_int_equal(tally(&stats.sectors, "特邀界")->total, 4);
}

static void stats__a_page_gives_its_own_figures(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	sample_read(&text, "key-proposals.txt");
	import_page(&text);
	see_page();
	/* 15 + 5 are the 20 here: only those not printed differ. */
	assert_null(differs("key"));
	assert_int_equal(differs("received")->counted, 20);
	assert_int_equal(differs("filed")->stated, 48);
	assert_int_equal(differs("not_filed")->stated, 6);
	assert_int_equal(stats.n_reconcile, 3);
	buf_release(&text);
}

static void stats__the_real_page_gives_its_own_figures(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	if (!sample_read_real(&text)) {
		buf_release(&text);
		skip();
	}
	import_page(&text);
	buf_release(&text);
	see_page();
}

/* Six proposals: filed by one unit, filed by two separate ones and a co-unit,
 * filed and late, merged, not filed, forwarded. */
static void six(void)
{
	sample_edit(
		&sample,
		"INSERT INTO session(key, committee, name) VALUES"
		" ('1-1', '区政协', '一届一次会议');"
		"INSERT INTO unit(code, name) VALUES ('edu', '区教育局'),"
		" ('hr', '区人社局'), ('water', '区水务局');"
		"INSERT INTO proposal(key, title, review, sector, kind, due,"
		" class_confirmed, is_key) VALUES"
		" ('1-1-1', 'a', 'filed', '教育界', 'person', '2022-06-30',"
		"  'A', 1),"
		" ('1-1-2', 'b', 'filed', '教育界', 'joint', '2022-06-30',"
		"  NULL, 0),"
		" ('1-1-3', 'c', 'filed', '医卫界', 'person', '2022-06-30',"
		"  NULL, 0),"
		" ('1-1-4', 'd', 'merged', NULL, NULL, NULL, NULL, 0),"
		" ('1-1-5', 'e', 'rejected', NULL, NULL, NULL, NULL, 0),"
		" ('1-1-6', 'f', 'forwarded', NULL, NULL, NULL, NULL, 0);"
		"INSERT INTO handling(proposal, unit, role, assigned_on,"
		" draft, class_proposed) VALUES"
		" ('1-1-1', 'edu', 'main', '2022-04-01', '已办', 'B'),"
		" ('1-1-2', 'edu', 'split', '2022-04-01', '已办', 'A'),"
		" ('1-1-2', 'hr', 'split', '2022-04-01', '计划', 'B'),"
		" ('1-1-2', 'water', 'co', '2022-04-01', '同意', NULL),"
		" ('1-1-3', 'hr', 'main', '2022-04-01', NULL, NULL);"
		"INSERT INTO event(proposal, unit, id, kind, at, target)"
		" VALUES ('1-1-1', 'office', 'a', 'submitted',"
		"  '2022-06-20T04:00:00Z', 'edu'),"
		" ('1-1-2', 'office', 'b', 'submitted',"
		"  '2022-06-20T04:00:00Z', 'edu'),"
		" ('1-1-2', 'office', 'c', 'submitted',"
		"  '2022-07-20T04:00:00Z', 'hr');"
		"INSERT INTO contact(proposal, unit, id, mode) VALUES"
		" ('1-1-1', 'office', 'x', 'visit'),"
		" ('1-1-2', 'office', 'y', 'phone');");
}

static void stats__review_and_class_are_counted_by_proposals(void **state)
{
	(void)state;
	six();
	count();
	assert_int_equal(stats.received, 6);
	assert_int_equal(stats.filed, 3);
	assert_int_equal(stats.merged, 1);
	assert_int_equal(stats.rejected, 1);
	assert_int_equal(stats.forwarded, 1);
	assert_int_equal(stats.key, 1);
	/* The office's class stands; two separate units disagree: none. */
	assert_int_equal(stats.classes[0].proposals, 1);
	assert_int_equal(stats.classes[1].proposals, 0);
	assert_int_equal(stats.unclassed, 2);
	assert_int_equal(stats.classes[0].handlings, 1);
	assert_int_equal(stats.classes[1].handlings, 2);
	assert_int_equal(tally(&stats.kinds, "个人")->total, 2);
	assert_int_equal(stats.n_reconcile, 0);
}

static void stats__what_is_not_handed_in_is_not_received(void **state)
{
	(void)state;
	six();
	sample_edit(&sample, "INSERT INTO proposal(key, title) VALUES"
			     " ('1-1-7', '草拟');");
	count();
	assert_int_equal(stats.received, 6);
	assert_int_equal(stats.unreviewed, 0);
}

static void stats__a_case_is_on_time_if_its_last_unit_was(void **state)
{
	(void)state;
	six();
	count();
	assert_int_equal(stats.replied, 2);
	assert_int_equal(stats.with_due, 3);
	assert_int_equal(stats.on_time, 1);
	assert_int_equal(stats.contacted, 1);
	assert_int_equal(stats.n_overdue, 1);
	assert_string_equal(stats.overdue[0], "1-1-3");
}

static void stats__units_are_counted_by_handlings(void **state)
{
	const struct stats_tally *hr;

	(void)state;
	six();
	count();
	assert_int_equal(stats.handlings, 5);
	assert_int_equal(stats.co_units, 1);
	assert_int_equal(stats.opinions, 1);
	hr = tally(&stats.units, "区人社局");
	assert_int_equal(hr->total, 2);
	assert_int_equal(hr->split, 1);
	assert_int_equal(hr->replied, 1);
	assert_int_equal(hr->on_time, 0);
	assert_int_equal(tally(&stats.units, "区教育局")->on_time, 2);
	assert_int_equal(tally(&stats.units, "区水务局")->total, 0);
	assert_int_equal(tally(&stats.units, "区水务局")->co, 1);
}

static void stats__satisfaction_takes_the_last_round(void **state)
{
	(void)state;
	six();
	sample_edit(&sample,
		    "INSERT INTO feedback(proposal, sponsor, round, process,"
		    " result) VALUES"
		    " ('1-1-1', '赵', 1, 'dissatisfied', 'dissatisfied'),"
		    " ('1-1-1', '赵', 2, 'satisfied', 'satisfied'),"
		    " ('1-1-2', '钱', 1, 'satisfied', 'basically'),"
		    " ('1-1-2', '孙', 1, 'satisfied', 'satisfied')");
	count();
	assert_int_equal(stats.asked, 2);
	assert_int_equal(stats.process, 2);
	assert_int_equal(stats.result, 1);
	assert_int_equal(stats.both, 1);
}

static void stats__a_stated_figure_is_compared(void **state)
{
	(void)state;
	six();
	sample_edit(&sample, "UPDATE session SET received = 6, filed = 4,"
			     " led = 1, supervised = 1");
	count();
	assert_null(differs("received"));
	assert_int_equal(differs("filed")->counted, 3);
	assert_int_equal(differs("not_filed")->stated, 2);
	assert_int_equal(differs("not_filed")->counted, 3);
	assert_int_equal(differs("key")->stated, 2);
}

static void stats__voided_rows_count_for_nothing(void **state)
{
	(void)state;
	six();
	sample_edit(&sample,
		    "UPDATE proposal SET void = 1, void_reason = 'x' WHERE"
		    " key = '1-1-4';"
		    "UPDATE handling SET void = 1, void_reason = 'x' WHERE"
		    " unit = 'water'");
	count();
	assert_int_equal(stats.received, 5);
	assert_int_equal(stats.merged, 0);
	assert_int_equal(stats.handlings, 4);
}

static void stats__without_a_session_there_is_nothing_to_count(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(stats_load(&stats, sample.replica, NULL, &err),
			 ERR_INPUT);
	six();
	assert_int_equal(stats_load(&stats, sample.replica, "9-9", &err),
			 ERR_INPUT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(stats__a_page_gives_its_own_figures),
		TEST(stats__the_real_page_gives_its_own_figures),
		TEST(stats__review_and_class_are_counted_by_proposals),
		TEST(stats__what_is_not_handed_in_is_not_received),
		TEST(stats__a_case_is_on_time_if_its_last_unit_was),
		TEST(stats__units_are_counted_by_handlings),
		TEST(stats__satisfaction_takes_the_last_round),
		TEST(stats__a_stated_figure_is_compared),
		TEST(stats__voided_rows_count_for_nothing),
		TEST(stats__without_a_session_there_is_nothing_to_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
