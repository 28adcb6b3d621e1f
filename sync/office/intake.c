/* intake.c - what one main commit takes in, in facts. */
#include "sync/office/intake.h"

#include <stdlib.h>
#include <string.h>

void intake_release(struct intake *intake)
{
	free(intake->commits);
	oid_list_release(&intake->tips);
	buf_release(&intake->trailers);
	buf_release(&intake->lines);
	free(intake->verdicts);
	free(intake->by_id);
	names_release(&intake->sites);
	names_release(&intake->cases);
	names_release(&intake->renamed);
	free(intake->of_commits);
	free(intake->last_commit);
	*intake = (struct intake){.n = 0};
}

int intake_add(struct intake *intake, const struct intake_commit *commit,
	       struct err *err)
{
	struct intake_commit *commits = intake->commits;
	size_t site;
	int rc = names_add(&site, &intake->sites, commit->site,
			   strlen(commit->site), err);

	if (rc < 0)
		return rc;
	if (intake->n == intake->cap) {
		size_t cap = intake->cap != 0 ? intake->cap * 2 : 8;

		commits = realloc(commits, cap * sizeof(*commits));
		if (commits == NULL)
			return err_nomem(err);
		intake->commits = commits;
		intake->cap = cap;
	}
	commits[intake->n] = *commit;
	commits[intake->n++].site = intake->sites.items[site];
	return 0;
}

/* --- what a batch says --------------------------------------------------- */

/* Whether case `at` is new to commit number `commit`. */
static int first_time(bool *out, struct intake *intake, size_t at,
		      size_t commit, struct err *err)
{
	if (at >= intake->cap_last_commit) {
		size_t cap = at * 2 + 64;
		size_t *grown =
			realloc(intake->last_commit, cap * sizeof(*grown));

		if (grown == NULL)
			return err_nomem(err);
		memset(grown + intake->cap_last_commit, 0,
		       (cap - intake->cap_last_commit) * sizeof(*grown));
		intake->last_commit = grown;
		intake->cap_last_commit = cap;
	}
	*out = intake->last_commit[at] != commit + 1;
	intake->last_commit[at] = commit + 1;
	return 0;
}

static int add_case(struct intake *intake, struct intake_commit *commit,
		    const char *key, size_t len, struct err *err)
{
	size_t number = (size_t)(commit - intake->commits);
	bool first = false;
	size_t at;
	size_t *grown;
	int rc = names_add(&at, &intake->cases, key, len, err);

	if (rc == 0)
		rc = first_time(&first, intake, at, number, err);
	if (rc < 0 || !first)
		return rc;
	if (intake->n_of_commits == intake->cap_of_commits) {
		size_t cap = intake->cap_of_commits * 2 + 64;

		grown = realloc(intake->of_commits, cap * sizeof(*grown));
		if (grown == NULL)
			return err_nomem(err);
		intake->of_commits = grown;
		intake->cap_of_commits = cap;
	}
	intake->of_commits[intake->n_of_commits++] = at;
	commit->n_cases++;
	return 0;
}

static int note_change(struct intake *intake, struct intake_commit *commit,
		       const struct change *change, const struct schema *schema,
		       struct err *err)
{
	const struct entity *entity = schema_entity(schema, change->entity);
	const char *key;
	size_t len;

	if (entity == NULL) {
		commit->withheld = true;
		return 0;
	}
	if (entity_case(entity, change->row, change->row_len, &key, &len))
		return add_case(intake, commit, key, len, err);
	commit->everybody |= entity->scope == SCOPE_ALL;
	commit->withheld |= entity->scope == SCOPE_OFFICE;
	intake->codes |= entity == schema->codes || entity == schema->fields;
	intake->signers |= strcmp(entity->name, "signer") == 0;
	return entity == schema->sites
		       ? names_add(NULL, &intake->renamed, change->row,
				   change->row_len, err)
		       : 0;
}

static bool same_row(const struct change *a, const struct change *b)
{
	return a->entity == b->entity && a->row_len == b->row_len &&
	       memcmp(a->row, b->row, a->row_len) == 0;
}

int intake_note(struct intake *intake, size_t at,
		const struct outbox_entry *entry, const struct schema *schema,
		struct err *err)
{
	struct intake_commit *commit = &intake->commits[at];
	const struct change *changes = entry->batch->changes;
	int rc = 0;

	commit->blob = entry->blob;
	commit->cases = intake->n_of_commits;
	/* Changes of one row mostly follow each other. */
	for (size_t i = 0; rc == 0 && i < entry->batch->n_changes; i++)
		if (i == 0 || !same_row(&changes[i - 1], &changes[i]))
			rc = note_change(intake, commit, &changes[i], schema,
					 err);
	return rc;
}

/* --- verdicts ------------------------------------------------------------ */

int intake_judged(struct intake *intake, const struct verdict *verdicts,
		  size_t n, struct err *err)
{
	struct verdict *grown;

	if (n == 0)
		return 0;
	grown = realloc(intake->verdicts,
			(intake->n_verdicts + n) * sizeof(*grown));
	if (grown == NULL)
		return err_nomem(err);
	memcpy(grown + intake->n_verdicts, verdicts, n * sizeof(*grown));
	intake->verdicts = grown;
	intake->n_verdicts += n;
	return 0;
}

static int compare_verdicts(const void *a, const void *b)
{
	const struct verdict *const *x = a;
	const struct verdict *const *y = b;

	return change_id_compare((*x)->id, (*y)->id);
}

int intake_sort_verdicts(struct intake *intake, struct err *err)
{
	free(intake->by_id);
	intake->by_id = calloc(intake->n_verdicts + 1, sizeof(*intake->by_id));
	if (intake->by_id == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < intake->n_verdicts; i++)
		intake->by_id[i] = &intake->verdicts[i];
	qsort(intake->by_id, intake->n_verdicts, sizeof(*intake->by_id),
	      compare_verdicts);
	return 0;
}

/* The first verdict that is not before `id`. */
static size_t place_of(const struct intake *intake, struct change_id id)
{
	size_t low = 0;
	size_t high = intake->n_verdicts;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (change_id_compare(intake->by_id[middle]->id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct verdict *intake_verdict(const struct intake *intake,
				     struct change_id id)
{
	size_t at = place_of(intake, id);

	return at < intake->n_verdicts &&
			       change_id_equal(intake->by_id[at]->id, id)
		       ? intake->by_id[at]
		       : NULL;
}

struct verdict *const *intake_verdicts_on(size_t *n,
					  const struct intake *intake,
					  const struct intake_commit *commit)
{
	struct change_id id = {commit->origin, commit->first};
	size_t at = place_of(intake, id);

	id.seq = commit->last + 1;
	*n = place_of(intake, id) - at;
	return intake->by_id + at;
}
