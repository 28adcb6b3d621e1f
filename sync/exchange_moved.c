/* exchange_moved.c - a unit that has a mailbox now, and a hub or another mailbox
 * where it was met before: that one says so to who still asks there.
 * Knows that one mark; what lies there of the unit stays as it is.
 *
 *   refs/heads/moved/<site>   a commit of the office's, its parent the mark
 *                             before, if any, and an empty tree; trailers
 *                             `Site`, `Mailbox` (the address; `-`: it is
 *                             met here again), and `Inbox`: the commit that
 *                             the hub's inbox ends with
 *
 * (M1) A mark counts while the inbox there still ends so: if the unit comes
 *      back, its inbox goes on, and the mark says nothing any more. */
#include "sync/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "sync/git/refs.h"
#include "sync/node/inbox.h"
#include "sync/road/hub_union.h"
#include "sync/road/mailboxes.h"

enum { URL_MAX = 1024 };

static const char HERE[] = "-"; /* no address: at this hub */

/* A mark, as far as it is one. */
struct mark {
	struct oid id; /* zero: there is none */
	bool here;     /* that commit is, so that another may follow it */
	struct oid inbox;
	char url[URL_MAX];
	uint8_t signer[CRYPTO_PUBLIC_SIZE];
	int64_t time;
};

static int read_mark(struct mark *out, struct repository *repository,
		     const struct oid *oid, const char *site, struct err *err)
{
	struct commit commit;
	const char *named;
	const char *url;
	size_t named_len;
	size_t len;
	int rc = commit_read(&commit, repository, oid, err);

	*out = (struct mark){.id = *oid};
	if (rc < 0)
		return rc;
	out->time = commit.time;
	named = commit_trailer(&named_len, &commit, "Site");
	url = commit_trailer(&len, &commit, "Mailbox");
	if (named == NULL || url == NULL || len >= URL_MAX ||
	    named_len != strlen(site) || memcmp(named, site, named_len) != 0 ||
	    !commit_trailer_oid(&out->inbox, &commit, "Inbox"))
		rc = err_set(err, ERR_CORRUPT, "no mark");
	else
		memcpy(out->url, url, len); /* the rest is zero */
	if (rc == 0)
		rc = commit_signer(out->signer, &commit, err);
	commit_release(&commit);
	return rc;
}

/* What the hub has, brought here; what is no mark is as if it were not. */
static int fetch_mark(struct mark *out, struct node *node, struct hub *hub,
		      const struct oid *oid, const char *site, struct err *err)
{
	struct commit commit = {.n_parents = 0};
	struct err ignored;
	bool here;
	int rc = hub_fetch(hub, node->repository, oid, 1, err);

	here = rc == 0 &&
	       commit_read(&commit, node->repository, oid, &ignored) == 0;
	commit_release(&commit);
	if (rc == 0)
		rc = read_mark(out, node->repository, oid, site, err);
	if (rc == ERR_CORRUPT || rc == ERR_MISSING) {
		*out = (struct mark){.id = *oid};
		rc = 0;
	}
	out->here = here;
	return rc;
}

/* --- the office marks ---------------------------------------------------- */

static int make_message(struct buf *out, struct node *node, const char *site,
			const char *url, const struct oid *inbox,
			struct err *err)
{
	char hex[OID_TEXT];
	int rc = node_site_name(out, node->replica, site, err);

	if (strcmp(url, HERE) == 0)
		buf_adds(out, " 不再使用信箱，仍在此收发\n\n");
	else
		buf_addf(out,
			 " 已改用自己的信箱\n\n"
			 "以后的送达都在信箱；在那里同步：tian hub use %s\n\n",
			 url);
	commit_add_trailer(out, "Site", site);
	commit_add_trailer(out, "Mailbox", url);
	oid_format(hex, inbox);
	commit_add_trailer(out, "Inbox", hex);
	return rc < 0 ? rc : buf_check(out, err);
}

static int write_mark(struct oid *out, struct node *node, const char *site,
		      const char *url, const struct oid *inbox,
		      const struct mark *before, struct err *err)
{
	struct buf names = BUF_INIT;
	struct buf message = BUF_INIT;
	struct commit_draft draft = {.parents = &before->id,
				     .n_parents = before->here};
	int rc = node_sign_as_office(&draft, &names, node, "",
				     (int64_t)(clock_now_ms() / 1000), err);

	if (rc == 0)
		rc = repository_edit_tree(&draft.tree, node->repository, NULL,
					  NULL, 0, err);
	if (rc == 0)
		rc = make_message(&message, node, site, url, inbox, err);
	draft.message = buf_text(&message);
	if (rc == 0)
		rc = commit_write(out, node->repository, &draft, &node->key,
				  err);
	buf_release(&message);
	buf_release(&names);
	return rc;
}

