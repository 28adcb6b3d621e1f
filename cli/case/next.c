/* next.c - what comes next in a case.
 * Knows the commands by name; takes no step. */
#include "cli/case/next.h"

#include <string.h>

#include "cli/case/case.h"
#include "cli/terminal/message.h"
#include "core/base/db.h"

/* What decides between the lines of one state. */
enum fact {
	FACT_RETURNING = 1,	/* this unit asked to be released */
	FACT_ASKED_RETURN = 2,	/* some unit did, the office has to answer */
	FACT_ASKED_TIME = 4,	/* some unit asked for more time */
	FACT_DRAFT = 8,		/* this unit has written its text */
	FACT_MAIN_DRAFT = 16,	/* the main unit has */
	FACT_RECEIVED = 32,	/* this unit took the case on, this round */
	FACT_BOUND = 64,	/* this co-unit has countersigned something */
	FACT_UNDECIDED = 128,	/* dissatisfied, and no new round begun */
	FACT_TRACKED = 256,	/* class B or C */
	FACT_CONTRADICTED = 512 /* two steps contradict each other */
};

/* status, role, facts as bits (enum fact). ?1 case, ?2 site. */
static const char SQL_FACTS[] =
	"WITH h AS (SELECT * FROM handling WHERE proposal = ?1 AND void IS NOT"
	" 1), r AS (SELECT coalesce(max(seq), '') AS seq, count(*) AS n FROM"
	" flow WHERE proposal = ?1 AND unit = 'office' AND kind = 'redo')"
	" SELECT (SELECT status FROM proposal_status WHERE key = ?1),"
	" CASE WHEN ?2 = 'office' THEN 'office' ELSE coalesce((SELECT CASE"
	"  role WHEN 'co' THEN 'co' ELSE 'main' END FROM h WHERE unit = ?2),"
	"  '') END,"
	" 1 * EXISTS (SELECT 1 FROM open_request WHERE proposal = ?1 AND unit"
	"  = ?2 AND kind = 'return_asked')"
	" + 2 * EXISTS (SELECT 1 FROM open_request WHERE proposal = ?1 AND"
	"  kind = 'return_asked')"
	" + 4 * EXISTS (SELECT 1 FROM open_request WHERE proposal = ?1 AND"
	"  kind = 'extension_asked')"
	" + 8 * EXISTS (SELECT 1 FROM h WHERE unit = ?2 AND draft <> '')"
	" + 16 * EXISTS (SELECT 1 FROM h WHERE role IN ('main', 'split') AND"
	"  draft <> '')"
	" + 32 * EXISTS (SELECT 1 FROM flow, r WHERE flow.proposal = ?1 AND"
	"  flow.unit = ?2 AND flow.kind = 'receipt' AND flow.seq >= r.seq)"
	" + 64 * EXISTS (SELECT 1 FROM h WHERE unit = ?2 AND"
	"  countersigned_hash IS NOT NULL)"
	" + 128 * EXISTS (SELECT 1 FROM feedback b, r WHERE b.proposal = ?1"
	"  AND b.void IS NOT 1 AND b.round = r.n + 1 AND 'dissatisfied' IN"
	"  (b.process, b.result))"
	" + 256 * (coalesce((SELECT class_confirmed FROM proposal WHERE key ="
	"  ?1), (SELECT max(class_proposed) FROM h WHERE role <> 'co'), '')"
	"  IN ('B', 'C'))"
	" + 512 * EXISTS (SELECT 1 FROM contradiction WHERE case_key = ?1)";

/* One line: where all facts of `yes` hold and none of `no`. The command has
 * one %s, the case; NULL: one waits. */
