/* pack_arrival.c - a pack that comes from elsewhere. */
#include "sync/git/pack_arrival.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/deflate.h"
#include "core/base/sha1.h"
#include "sync/git/durable.h"
#include "sync/git/pack_resolve.h"
#include "sync/git/pack_scan.h"

enum { STEP = 1 << 16 };

struct pack_arrival {
	struct pack_scan *scan;
	struct pack_objects objects; /* with the file */
	char *path;
};

int pack_arrival_open(struct pack_arrival **out, const char *path,
		      struct err *err)
{
	struct pack_arrival *arrival = calloc(1, sizeof(*arrival));
	int rc = 0;

	if (arrival == NULL)
		return err_nomem(err);
	arrival->objects.fd = -1;
	arrival->path = strdup(path);
	if (arrival->path == NULL)
		rc = err_nomem(err);
	if (rc == 0)
		rc = pack_scan_open(&arrival->scan, pack_objects_add,
				    &arrival->objects, err);
	if (rc == 0)
		arrival->objects.fd =
			open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (rc == 0 && arrival->objects.fd < 0)
		rc = err_errno(err, "%s", path);
	if (rc < 0) {
		pack_arrival_close(arrival);
		return rc;
	}
	*out = arrival;
	return 0;
}

void pack_arrival_close(struct pack_arrival *arrival)
{
	if (arrival == NULL)
		return;
	if (arrival->objects.fd >= 0)
		close(arrival->objects.fd);
	pack_objects_release(&arrival->objects);
	pack_scan_close(arrival->scan);
	free(arrival->path);
	free(arrival);
}

int pack_arrival_add(struct pack_arrival *arrival, const void *bytes,
		     size_t len, struct err *err)
{
	int rc = pack_scan_add(arrival->scan, bytes, len, err);

	return rc < 0 ? rc
		      : durable_write(arrival->objects.fd, bytes, len,
				      arrival->path, err);
}

uint32_t pack_arrival_objects(const struct pack_arrival *arrival)
{
	return pack_scan_objects(arrival->scan);
}

/* --- completing ------------------------------------------------------------ */

/* Writes an object at the end, over the trailer. */
static int append(struct pack_scan_entry *entry, struct pack_arrival *arrival,
		  enum object_kind kind, const struct buf *body,
		  struct err *err)
{
	struct pack_objects *objects = &arrival->objects;
	struct deflater *deflater = NULL;
	struct buf bytes = BUF_INIT;
	int rc = deflater_open(&deflater, err);

	pack_add_head(&bytes, (enum pack_type)kind, body->len);
	*entry = (struct pack_scan_entry){.offset = objects->end,
					  .head = bytes.len,
					  .type = (enum pack_type)kind,
					  .size = body->len};
	if (rc == 0)
		rc = deflater_add(&bytes, deflater, buf_text(body), body->len,
				  err);
	deflater_close(deflater);
	if (rc == 0 && bytes.len > PACK_BYTES_MAX - objects->end)
		rc = err_set(err, ERR_CORRUPT,
			     "a pack of more than %llu bytes, once completed",
			     (unsigned long long)PACK_BYTES_MAX);
	if (rc == 0 && lseek(objects->fd, (off_t)objects->end, SEEK_SET) < 0)
		rc = err_errno(err, "%s", arrival->path);
	if (rc == 0)
		rc = durable_write(objects->fd, bytes.data, bytes.len,
				   arrival->path, err);
	if (rc == 0) {
		entry->crc = deflate_crc32(0, bytes.data, bytes.len);
		objects->end += bytes.len;
	}
	buf_release(&bytes);
	return rc;
}

/* What is made from objects that are not in the pack, nor lead to by those
 * that are. */
static int complete(struct pack_arrival *arrival, pack_arrival_base *base,
		    void *ctx, struct err *err)
{
	struct pack_objects *objects = &arrival->objects;
	struct buf body = BUF_INIT;
	int rc = 0;

	for (int32_t i = 0; rc == 0 && i < objects->n_named; i++) {
		struct oid oid = objects->named[i].base;
		enum object_kind kind = OBJECT_BLOB;
		struct pack_scan_entry entry;

		if (objects->items[objects->named[i].number].base !=
			    PACK_OBJECT_NONE ||
		    (i > 0 && oid_equal(&oid, &objects->named[i - 1].base)))
			continue;
		rc = base(&body, &kind, &oid, ctx, err);
		if (rc == ERR_MISSING) {
			rc = 0;
			continue;
		}
		if (rc == 0)
			rc = append(&entry, arrival, kind, &body, err);
		if (rc == 0)
			rc = pack_objects_resolve_from(objects, &entry, kind,
						       &oid, err);
	}
	buf_release(&body);
	return rc;
}

