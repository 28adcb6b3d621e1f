/* news.c - a newspaper page of proposals and replies, read as a list.
 * A pure function of the text; knows no file, no replica. */
#include "cli/news.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/message.h"
#include "cli/news_line.h"
#include "cli/scan.h"
#include "core/buf.h"
#include "core/utf8.h"

enum { HEADLINE_MAX = 180 }; /* bytes: a headline, not a paragraph */

/* The page as a state machine: what each kind of line does in each state. */
enum state {
	STATE_HEAD, /* no entry yet */
	STATE_UNIT, /* entry opened, its first paragraph comes */
	STATE_BODY, /* further paragraphs of a reply */
	STATE_LOST, /* below an entry that was not understood */
	N_STATES
};

enum action {
	ACT_OPEN,  /* close the entry before, open this one -> UNIT */
	ACT_LOSE,  /* close the entry before, name the line -> LOST */
	ACT_SKIP,  /* understood, and nothing to take */
	ACT_FACTS, /* headline or summary */
	ACT_UNIT,  /* units and the reply's beginning -> BODY */
	ACT_ADD,   /* one more paragraph */
	ACT_NAME   /* not taken, because of the line that lost it */
};

static const enum action moves[N_STATES][NEWS_KINDS] = {
	/*		  ENTRY     BROKEN    LEGEND    CREDIT    TEXT */
	[STATE_HEAD] = {ACT_OPEN, ACT_LOSE, ACT_SKIP, ACT_SKIP, ACT_FACTS},
	[STATE_UNIT] = {ACT_OPEN, ACT_LOSE, ACT_SKIP, ACT_UNIT, ACT_UNIT},
	[STATE_BODY] = {ACT_OPEN, ACT_LOSE, ACT_SKIP, ACT_ADD, ACT_ADD},
	[STATE_LOST] = {ACT_OPEN, ACT_LOSE, ACT_SKIP, ACT_NAME, ACT_NAME},
};

struct parser {
	struct record_list *list;
	enum state state;
	size_t line;	  /* being read */
	size_t lost_at;	  /* the line that led to STATE_LOST */
	struct buf reply; /* of the open entry */
	bool open;	  /* the last record is still being filled */
	struct err *err;
};

int news_check_utf8(const char *text, size_t len, struct err *err)
{
	size_t line = 1;
	const char *end = text + len;

	if (utf8_valid(text, len))
		return 0;
	while (text < end) {
		const char *next = memchr(text, '\n', (size_t)(end - text));

		if (next == NULL)
			next = end;
		if (!utf8_valid(text, (size_t)(next - text)))
			break;
		text = next + 1;
		line++;
	}
	return err_set(err, ERR_INPUT,
		       _("line %zu is not UTF-8 text; save the file as UTF-8 "
			 "and try again"),
		       line);
}

static struct record *current(const struct parser *parser)
{
	return &parser->list->items[parser->list->n - 1];
}

static struct record_about about(const struct parser *parser, unsigned parts)
{
	return (struct record_about){
		.line = parser->line,
		.record = parser->open ? (long)parser->list->n - 1
				       : RECORD_NONE,
		.parts = parts,
	};
}

/* Hands the gathered reply to the record; names what the entry lacks. */
static int close_entry(struct parser *parser)
{
	struct record *record;
	struct record_about where;
	int rc;

	if (!parser->open)
		return 0;
	record = current(parser);
	where = about(parser, RECORD_PROPOSAL | RECORD_REPLY);
	where.line = record->line;
	parser->open = false;
	if (parser->state == STATE_UNIT)
		return record_list_problem(
			parser->list, where, parser->err,
			_("no paragraph with unit and reply follows"));
	rc = buf_check(&parser->reply, parser->err);
	if (rc != 0)
		return rc;
	if (parser->reply.len > 0) {
		record->reply = buf_take(&parser->reply);
		return 0;
	}
	where.parts = RECORD_REPLY;
	return record_list_problem(parser->list, where, parser->err,
				   _("the reply is empty"));
}

static int fill_entry(struct parser *parser, const struct news_line *entry)
{
	struct record *record = current(parser);

	int rc = record_set_number(record, entry->number.at,
				   scan_len(&entry->number), parser->err);

	if (rc != 0)
		return rc;
	record->title = scan_dup(entry->title);
	if (record->title == NULL)
		return err_nomem(parser->err);
	if (scan_len(&entry->sector) > 0) {
		record->sector = scan_dup(entry->sector);
		if (record->sector == NULL)
			return err_nomem(parser->err);
	}
	if (scan_len(&entry->class_text) > 0) {
		record->class_text = scan_dup(scan_trim(entry->class_text));
		if (record->class_text == NULL)
			return err_nomem(parser->err);
	}
	return 0;
}

