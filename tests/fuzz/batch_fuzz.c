/* batch_fuzz.c - any bytes as a batch: refused, or in limits and stable.
 * What was decoded is encoded, decoded and encoded again: the two encodings
 * are the same bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/log/change_log.h"
#include "sync/wire/batch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct batch *first = NULL, *second = NULL;
	struct buf once = BUF_INIT, twice = BUF_INIT;
	struct err err = {0};

	if (batch_decode(&first, data, size, &err))
		goto done;
	if (batch_encode(&once, first, &err))
		abort();
	/* What was allowed in is never too large to send on. */
	if (once.len > size)
		abort();
	if (batch_decode(&second, once.data, once.len, &err))
		abort();
	if (batch_encode(&twice, second, &err))
		abort();
	if (once.len != twice.len || memcmp(once.data, twice.data, once.len))
		abort();
done:
	batch_free(first);
	batch_free(second);
	buf_release(&once);
	buf_release(&twice);
	return 0;
}
