/* publish_table.c - the publication as rows and columns.
 * Knows which cell says what; knows no file format. */
#include "cli/publish/publish_table.h"

#include <string.h>

static const struct {
	const char *name;
	int width;
} columns[PUBLISH_COLUMNS] = {
	[PUBLISH_NUMBER] = {"案号", 10},
	[PUBLISH_TITLE] = {"案由", 44},
	[PUBLISH_SECTOR] = {"界别", 16},
	[PUBLISH_SPONSORS] = {"提案人", 16},
	[PUBLISH_KIND] = {"提案类型", 10},
	[PUBLISH_CATEGORY] = {"提案类别", 12},
	[PUBLISH_KEY] = {"重点提案", 9},
	[PUBLISH_LEADERS] = {"领办督办", 20},
	[PUBLISH_MAIN] = {"承办单位", 20},
	[PUBLISH_SPLIT] = {"分办单位", 20},
	[PUBLISH_CO] = {"会办单位", 24},
	[PUBLISH_DUE] = {"办结期限", 12},
	[PUBLISH_CLASS] = {"办理结果", 9},
	[PUBLISH_DOC_NO] = {"文号", 18},
	[PUBLISH_SIGNED] = {"答复日期", 12},
	[PUBLISH_REPLY] = {"答复正文", 80},
};

/* The field of an added column; NULL: there is none. */
static const struct publish_field *
added_field(const struct publication *publication, size_t column)
{
	size_t at = PUBLISH_COLUMNS;

	for (size_t i = 0; i < publication->n_fields; i++)
		if (publication->fields[i].shown && at++ == column)
			return &publication->fields[i];
	return NULL;
}

size_t publish_columns(const struct publication *publication)
{
	size_t n = PUBLISH_COLUMNS;

	for (size_t i = 0; i < publication->n_fields; i++)
		n += publication->fields[i].shown;
	return n;
}

static const char *label_of(const struct publication *publication,
			    size_t column)
{
	return column < PUBLISH_COLUMNS
		       ? columns[column].name
		       : added_field(publication, column)->label;
}

void publish_heading(struct buf *out, const struct publication *publication,
		     size_t column)
{
	const char *label = label_of(publication, column);
	bool taken = false;

	for (size_t i = 0; i < column && !taken; i++)
		taken = strcmp(label_of(publication, i), label) == 0;
	buf_clear(out);
	buf_adds(out, label);
	if (taken)
		buf_addf(out, "（%s）", added_field(publication, column)->name);
}

int publish_column_width(size_t column)
{
	return column < PUBLISH_COLUMNS ? columns[column].width : 20;
}

static bool has_role(const struct publish_unit *unit, const char *role)
{
	/* What is no co-unit and no separate one is the main unit. */
	if (strcmp(role, "main") == 0)
		return strcmp(unit->role, "co") != 0 &&
		       strcmp(unit->role, "split") != 0;
	return strcmp(unit->role, role) == 0;
}

static void add_names(struct buf *out, const struct publish_case *one,
		      const char *role)
{
	for (size_t i = 0; i < one->n_units; i++) {
		if (!has_role(&one->units[i], role))
			continue;
		buf_adds(out, out->len > 0 ? "、" : "");
		buf_adds(out, one->units[i].name);
	}
}

static const char *said(const struct publication *publication,
			const struct publish_unit *unit,
			enum publish_column column)
{
	if (has_role(unit, "co"))
		return "";
	if (column == PUBLISH_REPLY)
		return unit->text;
	if (column == PUBLISH_DOC_NO)
		return unit->doc_no;
	if (column == PUBLISH_SIGNED)
		return unit->signed_at;
	return unit->class_at < publication->n_classes
		       ? publication->classes[unit->class_at].code
		       : "";
}

/* What each unit that replies says; whose it is, where several do. */
static void add_said(struct buf *out, const struct publication *publication,
		     const struct publish_case *one, enum publish_column column)
{
	bool text = column == PUBLISH_REPLY;
	size_t repliers = 0;

	for (size_t i = 0; i < one->n_units; i++)
		repliers += !has_role(&one->units[i], "co");
	for (size_t i = 0; i < one->n_units; i++) {
		const char *words = said(publication, &one->units[i], column);

		if (words[0] == '\0')
			continue;
		if (out->len > 0)
			buf_adds(out, text ? "\n" : "；");
		if (repliers > 1)
			buf_addf(out, text ? "%s：\n" : "%s：",
				 one->units[i].name);
		buf_adds(out, words);
	}
}

/* The class of the whole; where units differ, each one's. */
static void add_class(struct buf *out, const struct publication *publication,
		      const struct publish_case *one)
{
	if (one->class_at < publication->n_classes)
		buf_adds(out, publication->classes[one->class_at].code);
	else
		add_said(out, publication, one, PUBLISH_CLASS);
}

static void add_more(struct buf *out, const struct publish_case *one,
		     const struct publish_field *field)
{
	for (size_t i = 0; i < one->n_more; i++) {
		const struct publish_more *more = &one->more[i];

		if (more->field != field)
			continue;
		buf_adds(out, out->len > 0 ? "；" : "");
		if (field->of_unit && one->n_units > 1)
			buf_addf(out, "%s：", more->unit);
		buf_adds(out, more->value);
	}
}

void publish_cell(struct buf *out, const struct publication *publication,
		  const struct publish_case *one, size_t column)
{
	buf_clear(out);
	if (column >= PUBLISH_COLUMNS) {
		add_more(out, one, added_field(publication, column));
		return;
	}
	switch ((enum publish_column)column) {
	case PUBLISH_NUMBER:
		buf_adds(out, one->case_no);
		break;
	case PUBLISH_TITLE:
		buf_adds(out, one->title);
		break;
	case PUBLISH_SECTOR:
		buf_adds(out, one->sector);
		break;
	case PUBLISH_SPONSORS:
		buf_adds(out, one->sponsors);
		break;
	case PUBLISH_KIND:
		buf_adds(out, one->kind);
		break;
	case PUBLISH_CATEGORY:
		buf_adds(out, one->category);
		break;
	case PUBLISH_KEY:
		buf_adds(out, one->is_key ? "是" : "");
		break;
	case PUBLISH_LEADERS:
		buf_adds(out, one->leaders);
		break;
	case PUBLISH_MAIN:
		add_names(out, one, "main");
		break;
	case PUBLISH_SPLIT:
		add_names(out, one, "split");
		break;
	case PUBLISH_CO:
		add_names(out, one, "co");
		break;
	case PUBLISH_DUE:
		buf_adds(out, one->due);
		break;
	case PUBLISH_CLASS:
		add_class(out, publication, one);
		break;
	case PUBLISH_DOC_NO:
	case PUBLISH_SIGNED:
	case PUBLISH_REPLY:
		add_said(out, publication, one, (enum publish_column)column);
		break;
	case PUBLISH_COLUMNS:
		break;
	}
}
