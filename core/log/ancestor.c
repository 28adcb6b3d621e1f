/* ancestor.c - the nearest common ancestor of a cell's heads.
 * Knows the graph of bases; knows no values and no policy.
 *
 * A walk back through the bases from every head at once, each change marked
 * with the heads that reach it. A change that all heads reach is a common
 * ancestor; one that another common ancestor names, directly or by way of
 * others, is not a nearest one. Of several nearest, the one latest by clock,
 * origin and seq is taken, so the answer depends on the changes known below
 * the heads and on nothing else. */
#include <stdlib.h>
#include <string.h>

#include "core/merge/cell.h"

enum { HEADS_MAX = 64 };

struct node {
	int64_t id;
	uint64_t heads; /* bit i: head i reaches it */
	bool covered;	/* a common ancestor names it */
	bool queued;
	size_t first_base;
	size_t n_bases;
	uint64_t clock;
	uint64_t origin;
};

struct graph {
	struct node *nodes;
	size_t n;
	size_t cap;
	int64_t *bases;
	size_t n_bases;
	size_t cap_bases;
	size_t *queue;
	size_t head;
	size_t tail;
	size_t *index; /* open addressing over nodes, 0 empty, else n + 1 */
	size_t n_index;
	int64_t cell;
};

/* Refused changes count as unknown, and so do those of another cell. */
static const char SQL_BASES[] =
	"SELECT c.bases, c.clock, o.origin FROM _change c"
	" JOIN _origin o ON o.id = c.id >> 40"
	" WHERE c.id = ? AND c.cell = ? AND c.flags & 1 = 0";

static void graph_release(struct graph *graph)
{
	free(graph->nodes);
	free(graph->bases);
	free(graph->queue);
	free(graph->index);
}

static size_t slot_of(const struct graph *graph, int64_t id)
{
	uint64_t hash = (uint64_t)id * 0x9e3779b97f4a7c15ULL;
	size_t at = (size_t)(hash >> 20) & (graph->n_index - 1);

	while (graph->index[at] != 0 &&
	       graph->nodes[graph->index[at] - 1].id != id)
		at = (at + 1) & (graph->n_index - 1);
	return at;
}

static int grow(struct graph *graph, struct err *err)
{
	size_t cap = graph->cap * 2 + 32;
	struct node *nodes = realloc(graph->nodes, cap * sizeof(*nodes));
	size_t *index = calloc(cap * 2 + 64, sizeof(*index));
	size_t n_index = 64;

	if (nodes != NULL)
		graph->nodes = nodes;
	if (nodes == NULL || index == NULL) {
		free(index);
		return err_nomem(err);
	}
	while (n_index * 2 <= cap * 2 + 64)
		n_index *= 2;
	free(graph->index);
	graph->index = index;
	graph->n_index = n_index;
	graph->cap = cap;
	for (size_t i = 0; i < graph->n; i++)
		graph->index[slot_of(graph, graph->nodes[i].id)] = i + 1;
	return 0;
}

/* Reads a change's bases into the graph; unknown ones make no node. */
static int load(struct graph *graph, struct node *node, struct replica *replica,
		bool *known, struct err *err)
{
	sqlite3_stmt *stmt;
	size_t n;
	int rc = db_stmt(&stmt, replica->db, SQL_BASES, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, node->id);
	db_bind_int(stmt, 2, graph->cell);
	rc = db_step(replica->db, stmt, err);
	*known = rc > 0;
	if (rc <= 0)
		return rc;
	n = (size_t)sqlite3_column_bytes(stmt, 0) / 8;
	if (graph->n_bases + n > graph->cap_bases) {
		size_t cap = (graph->n_bases + n) * 2 + 16;
		int64_t *bases = realloc(graph->bases, cap * sizeof(*bases));

		if (bases == NULL) {
			sqlite3_reset(stmt);
			return err_nomem(err);
		}
		graph->bases = bases;
		graph->cap_bases = cap;
	}
	node->first_base = graph->n_bases;
	node->n_bases = n;
	for (size_t i = 0; i < n; i++)
		graph->bases[graph->n_bases++] =
			store_base_at(sqlite3_column_blob(stmt, 0), i);
	node->clock = (uint64_t)db_int(stmt, 1);
	node->origin = (uint64_t)db_int(stmt, 2);
	sqlite3_reset(stmt);
	return 0;
}

static int enqueue(struct graph *graph, size_t at, struct err *err)
{
	if (graph->nodes[at].queued)
		return 0;
	if ((graph->tail & (graph->tail + 1)) == 0) {
		size_t cap = (graph->tail + 1) * 2;
		size_t *queue = realloc(graph->queue, cap * sizeof(*queue));

		if (queue == NULL)
			return err_nomem(err);
		graph->queue = queue;
	}
	graph->queue[graph->tail++] = at;
	graph->nodes[at].queued = true;
	return 0;
}