static int check_made(const struct pack_objects *objects, struct err *err)
{
	char hex[OID_TEXT];

	for (int32_t i = 0; i < objects->n_named; i++) {
		const struct pack_named *named = &objects->named[i];

		if (objects->items[named->number].kind != 0)
			continue;
		oid_format(hex, &named->base);
		return err_set(err, ERR_CORRUPT,
			       "a delta to object %s, which is neither in the "
			       "pack nor here",
			       hex);
	}
	return 0;
}

/* The file once more, from its beginning. */
static int hash_file(struct oid *out, const struct pack_arrival *arrival,
		     struct err *err)
{
	const struct pack_objects *objects = &arrival->objects;
	char bytes[STEP];
	struct sha1 sha1;

	sha1_init(&sha1);
	for (uint64_t at = 0; at < objects->end;) {
		uint64_t left = objects->end - at;
		ssize_t n = pread(objects->fd, bytes,
				  left < STEP ? (size_t)left : STEP, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_errno(err, "%s", arrival->path);
		sha1_update(&sha1, bytes, (size_t)n);
		at += (uint64_t)n;
	}
	sha1_final(&sha1, out->bytes);
	return 0;
}

/* Its head counts what it was completed with, and so it ends in another
 * trailer. */
static int seal(struct oid *trailer, const struct pack_arrival *arrival,
		struct err *err)
{
	const struct pack_objects *objects = &arrival->objects;
	char count[4];
	int rc = 0;

	pack_put_number(count, (uint32_t)objects->n);
	if (pwrite(objects->fd, count, sizeof(count), 8) != sizeof(count))
		return err_errno(err, "%s", arrival->path);
	rc = hash_file(trailer, arrival, err);
	if (rc == 0 && lseek(objects->fd, (off_t)objects->end, SEEK_SET) < 0)
		rc = err_errno(err, "%s", arrival->path);
	return rc < 0 ? rc
		      : durable_write(objects->fd, trailer->bytes, OID_SIZE,
				      arrival->path, err);
}

/* --- the index ------------------------------------------------------------- */

/* What came and was added, too, once: as it was added, whole. */
static uint32_t list_entries(struct pack_index_entry *entries,
			     const struct pack_objects *objects)
{
	uint32_t n = 0;

	for (int32_t i = 0; i < objects->n; i++) {
		const struct pack_object *object = &objects->items[i];

		if (!object->is_spare)
			entries[n++] = (struct pack_index_entry){
				.oid = object->oid,
				.crc = object->crc,
				.offset = object->offset};
	}
	return n;
}

static int make_index(struct buf *out, const struct pack_objects *objects,
		      const struct oid *trailer, struct err *err)
{
	uint32_t n = (uint32_t)objects->n;
	struct pack_index_entry *entries = calloc(n + 1UL, sizeof(*entries));
	char hex[OID_TEXT];
	int rc = entries == NULL ? err_nomem(err) : 0;

	n = rc == 0 ? list_entries(entries, objects) : 0;
	if (rc == 0)
		rc = pack_index_make(out, entries, n, trailer, err);
	for (uint32_t i = 1; rc == 0 && i < n; i++) {
		if (!oid_equal(&entries[i].oid, &entries[i - 1].oid))
			continue;
		oid_format(hex, &entries[i].oid);
		rc = err_set(err, ERR_CORRUPT, "object %s is in the pack twice",
			     hex);
	}
	free(entries);
	return rc;
}

int pack_arrival_finish(char name[OID_TEXT], struct buf *index,
			uint32_t *completed, struct pack_arrival *arrival,
			pack_arrival_base *base, void *ctx, struct err *err)
{
	struct pack_objects *objects = &arrival->objects;
	struct oid trailer = *pack_scan_trailer(arrival->scan);
	uint32_t came = pack_arrival_objects(arrival);
	int rc;

	if (!pack_scan_whole(arrival->scan))
		return err_set(err, ERR_CORRUPT, "the pack is cut short");
	objects->end = pack_scan_bytes(arrival->scan) - PACK_TRAILER;
	rc = pack_objects_resolve(objects, err);
	if (rc == 0)
		rc = complete(arrival, base, ctx, err);
	if (rc == 0)
		rc = check_made(objects, err);
	*completed = (uint32_t)objects->n - came;
	if (rc == 0 && *completed > 0)
		rc = seal(&trailer, arrival, err);
	oid_format(name, &trailer);
	return rc < 0 ? rc : make_index(index, objects, &trailer, err);
}
