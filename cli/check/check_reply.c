/* check_reply.c - checks of a reply's text, and of replies against each other.
 * Knows what a finding in a text means; finding is check_text.c's. */
#include "cli/check/check_room.h"

#include <stdlib.h>
#include <string.h>

#include "cli/check/check_text.h"
#include "cli/check/doc_no.h"
#include "cli/terminal/message.h"
#include "cli/check/passage.h"
#include "core/base/db.h"
#include "core/base/utf8.h"

enum { SHOWN_WIDTH = 44, SHOWN_BEFORE = 15 /* bytes before a place */ };

/* Replies of every case, for what one shares with another; none where no case
 * of this run has one. What is asked of a case's rows is asked of this run's. */
static const char SQL_REPLIES[] =
	"SELECT p.key, coalesce(p.title, ''), coalesce(p.case_no, ''), h.unit,"
	" coalesce(u.name, h.unit), h.draft, coalesce(p.class_confirmed,"
	" h.class_proposed, ''), coalesce(h.doc_no, h.doc_no_entered, ''), c.answered IS 1,"
	" coalesce(p.publicity, h.publicity_proposed, '') NOT IN ('withheld',"
	"  'request') AND (coalesce(p.publicity, '') <> 'extract'"
	"  OR p.public_text IS NULL),"
	" iif(c.key IS NULL, 0, EXISTS (SELECT 1 FROM measure m WHERE"
	"  m.proposal = p.key AND m.unit = h.unit AND m.void IS NOT 1 AND"
	"  m.state = 'planned' AND m.deadline IS NOT NULL)),"
	" iif(c.key IS NULL, 0, EXISTS (SELECT 1 FROM measure m WHERE"
	"  m.proposal = p.key AND m.unit = h.unit AND m.void IS NOT 1 AND"
	"  m.state = 'not' AND m.reason <> '')),"
	" coalesce(s.keeps_measures, 0)"
	" FROM handling h CROSS JOIN proposal p ON p.key = h.proposal"
	" LEFT JOIN temp.checked c ON c.key = p.key"
	" LEFT JOIN temp.checked_session s ON s.key = c.session"
	" LEFT JOIN unit u ON u.code = h.unit"
	" WHERE p.void IS NOT 1 AND h.draft <> '' AND h.void IS NOT 1"
	"  AND h.role IN ('main', 'split') AND EXISTS (SELECT 1 FROM"
	"   temp.checked k CROSS JOIN handling o ON o.proposal = k.key AND"
	"   o.draft <> '') ORDER BY h.proposal, h.unit";

/* What else goes out: the public text. */
static const char SQL_PUBLIC[] =
	"SELECT c.key, p.public_text FROM temp.checked c CROSS JOIN proposal p ON"
	" p.key = c.key WHERE p.public_text <> '' AND coalesce(p.publicity,"
	" '') NOT IN ('withheld', 'request')";

enum column {
	COLUMN_KEY,
	COLUMN_TITLE,
	COLUMN_CASE_NO,
	COLUMN_UNIT,
	COLUMN_UNIT_NAME,
	COLUMN_TEXT,
	COLUMN_CLASS,
	COLUMN_DOC_NO,
	COLUMN_ANSWERED,
	COLUMN_GOES_OUT,
	COLUMN_HAS_PLAN,
	COLUMN_HAS_REASON,
	COLUMN_KEEPS_MEASURES
};

