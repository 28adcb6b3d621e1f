/* desk_helper.c - replicas for tests.
 * Knows replicas; knows no command. */
#include "tests/cli/desk_helper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/merge/apply.h"
#include "core/log/change_log.h"
#include "core/base/db.h"
#include "core/log/edit.h"

static void path_of(char out[320], const struct desk *desk, const char *name)
{
	snprintf(out, 320, "%s/%s", desk->dir, name);
}

void desk_open(struct desk *desk, const char *site)
{
	struct replica_identity id = {.site = site, .author = "王芳"};
	const char *tmp = getenv("TMPDIR");
	char path[320];
	struct err err = {0};

	snprintf(desk->dir, sizeof(desk->dir), "%s/tian-desk-XXXXXX",
		 tmp && *tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(desk->dir));
	path_of(path, desk, "tian.db");
	if (replica_create(path, &id, &err) < 0 ||
	    replica_open(&desk->replica, path, &err) < 0)
		fail_msg("%s", err.text);
}

void desk_close(struct desk *desk)
{
	static const char *const files[] = {"tian.db", "tian.db-wal",
					    "tian.db-shm", "letter"};
	char path[320];

	replica_close(desk->replica);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		path_of(path, desk, files[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(desk->dir), 0);
}

void desk_sql(struct desk *desk, const char *sql)
{
	struct err err = {0};

	if (edit_begin(desk->replica, &err) < 0 ||
	    db_exec(replica_db(desk->replica), sql, &err) < 0 ||
	    edit_commit(desk->replica, NULL, NULL, NULL, &err) < 0)
		fail_msg("%s: %s", sql, err.text);
}

const char *desk_ask(struct desk *desk, const char *sql)
{
	static char answer[4096];
	struct err err = {0};
	sqlite3_stmt *stmt = NULL;
	int rc = db_prepare(&stmt, replica_db(desk->replica), sql, &err);

	if (rc == 0)
		rc = db_step(replica_db(desk->replica), stmt, &err);
	if (rc < 0)
		fail_msg("%s: %s", sql, err.text);
	snprintf(answer, sizeof(answer), "%s", rc == 1 ? db_text(stmt, 0) : "");
	sqlite3_finalize(stmt);
	return answer;
}

const char *desk_letter(const struct desk *desk, const char *text)
{
	static char path[320];
	FILE *file;

	path_of(path, desk, "letter");
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	return path;
}

void desk_fill(struct desk *desk)
{
	desk_sql(desk,
		 "INSERT INTO session(key, name, due_months) VALUES"
		 " ('1-1', '一届一次', 3), ('1-2', '一届二次', NULL);"
		 "INSERT INTO unit(code, name, aliases) VALUES"
		 " ('office', '区政协提案委', NULL),"
		 " ('edu', '区教育局', '教育局、教委'),"
		 " ('hr', '区人社局', NULL), ('区民政局', '区民政局', NULL);"
		 "INSERT INTO proposal(key, case_no, title, review) VALUES"
		 " ('1-1-014', '第014号', '课后服务', 'filed'),"
		 " ('1-1-002', '第002号', '养老', 'filed'),"
		 " ('1-2-014', '第014号', '停车', 'filed');"
		 "INSERT INTO handling(proposal, unit, role) VALUES"
		 " ('1-1-014', 'edu', 'main'), ('1-1-014', 'hr', 'co');");
}

void desk_carry(struct desk *to, struct desk *from)
{
	struct change_log_range range = {.origin =
						 replica_origin(from->replica),
					 .from = 1,
					 .limit = 10000,
					 .limit_bytes = 1 << 24};
	struct apply_options options = {0};
	struct apply_result result = {0};
	struct batch *batch = NULL;
	struct err err = {0};

	if (change_log_batch(&batch, from->replica, &range, &err) < 0)
		fail_msg("%s", err.text);
	if (!batch)
		return;
	if (db_begin(replica_db(to->replica), &err) < 0 ||
	    change_log_drain(to->replica, NULL, &err) < 0 ||
	    apply_batch(to->replica, batch, &options, &result, &err) < 0 ||
	    db_commit(replica_db(to->replica), &err) < 0)
		fail_msg("%s", err.text);
	apply_result_release(&result);
	batch_free(batch);
}
