/* loose_fuzz.c - any bytes as a loose object: refused, or as large as its head
 * says, and then its head alone says the same. */
#include <stdint.h>
#include <stdlib.h>

#include "sync/git/loose.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum object_kind kind;
	enum object_kind told;
	struct buf body = BUF_INIT;
	struct err err = {0};
	size_t len = 0;

	if (loose_read(&body, &kind, data, size, &err) == 0 &&
	    (loose_head(&told, &len, data, size, &err) != 0 || told != kind ||
	     len != body.len))
		abort();
	buf_release(&body);
	return 0;
}
