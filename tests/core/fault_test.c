/* fault_test.c - fail at operation 1, 2, 3 …, open again, check every
 * invariant: a batch or a drain happened whole or not at all.
 *
 * Two kinds of failure: SQLite is interrupted at its n-th step (the caller
 * rolls back and goes on), and the disk refuses every write from the n-th on
 * (the process dies, and another opens what is there). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/core/replica_helper.h"

enum { OFFICE = 0x11, OTHER = 0x12, TRIES_MAX = 100000 };

/* ---- a disk that fails ------------------------------------------------- */

struct weak_file {
	sqlite3_file base;
	sqlite3_file *real; /* lies behind this struct */
};

static sqlite3_vfs weak;
static sqlite3_vfs *real_vfs;
static sqlite3_io_methods weak_methods;
static long writes_left = -1; /* -1: no end */

static bool refuses(void)
{
	if (writes_left == 0)
		return true;
	if (writes_left > 0)
		writes_left--;
	return false;
}

#define REAL(file) (((struct weak_file *)(file))->real)

static int weak_close(sqlite3_file *file)
{
	return REAL(file)->pMethods->xClose(REAL(file));
}

static int weak_read(sqlite3_file *file, void *out, int n, sqlite3_int64 at)
{
	return REAL(file)->pMethods->xRead(REAL(file), out, n, at);
}

static int weak_write(sqlite3_file *file, const void *bytes, int n,
		      sqlite3_int64 at)
{
	if (refuses()) /* half of it got there */
		return REAL(file)->pMethods->xWrite(REAL(file), bytes, n / 2,
						    at) == SQLITE_OK
			       ? SQLITE_IOERR_WRITE
			       : SQLITE_IOERR_WRITE;
	return REAL(file)->pMethods->xWrite(REAL(file), bytes, n, at);
}

static int weak_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	if (refuses())
		return SQLITE_IOERR_TRUNCATE;
	return REAL(file)->pMethods->xTruncate(REAL(file), size);
}

static int weak_sync(sqlite3_file *file, int flags)
{
	if (refuses())
		return SQLITE_IOERR_FSYNC;
	return REAL(file)->pMethods->xSync(REAL(file), flags);
}

static int weak_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return REAL(file)->pMethods->xFileSize(REAL(file), size);
}

static int weak_lock(sqlite3_file *file, int lock)
{
	return REAL(file)->pMethods->xLock(REAL(file), lock);
}

static int weak_unlock(sqlite3_file *file, int lock)
{
	return REAL(file)->pMethods->xUnlock(REAL(file), lock);
}

static int weak_reserved(sqlite3_file *file, int *out)
{
	return REAL(file)->pMethods->xCheckReservedLock(REAL(file), out);
}

static int weak_control(sqlite3_file *file, int op, void *arg)
{
	return REAL(file)->pMethods->xFileControl(REAL(file), op, arg);
}

static int weak_sector(sqlite3_file *file)
{
	return REAL(file)->pMethods->xSectorSize(REAL(file));
}

static int weak_character(sqlite3_file *file)
{
	return REAL(file)->pMethods->xDeviceCharacteristics(REAL(file));
}

static int weak_shm_map(sqlite3_file *file, int page, int size, int extend,
			void volatile **out)
{
	return REAL(file)->pMethods->xShmMap(REAL(file), page, size, extend,
					     out);
}

static int weak_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	return REAL(file)->pMethods->xShmLock(REAL(file), offset, n, flags);
}

static void weak_shm_barrier(sqlite3_file *file)
{
	REAL(file)->pMethods->xShmBarrier(REAL(file));
}

static int weak_shm_unmap(sqlite3_file *file, int drop)
{
	return REAL(file)->pMethods->xShmUnmap(REAL(file), drop);
}

static int weak_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file,
		     int flags, int *out_flags)
{
	struct weak_file *it = (struct weak_file *)file;
	int rc;

	(void)vfs;
	it->real = (sqlite3_file *)(it + 1);
	rc = real_vfs->xOpen(real_vfs, name, it->real, flags, out_flags);
	file->pMethods = it->real->pMethods != NULL ? &weak_methods : NULL;
	return rc;
}

static void register_weak(void)
{
	real_vfs = sqlite3_vfs_find(NULL);
	weak = *real_vfs;
	weak.zName = "weak";
	weak.szOsFile = (int)sizeof(struct weak_file) + real_vfs->szOsFile;
	weak.xOpen = weak_open;
	weak_methods =
		(sqlite3_io_methods){.iVersion = 2,
				     .xClose = weak_close,
				     .xRead = weak_read,
				     .xWrite = weak_write,
				     .xTruncate = weak_truncate,
				     .xSync = weak_sync,
				     .xFileSize = weak_size,
				     .xLock = weak_lock,
				     .xUnlock = weak_unlock,
				     .xCheckReservedLock = weak_reserved,
				     .xFileControl = weak_control,
				     .xSectorSize = weak_sector,
				     .xDeviceCharacteristics = weak_character,
				     .xShmMap = weak_shm_map,
				     .xShmLock = weak_shm_lock,
				     .xShmBarrier = weak_shm_barrier,
				     .xShmUnmap = weak_shm_unmap};
	sqlite3_vfs_register(&weak, 1);
}

/* ---- what is tried ----------------------------------------------------- */

struct desk {
	char *folder;
	struct node office;
	struct node other;
	struct batch *batch; /* of `other`, in conflict with the office's */
};

static void load_batch(struct desk *desk)
{
	struct change_log_range range = {.origin = OTHER,
					 .from = 1,
					 .limit = 1000,
					 .limit_bytes = 1 << 20};
	struct err err = {0};

	assert_int_equal(change_log_batch(&desk->batch, desk->other.replica,
					  &range, &err),
			 0);
	assert_non_null(desk->batch);
}

