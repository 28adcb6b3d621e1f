/* cmd_list.c - tian list: proposals, one line each.
 * Knows one query; status and lateness are the views'. */
#include "cli/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/terminal/args.h"
#include "cli/case/case.h"
#include "cli/terminal/json_out.h"
#include "cli/terminal/message.h"
#include "cli/case/search.h"
#include "cli/terminal/table.h"
#include "cli/case/value.h"
#include "cli/conflict/late_view.h"
#include "core/base/db.h"

static const char help[] = N_(
	"usage: tian list [--status S] [--unit U] [--class A] [--overdue]\n"
	"                 [--search TEXT]\n"
	"\n"
	"Lists the proposals of this replica. Conditions given together must\n"
	"all hold.\n"
	"\n"
	"  --status S     草稿 已提交 立案 并案 不立案 转意见建议 撤案 交办 办理中\n"
	"                 答复待审 审核通过 审核驳回 已答复 办结 重新办理 归档\n"
	"                 已移交 (taken back from this unit: read only)\n"
	"  --unit U       handled by U (code or name)\n"
	"  --class A      confirmed, or proposed by the main unit\n"
	"  --overdue      past the date the reply was due\n"
	"  --search TEXT  in title, text, sponsors, sector, numbers, replies\n"
	"\n"
	"example: tian list --unit edu --status 办理中\n");

/* Of a case that is this unit's no more: what stands before it is of then. */
#define LIST_HANDED_OVER "已移交"

static const char *const statuses[] = {
	"草稿",	      "已提交",	       "立案",	 "并案",   "不立案",
	"转意见建议", "撤案",	       "交办",	 "办理中", "答复待审",
	"审核通过",   "审核驳回",      "已答复", "办结",   "重新办理",
	"归档",	      LIST_HANDED_OVER};

enum {
	LIST_KEY,
	LIST_CASE_NO,
	LIST_TITLE,
	LIST_SECTOR,
	LIST_STATUS,
	LIST_MAIN, /* codes, separated by U+001F */
	LIST_CO,
	LIST_SPLIT,
	LIST_MAIN_NAMES, /* names of main or separate units, by 、 */
	LIST_CO_NAMES,
	LIST_CLASS,
	LIST_DUE,
	LIST_OVERDUE,
	LIST_HARD,
	LIST_SOFT,
	LIST_RELEASED
};

/* What the units that handle a case say: `part` is the role of one, or that
 * the case was taken from it. */
#define OF_UNITS(value, part) value " FILTER (WHERE h.part " part ")"
#define REPLYING "IN ('main', 'split')"
#define UNITS(part) OF_UNITS("group_concat(h.unit, char(31))", "= " part)
#define NAMES(part) \
	OF_UNITS("group_concat(coalesce(u.name, h.unit), '、')", part)
#define LEAST_CLASS OF_UNITS("min(h.class_proposed)", REPLYING)

