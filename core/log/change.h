/* change.h - what everything here is made of: one field write.
 * Values only; knows no storage, no wire, no policy. */
#ifndef TIAN_CORE_CHANGE_H
#define TIAN_CORE_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CHANGE_VALUE_MAX = 4 << 20, /* bytes of one value */
	CHANGE_ROW_MAX = 512,	    /* bytes of a row key */
	CHANGE_CASE_MAX = 128,	    /* bytes of a case's key in it */
	CHANGE_NAME_MAX = 256,	    /* bytes of author or site */
	CHANGE_REASON_MAX = 4096,   /* bytes of a reason */
	CHANGE_BASES_MAX = 1024	    /* bases of one change */
};

/* origin: a node's random non-zero 63-bit number (fits SQLite's signed
 * integer). seq: 1, 2, 3 … without gaps per origin, below 2^40. */
struct change_id {
	uint64_t origin;
	uint64_t seq;
};

enum value_type { VALUE_NULL, VALUE_INT, VALUE_REAL, VALUE_TEXT, VALUE_BLOB };

struct value {
	enum value_type type;
	int64_t integer;
	double real;
	const char *bytes; /* TEXT (UTF-8), BLOB: borrowed, `len` bytes */
	size_t len;
};

/* One field write. All pointers are borrowed from whoever made the struct
 * (a decoded batch, a query row). */
struct change {
	struct change_id id;
	uint64_t clock; /* hybrid: milliseconds since 1970 << 16 | counter */
	uint32_t entity;
	uint32_t field;
	const char *row; /* key columns joined by '/', not terminated */
	size_t row_len;
	struct value value;
	const struct change_id *bases; /* what it replaces */
	size_t n_bases;
	const char *reason; /* NULL, or why (decisions) */
	size_t reason_len;
	const char *extra; /* raw msgpack of elements a newer writer added */
	size_t extra_len;
	uint32_t n_extra; /* how many elements `extra` holds */
};

/* Consecutive changes of one origin and author; one commit carries one.
 * At the outbox seq has no gaps; what an inbox delivers may have some. */
struct batch {
	uint64_t origin;
	const char *site;   /* terminated, borrowed like the rest */
	const char *author; /* terminated */
	uint32_t schema;    /* version of the schema it was written with */
	const struct change *changes;
	size_t n_changes;
};

bool value_equal(const struct value *a, const struct value *b);
bool change_id_equal(struct change_id a, struct change_id b);
/* By origin, then seq: <0, 0, >0. */
int change_id_compare(struct change_id a, struct change_id b);
/* "7f3a00c1d2e4f506:101", the printed form; parse gives false if malformed. */
enum { CHANGE_ID_TEXT = 16 + 1 + 20 + 1 };
void change_id_format(char out[CHANGE_ID_TEXT], struct change_id id);
bool change_id_parse(struct change_id *out, const char *text);
void change_origin_format(char out[17], uint64_t origin);
bool change_origin_parse(uint64_t *out, const char *hex16);
struct value value_text(const char *terminated); /* NULL gives VALUE_NULL */
struct value value_int(int64_t integer);

#endif
