/* pack_versions.c - many objects into a pack, each as what differs from one
 * before it. */
#include "sync/git/pack_versions.h"

#include <stdlib.h>
#include <string.h>

#include "sync/git/pack_diff.h"

enum {
	RUNGS = 3,  /* the last version, the last 16th, the last 256th */
	LINES = 64, /* at once */
	OTHERS = 3, /* lines that are compared, too */
	LEAST = 50, /* bytes, as git has it */
	MOST = 8 << 20,
	ODD = 16, /* so many times as long, nothing is alike */
	GOOD = 16 /* a difference of such a part is good enough */
};

struct version {
	struct buf bytes;
	uint64_t offset; /* 0: there is none */
	unsigned depth;
};

struct line {
	uint64_t name;
	enum object_kind kind;
	struct version rungs[RUNGS];
};

struct pack_versions {
	struct pack_writer *writer;
	struct line *lines[LINES]; /* used last, first */
	size_t n;
	size_t kept; /* bytes */
	struct buf best;
	struct buf made;
};

int pack_versions_open(struct pack_versions **out, struct pack_writer *writer,
		       struct err *err)
{
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return err_nomem(err);
	(*out)->writer = writer;
	return 0;
}

static void drop_last(struct pack_versions *versions)
{
	struct line *line = versions->lines[--versions->n];

	for (size_t i = 0; i < RUNGS; i++) {
		versions->kept -= line->rungs[i].bytes.len;
		buf_release(&line->rungs[i].bytes);
	}
	free(line);
}

void pack_versions_close(struct pack_versions *versions)
{
	if (versions == NULL)
		return;
	while (versions->n > 0)
		drop_last(versions);
	buf_release(&versions->best);
	buf_release(&versions->made);
	free(versions);
}

/* Puts a line, a new one if need be, in front of the others; NULL: no memory. */
static struct line *use_line(struct pack_versions *versions, uint64_t name,
			     enum object_kind kind)
{
	struct line *line = NULL;
	size_t at = 0;

	while (at < versions->n && (versions->lines[at]->name != name ||
				    versions->lines[at]->kind != kind))
		at++;
	if (at < versions->n) {
		line = versions->lines[at];
	} else {
		if (versions->n == LINES)
			drop_last(versions);
		line = calloc(1, sizeof(*line));
		if (line == NULL)
			return NULL;
		line->name = name;
		line->kind = kind;
		at = versions->n++;
	}
	memmove(versions->lines + 1, versions->lines,
		at * sizeof(*versions->lines));
	versions->lines[0] = line;
	return line;
}

/* --- which base ------------------------------------------------------------- */

/* How many may lead to what stands on a rung and is a base. */
static const unsigned depths[RUNGS] = {PACK_VERSIONS_DEPTH, 35, 8};

static bool may_lead_to(const struct version *version, size_t rung)
{
	return version->offset != 0 && version->depth < depths[rung];
}

/* (V1) On which rung the next version of a line is made from the last; RUNGS:
 * on none. */
static size_t rung_of(const struct line *line)
{
	size_t rung = 0;

	while (rung < RUNGS && !may_lead_to(&line->rungs[rung], rung))
		rung++;
	return rung;
}

/* The last of a line that may lead to what is to stand on `rung`. */
static const struct version *last_of(const struct line *line, size_t rung)
{
	for (size_t i = 0; i < RUNGS; i++)
		if (may_lead_to(&line->rungs[i], rung))
			return &line->rungs[i];
	return NULL;
}

/* Whether this one is a shorter base than *limit allows, which then falls. */
static bool try_base(struct pack_versions *versions,
		     const struct version *version, const struct buf *bytes,
		     size_t *limit)
{
	struct buf taken;

	if (version->bytes.len / ODD > bytes->len ||
	    bytes->len / ODD > version->bytes.len)
		return false;
	buf_clear(&versions->made);
	if (!pack_differ(&versions->made,
			 versions->lines[0]->kind == OBJECT_TREE,
			 &version->bytes, bytes, *limit))
		return false;
	taken = versions->best;
	versions->best = versions->made;
	versions->made = taken;
	*limit = versions->best.len * 3 / 4;
	return true;
}

/* The difference is in versions->best; NULL: none is worth it. *rung: up to
 * which this version is the last. */
static const struct version *
find_base(size_t *rung, struct pack_versions *versions, const struct buf *bytes)
{
	const struct line *line = versions->lines[0];
	const struct version *base = NULL;
	/* A tree is half of hashes, which are no longer as they are. */
	size_t limit = line->kind == OBJECT_TREE ? bytes->len / 2
						 : bytes->len / 3 * 2;

	*rung = rung_of(line);
	if (*rung < RUNGS &&
	    try_base(versions, &line->rungs[*rung], bytes, &limit))
		base = &line->rungs[*rung];
	else
		*rung = RUNGS - 1; /* it begins anew */
	if (base != NULL && versions->best.len <= bytes->len / GOOD)
		return base;
	for (size_t i = 1; i <= OTHERS && i < versions->n; i++) {
		const struct line *other = versions->lines[i];
		const struct version *last = last_of(other, *rung);

		if (other->kind == line->kind && last != NULL &&
		    try_base(versions, last, bytes, &limit))
			base = last;
	}
	return base;
}

/* --- adding ------------------------------------------------------------------ */

static int remember(struct pack_versions *versions, size_t rung,
		    const struct buf *bytes, uint64_t offset, unsigned depth,
		    struct err *err)
{
	struct line *line = versions->lines[0];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i <= rung; i++) {
		struct version *version = &line->rungs[i];

		versions->kept -= version->bytes.len;
		buf_clear(&version->bytes);
		buf_add(&version->bytes, buf_text(bytes), bytes->len);
		rc = buf_check(&version->bytes, err);
		versions->kept += version->bytes.len;
		version->offset = offset;
		version->depth = depth;
	}
	while (versions->kept > PACK_VERSIONS_KEPT && versions->n > 1)
		drop_last(versions);
	return rc;
}

int pack_versions_add(struct pack_versions *versions, uint64_t line,
		      const struct oid *oid, enum object_kind kind,
		      const struct buf *bytes, struct err *err)
{
	uint64_t offset = pack_writer_offset(versions->writer);
	const struct version *base;
	unsigned depth;
	size_t rung;
	int rc;

	if (bytes->len < LEAST || bytes->len > MOST)
		return pack_writer_add_whole(versions->writer, oid, kind, bytes,
					     err);
	if (use_line(versions, line, kind) == NULL)
		return err_nomem(err);
	base = find_base(&rung, versions, bytes);
	depth = base != NULL ? base->depth + 1 : 0;
	rc = base != NULL
		     ? pack_writer_add_made(versions->writer, oid, base->offset,
					    &versions->best, err)
		     : pack_writer_add_whole(versions->writer, oid, kind, bytes,
					     err);
	return rc < 0 ? rc
		      : remember(versions, rung, bytes, offset, depth, err);
}
