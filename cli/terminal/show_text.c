/* show_text.c - laying out one case.
 * Knows layout; the schema names fields and rows. */
#include "cli/terminal/show_text.h"

#include <string.h>

#include "cli/case/case.h"
#include "cli/conflict/conflict_view.h"
#include "cli/conflict/contradiction.h"
#include "cli/conflict/late_view.h"
#include "cli/case/deadline.h"
#include "cli/terminal/message.h"
#include "cli/case/next.h"
#include "cli/case/release.h"
#include "cli/case/row.h"
#include "cli/case/signature.h"
#include "cli/terminal/table.h"
#include "cli/case/value.h"
#include "core/base/db.h"
#include "core/base/utf8.h"

/* Columns of the longest usual label in either language. */
enum { LABEL_CHINESE = 10, LABEL_ENGLISH = 18, INDENT = 2 };

static const char SQL_STATUS[] =
	"SELECT status FROM proposal_status WHERE key = ?1";

struct page {
	FILE *out;
	struct replica *replica;
	bool all;
	size_t width;
	size_t n; /* rows of the present kind */
};

int show_status(struct buf *status, struct replica *replica, const char *key,
		struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_STATUS, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, key);
	rc = db_step(db, stmt, err);
	if (rc == 1)
		buf_adds(status, db_text(stmt, 0));
	sqlite3_reset(stmt);
	return rc < 0 ? rc : buf_check(status, err);
}

/* "  标签      text", long text below its label. */
static void put_field(const struct page *page, size_t indent, const char *label,
		      const char *text, bool below)
{
	size_t width = utf8_width(label, strlen(label));
	size_t room = message_chinese() ? LABEL_CHINESE : LABEL_ENGLISH;

	fprintf(page->out, "%*s%s", (int)indent, "", label);
	if (below) {
		fputc('\n', page->out);
		table_wrap(page->out, text, indent + 2, page->width);
		return;
	}
	fprintf(page->out, "%*s%s\n",
		(int)(width < room ? room - width + 1 : 1), "", text);
}

static int put_value(const struct page *page, size_t indent,
		     const struct field *field, const struct value *value,
		     struct err *err)
{
	struct buf text = BUF_INIT;
	const char *label = message_label(field->zh, field->en);
	int rc;

	if (value->type == VALUE_NULL)
		return 0;
	rc = value_show(&text, page->replica, field, value, err);
	if (rc == 0)
		put_field(page, indent, label, buf_text(&text),
			  field->type == FIELD_LONG ||
				  utf8_width(buf_text(&text), text.len) > 60);
	buf_release(&text);
	return rc;
}

/* Fields in the schema's order; that nothing is void is not worth a line. */
static int put_fields(const struct page *page, size_t indent,
		      const struct row_values *row, const char *but,
		      struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < row->entity->n_fields; i++) {
		const struct field *field = &row->entity->fields[i];

		if (strcmp(field->name, but) == 0 ||
		    (strcmp(field->name, "void") == 0 && !row_is_void(row)))
			continue;
		rc = put_value(page, indent, field, &row->values[i], err);
	}
	return rc;
}

/* At a unit that was released: said at once, for what it writes is refused. */
static int put_released(const struct page *page, const char *key,
			struct err *err)
{
	struct release release = RELEASE_INIT;
	struct buf said = BUF_INIT;
	int rc = release_load(&release, page->replica, key,
			      replica_site(page->replica), err);

	if (rc == 0 && release.released) {
		release_tell(&said, &release);
		fprintf(page->out, "  × %s\n", buf_text(&said));
	}
	release_release(&release);
	buf_release(&said);
	return rc;
}

static int put_late(const struct late_word *word, void *ctx, struct err *err)
{
	const struct page *page = ctx;

	return late_view_word_text(page->out, page->replica, word, err);
}

static int put_case(const struct row_values *row, void *ctx, struct err *err)
{
	const struct page *page = ctx;
	struct buf status = BUF_INIT;
	int rc = show_status(&status, page->replica, row->row, err);

	if (rc == 0) {
		fprintf(page->out, "%s  %s\n\n", row->row,
			row_text(row, "title"));
		put_field(page, INDENT, _("status"), buf_text(&status), false);
		rc = put_released(page, row->row, err);
	}
	if (rc == 0)
		rc = late_each_word(page->replica, row->row, put_late, ctx,
				    err);
	if (rc == 0) {
		rc = put_fields(page, INDENT, row, "title", err);
	}
	buf_release(&status);
	return rc;
}

/* One line of the flow: when, who, what, more. */
static int put_event(const struct page *page, const struct row_values *row,
		     struct err *err)
{
	struct buf at = BUF_INIT, who = BUF_INIT, what = BUF_INIT;
	const struct field *time = entity_field_named(row->entity, "at");
	int rc =
		value_show(&at, page->replica, time, row_value(row, "at"), err);

