/* address.c - the bytes that an address writes as %xx. */
#include "sync/road/address.h"

#include <string.h>

static int hex_value(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c != '\0' ? strchr(digits, c | 0x20) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

void address_decode(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		int byte = -1;

		if (text[i] == '%' && i + 2 < len &&
		    hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0)
			byte = hex_value(text[i + 1]) << 4 |
			       hex_value(text[i + 2]);
		buf_addc(out, byte > 0 ? (char)byte : text[i]);
		i += byte > 0 ? 2 : 0;
	}
}
