/* publish_table.c - the publication as rows and columns.
 * Knows which cell says what; knows no file format. */
#include "cli/publish_table.h"

#include <string.h>

static const struct {
	const char *name;
	int width;
} columns[PUBLISH_COLUMNS] = {
	[PUBLISH_NUMBER] = {"案号", 10},
	[PUBLISH_TITLE] = {"案由", 44},
	[PUBLISH_SECTOR] = {"界别", 16},
	[PUBLISH_SPONSORS] = {"提案人", 16},
	[PUBLISH_KEY] = {"重点提案", 9},
	[PUBLISH_LEADERS] = {"领办督办", 20},
	[PUBLISH_MAIN] = {"承办单位", 20},
	[PUBLISH_CO] = {"会办单位", 24},
	[PUBLISH_CLASS] = {"办理结果", 9},
	[PUBLISH_DOC_NO] = {"文号", 18},
	[PUBLISH_SIGNED] = {"答复日期", 12},
	[PUBLISH_REPLY] = {"答复正文", 80},
};

const char *publish_column_name(enum publish_column column)
{
	return columns[column].name;
}

int publish_column_width(enum publish_column column)
{
	return columns[column].width;
}

static bool is_co(const struct publish_unit *unit)
{
	return strcmp(unit->role, "co") == 0;
}

static void add_names(struct buf *out, const struct publish_case *one, bool co)
{
	for (size_t i = 0; i < one->n_units; i++) {
		if (is_co(&one->units[i]) != co)
			continue;
		buf_adds(out, out->len > 0 ? "、" : "");
		buf_adds(out, one->units[i].name);
	}
}

/* Of each unit that replies what `field` says, each once. */
static void add_field(struct buf *out, const struct publish_case *one,
		      enum publish_column column)
{
	for (size_t i = 0; i < one->n_units; i++) {
		const struct publish_unit *unit = &one->units[i];
		const char *text = column == PUBLISH_DOC_NO ? unit->doc_no
							    : unit->signed_at;

		if (is_co(unit) || text[0] == '\0')
			continue;
		buf_adds(out, out->len > 0 ? "、" : "");
		buf_adds(out, text);
	}
}

static void add_replies(struct buf *out, const struct publish_case *one)
{
	size_t n = 0;

	for (size_t i = 0; i < one->n_units; i++)
		n += one->units[i].text[0] != '\0';
	for (size_t i = 0; i < one->n_units; i++) {
		const struct publish_unit *unit = &one->units[i];

		if (unit->text[0] == '\0')
			continue;
		buf_adds(out, out->len > 0 ? "\n" : "");
		if (n > 1)
			buf_addf(out, "%s：\n", unit->name);
		buf_adds(out, unit->text);
	}
}

void publish_cell(struct buf *out, const struct publication *publication,
		  const struct publish_case *one, enum publish_column column)
{
	buf_clear(out);
	switch (column) {
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
	case PUBLISH_KEY:
		buf_adds(out, one->is_key ? "是" : "");
		break;
	case PUBLISH_LEADERS:
		buf_adds(out, one->leaders);
		break;
	case PUBLISH_MAIN:
		add_names(out, one, false);
		break;
	case PUBLISH_CO:
		add_names(out, one, true);
		break;
	case PUBLISH_CLASS:
		if (one->class_at < publication->n_classes)
			buf_adds(out, publication->classes[one->class_at].code);
		break;
	case PUBLISH_DOC_NO:
	case PUBLISH_SIGNED:
		add_field(out, one, column);
		break;
	case PUBLISH_REPLY:
		add_replies(out, one);
		break;
	case PUBLISH_COLUMNS:
		break;
	}
}
