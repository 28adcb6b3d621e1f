/* ssh_wire.c - the strings of SSH's wire format. */
#include "sync/identity/ssh_wire.h"

#include <string.h>

void ssh_wire_add_u32(struct buf *out, uint32_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_addc(out, (char)(value >> shift & 0xff));
}

void ssh_wire_add_string(struct buf *out, const void *bytes, size_t len)
{
	ssh_wire_add_u32(out, (uint32_t)len);
	buf_add(out, bytes, len);
}

void ssh_wire_add_public(struct buf *out,
			 const uint8_t public_key[CRYPTO_PUBLIC_SIZE])
{
	ssh_wire_add_string(out, SSH_KEY_TYPE, strlen(SSH_KEY_TYPE));
	ssh_wire_add_string(out, public_key, CRYPTO_PUBLIC_SIZE);
}

bool ssh_wire_u32(struct ssh_wire *in, uint32_t *value)
{
	if (in->left < 4)
		return false;
	*value = (uint32_t)in->at[0] << 24 | (uint32_t)in->at[1] << 16 |
		 (uint32_t)in->at[2] << 8 | in->at[3];
	in->at += 4;
	in->left -= 4;
	return true;
}

bool ssh_wire_bytes(struct ssh_wire *in, const uint8_t **bytes, size_t len)
{
	if (in->left < len)
		return false;
	*bytes = in->at;
	in->at += len;
	in->left -= len;
	return true;
}

bool ssh_wire_string(struct ssh_wire *in, const uint8_t **bytes, size_t *len)
{
	struct ssh_wire start = *in;
	uint32_t size;

	if (ssh_wire_u32(in, &size) && ssh_wire_bytes(in, bytes, size)) {
		*len = size;
		return true;
	}
	*in = start;
	return false;
}

bool ssh_wire_expect(struct ssh_wire *in, const char *text)
{
	const uint8_t *bytes;
	size_t len;

	return ssh_wire_string(in, &bytes, &len) && len == strlen(text) &&
	       memcmp(bytes, text, len) == 0;
}

bool ssh_wire_public(uint8_t public_key[CRYPTO_PUBLIC_SIZE],
		     const uint8_t *blob, size_t len)
{
	struct ssh_wire in = {blob, len};
	const uint8_t *bytes;
	size_t size;

	if (!ssh_wire_expect(&in, SSH_KEY_TYPE) ||
	    !ssh_wire_string(&in, &bytes, &size) ||
	    size != CRYPTO_PUBLIC_SIZE || in.left != 0)
		return false;
	memcpy(public_key, bytes, CRYPTO_PUBLIC_SIZE);
	return true;
}
