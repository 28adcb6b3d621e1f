/* snapshots.c - snapshot.msgpack, version 1: schemas/changes.md, "Snapshots".
 * Refuses to know what a snapshot does to a replica. */
#include "sync/wire/snapshots.h"

#include <msgpack.h>
#include <stdlib.h>
#include <string.h>

#include "sync/wire/envelope.h"

static const char magic[] = "tian-snapshot";

enum {
	BODY_ELEMENTS = 1, /* after the envelope's, in v1 */
	CASE_ELEMENTS = 2,
	PART_ELEMENTS = 3
};

void snapshots_release(struct snapshots *snapshots)
{
	for (size_t i = 0; i < snapshots->n; i++)
		snapshot_release(&snapshots->items[i]);
	free(snapshots->items);
	*snapshots = (struct snapshots){NULL, 0};
}

int snapshots_add(struct snapshots *snapshots, struct replica *replica,
		  const char *key, struct err *err)
{
	struct snapshot *items =
		realloc(snapshots->items, (snapshots->n + 1) * sizeof(*items));

	if (items == NULL)
		return err_nomem(err);
	snapshots->items = items;
	items[snapshots->n] = (struct snapshot){NULL, NULL, 0};
	return snapshot_make(&items[snapshots->n++], replica, key, err);
}

/* ---- encode ------------------------------------------------------------ */

static int pack_into_buf(void *data, const char *bytes, size_t len)
{
	buf_add(data, bytes, len);
	return 0;
}

static void encode_part(msgpack_packer *packer,
			const struct snapshot_part *part)
{
	unsigned char origin[ENVELOPE_ORIGIN];

	envelope_origin(origin, part->origin);
	msgpack_pack_array(packer, PART_ELEMENTS);
	msgpack_pack_bin_with_body(packer, origin, sizeof(origin));
	msgpack_pack_uint64(packer, part->last);
	msgpack_pack_array(packer, part->n);
	for (size_t i = 0; i < part->n; i++)
		msgpack_pack_uint64(packer, part->seqs[i]);
}

static int encode_case(msgpack_packer *packer, const struct snapshot *snapshot,
		       struct err *err)
{
	size_t len = strlen(snapshot->key);

	if (len > CHANGE_CASE_MAX || snapshot->n > SNAPSHOTS_PARTS_MAX)
		return err_set(
			err, ERR_INPUT,
			"a case of too long a key, or of too many nodes");
	msgpack_pack_array(packer, CASE_ELEMENTS);
	msgpack_pack_str_with_body(packer, snapshot->key, len);
	msgpack_pack_array(packer, snapshot->n);
	for (size_t i = 0; i < snapshot->n; i++)
		encode_part(packer, &snapshot->parts[i]);
	return 0;
}

int snapshots_encode(struct buf *out, const struct snapshots *snapshots,
		     struct err *err)
{
	size_t begin = out->len;
	msgpack_packer packer;
	int rc = 0;

	msgpack_packer_init(&packer, out, pack_into_buf);
	msgpack_pack_array(&packer, ENVELOPE_ELEMENTS + BODY_ELEMENTS);
	msgpack_pack_str_with_body(&packer, magic, sizeof(magic) - 1);
	msgpack_pack_uint32(&packer, ENVELOPE_VERSION);
	msgpack_pack_uint32(&packer, 1); /* min_reader: v1 itself */
	msgpack_pack_array(&packer, snapshots->n);
	if (snapshots->n > SNAPSHOTS_MAX)
		rc = err_set(err, ERR_INPUT, "more than %d", SNAPSHOTS_MAX);
	for (size_t i = 0; i < snapshots->n && !rc; i++)
		rc = encode_case(&packer, &snapshots->items[i], err);
	if (!rc && out->len - begin > SNAPSHOTS_BYTES_MAX)
		rc = err_set(err, ERR_INPUT, "more than %d bytes",
			     SNAPSHOTS_BYTES_MAX);
	if (!rc)
		rc = buf_check(out, err);
	if (rc < 0) {
		err_wrap(err, "encode snapshots");
		buf_truncate(out, begin);
	}
	return rc;
}

/* ---- decode ------------------------------------------------------------ */

