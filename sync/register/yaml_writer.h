/* yaml_writer.h - text as scalars of YAML 1.2, in block context.
 * Knows quoting; nothing of mappings, labels or fields.
 *
 * Not libyaml's emitter: 0.2.5 escapes every character beyond U+FFFF, which
 * rare Chinese names are made of, and gives up literal blocks for one quoted
 * line as soon as a line ends in a space or holds a tab. The tests read all
 * of it back with libyaml's parser. */
#ifndef TIAN_SYNC_YAML_WRITER_H
#define TIAN_SYNC_YAML_WRITER_H

#include <stddef.h>

#include "core/base/buf.h"

/* Appends a scalar on one line: plain where every YAML reader takes it for
 * text, else in double quotes. `text` is valid UTF-8. */
void yaml_writer_text(struct buf *out, const char *text, size_t len);
/* Appends a literal block, each line `indent` spaces deep, two deeper than
 * the mapping it is a value in; with its line break at the end. Text that no
 * literal block can hold (control characters) becomes one quoted line. */
void yaml_writer_block(struct buf *out, const char *text, size_t len,
		       int indent);

#endif
