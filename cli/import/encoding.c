/* encoding.c - text of any usual encoding made UTF-8; the one door to iconv.
 * A pure function of bytes; knows no list. */
#include "cli/import/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "cli/terminal/message.h"
#include "core/base/utf8.h"

static bool begins(const struct buf *text, const char *mark, size_t len)
{
	return text->len >= len && memcmp(text->data, mark, len) == 0;
}

/* Zero bytes at even and odd places: every ASCII character of UTF-16 has one,
 * and text of other encodings has none. */
static const char *utf16_kind(const struct buf *text)
{
	size_t zeros[2] = {0, 0};
	size_t n = text->len < 65536 ? text->len : 65536;

	if (text->len % 2 != 0)
		return NULL;
	for (size_t i = 0; i < n; i++)
		zeros[i % 2] += text->data[i] == '\0';
	if (zeros[1] > 0 && zeros[0] * 8 <= zeros[1])
		return "UTF-16LE";
	if (zeros[0] > 0 && zeros[1] * 8 <= zeros[0])
		return "UTF-16BE";
	return NULL;
}

static size_t lines_before(const char *text, size_t len)
{
	size_t lines = 1;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	return lines;
}

/* Converts text from `from` on; ERR_INPUT where it is not of that encoding. */
static int convert(struct buf *out, const char *name, char *text, size_t len,
		   struct err *err)
{
	iconv_t cd = iconv_open("UTF-8", name);
	char piece[8192];
	int rc = 0;

	if (cd == (iconv_t)-1)
		return err_errno(err, "%s", name);
	while (rc == 0 && len > 0) {
		char *to = piece;
		size_t room = sizeof(piece);
		size_t done = iconv(cd, &text, &len, &to, &room);

		buf_add(out, piece, sizeof(piece) - room);
		if (done == (size_t)-1 && errno != E2BIG)
			rc = err_set(err, ERR_INPUT,
				     _("line %zu is neither UTF-8 nor GB18030 "
				       "text; save the file as UTF-8 and try "
				       "again"),
				     lines_before(buf_text(out), out->len));
	}
	iconv_close(cd);
	return rc == 0 ? buf_check(out, err) : rc;
}

int encoding_read(struct buf *text, const char **name, struct err *err)
{
	struct buf out = BUF_INIT;
	size_t mark = 0;
	int rc;

	*name = NULL;
	if (begins(text, "\xef\xbb\xbf", 3)) {
		*name = "UTF-8";
		mark = 3;
	} else if (begins(text, "\xff\xfe", 2)) {
		*name = "UTF-16LE";
		mark = 2;
	} else if (begins(text, "\xfe\xff", 2)) {
		*name = "UTF-16BE";
		mark = 2;
	} else if (utf8_valid(buf_text(text), text->len)) {
		*name = "UTF-8";
	} else {
		*name = utf16_kind(text);
	}
	if (!*name)
		*name = "GB18030";
	if (strcmp(*name, "UTF-8") == 0) {
		buf_add(&out, buf_text(text) + mark, text->len - mark);
		rc = buf_check(&out, err);
	} else {
		rc = convert(&out, *name, text->data + mark, text->len - mark,
			     err);
	}
	if (rc == 0) {
		buf_release(text);
		*text = out; /* the caller's now */
		out = (struct buf)BUF_INIT;
	}
	buf_release(&out);
	return rc;
}
