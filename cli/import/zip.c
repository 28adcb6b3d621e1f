/* zip.c - members of a ZIP archive held in memory; the one door to minizip.
 * Knows archives and their limits; knows no member. */
#include "cli/import/zip.h"

#include <minizip/unzip.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cli/terminal/message.h"
#include "core/base/library.h"

enum { PIECE = 65536, FREE_BYTES = 1 << 20 };

/* Reading a workbook is rare: it is loaded then. */
#define MINIZIP_LIBRARY(X)         \
	X(unzClose)                \
	X(unzCloseCurrentFile)     \
	X(unzGetCurrentFileInfo64) \
	X(unzGetGlobalInfo64)      \
	X(unzLocateFile)           \
	X(unzOpen2_64)             \
	X(unzOpenCurrentFile)      \
	X(unzReadCurrentFile)

static struct {
#define X(name) __typeof__(name) *name;
	MINIZIP_LIBRARY(X)
#undef X
} minizip;

static int load_minizip(struct err *err)
{
	static const struct library_symbol symbols[] = {
#define X(name) {#name, offsetof(__typeof__(minizip), name)},
		MINIZIP_LIBRARY(X)
#undef X
	};

	return library_load(&minizip, TIAN_LIBMINIZIP, symbols,
			    sizeof(symbols) / sizeof(symbols[0]), err);
}

struct zip {
	const char *bytes;
	size_t len, at; /* the library reads as from a file */
	unzFile file;
	size_t unpacked; /* so far, of all members */
};

static voidpf open_bytes(voidpf opaque, const void *name, int mode)
{
	(void)name;
	(void)mode;
	return opaque;
}

static uLong read_bytes(voidpf opaque, voidpf stream, void *to, uLong size)
{
	struct zip *zip = stream;
	size_t left = zip->len - zip->at;
	size_t n = size < left ? size : left;

	(void)opaque;
	memcpy(to, zip->bytes + zip->at, n);
	zip->at += n;
	return (uLong)n;
}

static ZPOS64_T tell_bytes(voidpf opaque, voidpf stream)
{
	(void)opaque;
	return ((struct zip *)stream)->at;
}

static long seek_bytes(voidpf opaque, voidpf stream, ZPOS64_T offset,
		       int origin)
{
	struct zip *zip = stream;
	size_t base = origin == ZLIB_FILEFUNC_SEEK_CUR	 ? zip->at
		      : origin == ZLIB_FILEFUNC_SEEK_END ? zip->len
							 : 0;

	(void)opaque;
	if (offset > zip->len - base)
		return -1;
	zip->at = base + (size_t)offset;
	return 0;
}

static int close_bytes(voidpf opaque, voidpf stream)
{
	(void)opaque;
	(void)stream;
	return 0;
}

int zip_open(struct zip **out, const char *bytes, size_t len, struct err *err)
{
	struct zip *zip;
	zlib_filefunc64_def calls = {
		.zopen64_file = open_bytes,
		.zread_file = read_bytes,
		.ztell64_file = tell_bytes,
		.zseek64_file = seek_bytes,
		.zclose_file = close_bytes,
		.zerror_file = close_bytes,
	};
	unz_global_info64 info;
	int rc = load_minizip(err);

	if (rc < 0)
		return rc;
	zip = calloc(1, sizeof(*zip));
	if (!zip)
		return err_nomem(err);
	zip->bytes = bytes;
	zip->len = len;
	calls.opaque = zip;
	zip->file = minizip.unzOpen2_64(NULL, &calls);
	if (!zip->file ||
	    minizip.unzGetGlobalInfo64(zip->file, &info) != UNZ_OK ||
	    info.number_entry > ZIP_MEMBERS_MAX) {
		zip_close(zip);
		return err_set(err, ERR_INPUT,
			       _("it is no workbook, or a damaged one"));
	}
	*out = zip;
	return 0;
}

void zip_close(struct zip *zip)
{
	if (!zip)
		return;
	if (zip->file)
		minizip.unzClose(zip->file);
	free(zip);
}

bool zip_has(struct zip *zip, const char *name)
{
	return minizip.unzLocateFile(zip->file, name, 2) == UNZ_OK;
}

/* Is this more than an honest member unpacks to? */
static bool too_much(const struct zip *zip, size_t unpacked, ZPOS64_T packed)
{
	return zip->unpacked > ZIP_BYTES_MAX ||
	       (unpacked > FREE_BYTES &&
		unpacked / ZIP_RATIO_MAX > (size_t)packed);
}

static int read_member(struct zip *zip, const char *name, ZPOS64_T packed,
		       zip_fn *fn, void *ctx, struct err *err)
{
	char *piece = malloc(PIECE);
	size_t unpacked = 0;
	int n = 1;
	int rc = piece ? 0 : err_nomem(err);

	while (rc == 0 && n > 0) {
		n = minizip.unzReadCurrentFile(zip->file, piece, PIECE);
		if (n < 0) {
			rc = err_set(err, ERR_INPUT, _("%s in it is damaged"),
				     name);
			break;
		}
		unpacked += (size_t)n;
		zip->unpacked += (size_t)n;
		if (too_much(zip, unpacked, packed))
			rc = err_set(err, ERR_INPUT,
				     _("%s in it unpacks to more than a list "
				       "has"),
				     name);
		else
			rc = fn(piece, (size_t)n, ctx, err);
	}
	free(piece);
	return rc;
}

int zip_read(struct zip *zip, const char *name, zip_fn *fn, void *ctx,
	     struct err *err)
{
	unz_file_info64 info;
	int rc;

	if (minizip.unzLocateFile(zip->file, name, 2) != UNZ_OK)
		return err_set(err, ERR_MISSING, _("there is no %s in it"),
			       name);
	if (minizip.unzGetCurrentFileInfo64(zip->file, &info, NULL, 0, NULL, 0,
					    NULL, 0) != UNZ_OK ||
	    (info.flag & 1) != 0 ||
	    minizip.unzOpenCurrentFile(zip->file) != UNZ_OK)
		return err_set(err, ERR_INPUT,
			       _("%s in it cannot be read; is the workbook "
				 "protected by a password?"),
			       name);
	rc = read_member(zip, name, info.compressed_size, fn, ctx, err);
	/* Says whether the check sum holds, once all was read. */
	if (minizip.unzCloseCurrentFile(zip->file) == UNZ_CRCERROR && rc == 0)
		rc = err_set(err, ERR_INPUT, _("%s in it is damaged"), name);
	return rc;
}
