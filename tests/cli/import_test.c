/* import_test.c - a list taken into a replica. */
#include "cli/import/import.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/import/csv_list.h"
#include "cli/import/news.h"
#include "tests/cli/sample_helper.h"

struct trial {
	struct sample sample;
	struct record_list list;
	struct import_report report;
	struct import_options options;
	struct err err;
};

static struct trial trial;

static int at_office(void **state)
{
	(void)state;
	memset(&trial, 0, sizeof(trial));
	record_list_init(&trial.list);
	sample_open(&trial.sample, REPLICA_OFFICE);
	return 0;
}

static int at_unit(void **state)
{
	(void)state;
	memset(&trial, 0, sizeof(trial));
	record_list_init(&trial.list);
	sample_open(&trial.sample, "edu");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	record_list_release(&trial.list);
	sample_close(&trial.sample);
	return 0;
}

static int import_text(const char *text)
{
	record_list_release(&trial.list);
	memset(&trial.err, 0, sizeof(trial.err));
	assert_int_equal(
		news_parse(&trial.list, text, strlen(text), &trial.err), 0);
	return import_list(&trial.report, trial.sample.replica, &trial.list,
			   &trial.options, &trial.err);
}

static int import_table(const char *text)
{
	record_list_release(&trial.list);
	memset(&trial.err, 0, sizeof(trial.err));
	assert_int_equal(csv_list_parse(&trial.list, text, strlen(text), NULL,
					&trial.err),
			 0);
	return import_list(&trial.report, trial.sample.replica, &trial.list,
			   &trial.options, &trial.err);
}

static void import_sample(void)
{
	struct buf text = BUF_INIT;

	sample_read(&text, "key-proposals.txt");
	if (import_text(buf_text(&text)) != 0)
		fail_msg("%s", trial.err.text);
	buf_release(&text);
}

static void assert_ask(const char *sql, const char *answer)
{
	assert_string_equal(sample_ask(&trial.sample, sql), answer);
}

static bool named(const char *part)
{
	for (size_t i = 0; i < trial.list.n_problems; i++) {
		if (strstr(trial.list.problems[i].text, part) != NULL)
			return true;
	}
	return false;
}

#define ONE_ENTRY                                                  \
	"区政协一届一次会议收到提案 1 件。\n"       \
	"14、教育界:《关于课后服务的建议》(A类)\n" \
	"区教育局:已办。\n"

static void import__the_sample_fills_every_table(void **state)
{
	(void)state;
	import_sample();
	assert_int_equal(trial.report.proposals, 20);
	assert_int_equal(trial.report.units, 13);
	assert_int_equal(trial.report.handlings, 20);
	assert_int_equal(trial.report.replies, 20);
	assert_int_equal(trial.report.problems, 0);
	assert_true(trial.report.changes > 200);
	assert_ask("SELECT count(*) FROM proposal WHERE is_key = 1 AND"
		   " review = 'filed'",
		   "20");
	assert_ask("SELECT count(DISTINCT sector_raw) FROM proposal", "16");
	assert_ask("SELECT count(DISTINCT sector) FROM proposal", "15");
	assert_ask("SELECT sector FROM proposal WHERE key = '1-1-008'",
		   "特邀界");
	assert_ask("SELECT count(*) FROM handling WHERE class_proposed = 'A'"
		   " AND role = 'main'",
		   "18");
	assert_ask("SELECT count(*) FROM handling WHERE assigned_on IS NULL",
		   "20");
	assert_ask("SELECT received || ' ' || filed || ' ' || led || ' ' ||"
		   " supervised FROM session WHERE key = '1-1'",
		   "54 48 15 5");
	assert_ask(
		"SELECT title FROM proposal WHERE key = '1-1-014'",
		"关于加大投入,优化布局,完善机制 全面保障钱塘教育高均衡、高品质"
		"发展的建议");
	assert_ask("SELECT count(*) FROM event WHERE kind = 'submitted' AND"
		   " length(text_hash) = 64",
		   "20");
}

