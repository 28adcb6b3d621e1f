/* register.c - one case as a YAML document that people read and git blames.
 * The same lines make the whole document and a node's own part of it.
 * Refuses to know git and files. */
#include "sync/register/register.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"
#include "sync/identity/base64.h"
#include "sync/register/prose.h"
#include "sync/register/register_cells.h"
#include "sync/register/register_conflicts.h"
#include "sync/register/register_label.h"
#include "sync/register/register_piece.h"
#include "sync/register/yaml_writer.h"

static const char SQL_STATUS[] =
	"SELECT status FROM proposal_status WHERE key = ?1";
static const char SQL_HAS_STATUS[] =
	"SELECT 1 FROM sqlite_schema"
	" WHERE type = 'view' AND name = 'proposal_status'";

enum {
	ROW_INDENT = 4,	 /* of a field in a list's row */
	BLOCK_INDENT = 2 /* of a block below its field */
};

/* ---- path -------------------------------------------------------------- */

static bool is_key_char(int code)
{
	if ((code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') ||
	    (code >= 'a' && code <= 'z') || code == '.' || code == '_')
		return true;
	return (code >= 0x3005 && code <= 0x3007) ||
	       (code >= 0x3400 && code <= 0x4dbf) ||
	       (code >= 0x4e00 && code <= 0x9fff) ||
	       (code >= 0x20000 && code <= 0x323af);
}

/* One part between dashes: never empty, never what a file system or git
 * reads as more than a name. core/merge/apply.c takes no key that is refused here,
 * so a hostile one stops at its batch. */
static bool is_key_part(const char *part, size_t len)
{
	size_t at = 0;

	if (len == 0 || part[0] == '.' || part[len - 1] == '.')
		return false;
	while (at < len) {
		int code;

		at += utf8_next(part + at, len - at, &code);
		if (!is_key_char(code))
			return false;
	}
	return true;
}

bool register_has_schema(const struct schema *schema,
			 const struct entity *entity)
{
	return schema->fields != NULL &&
	       (entity == schema->fields || entity == schema->codes);
}

int register_path(struct buf *out, const char *key, struct err *err)
{
	const char *last = strrchr(key, '-');
	const char *part = key;
	int dashes = 0;

	if (strcmp(key, REGISTER_SCHEMA) == 0) {
		buf_adds(out, "schema.yaml");
		return buf_check(out, err);
	}
	while (part) {
		const char *dash = strchr(part, '-');
		size_t len = dash ? (size_t)(dash - part) : strlen(part);

		if (!is_key_part(part, len))
			goto refuse;
		dashes += dash != NULL;
		part = dash ? dash + 1 : NULL;
	}
	if (dashes < 2 || strlen(key) > CHANGE_CASE_MAX)
		goto refuse;
	buf_addf(out, "register/%.*s/%s.yaml", (int)(last - key), key,
		 last + 1);
	return buf_check(out, err);
refuse:
	return err_set(err, ERR_INPUT, "'%.*s' cannot be a case's key",
		       CHANGE_ROW_MAX, key);
}

/* What a document is written with. */
struct page {
	struct buf *out;
	struct replica *replica;
	const struct schema *schema;
	const char *key;
};

/* ---- lines ------------------------------------------------------------- */

static int write_scalar(struct page *page, const struct field *field,
			const struct value *value, int indent, struct err *err)
{
	struct buf text = BUF_INIT;
	int rc = 0;

	switch (value->type) {
	case VALUE_INT:
		register_label_number(page->out, field, value->integer);
		break;
	case VALUE_REAL:
		buf_addf(page->out, "%.17g", value->real);
		break;
	case VALUE_BLOB:
		buf_adds(page->out, "!!binary \"");
		base64_encode(page->out, value->bytes, value->len, 0);
		buf_addc(page->out, '"');
		break;
	case VALUE_TEXT:
		if (field && field->type == FIELD_LONG) {
			prose_wrap(&text, value->bytes, value->len);
			yaml_writer_block(page->out, buf_text(&text), text.len,
					  indent + BLOCK_INDENT);
			rc = buf_check(&text, err);
			goto done;
		}
		rc = register_label_text(&text, page->replica, field, value,
					 err);
		yaml_writer_text(page->out, buf_text(&text), text.len);
		break;
	case VALUE_NULL:
		break;
	}
	buf_addc(page->out, '\n');
	if (rc == 0)
		rc = buf_check(&text, err);
done:
	buf_release(&text);
	return rc;
}

static void write_label(struct page *page, const char *label, int indent)
{
	buf_addf(page->out, "%*s", indent, "");
	yaml_writer_text(page->out, label, strlen(label));
	buf_addc(page->out, ':');
}

/* One field, on one line or as one block; nothing where it holds none. */
static int write_field(struct page *page, const struct register_cell *cell,
		       const struct value *value, int indent, struct err *err)
{
	char label[64];

	if (cell->field_id == 0 || value->type == VALUE_NULL)
		return 0;
	if (cell->field) {
		write_label(page, cell->field->zh, indent);
	} else {
		(void)snprintf(label, sizeof(label),
			       "未知字段 %" PRIu32 ".%" PRIu32, cell->entity_id,
			       cell->field_id);
		write_label(page, label, indent);
	}
	buf_addc(page->out, ' ');
	return write_scalar(page, cell->field, value, indent, err);
}

/* The label of a key column; the schema has none for them. */
static const char *key_label(const struct page *page,
			     const struct entity *entity, const char *name)
{
	static const char *const labels[][2] = {
		{"name", "姓名"},   {"sponsor", "提案人"}, {"round", "轮次"},
		{"id", "编号"},	    {"list", "代码表"},	   {"code", "代码"},
		{"entity", "所属"},
	};

	if (entity == page->schema->fields && strcmp(name, "name") == 0)
		return entity->zh;
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
		if (strcmp(labels[i][0], name) == 0)
			return labels[i][1];
	return name;
}

/* `  - 单位: 区教育局 (edu)`: the key of a row, less the case's, names it. */
static int write_row_key(struct page *page, const struct entity *entity,
			 const char *row, size_t row_len, struct err *err)
{
	struct buf text = BUF_INIT;
	size_t first = entity->scope == SCOPE_CASE ? 1 : 0;
	int rc = 0;

	for (size_t i = first; i < entity->n_keys && rc == 0; i++) {
		const char *part = "";
		size_t len = 0;
		bool owner = (int)i == entity->owner_key;

		entity_key_part(row, row_len, i, &part, &len);
		buf_clear(&text);
		if (owner)
			rc = register_label_unit(&text, page->replica, part,
						 len, err);
		else
			buf_add(&text, part, len);
		buf_adds(page->out, i == first ? "  - " : "    ");
		write_label(page,
			    owner ? "单位"
				  : key_label(page, entity, entity->keys[i]),
			    0);
		buf_addc(page->out, ' ');
		yaml_writer_text(page->out, buf_text(&text), text.len);
		buf_addc(page->out, '\n');
	}
	if (rc == 0)
		rc = buf_check(&text, err);
	buf_release(&text);
	return rc;
}

/* Rows of an entity that only a newer schema knows. */
static void write_unknown_row(struct page *page, const char *row, size_t len)
{
	buf_adds(page->out, "  - 键: ");
	yaml_writer_text(page->out, row, len);
	buf_addc(page->out, '\n');
}

static void write_list_label(struct page *page,
			     const struct register_cell *cell)
{
	char label[64];

	if (cell->entity) {
		write_label(page, cell->entity->zh, 0);
	} else {
		(void)snprintf(label, sizeof(label), "未知实体 %" PRIu32,
			       cell->entity_id);
		write_label(page, label, 0);
	}
	buf_addc(page->out, '\n');
}

/* What stands before the first field of a row, and of an entity's first. */
static int begin_row(struct page *page, const struct register_cells *cells,
		     const struct register_cell *cell,
		     const struct register_cell *before, struct err *err)
{
	const char *row = register_cell_row(cells, cell);

	if (before && register_cell_same_row(cells, before, cell))
		return 0;
	if (!before || before->entity_id != cell->entity_id)
		write_list_label(page, cell);
	if (cell->entity)
		return write_row_key(page, cell->entity, row, cell->row_len,
				     err);
	write_unknown_row(page, row, cell->row_len);
	return 0;
}

/* The rows that hang on the case, from cell `i` on. */
static int write_rows(struct page *page, const struct register_cells *cells,
		      size_t i, struct err *err)
{
	int rc = 0;

	for (; i < cells->n && rc == 0; i++) {
		struct value value =
			register_cell_value(cells, &cells->cells[i]);

		rc = begin_row(page, cells, &cells->cells[i],
			       i > 0 ? &cells->cells[i - 1] : NULL, err);
		if (rc == 0)
			rc = write_field(page, &cells->cells[i], &value,
					 ROW_INDENT, err);
	}
	return rc;
}

static void write_case_key(struct page *page)
{
	write_label(page, page->schema->cases->zh, 0);
	buf_addc(page->out, ' ');
	yaml_writer_text(page->out, page->key, strlen(page->key));
	buf_addc(page->out, '\n');
}

/* `提案: 1-1-014` and the case's own fields; *i goes to the first cell of
 * another entity. */
static int write_case(struct page *page, const struct register_cells *cells,
		      size_t *i, struct err *err)
{
	const struct entity *cases = page->schema->cases;
	int rc = 0;

	write_case_key(page);
	for (*i = 0; *i < cells->n && rc == 0; ++*i) {
		struct value value =
			register_cell_value(cells, &cells->cells[*i]);

		if (cells->cells[*i].entity != cases)
			break;
		rc = write_field(page, &cells->cells[*i], &value, 0, err);
	}
	return rc;
}

/* Rc of a query on a view that may not be there: 0 without it. */
static int without_status(struct page *page, int rc, struct err *err)
{
	struct err ignored = {0};
	struct buf text = BUF_INIT;
	struct value none = value_text(NULL);
	bool found = true;

	if (register_label_found(&text, &found, replica_db(page->replica),
				 SQL_HAS_STATUS, &none, NULL, &ignored) == 0 &&
	    !found) {
		err_clear(err);
		rc = 0;
	}
	buf_release(&text);
	return rc;
}

static int write_status(struct page *page, struct err *err)
{
	struct value key = value_text(page->key);
	struct buf text = BUF_INIT;
	bool found;
	int rc = register_label_found(&text, &found, replica_db(page->replica),
				      SQL_STATUS, &key, NULL, err);

	if (rc < 0) {
		rc = without_status(page, rc, err);
	} else if (found) {
		write_label(page, "状态", 0);
		buf_addc(page->out, ' ');
		yaml_writer_text(page->out, buf_text(&text), text.len);
		buf_addc(page->out, '\n');
	}
	buf_release(&text);
	return rc;
}

/* ---- documents --------------------------------------------------------- */

static int write_page(struct page *page, const struct register_cells *cells,
		      bool whole, struct err *err)
{
	size_t i;
	int rc;

	if (cells->n == 0)
		return err_set(err, ERR_MISSING, "nothing is known of it");
	if (strcmp(page->key, REGISTER_SCHEMA) == 0)
		return write_rows(page, cells, 0, err);
	if ((rc = write_case(page, cells, &i, err)) < 0)
		return rc;
	if (whole && (rc = write_status(page, err)) < 0)
		return rc;
	if ((rc = write_rows(page, cells, i, err)) < 0)
		return rc;
	if (whole)
		return register_conflicts(page->out, page->replica, page->key,
					  cells->conflicts, err);
	return 0;
}

/* Renders what was gathered with `rc`, and releases it. */
static int render(struct buf *out, struct replica *replica, const char *key,
		  struct register_cells *cells, bool whole, int rc,
		  struct err *err)
{
	struct page page = {out, replica, replica_schema(replica), key};
	size_t begin = out->len;

	if (rc == 0)
		rc = write_page(&page, cells, whole, err);
	if (rc == 0)
		rc = buf_check(out, err);
	if (rc < 0) {
		err_wrap(err, "register of %s", key);
		buf_truncate(out, begin);
	}
	register_cells_release(cells);
	return rc;
}

int register_render(struct buf *out, struct replica *replica, const char *key,
		    struct err *err)
{
	struct register_cells cells = REGISTER_CELLS_INIT;
	int rc = register_cells_shown(&cells, replica, key, err);

	return render(out, replica, key, &cells, true, rc, err);
}

/* There is one so far. */
int register_render_as(struct buf *out, struct replica *replica,
		       uint32_t layout, const char *key, struct err *err)
{
	if (layout == REGISTER_LAYOUT)
		return register_render(out, replica, key, err);
	return err_set(err, ERR_INPUT,
		       "its register is laid out as a newer program does "
		       "(layout %" PRIu32 ")",
		       layout);
}

int register_render_own(struct buf *out, struct replica *replica,
			const char *key, struct change_id upto, struct err *err)
{
	struct register_cells cells = REGISTER_CELLS_INIT;
	int rc = register_cells_own(&cells, replica, key, upto, err);

	return render(out, replica, key, &cells, false, rc, err);
}

/* ---- pieces ------------------------------------------------------------ */

void register_piece_case(struct buf *out, struct replica *replica,
			 const char *key)
{
	struct page page = {out, replica, replica_schema(replica), key};

	if (strcmp(key, REGISTER_SCHEMA) != 0)
		write_case_key(&page);
}

int register_piece_row(struct buf *out, struct replica *replica,
		       const struct register_cells *cells,
		       const struct register_cell *cell,
		       const struct register_cell *before, struct err *err)
{
	struct page page = {out, replica, replica_schema(replica), ""};

	if (cell->entity == page.schema->cases)
		return 0;
	return begin_row(&page, cells, cell, before, err);
}

int register_piece_field(struct buf *label, struct buf *out,
			 struct replica *replica,
			 const struct register_cells *cells,
			 const struct register_cell *cell, struct err *err)
{
	struct page page = {out, replica, replica_schema(replica), ""};
	struct value value = register_cell_value(cells, cell);
	int indent = cell->entity == page.schema->cases ? 0 : ROW_INDENT;

	if (cell->field == NULL || value.type == VALUE_NULL)
		return write_field(&page, cell, &value, indent, err);
	page.out = label;
	write_label(&page, cell->field->zh, indent);
	buf_addc(label, ' ');
	page.out = out;
	return write_scalar(&page, cell->field, &value, indent, err);
}
