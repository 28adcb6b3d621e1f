/* commit.h - commits as we make and read them: signed, with trailers.
 * Knows the format of a commit object; never what its tree holds or who may
 * make it. */
#ifndef TIAN_SYNC_COMMIT_H
#define TIAN_SYNC_COMMIT_H

#include "sync/identity/key.h"
#include "sync/git/repository.h"

enum { COMMIT_PARENTS_MAX = 1 << 16 };

struct commit_ident {
	const char *name;  /* borrowed; cleaned of what git refuses */
	const char *email; /* borrowed */
	int64_t time;	   /* seconds since 1970; the zone is the machine's */
};

struct commit_draft {
	struct oid tree;
	const struct oid *parents; /* borrowed */
	size_t n_parents;
	struct commit_ident author;
	struct commit_ident committer;
	const char *message; /* borrowed; ends with a line break */
};

/* Signs and adds the commit to the repository's memory. */
int commit_write(struct oid *out, struct repository *repository,
		 const struct commit_draft *draft, const struct key *key,
		 struct err *err);

/* A commit read. */
struct commit {
	struct oid id;
	struct oid tree;
	struct oid *parents;
	size_t n_parents;
	bool begins; /* the repository begins here: n_parents is 0, parents[0]
			(if any) what came before */
	int64_t author_time;
	int64_t time; /* of the committer */
	char *author; /* name */
	char *email;  /* of the author */
	char *message;
	struct buf signature; /* armoured, empty if unsigned */
	struct buf payload;   /* what was signed */
};

/* Fills *out (commit_release). ERR_MISSING: no such object; ERR_CORRUPT: it
 * is no commit git would write. */
int commit_read(struct commit *out, struct repository *repository,
		const struct oid *oid, struct err *err);
/* The same from an object's bytes, without id. False: none git would write. */
bool commit_parse(struct commit *out, const struct buf *raw);
void commit_release(struct commit *commit);
/* The key that signed it. ERR_CORRUPT: unsigned, or it does not hold. */
int commit_signer(uint8_t public_key[CRYPTO_PUBLIC_SIZE],
		  const struct commit *commit, struct err *err);

/* Trailers (`Name: value` lines of the last paragraph), in order: *at is NULL
 * to start with. The value of the next one called `name`, or NULL. */
const char *commit_trailer_next(size_t *len, const char **at,
				const struct commit *commit, const char *name);
/* The first of that name, or NULL. */
const char *commit_trailer(size_t *len, const struct commit *commit,
			   const char *name);
/* It as an object's name; false if absent or malformed. */
bool commit_trailer_oid(struct oid *out, const struct commit *commit,
			const char *name);
/* Appends `Name: value`, line breaks in the value made spaces. */
void commit_add_trailer(struct buf *message, const char *name,
			const char *value);

#endif
