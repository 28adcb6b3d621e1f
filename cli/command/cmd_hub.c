/* cmd_hub.c - tian hub: where this replica meets the others; and what a
 * server needs where it shall hold senders and readers apart.
 * Knows other people's configuration files as text. */
#include "cli/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/terminal/args.h"
#include "cli/terminal/json_out.h"
#include "cli/terminal/message.h"
#include "sync/node/copies.h"
#include "sync/road/hub.h"
#include "sync/node/node.h"
#include "sync/git/refs.h"

static const char help[] = N_(
	"usage: tian hub\n"
	"       tian hub use URL\n"
	"       tian hub rules [ssh | https | gitolite | forge | pre-receive]\n"
	"\n"
	"Alone, tells where this replica meets the others. use goes there from\n"
	"now on: it has moved, or the office gave the unit a mailbox.\n"
	"\n"
	"The hub needs no rules: what is taken in is decided by signature.\n"
	"Where a server shall also keep people from writing over each\n"
	"other's refs, or units from reading other units' inboxes, this\n"
	"prints what to configure there.\n"
	"\n"
	"  ssh          sshd with git-shell, a line for each key\n"
	"  https        lighttpd with git http-backend, a password for each site\n"
	"  gitolite     one repository for each unit\n"
	"  forge        branch rules of a git forge\n"
	"  pre-receive  a hook: own outbox only, fast-forward, up to a size\n"
	"\n"
	"example: tian hub rules pre-receive > hub/hooks/pre-receive\n");

static const char pre_receive[] =
	"#!/bin/sh\n"
	"# pre-receive - a node may move only its own outbox, forward, and not\n"
	"# by more than a size. TIAN_SITE names the site (set by sshd's\n"
	"# authorized_keys, or the web server); the office's may move all.\n"
	"max=${TIAN_MAX_BYTES:-67108864}\n"
	"site=${TIAN_SITE:-${GL_USER:-${REMOTE_USER:-}}}\n"
	"refuse() { echo \"tian: $*\" >&2; exit 1; }\n"
	"[ -n \"$site\" ] || refuse 'who are you? TIAN_SITE is not set'\n"
	"if [ -n \"$GIT_QUARANTINE_PATH\" ]; then\n"
	"\tsize=$(du -sb \"$GIT_QUARANTINE_PATH\" | cut -f1)\n"
	"\t[ \"$size\" -le \"$max\" ] ||\n"
	"\t\trefuse \"$size bytes at once; at most $max are allowed\"\n"
	"fi\n"
	"while read -r old new ref; do\n"
	"\tcase $new in *[!0]*) ;; *) refuse \"$ref: refs are not deleted\" ;; esac\n"
	"\tcase $ref in\n"
	"\trefs/heads/outbox/\"$site\"/*[!0-9a-f]*) refuse \"$ref: no ref of ours\" ;;\n"
	"\trefs/heads/outbox/\"$site\"/*)\n"
	"\t\t[ ${#ref} -eq $((${#site} + 35)) ] ||\n"
	"\t\t\trefuse \"$ref: no ref of ours\" ;;\n"
	"\trefs/heads/main | refs/heads/inbox/* | refs/heads/checkpoint/* | \\\n"
	"\trefs/heads/moved/* | refs/heads/outbox/*)\n"
	"\t\t[ \"$site\" = office ] || refuse \"$ref: not $site's own\" ;;\n"
	"\t*) refuse \"$ref: no ref of ours\" ;;\n"
	"\tesac\n"
	"\tcase $old in *[!0]*)\n"
	"\t\tgit merge-base --is-ancestor \"$old\" \"$new\" ||\n"
	"\t\t\trefuse \"$ref: only forward\" ;;\n"
	"\tesac\n"
	"done\n"
	"exit 0\n";

