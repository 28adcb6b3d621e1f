/* pack_writer.c - a pack and its index, written object by object. */
#include "sync/git/pack_writer.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/deflate.h"
#include "core/base/sha1.h"
#include "sync/git/durable.h"
#include "sync/git/pack_diff.h"
#include "sync/git/tree_deflate.h"

/* Which objects are compared, with how many before, and how long a chain of
 * differences may get. */
enum {
	DIFFER_MIN = 1024, /* bytes */
	DIFFER_MAX = 1 << 20,
	BEFORE = 8,
	DEPTH_MAX = 16,
	SHORT = 128 /* bytes of a difference that is good enough */
};

enum { KEPT = 1 << 18 /* bytes until written */ };

struct before {
	struct buf bytes;
	enum object_kind kind;
	uint64_t offset;
	unsigned depth;
};

struct pack_writer {
	int fd;		/* -1: all stays in `out` */
	struct buf out; /* what is not written yet */
	struct sha1 sha1;
	uint64_t written; /* bytes that have left `out` */
	struct pack_index_entry *entries;
	uint32_t n;	/* entries begun */
	uint32_t total; /* to come */
	struct before before[BEFORE];
	size_t next; /* of `before` to be replaced */
	struct deflater *deflater;
};

int pack_writer_open(struct pack_writer **out, int fd, uint32_t n,
		     struct err *err)
{
	struct pack_writer *writer = calloc(1, sizeof(*writer));
	unsigned char head[PACK_HEAD] = "PACK";
	int rc;

	if (writer == NULL ||
	    (writer->entries =
		     calloc((size_t)n + 1, sizeof(*writer->entries))) == NULL) {
		free(writer);
		return err_nomem(err);
	}
	writer->fd = fd;
	writer->total = n;
	sha1_init(&writer->sha1);
	pack_put_number(head + 4, 2);
	pack_put_number(head + 8, n);
	sha1_update(&writer->sha1, head, sizeof(head));
	buf_add(&writer->out, head, sizeof(head));
	rc = buf_check(&writer->out, err);
	if (rc == 0)
		rc = deflater_open(&writer->deflater, err);
	if (rc < 0) {
		pack_writer_close(writer);
		return rc;
	}
	*out = writer;
	return 0;
}

void pack_writer_close(struct pack_writer *writer)
{
	if (writer == NULL)
		return;
	deflater_close(writer->deflater);
	for (size_t i = 0; i < BEFORE; i++)
		buf_release(&writer->before[i].bytes);
	buf_release(&writer->out);
	free(writer->entries);
	free(writer);
}

uint64_t pack_writer_offset(const struct pack_writer *writer)
{
	return writer->written + writer->out.len;
}

void pack_writer_take(struct buf *out, struct pack_writer *writer)
{
	buf_release(out);
	*out = writer->out;
	writer->out = (struct buf)BUF_INIT;
}

static int write_out(struct pack_writer *writer, struct err *err)
{
	int rc = durable_write(writer->fd, buf_text(&writer->out),
			       writer->out.len, "write a pack", err);

	if (rc < 0)
		return rc;
	writer->written += writer->out.len;
	buf_clear(&writer->out);
	return 0;
}

/* --- entries ------------------------------------------------------------- */

int pack_writer_begin(struct pack_writer *writer, const struct oid *oid,
		      struct err *err)
{
	uint64_t offset = pack_writer_offset(writer);

	if (writer->n == writer->total)
		return err_set(err, ERR_FAIL, "a pack of more than it says");
	if (offset > PACK_WRITER_MAX)
		return err_set(err, ERR_FAIL, "a pack of more than 2 GiB");
	writer->entries[writer->n++] = (struct pack_index_entry){
		.oid = *oid, .crc = 0, .offset = (uint32_t)offset};
	return 0;
}

int pack_writer_bytes(struct pack_writer *writer, const void *bytes, size_t len,
		      struct err *err)
{
	struct pack_index_entry *entry = &writer->entries[writer->n - 1];

	entry->crc = deflate_crc32(entry->crc, bytes, len);
	sha1_update(&writer->sha1, bytes, len);
	buf_add(&writer->out, bytes, len);
	if (writer->fd >= 0 && writer->out.len >= KEPT && !writer->out.failed)
		return write_out(writer, err);
	return buf_check(&writer->out, err);
}

bool pack_writer_differs(size_t size)
{
	return size >= DIFFER_MIN && size <= DIFFER_MAX;
}

/* A short difference to one of those before, the last one first, in *diff;
 * NULL if none is worth it. */