static int take(struct check *check, sqlite3_stmt *stmt)
{
	struct check_reply *reply;
	char **texts[8];

	if (check->n_replies == check->cap_replies) {
		size_t cap = check->cap_replies ? check->cap_replies * 2 : 64;
		struct check_reply *more =
			reallocarray(check->replies, cap, sizeof(*more));

		if (!more)
			return err_nomem(check->err);
		check->replies = more;
		check->cap_replies = cap;
	}
	reply = &check->replies[check->n_replies++];
	*reply = (struct check_reply){
		.answered = db_int(stmt, COLUMN_ANSWERED),
		.goes_out = db_int(stmt, COLUMN_GOES_OUT),
		.has_plan = db_int(stmt, COLUMN_HAS_PLAN),
		.has_reason = db_int(stmt, COLUMN_HAS_REASON),
		.keeps_measures = db_int(stmt, COLUMN_KEEPS_MEASURES)};
	texts[COLUMN_KEY] = &reply->key;
	texts[COLUMN_TITLE] = &reply->title;
	texts[COLUMN_CASE_NO] = &reply->case_no;
	texts[COLUMN_UNIT] = &reply->unit;
	texts[COLUMN_UNIT_NAME] = &reply->unit_name;
	texts[COLUMN_TEXT] = &reply->text;
	texts[COLUMN_CLASS] = &reply->class_code;
	texts[COLUMN_DOC_NO] = &reply->doc_no;
	for (int i = 0; i < 8; i++) {
		*texts[i] = strdup(db_text(stmt, i));
		if (!*texts[i])
			return err_nomem(check->err);
	}
	return 0;
}

static int load(struct check *check)
{
	struct db *db = replica_db(check->replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_REPLIES, check->err);

	if (rc < 0)
		return rc;
	while ((rc = db_step(db, stmt, check->err)) == 1) {
		rc = take(check, stmt);
		if (rc < 0)
			break;
	}
	sqlite3_reset(stmt);
	return rc;
}

static bool asked(const struct check *check, const char *key)
{
	return !check->key || strcmp(check->key, key) == 0;
}

static int say(struct check *check, const struct check_reply *reply,
	       const struct check_said *what)
{
	struct check_said said = *what;

	said.key = reply->key;
	said.unit = reply->unit;
	said.unit_name = reply->unit_name;
	return check_say(check, &said);
}

/* The beginning of a text of `len` bytes, in one line. */
static void show(struct buf *out, const char *at, size_t len)
{
	size_t fit = utf8_fit(at, len, SHOWN_WIDTH);

	for (size_t i = 0; i < fit; i++)
		buf_addc(out, at[i] == '\n' ? ' ' : at[i]);
	if (fit < len)
		buf_adds(out, "…");
}

/* A place with what stands around it. */
static void show_around(struct buf *out, const char *text, const char *at)
{
	size_t before = (size_t)(at - text) < SHOWN_BEFORE ? (size_t)(at - text)
							   : SHOWN_BEFORE;

	while (before > 0 && ((unsigned char)at[-(long)before] & 0xc0) == 0x80)
		before--;
	show(out, at - before, strlen(at - before));
}

static int check_quotes(struct check *check, const struct check_reply *reply)
{
	struct check_said said = {
		.check = "unbalanced_quotes",
		.severity = CHECK_WARNING,
		.message = _("{1} in the reply of {unit} has no partner: "
			     "{2}")};
	struct buf mark = BUF_INIT, place = BUF_INIT;
	size_t len = 0;
	const char *at = check_text_unbalanced(reply->text, &len);
	int rc = 0;

	if (!at)
		return 0;
	buf_add(&mark, at, len);
	show_around(&place, reply->text, at);
	said.one = buf_text(&mark);
	said.two = buf_text(&place);
	rc = say(check, reply, &said);
	buf_release(&mark);
	buf_release(&place);
	return rc;
}

/* The number itself is not repeated: a finding may be passed on. */
static int say_private(struct check *check, const char *key, const char *text,
		       const struct check_reply *reply)
{
	size_t len;
	const char *at;
	enum check_number kind = check_text_private(text, &at, &len);
	struct check_said said = {
		.key = key,
		.check = "private_number",
		.severity = CHECK_ERROR,
		.message = kind == CHECK_IDENTITY
				   ? _("a public text holds the number of an "
				       "identity card: {1}")
				   : _("a public text holds a telephone "
				       "number: {1}")};
	char shown[8];

	if (kind == CHECK_NO_NUMBER)
		return 0;
	memcpy(shown, at, 3);
	memcpy(shown + 3, "…", sizeof("…"));
	said.one = (unsigned char)at[0] < 0x80 ? shown : "…";
	if (reply) {
		said.unit = reply->unit;
		said.unit_name = reply->unit_name;
	}
	return check_say(check, &said);
}