/* An array is opened with the memory it needs: one element takes one byte at
 * least, so that is never more than the document's own size allows. */
static void *open_array(struct msgpack_reader *reader, size_t *n, size_t limit,
			size_t size)
{
	void *items;

	if (!msgpack_reader_array(reader, n))
		return NULL;
	if (*n > limit) {
		msgpack_reader_fail(reader, "more elements than allowed");
		return NULL;
	}
	items = calloc(*n + 1, size);
	if (items == NULL)
		msgpack_reader_fail(reader, "more than there is memory for");
	return items;
}

static bool read_part(struct msgpack_reader *reader, struct snapshot_part *part)
{
	size_t n;
	size_t seqs = 0;

	if (!msgpack_reader_array(reader, &n))
		return false;
	if (n < PART_ELEMENTS)
		return msgpack_reader_fail(reader, "a node of fewer than 3 "
						   "elements");
	if (!envelope_read_origin(reader, &part->origin) ||
	    !msgpack_reader_uint(reader, &part->last))
		return false;
	if (!envelope_id_ok((struct change_id){part->origin, part->last}))
		return msgpack_reader_fail(reader, "a change that cannot be");
	part->seqs = open_array(reader, &seqs, SNAPSHOTS_SEQS_MAX,
				sizeof(*part->seqs));
	for (; part->seqs != NULL && part->n < seqs; part->n++) {
		uint64_t *seq = &part->seqs[part->n];

		if (!msgpack_reader_uint(reader, seq))
			return false;
		if (*seq == 0 || *seq > part->last ||
		    (part->n > 0 && *seq <= seq[-1]))
			return msgpack_reader_fail(reader, "seqs out of order");
	}
	return part->seqs != NULL &&
	       msgpack_reader_skip(reader, n - PART_ELEMENTS);
}

static bool read_case(struct msgpack_reader *reader, struct snapshot *snapshot)
{
	const char *key;
	size_t len;
	size_t parts = 0;
	size_t n;

	if (!msgpack_reader_array(reader, &n))
		return false;
	if (n < CASE_ELEMENTS)
		return msgpack_reader_fail(reader, "a case of fewer than 2 "
						   "elements");
	if (!msgpack_reader_str(reader, &key, &len))
		return false;
	if (len > CHANGE_CASE_MAX)
		return msgpack_reader_fail(reader, "a key that is too long");
	snapshot->key = strndup(key, len);
	snapshot->parts = open_array(reader, &parts, SNAPSHOTS_PARTS_MAX,
				     sizeof(*snapshot->parts));
	if (snapshot->key == NULL || snapshot->parts == NULL)
		return msgpack_reader_fail(reader, "no memory");
	while (snapshot->n < parts)
		if (!read_part(reader, &snapshot->parts[snapshot->n++]))
			return false;
	return msgpack_reader_skip(reader, n - CASE_ELEMENTS);
}

static bool read_all(struct snapshots *out, struct msgpack_reader *reader)
{
	size_t n = 0;

	out->items = open_array(reader, &n, SNAPSHOTS_MAX, sizeof(*out->items));
	if (out->items == NULL)
		return false;
	while (out->n < n)
		if (!read_case(reader, &out->items[out->n++]))
			return false;
	return true;
}

int snapshots_decode(struct snapshots *out, const void *bytes, size_t len,
		     struct err *err)
{
	struct msgpack_reader reader;
	size_t outer;
	int rc;

	*out = (struct snapshots){NULL, 0};
	msgpack_reader_init(&reader, bytes, len);
	rc = len > SNAPSHOTS_BYTES_MAX
		     ? err_set(err, ERR_CORRUPT, "more than %d bytes",
			       SNAPSHOTS_BYTES_MAX)
		     : envelope_read(&outer, &reader, magic, BODY_ELEMENTS,
				     err);
	if (rc == 0 && (!read_all(out, &reader) ||
			!msgpack_reader_skip(&reader, outer - BODY_ELEMENTS) ||
			!msgpack_reader_end(&reader)))
		rc = msgpack_reader_check(&reader, err);
	if (rc < 0) {
		snapshots_release(out);
		err_wrap(err, "decode snapshots");
	}
	return rc;
}
