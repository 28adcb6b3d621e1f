/* merge_draft.c - the texts of a conflict as one text to be finished. */
#include "cli/conflict/merge_draft.h"

#include <stdlib.h>
#include <string.h>

#include "cli/case/case.h"
#include "cli/terminal/message.h"
#include "cli/case/value.h"

enum { MARKS_LEAST = 7, MARKS_MOST = 200 };

void merge_draft_release(struct merge_draft *draft)
{
	buf_release(&draft->text);
	free(draft->ids);
	memset(draft, 0, sizeof(*draft));
}

/* --- what stands in the texts already ------------------------------------ */

static size_t text_len(const struct value *value)
{
	return value->type == VALUE_TEXT ? value->len : 0;
}

/* The next line of a text, without its end; NULL behind the last. */
static const char *next_line(size_t *len, const char **at, const char *end)
{
	const char *line = *at;
	const char *stop;

	if (line >= end)
		return NULL;
	stop = memchr(line, '\n', (size_t)(end - line));
	*len = (size_t)((stop ? stop : end) - line);
	*at = stop ? stop + 1 : end;
	return line;
}

/* How many marks of one kind a line begins with. */
static size_t marks_of(const char *line, size_t len)
{
	size_t n = 0;

	if (len == 0 || !strchr("<|=>", line[0]))
		return 0;
	while (n < len && line[n] == line[0])
		n++;
	return n;
}

/* Marks that are longer than any in the text, and a comment that begins none
 * of its lines: bit i of *used is the i-th candidate. */
static const char comments[] = "#;@!$%^&:";

static void look_at(const struct value *value, size_t *marks, unsigned *used)
{
	const char *at = text_len(value) > 0 ? value->bytes : "";
	const char *end = at + text_len(value);
	const char *line;
	size_t len;

	while ((line = next_line(&len, &at, end))) {
		size_t n = marks_of(line, len);
		const char *found = len > 0 ? strchr(comments, line[0]) : NULL;

		if (n >= *marks)
			*marks = n + 1;
		if (found && *found)
			*used |= 1U << (found - comments);
	}
}

static void choose_marks(struct merge_draft *draft,
			 const struct conflict *conflict)
{
	size_t marks = MARKS_LEAST;
	unsigned used = 0;
	size_t i = 0;

	look_at(&conflict->base, &marks, &used);
	for (size_t k = 0; k < conflict->n_heads; k++)
		look_at(&conflict->heads[k].change->value, &marks, &used);
	while (comments[i + 1] && (used & 1U << i))
		i++;
	draft->comment = comments[i];
	draft->marks =
		(unsigned short)(marks < MARKS_MOST ? marks : MARKS_MOST);
}

/* --- joining ------------------------------------------------------------- */

static bool same_text(const struct value *a, const struct value *b)
{
	size_t len = text_len(a);

	return len == text_len(b) &&
	       (len == 0 || memcmp(a->bytes, b->bytes, len) == 0);
}

/* The same rule as the policy's: what says the base, or an earlier head,
 * adds nothing. */
static bool adds_nothing(const struct conflict *conflict, size_t at)
{
	const struct value *value = &conflict->heads[at].change->value;

	if (same_text(value, &conflict->base))
		return true;
	for (size_t i = 0; i < at; i++)
		if (same_text(value, &conflict->heads[i].change->value))
			return true;
	return false;
}

/* "区教育局 李明 2022-05-31 09:15", behind the marks. */
static int add_who(struct buf *out, struct replica *replica,
		   const struct change_log_entry *head, struct err *err)
{
	char at[VALUE_TIME_SIZE];
	int rc = case_unit_name(out, replica, head->site, err);

	value_show_clock(at, head->change->clock);
	buf_addf(out, "%s%s %s", *head->author ? " " : "", head->author, at);
	return rc < 0 ? rc : buf_check(out, err);
}

/* What two or more sides were joined to, as one of the next two. */
struct joined {
	struct buf text; /* ends with a line end unless it is empty */
	struct buf who;
	bool any;
	unsigned short marks; /* for the next overlap: they may nest */
};