static int lose(struct parser *parser, const char *why)
{
	parser->state = STATE_LOST;
	parser->lost_at = parser->line;
	return record_list_problem(
		parser->list, about(parser, RECORD_PROPOSAL | RECORD_REPLY),
		parser->err, _("this entry is not taken: %s"), why);
}

/* Two entries of one number: the first stands, the second is named. */
static int lose_double(struct parser *parser, size_t first)
{
	char why[128];

	snprintf(why, sizeof(why), _("its number stands already in line %zu"),
		 first);
	return lose(parser, why);
}

static int name_missing(struct parser *parser)
{
	int rc = 0;

	if (current(parser)->class_text == NULL)
		rc = record_list_problem(parser->list,
					 about(parser, RECORD_REPLY),
					 parser->err,
					 _("the class is missing"));
	if (rc == 0 && current(parser)->sector == NULL)
		rc = record_list_problem(parser->list,
					 about(parser, RECORD_PROPOSAL),
					 parser->err,
					 _("the sponsor group is missing"));
	return rc;
}

static int open_entry(struct parser *parser, const struct news_line *entry)
{
	char number[RECORD_NUMBER_MAX];
	size_t first;
	int rc;

	snprintf(number, sizeof(number), "%.*s", (int)scan_len(&entry->number),
		 entry->number.at);
	first = record_list_line_of(parser->list, number);
	if (first != 0)
		return lose_double(parser, first);
	if (record_list_add(parser->list, parser->line) == NULL)
		return err_nomem(parser->err);
	parser->open = true;
	parser->state = STATE_UNIT;
	buf_clear(&parser->reply);
	rc = fill_entry(parser, entry);
	return rc == 0 ? name_missing(parser) : rc;
}

static void add_paragraph(struct parser *parser, struct scan text)
{
	text = scan_trim(text);
	if (text.at == text.end)
		return;
	if (parser->reply.len > 0)
		buf_addc(&parser->reply, '\n');
	buf_add(&parser->reply, text.at, scan_len(&text));
}

static int first_paragraph(struct parser *parser, struct scan line)
{
	const char *colon = scan_find_any(line, ":");
	struct scan units = scan_slice(line.at, colon ? colon : line.end);

	parser->state = STATE_BODY;
	if (colon == NULL || !news_line_units(units)) {
		add_paragraph(parser, line);
		return record_list_problem(
			parser->list,
			about(parser, RECORD_PROPOSAL | RECORD_REPLY),
			parser->err,
			_("no unit stands before a colon at the beginning of "
			  "this paragraph"));
	}
	line.at = colon;
	scan_take(&line);
	add_paragraph(parser, line);
	return record_set_units(current(parser), units.at, scan_len(&units),
				parser->err);
}

/* The count in `… 54件`, before the clause ends. */
static bool read_count(struct scan at, int64_t *figure)
{
	char digits[10];

	while (!scan_digits(&at, digits, sizeof(digits))) {
		int code = scan_take(&at);

		if (code < 0 || code == ',' || code == ';' || code == 0x3002)
			return false;
	}
	scan_spaces(&at);
	if (!scan_word(&at, "件") && !scan_word(&at, "个"))
		return false;
	*figure = (int64_t)strtoll(digits, NULL, 10);
	return true;
}

static bool read_figure(struct scan line, const char *word, int64_t *figure)
{
	while (scan_past(&line, word)) {
		if (*figure == RECORD_NONE && read_count(line, figure))
			return true;
	}
	return false;
}

static bool read_figures(struct record_facts *facts, struct scan line)
{
	bool any = read_figure(line, "收到", &facts->received);

	any = read_figure(line, "立案", &facts->filed) || any;
	any = read_figure(line, "重点提案", &facts->key) || any;
	any = read_figure(line, "领办", &facts->led) || any;
	return read_figure(line, "督办", &facts->supervised) || any;
}

/* `[第]一届[委员会][第]一次[会议]` at `scan`. */
static bool read_ordinals(struct scan *scan, unsigned *term, unsigned *meeting)
{
	struct scan ahead = *scan;

	unsigned first;
	unsigned second;

	scan_word(&ahead, "第");
	if (!scan_ordinal(&ahead, &first) || !scan_word(&ahead, "届"))
		return false;
	scan_word(&ahead, "委员会");
	scan_word(&ahead, "第");
	if (!scan_ordinal(&ahead, &second) || !scan_word(&ahead, "次"))
		return false;
	if (first == 0 || second == 0)
		return false;
	if (!scan_word(&ahead, "会议") && !scan_word(&ahead, "全体会议"))
		scan_word(&ahead, "全会");
	*scan = ahead;
	*term = first;
	*meeting = second;
	return true;
}