static const char ssh[] =
	"# A mailbox for each unit (tian unit mailbox edu git@HOST:mail/edu.git), and\n"
	"# the hub for the office and auditors. An account `git` whose shell is sh;\n"
	"# sshd_config needs: PermitUserEnvironment TIAN_SITE\n"
	"\n"
	"# In the account's home folder:\n"
	"for r in hub mail/edu mail/hr; do\n"
	"\tgit init -q --bare -b main $r.git\n"
	"\tgit -C $r.git config receive.denyDeletes true\n"
	"\tgit -C $r.git config receive.denyNonFastForwards true\n"
	"\tgit -C $r.git config receive.maxInputSize 67108864\n"
	"\tgit -C $r.git config transfer.fsckObjects true\n"
	"\tgit -C $r.git config gc.writeCommitGraph false\n"
	"\ttian hub rules pre-receive > $r.git/hooks/pre-receive\n"
	"\tchmod +x $r.git/hooks/pre-receive\n"
	"done\n"
	"\n"
	"# ~/.ssh/authorized_keys, a line for each computer's ssh key. A unit's key\n"
	"# reaches its own mailbox, whatever it asks for; git-shell lets it fetch and\n"
	"# push, and the hook says what.\n"
	"restrict,environment=\"TIAN_SITE=office\",command=\"git-shell -c \\\"$SSH_ORIGINAL_COMMAND\\\"\" ssh-ed25519 AAAA office\n"
	"restrict,environment=\"TIAN_SITE=edu\",command=\"git-shell -c \\\"${SSH_ORIGINAL_COMMAND%% *} 'mail/edu.git'\\\"\" ssh-ed25519 AAAA edu\n"
	"restrict,environment=\"TIAN_SITE=hr\",command=\"git-shell -c \\\"${SSH_ORIGINAL_COMMAND%% *} 'mail/hr.git'\\\"\" ssh-ed25519 AAAA hr\n"
	"\n"
	"# Where units may read each other they can share the hub: give their keys\n"
	"# the office's command with their own TIAN_SITE. The hook still keeps them\n"
	"# to their outboxes.\n";

static const char https[] =
	"# A web server: lighttpd (with lighttpd-mod-openssl) before git http-backend.\n"
	"# A mailbox for each unit (tian unit mailbox edu\n"
	"# https://HOST/git/mail/edu.git), and the hub (https://HOST/git/hub.git) for the\n"
	"# office and auditors.\n"
	"\n"
	"# Once, as root:\n"
	"mkdir -p /srv/tian/mail\n"
	"for r in hub mail/edu mail/hr; do\n"
	"\tgit init -q --bare -b main /srv/tian/$r.git\n"
	"\tcd /srv/tian/$r.git\n"
	"\tgit config http.receivepack true\n"
	"\tgit config receive.denyDeletes true\n"
	"\tgit config receive.denyNonFastForwards true\n"
	"\tgit config receive.maxInputSize 67108864\n"
	"\tgit config transfer.fsckObjects true\n"
	"\tgit config gc.writeCommitGraph false\n"
	"\ttian hub rules pre-receive > hooks/pre-receive\n"
	"\tchmod +x hooks/pre-receive\n"
	"done\n"
	"chown -R www-data: /srv/tian\n"
	"\n"
	"# For each user, named as the site is (the office: office):\n"
	"#   echo \"edu:$(openssl passwd -apr1)\" >> /etc/lighttpd/tian.users\n"
	"\n"
	"# /etc/lighttpd/lighttpd.conf; the certificate with its key in one file:\n"
	"server.modules = (\"mod_auth\", \"mod_authn_file\", \"mod_alias\", \"mod_setenv\",\n"
	"\t\"mod_cgi\", \"mod_openssl\")\n"
	"server.document-root = \"/var/empty\"\n"
	"server.username = \"www-data\"\n"
	"server.groupname = \"www-data\"\n"
	"server.port = 443\n"
	"ssl.engine = \"enable\"\n"
	"ssl.pemfile = \"/etc/lighttpd/server.pem\"\n"
	"alias.url = (\"/git\" => \"/usr/lib/git-core/git-http-backend\")\n"
	"cgi.assign = (\"\" => \"\")\n"
	"setenv.set-environment = (\"GIT_PROJECT_ROOT\" => \"/srv/tian\",\n"
	"\t\"GIT_HTTP_EXPORT_ALL\" => \"1\")\n"
	"auth.backend = \"htpasswd\"\n"
	"auth.backend.htpasswd.userfile = \"/etc/lighttpd/tian.users\"\n"
	"$HTTP[\"url\"] =~ \"^/git/mail/edu\\.git/\" {\n"
	"\tauth.require = (\"\" => (\"method\" => \"basic\", \"realm\" => \"tian\",\n"
	"\t\t\"require\" => \"user=office|user=edu\"))\n"
	"}\n"
	"else $HTTP[\"url\"] =~ \"^/git/mail/hr\\.git/\" {\n"
	"\tauth.require = (\"\" => (\"method\" => \"basic\", \"realm\" => \"tian\",\n"
	"\t\t\"require\" => \"user=office|user=hr\"))\n"
	"}\n"
	"else $HTTP[\"url\"] =~ \"\" {\n"
	"\tauth.require = (\"\" => (\"method\" => \"basic\", \"realm\" => \"tian\",\n"
	"\t\t\"require\" => \"user=office|user=auditor\"))\n"
	"}\n"
	"\n"
	"# Each computer keeps its password with git: git config --global\n"
	"# credential.helper store, or another helper. Another web server needs the same:\n"
	"# a password for each repository, and git-http-backend(1) with REMOTE_USER.\n";

