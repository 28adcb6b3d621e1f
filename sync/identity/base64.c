/* base64.c - RFC 4648 base64 with padding, strict on what it reads. */
#include "sync/identity/base64.h"

#include <stdbool.h>
#include <stdint.h>

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			       "abcdefghijklmnopqrstuvwxyz"
			       "0123456789+/";

static void add_wrapped(struct buf *out, char c, size_t *column, size_t wrap)
{
	buf_addc(out, c);
	if (wrap != 0 && ++*column == wrap) {
		buf_addc(out, '\n');
		*column = 0;
	}
}

void base64_encode(struct buf *out, const void *bytes, size_t len, size_t wrap)
{
	const uint8_t *at = bytes;
	size_t column = 0;

	while (len > 0) {
		uint32_t group = (uint32_t)at[0] << 16;

		group |= len > 1 ? (uint32_t)at[1] << 8 : 0;
		group |= len > 2 ? at[2] : 0;
		for (size_t i = 0; i < 4; i++) {
			char c = ALPHABET[group >> (18 - 6 * i) & 63];

			add_wrapped(out, i > len ? '=' : c, &column, wrap);
		}
		at += len > 3 ? 3 : len;
		len -= len > 3 ? 3 : len;
	}
	if (wrap != 0 && column > 0)
		buf_addc(out, '\n');
}

static int digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* One group of four; `pad` of them are '='. */
static bool add_group(struct buf *out, uint32_t group, unsigned pad)
{
	buf_addc(out, (char)(group >> 16 & 0xff));
	if (pad < 2)
		buf_addc(out, (char)(group >> 8 & 0xff));
	if (pad < 1)
		buf_addc(out, (char)(group & 0xff));
	return pad == 2	  ? (group & 0xffff) == 0
	       : pad == 1 ? (group & 0xff) == 0
			  : pad == 0;
}

int base64_decode(struct buf *out, const char *text, size_t len,
		  struct err *err)
{
	uint32_t group = 0;
	unsigned n = 0;
	unsigned pad = 0;
	bool ended = false;

	for (size_t i = 0; i < len; i++) {
		int value = digit(text[i]);

		if (text[i] == '\n' || text[i] == '\r')
			continue;
		if (ended || (text[i] != '=' && (value < 0 || pad > 0)))
			goto bad;
		pad += text[i] == '=';
		group = group << 6 | (uint32_t)(value < 0 ? 0 : value);
		if (++n % 4 == 0) {
			if (!add_group(out, group, pad))
				goto bad;
			ended = pad > 0;
			group = 0;
		}
	}
	if (n % 4 == 0)
		return buf_check(out, err);
bad:
	return err_set(err, ERR_INPUT, "not base64");
}
