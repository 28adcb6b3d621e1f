/* pack_whole.c - one object of a pack, made whole. */
#include "sync/git/pack_whole.h"

#include "sync/git/pack_delta.h"

/* The entries from the object to what is no difference: 1, and how many; 0:
 * it is left alone. */
static int follow(struct pack_entry *chain, unsigned *n, struct pack_file *file,
		  uint64_t offset, size_t limit, struct err *err)
{
	for (*n = 0; *n <= PACK_WHOLE_DEPTH_MAX; ++*n) {
		struct pack_entry *entry = &chain[*n];
		int rc = pack_file_entry(entry, file, offset, err);

		if (rc < 0)
			return rc;
		if (entry->type == PACK_NAME_DELTA || entry->size > limit)
			return 0;
		if (entry->type != PACK_OFFSET_DELTA)
			return 1;
		offset = entry->base;
	}
	return 0;
}

int pack_whole(struct buf *out, enum pack_type *type, unsigned *depth,
	       struct pack_file *file, uint64_t offset, size_t limit,
	       struct err *err)
{
	struct pack_entry chain[PACK_WHOLE_DEPTH_MAX + 1];
	struct buf delta = BUF_INIT;
	struct buf made = BUF_INIT;
	unsigned left;
	int rc = follow(chain, &left, file, offset, limit, err);

	if (rc <= 0)
		return rc;
	*type = chain[left].type;
	*depth = left;
	rc = pack_file_inflate(out, file, &chain[left], err);
	for (; rc == 0 && left > 0; left--) {
		struct buf base = *out;
		uint64_t from, to;

		rc = pack_file_inflate(&delta, file, &chain[left - 1], err);
		if (rc == 0 &&
		    pack_delta_sizes(&from, &to, delta.data, delta.len) > 0 &&
		    to > limit)
			break;
		if (rc == 0)
			rc = pack_delta_apply(&made, &base, &delta, limit, err);
		*out = made;
		made = base;
	}
	buf_release(&delta);
	buf_release(&made);
	return rc < 0 ? rc : left == 0;
}