static void import__the_same_list_twice_changes_nothing(void **state)
{
	(void)state;
	import_sample();
	import_sample();
	assert_int_equal(trial.report.changes, 0);
	assert_int_equal(trial.report.problems, 0);
	assert_int_equal(trial.report.proposals, 0);
	assert_int_equal(trial.report.replies, 0);
}

static void import__a_table_adds_nothing_to_the_page(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	import_sample();
	sample_read(&text, "key-proposals.csv");
	assert_int_equal(import_table(buf_text(&text)), 0);
	assert_int_equal(trial.report.changes, 0);
	assert_int_equal(trial.report.problems, 0);
	buf_release(&text);
}

static void import__proposals_alone_leave_replies_out(void **state)
{
	(void)state;
	trial.options.parts = RECORD_PROPOSAL;
	import_sample();
	assert_ask("SELECT count(*) FROM proposal", "20");
	assert_ask("SELECT count(*) FROM handling", "20");
	assert_ask("SELECT count(*) FROM handling WHERE draft IS NOT NULL OR"
		   " class_proposed IS NOT NULL",
		   "0");
	assert_ask("SELECT count(*) FROM event", "0");
	trial.options.parts = RECORD_REPLY;
	import_sample();
	assert_int_equal(trial.report.replies, 20);
	assert_ask("SELECT count(*) FROM handling WHERE draft IS NOT NULL",
		   "20");
}

static void import__replies_to_unknown_proposals_are_named(void **state)
{
	(void)state;
	trial.options.parts = RECORD_REPLY;
	sample_edit(&trial.sample, "INSERT INTO unit(code, name) VALUES"
				   " ('edu', '区教育局')");
	assert_int_equal(import_text(ONE_ENTRY), 0);
	assert_int_equal(trial.report.problems, 1);
	assert_true(named("1-1-014 is not known"));
	assert_ask("SELECT count(*) FROM proposal", "0");
}

static void import__an_edit_made_since_stands_and_is_named(void **state)
{
	(void)state;
	import_text(ONE_ENTRY);
	sample_edit(&trial.sample, "UPDATE proposal SET title = '改过的题目'");
	sample_edit(&trial.sample, "UPDATE handling SET class_proposed = 'B'");
	assert_int_equal(import_text(ONE_ENTRY), 0);
	assert_int_equal(trial.report.changes, 0);
	assert_int_equal(trial.report.problems, 2);
	assert_true(named("改过的题目"));
	assert_ask("SELECT title FROM proposal", "改过的题目");
	assert_ask("SELECT class_proposed FROM handling", "B");
}

static void import__units_are_found_by_name_code_and_alias(void **state)
{
	(void)state;
	sample_edit(&trial.sample,
		    "INSERT INTO unit(code, name, aliases) VALUES"
		    " ('edu', '区教育局', '教育局、教体局'),"
		    " ('fin', '区财政局', NULL)");
	trial.options.session = "1-1";
	assert_int_equal(import_table("案号,案由,主办,会办\n"
				      "1,题一,教体局,fin\n"
				      "2,题二,区教育局、区财政局,\n"),
			 0);
	assert_int_equal(trial.report.units, 0);
	assert_ask("SELECT group_concat(proposal || unit || role, ' ') FROM"
		   " (SELECT * FROM handling ORDER BY proposal, unit)",
		   "1-1-001edumain 1-1-001finco 1-1-002edumain 1-1-002finco");
}

static void import__the_office_enters_numbers_beside_the_units_own(void **state)
{
	const char *list = "案号,案由,主办,办理结果,文号,答复日期,答复正文\n"
			   "1,题一,edu,A,教〔2022〕1号,2022-05-04,已办。\n";

	(void)state;
	sample_edit(&trial.sample, "INSERT INTO unit(code, name) VALUES"
				   " ('edu', '区教育局')");
	trial.options.session = "1-1";
	assert_int_equal(import_table(list), 0);
	assert_int_equal(trial.report.problems, 0);
	assert_ask("SELECT doc_no_entered || signed_entered || (doc_no IS NULL)"
		   " || (signed_at IS NULL) FROM handling",
		   "教〔2022〕1号2022-05-0411");
	assert_int_equal(import_table(list), 0);
	assert_int_equal(trial.report.changes, 0);
	assert_int_equal(trial.report.problems, 0);
}

