/* screen.c - what goes to a terminal cannot command it. */
#include "cli/terminal/screen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/utf8.h"

enum { CARRY = 8 /* bytes, more than a character or an order of ours */ };

static const char *const orders[] = {SCREEN_GONE, SCREEN_NEW, SCREEN_PLAIN};

static bool is_harmless(int code)
{
	if (code < 0x20)
		return code == '\n' || code == '\t';
	return !(code >= 0x7f && code < 0xa0) &&
	       !(code >= 0x202a && code <= 0x202e) &&
	       !(code >= 0x2066 && code <= 0x2069);
}

/* Bytes of the order at `bytes`; 0: none. *more: it may become one. */
static size_t order_at(bool *more, const char *bytes, size_t len)
{
	*more = false;
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		size_t n = strlen(orders[i]);

		if (len >= n && memcmp(bytes, orders[i], n) == 0)
			return n;
		*more |= len < n && memcmp(bytes, orders[i], len) == 0;
	}
	return 0;
}

/* Whether bytes at the end of what came begin a character. */
static bool is_cut(const char *bytes, size_t len)
{
	unsigned char first = (unsigned char)*bytes;
	size_t whole = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;

	return first >= 0xc2 && first < 0xf5 && len < whole;
}

size_t screen_clean(struct buf *out, const char *bytes, size_t len)
{
	size_t at = 0;

	while (at < len) {
		bool more = false;
		int code;
		size_t n = utf8_next(bytes + at, len - at, &code);
		size_t order = code == '\033'
				       ? order_at(&more, bytes + at, len - at)
				       : 0;

		if (more || (code < 0 && is_cut(bytes + at, len - at)))
			break;
		if (order > 0 || is_harmless(code))
			buf_add(out, bytes + at, order > 0 ? order : n);
		else
			buf_adds(out, "\xef\xbf\xbd");
		at += order > 0 ? order : n;
	}
	return at;
}

/* --- as a stream --------------------------------------------------------- */

struct screen {
	int fd;
	size_t n; /* bytes that wait for what follows them */
	char carry[CARRY];
};

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

static ssize_t screen_write(void *cookie, const char *bytes, size_t len)
{
	struct screen *screen = cookie;
	struct buf all = BUF_INIT;
	struct buf clean = BUF_INIT;
	size_t used;
	int rc = -1;

	buf_add(&all, screen->carry, screen->n);
	buf_add(&all, bytes, len);
	if (!all.failed) {
		used = screen_clean(&clean, all.data, all.len);
		screen->n = all.len - used;
		memcpy(screen->carry, all.data + used, screen->n);
		if (!clean.failed)
			rc = write_all(screen->fd, buf_text(&clean), clean.len);
	}
	buf_release(&clean);
	buf_release(&all);
	return rc < 0 ? 0 : (ssize_t)len; /* 0: an error, fopencookie(3) */
}

static void guard(FILE **stream, struct screen *screen, int buffering)
{
	const cookie_io_functions_t functions = {.write = screen_write};
	FILE *guarded;

	if (isatty(screen->fd) != 1)
		return;
	guarded = fopencookie(screen, "w", functions);
	if (guarded == NULL)
		return;
	setvbuf(guarded, NULL, buffering, BUFSIZ);
	fflush(*stream);
	*stream = guarded;
}

void screen_guard(void)
{
	static struct screen out = {.fd = STDOUT_FILENO};
	static struct screen errors = {.fd = STDERR_FILENO};

	guard(&stdout, &out, _IOLBF);
	guard(&stderr, &errors, _IOLBF);
}
