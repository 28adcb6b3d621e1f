/* pack_file.h - one pack with its index, read without believing either.
 * Knows bytes (pack_format.h) and one object at a time; what a difference refers to is
 * packs.h's to follow.
 *
 * Read by position, never mapped: a file that is cut short while it is read,
 * or a stick that is pulled out, is an error and no signal. */
#ifndef TIAN_SYNC_PACK_FILE_H
#define TIAN_SYNC_PACK_FILE_H

#include "sync/git/pack_format.h"

struct pack_entry {
	enum pack_type type;
	uint64_t size;	  /* of its bytes once inflated, as it states */
	uint64_t data;	  /* where the zlib stream begins */
	uint64_t base;	  /* PACK_OFFSET_DELTA: in front of the entry */
	struct oid named; /* PACK_NAME_DELTA: the base */
};

struct pack_file;

/* `path` without `.pack`, copied; nothing is opened yet. NULL: no memory. */
struct pack_file *pack_file_new(const char *path);
void pack_file_free(struct pack_file *file); /* NULL is fine */
const char *pack_file_path(const struct pack_file *file);
/* Closes what it has open, to be opened again when needed. */
void pack_file_rest(struct pack_file *file);

/* 1: the object's entry begins at *offset; 0: it is not in this pack, by its
 * index, which alone is opened then.
 * ERR_MISSING: a file of it is gone; ERR_CORRUPT: the index is no index of
 * this pack. Both are said again at each call, from memory. */
int pack_file_find(uint64_t *offset, struct pack_file *file,
		   const struct oid *oid, struct err *err);
/* How many objects it has; as pack_file_find. */
int pack_file_count(uint32_t *n, struct pack_file *file, struct err *err);
/* Where an entry begins at `offset`, what it is. ERR_CORRUPT. */
int pack_file_entry(struct pack_entry *out, struct pack_file *file,
		    uint64_t offset, struct err *err);
/* Replaces what *out holds by its bytes, exactly entry->size, which the
 * caller has found lawful. ERR_CORRUPT: damaged, or another size. */
int pack_file_inflate(struct buf *out, struct pack_file *file,
		      const struct pack_entry *entry, struct err *err);
/* The first bytes only, at most `room`; *made says how many. */
int pack_file_peek(size_t *made, void *out, size_t room, struct pack_file *file,
		   const struct pack_entry *entry, struct err *err);

#endif