static void import__leaders_and_kinds_are_taken_by_their_words(void **state)
{
	(void)state;
	trial.options.session = "1-1";
	assert_int_equal(
		import_table("案号,案由,类型,领办督办\n"
			     "1,题一,联名,领办 区长 何某；督办 于某（主席）\n"
			     "2,题二,集体,何某\n"
			     "3,题三,党派团体,领办 /\n"),
		0);
	assert_ask("SELECT group_concat(proposal || name || coalesce(post, '')"
		   " || coalesce(mode, '?'), ' ') FROM (SELECT * FROM leader"
		   " ORDER BY proposal, mode)",
		   "1-1-001何某区长lead 1-1-001于某主席supervise 1-1-002何某?");
	assert_ask("SELECT group_concat(coalesce(kind, '-')) FROM (SELECT kind"
		   " FROM proposal ORDER BY key)",
		   "joint,-,party");
	assert_int_equal(trial.report.problems, 3);
	assert_true(named("集体"));
	assert_true(named("“何某” leads or supervises"));
	assert_true(named("“/” names no leader"));
}

static void import__separate_units_take_their_own_answers(void **state)
{
	const char *list = "案号,案由,分办单位,会办单位,办理结果,答复正文\n"
			   "1,题一,edu、hr,law,edu：A；hr：B,"
			   "\"edu：\n一。\nhr：\n二。\"\n";

	(void)state;
	sample_edit(&trial.sample, "INSERT INTO unit(code, name) VALUES"
				   " ('edu', '区教育局'), ('hr', '区人社局'),"
				   " ('law', '区司法局')");
	trial.options.session = "1-1";
	assert_int_equal(import_table(list), 0);
	assert_int_equal(trial.report.problems, 0);
	assert_ask("SELECT group_concat(unit || role || coalesce(class_proposed"
		   " || draft, ''), ' ') FROM (SELECT * FROM handling ORDER BY"
		   " unit)",
		   "edusplitA一。 hrsplitB二。 lawco");
	assert_ask("SELECT status FROM proposal_status", "答复待审");
	assert_int_equal(import_table(list), 0);
	assert_int_equal(trial.report.changes, 0);
}

static void import__two_units_of_one_name_are_named(void **state)
{
	(void)state;
	sample_edit(&trial.sample, "INSERT INTO unit(code, name) VALUES"
				   " ('a', '区教育局'), ('b', '区教育局')");
	assert_int_equal(import_text(ONE_ENTRY), 0);
	assert_true(named("several units"));
	assert_ask("SELECT count(*) FROM handling", "0");
	assert_ask("SELECT count(*) FROM proposal", "1");
}

static void import__a_name_that_is_no_code_is_named(void **state)
{
	(void)state;
	trial.options.session = "1-1";
	assert_int_equal(import_table("案号,案由,主办\n"
				      "1,题一,区委(区政府)办公室\n"),
			 0);
	assert_int_equal(trial.report.problems, 1);
	assert_true(named("tian unit add"));
	assert_ask("SELECT count(*) FROM unit", "0");
}

static void import__an_assignment_made_since_stands(void **state)
{
	(void)state;
	trial.options.parts = RECORD_PROPOSAL;
	import_text(ONE_ENTRY);
	sample_edit(&trial.sample,
		    "INSERT INTO unit(code, name) VALUES ('hr', '区人社局');"
		    "UPDATE handling SET void = 1, void_reason = '改派';"
		    "INSERT INTO handling(proposal, unit, role) VALUES"
		    " ('1-1-014', 'hr', 'main')");
	assert_int_equal(import_text(ONE_ENTRY), 0);
	assert_int_equal(trial.report.changes, 0);
	assert_true(named("is handled by hr"));
}

static void import__strict_takes_nothing(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	trial.options.strict = true;
	sample_read(&text, "dirty-page.txt");
	assert_int_equal(import_text(buf_text(&text)), ERR_INPUT);
	assert_true(trial.report.problems > 0);
	assert_ask("SELECT count(*) FROM proposal", "0");
	assert_ask("SELECT count(*) FROM _pending", "0");
	trial.options.strict = false;
	assert_int_equal(import_text(buf_text(&text)), 0);
	assert_ask("SELECT count(*) FROM proposal", "7");
	buf_release(&text);
}

