/* msgpack_reader.c - MessagePack pulled from untrusted bytes.
 * Refuses to know formats of ours; allocates nothing. */
#include "sync/wire/msgpack_reader.h"

#include <string.h>

#include "core/base/utf8.h"

/* Bytes of the specification, in its order. */
enum {
	FIXMAP = 0x80,
	FIXARRAY = 0x90,
	FIXSTR = 0xa0,
	NIL = 0xc0,
	NEVER_USED = 0xc1,
	FALSE_ = 0xc2,
	TRUE_ = 0xc3,
	BIN8 = 0xc4,
	BIN32 = 0xc6,
	EXT8 = 0xc7,
	EXT32 = 0xc9,
	FLOAT32 = 0xca,
	FLOAT64 = 0xcb,
	UINT8 = 0xcc,
	UINT64 = 0xcf,
	INT8 = 0xd0,
	INT64 = 0xd3,
	FIXEXT1 = 0xd4,
	FIXEXT16 = 0xd8,
	STR8 = 0xd9,
	STR32 = 0xdb,
	ARRAY16 = 0xdc,
	ARRAY32 = 0xdd,
	MAP16 = 0xde,
	MAP32 = 0xdf,
	NEGATIVE = 0xe0
};

static const char fault_short[] = "ends in the middle of an element";
static const char fault_kind[] = "an element is not of the expected kind";

void msgpack_reader_init(struct msgpack_reader *reader, const void *bytes,
			 size_t len)
{
	static const unsigned char none[1];

	reader->start = len > 0 ? bytes : none;
	reader->at = reader->start;
	reader->end = reader->start + len;
	reader->fault = NULL;
	reader->again = false;
}

bool msgpack_reader_fail(struct msgpack_reader *reader, const char *fault)
{
	if (!reader->fault)
		reader->fault = fault;
	return false;
}

int msgpack_reader_check(const struct msgpack_reader *reader, struct err *err)
{
	if (!reader->fault)
		return 0;
	return err_set(err, ERR_CORRUPT, "byte %zu: %s",
		       (size_t)(reader->at - reader->start), reader->fault);
}

bool msgpack_reader_end(struct msgpack_reader *reader)
{
	if (reader->fault)
		return false;
	if (reader->at != reader->end)
		return msgpack_reader_fail(reader, "bytes follow the end");
	return true;
}

static size_t bytes_left(const struct msgpack_reader *reader)
{
	return (size_t)(reader->end - reader->at);
}

/* The byte that begins the next element; NEVER_USED where there is none. */
static unsigned char peek_byte(const struct msgpack_reader *reader)
{
	return bytes_left(reader) > 0 ? *reader->at : NEVER_USED;
}

enum msgpack_kind msgpack_reader_peek(const struct msgpack_reader *reader)
{
	unsigned char b = peek_byte(reader);

	if (b < FIXMAP || b >= NEGATIVE || (b >= UINT8 && b <= INT64))
		return MSGPACK_INT;
	if (b < FIXARRAY || b == MAP16 || b == MAP32)
		return MSGPACK_MAP;
	if (b < FIXSTR || b == ARRAY16 || b == ARRAY32)
		return MSGPACK_ARRAY;
	if (b < NIL || (b >= STR8 && b <= STR32))
		return MSGPACK_STR;
	if (b == NIL)
		return MSGPACK_NIL;
	if (b == FALSE_ || b == TRUE_)
		return MSGPACK_BOOL;
	if (b >= BIN8 && b <= BIN32)
		return MSGPACK_BIN;
	if (b == FLOAT32)
		return MSGPACK_FLOAT32;
	if (b == FLOAT64)
		return MSGPACK_FLOAT64;
	if (b == NEVER_USED)
		return MSGPACK_NONE;
	return MSGPACK_EXT;
}

/* True where the next element is of that kind; else the fault is told. */
static bool expect(struct msgpack_reader *reader, enum msgpack_kind kind)
{
	enum msgpack_kind next;

	if (reader->fault)
		return false;
	next = msgpack_reader_peek(reader);
	if (next == kind)
		return true;
	if (bytes_left(reader) == 0)
		return msgpack_reader_fail(reader, fault_short);
	return msgpack_reader_fail(
		reader, next == MSGPACK_NONE ? "a byte that begins nothing"
					     : fault_kind);
}