static const struct line {
	const char *status, *role;
	unsigned yes, no;
	const char *command;
	const char *text;
} lines[] = {
	{NULL, NULL, FACT_CONTRADICTED, 0, "tian conflicts %s",
	 N_("two steps or rows of it contradict each other")},
	{NULL, "office", FACT_ASKED_RETURN, 0,
	 N_("tian return %s --grant --reason TEXT"),
	 N_("a unit asks to be released (or --refuse)")},
	{NULL, "office", FACT_ASKED_TIME, 0, "tian extend %s --grant",
	 N_("a unit asks for more time (or --refuse --reason TEXT)")},
	{NULL, "main", FACT_RETURNING, 0, NULL,
	 N_("the office answers whether this unit is released")},
	{NULL, "co", FACT_RETURNING, 0, NULL,
	 N_("the office answers whether this unit is released")},

	{"草稿", "office", 0, 0, "tian receive %s",
	 N_("register it as received")},
	{"已提交", "office", 0, 0, "tian file %s",
	 N_("file it (or merge, decline, forward, withdraw)")},
	{"立案", "office", 0, 0, N_("tian assign %s --main UNIT"),
	 N_("assign it to its units")},
	{"交办", "office", 0, 0, NULL, N_("the unit receives it")},
	{"办理中", "office", 0, 0, NULL, N_("the unit writes its reply")},
	{"答复待审", "office", 0, 0, "tian review %s --pass",
	 N_("review the reply (or --reject --reason TEXT)")},
	{"审核驳回", "office", 0, 0, NULL,
	 N_("the unit changes its reply and submits it again")},
	{"审核通过", "office", 0, 0, "tian send %s",
	 N_("send the letter to the sponsor")},
	{"已答复", "office", 0, 0,
	 "tian feedback %s --process 满意 --result 满意",
	 N_("enter the sponsor's form")},
	{"办结", "office", 0, 0, "tian archive %s", N_("close it for good")},
	{"重新办理", "office", FACT_UNDECIDED, 0,
	 N_("tian redo %s --reason TEXT"), N_("begin the next round")},
	{"重新办理", "office", 0, FACT_UNDECIDED, NULL,
	 N_("the unit receives it again")},

	{"交办", "main", 0, FACT_RETURNING, "tian receive %s",
	 N_("take it on")},
	{"交办", "main", 0, FACT_RETURNING, N_("tian return %s --reason TEXT"),
	 N_("or ask to be released")},
	{"办理中", "main", 0, FACT_RETURNING,
	 N_("tian contact %s --mode 走访 --result TEXT"),
	 N_("record each talk with the sponsor")},
	{"办理中", "main", 0, FACT_RETURNING | FACT_DRAFT,
	 N_("tian reply %s --class A --text-file FILE"), N_("write the reply")},
	{"办理中", "main", FACT_DRAFT, FACT_RETURNING, "tian submit %s",
	 N_("hand the reply to the office")},
	{"答复待审", "main", 0, 0, NULL, N_("the office reviews the reply")},
	{"审核驳回", "main", 0, FACT_RETURNING,
	 N_("tian reply %s --class A --text-file FILE"),
	 N_("change the reply")},
	{"审核驳回", "main", 0, FACT_RETURNING, "tian submit %s",
	 N_("and submit it again")},
	{"审核通过", "main", 0, 0, NULL,
	 N_("the office sends the letter to the sponsor")},
	{"已答复", "main", 0, 0, NULL, N_("the sponsor's form comes back")},
	{"办结", "main", FACT_TRACKED, 0, N_("tian track %s --note TEXT"),
	 N_("tell how what was promised goes on")},
	{"重新办理", "main", 0, FACT_UNDECIDED | FACT_RETURNING,
	 "tian receive %s", N_("take it on again")},
	{"重新办理", "main", FACT_UNDECIDED, 0, NULL,
	 N_("the office begins the next round")},

	{"交办", "co", 0, FACT_RECEIVED | FACT_RETURNING, "tian receive %s",
	 N_("take it on")},
	{"办理中", "co", 0, FACT_RECEIVED | FACT_RETURNING, "tian receive %s",
	 N_("take it on")},
	{"办理中", "co", FACT_RECEIVED, FACT_DRAFT | FACT_RETURNING,
	 N_("tian reply %s --text-file FILE"), N_("write this unit's opinion")},
	{"办理中", "co", FACT_MAIN_DRAFT, FACT_BOUND | FACT_RETURNING,
	 "tian countersign %s", N_("agree to the main unit's reply")},
	{"答复待审", "co", FACT_MAIN_DRAFT, FACT_BOUND, "tian countersign %s",
	 N_("agree to the main unit's reply")},
};

typedef int line_fn(const char *command, const char *text, void *ctx,
		    struct err *err);

static bool fits(const struct line *line, const char *status, const char *role,
		 unsigned facts)
{
	return (!line->status || strcmp(line->status, status) == 0) &&
	       (!line->role || strcmp(line->role, role) == 0) &&
	       (facts & line->yes) == line->yes && !(facts & line->no);
}

static int tell(const struct line *line, const char *key, line_fn *fn,
		void *ctx, struct err *err)
{
	struct buf command = BUF_INIT;
	const char *named = line->command ? _(line->command) : NULL;
	const char *hole = named ? strstr(named, "%s") : NULL;
	int rc;

	if (hole) {
		buf_add(&command, named, (size_t)(hole - named));
		buf_addf(&command, "%s%s", key, hole + 2);
	}
	rc = buf_check(&command, err);
	if (rc == 0)
		rc = fn(hole ? buf_text(&command) : NULL, _(line->text), ctx,
			err);
	buf_release(&command);
	return rc;
}

static int each(struct replica *replica, const char *key, line_fn *fn,
		void *ctx, struct err *err)
{
	struct db *db = replica_db(replica);
	struct buf status = BUF_INIT, role = BUF_INIT;
	sqlite3_stmt *stmt;
	unsigned facts = 0;
	int rc = db_stmt(&stmt, db, SQL_FACTS, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, key);
	db_bind_text(stmt, 2, replica_site(replica));
	rc = db_step(db, stmt, err);
	if (rc == 1) {
		buf_adds(&status, db_text(stmt, 0));
		buf_adds(&role, db_text(stmt, 1));
		facts = (unsigned)db_int(stmt, 2);
		rc = buf_check(&status, err);
	}
	sqlite3_reset(stmt);
	for (size_t i = 0; rc == 0 && i < sizeof(lines) / sizeof(lines[0]); i++)
		if (fits(&lines[i], buf_text(&status), buf_text(&role), facts))
			rc = tell(&lines[i], key, fn, ctx, err);
	buf_release(&status);
	buf_release(&role);
	return rc;
}

static int print_line(const char *command, const char *text, void *ctx,
		      struct err *err)
{
	FILE *out = ctx;

	(void)err;
	if (command)
		fprintf(out, _("  next: %s — %s\n"), command, text);
	else
		fprintf(out, _("  waits: %s\n"), text);
	return 0;
}

int next_text(FILE *out, struct replica *replica, const char *key,
	      struct err *err)
{
	return each(replica, key, print_line, out, err);
}

static int add_line(const char *command, const char *text, void *ctx,
		    struct err *err)
{
	struct json_out *json = ctx;

	(void)err;
	json_out_object(json, NULL);
	json_out_text(json, "command", command);
	json_out_text(json, "text", text);
	json_out_end(json);
	return 0;
}

int next_json(struct json_out *json, struct replica *replica, const char *key,
	      struct err *err)
{
	int rc;

	json_out_array(json, "next");
	rc = each(replica, key, add_line, json, err);
	json_out_end(json);
	return rc;
}
