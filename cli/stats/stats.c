/* stats.c - the figures an office publishes of one session.
 * Knows rows and views; prints nothing. */
#include "cli/stats/stats.h"

#include <stdlib.h>
#include <string.h>

#include "cli/terminal/message.h"
#include "core/base/db.h"

static const char SQL_SESSION[] =
	"SELECT key, coalesce(committee, '') || coalesce(name, key), received,"
	" filed, led, supervised FROM session WHERE void IS NOT 1 AND"
	" (?1 IS NULL OR key = ?1) ORDER BY length(key) DESC, key DESC LIMIT 1";

static const char SQL_CLASSES[] =
	"SELECT code FROM code WHERE list = 'class' AND void IS NOT 1"
	" ORDER BY rank, code";

/* One row a proposal. The date of the reply is the day on which the last of
 * its units first handed one in; late ones stay late after a new round. */
static const char SQL_CASES[] =
	"SELECT c.key, c.status, c.review, c.withdrawn = 1, c.merged_into IS"
	" NOT NULL, c.is_key = 1, c.class, c.sector, c.kind, c.category,"
	" c.due, c.done, c.contacted, c.led, c.supervised, f.forms, f.process,"
	" f.result, f.both, c.measures, c.adopted,"
	" c.due < date('now', 'localtime') AND c.status IN ('已提交', '立案',"
	"  '交办', '办理中', '审核驳回', '重新办理'), k.zh FROM ("
	"SELECT p.*, (SELECT t.status FROM proposal_status t WHERE t.key ="
	"  p.key) AS status,"
	" coalesce(p.class_confirmed, (SELECT CASE WHEN min(h.class_proposed)"
	"  = max(h.class_proposed) THEN min(h.class_proposed) END FROM"
	"  handling h WHERE h.proposal = p.key AND h.role IN ('main',"
	"  'split') AND h.void IS NOT 1)) AS class,"
	" coalesce(p.due, (SELECT min(h.due) FROM handling h WHERE h.proposal"
	"  = p.key AND h.role IN ('main', 'split') AND h.void IS NOT 1)) AS"
	"  due,"
	" (SELECT max(d.at) FROM (SELECT date(min(e.at), 'localtime') AS at"
	"  FROM flow e WHERE e.proposal = p.key AND e.kind = 'submitted'"
	"  GROUP BY coalesce(nullif(e.unit, 'office'), e.target)) AS d) AS"
	"  done,"
	" EXISTS (SELECT 1 FROM contact t WHERE t.proposal = p.key AND t.void"
	"  IS NOT 1 AND t.mode IN ('visit', 'meeting')) AS contacted,"
	" EXISTS (SELECT 1 FROM leader l WHERE l.proposal = p.key AND l.void"
	"  IS NOT 1 AND l.mode = 'lead') AS led,"
	" EXISTS (SELECT 1 FROM leader l WHERE l.proposal = p.key AND l.void"
	"  IS NOT 1 AND l.mode = 'supervise') AS supervised,"
	" (SELECT count(*) FROM measure m WHERE m.proposal = p.key AND m.void"
	"  IS NOT 1) AS measures,"
	" (SELECT count(*) FROM measure m WHERE m.proposal = p.key AND m.void"
	"  IS NOT 1 AND m.state IN ('done', 'planned')) AS adopted"
	" FROM proposal p WHERE p.void IS NOT 1 AND p.key > ?1 || '-' AND"
	"  p.key < ?1 || '.') AS c"
	" LEFT JOIN (SELECT b.proposal, count(*) AS forms,"
	"  min(b.process IS 'satisfied') AS process,"
	"  min(b.result IS 'satisfied') AS result,"
	"  min(b.process IS 'satisfied' AND b.result IS 'satisfied') AS both"
	"  FROM feedback b WHERE b.void IS NOT 1 AND b.round = (SELECT"
	"   max(r.round) FROM feedback r WHERE r.proposal = b.proposal AND"
	"   r.void IS NOT 1) GROUP BY b.proposal) AS f ON f.proposal = c.key"
	" LEFT JOIN code k ON k.list = 'kind' AND k.code = c.kind"
	" ORDER BY length(c.key), c.key";