/* A big-endian number of `size` bytes after the `skip` first ones. Takes
 * both, or nothing. */
static bool take_number(struct msgpack_reader *reader, size_t skip, size_t size,
			uint64_t *out)
{
	uint64_t number = 0;

	if (bytes_left(reader) < skip + size)
		return msgpack_reader_fail(reader, fault_short);
	for (size_t i = 0; i < size; i++)
		number = number << 8 | reader->at[skip + i];
	reader->at += skip + size;
	*out = number;
	return true;
}

static bool take_bytes(struct msgpack_reader *reader, uint64_t len,
		       const char **out)
{
	if (len > bytes_left(reader))
		return msgpack_reader_fail(reader,
					   "a length goes past the end");
	*out = (const char *)reader->at;
	reader->at += (size_t)len;
	return true;
}

bool msgpack_reader_nil(struct msgpack_reader *reader)
{
	if (!expect(reader, MSGPACK_NIL))
		return false;
	reader->at++;
	return true;
}

/* The number as it stands, with its sign apart: spec "int format family". */
static bool take_int(struct msgpack_reader *reader, uint64_t *bits,
		     bool *negative)
{
	unsigned char b;
	size_t size;

	if (!expect(reader, MSGPACK_INT))
		return false;
	b = peek_byte(reader);
	if (b < FIXMAP || b >= NEGATIVE) {
		*bits = (uint64_t)(int64_t)(b < FIXMAP ? b : b - 0x100);
		*negative = b >= NEGATIVE;
		reader->at++;
		return true;
	}
	size = (size_t)1 << (b >= INT8 ? b - INT8 : b - UINT8);
	if (!take_number(reader, 1, size, bits))
		return false;
	*negative = b >= INT8 && (*bits >> (8 * size - 1)) != 0;
	if (*negative && size < 8)
		*bits |= UINT64_MAX << (8 * size);
	return true;
}

bool msgpack_reader_uint(struct msgpack_reader *reader, uint64_t *out)
{
	bool negative;

	if (!take_int(reader, out, &negative))
		return false;
	if (negative)
		return msgpack_reader_fail(reader, "a negative number");
	return true;
}

bool msgpack_reader_int(struct msgpack_reader *reader, int64_t *out)
{
	uint64_t bits;
	bool negative;

	if (!take_int(reader, &bits, &negative))
		return false;
	if (!negative && bits > INT64_MAX)
		return msgpack_reader_fail(reader, "a number past 2^63 - 1");
	/* Two's complement, without a conversion that C leaves open. */
	*out = negative ? -(int64_t)(~bits) - 1 : (int64_t)bits;
	return true;
}

bool msgpack_reader_float(struct msgpack_reader *reader, double *out)
{
	uint64_t bits = 0;

	_Static_assert(sizeof(bits) == sizeof(*out), "double is IEEE 754 64");
	if (!expect(reader, MSGPACK_FLOAT64) ||
	    !take_number(reader, 1, 8, &bits))
		return false;
	memcpy(out, &bits, sizeof(bits));
	return true;
}

bool msgpack_reader_str(struct msgpack_reader *reader, const char **out,
			size_t *len)
{
	unsigned char b;
	uint64_t size = 0;

	if (!expect(reader, MSGPACK_STR))
		return false;
	b = peek_byte(reader);
	if (b < NIL) {
		size = b - FIXSTR;
		reader->at++;
	} else if (!take_number(reader, 1, (size_t)1 << (b - STR8), &size)) {
		return false;
	}
	if (!take_bytes(reader, size, out))
		return false;
	*len = (size_t)size;
	if (!reader->again && !utf8_valid(*out, *len))
		return msgpack_reader_fail(reader,
					   "text that is not valid UTF-8");
	return true;
}

