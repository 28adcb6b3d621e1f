/* snapshots_fuzz.c - any bytes as snapshots: refused, or in limits and stable.
 * What was decoded can be encoded, and decodes to as many again. */
#include <stdint.h>
#include <stdlib.h>

#include "sync/wire/snapshots.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snapshots first, second = {NULL, 0};
	struct buf once = BUF_INIT;
	struct err err = {0};

	if (snapshots_decode(&first, data, size, &err))
		return 0;
	if (snapshots_encode(&once, &first, &err))
		abort();
	if (snapshots_decode(&second, once.data, once.len, &err) ||
	    second.n != first.n)
		abort();
	snapshots_release(&first);
	snapshots_release(&second);
	buf_release(&once);
	return 0;
}
