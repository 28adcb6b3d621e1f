/* check_rules.c - checks that are queries: a name, a severity, the rows, the
 * words. Knows the domain's tables and views; knows no text. */
#include "cli/check/check_room.h"

#include <string.h>

#include "cli/terminal/message.h"
#include "core/base/db.h"

/* The cases of this run, each looked up once. `answered`: the reply has been
 * submitted; `keeps_…`: the session has such rows at all. */
static const char SQL_TABLES[] =
	"CREATE TEMP TABLE IF NOT EXISTS checked("
	" key TEXT PRIMARY KEY NOT NULL, session TEXT, status TEXT,"
	" answered INTEGER, class TEXT) WITHOUT ROWID;"
	"CREATE TEMP TABLE IF NOT EXISTS checked_session("
	" key TEXT PRIMARY KEY NOT NULL, keeps_contacts INTEGER,"
	" keeps_measures INTEGER, keeps_opinions INTEGER) WITHOUT ROWID;"
	"DELETE FROM temp.checked; DELETE FROM temp.checked_session;";

/* Keys of a session lie between 1-1- and 1-1. */
#define WITHIN                                               \
	"x.void IS NOT 1 AND x.proposal > s.key || '-' AND " \
	"x.proposal < s.key || '.'"

static const char SQL_SESSIONS[] =
	"INSERT INTO temp.checked_session SELECT s.key,"
	" EXISTS (SELECT 1 FROM contact x WHERE " WITHIN "),"
	" EXISTS (SELECT 1 FROM measure x WHERE " WITHIN "),"
	" EXISTS (SELECT 1 FROM handling x WHERE " WITHIN " AND x.role = 'co'"
	"  AND (x.draft IS NOT NULL OR x.countersigned_hash IS NOT NULL))"
	" FROM session s WHERE s.void IS NOT 1";

static const char SQL_CASES[] =
	"INSERT INTO temp.checked(key, session, status, answered, class)"
	" SELECT c.key, (SELECT s.key FROM session s WHERE c.key > s.key ||"
	"  '-' AND c.key < s.key || '.' ORDER BY length(s.key) DESC LIMIT 1),"
	" c.status, c.status IN ('答复待审', '审核通过', '已答复', '办结',"
	"  '归档'), c.class_confirmed FROM (SELECT p.key, p.class_confirmed,"
	"  (SELECT t.status FROM proposal_status t WHERE t.key = p.key) AS"
	"  status FROM proposal p WHERE p.void IS NOT 1 AND p.key BETWEEN ?1"
	"  AND ?2) AS c";

/* Each gives: case, severity (NULL: the rule's), unit, {1}, {2}, other.
 * A CROSS JOIN goes from the cases of this run, which may be one, to their
 * rows; what looks a view through has the run's keys, ?1 to ?2, besides. */
#define REPLIES                                                                 \
	" FROM temp.checked c CROSS JOIN handling h ON h.proposal = c.key AND " \
	"h.role IN ('main', 'split') AND h.void IS NOT 1 AND h.draft <> ''"
#define SESSION " LEFT JOIN temp.checked_session s ON s.key = c.session"

static const char SQL_CLASS_MISSING[] =
	"SELECT c.key, CASE WHEN c.answered THEN NULL ELSE 0 END, h.unit,"
	" NULL, NULL, NULL" REPLIES
	" WHERE h.class_proposed IS NULL AND c.class IS NULL";

static const char SQL_CLASS_UNKNOWN[] =
	"SELECT k.key, NULL, k.unit, k.class, NULL, NULL FROM ("
	"SELECT c.key, h.unit, h.class_proposed AS class FROM temp.checked c"
	" CROSS JOIN handling h ON h.proposal = c.key AND h.void IS NOT 1"
	" UNION ALL SELECT key, NULL, class FROM temp.checked) AS k"
	" WHERE k.class IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code d"
	" WHERE d.list = 'class' AND d.code = k.class AND d.void IS NOT 1)";

