/* refs.h - the names of refs at the hub, and of sites in them.
 * Knows the pattern; no repository. */
#ifndef TIAN_SYNC_REFS_H
#define TIAN_SYNC_REFS_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/log/change.h"

#define REF_MAIN "refs/heads/main"
#define REF_OUTBOX "refs/heads/outbox/"
#define REF_INBOX "refs/heads/inbox/"
#define REF_CHECKPOINT "refs/heads/checkpoint/"
#define REF_MOVED "refs/heads/moved/"

enum { REF_SITE_MAX = 64 };

/* A site's code: ASCII letters, digits, '_', '.', '-', and CJK letters; not
 * beginning with '.' or '-', not ending with '.' or ".lock", no "..". */
bool refs_site_ok(const char *site);
/* Appends `refs/heads/outbox/<site>/<16 hex digits>`. */
void refs_outbox(struct buf *out, const char *site, uint64_t origin);
void refs_inbox(struct buf *out, const char *site);
void refs_checkpoint(struct buf *out, const char *site);
/* False unless `name` is exactly such a ref. */
bool refs_parse_outbox(char site[REF_SITE_MAX + 1], uint64_t *origin,
		       const char *name);
bool refs_parse_inbox(char site[REF_SITE_MAX + 1], const char *name);
bool refs_parse_moved(char site[REF_SITE_MAX + 1], const char *name);
/* An inbox or a checkpoint: what the office has for a site. */
bool refs_parse_delivered(char site[REF_SITE_MAX + 1], const char *name);

#endif
