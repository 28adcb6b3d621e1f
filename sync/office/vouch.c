/* vouch.c - one key of the office stands for another. */
#include "sync/office/vouch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sync/identity/signers.h"
#include "sync/office/ledger.h"
#include "sync/office/parcel.h"

static const char FOLDER[] = "vouch";

enum { WORDS_MAX = 4096 }; /* keys of one office */

void vouch_release(struct vouch *vouch)
{
	free(vouch->items);
	*vouch = (struct vouch){NULL, 0};
}

/* --- gathering ----------------------------------------------------------- */

static bool has(const struct vouch *vouch, const uint8_t *by)
{
	for (size_t i = 0; i < vouch->n; i++)
		if (memcmp(vouch->items[i].by, by, CRYPTO_PUBLIC_SIZE) == 0)
			return true;
	return false;
}

/* The first one met of a key is its newest. */
static int add(struct vouch *out, const struct vouch_word *word,
	       struct err *err)
{
	struct vouch_word *items;

	if (has(out, word->by) || out->n >= WORDS_MAX)
		return 0;
	items = realloc(out->items, (out->n + 1) * sizeof(*items));
	if (items == NULL)
		return err_nomem(err);
	out->items = items;
	items[out->n++] = *word;
	return 0;
}

/* An inbox commit of the site, whose signature holds. */
static bool read_word(struct vouch_word *word, const struct commit *commit,
		      const char *site)
{
	struct err ignored;
	size_t len;
	const char *named = commit_trailer(&len, commit, "Site");

	word->time = commit->time;
	return named != NULL && len == strlen(site) &&
	       memcmp(named, site, len) == 0 &&
	       commit_trailer_oid(&word->signers, commit, "Signers") &&
	       commit_signer(word->by, commit, &ignored) == 0;
}

static int add_commit(struct vouch *out, const struct commit *commit,
		      const char *site, struct err *err)
{
	struct vouch_word word = {.commit = commit->id};

	return read_word(&word, commit, site) ? add(out, &word, err) : 0;
}

/* One folder of a checkpoint's. */
static int add_folder(struct vouch *out, struct repository *repository,
		      const struct oid *folder, const char *site,
		      struct err *err)
{
	struct vouch_word word = {.time = 0};
	struct buf bytes = BUF_INIT;
	struct commit commit = {.n_parents = 0};
	struct oid signers;
	int rc =
		repository_find(&word.bytes, repository, folder, "commit", err);

	if (rc == 0)
		rc = repository_find(&signers, repository, folder,
				     LEDGER_SIGNERS, err);
	if (rc == 0)
		rc = repository_read(&bytes, repository, &word.bytes,
				     OBJECT_BLOB, err);
	if (rc == 0 && bytes.len <= OBJECT_COMMIT_MAX &&
	    commit_parse(&commit, &bytes) && read_word(&word, &commit, site) &&
	    oid_equal(&signers, &word.signers))
		rc = add(out, &word, err);
	commit_release(&commit);
	buf_release(&bytes);
	return rc == ERR_MISSING || rc == ERR_CORRUPT ? 0 : rc;
}

int vouch_of_checkpoint(struct vouch *out, struct repository *repository,
			const struct commit *commit, const char *site,
			struct err *err)
{
	struct buf raw = BUF_INIT;
	struct tree_cursor cursor;
	struct tree_entry entry;
	struct oid folder;
	char path[64];
	int rc;

	snprintf(path, sizeof(path), PARCEL_CHECKPOINT "/%s", FOLDER);
	rc = repository_find(&folder, repository, &commit->tree, path, err);
	if (rc == 0)
		rc = repository_read(&raw, repository, &folder, OBJECT_TREE,
				     err);
	tree_cursor_init(&cursor, &raw);
	while (rc == 0 && (rc = tree_next(&entry, &cursor, err)) > 0)
		rc = entry.is_tree ? add_folder(out, repository, &entry.oid,
						site, err)
				   : 0;
	buf_release(&raw);
	return rc == ERR_MISSING || rc == ERR_CORRUPT ? 0 : rc;
}

int vouch_of_chain(struct vouch *out, struct repository *repository,
		   const struct oid *tip, const char *site, struct err *err)
{
	struct oid at = *tip;
	bool more = true;
	int rc = 0;

	while (rc == 0 && more) {
		struct commit commit;

		rc = commit_read(&commit, repository, &at, err);
		if (rc < 0)
			break;
		rc = add_commit(out, &commit, site, err);
		more = commit.n_parents > 0;
		if (rc == 0 && parcel_is_checkpoint(repository, &commit)) {
			rc = vouch_of_checkpoint(out, repository, &commit, site,
						 err);
			more = false;
		}
		at = more ? commit.parents[0] : at;
		commit_release(&commit);
	}
	return rc;
}

/* --- writing ------------------------------------------------------------- */

