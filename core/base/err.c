/* err.c - formats the text of an error and cuts it at a character.
 * Refuses to know messages' languages, exit statuses and printing. */
#include "core/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"

enum { ERR_TEXT_SIZE = sizeof(((struct err *)0)->text) };

/* Copies `text` into err->text. A character cut off by the size goes as a
 * whole; bytes that are not UTF-8 become '?'. */
static void err_put(struct err *err, const char *text)
{
	size_t len = strlen(text);
	size_t at = 0;

	while (at < len) {
		int code = 0;
		size_t n = utf8_next(text + at, len - at, &code);

		if (at + n >= ERR_TEXT_SIZE)
			break;
		if (code < 0)
			err->text[at] = '?';
		else
			memcpy(err->text + at, text + at, n);
		at += n;
	}
	err->text[at] = '\0';
}

void err_clear(struct err *err)
{
	if (!err)
		return;
	err->code = 0;
	err->text[0] = '\0';
}

/* Longer than the text it makes, so that a character cut by vsnprintf lies
 * beyond what err_put takes. */
enum { ERR_SCRATCH = ERR_TEXT_SIZE + 8 };

/* The arguments may point into err->text: hence the scratch. */
int err_set(struct err *err, int code, const char *fmt, ...)
{
	char scratch[ERR_SCRATCH] = "";
	va_list args;

	if (!err)
		return code;
	va_start(args, fmt);
	(void)vsnprintf(scratch, sizeof(scratch), fmt, args);
	va_end(args);
	err->code = code;
	err_put(err, scratch);
	return code;
}

int err_wrap(struct err *err, const char *fmt, ...)
{
	char scratch[2 * ERR_SCRATCH] = "";
	va_list args;
	size_t len;

	if (!err)
		return ERR_FAIL;
	va_start(args, fmt);
	(void)vsnprintf(scratch, ERR_SCRATCH, fmt, args);
	va_end(args);
	len = strlen(scratch);
	(void)snprintf(scratch + len, sizeof(scratch) - len, ": %s", err->text);
	err_put(err, scratch);
	return err->code;
}

int err_errno(struct err *err, const char *fmt, ...)
{
	int cause = errno;
	char scratch[ERR_SCRATCH] = "";
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(scratch, sizeof(scratch), fmt, args);
	va_end(args);
	return err_set(err, ERR_FAIL, "%s: %s", scratch, strerror(cause));
}

int err_nomem(struct err *err)
{
	return err_set(err, ERR_FAIL, "out of memory");
}
