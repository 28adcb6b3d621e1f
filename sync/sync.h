/* sync.h - the room's face: a node, its beginning, its exchange with the hub,
 * and the proof that all of it follows from signed changes.
 * What happens in between stands in sync/README.md. */
#ifndef TIAN_SYNC_SYNC_H
#define TIAN_SYNC_SYNC_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/log/change.h"
#include "core/log/change_log.h"
#include "core/replica/replica.h"

enum { SYNC_COMMIT_TEXT = 65 };

/* --- a node -------------------------------------------------------------- */

struct node;

/* Opens dir/tian.db; repository and key are opened when first needed.
 * ERR_MISSING: no replica there. */
int node_open(struct node **out, const char *dir, struct err *err);
void node_close(struct node *node); /* NULL is fine */
/* Borrowed; lives as long as the node. */
struct replica *node_replica(struct node *node);

struct node_options {
	const char *dir;	/* made if absent */
	const char *hub;	/* address */
	const char *site;	/* REPLICA_OFFICE or the unit's code */
	const char *name;	/* of the site, or NULL */
	const char *key_file;	/* an OpenSSH key to use, or NULL: a new one */
	const char *author;	/* the person who edits here, or NULL */
	const char *office_key; /* the office's: a public key file, or its
				   fingerprint (hex, or SHA256:… as ssh-keygen
				   prints it); NULL: believed on first use */
};
/* Makes the node, and what an interrupted call left undone; repeated with the
 * same options it changes nothing. ERR_INPUT: another node is there, or an
 * option is wrong. */
int node_init_office(const struct node_options *options, struct err *err);
int node_init_unit(const struct node_options *options, struct err *err);

/* The commit that carries a change: the outbox's own where it is here, else
 * the inbox commit that brought it; "" while it is in none. */
int node_commit_of(char out[SYNC_COMMIT_TEXT], struct node *node,
		   struct change_id id, struct err *err);

/* Whether this node began at a checkpoint: a sync with `history` brings what
 * was sent to its unit before. */
int node_began_late(bool *out, struct node *node, struct err *err);

/* A change by id: from the log, else from the commit that carries it.
 * ERR_MISSING: it is in neither. */
int node_change(struct node *node, struct change_id id, change_log_fn *fn,
		void *ctx, struct err *err);

/* The register's document of a case as main held it: `at` is the first digits
 * of a main commit, or a date (the last commit of that day, or before it).
 * *commit names it. ERR_INPUT: no such commit, a unit (it has no main), or
 * the case was not in it. */
int node_register_at(struct buf *text, char commit[SYNC_COMMIT_TEXT],
		     struct node *node, const char *key, const char *at,
		     struct err *err);

/* --- sync ---------------------------------------------------------------- */

enum sync_stage {
	SYNC_STAGE_COMMIT, /* own edits into signed commits */
	SYNC_STAGE_PUSH,   /* to the hub */
	SYNC_STAGE_FETCH,  /* from the hub */
	SYNC_STAGE_APPLY,  /* what others wrote, into the replica */
	SYNC_STAGE_MERGE,  /* the office takes in outboxes */
	SYNC_STAGE_DELIVER /* the office fills inboxes */
};

enum sync_detail_kind {
	SYNC_REFUSED,	  /* a change its writer may not make */
	SYNC_QUARANTINED, /* a ref that stops here until a person looks */
	SYNC_WAITING,	  /* a ref of a site that is not enrolled yet */
	SYNC_NOTICE,	  /* something was put right, and should be known */
	SYNC_AWAY	  /* `site: why`: its mailbox was not reached; all else
			     was done */
};

struct sync_detail {
	enum sync_detail_kind kind;
	char *text;
};

struct sync_report {
	size_t pushed;	   /* changes newly brought to the hub */
	size_t received;   /* changes of others newly applied here */
	size_t merged;	   /* changes taken into main by this run */
	size_t refused;	   /* changes refused and refs quarantined */
	size_t soft, hard; /* conflicts in the replica now */
	char commit[SYNC_COMMIT_TEXT]; /* main's or the inbox's tip, or "" */
	bool not_enrolled;
	struct sync_detail *details;
	size_t n_details;
};

/* done and total count what the stage is made of; total may be 0. */
typedef void sync_progress_fn(enum sync_stage stage, size_t done, size_t total,
			      void *ctx);

struct sync_options {
	sync_progress_fn *progress; /* or NULL */
	void *ctx;
	bool history;	  /* sync at a unit: all that was ever sent to it, for a
			     node that began at a checkpoint */
	const char *from; /* verify at the office: a main commit (its first
			     digits) up to which all was proven before; NULL:
			     from the first one */
};

/* Fills *report (start with {0}; sync_report_release), also on errors.
 * ERR_HUB: the hub is away, or the unit is not enrolled; what was edited is
 * committed here and goes with the next sync. ERR_BUSY: another process
 * syncs. */
int node_sync(struct sync_report *report, struct node *node,
	      const struct sync_options *options, struct err *err);
void sync_report_release(struct sync_report *report);

/* --- verify -------------------------------------------------------------- */

struct verify_report {
	bool ok;
	size_t commits; /* signatures checked */
	size_t changes;
	size_t refused;
	size_t unread; /* commits of a newer program, whose register files could
			  not be compared */
	char state[SYNC_COMMIT_TEXT]; /* hash of what follows from them */
	char **findings; /* what does not follow: commit, path, why */
	size_t n_findings;
};

enum verify_source {
	VERIFY_OWN, /* this node's repository */
	VERIFY_HUB  /* the hub, read afresh */
};

/* Recomputes everything from the first commit on, in memory, and compares.
 * Findings are no error; an error says that it could not be carried out.
 * What another process was changing just then is looked at once more.
 * ERR_INPUT: options->from is no commit of main. */
int node_verify(struct verify_report *report, struct node *node,
		enum verify_source source, const struct sync_options *options,
		struct err *err);
void verify_report_release(struct verify_report *report);

#endif
