/* cmd_review.c - tian review: the office passes a reply or sends it back
 * (审核). Binds what passes by its hash. */
#include "cli/commands.h"

#include <string.h>

#include "cli/terminal/message.h"
#include "cli/case/step.h"
#include "core/base/db.h"

static const char help[] = N_(
	"usage: tian review CASE --pass [--class A] [--reason TEXT]\n"
	"       tian review CASE --reject --reason TEXT [--unit UNIT]\n"
	"\n"
	"The office passes the reply that was submitted, or sends it back with\n"
	"the reason.\n"
	"\n"
	"  --class A      the class as the office confirms it, if it says one\n"
	"  --unit UNIT    whose reply is sent back, where several units reply;\n"
	"                 else all of them\n"
	"  --reason TEXT  why\n"
	"\n"
	"example: tian review 1-1-014 --pass\n");

/* Each unit that replies: its code, the hash that was submitted, its text. */
static const char SQL_REPLIES[] =
	"SELECT h.unit, (SELECT hash FROM signature s WHERE s.proposal = ?1 AND"
	" s.unit = h.unit AND s.kind = 'submitted'), h.draft FROM handling h"
	" WHERE h.proposal = ?1 AND h.role IN ('main', 'split') AND h.void IS"
	" NOT 1 AND (?2 IS NULL OR h.unit = ?2) ORDER BY h.unit";
static const char SQL_CONFLICT[] =
	"SELECT 1 FROM conflict WHERE entity = 'handling' AND severity ="
	" 'hard' AND field IN ('draft', 'class_proposed') AND case_key = ?1";

struct review {
	bool pass, reject;
	const char *class_word, *unit_word, *reason;
	struct buf names; /* codes and hashes of those judged, NUL-ended */
};

static int check(void *ctx, struct err *err)
{
	const struct review *review = ctx;

	if (review->pass == review->reject)
		return err_set(err, ERR_USAGE,
			       _("say how it was judged: --pass, or --reject "
				 "--reason TEXT"));
	if (review->pass && review->unit_word)
		return err_set(err, ERR_USAGE,
			       _("--unit goes with --reject; what passes is "
				 "the whole answer"));
	if (review->reject && review->class_word)
		return err_set(err, ERR_USAGE, _("--class goes with --pass"));
	return review->reject
		       ? step_need(review->reason, N_("--reason TEXT"), err)
		       : 0;
}

static int add_reply(struct review *review, const struct step *step,
		     sqlite3_stmt *stmt, struct err *err)
{
	struct value text = db_value(stmt, 2);
	char hash[EVENT_HASH_SIZE] = "";

	if (text.type == VALUE_TEXT)
		event_text_hash(hash, text.bytes, text.len);
	/* Papers typed in before hashes were kept have none. */
	if (review->pass && !db_is_null(stmt, 1) &&
	    strcmp(db_text(stmt, 1), hash) != 0)
		return err_set(err, ERR_INPUT,
			       _("%s: %s changed its text after it was "
				 "submitted; it submits it again, or send "
				 "it back with --reject"),
			       step->key, db_text(stmt, 0));
	buf_add(&review->names, db_text(stmt, 0), strlen(db_text(stmt, 0)) + 1);
	buf_add(&review->names, hash, strlen(hash) + 1);
	return buf_check(&review->names, err);
}

static int find_replies(struct review *review, const struct step *step,
			struct err *err)
{
	struct db *db = replica_db(step->replica);
	struct buf unit = BUF_INIT;
	sqlite3_stmt *stmt;
	int rc = 0;

	if (review->unit_word)
		rc = step_replier(&unit, step, review->unit_word, err);
	if (rc == 0)
		rc = db_stmt(&stmt, db, SQL_REPLIES, err);
	if (rc < 0)
		goto done;
	db_bind_text(stmt, 1, step->key);
	db_bind_text(stmt, 2, unit.len > 0 ? buf_text(&unit) : NULL);
	while ((rc = db_step(db, stmt, err)) == 1) {
		rc = add_reply(review, step, stmt, err);
		if (rc < 0)
			break;
	}
	sqlite3_reset(stmt);
done:
	buf_release(&unit);
	return rc;
}

/* One event for each unit judged: each text passes by its own hash. */
static int write_events(struct step *step, const struct review *review,
			struct err *err)
{
	const char *at = buf_text(&review->names);
	const char *end = at + review->names.len;
	int rc = 0;

	while (rc == 0 && at < end) {
		const char *hash = at + strlen(at) + 1;
		const struct event event = {
			.key = step->key,
			.kind = review->pass ? "passed" : "failed",
			.detail = review->reason,
			.text_hash = *hash ? hash : NULL,
			.target = at,
		};

		rc = event_add(step->replica, &event, err);
		step->changed = true;
		at = hash + strlen(hash) + 1;
	}
	return rc;
}

static int check_conflict(const struct step *step, struct err *err)
{
	struct buf found = BUF_INIT;
	int rc = step_ask(&found, NULL, step, SQL_CONFLICT, NULL, err);

	if (rc == 0 && found.len > 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s: the reply is in conflict; settle it "
			       "first: tian conflicts %s"),
			     step->key, step->key);
	buf_release(&found);
	return rc;
}

static int write(struct step *step, void *ctx, struct err *err)
{
	struct review *review = ctx;
	int rc = step_allow(step, review->pass ? "passed" : "failed", err);

	if (rc == 0 && review->pass)
		rc = check_conflict(step, err);
	if (rc == 0)
		rc = find_replies(review, step, err);
	if (rc == 0)
		rc = write_events(step, review, err);
	if (rc == 0)
		rc = step_set(step, "proposal", step->key, "class_confirmed",
			      review->class_word, err);
	return rc;
}

int cmd_review(struct cli *cli, int argc, char **argv)
{
	struct review review = {.names = BUF_INIT};
	const struct arg_option options[] = {
		{"--pass", ARG_FLAG, &review.pass},
		{"--reject", ARG_FLAG, &review.reject},
		{"--class", ARG_ONE, &review.class_word},
		{"--unit", ARG_ONE, &review.unit_word},
		{"--reason", ARG_ONE, &review.reason},
	};
	const struct arg_spec spec = {help, options, 5, 1, 1};
	const struct step_plan plan = {.spec = &spec,
				       .reason = &review.reason,
				       .check = check,
				       .write = write,
				       .ctx = &review};
	int status = step_command(cli, &plan, argc, argv);

	buf_release(&review.names);
	return status;
}
