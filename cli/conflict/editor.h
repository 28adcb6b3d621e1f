/* editor.h - a text in the editor that a person uses.
 * Knows which one that is and the file between; knows no field.
 *
 * As git has it: $VISUAL where the terminal can show it, else $EDITOR, else
 * vi; run by the shell, so that it may have options. */
#ifndef TIAN_CLI_EDITOR_H
#define TIAN_CLI_EDITOR_H

#include "core/base/buf.h"

/* A new file DIR/NAME-xxxxxx.txt that only its owner can read; its path goes
 * to *path. It stays until somebody removes it. */
int editor_create(struct buf *path, const char *dir, const char *name,
		  const struct buf *text, struct err *err);
/* Waits until the person is done. ERR_INPUT: there is no editor, or it ended
 * in failure. */
int editor_run(const char *path, struct err *err);

#endif
