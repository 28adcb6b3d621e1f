/* ref_files.h - the refs of a repository's folder, read with bounds:
 * gitrepository-layout(5), "refs" and "packed-refs".
 *
 *   refs/heads/x   40 hexadecimal digits, LF; it counts before packed-refs
 *   packed-refs    lines: `# …`, `^…` (of the tag above), 40 digits SP NAME
 *
 * A hub in a folder is somebody else's: pipes, links and what is longer than
 * stated here are no refs; symbolic refs are not followed, since no ref of
 * ours is one. Knows files; never what a ref means, and writes none. */
#ifndef TIAN_SYNC_REF_FILES_H
#define TIAN_SYNC_REF_FILES_H

#include "sync/git/repository.h"

enum {
	REF_NAME_MAX = 1024,		 /* bytes */
	REF_DEPTH_MAX = 16,		 /* folders in folders */
	REF_FILES_MAX = 1 << 20,	 /* in all folders */
	REF_PACKED_BYTES_MAX = 128 << 20 /* of packed-refs */
};

/* git-check-ref-format(1), of a full name below `refs/`. */
bool ref_name_ok(const char *name);

struct ref_files;

/* Of the repository at `path`, copied. NULL: out of memory. */
struct ref_files *ref_files_new(const char *path);
void ref_files_free(struct ref_files *refs); /* NULL is fine */
/* ERR_MISSING: no such ref; ERR_CORRUPT: none that could be one of ours. */
int ref_files_read(struct oid *out, struct ref_files *refs, const char *name,
		   struct err *err);
/* Appends those whose name begins with `prefix` (`refs/…`), sorted. What is
 * no ref is passed by. ERR_CORRUPT: more than the bounds. */
int ref_files_list(struct ref_list *out, struct ref_files *refs,
		   const char *prefix, struct err *err);

#endif