/* A contact counts if it was before the reply was handed in. */
static const char SQL_NO_CONTACT[] =
	"SELECT c.key, CASE WHEN s.keeps_contacts THEN NULL ELSE 0 END,"
	" h.unit, NULL, NULL, NULL" REPLIES SESSION
	" WHERE c.answered AND NOT EXISTS (SELECT 1 FROM contact t"
	"  WHERE t.proposal = c.key AND t.unit IN (h.unit, 'office')"
	"  AND t.void IS NOT 1 AND (t.at IS NULL OR t.at <= coalesce((SELECT"
	"   date(max(e.at), 'localtime') FROM flow e WHERE e.proposal = c.key"
	"   AND e.kind = 'submitted'), t.at)))";

static const char SQL_CO_UNIT_MISSING[] =
	"SELECT c.key, CASE WHEN s.keeps_opinions THEN NULL ELSE 0 END,"
	" h.unit, NULL, NULL, NULL FROM temp.checked c" SESSION
	" CROSS JOIN handling h ON h.proposal = c.key AND h.role = 'co'"
	" AND h.void IS NOT 1 AND h.draft IS NULL AND h.countersigned_hash IS"
	" NULL WHERE c.answered";

static const char SQL_FEEDBACK_EARLY[] =
	"SELECT c.key, NULL, NULL, f.at, r.at, NULL FROM temp.checked c"
	" CROSS JOIN feedback f ON f.proposal = c.key AND f.void IS NOT 1"
	" JOIN (SELECT k.key, coalesce((SELECT date(min(e.at), 'localtime')"
	"  FROM flow e WHERE e.proposal = k.key AND e.kind = 'sent'),"
	"  (SELECT min(coalesce(h.signed_at, h.signed_entered)) FROM handling h WHERE h.proposal = k.key"
	"  AND h.role IN ('main', 'split') AND h.void IS NOT 1)) AS at"
	"  FROM temp.checked k) AS r ON r.key = c.key WHERE f.at < r.at";

static const char SQL_NOT_ASSIGNED[] =
	"SELECT c.key, NULL, NULL, NULL, NULL, NULL FROM temp.checked c"
	" WHERE c.status = '立案' AND NOT EXISTS (SELECT 1 FROM handling h"
	" WHERE h.proposal = c.key AND h.role IN ('main', 'split')"
	" AND h.void IS NOT 1)";

static const char SQL_STRAY[] =
	"SELECT c.key, NULL, e.unit, coalesce(d.zh, e.kind), coalesce(d.en,"
	" e.kind), NULL FROM temp.checked c CROSS JOIN stray_event e ON e.proposal ="
	" c.key LEFT JOIN code d ON d.list = 'event' AND d.code = e.kind";

static const char SQL_CONFLICT[] =
	"SELECT c.key, CASE k.severity WHEN 'hard' THEN NULL ELSE 0 END,"
	" NULL, coalesce(k.label, k.field), k.row, NULL FROM conflict k JOIN"
	" temp.checked c ON c.key = k.case_key WHERE k.case_key BETWEEN ?1 AND"
	" ?2 AND (k.severity = 'hard' OR k.confirm = 1)";

/* Totals, at the office alone: a unit knows its own cases only. Both counts
 * go on with a condition and a closing bracket. */
#define COUNT                                                         \
	"(SELECT count(*) FROM proposal p WHERE p.void IS NOT 1 AND " \
	"p.key > s.key || '-' AND p.key < s.key || '.' AND "
#define LEADERS                                                          \
	"(SELECT count(DISTINCT l.proposal) FROM leader l WHERE l.void " \
	"IS NOT 1 AND l.proposal > s.key || '-' AND l.proposal < "       \
	"s.key || '.' AND l.mode = "
#define SESSIONS                                                           \
	" FROM session s WHERE s.void IS NOT 1 AND EXISTS (SELECT 1 FROM " \
	"proposal p WHERE p.key > s.key || '-' AND p.key < s.key || '.')"

