/* vouch.h - one key of the office stands for another: the newest inbox commit
 * that each has signed says which keys are the office's.
 *
 *   checkpoint/vouch/<fingerprint>/commit   bytes of that commit
 *   checkpoint/vouch/<fingerprint>/signers  the keys it names (its `Signers`)
 *
 * Knows words and who said them; pins nothing.
 *
 * (V1) A key is believed if a believed key's word names it for the time at
 *      which it signs. So a node that was told one key of the office can begin
 *      at a checkpoint that another one signed, and needs nothing before it.
 * (V2) A word counts by its own signature; who put it there does not matter.
 *      What is left out can only make less be believed. */
#ifndef TIAN_SYNC_VOUCH_H
#define TIAN_SYNC_VOUCH_H

#include "sync/office/sheet.h"
#include "sync/git/commit.h"

struct vouch_word {
	uint8_t by[CRYPTO_PUBLIC_SIZE];
	int64_t time;
	struct oid commit;  /* zero: only its bytes are here */
	struct oid bytes;   /* a blob; zero: not made yet */
	struct oid signers; /* a blob */
};

struct vouch {
	struct vouch_word *items; /* one of each key */
	size_t n;
};

void vouch_release(struct vouch *vouch);
/* From the chain that ends at `tip`, back to the last checkpoint, with what
 * that one holds. *out starts as {0}. */
int vouch_of_chain(struct vouch *out, struct repository *repository,
		   const struct oid *tip, const char *site, struct err *err);
/* What a checkpoint holds: `commit` is it. Words that do not hold are passed
 * over. */
int vouch_of_checkpoint(struct vouch *out, struct repository *repository,
			const struct commit *commit, const char *site,
			struct err *err);
/* Adds to a checkpoint's sheet the words of all keys but its signer's. */
int vouch_write(struct sheet *sheet, const struct vouch *vouch,
		const uint8_t but[CRYPTO_PUBLIC_SIZE], struct err *err);
/* Whether `key` is the pinned one: a public key line, or a fingerprint in
 * hex. */
bool vouch_is_pin(const char *pinned, const uint8_t key[CRYPTO_PUBLIC_SIZE]);
/* Whether the pinned key is `key`, or stands for it, which signs at `time`. */
int vouch_holds(bool *out, const struct vouch *vouch,
		struct repository *repository, const char *pinned,
		const uint8_t key[CRYPTO_PUBLIC_SIZE], int64_t time,
		struct err *err);

#endif
