/* unit_mailbox.c - where a unit meets the office, if not at the hub. */
#include "cli/case/unit_mailbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/case/case.h"
#include "cli/terminal/json_out.h"
#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "core/log/edit.h"
#include "sync/road/hub.h"
#include "sync/road/mailboxes.h"
#include "sync/node/node.h"

static int tell(struct cli *cli, const char *code, struct err *err)
{
	struct buf url = BUF_INIT;
	struct json_out json;
	int rc = mailboxes_url(&url, cli->replica, code, err);

	json_out_init(&json);
	if (rc == 0 && cli->json) {
		json_out_object(&json, NULL);
		json_out_text(&json, "code", code);
		json_out_text(&json, "mailbox",
			      url.len > 0 ? buf_text(&url) : NULL);
		json_out_end(&json);
		rc = json_out_print(&json, stdout, err);
	} else if (rc == 0) {
		puts(url.len > 0 ? buf_text(&url)
				 : _("none: it meets the office at the hub"));
	}
	json_out_release(&json);
	buf_release(&url);
	return rc;
}

/* One place for two would show each what is the other's. */
static int check_own(struct replica *replica, const char *code, const char *url,
		     struct err *err)
{
	struct mailboxes all = {NULL, 0};
	char *hub = NULL;
	int rc = replica_get(&hub, replica, NODE_HUB, err);

	if (rc == 0 && strcmp(hub, url) == 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s is the hub itself; a mailbox is another "
			       "repository"),
			     url);
	if (rc == 0)
		rc = mailboxes_load(&all, replica, err);
	for (size_t i = 0; rc == 0 && i < all.n; i++)
		if (strcmp(all.items[i].url, url) == 0 &&
		    strcmp(all.items[i].site, code) != 0)
			rc = err_set(err, ERR_INPUT,
				     _("%s is the mailbox of %s already; each "
				       "unit needs its own"),
				     url, all.items[i].site);
	mailboxes_release(&all);
	free(hub);
	return rc;
}

static int write_row(struct cli *cli, const char *code, const char *url,
		     struct err *err)
{
	const struct entity *mailbox =
		schema_entity_named(replica_schema(cli->replica), "mailbox");
	size_t n = 0;
	int rc = edit_begin(cli->replica, err);

	if (rc < 0)
		return rc;
	rc = row_add(cli->replica, mailbox, code, NULL, err);
	if (rc == 0)
		rc = row_set_text(cli->replica, "mailbox", code, "url", url,
				  NULL, err);
	if (rc == 0)
		rc = edit_commit(cli->replica, cli->author, NULL, &n, err);
	else
		edit_rollback(cli->replica);
	return rc;
}

static int set(const struct unit_mailbox *asked, struct cli *cli,
	       const char *code, struct err *err)
{
	struct buf name = BUF_INIT;
	struct buf url = BUF_INIT;
	int rc = case_unit_name(&name, cli->replica, code, err);

	if (rc == 0 && asked->url != NULL)
		rc = hub_address(&url, asked->url, err);
	if (rc == 0 && asked->url != NULL)
		rc = check_own(cli->replica, code, buf_text(&url), err);
	if (rc == 0 && asked->url != NULL)
		rc = hub_create(buf_text(&url), err);
	if (rc == 0)
		rc = write_row(cli, code,
			       asked->url != NULL ? buf_text(&url) : NULL, err);
	if (rc == 0 && asked->url != NULL)
		cli_note(_("%s meets the office at %s from the next tian sync "
			   "on. There: tian init --unit %s --hub %s; where it "
			   "has a replica already: tian hub use %s"),
			 buf_text(&name), buf_text(&url), code, buf_text(&url),
			 buf_text(&url));
	else if (rc == 0)
		cli_note(_("%s meets the office at the hub from the next tian "
			   "sync on."),
			 buf_text(&name));
	buf_release(&url);
	buf_release(&name);
	return rc;
}

int unit_mailbox_run(const struct unit_mailbox *asked, struct cli *cli,
		     struct err *err)
{
	struct buf code = BUF_INIT;
	int rc = cli_open(cli, err);

	if (rc == 0 && !replica_is_office(cli->replica))
		rc = err_set(err, ERR_INPUT,
			     _("only the office knows where units meet it; at "
			       "a unit, tian hub tells where it meets the "
			       "office"));
	if (rc == 0)
		rc = case_unit(&code, cli->replica, asked->unit, err);
	if (rc == 0)
		rc = asked->url != NULL || asked->none
			     ? set(asked, cli, buf_text(&code), err)
			     : tell(cli, buf_text(&code), err);
	buf_release(&code);
	return rc;
}
