/* news.c - a newspaper page of proposals and replies, read as a list.
 * A pure function of the text; knows no file, no replica. */
#include "cli/import/news.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/terminal/message.h"
#include "cli/import/news_line.h"
#include "cli/import/scan.h"
#include "core/base/buf.h"
#include "core/base/utf8.h"

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
	struct news_style style;
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

/* What the entry's lines did not say. */
static int name_missing(struct parser *parser)
{
	const struct record *record = current(parser);
	struct record_about where = about(parser, RECORD_REPLY);
	int rc = 0;

	where.line = record->line;
	if (record->class_text == NULL)
		rc = record_list_problem(parser->list, where, parser->err,
					 _("the class is missing"));
	where.parts = RECORD_PROPOSAL;
	if (rc == 0 && record->sector == NULL)
		rc = record_list_problem(parser->list, where, parser->err,
					 _("the sponsor group is missing"));
	return rc;
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
	rc = name_missing(parser);
	parser->open = false;
	if (rc == 0)
		rc = buf_check(&parser->reply, parser->err);
	if (rc != 0)
		return rc;
	if (parser->state == STATE_UNIT && record->main_unit == NULL)
		return record_list_problem(
			parser->list, where, parser->err,
			_("no paragraph with unit and reply follows"));
	if (parser->reply.len > 0) {
		record->reply = buf_take(&parser->reply);
		return 0;
	}
	where.parts = RECORD_REPLY;
	return record_list_problem(parser->list, where, parser->err,
				   _("the reply is empty"));
}

/* The number as a list has it, Chinese numerals as digits. */
static void print_number(char out[RECORD_NUMBER_MAX],
			 const struct news_line *entry)
{
	if (entry->ordinal > 0)
		snprintf(out, RECORD_NUMBER_MAX, "%u", entry->ordinal);
	else
		snprintf(out, RECORD_NUMBER_MAX, "%.*s",
			 (int)scan_len(&entry->number), entry->number.at);
}

/* A trimmed copy, unless there is one already. */
static int keep(char **out, struct scan text, struct err *err)
{
	text = scan_trim(text);
	if (scan_len(&text) == 0 || *out != NULL)
		return 0;
	*out = scan_dup(text);
	return *out == NULL ? err_nomem(err) : 0;
}

static int fill_entry(struct parser *parser, const struct news_line *entry,
		      const char *number)
{
	struct record *record = current(parser);
	int rc = record_set_number(record, number, strlen(number), parser->err);

	if (rc == 0)
		rc = keep(&record->title, entry->title, parser->err);
	if (rc == 0)
		rc = keep(&record->sector, entry->sector, parser->err);
	if (rc == 0)
		rc = keep(&record->class_text, entry->class_text, parser->err);
	return rc;
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

static int open_entry(struct parser *parser, const struct news_line *entry)
{
	char number[RECORD_NUMBER_MAX];
	size_t first;

	print_number(number, entry);
	first = record_list_line_of(parser->list, number);
	if (first != 0)
		return lose_double(parser, first);
	if (record_list_add(parser->list, parser->line) == NULL)
		return err_nomem(parser->err);
	parser->open = true;
	parser->state = STATE_UNIT;
	buf_clear(&parser->reply);
	return fill_entry(parser, entry, number);
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

/* 承办单位：区教育局；会办单位：区人社局, in one line or in two. */
static int take_units(struct parser *parser, struct scan line)
{
	struct record *record = current(parser);
	const char *next = scan_find_any(line, ";");
	struct scan units = scan_slice(line.at, next ? next : line.end);
	int rc = record_set_units(record, units.at, scan_len(&units),
				  parser->err);

	if (rc != 0 || next == NULL)
		return rc;
	line.at = next;
	scan_take(&line);
	line = scan_trim(line);
	news_line_label(&line);
	return record_set_units(record, line.at, scan_len(&line), parser->err);
}

/* A line that says what it holds, before the reply begins. */
static int labelled(struct parser *parser, enum news_label label,
		    struct scan line)
{
	struct record *record = current(parser);

	switch (label) {
	case NEWS_MAIN:
		return take_units(parser, line);
	case NEWS_CO:
		/* Without a main unit nobody is promoted from these. */
		if (record->main_unit == NULL)
			return record_list_problem(
				parser->list, about(parser, RECORD_PROPOSAL),
				parser->err,
				_("co-units stand before the main unit and "
				  "are not taken"));
		return take_units(parser, line);
	case NEWS_CLASS:
		return keep(&record->class_text, line, parser->err);
	case NEWS_SECTOR:
		return keep(&record->sector, line, parser->err);
	case NEWS_SPONSORS:
		return keep(&record->sponsors, line, parser->err);
	case NEWS_REPLY:
	case NEWS_UNLABELLED:
		break;
	}
	parser->state = STATE_BODY;
	add_paragraph(parser, line);
	return 0;
}

static int first_paragraph(struct parser *parser, struct scan line)
{
	enum news_label label = news_line_label(&line);
	const char *colon = scan_find_any(line, ":");
	struct scan units = scan_slice(line.at, colon ? colon : line.end);

	if (label != NEWS_UNLABELLED || current(parser)->main_unit != NULL)
		return labelled(parser, label, line);
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

	news_line_read(&entry, line, parser->style);
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

/* The next line of `rest` that is not empty, trimmed; false at the end. */
static bool next_line(struct scan *rest, struct scan *line, size_t *number)
{
	while (rest->at < rest->end) {
		const char *end = memchr(rest->at, '\n', scan_len(rest));

		if (end == NULL)
			end = rest->end;
		*line = scan_trim(scan_slice(rest->at, end));
		++*number;
		rest->at = end < rest->end ? end + 1 : end;
		if (line->at < line->end)
			return true;
	}
	return false;
}

static size_t count_entries(struct scan rest, struct news_style style)
{
	struct news_line entry;
	struct scan line;
	size_t number = 0;
	size_t n = 0;

	while (next_line(&rest, &line, &number)) {
		news_line_read(&entry, line, style);
		n += entry.kind == NEWS_ENTRY;
	}
	return n;
}

/* The style that most lines are entries of; one with marked titles unless
 * there are hardly any, since a bare one may be a heading of a reply. */
static struct news_style find_style(struct scan text)
{
	struct news_style best[2] = {{false, false, false},
				     {false, false, true}};
	size_t most[2] = {0, 0};

	for (unsigned bits = 0; bits < 8; bits++) {
		struct news_style style = {(bits & 1) != 0, (bits & 2) != 0,
					   (bits & 4) != 0};
		size_t n = count_entries(text, style);

		if (n > most[style.bare]) {
			most[style.bare] = n;
			best[style.bare] = style;
		}
	}
	return best[most[1] > 3 * most[0]];
}

int news_parse(struct record_list *out, const char *text, size_t len,
	       struct err *err)
{
	struct parser parser = {.list = out, .reply = BUF_INIT, .err = err};
	struct scan rest = scan_slice(text, text + len);
	struct scan line;
	int rc = news_check_utf8(text, len, err);

	if (rc == 0)
		parser.style = find_style(rest);
	while (rc == 0 && next_line(&rest, &line, &parser.line))
		rc = read_line(&parser, line);
	if (rc == 0)
		rc = close_entry(&parser);
	if (rc == 0)
		rc = check_total(&parser);
	record_list_sort(out);
	buf_release(&parser.reply);
	return rc;
}
