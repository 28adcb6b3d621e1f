/* envelope.h - what our MessagePack documents have in common: how they begin,
 * and how a change is named. schemas/changes.md, "Envelope".
 * Knows no batch and no verdict. */
#ifndef TIAN_SYNC_ENVELOPE_H
#define TIAN_SYNC_ENVELOPE_H

#include "core/log/change.h"
#include "sync/wire/msgpack_reader.h"

enum {
	ENVELOPE_VERSION = 1,  /* what we write */
	ENVELOPE_READER = 1,   /* newest min_reader we understand */
	ENVELOPE_ELEMENTS = 3, /* magic, version, min_reader */
	ENVELOPE_ORIGIN = 8    /* bytes of an origin, big-endian */
};

/* Opens the outer array and reads [magic, version, min_reader, before
 * anything else is believed. *n is how many elements follow, at least `min`.
 * ERR_CORRUPT: not such a document; ERR_INPUT: it needs a newer program. */
int envelope_read(size_t *n, struct msgpack_reader *reader, const char *magic,
		  size_t min, struct err *err);
bool envelope_read_origin(struct msgpack_reader *reader, uint64_t *out);
void envelope_origin(unsigned char out[ENVELOPE_ORIGIN], uint64_t origin);
/* Whether a change can have that name. */
bool envelope_origin_ok(uint64_t origin);
bool envelope_id_ok(struct change_id id);

#endif
