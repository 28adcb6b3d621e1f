/* node_bundle.h - a node's exchange by one file instead of the hub.
 * Knows what goes into the file and where it comes from; how it is judged is
 * the business of the same steps that a sync takes. */
#ifndef TIAN_SYNC_NODE_BUNDLE_H
#define TIAN_SYNC_NODE_BUNDLE_H

#include "sync/sync.h"

struct bundle_options {
	const char *site; /* the office: for whom; a unit: NULL */
	bool full;	  /* from the beginning */
};

struct bundle_report {
	char ref[160]; /* that the file carries */
	char tip[SYNC_COMMIT_TEXT];
	char since[SYNC_COMMIT_TEXT]; /* the reader must have it; "": nothing */
	char begin[SYNC_COMMIT_TEXT]; /* a new computer begins at this
					 checkpoint; "": at the beginning */
	size_t commits;		      /* 0: there is nothing new, no file */
	struct sync_report told;      /* what was put right on the way, as
					 details; sync_report_release */
};

/* A unit's file carries its outbox, from the last commit on that the office
 * has shown to have; the office's carries a unit's inbox, from where all its
 * nodes have shown to be, or where one has shown nothing, from the last
 * checkpoint. ERR_INPUT: nothing can be sent to that site. */
int node_bundle_create(struct bundle_report *report, struct node *node,
		       const char *path, const struct bundle_options *options,
		       struct err *err);
/* A unit takes its inbox in. The office takes outboxes in as if they had been
 * pushed to the hub, where main and the inboxes go as in a sync. ERR_INPUT:
 * the file is not for this node, or damaged; ERR_HUB: only the office's. */
int node_bundle_apply(struct sync_report *report, struct node *node,
		      const char *path, const struct sync_options *options,
		      struct err *err);

#endif
