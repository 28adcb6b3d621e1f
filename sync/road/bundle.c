/* bundle.c - refs and their objects in one file, written.
 *
 *   # v2 git bundle LF
 *   -<oid> LF ...          what the reader must have
 *   <oid> SP <ref> LF ...  what it gets
 *   LF
 *   pack
 */
#include "sync/road/bundle.h"

#include "sync/git/haul.h"
#include "sync/git/pack.h"

static int add_head(struct buf *out, const struct ref *refs, size_t n,
		    const struct oid_list *before, struct err *err)
{
	char hex[OID_TEXT];

	buf_adds(out, "# v2 git bundle\n");
	for (size_t i = 0; i < before->n; i++) {
		oid_format(hex, &before->items[i]);
		buf_addf(out, "-%s\n", hex);
	}
	for (size_t i = 0; i < n; i++) {
		oid_format(hex, &refs[i].oid);
		buf_addf(out, "%s %s\n", hex, refs[i].name);
	}
	buf_addc(out, '\n');
	return buf_check(out, err);
}

int bundle_write(const char *path, struct repository *from,
		 const struct ref *refs, size_t n,
		 const struct oid_list *before, struct err *err)
{
	struct haul haul = {{NULL, 0, 0}, {NULL, 0, 0}};
	struct oid_list tips = {NULL, 0, 0};
	struct buf bytes = BUF_INIT;
	int rc = add_head(&bytes, refs, n, before, err);

	for (size_t i = 0; rc == 0 && i < before->n; i++)
		if (oid_set_add(&haul.seen, &before->items[i]) < 0)
			rc = err_nomem(err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (!oid_list_add(&tips, &refs[i].oid))
			rc = err_nomem(err);
	if (rc == 0)
		rc = haul_collect(&haul, from, NULL, tips.items, tips.n, err);
	if (rc == 0)
		rc = pack_make(&bytes, from, &haul.oids, err);
	if (rc == 0)
		rc = buf_write_file(&bytes, path, 0644, err);
	buf_release(&bytes);
	oid_list_release(&tips);
	haul_release(&haul);
	return rc;
}
