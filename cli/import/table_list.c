/* table_list.c - a table of proposals, row by row, read as a list.
 * Knows headings and what each column fills in; knows no file format. */
#include "cli/import/table_room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/terminal/message.h"

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
	buf_release(&table->row.text);
	buf_release(&table->head.text);
	free(table);
}

void table_row_add(struct table_row *row, struct scan cell)
{
	if (row->n < TABLE_CELLS_MAX) {
		row->start[row->n] = row->text.len;
		buf_add(&row->text, cell.at, scan_len(&cell));
		buf_addc(&row->text, '\0');
	}
	row->n++;
}

struct scan table_row_cell(const struct table_row *row, size_t index)
{
	if (index >= row->n || index >= TABLE_CELLS_MAX)
		return scan_text("");
	return scan_trim(scan_text(buf_text(&row->text) + row->start[index]));
}

struct scan table_cell(const struct table_list *table, size_t index)
{
	return table_row_cell(&table->row, index);
}

struct scan table_column(const struct table_list *table,
			 enum table_list_column which)
{
	return table->at[which] < 0
		       ? scan_text("")
		       : table_cell(table, (size_t)table->at[which]);
}

bool table_empty(struct scan scan)
{
	return scan_len(&scan) == 0;
}

struct record_about table_about(const struct table_list *table, long record,
				unsigned parts)
{
	return (struct record_about){
		.line = table->line, .record = record, .parts = parts};
}

struct record_about table_about_column(const struct table_list *table,
				       enum table_list_column which,
				       unsigned parts)
{
	struct record_about where =
		table_about(table, (long)table->list->n - 1, parts);

	where.column = (size_t)table->at[which] + 1;
	return where;
}

static bool row_empty(const struct table_list *table)
{
	for (size_t i = 0; i < table->row.n; i++) {
		if (!table_empty(table_cell(table, i)))
			return false;
	}
	return true;
}

static int refuse_row(struct table_list *table, size_t at, const char *why,
		      struct err *err)
{
	struct record_about where =
		table_about(table, RECORD_NONE, RECORD_PROPOSAL | RECORD_REPLY);

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
	if (table->row.n > TABLE_CELLS_MAX)
		return true;
	for (size_t i = table->head.n; i < table->row.n; i++) {
		if (!table_empty(table_cell(table, i)))
			return true;
	}
	return false;
}

static int name_cell(struct table_list *table, enum table_list_column which,
		     unsigned parts, struct err *err)
{
	return record_list_problem(table->list,
				   table_about_column(table, which, parts), err,
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
	    (record->reply || record->doc_no || record->replied_on))
		rc = name_cell(table, TABLE_CLASS, RECORD_REPLY, err);
	if (rc == 0 && table->at[TABLE_REPLY] >= 0 && !record->reply &&
	    record->class_text)
		rc = name_cell(table, TABLE_REPLY, RECORD_REPLY, err);
	return rc;
}

static int check_number(struct table_list *table, char *why, size_t size,
			struct err *err)
{
	char *text = scan_dup(table_column(table, TABLE_NUMBER));
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
		!scan_holds(table_column(table, (enum table_list_column)which),
			    "\n")))
		which++;
	return which;
}

/* "合　计", "注：…": what stands below a table, and is no proposal. */
static bool is_footer(const struct table_list *table)
{
	static const char *const words[] = {"合计", "总计", "共计", "小计",
					    "注:",  "备注", "说明", "附注",
					    "填表", "制表"};
	char first[16] = "";
	size_t n = 0, filled = 0;

	if (!table_empty(table_column(table, TABLE_TITLE)))
		return false;
	for (size_t i = 0; i < table->row.n; i++) {
		struct scan cell = table_cell(table, i);

		filled += !table_empty(cell);
		while (filled == 1 && n < 6 && cell.at < cell.end) {
			const char *from = cell.at;
			int code = scan_take(&cell);
			size_t len = (size_t)(cell.at - from);

			if (code == ':')
				first[n++] = ':';
			if (code == ' ' || code == ':' || n + len > 6)
				continue;
			memcpy(first + n, from, len);
			n += len;
		}
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strncmp(first, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

static int name_footer(struct table_list *table, struct err *err)
{
	struct record_about where =
		table_about(table, RECORD_NONE, RECORD_PROPOSAL | RECORD_REPLY);

	where.note = true;
	return record_list_problem(table->list, where, err,
				   _("this line is of totals or remarks, not "
				     "of a proposal; it is passed over"));
}

static int take_row(struct table_list *table, struct err *err)
{
	struct record *record;
	char why[512];
	int which = broken_column(table);
	int rc;

	if (is_footer(table))
		return name_footer(table, err);
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
			 _("it has %zu cells, the header has %zu"),
			 table->row.n, table->head.n);
		return refuse_row(table, table->head.n + 1, why, err);
	}
	if (table_empty(table_column(table, TABLE_NUMBER)))
		return refuse_cell(table, TABLE_NUMBER, err);
	if (table->at[TABLE_TITLE] >= 0 &&
	    table_empty(table_title(table_column(table, TABLE_TITLE))))
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
	rc = table_record_fill(table, record, err);
	return rc == 0 ? name_missing(table, record, err) : rc;
}

void table_list_cell(struct table_list *table, const char *text, size_t len)
{
	table_row_add(&table->row, scan_slice(text, text + len));
}

void table_list_drop(struct table_list *table)
{
	buf_clear(&table->row.text);
	table->row.n = 0;
}

static int use_row(struct table_list *table, struct err *err)
{
	bool taken = false;
	int rc = 0;

	if (!table->has_header)
		return table_header_read(table, err);
	if (table->head_open)
		rc = table_header_close(&taken, table, err);
	return rc == 0 && !taken ? take_row(table, err) : rc;
}

int table_list_row(struct table_list *table, size_t line, struct err *err)
{
	int rc = buf_check(&table->row.text, err);

	table->line = line;
	if (rc == 0 && !row_empty(table))
		rc = use_row(table, err);
	table_list_drop(table);
	return rc;
}

bool table_list_has_header(const struct table_list *table)
{
	return table->has_header;
}

int table_list_end(struct table_list *table, struct err *err)
{
	bool taken;

	if (table->head_open)
		return table_header_close(&taken, table, err);
	if (table->has_header)
		return 0;
	return err_set(err, ERR_INPUT,
		       _("no header row found: no row names 案号 and 案由"));
}
