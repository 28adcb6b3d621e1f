/* cmd_submit.c - tian submit: the reply goes to the office for review, a
 * co-unit's opinion to the main unit (提交). Binds the text by its hash. */
#include "cli/commands.h"

#include <string.h>

#include "cli/terminal/message.h"
#include "cli/case/step.h"

static const char help[] = N_(
	"usage: tian submit CASE [--unit UNIT]\n"
	"\n"
	"Hands the reply over for review. What is submitted is the text as it\n"
	"stands; whoever changes it afterwards submits it again. A co-unit\n"
	"hands its opinion to the main unit so.\n"
	"\n"
	"  --unit UNIT  whose reply, when the office types in a paper\n"
	"\n"
	"example: tian submit 1-1-014\n");

static const char SQL_CONFLICT[] =
	"SELECT severity || confirm FROM conflict WHERE entity = 'handling'"
	" AND field = 'draft' AND case_key = ?1 AND row = ?1 || '/' || ?2";
static const char SQL_CLASS[] =
	"SELECT class_proposed FROM handling WHERE proposal = ?1 AND unit = ?2"
	" AND role <> 'co'";
static const char SQL_SIGNED[] =
	"SELECT hash FROM signature WHERE proposal = ?1 AND unit = ?2 AND kind"
	" = 'signed'";
/* Submitted, not sent back and no new round since: of a co-unit, or of one
 * that replies. */
static const char SQL_SUBMITTED[] =
	"SELECT text_hash FROM flow s WHERE s.proposal = ?1 AND s.kind ="
	" 'submitted' AND (s.unit = ?2 OR s.unit = 'office' AND s.target = ?2)"
	" AND NOT EXISTS (SELECT 1 FROM flow l WHERE l.proposal = ?1 AND"
	" l.unit = 'office' AND l.seq > s.seq AND (l.kind = 'redo' OR l.kind ="
	" 'failed' AND coalesce(l.target, ?2) = ?2)) ORDER BY s.seq DESC";
/* Co-units whose agreement is to no text or to another one. */
static const char SQL_MISSING[] =
	"SELECT group_concat(coalesce(u.name, h.unit), '、') FROM handling h"
	" LEFT JOIN unit u ON u.code = h.unit WHERE h.proposal = ?1 AND h.role"
	" = 'co' AND h.void IS NOT 1 AND h.countersigned_hash IS NOT ?2";

struct submit {
	const char *unit_word;
	struct buf unit;
	char hash[EVENT_HASH_SIZE];
};

static int check_text(const struct step *step, const struct submit *submit,
		      struct err *err)
{
	struct buf found = BUF_INIT;
	int rc = 0;

	if (!*submit->hash)
		rc = err_set(err, ERR_INPUT,
			     _("%s: there is no text yet (tian reply writes "
			       "it)"),
			     step->key);
	if (rc == 0)
		rc = step_ask(&found, NULL, step, SQL_CONFLICT,
			      buf_text(&submit->unit), err);
	if (rc == 0 && strcmp(buf_text(&found), "hard0") == 0)
		rc = err_set(err, ERR_INPUT,
			     _("two versions of this reply are in conflict; "
			       "settle it first: tian conflicts %s"),
			     step->key);
	else if (rc == 0 && strcmp(buf_text(&found), "soft1") == 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s: sentences of two people were joined in "
			       "this reply; read it and write it as it shall "
			       "stand: tian reply"),
			     step->key);
	buf_release(&found);
	return rc;
}

static int check_rest(const struct step *step, const struct submit *submit,
		      struct err *err)
{
	struct buf found = BUF_INIT;
	size_t n = 0;
	int rc = step_ask(&found, &n, step, SQL_CLASS, buf_text(&submit->unit),
			  err);

	if (rc == 0 && n > 0 && found.len == 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s: the reply has no class yet (tian set %s "
			       "class_proposed=A)"),
			     step->key, step->key);
	if (rc == 0)
		rc = step_ask(&found, NULL, step, SQL_SIGNED,
			      buf_text(&submit->unit), err);
	if (rc == 0 && found.len > 0 &&
	    strcmp(buf_text(&found), submit->hash) != 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s: the text was changed after it was signed; "
			       "have it signed again (tian sign)"),
			     step->key);
	buf_release(&found);
	return rc;
}

/* Not an error: a paper may lack a co-unit, and the office is told. */
static int tell_missing(const struct step *step, const struct submit *submit,
			struct err *err)
{
	struct buf missing = BUF_INIT;
	int rc = 0;

	if (strcmp(step->role, "co") != 0)
		rc = step_ask(&missing, NULL, step, SQL_MISSING, submit->hash,
			      err);
	if (rc == 0 && missing.len > 0)
		cli_note(_("%s: not countersigned as it stands by %s."),
			 step->key, buf_text(&missing));
	buf_release(&missing);
	return rc;
}

static int find_unit(struct step *step, struct submit *submit, struct err *err)
{
	if (strcmp(step->role, "co") == 0) {
		buf_adds(&submit->unit, step->site);
		return buf_check(&submit->unit, err);
	}
	return step_replier(&submit->unit, step, submit->unit_word, err);
}

static int write(struct step *step, void *ctx, struct err *err)
{
	struct submit *submit = ctx;
	struct event event = {.kind = "submitted", .text_hash = submit->hash};
	struct buf text = BUF_INIT, found = BUF_INIT;
	int rc = step_allow(step, "submitted", err);

	if (rc == 0)
		rc = find_unit(step, submit, err);
	if (rc == 0)
		rc = step_text(&text, submit->hash, step,
			       buf_text(&submit->unit), err);
	if (rc == 0)
		rc = check_text(step, submit, err);
	if (rc == 0)
		rc = check_rest(step, submit, err);
	if (rc == 0)
		rc = step_ask(&found, NULL, step, SQL_SUBMITTED,
			      buf_text(&submit->unit), err);
	if (rc < 0 || strcmp(buf_text(&found), submit->hash) == 0)
		goto done;
	if (replica_is_office(step->replica))
		event.target = buf_text(&submit->unit);
	rc = step_event(step, &event, err);
	if (rc == 0)
		rc = tell_missing(step, submit, err);
done:
	buf_release(&text);
	buf_release(&found);
	return rc;
}

int cmd_submit(struct cli *cli, int argc, char **argv)
{
	struct submit submit = {.unit = BUF_INIT};
	const struct arg_option options[] = {
		{"--unit", ARG_ONE, &submit.unit_word},
	};
	const struct arg_spec spec = {help, options, 1, 1, 1};
	const struct step_plan plan = {
		.spec = &spec, .write = write, .ctx = &submit};
	int status = step_command(cli, &plan, argc, argv);

	buf_release(&submit.unit);
	return status;
}
