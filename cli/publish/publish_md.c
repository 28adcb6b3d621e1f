/* publish_md.c - the publication as Markdown (CommonMark with tables).
 * Knows Markdown; reads no replica. */
#include "cli/publish/publish.h"

#include <string.h>

/* Text so that no character of it is taken for markup; what a reader then
 * sees is the text, character for character. */
static void add_text(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("\\`*_[]<>|~&", *text) != NULL)
			buf_addc(out, '\\');
		buf_addc(out, *text == '\n' ? ' ' : *text);
	}
}

/* Bytes of a beginning that Markdown would take for a list or heading: where
 * the escape goes, or 0 for none. */
static size_t marker_at(const char *line)
{
	size_t digits = strspn(line, "0123456789");

	if (digits > 0 && (line[digits] == '.' || line[digits] == ')'))
		return digits;
	return 0;
}

static void add_line(struct buf *out, const char *line, size_t len)
{
	char one[2] = {'\0', '\0'};
	size_t mark = marker_at(line);

	if (len > 0 && strchr("#+-=", line[0]) != NULL)
		buf_addc(out, '\\');
	for (size_t i = 0; i < len; i++) {
		if (mark > 0 && i == mark)
			buf_addc(out, '\\');
		one[0] = line[i];
		add_text(out, one);
	}
}

static void add_paragraphs(struct buf *out, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		add_line(out, text, len);
		buf_adds(out, "\n\n");
		text += len;
		text += *text == '\n';
	}
}

static const char *class_label(const struct publication *publication, size_t at)
{
	return at < publication->n_classes ? publication->classes[at].label
					   : "未定类别";
}

static void add_units(struct buf *out, const struct publish_case *one,
		      bool co_units)
{
	size_t n = 0;

	for (size_t i = 0; i < one->n_units; i++) {
		if ((strcmp(one->units[i].role, "co") == 0) != co_units)
			continue;
		buf_adds(out, n++ > 0 ? "、" : "");
		add_text(out, one->units[i].name);
	}
}

static void add_head(struct buf *out, const struct publication *publication)
{
	struct publish_figure figures[PUBLISH_FIGURES];

	buf_adds(out, "# ");
	publish_title(out, publication);
	buf_adds(out, "\n\n");
	if (publication->headline[0] != '\0') {
		add_text(out, publication->headline);
		buf_adds(out, "\n\n");
	}
	publish_figures(figures, publication);
	for (size_t i = 0; figures[i].name != NULL; i++)
		buf_addf(out, "- %s：%lld\n", figures[i].name,
			 (long long)figures[i].number);
	for (size_t at = 0; at < publication->n_classes; at++) {
		buf_adds(out, "- ");
		add_text(out, publication->classes[at].label);
		buf_addf(out, "：%zu\n", publication->classes[at].count);
	}
	buf_adds(out, "\n");
}

static void add_counts(struct buf *out, const char *title,
		       const struct publish_count *counts, size_t n)
{
	if (n == 0)
		return;
	buf_addf(out, "| %s | 件数 |\n|---|---:|\n", title);
	for (size_t i = 0; i < n; i++) {
		buf_adds(out, "| ");
		add_text(out, counts[i].name);
		buf_addf(out, " | %zu |\n", counts[i].total);
	}
	buf_adds(out, "\n");
}

/* Fields that the office has added and publishes, a line each. */
static void add_more(struct buf *out, const struct publish_case *one)
{
	for (size_t i = 0; i < one->n_more; i++) {
		buf_adds(out, "- ");
		add_text(out, one->more[i].field->label);
		if (one->more[i].unit[0] != '\0') {
			buf_adds(out, "（");
			add_text(out, one->more[i].unit);
			buf_adds(out, "）");
		}
		buf_adds(out, "：");
		add_text(out, one->more[i].value);
		buf_adds(out, "\n");
	}
	buf_adds(out, one->n_more > 0 ? "\n" : "");
}

static void add_case(struct buf *out, const struct publication *publication,
		     const struct publish_case *one)
{
	buf_adds(out, "## ");
	add_text(out, one->case_no);
	buf_adds(out, " ");
	add_text(out, one->title);
	buf_adds(out, "\n\n类别：");
	add_text(out, class_label(publication, one->class_at));
	if (one->sector[0] != '\0')
		buf_adds(out, "；界别：");
	add_text(out, one->sector);
	if (one->sponsors[0] != '\0')
		buf_adds(out, "；提案人：");
	add_text(out, one->sponsors);
	buf_adds(out, "；承办：");
	add_units(out, one, false);
	if (one->n_units > 0 &&
	    strcmp(one->units[one->n_units - 1].role, "co") == 0) {
		buf_adds(out, "；会办：");
		add_units(out, one, true);
	}
	if (one->leaders[0] != '\0')
		buf_adds(out, "；");
	add_text(out, one->leaders);
	buf_adds(out, "\n\n");
	add_more(out, one);
	for (size_t i = 0; i < one->n_units; i++) {
		if (one->units[i].text[0] == '\0')
			continue;
		buf_adds(out, "**");
		add_text(out, one->units[i].name);
		buf_adds(out, "答复**\n\n");
		add_paragraphs(out, one->units[i].text);
	}
	if (!one->replied)
		buf_adds(out, "正在办理，尚未答复。\n\n");
}

int publish_md(struct buf *out, const struct publication *publication,
	       struct err *err)
{
	add_head(out, publication);
	add_counts(out, "承办单位", publication->units, publication->n_units);
	add_counts(out, "界别", publication->sectors, publication->n_sectors);
	for (size_t i = 0; i < publication->n; i++)
		add_case(out, publication, &publication->cases[i]);
	if (publication->withheld > 0)
		buf_addf(out, "另有 %zu 件不公开。\n\n", publication->withheld);
	if (publication->date[0] != '\0') {
		buf_adds(out, "公布日期：");
		publish_date(out, publication->date);
		buf_addc(out, '\n');
	}
	return buf_check(out, err);
}