	if (rc == 0)
		rc = case_unit_name(&who, page->replica, row->keys[1], err);
	if (rc == 0)
		rc = value_show_code(&what, page->replica, "event",
				     row_text(row, "kind"), err);
	if (rc == 0)
		fprintf(page->out, "  %s  %s  %s%s%s%s%s\n", buf_text(&at),
			buf_text(&who), buf_text(&what),
			*row_text(row, "detail") ? "  " : "",
			row_text(row, "detail"), row_is_void(row) ? "  " : "",
			row_is_void(row) ? message_label("作废", "void") : "");
	buf_release(&at);
	buf_release(&who);
	buf_release(&what);
	return rc;
}

/* The key parts behind the case, units by name and code. */
static int put_row_title(const struct page *page, const struct row_values *row,
			 struct err *err)
{
	const struct entity *entity = row->entity;
	int rc = 0;

	fputs(" ", page->out);
	for (size_t i = 1; rc == 0 && i < entity->n_keys; i++) {
		struct buf name = BUF_INIT;

		if ((int)i == entity->owner_key) {
			rc = case_unit_name(&name, page->replica, row->keys[i],
					    err);
			if (rc == 0 &&
			    strcmp(buf_text(&name), row->keys[i]) != 0)
				buf_addf(&name, " (%s)", row->keys[i]);
		} else {
			buf_adds(&name, row->keys[i]);
		}
		fprintf(page->out, " %s", buf_text(&name));
		buf_release(&name);
	}
	fputc('\n', page->out);
	return rc;
}

static int put_row(const struct row_values *row, void *ctx, struct err *err)
{
	struct page *page = ctx;
	int rc;

	if (row_is_void(row) && !page->all)
		return 0;
	if (page->n++ == 0)
		fprintf(page->out, "\n%s\n",
			message_label(row->entity->zh, row->entity->en));
	if (strcmp(row->entity->name, "event") == 0)
		return put_event(page, row, err);
	rc = put_row_title(page, row, err);
	return rc < 0 ? rc : put_fields(page, 2 * INDENT, row, "", err);
}

static void put_conflict_title(struct page *page)
{
	fprintf(page->out, "%s%s\n", page->n ? "" : "\n",
		page->n ? "" : _("conflicts"));
	page->n++;
}

static int put_pair(const struct contradiction *found, void *ctx,
		    struct err *err)
{
	struct page *page = ctx;

	put_conflict_title(page);
	return contradiction_text(page->out, page->replica, found, err);
}

/* A signature that no longer holds, below the dates. */
static int put_stale(const struct signature_stale *stale, void *ctx,
		     struct err *err)
{
	struct page *page = ctx;
	struct buf text = BUF_INIT;
	int rc = signature_tell(&text, page->replica, stale, err);

	if (rc == 0)
		fprintf(page->out, "%s  ! %s\n", page->n++ ? "" : "\n",
			buf_text(&text));
	buf_release(&text);
	return rc;
}

static int put_conflict(const struct conflict *conflict, void *ctx,
			struct err *err)
{
	struct page *page = ctx;

	put_conflict_title(page);
	return conflict_view_text(page->out, page->replica, conflict, err);
}

/* Below the rows: what a person has to know before going on. */
static int put_rest(struct page *page, const char *key, struct err *err)
{
	int rc;

	page->n = 0;
	rc = conflict_each(page->replica, key, put_conflict, page, err);
	if (rc == 0)
		rc = contradiction_each(page->replica, key, put_pair, page,
					err);
	if (rc == 0)
		rc = deadline_text(page->out, page->replica, key, err);
	page->n = 0;
	if (rc == 0)
		rc = signature_each_stale(page->replica, key, put_stale, page,
					  err);
	fputc('\n', page->out);
	return rc < 0 ? rc : next_text(page->out, page->replica, key, err);
}

int show_text(FILE *out, struct replica *replica, const char *key, bool all,
	      struct err *err)
{
	const struct schema *schema = replica_schema(replica);
	struct page page = {.out = out,
			    .replica = replica,
			    .all = all,
			    .width = table_terminal_width()};
	int rc = row_each(replica, schema->cases, key, put_case, &page, err);

	for (size_t i = 0; rc == 0 && i < schema->n_entities; i++) {
		const struct entity *entity = &schema->entities[i];

		if (entity->scope != SCOPE_CASE || entity == schema->cases)
			continue;
		page.n = 0;
		rc = row_each(replica, entity, key, put_row, &page, err);
	}
	return rc < 0 ? rc : put_rest(&page, key, err);
}