static int check_class(struct check *check, const struct check_reply *reply)
{
	struct check_said said = {.severity = CHECK_HINT};

	if (strcmp(reply->class_code, "B") == 0 && !reply->has_plan &&
	    (reply->keeps_measures || !check_text_names_date(reply->text))) {
		said.check = "plan_missing";
		said.message = _("class B, and neither a planned measure nor "
				 "a date says when");
		if (reply->keeps_measures && reply->answered)
			said.severity = CHECK_WARNING;
	} else if (strcmp(reply->class_code, "C") == 0 && !reply->has_reason &&
		   !check_text_gives_reason(reply->text)) {
		said.check = "reason_missing";
		said.message = _("class C, and nothing says why not");
		if (reply->answered)
			said.severity = CHECK_WARNING;
	} else if (strcmp(reply->class_code, "A") == 0 &&
		   check_text_future_only(reply->text)) {
		said.check = "future_only";
		said.message = _("class A, and the text speaks of the future "
				 "only");
	}
	return said.check ? say(check, reply, &said) : 0;
}

static int check_named(struct check *check, const struct check_reply *reply)
{
	const char *dash = strrchr(reply->key, '-');
	struct check_said said = {.severity = CHECK_WARNING};
	struct buf other = BUF_INIT;
	size_t len = 0;
	const char *at =
		check_text_other_title(reply->text, reply->title, &len);
	int rc = 0;

	if (at) {
		show(&other, at, len);
		said.check = "other_title";
		said.message = _("the reply of {unit} names another title: "
				 "{1}");
		said.one = buf_text(&other);
		rc = say(check, reply, &said);
	}
	at = check_text_other_number(reply->text, dash ? dash + 1 : "",
				     reply->case_no, &len);
	if (rc == 0 && at) {
		buf_clear(&other);
		show(&other, at, len);
		said.check = "other_number";
		said.message = _("the reply of {unit} names another number: "
				 "{1}");
		said.one = buf_text(&other);
		rc = say(check, reply, &said);
	}
	buf_release(&other);
	return rc;
}

static int check_doc_no(struct check *check, const struct check_reply *reply)
{
	struct check_said said = {.check = "doc_no_malformed",
				  .severity = CHECK_WARNING,
				  .one = reply->doc_no};
	enum doc_no_kind kind = doc_no_read(NULL, reply->doc_no);

	if (reply->doc_no[0] == '\0' || kind == DOC_NO_GOOD)
		return 0;
	if (kind == DOC_NO_MALFORMED) {
		said.message = _("“{1}” is no document number such as "
				 "钱教〔2022〕15号");
	} else if (kind == DOC_NO_BARE) {
		said.message = _("document number “{1}” lacks the body's mark "
				 "and the year");
	} else {
		said.severity = CHECK_HINT;
		said.message = _("document number “{1}” is not written as "
				 "钱教〔2022〕15号");
	}
	return say(check, reply, &said);
}

static int check_one(struct check *check, const struct check_reply *reply)
{
	int rc = check_quotes(check, reply);

	if (rc == 0 && reply->goes_out)
		rc = say_private(check, reply->key, reply->text, reply);
	if (rc == 0)
		rc = check_class(check, reply);
	if (rc == 0)
		rc = check_named(check, reply);
	if (rc == 0)
		rc = check_doc_no(check, reply);
	return rc;
}

static int check_public(struct check *check)
{
	struct db *db = replica_db(check->replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_PUBLIC, check->err);

	if (rc < 0)
		return rc;
	while ((rc = db_step(db, stmt, check->err)) == 1) {
		rc = say_private(check, db_text(stmt, 0), db_text(stmt, 1),
				 NULL);
		if (rc < 0)
			break;
	}
	sqlite3_reset(stmt);
	return rc;
}

/* Document numbers by their normal form, to see doubles. */
struct numbered {
	char *normal;
	const struct check_reply *reply;
};

static int by_normal(const void *a, const void *b)
{
	const struct numbered *x = a;
	const struct numbered *y = b;
	int order = strcmp(x->normal, y->normal);

	return order != 0 ? order : strcmp(x->reply->key, y->reply->key);
}

