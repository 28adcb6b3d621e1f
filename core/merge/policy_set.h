/* policy_set.h - union of sets, with the common ancestor taken into account.
 * Knows members, heads and bases; no policy, no time. The plain form,
 * policy_set_merge, is in policy.h. */
#ifndef TIAN_CORE_POLICY_SET_H
#define TIAN_CORE_POLICY_SET_H

#include "core/merge/policy.h"

/* As policy_set_merge, where `base` is the value of the nearest common
 * ancestor (NULL value: none). Its order comes first, and a member of it that
 * a head neither has nor replaced was taken out on the way to that head:
 * without this, a second edit would undo the removal of the first.
 * Appends to *out; ERR_FAIL when out of memory. */
int policy_set_merge_base(struct buf *out, const struct value *base,
			  const struct policy_head *heads, size_t n,
			  struct err *err);

#endif
