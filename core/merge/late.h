/* late.h - what a unit wrote to its own rows of a case that had been taken
 * from it meanwhile: refused by the merge, kept, and waiting for the office.
 * Knows refused changes and who names them; decides nothing.
 *
 * (L1) It waits until an accepted change of its cell names it as a base; a
 *      decision (edit_decide) names all that wait in its cell.
 * (L2) It is answered whoever may write the field. A row that only late
 *      changes made is one word, and answered as a whole.
 * (L3) In a field that only the unit may write, the office says nothing of
 *      its own: its answer names the late change, and holds the value of a
 *      change that it names, the late one's (accepted) or the one's that stood
 *      (not accepted; nothing, where none did). access.h asks that.
 * (L4) A row that only late changes made is not accepted by being voided: it
 *      is on record, and shown nowhere. Otherwise voiding such a row is the
 *      unit's. */
#ifndef TIAN_CORE_LATE_H
#define TIAN_CORE_LATE_H

#include "core/log/change_log.h"

/* What waits in a case (all: key NULL), by case, row, field; of a node's
 * several words in one cell the last. */
int late_each(struct replica *replica, const char *key, change_log_fn *fn,
	      void *ctx, struct err *err);
/* The same, with every field of a row that only late changes made. */
int late_each_field(struct replica *replica, const char *key, change_log_fn *fn,
		    void *ctx, struct err *err);
/* Whether only late changes made the row of `change` (entity and row are
 * read), whatever the office answered to them since. */
int late_made(bool *out, struct replica *replica, const struct change *change,
	      struct err *err);
/* Whether it voids its row, or says why. */
bool late_is_voiding(const struct change *change);
int late_count(size_t *n, struct replica *replica, struct err *err);
/* The same with what was answered since, one of all words in a cell that were
 * said in one go. At a unit it is what the unit itself wrote. */
enum late_state { LATE_WAITS, LATE_ACCEPTED, LATE_DECLINED };
struct late_word {
	const struct change_log_entry *entry; /* borrowed for the call */
	enum late_state state;
	struct change_id decision; /* where it does not wait */
};
typedef int late_word_fn(const struct late_word *word, void *ctx,
			 struct err *err);
int late_each_word(struct replica *replica, const char *key, late_word_fn *fn,
		   void *ctx, struct err *err);
/* Sites that have a change in this case that came late, decided or not. */
typedef int late_site_fn(const char *site, void *ctx, struct err *err);
int late_sites(struct replica *replica, const char *key, late_site_fn *fn,
	       void *ctx, struct err *err);
/* Whether a change was refused as late, and by which site it is (copied into
 * a buffer of CHANGE_NAME_MAX + 1). */
int late_is(bool *out, char *site, struct replica *replica, struct change_id id,
	    struct err *err);

#endif