static int join(struct joined *joined, bool *clean,
		const struct conflict *conflict, const struct value *theirs,
		const struct buf *who, struct err *err)
{
	struct policy_marks marks = {joined->marks, _("before"),
				     buf_text(&joined->who), buf_text(who)};
	struct value ours = {.type = VALUE_TEXT};
	struct buf made = BUF_INIT;
	bool apart = true;
	int rc;

	ours.bytes = buf_text(&joined->text);
	ours.len = joined->text.len > 0 ? joined->text.len - 1 : 0;
	rc = policy_text_merge_marked(&made, &apart, &conflict->base, &ours,
				      theirs, &marks, err);
	if (!apart) {
		*clean = false;
		joined->marks++;
	}
	buf_release(&joined->text);
	joined->text = made;
	buf_clear(&joined->who);
	buf_adds(&joined->who, _("joined so far"));
	return rc;
}

static int join_head(struct joined *joined, bool *clean,
		     struct replica *replica, const struct conflict *conflict,
		     size_t i, struct err *err)
{
	const struct value *value = &conflict->heads[i].change->value;
	struct buf who = BUF_INIT;
	int rc = add_who(&who, replica, &conflict->heads[i], err);

	if (rc == 0 && joined->any) {
		rc = join(joined, clean, conflict, value, &who, err);
	} else if (rc == 0) {
		buf_add(&joined->text, value->bytes, text_len(value));
		if (joined->text.len > 0)
			buf_addc(&joined->text, '\n');
		buf_adds(&joined->who, buf_text(&who));
		joined->any = true;
	}
	buf_release(&who);
	return rc;
}

static int check_texts(const struct conflict *conflict, struct err *err)
{
	for (size_t i = 0; i < conflict->n_heads; i++) {
		const struct value *value = &conflict->heads[i].change->value;

		if ((value->type != VALUE_TEXT && value->type != VALUE_NULL) ||
		    (text_len(value) > 0 &&
		     memchr(value->bytes, '\0', value->len)))
			return err_set(err, ERR_INPUT,
				       _("one of the values is no text; say "
					 "--take SITE or --value V"));
	}
	return 0;
}

/* --- the page ------------------------------------------------------------ */

static void add_comment(struct merge_draft *draft, const char *text)
{
	const char *at = text;
	const char *end = text + strlen(text);
	const char *line;
	size_t len;

	while ((line = next_line(&len, &at, end)))
		buf_addf(&draft->text, "%c%s%.*s\n", draft->comment,
			 len ? " " : "", (int)len, line);
}

static void add_head_lines(struct merge_draft *draft,
			   const struct conflict *conflict, const char *label)
{
	struct buf line = BUF_INIT;

	buf_addf(&line, "%s%s%s", conflict->key, *conflict->key ? "  " : "",
		 label);
	add_comment(draft, buf_text(&line));
	add_comment(draft,
		    draft->clean
			    ? _("The texts below were changed in different "
				"paragraphs and are joined.\n"
				"Read it; saved as it is, it is confirmed.")
			    : _("What overlaps stands between lines of marks, "
				"with what was there before.\n"
				"Leave what shall stand, and take the marks "
				"out."));
	buf_clear(&line);
	buf_addf(&line,
		 _("Lines that begin with %c are left out. Where nothing is "
		   "left, nothing is decided."),
		 draft->comment);
	add_comment(draft, buf_text(&line));
	if (draft->asks)
		add_comment(draft, _("Behind the colon, why it shall read so "
				     "(kept with the decision):"));
	if (draft->asks)
		buf_addf(&draft->text, "%c %s%s\n", draft->comment, _("Reason"),
			 message_colon());
	buf_release(&line);
}

static int keep_ids(struct merge_draft *draft, const struct conflict *conflict,
		    struct err *err)
{
	draft->ids = calloc(conflict->n_heads + 1, sizeof(*draft->ids));
	if (!draft->ids)
		return err_nomem(err);
	for (size_t i = 0; i < conflict->n_heads; i++)
		draft->ids[draft->n++] = conflict->heads[i].change->id;
	return 0;
}

