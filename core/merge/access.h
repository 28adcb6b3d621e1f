/* access.h - who may write which field of which row, as the schema says.
 * The same rule stands in the triggers (checks.c), at the moment of the
 * edit; here it is asked again at the merge, which trusts no sender. */
#ifndef TIAN_CORE_ACCESS_H
#define TIAN_CORE_ACCESS_H

#include "core/merge/cell.h"

/* Whether `site` is among `writers` of this row. */
bool access_writer(unsigned writers, const struct entity *entity,
		   const char *row, size_t row_len, const char *site);

/* The one of them that says that a case was taken from a unit (late.h). */
#define ACCESS_NOT_ASSIGNED "the proposal is not assigned to this unit"

/* NULL where the change may be taken, else why not: one of a few fixed
 * sentences in English, which the face translates. */
struct access_change {
	const char *site;
	const struct cell *cell;
	const struct change *change;
	bool row_known;	   /* an accepted change has made the row */
	bool assigned;	   /* the case is known to be this site's */
	bool newer_schema; /* codes unknown here may be known there */
};
int access_check(const char **why, struct replica *replica,
		 const struct access_change *asked, struct err *err);

#endif