static const struct before *find_base(struct buf *diff,
				      const struct pack_writer *writer,
				      enum object_kind kind,
				      const struct buf *bytes)
{
	const struct before *best = NULL;
	size_t limit = bytes->len / 4;

	for (size_t i = 1; i <= BEFORE && limit >= SHORT; i++) {
		const struct before *before =
			&writer->before[(writer->next + BEFORE - i) % BEFORE];
		struct buf made = BUF_INIT;

		if (before->kind != kind || before->depth >= DEPTH_MAX ||
		    !pack_diff(&made, &before->bytes, bytes, limit)) {
			buf_release(&made);
			continue;
		}
		buf_release(diff);
		*diff = made;
		limit = made.len > 0 ? made.len - 1 : 0;
		best = before;
	}
	return best;
}

static int remember(struct pack_writer *writer, enum object_kind kind,
		    const struct buf *bytes, uint64_t offset, unsigned depth,
		    struct err *err)
{
	struct before *before = &writer->before[writer->next];

	writer->next = (writer->next + 1) % BEFORE;
	before->kind = kind;
	before->offset = offset;
	before->depth = depth;
	buf_clear(&before->bytes);
	buf_add(&before->bytes, buf_text(bytes), bytes->len);
	return buf_check(&before->bytes, err);
}

/* `is_tree`: what is added is a whole tree, no difference. */
static int add_entry(struct pack_writer *writer, const struct oid *oid,
		     const struct buf *start, const struct buf *plain,
		     bool is_tree, struct err *err)
{
	struct buf entry = BUF_INIT;
	int rc = pack_writer_begin(writer, oid, err);

	buf_add(&entry, buf_text(start), start->len);
	is_tree = is_tree && plain->len >= TREE_DEFLATE_MIN;
	if (rc == 0 && (!is_tree || !tree_deflate(&entry, plain)))
		rc = deflater_add(&entry, writer->deflater, buf_text(plain),
				  plain->len, err);
	if (rc == 0)
		rc = buf_check(&entry, err);
	if (rc == 0)
		rc = pack_writer_bytes(writer, entry.data, entry.len, err);
	buf_release(&entry);
	return rc;
}

int pack_writer_add_difference(struct pack_writer *writer,
			       const struct oid *oid, enum object_kind kind,
			       const struct buf *bytes, struct err *err)
{
	uint64_t offset = pack_writer_offset(writer);
	const struct before *base;
	struct buf start = BUF_INIT;
	struct buf diff = BUF_INIT;
	unsigned depth = 0;
	int rc = 0;

	if (!pack_writer_differs(bytes->len))
		return 0;
	base = find_base(&diff, writer, kind, bytes);
	if (base != NULL) {
		depth = base->depth + 1;
		pack_add_head(&start, PACK_OFFSET_DELTA, diff.len);
		pack_add_distance(&start, offset - base->offset);
		rc = buf_check(&start, err);
		if (rc == 0)
			rc = buf_check(&diff, err);
		if (rc == 0)
			rc = add_entry(writer, oid, &start, &diff, false, err);
	}
	if (rc == 0)
		rc = remember(writer, kind, bytes, offset, depth, err);
	buf_release(&start);
	buf_release(&diff);
	return rc < 0 ? rc : depth > 0;
}

int pack_writer_add(struct pack_writer *writer, const struct oid *oid,
		    enum object_kind kind, const struct buf *bytes,
		    struct err *err)
{
	struct buf start = BUF_INIT;
	int rc = pack_writer_add_difference(writer, oid, kind, bytes, err);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	pack_add_head(&start, (enum pack_type)kind, bytes->len);
	rc = buf_check(&start, err);
	if (rc == 0)
		rc = add_entry(writer, oid, &start, bytes, kind == OBJECT_TREE,
			       err);
	buf_release(&start);
	return rc;
}

/* --- the end ------------------------------------------------------------- */

int pack_writer_finish(char name[OID_TEXT], struct buf *index,
		       struct pack_writer *writer, struct err *err)
{
	struct oid trailer;
	int rc;

	if (writer->n != writer->total)
		return err_set(err, ERR_FAIL, "a pack of fewer than it says");
	sha1_final(&writer->sha1, trailer.bytes);
	buf_add(&writer->out, trailer.bytes, OID_SIZE);
	rc = buf_check(&writer->out, err);
	if (rc == 0 && writer->fd >= 0)
		rc = write_out(writer, err);
	oid_format(name, &trailer);
	return rc < 0 ? rc
		      : pack_index_make(index, writer->entries, writer->n,
					&trailer, err);
}
