/* text_file.h - a long text from a file or standard input.
 * Knows what a field of type long may hold; knows no field. */
#ifndef TIAN_CLI_TEXT_FILE_H
#define TIAN_CLI_TEXT_FILE_H

#include "core/base/buf.h"

/* Appends the text of `path` ("-": standard input), as value_read_long makes
 * it. ERR_INPUT: empty, too long or no UTF-8; the text names the file. */
int text_file_read(struct buf *out, const char *path, struct err *err);

#endif