/* The committee is what stands before the session in the same clause. */
static int read_session(struct parser *parser, struct scan line)
{
	struct record_facts *facts = &parser->list->facts;
	struct scan committee = scan_slice(line.at, line.at);
	struct scan at = line;

	while (at.at < at.end) {
		struct scan name = at;

		if (read_ordinals(&name, &facts->term, &facts->meeting)) {
			free(facts->session);
			free(facts->committee);
			facts->session = scan_dup(scan_slice(at.at, name.at));
			facts->committee = scan_dup(scan_trim(committee));
			if (facts->session == NULL || facts->committee == NULL)
				return err_nomem(parser->err);
			return 0;
		}
		if (scan_word(&at, "。") || scan_word(&at, "、") ||
		    scan_if(&at, ',') || scan_if(&at, ' '))
			committee.at = at.at;
		else
			scan_take(&at);
		committee.end = at.at;
	}
	return 0;
}

/* The first line that speaks of proposals, else the first. */
static int take_headline(struct parser *parser, struct scan line)
{
	char **headline = &parser->list->facts.headline;

	if (*headline != NULL && (scan_holds(scan_text(*headline), "提案") ||
				  !scan_holds(line, "提案")))
		return 0;
	free(*headline);
	*headline = scan_dup(line);
	return *headline == NULL ? err_nomem(parser->err) : 0;
}

static int take_facts(struct parser *parser, struct scan line)
{
	struct record_about where = about(parser, RECORD_PROPOSAL);
	bool summary = read_figures(&parser->list->facts, line);
	int rc = 0;

	/* The summary names the session in full; a headline will do. */
	if (summary || parser->list->facts.term == 0)
		rc = read_session(parser, line);
	if (rc != 0 || summary)
		return rc;
	if (scan_len(&line) <= HEADLINE_MAX && !news_line_sentence(line))
		return take_headline(parser, line);
	where.note = true;
	return record_list_problem(parser->list, where, parser->err,
				   _("this paragraph stands before the first "
				     "entry and is not taken"));
}

static int name_lost(struct parser *parser)
{
	return record_list_problem(
		parser->list, about(parser, RECORD_PROPOSAL | RECORD_REPLY),
		parser->err,
		_("not taken: it belongs to line %zu, which was not taken"),
		parser->lost_at);
}

static int read_line(struct parser *parser, struct scan line)
{
	struct news_line entry;
	enum action action;
	int rc = 0;

	news_line_read(&entry, line);
	action = moves[parser->state][entry.kind];
	if (action == ACT_OPEN || action == ACT_LOSE)
		rc = close_entry(parser);
	if (rc != 0)
		return rc;
	switch (action) {
	case ACT_OPEN:
		return open_entry(parser, &entry);
	case ACT_LOSE:
		return lose(parser, _(entry.why));
	case ACT_FACTS:
		return take_facts(parser, line);
	case ACT_UNIT:
		return first_paragraph(parser, line);
	case ACT_ADD:
		add_paragraph(parser, line);
		return 0;
	case ACT_NAME:
		return name_lost(parser);
	case ACT_SKIP:
		break;
	}
	return 0;
}

/* A page that prints fewer or more entries than it says. */
static int check_total(struct parser *parser)
{
	struct record_list *list = parser->list;
	struct record_about where = {.line = 1,
				     .record = RECORD_NONE,
				     .parts = RECORD_PROPOSAL,
				     .note = true};

	for (size_t i = 0; i < list->n; i++)
		list->items[i].is_key = list->facts.key != RECORD_NONE;
	if (list->facts.key == RECORD_NONE ||
	    list->facts.key == (int64_t)list->n)
		return 0;
	return record_list_problem(list, where, parser->err,
				   _("the page speaks of %lld key proposals, "
				     "%zu were taken"),
				   (long long)list->facts.key, list->n);
}

int news_parse(struct record_list *out, const char *text, size_t len,
	       struct err *err)
{
	struct parser parser = {.list = out, .reply = BUF_INIT, .err = err};
	struct scan rest = scan_slice(text, text + len);
	int rc = news_check_utf8(text, len, err);

	while (rc == 0 && rest.at < rest.end) {
		const char *end = memchr(rest.at, '\n', scan_len(&rest));
		struct scan line;

		if (end == NULL)
			end = rest.end;
		line = scan_trim(scan_slice(rest.at, end));
		parser.line++;
		if (line.at < line.end)
			rc = read_line(&parser, line);
		rest.at = end < rest.end ? end + 1 : end;
	}
	if (rc == 0)
		rc = close_entry(&parser);
	if (rc == 0)
		rc = check_total(&parser);
	record_list_sort(out);
	buf_release(&parser.reply);
	return rc;
}