/* Marks a change as reached by `heads`; visits it again if that is news. */
static int reach(struct graph *graph, int64_t id, uint64_t heads,
		 struct replica *replica, struct err *err)
{
	struct node node = {.id = id, .heads = heads};
	bool known = false;
	size_t slot;
	int rc;

	if (graph->n == graph->cap) {
		rc = grow(graph, err);
		if (rc < 0)
			return rc;
	}
	slot = slot_of(graph, id);
	if (graph->index[slot] != 0) {
		struct node *at = &graph->nodes[graph->index[slot] - 1];

		if ((at->heads | heads) == at->heads)
			return 0;
		at->heads |= heads;
		return enqueue(graph, graph->index[slot] - 1, err);
	}
	rc = load(graph, &node, replica, &known, err);
	if (rc < 0 || !known)
		return rc;
	graph->nodes[graph->n] = node;
	graph->index[slot] = ++graph->n;
	return enqueue(graph, graph->n - 1, err);
}

static int walk(struct graph *graph, uint64_t all, struct replica *replica,
		struct err *err)
{
	int rc = 0;

	while (rc == 0 && graph->head < graph->tail) {
		size_t at = graph->queue[graph->head++];
		uint64_t heads = graph->nodes[at].heads;
		size_t first = graph->nodes[at].first_base;
		size_t n = graph->nodes[at].n_bases;

		graph->nodes[at].queued = false;
		/* What lies below a common ancestor is no nearer. */
		for (size_t i = 0; rc == 0 && heads != all && i < n; i++)
			rc = reach(graph, graph->bases[first + i], heads,
				   replica, err);
	}
	return rc;
}

static bool later(const struct node *a, const struct node *b)
{
	if (a->clock != b->clock)
		return a->clock > b->clock;
	if (a->origin != b->origin)
		return a->origin > b->origin;
	return a->id > b->id; /* of one origin: by seq */
}

/* Common ancestors that no other one in the graph names; a nearest one is
 * always among them. */
static size_t candidates(struct graph *graph, uint64_t all)
{
	size_t n = 0;

	for (size_t i = 0; i < graph->n; i++) {
		const struct node *node = &graph->nodes[i];

		for (size_t k = 0; node->heads == all && k < node->n_bases;
		     k++) {
			int64_t base = graph->bases[node->first_base + k];
			size_t slot = slot_of(graph, base);

			if (graph->index[slot] != 0)
				graph->nodes[graph->index[slot] - 1].covered =
					true;
		}
	}
	for (size_t i = 0; i < graph->n; i++)
		n += graph->nodes[i].heads == all && !graph->nodes[i].covered;
	return n;
}

/* The walk stopped at common ancestors, so one candidate may still lie below
 * another: goes on down from all of them. */
static int cover_below(struct graph *graph, uint64_t all,
		       struct replica *replica, struct err *err)
{
	struct graph below = {.cell = graph->cell};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < graph->n; i++) {
		const struct node *node = &graph->nodes[i];

		for (size_t k = 0; rc == 0 && node->heads == all &&
				   !node->covered && k < node->n_bases;
		     k++)
			rc = reach(&below, graph->bases[node->first_base + k],
				   1, replica, err);
	}
	if (rc == 0)
		rc = walk(&below, 0, replica, err);
	for (size_t i = 0; rc == 0 && i < below.n; i++) {
		size_t slot = slot_of(graph, below.nodes[i].id);

		if (graph->index[slot] != 0)
			graph->nodes[graph->index[slot] - 1].covered = true;
	}
	graph_release(&below);
	return rc;
}

static int nearest(const struct node **out, struct graph *graph, uint64_t all,
		   struct replica *replica, struct err *err)
{
	int rc = 0;

	*out = NULL;
	if (candidates(graph, all) > 1)
		rc = cover_below(graph, all, replica, err);
	for (size_t i = 0; rc == 0 && i < graph->n; i++) {
		const struct node *node = &graph->nodes[i];

		if (node->heads == all && !node->covered &&
		    (*out == NULL || later(node, *out)))
			*out = node;
	}
	return rc;
}

int cell_base(struct value *out, struct buf *bytes, bool *found,
	      struct replica *replica, const struct cell_heads *heads,
	      struct err *err)
{
	struct graph graph = {.cell = heads->cell};
	const struct node *best = NULL;
	uint64_t all;
	int rc = 0;

	*out = (struct value){.type = VALUE_NULL};
	*found = false;
	if (heads->n < 2 || heads->n > HEADS_MAX)
		return 0;
	all = heads->n == 64 ? ~0ULL : (1ULL << heads->n) - 1;
	for (size_t i = 0; rc == 0 && i < heads->n; i++)
		rc = reach(&graph, heads->ids[i], 1ULL << i, replica, err);
	if (rc == 0)
		rc = walk(&graph, all, replica, err);
	if (rc == 0)
		rc = nearest(&best, &graph, all, replica, err);
	if (best != NULL)
		rc = store_value(out, bytes, found, replica, best->id, err);
	graph_release(&graph);
	return rc;
}
