/* pkt_line.c - git's framing. */
#include "sync/road/pkt_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { HEAD = 4 };

/* --- writing ------------------------------------------------------------- */

void pkt_line_add(struct buf *out, const void *bytes, size_t len)
{
	buf_addf(out, "%04zx", len + HEAD);
	buf_add(out, bytes, len);
}

void pkt_line_addf(struct buf *out, const char *fmt, ...)
{
	char line[PKT_LINE_DATA_MAX + 1];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	if (n < 0)
		n = 0;
	if (n > PKT_LINE_DATA_MAX)
		n = PKT_LINE_DATA_MAX;
	pkt_line_add(out, line, (size_t)n);
}

void pkt_line_flush(struct buf *out)
{
	buf_adds(out, "0000");
}

/* --- reading ------------------------------------------------------------- */

/* The length that four digits state, -1 if they are none. */
static int head_value(const char *head)
{
	int value = 0;

	for (int i = 0; i < HEAD; i++) {
		const char *digits = "0123456789abcdef";
		const char *at =
			head[i] != '\0' ? strchr(digits, head[i] | 0x20) : NULL;

		if (at == NULL)
			return -1;
		value = value << 4 | (int)(at - digits);
	}
	return value;
}

/* What a frame's head says: kind, and how many bytes follow. */
static int read_head(struct pkt *out, const char *head, int code,
		     struct err *err)
{
	int value = head_value(head);

	*out = (struct pkt){.kind = PKT_FLUSH};
	if (value == 0)
		return 0;
	/* 1 to 3 are other protocols' frames, 4 says nothing. */
	if (value < HEAD || value > PKT_LINE_MAX)
		return err_set(err, code,
			       "the answer is not in git's protocol");
	out->kind = PKT_DATA;
	out->len = (size_t)value - HEAD;
	return 0;
}

int pkt_line_parse(struct pkt *out, size_t *at, const struct buf *bytes,
		   struct err *err)
{
	size_t left = bytes->len - *at;
	int rc;

	*out = (struct pkt){.kind = PKT_END};
	if (left == 0)
		return 0;
	if (left < HEAD)
		return err_set(err, ERR_CORRUPT, "a frame is cut short");
	rc = read_head(out, bytes->data + *at, ERR_CORRUPT, err);
	if (rc < 0)
		return rc;
	if (out->len > left - HEAD)
		return err_set(err, ERR_CORRUPT, "a frame is cut short");
	out->data = bytes->data + *at + HEAD;
	*at += HEAD + out->len;
	return 0;
}

/* Fills `bytes`; *got < len only at the end of the stream. */
static int read_fully(size_t *got, struct stream *stream, char *bytes,
		      size_t len, struct err *err)
{
	*got = 0;
	while (*got < len) {
		size_t n;
		int rc = stream_read(&n, stream, bytes + *got, len - *got, err);

		if (rc < 0)
			return rc;
		if (n == 0)
			break;
		*got += n;
	}
	return 0;
}

static int cut(struct err *err)
{
	return err_set(err, ERR_HUB, "the connection was cut in the middle");
}

int pkt_line_read(struct pkt *out, struct pkt_reader *reader, struct err *err)
{
	char head[HEAD];
	size_t got;
	int rc = read_fully(&got, reader->stream, head, HEAD, err);

	*out = (struct pkt){.kind = PKT_END};
	if (rc < 0 || got == 0)
		return rc;
	if (got < HEAD)
		return cut(err);
	rc = read_head(out, head, ERR_HUB, err);
	if (rc == 0)
		rc = read_fully(&got, reader->stream, reader->data, out->len,
				err);
	if (rc == 0 && got < out->len)
		rc = cut(err);
	reader->data[out->len] = '\0';
	out->data = reader->data;
	return rc;
}

size_t pkt_line_chomp(const struct pkt *pkt)
{
	return pkt->len > 0 && pkt->data[pkt->len - 1] == '\n' ? pkt->len - 1
							       : pkt->len;
}
