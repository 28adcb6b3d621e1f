/* text_file.c - a long text from a file or standard input.
 * Knows what a field of type long may hold; knows no field. */
#include "cli/terminal/text_file.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/terminal/message.h"
#include "cli/case/value.h"
#include "core/log/change.h"

enum { READ_MAX = CHANGE_VALUE_MAX + 64 }; /* a BOM and line ends go */

static int read_stream(struct buf *raw, FILE *in, struct err *err)
{
	char block[65536];
	size_t n;

	while ((n = fread(block, 1, sizeof(block), in)) > 0) {
		buf_add(raw, block, n);
		if (raw->len > READ_MAX)
			return err_set(err, ERR_INPUT,
				       _("the text is larger than %d MiB"),
				       CHANGE_VALUE_MAX >> 20);
	}
	if (ferror(in))
		return err_errno(err, _("read standard input"));
	return buf_check(raw, err);
}

int text_file_read(struct buf *out, const char *path, struct err *err)
{
	struct buf raw = BUF_INIT;
	int rc;

	if (strcmp(path, "-") == 0)
		rc = read_stream(&raw, stdin, err);
	else
		rc = buf_read_file(&raw, path, READ_MAX, err);
	if (rc == 0)
		rc = value_read_long(out, buf_text(&raw), raw.len, err);
	if (rc == 0 && out->len == 0)
		rc = err_set(err, ERR_INPUT, _("the text is empty"));
	buf_release(&raw);
	return rc < 0 ? cli_wrap_file(err, path) : 0;
}
