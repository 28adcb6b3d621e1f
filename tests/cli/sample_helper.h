/* sample_helper.h - what the tests of lists and publications share.
 * Knows tests/samples and throw-away folders. */
#ifndef TIAN_TESTS_CLI_SAMPLE_HELPER_H
#define TIAN_TESTS_CLI_SAMPLE_HELPER_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/replica/replica.h"

/* The whole of tests/samples/NAME; ends the test if it cannot be read. */
void sample_read(struct buf *out, const char *name);
/* The real page beside the project, or $TIAN_REAL_SOURCE; false where there
 * is none. */
bool sample_read_real(struct buf *out);
/* Appends text without any white space (ASCII and U+3000). */
void sample_squeeze(struct buf *out, const char *text);

/* A new empty replica of `site` in a folder of its own. */
struct sample {
	char folder[256];
	struct replica *replica;
};
void sample_open(struct sample *sample, const char *site);
void sample_close(struct sample *sample); /* removes the folder */
/* One text or number of a query without parameters; "" for no row. Borrowed
 * until the next call. */
const char *sample_ask(struct sample *sample, const char *sql);
/* Edits like anybody's: runs SQL in a transaction that is logged. */
void sample_edit(struct sample *sample, const char *sql);
/* Every reply that there is was handed in as it stands. */
void sample_submit(struct sample *sample);

#endif
