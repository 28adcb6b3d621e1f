/* register.h - the register: one readable YAML document per case, one line
 * per field, one sentence per line (prose.h). Format: schemas/register.md.
 * Knows labels and text; never git, and nothing of where the file is put
 * beyond its path. */
#ifndef TIAN_SYNC_REGISTER_H
#define TIAN_SYNC_REGISTER_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/replica/replica.h"

/* In place of a case's key: the document of the code lists and fields that the
 * office has added or changed, `schema.yaml`. Only where the replica's schema
 * knows such fields. */
#define REGISTER_SCHEMA "schema" /* no case is called so */

/* The version of how all of this is laid out, as code has it: main commits say
 * which theirs is (`Layout: n`; 1 where they do not), so that they can be
 * rendered again after it has changed. What a version makes of a state it
 * makes for ever: another layout gets another number, and the code of this one
 * stays for register_render_as. */
enum { REGISTER_LAYOUT = 1 };

/* Whether rows of an entity stand in that document. */
bool register_has_schema(const struct schema *schema,
			 const struct entity *entity);

/* Appends the file's path, without a slash before or after:
 * `1-1-014` gives `register/1-1/014.yaml`.
 * ERR_INPUT: a key that may not be a file name (keys come from outside). */
int register_path(struct buf *out, const char *key, struct err *err);

/* Appends the whole document of a case: what the replica shows, its status,
 * its conflicts. A pure function of the replica's state; labels of units and
 * codes are part of it, so rows of theirs that change (touched_all) change
 * the document of every case that names them.
 * ERR_MISSING: no row of such a case is known. */
int register_render(struct buf *out, struct replica *replica, const char *key,
		    struct err *err);

/* The same in the layout of an older version. ERR_INPUT: a version that this
 * program does not know. */
int register_render_as(struct buf *out, struct replica *replica,
		       uint32_t layout, const char *key, struct err *err);

/* Appends the document with only the lines that upto.origin itself last wrote
 * with changes up to upto.seq, and the lines that name the rows they stand in: each is, byte for byte and
 * in the same order, the line of the whole document for that value, so
 * `git blame` passes it on. ERR_MISSING: it wrote nothing there. */
int register_render_own(struct buf *out, struct replica *replica,
			const char *key, struct change_id upto,
			struct err *err);

#endif
