/* table_header.c - what each column of a table is, by its heading.
 * Knows headings; knows no value. */
#include "cli/import/table_room.h"

#include <stdlib.h>
#include <string.h>

#include "cli/terminal/message.h"

enum { ROWS_BEFORE_HEADER = 20, NAMES_MAX = 14 };

/* Each column's field, for --map, and the names offices give it, the most
 * telling first: where a table has both 案号 and 序号, the number is the
 * 案号. */
static const struct {
	const char *field;
	const char *names[NAMES_MAX];
} columns[TABLE_COLUMNS] = {
	[TABLE_NUMBER] = {"number",
			  {"案号", "提案号", "提案编号", "编号", "number",
			   "case_no", "序号", "no"}},
	[TABLE_SECTOR] = {"sector",
			  {"界别", "提案界别", "所属界别", "界别组", "sector"}},
	[TABLE_TITLE] = {"title",
			 {"案由", "提案案由", "题目", "提案题目", "标题",
			  "提案标题", "提案名称", "事由", "title"}},
	[TABLE_BODY] = {"body",
			{"提案内容", "提案正文", "正文", "建议内容", "body"}},
	[TABLE_SPONSORS] = {"sponsors",
			    {"提案人", "提案者", "第一提案人", "提案单位",
			     "sponsors"}},
	[TABLE_MAIN] = {"main",
			{"主办单位", "主办", "承办单位", "办理单位", "牵头单位",
			 "主办部门", "承办部门", "main"}},
	[TABLE_SPLIT] = {"split",
			 {"分办单位", "分办", "分别办理单位", "分办部门",
			  "split"}},
	[TABLE_CO] = {"co",
		      {"会办单位", "协办单位", "会办", "协办", "配合单位",
		       "会办部门", "协办部门", "co"}},
	[TABLE_CLASS] = {"class",
			 {"办理结果", "答复类别", "办理类别", "结果类别",
			  "类别", "class"}},
	[TABLE_REPLY] = {"reply",
			 {"答复正文", "答复内容", "答复意见", "答复",
			  "办理答复", "办理情况", "reply"}},
	[TABLE_KEY] = {"key", {"重点提案", "是否重点", "重点", "key"}},
	[TABLE_DOC_NO] = {"doc_no",
			  {"文号", "答复文号", "发文字号", "发文号", "doc_no"}},
	[TABLE_REPLIED_ON] = {"replied_on",
			      {"答复日期", "答复时间", "办复日期", "办复时间",
			       "签发日期", "replied_on"}},
	[TABLE_DUE] = {"due",
		       {"办结期限", "办理期限", "答复期限", "期限", "due"}},
	[TABLE_CATEGORY] = {"category",
			    {"提案类别", "提案分类", "分类", "category"}},
	[TABLE_KIND] = {"kind", {"提案类型", "提案形式", "类型", "kind"}},
	[TABLE_LEADERS] = {"leaders",
			   {"领办督办", "领办督办领导", "领导", "leaders"}},
	[TABLE_LED] = {"led", {"领办领导", "领办人", "领办", "led"}},
	[TABLE_SUPERVISED] = {"supervised",
			      {"督办领导", "督办人", "督办", "supervised"}},
};

const char *table_list_fields(void)
{
	return "number, title, body, sponsors, sector, category, kind, main, "
	       "split, co, due, key, leaders, led, supervised, class, doc_no, "
	       "replied_on, reply, -";
}

/* The column a field names; TABLE_COLUMNS for none ("-"), -1 if unknown. */
static int column_named(const char *field)
{
	if (strcmp(field, "-") == 0)
		return TABLE_COLUMNS;
	for (int which = 0; which < TABLE_COLUMNS; which++) {
		if (strcmp(columns[which].field, field) == 0)
			return which;
	}
	return -1;
}

int table_map_check(const struct table_map *map, struct err *err)
{
	for (size_t i = 0; i < map->n; i++) {
		const char *field = strrchr(map->items[i], '=');

		if (!field || field == map->items[i] ||
		    column_named(field + 1) < 0)
			return err_set(err, ERR_USAGE,
				       _("--map: '%s' is not HEADING=FIELD; "
					 "fields are %s"),
				       map->items[i], table_list_fields());
	}
	return 0;
}

/* A header cell against a name: blanks and a bracket behind do not count. */
static bool is_named(struct scan scan, struct scan want)
{
	while (want.at < want.end) {
		int code = scan_take(&scan);

		if (code == ' ')
			continue;
		if (code >= 'A' && code <= 'Z')
			code += 'a' - 'A';
		if (code != scan_take(&want))
			return false;
	}
	scan_spaces(&scan);
	return scan.at == scan.end || scan_peek(&scan) == '(';
}

/* The column a heading is mapped to; -1 where --map does not name it. */
static int mapped(const struct table_list *table, size_t index)
{
	struct scan heading = table_row_cell(&table->head, index);

	for (size_t i = 0; table->map && i < table->map->n; i++) {
		const char *item = table->map->items[i];
		const char *field = strrchr(item, '=');

		if ((size_t)(field - item) == scan_len(&heading) &&
		    memcmp(item, heading.at, scan_len(&heading)) == 0)
			return column_named(field + 1);
	}
	return -1;
}

/* The cell of a column: mapped to it, or by its most telling name; or -1. */
static int find_column(const struct table_list *table,
		       enum table_list_column which)
{
	const struct table_row *head = &table->head;

	for (size_t c = 0; c < head->n && c < TABLE_CELLS_MAX; c++) {
		if (mapped(table, c) == (int)which)
			return (int)c;
	}
	for (size_t i = 0; columns[which].names[i]; i++) {
		struct scan want = scan_text(columns[which].names[i]);

		for (size_t c = 0; c < head->n && c < TABLE_CELLS_MAX; c++) {
			if (mapped(table, c) < 0 &&
			    is_named(table_row_cell(head, c), want))
				return (int)c;
		}
	}
	return -1;
}