static void import__a_dry_run_takes_nothing(void **state)
{
	(void)state;
	trial.options.dry_run = true;
	import_sample();
	assert_int_equal(trial.report.proposals, 20);
	assert_int_equal(trial.report.changes, 0);
	assert_ask("SELECT count(*) FROM proposal", "0");
	assert_ask("SELECT count(*) FROM _change", "0");
}

static void import__classes_come_in_letters_and_words(void **state)
{
	(void)state;
	trial.options.session = "1-1";
	assert_int_equal(import_table("案号,案由,主办,结果类别,答复\n"
				      "1,题一,甲局,Ａ类,办了\n"
				      "2,题二,甲局,留作参考,没办\n"
				      "3,题三,甲局,B,在办\n"
				      "4,题四,甲局,D,在办\n"),
			 0);
	assert_ask("SELECT group_concat(coalesce(class_proposed, '-'), '')"
		   " FROM (SELECT * FROM handling ORDER BY proposal)",
		   "ACB-");
	assert_int_equal(trial.report.problems, 1);
	assert_true(named("not one of A, B, C"));
	assert_ask("SELECT count(*) FROM handling WHERE draft IS NOT NULL",
		   "4");
}

static void import__a_list_without_session_asks_for_it(void **state)
{
	static const char table[] = "案号,案由\n1,题一\n";

	(void)state;
	assert_int_equal(import_table(table), ERR_INPUT);
	assert_non_null(strstr(trial.err.text, "--session"));
	trial.options.session = "一届";
	assert_int_equal(import_table(table), ERR_INPUT);
	trial.options.session = "3-2";
	assert_int_equal(import_table(table), 0);
	trial.options.session = NULL;
	assert_int_equal(import_table("案号,案由\n2,题二\n"), 0);
	assert_ask("SELECT group_concat(key, ' ') FROM"
		   " (SELECT key FROM proposal ORDER BY key)",
		   "3-2-001 3-2-002");
}

static void import__a_text_of_two_spellings_is_the_same(void **state)
{
	/* é as one character, then as e and an accent: the log keeps NFC. */
	(void)state;
	trial.options.session = "1-1";
	assert_int_equal(import_table("案号,案由\n1,caf\xc3\xa9\n"), 0);
	assert_int_equal(import_table("案号,案由\n1,cafe\xcc\x81\n"), 0);
	assert_int_equal(trial.report.changes, 0);
	assert_int_equal(trial.report.problems, 0);
}

static void import__a_failing_row_leaves_nothing_behind(void **state)
{
	(void)state;
	/* A trigger of our own stops the 8th proposal. */
	assert_int_equal(
		db_exec(replica_db(trial.sample.replica),
			"CREATE TRIGGER stop BEFORE INSERT ON proposal WHEN"
			" new.key = '1-1-007' BEGIN SELECT RAISE(ABORT,"
			" 'stopped'); END",
			&trial.err),
		0);
	{
		struct buf text = BUF_INIT;

		sample_read(&text, "key-proposals.txt");
		assert_true(import_text(buf_text(&text)) < 0);
		buf_release(&text);
	}
	assert_non_null(strstr(trial.err.text, "stopped"));
	assert_ask("SELECT count(*) FROM proposal", "0");
	assert_ask("SELECT count(*) FROM _pending", "0");
}

/* What the office would have sent this unit. */
static void receive(const char *sql)
{
	struct db *db = replica_db(trial.sample.replica);
	struct err err = {0};

	db_capture(db, false);
	if (db_exec(db, sql, &err) != 0)
		fail_msg("%s", err.text);
	db_capture(db, true);
}

