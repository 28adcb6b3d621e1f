/* kill_test.c - whatever is killed, whenever: run again, and it ends in the
 * same state. And many at once: all arrive, nothing twice. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/sync/git_helper.h"
#include "tests/sync/world_helper.h"

enum {
	KILLS = 200,
	INIT_KILLS = 40,
	NODES = 20,
	ROUNDS = 4,
	SANITIZED = 5 /* that many times fewer kills, each slower */
};

static uint64_t seed;

static int setup(void **state)
{
	(void)state;
	folder_make();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_forget();
	folder_remove();
	return 0;
}

/* xorshift64: the same schedule for the same seed. */
static uint64_t next_random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static void take_seed(void)
{
	const char *given = getenv("TIAN_SEED");

	seed = given != NULL ? strtoull(given, NULL, 10) : 20221014;
	print_message("TIAN_SEED=%llu\n", (unsigned long long)seed);
}

/* What a child does; its exit status. */
typedef int child_fn(const char *name);

static int sync_node(const char *name)
{
	struct sync_report report = {.pushed = 0};
	struct node *node = NULL;
	struct err err;
	int rc = node_open(&node, in_folder("%s", name), &err);

	if (rc == 0)
		rc = node_sync(&report, node, NULL, &err);
	if (rc < 0)
		fprintf(stderr, "sync %s: %s\n", name, err.text);
	sync_report_release(&report);
	node_close(node);
	return rc < 0;
}

static int init_office(const char *name)
{
	struct node_options options = {.site = REPLICA_OFFICE};
	struct err err;

	options.dir = in_folder("%s", name);
	options.hub = in_folder("%s.hub", name);
	return node_init_office(&options, &err) < 0;
}

static pid_t start(child_fn *fn, const char *name)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(fn(name));
	return child;
}

/* Runs it and kills it after at most `limit` microseconds. True: it was
 * killed before it ended. */
static bool kill_within(child_fn *fn, const char *name, uint64_t limit)
{
	struct timespec pause = {0, 0};
	pid_t child = start(fn, name);
	int status;

	pause.tv_nsec = (long)(next_random() % limit) * 1000;
	nanosleep(&pause, NULL);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status);
}

static void must_verify(const char *name, enum verify_source source)
{
	struct verify_report report = {.ok = false};
	struct node *node = NULL;
	struct err err = {0};

	assert_int_equal(node_open(&node, in_folder("%s", name), &err), 0);
	assert_int_equal(node_verify(&report, node, source, NULL, &err), 0);
	for (size_t i = 0; i < report.n_findings; i++)
		print_error("%s: %s\n", name, report.findings[i]);
	assert_true(report.ok);
	verify_report_release(&report);
	node_close(node);
}

static void edit_number(const char *name, int n)
{
	char sql[128];

	snprintf(sql, sizeof(sql),
		 "UPDATE handling SET draft = '第%d稿。' WHERE unit = 'edu'",
		 n);
	world_edit(name, "王芳", sql);
}

static void kill__a_sync_killed_anywhere_is_simply_run_again(void **state)
{
	int wanted = is_sanitized() ? KILLS / SANITIZED : KILLS;
	int killed = 0;

	(void)state;
	take_seed();
	world_office();
	world_unit("edu", "edu", "区教育局");
	world_unit("hr", "hr", "区人社局");
	world_case("1-1-001", "教育", "edu");
	world_sync("office", 0);
	world_sync("edu", 0);
	for (int n = 0; killed < wanted; n++) {
		assert_true(n < 20 * KILLS);
		if (n % 3 == 0)
			edit_number("edu", n);
		if (n % 5 == 0)
			world_edit("office", "李明",
				   n % 2 ? "UPDATE proposal SET sector = '甲'"
					 : "UPDATE proposal SET sector = "
					   "'乙'");
		killed += kill_within(sync_node, n % 2 ? "edu" : "office",
				      is_sanitized() ? 100000 : 25000);
	}
	edit_number("edu", 10000);
	world_sync("edu", 0);
	assert_int_equal(world_sync("office", 0)->refused, 0);
	world_sync("edu", 0);
	world_sync("hr", 0);
	assert_string_equal(world_text("office", "SELECT draft FROM handling"),
			    "第10000稿。");
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", "edu"));
	assert_string_equal(world_state("office", "hr"),
			    world_state("hr", "hr"));
	must_verify("office", VERIFY_HUB);
	must_verify("office", VERIFY_OWN);
	must_verify("edu", VERIFY_OWN);
	assert_int_equal(run(NULL, 0,
			     "for r in hub office/tian.git edu/tian.git; do"
			     " git -C $r fsck --strict || exit 1; done"),
			 0);
	/* Nothing piles up that no one will ever clear. */
	assert_int_equal(run(NULL, 0,
			     "find hub office edu -name '*.lock' ! -name"
			     " tian.lock | grep . && exit 1;"
			     " find hub office edu -name 'pack_git2_*' |"
			     " grep . && exit 1; exit 0"),
			 0);
}

