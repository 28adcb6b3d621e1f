/* corpus.c - made-up proposals, units and edits from a fixed seed. */
#include "tests/bench/corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log/edit.h"
#include "tests/bench/measure.h"

enum { HANDLING = 11 };

uint64_t random_next(struct random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

size_t random_below(struct random *random, size_t n)
{
	return (size_t)(random_next(random) % n);
}

static const char *const words[] = {
	"关于",	    "进一步", "加强",	"推进",	  "建设",     "提升",
	"社区",	    "养老",   "服务",	"教育",	  "资源",     "均衡",
	"产业",	    "园区",   "数字化", "转型",	  "交通",     "拥堵",
	"治理",	    "停车",   "泊位",	"规划",	  "生态",     "河道",
	"环境",	    "整治",   "垃圾",	"分类",	  "文化",     "传承",
	"保护",	    "旅游",   "融合",	"发展",	  "医疗",     "卫生",
	"人才",	    "引进",   "政策",	"落实",	  "企业",     "营商",
	"优化",	    "审批",   "流程",	"我局",	  "高度重视", "会同",
	"有关部门", "研究",   "制定",	"实施",	  "方案",     "目前",
	"已完成",   "下一步", "将继续", "加大",	  "力度",     "确保",
	"取得",	    "实效",   "感谢",	"您",	  "对",	      "工作",
	"的",	    "关心",   "和",	"支持",	  "建议",     "采纳",
	"农村",	    "道路",   "学校",	"学位",	  "供给",     "专项",
	"资金",	    "安排",   "三年",	"行动",	  "计划",     "年底前",
	"全面",	    "覆盖",   "居民",	"满意度", "调查",     "结果",
	"显示",	    "较上年", "提高",	"百分点", "形成",     "长效",
	"机制",	    "监督",   "考核",	"体系"};

void random_text(struct buf *out, struct random *random, size_t characters)
{
	size_t n = sizeof(words) / sizeof(words[0]);
	size_t since = 0;

	buf_clear(out);
	while (out->len < characters * 3) {
		const char *word = words[random_below(random, n)];

		buf_adds(out, word);
		since += strlen(word) / 3;
		if (since > 12) {
			buf_adds(out, random_below(random, 3) ? "，" : "。");
			since = 0;
		}
		if (random_below(random, 40) == 0)
			buf_addf(out, "%zu", random_below(random, 1000));
	}
}

void corpus_case(char out[CORPUS_KEY], size_t proposal)
{
	snprintf(out, CORPUS_KEY, "1-1-%05zu", proposal + 1);
}

void corpus_unit(char out[CORPUS_KEY], size_t unit)
{
	snprintf(out, CORPUS_KEY, "u%02zu", unit);
}

uint64_t corpus_origin(size_t node)
{
	struct random random = {node + 1};

	return random_next(&random) >> 1 | 1;
}

sqlite3 *plain_open(const char *path)
{
	sqlite3 *conn = NULL;

	must_true(sqlite3_open(path, &conn) == SQLITE_OK, "open SQLite");
	plain_exec(conn, "PRAGMA journal_mode = WAL;"
			 "PRAGMA synchronous = FULL;"
			 "PRAGMA cache_size = -32768;"
			 "PRAGMA wal_autocheckpoint = 0;");
	return conn;
}

void plain_exec(sqlite3 *conn, const char *sql)
{
	if (sqlite3_exec(conn, sql, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "bench: %s: %s\n", sqlite3_errmsg(conn), sql);
		exit(1);
	}
}

sqlite3_stmt *plain_prepare(sqlite3 *conn, const char *sql)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(conn, sql, -1, &stmt, NULL) != SQLITE_OK) {
		fprintf(stderr, "bench: %s: %s\n", sqlite3_errmsg(conn), sql);
		exit(1);
	}
	return stmt;
}

void plain_run(sqlite3_stmt *stmt)
{
	int rc;

	do
		rc = sqlite3_step(stmt);
	while (rc == SQLITE_ROW);
	if (rc != SQLITE_DONE) {
		fprintf(stderr, "bench: %s\n",
			sqlite3_errmsg(sqlite3_db_handle(stmt)));
		exit(1);
	}
	sqlite3_reset(stmt);
}

