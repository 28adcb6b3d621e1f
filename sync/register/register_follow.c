/* register_follow.c - a node's own file beside what it may say, piece by
 * piece. */
#include "sync/register/register_follow.h"

#include <string.h>

#include "core/log/change_log.h"
#include "sync/register/register.h"
#include "sync/register/register_label.h"
#include "sync/register/register_piece.h"
#include "sync/register/yaml_writer.h"

static const char SQL_CODE[] =
	"SELECT zh FROM code WHERE list = ?1 AND code = ?2";

struct follow {
	struct replica *replica;
	struct register_cells cells;
	const char *text; /* what is left of the file */
	size_t left;
	const char *far;		     /* to where it went at most */
	const struct register_cell *written; /* the last that stands there */
};

static bool begins(const struct follow *follow, size_t at,
		   const struct buf *piece)
{
	return follow->left - at >= piece->len &&
	       memcmp(follow->text + at, buf_text(piece), piece->len) == 0;
}

static void take(struct follow *follow, size_t n)
{
	follow->text += n;
	follow->left -= n;
}

/* --- names that were ever given ------------------------------------------ */

/* Looks at `at` for one of the ways to write a piece that holds a name:
 * before, the name as a scalar, after. */
struct naming {
	const struct follow *follow;
	size_t at;
	const struct buf *before;
	const struct buf *after;
	const char *code; /* `name (code)` of a unit, or NULL */
	size_t code_len;
	size_t size; /* out: of what stands there, 0: none does */
};

static int try_name(const char *name, void *ctx, struct err *err)
{
	struct naming *naming = ctx;
	struct buf text = BUF_INIT;
	struct buf piece = BUF_INIT;
	int rc;

	buf_adds(&text, name);
	if (naming->code != NULL &&
	    (text.len != naming->code_len ||
	     memcmp(buf_text(&text), naming->code, text.len) != 0))
		buf_addf(&text, " (%.*s)", (int)naming->code_len, naming->code);
	buf_adds(&piece, buf_text(naming->before));
	yaml_writer_text(&piece, buf_text(&text), text.len);
	buf_adds(&piece, buf_text(naming->after));
	rc = buf_check(&text, err);
	if (rc == 0)
		rc = buf_check(&piece, err);
	if (rc == 0 && naming->size == 0 &&
	    begins(naming->follow, naming->at, &piece))
		naming->size = piece.len;
	buf_release(&piece);
	buf_release(&text);
	return rc;
}

/* The code itself stands where it had no name yet. */
static int try_names(struct naming *naming, const char *entity, const char *row,
		     const char *field, const char *code, size_t len,
		     struct err *err)
{
	const struct edit_cell cell = {entity, row, field};
	struct buf bare = BUF_INIT;
	int rc;

	buf_add(&bare, code, len);
	rc = buf_check(&bare, err);
	if (rc == 0 && len > 0)
		rc = try_name(buf_text(&bare), naming, err);
	if (rc == 0)
		rc = change_log_ever(naming->follow->replica, &cell, try_name,
				     naming, err);
	buf_release(&bare);
	return rc;
}

/* A code that every replica begins with was given its first name by no
 * change. */
static int try_first_name(struct naming *naming, const char *list,
			  const struct value *code, struct err *err)
{
	struct value of = value_text(list);
	struct replica *scratch = NULL;
	struct buf label = BUF_INIT;
	bool found = false;
	int rc = replica_open_scratch(&scratch, ":memory:", err);

	if (rc == 0)
		rc = register_label_found(&label, &found, replica_db(scratch),
					  SQL_CODE, &of, code, err);
	if (rc == 0 && found)
		rc = try_name(buf_text(&label), naming, err);
	replica_close(scratch);
	buf_release(&label);
	return rc;
}

/* --- pieces -------------------------------------------------------------- */

/* The lines that name a row, its unit under a name it has had. */
static int match_unit(size_t *size, const struct follow *follow, size_t at,
		      const struct register_cell *cell, const struct buf *piece,
		      struct err *err)
{
	static const char label[] = "单位: ";
	const char *row = register_cell_row(&follow->cells, cell);
	const char *line = strstr(buf_text(piece), label);
	struct buf before = BUF_INIT;
	struct buf after = BUF_INIT;
	struct buf unit = BUF_INIT;
	struct naming naming = {.follow = follow, .at = at};
	int rc = 0;

