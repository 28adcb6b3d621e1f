/* history.c - reading the log of a case.
 * Knows the log; knows no layout and no repository. */
#include "cli/conflict/history.h"

#include <stdlib.h>
#include <string.h>

#include "core/log/change_log.h"

static void item_release(struct history_item *item)
{
	free(item->row);
	free(item->site);
	free(item->author);
	free(item->reason);
	buf_release(&item->bytes);
}

void history_release(struct history *history)
{
	for (size_t i = 0; i < history->n; i++)
		item_release(&history->items[i]);
	free(history->items);
	memset(history, 0, sizeof(*history));
}

static struct history_item *new_item(struct history *history)
{
	size_t room = history->room ? 2 * history->room : 64;
	struct history_item *items = history->items;

	if (history->n == history->room) {
		items = reallocarray(items, room, sizeof(*items));
		if (!items)
			return NULL;
		history->items = items;
		history->room = room;
	}
	memset(&items[history->n], 0, sizeof(*items));
	return &items[history->n++];
}

static int copy_words(struct history_item *item,
		      const struct change_log_entry *entry, struct err *err)
{
	const struct change *change = entry->change;

	item->row = strndup(change->row, change->row_len);
	item->site = strdup(entry->site ? entry->site : "");
	item->author = strdup(entry->author ? entry->author : "");
	if (change->reason)
		item->reason = strndup(change->reason, change->reason_len);
	if (!item->row || !item->site || !item->author ||
	    (change->reason && !item->reason))
		return err_nomem(err);
	item->value = change->value;
	buf_add(&item->bytes, change->value.bytes, change->value.len);
	item->value.bytes = buf_text(&item->bytes);
	return buf_check(&item->bytes, err);
}

static int add_item(const struct change_log_entry *entry, void *ctx,
		    struct err *err)
{
	struct history *history = ctx;
	const struct change *change = entry->change;
	struct history_item *item = new_item(history);

	if (!item)
		return err_nomem(err);
	item->id = change->id;
	item->clock = change->clock;
	item->entity_id = change->entity;
	item->field_id = change->field;
	item->entity =
		schema_entity(replica_schema(history->replica), change->entity);
	item->field = item->entity ? entity_field(item->entity, change->field)
				   : NULL;
	item->shown = entry->shown;
	item->refused = entry->refused;
	item->clock_ahead = entry->clock_ahead;
	return copy_words(item, entry, err);
}

static int by_id(const void *a, const void *b)
{
	const struct history_item *const *x = a;
	const struct history_item *const *y = b;

	return change_id_compare((*x)->id, (*y)->id);
}

static const struct history_item *find(const struct history_item **index,
				       size_t n, struct change_id id)
{
	struct history_item wanted = {.id = id};
	const struct history_item *key = &wanted;
	const struct history_item **found = bsearch(
		&key, index, n, sizeof(const struct history_item *), by_id);

	return found ? *found : NULL;
}

static bool same_cell(const struct history_item *a,
		      const struct history_item *b)
{
	return a->entity_id == b->entity_id && a->field_id == b->field_id &&
	       strcmp(a->row, b->row) == 0;
}

/* Of several bases the one that comes last in the log is what was seen. A row
 * that is voided, or edited after that, names other cells too: those were
 * seen, but not replaced. */
struct linking {
	const struct history_item **index;
	size_t n;
	struct history *history;
	size_t at;
};

static int link_bases(const struct change_log_entry *entry, void *ctx,
		      struct err *err)
{
	struct linking *linking = ctx;
	struct history_item *item = &linking->history->items[linking->at++];
	const struct change *change = entry->change;

	(void)err;
	for (size_t i = 0; i < change->n_bases; i++) {
		const struct history_item *base =
			find(linking->index, linking->n, change->bases[i]);

		if (base && !same_cell(base, item))
			continue;
		if (base && (!item->old || base > item->old))
			item->old = base;
		if (!item->old)
			item->base = change->bases[i];
	}
	if (item->old)
		item->base = item->old->id;
	return 0;
}

int history_read(struct history *history, struct replica *replica,
		 const char *key, struct err *err)
{
	struct linking linking = {.history = history};
	int rc;

	memset(history, 0, sizeof(*history));
	history->replica = replica;
	rc = change_log_case(replica, key, add_item, history, err);
	if (rc < 0 || history->n == 0)
		return rc;
	linking.n = history->n;
	linking.index = calloc(linking.n, sizeof(const struct history_item *));
	if (!linking.index)
		return err_nomem(err);
	for (size_t i = 0; i < linking.n; i++)
		linking.index[i] = &history->items[i];
	qsort(linking.index, linking.n, sizeof(const struct history_item *),
	      by_id);
	/* The same walk again: nothing is written in between. */
	rc = change_log_case(replica, key, link_bases, &linking, err);
	free(linking.index);
	return rc;
}
