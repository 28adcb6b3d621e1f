/* message.h - the program's words in the user's language (gettext).
 * Knows the catalogue and the locale; knows no message. */
#ifndef TIAN_CLI_MESSAGE_H
#define TIAN_CLI_MESSAGE_H

#include <libintl.h>
#include <stdbool.h>

#define _(text) gettext(text)
#define N_(text) text /* marked for the catalogue, translated where used */

/* Sets locale and catalogue: installed, or $TIAN_LOCALEDIR. */
void message_init(void);
/* True where people read Chinese: labels of fields and codes follow it. */
bool message_chinese(void);
/* The label that fits the language. */
const char *message_label(const char *zh, const char *en);
/* A text of core or sync, which speak plain English: in the user's language
 * where it is one of those that people meet, else as it is. */
const char *message_foreign(const char *text);

#endif
