/* cmd_init.c - tian init: a new replica of the office or of a unit.
 * Knows options; making it is sync's. */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "cli/args.h"
#include "cli/message.h"
#include "core/buf.h"
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

static void say_what_next(const struct init *init)
{
	const char *dir = init->node.dir;

	if (init->office)
		cli_note(_("The office's replica is ready in %s, the hub at "
			   "%s.\nNext: tian unit add CODE NAME --key FILE, "
			   "tian import FILE."),
			 dir, init->node.hub);
	else
		cli_note(_("The replica of %s is ready in %s.\nNext: give "
			   "%s/key.pub to the office, which enrols it with\n"
			   "  tian unit add %s NAME --key key.pub"),
			 init->unit, dir, dir, init->unit);
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
	if (rc == 0)
		say_what_next(init);
	return rc;
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
	};
	const struct arg_spec spec = {help, options, 5, 0, 0};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	if (rc == 0)
		rc = run(&init, cli, &err);
	args_list_release(&words);
	return rc < 0 ? cli_fail(cli, &err) : CLI_DONE;
}
