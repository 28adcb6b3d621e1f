/* signature.h - whether what was signed, countersigned, submitted and passed
 * is still the text that stands. Knows hashes; settles nothing.
 *
 * The view `signature` names each binding with its hash and the text; a text
 * that was changed since has another hash, whoever changed it and how. */
#ifndef TIAN_CLI_SIGNATURE_H
#define TIAN_CLI_SIGNATURE_H

#include "core/base/buf.h"
#include "core/replica/replica.h"

/* One that no longer holds. Borrowed for the call. */
struct signature_stale {
	const char *key;  /* the case */
	const char *unit; /* who signed, countersigned or submitted */
	const char *kind; /* signed, countersigned, submitted, passed */
};
typedef int signature_fn(const struct signature_stale *stale, void *ctx,
			 struct err *err);

/* Each that no longer holds, of a case or of all (key NULL), by case. fn's
 * non-zero result ends it and is returned. */
int signature_each_stale(struct replica *replica, const char *key,
			 signature_fn *fn, void *ctx, struct err *err);
/* Appends what it says to people: "区教育局: the text was changed after …". */
int signature_tell(struct buf *out, struct replica *replica,
		   const struct signature_stale *stale, struct err *err);

#endif