/* Of the cases that `among` lets through. */
#define LIST(among, conflicting)                                                                                                                                                          \
	"WITH c AS MATERIALIZED (SELECT p.key, p.case_no, p.title, p.sector,"                                                                                                             \
	" (SELECT s.status FROM proposal_status s WHERE s.key = p.key)"                                                                                                                   \
	" AS status,"                                                                                                                                                                     \
	" " UNITS("'main'") " AS main, " UNITS(                                                                                                                                           \
		"'co'") " AS co,"                                                                                                                                                         \
			" " UNITS(                                                                                                                                                        \
				"'split'") " AS split,"                                                                                                                                   \
					   " " NAMES(                                                                                                                                     \
						   REPLYING) " AS main_names,"                                                                                                            \
							     " " NAMES(                                                                                                                   \
								     "= 'co'") " AS co_names,"                                                                                            \
									       " coalesce(p.class_confirmed, CASE " LEAST_CLASS                                                           \
									       " WHEN"                                                                                                    \
									       "  " OF_UNITS(                                                                                             \
										       "max(h.class_proposed)",                                                                           \
										       REPLYING) " THEN"                                                                                  \
												 "  " LEAST_CLASS                                                                         \
												 " END) AS class,"                                                                        \
												 " coalesce(p.due, " OF_UNITS(                                                            \
													 "min(h.due)",                                                                    \
													 REPLYING) ") AS due,"                                                            \
														   " total(h.unit = ?6 AND h.part = 'released') > 0 AS released"          \
														   " FROM proposal p LEFT JOIN (SELECT *, iif(void IS 1, 'released',"     \
														   "  role) AS part FROM handling) h ON h.proposal = p.key"               \
														   " LEFT JOIN unit u ON u.code = h.unit"                                 \
														   " WHERE p.void IS NOT 1" among                                         \
														   " AND (?4 IS NULL OR instr(lower(p.key || ' ' ||"                      \
														   "  coalesce(p.case_no, '') || ' ' || coalesce(p.title, '') || ' ' ||"  \
														   "  coalesce(p.body, '') || ' ' || coalesce(p.sponsors, '') || ' ' ||"  \
														   "  coalesce(p.sector, '')), lower(?4)) OR EXISTS (SELECT 1 FROM"       \
														   "  handling h WHERE h.proposal = p.key AND h.void IS NOT 1 AND"        \
														   "  instr(lower(h.draft), lower(?4))))"                                 \
														   " GROUP BY p.key HAVING ?2 IS NULL OR"                                 \
														   "  total(h.unit = ?2 AND h.part IS NOT 'released') > 0)"               \
														   " SELECT c.key, c.case_no, c.title, c.sector, c.status, c.main, c.co," \
														   " c.split, c.main_names, c.co_names, c.class, c.due,"                  \
														   " coalesce(c.due < date('now', 'localtime') AND c.status IN"           \
														   "  (SELECT status FROM _owing), 0) AS late, coalesce(k.hard, 0),"      \
														   " coalesce(k.soft, 0), c.released FROM c"                              \
														   " LEFT JOIN (SELECT case_key, sum(severity = 'hard') AS hard,"         \
														   "  sum(severity = 'soft') AS soft FROM conflict" conflicting           \
														   " GROUP BY case_key) AS k"                                             \
														   "  ON k.case_key = c.key"                                              \
														   " WHERE (?1 IS NULL OR iif(c.released, '" LIST_HANDED_OVER             \
														   "', c.status) = ?1) AND (?3 IS NULL OR c.class = ?3)"                  \
														   " AND (?5 = 0 OR late)"                                                \
														   " ORDER BY rtrim(c.key, '0123456789'), length(c.key), c.key"

static const char SQL_LIST[] = LIST("", "");
static const char SQL_LIST_AMONG[] =
	LIST(" AND p.key IN (SELECT value FROM json_each(?7))",
	     " WHERE case_key IN (SELECT value FROM json_each(?7))");
static const char SQL_HANDLED[] =
	"SELECT json_group_array(proposal) FROM handling WHERE unit = ?1 AND"
	" void IS NOT 1";

/* A unit's word that came late in a case that it had. */
struct list_late {
	struct buf key;
	enum late_state state; /* the first of the enum that any has */
};

struct list {
	struct cli *cli;
	const char *status;
	const char *unit;
	const char *class_word;
	const char *search;
	bool overdue;
	bool any_late, any_released, any_soft; /* marks that need a word */
	struct list_late *late;
	size_t n_late;
	bool late_marks[LATE_DECLINED + 1]; /* that need a word */
	struct buf among; /* keys that narrow the search, a JSON array */
	struct buf unit_code;
	struct buf class_code;
	struct table *table;
	struct json_out json;
};

static int check_status(const char *word, struct err *err)
{
	struct buf all = BUF_INIT;
	int rc;

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (!word || strcmp(statuses[i], word) == 0) {
			buf_release(&all);
			return 0;
		}
		buf_addf(&all, " %s", statuses[i]);
	}
	rc = err_set(err, ERR_USAGE, _("'%s' is no status; these are:%s"), word,
		     buf_text(&all));
	buf_release(&all);
	return rc;
}

/* Turns --unit and --class into codes. */
static int read_conditions(struct list *list, struct err *err)
{
	struct replica *replica = list->cli->replica;
	const struct field *field = entity_field_named(
		replica_schema(replica)->cases, "class_confirmed");
	struct value value;
	int rc = 0;

	if (list->unit)
		rc = case_unit(&list->unit_code, replica, list->unit, err);
	if (rc == 0 && list->class_word)
		rc = value_read(&value, &list->class_code, replica, field,
				list->class_word, err);
	return rc;
}

static int add_handled(struct list *list, struct err *err)
{
	struct db *db = replica_db(list->cli->replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_HANDLED, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, buf_text(&list->unit_code));
	rc = db_step(db, stmt, err);
	if (rc == 1)
		buf_adds(&list->among, db_text(stmt, 0));
	sqlite3_reset(stmt);
	return rc < 0 ? rc : buf_check(&list->among, err);
}

