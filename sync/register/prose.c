/* prose.c - one sentence per line, and back.
 * Refuses to know fields and files. */
#include "sync/register/prose.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/utf8.h"

static bool ends_sentence(int code)
{
	return code == 0x3002 /* 。 */ || code == 0xff01 /* ！ */ ||
	       code == 0xff1f /* ？ */ || code == 0xff1b /* ； */;
}

static bool closes(int code)
{
	switch (code) {
	case 0x2019: /* ’ */
	case 0x201d: /* ” */
	case 0x300d: /* 」 */
	case 0x300f: /* 』 */
	case 0xff09: /* ） */
	case 0x3011: /* 】 */
	case 0x300b: /* 》 */
	case 0x3009: /* 〉 */
	case 0x3015: /* 〕 */
		return true;
	default:
		return false;
	}
}

/* (P1) A break of ours stands alone: never beside one of the text's own,
 * never at either end. So runs of ours are of length 1, and those of the
 * text's are of even length: prose_unwrap tells them apart. */
void prose_wrap(struct buf *out, const char *text, size_t len)
{
	bool ended =
		false; /* a sentence, and nothing since but closing marks */
	size_t at = 0;

	while (at < len) {
		int code;
		size_t n = utf8_next(text + at, len - at, &code);

		if (code == '\n') {
			buf_add(out, "\n\n", 2);
			ended = false;
		} else {
			bool end = ends_sentence(code);

			if (ended && !end && !closes(code)) {
				buf_addc(out, '\n');
				ended = false;
			}
			ended = ended || end;
			buf_add(out, text + at, n);
		}
		at += n;
	}
}

void prose_unwrap(struct buf *out, const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		const char *stop = memchr(text + at, '\n', len - at);
		size_t end = stop ? (size_t)(stop - text) : len;
		size_t breaks = 0;

		buf_add(out, text + at, end - at);
		while (end + breaks < len && text[end + breaks] == '\n')
			breaks++;
		for (size_t i = 0; i < breaks / 2; i++)
			buf_addc(out, '\n');
		at = end + breaks;
	}
}
