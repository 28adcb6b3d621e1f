/* cli.c - finding and opening the replica, telling people what failed.
 * Knows exit statuses; knows no command. */
#include "cli/cli.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/terminal/message.h"
#include "core/log/change_log.h"
#include "core/replica/replica.h"
#include "sync/sync.h"

void cli_init(struct cli *cli)
{
	memset(cli, 0, sizeof(*cli));
}

void cli_release(struct cli *cli)
{
	if (cli->node)
		node_close(cli->node);
	else
		replica_close(cli->replica);
	free(cli->path);
	cli_init(cli);
}

static bool holds_replica(const char *dir)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/tian.db", dir);

	return n > 0 && (size_t)n < sizeof(path) && access(path, F_OK) == 0;
}

/* The nearest parent of the present folder that holds a replica. */
static char *nearest_replica(void)
{
	char *dir = getcwd(NULL, 0);

	while (dir && !holds_replica(dir)) {
		char *slash = strrchr(dir, '/');

		if (!slash || strcmp(dir, "/") == 0) {
			free(dir);
			return NULL;
		}
		slash[slash == dir ? 1 : 0] = '\0';
	}
	return dir;
}

static const char *named_directory(const struct cli *cli)
{
	const char *dir = cli->directory ? cli->directory : getenv("TIAN_DIR");

	return dir && *dir ? dir : NULL;
}

int cli_locate(struct cli *cli, bool for_init, struct err *err)
{
	const char *named = named_directory(cli);

	free(cli->path);
	cli->path = NULL;
	if (named && !for_init && !holds_replica(named))
		return err_set(err, ERR_INPUT,
			       _("there is no replica in %s (tian init makes "
				 "one)"),
			       named);
	if (named || for_init) {
		cli->path = strdup(named ? named : ".");
		return cli->path ? 0 : err_nomem(err);
	}
	cli->path = nearest_replica();
	if (!cli->path)
		return err_set(err, ERR_INPUT,
			       _("no replica here or in any folder above; go "
				 "to one, or name it with -C DIR"));
	return 0;
}

/* Logs what plain SQL left pending. A reader does not wait for a writer: the
 * tables already show those edits, only the log takes them up later. */
static int take_up_pending(struct replica *replica, struct err *err)
{
	static const char sql[] = "SELECT 1 FROM _pending LIMIT 1";
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc;

	rc = db_stmt(&stmt, db, sql, err);
	if (rc < 0)
		return rc;
	rc = db_step(db, stmt, err);
	sqlite3_reset(stmt);
	if (rc <= 0)
		return rc;
	rc = db_begin(db, err);
	if (rc == ERR_BUSY) {
		err_clear(err);
		return 0;
	}
	if (rc == 0)
		rc = change_log_drain(replica, NULL, err);
	if (rc == 0)
		rc = db_commit(db, err);
	if (rc < 0)
		db_rollback(db);
	return rc;
}

int cli_open(struct cli *cli, struct err *err)
{
	char path[PATH_MAX];
	int rc;

	if (cli->replica)
		return 0;
	rc = cli_locate(cli, false, err);
	if (rc < 0)
		return rc;
	if ((size_t)snprintf(path, sizeof(path), "%s/tian.db", cli->path) >=
	    sizeof(path))
		return err_set(err, ERR_INPUT, _("the path is too long: %s"),
			       cli->path);
	rc = replica_open(&cli->replica, path, err);
	if (rc < 0)
		return rc;
	return take_up_pending(cli->replica, err);
}

int cli_open_node(struct cli *cli, struct err *err)
{
	int rc;

	if (cli->node)
		return 0;
	rc = cli_locate(cli, false, err);
	if (rc < 0)
		return rc;
	rc = node_open(&cli->node, cli->path, err);
	if (rc < 0)
		return rc;
	cli->replica = node_replica(cli->node);
	return take_up_pending(cli->replica, err);
}

int cli_fail(const struct cli *cli, const struct err *err)
{
	struct buf text = BUF_INIT;

	(void)cli;
	message_foreign(&text, err->text);
	cli_say("%s", text.failed ? err->text : buf_text(&text));
	buf_release(&text);
	if (err->code == ERR_BUSY)
		cli_note(_("Try again in a moment. If it stays so, another "
			   "tian (sync --watch) or a SQLite program with an "
			   "edit not written yet holds it: let it finish, or "
			   "close it."));
	switch (err->code) {
	case ERR_USAGE:
		return CLI_USAGE;
	case ERR_HUB:
	case ERR_STALE:
		return CLI_HUB;
	default:
		return CLI_INPUT;
	}
}

int cli_wrap_file(struct err *err, const char *path)
{
	return strstr(err->text, path) ? err->code : err_wrap(err, "%s", path);
}

void cli_say(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fputs("tian: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

void cli_note(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}