static int push_mark(struct node *node, struct hub *centre, const char *site,
		     const char *url, const struct oid *inbox,
		     const struct mark *before, const struct run *run,
		     struct err *err)
{
	struct buf name = BUF_INIT;
	struct hub_update update = {.old = before->id};
	struct hub_push push = {.updates = &update, .n = 1};
	int rc = write_mark(&update.new_oid, node, site, url, inbox, before,
			    err);

	buf_addf(&name, REF_MOVED "%s", site);
	update.name = buf_text(&name);
	if (rc == 0)
		rc = hub_push(centre, node->repository, &push, err);
	/* It is read again by the next run, from here. */
	if (rc == 0)
		rc = repository_flush(node->repository, err);
	if (rc == 0 && update.result == 0 && strcmp(url, HERE) != 0)
		rc = run_detail(run, SYNC_NOTICE, err,
				"what the hub has of a unit with a mailbox "
				"stays there, and its computers that still "
				"ask there are told the new address: %s",
				site);
	buf_release(&name);
	return rc;
}

/* What the mark of an inbox at the hub has to say: where it goes on; that it
 * goes on here, where a mark still says otherwise; or nothing, "". */
static int find_address(struct buf *out, struct node *node, struct hub *hub,
			const char *site, const struct mark *there,
			const struct oid *inbox, struct err *err)
{
	bool counts = there->url[0] != '\0' && oid_equal(&there->inbox, inbox);
	int rc = mailboxes_url(out, node->replica, site, err);

	if (rc == 0 && out->len == 0 && counts)
		buf_adds(out, HERE);
	if (rc < 0 || out->len == 0)
		return rc;
	if (out->len >= URL_MAX ||
	    (counts && strcmp(there->url, buf_text(out)) == 0) ||
	    (strcmp(buf_text(out), HERE) != 0 &&
	     hub_union_member(hub, site) == NULL)) /* away: not this time */
		buf_clear(out);
	return buf_check(out, err);
}

static int mark(struct node *node, struct hub *hub, const struct ref *inbox,
		const struct ref_list *marks, const struct run *run,
		struct err *err)
{
	struct hub *centre = hub_union_centre(hub);
	char site[REF_SITE_MAX + 1];
	struct buf name = BUF_INIT;
	struct buf url = BUF_INIT;
	struct mark there = {.time = 0};
	const struct oid *oid;
	int rc = 0;

	if (!refs_parse_inbox(site, inbox->name))
		return 0;
	buf_addf(&name, REF_MOVED "%s", site);
	oid = ref_list_find(marks, buf_text(&name));
	if (oid != NULL)
		rc = fetch_mark(&there, node, centre, oid, site, err);
	if (rc == 0)
		rc = find_address(&url, node, hub, site, &there, &inbox->oid,
				  err);
	if (rc == 0 && url.len > 0)
		rc = push_mark(node, centre, site, buf_text(&url), &inbox->oid,
			       &there, run, err);
	buf_release(&name);
	buf_release(&url);
	return rc;
}

/* --- from one mailbox to another ------------------------------------------- */

/* `_meta.met:SITE` is the mailbox where a site was met last. */
static int met_at(char **out, struct buf *name, struct node *node,
		  const char *site, struct err *err)
{
	int rc;

	buf_addf(name, "met:%s", site);
	rc = buf_check(name, err);
	return rc < 0 ? rc
		      : replica_get(out, node->replica, buf_text(name), err);
}

/* What a mailbox says of its site: that it goes on at `url`, where it says so
 * already, or has no inbox, nothing is done. HERE only answers another mark. */
static int mark_mailbox(struct node *node, struct hub *mailbox,
			const char *site, const char *url,
			const struct run *run, struct err *err)
{
	struct mark there = {.time = 0};
	struct buf inbox = BUF_INIT;
	struct buf name = BUF_INIT;
	struct oid tip;
	struct oid oid = {{0}};
	bool says;
	int rc;

	refs_inbox(&inbox, site);
	buf_addf(&name, REF_MOVED "%s", site);
	rc = exchange_ref(&tip, mailbox, buf_text(&inbox), err);
	if (rc == 0)
		rc = exchange_ref(&oid, mailbox, buf_text(&name), err);
	if (rc == 0 && !oid_is_zero(&oid))
		rc = fetch_mark(&there, node, mailbox, &oid, site, err);
	says = there.url[0] != '\0' && oid_equal(&there.inbox, &tip);
	if (rc == 0 && !oid_is_zero(&tip) &&
	    (says ? strcmp(there.url, url) != 0 : strcmp(url, HERE) != 0))
		rc = push_mark(node, mailbox, site, url, &tip, &there, run,
			       err);
	buf_release(&name);
	buf_release(&inbox);
	return rc;
}

static int mark_former(struct node *node, const char *url, const char *site,
		       const char *new_url, const struct run *run,
		       struct err *err)
{
	struct hub *mailbox = NULL;
	int rc = hub_open(&mailbox, url, err);

