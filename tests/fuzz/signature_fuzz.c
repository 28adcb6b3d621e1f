/* signature_fuzz.c - any bytes as an armoured signature over "commit\n": it
 * holds or is refused. A signature that holds names a key. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sync/identity/signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t nobody[CRYPTO_PUBLIC_SIZE];
	static const char signed_text[] = "commit\n";
	uint8_t public_key[CRYPTO_PUBLIC_SIZE] = {0};
	struct err err = {0};

	if (signature_check(public_key, signed_text, strlen(signed_text),
			    (const char *)data, size, &err))
		return 0;
	if (memcmp(public_key, nobody, sizeof(nobody)) == 0)
		abort();
	return 0;
}
