/* stream.c - a conversation with one git program, by whatever way. */
#include "sync/road/stream.h"

int stream_read(size_t *got, struct stream *stream, void *bytes, size_t len,
		struct err *err)
{
	return stream->way->read(got, stream, bytes, len, err);
}

int stream_write(struct stream *stream, const void *bytes, size_t len,
		 struct err *err)
{
	return stream->way->write(stream, bytes, len, err);
}

void stream_close(struct stream *stream)
{
	if (stream != NULL)
		stream->way->close(stream);
}

int stream_host_open(struct stream **out, struct stream_host *host,
		     enum stream_service service, struct err *err)
{
	return host->way->open(out, host, service, err);
}

void stream_host_close(struct stream_host *host)
{
	if (host != NULL)
		host->way->close(host);
}

const char *stream_service_name(enum stream_service service)
{
	return service == STREAM_UPLOAD_PACK ? "git-upload-pack"
					     : "git-receive-pack";
}
