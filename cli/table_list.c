/* table_list.c - a table of proposals, row by row, read as a list.
 * Knows headings and what each column fills in; knows no file format. */
#include "cli/table_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/doc_no.h"
#include "cli/message.h"
#include "cli/scan.h"
#include "cli/separate.h"
#include "cli/value.h"
#include "core/buf.h"

enum { CELLS_MAX = 128, ROWS_BEFORE_HEADER = 20, NAMES_MAX = 14 };

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

struct table_list {
	struct record_list *list;
	const struct table_map *map;
	struct buf cells;	 /* texts of the row, each terminated */
	size_t start[CELLS_MAX]; /* where each begins in `cells` */
	size_t n;		 /* cells of the row so far */
	size_t line;		 /* at which the row began */
	bool header;		 /* the header row was read */
	size_t header_cells;
	int at[TABLE_COLUMNS];	    /* cell index of each column, or -1 */
	char *names[TABLE_COLUMNS]; /* as the header prints them, owned */
	size_t rows_before;	    /* title rows above the header */
};

int table_list_new(struct table_list **out, struct record_list *list,
		   const struct table_map *map, struct err *err)
{
	struct table_list *table = calloc(1, sizeof(*table));

	if (!table)
		return err_nomem(err);
	table->list = list;
	table->map = map;
	*out = table;
	return 0;
}

void table_list_free(struct table_list *table)
{
	if (!table)
		return;
	for (int which = 0; which < TABLE_COLUMNS; which++)
		free(table->names[which]);
	buf_release(&table->cells);
	free(table);
}

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

static struct scan cell(const struct table_list *table, size_t index)
{
	if (index >= table->n || index >= CELLS_MAX)
		return scan_text("");
	return scan_trim(
		scan_text(buf_text(&table->cells) + table->start[index]));
}

/* The cell of a column, empty where the table has none. */
static struct scan column(const struct table_list *table,
			  enum table_list_column which)
{
	return table->at[which] < 0 ? scan_text("")
				    : cell(table, (size_t)table->at[which]);
}

static bool empty(struct scan scan)
{
	return scan_len(&scan) == 0;
}

static bool row_empty(const struct table_list *table)
{
	for (size_t i = 0; i < table->n; i++) {
		if (!empty(cell(table, i)))
			return false;
	}
	return true;
}

static struct record_about about(const struct table_list *table, long record,
				 unsigned parts)
{
	return (struct record_about){
		.line = table->line, .record = record, .parts = parts};
}