static void import__a_unit_takes_its_own_replies(void **state)
{
	(void)state;
	receive("INSERT INTO unit(code, name) VALUES ('edu', '区教育局'),"
		" ('hr', '区人社局');"
		"INSERT INTO session(key) VALUES ('1-1');"
		"INSERT INTO proposal(key, title) VALUES"
		" ('1-1-006', 'x'), ('1-1-014', 'y');"
		"INSERT INTO handling(proposal, unit, role) VALUES"
		" ('1-1-006', 'edu', 'main'), ('1-1-014', 'edu', 'main')");
	import_sample();
	assert_int_equal(trial.report.parts, RECORD_REPLY);
	assert_int_equal(trial.report.replies, 2);
	assert_int_equal(trial.report.classes, 2);
	assert_int_equal(trial.report.others, 18);
	assert_int_equal(trial.report.problems, 0);
	/* A draft, a class, and an event of kind, at and hash each. */
	assert_ask("SELECT count(*) FROM event WHERE unit = 'edu' AND"
		   " kind = 'submitted'",
		   "2");
	assert_ask("SELECT group_concat(title, '') FROM proposal", "xy");
	import_sample();
	assert_int_equal(trial.report.changes, 0);
}

static void import__a_units_missing_proposal_is_named(void **state)
{
	(void)state;
	receive("INSERT INTO unit(code, name) VALUES ('edu', '区教育局')");
	import_sample();
	assert_int_equal(trial.report.replies, 0);
	assert_int_equal(trial.report.others, 18);
	assert_int_equal(trial.report.problems, 2);
	assert_true(named("1-1-006"));
	assert_true(named("1-1-014"));
}

static void import__problems_of_others_are_not_the_units(void **state)
{
	(void)state;
	receive("INSERT INTO unit(code, name) VALUES ('edu', '区教育局')");
	assert_int_equal(
		import_text("区政协一届一次会议。\n"
			    "1、农业界:《关于水渠的建议》\n区水利局:通水。\n"),
		0);
	assert_int_equal(trial.report.others, 1);
	assert_int_equal(trial.report.problems, 0);
	assert_int_equal(trial.list.n_problems, 0);
}

static void import__a_unit_may_not_import_proposals(void **state)
{
	(void)state;
	trial.options.parts = RECORD_PROPOSAL;
	assert_int_equal(import_text(ONE_ENTRY), ERR_INPUT);
	assert_non_null(strstr(trial.err.text, "--only replies"));
}

static void import__a_unit_that_never_synced_is_told_so(void **state)
{
	(void)state;
	assert_int_equal(import_text(ONE_ENTRY), ERR_INPUT);
	assert_non_null(strstr(trial.err.text, "tian sync"));
}

#define OFFICE(test) cmocka_unit_test_setup_teardown(test, at_office, tear_down)
#define UNIT(test) cmocka_unit_test_setup_teardown(test, at_unit, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		OFFICE(import__the_sample_fills_every_table),
		OFFICE(import__the_same_list_twice_changes_nothing),
		OFFICE(import__a_table_adds_nothing_to_the_page),
		OFFICE(import__proposals_alone_leave_replies_out),
		OFFICE(import__replies_to_unknown_proposals_are_named),
		OFFICE(import__an_edit_made_since_stands_and_is_named),
		OFFICE(import__units_are_found_by_name_code_and_alias),
		OFFICE(import__the_office_enters_numbers_beside_the_units_own),
		OFFICE(import__leaders_and_kinds_are_taken_by_their_words),
		OFFICE(import__separate_units_take_their_own_answers),
		OFFICE(import__two_units_of_one_name_are_named),
		OFFICE(import__a_name_that_is_no_code_is_named),
		OFFICE(import__an_assignment_made_since_stands),
		OFFICE(import__strict_takes_nothing),
		OFFICE(import__a_dry_run_takes_nothing),
		OFFICE(import__classes_come_in_letters_and_words),
		OFFICE(import__a_list_without_session_asks_for_it),
		OFFICE(import__a_text_of_two_spellings_is_the_same),
		OFFICE(import__a_failing_row_leaves_nothing_behind),
		UNIT(import__a_unit_takes_its_own_replies),
		UNIT(import__a_units_missing_proposal_is_named),
		UNIT(import__problems_of_others_are_not_the_units),
		UNIT(import__a_unit_may_not_import_proposals),
		UNIT(import__a_unit_that_never_synced_is_told_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