static const char SQL_RECEIVED_LESS[] =
	"SELECT s.key, NULL, NULL, s.received, s.filed, NULL" SESSIONS
	" AND s.received < s.filed";

static const char SQL_UNEXPLAINED[] =
	"SELECT k.key, CASE WHEN k.gap > k.said THEN 0 ELSE NULL END, NULL,"
	" k.gap, k.said, NULL FROM (SELECT s.key, s.received - s.filed AS gap,"
	" " COUNT "(p.withdrawn = 1 OR p.merged_into IS NOT NULL OR p.review IN"
	" ('merged', 'rejected', 'forwarded'))) AS said" SESSIONS
	" AND s.received >= s.filed) AS k WHERE k.gap <> k.said";

static const char SQL_FILED_DIFFERS[] =
	"SELECT k.key, CASE WHEN k.here < k.filed THEN 0 ELSE NULL END, NULL,"
	" k.filed, k.here, NULL FROM (SELECT s.key, s.filed,"
	" " COUNT "p.review = 'filed' AND p.withdrawn IS NOT 1 AND"
	" p.merged_into IS NULL) AS here" SESSIONS
	" AND s.filed IS NOT NULL) AS k WHERE k.here <> k.filed";

static const char SQL_KEY_DIFFERS[] =
	"SELECT k.key, NULL, NULL, k.stated, k.here, NULL FROM (SELECT s.key,"
	" s.led + s.supervised AS stated,"
	" " COUNT "p.is_key = 1) AS here" SESSIONS
	" AND s.led IS NOT NULL AND s.supervised IS NOT NULL) AS k"
	" WHERE k.here > 0 AND k.here <> k.stated";

static const char SQL_LEADERS_DIFFER[] =
	"SELECT k.key, CASE WHEN k.led + k.supervised = 0 THEN 0 ELSE NULL"
	" END, NULL, k.said_led || '+' || k.said_supervised, k.led || '+' ||"
	" k.supervised, NULL FROM (SELECT s.key, s.led AS said_led,"
	" s.supervised AS said_supervised,"
	" " LEADERS "'lead') AS led,"
	" " LEADERS "'supervise') AS supervised" SESSIONS
	" AND s.led IS NOT NULL AND s.supervised IS NOT NULL) AS k"
	" WHERE k.led <> k.said_led OR k.supervised <> k.said_supervised";

static const struct rule {
	const char *name;
	enum check_severity severity;
	bool session; /* a total: not of one case, and only at the office */
	const char *sql;
	const char *message;
} rules[] = {
	{"class_missing", CHECK_WARNING, false, SQL_CLASS_MISSING,
	 N_("{unit} has given no class with its reply")},
	{"class_unknown", CHECK_ERROR, false, SQL_CLASS_UNKNOWN,
	 N_("class “{1}” is not in the list of classes")},
	{"no_contact", CHECK_WARNING, false, SQL_NO_CONTACT,
	 N_("no contact of {unit} with the sponsor is recorded before its "
	    "reply")},
	{"co_unit_missing", CHECK_WARNING, false, SQL_CO_UNIT_MISSING,
	 N_("co-unit {unit} has given no opinion and no countersignature")},
	{"feedback_before_reply", CHECK_ERROR, false, SQL_FEEDBACK_EARLY,
	 N_("the sponsor's form is dated {1}, before the reply of {2}")},
	{"not_assigned", CHECK_HINT, false, SQL_NOT_ASSIGNED,
	 N_("filed, and no unit handles it yet")},
	{"stray_event", CHECK_WARNING, false, SQL_STRAY,
	 N_("a step of {unit} counts for nothing, as it has no say in it: "
	    "{1}")},
	{"conflict", CHECK_ERROR, false, SQL_CONFLICT,
	 N_("“{1}” of {2} has several values to settle or to confirm; see "
	    "tian conflicts")},
	{"totals", CHECK_ERROR, true, SQL_RECEIVED_LESS,
	 N_("{1} received are fewer than {2} filed")},
	{"totals", CHECK_WARNING, true, SQL_UNEXPLAINED,
	 N_("of those received {1} are not filed, by the figures stated; "
	    "merged, declined, forwarded or withdrawn here: {2}")},
	{"totals", CHECK_WARNING, true, SQL_FILED_DIFFERS,
	 N_("{1} filed are stated, {2} are here")},
	{"totals", CHECK_WARNING, true, SQL_KEY_DIFFERS,
	 N_("led and supervised ones are stated as {1} in all, key proposals "
	    "here are {2}")},
	{"totals", CHECK_WARNING, true, SQL_LEADERS_DIFFER,
	 N_("led + supervised are stated as {1}; the leaders recorded here "
	    "make {2}")},
};

