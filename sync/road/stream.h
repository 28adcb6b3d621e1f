/* stream.h - a conversation with one git program at the hub: bytes both ways.
 * Knows neither what is said nor how it travels.
 *
 * A way there (ssh, http) is a file stream_*.c with a table of these verbs. */
#ifndef TIAN_SYNC_STREAM_H
#define TIAN_SYNC_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

enum stream_service { STREAM_UPLOAD_PACK, STREAM_RECEIVE_PACK };

struct stream;

struct stream_way {
	int (*read)(size_t *got, struct stream *stream, void *bytes, size_t len,
		    struct err *err);
	int (*write)(struct stream *stream, const void *bytes, size_t len,
		     struct err *err);
	void (*close)(struct stream *stream);
};

/* First member of each way's own struct. */
struct stream {
	const struct stream_way *way;
};

/* For all, ERR_HUB: the connection is gone, with what the other side or the
 * program between said last. */

/* Waits for some bytes; *got is 0 at their end. */
int stream_read(size_t *got, struct stream *stream, void *bytes, size_t len,
		struct err *err);
/* Takes all bytes, or fails. */
int stream_write(struct stream *stream, const void *bytes, size_t len,
		 struct err *err);
void stream_close(struct stream *stream); /* NULL is fine */

/* Where the repository is, with what its streams share. */
struct stream_host;

struct stream_host_way {
	int (*open)(struct stream **out, struct stream_host *host,
		    enum stream_service service, struct err *err);
	void (*close)(struct stream_host *host);
};

struct stream_host {
	const struct stream_host_way *way;
	/* One request, one answer: nobody waits there for the next word. */
	bool stateless;
};

int stream_host_open(struct stream **out, struct stream_host *host,
		     enum stream_service service, struct err *err);
void stream_host_close(struct stream_host *host); /* NULL is fine */
/* "git-upload-pack" or "git-receive-pack". */
const char *stream_service_name(enum stream_service service);

/* `ssh://user@host:port/path` or `user@host:path`; nothing is run yet.
 * ERR_INPUT: not such an address, or one that ssh could take for options. */
int stream_ssh_host(struct stream_host **out, const char *url, struct err *err);
/* `https://host/path`, `http://…`. ERR_INPUT: it holds a password. */
int stream_http_host(struct stream_host **out, const char *url,
		     struct err *err);

#endif