static int bind(sqlite3_stmt **out, struct list *list, struct err *err)
{
	bool narrowed = false;
	int rc = 0;

	if (list->search)
		rc = search_cases(&list->among, &narrowed, list->cli->replica,
				  list->cli->path, list->search, err);
	if (rc == 0 && !narrowed && list->unit) {
		rc = add_handled(list, err);
		narrowed = true;
	}
	if (rc == 0)
		rc = db_stmt(out, replica_db(list->cli->replica),
			     narrowed ? SQL_LIST_AMONG : SQL_LIST, err);
	if (rc < 0)
		return rc;
	db_bind_text(*out, 1, list->status);
	db_bind_text(*out, 2, list->unit ? buf_text(&list->unit_code) : NULL);
	db_bind_text(*out, 3,
		     list->class_word ? buf_text(&list->class_code) : NULL);
	db_bind_text(*out, 4, list->search);
	db_bind_int(*out, 5, list->overdue);
	db_bind_text(*out, 6, replica_site(list->cli->replica));
	if (narrowed)
		db_bind_text(*out, 7, buf_text(&list->among));
	return 0;
}

static int add_late(const struct late_word *word, void *ctx, struct err *err)
{
	struct list *list = ctx;
	const struct change *change = word->entry->change;
	size_t len = strcspn(change->row, "/");
	struct list_late *last =
		list->n_late > 0 ? &list->late[list->n_late - 1] : NULL;
	struct list_late *grown;

	if (last && last->key.len == len &&
	    memcmp(buf_text(&last->key), change->row, len) == 0) {
		if (word->state < last->state)
			last->state = word->state;
		return 0;
	}
	grown = realloc(list->late, (list->n_late + 1) * sizeof(*grown));
	if (!grown)
		return err_nomem(err);
	list->late = grown;
	grown[list->n_late] = (struct list_late){BUF_INIT, word->state};
	buf_add(&grown[list->n_late].key, change->row, len);
	return buf_check(&grown[list->n_late++].key, err);
}

static const struct list_late *late_of(const struct list *list, const char *key)
{
	for (size_t i = 0; i < list->n_late; i++)
		if (strcmp(buf_text(&list->late[i].key), key) == 0)
			return &list->late[i];
	return NULL;
}

static const char *text_or_null(sqlite3_stmt *stmt, int column)
{
	return db_is_null(stmt, column) ? NULL : db_text(stmt, column);
}

static void add_json(struct list *list, sqlite3_stmt *stmt)
{
	const struct list_late *late = late_of(list, db_text(stmt, LIST_KEY));
	struct json_out *json = &list->json;

	json_out_object(json, NULL);
	json_out_text(json, "key", db_text(stmt, LIST_KEY));
	json_out_text(json, "case_no", text_or_null(stmt, LIST_CASE_NO));
	json_out_text(json, "title", text_or_null(stmt, LIST_TITLE));
	json_out_text(json, "sector", text_or_null(stmt, LIST_SECTOR));
	json_out_text(json, "status", db_text(stmt, LIST_STATUS));
	json_out_text(json, "main", text_or_null(stmt, LIST_MAIN));
	json_out_codes(json, "co", db_text(stmt, LIST_CO));
	json_out_codes(json, "split", db_text(stmt, LIST_SPLIT));
	json_out_text(json, "class", text_or_null(stmt, LIST_CLASS));
	json_out_text(json, "due", text_or_null(stmt, LIST_DUE));
	json_out_bool(json, "overdue", db_int(stmt, LIST_OVERDUE));
	json_out_bool(json, "released", db_int(stmt, LIST_RELEASED));
	json_out_text(json, "late", late ? late_view_state(late->state) : NULL);
	json_out_int(json, "conflicts",
		     db_int(stmt, LIST_HARD) + db_int(stmt, LIST_SOFT));
	json_out_end(json);
}

