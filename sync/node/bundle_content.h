/* bundle_content.h - what goes into a node's file, and from where on.
 * Knows what the reader has shown to have; writes no file. */
#ifndef TIAN_SYNC_BUNDLE_CONTENT_H
#define TIAN_SYNC_BUNDLE_CONTENT_H

#include "sync/node/node.h"
#include "sync/node/node_bundle.h"

struct bundle_content {
	struct ref ref;	  /* that the file carries; its name is owned */
	struct oid since; /* the reader must have it; zero: nothing */
	struct oid begin; /* a new reader begins at this checkpoint, and `ref`
			     is a commit in memory that wraps it and what
			     follows (wrapped.h); zero: not so */
	size_t commits;	  /* 0: there is nothing new */
};

/* Fills *out (bundle_content_release, also on errors); the repository is
 * locked, and nothing waits in its memory. ERR_INPUT: nothing can be sent to
 * that site. */
int bundle_content_find(struct bundle_content *out, struct node *node,
			const struct bundle_options *options, struct err *err);
void bundle_content_release(struct bundle_content *content);

#endif
