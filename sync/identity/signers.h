/* signers.h - which key may sign for which site, and when: rows of `signer`
 * at the office, OpenSSH's allowed_signers format in git (ssh-keygen(1)).
 * Knows keys, sites and times; verifies nothing itself. */
#ifndef TIAN_SYNC_SIGNERS_H
#define TIAN_SYNC_SIGNERS_H

#include <stdbool.h>

#include "core/replica/replica.h"
#include "sync/identity/key.h"

enum { SIGNERS_BYTES_MAX = 16 << 20, SIGNER_TIME = 32 };

struct signer {
	char *site;
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	int64_t from;  /* seconds since 1970, 0: always */
	int64_t until; /* from then on no more; 0: for ever */
};

struct signers {
	struct signer *items; /* sorted by site, then key */
	size_t n;
};

void signers_release(struct signers *signers);
/* From the rows of `signer` that are not void; rows without a readable key
 * are passed over. *out starts as {0}. */
int signers_load(struct signers *out, struct replica *replica, struct err *err);
/* Those of one site alone, however many there are. */
int signers_load_of(struct signers *out, struct replica *replica,
		    const char *site, struct err *err);
/* Appends the file, a line each: a pure function of the rows. Only those of
 * one site unless `site` is NULL. */
void signers_render(struct buf *out, const struct signers *signers,
		    const char *site);
/* Reads such a file; lines of other forms are passed over. */
int signers_parse(struct signers *out, const struct buf *text, struct err *err);

/* What is known of the site's key, whenever it may sign; NULL: nothing.
 * Borrowed from *signers. */
const struct signer *signers_find(const struct signers *signers,
				  const char *site,
				  const uint8_t public_key[CRYPTO_PUBLIC_SIZE]);
bool signer_ended(const struct signer *signer, int64_t time);
/* `from` or `until` as an ISO time, 2022-06-30T09:15:00Z. */
void signer_show_time(char out[SIGNER_TIME], int64_t time);
/* Whether the key may sign for the site at that time. */
bool signers_allow(const struct signers *signers, const char *site,
		   const uint8_t public_key[CRYPTO_PUBLIC_SIZE], int64_t time);
/* How many keys the site has (at any time). */
size_t signers_count(const struct signers *signers, const char *site);
/* Whether the site has any key at all (at any time). */
bool signers_know(const struct signers *signers, const char *site);

#endif