int merge_draft_make(struct merge_draft *draft, struct replica *replica,
		     const struct conflict *conflict, const char *label,
		     bool asks, struct err *err)
{
	struct joined joined = {BUF_INIT, BUF_INIT, false, 0};
	int rc = check_texts(conflict, err);

	choose_marks(draft, conflict);
	draft->asks = asks;
	draft->clean = true;
	joined.marks = draft->marks;
	if (rc == 0)
		rc = keep_ids(draft, conflict, err);
	for (size_t i = 0; rc == 0 && i < conflict->n_heads; i++)
		if (!adds_nothing(conflict, i))
			rc = join_head(&joined, &draft->clean, replica,
				       conflict, i, err);
	add_head_lines(draft, conflict, label);
	buf_add(&draft->text, buf_text(&joined.text), joined.text.len);
	if (rc == 0)
		rc = buf_check(&draft->text, err);
	buf_release(&joined.text);
	buf_release(&joined.who);
	return rc;
}

/* --- what came back ------------------------------------------------------ */

/* What stands behind the reason's word, of a comment that has it. */
static void read_reason(struct buf *reason, const char *line, size_t len)
{
	const char *word = _("Reason");
	const char *colon =
		strcmp(message_colon(), ": ") == 0 ? ":" : message_colon();
	const char *end = line + len;
	size_t n = strlen(word);

	while (line < end && *line == ' ')
		line++;
	if ((size_t)(end - line) < n || memcmp(line, word, n) != 0)
		return;
	line += n;
	n = strlen(colon);
	if ((size_t)(end - line) < n || memcmp(line, colon, n) != 0)
		return;
	line += n;
	while (line < end && *line == ' ')
		line++;
	while (end > line && end[-1] == ' ')
		end--;
	buf_clear(reason);
	buf_add(reason, line, (size_t)(end - line));
}

static int read_lines(struct buf *text, struct buf *reason,
		      const struct merge_draft *draft, const struct buf *clean,
		      struct err *err)
{
	const char *at = buf_text(clean);
	const char *end = at + clean->len;
	const char *line;
	size_t len, number = 0;

	while ((line = next_line(&len, &at, end))) {
		number++;
		if (len > 0 && line[0] == draft->comment) {
			if (draft->asks)
				read_reason(reason, line + 1, len - 1);
			continue;
		}
		if (marks_of(line, len) >= draft->marks)
			return err_set(err, ERR_INPUT,
				       _("line %zu is still one of marks "
					 "(%.7s…): leave the lines that shall "
					 "stand, without them"),
				       number, line);
		buf_add(text, line, len);
		buf_addc(text, '\n');
	}
	return buf_check(text, err);
}

int merge_draft_read(struct buf *text, struct buf *reason,
		     struct merge_draft *draft, const struct buf *file,
		     struct err *err)
{
	struct buf clean = BUF_INIT, made = BUF_INIT;
	int rc = value_read_long(&clean, buf_text(file), file->len, err);

	if (rc == 0)
		rc = read_lines(&made, reason, draft, &clean, err);
	if (rc == 0)
		rc = value_read_long(text, buf_text(&made), made.len, err);
	if (rc == 0 && text->len > 0 && memchr(text->data, '\0', text->len))
		rc = err_set(err, ERR_INPUT,
			     _("it holds a NUL byte, which no text has"));
	draft->abandoned = rc == 0 && text->len == 0;
	if (draft->abandoned)
		rc = err_set(err, ERR_INPUT,
			     _("nothing is left in it; nothing was decided"));
	else if (rc == 0 && draft->asks && reason->len == 0)
		rc = err_set(err, ERR_INPUT,
			     _("a decision needs its reason: write it behind "
			       "'%s', or say --reason TEXT"),
			     _("Reason"));
	buf_release(&clean);
	buf_release(&made);
	return rc;
}