enum case_column {
	CASE_KEY,
	CASE_STATUS,
	CASE_REVIEW,
	CASE_WITHDRAWN,
	CASE_MERGED,
	CASE_IS_KEY,
	CASE_CLASS,
	CASE_SECTOR,
	CASE_KIND,
	CASE_CATEGORY,
	CASE_DUE,
	CASE_DONE,
	CASE_CONTACTED,
	CASE_LED,
	CASE_SUPERVISED,
	CASE_FORMS,
	CASE_PROCESS,
	CASE_RESULT,
	CASE_BOTH,
	CASE_MEASURES,
	CASE_ADOPTED,
	CASE_OVERDUE,
	CASE_KIND_NAME
};

/* One row a handling of a filed proposal. */
static const char SQL_HANDLINGS[] =
	"SELECT h.unit, coalesce(u.name, h.unit), h.role, h.class_proposed,"
	" h.draft <> '', coalesce(h.due, p.due), (SELECT date(min(e.at),"
	"  'localtime') FROM flow e WHERE e.proposal = p.key AND e.kind ="
	"  'submitted' AND (e.unit = h.unit OR e.unit = 'office' AND"
	"  coalesce(e.target, h.unit) = h.unit)),"
	" EXISTS (SELECT 1 FROM contact t WHERE t.proposal = p.key AND t.unit"
	"  = h.unit AND t.void IS NOT 1 AND t.mode IN ('visit', 'meeting')),"
	" f.forms, f.process, f.result, f.both"
	" FROM proposal p JOIN handling h ON h.proposal = p.key AND h.void IS"
	"  NOT 1 LEFT JOIN unit u ON u.code = h.unit"
	" LEFT JOIN (SELECT b.proposal, count(*) AS forms,"
	"  min(b.process IS 'satisfied') AS process,"
	"  min(b.result IS 'satisfied') AS result,"
	"  min(b.process IS 'satisfied' AND b.result IS 'satisfied') AS both"
	"  FROM feedback b WHERE b.void IS NOT 1 AND b.round = (SELECT"
	"   max(r.round) FROM feedback r WHERE r.proposal = b.proposal AND"
	"   r.void IS NOT 1) GROUP BY b.proposal) AS f ON f.proposal = p.key"
	" WHERE p.void IS NOT 1 AND p.key > ?1 || '-' AND p.key < ?1 || '.'"
	" AND p.withdrawn IS NOT 1 AND p.merged_into IS NULL AND"
	" p.review IS 'filed'";

enum handling_column {
	HANDLING_UNIT,
	HANDLING_NAME,
	HANDLING_ROLE,
	HANDLING_CLASS,
	HANDLING_DRAFT,
	HANDLING_DUE,
	HANDLING_DONE,
	HANDLING_CONTACTED,
	HANDLING_FORMS,
	HANDLING_PROCESS,
	HANDLING_RESULT,
	HANDLING_BOTH
};

static void tallies_release(struct stats_tallies *tallies)
{
	for (size_t i = 0; i < tallies->n; i++) {
		free(tallies->items[i].code);
		free(tallies->items[i].name);
	}
	free(tallies->items);
}

void stats_release(struct stats *stats)
{
	free(stats->session);
	free(stats->title);
	for (size_t i = 0; i < stats->n_classes; i++)
		free(stats->classes[i].code);
	tallies_release(&stats->sectors);
	tallies_release(&stats->kinds);
	tallies_release(&stats->categories);
	tallies_release(&stats->units);
	for (size_t i = 0; i < stats->n_overdue; i++)
		free(stats->overdue[i]);
	free(stats->overdue);
	memset(stats, 0, sizeof(*stats));
}

int64_t stats_figure(int64_t stated, size_t counted)
{
	return stated == STATS_UNSTATED ? (int64_t)counted : stated;
}

static int64_t stated(sqlite3_stmt *stmt, int column)
{
	return db_is_null(stmt, column) ? STATS_UNSTATED : db_int(stmt, column);
}

