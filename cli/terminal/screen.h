/* screen.h - what goes to a terminal cannot command it.
 *
 * Names, replies and error texts come from other sites, and a terminal takes
 * orders from what it shows: to set its title, to move up and write over a
 * line, to fill the clipboard, to send keys. A file and a pipe get every byte
 * as it is. Knows terminals; knows no command of ours. */
#ifndef TIAN_CLI_SCREEN_H
#define TIAN_CLI_SCREEN_H

#include "core/base/buf.h"

/* The only orders that pass: how a difference is coloured. */
#define SCREEN_GONE "\033[31;9m"
#define SCREEN_NEW "\033[32m"
#define SCREEN_PLAIN "\033[0m"

/* Stands before stdout and stderr from now on, where they are terminals. */
void screen_guard(void);
/* Appends what may be shown: line ends, tabs and text. Other control
 * characters (C0, DEL, C1) and those that turn the direction of writing
 * (U+202A to U+202E, U+2066 to U+2069) become U+FFFD, as do bytes that are no
 * UTF-8. Returns how many bytes it took: all, but for a character or an order
 * of ours that is not whole yet. */
size_t screen_clean(struct buf *out, const char *bytes, size_t len);

#endif
