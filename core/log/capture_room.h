/* capture_room.h - for capture.c and checks.c alone: filling a template of
 * schemas/capture.sql in, and what a trigger hands to the shared checks. */
#ifndef TIAN_CORE_CAPTURE_ROOM_H
#define TIAN_CORE_CAPTURE_ROOM_H

#include "core/base/buf.h"
#include "core/base/db.h"
#include "core/schema/schema.h"

struct word {
	const char *name;
	const char *value;
};

/* Appends section `name` with {words} filled in; comment lines left out. */
int capture_fill(struct buf *out, const char *name, const struct word *words,
		 size_t n, struct err *err);
int capture_run(struct db *db, struct buf *sql, struct err *err);
void capture_add_quoted(struct buf *out, const char *text);

/* A mark: what the trigger of a field says of it to the view _log.
 *
 *   bits 0-11   the field's id
 *   bits 12-14  what it may hold, enum mark_kind
 *   bit  15     its column takes any type, which is looked at too
 *   bit  16     only the site that owns the row may write it,
 *   bit  17     nor may that one
 *   bits 20 on  the entity's id */
enum {
	MARK_KIND = 12,
	MARK_ANY = 1 << 15,
	MARK_DENIED = 1 << 16,
	MARK_NEVER = 1 << 17,
	MARK_ENTITY = 20
};

enum mark_kind {
	MARK_TEXT,
	MARK_BOOL,
	MARK_INT,
	MARK_DATE,
	MARK_TIME,
	MARK_CODE
};

uint32_t mark_of(const struct entity *entity, const struct field *field,
		 const char *site);
/* Who may write what has these writers: bits of a mark. */
uint32_t mark_denied(const struct entity *entity, unsigned writers,
		     const char *site);
/* Whether a site may write nothing in the entity's table. */
bool mark_closed(const struct entity *entity, const char *site);

#endif