static int setup(void **state)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	writes_left = -1;
	desk->folder = helper_folder();
	node_open(&desk->office, desk->folder, "office", "office", OFFICE);
	node_open(&desk->other, desk->folder, "other", "office", OTHER);
	plain(&desk->office,
	      "INSERT INTO proposal(key, title, body, sponsors, publicity)"
	      " VALUES ('1-1-001', '甲', replace(hex(zeroblob(400)), '0',"
	      " '长'), '张三', 'public');"
	      "INSERT INTO handling(proposal, unit, draft) VALUES"
	      " ('1-1-001', 'edu', '一')");
	carry_all(&desk->other, &desk->office);
	plain(&desk->other,
	      "UPDATE proposal SET title = '乙', body = '短', sponsors ="
	      " '张三、李四', publicity = 'extract';"
	      "UPDATE handling SET void = 1, void_reason = '重复';"
	      "UPDATE code SET rank = 7 WHERE code = 'public';"
	      "INSERT INTO leader(proposal, name, post) VALUES"
	      " ('1-1-001', '李', '主任')");
	drain(&desk->other);
	plain(&desk->office,
	      "UPDATE proposal SET title = '丙', body = '别的', sponsors ="
	      " '王五', publicity = 'withheld';"
	      "UPDATE handling SET draft = '二', assigned_on = '2022-01-01'");
	load_batch(desk);
	*state = desk;
	return 0;
}

static int teardown(void **state)
{
	struct desk *desk = *state;

	writes_left = -1;
	batch_free(desk->batch);
	node_close(&desk->office);
	node_close(&desk->other);
	helper_remove(desk->folder);
	free(desk);
	return 0;
}

/* The whole work: what is pending is logged, and the batch is taken in. */
static int work(struct desk *desk)
{
	const struct apply_options options = {.authorise = true};
	struct apply_result result = {0};
	struct db *db = replica_db(desk->office.replica);
	struct err err = {0};
	int rc = db_begin(db, &err);

	if (rc == 0)
		rc = change_log_drain(desk->office.replica, NULL, &err);
	if (rc == 0)
		rc = apply_batch(desk->office.replica, desk->batch, &options,
				 &result, &err);
	if (rc == 0)
		rc = db_commit(db, &err);
	if (rc < 0)
		db_rollback(db);
	apply_result_release(&result);
	return rc;
}

struct facts {
	long long changes;
	long long pending;
};

static struct facts facts_of(struct node *node)
{
	return (struct facts){count(node, "SELECT count(*) FROM _change"),
			      count(node, "SELECT count(*) FROM _pending")};
}

/* Nothing of it, or (a commit that failed only after the fact) all. */
static bool whole_or_nothing(struct desk *desk, struct facts before)
{
	struct facts now = facts_of(&desk->office);

	if (now.changes == before.changes) {
		assert_int_equal(now.pending, before.pending);
		return false;
	}
	assert_int_equal(now.pending, 0);
	assert_int_equal(now.changes,
			 before.changes + before.pending +
				 (long long)desk->batch->n_changes);
	return true;
}

/* Where nothing fails it ends like this, also after all failures. */
static void finish(struct desk *desk)
{
	int rc = work(desk);

	assert_int_equal(rc, 0);
	assert_invariants(&desk->office);
	carry_all(&desk->other, &desk->office);
	assert_same_state(&desk->office, &desk->other, NULL);
	assert_string_equal(severity_of(&desk->office, "handling",
					"1-1-001/edu", "void"),
			    "hard");
}

static int stop(void *count)
{
	long *left = count;

	return --*left < 0;
}

static void fault__interrupted_at_any_step_nothing_happened(void **state)
{
	struct desk *desk = *state;
	struct facts before = facts_of(&desk->office);
	sqlite3 *conn = db_handle(replica_db(desk->office.replica));
	long failed = 0;

	for (long n = 0; n < TRIES_MAX; n += 1 + n / 16) {
		long left = n;
		int rc;

		sqlite3_progress_handler(conn, 1, stop, &left);
		rc = work(desk);
		sqlite3_progress_handler(conn, 0, NULL, NULL);
		if (rc == 0)
			break;
		failed++;
		assert_int_equal(rc, ERR_FAIL);
		assert_false(whole_or_nothing(desk, before));
	}
	print_message("interrupted %ld times\n", failed);
	assert_true(failed > 50);
	finish(desk);
}

static void fault__with_a_disk_that_fails_it_is_whole_or_nothing(void **state)
{
	struct desk *desk = *state;
	struct facts before = facts_of(&desk->office);
	long failed = 0;

	for (long n = 0; n < TRIES_MAX; n++) {
		int rc;

		/* The plain connection must not checkpoint for it. */
		node_reopen(&desk->office);
		sqlite3_close(desk->office.plain);
		desk->office.plain = NULL;
		writes_left = n;
		rc = work(desk);
		replica_close(desk->office.replica);
		writes_left = -1;
		assert_int_equal(sqlite3_open(desk->office.path,
					      &desk->office.plain),
				 SQLITE_OK);
		desk->office.replica = NULL;
		node_reopen(&desk->office);
		if (rc == 0)
			break;
		failed++;
		assert_string_equal(
			ask(&desk->office, "PRAGMA integrity_check"), "ok");
		if (whole_or_nothing(desk, before))
			break;
	}
	print_message("failed %ld times\n", failed);
	assert_true(failed > 3);
	finish(desk);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(fault__interrupted_at_any_step_nothing_happened),
		TEST(fault__with_a_disk_that_fails_it_is_whole_or_nothing),
	};

	register_weak();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