bool msgpack_reader_bin(struct msgpack_reader *reader, const char **out,
			size_t *len)
{
	uint64_t size = 0;

	if (!expect(reader, MSGPACK_BIN) ||
	    !take_number(reader, 1, (size_t)1 << (peek_byte(reader) - BIN8),
			 &size) ||
	    !take_bytes(reader, size, out))
		return false;
	*len = (size_t)size;
	return true;
}

/* The count of an array or map whose short form begins at `fix`, with
 * `each` elements for one. */
static bool take_count(struct msgpack_reader *reader, unsigned char fix,
		       unsigned char long_form, size_t each, size_t *n)
{
	unsigned char b = peek_byte(reader);
	uint64_t count = 0;

	if (b < NIL) {
		count = b - fix;
		reader->at++;
	} else if (!take_number(reader, 1, b == long_form ? 2 : 4, &count)) {
		return false;
	}
	if (count > bytes_left(reader) / each)
		return msgpack_reader_fail(reader, "a count goes past the end");
	*n = (size_t)count * each;
	return true;
}

bool msgpack_reader_array(struct msgpack_reader *reader, size_t *n)
{
	return expect(reader, MSGPACK_ARRAY) &&
	       take_count(reader, FIXARRAY, ARRAY16, 1, n);
}

static bool skip_ext(struct msgpack_reader *reader)
{
	unsigned char b = peek_byte(reader);
	const char *bytes;
	uint64_t len =
		0; /* set by take_number, which the compiler cannot see */
	uint64_t type;

	if (b >= FIXEXT1 && b <= FIXEXT16) {
		len = (uint64_t)1 << (b - FIXEXT1);
		reader->at++;
	} else if (!take_number(reader, 1, (size_t)1 << (b - EXT8), &len)) {
		return false;
	}
	return take_number(reader, 0, 1, &type) &&
	       take_bytes(reader, len, &bytes);
}

/* Reads over one element that holds none. */
static bool skip_scalar(struct msgpack_reader *reader)
{
	const char *bytes;
	uint64_t number;
	size_t len;
	bool negative;

	switch (msgpack_reader_peek(reader)) {
	case MSGPACK_NIL:
	case MSGPACK_BOOL:
		reader->at++;
		return true;
	case MSGPACK_INT:
		return take_int(reader, &number, &negative);
	case MSGPACK_FLOAT32:
		return take_number(reader, 1, 4, &number);
	case MSGPACK_FLOAT64:
		return take_number(reader, 1, 8, &number);
	case MSGPACK_STR:
		return msgpack_reader_str(reader, &bytes, &len);
	case MSGPACK_BIN:
		return msgpack_reader_bin(reader, &bytes, &len);
	case MSGPACK_EXT:
		return skip_ext(reader);
	case MSGPACK_ARRAY:
	case MSGPACK_MAP:
	case MSGPACK_NONE:
		break;
	}
	return expect(reader, MSGPACK_NIL);
}

/* Without recursion: a hostile nesting must not reach the stack. left[d] is
 * how many elements are still to come at depth d. */
bool msgpack_reader_skip(struct msgpack_reader *reader, size_t n)
{
	size_t left[MSGPACK_READER_DEPTH + 1] = {n};
	size_t depth = 0;

	for (;;) {
		enum msgpack_kind kind;
		size_t count;

		if (reader->fault)
			return false;
		while (left[depth] == 0) {
			if (depth == 0)
				return true;
			depth--;
		}
		left[depth]--;
		kind = msgpack_reader_peek(reader);
		if (kind != MSGPACK_ARRAY && kind != MSGPACK_MAP) {
			if (!skip_scalar(reader))
				return false;
			continue;
		}
		if (depth == MSGPACK_READER_DEPTH)
			return msgpack_reader_fail(reader, "nested too deeply");
		if (kind == MSGPACK_MAP &&
		    !take_count(reader, FIXMAP, MAP16, 2, &count))
			return false;
		if (kind == MSGPACK_ARRAY &&
		    !take_count(reader, FIXARRAY, ARRAY16, 1, &count))
			return false;
		left[++depth] = count;
	}
}
