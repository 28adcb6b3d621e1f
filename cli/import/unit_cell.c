/* unit_cell.c - who handles a proposal, as one cell of a list says it.
 * Knows how lists write it; knows no column and no unit. */
#include "cli/import/unit_cell.h"

#include "cli/import/news_line.h"

static int add(struct record *record, struct scan names, bool co,
	       struct err *err)
{
	size_t len = scan_len(&names);

	if (len == 0)
		return 0;
	return co ? record_set_co(record, names.at, len, err)
		  : record_set_units(record, names.at, len, err);
}

static bool is_co(enum news_label label)
{
	return label == NEWS_CO;
}

static bool is_units(enum news_label label)
{
	return label == NEWS_MAIN || label == NEWS_CO;
}

/* Names without a label within; co-units in brackets come after. */
static int add_names(struct record *record, struct scan names, bool co,
		     bool aside, struct err *err)
{
	const char *open = scan_find_any(names, "(");
	struct scan inside = scan_slice(open ? open : names.end, names.end);
	struct scan before = scan_slice(names.at, inside.at);
	enum news_label label;
	const char *close;
	int rc;

	scan_take(&inside);
	close = scan_find_any(inside, ")");
	inside.end = close ? close : inside.end;
	label = news_line_label(&inside);
	if (!open || !close || (!aside && !is_units(label)))
		return add(record, names, co, err);
	rc = add(record, before, co, err);
	if (rc == 0)
		rc = add(record, inside, true, err);
	names.at = close;
	scan_take(&names);
	return rc < 0 ? rc : add_names(record, names, true, aside, err);
}

/* Where the next label begins, at the start or behind a mark or a blank, and
 * outside of brackets. */
static const char *next_label(struct scan cell)
{
	bool fresh = false; /* the label at the very beginning is known */
	int depth = 0;

	while (cell.at < cell.end) {
		const char *here = cell.at;
		struct scan ahead = cell;
		int code;

		if (fresh && depth == 0 && is_units(news_line_label(&ahead)))
			return here;
		fresh = scan_word(&cell, "、");
		if (fresh)
			continue;
		code = scan_take(&cell);
		fresh = code == ' ' || code == ';' || code == ',' ||
			code == '/' || code == 0x3002;
		depth += (code == '(') - (code == ')');
	}
	return cell.end;
}

int unit_cell_read(struct record *record, struct scan cell, bool aside,
		   struct err *err)
{
	int rc = 0;

	while (rc == 0 && scan_len(&cell) > 0) {
		enum news_label label = news_line_label(&cell);
		const char *end = next_label(cell);

		rc = add_names(record, scan_slice(cell.at, end), is_co(label),
			       aside, err);
		cell.at = end;
	}
	return rc;
}
