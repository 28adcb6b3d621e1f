/* standing.c - how this node's key stands with the office. */
#include "sync/node/standing.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "sync/node/inbox.h"
#include "sync/office/ledger.h"

static int of_inbox(struct signers *out, struct node *node,
		    const struct oid *inbox, struct err *err)
{
	struct inbox_entry entry;
	int rc = inbox_read(&entry, node->repository, inbox,
			    replica_site(node->replica), err);

	if (rc < 0)
		return rc;
	*out = entry.signers;
	entry.signers = (struct signers){NULL, 0};
	inbox_entry_release(&entry);
	return 0;
}

static int of_main(struct signers *out, int64_t *now, struct node *node,
		   const struct oid *main_oid, struct err *err)
{
	struct repository *repository = node->repository;
	struct buf text = BUF_INIT;
	struct commit commit;
	struct oid blob;
	int rc = commit_read(&commit, repository, main_oid, err);

	if (rc == 0 && commit.time > *now)
		*now = commit.time;
	if (rc == 0)
		rc = repository_find(&blob, repository, &commit.tree,
				     LEDGER_SIGNERS, err);
	if (rc == 0)
		rc = repository_read(&text, repository, &blob, OBJECT_BLOB,
				     err);
	if (rc == 0)
		rc = signers_parse(out, &text, err);
	buf_release(&text);
	commit_release(&commit);
	return rc;
}

int standing_signers(struct signers *out, int64_t *now, struct node *node,
		     struct err *err)
{
	bool office = replica_is_office(node->replica);
	struct oid tip;
	int rc = node_need(node, err);

	*now = (int64_t)(clock_now_ms() / 1000);
	if (rc == 0)
		rc = node_get_oid(&tip, node->replica,
				  office ? NODE_MAIN : NODE_INBOX, err);
	if (rc < 0 || oid_is_zero(&tip))
		return rc;
	return office ? of_main(out, now, node, &tip, err)
		      : of_inbox(out, node, &tip, err);
}

/* An office's node that has merged nothing: the first one, or made as it. */
static int before_main(struct standing *out, struct node *node, struct err *err)
{
	struct buf line = BUF_INIT;
	char *pinned = NULL;
	int rc = replica_get(&pinned, node->replica, NODE_OFFICE_KEY, err);

	key_public_line(&line, node->key.public_key);
	if (rc == 0 && strcmp(pinned, buf_text(&line)) == 0)
		out->kind = STANDING_SECOND;
	free(pinned);
	buf_release(&line);
	return rc;
}

int standing_read(struct standing *out, struct node *node, struct err *err)
{
	const char *site = replica_site(node->replica);
	const struct signer *signer;
	struct signers signers = {NULL, 0};
	int64_t now;
	int rc = standing_signers(&signers, &now, node, err);

	*out = (struct standing){STANDING_OPEN, ""};
	if (rc < 0)
		return rc;
	signer = signers_find(&signers, site, node->key.public_key);
	if (signers.n == 0 && replica_is_office(node->replica))
		rc = before_main(out, node, err);
	else if (signers.n == 0)
		out->kind = STANDING_OPEN;
	else if (signer != NULL && signer_ended(signer, now))
		out->kind = STANDING_ENDED;
	else
		out->kind =
			signers_allow(&signers, site, node->key.public_key, now)
				? STANDING_GOOD
				: STANDING_ABSENT;
	if (out->kind == STANDING_ENDED)
		signer_show_time(out->until, signer->until);
	signers_release(&signers);
	return rc;
}
