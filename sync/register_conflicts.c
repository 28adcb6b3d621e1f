/* register_conflicts.c - conflicts as lines of the register.
 * Refuses to know how they are settled. */
#include "sync/register_conflicts.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/conflict.h"
#include "core/utf8.h"
#include "sync/register_label.h"
#include "sync/yaml_writer.h"

enum {
	CUT_CHARS = 24, /* of a long value */
	/* Dates of clocks are those of China, wherever they are printed:
	 * the register is the same on every machine. */
	ZONE_SECONDS = 8 * 3600
};

/* The first characters of a value, on one line. */
static int add_cut(struct buf *out, struct replica *replica,
		   const struct field *field, const struct value *value,
		   struct err *err)
{
	struct buf text = BUF_INIT;
	size_t at = 0;
	int rc = 0;

	if (value->type == VALUE_TEXT)
		rc = register_label_text(&text, replica, field, value, err);
	else if (value->type == VALUE_INT)
		register_label_number(&text, field, value->integer);
	else if (value->type == VALUE_REAL)
		buf_addf(&text, "%.17g", value->real);
	else
		buf_adds(&text,
			 value->type == VALUE_NULL ? "（空）" : "（字节）");
	for (int n = 0; at < text.len && n < CUT_CHARS; n++) {
		size_t len = utf8_next(text.data + at, text.len - at, NULL);

		if (text.data[at] == '\n')
			buf_addc(out, ' ');
		else
			buf_add(out, text.data + at, len);
		at += len;
	}
	if (at < text.len)
		buf_adds(out, "…");
	buf_release(&text);
	return rc;
}

static void add_date(struct buf *out, uint64_t clock)
{
	time_t seconds = (time_t)((clock >> 16) / 1000) + ZONE_SECONDS;
	struct tm day;
	char text[32];

	if (gmtime_r(&seconds, &day) &&
	    strftime(text, sizeof(text), "%Y-%m-%d", &day) > 0)
		buf_adds(out, text);
}

/* `A类 (区教育局 王芳 2022-05-30)`. */
static int add_head(struct buf *out, struct replica *replica,
		    const struct field *field,
		    const struct change_log_entry *head, struct err *err)
{
	const char *site = head->site ? head->site : "";
	const char *author = head->author ? head->author : "";
	size_t begin;
	int rc = add_cut(out, replica, field, &head->change->value, err);

	if (rc < 0)
		return rc;
	buf_adds(out, " (");
	begin = out->len;
	rc = register_label_site(out, replica, site, strlen(site), err);
	if (*author != '\0' && strcmp(buf_text(out) + begin, author) != 0)
		buf_addf(out, " %s", author);
	buf_addc(out, ' ');
	add_date(out, head->change->clock);
	buf_addc(out, ')');
	return rc;
}

static int compare_heads(const void *a, const void *b)
{
	const struct change_log_entry *const *x = a;
	const struct change_log_entry *const *y = b;
	uint64_t before = (*x)->change->clock;
	uint64_t after = (*y)->change->clock;

	if (before != after)
		return before < after ? -1 : 1;
	return change_id_compare((*x)->change->id, (*y)->change->id);
}

/* All heads, in an order that is the same on every replica. */
static int add_heads(struct buf *out, struct replica *replica,
		     const struct conflict *conflict, struct err *err)
{
	const struct change_log_entry **heads =
		calloc(conflict->n_heads + 1, sizeof(*heads));
	int rc = 0;

	if (!heads)
		return err_nomem(err);
	for (size_t i = 0; i < conflict->n_heads; i++)
		heads[i] = &conflict->heads[i];
	qsort(heads, conflict->n_heads, sizeof(*heads), compare_heads);
	for (size_t i = 0; i < conflict->n_heads && rc == 0; i++) {
		if (i > 0)
			buf_adds(out, " / ");
		rc = add_head(out, replica, conflict->field, heads[i], err);
	}
	/* A row voided here and edited there: the other side stands in other
	 * cells of the row (core/voiding.h). */
	if (conflict->n_heads == 1)
		buf_adds(out, " / 另有互不知晓的修改");
	free(heads);
	return rc;
}

/* `承办 edu 拟定类别 须人工裁定`: where, and whether it is settled. */
static void add_place(struct buf *out, const struct conflict *conflict)
{
	const char *rest = strchr(conflict->row, '/');

	if (conflict->entity)
		buf_adds(out, conflict->entity->zh);
	if (rest)
		buf_addf(out, " %s", rest + 1);
	if (conflict->field)
		buf_addf(out, " %s", conflict->field->zh);
	buf_adds(out, conflict->severity == SEVERITY_HARD ? " 须人工裁定"
							  : " 已按规则取值");
}

struct conflict_list {
	struct buf *out;
	struct replica *replica;
	bool begun;
};

static int write_conflict(const struct conflict *conflict, void *ctx,
			  struct err *err)
{
	struct conflict_list *list = ctx;
	struct buf text = BUF_INIT;
	int rc;

	if (!list->begun)
		buf_adds(list->out, "冲突:\n");
	list->begun = true;
	add_place(&text, conflict);
	buf_adds(list->out, "  - ");
	yaml_writer_text(list->out, buf_text(&text), text.len);
	buf_adds(list->out, ": ");
	buf_clear(&text);
	rc = add_heads(&text, list->replica, conflict, err);
	yaml_writer_text(list->out, buf_text(&text), text.len);
	buf_addc(list->out, '\n');
	if (rc == 0)
		rc = buf_check(&text, err);
	buf_release(&text);
	return rc;
}

int register_conflicts(struct buf *out, struct replica *replica,
		       const char *key, struct err *err)
{
	struct conflict_list list = {out, replica, false};

	return conflict_each(replica, key, write_conflict, &list, err);
}
