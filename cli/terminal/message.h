/* message.h - the program's words in the user's language (gettext).
 * Knows the catalogue and the locale; knows no message. */
#ifndef TIAN_CLI_MESSAGE_H
#define TIAN_CLI_MESSAGE_H

#include <libintl.h>
#include <stdbool.h>

#include "core/base/buf.h"

#define _(text) gettext(text)
#define N_(text) text /* marked for the catalogue, translated where used */

/* Sets locale and catalogue: in $TIAN_LOCALEDIR, else beside the program, in
 * the build tree (locale/) or installed (../share/locale), else where it was
 * to be installed. */
void message_init(void);
/* True where people read Chinese: labels of fields and codes follow it. */
bool message_chinese(void);
/* What stands between a thing and what is said of it: ": " or "：". */
const char *message_colon(void);
/* The label that fits the language. */
const char *message_label(const char *zh, const char *en);
/* Appends a text of core or sync, which speak plain English in parts joined
 * by ": "; each part that people are known to meet is said in the user's
 * language, the rest as it is. */
void message_foreign(struct buf *out, const char *text);

#endif