static int make_bytes(struct oid *out, struct repository *repository,
		      const struct vouch_word *word, struct err *err)
{
	struct buf bytes = BUF_INIT;
	int rc;

	*out = word->bytes;
	if (!oid_is_zero(out))
		return 0;
	rc = repository_read(&bytes, repository, &word->commit, OBJECT_COMMIT,
			     err);
	if (rc == 0)
		rc = repository_write(out, repository, OBJECT_BLOB,
				      buf_text(&bytes), bytes.len, err);
	buf_release(&bytes);
	return rc;
}

static int write_word(struct sheet *sheet, const struct vouch_word *word,
		      struct err *err)
{
	char fingerprint[KEY_FINGERPRINT];
	char path[KEY_FINGERPRINT + 32];
	struct oid bytes;
	int rc = make_bytes(&bytes, sheet->node->repository, word, err);

	key_fingerprint(fingerprint, word->by);
	snprintf(path, sizeof(path), "%s/%s/commit", FOLDER, fingerprint);
	if (rc == 0)
		rc = sheet_add_file(sheet, path, &bytes, err);
	snprintf(path, sizeof(path), "%s/%s/" LEDGER_SIGNERS, FOLDER,
		 fingerprint);
	return rc < 0 ? rc : sheet_add_file(sheet, path, &word->signers, err);
}

int vouch_write(struct sheet *sheet, const struct vouch *vouch,
		const uint8_t but[CRYPTO_PUBLIC_SIZE], struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < vouch->n; i++)
		if (memcmp(vouch->items[i].by, but, CRYPTO_PUBLIC_SIZE) != 0)
			rc = write_word(sheet, &vouch->items[i], err);
	return rc;
}

/* --- believing ----------------------------------------------------------- */

bool vouch_is_pin(const char *pinned, const uint8_t key[CRYPTO_PUBLIC_SIZE])
{
	char fingerprint[KEY_FINGERPRINT];
	struct buf line = BUF_INIT;
	bool is;

	key_fingerprint(fingerprint, key);
	key_public_line(&line, key);
	is = strcmp(pinned, buf_text(&line)) == 0 ||
	     strcmp(pinned, fingerprint) == 0;
	buf_release(&line);
	return is;
}

/* Words not yet known to be believed, and what the believed ones name. */
struct weighing {
	const struct vouch *vouch;
	struct repository *repository;
	struct signers *named; /* by each word that is believed */
	bool *believed;
};

static bool is_named(const struct weighing *weighing, const uint8_t *key,
		     int64_t time)
{
	for (size_t i = 0; i < weighing->vouch->n; i++)
		if (weighing->believed[i] &&
		    signers_allow(&weighing->named[i], REPLICA_OFFICE, key,
				  time))
			return true;
	return false;
}

static int believe(struct weighing *weighing, size_t i, struct err *err)
{
	struct buf text = BUF_INIT;
	int rc = repository_read(&text, weighing->repository,
				 &weighing->vouch->items[i].signers,
				 OBJECT_BLOB, err);

	if (rc == 0)
		rc = signers_parse(&weighing->named[i], &text, err);
	weighing->believed[i] = rc == 0;
	buf_release(&text);
	return rc == ERR_MISSING || rc == ERR_CORRUPT ? 0 : rc;
}

/* One pass; *more: it found some. */
static int weigh(bool *more, struct weighing *weighing, const char *pinned,
		 struct err *err)
{
	int rc = 0;

	*more = false;
	for (size_t i = 0; rc == 0 && i < weighing->vouch->n; i++) {
		const struct vouch_word *word = &weighing->vouch->items[i];

		if (weighing->believed[i] ||
		    (!vouch_is_pin(pinned, word->by) &&
		     !is_named(weighing, word->by, word->time)))
			continue;
		rc = believe(weighing, i, err);
		*more |= weighing->believed[i];
	}
	return rc;
}

int vouch_holds(bool *out, const struct vouch *vouch,
		struct repository *repository, const char *pinned,
		const uint8_t key[CRYPTO_PUBLIC_SIZE], int64_t time,
		struct err *err)
{
	struct weighing weighing = {
		.vouch = vouch,
		.repository = repository,
		.named = calloc(vouch->n + 1, sizeof(*weighing.named)),
		.believed = calloc(vouch->n + 1, sizeof(bool)),
	};
	bool more = true;
	int rc = 0;

	*out = false;
	if (weighing.named == NULL || weighing.believed == NULL)
		rc = err_nomem(err);
	while (rc == 0 && more)
		rc = weigh(&more, &weighing, pinned, err);
	if (rc == 0)
		*out = vouch_is_pin(pinned, key) ||
		       is_named(&weighing, key, time);
	for (size_t i = 0; weighing.named != NULL && i < vouch->n; i++)
		signers_release(&weighing.named[i]);
	free(weighing.named);
	free(weighing.believed);
	return rc;
}