static void add_row(struct list *list, sqlite3_stmt *stmt)
{
	static const char *const marks[] = {"…", "✓", "✗"};
	const struct list_late *late = late_of(list, db_text(stmt, LIST_KEY));
	char conflicts[48] = "";
	struct buf due = BUF_INIT, status = BUF_INIT;
	int64_t hard = db_int(stmt, LIST_HARD);
	int64_t soft = db_int(stmt, LIST_SOFT);

	if (hard > 0)
		snprintf(conflicts, sizeof(conflicts), "%lld", (long long)hard);
	else if (soft > 0)
		snprintf(conflicts, sizeof(conflicts), "(%lld)",
			 (long long)soft);
	buf_addf(&due, "%s%s", db_text(stmt, LIST_DUE),
		 db_int(stmt, LIST_OVERDUE) ? "!" : "");
	buf_adds(&status, db_int(stmt, LIST_RELEASED)
				  ? LIST_HANDED_OVER
				  : db_text(stmt, LIST_STATUS));
	if (late) {
		buf_adds(&status, marks[late->state]);
		list->late_marks[late->state] = true;
	}
	list->any_late = list->any_late || db_int(stmt, LIST_OVERDUE);
	list->any_released = list->any_released || db_int(stmt, LIST_RELEASED);
	list->any_soft = list->any_soft || (hard == 0 && soft > 0);
	const char *cells[] = {
		db_text(stmt, LIST_KEY),
		db_text(stmt, LIST_TITLE),
		db_text(stmt, LIST_SECTOR),
		buf_text(&status),
		db_text(stmt, LIST_MAIN_NAMES),
		db_text(stmt, LIST_CO_NAMES),
		db_text(stmt, LIST_CLASS),
		buf_text(&due),
		conflicts,
	};
	table_add(list->table, cells);
	buf_release(&due);
	buf_release(&status);
}

static int print(struct list *list, struct err *err)
{
	int rc;

	if (list->cli->json)
		return json_out_print(&list->json, stdout, err);
	if (table_rows(list->table) == 0)
		cli_note(_("No proposals."));
	rc = table_show(list->table, stdout, err);
	if (rc < 0)
		return rc;
	if (list->any_late)
		cli_note(_("! past the date the reply was due"));
	if (list->any_released)
		cli_note(_("已移交: taken back from this unit, read only "
			   "(tian show says when, and who has it)"));
	if (list->late_marks[LATE_WAITS])
		cli_note(_("… what was written after it was taken back waits "
			   "for the office"));
	if (list->late_marks[LATE_ACCEPTED])
		cli_note(_("✓ what was written after it was taken back was "
			   "accepted"));
	if (list->late_marks[LATE_DECLINED])
		cli_note(_("✗ what was written after it was taken back was "
			   "not accepted (tian show says why)"));
	if (list->any_soft)
		cli_note(_("(1) settled by rule; see tian conflicts"));
	return 0;
}

static int run(struct list *list, struct err *err)
{
	struct db *db;
	sqlite3_stmt *stmt;
	int rc = cli_open(list->cli, err);

	if (rc == 0)
		rc = read_conditions(list, err);
	if (rc == 0)
		rc = late_each_word(list->cli->replica, NULL, add_late, list,
				    err);
	if (rc == 0)
		rc = bind(&stmt, list, err);
	if (rc < 0)
		return rc;
	db = replica_db(list->cli->replica);
	json_out_array(&list->json, NULL);
	while ((rc = db_step(db, stmt, err)) == 1) {
		if (list->cli->json)
			add_json(list, stmt);
		else
			add_row(list, stmt);
	}
	sqlite3_reset(stmt);
	json_out_end(&list->json);
	return rc < 0 ? rc : print(list, err);
}

int cmd_list(struct cli *cli, int argc, char **argv)
{
	struct list list = {.cli = cli};
	const struct arg_option options[] = {
		{"--status", ARG_ONE, &list.status},
		{"--unit", ARG_ONE, &list.unit},
		{"--class", ARG_ONE, &list.class_word},
		{"--search", ARG_ONE, &list.search},
		{"--overdue", ARG_FLAG, &list.overdue},
	};
	const struct table_column columns[] = {
		{_("case"), TABLE_LEFT, false},
		{_("title"), TABLE_LEFT, TABLE_LAST},
		{_("sector"), TABLE_LEFT, true},
		{_("status"), TABLE_LEFT, false},
		{_("main unit"), TABLE_LEFT, true},
		{_("co-units"), TABLE_LEFT, true},
		{_("class"), TABLE_LEFT, false},
		{_("due"), TABLE_LEFT, false},
		{_("conflicts"), TABLE_RIGHT, false},
	};
	const struct arg_spec spec = {help, options, 5, 0, 0};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	json_out_init(&list.json);
	list.table = table_new(columns, 9);
	if (rc == 0)
		rc = check_status(list.status, &err);
	if (rc == 0)
		rc = run(&list, &err);
	table_free(list.table);
	for (size_t i = 0; i < list.n_late; i++)
		buf_release(&list.late[i].key);
	free(list.late);
	json_out_release(&list.json);
	buf_release(&list.among);
	buf_release(&list.unit_code);
	buf_release(&list.class_code);
	args_list_release(&words);
	return rc < 0 ? cli_fail(cli, &err) : CLI_DONE;
}
