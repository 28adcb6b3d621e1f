/* state.h - a hash of what a replica holds: which heads each cell has and
 * what it shows. Two replicas of one scope agree exactly if it is equal. */
#ifndef TIAN_CORE_STATE_H
#define TIAN_CORE_STATE_H

#include "core/base/crypto.h"
#include "core/replica/replica.h"

/* `site` limits it to what that unit holds (its cases and SCOPE_ALL rows);
 * NULL: everything that is not SCOPE_OFFICE. */
int state_hash(uint8_t out[CRYPTO_SHA256_SIZE], struct replica *replica,
	       const char *site, struct err *err);

#endif