static const char gitolite[] =
	"# conf/gitolite.conf: a mailbox for each unit (tian unit mailbox edu\n"
	"# git@HOST:mail/edu), and the hub for the office and auditors.\n"
	"# keydir/SITE.pub is a computer's ssh key; keydir/2/SITE.pub a second one's.\n"
	"# ~/.gitolite.rc needs: GIT_CONFIG_KEYS => '(receive|transfer|gc)\\..*',\n"
	"repo hub\n"
	"    RW   refs/heads/                             = office\n"
	"    R                                            = auditor\n"
	"\n"
	"repo mail/edu\n"
	"    RW   refs/heads/                             = office\n"
	"    RW   refs/heads/outbox/edu/[0-9a-f]{16}$     = edu\n"
	"\n"
	"repo mail/hr\n"
	"    RW   refs/heads/                             = office\n"
	"    RW   refs/heads/outbox/hr/[0-9a-f]{16}$      = hr\n"
	"\n"
	"repo hub mail/..*\n"
	"    config receive.maxInputSize                  = 67108864\n"
	"    config transfer.fsckObjects                  = true\n"
	"    config gc.writeCommitGraph                   = false\n"
	"\n"
	"# RW without '+' is forward only, and no deletion. Reading is by repository:\n"
	"# who stands in none of its lines does not know that it exists.\n";

static const char forge[] =
	"# A git forge (Gitea, Forgejo, GitLab, GitHub): a private repository for each\n"
	"# unit as its mailbox (tian unit mailbox edu https://HOST/OFFICE/mail-edu),\n"
	"# and one for the hub that only the office and auditors may read.\n"
	"# Protected branches:\n"
	"main              push: office           force push: nobody  delete: nobody\n"
	"inbox/**          push: office           force push: nobody  delete: nobody\n"
	"checkpoint/**     push: office           force push: nobody  delete: nobody\n"
	"moved/**          push: office           force push: nobody  delete: nobody\n"
	"outbox/office/**  push: office           force push: nobody  delete: nobody\n"
	"outbox/edu/**     push: office, edu      force push: nobody  delete: nobody\n"
	"# edu's account, or a deploy key with write access for each of its computers,\n"
	"# is let into its own mailbox only. No rule for all other branches means\n"
	"# nobody else's: units share no repository.\n"
	"# Require no signed commits by the forge's own rule: it does not know the\n"
	"# keys that `signers` lists. A limit for a push (Gitea: repository size;\n"
	"# GitLab: push rules; GitHub: 100 MB a file) of 64 MiB or more.\n";

