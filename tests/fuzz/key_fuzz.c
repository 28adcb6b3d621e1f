/* key_fuzz.c - any bytes as a public key's line: refused, or a key whose own
 * line reads as the same key. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sync/identity/key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t first[CRYPTO_PUBLIC_SIZE], second[CRYPTO_PUBLIC_SIZE];
	struct buf line = BUF_INIT;
	struct err err = {0};

	buf_add(&line, data, size);
	if (key_public_parse(first, buf_text(&line), &err))
		goto done;
	buf_clear(&line);
	key_public_line(&line, first);
	if (key_public_parse(second, buf_text(&line), &err) ||
	    memcmp(first, second, sizeof(first)) != 0)
		abort();
done:
	buf_release(&line);
	return 0;
}
