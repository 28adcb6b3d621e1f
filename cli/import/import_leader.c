/* import_leader.c - leaders who lead or supervise a proposal (领办、督办).
 * Knows how lists write them; knows no unit. */
#include "cli/import/import_room.h"

#include <stdlib.h>
#include <string.h>

#include "cli/terminal/message.h"
#include "cli/import/scan.h"

/* One leader as a list writes it: parts of the text, empty where it does not
 * say. */
struct leader {
	struct scan mode, post, name;
};

/* The first word, where it is followed by a blank. */
static struct scan first_word(struct scan text)
{
	struct scan word = text;

	while (text.at < text.end && scan_peek(&text) != ' ')
		scan_take(&text);
	if (text.at == text.end)
		return scan_slice(word.at, word.at);
	return scan_slice(word.at, text.at);
}

/* "某某（区长）": the name, and the post in the brackets. */
static bool bracketed(struct leader *leader, struct scan text)
{
	const char *open = scan_find_any(text, "(");
	struct scan inside = scan_slice(open ? open : text.end, text.end);
	const char *close;

	if (!open || open == text.at)
		return false;
	scan_take(&inside);
	close = scan_find_any(inside, ")");
	if (!close)
		return false;
	leader->name = scan_trim(scan_slice(text.at, open));
	leader->post = scan_trim(scan_slice(inside.at, close));
	return true;
}

/* "区长 某某", "某某（区长）", "某某". */
static void split_name(struct leader *leader, struct scan text)
{
	struct scan last;

	if (bracketed(leader, text))
		return;
	leader->name = text;
	leader->post = scan_slice(text.at, text.at);
	for (last = text; last.at < last.end;) {
		if (scan_take(&last) != ' ')
			continue;
		leader->post = scan_trim(scan_slice(text.at, last.at));
		leader->name = scan_trim(scan_slice(last.at, text.end));
	}
}

static int fill_part(struct import *import, const char *row, const char *field,
		     struct scan part)
{
	struct import_cell cell = {"leader", row, field, RECORD_PROPOSAL};
	char *text;
	int rc;

	if (scan_len(&part) == 0)
		return 0;
	text = scan_dup(part);
	if (text == NULL)
		return err_nomem(import->err);
	rc = import_fill(import, &cell, text, NULL);
	free(text);
	return rc;
}

/* The mode's code, where the first word is one; the rest is the leader. */
static int read_mode(struct buf *code, struct import *import, struct scan *text)
{
	struct scan word = first_word(*text);
	char *mode;
	int rc;

	if (scan_len(&word) == 0)
		return 0;
	mode = scan_dup(word);
	if (mode == NULL)
		return err_nomem(import->err);
	rc = import_code(code, import, "leading", mode);
	free(mode);
	if (rc == 0 && code->len > 0)
		*text = scan_trim(scan_slice(word.end, text->end));
	return rc;
}

static int take_leader(struct import *import, const char *key, struct scan text)
{
	struct buf code = BUF_INIT, row = BUF_INIT;
	struct leader leader;
	bool there = false;
	int rc = read_mode(&code, import, &text);

	split_name(&leader, text);
	if (rc == 0 &&
	    (scan_len(&leader.name) == 0 || scan_holds(leader.name, "/"))) {
		rc = import_problem(import, RECORD_PROPOSAL,
				    _("“%.*s” names no leader; it is not "
				      "taken"),
				    (int)scan_len(&text), text.at);
		goto done;
	}
	buf_addf(&row, "%s/", key);
	buf_add(&row, leader.name.at, scan_len(&leader.name));
	if (rc == 0)
		rc = buf_check(&row, import->err);
	if (rc == 0)
		rc = import_row(import, "leader", row.data, NULL);
	if (rc == 0)
		rc = import_exists(import, "leader", row.data, &there);
	if (rc == 0 && there)
		rc = fill_part(import, row.data, "post", leader.post);
	if (rc == 0 && there && code.len > 0)
		rc = fill_part(import, row.data, "mode",
			       scan_text(buf_text(&code)));
	if (rc == 0 && there && code.len == 0)
		rc = import_problem(import, RECORD_PROPOSAL,
				    _("it is not said whether “%s” leads or "
				      "supervises (领办, 督办)"),
				    row.data + strlen(key) + 1);
done:
	buf_release(&row);
	buf_release(&code);
	return rc;
}

int import_leaders(struct import *import, const char *key, const char *leaders)
{
	struct scan rest = scan_text(leaders);
	int rc = 0;

	import->place = RECORD_AT_LEADERS;
	while (rc == 0 && scan_len(&rest) > 0) {
		const char *end = scan_find_any(rest, ";");
		struct scan one =
			scan_trim(scan_slice(rest.at, end ? end : rest.end));

		if (scan_len(&one) > 0)
			rc = take_leader(import, key, one);
		rest.at = end ? end : rest.end;
		scan_take(&rest);
	}
	import->place = RECORD_PLACES;
	return rc;
}