	if (rc == 0)
		rc = mark_mailbox(node, mailbox, site, new_url, run, err);
	hub_close(mailbox);
	return rc;
}

/* Once: a mailbox is often left because it is not reached any more. */
static int follow(struct node *node, struct hub *hub, const struct mailbox *now,
		  const struct run *run, struct err *err)
{
	struct hub *mailbox = hub_union_member(hub, now->site);
	struct buf name = BUF_INIT;
	char *met = NULL;
	int rc = met_at(&met, &name, node, now->site, err);

	if (rc == 0 && mailbox != NULL && strcmp(met, now->url) != 0) {
		rc = mark_mailbox(node, mailbox, now->site, HERE, run, err);
		if (rc == 0 && *met != '\0')
			rc = mark_former(node, met, now->site, now->url, run,
					 err);
		if (rc == ERR_HUB || rc == ERR_STALE || rc == ERR_INPUT)
			rc = run_detail(run, SYNC_NOTICE, err,
					"a unit's new address was not told to "
					"its mailbox so far: %s",
					err->text);
		if (rc == 0)
			rc = replica_set(node->replica, buf_text(&name),
					 now->url, err);
	}
	free(met);
	buf_release(&name);
	return rc;
}

static int mark_mailboxes(struct node *node, struct hub *hub,
			  const struct run *run, struct err *err)
{
	struct mailboxes now = {NULL, 0};
	int rc = mailboxes_load(&now, node->replica, err);

	for (size_t i = 0; rc == 0 && i < now.n; i++)
		rc = follow(node, hub, &now.items[i], run, err);
	mailboxes_release(&now);
	return rc;
}

/* --- all of them ----------------------------------------------------------- */

int exchange_mark_moved(struct node *node, struct hub *hub,
			const struct run *run, struct err *err)
{
	struct hub *centre = hub_union_centre(hub);
	struct ref_list inboxes = {NULL, 0};
	struct ref_list marks = {NULL, 0};
	bool any = false;
	int rc = mailboxes_ever(&any, node->replica, err);

	if (rc < 0 || !any || centre == NULL)
		return rc;
	rc = hub_refs(&inboxes, centre, REF_INBOX, err);
	if (rc == 0)
		rc = hub_refs(&marks, centre, REF_MOVED, err);
	for (size_t i = 0; rc == 0 && i < inboxes.n; i++)
		rc = mark(node, hub, &inboxes.items[i], &marks, run, err);
	if (rc == 0)
		rc = mark_mailboxes(node, hub, run, err);
	ref_list_release(&inboxes);
	ref_list_release(&marks);
	if (rc < 0)
		repository_discard(node->repository);
	if (rc == ERR_HUB || rc == ERR_STALE)
		rc = run_detail(run, SYNC_NOTICE, err,
				"a unit's new address was not told to the "
				"hub: %s",
				err->text);
	return rc;
}

/* --- a unit is told ------------------------------------------------------ */

/* Only a key that this node's inbox names as the office's says where to go. */
static int is_office(bool *out, struct node *node, const struct mark *mark,
		     struct err *err)
{
	struct inbox_entry entry;
	struct oid inbox;
	int rc = node_get_oid(&inbox, node->replica, NODE_INBOX, err);

	*out = false;
	if (rc < 0 || oid_is_zero(&inbox))
		return rc;
	rc = inbox_read(&entry, node->repository, &inbox,
			replica_site(node->replica), err);
	if (rc < 0)
		return rc;
	*out = signers_allow(&entry.signers, REPLICA_OFFICE, mark->signer,
			     mark->time);
	inbox_entry_release(&entry);
	return 0;
}

int exchange_tell_moved(struct node *node, struct hub *hub,
			const struct oid *tip, const struct run *run,
			struct err *err)
{
	struct mark mark = {.time = 0};
	struct buf name = BUF_INIT;
	char *address = NULL;
	bool office = false;
	struct oid oid;
	int rc;

	buf_addf(&name, REF_MOVED "%s", replica_site(node->replica));
	rc = exchange_ref(&oid, hub, buf_text(&name), err);
	buf_release(&name);
	if (rc == 0 && !oid_is_zero(&oid))
		rc = fetch_mark(&mark, node, hub, &oid,
				replica_site(node->replica), err);
	if (rc < 0 || mark.url[0] == '\0' || strcmp(mark.url, HERE) == 0 ||
	    !oid_equal(&mark.inbox, tip))
		return rc;
	rc = replica_get(&address, node->replica, NODE_HUB, err);
	if (rc == 0 && strcmp(address, mark.url) != 0)
		rc = is_office(&office, node, &mark, err);
	free(address);
	if (rc < 0 || !office)
		return rc;
	return run_detail(run, SYNC_NOTICE, err,
			  "the office meets this unit at another address now, "
			  "and what it sends is there: tian hub use %s",
			  mark.url);
}