static bool is_used(const struct table_list *table, size_t index)
{
	for (int which = 0; which < TABLE_COLUMNS; which++) {
		if (table->at[which] == (int)index)
			return true;
	}
	return mapped(table, index) == TABLE_COLUMNS;
}

/* Finds every column of the header row; how many it has. */
static int find_columns(struct table_list *table)
{
	int known = 0;

	for (int which = 0; which < TABLE_COLUMNS; which++) {
		table->at[which] =
			find_column(table, (enum table_list_column)which);
		known += table->at[which] >= 0;
	}
	return known;
}

static void copy_row(struct table_row *to, const struct table_row *from)
{
	buf_clear(&to->text);
	to->n = 0;
	for (size_t c = 0; c < from->n && c < TABLE_CELLS_MAX; c++)
		table_row_add(to, table_row_cell(from, c));
}

int table_header_read(struct table_list *table, struct err *err)
{
	copy_row(&table->head, &table->row);
	table->head_line = table->line;
	if (find_columns(table) >= 2 && table->at[TABLE_NUMBER] >= 0) {
		table->has_header = true;
		table->head_open = true;
		return buf_check(&table->head.text, err);
	}
	if (++table->rows_before < ROWS_BEFORE_HEADER)
		return 0;
	return err_set(err, ERR_INPUT,
		       _("no header row found: none of the first %d rows names "
			 "案号 and 案由"),
		       ROWS_BEFORE_HEADER);
}

static bool same(struct scan a, struct scan b)
{
	return scan_len(&a) == scan_len(&b) &&
	       memcmp(a.at, b.at, scan_len(&a)) == 0;
}

static bool is_heading(struct scan cell)
{
	for (int which = 0; which < TABLE_COLUMNS; which++)
		for (size_t i = 0; columns[which].names[i]; i++)
			if (is_named(cell, scan_text(columns[which].names[i])))
				return true;
	return false;
}

static bool same_as_above(const struct table_list *table,
			  enum table_list_column which)
{
	struct scan here = table_column(table, which);
	size_t at = (size_t)table->at[which];

	return same(here, table_row_cell(&table->head, at));
}

/* The open row goes on with the header: the number's heading once more, where
 * cells are merged, or headings where number and title are empty. */
static bool goes_on(const struct table_list *table)
{
	bool headings = false;

	if (same_as_above(table, TABLE_NUMBER))
		return true;
	if (!table_empty(table_column(table, TABLE_NUMBER)) ||
	    !table_empty(table_column(table, TABLE_TITLE)))
		return false;
	for (size_t c = 0; c < table->row.n && c < TABLE_CELLS_MAX; c++)
		headings = headings || is_heading(table_cell(table, c));
	return headings;
}

/* The heading of a cell in the second row: itself, where that is known, or
 * behind the one above it: 日期 below 答复 is 答复日期. */
static void add_lower(struct table_row *to, struct scan above, struct scan here)
{
	struct buf both = BUF_INIT;
	struct scan joined;

	buf_add(&both, above.at, scan_len(&above));
	buf_add(&both, here.at, scan_len(&here));
	joined = scan_text(buf_text(&both));
	table_row_add(to,
		      !is_heading(here) && is_heading(joined) ? joined : here);
	to->text.failed = to->text.failed || both.failed;
	buf_release(&both);
}

/* Headings of the open row stand before those above. */
static void join_rows(struct table_list *table)
{
	struct table_row above = table->head;
	size_t n = above.n > table->row.n ? above.n : table->row.n;
	struct scan over = scan_text("");

	memset(&table->head, 0, sizeof(table->head));
	for (size_t c = 0; c < n && c < TABLE_CELLS_MAX; c++) {
		struct scan here = table_cell(table, c);
		struct scan upper = table_row_cell(&above, c);

		/* A heading of several columns stands in the first. */
		if (!table_empty(upper))
			over = upper;
		if (table_empty(here) || same(here, upper))
			table_row_add(&table->head, upper);
		else
			add_lower(&table->head, over, here);
	}
	find_columns(table);
	table->head.text.failed = table->head.text.failed || above.text.failed;
	buf_release(&above.text);
}

/* Columns of the table that are not taken are named, once. */
static int name_unused(struct table_list *table, struct err *err)
{
	struct record_about where = {.line = table->head_line,
				     .record = RECORD_NONE,
				     .parts = RECORD_PROPOSAL | RECORD_REPLY,
				     .note = true};
	int rc = 0;

	for (size_t c = 0; rc == 0 && c < table->head.n && c < TABLE_CELLS_MAX;
	     c++) {
		struct scan name = table_row_cell(&table->head, c);

		if (is_used(table, c) || table_empty(name))
			continue;
		where.column = c + 1;
		rc = record_list_problem(table->list, where, err,
					 _("column '%.*s' is not taken"),
					 (int)scan_len(&name), name.at);
	}
	return rc;
}

int table_header_close(bool *taken, struct table_list *table, struct err *err)
{
	table->head_open = false;
	*taken = goes_on(table);
	if (*taken)
		join_rows(table);
	if (table->head.text.failed)
		return err_nomem(err);
	for (int which = 0; which < TABLE_COLUMNS; which++) {
		if (table->at[which] < 0)
			continue;
		table->names[which] = scan_dup(
			table_row_cell(&table->head, (size_t)table->at[which]));
		if (!table->names[which])
			return err_nomem(err);
	}
	return name_unused(table, err);
}