/* One letter may answer several proposals of one unit; that is fine. */
static int say_double(struct check *check, const struct numbered *one,
		      const struct numbered *other)
{
	struct check_said said = {.check = "doc_no_double",
				  .severity = CHECK_WARNING,
				  .message = _("document number {1} is that of "
					       "the reply to {2}, too"),
				  .one = one->normal,
				  .two = other->reply->key,
				  .other = other->reply->key};

	if (strcmp(one->normal, other->normal) != 0 ||
	    strcmp(one->reply->text, other->reply->text) == 0)
		return 0;
	if (!asked(check, one->reply->key)) {
		const struct numbered *swap = one;

		if (!asked(check, other->reply->key))
			return 0;
		one = other;
		said.two = said.other = swap->reply->key;
	}
	return say(check, one->reply, &said);
}

static int check_doubles(struct check *check)
{
	struct numbered *all = calloc(check->n_replies + 1, sizeof(*all));
	size_t n = 0;
	int rc = 0;

	if (!all)
		return err_nomem(check->err);
	for (size_t i = 0; rc == 0 && i < check->n_replies; i++) {
		struct buf normal = BUF_INIT;
		enum doc_no_kind kind =
			doc_no_read(&normal, check->replies[i].doc_no);

		if (kind == DOC_NO_GOOD || kind == DOC_NO_VARIANT) {
			rc = buf_check(&normal, check->err);
			all[n].reply = &check->replies[i];
			all[n++].normal = buf_take(&normal);
		}
		buf_release(&normal);
	}
	if (rc == 0 && n > 0)
		qsort(all, n, sizeof(*all), by_normal);
	for (size_t i = 1; rc == 0 && i < n; i++)
		rc = say_double(check, &all[i - 1], &all[i]);
	for (size_t i = 0; i < n; i++)
		free(all[i].normal);
	free(all);
	return rc;
}

static int say_pair(struct check *check, const struct passage_pair *pair)
{
	const struct check_reply *one = &check->replies[pair->one];
	const struct check_reply *other = &check->replies[pair->other];
	struct check_said said = {
		.check = "duplicate_passage",
		.severity = CHECK_WARNING,
		.message = _("{1} of it stands in another unit's reply: {2}")};
	struct buf share = BUF_INIT, place = BUF_INIT;
	const char *at;
	size_t len;
	int rc;

	if (!asked(check, one->key)) {
		one = &check->replies[pair->other];
		other = &check->replies[pair->one];
	}
	rc = passage_longest(&at, &len, one->text, other->text, check->err);
	if (rc < 0)
		return rc;
	buf_addf(&share, "%.0f%%", pair->containment * 100);
	buf_addf(&place, "%s %s", other->key, other->unit_name);
	if (at) {
		buf_adds(&place, " “");
		show(&place, at, len);
		buf_adds(&place, "”");
	}
	said.one = buf_text(&share);
	said.two = buf_text(&place);
	said.other = other->key;
	rc = say(check, one, &said);
	buf_release(&share);
	buf_release(&place);
	return rc;
}

static int check_passages(struct check *check)
{
	struct passage_text *texts =
		calloc(check->n_replies + 1, sizeof(*texts));
	struct passage_pair *pairs = NULL;
	size_t n = 0;
	int rc;

	if (!texts)
		return err_nomem(check->err);
	for (size_t i = 0; i < check->n_replies; i++) {
		texts[i].text = check->replies[i].text;
		texts[i].unit = check->replies[i].unit;
		texts[i].key = check->replies[i].key;
		texts[i].asked = asked(check, texts[i].key);
	}
	rc = passage_find(&pairs, &n, texts, check->n_replies, check->err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = say_pair(check, &pairs[i]);
	free(pairs);
	free(texts);
	return rc;
}

int check_replies(struct check *check)
{
	int rc = load(check);

	for (size_t i = 0; rc == 0 && i < check->n_replies; i++) {
		if (asked(check, check->replies[i].key))
			rc = check_one(check, &check->replies[i]);
	}
	if (rc == 0)
		rc = check_public(check);
	if (rc == 0)
		rc = check_doubles(check);
	if (rc == 0)
		rc = check_passages(check);
	return rc;
}
