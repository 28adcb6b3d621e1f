/* publish_chart.c - a bar chart as inline SVG.
 * Knows counts and classes; knows no page and no style sheet beyond the class
 * names k0, k1 … of its bars. */
#include "cli/publish/publish.h"

#include <string.h>

enum {
	ROW_HEIGHT = 26,
	LABEL_WIDTH = 190,
	BAR_WIDTH = 250,
	NUMBER_WIDTH = 40,
	WIDTH = LABEL_WIDTH + BAR_WIDTH + NUMBER_WIDTH
};

void publish_escape(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '&')
			buf_adds(out, "&amp;");
		else if (c == '<')
			buf_adds(out, "&lt;");
		else if (c == '>')
			buf_adds(out, "&gt;");
		else if (c == '"')
			buf_adds(out, "&quot;");
		else if (c == '\'')
			buf_adds(out, "&#39;");
		else if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
			buf_addc(out, ' ');
		else
			buf_addc(out, *text);
	}
}

static size_t largest(const struct publish_count *counts, size_t n)
{
	size_t most = 1;

	for (size_t i = 0; i < n; i++) {
		if (counts[i].total > most)
			most = counts[i].total;
	}
	return most;
}

static const char *class_label(const struct publication *publication, size_t at)
{
	return at < publication->n_classes ? publication->classes[at].label
					   : "未定类别";
}

/* One bar, a part for each class that occurs. */
static void add_bar(struct buf *out, const struct publication *publication,
		    const struct publish_count *count, size_t row, size_t most)
{
	size_t y = row * ROW_HEIGHT;
	size_t x = LABEL_WIDTH;

	buf_addf(out, "<text x=\"%d\" y=\"%zu\" class=\"l\">", LABEL_WIDTH - 8,
		 y + 18);
	publish_escape(out, count->name);
	buf_adds(out, "</text>");
	for (size_t at = 0; at <= publication->n_classes; at++) {
		size_t width = count->by_class[at] * BAR_WIDTH / most;

		if (width == 0)
			continue;
		buf_addf(out,
			 "<rect x=\"%zu\" y=\"%zu\" width=\"%zu\" "
			 "height=\"16\" class=\"k%zu\"><title>",
			 x, y + 5, width, at);
		publish_escape(out, count->name);
		buf_adds(out, " ");
		publish_escape(out, class_label(publication, at));
		buf_addf(out, " %zu 件</title></rect>", count->by_class[at]);
		x += width;
	}
	buf_addf(out, "<text x=\"%zu\" y=\"%zu\" class=\"n\">%zu</text>\n",
		 x + 6, y + 18, count->total);
}

void publish_chart(struct buf *out, const struct publication *publication,
		   const char *title, const struct publish_count *counts,
		   size_t n)
{
	size_t most = largest(counts, n);

	buf_addf(out, "<svg viewBox=\"0 0 %d %zu\" role=\"img\" aria-label=\"",
		 WIDTH, n * ROW_HEIGHT + 4);
	publish_escape(out, title);
	buf_adds(out, "\">\n");
	for (size_t i = 0; i < n; i++)
		add_bar(out, publication, &counts[i], i, most);
	buf_adds(out, "</svg>\n");
}
