/* msgpack_reader.h - reads MessagePack from untrusted bytes, element by
 * element, without allocating anything.
 * Knows the encoding (github.com/msgpack/msgpack, spec.md); no format of
 * ours.
 *
 * Every length is checked against the bytes that are left before it is
 * believed. The first fault sticks: all reads after it give false, and
 * msgpack_reader_check says where it was and why. */
#ifndef TIAN_SYNC_MSGPACK_READER_H
#define TIAN_SYNC_MSGPACK_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

enum { MSGPACK_READER_DEPTH = 8 }; /* nesting of an element skipped */

enum msgpack_kind {
	MSGPACK_NIL,
	MSGPACK_BOOL,
	MSGPACK_INT, /* of either sign */
	MSGPACK_FLOAT32,
	MSGPACK_FLOAT64,
	MSGPACK_STR,
	MSGPACK_BIN,
	MSGPACK_ARRAY,
	MSGPACK_MAP,
	MSGPACK_EXT,
	MSGPACK_NONE /* no byte left, or a byte that begins nothing */
};

struct msgpack_reader {
	const unsigned char *start; /* borrowed */
	const unsigned char *at;
	const unsigned char *end;
	const char *fault; /* NULL, or what was wrong first; static */
	bool again;	   /* these bytes were read over without a fault, so
			      what is slow to check is not checked twice */
};

void msgpack_reader_init(struct msgpack_reader *reader, const void *bytes,
			 size_t len);
/* Reports a fault of a caller's own; `fault` is a static text. False. */
bool msgpack_reader_fail(struct msgpack_reader *reader, const char *fault);
/* 0, or ERR_CORRUPT with the fault and its place. */
int msgpack_reader_check(const struct msgpack_reader *reader, struct err *err);
/* A fault unless all bytes were read. */
bool msgpack_reader_end(struct msgpack_reader *reader);

/* What comes next; reads nothing. */
enum msgpack_kind msgpack_reader_peek(const struct msgpack_reader *reader);
/* Each reads one element of that kind; another kind is a fault. */
bool msgpack_reader_nil(struct msgpack_reader *reader);
bool msgpack_reader_uint(struct msgpack_reader *reader, uint64_t *out);
bool msgpack_reader_int(struct msgpack_reader *reader, int64_t *out);
bool msgpack_reader_float(struct msgpack_reader *reader, double *out);
/* Borrowed slices. A str must be valid UTF-8 without NUL. */
bool msgpack_reader_str(struct msgpack_reader *reader, const char **out,
			size_t *len);
bool msgpack_reader_bin(struct msgpack_reader *reader, const char **out,
			size_t *len);
/* Opens an array of *n elements, which the caller then reads. *n is never
 * more than the bytes left: one element takes one byte at least. */
bool msgpack_reader_array(struct msgpack_reader *reader, size_t *n);
/* Reads over `n` elements of any kind, nested at most MSGPACK_READER_DEPTH
 * deep, checking them like any other. */
bool msgpack_reader_skip(struct msgpack_reader *reader, size_t n);

#endif