static int load_session(struct stats *out, struct replica *replica,
			const char *session, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_SESSION, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, session);
	rc = db_step(db, stmt, err);
	if (rc == 1) {
		out->session = strdup(db_text(stmt, 0));
		out->title = strdup(db_text(stmt, 1));
		out->stated_received = stated(stmt, 2);
		out->stated_filed = stated(stmt, 3);
		out->stated_led = stated(stmt, 4);
		out->stated_supervised = stated(stmt, 5);
		rc = out->session && out->title ? 0 : err_nomem(err);
	} else if (rc == 0 && session) {
		rc = err_set(err, ERR_INPUT, _("there is no session %s here"),
			     session);
	} else if (rc == 0) {
		rc = err_set(err, ERR_INPUT,
			     _("there is nothing to count yet: no session is "
			       "known here"));
	}
	sqlite3_reset(stmt);
	return rc;
}

static int load_classes(struct stats *out, struct replica *replica,
			struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_CLASSES, err);

	if (rc < 0)
		return rc;
	while (out->n_classes < STATS_CLASSES_MAX &&
	       (rc = db_step(db, stmt, err)) == 1) {
		char *code = strdup(db_text(stmt, 0));

		if (!code) {
			rc = err_nomem(err);
			break;
		}
		out->classes[out->n_classes++].code = code;
	}
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

static size_t class_index(const struct stats *stats, const char *code)
{
	size_t at = 0;

	while (at < stats->n_classes &&
	       strcmp(stats->classes[at].code, code) != 0)
		at++;
	return at;
}

static void *grown(void *items, size_t n, size_t *cap, size_t size)
{
	void *more;

	if (n < *cap)
		return items;
	more = reallocarray(items, *cap ? *cap * 2 : 16, size);
	if (more)
		*cap = *cap ? *cap * 2 : 16;
	return more;
}

/* The tally of that code and name, added where it is new; NULL when out of
 * memory. */
static struct stats_tally *tally_of(struct stats_tallies *tallies,
				    const char *code, const char *name)
{
	struct stats_tally *items;
	struct stats_tally *tally;

	for (size_t i = 0; i < tallies->n; i++) {
		if (strcmp(tallies->items[i].code, code) == 0 &&
		    strcmp(tallies->items[i].name, name) == 0)
			return &tallies->items[i];
	}
	items = grown(tallies->items, tallies->n, &tallies->cap,
		      sizeof(*items));
	if (!items)
		return NULL;
	tallies->items = items;
	tally = &items[tallies->n];
	memset(tally, 0, sizeof(*tally));
	tally->code = strdup(code);
	tally->name = strdup(name);
	tallies->n++;
	return tally->code && tally->name ? tally : NULL;
}

static bool is(sqlite3_stmt *stmt, int column, const char *word)
{
	return strcmp(db_text(stmt, column), word) == 0;
}

static bool answered(sqlite3_stmt *stmt)
{
	return is(stmt, CASE_STATUS, "答复待审") ||
	       is(stmt, CASE_STATUS, "审核通过") ||
	       is(stmt, CASE_STATUS, "已答复") ||
	       is(stmt, CASE_STATUS, "办结") || is(stmt, CASE_STATUS, "归档");
}

static bool in_time(sqlite3_stmt *stmt, int due, int done)
{
	return !db_is_null(stmt, due) && !db_is_null(stmt, done) &&
	       strcmp(db_text(stmt, done), db_text(stmt, due)) <= 0;
}

/* Which of the outcomes of review it is; true if it is filed. */
static bool count_review(struct stats *out, sqlite3_stmt *stmt)
{
	if (db_int(stmt, CASE_WITHDRAWN) || is(stmt, CASE_STATUS, "撤案"))
		out->withdrawn++;
	else if (db_int(stmt, CASE_MERGED) || is(stmt, CASE_REVIEW, "merged"))
		out->merged++;
	else if (is(stmt, CASE_REVIEW, "rejected"))
		out->rejected++;
	else if (is(stmt, CASE_REVIEW, "forwarded"))
		out->forwarded++;
	else if (is(stmt, CASE_REVIEW, "filed"))
		return true;
	else
		out->unreviewed++;
	return false;
}