/* The same of a column: where in the row it stands. */
static struct record_about about_column(const struct table_list *table,
					enum table_list_column which,
					unsigned parts)
{
	struct record_about where =
		about(table, (long)table->list->n - 1, parts);

	where.column = (size_t)table->at[which] + 1;
	return where;
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
	struct scan heading = cell(table, index);

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
	for (size_t c = 0; c < table->n && c < CELLS_MAX; c++) {
		if (mapped(table, c) == (int)which)
			return (int)c;
	}
	for (size_t i = 0; columns[which].names[i]; i++) {
		struct scan want = scan_text(columns[which].names[i]);

		for (size_t c = 0; c < table->n && c < CELLS_MAX; c++) {
			if (mapped(table, c) < 0 &&
			    is_named(cell(table, c), want))
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

/* Columns of the table that are not taken are named, once. */
static int name_unused(struct table_list *table, struct err *err)
{
	struct record_about where =
		about(table, RECORD_NONE, RECORD_PROPOSAL | RECORD_REPLY);
	int rc = 0;

	where.note = true;
	for (size_t i = 0; rc == 0 && i < table->n && i < CELLS_MAX; i++) {
		struct scan name = cell(table, i);

		if (is_used(table, i) || empty(name))
			continue;
		where.column = i + 1;
		rc = record_list_problem(table->list, where, err,
					 _("column '%.*s' is not taken"),
					 (int)scan_len(&name), name.at);
	}
	return rc;
}

static int read_header(struct table_list *table, struct err *err)
{
	int known = 0;

	for (int which = 0; which < TABLE_COLUMNS; which++) {
		table->at[which] =
			find_column(table, (enum table_list_column)which);
		known += table->at[which] >= 0;
	}
	if (known < 2 || table->at[TABLE_NUMBER] < 0) {
		if (++table->rows_before < ROWS_BEFORE_HEADER)
			return 0;
		return err_set(err, ERR_INPUT,
			       _("no header row found: none of the first %d "
				 "rows names 案号 and 案由"),
			       ROWS_BEFORE_HEADER);
	}
	table->header = true;
	table->header_cells = table->n;
	for (int which = 0; which < TABLE_COLUMNS; which++) {
		if (table->at[which] < 0)
			continue;
		table->names[which] =
			scan_dup(cell(table, (size_t)table->at[which]));
		if (!table->names[which])
			return err_nomem(err);
	}
	return name_unused(table, err);
}

static int refuse_row(struct table_list *table, size_t at, const char *why,
		      struct err *err)
{
	struct record_about where =
		about(table, RECORD_NONE, RECORD_PROPOSAL | RECORD_REPLY);

	where.column = at;
	return record_list_problem(table->list, where, err,
				   _("this line is not taken: %s"), why);
}

int table_list_refuse(struct table_list *table, size_t line, const char *why,
		      struct err *err)
{
	table->line = line;
	return refuse_row(table, 0, why, err);
}

static int refuse_cell(struct table_list *table, enum table_list_column which,
		       struct err *err)
{
	char why[256];

	snprintf(why, sizeof(why), _("column '%s' is empty"),
		 table->names[which]);
	return refuse_row(table, (size_t)table->at[which] + 1, why, err);
}

/* More cells than the header has: a stray quote or separator moved them. */
static bool too_many(const struct table_list *table)
{
	if (table->n > CELLS_MAX)
		return true;
	for (size_t i = table->header_cells; i < table->n; i++) {
		if (!empty(cell(table, i)))
			return true;
	}
	return false;
}

/* Line ends within a cell become plain ones. */
static void plain_ends(char *text)
{
	char *to = text;

	for (; *text != '\0'; text++) {
		if (text[0] != '\r' || text[1] != '\n')
			*to++ = *text;
	}
	*to = '\0';
}

static bool copy_cell(char **out, struct table_list *table,
		      enum table_list_column which)
{
	struct scan scan = column(table, which);

	if (empty(scan))
		return true;
	*out = scan_dup(scan);
	if (*out)
		plain_ends(*out);
	return *out;
}

/* A title within its own 《》, and nothing beside, is what they hold. */
static struct scan without_marks(struct scan title)
{
	struct scan inner = title;
	const char *close;

	if (!scan_word(&inner, "《") || !scan_past(&title, "》"))
		return title;
	close = title.at - strlen("》");
	if (title.at != title.end)
		return scan_slice(inner.at - strlen("《"), title.end);
	return scan_trim(scan_slice(inner.at, close));
}

static bool copy_title(char **out, struct table_list *table)
{
	struct scan title = without_marks(column(table, TABLE_TITLE));

	if (empty(title))
		return true;
	*out = scan_dup(title);
	return *out;
}

static bool is_yes(struct scan scan)
{
	return scan_word(&scan, "是") || scan_word(&scan, "√") ||
	       scan_word(&scan, "重点") || scan_peek(&scan) == '1' ||
	       scan_peek(&scan) == 'Y' || scan_peek(&scan) == 'y';
}

static int fill_units(struct table_list *table, struct record *record,
		      struct err *err)
{
	struct scan units = column(table, TABLE_MAIN);
	struct scan split = column(table, TABLE_SPLIT);
	struct scan co = column(table, TABLE_CO);
	int rc = 0;

	if (!empty(units))
		rc = record_set_units(record, units.at, scan_len(&units), err);
	if (rc == 0 && !empty(split))
		rc = record_set_split(record, split.at, scan_len(&split), err);
	/* Without anybody who replies nobody assists. */
	if (rc == 0 && !empty(co) && (record->main_unit || record->n_answers))
		rc = record_set_co(record, co.at, scan_len(&co), err);
	return rc;
}

/* Where one leader ends: at ';' or a line end, and where a column holds
 * names alone, at '、' and ',' too. */
static const char *leaders_end(struct scan names, bool names_alone)
{
	for (; names.at < names.end; scan_take(&names)) {
		struct scan here = names;

		if (scan_if(&here, ';') || *names.at == '\n' ||
		    (names_alone &&
		     (scan_word(&here, "、") || scan_if(&here, ','))))
			break;
	}
	return names.at;
}

/* Leaders of both kinds, each with its word before it. */
static int fill_leaders(struct table_list *table, struct record *record,
			struct err *err)
{
	static const struct {
		enum table_list_column column;
		const char *mode;
	} kinds[] = {{TABLE_LEADERS, ""},
		     {TABLE_LED, "领办 "},
		     {TABLE_SUPERVISED, "督办 "}};
	struct buf all = BUF_INIT;
	int rc;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct scan names = column(table, kinds[i].column);

		while (!empty(names)) {
			const char *end =
				leaders_end(names, kinds[i].mode[0] != '\0');
			struct scan one = scan_slice(names.at, end);

			if (!empty(scan_trim(one))) {
				buf_addf(&all, "%s%s", all.len ? "；" : "",
					 kinds[i].mode);
				buf_add(&all, one.at, scan_len(&one));
			}
			names.at = end;
			scan_take(&names);
		}
	}
	rc = buf_check(&all, err);
	if (rc == 0 && all.len > 0)
		record->leaders = buf_take(&all);
	buf_release(&all);
	return rc;
}

/* Copies a part of a cell, without \r; an empty part stays NULL. */
static int keep_part(char **out, struct scan part, struct err *err)
{
	if (empty(part))
		return 0;
	*out = scan_dup(part);
	if (!*out)
		return err_nomem(err);
	plain_ends(*out);
	return 0;
}

/* A date, or what is wrong with it. */
static int fill_date(char **out, struct table_list *table,
		     enum table_list_column which, struct scan part,
		     unsigned about_part, struct err *err)
{
	char date[VALUE_DATE_SIZE];
	struct err why = {0};
	char *text = NULL;
	int rc = keep_part(&text, part, err);

	if (rc != 0 || !text)
		return rc;
	if (value_read_date(date, text, &why) == 0) {
		*out = strdup(date);
		rc = *out ? 0 : err_nomem(err);
	} else {
		rc = record_list_problem(
			table->list, about_column(table, which, about_part),
			err, _("column '%s': %s; the date is not taken"),
			table->names[which], why.text);
	}
	free(text);
	return rc;
}

/* Taken as it stands; what is odd about it is named. */
static int fill_doc_no(char **out, struct table_list *table, struct scan part,
		       struct err *err)
{
	struct record_about where =
		about_column(table, TABLE_DOC_NO, RECORD_REPLY);
	int rc = keep_part(out, part, err);

	if (rc != 0 || !*out)
		return rc;
	switch (doc_no_read(NULL, *out)) {
	case DOC_NO_GOOD:
		return 0;
	case DOC_NO_VARIANT:
		where.note = true;
		return record_list_problem(
			table->list, where, err,
			_("document number “%s” is not written as "
			  "钱教〔2022〕15号; it is taken as it stands"),
			*out);
	case DOC_NO_BARE:
		return record_list_problem(
			table->list, where, err,
			_("document number “%s” lacks the body's mark and the "
			  "year; it is taken as it stands"),
			*out);
	case DOC_NO_MALFORMED:
		break;
	}
	return record_list_problem(table->list, where, err,
				   _("“%s” is no document number; it is taken "
				     "as it stands"),
				   *out);
}

/* What a cell says of one separate unit. A class that names none is that of
 * all of them; anything else could be anybody's, which is said. */
static int find_part(struct scan *part, struct table_list *table,
		     enum table_list_column which, const struct record *record,
		     size_t at, struct err *err)
{
	struct scan whole = column(table, which);
	const char *unit = record->answers[at].unit;
	bool named =
		which == TABLE_REPLY
			? separate_text(part, whole, record->split_units, unit)
			: separate_words(part, whole, record->split_units,
					 unit);

	if (named || empty(whole))
		return 0;
	if (which == TABLE_CLASS || record->n_answers == 1) {
		*part = whole;
		return 0;
	}
	if (at > 0)
		return 0; /* said for the first one */
	return record_list_problem(
		table->list, about_column(table, which, RECORD_REPLY), err,
		_("column '%s' does not say which of %s it is of; write "
		  "“%s：…” for each. It is not taken"),
		table->names[which], record->split_units, unit);
}

static int fill_answer(struct table_list *table, struct record *record,
		       size_t at, struct err *err)
{
	struct record_answer *answer = &record->answers[at];
	struct scan part;
	int rc = find_part(&part, table, TABLE_CLASS, record, at, err);

	if (rc == 0)
		rc = keep_part(&answer->class_text, part, err);
	if (rc == 0)
		rc = find_part(&part, table, TABLE_REPLY, record, at, err);
	if (rc == 0)
		rc = keep_part(&answer->reply, part, err);
	if (rc == 0)
		rc = find_part(&part, table, TABLE_DOC_NO, record, at, err);
	if (rc == 0)
		rc = fill_doc_no(&answer->doc_no, table, part, err);
	if (rc == 0)
		rc = find_part(&part, table, TABLE_REPLIED_ON, record, at, err);
	if (rc == 0)
		rc = fill_date(&answer->replied_on, table, TABLE_REPLIED_ON,
			       part, RECORD_REPLY, err);
	return rc;
}

/* Of the main unit, or of each separate one. */
static int fill_replies(struct table_list *table, struct record *record,
			struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < record->n_answers; i++)
		rc = fill_answer(table, record, i, err);
	if (record->n_answers > 0)
		return rc;
	if (!copy_cell(&record->class_text, table, TABLE_CLASS) ||
	    !copy_cell(&record->reply, table, TABLE_REPLY))
		return err_nomem(err);
	rc = fill_doc_no(&record->doc_no, table, column(table, TABLE_DOC_NO),
			 err);
	if (rc == 0)
		rc = fill_date(&record->replied_on, table, TABLE_REPLIED_ON,
			       column(table, TABLE_REPLIED_ON), RECORD_REPLY,
			       err);
	return rc;
}

static int fill_row(struct table_list *table, struct record *record,
		    struct err *err)
{
	struct scan number = column(table, TABLE_NUMBER);
	int rc = record_set_number(record, number.at, scan_len(&number), err);

	if (rc != 0)
		return rc;
	if (!copy_cell(&record->sector, table, TABLE_SECTOR) ||
	    !copy_title(&record->title, table) ||
	    !copy_cell(&record->body, table, TABLE_BODY) ||
	    !copy_cell(&record->category, table, TABLE_CATEGORY) ||
	    !copy_cell(&record->kind, table, TABLE_KIND) ||
	    !copy_cell(&record->sponsors, table, TABLE_SPONSORS))
		return err_nomem(err);
	record->is_key = is_yes(column(table, TABLE_KEY));
	rc = fill_units(table, record, err);
	if (rc == 0)
		rc = fill_replies(table, record, err);
	if (rc == 0)
		rc = fill_leaders(table, record, err);
	if (rc == 0)
		rc = fill_date(&record->due, table, TABLE_DUE,
			       column(table, TABLE_DUE), RECORD_PROPOSAL, err);
	return rc;
}

static int name_cell(struct table_list *table, enum table_list_column which,
		     unsigned parts, struct err *err)
{
	return record_list_problem(table->list,
				   about_column(table, which, parts), err,
				   _("column '%s' is empty"),
				   table->names[which]);
}

/* What the row just taken lacks, of the columns the table has. */
static int name_missing(struct table_list *table, const struct record *record,
			struct err *err)
{
	int rc = 0;

	if (table->at[TABLE_MAIN] >= 0 && !record->main_unit &&
	    record->n_answers == 0)
		rc = name_cell(table, TABLE_MAIN, RECORD_PROPOSAL, err);
	if (rc == 0 && table->at[TABLE_CLASS] >= 0 && !record->class_text &&
	    record->reply)
		rc = name_cell(table, TABLE_CLASS, RECORD_REPLY, err);
	if (rc == 0 && table->at[TABLE_REPLY] >= 0 && !record->reply &&
	    record->class_text)
		rc = name_cell(table, TABLE_REPLY, RECORD_REPLY, err);
	return rc;
}

static int check_number(struct table_list *table, char *why, size_t size,
			struct err *err)
{
	char *text = scan_dup(column(table, TABLE_NUMBER));
	char plain[RECORD_NUMBER_MAX];
	size_t line;

	why[0] = '\0';
	if (!text)
		return err_nomem(err);
	line = record_list_line_of(table->list, text);
	if (!record_number(plain, text))
		snprintf(why, size, _("'%s' in column '%s' is no number"), text,
			 table->names[TABLE_NUMBER]);
	else if (line != 0)
		snprintf(why, size, _("its number stands already in line %zu"),
			 line);
	free(text);
	return 0;
}

/* A short field with a line break: a stray quote ran on into the lines
 * below. Gives the column, TABLE_COLUMNS if all is well. */
static int broken_column(const struct table_list *table)
{
	int which = 0;

	while (which < TABLE_COLUMNS &&
	       (which == TABLE_REPLY || which == TABLE_BODY ||
		which == TABLE_MAIN || which == TABLE_CO ||
		which == TABLE_SPLIT || which == TABLE_SPONSORS ||
		which == TABLE_LEADERS || which == TABLE_LED ||
		which == TABLE_SUPERVISED ||
		!scan_holds(column(table, (enum table_list_column)which),
			    "\n")))
		which++;
	return which;
}

static int take_row(struct table_list *table, struct err *err)
{
	struct record *record;
	char why[512];
	int which = broken_column(table);
	int rc;

	if (which < TABLE_COLUMNS) {
		snprintf(why, sizeof(why),
			 _("column '%s' has a line break; is a quotation mark "
			   "missing?"),
			 table->names[which]);
		return refuse_row(table, (size_t)table->at[which] + 1, why,
				  err);
	}
	if (too_many(table)) {
		snprintf(why, sizeof(why),
			 _("it has %zu cells, the header has %zu"), table->n,
			 table->header_cells);
		return refuse_row(table, table->header_cells + 1, why, err);
	}
	if (empty(column(table, TABLE_NUMBER)))
		return refuse_cell(table, TABLE_NUMBER, err);
	if (table->at[TABLE_TITLE] >= 0 &&
	    empty(without_marks(column(table, TABLE_TITLE))))
		return refuse_cell(table, TABLE_TITLE, err);
	rc = check_number(table, why, sizeof(why), err);
	if (rc != 0)
		return rc;
	if (why[0] != '\0')
		return refuse_row(table, (size_t)table->at[TABLE_NUMBER] + 1,
				  why, err);
	record = record_list_add(table->list, table->line);
	if (!record)
		return err_nomem(err);
	rc = fill_row(table, record, err);
	return rc == 0 ? name_missing(table, record, err) : rc;
}

void table_list_cell(struct table_list *table, const char *text, size_t len)
{
	if (table->n < CELLS_MAX) {
		table->start[table->n] = table->cells.len;
		buf_add(&table->cells, text, len);
		buf_addc(&table->cells, '\0');
	}
	table->n++;
}

void table_list_drop(struct table_list *table)
{
	buf_clear(&table->cells);
	table->n = 0;
}

int table_list_row(struct table_list *table, size_t line, struct err *err)
{
	int rc = buf_check(&table->cells, err);

	table->line = line;
	if (rc == 0 && !row_empty(table))
		rc = table->header ? take_row(table, err)
				   : read_header(table, err);
	table_list_drop(table);
	return rc;
}

bool table_list_has_header(const struct table_list *table)
{
	return table->header;
}

int table_list_end(const struct table_list *table, struct err *err)
{
	if (table->header)
		return 0;
	return err_set(err, ERR_INPUT,
		       _("no header row found: no row names 案号 and 案由"));
}