static const struct {
	const char *name;
	const char *title;
	const char *text;
} rules[] = {
	{"ssh", N_("sshd and git-shell"), ssh},
	{"https", N_("a web server"), https},
	{"gitolite", N_("gitolite"), gitolite},
	{"forge", N_("a git forge"), forge},
	{"pre-receive", N_("the hook pre-receive"), pre_receive},
};

enum { N_RULES = sizeof(rules) / sizeof(rules[0]) };

static int print_rules(const char *name, struct err *err)
{
	bool found = false;

	for (size_t i = 0; i < N_RULES; i++) {
		if (name != NULL && strcmp(name, rules[i].name) != 0)
			continue;
		found = true;
		if (name == NULL)
			printf("%s=== %s ===\n\n", i > 0 ? "\n" : "",
			       _(rules[i].title));
		fputs(rules[i].text, stdout);
	}
	if (!found)
		return err_set(err, ERR_USAGE,
			       _("there are rules for ssh, https, gitolite, "
				 "forge and pre-receive, not for '%s'"),
			       name);
	if (fflush(stdout) != 0)
		return err_set(err, ERR_FAIL,
			       _("the output could not be written"));
	return 0;
}

static int tell(struct cli *cli, struct err *err)
{
	struct json_out json;
	char *url = NULL;
	int rc = cli_open(cli, err);

	if (rc == 0)
		rc = replica_get(&url, cli->replica, NODE_HUB, err);
	json_out_init(&json);
	if (rc == 0 && cli->json) {
		json_out_object(&json, NULL);
		json_out_text(&json, "hub", url);
		json_out_end(&json);
		rc = json_out_print(&json, stdout, err);
	} else if (rc == 0) {
		puts(url);
	}
	json_out_release(&json);
	free(url);
	return rc;
}

/* What was sent before counts as not sent: who is there is not known yet. */
static int use(struct cli *cli, const char *word, struct err *err)
{
	struct buf url = BUF_INIT;
	struct hub *hub = NULL;
	struct oid oid;
	struct err why;
	int rc = cli_open(cli, err);

	if (rc == 0)
		rc = hub_address(&url, word, err);
	if (rc == 0 && replica_is_office(cli->replica))
		rc = hub_create(buf_text(&url), err);
	if (rc == 0)
		rc = replica_set(cli->replica, NODE_SENT, "", err);
	if (rc == 0)
		rc = replica_set(cli->replica, NODE_HUB, buf_text(&url), err);
	if (rc == 0) {
		int met = hub_open(&hub, buf_text(&url), &why);

		if (met == 0)
			met = hub_ref(&oid, hub, REF_MAIN, &why);
		if (met < 0 && met != ERR_MISSING)
			cli_note(_("%s is not reached just now; tian sync "
				   "tries again."),
				 buf_text(&url));
		else
			cli_note(_("From now on this replica meets the others "
				   "at %s; run tian sync."),
				 buf_text(&url));
	}
	hub_close(hub);
	buf_release(&url);
	return rc;
}

static int run(struct cli *cli, const struct arg_list *words, struct err *err)
{
	const char *verb = words->n > 0 ? words->items[0] : "";

	if (words->n == 0)
		return tell(cli, err);
	if (strcmp(verb, "use") == 0 && words->n == 2)
		return use(cli, words->items[1], err);
	if (strcmp(verb, "rules") == 0)
		return print_rules(words->n > 1 ? words->items[1] : NULL, err);
	return err_set(err, ERR_USAGE,
		       _("write tian hub, tian hub use URL or tian hub rules "
			 "(see tian hub --help)"));
}

int cmd_hub(struct cli *cli, int argc, char **argv)
{
	const struct arg_spec spec = {help, NULL, 0, 0, 2};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	if (rc == 0)
		rc = run(cli, &words, &err);
	args_list_release(&words);
	return rc < 0 ? cli_fail(cli, &err) : CLI_DONE;
}
