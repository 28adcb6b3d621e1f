/* hub_bundle.c - the road of one file: a bundle as a hub that can only be
 * fetched from. Knows gitformat-bundle(5), version 2. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sync/road/bundle.h"
#include "sync/git/pack.h"

enum { LINES_MAX = 200000, LINE_MAX_BYTES = 4096 };

struct hub_bundle {
	struct hub hub;
	char *path;
	FILE *file;		/* open, behind the head */
	long pack;		/* where the pack begins */
	struct oid_list before; /* what a reader must have */
	struct ref_list refs;	/* sorted */
};

static struct hub_bundle *bundle_of(struct hub *hub)
{
	return (struct hub_bundle *)hub;
}

/* --- the head ------------------------------------------------------------ */

static int no_bundle(const struct hub_bundle *bundle, struct err *err)
{
	return err_set(err, ERR_INPUT,
		       "%s is no git bundle of version 2; have it written "
		       "again (bundle create) and copied whole",
		       bundle->path);
}

static int add_ref(struct hub_bundle *bundle, const struct oid *oid,
		   const char *name, struct err *err)
{
	struct ref_list *refs = &bundle->refs;
	struct ref *items =
		realloc(refs->items, (refs->n + 1) * sizeof(*items));
	size_t at = refs->n;

	if (items == NULL)
		return err_nomem(err);
	refs->items = items;
	while (at > 0 && strcmp(items[at - 1].name, name) > 0)
		at--;
	if (at > 0 && strcmp(items[at - 1].name, name) == 0)
		return no_bundle(bundle, err);
	memmove(items + at + 1, items + at, (refs->n - at) * sizeof(*items));
	refs->n++;
	items[at].oid = *oid;
	items[at].name = strdup(name);
	return items[at].name != NULL ? 0 : err_nomem(err);
}

/* `-<oid>[ comment]` or `<oid> <ref>`. */
static int take_line(struct hub_bundle *bundle, char *line, struct err *err)
{
	bool before = *line == '-';
	char *text = before ? line + 1 : line;
	struct oid oid;
	char after;

	if (!oid_parse(&oid, text, strlen(text)))
		return no_bundle(bundle, err);
	after = text[OID_TEXT - 1];
	if (before && (after == '\0' || after == ' '))
		return oid_list_add(&bundle->before, &oid) ? 0 : err_nomem(err);
	if (before || after != ' ' || text[OID_TEXT] == '\0')
		return no_bundle(bundle, err);
	return add_ref(bundle, &oid, text + OID_TEXT, err);
}

static int read_head(struct hub_bundle *bundle, struct err *err)
{
	char line[LINE_MAX_BYTES];
	int rc = 0;

	for (int i = 0; rc == 0 && i < LINES_MAX; i++) {
		size_t len;

		if (fgets(line, sizeof(line), bundle->file) == NULL)
			return no_bundle(bundle, err);
		len = strlen(line);
		if (len == 0 || line[len - 1] != '\n')
			return no_bundle(bundle, err);
		line[len - 1] = '\0';
		if (i == 0 && strcmp(line, "# v2 git bundle") != 0)
			return no_bundle(bundle, err);
		if (i > 0 && line[0] == '\0') {
			bundle->pack = ftell(bundle->file);
			return 0;
		}
		if (i > 0)
			rc = take_line(bundle, line, err);
	}
	return rc < 0 ? rc : no_bundle(bundle, err);
}

/* --- the verbs ----------------------------------------------------------- */

static int bundle_ref(struct oid *out, struct hub *hub, const char *name,
		      struct err *err)
{
	struct hub_bundle *bundle = bundle_of(hub);
	const struct oid *found = ref_list_find(&bundle->refs, name);

	if (found == NULL)
		return err_set(err, ERR_MISSING, "%s holds no %s", bundle->path,
			       name);
	*out = *found;
	return 0;
}

static int bundle_refs(struct ref_list *out, struct hub *hub,
		       const char *prefix, struct err *err)
{
	const struct ref_list *refs = &bundle_of(hub)->refs;
	struct ref *items =
		realloc(out->items, (out->n + refs->n + 1) * sizeof(*items));

	if (items == NULL)
		return err_nomem(err);
	out->items = items;
	for (size_t i = 0; i < refs->n; i++) {
		const struct ref *ref = &refs->items[i];

		if (strncmp(ref->name, prefix, strlen(prefix)) != 0)
			continue;
		items[out->n] = (struct ref){strdup(ref->name), ref->oid};
		if (items[out->n].name == NULL)
			return err_nomem(err);
		out->n++;
	}
	return 0;
}

