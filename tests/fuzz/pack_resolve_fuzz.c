/* pack_resolve_fuzz.c - any bytes as the entries of a pack that comes, under a
 * trailer that is right: it is refused, or each object is named but those that
 * lead to a base which is not there. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/sha1.h"
#include "sync/git/pack_resolve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void seal(struct buf *pack)
{
	uint8_t digest[SHA1_SIZE];
	struct sha1 sha1;

	sha1_init(&sha1);
	sha1_update(&sha1, pack->data, pack->len);
	sha1_final(&sha1, digest);
	buf_add(pack, digest, sizeof(digest));
}

/* One without a name must hang, over its bases, on one without a base. */
static void check_named(const struct pack_objects *objects)
{
	for (int32_t i = 0; i < objects->n; i++) {
		int32_t at = i;

		if (objects->items[i].kind != 0)
			continue;
		while (objects->items[at].base != PACK_OBJECT_NONE)
			at = objects->items[at].base;
		if (!objects->items[at].is_delta ||
		    objects->items[at].kind != 0)
			abort();
	}
}

static void take(const struct buf *pack)
{
	struct pack_objects objects = {.fd = memfd_create("pack", MFD_CLOEXEC)};
	struct pack_scan *scan = NULL;
	struct err err = {0};

	if (objects.fd < 0 ||
	    write(objects.fd, pack->data, pack->len) != (ssize_t)pack->len ||
	    pack_scan_open(&scan, pack_objects_add, &objects, &err) < 0)
		abort();
	if (pack_scan_add(scan, pack->data, pack->len, &err) == 0 &&
	    pack_scan_whole(scan)) {
		objects.end = pack->len - PACK_TRAILER;
		if (pack_objects_resolve(&objects, &err) == 0)
			check_named(&objects);
		else if (err.code != ERR_CORRUPT)
			abort();
	}
	pack_scan_close(scan);
	close(objects.fd);
	pack_objects_release(&objects);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf pack = BUF_INIT;

	buf_add(&pack, data, size);
	if (size > 0)
		seal(&pack);
	if (size > 0 && !pack.failed)
		take(&pack);
	buf_release(&pack);
	return 0;
}