void plain_drop_triggers(sqlite3 *conn)
{
	sqlite3_stmt *stmt = plain_prepare(
		conn, "SELECT group_concat('DROP TRIGGER \"' || name || '\"',"
		      " ';') FROM sqlite_schema WHERE type = 'trigger'");
	char *sql = NULL;

	if (sqlite3_step(stmt) == SQLITE_ROW)
		sql = sqlite3_mprintf("%s", sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	must_true(sql != NULL, "list the triggers");
	plain_exec(conn, sql);
	sqlite3_free(sql);
}

void plain_close(sqlite3 *conn)
{
	must_true(sqlite3_close(conn) == SQLITE_OK, "close SQLite");
}

static void bind(sqlite3_stmt *stmt, int at, const char *text)
{
	sqlite3_bind_text(stmt, at, text, -1, SQLITE_TRANSIENT);
}

static void add_units(sqlite3 *conn, size_t units)
{
	sqlite3_stmt *stmt = plain_prepare(
		conn, "INSERT INTO unit(code, name) VALUES (?1, '单位' || ?1)");
	char unit[CORPUS_KEY];

	for (size_t i = 0; i < units; i++) {
		corpus_unit(unit, i);
		bind(stmt, 1, unit);
		plain_run(stmt);
	}
	sqlite3_finalize(stmt);
}

static void add_proposals(sqlite3 *conn, const struct corpus *corpus)
{
	sqlite3_stmt *proposal = plain_prepare(
		conn, "INSERT INTO proposal(key, case_no, title, body, sector,"
		      " review, due, position) VALUES (?1, '第' || ?2 || '号',"
		      " ?3, ?4, '教育界', 'filed', '2022-06-30', ?2)");
	sqlite3_stmt *handling = plain_prepare(
		conn, "INSERT INTO handling(proposal, unit, role, assigned_on,"
		      " due) VALUES (?1, ?2, 'main', '2022-03-01',"
		      " '2022-06-01')");
	struct random random = {1};
	struct buf text = BUF_INIT;
	char key[CORPUS_KEY];
	char unit[CORPUS_KEY];

	for (size_t i = 0; i < corpus->proposals; i++) {
		corpus_case(key, i);
		corpus_unit(unit, i % corpus->units);
		bind(proposal, 1, key);
		sqlite3_bind_int64(proposal, 2, (int64_t)i + 1);
		random_text(&text, &random, 20);
		bind(proposal, 3, buf_text(&text));
		random_text(&text, &random, 200);
		bind(proposal, 4, buf_text(&text));
		plain_run(proposal);
		bind(handling, 1, key);
		bind(handling, 2, unit);
		plain_run(handling);
	}
	buf_release(&text);
	sqlite3_finalize(proposal);
	sqlite3_finalize(handling);
}

/* What the office wrote and the units had not seen when they wrote theirs. */
static void add_disputed(sqlite3 *conn, const struct corpus *corpus)
{
	sqlite3_stmt *stmt =
		plain_prepare(conn, "UPDATE handling SET class_proposed = 'C'"
				    " WHERE proposal = ?1");
	char key[CORPUS_KEY];

	for (size_t i = 0; i < corpus->disputed; i++) {
		corpus_case(key, i * corpus->proposals / corpus->disputed);
		bind(stmt, 1, key);
		plain_run(stmt);
	}
	sqlite3_finalize(stmt);
}

void corpus_office(const char *path, const struct corpus *corpus)
{
	const struct replica_identity id = {.site = REPLICA_OFFICE,
					    .author = "王芳",
					    .origin = corpus_origin(9999)};
	struct replica *replica = NULL;
	struct err err = {0};
	sqlite3 *conn;

	must(replica_create(path, &id, &err), &err, "create the office");
	must(replica_open(&replica, path, &err), &err, "open the office");
	must(edit_begin(replica, &err), &err, "fill the office");
	conn = db_handle(replica_db(replica));
	add_units(conn, corpus->units);
	add_proposals(conn, corpus);
	must(edit_commit(replica, NULL, NULL, NULL, &err), &err, "log it");
	if (corpus->disputed > 0) {
		must(edit_begin(replica, &err), &err, "dispute");
		add_disputed(conn, corpus);
		must(edit_commit(replica, NULL, NULL, NULL, &err), &err,
		     "dispute");
	}
	replica_close(replica);
}

/* Columns of a handling that its own unit writes, the text first. */
static const struct {
	uint32_t id;
	const char *name;
} fields[CORPUS_FIELDS] = {{8, "draft"},       {6, "contact_name"},
			   {7, "phone"},       {9, "class_proposed"},
			   {10, "doc_no"},     {11, "signer"},
			   {13, "signed_hash"}};

void corpus_edit(struct corpus_edit *out, struct buf *text,
		 struct random *random, const struct corpus *corpus,
		 size_t unit, size_t n)
{
	static const char *const classes[] = {"A", "B", "C"};
	size_t own = corpus->proposals / corpus->units;
	size_t field = random_below(random, 10) < 3
			       ? 0
			       : 1 + random_below(random, CORPUS_FIELDS - 1);

	out->proposal = unit + n % own * corpus->units;
	out->field = fields[field].id;
	out->name = fields[field].name;
	if (field == 0) {
		random_text(text, random, 200 + random_below(random, 400));
	} else if (out->field == 9) {
		buf_clear(text);
		buf_adds(text, classes[random_below(random, 3)]);
	} else {
		buf_clear(text);
		buf_addf(text, "%s%zu", words[random_below(random, 90)],
			 random_below(random, 1000000));
	}
	out->text = buf_text(text);
	out->len = text->len;
}

void corpus_batch(struct corpus_batch *out, const struct corpus *corpus,
		  size_t unit, size_t n)
{
	size_t own = corpus->proposals / corpus->units;
	uint64_t *last = calloc(own * 16, sizeof(*last));
	struct random random = {unit + 1000};
	struct buf text = BUF_INIT;
	static char site[64][CORPUS_KEY];
	struct corpus_edit edit;

	memset(out, 0, sizeof(*out));
	out->changes = calloc(n, sizeof(*out->changes));
	out->bases = calloc(n, sizeof(*out->bases));
	out->rows = calloc(n, 2 * CORPUS_KEY);
	must_true(last != NULL && out->changes != NULL && out->bases != NULL &&
			  out->rows != NULL && unit < 64,
		  "make a batch");
	corpus_unit(site[unit], unit);
	for (size_t i = 0; i < n; i++) {
		struct change *change = &out->changes[i];
		char *row = out->rows + i * 2 * CORPUS_KEY;
		uint64_t *before;

		corpus_edit(&edit, &text, &random, corpus, unit, i);
		corpus_case(row, edit.proposal);
		snprintf(row + strlen(row), CORPUS_KEY, "/%s", site[unit]);
		before = &last[edit.proposal / corpus->units * 16 + edit.field];
		change->id.origin = corpus_origin(unit);
		change->id.seq = i + 1;
		change->clock = (1650000000000ULL + i * 1000) << 16;
		change->entity = HANDLING;
		change->field = edit.field;
		change->row = row;
		change->row_len = strlen(row);
		change->value.type = VALUE_TEXT;
		change->value.len = edit.len;
		/* An offset until the buffer stays where it is. */
		change->value.integer = (int64_t)out->text.len;
		buf_add(&out->text, edit.text, edit.len);
		out->bases[i] = (struct change_id){change->id.origin, *before};
		change->bases = &out->bases[i];
		change->n_bases = *before > 0;
		*before = i + 1;
	}
	for (size_t i = 0; i < n; i++) {
		out->changes[i].value.bytes =
			out->text.data + out->changes[i].value.integer;
		out->changes[i].value.integer = 0;
	}
	out->batch = (struct batch){.origin = corpus_origin(unit),
				    .site = site[unit],
				    .author = "李明",
				    .schema = 1,
				    .changes = out->changes,
				    .n_changes = n};
	buf_release(&text);
	free(last);
}

void corpus_batch_release(struct corpus_batch *batch)
{
	free(batch->changes);
	free(batch->bases);
	free(batch->rows);
	buf_release(&batch->text);
}