	if (line == NULL || cell->entity == NULL ||
	    !entity_owner(cell->entity, row, cell->row_len, &naming.code,
			  &naming.code_len))
		return 0;
	line += sizeof(label) - 1;
	buf_add(&before, buf_text(piece), (size_t)(line - buf_text(piece)));
	buf_adds(&after, strchr(line, '\n'));
	buf_add(&unit, naming.code, naming.code_len);
	naming.before = &before;
	naming.after = &after;
	rc = buf_check(&unit, err);
	if (rc == 0)
		rc = try_names(&naming, "unit", buf_text(&unit), "name",
			       naming.code, naming.code_len, err);
	*size = naming.size;
	buf_release(&before);
	buf_release(&after);
	buf_release(&unit);
	return rc;
}

/* A value that is a code or a unit, by a name it has had. */
static int match_value(size_t *size, const struct follow *follow, size_t at,
		       const struct register_cell *cell,
		       const struct buf *label, struct err *err)
{
	const struct value value = register_cell_value(&follow->cells, cell);
	struct buf end = BUF_INIT;
	struct buf row = BUF_INIT;
	struct naming naming = {
		.follow = follow, .at = at, .before = label, .after = &end};
	bool unit = cell->field->type == FIELD_UNIT;
	int rc;

	if (value.type != VALUE_TEXT ||
	    (!unit && cell->field->type != FIELD_CODE))
		return 0;
	if (unit) {
		naming.code = value.bytes;
		naming.code_len = value.len;
	} else {
		buf_addf(&row, "%s/",
			 cell->field->list != NULL ? cell->field->list : "");
	}
	buf_add(&row, value.bytes, value.len);
	buf_addc(&end, '\n');
	rc = buf_check(&row, err);
	if (rc == 0)
		rc = try_names(&naming, unit ? "unit" : "code", buf_text(&row),
			       unit ? "name" : "zh", value.bytes, value.len,
			       err);
	if (rc == 0 && naming.size == 0 && !unit && cell->field->list != NULL)
		rc = try_first_name(&naming, cell->field->list, &value, err);
	*size = naming.size;
	buf_release(&row);
	buf_release(&end);
	return rc;
}

/* The label that a field has before the office says another: the program's
 * own; its name, where it was added at run time. */
static int try_first_label(struct naming *naming, const struct entity *entity,
			   const struct field *field, struct err *err)
{
	struct replica *scratch = NULL;
	int rc;

	if (field_defined(field))
		return try_name(field->name, naming, err);
	rc = replica_open_scratch(&scratch, ":memory:", err);
	if (rc == 0) {
		entity = schema_entity(replica_schema(scratch), entity->id);
		field = entity_field(entity, field->id);
		rc = try_name(field->zh, naming, err);
	}
	replica_close(scratch);
	return rc;
}

/* A field under a label that the office has changed since. */
static int match_label(size_t *size, const struct follow *follow, size_t at,
		       const struct register_cell *cell,
		       const struct buf *label, const struct buf *rest,
		       struct err *err)
{
	struct buf before = BUF_INIT;
	struct buf after = BUF_INIT;
	struct buf row = BUF_INIT;
	struct naming naming = {
		.follow = follow, .at = at, .before = &before, .after = &after};
	int rc;

	buf_addf(&before, "%*s", (int)strspn(buf_text(label), " "), "");
	buf_addf(&after, ": %s", buf_text(rest));
	buf_addf(&row, "%s/%s", cell->entity->name, cell->field->name);
	rc = buf_check(&row, err);
	if (rc == 0)
		rc = try_names(&naming, "field", buf_text(&row), "zh", "", 0,
			       err);
	if (rc == 0 && naming.size == 0)
		rc = try_first_label(&naming, cell->entity, cell->field, err);
	*size = naming.size;
	buf_release(&row);
	buf_release(&after);
	buf_release(&before);
	return rc;
}

/* How much of the file is this row's naming, if it is. */
static int match_row(bool *yes, size_t *size, const struct follow *follow,
		     const struct register_cell *cell, struct err *err)
{
	struct buf piece = BUF_INIT;
	int rc = register_piece_row(&piece, follow->replica, &follow->cells,
				    cell, follow->written, err);

	*size = 0;
	if (rc == 0)
		rc = buf_check(&piece, err);
	if (rc == 0 && begins(follow, 0, &piece))
		*size = piece.len;
	else if (rc == 0)
		rc = match_unit(size, follow, 0, cell, &piece, err);
	*yes = rc == 0 && (piece.len == 0 || *size > 0);
	buf_release(&piece);
	return rc;
}