static const char SQL_UNIT_NAME[] = "SELECT name FROM unit WHERE code = ?1";

void check_bind_keys(sqlite3_stmt *stmt, int at, const struct check *check)
{
	db_bind_text(stmt, at, check->key ? check->key : "");
	db_bind_text(stmt, at + 1,
		     check->key ? check->key : "\xf4\x8f\xbf\xbf");
}

int check_begin(struct check *check)
{
	struct db *db = replica_db(check->replica);
	sqlite3_stmt *stmt;
	int rc = db_exec(db, SQL_TABLES, check->err);

	if (rc == 0)
		rc = db_exec(db, SQL_SESSIONS, check->err);
	if (rc == 0)
		rc = db_stmt(&stmt, db, SQL_CASES, check->err);
	if (rc < 0)
		return rc;
	check_bind_keys(stmt, 1, check);
	return db_run(db, stmt, check->err);
}

static int unit_name(struct buf *name, struct check *check, const char *code)
{
	struct db *db = replica_db(check->replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_UNIT_NAME, check->err);

	buf_clear(name);
	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, code);
	rc = db_step(db, stmt, check->err);
	buf_adds(name,
		 rc == 1 && !db_is_null(stmt, 0) ? db_text(stmt, 0) : code);
	sqlite3_reset(stmt);
	return rc < 0 ? rc : buf_check(name, check->err);
}

static const char *text_or_null(sqlite3_stmt *stmt, int column)
{
	return db_is_null(stmt, column) ? NULL : db_text(stmt, column);
}

static int say_row(struct check *check, const struct rule *rule,
		   sqlite3_stmt *stmt, struct buf *name)
{
	struct check_said said = {.key = db_text(stmt, 0),
				  .check = rule->name,
				  .severity = rule->severity,
				  .message = _(rule->message),
				  .unit = text_or_null(stmt, 2),
				  .one = text_or_null(stmt, 3),
				  .two = text_or_null(stmt, 4),
				  .other = text_or_null(stmt, 5)};
	int rc = 0;

	if (!db_is_null(stmt, 1))
		said.severity = (enum check_severity)db_int(stmt, 1);
	if (said.unit) {
		rc = unit_name(name, check, said.unit);
		said.unit_name = buf_text(name);
	}
	return rc < 0 ? rc : check_say(check, &said);
}

static int run_rule(struct check *check, const struct rule *rule)
{
	struct db *db = replica_db(check->replica);
	struct buf name = BUF_INIT;
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, rule->sql, check->err);

	if (rc < 0)
		return rc;
	if (sqlite3_bind_parameter_count(stmt) == 2)
		check_bind_keys(stmt, 1, check);
	while ((rc = db_step(db, stmt, check->err)) == 1) {
		rc = say_row(check, rule, stmt, &name);
		if (rc < 0)
			break;
	}
	sqlite3_reset(stmt);
	buf_release(&name);
	return rc;
}

int check_rules(struct check *check)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(rules) / sizeof(rules[0]);
	     i++) {
		if (rules[i].session &&
		    (check->key || !replica_is_office(check->replica)))
			continue;
		rc = run_rule(check, &rules[i]);
	}
	return rc;
}
