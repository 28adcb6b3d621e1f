/* replica_helper.h - replicas in a folder of the test's own, edited by our
 * API and by a plain SQLite connection, and batches carried between them by
 * hand. Knows core/ and SQLite; no git, no wire. A failure ends the test. */
#ifndef TIAN_TESTS_CORE_REPLICA_HELPER_H
#define TIAN_TESTS_CORE_REPLICA_HELPER_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/merge/apply.h"
#include "core/log/change_log.h"
#include "core/replica/replica.h"

/* A new folder under $TMPDIR or /tmp; helper_remove deletes and frees it. */
char *helper_folder(void);
void helper_remove(char *folder);
/* FOLDER/NAME in a buffer of the helper's; good until the fourth call on. */
const char *helper_path(const char *folder, const char *name);

/* What is being tried: put before what a failure says. */
void helper_about(const char *fmt, ...);

/* A node: our connection, and one that knows nothing of us. */
struct node {
	char path[256];
	struct replica *replica;
	sqlite3 *plain;
};

/* Makes FOLDER/NAME. The second node of a site in a folder is a copy of the
 * first one's empty file with another origin, which is quick. Not durable. */
void node_open(struct node *node, const char *folder, const char *name,
	       const char *site, uint64_t origin);
void node_close(struct node *node);
void node_reopen(struct node *node);
/* Back to the empty replica it was made as, statements kept. */
void node_empty(struct node *node);

/* By the plain connection, in sqlite3_mprintf's format: runs it, or gives the message it failed with. */
void plain(struct node *node, const char *fmt, ...);
const char *plain_error(struct node *node, const char *sql);
/* First column of the first row as text ("" none, "NULL"), from a buffer of
 * the helper's; good until the eighth call on. */
const char *ask(struct node *node, const char *fmt, ...);
long long count(struct node *node, const char *sql);

/* Logs what is pending, in a transaction; how many changes that made. */
size_t drain(struct node *node);
/* Edits by our own connection, signed. */
void edit(struct node *node, const char *author, const char *reason,
	  const char *sql);
/* A decision; NULL text clears the field. */
void decide(struct node *node, const char *entity, const char *row,
	    const char *field, const char *value, const char *reason);
void decide_int(struct node *node, const char *entity, const char *row,
		const char *field, int64_t value, const char *reason);

/* What `from` holds of an origin from `seq` on, into `to`, in one
 * transaction. *result may be NULL, and is added to. */
struct carrying {
	uint64_t origin;
	uint64_t seq;
	bool authorise;
	bool gapless;
	uint64_t now;
};
void carry(struct node *to, struct node *from, const struct carrying *what,
	   struct apply_result *result);
/* Everything of every origin, without judging. */
void carry_all(struct node *to, struct node *from);
void carry_verdicts(struct node *to, const struct verdict *verdicts, size_t n);
/* All verdicts it knows, by change; free(*out), NULL before. */
size_t helper_verdicts(struct verdict **out, struct node *node);
/* Every change by itself, in an order that `seed` gives. */
void carry_shuffled(struct node *to, struct node *from, uint64_t seed);

/* "soft", "hard" or "none". */
const char *severity_of(struct node *node, const char *entity, const char *row,
			const char *field);
void state_of(uint8_t out[32], struct node *node, const char *site);
void assert_same_state(struct node *a, struct node *b, const char *site);
/* (I1) to (I3), and (I7) by way of the fold, on everything it holds. */
void assert_invariants(struct node *node);

/* A small generator of numbers, the same everywhere. */
struct dice {
	uint64_t state;
};
uint64_t dice_next(struct dice *dice);
/* 0 <= … < n */
size_t dice_below(struct dice *dice, size_t n);
/* TIAN_SEED, else the given one; printed. */
uint64_t helper_seed(uint64_t otherwise);

#endif