/* A filed proposal in one of its groups (sector, kind, category). */
static int count_group(struct stats *out, struct stats_tallies *tallies,
		       sqlite3_stmt *stmt, int code, int name)
{
	struct stats_tally *tally;

	if (db_is_null(stmt, name))
		return 0;
	tally = tally_of(tallies, code == name ? "" : db_text(stmt, code),
			 db_text(stmt, name));
	if (!tally)
		return -1;
	tally->total++;
	tally->replied += answered(stmt);
	tally->by_class[class_index(out, db_text(stmt, CASE_CLASS))]++;
	return 0;
}

static void count_filed(struct stats *out, sqlite3_stmt *stmt)
{
	size_t class_at = class_index(out, db_text(stmt, CASE_CLASS));
	bool in = answered(stmt);

	out->filed++;
	out->key += db_int(stmt, CASE_IS_KEY) == 1;
	out->led += db_int(stmt, CASE_LED) == 1;
	out->supervised += db_int(stmt, CASE_SUPERVISED) == 1;
	out->replied += in;
	out->with_due += !db_is_null(stmt, CASE_DUE);
	out->on_time += in && in_time(stmt, CASE_DUE, CASE_DONE);
	out->contacted += db_int(stmt, CASE_CONTACTED) == 1;
	out->archived += is(stmt, CASE_STATUS, "归档");
	out->asked += db_int(stmt, CASE_FORMS) > 0;
	out->process += db_int(stmt, CASE_PROCESS) == 1;
	out->result += db_int(stmt, CASE_RESULT) == 1;
	out->both += db_int(stmt, CASE_BOTH) == 1;
	out->measures += (size_t)db_int(stmt, CASE_MEASURES);
	out->adopted += (size_t)db_int(stmt, CASE_ADOPTED);
	if (class_at < out->n_classes)
		out->classes[class_at].proposals++;
	else
		out->unclassed++;
}

static int add_overdue(struct stats *out, const char *key)
{
	char **keys = grown(out->overdue, out->n_overdue, &out->cap_overdue,
			    sizeof(*keys));

	if (!keys)
		return -1;
	out->overdue = keys;
	keys[out->n_overdue] = strdup(key);
	return keys[out->n_overdue++] ? 0 : -1;
}

static int count_case(struct stats *out, sqlite3_stmt *stmt)
{
	int rc;

	if (is(stmt, CASE_STATUS, "草稿")) /* not handed in yet */
		return 0;
	out->received++;
	if (!count_review(out, stmt))
		return 0;
	count_filed(out, stmt);
	rc = count_group(out, &out->sectors, stmt, CASE_SECTOR, CASE_SECTOR);
	if (rc == 0)
		rc = count_group(out, &out->kinds, stmt, CASE_KIND,
				 CASE_KIND_NAME);
	if (rc == 0)
		rc = count_group(out, &out->categories, stmt, CASE_CATEGORY,
				 CASE_CATEGORY);
	if (rc == 0 && db_int(stmt, CASE_OVERDUE))
		rc = add_overdue(out, db_text(stmt, CASE_KEY));
	return rc;
}

static int count_handling(struct stats *out, sqlite3_stmt *stmt)
{
	struct stats_tally *tally = tally_of(&out->units,
					     db_text(stmt, HANDLING_UNIT),
					     db_text(stmt, HANDLING_NAME));
	size_t class_at = class_index(out, db_text(stmt, HANDLING_CLASS));
	bool in = db_int(stmt, HANDLING_DRAFT) == 1 &&
		  !db_is_null(stmt, HANDLING_DONE);

	if (!tally)
		return -1;
	out->handlings++;
	if (is(stmt, HANDLING_ROLE, "co")) {
		out->co_units++;
		out->opinions += db_int(stmt, HANDLING_DRAFT) == 1;
		tally->co++;
		return 0;
	}
	out->main_units += is(stmt, HANDLING_ROLE, "main");
	out->split_units += is(stmt, HANDLING_ROLE, "split");
	out->handlings_replied += in;
	if (class_at < out->n_classes)
		out->classes[class_at].handlings++;
	tally->total++;
	tally->split += is(stmt, HANDLING_ROLE, "split");
	tally->replied += in;
	tally->with_due += !db_is_null(stmt, HANDLING_DUE);
	tally->on_time += in && in_time(stmt, HANDLING_DUE, HANDLING_DONE);
	tally->contacted += db_int(stmt, HANDLING_CONTACTED) == 1;
	tally->asked += db_int(stmt, HANDLING_FORMS) > 0;
	tally->process += db_int(stmt, HANDLING_PROCESS) == 1;
	tally->result += db_int(stmt, HANDLING_RESULT) == 1;
	tally->both += db_int(stmt, HANDLING_BOTH) == 1;
	tally->by_class[class_at]++;
	return 0;
}