static void kill__an_init_killed_anywhere_is_simply_run_again(void **state)
{
	int wanted = is_sanitized() ? INIT_KILLS / SANITIZED : INIT_KILLS;
	int killed = 0;

	(void)state;
	take_seed();
	for (int n = 0; killed < wanted; n++) {
		char name[16];
		bool again = true;

		assert_true(n < 20 * INIT_KILLS);
		snprintf(name, sizeof(name), "o%d", n);
		for (int i = 0; again && i < 3; i++) {
			again = kill_within(init_office, name, 40000);
			killed += again;
		}
		assert_int_equal(init_office(name), 0);
		world_sync(name, 0);
		assert_string_equal(world_text(name,
					       "SELECT count(*) || '/' ||"
					       " count(DISTINCT fingerprint)"
					       " FROM signer"),
				    "1/1");
		assert_int_equal(run(NULL, 0, "rm -rf %s %s.hub", name, name),
				 0);
	}
}

/* Everybody writes, then all sync at the same time. */
static void play_round(int round)
{
	pid_t children[NODES + 2];
	char name[16];
	char sql[256];
	int status;

	for (int i = 0; i < NODES; i++) {
		snprintf(name, sizeof(name), "u%d", i);
		snprintf(sql, sizeof(sql),
			 "UPDATE handling SET doc_no = '%d号'", round);
		world_edit(name, "某人", sql);
	}
	snprintf(sql, sizeof(sql), "UPDATE proposal SET sector = '%d'", round);
	world_edit("office", "李明", sql);
	for (int i = 0; i < NODES; i++) {
		snprintf(name, sizeof(name), "u%d", i);
		children[i] = start(sync_node, name);
	}
	children[NODES] = start(sync_node, "office");
	children[NODES + 1] = start(sync_node, "office2");
	for (int i = 0; i < NODES + 2; i++) {
		waitpid(children[i], &status, 0);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
}

static void kill__many_at_once_all_arrive(void **state)
{
	char name[16];
	char sql[256];

	(void)state;
	world_office();
	for (int i = 0; i < NODES; i++) {
		snprintf(name, sizeof(name), "u%d", i);
		world_unit(name, name, name);
		snprintf(sql, sizeof(sql), "1-1-%03d", i + 1);
		world_case(sql, "题", name);
	}
	world_sync("office", 0);
	world_stranger("office2", "office");
	world_enrol("office2", "office");
	world_sync("office", 0);
	world_sync("office2", 0);
	for (int i = 0; i < NODES; i++) {
		snprintf(name, sizeof(name), "u%d", i);
		world_sync(name, 0);
	}
	for (int round = 0; round < ROUNDS; round++)
		play_round(round);
	world_sync("office", 0);
	world_sync("office2", 0);
	assert_string_equal(world_state("office", NULL),
			    world_state("office2", NULL));
	for (int i = 0; i < NODES; i++) {
		snprintf(name, sizeof(name), "u%d", i);
		world_sync(name, 0);
		assert_string_equal(world_state("office", name),
				    world_state(name, name));
	}
	assert_string_equal(world_text("office",
				       "SELECT count(*) FROM handling WHERE"
				       " doc_no = '3号'"),
			    "20");
	must_verify("office", VERIFY_HUB);
	must_verify("office2", VERIFY_HUB);
}

#define KILL_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		KILL_TEST(kill__a_sync_killed_anywhere_is_simply_run_again),
		KILL_TEST(kill__an_init_killed_anywhere_is_simply_run_again),
		KILL_TEST(kill__many_at_once_all_arrive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