static int match_field(bool *yes, size_t *size, const struct follow *follow,
		       size_t at, const struct register_cell *cell,
		       struct err *err)
{
	struct buf label = BUF_INIT;
	struct buf rest = BUF_INIT;
	struct buf whole = BUF_INIT;
	int rc = register_piece_field(&label, &rest, follow->replica,
				      &follow->cells, cell, err);

	*size = 0;
	buf_adds(&whole, buf_text(&label));
	buf_adds(&whole, buf_text(&rest));
	if (rc == 0)
		rc = buf_check(&whole, err);
	if (rc == 0 && begins(follow, at, &whole))
		*size = whole.len;
	else if (rc == 0 && label.len > 0)
		rc = match_value(size, follow, at, cell, &label, err);
	if (rc == 0 && *size == 0 && label.len > 0)
		rc = match_label(size, follow, at, cell, &label, &rest, err);
	*yes = rc == 0 && (whole.len == 0 || *size > 0);
	buf_release(&whole);
	buf_release(&rest);
	buf_release(&label);
	return rc;
}

/* Whether the file goes on with this cell; then over it. */
static int match(bool *yes, struct follow *follow,
		 const struct register_cell *cell, struct err *err)
{
	size_t row = 0;
	size_t field = 0;
	int rc = match_row(yes, &row, follow, cell, err);

	if (rc == 0 && *yes)
		rc = match_field(yes, &field, follow, row, cell, err);
	if (follow->text + row > follow->far)
		follow->far = follow->text + row;
	if (rc < 0 || !*yes)
		return rc;
	take(follow, row + field);
	follow->written = cell;
	return 0;
}

/* --- the whole ----------------------------------------------------------- */

/* The cells that stand for one: [i, end). */
static size_t end_of(const struct register_cells *cells, size_t i)
{
	size_t end = i + 1;

	while (end < cells->n && cells->cells[end].nth > 0)
		end++;
	return end;
}

/* (F1), (F2): one of them stands there, or, if all were refused, none. */
static int follow_cells(bool *out, struct follow *follow, struct err *err)
{
	const struct register_cells *cells = &follow->cells;
	int rc = 0;

	*out = true;
	for (size_t i = 0; rc == 0 && *out && i < cells->n;) {
		size_t end = end_of(cells, i);
		bool found = false;

		for (size_t k = i; rc == 0 && !found && k < end; k++)
			rc = match(&found, follow, &cells->cells[k], err);
		*out = found || cells->cells[end - 1].refused;
		i = end;
	}
	return rc;
}

static int follow_text(bool *out, struct follow *follow, const char *key,
		       struct err *err)
{
	struct buf first = BUF_INIT;
	int rc;

	register_piece_case(&first, follow->replica, key);
	rc = buf_check(&first, err);
	*out = rc == 0 && begins(follow, 0, &first);
	if (*out) {
		take(follow, first.len);
		rc = follow_cells(out, follow, err);
		*out &= follow->left == 0;
	}
	buf_release(&first);
	return rc;
}

/* No file: nothing it wrote there counts. */
static bool may_be_absent(const struct register_cells *cells)
{
	for (size_t i = 0; i < cells->n; i++)
		if (!cells->cells[i].refused)
			return false;
	return true;
}

int register_follow(bool *out, size_t *line, struct replica *replica,
		    const char *key, struct change_id upto,
		    const struct buf *text, struct err *err)
{
	struct follow follow = {.replica = replica,
				.cells = REGISTER_CELLS_INIT,
				.text = buf_text(text),
				.left = text->len,
				.far = buf_text(text)};
	struct buf should = BUF_INIT;
	int rc = register_render_own(&should, replica, key, upto, err);

	if (rc == ERR_MISSING)
		rc = 0;
	/* Mostly all is known at both ends. */
	*out = rc == 0 && should.len == text->len &&
	       memcmp(buf_text(&should), buf_text(text), text->len) == 0;
	if (rc == 0 && !*out) {
		rc = register_cells_claimed(&follow.cells, replica, key, upto,
					    err);
		if (rc == 0 && text->len == 0)
			*out = may_be_absent(&follow.cells);
		else if (rc == 0)
			rc = follow_text(out, &follow, key, err);
	}
	*line = 1;
	if (follow.text > follow.far)
		follow.far = follow.text;
	for (const char *at = buf_text(text); at < follow.far; at++)
		*line += *at == '\n';
	register_cells_release(&follow.cells);
	buf_release(&should);
	return rc;
}
