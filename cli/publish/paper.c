/* paper.c - gathering what an office's papers are made of.
 * Knows rows; knows no layout. */
#include "cli/publish/paper.h"

#include <stdlib.h>
#include <string.h>

#include "cli/publish/submitted.h"
#include "cli/terminal/message.h"
#include "core/base/db.h"

static const char *const kinds[N_PAPERS] = {"assignment", "reminder", "letter",
					    "feedback", "results"};

static const char SQL_SESSION[] =
	"SELECT s.key, coalesce(s.committee, ''), coalesce(s.name, s.key),"
	" coalesce((SELECT name FROM unit WHERE code = 'office'),"
	"  coalesce(s.committee, '') || '提案委员会')"
	" FROM session s WHERE s.void IS NOT 1 AND (?1 IS NULL OR s.key = ?1)"
	" AND (?2 IS NULL OR (?2 > s.key || '-' AND ?2 < s.key || '.'))"
	" ORDER BY length(s.key) DESC, s.key DESC LIMIT 1";

/* (P5) Columns in the order of `texts` below; all of them are published. */
#define NAMES                                                             \
	"coalesce((SELECT group_concat(coalesce(v.name, o.unit), '、') " \
	"FROM handling o LEFT JOIN unit v ON v.code = o.unit WHERE "      \
	"o.proposal = p.key AND o.void IS NOT 1 AND o.role IN "
static const char SQL_ROWS[] =
	"SELECT r.*, r.status IN ('答复待审', '审核通过', '已答复', '办结',"
	" '归档'), coalesce(CAST(julianday(?4) - julianday(nullif(r.due, ''))"
	" AS INTEGER), 0) FROM (SELECT p.key, coalesce(p.case_no, '') AS no,"
	" coalesce(p.title, ''), coalesce(p.sponsors, ''),"
	" coalesce(p.sector, ''), coalesce(p.class_confirmed,"
	"  h.class_proposed, ''),"
	" coalesce((SELECT c.zh FROM code c WHERE c.list = 'publicity' AND"
	"  c.code = p.publicity), ''),"
	" (SELECT t.status FROM proposal_status t WHERE t.key = p.key) AS"
	"  status,"
	" h.unit AS unit, coalesce(u.name, h.unit), coalesce(h.role, ''),"
	" coalesce((SELECT c.zh FROM code c WHERE c.list = 'role' AND c.code ="
	"  h.role), ''),"
	" " NAMES "('main', 'split')), ''),"
	" " NAMES "('co')), ''),"
	" coalesce(h.assigned_on, ''), coalesce(h.due, p.due, '') AS due,"
	" coalesce(h.draft, ''), coalesce(h.doc_no,"
	" h.doc_no_entered, ''),"
	" coalesce(h.signed_at, h.signed_entered, '')"
	" FROM handling h JOIN proposal p ON p.key = h.proposal"
	" LEFT JOIN unit u ON u.code = h.unit"
	" WHERE h.void IS NOT 1 AND p.void IS NOT 1 AND p.review IS 'filed'"
	" AND p.withdrawn IS NOT 1 AND p.merged_into IS NULL"
	" AND p.key > ?1 || '-' AND p.key < ?1 || '.'"
	" AND (?2 IS NULL OR h.unit = ?2) AND (?3 IS NULL OR p.key = ?3)) AS r"
	" ORDER BY r.unit, length(r.key), r.key";

enum { TEXTS = 19 };

enum paper_kind paper_kind_named(const char *name)
{
	int kind = 0;

	while (kind < N_PAPERS && strcmp(kinds[kind], name) != 0)
		kind++;
	return (enum paper_kind)kind;
}

/* Where each column of a row goes. */
static void places(char **out[TEXTS], struct paper_row *row)
{
	char **all[TEXTS] = {
		&row->key,	  &row->case_no,  &row->title,
		&row->sponsors,	  &row->sector,	  &row->class_code,
		&row->publicity,  &row->status,	  &row->unit,
		&row->unit_name,  &row->role,	  &row->role_name,
		&row->main_names, &row->co_names, &row->assigned_on,
		&row->due,	  &row->text,	  &row->doc_no,
		&row->signed_at,
	};

	memcpy(out, all, sizeof(all));
}

void paper_release(struct paper *paper)
{
	char **texts[TEXTS];

	for (size_t i = 0; i < paper->n; i++) {
		places(texts, &paper->rows[i]);
		for (size_t t = 0; t < TEXTS; t++)
			free(*texts[t]);
	}
	free(paper->rows);
	free(paper->session);
	free(paper->committee);
	free(paper->meeting);
	free(paper->office);
	memset(paper, 0, sizeof(*paper));
}

static int load_session(struct paper *out, struct replica *replica,
			struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_SESSION, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, out->options.session);
	db_bind_text(stmt, 2, out->options.key);
	rc = db_step(db, stmt, err);
	if (rc == 1) {
		out->session = strdup(db_text(stmt, 0));
		out->committee = strdup(db_text(stmt, 1));
		out->meeting = strdup(db_text(stmt, 2));
		out->office = strdup(db_text(stmt, 3));
		rc = out->session && out->committee && out->meeting &&
				     out->office
			     ? 0
			     : err_nomem(err);
	} else if (rc == 0) {
		rc = err_set(err, ERR_INPUT, _("there is no session %s here"),
			     out->options.session ? out->options.session : "");
	}
	sqlite3_reset(stmt);
	return rc;
}

static int take_row(struct paper *out, sqlite3_stmt *stmt, struct err *err)
{
	struct paper_row *row;
	char **texts[TEXTS];

	if (out->n == out->cap) {
		size_t cap = out->cap ? out->cap * 2 : 32;
		struct paper_row *more =
			reallocarray(out->rows, cap, sizeof(*more));

		if (!more)
			return err_nomem(err);
		out->rows = more;
		out->cap = cap;
	}
	row = &out->rows[out->n++];
	memset(row, 0, sizeof(*row));
	places(texts, row);
	for (int t = 0; t < TEXTS; t++) {
		*texts[t] = strdup(db_text(stmt, t));
		if (!*texts[t])
			return err_nomem(err);
	}
	row->answered = db_int(stmt, TEXTS);
	row->days = db_int(stmt, TEXTS + 1);
	return 0;
}

/* A letter holds only what was handed in. */
static int hold_back(struct paper *out, struct replica *replica,
		     struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < out->n; i++) {
		struct paper_row *row = &out->rows[i];
		bool submitted = true;

		if (row->text[0] != '\0' && strcmp(row->role, "co") != 0)
			rc = submitted_is(&submitted, replica, row->key,
					  row->unit, row->text, err);
		if (rc == 0 && !submitted) {
			row->text[0] = '\0';
			out->unsubmitted++;
		}
	}
	return rc;
}

int paper_load(struct paper *out, struct replica *replica,
	       const struct paper_options *options, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc;

	memset(out, 0, sizeof(*out));
	out->options = *options;
	rc = load_session(out, replica, err);
	if (rc == 0)
		rc = db_stmt(&stmt, db, SQL_ROWS, err);
	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, out->session);
	db_bind_text(stmt, 2, options->unit);
	db_bind_text(stmt, 3, options->key);
	db_bind_text(stmt, 4, options->date);
	while ((rc = db_step(db, stmt, err)) == 1) {
		rc = take_row(out, stmt, err);
		if (rc < 0)
			break;
	}
	sqlite3_reset(stmt);
	if (rc == 0 && options->kind == PAPER_LETTER)
		rc = hold_back(out, replica, err);
	return rc;
}
