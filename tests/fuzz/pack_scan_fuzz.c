/* pack_scan_fuzz.c - any bytes as a pack that arrives: what is said of it must
 * not hang on where the pieces are cut. */
#include <stdint.h>
#include <stdlib.h>

#include "sync/git/pack_scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int scan_in_pieces(bool *whole, const uint8_t *data, size_t size,
			  size_t piece)
{
	struct pack_scan *scan = NULL;
	struct err err = {0};
	int rc = pack_scan_open(&scan, NULL, NULL, &err);

	if (rc < 0)
		abort();
	for (size_t at = 0; rc == 0 && at < size; at += piece)
		rc = pack_scan_add(scan, data + at,
				   size - at < piece ? size - at : piece, &err);
	*whole = rc == 0 && pack_scan_whole(scan);
	pack_scan_close(scan);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool at_once;
	bool in_pieces;
	int rc = scan_in_pieces(&at_once, data, size, size + 1);

	if (scan_in_pieces(&in_pieces, data, size, 1 + size % 7) != rc ||
	    at_once != in_pieces)
		abort();
	return 0;
}
