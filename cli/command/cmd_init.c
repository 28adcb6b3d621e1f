/* cmd_init.c - tian init: a new replica of the office or of a unit.
 * Knows options; making it is sync's. */
#include "cli/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/terminal/args.h"
#include "cli/terminal/message.h"
#include "core/base/buf.h"
#include "sync/road/hub.h"
#include "sync/git/refs.h"
#include "sync/sync.h"

static const char help[] = N_(
	"usage: tian init --office --hub URL [--name NAME] [--key FILE]\n"
	"       tian init --unit CODE --hub URL [--name NAME] [--key FILE]\n"
	"\n"
	"Makes a replica here (or in -C DIR): the database tian.db, the\n"
	"repository tian.git and the key. The office's also makes the hub\n"
	"where there is none.\n"
	"\n"
	"  --hub URL    where everybody meets: a folder, a stick, ssh://host/path,\n"
	"               host:path, https://host/path\n"
	"  --name NAME  what the office or unit is called\n"
	"  --key FILE   an OpenSSH ed25519 key to use; else one is made\n"
	"  --as NAME    the person who works here\n"
	"  --office-key KEY  the office's key, so that no other is believed:\n"
	"               its key.pub, or the fingerprint (ssh-keygen -l); without\n"
	"               it the first one met is believed, and told\n"
	"\n"
	"example: tian -C office init --office --hub ./hub --name 区政协提案委\n"
	"         tian -C edu init --unit edu --hub ./hub --name 区教育局\n");

struct init {
	bool office;
	const char *unit;
	struct node_options node;
};

static int check(const struct init *init, struct err *err)
{
	if (init->office == (init->unit != NULL))
		return err_set(err, ERR_USAGE,
			       _("say which replica this shall be: --office, "
				 "or --unit CODE"));
	if (!init->node.hub)
		return err_set(err, ERR_USAGE,
			       _("say where everybody meets: --hub URL (a "
				 "folder will do)"));
	if (init->unit && strcmp(init->unit, REPLICA_OFFICE) == 0)
		return err_set(err, ERR_USAGE,
			       _("'%s' is the office's own code; use "
				 "--office, or another code"),
			       init->unit);
	return 0;
}

/* Does another node of the office work with this hub already? Its outbox is
 * there then. */
static bool has_office(const struct replica *replica, const char *url)
{
	static const char prefix[] = REF_OUTBOX REPLICA_OFFICE "/";
	struct ref_list refs = {0};
	struct buf own = BUF_INIT;
	struct hub *hub = NULL;
	struct err err = {0};
	bool other = false;

	refs_outbox(&own, REPLICA_OFFICE, replica_origin(replica));
	if (hub_open(&hub, url, &err) == 0 &&
	    hub_refs(&refs, hub, prefix, &err) == 0)
		for (size_t i = 0; i < refs.n; i++)
			other = other ||
				strcmp(refs.items[i].name, buf_text(&own)) != 0;
	ref_list_release(&refs);
	hub_close(hub);
	buf_release(&own);
	return other;
}

static void say_office(const struct init *init, struct cli *cli,
		       const char *hub)
{
	const char *dir = init->node.dir;

	if (has_office(cli->replica, hub))
		cli_note(_("The office's replica is ready in %s. Another "
			   "computer of the office works with this hub "
			   "already, and\nmust enrol this one before it "
			   "counts: bring it %s/key.pub and run there\n"
			   "  tian unit add office NAME --key key.pub\n"
			   "  tian sync\n"
			   "then tian sync here."),
			 dir, dir);
	else
		cli_note(_("The office's replica is ready in %s, the hub at "
			   "%s.\nNext: tian unit add CODE NAME --key FILE, "
			   "tian import FILE."),
			 dir, init->node.hub);
}

static void say_unit(const struct init *init, const char *hub)
{
	const char *dir = init->node.dir;

	cli_note(_("The replica of %s is ready in %s.\nNext: give "
		   "%s/key.pub to the office, which enrols it with\n"
		   "  tian unit add %s NAME --key key.pub"),
		 init->unit, dir, dir, init->unit);
	if (*hub == '/' && access(hub, F_OK) != 0)
		cli_note(_("The hub %s is not there now. If that is right "
			   "(the stick is elsewhere), go on; if it is a slip "
			   "of the pen,\nremove %s and run init again with "
			   "the right --hub."),
			 hub, dir);
}

/* What to do now; the address is as the replica keeps it. */
static int say_what_next(struct init *init, struct cli *cli, struct err *err)
{
	char *hub = NULL;
	int rc = cli_open(cli, err);

	if (rc == 0) /* looked for anew by cli_open */
		init->node.dir = cli->path;
	if (rc == 0)
		rc = replica_get(&hub, cli->replica, "hub", err);
	if (rc == 0 && init->office)
		say_office(init, cli, hub);
	else if (rc == 0)
		say_unit(init, hub);
	free(hub);
	return rc;
}

static int run(struct init *init, struct cli *cli, struct err *err)
{
	int rc = check(init, err);

	if (rc == 0)
		rc = cli_locate(cli, true, err);
	if (rc < 0)
		return rc;
	init->node.dir = cli->path;
	init->node.author = cli->author;
	init->node.site = init->office ? REPLICA_OFFICE : init->unit;
	rc = init->office ? node_init_office(&init->node, err)
			  : node_init_unit(&init->node, err);
	return rc < 0 ? rc : say_what_next(init, cli, err);
}

int cmd_init(struct cli *cli, int argc, char **argv)
{
	struct init init = {0};
	const struct arg_option options[] = {
		{"--office", ARG_FLAG, &init.office},
		{"--unit", ARG_ONE, &init.unit},
		{"--hub", ARG_ONE, &init.node.hub},
		{"--name", ARG_ONE, &init.node.name},
		{"--key", ARG_ONE, &init.node.key_file},
		{"--office-key", ARG_ONE, &init.node.office_key},
	};
	const struct arg_spec spec = {help, options, 6, 0, 0};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	if (rc == 0)
		rc = run(&init, cli, &err);
	args_list_release(&words);
	return rc < 0 ? cli_fail(cli, &err) : CLI_DONE;
}
