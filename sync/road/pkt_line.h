/* pkt_line.h - git's framing: four hexadecimal digits of length, which count
 * themselves, then bytes; "0000" is a flush.
 * Source: gitprotocol-common(5). Knows frames; never what they say. */
#ifndef TIAN_SYNC_PKT_LINE_H
#define TIAN_SYNC_PKT_LINE_H

#include "core/base/buf.h"
#include "sync/road/stream.h"

enum { PKT_LINE_MAX = 65520, PKT_LINE_DATA_MAX = 65516 }; /* bytes */

enum pkt_kind { PKT_DATA, PKT_FLUSH, PKT_END };

struct pkt {
	enum pkt_kind kind;
	const char *data; /* borrowed; of a stream, until the next one */
	size_t len;
};

/* --- writing ------------------------------------------------------------- */

/* A line of text, without a line break added. Cut at PKT_LINE_DATA_MAX. */
void pkt_line_addf(struct buf *out, const char *fmt, ...) ERR_PRINTF(2, 3);
/* The same of bytes; len <= PKT_LINE_DATA_MAX. */
void pkt_line_add(struct buf *out, const void *bytes, size_t len);
void pkt_line_flush(struct buf *out);

/* --- reading ------------------------------------------------------------- */

/* The next frame of a byte string, from *at on, which it moves. PKT_END at
 * its end. ERR_CORRUPT: no frame, or cut short. */
int pkt_line_parse(struct pkt *out, size_t *at, const struct buf *bytes,
		   struct err *err);

struct pkt_reader {
	struct stream *stream; /* borrowed */
	char data[PKT_LINE_MAX + 1];
};

/* The next frame of a stream. PKT_END: the other side said no more. ERR_HUB:
 * cut within a frame, or the other side does not speak git's protocol. */
int pkt_line_read(struct pkt *out, struct pkt_reader *reader, struct err *err);
/* A frame as a line: length without the line break at its end. */
size_t pkt_line_chomp(const struct pkt *pkt);

#endif
