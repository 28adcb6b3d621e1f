/* sample_helper.c - what the tests of lists and publications share.
 * Knows tests/samples and throw-away folders. */
#include "tests/cli/sample_helper.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/crypto.h"
#include "core/log/edit.h"

enum { SAMPLE_MAX = 1 << 20 };

static const char *source_folder(void)
{
	const char *folder = getenv("TIAN_SOURCE");

	return folder != NULL ? folder : ".";
}

void sample_read(struct buf *out, const char *name)
{
	char path[4096];
	struct err err = {0};

	snprintf(path, sizeof(path), "%s/tests/samples/%s", source_folder(),
		 name);
	if (buf_read_file(out, path, SAMPLE_MAX, &err) != 0)
		fail_msg("%s", err.text);
}

bool sample_read_real(struct buf *out)
{
	char path[4096];
	const char *given = getenv("TIAN_REAL_SOURCE");
	struct err err = {0};

	snprintf(path, sizeof(path),
		 "%s/../shared/data/qiantang-key-proposals.txt",
		 source_folder());
	return buf_read_file(out, given != NULL ? given : path, SAMPLE_MAX,
			     &err) == 0;
}

void sample_squeeze(struct buf *out, const char *text)
{
	while (*text != '\0') {
		if (strchr(" \t\r\n", *text) != NULL) {
			text++;
		} else if (strncmp(text, "\xe3\x80\x80", 3) == 0) {
			text += 3;
		} else {
			buf_addc(out, *text++);
		}
	}
}

void sample_open(struct sample *sample, const char *site)
{
	char path[300];
	const char *tmp = getenv("TMPDIR");
	struct replica_identity identity = {.site = site, .author = "王芳"};
	struct err err = {0};

	if (crypto_init(&err) != 0)
		fail_msg("%s", err.text);
	snprintf(sample->folder, sizeof(sample->folder), "%s/tian-test-XXXXXX",
		 tmp != NULL && *tmp != '\0' ? tmp : "/tmp");
	assert_non_null(mkdtemp(sample->folder));
	snprintf(path, sizeof(path), "%s/tian.db", sample->folder);
	if (replica_create(path, &identity, &err) != 0 ||
	    replica_open(&sample->replica, path, &err) != 0)
		fail_msg("%s", err.text);
}

void sample_close(struct sample *sample)
{
	DIR *dir;
	struct dirent *entry;

	replica_close(sample->replica);
	sample->replica = NULL;
	dir = opendir(sample->folder);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir != NULL)
		closedir(dir);
	rmdir(sample->folder);
}

const char *sample_ask(struct sample *sample, const char *sql)
{
	static char answer[8192];
	sqlite3_stmt *stmt = NULL;
	struct err err = {0};
	struct db *db = replica_db(sample->replica);

	answer[0] = '\0';
	if (db_prepare(&stmt, db, sql, &err) != 0)
		fail_msg("%s: %s", sql, err.text);
	if (db_step(db, stmt, &err) > 0)
		snprintf(answer, sizeof(answer), "%s", db_text(stmt, 0));
	sqlite3_finalize(stmt);
	return answer;
}

void sample_edit(struct sample *sample, const char *sql)
{
	struct err err = {0};

	if (edit_begin(sample->replica, &err) != 0 ||
	    db_exec(replica_db(sample->replica), sql, &err) != 0 ||
	    edit_commit(sample->replica, NULL, NULL, NULL, &err) != 0)
		fail_msg("%s: %s", sql, err.text);
}

void sample_submit(struct sample *sample)
{
	sample_edit(sample, "INSERT INTO event(proposal, unit, id, kind, at,"
			    " target) SELECT proposal, 'office', 'x-' || unit,"
			    " 'submitted', '2022-07-01T00:00:00Z', unit FROM"
			    " handling WHERE draft <> '' AND role <> 'co'");
}
