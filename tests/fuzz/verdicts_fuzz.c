/* verdicts_fuzz.c - any bytes as verdicts: refused, or in limits and stable.
 * What was decoded can be encoded, and decodes to as many again. */
#include <stdint.h>
#include <stdlib.h>

#include "sync/wire/verdicts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct verdict *first = NULL, *second = NULL;
	struct buf once = BUF_INIT;
	struct err err = {0};
	size_t n = 0, m = 0;

	if (verdicts_decode(&first, &n, data, size, &err))
		goto done;
	if (verdicts_encode(&once, first, n, &err))
		abort();
	if (verdicts_decode(&second, &m, once.data, once.len, &err) || m != n)
		abort();
done:
	free(first);
	free(second);
	buf_release(&once);
	return 0;
}
