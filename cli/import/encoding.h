/* encoding.h - text of any usual encoding made UTF-8; the one door to iconv.
 * A pure function of bytes; knows no list. */
#ifndef TIAN_CLI_ENCODING_H
#define TIAN_CLI_ENCODING_H

#include "core/base/buf.h"

/* Makes text UTF-8 without a byte order mark, and says what it was: "UTF-8",
 * "UTF-16LE", "UTF-16BE" or "GB18030" (which GBK and GB 2312 are parts of).
 * A mark decides; without one valid UTF-8 is UTF-8, text with the zero bytes
 * that line ends and digits leave in UTF-16 is that, and the rest GB18030.
 * ERR_INPUT: none of them, naming the first line that is not. */
int encoding_read(struct buf *text, const char **name, struct err *err);

#endif
