/* batch_builder.c - gathers logged changes into one batch. */
#include "core/log/batch_builder.h"

#include <stdlib.h>
#include <string.h>

#include "core/log/change_log.h"

void batch_builder_add(struct batch_builder *builder,
		       const struct change *change)
{
	buf_add(&builder->changes, change, sizeof(*change));
	buf_add(&builder->bases, change->bases,
		change->n_bases * sizeof(*change->bases));
	buf_add(&builder->strings, change->row, change->row_len);
	if (change->value.type == VALUE_TEXT ||
	    change->value.type == VALUE_BLOB)
		buf_add(&builder->strings, change->value.bytes,
			change->value.len);
	if (change->reason != NULL)
		buf_add(&builder->strings, change->reason, change->reason_len);
	buf_add(&builder->strings, change->extra, change->extra_len);
	builder->n++;
}

/* Strings were added in this order; each is found again by its length. */
static void point(struct change *change, const char **at,
		  const struct change_id **base)
{
	change->row = *at;
	*at += change->row_len;
	if (change->value.type == VALUE_TEXT ||
	    change->value.type == VALUE_BLOB) {
		change->value.bytes = *at;
		*at += change->value.len;
	}
	if (change->reason != NULL) {
		change->reason = *at;
		*at += change->reason_len;
	}
	change->extra = *at;
	*at += change->extra_len;
	change->bases = *base;
	*base += change->n_bases;
}

int batch_builder_finish(struct batch **out, struct batch_builder *builder,
			 const struct batch *head, struct err *err)
{
	size_t site_len = strlen(head->site) + 1;
	size_t author_len = strlen(head->author) + 1;
	const struct change_id *base;
	struct change *changes;
	struct batch *batch;
	char *strings;
	const char *at;
	int rc = buf_check(&builder->changes, err);

	if (rc == 0)
		rc = buf_check(&builder->bases, err);
	if (rc == 0)
		rc = buf_check(&builder->strings, err);
	if (rc < 0)
		return rc;
	batch = malloc(sizeof(*batch) + builder->changes.len +
		       builder->bases.len + builder->strings.len + site_len +
		       author_len);
	if (batch == NULL)
		return err_nomem(err);
	*batch = *head;
	changes = (struct change *)(batch + 1);
	memcpy(changes, buf_text(&builder->changes), builder->changes.len);
	base = (const struct change_id *)(changes + builder->n);
	strings = (char *)(changes + builder->n) + builder->bases.len;
	memcpy(changes + builder->n, buf_text(&builder->bases),
	       builder->bases.len);
	memcpy(strings, buf_text(&builder->strings), builder->strings.len);
	at = strings;
	for (size_t i = 0; i < builder->n; i++)
		point(&changes[i], &at, &base);
	strings += builder->strings.len;
	memcpy(strings, head->site, site_len);
	batch->site = strings;
	strings += site_len;
	memcpy(strings, head->author, author_len);
	batch->author = strings;
	batch->changes = changes;
	batch->n_changes = builder->n;
	batch_builder_release(builder);
	*out = batch; /* the caller's now: batch_free */
	return 0;
}

void batch_builder_release(struct batch_builder *builder)
{
	buf_release(&builder->changes);
	buf_release(&builder->bases);
	buf_release(&builder->strings);
	builder->n = 0;
}

void batch_free(struct batch *batch)
{
	free(batch);
}