static int check_before(const struct hub_bundle *bundle,
			struct repository *into, struct err *err)
{
	for (size_t i = 0; i < bundle->before.n; i++) {
		char hex[OID_TEXT];

		if (repository_has(into, &bundle->before.items[i]))
			continue;
		oid_format(hex, &bundle->before.items[i]);
		return err_set(err, ERR_INPUT,
			       "%s: it continues from commit %s, which is "
			       "not here: ask for a whole one (bundle create "
			       "--full)",
			       bundle->path, hex);
	}
	return 0;
}

static int take_pack(struct hub_bundle *bundle, struct repository *into,
		     const struct oid *tips, size_t n, struct err *err)
{
	struct pack_intake *intake = NULL;
	char part[65536];
	size_t got;
	int rc = pack_intake_open(&intake, into, err);

	if (rc == 0 && fseek(bundle->file, bundle->pack, SEEK_SET) != 0)
		rc = err_errno(err, "%s", bundle->path);
	while (rc == 0 &&
	       (got = fread(part, 1, sizeof(part), bundle->file)) > 0)
		rc = pack_intake_add(intake, part, got, err);
	if (rc == 0 && ferror(bundle->file) != 0)
		rc = err_errno(err, "%s", bundle->path);
	if (rc == 0)
		rc = pack_intake_finish(intake, tips, n, err);
	pack_intake_close(intake);
	return rc;
}

/* A reader that began later than the file does lacks what it goes on from, and
 * needs it not: the file holds all the same what it lacks. */
static int bundle_fetch(struct hub *hub, struct repository *into,
			const struct oid *tips, size_t n, struct err *err)
{
	struct hub_bundle *bundle = bundle_of(hub);
	bool all = true;
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		all = all && repository_has(into, &tips[i]);
	if (!all)
		rc = take_pack(bundle, into, tips, n, err);
	if (rc == ERR_CORRUPT || rc == ERR_MISSING)
		rc = check_before(bundle, into, err) < 0 ? ERR_INPUT : rc;
	if (rc == ERR_CORRUPT || rc == ERR_MISSING)
		rc = err_wrap(err,
			      "%s cannot be taken in, and nothing of it was; "
			      "have it copied again, or written again (bundle "
			      "create)",
			      bundle->path);
	return rc;
}

static int bundle_push(struct hub *hub, struct repository *from,
		       struct hub_push *push, struct err *err)
{
	(void)from;
	(void)push;
	return err_set(err, ERR_INPUT, "%s cannot be written to",
		       bundle_of(hub)->path);
}

static int bundle_reader(struct repository **out, struct hub *hub,
			 struct err *err)
{
	(void)out;
	return err_set(err, ERR_INPUT, "%s is no repository",
		       bundle_of(hub)->path);
}

static void bundle_close(struct hub *hub)
{
	struct hub_bundle *bundle = bundle_of(hub);

	if (bundle->file != NULL)
		fclose(bundle->file);
	oid_list_release(&bundle->before);
	ref_list_release(&bundle->refs);
	free(bundle->path);
	free(bundle);
}

static const struct hub_road road = {
	.ref = bundle_ref,
	.refs = bundle_refs,
	.fetch = bundle_fetch,
	.push = bundle_push,
	.reader = bundle_reader,
	.close = bundle_close,
};

int hub_bundle_open(struct hub **out, const char *path, struct err *err)
{
	struct hub_bundle *bundle = calloc(1, sizeof(*bundle));
	int rc = 0;

	if (bundle == NULL)
		return err_nomem(err);
	bundle->hub.road = &road;
	bundle->path = strdup(path);
	bundle->file = fopen(path, "rbe");
	if (bundle->path == NULL)
		rc = err_nomem(err);
	else if (bundle->file == NULL)
		rc = err_set(err, ERR_INPUT, "%s: %s", path, strerror(errno));
	if (rc == 0)
		rc = read_head(bundle, err);
	if (rc < 0) {
		bundle_close(&bundle->hub);
		return rc;
	}
	*out = &bundle->hub;
	return 0;
}