static int each(struct stats *out, struct replica *replica, const char *sql,
		int (*count)(struct stats *, sqlite3_stmt *), struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, sql, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, out->session);
	while ((rc = db_step(db, stmt, err)) == 1) {
		if (count(out, stmt) < 0) {
			rc = err_nomem(err);
			break;
		}
	}
	sqlite3_reset(stmt);
	return rc;
}

static int most_first(const void *a, const void *b)
{
	const struct stats_tally *x = a;
	const struct stats_tally *y = b;

	if (x->total != y->total)
		return x->total > y->total ? -1 : 1;
	if (x->co != y->co)
		return x->co > y->co ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void sort(struct stats_tallies *tallies)
{
	if (tallies->n > 0)
		qsort(tallies->items, tallies->n, sizeof(*tallies->items),
		      most_first);
}

static void reconcile(struct stats *out, const char *name, int64_t said,
		      int64_t counted)
{
	if (said == STATS_UNSTATED || said == counted ||
	    out->n_reconcile == STATS_RECONCILE_MAX)
		return;
	out->reconcile[out->n_reconcile++] =
		(struct stats_reconcile){name, said, counted};
}

/* (S2) Stated against counted, then parts against wholes. */
static void reconcile_all(struct stats *out)
{
	size_t classed = 0;
	size_t replying = 0;
	size_t leaders = out->led + out->supervised;

	for (size_t i = 0; i < out->n_classes; i++)
		classed += out->classes[i].proposals;
	for (size_t i = 0; i < out->units.n; i++)
		replying += out->units.items[i].total;
	reconcile(out, "received", out->stated_received,
		  (int64_t)out->received);
	reconcile(out, "filed", out->stated_filed, (int64_t)out->filed);
	if (out->stated_received != STATS_UNSTATED &&
	    out->stated_filed != STATS_UNSTATED)
		reconcile(out, "not_filed",
			  out->stated_received - out->stated_filed,
			  (int64_t)(out->merged + out->rejected +
				    out->forwarded + out->withdrawn));
	if (out->stated_led != STATS_UNSTATED &&
	    out->stated_supervised != STATS_UNSTATED)
		reconcile(out, "key", out->stated_led + out->stated_supervised,
			  (int64_t)out->key);
	if (leaders > 0) {
		reconcile(out, "led", out->stated_led, (int64_t)out->led);
		reconcile(out, "supervised", out->stated_supervised,
			  (int64_t)out->supervised);
	}
	reconcile(out, "by_class", (int64_t)out->filed,
		  (int64_t)(classed + out->unclassed));
	reconcile(out, "by_unit", (int64_t)(out->main_units + out->split_units),
		  (int64_t)replying);
	reconcile(
		out, "one_main_unit", (int64_t)out->handlings,
		(int64_t)(out->main_units + out->split_units + out->co_units));
}

int stats_load(struct stats *out, struct replica *replica, const char *session,
	       struct err *err)
{
	int rc;

	memset(out, 0, sizeof(*out));
	rc = load_session(out, replica, session, err);
	if (rc == 0)
		rc = load_classes(out, replica, err);
	if (rc == 0)
		rc = each(out, replica, SQL_CASES, count_case, err);
	if (rc == 0)
		rc = each(out, replica, SQL_HANDLINGS, count_handling, err);
	if (rc < 0)
		return rc;
	sort(&out->sectors);
	sort(&out->kinds);
	sort(&out->categories);
	sort(&out->units);
	reconcile_all(out);
	return 0;
}
